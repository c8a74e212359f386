r"""
Correct rounding of exact numbers

A number is rounded once: to the nearest value of the target dtype, ties to even, whatever its ring and precision.

EXAMPLES::

    sage: from sage_tf.conversion.rounding import round_real
    sage: round_real(1/3, 'float32')
    np.float32(0.33333334)
    sage: x = 1 + 2^-24 + 2^-80           # rounding to float64 first would make this a tie
    sage: float(round_real(x, 'float32')) == 1 + 2^-23
    True
    sage: round_real(pi, 'float64'), round_real(sqrt(2)^100, 'float64')
    (np.float64(3.141592653589793), np.float64(1125899906842624.0))

ALGORITHM:

Exact numbers are rounded by integer division. For the others (algebraic and symbolic ones) an enclosure is refined until
both of its ends round to the same value, as A. Ziv proposed.

REFERENCES:

- A. Ziv, *Fast evaluation of elementary mathematical functions with correctly rounded last bit*, ACM Transactions on
  Mathematical Software 17 (1991), 410-423
"""
from fractions import Fraction
from functools import singledispatch
import math
import numbers

import numpy as np
from sage.rings.infinity import AnInfinity, InfinityRing
from sage.rings.integer import Integer
from sage.rings.number_field.number_field_element_base import NumberFieldElement_base
from sage.rings.rational import Rational
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfi import RealIntervalField, RealIntervalFieldElement
from sage.rings.real_mpfr import RealNumber
from sage.rings.complex_double import ComplexDoubleElement
from sage.rings.complex_interval_field import ComplexIntervalField
from sage.rings.complex_mpfr import ComplexNumber
from sage.structure.element import Expression

from sage_tf.rings import SIGNED, UNSIGNED, as_dtype

# bits of the significand, exponent of the smallest subnormal, exponent above the largest finite value
FORMATS = {'float64': (53, -1074, 1024), 'float32': (24, -149, 128), 'float16': (11, -24, 16), 'bfloat16': (8, -133, 128)}
PART = {'complex128': 'float64', 'complex64': 'float32'}

# Enclosures are refined up to this precision; what is still undecided then (an unproved exact tie) takes the centre.
_MAX_PRECISION = 6400


def numpy_type(name):
    """
    Return the NumPy scalar type of a dtype given by its name.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import numpy_type
        sage: numpy_type('int8')
        <class 'numpy.int8'>
    """
    return as_dtype(name).as_numpy_dtype


# -- exact numbers -----------------------------------------------------------------------------------------------------

@singledispatch
def exact(x):
    """
    Return integers ``(n, d, e)`` with ``x = n / d * 2^e``, or None if ``x`` is no finite real given exactly.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import exact
        sage: exact(3/4), exact(RealField(100)(3)), exact(2.5r), exact(AA(1/2)), exact(sqrt(2))
        ((3, 4, 0), (3, 1, 0), (5, 2, 0), (1, 2, 0), None)
    """
    if isinstance(x, numbers.Integral):
        return int(x), 1, 0
    if isinstance(x, np.floating):
        return exact(float(x))
    if isinstance(x, (numbers.Rational, Fraction)):
        return x.numerator, x.denominator, 0
    return _exact_algebraic(x)


