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
from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, SINGLE, bits, fitted, format_of, from_bits, parts, two_chains

TERMS = {DOUBLE: 8, SINGLE: 4}
END = FIELD(1) / 25                                            # largest square of (m - 1)/(m + 1) for 3/4 <= m <= 3/2


def _atanh_tail(z):
    """Return ``(2 atanh(s)/s - 2)/s^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (2 * s.arctanh() / s - 2) / z


def split(x):
    r"""
    Return an integer k and a significand m in ``[3/4, 3/2]`` with ``x = 2^k m``, for positive finite ``x``.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.logarithm import split
        sage: [t.numpy() for t in split(tf.constant([1.25r, 7.0r], tf.float64))]
        [array([0., 3.]), array([1.25 , 0.875])]
    """
    form = format_of(x)
    start = (form.bias << form.fraction) - (1 << form.fraction - 1)     # the bits of 3/4
    moved = bits(x) + tf.constant((form.bias << form.fraction) - start, form.bits)
    power = tf.bitwise.right_shift(moved, tf.constant(form.fraction, form.bits))
    fraction = tf.bitwise.bitwise_and(moved, tf.constant(2**form.fraction - 1, form.bits))
    large = 2.0**form.fraction                                  # with the integer in its last bits it is their sum
    k = from_bits(tf.bitwise.bitwise_or(power, tf.constant((form.bias + form.fraction) << form.fraction, form.bits)), form)
    return k - (large + form.bias), from_bits(fraction + tf.constant(start, form.bits), form)


def logarithm_of_sum(k, f):
    r"""
    Return ``k log(2) + log(1 + f)`` for integer ``k`` and ``3/4 <= 1 + f <= 3/2``.

    EXAMPLES::

        sage: import math, tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.logarithm import logarithm_of_sum
        sage: logarithm_of_sum(tf.constant(3.0r, tf.float64), tf.constant(0.25r, tf.float64)).numpy() - math.log(10.0)
        np.float64(0.0)
    """
    form = format_of(f)
    high, low = parts(sage_log(2), form, form.precision - 13)
    s = f / (2 + f)
    z = s * s
    half = 0.5 * f * f
    tail = z * two_chains(fitted(_atanh_tail, Integer(2) / 3, END, TERMS[form], form), z)
    # log(1 + f) = f - half + s*(half + tail): the largest term is exact and the correction small
    return k * high - ((half - (s * (half + tail) + k * low)) - f)


@traced
def _log(x):
    k, m = split(x)
    value = logarithm_of_sum(k, m - 1)
    infinity = tf.constant(float('inf'), x.dtype)
    outside = tf.where(x < 0, tf.constant(float('nan'), x.dtype), tf.where(tf.equal(x, 0), -infinity, x))
    return tf.where((x > 0) & (x < infinity), value, outside)


def _value(x):
    """Return the logarithm; XLA's of single precision is vectorized."""
    return _log(x) if x.dtype == tf.float64 else tf.math.log(x)


log = differentiable(_value, tf.math.reciprocal)
