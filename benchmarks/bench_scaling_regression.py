"""
How many candidates a second the regressor tries with one process and with several: ``make bench-scaling_regression`` prints the table.

The data have noise and several variables, so that the search goes through its tasks to the time limit. The seconds in which processes start count: the
rate is that of a whole fit.
"""

import argparse
import os
import time

import numpy as np
import sage.all  # noqa: F401

from sage_tf.regression.executors import crew_of
from sage_tf.regression.fitting import search_front
from sage_tf.regression.problem import Problem

POINTS, VARIABLES = 1000, 6
REQUIRED = 1.4  # times as many candidates with two processes, on two processors that have nothing else to do


def problem():
    """Return data that no law meets exactly."""
    rng = np.random.default_rng(1)
    X = rng.uniform(1, 3, (POINTS, VARIABLES))
    return Problem.of(X, X[:, 0] * np.exp(-(X[:, 1] ** 2) / 2) * X[:, 2] + rng.normal(0, 0.05, POINTS))


def measured(jobs, seconds):
    """Return what a fit has tried, the tasks it has finished, and the seconds it took."""
    tried = []
    started = time.perf_counter()
    front = search_front(problem(), seconds, seed=[1], crew=crew_of(jobs), tick=lambda front, watch: tried.append(watch.candidates))
    return tried[-1], front.finished, time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{POINTS} points of {VARIABLES} variables, {given.seconds:g} s, {processors} processors, load {os.getloadavg()[0]:.1f} at the start\n")
    print(f"{'processes':>9} {'candidates':>12} {'a second':>10} {'times':>6} {'tasks':>6}")
    first, factor = None, 0.0
    for jobs in given.jobs:
        tried, tasks, seconds = measured(jobs, given.seconds)
        rate = tried / seconds
        first = first or rate
        factor = rate / first
        print(f"{jobs:9} {tried:12,} {rate:10,.0f} {factor:6.2f} {tasks:6}", flush=True)
    met = factor >= REQUIRED or given.jobs != [1, 2]
    print(f"\n{'met' if met else 'NOT MET'}: {factor:.2f} times as many with {given.jobs[-1]} processes; required with two: {REQUIRED}")
    raise SystemExit(not met)


if __name__ == "__main__":
    main()
