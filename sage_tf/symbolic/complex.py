r"""
Functions of complex tensors with Sage's branch cuts

TensorFlow's complex functions look at the sign of a zero to choose the side of a cut; Sage's do not. On a cut the
value is the one of Sage: continuous from above for log, sqrt and powers, counter-clockwise around the branch points for
the inverse trigonometric and hyperbolic functions.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic import complex as cx
    sage: t = tf.constant([complex(2r, 0.0r), complex(2r, -0.0r)])
    sage: cx.arcsin(t).numpy()
    array([1.57079633-1.3169579j, 1.57079633-1.3169579j])
    sage: arcsin(CC(2))
    1.57079632679490 - 1.31695789692482*I
"""
import tensorflow as tf

from sage_tf.symbolic.gradients import differentiable


def _parts(z):
    return tf.math.real(z), tf.math.imag(z)


def _settled(z):
    re, im = _parts(z)
    return tf.complex(tf.where(re == 0, tf.zeros_like(re), re), tf.where(im == 0, tf.zeros_like(im), im))


def settled(z):
    r"""
    Return ``z`` with the zeros among its real and imaginary parts made positive.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.complex import settled
        sage: settled(tf.constant(complex(-2r, -0.0r))).numpy()
        np.complex128(-2+0j)
    """
    return _with_slope_one(z)


# Its own derivative, for that of a constant zero would be lost.
_with_slope_one = differentiable(_settled, tf.ones_like)


def _principal(function, derivative):
    """Return a function whose cuts TensorFlow has as Sage, if zeros are positive."""
    return differentiable(lambda z: function(settled(z)), derivative)


def _odd(function, turned, derivative):
    """
    Return an odd function that on the half of its cut where ``turned(re, im)`` holds gets its value from the other half.
    """
    def value(z):
        turn = turned(*_parts(z))
        there = tf.where(turn, -z, z)
        found = function(settled(there))
        return tf.where(turn, -found, found)

    return differentiable(value, derivative)


def _right(re, im):
    return (im == 0) & (re > 0)


def _below(re, im):
    return (re == 0) & (im < 0)


# -- logarithm and powers ----------------------------------------------------------------------------------------------

def _log(z):
    """Return the logarithm by its parts: TensorFlow squares ``abs(z)``, which overflows."""
    z = settled(z)
    re, im = _parts(z)
    large, small = tf.maximum(tf.abs(re), tf.abs(im)), tf.minimum(tf.abs(re), tf.abs(im))
    ratio = small / tf.where((large == 0) | tf.math.is_inf(large), tf.ones_like(large), large)
    ratio = tf.where(tf.math.is_inf(large), tf.zeros_like(ratio), ratio)
    return tf.complex(tf.math.log(large) + 0.5 * tf.math.log1p(ratio * ratio), tf.atan2(im, re))


log = differentiable(_log, lambda z: 1 / z)
sqrt = _principal(tf.sqrt, lambda z: 0.5 / sqrt(z))


def _power(x, y):
    """Return ``x^y``, for which the logarithm of 0 is not asked."""
    zero = x == 0
    found = tf.pow(settled(tf.where(zero, tf.ones_like(x), x)), y)
    at_zero = tf.where(y == 0, tf.ones_like(y), tf.where(tf.math.real(y) > 0, tf.zeros_like(y), 0 * y / 0))
    return tf.where(zero, at_zero, found)


def _slope_of_exponent(x, y):
    zero = x == 0
    return tf.where(zero, tf.zeros_like(x), power(x, y) * log(tf.where(zero, tf.ones_like(x), x)))


def _slope_of_base(x, y):
    """Return the derivative by ``x``; that of the constant ``x^0`` is 0, at x = 0 too."""
    corner = (x == 0) & (y == 0)
    return tf.where(corner, tf.zeros_like(x), y * power(tf.where(corner, tf.ones_like(x), x), y - 1))


power = differentiable(_power, _slope_of_base, _slope_of_exponent)


# -- trigonometric and hyperbolic functions ----------------------------------------------------------------------------

def _turn(z):
    """Return ``I*z`` exactly."""
    return tf.complex(-tf.math.imag(z), tf.math.real(z))


# By real functions, for XLA's complex ones are differences of exponentials. A zero times an overflow is zero.
_product = tf.math.multiply_no_nan


def _sinh(z):
    a, b = _parts(z)
    return tf.complex(tf.sinh(a) * tf.cos(b), _product(tf.cosh(a), tf.sin(b)))


def _cosh(z):
    a, b = _parts(z)
    return tf.complex(tf.cosh(a) * tf.cos(b), _product(tf.sinh(a), tf.sin(b)))


