r"""
Hyperbolic functions and their inverses, ``exp(x) - 1`` and ``log(1 + x)``

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.hyperbolic import arcsinh, arctanh, cosh, expm1, log1p, sinh
    sage: x = tf.constant([-0.5r, 0r, 1e-20r], tf.float64)
    sage: sinh(x).numpy(), cosh(x).numpy()
    (array([-5.21095305e-01,  0.00000000e+00,  1.00000000e-20]), array([1.12762597, 1.        , 1.        ]))
    sage: expm1(x).numpy(), log1p(x).numpy()
    (array([-3.9346934e-01,  0.0000000e+00,  1.0000000e-20]),
     array([-6.93147181e-01,  0.00000000e+00,  1.00000000e-20]))
    sage: arcsinh(x).numpy(), arctanh(x).numpy()
    (array([-4.81211825e-01,  0.00000000e+00,  1.00000000e-20]), array([-5.49306144e-01,  0.00000000e+00,  1.00000000e-20]))

ALGORITHM: For ``x = k log(2) + r`` the sum ``exp(r) = C + S`` of the hyperbolic cosine and sine of ``r`` gives all of the first kind, with ``2^k``; those of
the second kind are logarithms of ``2^k (1 + f)``, where ``f`` or the ratio ``f/(2 + f)`` is formed without cancellation.
"""
import math

import tensorflow as tf
from sage.functions.log import log as sage_log
from sage.rings.integer import Integer

from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.vectorized.calls import traced
from sage_tf.symbolic.vectorized.formats import (
    DOUBLE,
    FIELD,
    SINGLE,
    bits,
    fitted,
    format_of,
    from_bits,
    horner,
    parts,
    power_of_two,
    sign_bit,
    two_chains,
    with_sign,
)
from sage_tf.symbolic.vectorized.logarithm import logarithm_of_sum, split

COSINE_TERMS = {DOUBLE: 6, SINGLE: 3}
SINE_TERMS = {DOUBLE: 6, SINGLE: 3}
ARCCOSH_TERMS = {DOUBLE: 13, SINGLE: 6}
ARCTANH_TERMS = {DOUBLE: 9, SINGLE: 5}
HALF_LOG = FIELD(2).log() / 2
LARGEST = {DOUBLE: 711, SINGLE: 90}                             # exp(x)/2 overflows, and 2^k hardly does


def _arccosh_tail(t):
    """Return ``(acosh(1 + t)/sqrt(2 t) - 1)/t``."""
    return ((1 + t).arccosh() / (2 * t).sqrt() - 1) / t


