"""
Run everything that shows that sage_tf works; ``make test`` calls it.

``python check.py --sage SAGE [FILE ...]`` runs the tests, the doctests of every module and document, and the examples:
each file in a process of its own, two at a time, with a time limit, so that a hang or a crash costs one file and names it. Doctests of some files
share the process that imports everything, and are forked from it.
The last line is ``N passed, N failed``: tests, doctests and examples together.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JOBS = 2
LIMIT = 600  # seconds for one file; the tools below give up earlier, and say where they were
TOGETHER = 10  # files of doctests
GENERATED = {"_build", "reference"}  # folders of doc/ that Sphinx makes
NOTHING_COLLECTED = 5  # pytest's exit code for a file of slow tests only

PYTEST = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-o", f"faulthandler_timeout={LIMIT - 60}"]
DOCTEST = [sys.executable, "tools/doctests.py", f"--timeout={LIMIT - 240}"]

# kind of check -> the files it takes, its command before the file's name, how it counts: (passed and failed, failed)
KINDS = {
    "tests": (["tests/**/test_*.py"], lambda sage: PYTEST, (r"(\d+) (?:passed|failed|error)", r"(\d+) (?:failed|error)")),
    "doctests": (
        ["sage_tf/**/*.py", "sage_tf/**/*.pyx", "*.rst", "doc/**/*.rst"],
        lambda sage: DOCTEST,
        (r"^    \[(?:\d+ of )?(\d+) tests?\b", r"(\d+) doctests? failed"),
    ),
    "examples": (["examples/**/*.sage"], lambda sage: [sage], None),
}


@dataclass
class Outcome:
    """What became of one file."""

    name: str
    passed: int
    failed: int
    seconds: float
    output: str


def count(pattern, output):
    """The sum of the numbers that ``pattern`` catches in ``output``."""
    return sum(int(number) for number in re.findall(pattern, output, re.MULTILINE))


def execute(command, limit):
    """The exit code and the output of a command, which is killed with its children when its time is up."""
    # a file and not a pipe: a grandchild that outlives its parent would keep a pipe open
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code, note = process.wait(limit), ""
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code, note = process.wait(), f"\n{command[-1]} was still running after {limit} seconds"
        log.seek(0)
        return code, log.read().decode(errors="replace") + note


def run(kind, files, sage):
    """Check one file, or some together."""
    _, command, counters = KINDS[kind]
    started = time.monotonic()
    code, output = execute([*command(sage), *files], LIMIT * len(files))
    good = code == 0 or (kind == "tests" and code == NOTHING_COLLECTED)
    total, failed = (count(pattern, output) for pattern in counters) if counters else (1, 0)
    failed = 0 if good else max(failed, 1)
    name = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"
    return Outcome(name, max(total - failed, 0), failed, time.monotonic() - started, output)


def work(names):
    """The pairs (kind, list of files) to run: those among ``names``, or all if there are none."""
    found = [
        (kind, path.relative_to(ROOT).as_posix())
        for kind, (patterns, _, _) in KINDS.items()
        for pattern in patterns
        for path in sorted(ROOT.glob(pattern))
        if not GENERATED.intersection(path.parts)
    ]
    if names:
        wanted = [Path(name).resolve().relative_to(ROOT).as_posix() for name in names]
        found = [(kind, file) for kind, file in found if any(file == name or file.startswith(name + "/") for name in wanted)]
    doctests = [file for kind, file in found if kind == "doctests"]
    groups = [("doctests", doctests[k : k + TOGETHER]) for k in range(0, len(doctests), TOGETHER)]
    return [(kind, [file]) for kind, file in found if kind != "doctests"] + groups


def report(outcome):
    """Print a line for a file, and its output if it failed."""
    mark = "FAILED" if outcome.failed else "ok"
    counts = f"{outcome.passed} passed, {outcome.failed} failed"
    print(f"{mark:6}  {outcome.name:50}  {counts:24}  {outcome.seconds:6.1f} s", flush=True)
    if outcome.failed:
        print(outcome.output, flush=True)


def main():
    parser = argparse.ArgumentParser(description="Run the tests, the doctests and the examples.")
    parser.add_argument("--sage", default="sage", help="the sage command")
    parser.add_argument("files", nargs="*", help="only these files or folders")
    options = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "Agg")
    outcomes = []
    with ThreadPoolExecutor(JOBS) as pool:
        for outcome in pool.map(lambda task: run(*task, options.sage), work(options.files)):
            report(outcome)
            outcomes.append(outcome)
    bad = [outcome.name for outcome in outcomes if outcome.failed]
    if bad:
        print("These failed:", *bad, sep="\n    ")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed) or not passed)


if __name__ == "__main__":
    main()
