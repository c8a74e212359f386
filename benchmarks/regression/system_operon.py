"""Operon, with the settings of its entry in SRBench."""

from importlib.metadata import version

import numpy as np
from pyoperon.sklearn import SymbolicRegressor
from sklearn.ensemble import RandomForestRegressor

VERSION = version("pyoperon")
FOREVER = 10**9
SETTINGS = {
    "allowed_symbols": "add,sub,mul,div,sin,cos,exp,log,sqrt,pow,constant,variable",
    "offspring_generator": "basic",
    "initialization_method": "btc",
    "objectives": ["r2", "length"],
    "epsilon": 1e-5,
    "optimizer_iterations": 1,
    "reinserter": "keep-best",
    "population_size": 1000,
    "max_length": 50,
    "max_evaluations": FOREVER,
    "generations": FOREVER,
    "model_selection_criterion": "minimum_description_length",
    "n_threads": 1,
}


def regressor(seconds, seed, X, y):
    """Return the regressor, told how uncertain the values are, as in SRBench."""
    forest = RandomForestRegressor(random_state=seed).fit(X, y)
    uncertainty = float(np.sqrt(np.mean((forest.predict(X) - y) ** 2)))
    return SymbolicRegressor(max_time=max(1, int(seconds) - 1), random_state=seed, uncertainty=[uncertainty], **SETTINGS)


def answer(rows, seconds, seed):
    """Return the model that is found for rows in a file, in SymPy's notation."""
    stored = np.load(rows)
    X, y = stored["X"], stored["y"]
    found = regressor(seconds, seed, X, y).fit(X, y)
    names = [f"x{k}" for k in range(X.shape[1])]
    return {"model": found.get_model_string(found.model_, 15, names).replace("^", "**"), "evaluations": found.stats_["evaluation_count"]}
