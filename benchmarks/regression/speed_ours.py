"""How many candidates a second our enumeration evaluates."""

import time

import numpy as np
import sage.all  # noqa: F401

from sage_tf.regression.candidates import Candidates
from sage_tf.regression.settings import UNARY

CAPACITY = 20000  # candidates whose values are kept


def answer(rows, seconds):
    """Return the rate on rows in a file; what has values that were there before counts, for it is evaluated."""
    X = np.load(rows)["X"]
    tried, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        candidates = Candidates(X, UNARY, capacity=CAPACITY)
        while candidates.grow():
            pass
        tried += candidates.tried
    return {"rate": tried / (time.perf_counter() - started)}
