"""SymbolicRegressor, default settings."""

import time
from importlib.metadata import version

import numpy as np
import sage.all  # noqa: F401

from sage_tf.regression.problem import Problem
from sage_tf.regression.search import laws

VERSION = version("sage_tf")


def answer(rows, seconds, seed):
    """Return the law that is found for rows in a file, in SymPy's notation."""
    stored = np.load(rows)
    end, best = time.perf_counter() + seconds, None
    for law in laws(Problem.of(stored["X"], stored["y"]), deadline=lambda: time.perf_counter() > end):
        if best is None or law.error < best.error:
            best = law
        if law.is_exact or time.perf_counter() > end:
            break
    return {"model": str(best.expression._sympy_())} if best else {"error": "nothing was found"}
