"""SymbolicRegressor, with its default settings."""

from importlib.metadata import version

import numpy as np
import sage.all  # noqa: F401

from sage_tf.regression.regressor import SymbolicRegressor

VERSION = version("sage_tf")


def answer(rows, seconds, seed):
    """Return the law that is found for rows in a file, in SymPy's notation."""
    stored = np.load(rows)
    regressor = SymbolicRegressor(time_limit=seconds, random_state=seed, progress=False)
    return {"model": str(regressor.fit(stored["X"], stored["y"]).expression()._sympy_())}