@exact.register(int)
@exact.register(Integer)
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

        sage: from sage_tf.conversion.rounding import _exact_algebraic
        sage: _exact_algebraic(QQbar(2).sqrt()^2), _exact_algebraic(QQbar(2).sqrt())
        ((2, 1, 0), None)
    """
    from sage.rings.rational_field import QQ
    from sage.rings.qqbar import AlgebraicNumber_base
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

        sage: from sage_tf.conversion.rounding import round_fraction
        sage: round_fraction(1r, 3r, 0r, 'float16'), round_fraction(1r, 1r, -25r, 'float16'), round_fraction(3r, 1r, -26r, 'float16')
        (0.333251953125, 0.0, 5.960464477539063e-08)
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
        raise _overflow(name)
    if scale < low - 2:
        return math.copysign(0.0, n)
    unit = max(scale - bits, low)
    quotient, exponent = _nearest(abs(n), d, e, unit)
    if quotient.bit_length() > bits and scale - bits >= low:    # the quotient had one bit too many: round anew, not twice
        quotient, exponent = _nearest(abs(n), d, e, unit + 1)
    if quotient.bit_length() + exponent > high:
        raise _overflow(name)
    return math.copysign(math.ldexp(quotient, exponent), n)


def _overflow(name):
    """
    Return the error for a finite number beyond the largest one of a float dtype.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _overflow
        sage: _overflow('float16')
        OverflowError('a number beyond 65504 in absolute value does not fit in float16; use a wider dtype')
    """
    bits, _, high = FORMATS[name]
    return OverflowError(f"a number beyond {(1 - 2.0**-bits) * 2.0**(high - 1) * 2:.6g} in absolute value does not fit in "
                         f"{name}; use a wider dtype")


def _nearest(n, d, e, unit):
    """
    Return the integer nearest to ``n / d * 2^(e - unit)``, ties to even, and ``unit``.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _nearest
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


# -- numbers given by enclosures ---------------------------------------------------------------------------------------

def enclosure(x, precision):
    r"""
    Return a complex interval that holds a constant, narrow at the given precision.

    INPUT:

    - ``x`` -- an algebraic number, a number field element with an embedding, a constant symbolic expression, or anything
      that complex interval fields convert

    - ``precision`` -- bits

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import enclosure
        sage: enclosure(pi + I, 60)
        3.14159265358979324? + 1*I
        sage: enclosure(elliptic_kc(1/2), 60)                 # no ball arithmetic for this one
        1.854074677301372?

    TESTS::

        sage: enclosure(NumberField(x^2 - 2, 'a').gen(), 60)
        Traceback (most recent call last):
        ...
        TypeError: a lies in a number field without an embedding, so it is no particular complex number; define the field ...
    """
    if isinstance(x, Expression):
        return _enclosure_of_expression(x, precision)
    if isinstance(x, NumberFieldElement_base) and x.parent().coerce_embedding() is None:
        # Sage would take some embedding, silently; the choice is the user's.
        raise TypeError(f"{x} lies in a number field without an embedding, so it is no particular complex number; "
                        "define the field with embedding=... or apply one of its embeddings first")
    try:
        return ComplexIntervalField(precision)(x)
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        parent = getattr(x, 'parent', lambda: type(x))()
        raise TypeError(f"{x} of {parent} is no complex number; expected a real or complex number") from None


def _enclosure_of_expression(x, precision):
    """
    Return :func:`enclosure` of a symbolic constant, by ball arithmetic where Sage has it.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _enclosure_of_expression
        sage: _enclosure_of_expression(exp(SR(1)/3), 60)
        1.39561242508608953?
    """
    from sage.rings.complex_arb import ComplexBallField
    require_constant(x)
    if x.is_numeric():
        return enclosure(x.pyobject(), precision)
    try:
        ball = ComplexBallField(precision)(x)
        if ball.real().is_finite() and ball.imag().is_finite():
            return ComplexIntervalField(precision)(ball)
    except (TypeError, ValueError, NotImplementedError, ArithmeticError):
        pass
    field = ComplexIntervalField(precision)
    # Without ball arithmetic: Sage's own evaluation with guard bits, taken to be good to ``precision - 8`` bits.
    value = _numerical(x, precision + 40)
    radius = abs(value) * 2 ** (8 - precision)
    margin = field.real_field()(-radius, radius)
    imaginary = field(0, margin) if value.imag() else field(0)
    return field(value) + field(margin) + imaginary


def _numerical(x, precision):
    """
    Return Sage's numerical value of a symbolic constant as a complex number, refusing what has none.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _numerical
        sage: _numerical(sin(SR(1)), 53)
        0.841470984807897
    """
    from sage.rings.complex_mpfr import ComplexField
    try:
        return ComplexField(precision)(x.n(precision))
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise TypeError(f"{x} has no numerical value ({error}); expected a constant") from None


