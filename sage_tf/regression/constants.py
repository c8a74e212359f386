r"""
Exact constants behind numbers

EXAMPLES::

    sage: from sage_tf.regression.constants import recognized
    sage: recognized(0.079577471545947673, 1e-12).exact
    1/4/pi
    sage: recognized(1.6180339887498949, 1e-14).exact
    1/2*sqrt(5) + 1/2
    sage: recognized(0.123456789, 1e-12).exact is None
    True

ALGORITHM:

A number, or its square, is divided by each element of a basis, and the simplest rational number and the shortest decimal fraction within the
tolerance are taken; if many digits are known, of its exponential too. Where none is found, an integer relation between the number and two elements
is sought by lattice reduction [LLL1982]_.
What is found is believed if it says less than the digits that it explains: what must be written down for it, in bits, plus a margin, is not
more than the bits to which the number is known.

REFERENCES:

.. [LLL1982] \A. K. Lenstra, H. W. Lenstra, L. Lovasz, Factoring polynomials with rational coefficients. Mathematische Annalen 261 (1982), 515-534.
"""
from collections import namedtuple
from math import floor, inf, log2, log10

import numpy as np
from sage.functions.log import log
from sage.functions.other import sqrt
from sage.matrix.constructor import matrix
from sage.rings.integer import Integer
from sage.rings.integer_ring import ZZ
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RealIntervalField
from sage.rings.real_mpfr import RealField
from sage.symbolic.constants import e, pi
from sage.symbolic.ring import SR

INTERVALS = RealIntervalField(80)


def _valued(*basis):
    """Return elements and their prices, with their values."""
    return [(element, price, INTERVALS(element)) for element, price in basis]


#: What a constant may be a rational multiple of, with the bits it costs to say so
BASIS = _valued(
    (SR(1), 0), (pi, 2), (1 / pi, 2), (pi**2, 4), (1 / pi**2, 4), (sqrt(SR(2)), 3), (sqrt(SR(3)), 4), (sqrt(pi), 4), (1 / sqrt(pi), 4),
    (sqrt(2 * pi), 5), (1 / sqrt(2 * pi), 5), (e, 5), (1 / e, 5), (sqrt(SR(5)), 6), (pi**3, 6), (pi**4, 7), (log(SR(2)), 6))
#: What the square of a constant may be a rational multiple of
SQUARES = _valued((SR(1), 4), (pi, 5), (1 / pi, 5))
#: What may be added, in rational multiples, to a rational number
SUMMANDS = _valued((pi, 5), (sqrt(SR(2)), 5), (sqrt(SR(3)), 5), (sqrt(SR(5)), 5), (e, 6), (pi**2, 7), (log(SR(2)), 7), (sqrt(SR(7)), 8))
MARGIN = 10                                                     # bits by which an exact value must be better than chance
FEWEST = 25                                                     # bits that must be known before logarithms and sums are tried
LOGARITHM, LARGEST_LOGARITHM = 6, 30                            # price of the logarithm of a rational number, and the largest one
MARGIN_OF_SNAPS = 4                                             # the same, for what a test on the data confirms
COMMON = '1', '2', '1/2'                                         # that a little less evidence is enough for

Constant = namedtuple('Constant', 'value exact evidence')
Constant.__doc__ = r"""
    A fitted number, its exact value or ``None``, and the bits by which that is better than chance.

    EXAMPLES::

        sage: from sage_tf.regression.constants import recognized
        sage: recognized(1.5, 1e-9)
        Constant(value=1.5, exact=3/2, evidence=...)
    """


