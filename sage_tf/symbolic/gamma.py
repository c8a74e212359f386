r"""
The gamma function on real tensors, to the last digits

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic import gamma as tensors
    sage: tensors.gamma(tf.constant([5r, 0.5r, -1.5r, -2r, 200r], tf.float64)).numpy()
    array([24.        ,  1.77245385,  2.3632718 ,         nan,         inf])
    sage: gamma(5), gamma(0.5), gamma(-1.5)
    (24, 1.77245385090552, 2.36327180120735)

ALGORITHM:

The exponential of a logarithm would lose the digits that the logarithm has before its point.

- Below 7 the argument is brought into [1, 2) by the recurrence, where 1/gamma, an entire function, is its Taylor
  polynomial about 3/2.

- From 7 on let n be the nearest integer and f = x - n. Then gamma(x) = gamma(n) n^f exp(c), where gamma(n) comes from a
  table and c, which is small and 0 for f = 0, is a difference of Stirling's series.

- Negative arguments are reflected by gamma(x) gamma(-x) = -pi/(x sin(pi x)), which rounds no argument.

- The values at integers are those of the table.

Other dtypes than float64 are computed in float64.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 5.5.1, 5.5.3 and 5.11.1, https://dlmf.nist.gov/5
"""
from functools import cache
from math import factorial as integer_factorial

import mpmath
import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.special.rules import sage_partial
from sage_tf.symbolic.threads import mpmath_digits

# The last integer of which float64 holds the value, and the first number that is served by Stirling's series.
_LAST, _FIRST = 171, 7

# The terms that follow these are below 2^-56, those of Stirling's series at 6.5, those of the logarithm at |f/n| = 1/14.
_STIRLING_TERMS, _LOG_TERMS, _TAYLOR_TERMS, _SINE_TERMS = 12, 14, 22, 12


@cache
def _coefficients():
    """
    Return the values at 0, ..., 171 and the coefficients of 1/gamma about 3/2, of Stirling's series, of log(1 + u) - u
    and of sin(pi r)/(pi r).

    They are made when first needed.

    EXAMPLES::

        sage: from sage_tf.symbolic.gamma import _coefficients
        sage: values, taylor, stirling, logarithm, sine = _coefficients()
        sage: float(values[5]), taylor[0], 1/stirling[1], logarithm[:2], sine[1]
        (24.0, 1.1283791670955126, -360.0, [-0.5, 0.3333333333333333], -1.6449340668482264)
    """
    values = np.array([np.inf, *(float(integer_factorial(n - 1)) for n in range(1, _LAST + 1))])
    with mpmath_digits(60):
        taylor = [float(c) for c in mpmath.taylor(mpmath.rgamma, mpmath.mpf(3) / 2, _TAYLOR_TERMS)]
        stirling = [float(mpmath.bernoulli(2 * k) / (2 * k * (2 * k - 1))) for k in range(1, _STIRLING_TERMS + 1)]
        sine = [float((-1)**k * mpmath.pi**(2 * k) / mpmath.factorial(2 * k + 1)) for k in range(_SINE_TERMS)]
    return values, taylor, stirling, [(-1)**(k + 1) / k for k in range(2, _LOG_TERMS + 2)], sine


def _polynomial(coefficients, x):
    """Return the polynomial with the given coefficients, that of degree 0 first."""
    result = tf.fill(tf.shape(x), tf.constant(coefficients[-1], x.dtype))
    for c in reversed(coefficients[:-1]):
        result = result * x + tf.constant(c, x.dtype)
    return result


def _by_recurrence(x):
    """Return gamma between 0 and 7."""
    floor = tf.floor(x)
    fraction = x - floor
    product = tf.ones_like(x)
    for k in range(2, _FIRST):
        product *= tf.where(floor >= k, x - (k - 1), tf.ones_like(x))
    return product / (_polynomial(_coefficients()[1], fraction - 0.5) * tf.where(floor == 0, x, tf.ones_like(x)))


def _by_stirling(x):
    """Return gamma from 7 on, where it is finite."""
    values, _, stirling, logarithm, _ = _coefficients()
    n = tf.minimum(tf.round(x), tf.constant(_LAST, x.dtype))
    f = x - n
    u = f / n
    bend = u * u * _polynomial(logarithm, u)                    # log(1 + u) - u

    def series(z):
        return _polynomial(stirling, 1 / (z * z)) / z

    c = n * bend + (f - 0.5) * (u + bend) + (series(x) - series(n))
    return tf.gather(tf.constant(values), tf.cast(n, tf.int32)) * (tf.pow(n, f) * tf.exp(c))


def _positive(x):
    """Return gamma of float64 numbers from 0 on."""
    first, last = tf.constant(_FIRST, x.dtype), tf.constant(_LAST + 1, x.dtype)
    found = tf.where(x < first, _by_recurrence(tf.minimum(x, first)), _by_stirling(tf.clip_by_value(x, first, last)))
    index = tf.minimum(x, last - 0.5)
    whole = tf.gather(tf.constant(_coefficients()[0]), tf.cast(index, tf.int32))
    found = tf.where(index == tf.floor(index), whole, found)
    return tf.where(x > last, tf.constant(np.inf, x.dtype), found)


def _sine_of_pi(x):
    """Return sin(pi*x)/pi."""
    nearest = tf.round(x)
    r = x - nearest
    sine = r * _polynomial(_coefficients()[4], r * r)
    return tf.where(nearest == 2 * tf.round(nearest / 2), sine, -sine)


def _gamma(x):
    """Return gamma; NaN at the negative integers and at -infinity, infinity at 0 and beyond the range of the dtype."""
    wide = tf.cast(x, tf.float64)
    is_nan = tf.math.is_nan(wide)
    size = tf.where(is_nan, tf.ones_like(wide), tf.abs(wide))
    found = _positive(size)
    fractional = tf.where(size == tf.floor(size), tf.constant(0.5, tf.float64), wide)
    reflected = -1 / (wide * found * _sine_of_pi(fractional))
    pole = (wide < 0) & (fractional != wide)
    found = tf.where(wide < 0, reflected, found)
    return tf.cast(tf.where(pole | is_nan, tf.constant(np.nan, tf.float64), found), x.dtype)


def _factorial(x):
    """Return gamma(x + 1), where possible without rounding x + 1, to which gamma is sensitive."""
    wide = tf.cast(x, tf.float64)
    is_small = tf.abs(wide) < 0.5
    return tf.cast(_gamma(tf.where(is_small, wide + 1, wide)) * tf.where(is_small, tf.ones_like(wide), wide), x.dtype)


# The derivative of TensorFlow's own digamma is wrong below -9 under XLA.
_digamma = sage_partial('log_gamma', 0)

gamma = differentiable(_gamma, lambda x: gamma(x) * _digamma(x))
factorial = differentiable(_factorial, lambda x: factorial(x) * _digamma(x + 1))