def require_constant(x):
    r"""
    Raise TypeError naming the free variables of a symbolic expression, if it has any.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import require_constant
        sage: require_constant(pi + 1)
        sage: require_constant(x + 1)
        Traceback (most recent call last):
        ...
        TypeError: x + 1 has the free variable x where a number is needed; substitute a value or call .to_tf(x) for a function
    """
    free = x.variables()
    if free:
        names = ', '.join(map(str, free))
        raise TypeError(f"{x} has the free variable{'s' * (len(free) > 1)} {names} where a number is needed; "
                        f"substitute a value or call .to_tf({names}) for a function")


def _refined(x, part, name):
    """
    Round the real or imaginary part of a number given by enclosures.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _refined
        sage: _refined(QQbar(-2).sqrt(), 'imag', 'float64')
        1.4142135623730951
    """
    precision = 100
    while True:
        interval = getattr(enclosure(x, precision), part)()
        ends = exact(interval.lower()), exact(interval.upper())
        if None not in ends:
            low, high = (round_fraction(*end, name) for end in ends)
            if low == high:
                return low
        if precision >= _MAX_PRECISION:
            if None in ends:
                raise ValueError(f"{x} has no finite numerical value; expected a finite constant")
            return round_fraction(*exact(interval.center()), name)
        precision *= 4


def is_real(x):
    r"""
    Return whether a constant is real.

    INPUT:

    - ``x`` -- a number of any kind or a constant symbolic expression

    OUTPUT: boolean; for symbolic constants decided by Sage's simplification or, failing that, by an imaginary part
    that vanishes to 1,600 bits

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import is_real
        sage: is_real(pi), is_real(sqrt(SR(-1))), is_real((1 + I)*(1 - I)), is_real(CDF(2)), is_real(QQbar(-1).sqrt())
        (True, False, True, True, False)
        sage: is_real(exp(I*pi/5) + exp(-I*pi/5))
        True
    """
    if isinstance(x, (complex, np.complexfloating)):
        return x.imag == 0
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return not x.imag()
    if isinstance(x, (numbers.Real, RealNumber, RealDoubleElement, AnInfinity)) or exact(x) is not None:
        return True
    if isinstance(x, Expression) and (x.is_infinity() or _is_nan(x)):
        return True
    for precision in (100, 1600):
        imaginary = enclosure(x, precision).imag()
        if imaginary.is_zero():
            return True
        if not imaginary.contains_zero():
            return False
    return True


# -- the gate ----------------------------------------------------------------------------------------------------------

def round_real(x, dtype):
    r"""
    Return the value of a float dtype nearest to a real constant.

    INPUT:

    - ``x`` -- a real number of any kind, or a constant symbolic expression

    - ``dtype`` -- a real float dtype

    OUTPUT: a NumPy scalar; infinities and NaN are kept, OverflowError if a finite ``x`` is too large, TypeError if it
    is not real

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_real
        sage: round_real(RealField(200)(2).sqrt(), 'float64')
        np.float64(1.4142135623730951)
        sage: round_real(-oo, 'float32'), round_real(RR('NaN'), 'float64')
        (np.float32(-inf), np.float64(nan))
        sage: float(round_real(AA(2).sqrt(), 'bfloat16'))
        1.4140625

    TESTS::

        sage: round_real(70000, 'float16')
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 65504 in absolute value does not fit in float16; use a wider dtype
        sage: round_real(RIF(1, 2), 'float64')
        Traceback (most recent call last):
        ...
        TypeError: 2.? is an interval, not a number; take .center() or pass midpoint=True
        sage: round_real(sqrt(-2), 'float64')
        Traceback (most recent call last):
        ...
        TypeError: sqrt(-2) is not real but the dtype float64 is; pass dtype='complex128' or take .real()
    """
    name = as_dtype(dtype).name
    return numpy_type(name)(_real_part(x, name))


