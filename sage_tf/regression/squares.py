r"""
Exponentials of squares, as a bell curve is written

EXAMPLES::

    sage: from sage_tf.regression.squares import completed
    sage: completed(exp(-50/9*x^2 + 200/9*x - 200/9)), completed(RDF(exp(-2)/3)*exp(-x^2/2 + 2*x))
    (e^(-50/9*(x - 2)^2), 1/3*e^(-1/2*(x - 2)^2))
"""
from sage.functions.log import exp
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.constants import is_rational, recognized

UNCERTAINTY = 1e-12                                             # of a factor, and of its logarithm


def completed(expression):
    """
    Return a multiple of an exponential with the squares in its exponent completed, if its constants are simpler so; else ``None``.

    EXAMPLES::

        sage: from sage_tf.regression.squares import completed
        sage: y = var('y')
        sage: completed(RDF(exp(-1)/2/pi)*y*exp(-x^2/2 + x - y^2/8 + y/2))
        1/2*y*e^(-1/2*(x - 1)^2 - 1/8*(y - 2)^2)/pi
        sage: completed(exp(-x^2 + 2*x)) is None, completed(1.5*exp(-x^2)) is None, completed(1.5*exp(-0.3*x^2 + x)) is None
        (True, True, True)
    """
    factors = expression.operands() if expression.operator() is mul_vararg else [expression]
    exponent = next((f.operands()[0] for f in factors if f.operator() is exp), None)
    if exponent is None or exponent.operator() is not add_vararg:
        return None
    squares, rest = SR(0), exponent.expand()
    for v in exponent.variables():
        coefficients = dict((int(n), c) for c, n in rest.coefficients(v)) if rest.is_polynomial(v) else {}
        if set(coefficients) | {0} == {0, 1, 2} and is_rational(coefficients[1]) and is_rational(coefficients[2]):
            center = -coefficients[1] / coefficients[2] / 2
            squares += coefficients[2] * (v - center)**2
            rest = coefficients.get(0, SR(0)) - coefficients[2] * center**2
    if squares.is_trivial_zero():
        return None
    left = sum((term for term in (rest.operands() if rest.operator() is add_vararg else [rest]) if is_rational(term)), SR(0))
    factor = SR(1).mul(*[f for f in factors if f.is_numeric()])
    others = SR(1).mul(*[f for f in factors if not f.is_numeric() and f.operator() is not exp])
    if not left.is_trivial_zero():
        found = None if is_rational(factor) else recognized(float(factor * exp(left)), UNCERTAINTY * max(1, abs(float(left))))
        if found is None or found.exact is None:
            return None
        factor = found.exact
    return factor * others * exp(squares + (rest - left))
