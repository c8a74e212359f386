r"""
Functions of real tensors that TensorFlow lacks or has with another domain or gradient

Outside of the real domain the value is NaN.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic import real
    sage: real.arcsec(tf.constant([2.0r, 0.5r], tf.float64)).numpy()
    array([1.04719755,        nan])
    sage: arcsec(2.0), arcsec(0.5)                              # 0.5 is outside of the real domain
    (1.04719755119660, 1.31695789692482*I)
"""
import tensorflow as tf

from sage_tf.symbolic.gradients import differentiable, flat


def _like(x, number):
    """Return a number as a scalar tensor of the dtype of ``x``."""
    return tf.constant(number, x.dtype)


# -- powers ------------------------------------------------------------------------------------------------------------

def power_by(plain, log):
    r"""
    Return the function ``x^y`` with its derivatives by both arguments.

    INPUT:

    - ``plain``, ``log`` -- the power without regard to derivatives, and the logarithm

    At x = 0 the derivative by ``y`` is the limit, 0, or for y = 0, as ``x^x`` needs it, -infinity; below it is NaN. That of the
    constant ``x^0`` by ``x`` is 0, at x = 0 too.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.real import power_by
        sage: x, y = tf.constant([0.0r, 0.0r, 1.0r]), tf.constant([0.0r, 2.0r, 3.0r])
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch([x, y])
        ....:     z = power_by(tf.pow, tf.math.log)(x, y)
        sage: [g.numpy() for g in tape.gradient(z, [x, y])]
        [array([0., 0., 3.], dtype=float32), array([-inf,   0.,   0.], dtype=float32)]
    """
    def slope_of_exponent(x, y):
        inside = tf.where(x > 0, x, tf.ones_like(x))            # no NaN that a zero of another derivative could multiply
        at_zero = tf.where(y > 0, tf.zeros_like(x), tf.where(tf.equal(y, 0), _like(x, float('-inf')), _like(x, float('nan'))))
        outside = tf.where(tf.equal(x, 0), at_zero, _like(x, float('nan')))     # real powers of x < 0 exist for isolated y only
        return tf.where(x > 0, power(inside, y) * log(inside), outside)

    def slope_of_base(x, y):
        corner = tf.equal(x, 0) & tf.equal(y, 0)
        return tf.where(corner, tf.zeros_like(x), y * power(tf.where(corner, tf.ones_like(x), x), y - 1))

    power = differentiable(plain, slope_of_base, slope_of_exponent)
    return power


power = power_by(tf.pow, tf.math.log)


# -- trigonometric and hyperbolic functions ----------------------------------------------------------------------------

def cot(x):
    return 1 / tf.tan(x)


def sec(x):
    return 1 / tf.cos(x)


def csc(x):
    return 1 / tf.sin(x)


def arcsec(x):
    return tf.acos(1 / x)


def arccsc(x):
    return tf.asin(1 / x)


# Sage's arccot is odd, with the value pi/2 at 0.
arccot = differentiable(lambda x: tf.atan(1 / tf.where(x == 0, tf.zeros_like(x), x)), lambda x: -1 / (1 + x*x))


def arctan2(y, x):
    """Return the angle of the point (x, y); as in Sage the origin has none."""
    return tf.where((x == 0) & (y == 0), _like(x, float('nan')), tf.atan2(y, x))


# The derivative as TensorFlow would make it, 1 - tanh^2, has no correct digit left where it is small.
tanh = differentiable(tf.tanh, lambda x: sech(x) * sech(x))

# The derivatives of these three as TensorFlow would make them are 0*infinity where cosh overflows.
coth = differentiable(lambda x: 1 / tf.tanh(x), lambda x: -csch(x) * csch(x))
sech = differentiable(lambda x: 1 / tf.cosh(x), lambda x: -sech(x) * tf.tanh(x))
csch = differentiable(lambda x: 1 / tf.sinh(x), lambda x: -csch(x) * coth(x))


def arccoth(x):
    return tf.atanh(1 / x)


# The derivatives as TensorFlow would make them have squares of 1/x, which overflow.
arcsech = differentiable(lambda x: tf.acosh(1 / x), lambda x: -1 / (x * tf.sqrt((1 - x) * (1 + x))))
arccsch = differentiable(lambda x: tf.asinh(1 / x), lambda x: -1 / (tf.abs(x) * tf.sqrt(1 + x*x)))


# -- the error function ------------------------------------------------------------------------------------------------

def _erf(x):
    """Return erf, which is 1 in every dtype long before 30; TensorFlow squares its argument, which overflows."""
    return tf.math.erf(tf.maximum(tf.minimum(x, _like(x, 30)), _like(x, -30)))


def slope_of_erf(x):
    """Return the derivative of erf."""
    return _like(x, 1.1283791670955126) * tf.exp(-x * x)


erf = differentiable(_erf, slope_of_erf)


# -- piecewise constant functions and relatives ------------------------------------------------------------------------

floor = flat(tf.floor)
ceil = flat(tf.math.ceil)
sgn = flat(tf.sign)


def frac(x):
    """Return ``x - floor(x)``; Sage's own value has the sign of ``x`` for inexact numbers only."""
    return x - floor(x)


@flat
def unit_step(x):
    return tf.where(x < 0, tf.zeros_like(x), tf.where(x >= 0, tf.ones_like(x), x))


@flat
def heaviside(x):
    """Return the step function with the value 1/2 at 0, where Sage leaves it open."""
    return (tf.sign(x) + 1) / 2


@flat
def kronecker_delta(x, y):
    return 1 - tf.abs(tf.sign(x - y))


@flat
def arg(x):
    return tf.where(x < 0, _like(x, 3.141592653589793), tf.where(x >= 0, tf.zeros_like(x), x))


@flat
def imag_part(x):
    """Return zero; NaN for NaN, which may stand for a number that is not real."""
    return tf.where(tf.math.is_nan(x), x, tf.zeros_like(x))
