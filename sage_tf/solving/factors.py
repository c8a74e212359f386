r"""
An equation in one unknown, taken apart

EXAMPLES::

    sage: from sage_tf.solving.factors import factors
    sage: y, a = var('y, a')
    sage: [(f.expression, f.multiplicity) for f in factors((y - 2)^2*(y^2 - a)*(exp(y) - a), y)]
    [(y - 2, 2), (y^2 - a, 1), (a - e^y, 1)]
    sage: [(f.coefficients, f.excluded) for f in factors(y - a/y, y)]
    [([-a, 0, 1], y)]
"""
from collections import namedtuple

from sage.functions.other import sqrt
from sage.misc.misc_c import prod
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.solving.problem import vanishes

#: A factor; the coefficients if it is a polynomial in the unknown, from the constant one on, and what must not vanish then.
Factor = namedtuple('Factor', 'expression multiplicity coefficients excluded', defaults=(None, None))

LARGEST_FACTORED = 400                                          # terms
LARGEST_DEGREE = 60


def factors(expression, unknown):
    """
    Return the factors of an expression that depend on the unknown, as a list of :class:`Factor`.

    EXAMPLES::

        sage: from sage_tf.solving.factors import factors
        sage: y, a = var('y, a')
        sage: factors(sin(a)*y^2 - pi, y)[0].coefficients
        [-pi, 0, sin(a)]
        sage: [f.expression for f in factors(y^4 - 2*a*y^2 + a^2, y)], factors(y^2 + a^2*y - y - a^2, y)[1].coefficients
        ([y^2 - a], [a^2, 1])

    TESTS::

        sage: factors((y^2 - 1)/(y - 1), y)
        [Factor(expression=y + 1, multiplicity=1, coefficients=[1, 1], excluded=None)]
    """
    found = []
    for base, exponent in _powers(expression):
        if unknown not in base.variables():
            continue
        for factor in _parts(base, unknown):
            found.append(factor._replace(multiplicity=factor.multiplicity * exponent))
    return sorted(found, key=_simplicity)


def _simplicity(factor):
    """Return what orders factors: polynomials by their degrees, constant roots ascending, then the others."""
    if factor.coefficients is None:
        return (LARGEST_DEGREE + 1, 0)
    degree = len(factor.coefficients) - 1
    is_constant = degree == 1 and not any(SR(c).variables() for c in factor.coefficients)
    return (degree, float(-factor.coefficients[0] / factor.coefficients[1]) if is_constant else float('inf'))


def _powers(expression):
    """Return the factors of a product, as pairs of a base and an exponent; a numerator only if nothing else is known."""
    parts = expression.operands() if _is(expression, 'mul_vararg') else [expression]
    found = []
    for part in parts:
        if _is(part, 'pow') and part.operands()[1].is_integer() and part.operands()[1] > 0:
            found.append((part.operands()[0], int(part.operands()[1])))
        else:
            found.append((part, 1))
    if any(_is(part, 'pow') and part.operands()[1] in QQ and part.operands()[1] < 0 for part in parts):
        return [(expression, 1)]                                # a denominator needs the whole
    return found


def _is(e, name):
    return getattr(e.operator(), '__name__', None) == name


def _parts(base, unknown):
    """Return the factors of what is no power."""
    numerator, denominator = (base, SR(1)) if base.is_polynomial(unknown) else base.numerator_denominator()
    numerator = numerator.expand()
    if not (numerator.is_polynomial(unknown) and denominator.is_polynomial(unknown)):
        return [Factor(base, 1)]
    numerator, denominator = _reduced(numerator, denominator)
    return [_polynomial(part, power, unknown, denominator) for part, power in _factored(numerator) if unknown in part.variables()]


def _ring_of(*expressions):
    """Return a ring of polynomials over the rationals to which expressions belong, with their images; ``None`` if there is none."""
    symbols = sorted({v for e in expressions for v in e.variables()}, key=str)
    if not symbols:
        return None
    try:
        ring = PolynomialRing(QQ, [str(s) for s in symbols])
        if not all(e.is_polynomial(s) for e in expressions for s in symbols):
            return None
        return [ring(e) for e in expressions]
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return None


def _is_exact(*expressions):
    """Return whether there are no floating point numbers in expressions: what is rounded must not decide about factors."""
    stack = list(expressions)
    while stack:
        e = stack.pop()
        if e.operator() is not None:
            stack.extend(e.operands())
        elif e.is_numeric() and not e.pyobject().parent().is_exact():
            return False
    return True


def _reduced(numerator, denominator):
    """Return numerator and denominator without common factors, where these can be found."""
    if denominator.is_trivially_equal(1) or not _is_exact(numerator, denominator):
        return numerator, denominator
    images = _ring_of(numerator, denominator)
    if images is None:
        return numerator, denominator
    common = images[0].gcd(images[1])
    return SR(images[0] // common), SR(images[1] // common)


def _factored(numerator):
    """Return the factors of a polynomial and their multiplicities, the polynomial itself if it is not one with rational coefficients."""
    images = _ring_of(numerator) if _is_exact(numerator) else None
    if images is None or images[0].number_of_terms() > LARGEST_FACTORED:
        return [(numerator, 1)]
    return [(SR(part), int(power)) for part, power in images[0].factor()]


def _polynomial(part, power, unknown, denominator):
    coefficients = coefficients_of(part, unknown)
    if str(coefficients[-1]).startswith('-'):                   # so that the minus sign before a square root gives the lower root
        part, coefficients = (-part).expand(), [-c for c in coefficients]
    if len(coefficients) - 1 > LARGEST_DEGREE:
        raise NotImplementedError(f"the equation has degree {len(coefficients) - 1} in {unknown}; expected at most {LARGEST_DEGREE}")
    return Factor(part, power, coefficients, denominator if unknown in denominator.variables() else None)


def coefficients_of(polynomial, unknown):
    """
    Return the coefficients of a polynomial, from the constant one on, the last of which does not vanish identically.

    EXAMPLES::

        sage: from sage_tf.solving.factors import coefficients_of
        sage: coefficients_of(x^3 + pi*x - 1, x)
        [-1, pi, 0, 1]
    """
    coefficients = polynomial.expand().coefficients(unknown, sparse=False)
    while len(coefficients) > 1 and vanishes(coefficients[-1]):
        coefficients.pop()
    return coefficients


def radicals(coefficients):
    """
    Return the roots of a polynomial of degree 1 or 2, with the minus sign before the square root first; ``None`` for other degrees.

    EXAMPLES::

        sage: from sage_tf.solving.factors import radicals
        sage: a, b = var('a, b')
        sage: radicals([x^2 - 9, 0, 1]), radicals([1, b, a]), radicals([b, a])
        ([-sqrt(-x^2 + 9), sqrt(-x^2 + 9)],
         [-1/2*(b + sqrt(b^2 - 4*a))/a, -1/2*(b - sqrt(b^2 - 4*a))/a],
         [-b/a])
    """
    c = [SR(e) for e in coefficients]
    if len(c) == 2:
        return [-c[0] / c[1]]
    if len(c) != 3:
        return None
    if c[1].is_trivial_zero():
        root = sqrt((-c[0] / c[2]).expand())
        return [-root, root]
    root = sqrt((c[1]**2 - 4 * c[0] * c[2]).expand())
    return [prod([SR(-1) / 2, c[1] + root, 1 / c[2]]), prod([SR(-1) / 2, c[1] - root, 1 / c[2]])]
