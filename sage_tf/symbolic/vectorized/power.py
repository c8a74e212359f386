r"""
Powers of real numbers: the binary logarithm in twice the precision, times the exponent, and an exponential

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.power import power
    sage: power(tf.constant([2r, 10r, -2r, -2r, 0r], tf.float64), tf.constant([0.5r, -2r, 3r, 0.5r, -1r], tf.float64)).numpy()
    array([ 1.41421356,  0.01      , -8.        ,         nan,         inf])

ALGORITHM: ``log2(m)`` for a significand ``m`` is a series in ``s = (m - 1)/(m + 1)``. Its first two terms are formed from numbers of half
length, whose products are exact, with and without fused operations. Single precision is computed in double precision.
"""
import tensorflow as tf
from sage.functions.log import log as sage_log
from sage.rings.integer import Integer

from sage_tf.symbolic.real import power_by
from sage_tf.symbolic.vectorized.calls import traced
from sage_tf.symbolic.vectorized.formats import (
    DOUBLE,
    FIELD,
    bits,
    chebyshev,
    fitted,
    format_of,
    from_bits,
    leading,
    parts,
    power_of_two,
    two_chains,
)
from sage_tf.symbolic.vectorized.logarithm import END, log, split

# Beyond this every power but those of 1 overflows or vanishes
LARGEST_EXPONENT = 2.0**66
HALF = Integer(1) / 2


def _series_tail(z):
    """Return ``(3 atanh(s)/s - 3 - z)/z^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (3 * s.arctanh() / s - 3 - z) / z**2


def _atanh_series(z):
    """Return ``2 atanh(s)/(s log(2))`` for ``s^2 = z``."""
    s = z.sqrt()
    return 2 * s.arctanh() / s / FIELD(2).log()


def _exp2_tail(r):
    """Return ``(2^r - 1)/r``."""
    return (r * FIELD(2).log()).expm1() / r


def _log2_twice(x):
    """Return the binary logarithm of positive finite numbers as a sum of a number of half length and a small one."""
    k, m = split(x)
    f = m - 1
    total = m + 1
    total_high = leading(total, DOUBLE)
    total_low = m - (total_high - 1)
    inverse = 1 / total
    s = f * inverse
    s_high = leading(s, DOUBLE)
    s_low = ((f - s_high * total_high) - s_high * total_low) * inverse
    square = s_high * s_high                                    # exact, as are all products of two high parts
    z = s * s
    tail = s_low * (s_high + s) + z * z * two_chains(fitted(_series_tail, Integer(3) / 5, END, 9, DOUBLE), z)
    series_high = leading(3 + square + tail, DOUBLE)            # 3 atanh(s)/s
    series_low = tail - ((series_high - 3) - square)
    product = s_high * series_high
    product_low = s_low * series_high + s * series_low
    high = leading(product + product_low, DOUBLE)
    low = product_low - (high - product)
    scale, scale_low = parts(2 / (3 * sage_log(2)), DOUBLE, 26)
    value = scale * high
    value_low = scale_low * high + (scale + scale_low) * low
    result = leading(k + (value + value_low), DOUBLE)
    return result, value_low - ((result - k) - value)


def _exp2(high, low, terms):
    """Return ``2^(high + low)``, for a ``low`` that is small next to ``high``."""
    limit = tf.constant(1100, DOUBLE.dtype)
    n = tf.round(tf.maximum(tf.minimum(high, limit), -limit))
    r = tf.maximum(tf.minimum((high - n) + low, tf.constant(1, DOUBLE.dtype)), tf.constant(-1, DOUBLE.dtype))
    value = 1 + r * two_chains([float(c) for c in chebyshev(_exp2_tail, -HALF, HALF, terms)], r)
    half = tf.round(n * 0.5)                                    # 2^n itself may overflow where the value does not
    return value * power_of_two(half, DOUBLE) * power_of_two(n - half, DOUBLE)


def _double(x, y):
    """Return ``x^y`` for positive finite ``x``, to the last digit of float64."""
    logarithm, logarithm_low = _log2_twice(x)
    y_high = leading(y, DOUBLE)
    return _exp2(y_high * logarithm, (y - y_high) * logarithm + y * logarithm_low, 11)


def _single(x, y):
    """Return ``x^y`` for positive finite ``x`` in float64, to a few digits more than float32 has."""
    k, m = split(x)
    s = (m - 1) / (m + 1)
    z = s * s
    series = two_chains([float(c) for c in chebyshev(_atanh_series, 0, END, 6)], z)
    return _exp2(y * (k + s * series), tf.zeros_like(y), 7)


@traced
def power_value(x, y):
    r"""
    Return ``x^y`` without regard to derivatives; a scalar exponent is not broadcast, which saves what can be computed from it once.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.power import power_value
        sage: power_value(tf.constant([4.0r, 9.0r], tf.float64), tf.constant(1.5r, tf.float64)).numpy()
        array([ 8., 27.])
    """
    limit = tf.constant(LARGEST_EXPONENT, x.dtype)
    near = tf.maximum(tf.minimum(y, limit), -limit)
    size = tf.abs(x)
    if x.dtype == tf.float64:
        value = _double(size, near)
    else:
        value = tf.cast(_single(tf.cast(size, tf.float64), tf.cast(near, tf.float64)), x.dtype)
    return _with_special_values(x, y, size, value)


def _with_special_values(x, y, size, value):
    """Return ``x^y`` if its absolute value is known for finite ``x`` other than 0."""
    form = format_of(x)
    zero, one, infinity, nan = [tf.constant(c, x.dtype) for c in (0, 1, float('inf'), float('nan'))]
    extreme = tf.where(tf.equal(tf.equal(size, zero), y < zero), infinity, zero)
    value = tf.where((size > zero) & (size < infinity), value, extreme)
    whole = tf.equal(tf.floor(y), y)
    half = y * 0.5
    odd = whole & tf.not_equal(tf.floor(half), half)
    sign = tf.bitwise.bitwise_and(bits(x), tf.constant(1 << (form.width - 1), form.bits))
    value = tf.where(odd, from_bits(tf.bitwise.bitwise_xor(bits(value), sign), form), value)
    undefined = ((x < zero) & (size < infinity) & ~whole) | tf.not_equal(x, x) | tf.not_equal(y, y)
    return tf.where(tf.equal(y, zero) | tf.equal(x, one), one, tf.where(undefined, nan, value))


power = power_by(power_value, log)