def _real_part(x, name):
    """
    Return :func:`round_real` as a Python float.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _real_part
        sage: _real_part(SR(3)/2, 'float32')
        1.5
    """
    parts = exact(x)
    if parts is not None:
        value = round_fraction(*parts, name)
        return -0.0 if value == 0 and _is_negative_zero(x) else value
    special = _special(x)
    if special is not None:
        return special
    _refuse_interval(x)
    if not is_real(x):
        raise TypeError(f"{x} is not real but the dtype {name} is; pass dtype='complex128' or take .real()")
    if isinstance(x, (complex, np.complexfloating)):
        return _real_part(float(x.real), name)
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return _real_part(x.real(), name)
    return _refined(x, 'real', name)


def _is_negative_zero(x):
    """
    Return whether a zero carries a minus sign.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _is_negative_zero
        sage: _is_negative_zero(-RR(0)), _is_negative_zero(0)
        (True, False)
    """
    return isinstance(x, (float, np.floating, RealNumber, RealDoubleElement)) and math.copysign(1.0, float(x)) < 0


def _is_nan(x):
    """
    Return whether a symbolic expression is the constant NaN.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _is_nan
        sage: _is_nan(NaN), _is_nan(pi)
        (True, False)
    """
    return x.operator() is None and not x.is_symbol() and str(x) == 'NaN'


def _special(x):
    """
    Return the float of an infinity or NaN, None for everything else.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _special
        sage: _special(oo), _special(SR(-oo)), _special(RDF('inf')), _special(pi)
        (inf, -inf, inf, None)
        sage: _special(unsigned_infinity)
        Traceback (most recent call last):
        ...
        ValueError: Infinity has no sign, so no value of a float dtype stands for it; use +oo or -oo
    """
    if isinstance(x, (float, np.floating, RealNumber, RealDoubleElement)):
        return float(x)
    if isinstance(x, Expression):
        if _is_nan(x):
            return math.nan
        if not x.is_infinity():
            return None
        x = InfinityRing(x) if x.is_positive_infinity() or x.is_negative_infinity() else x
    if isinstance(x, Expression) or isinstance(x, AnInfinity) and x.parent() is not InfinityRing:
        raise ValueError(f"{x} has no sign, so no value of a float dtype stands for it; use +oo or -oo")
    return float(x) if isinstance(x, AnInfinity) else None


def _refuse_interval(x):
    """
    Raise TypeError for intervals and balls, which are sets and not numbers.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _refuse_interval
        sage: _refuse_interval(RBF(1/3))
        Traceback (most recent call last):
        ...
        TypeError: [0.3333333333333333 +/- 7.04e-17] is an interval, not a number; take .center() or pass midpoint=True
    """
    if is_interval(x):
        raise TypeError(f"{x} is an interval, not a number; take .center() or pass midpoint=True")


def is_interval(x):
    """
    Return whether ``x`` is an element of a field of intervals or balls.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import is_interval
        sage: is_interval(RIF(1)), is_interval(CBF(1)), is_interval(RR(1))
        (True, True, False)
    """
    from sage.rings.complex_arb import ComplexBall
    from sage.rings.complex_interval import ComplexIntervalFieldElement
    from sage.rings.real_arb import RealBall
    return isinstance(x, (RealIntervalFieldElement, ComplexIntervalFieldElement, RealBall, ComplexBall))


def midpoint(x):
    """
    Return the centre of an interval or ball; other objects are returned as they are.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import midpoint
        sage: midpoint(RIF(1, 2)), midpoint(RBF(3)), midpoint(5)
        (1.50000000000000, 3.00000000000000, 5)
    """
    if not is_interval(x):
        return x
    return x.center() if hasattr(x, 'center') else x.mid()


def round_complex(x, dtype):
    r"""
    Return the value of a complex dtype nearest to a constant, part by part.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_complex
        sage: round_complex(QQbar(-2).sqrt() + 1/3, 'complex64')
        np.complex64(0.33333334+1.4142135j)
        sage: round_complex(CC(oo, 1), 'complex128'), round_complex(I, 'complex64')
        (np.complex128(inf+1j), np.complex64(1j))
    """
    name = as_dtype(dtype).name
    real, imaginary = _complex_parts(x, PART[name])
    return numpy_type(name)(complex(real, imaginary))


