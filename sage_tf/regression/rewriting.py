r"""
Identities by which a law becomes what a person would write

They hold at all real numbers where both sides have values, whatever the data.

EXAMPLES::

    sage: from sage_tf.regression.rewriting import rewritten
    sage: y = var('y')
    sage: rewritten((exp(2*x) - 1)/(exp(2*x) + 1)), rewritten(cos(-1/2*pi + 2*x + 1/2)), rewritten(x/2 + sqrt(x^2)/2)
    (tanh(x), sin(2*x + 1/2), 1/2*x + 1/2*abs(x))
    sage: rewritten(sqrt((exp(x) + exp(y))^2)*exp(-x - y)), rewritten(25/(7/x + 10))
    (e^(-x) + e^(-y), 25*x/(10*x + 7))
"""
from operator import pow as power

from sage.arith.functions import lcm
from sage.functions.hyperbolic import tanh
from sage.functions.log import exp
from sage.functions.trig import cos, sin
from sage.misc.misc_c import prod
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.constants import pi
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.constants import is_rational
from sage_tf.regression.readable import has_high_power, occurrences

HIGHEST = 24                                                    # power of an exponential that is looked at
POLYNOMIALS = PolynomialRing(QQ, 'z')


def rewritten(expression, positive=()):
    r"""
    Return an expression in a clearer form, or itself if it is as clear.

    INPUT:

    - ``expression`` -- a symbolic expression

    - ``positive`` -- variables that are positive

    EXAMPLES::

        sage: from sage_tf.regression.rewriting import rewritten
        sage: y = var('y')
        sage: rewritten(x*y + 1), rewritten(sqrt((x + y)^2)), rewritten(sqrt((x + y)^2), [x, y])
        (x*y + 1, abs(x + y), x + y)
    """
    found = _walked(expression, set(map(str, positive)))
    if found is expression:
        return expression
    return min([found] if has_high_power(found) else [found, found.expand()], key=occurrences)


def _walked(e, positive):
    """Return an expression with the rules applied from the inside to the outside; the same object if none applies."""
    operands, head = e.operands(), e.operator()
    inner = [_walked(operand, positive) for operand in operands]
    if any(new is not old for new, old in zip(inner, operands, strict=True)):
        e = head(*inner)
        head = e.operator()
    rule = RULES.get(head)
    found = None if rule is None else rule(e, positive)
    return e if found is None else found


def _of_power(e, positive):
    """Return the root of a square as an absolute value, and the inverse of a sum with ``c/v`` as a quotient that is defined where v is 0."""
    base, exponent = e.operands()
    if not exponent.is_numeric() or exponent.pyobject() not in QQ:
        return None
    exponent = QQ(exponent.pyobject())
    if base.operator() is power and exponent.denominator() == 2:
        inner, even = base.operands()
        if even.is_integer() and int(even) % 2 == 0:
            return _absolute(inner, positive)**(exponent * int(even))
    if base.operator() is add_vararg and exponent == -1:
        below = [(v, n) for v, n in map(_inverse_power, base.operands()) if v is not None]
        if len(below) == 1:
            (v, n), = below
            return v**n / (base * v**n).expand()
    return None


def _inverse_power(term):
    """Return the variable and the exponent of ``c/v^n`` with a number c, ``None`` for other terms."""
    factors = [f for f in (term.operands() if term.operator() is mul_vararg else [term]) if not f.is_numeric()]
    if len(factors) == 1 and factors[0].operator() is power:
        base, exponent = factors[0].operands()
        if base.is_symbol() and exponent.is_integer() and exponent < 0:
            return base, -int(exponent)
    return None, None


def _absolute(e, positive):
    """Return the absolute value of an expression, without bars where its sign is known."""
    return e if _is_positive(e, positive) else abs(e)


def _is_positive(e, positive):
    """
    Return whether an expression is positive for certain.

    EXAMPLES::

        sage: from sage_tf.regression.rewriting import _is_positive
        sage: [_is_positive(f, {'x'}) for f in (x, 2*x^3 + e^-x, x - 1, var('y'))]
        [True, True, False, False]
    """
    operands, head = e.operands(), e.operator()
    if head is add_vararg or head is mul_vararg:
        return all(_is_positive(operand, positive) for operand in operands)
    if head is power:
        return _is_positive(operands[0], positive)
    if head is exp:
        return True
    return str(e) in positive if e.is_symbol() else e.is_numeric() and e.pyobject() > 0


def _of_wave(e, positive):
    """Return a sine or cosine of an angle without the multiple of `\\pi/2` in it."""
    angle, head = e.operands()[0], e.operator()
    for term in angle.operands() if angle.operator() is add_vararg else ():
        quarters = 2 * term / pi
        if quarters.is_numeric() and quarters.is_integer():
            turns = (int(quarters) + (head is cos)) % 4         # a cosine is a sine, a quarter of a turn on
            return (sin, cos)[turns % 2](angle - term) * (1 if turns < 2 else -1)
    return None


