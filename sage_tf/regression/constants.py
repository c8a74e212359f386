r"""
Exact constants behind numbers

EXAMPLES::

    sage: from sage_tf.regression.constants import recognized
    sage: recognized(0.079577471545947673, 1e-12).exact
    1/4/pi
    sage: recognized(0.123456789, 1e-12).exact is None
    True

ALGORITHM:

A number is divided by each element of a basis, and the simplest rational number within the tolerance is taken. It is believed if it says
less than the digits that it explains: what must be written down for it, in bits, plus a margin, is not more than the bits that the number is
known to.
"""
from collections import namedtuple
from math import inf, log2

from sage.functions.other import sqrt
from sage.rings.real_mpfr import RealField
from sage.rings.real_mpfi import RealIntervalField
from sage.symbolic.constants import e, pi
from sage.symbolic.ring import SR

#: What a constant may be a rational multiple of, with the bits it costs to say so
BASIS = [
    (SR(1), 0), (pi, 2), (1 / pi, 2), (pi**2, 4), (1 / pi**2, 4), (sqrt(SR(2)), 3), (sqrt(SR(3)), 4), (sqrt(pi), 4), (1 / sqrt(pi), 4),
    (sqrt(2 * pi), 5), (1 / sqrt(2 * pi), 5), (e, 5), (1 / e, 5), (sqrt(SR(5)), 6), (pi**3, 6), (pi**4, 7),
]
MARGIN = 10                                                     # bits by which an exact value must be better than chance
INTERVALS = RealIntervalField(80)

Constant = namedtuple('Constant', 'value exact evidence')
Constant.__doc__ = r"""
    A fitted number, its exact value or ``None``, and the bits by which that is better than chance.

    EXAMPLES::

        sage: from sage_tf.regression.constants import recognized
        sage: recognized(1.5, 1e-9)
        Constant(value=1.5, exact=3/2, evidence=...)
    """


def recognized(value, tolerance):
    r"""
    Return a number with the exact value it stands for.

    INPUT:

    - ``value`` -- float

    - ``tolerance`` -- its relative uncertainty

    OUTPUT: a :class:`Constant`; its exact value is ``None`` if there is none that is simple in comparison with the digits known

    EXAMPLES::

        sage: from sage_tf.regression.constants import recognized
        sage: [recognized(float(v), 1e-10).exact for v in (2/3, 5*sqrt(2), 3*pi/7, -1/(2*pi), exp(1)/2, 1e-3, 6.02e23)]
        [2/3, 5*sqrt(2), 3/7*pi, -1/2/pi, 1/2*e, 1/1000, 602000000000000000000000]

    With few digits only what is very simple is believed::

        sage: recognized(0.5001, 1e-3).exact, recognized(0.5001, 1e-6).exact is None, recognized(0.3337, 1e-4).exact is None
        (None, True, True)

    TESTS::

        sage: recognized(0.0, 1e-10).exact, recognized(float('nan'), 1e-10).exact
        (0, None)
    """
    value, known = float(value), -log2(tolerance)
    if value == 0:
        return Constant(value, SR(0), inf)
    best = None
    for element, price in BASIS if abs(value) < inf else ():
        ratio = INTERVALS(value) / INTERVALS(element)
        try:
            rational = (ratio * INTERVALS(1 - tolerance, 1 + tolerance)).simplest_rational()
        except (ValueError, ArithmeticError):
            continue
        cost = price + _bits(rational)
        if best is None or cost < best[0]:
            best = cost, rational * element
    if best is None or known - best[0] < MARGIN:
        return Constant(value, None, 0.0)
    return Constant(value, best[1], known - best[0])


def _bits(rational):
    """
    Return the bits it takes to say a rational number; that of a decimal fraction its decimal digits.

    EXAMPLES::

        sage: from sage_tf.regression.constants import _bits
        sage: _bits(1), _bits(3/4) < _bits(35/43), _bits(10^20) < 10
        (0.0, True, True)
    """
    p, q = abs(rational.numerator()), rational.denominator()
    plain = log2(p) + log2(q)
    zeros = p.valuation(10)
    return min(plain, log2(p // 10**zeros) + log2(q) + 2 * log2(1 + zeros) + 1)


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