def recognized(value, tolerance, margin=MARGIN):
    r"""
    Return a number with the exact value it stands for.

    INPUT:

    - ``value`` -- float

    - ``tolerance`` -- its relative uncertainty

    - ``margin`` -- the bits by which an exact value must be better than chance

    OUTPUT: a :class:`Constant`; its exact value is ``None`` if there is none that is simple in comparison with the digits known

    EXAMPLES::

        sage: from sage_tf.regression.constants import recognized
        sage: [recognized(float(v), 1e-10).exact for v in (2/3, 5*sqrt(2), 3*pi/7, -1/(2*pi), exp(1)/2, 1e-3, 6.02e23)]
        [2/3, 5*sqrt(2), 3/7*pi, -1/2/pi, 1/2*e, 1/1000, 602000000000000000000000]
        sage: [recognized(float(v), 1e-13).exact for v in (-sqrt(7/3), 4e-7*pi, 3 - pi/2, 1 + sqrt(2))]
        [-sqrt(7/3), 1/2500000*pi, -1/2*pi + 3, sqrt(2) + 1]
        sage: [recognized(float(v), 1e-15).exact for v in (log(21/20), log(19/20), -log(3), 8987551792.3, 6.62607015e-34)]
        [log(21/20), log(19/20), -log(3), 89875517923/10, 132521403/200000000000000000000000000000000000000000]

    With few digits only what is very simple is believed::

        sage: recognized(0.5001, 1e-3).exact, recognized(0.5001, 1e-6).exact is None, recognized(0.3337, 1e-4).exact is None
        (None, True, True)

    TESTS::

        sage: recognized(0.0, 1e-10).exact, recognized(float('nan'), 1e-10).exact, recognized(float('inf'), 1e-10).exact
        (0, None, None)
        sage: recognized(2.0, 1r).exact is None, recognized(2.0, 0r).exact
        (True, 2)
    """
    value, tolerance = float(value), max(float(tolerance), 2.0**-52)
    if value == 0:
        return Constant(value, SR(0), inf)
    known = -log2(tolerance)
    if not abs(value) < inf or known < margin:
        return Constant(value, None, 0.0)
    around = INTERVALS(value) * INTERVALS(1 - tolerance, 1 + tolerance)
    cost, exact = min([_multiple(around), *_logarithm(around, known)], key=lambda found: found[0])
    if known - cost < margin and known >= FEWEST:
        sums = (integer_relation(value, tolerance, (SR(1), element), price) for element, price, _ in SUMMANDS)
        cost, exact = min(filter(None, sums), key=lambda found: found[0], default=(inf, None))
    if known - cost < margin:
        return Constant(value, None, 0.0)
    return Constant(value, exact, known - cost)


def _multiple(around):
    """Return the cheapest rational multiple of a basis, or square root of one, in an interval: its bits and its value."""
    found = []
    for interval, basis in ((around, BASIS), (around**2, SQUARES)):
        for element, price, number in basis:
            ratio = interval / number
            found += [(price + _bits(r), r, element, basis) for r in (ratio.simplest_rational(), _decimal(ratio)) if r]
    cost, rational, element, basis = min(found, key=lambda f: f[0])
    if basis is BASIS:
        return cost, rational * element
    return cost, sqrt(rational * element) if around.lower() > 0 else -sqrt(rational * element)


def _logarithm(around, known):
    """
    Return the logarithm of the simplest rational number that an interval has, with its bits, in a list; nothing if few bits are known.

    EXAMPLES::

        sage: from sage_tf.regression.constants import _logarithm
        sage: _logarithm(RIF(0.04879016, 0.04879017), 25), _logarithm(RIF(0.0487, 0.0488), 8)
        ([(..., log(21/20))], [])
    """
    if known < FEWEST or not abs(around).upper() < LARGEST_LOGARITHM:
        return []
    ratio = around.exp()
    return [(LOGARITHM + _bits(r), log(r) if r.numerator() > 1 else -log(1 / r)) for r in (ratio.simplest_rational(), _decimal(ratio)) if r != 1]