def _of_product(e, positive):
    """Return a product with hyperbolic tangents, and logistic functions, for what is such a quotient of exponentials."""
    factors = [(f, _exponential_sum(f)) for f in e.operands()]
    if all(sum_ is None or len(sum_[0]) == 1 for _, sum_ in factors):
        return None
    direction = next(w for _, sum_ in factors if sum_ is not None for w, _ in sum_[0] if w)
    parts, rest, ratios = [], [], []
    for factor, sum_ in factors:
        multiples = None if sum_ is None else [_ratio(w, direction) for w, _ in sum_[0]]
        if multiples is None or None in multiples:
            rest.append(factor)
        else:
            parts.append((list(zip(multiples, (c for _, c in sum_[0]), strict=True)), sum_[1]))
            ratios += multiples
    if all(len(terms) == 1 for terms, _ in parts):
        return None
    unit = QQ(1) / lcm([ratio.denominator() for ratio in ratios])
    found = _quotient([({int(ratio / unit): c for ratio, c in terms}, n) for terms, n in parts], direction * unit)
    return None if found is None else SR(1).mul(*rest) * found


def _exponential_sum(factor):
    """
    Return the terms of a sum of exponentials as pairs of an exponent and a rational coefficient, with the exponent of the sum; ``None`` for others.

    EXAMPLES::

        sage: from sage_tf.regression.rewriting import _exponential_sum
        sage: _exponential_sum((3*e^(2*x) - 1)^-2), _exponential_sum(e^x), _exponential_sum(x*e^x + 1), _exponential_sum(SR(2))
        (([(2*x, 3), (0, -1)], -2), ([(x, 1)], 1), None, None)
    """
    base, n = factor, 1
    if factor.operator() is power and factor.operands()[1].is_integer():
        base, n = factor.operands()[0], int(factor.operands()[1])
    if base.operator() is exp:
        return [(base.operands()[0], QQ(1))], n
    if base.operator() is not add_vararg:
        return None
    terms = [_exponential(term) for term in base.operands()]
    return (terms, n) if None not in terms and any(w for w, _ in terms) else None


def _exponential(term):
    """Return the exponent and the coefficient of a rational multiple of an exponential, ``None`` for other terms."""
    factors = term.operands() if term.operator() is mul_vararg else [term]
    exponents = [f.operands()[0] for f in factors if f.operator() is exp]
    numbers = [QQ(f.pyobject()) for f in factors if is_rational(f)]
    if len(exponents) + len(numbers) < len(factors):
        return None
    return sum(exponents, SR(0)), prod(numbers, QQ(1))


def _ratio(w, direction):
    """Return the rational number by which a direction is multiplied, ``None`` if it is no such multiple."""
    ratio = w / direction
    if not ratio.is_numeric() and ratio.variables() and direction.operator() is add_vararg:
        ratio = ratio.normalize()
    return QQ(ratio.pyobject()) if ratio.is_numeric() and ratio.pyobject() in QQ else None


def _quotient(parts, direction):
    """
    Return the product of sums of powers of ``z = exp(direction)`` if it is a power of a hyperbolic tangent, or a logistic function; else ``None``.

    INPUT:

    - ``parts`` -- list of pairs of a dictionary from powers to coefficients, and an exponent

    EXAMPLES::

        sage: from sage_tf.regression.rewriting import _quotient
        sage: _quotient([({2: 3, 0: -3}, 1), ({2: 1, 0: 1}, -1)], x), _quotient([({1: 1}, 1), ({1: 1, 0: 1}, -1)], x), _quotient([({1: 1, 0: 1}, -1)], x)
        (3*tanh(x), 1/(e^(-x) + 1), None)
    """
    if any(abs(power * n) > HIGHEST for terms, n in parts for power in terms):
        return None
    z = POLYNOMIALS.gen()
    f = prod(sum((c * z**power for power, c in terms.items()), POLYNOMIALS.fraction_field()(0))**n for terms, n in parts)
    above, below = f.numerator(), f.denominator()
    factor = above.leading_coefficient() / below.leading_coefficient()
    above, below, degree = above.monic(), below.monic(), below.degree()
    if above == z**degree and below == z**degree + 1:
        return factor / (1 + exp(-degree * direction))
    for m in (m for m in range(1, degree + 1) if degree % m == 0 and above.degree() == degree):
        for sign in (1, -1):
            if above == (z**m - sign)**(degree // m) and below == (z**m + sign)**(degree // m):
                return factor * tanh(m * direction / 2)**(sign * (degree // m))
    return None


#: head of an expression -> function of it and of the names of positive variables that returns a clearer form, or ``None``
RULES = {power: _of_power, sin: _of_wave, cos: _of_wave, mul_vararg: _of_product}
