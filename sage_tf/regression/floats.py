r"""
Laws with numbers in place of exact constants

EXAMPLES::

    sage: from sage_tf.regression.floats import with_floats
    sage: with_floats(1/2*sqrt(2)*x^2*sin(pi*x)/sqrt(pi))
    0.398942280401432...*x^2*sin(3.141592653589793*x)
"""
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.real_double import RDF
from sage.symbolic.expression_conversions import ExpressionTreeWalker
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

FLOAT = 53                                                      # bits


def with_floats(expression):
    """
    Return an expression with a float for every constant but for exponents and integers.

    EXAMPLES::

        sage: from sage_tf.regression.floats import with_floats
        sage: with_floats(x^(1/2)/3 + 2*x + pi)
        2*x + 0.3333333333333333*sqrt(x) + 3.141592653589793
    """
    return Floats(SR(expression))()


def count_floats(expression):
    """
    Return how many constants of an expression are not exact, or fractions of more digits than a float has.

    EXAMPLES::

        sage: from sage_tf.regression.floats import count_floats
        sage: count_floats(2*x + pi), count_floats(2.5*x + 0.1*sin(x/3.7))
        (0, 3)
    """
    found, todo = 0, [SR(expression)]
    while todo:
        e = todo.pop()
        found += e.is_numeric() and not _is_short(e.pyobject())
        todo.extend(e.operands())
    return found


def _is_short(number):
    """Return whether a number is exact, with fewer digits than a float."""
    return isinstance(number, (Integer, Rational)) and _digits(number.numerator()) + _digits(number.denominator()) < FLOAT


def _digits(integer):
    """Return the bits of an integer, without the zeros of a power of ten."""
    return (integer // 10**min(integer.valuation(2), integer.valuation(5))).nbits() if integer else 0


class Floats(ExpressionTreeWalker):
    """
    What replaces the constants of an expression.

    EXAMPLES::

        sage: from sage_tf.regression.floats import Floats
        sage: Floats(x/4)()
        0.25*x
    """
    def __init__(self, expression):
        super().__init__(expression)

    def __call__(self, expression=None):
        expression = self.ex if expression is None else expression
        if expression.variables():
            return super().__call__(expression)
        return expression if expression.is_integer() else SR(RDF(expression))

    def arithmetic(self, expression, operation):
        """Return a sum, product or power; the exponent of a power stays as it is."""
        if operation in (add_vararg, mul_vararg):
            return operation(*map(self, expression.operands()))
        base, exponent = expression.operands()
        return operation(self(base), exponent if not exponent.variables() else self(exponent))