def _sin(z):
    a, b = _parts(z)
    return tf.complex(_product(tf.cosh(b), tf.sin(a)), tf.cos(a) * tf.sinh(b))


sinh = differentiable(_sinh, lambda z: cosh(z))
cosh = differentiable(_cosh, lambda z: sinh(z))
sin = differentiable(_sin, lambda z: cos(z))
cos = differentiable(lambda z: _cosh(_turn(z)), lambda z: -sin(z))


def _halves(z):
    """Return exp(-w) and exp(-2*w) for the one of z and -z that does not lie in the left half plane, and the sign chosen."""
    sign = tf.where(tf.math.real(z) < 0, -tf.ones_like(z), tf.ones_like(z))
    once = tf.exp(-sign * z)
    return once, sign


def _sech(z):
    once, _ = _halves(z)
    return 2 * once / (1 + once * once)


def _csch(z):
    """Return 1/sinh(z), by exponentials where sinh could overflow."""
    large = tf.abs(tf.math.real(z)) > 1
    once, sign = _halves(tf.where(large, z, tf.ones_like(z)))
    return tf.where(large, 2 * sign * once / (1 - once * once), 1 / sinh(tf.where(large, tf.ones_like(z), z)))


# The derivative as TensorFlow would make it, 1 - tanh^2, has no correct digit left where it is small.
tanh = differentiable(tf.tanh, lambda z: sech(z) * sech(z))
sech = differentiable(_sech, lambda z: -sech(z) * tanh(z))
csch = differentiable(_csch, lambda z: -csch(z) * coth(z))
coth = differentiable(lambda z: 1 / tf.tanh(z), lambda z: -csch(z) * csch(z))


def sec(z):
    return sech(_turn(z))


def csc(z):
    return _turn(csch(_turn(z)))


tan = differentiable(tf.tan, lambda z: sec(z) * sec(z))
cot = differentiable(lambda z: 1 / tf.tan(z), lambda z: -csc(z) * csc(z))


# -- their inverses ----------------------------------------------------------------------------------------------------

arcsin = _odd(tf.asin, _right, lambda z: 1 / sqrt((1 - z) * (1 + z)))
arctan = _odd(tf.atan, _below, lambda z: 1 / (1 + z*z))
arcsinh = _odd(tf.asinh, _below, lambda z: 1 / sqrt(1 + z*z))
arctanh = _odd(tf.atanh, _right, lambda z: 1 / ((1 - z) * (1 + z)))
arccosh = _principal(tf.acosh, lambda z: 1 / (sqrt(z - 1) * sqrt(z + 1)))


def _arccos(z):
    found = tf.acos(settled(z))
    return tf.where(_right(*_parts(z)), tf.math.conj(found), found)


arccos = differentiable(_arccos, lambda z: -1 / sqrt((1 - z) * (1 + z)))


def _arccot(z):
    zero = z == 0
    return tf.where(zero, tf.constant(1.5707963267948966, z.dtype), arctan(1 / tf.where(zero, tf.ones_like(z), z)))


arccot = differentiable(_arccot, lambda z: -1 / (1 + z*z))


def arcsec(z):
    return arccos(1 / z)


def arccsc(z):
    return arcsin(1 / z)


# By its own rule, for the squares of 1/z overflow.
arccoth = differentiable(lambda z: arctanh(1 / z), lambda z: 1 / ((1 - z) * (1 + z)))


def arcsech(z):
    return arccosh(1 / z)


def arccsch(z):
    return arcsinh(1 / z)


def _arctan2(y, x):
    """
    Return ``-I*log((x + I*y)/sqrt(x^2 + y^2))``; as in Sage the origin has no value.

    Where x^2 + y^2 is negative, the signs of zeros choose the root in Sage too.
    """
    size = tf.maximum(tf.abs(x), tf.abs(y))                     # without which the squares overflow
    x, y = (tf.complex(re / size, im / size) for re, im in (_parts(x), _parts(y)))
    found = log((x + _turn(y)) / tf.sqrt(x * x + y * y))
    return tf.complex(tf.math.imag(found), -tf.math.real(found))


def _inverse_square(y, x):
    return 1 / (x * x + y * y)


arctan2 = differentiable(_arctan2, lambda y, x: x * _inverse_square(y, x), lambda y, x: -y * _inverse_square(y, x))


# -- parts -------------------------------------------------------------------------------------------------------------

def _complex(x):
    """Return a real tensor as a complex one."""
    return tf.complex(x, tf.zeros_like(x))


def absolute(z):
    return _complex(tf.abs(z))


def real_part(z):
    return _complex(tf.math.real(z))


def imag_part(z):
    return _complex(tf.math.imag(z))


def arg(z):
    return _complex(tf.math.angle(settled(z)))