def _complex_parts(x, name):
    """
    Return the rounded real and imaginary part of a constant.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _complex_parts
        sage: _complex_parts(exp(I), 'float32')
        (0.5403022766113281, 0.8414709568023682)
    """
    if isinstance(x, Expression) and x.is_numeric():
        x = x.pyobject()
    if isinstance(x, (complex, np.complexfloating)):
        return _real_part(float(x.real), name), _real_part(float(x.imag), name)
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return _real_part(x.real(), name), _real_part(x.imag(), name)
    _refuse_interval(x)
    if is_real(x):
        return _real_part(x, name), 0.0
    return _refined(x, 'real', name), _refined(x, 'imag', name)


def round_integer(x, dtype):
    r"""
    Return the value of an integer dtype or of ``bool`` that equals an integer, or is its residue class.

    INPUT:

    - ``x`` -- an integer, a residue class, or a real constant that is an integer

    - ``dtype`` -- ``int8`` to ``int64`` (the ring ZZ: what does not fit raises OverflowError), ``uint8`` to ``uint64`` (the
      ring Zmod(2^k)) or ``bool`` (the field GF(2))

    OUTPUT: a NumPy scalar; TypeError if ``x`` is no integer, ValueError for NaN and infinities

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_integer
        sage: round_integer(-3, 'int8'), round_integer(-3, 'uint8'), round_integer(-3, 'bool'), round_integer(RR(4), 'int64')
        (np.int8(-3), np.uint8(253), np.True_, np.int64(4))

    TESTS::

        sage: round_integer(2^70, 'int64')
        Traceback (most recent call last):
        ...
        OverflowError: 1180591620717411303424 does not fit in int64; use a wider dtype or a float one
        sage: round_integer(1/2, 'int64')
        Traceback (most recent call last):
        ...
        TypeError: 1/2 is no integer but the dtype int64 holds integers; pass a float dtype or round it first
        sage: round_integer(RR('NaN'), 'int64')
        Traceback (most recent call last):
        ...
        ValueError: NaN is not finite, so it has no value of dtype int64; pass a float dtype
    """
    name = as_dtype(dtype).name
    value = _integer_value(x, name)
    if name in SIGNED:
        bound = 1 << (as_dtype(name).size * 8 - 1)
        if not -bound <= value < bound:
            raise OverflowError(f"{x} does not fit in {name}; use a wider dtype or a float one")
    elif name in UNSIGNED:
        value &= (1 << (as_dtype(name).size * 8)) - 1
    else:
        value &= 1
    return numpy_type(name)(value)


def _integer_value(x, name):
    """
    Return the Python integer that a number equals or represents.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _integer_value
        sage: _integer_value(Zmod(7)(5), 'int8'), _integer_value(SR(4), 'int8'), _integer_value(sqrt(2)^2*3, 'int8')
        (5, 4, 6)
    """
    from sage.rings.integer_ring import ZZ
    try:
        return x.__index__()
    except (AttributeError, TypeError):
        pass
    if isinstance(x, np.bool_):
        return int(x)
    _refuse_interval(x)
    if isinstance(x, Expression):
        require_constant(x)
    special = None if exact(x) is not None else _special(x)
    if special is not None:
        raise ValueError(f"{x} is not finite, so it has no value of dtype {name}; pass a float dtype")
    try:
        return int(ZZ(x))
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):
        raise TypeError(f"{x} is no integer but the dtype {name} holds integers; "
                        "pass a float dtype or round it first") from None


def round_number(x, dtype):
    r"""
    Return the value of any dtype of the table nearest to a constant.

    INPUT:

    - ``x`` -- a number of any kind, or a constant symbolic expression

    - ``dtype`` -- a dtype of the table

    OUTPUT: a NumPy scalar; see :func:`round_real`, :func:`round_complex` and :func:`round_integer`

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_number
        sage: round_number(pi, 'float32'), round_number(pi, 'complex64'), round_number(3, 'uint8')
        (np.float32(3.1415927), np.complex64(3.1415927+0j), np.uint8(3))
    """
    name = as_dtype(dtype).name
    if name in FORMATS:
        return round_real(x, name)
    if name in PART:
        return round_complex(x, name)
    return round_integer(x, name)
