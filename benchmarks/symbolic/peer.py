"""What every peer is, and SymPy's side of those that start from SymPy."""

import numpy as np


class Peer:
    """
    An expression prepared for one dtype.

    A peer whose column cannot be had for an expression raises; the driver shows the column empty and says why.
    """

    def __init__(self, expression, variables, dtype):
        """Read an expression, given as a string in SymPy's notation with ``^`` for powers."""
        self.variables = variables
        self.dtype = dtype
        self.prepare(expression)

    def prepare(self, expression):
        """Make ready what ``value`` and ``gradient`` call; what compiles at the first call may do so then."""
        raise NotImplementedError

    def inputs(self, arrays):
        """Return NumPy arrays as what the peer computes with."""
        return arrays

    def value(self, *inputs):
        """Return the value, computed to the end."""
        raise NotImplementedError

    def gradient(self, *inputs):
        """Return the list of all partial derivatives, computed to the end."""
        raise NotImplementedError

    @staticmethod
    def arrays(result):
        """Return what ``value`` or ``gradient`` gave as a list of NumPy arrays."""
        return [np.asarray(entry) for entry in (result if isinstance(result, (list, tuple)) else [result])]


def parsed(expression, variables):
    """Return an expression of SymPy."""
    import sympy

    return sympy.sympify(expression, locals={name: sympy.Symbol(name, real=True) for name in variables})


def symbols(variables):
    """Return the symbols of ``parsed``."""
    import sympy

    return [sympy.Symbol(name, real=True) for name in variables]


def partials(expression, variables):
    """Return the symbolic partial derivatives."""
    return [expression.diff(symbol) for symbol in symbols(variables)]


def rounded(expression):
    """Return an expression with its irrational constants as floats: most peers fail or widen float32 on sqrt(2) and pi."""
    if expression.is_number and not expression.is_Rational:
        return expression.evalf(20)
    if not expression.args:
        return expression
    return expression.func(*map(rounded, expression.args))


def numeric(expression, variables):
    """Return an expression, given as a string, and the list of its partial derivatives, with rounded constants."""
    exact = parsed(expression, variables)
    return rounded(exact), [*map(rounded, partials(exact, variables))]


def straight_line(expressions, write):
    """Return the assignments and results, as strings written by ``write``, of expressions that share their subexpressions."""
    import sympy

    shared, results = sympy.cse(expressions, symbols=sympy.numbered_symbols("s_"))
    return [(str(name), write(part)) for name, part in shared], [write(result) for result in results]
