r"""
Sine, cosine and tangent by one reduction modulo pi and polynomials

Sine and cosine reduce by multiples of pi, and the tangent by those of pi/2. The multiple is subtracted in three or four parts, each product exact
until the last, so that the values keep their digits next to a zero; that works up to a bound. The steps are right whether or not a
compiler fuses products and sums.

EXAMPLES::

    sage: import math, tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.calls import within_reach
    sage: from sage_tf.symbolic.vectorized.trigonometric import sin, tan
    sage: with within_reach():
    ....:     s = sin(tf.constant([0.5r, 3.141592653589793r], tf.float64))
    sage: s.numpy() - [math.sin(0.5r), math.sin(math.pi)]
    array([0., 0.])

REFERENCES:

- W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980 (the reduction in parts)
"""
import math

import tensorflow as tf
from sage.rings.integer import Integer
from sage.symbolic.constants import pi

from sage_tf.symbolic import real as re
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.vectorized.calls import bounded, traced
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
    two_chains,
)

# Multiples of pi below 2^16 (float32: 2^21), which may end in 1/2, times a part of 36 (27) bits are exact in float64.
BOUNDS = {tf.float64: 2.0e5, tf.float32: 6.0e6}
LENGTHS = {tf.float64: (36, 36), tf.float32: (27,)}

# Number of coefficients for an error of less than a tenth of a unit in the last place
SINE_TERMS = {DOUBLE: 8, SINGLE: 5}
TANGENT_TERMS = 14


def _sine_tail(s):
    """Return ``(sin(r)/r - 1)/r^2`` for ``s = r^2``."""
    r = s.sqrt()
    return (r.sin() / r - 1) / s


def _tangent_tail(s):
    """Return ``(tan(r)/r - 1)/r^2`` for ``s = r^2``."""
    r = s.sqrt()
    return (r.tan() / r - 1) / s


def _nearest(x, frequency, shift=2.0**-1000):
    """Return the integers next to ``frequency*x + shift`` in float64; the default makes that 0 for -0 and so keeps the sign of ``x - 0``."""
    return tf.round(tf.cast(x, tf.float64) * frequency + shift)


def _remainder(x, multiple, period):
    """Return ``x - multiple*period`` for an integer or half-integer multiple in float64."""
    difference = tf.cast(x, tf.float64)
    for part in parts(period, DOUBLE, *LENGTHS[x.dtype]):
        difference = difference - multiple * part
    return tf.cast(difference, x.dtype)


def _last_bits(n, x):
    """Return integers in float64 as the last bits of unsigned ones as wide as ``x``."""
    return bits(tf.cast(n, x.dtype) + format_of(x).rounder)


def _sum(r, tail):
    """Return ``r + tail``, which has the sign of r also for -0."""
    return tf.where(tf.equal(r, 0), r, r + tail)


def _negated_if_odd(value, n):
    """Return ``(-1)^n value``."""
    form = format_of(value)
    odd = tf.bitwise.left_shift(_last_bits(n, value), tf.constant(form.width - 1, form.bits))
    return from_bits(tf.bitwise.bitwise_xor(bits(value), odd), form)


def _sine_of_remainder(x, nearest, multiple):
    """Return ``(-1)^nearest sin(x - multiple*pi)``, where that difference is in ``[-pi/2, pi/2]``."""
    form = format_of(x)
    r = _remainder(x, multiple, pi)
    s = r * r
    value = _sum(r, (r * s) * horner(fitted(_sine_tail, Integer(-1) / 6, FIELD(pi)**2 / 4, SINE_TERMS[form], form), s))
    return _negated_if_odd(value, nearest)


@traced
def _sin(x):
    nearest = _nearest(x, 1 / math.pi)
    return _sine_of_remainder(x, nearest, nearest)


@traced
def _cos(x):
    nearest = _nearest(x, 1 / math.pi, 0.5)
    return _sine_of_remainder(x, nearest, nearest - 0.5)


def _remainder_twice(x, multiple, period):
    """Return ``x - multiple*period`` in float64 as a sum of two numbers."""
    *first, second, last = parts(period, DOUBLE, *LENGTHS[x.dtype])
    for part in first:
        x = x - multiple * part
    r = x - multiple * second
    return r - multiple * last, (x - r) - multiple * second


def _reciprocal(value, low):
    """Return ``1/(value + low)`` for a ``low`` that is less than the last digit of ``value``."""
    inverse = 1 / value
    return tf.where(tf.equal(low, 0), inverse, inverse - inverse * (inverse * low))     # the inverse of 0 is infinite


def _tangent_of_remainder(x, shift):
    """Return in float64 the tangent (``shift`` 0) or minus the cotangent (1)."""
    nearest = _nearest(x, 2 / math.pi)
    r, r_low = _remainder_twice(x, nearest, pi / 2)
    s = r * r
    tail = (r * s) * two_chains(fitted(_tangent_tail, Integer(1) / 3, FIELD(pi)**2 / 16, TANGENT_TERMS, DOUBLE), s)
    value = _sum(r, tail)
    low = ((r - value) + tail) + r_low * (1 + value * value)
    odd = tf.equal(tf.bitwise.bitwise_and(_last_bits(nearest + shift, x), tf.constant(1, DOUBLE.bits)), 1)
    return tf.where(odd, -_reciprocal(value, low), _sum(value, low))


def _reciprocal_of_sine(x, nearest, multiple):
    """Return in float64 ``(-1)^nearest / sin(x - multiple*pi)``, where that difference is in ``[-pi/2, pi/2]``."""
    r, r_low = _remainder_twice(x, multiple, pi)
    s = r * r
    tail = (r * s) * horner(fitted(_sine_tail, Integer(-1) / 6, FIELD(pi)**2 / 4, SINE_TERMS[DOUBLE], DOUBLE), s)
    sine = _sum(r, tail)
    low = ((r - sine) + tail) + r_low * (1 - 0.5 * s)
    return _negated_if_odd(_reciprocal(sine, low), nearest)


def _in_double(function):
    """Return a function that is computed in float64, also for float32."""
    return traced(lambda x: tf.cast(function(tf.cast(x, tf.float64)), x.dtype))


def _sec(x):
    nearest = _nearest(x, 1 / math.pi, 0.5)
    return _reciprocal_of_sine(x, nearest, nearest - 0.5)


def _csc(x):
    nearest = _nearest(x, 1 / math.pi)
    return _reciprocal_of_sine(x, nearest, nearest)


sin = differentiable(bounded(_sin, tf.sin, BOUNDS), lambda x: cos(x))
cos = differentiable(bounded(_cos, tf.cos, BOUNDS), lambda x: -sin(x))
def _double_bounded(function, otherwise):
    """Return a function that is computed in float64 below the bound of that."""
    return bounded(_in_double(function), otherwise, dict.fromkeys(BOUNDS, BOUNDS[tf.float64]))


tan = differentiable(_double_bounded(lambda x: _tangent_of_remainder(x, 0), tf.tan), lambda x: tf.square(sec(x)))
cot = differentiable(_double_bounded(lambda x: -_tangent_of_remainder(x, 1), re.cot), lambda x: -tf.square(csc(x)))
sec = differentiable(_double_bounded(_sec, re.sec), lambda x: sec(x) * tan(x))
csc = differentiable(_double_bounded(_csc, re.csc), lambda x: -csc(x) * cot(x))
