"""
SymbolicRegressor against its peers on problems whose law is known, in one run: ``make bench-regression`` runs this.

Each system sees the same rows and nothing but them, for the same seconds on the same cores, one fit a problem; the fits are graded as
SRBench does. The claims are printed last: what was measured, what is required, and whether it is met.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from bench_symbolic import Both, listed
from regression.driver import OURS, PEERS, as_json, results, speeds
from regression.problems import SETS, own, stored
from regression.tables import print_systems, print_unsolved, print_verdicts, verdicts

RESULTS = Path(__file__).parent / "results"
SPEED_SECONDS = 5


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="all", help=f"{', '.join(SETS)}, srbench, several with commas between, or all (default)")
    parser.add_argument("--problems", type=Path, help="a directory with a JSON file for each set (default: the project's own laws)")
    parser.add_argument("--names", type=listed, help="names of problems, with commas between (default: all)")
    parser.add_argument("--every", type=int, default=1, help="take every n-th problem only")
    parser.add_argument("--budget", type=float, default=60, help="seconds for a fit (default: 60)")
    parser.add_argument("--noise", type=float, default=0, help="noise on the values of the training, in their root mean square")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", default="all", help=f"{', '.join(peer.name for peer in PEERS)}, with commas between, all or none")
    parser.add_argument("--jobs", type=int, help="fits at the same time, each on a core of its own (default: as many as there are cores)")
    parser.add_argument("--save", nargs="?", type=Path, const=RESULTS, help="keep text and numbers in a directory (default: results/)")
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count()))
    given.cores = cores[: given.jobs]
    return given


def chosen_problems(given):
    """Return the problems that are asked for."""
    sets = SETS if given.set in ("all", "srbench") else listed(given.set)
    if given.problems is None:
        if given.set != "all":
            sys.exit("the project's own laws are one set; give a directory of others by PROBLEMS=...")
        problems = own()
    elif unknown := [name for name in sets if not (given.problems / f"{name}.json").exists()]:
        sys.exit(f"{given.problems} has no {unknown[0]}.json")
    else:
        problems = [p for p in stored(given.problems, sets) if given.set != "srbench" or p.in_srbench]
    if given.names:
        if unknown := set(given.names) - {problem.name for problem in problems}:
            sys.exit(f"there is no problem {', '.join(sorted(unknown))}")
        problems = [problem for problem in problems if problem.name in given.names]
    return problems[:: given.every]


def chosen_peers(names):
    """Return the peers that are asked for."""
    wanted = {"all": [peer.name for peer in PEERS], "none": []}.get(names) or ([] if names == "none" else listed(names))
    if unknown := set(wanted) - {peer.name for peer in PEERS}:
        sys.exit(f"there is no peer {', '.join(sorted(unknown))}; there are {', '.join(peer.name for peer in PEERS)}")
    return [peer for peer in PEERS if peer.name in wanted]


def surroundings(given):
    """Return what a result must be read with: settings, date, commit and machine."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=RESULTS.parent)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "machine": f"{processor()}, {platform.system()}, {len(given.cores)} cores used, load {os.getloadavg()[0]:.1f} at the start",
        "set": given.set if given.problems else "laws",
        "every": given.every,
        "budget": given.budget,
        "noise": given.noise,
        "seed": given.seed,
    }


def processor():
    """Return the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def progress(result):
    """Tell of one fit, on the stream that is not kept."""
    mark = "solved" if result.solved else "-"
    print(f"{result.system:10} {result.problem:30} {mark:6} {result.seconds:6.1f} s  {result.model[:100]}", file=sys.stderr, flush=True)


def measure(given, problems, peers):
    """Print the table and the verdicts; return whether all claims are met, and the results of each system."""
    print(", ".join(f"{name} {value}" for name, value in surroundings(given).items()))
    found = {}
    for system in (OURS, *peers):
        try:
            found[system.name] = results(system, problems, given, progress)
        except RuntimeError as error:
            print(f"{system.name} does not run here: {error}")
    print_systems(found)
    for system in found:
        print_unsolved(system, found[system])
    rates = speeds(problems[0], SPEED_SECONDS, given, found)
    print("\ncandidates evaluated a second on 1,000 rows: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()))
    claims = list(verdicts(found, given.noise, OURS.name))
    print_verdicts(claims)
    return all(met for *_, met in claims), found


def main():
    given = options()
    problems, peers = chosen_problems(given), chosen_peers(given.peers)
    if not given.save:
        sys.exit(not measure(given, problems, peers)[0])
    around = surroundings(given)
    part = f"{around['set']}-every{given.every}" if given.every > 1 else around["set"]
    name = f"regression-{part}-noise{given.noise:g}-seed{given.seed}-{around['date'][:10]}"
    given.save.mkdir(parents=True, exist_ok=True)
    with open(given.save / f"{name}.txt", "w") as file, redirect_stdout(Both(sys.stdout, file)):
        met, found = measure(given, problems, peers)
    numbers = {**around, "results": [as_json(result) for part in found.values() for result in part]}
    (given.save / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n")
    sys.exit(not met)


if __name__ == "__main__":
    main()
