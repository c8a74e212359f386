r"""
Exact values of numbers, and the binary formats they are rounded to

EXAMPLES::

    sage: from sage_tf.conversion.exact import exact, round_fraction
    sage: exact(RealField(100)(3/2)), exact(sqrt(2))
    ((3, 1, -1), None)
    sage: round_fraction(1r, 3r, 0r, 'float16')
    0.333251953125
"""
import math
import numbers
from fractions import Fraction
from functools import singledispatch

import numpy as np
from sage.rings.finite_rings.integer_mod import IntegerMod_abstract
from sage.rings.integer import Integer
from sage.rings.number_field.number_field_element_base import NumberFieldElement_base
from sage.rings.rational import Rational
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfr import RealNumber
from sage.structure.element import Expression

# bits of the significand, exponent of the smallest subnormal, exponent above the largest finite value
FORMATS = {'float64': (53, -1074, 1024), 'float32': (24, -149, 128), 'float16': (11, -24, 16), 'bfloat16': (8, -133, 128)}


@singledispatch
def exact(x):
    """
    Return integers ``(n, d, e)`` with ``x = n / d * 2^e``, or None if ``x`` is no finite real given exactly.

    EXAMPLES::

        sage: from sage_tf.conversion.exact import exact
        sage: exact(3/4), exact(RealField(100)(3)), exact(2.5r), exact(AA(1/2)), exact(sqrt(2))
        ((3, 4, 0), (3, 1, 0), (5, 2, 0), (1, 2, 0), None)
        sage: import numpy
        sage: exact(numpy.longdouble(1r) + numpy.longdouble(2r)**-60r), exact(numpy.True_), exact(Zmod(7)(9))
        ((1152921504606846977, 1152921504606846976, 0), (1, 1, 0), (2, 1, 0))
    """
    if isinstance(x, numbers.Integral):
        return int(x), 1, 0
    if isinstance(x, np.floating):
        return (*x.as_integer_ratio(), 0) if np.isfinite(x) else None
    if isinstance(x, np.generic):                               # bfloat16 is no np.floating
        return exact(x.item())
    if isinstance(x, (numbers.Rational, Fraction)):
        return x.numerator, x.denominator, 0
    return _exact_algebraic(x)


@exact.register(int)
@exact.register(Integer)
@exact.register(IntegerMod_abstract)                            # its lift, as Sage's real fields take it
def _(x):
    return int(x), 1, 0


@exact.register(Rational)
def _(x):
    return int(x.numerator()), int(x.denominator()), 0


@exact.register(float)
@exact.register(RealDoubleElement)
def _(x):
    x = float(x)
    return (*x.as_integer_ratio(), 0) if math.isfinite(x) else None


@exact.register(RealNumber)
def _(x):
    if x.is_NaN() or x.is_infinity():
        return None
    if not x:
        return 0, 1, 0
    sign, mantissa, exponent = x.sign_mantissa_exponent()
    mantissa, shift = mantissa.val_unit(2)[1], mantissa.valuation(2)
    return int(sign * mantissa), 1, int(exponent + shift)


@exact.register(Expression)
def _(x):
    return exact(x.pyobject()) if x.is_numeric() else None


def _exact_algebraic(x):
    """
    Return :func:`exact` of an algebraic or number field element that is rational, else None.

    EXAMPLES::

        sage: from sage_tf.conversion.exact import _exact_algebraic
        sage: _exact_algebraic(QQbar(2).sqrt()^2), _exact_algebraic(QQbar(2).sqrt())
        ((2, 1, 0), None)
    """
    from sage.rings.qqbar import AlgebraicNumber_base
    from sage.rings.rational_field import QQ
    if isinstance(x, (AlgebraicNumber_base, NumberFieldElement_base)):
        try:
            return exact(QQ(x))
        except (TypeError, ValueError):
            return None
    return None


def round_fraction(n, d, e, name):
    r"""
    Round ``n / d * 2^e`` to the nearest value of a binary format, ties to even.

    INPUT:

    - ``n``, ``d``, ``e`` -- Python integers, ``d`` positive

    - ``name`` -- name of a real float dtype

    OUTPUT: a Python float that lies in the format; OverflowError if the rounded value is beyond its largest

    EXAMPLES::

        sage: from sage_tf.conversion.exact import round_fraction
        sage: [round_fraction(*x, 'float16') for x in ((1r, 3r, 0r), (1r, 1r, -25r), (3r, 1r, -26r))]
        [0.333251953125, 0.0, 5.960464477539063e-08]
        sage: round_fraction(1r, 1r, 1000000000000r, 'float64')
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 1.79769e+308 in absolute value does not fit in float64; use a wider dtype
    """
    bits, low, high = FORMATS[name]
    if not n:
        return 0.0
    scale = abs(n).bit_length() - d.bit_length() + e            # 2^(scale-1) < |x| < 2^(scale+1)
    if scale > high + 1:
        raise overflow(name)
    if scale < low - 2:
        return -0.0 if n < 0 else 0.0
    unit = max(scale - bits, low)
    quotient, exponent = _nearest(abs(n), d, e, unit)
    if quotient.bit_length() > bits and scale - bits >= low:    # the quotient had one bit too many: round anew, not twice
        quotient, exponent = _nearest(abs(n), d, e, unit + 1)
    if quotient.bit_length() + exponent > high:
        raise overflow(name)
    value = math.ldexp(quotient, exponent)
    return -value if n < 0 else value


def overflow(name):
    """
    Return the error for a finite number beyond the largest one of a float dtype.

    EXAMPLES::

        sage: from sage_tf.conversion.exact import overflow
        sage: overflow('float16')
        OverflowError('a number beyond 65504 in absolute value does not fit in float16; use a wider dtype')
    """
    bits, _, high = FORMATS[name]
    return OverflowError(f"a number beyond {(1 - 2.0**-bits) * 2.0**(high - 1) * 2:.6g} in absolute value does not fit in "
                         f"{name}; use a wider dtype")


def _nearest(n, d, e, unit):
    """
    Return the integer nearest to ``n / d * 2^(e - unit)``, ties to even, and ``unit``.

    EXAMPLES::

        sage: from sage_tf.conversion.exact import _nearest
        sage: _nearest(5r, 1r, 0r, 1r), _nearest(7r, 1r, 0r, 1r)
        ((2, 1), (4, 1))
    """
    shift = e - unit
    if shift >= 0:
        n <<= shift
    else:
        d <<= -shift
    quotient, rest = divmod(n, d)
    if 2 * rest > d or (2 * rest == d and quotient & 1):
        quotient += 1
    return quotient, unit
