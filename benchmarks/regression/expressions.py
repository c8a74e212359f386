"""Expressions of SymPy, from strings: read, evaluated on rows, counted."""

import numpy as np
import sympy


def read(text, names):
    """Return an expression whose variables have the given names and no assumptions; ``names`` maps what is written to what is meant."""
    return sympy.sympify(text, locals={written: sympy.Symbol(meant) for written, meant in names.items()})


def generic(variables):
    """Return the names that a regressor sees, x0, x1, ..., for those of the formula."""
    return {name: f"x{k}" for k, name in enumerate(variables)}


def values(expression, count, X):
    """Return the values at rows of x0, x1, ...; NaN where they are not real."""
    function = sympy.lambdify([sympy.Symbol(f"x{k}") for k in range(count)], expression, "numpy")
    with np.errstate(all="ignore"):
        found = np.broadcast_to(function(*X.T), len(X))
    if np.iscomplexobj(found):
        found = np.where(found.imag == 0, found.real, np.nan)
    return np.asarray(found, dtype=float)


def nodes(expression):
    """Return the number of nodes of the tree, SRBench's complexity."""
    return sum(1 for _ in sympy.preorder_traversal(expression))
