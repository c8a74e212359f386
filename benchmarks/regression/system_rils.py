"""RILS-ROLS, with the settings of its entry in SRBench."""

from importlib.metadata import version

import numpy as np
from rils_rols.rils_rols import RILSROLSRegressor

VERSION = version("rils-rols")


def answer(rows, seconds, seed):
    """Return the model that is found for rows in a file, in SymPy's notation."""
    stored = np.load(rows)
    # it simplifies for up to two seconds when its time is over
    regressor = RILSROLSRegressor(max_time=max(1, int(seconds) - 2), max_fit_calls=10**9, max_complexity=50, sample_size=1, random_state=seed)
    regressor.fit(stored["X"], stored["y"])
    return {"model": str(regressor.model_string())}