def _arctanh_tail(z):
    """Return ``(atanh(s)/s - 1)/s^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (s.arctanh() / s - 1) / z


def _cosine_tail(s):
    """Return ``(cosh(r) - 1 - r^2/2)/r^4`` for ``s = r^2``."""
    return (s.sqrt().cosh() - 1 - s/2) / s**2


def _sine_tail(s):
    """Return ``(sinh(r)/r - 1)/r^2`` for ``s = r^2``."""
    r = s.sqrt()
    return (r.sinh() / r - 1) / s


def _split(x, low, high):
    """Return ``k, r, c, s`` with ``x = k log(2) + r``, ``cosh(r) = 1 + c`` and ``sinh(r) = r + s``, where x is clipped at both ends."""
    form = format_of(x)
    x = tf.maximum(tf.minimum(x, tf.constant(high, x.dtype)), tf.constant(low, x.dtype))
    k = tf.round(x * (1 / math.log(2)))
    first, rest = parts(sage_log(2), form, form.precision - 12)
    r = (x - k * first) - k * rest
    square = r * r
    cosine = square * 0.5 + (square * square) * horner(
        fitted(_cosine_tail, Integer(1) / 24, HALF_LOG**2, COSINE_TERMS[form], form), square)
    sine = (r * square) * horner(fitted(_sine_tail, Integer(1) / 6, HALF_LOG**2, SINE_TERMS[form], form), square)
    return k, r, cosine, sine


def _hyperbolic(x):
    """Return the parts of the absolute value and ``2^k`` and ``2^-k``, divided by 32, which keeps them finite."""
    form = format_of(x)
    k, r, cosine, sine = _split(tf.abs(x), 0, LARGEST[form])
    up, down = power_of_two(k - 5, form), power_of_two(tf.maximum(-k - 5, tf.constant(-form.bias, x.dtype)), form)
    return r, cosine, sine, up, down


@traced
def _sinh(x):
    r, cosine, sine, up, down = _hyperbolic(x)
    plus, minus = up + down, up - down
    return with_sign(16 * ((minus + plus * r) + (minus * cosine + plus * sine)), sign_bit(x))


@traced
def _cosh(x):
    r, cosine, sine, up, down = _hyperbolic(x)
    return 16 * ((up + up * r) + (up * (cosine + sine) + down * ((1 - r) + (cosine - sine))))


@traced
def _expm1(x):
    form = format_of(x)
    k, r, cosine, sine = _split(x, -form.precision, LARGEST[form])
    scale = power_of_two(k - 5, form)
    value = 32 * (((scale - 1/32) + scale * r) + scale * (cosine + sine))
    return tf.where(tf.equal(x, 0), x, value)


def _log_of_sum(x, doubled=0):
    """Return ``log(1 + x)``, plus ``doubled`` times ``log(2)``, for positive finite ``1 + x``."""
    form = format_of(x)
    k, m = split(1 + x)
    scale = power_of_two(-tf.minimum(k, tf.constant(form.precision, x.dtype)), form)
    f = tf.where(k > form.precision, m - 1, x * scale + (scale - 1))
    return logarithm_of_sum(k + doubled, f)


@traced
def _log1p(x):
    infinity = tf.constant(float('inf'), x.dtype)
    outside = tf.where(x < -1, tf.constant(float('nan'), x.dtype), tf.where(tf.equal(x, -1), -infinity, x))
    return tf.where((x > -1) & (x < infinity) & tf.not_equal(x, 0), _log_of_sum(x), outside)


@traced
def _arcsinh(x):
    size = tf.abs(x)
    large = size > 2.0**60
    inside = tf.where(large, tf.zeros_like(x), size)
    square = inside * inside
    value = _log_of_sum(tf.where(large, size, inside + square / (1 + tf.sqrt(1 + square))), tf.cast(large, x.dtype))
    value = tf.where((size > 0) & (size < float('inf')), value, size)
    return with_sign(value, sign_bit(x))


@traced
def _arccosh(x):
    """Return ``sqrt(2 t) p(t)`` near 1, with ``x = 1 + t``, and else the logarithm of ``x + sqrt(x^2 - 1)``."""
    form = format_of(x)
    t = x - 1
    root = tf.sqrt(2 * t)                                       # NaN below 1
    terms = fitted(_arccosh_tail, Integer(-1) / 12, FIELD(11) / 20, ARCCOSH_TERMS[form], form)
    near = root + (root * t) * two_chains(terms, t)
    large = x > 2.0**30
    k, m = split(tf.where(large, x, x + tf.sqrt(t * (x + 1))))
    far = logarithm_of_sum(k + tf.cast(large, x.dtype), m - 1)
    return tf.where(x < 1.55, near, tf.where(x < float('inf'), far, x))


@traced
def _arctanh(x):
    form = format_of(x)
    size = tf.abs(x)
    above, below = 1 + size, 1 - size
    # The difference of the bits is roughly the logarithm of the ratio, from which the power of two is read.
    k, _ = split(from_bits(bits(above) - bits(below) + tf.constant(form.bias << form.fraction, form.bits), form))
    near = size < 0.22
    k = tf.where(near, tf.zeros_like(k), k)
    power = power_of_two(k, form)
    scaled = power * below
    # above - scaled, where a rounded 1 - size would spoil it
    difference = tf.where(k < 2.5, (1 - power) + size * (1 + power), above - scaled)
    s = tf.where(near, size, difference / (above + scaled))
    z = s * s
    high, low = parts(sage_log(2) / 2, form, form.precision - 13)
    tail = (s * z) * horner(fitted(_arctanh_tail, Integer(1) / 3, FIELD(8) / 150, ARCTANH_TERMS[form], form), z)
    value = k * high + (s + (tail + k * low))
    outside = tf.where(tf.equal(size, 1), tf.constant(float('inf'), x.dtype), tf.constant(float('nan'), x.dtype))
    return with_sign(tf.where(size < 1, value, outside), sign_bit(x))


def _slope_of_arcsinh(x):
    """Return ``1/sqrt(1 + x^2)``, also where the square overflows."""
    scale = tf.maximum(tf.abs(x), tf.ones_like(x))
    inverse, ratio = 1 / scale, x / scale
    return inverse / tf.sqrt(inverse * inverse + ratio * ratio)


def _sech(x):
    """Return the reciprocal of the hyperbolic cosine by an exponential that does not overflow."""
    e = tf.exp(-tf.abs(x))
    return 2 * e / (1 + e * e)


sech = differentiable(_sech, lambda x: -sech(x) * tanh(x))
tanh = differentiable(tf.tanh, lambda x: sech(x) * sech(x))     # XLA vectorizes its tanh, not what it makes the slope of
csch = differentiable(lambda x: 1 / sinh(x), lambda x: -csch(x) * coth(x))
coth = differentiable(lambda x: 1 / tanh(x), lambda x: -csch(x) * csch(x))
sinh = differentiable(_sinh, lambda x: cosh(x))
cosh = differentiable(_cosh, lambda x: sinh(x))
expm1 = differentiable(_expm1, tf.exp)
log1p = differentiable(_log1p, lambda x: 1 / (1 + x))
arcsinh = differentiable(_arcsinh, _slope_of_arcsinh)
arccosh = differentiable(_arccosh, lambda x: 1 / (tf.sqrt(x - 1) * tf.sqrt(x + 1)))
arctanh = differentiable(_arctanh, lambda x: 1 / ((1 - x) * (1 + x)))
