r"""
Laws with numbers in place of exact constants

EXAMPLES::

    sage: from sage_tf.regression.floats import with_floats
    sage: with_floats(1/2*sqrt(2)*x^2*sin(pi*x)/sqrt(pi))
    0.398942280401432...*x^2*sin(3.141592653589793*x)
"""
from sage.rings.real_double import RDF
from sage.symbolic.expression_conversions import ExpressionTreeWalker
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR


def with_floats(expression):
    """
    Return an expression with a float for every constant but for exponents and integers.

    EXAMPLES::

        sage: from sage_tf.regression.floats import with_floats
        sage: with_floats(x^(1/2)/3 + 2*x + pi)
        2*x + 0.3333333333333333*sqrt(x) + 3.141592653589793
    """
    return Floats(SR(expression))()


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