def _decimal(interval):
    """
    Return the decimal fraction with the fewest digits in an interval without 0.

    EXAMPLES::

        sage: from sage_tf.regression.constants import _decimal
        sage: _decimal(RIF(-1.3811e-23, -1.3799e-23)), _decimal(RIF(1996, 2001)), _decimal(RIF(1.23, 1.29))
        (-69/5000000000000000000000000, 2000, 63/50)
    """
    low, high = sorted((abs(interval.lower().exact_rational()), abs(interval.upper().exact_rational())))
    if low == high:
        return None
    unit = QQ(10)**floor(log10(high - low))                     # of which there is a multiple in the interval
    lowest, highest, step = int((low / unit).ceil()), int((high / unit).floor()), 1
    while -(-lowest // (10 * step)) * 10 * step <= highest:
        step *= 10
    nearest = int(((low + high) / 2 / unit / step).round())
    return (1 if interval.lower() > 0 else -1) * unit * step * max(-(-lowest // step), min(nearest, highest // step))


def _bits(rational):
    """
    Return the bits it takes to say a rational number, as a fraction or in decimals. The power of ten says little: a number that is measured shows
    its magnitude.

    EXAMPLES::

        sage: from sage_tf.regression.constants import _bits
        sage: _bits(1), _bits(3/4) < _bits(35/43), _bits(10^20) < 10, _bits(123/10^15) < 18
        (0.0, True, True, True)
    """
    p, q = abs(rational.numerator()), rational.denominator()
    plain = log2(p) + log2(q)
    places = max(q.valuation(2), q.valuation(5))
    if q != 2**q.valuation(2) * 5**q.valuation(5):
        return plain
    digits = p * 10**places // q
    zeros = digits.valuation(10)
    return min(plain, log2(digits // 10**zeros) + log2(1 + abs(zeros - places)) + 1)


def integer_relation(value, tolerance, basis, price=0):
    r"""
    Return the linear combination of a basis with small rational coefficients that a number is, with what it costs in bits.

    INPUT:

    - ``value`` -- float

    - ``tolerance`` -- its relative uncertainty

    - ``basis`` -- tuple of symbolic constants, independent over the rational numbers

    - ``price`` -- the bits it costs to say which basis

    OUTPUT: ``(bits, expression)``, or ``None`` if there is none within the tolerance

    EXAMPLES::

        sage: from sage_tf.regression.constants import integer_relation
        sage: integer_relation(float(2/3 - pi/5 + sqrt(2)), 1e-14, (SR(1), pi, sqrt(2)))
        (..., -1/5*pi + sqrt(2) + 2/3)

    The first element of the reduced lattice is the relation with the smallest coefficients, to within a factor that is small in few dimensions.
    """
    unit = INTERVALS(2)**max(8, int(-log2(tolerance))) / INTERVALS(value).abs()
    numbers = [INTERVALS(value), *map(INTERVALS, basis)]
    rows = [[ZZ(k == j) for j in range(len(numbers))] + [(number * unit).center().round()] for k, number in enumerate(numbers)]
    denominator, *coefficients = matrix(ZZ, rows).LLL()[0][:-1]
    if not denominator:
        return None
    multiples = [-QQ(c) / denominator for c in coefficients]
    exact = sum(multiple * element for multiple, element in zip(multiples, basis, strict=True))
    known = sum(multiple * number for multiple, number in zip(multiples, numbers[1:], strict=True))
    if not known.overlaps(INTERVALS(value) * INTERVALS(1 - tolerance, 1 + tolerance)):
        return None
    return price + sum(log2(2 * abs(c) + 1) for c in (denominator, *coefficients)), exact


def snapped(values, covariance, loss, degrees, level=0.99, smallest=0.0):
    r"""
    Return fitted numbers with the exact values that the data allow.

    INPUT:

    - ``values`` -- the numbers at which the loss is least

    - ``covariance`` -- their covariance matrix

    - ``loss`` -- function of such numbers: the (weighted) sum of squares of the residuals

    - ``degrees`` -- degrees of freedom: points less fitted numbers, positive

    - ``level`` -- the probability with which true exact values pass the test

    - ``smallest`` -- variance of the rounding errors, below which no loss tells anything

    OUTPUT: list of :class:`Constant`; ``value`` is the number at which the loss is least, with those before it exact if it has no exact value itself

    ALGORITHM:

    Exact values are sought within the uncertainty of each number, and the one with the most evidence is taken. The other numbers move to
    where the loss is least with those that are exact (a step of Gauss and Newton, by the covariance), are more certain now, and it goes on. All exact values
    together must pass the F-test for nested models: `((L_1 - L_0)/k)/(L_0/\nu)` is below the quantile of `F(k, \nu)` at the level, where `L_0` is the least
    loss, `L_1` the loss with k exact values, and `\nu` the degrees of freedom.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.constants import snapped
        sage: loss = lambda v: 98r + (v[0] - 1.4998r)^2/0.001r^2 + (v[1] - 0.7123r)^2/0.001r^2
        sage: [c.exact for c in snapped([1.4998, 0.7123], numpy.diag([1e-6, 1e-6]), loss, 98)]
        [3/2, None]
    """
    from scipy.stats import f

    values, covariance = np.array(values, dtype=float), np.asarray(covariance, dtype=float)
    least, best, found = loss(values), values, {}
    variance, open_ = max(least / degrees, smallest), set(range(len(values)))
    while open_:
        known = sorted(k for k in found if found[k].exact is not None)
        deviations = np.sqrt(np.maximum(np.diagonal(_conditional(covariance, known)), 0))
        candidates = {k: _likely(best[k], _relative(best[k], 2 * deviations[k])) for k in sorted(open_)}
        k = max(candidates, key=lambda k: candidates[k].evidence if candidates[k].exact is not None else -1)
        if candidates[k].exact is None:
            break
        trial = [*known, k]
        moved = _moved(values, covariance, trial, [float({**found, k: candidates[k]}[j].exact) for j in trial])
        passes = (loss(moved) - least) / len(trial) <= f.ppf(float(level), len(trial), degrees) * variance
        if passes:
            best = moved
        found[k] = candidates[k]._replace(value=float(values[k])) if passes else Constant(float(values[k]), None, 0.0)
        open_.remove(k)
    exact = {k: c for k, c in found.items() if c.exact is not None}
    return [exact[k] if k in exact else Constant(float(best[k]), None, 0.0) for k in range(len(values))]


def _likely(value, tolerance):
    """Return a number with the exact value that it may stand for; 1, 2 and 1/2 are believed sooner than others."""
    found = recognized(value, tolerance, MARGIN_OF_SNAPS)
    if found.exact is None:
        common = recognized(value, tolerance, MARGIN_OF_SNAPS - 1)
        found = common if common.exact is not None and str(abs(common.exact)) in COMMON else found
    return found


def _conditional(covariance, known):
    """Return the covariance matrix of numbers of which some are known."""
    if not known:
        return covariance
    return covariance - covariance[:, known] @ np.linalg.pinv(covariance[np.ix_(known, known)]) @ covariance[known]


def _relative(value, deviation):
    """Return a relative uncertainty, at most 1 and not below a few units in the last place."""
    return min(1.0, max(2.0**-50, deviation / abs(value))) if value else 1.0


def _moved(values, covariance, fixed, exact):
    """Return the numbers, some set to exact values, the others where a quadratic loss is then least."""
    step = np.asarray(exact) - values[fixed]
    moved = values + covariance[:, fixed] @ np.linalg.lstsq(covariance[np.ix_(fixed, fixed)], step, rcond=None)[0]
    moved[fixed] = exact
    return moved


def is_rational(constant):
    """
    Return whether a symbolic constant is an integer or a fraction, and no floating point number.

    EXAMPLES::

        sage: from sage_tf.regression.constants import is_rational
        sage: is_rational(SR(1/2)), is_rational(SR(0.5)), is_rational(SR(0.5r)), is_rational(SR(pi))
        (True, False, False, False)
    """
    return constant.is_numeric() and isinstance(constant.pyobject(), (Integer, Rational))


def exponent(value, tolerance):
    """
    Return a fitted exponent as a rational number with a small denominator, ``None`` if it is not near one.

    EXAMPLES::

        sage: from sage_tf.regression.constants import exponent
        sage: exponent(-0.4999999999, 1e-8), exponent(0.3333333333, 1e-8), exponent(0.4321, 1e-8)
        (-1/2, 1/3, None)
    """
    found = RealField(53)(value).nearby_rational(max_denominator=12) if abs(value) < 100 else None
    return found if found is not None and abs(float(found) - value) <= tolerance else None
