r"""
Floating point formats: bits of tensors, constants in several parts, polynomials that approximate a function

The coefficients are made when they are first used, by interpolation in 240 bits in zeros of a Chebyshev polynomial. The least error is
a little smaller, which the degrees leave room for.

EXAMPLES::

    sage: from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, fitted, parts
    sage: c = fitted(lambda t: t.exp(), 1, FIELD(1), 6, DOUBLE)
    sage: max(abs(sum(a*t^k for k, a in enumerate(c)) - exp(t)) for t in [0, 0.01, .., 1]) < 1e-4
    True
    sage: abs(sum(map(FIELD, parts(pi, DOUBLE, 36, 36))) - pi.n(240)) < 2^-120
    True
"""
from functools import cache
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from sage.rings.real_mpfr import RealField
from sage.symbolic.constants import pi

FIELD = RealField(240)


class Format(NamedTuple):
    """A binary floating point format: its dtype, the unsigned integers of its width, digits of the significand, bias of the exponent."""
    dtype: tf.DType
    bits: tf.DType
    precision: int
    bias: int

    @property
    def fraction(self):
        """Return the number of bits to the right of the exponent."""
        return self.precision - 1

    @property
    def width(self):
        return 8 * self.dtype.size

    @property
    def rounder(self):
        """Return the number whose sum with a small integer has that integer in its last bits."""
        return 1.5 * 2.0 ** self.fraction


DOUBLE = Format(tf.float64, tf.uint64, 53, 1023)
SINGLE = Format(tf.float32, tf.uint32, 24, 127)
FORMATS = {tf.float64: DOUBLE, tf.float32: SINGLE}


def format_of(x):
    """
    Return the format of a tensor.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import format_of
        sage: format_of(tf.constant(1.0r)).precision
        24
    """
    return FORMATS[x.dtype]


def bits(x):
    """Return the bits of a floating tensor as unsigned integers."""
    return tf.bitcast(x, format_of(x).bits)


def from_bits(n, form):
    """Return the floating tensor of given bits."""
    return tf.bitcast(n, form.dtype)


def sign_bit(x):
    """Return integers of which only the first bit is set, and that where ``x`` is negative or -0."""
    form = format_of(x)
    return tf.bitwise.bitwise_and(bits(x), tf.constant(1 << (form.width - 1), form.bits))


def with_sign(x, sign):
    r"""
    Return a tensor with its sign changed where a sign bit is set.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import sign_bit, with_sign
        sage: with_sign(tf.constant([1.0r, 2.0r]), sign_bit(tf.constant([3.0r, -0.0r]))).numpy()
        array([ 1., -2.], dtype=float32)
    """
    return from_bits(tf.bitwise.bitwise_xor(bits(x), sign), format_of(x))


