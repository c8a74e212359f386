r"""
Values at single points that continue a function

EXAMPLES::

    sage: from sage_tf.symbolic.continuation import continued
    sage: continued(SR(1), x == 0, (exp(x) - 1)/x, (exp(x) - 1)/x)
    1/24*x^3 + 1/6*x^2 + 1/2*x + 1

The derivative of a branch for one point, such as the 1 in cases of (exp(x) - 1)/x for x != 0 and 1 otherwise, is not the derivative of the
function. If the value continues the function around it, its Taylor polynomial has the same value there, and the right derivatives up to the third
order.
"""
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import Graph

# The number of terms, and of the nodes of the largest expression that is expanded.
_TERMS, _LARGEST = 4, 1000

# Where the polynomial is compared with the function, to how many bits, and how close it must be there.
_STEP, _BITS, _CLOSE = QQ(2)**-20, 200, QQ(2)**-45


def continued(value, equation, before, after):
    r"""
    Return what continues a function to the points where an equation holds.

    INPUT:

    - ``value`` -- expression, the value at these points

    - ``equation`` -- equation of a symbol and an expression without it

    - ``before``, ``after`` -- expressions for the values where the symbol is less and where it is greater

    OUTPUT: the Taylor polynomial in the symbol of ``before`` if it has the same value and if it agrees with both functions close to
    the points, else ``value``

    EXAMPLES::

        sage: from sage_tf.symbolic.continuation import continued
        sage: y = var('y')
        sage: f = (sin(x) - sin(y))/(x - y)
        sage: continued(cos(y), x == y, f, f).diff(x)(x=y)
        -1/2*sin(y)
        sage: continued(SR(0), x == 0, sin(x), x), continued(SR(0), x == 0, sin(x), 2*x), continued(SR(0), x == 0, sqrt(x), sqrt(x))
        (-1/6*x^3 + x, 0, 0)
        sage: continued(SR(2), x == 0, sin(x)/x, sin(x)/x), continued(SR(1), x == 0, abs(x)/x, abs(x)/x)
        (2, 1)
    """
    variable, place = _solved(equation)
    if variable is None or not _is_small(before):
        return value
    try:
        polynomial = before.series(variable == place, _TERMS).truncate()
        if not polynomial.is_polynomial(variable):
            return value
        point = {v: QQ((2*k + 3, 7)) for k, v in enumerate(sorted(set(polynomial.variables()) | set(place.variables()), key=str))
                 if v is not variable and not v.is_trivially_equal(variable)}
        here = place.subs(point)
        agree = (_close(polynomial, value, variable, here, point) and _close(polynomial, before, variable, here - _STEP, point)
                 and _close(polynomial, after, variable, here + _STEP, point))
    except (TypeError, ValueError, ArithmeticError, RuntimeError, NotImplementedError):
        return value
    return polynomial if agree else value


def _solved(equation):
    """Return the symbol and the other side of an equation, two times None if no side is a symbol that the other has not."""
    for symbol, other in ((equation.lhs(), equation.rhs()), (equation.rhs(), equation.lhs())):
        if symbol.is_symbol() and not other.has(symbol):
            return symbol, other
    return None, None


def _is_small(expression):
    """Return whether an expression is small enough to be expanded."""
    graph = Graph(lambda head, e: head)
    return graph.tree_size(graph.read(expression)) <= _LARGEST


def _close(one, other, variable, at, point):
    """Return whether two expressions agree at a point, to far more digits than chance would give."""
    values = [SR(e).subs({**point, variable: at}).n(_BITS) for e in (one, other)]
    return bool(abs(values[0] - values[1]) <= _CLOSE * (1 + abs(values[0])))
