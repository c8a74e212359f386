"""The systems' processes, and the runs of one system on all problems."""

import json
import os
import queue
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

BENCHMARKS = Path(__file__).resolve().parent.parent
OWN = sys.executable
OTHERS = str(BENCHMARKS.parent / ".venv-peers-regression" / "bin" / "python")
LATE = 1.1  # times the budget, and
GRACE = 5  # seconds more, after which a fit is ended
PATIENCE = 60  # seconds of the grader for one question
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


@dataclass(frozen=True)
class System:
    """A line of the table: the module that fits, and the Python that runs it."""

    name: str
    module: str
    python: str = OTHERS


OURS = System("sage_tf", "regression.system_ours", OWN)
PEERS = [
    System("pyoperon", "regression.system_operon"),
    System("gplearn", "regression.system_gplearn"),
    System("rils-rols", "regression.system_rils"),
]
SPEEDS = [System("sage_tf", "regression.speed_ours", OWN), System("pyoperon", "regression.speed_operon")]
GRADER = System("grader", "regression.judge", OWN)
EQUIVALENCE = System("equivalence", "regression.proof", OWN)


class Process:
    """A process of a system, on one core; it starts when it is first asked, and again after it has died."""

    def __init__(self, system, core):
        self.system, self.core, self.process = system, core, None

    def start(self):
        environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
        command = [self.system.python, "-W", "ignore", "-m", "regression.worker", self.system.module]
        self.log = tempfile.TemporaryFile("w+")
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=BENCHMARKS, env=environment
            )
        except FileNotFoundError:
            raise RuntimeError(f"there is no {self.system.python}; `make bench-regression` makes it") from None
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, {self.core})
        if not self.process.stdout.readline():
            self.close()
            self.log.seek(0)
            raise RuntimeError((self.log.read().strip().splitlines() or ["it ended at once"])[-1])

    def ask(self, limit, **request):
        """Return the answer to a request, within a time."""
        if self.process is None:
            self.start()
        try:
            print(json.dumps({"limit": limit, **request}), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        self.close()
        return {"error": "the process died"}

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


@dataclass
class Result:
    """What became of one fit."""

    system: str
    problem: str
    set: str
    in_srbench: bool
    truth: str
    model: str = ""
    predicts: str = ""  # what the model computes, where it is written in another way
    error: str = ""
    seconds: float = float("inf")
    processor: float = float("inf")
    r2: float = -float("inf")
    complexity: float = float("inf")
    solved: bool = False
    equivalent: str = ""  # proved, refuted or undecided
    grading: str = ""  # what the grader failed of


class Lane:
    """The processes on one core: the system that fits, and those that grade."""

    def __init__(self, system, core, settings):
        self.system, self.settings = system, settings
        self.fitting, self.grading, self.proving = (Process(part, core) for part in (system, GRADER, EQUIVALENCE))

    def run(self, problem):
        """Return the result on a problem."""
        result = Result(self.system.name, problem.name, problem.set, problem.in_srbench, problem.formula)
        with tempfile.TemporaryDirectory() as folder:
            self.fit(problem, result, Path(folder) / "rows.npz")
            if result.model:
                self.grade(problem, result, Path(folder) / "test.npz")
        return result

    def fit(self, problem, result, rows):
        seed, seconds = self.settings.seed, self.settings.budget
        X, y = problem.training(seed, self.settings.noise)
        np.savez(rows, X=X, y=y)
        answer = self.fitting.ask(LATE * seconds + GRACE, rows=str(rows), seconds=seconds, seed=seed)
        for name in ("model", "predicts", "error", "seconds", "processor"):
            setattr(result, name, answer.get(name, getattr(result, name)))

    def grade(self, problem, result, rows):
        """Grade a model by SRBench's rule, and by our own proof of equivalence."""
        X, y = problem.testing(self.settings.seed)
        np.savez(rows, X=X, y=y)
        known = {"model": result.model, "variables": problem.variables}
        answer = self.grading.ask(PATIENCE, question="accuracy", rows=str(rows), **{**known, "model": result.predicts or result.model})
        result.r2, result.complexity = answer.get("r2", result.r2), answer.get("complexity", result.complexity)
        result.grading = answer.get("error", "")
        if result.r2 > 0.5:
            answer = self.grading.ask(PATIENCE, question="solves", truth=problem.formula, **known)
            result.solved, result.grading = answer.get("solved", False), answer.get("error", "")
            answer = self.proving.ask(PATIENCE, truth=problem.formula, ranges=list(problem.ranges.values()), **known)
            result.equivalent = answer.get("verdict") or answer.get("error", "")

    def close(self):
        for process in (self.fitting, self.grading, self.proving):
            process.close()


def results(system, problems, settings, report):
    """Return the results of a system on problems, so many at a time as there are cores; ``report`` is called with each."""
    lanes = queue.SimpleQueue()
    opened = [Lane(system, core, settings) for core in settings.cores]
    for lane in opened:
        lanes.put(lane)

    def run(problem):
        lane = lanes.get()
        try:
            result = lane.run(problem)
            report(result)
            return result
        finally:
            lanes.put(lane)

    try:
        opened[0].fitting.start()  # so that a system that does not run here says so once
        with ThreadPoolExecutor(len(opened)) as pool:
            return list(pool.map(run, problems))
    finally:
        for lane in opened:
            lane.close()


def speeds(problem, seconds, settings, systems):
    """Return how many candidates a second each system evaluates on the rows of a problem, of those that are measured and take part."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        X, y = problem.training(settings.seed, 0)
        np.savez(Path(folder) / "rows.npz", X=X, y=y)
        for system in SPEEDS:
            if system.name in systems:
                process = Process(system, settings.cores[0])
                found[system.name] = process.ask(10 * seconds + GRACE, rows=str(Path(folder) / "rows.npz"), seconds=seconds)
                process.close()
    return {name: answer["rate"] for name, answer in found.items() if "rate" in answer}


def as_json(result):
    """Return a result as a dictionary without infinities, which JSON has not."""
    return {name: None if value in (float("inf"), -float("inf")) else value for name, value in asdict(result).items()}