def leading(x, form):
    r"""
    Return ``x`` without the lower half of its digits (and one more), so that a product of two such numbers is exact.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import DOUBLE, leading
        sage: leading(tf.constant([1 + 2r**-20r, 1 + 2r**-30r], tf.float64), DOUBLE).numpy() - 1r
        array([9.53674316e-07, 0.00000000e+00])
    """
    mask = 2**form.width - 2**(form.precision // 2 + 1)
    return from_bits(tf.bitwise.bitwise_and(bits(x), tf.constant(mask, form.bits)), form)


def power_of_two(n, form):
    r"""
    Return ``2^n`` for integers in a floating tensor, for which it is a normal number or (one beyond) infinite.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import DOUBLE, power_of_two
        sage: power_of_two(tf.constant([-1022r, 0r, 3r, 1024r], tf.float64), DOUBLE).numpy()
        array([2.22507386e-308, 1.00000000e+000, 8.00000000e+000,             inf])
    """
    return from_bits(tf.bitwise.left_shift(bits(n + (form.rounder + form.bias)), tf.constant(form.fraction, form.bits)), form)


def parts(value, form, *lengths):
    r"""
    Return a constant as an unevaluated sum of floating point numbers.

    INPUT:

    - ``value`` -- a number of more than float's precision, or something that Sage evaluates to any precision

    - ``form`` -- a :class:`Format`

    - ``lengths`` -- how many significant bits each part has; a last one with what is left has full precision

    EXAMPLES::

        sage: from sage_tf.symbolic.vectorized.formats import DOUBLE, parts
        sage: parts(pi, DOUBLE, 4)
        (3.0, 0.14159265358979323)
    """
    rest, found = FIELD(value), []
    for length in lengths:
        found.append(RealField(length, rnd='RNDZ')(rest))
        rest -= FIELD(found[-1])
    found.append(RealField(form.precision)(rest))
    return tuple(float(part) for part in found)


@cache
def chebyshev(function, low, high, terms):
    r"""
    Return the coefficients, constant one first, of a polynomial that approximates a function on an interval.

    INPUT:

    - ``function`` -- function of elements of :data:`FIELD`

    - ``low``, ``high`` -- ends of the interval, exact or of FIELD's precision

    - ``terms`` -- number of coefficients

    OUTPUT: tuple of elements of FIELD

    ALGORITHM: Newton's interpolation in the zeros of a Chebyshev polynomial.

    EXAMPLES::

        sage: from sage_tf.symbolic.vectorized.formats import chebyshev
        sage: [c.n(20) for c in chebyshev(lambda t: t^2 + 3, -1, 1, 4)]
        [3.0000, -..., 1.0000, ...]
    """
    centre, radius = (FIELD(low) + FIELD(high)) / 2, (FIELD(high) - FIELD(low)) / 2
    nodes = [centre + radius * (FIELD(pi) * (2*k + 1) / (2*terms)).cos() for k in range(terms)]
    quotients = [function(node) for node in nodes]
    for order in range(1, terms):
        for k in range(terms - 1, order - 1, -1):
            quotients[k] = (quotients[k] - quotients[k - 1]) / (nodes[k] - nodes[k - order])
    polynomial = FIELD['t'](0)
    for node, quotient in zip(nodes[::-1], quotients[::-1], strict=True):
        polynomial = polynomial * FIELD['t']([-node, 1]) + quotient
    return tuple(polynomial[k] for k in range(terms))


@cache
def fitted(function, first, end, terms, form):
    r"""
    Return the coefficients of a polynomial in a format that approximates a function on ``[0, end]``.

    The constant coefficient, which matters most near 0, is the function's value there, correctly rounded, and the others make up for
    what it was rounded by.

    INPUT:

    - ``function`` -- function of positive elements of :data:`FIELD`

    - ``first`` -- its value at 0, exact

    - ``end`` -- end of the interval, in FIELD

    - ``terms`` -- number of coefficients

    - ``form`` -- a :class:`Format`

    EXAMPLES::

        sage: from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, fitted
        sage: c = fitted(lambda t: t.exp(), 1, FIELD(1/8), 8, DOUBLE)
        sage: abs(sum(FIELD(a)/8^k for k, a in enumerate(c)) - exp(FIELD(1/8))) < 2^-53
        True
    """
    exact = FIELD(first)
    rounded = FIELD(RealField(form.precision)(exact))
    rest = chebyshev(lambda t: (function(t) - rounded) / t, end / 8, end, terms - 1)
    return tuple(float(RealField(form.precision)(c)) for c in (rounded, *rest))


def horner(coefficients, x):
    """
    Return the value of a polynomial, constant coefficient first, at the points of a tensor.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import horner
        sage: horner([1, 0, 3], tf.constant([2.0r])).numpy()
        array([13.], dtype=float32)
    """
    *lower, value = [np.array(c, x.dtype.as_numpy_dtype) for c in coefficients]
    for c in lower[::-1]:
        value = value * x + c
    return value


def two_chains(coefficients, x):
    """
    Return the value of a polynomial from its even and its odd part, on which a processor works at the same time.

    It is up to a tenth faster than Horner's scheme where nothing else is left to do, and loses a fraction of a digit.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.formats import two_chains
        sage: two_chains([1, 0, 3, 0, 0, 1], tf.constant([2.0r])).numpy()
        array([45.], dtype=float32)
    """
    square = x * x
    return horner(coefficients[0::2], square) + x * horner(coefficients[1::2], square)
