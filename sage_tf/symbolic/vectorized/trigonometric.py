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
from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, SINGLE, bits, fitted, format_of, from_bits, horner, parts

# Multiples below 2^16 (float32: 2^10) times a part of 36 (13) bits are exact, also when they end in 1/2.
BOUNDS = {tf.float64: 2.0e5, tf.float32: 3.2e3}
LENGTHS = {DOUBLE: (36, 36), SINGLE: (13, 13, 13)}

# Numbers of coefficients, for an error of less than a tenth of a unit in the last place
SINE_TERMS = {DOUBLE: 8, SINGLE: 5}
QUARTER_TERMS = {DOUBLE: (6, 6), SINGLE: (3, 3)}


def _sine_tail(s):
    """Return ``(sin(r)/r - 1)/r^2`` for ``s = r^2``."""
    r = s.sqrt()
    return (r.sin() / r - 1) / s


def _cosine_tail(s):
    """Return ``(cos(r) - 1 + r^2/2)/r^4`` for ``s = r^2``."""
    return (s.sqrt().cos() - 1 + s/2) / s**2


def _remainder(x, multiple, period):
    """Return ``x - multiple*period`` for an integer or half-integer multiple."""
    form = format_of(x)
    for part in parts(period, form, *LENGTHS[form]):
        x = x - multiple * part
    return x


def _sine_of_remainder(x, nearest, multiple):
    """Return ``(-1)^nearest sin(x - multiple*pi)``, where that difference is in ``[-pi/2, pi/2]``."""
    form = format_of(x)
    r = _remainder(x, multiple, pi)
    s = r * r
    coefficients = fitted(_sine_tail, Integer(-1) / 6, FIELD(pi)**2 / 4, SINE_TERMS[form], form)
    value = r + (r * s) * horner(coefficients, s)
    odd = tf.bitwise.left_shift(bits(nearest + form.rounder), tf.constant(form.width - 1, form.bits))
    return from_bits(tf.bitwise.bitwise_xor(bits(value), odd), form)


@traced
def _sin(x):
    nearest = tf.round(x * (1 / math.pi))
    return _sine_of_remainder(x, nearest, nearest)


@traced
def _cos(x):
    nearest = tf.round(x * (1 / math.pi) + 0.5)
    return _sine_of_remainder(x, nearest, nearest - 0.5)


def _tangent(x, shift):
    """Return the tangent (``shift`` 0) or minus the cotangent (1)."""
    form = format_of(x)
    nearest = tf.round(x * (2 / math.pi))
    r = _remainder(x, nearest, pi / 2)
    s = r * r
    end = FIELD(pi)**2 / 16
    sine_terms, cosine_terms = QUARTER_TERMS[form]
    sine = r + (r * s) * horner(fitted(_sine_tail, Integer(-1) / 6, end, sine_terms, form), s)
    cosine = (1 - s*0.5) + (s * s) * horner(fitted(_cosine_tail, Integer(1) / 24, end, cosine_terms, form), s)
    odd = tf.equal(tf.bitwise.bitwise_and(bits(nearest + (form.rounder + shift)), tf.constant(1, form.bits)), 1)
    return tf.where(odd, -cosine, sine) / tf.where(odd, sine, cosine)


@traced
def _tan(x):
    return _tangent(x, 0)


@traced
def _cot(x):
    return -_tangent(x, 1)


@traced
def _sec(x):
    return 1 / _cos(x)


@traced
def _csc(x):
    return 1 / _sin(x)


sin = differentiable(bounded(_sin, tf.sin, BOUNDS), lambda x: cos(x))
cos = differentiable(bounded(_cos, tf.cos, BOUNDS), lambda x: -sin(x))
tan = differentiable(bounded(_tan, tf.tan, BOUNDS), lambda x: tf.square(sec(x)))
sec = differentiable(bounded(_sec, re.sec, BOUNDS), lambda x: sec(x) * tan(x))
csc = differentiable(bounded(_csc, re.csc, BOUNDS), lambda x: -csc(x) * cot(x))
cot = differentiable(bounded(_cot, re.cot, BOUNDS), lambda x: -tf.square(csc(x)))
