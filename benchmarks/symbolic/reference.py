"""What the results are checked against: NumPy in float64, itself checked against mpmath with 40 digits."""

import mpmath
import numpy as np
import sympy

from symbolic.peer import parsed, partials, symbols

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
LOSS = 4  # times the error of NumPy in the dtype, for formulas in which digits cancel whoever computes them
DIGITS = 40
ALL = 10**4  # up to so many points all are checked; of more, the ends and some between


def chosen(points):
    """Return the indices of the points to check."""
    if points <= ALL:
        return np.arange(points)
    return np.unique(np.concatenate([np.arange(1000), np.arange(0, points, 997), np.arange(points - 1000, points)]))


def errors(found, expected):
    """Return the largest error in each row of an array, measured against the value and the median size, for near zeros."""
    scale = np.abs(expected) + np.median(np.abs(expected), axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.max(np.abs(found - expected) / np.where(scale > 0, scale, 1), axis=-1)


def differing(found, expected, tolerance):
    """Return in what two arrays differ, or None; there may be a tolerance for each row."""
    if found.shape != expected.shape:
        return f"shape {found.shape}, not {expected.shape}"
    error = errors(found, expected)
    return None if np.all(error <= tolerance) else f"wrong by {np.max(error):.1e}"


class Reference:
    """The values and the partial derivatives of a row, at chosen points."""

    def __init__(self, row):
        where = symbols(row.variables)
        expression = parsed(row.expression, row.variables)
        self.functions = {}
        for kind, entries in (("value", [expression]), ("gradient", partials(expression, row.variables))):
            fast = sympy.lambdify(where, entries, modules=["scipy", "numpy"], cse=True)
            exact = sympy.lambdify(where, entries, modules="mpmath", cse=True)
            self.functions[kind] = fast, exact

    def at(self, kind, inputs, dtype):
        """Return the entries at float64 inputs, as rows of an array, and how exact they should be in a dtype."""
        fast, exact = self.functions[kind]

        def rows(inputs):
            return np.stack([np.broadcast_to(entry, inputs[0].shape) for entry in fast(*inputs)])

        found = rows(inputs)
        some = np.linspace(0, len(inputs[0]) - 1, 20).astype(int)
        with mpmath.workdps(DIGITS):
            points = [exact(*(mpmath.mpf(float(entry[k])) for entry in inputs)) for k in some]
        wrong = differing(found[:, some], np.array(points, float).T, TOLERANCE["float64"] / 100)
        if wrong:
            raise ArithmeticError(f"NumPy is no reference here: {wrong}")
        # What NumPy itself loses, which is nothing in float64, other compilers of the same formula may lose
        lost = errors(rows([entry.astype(dtype) for entry in inputs]), found)
        return found, np.maximum(TOLERANCE[dtype], LOSS * np.nan_to_num(lost))

    @classmethod
    def of_rows(cls, rows):
        """Return the references of rows, by the rows' names."""
        return {row.name: cls(row) for row in rows}
