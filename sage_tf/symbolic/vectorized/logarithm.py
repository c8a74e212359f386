r"""
The logarithm by the exponent and a polynomial in the argument of the inverse hyperbolic tangent

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.logarithm import log
    sage: log(tf.constant([1r, 10r, 0r, -1r, float('inf')], tf.float64)).numpy()
    array([0.        , 2.30258509,       -inf,        nan,        inf])
"""
import tensorflow as tf
from sage.functions.log import log as sage_log
from sage.rings.integer import Integer

from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.vectorized.calls import traced
from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, bits, fitted, from_bits, horner, parts

HALF_ROOT = 0x3FE6A09E667F3BCD                                 # the bits of sqrt(1/2)


def _atanh_tail(z):
    """Return ``(2 atanh(s)/s - 2)/s^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (2 * s.arctanh() / s - 2) / z


def _split(x):
    """Return an integer k and a significand m in ``[sqrt(1/2), sqrt(2)]`` with ``x = 2^k m``, for positive finite ``x``."""
    form = DOUBLE
    moved = bits(x) + tf.constant((form.bias << form.fraction) - HALF_ROOT, form.bits)
    power = tf.bitwise.right_shift(moved, tf.constant(form.fraction, form.bits))
    fraction = tf.bitwise.bitwise_and(moved, tf.constant(2**form.fraction - 1, form.bits))
    large = 2.0**form.fraction                                  # with the integer in its last bits it is their sum
    k = from_bits(tf.bitwise.bitwise_or(power, tf.constant((form.bias + form.fraction) << form.fraction, form.bits)), form)
    return k - (large + form.bias), from_bits(fraction + tf.constant(HALF_ROOT, form.bits), form)


def _logarithm_of_sum(k, f):
    """Return ``k log(2) + log(1 + f)`` for integer ``k`` and ``sqrt(1/2) <= 1 + f <= sqrt(2)``."""
    high, low = parts(sage_log(2), DOUBLE, 40)
    s = f / (2 + f)
    z = s * s
    half = 0.5 * f * f
    end = (FIELD(2).sqrt() - 1)**2 / (FIELD(2).sqrt() + 1)**2
    tail = z * horner(fitted(_atanh_tail, Integer(2) / 3, end, 7, DOUBLE), z)
    # log(1 + f) = f - half + s*(half + tail): the largest term is exact and the correction small
    return k * high - ((half - (s * (half + tail) + k * low)) - f)


@traced
def _log(x):
    k, m = _split(x)
    value = _logarithm_of_sum(k, m - 1)
    infinity = tf.constant(float('inf'), x.dtype)
    outside = tf.where(x < 0, tf.constant(float('nan'), x.dtype), tf.where(tf.equal(x, 0), -infinity, x))
    return tf.where((x > 0) & (x < infinity), value, outside)


def _value(x):
    """Return the logarithm; XLA's of single precision is vectorized."""
    return _log(x) if x.dtype == tf.float64 else tf.math.log(x)


log = differentiable(_value, tf.math.reciprocal)
