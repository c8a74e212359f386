r"""
Inverse trigonometric functions: a polynomial around 0, to which an identity leads from elsewhere

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.inverse import arccos, arcsin, arctan, arctan2
    sage: x = tf.constant([-1r, 0.5r, 2r], tf.float64)
    sage: arcsin(x).numpy(), arccos(x).numpy()
    (array([-1.57079633,  0.52359878,         nan]), array([3.14159265, 1.04719755,        nan]))
    sage: arctan(x).numpy()
    array([-0.78539816,  0.46364761,  1.10714872])
    sage: arctan2(x, -x).numpy()
    array([-0.78539816,  2.35619449,  2.35619449])
"""
import tensorflow as tf
from sage.rings.integer import Integer
from sage.symbolic.constants import pi

from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.vectorized.calls import traced
from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, SINGLE, fitted, format_of, horner, parts, sign_bit, with_sign

ARCSINE_TERMS = {DOUBLE: 13, SINGLE: 6}
ARCTANGENT_TERMS = {DOUBLE: 12, SINGLE: 6}
TAN_OF_EIGHTH = FIELD(2).sqrt() - 1                             # tan(pi/8)


def _arcsine_tail(z):
    """Return ``(asin(s)/s - 1)/s^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (s.arcsin() / s - 1) / z


def _arctangent_tail(z):
    """Return ``(atan(s)/s - 1)/s^2`` for ``s^2 = z``."""
    s = z.sqrt()
    return (s.arctan() / s - 1) / z


def _arcsine_near_0(x):
    """Return an argument ``s`` of at most 1/2, the difference ``asin(s) - s``, and whether ``|x|`` is greater and s is ``sqrt((1 - |x|)/2)``."""
    form = format_of(x)
    size = tf.abs(x)
    far = size > 0.5
    z = tf.where(far, 0.5 - 0.5 * size, x * x)
    s = tf.where(far, tf.sqrt(z), size)
    terms = fitted(_arcsine_tail, Integer(1) / 6, FIELD(1) / 4, ARCSINE_TERMS[form], form)
    return s, (s * z) * horner(terms, z), far


@traced
def _arcsin(x):
    s, tail, far = _arcsine_near_0(x)
    high, low = parts(pi / 4, format_of(x), format_of(x).precision)
    value = tf.where(far, high + ((high - 2*s) - (2*tail - 2*low)), s + tail)     # a half of pi/2 cancels without an error
    return with_sign(value, sign_bit(x))


@traced
def _arccos(x):
    s, tail, far = _arcsine_near_0(x)
    high, low = parts(pi / 2, format_of(x), format_of(x).precision)
    negative = x < 0
    signed = tf.where(negative, -s, s)
    near = high - (signed - (low - tf.where(negative, -tail, tail)))
    return tf.where(far, tf.where(negative, 2*high - (2*s + (2*tail - 2*low)), 2*s + 2*tail), near)


def _arctangent_of_ratio(numerator, denominator):
    """Return ``atan(numerator/denominator)`` for non-negative numbers, not both 0 or both infinite."""
    form = format_of(numerator)
    steep = numerator > float(1 / TAN_OF_EIGHTH) * denominator
    medium = numerator > float(TAN_OF_EIGHTH) * denominator
    high, low = parts(pi / 2, form, form.precision)
    top = tf.where(steep, -denominator, tf.where(medium, numerator - denominator, numerator))
    bottom = tf.where(steep, numerator, tf.where(medium, numerator + denominator, denominator))
    t = top / bottom
    z = t * t
    terms = fitted(_arctangent_tail, Integer(-1) / 3, TAN_OF_EIGHTH**2, ARCTANGENT_TERMS[form], form)
    tail = (t * z) * horner(terms, z)
    multiple = tf.where(steep, tf.ones_like(t), tf.where(medium, tf.ones_like(t) / 2, tf.zeros_like(t)))
    return multiple * high + (t + (tail + multiple * low))


@traced
def _arctan(x):
    size = tf.abs(x)
    return with_sign(_arctangent_of_ratio(size, tf.ones_like(x)), sign_bit(x))


@traced
def _arctan2(y, x):
    """Return the angle of the point (x, y); as in Sage the origin has none."""
    form = format_of(x)
    largest = tf.maximum(tf.abs(x), tf.abs(y))
    # No sum may overflow, and two infinities are as good as two ones.
    scale = tf.where(largest > 2.0**(form.bias - 2), tf.constant(0.125, x.dtype), tf.ones_like(x))
    infinity = tf.constant(float('inf'), x.dtype)
    diagonal = tf.equal(tf.abs(x), infinity) & tf.equal(tf.abs(y), infinity)
    height = tf.where(diagonal, tf.ones_like(x), tf.abs(y) * scale)
    width = tf.where(diagonal, tf.ones_like(x), tf.abs(x) * scale)
    value = _arctangent_of_ratio(height, width)
    high, low = parts(pi, form, form.precision)
    value = tf.where(tf.equal(sign_bit(x), 0), value, high - (value - low))
    return tf.where(tf.equal(largest, 0), tf.constant(float('nan'), x.dtype), with_sign(value, sign_bit(y)))


def _square_radius(y, x):
    return x*x + y*y


arcsin = differentiable(_arcsin, lambda x: 1 / tf.sqrt((1 - x) * (1 + x)))
arccos = differentiable(_arccos, lambda x: -1 / tf.sqrt((1 - x) * (1 + x)))
arctan = differentiable(_arctan, lambda x: 1 / (1 + x*x))
arctan2 = differentiable(_arctan2, lambda y, x: x / _square_radius(y, x), lambda y, x: -y / _square_radius(y, x))
