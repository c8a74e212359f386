"""How many candidates a second Operon evaluates."""

import time

import numpy as np
from pyoperon.sklearn import SymbolicRegressor

from .system_operon import SETTINGS


def answer(rows, seconds):
    """Return the rate on rows in a file, without fitted constants, which would be many evaluations each."""
    stored = np.load(rows)
    settings = {**SETTINGS, "objectives": ["r2"], "optimizer_iterations": 0, "epsilon": 0, "max_length": 20}
    regressor = SymbolicRegressor(max_time=int(seconds), random_state=0, uncertainty=[1], **settings)
    started = time.perf_counter()
    regressor.fit(stored["X"], stored["y"])
    return {"rate": regressor.stats_["evaluation_count"] / (time.perf_counter() - started)}
