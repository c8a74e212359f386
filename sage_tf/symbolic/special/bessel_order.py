r"""
Bessel functions of a constant order on real tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.bessel_order import of_order
    sage: of_order('bessel_J', 1/3)(tf.constant([1.0r, 100.0r], tf.float64)).numpy()
    array([ 0.7308764 , -0.02127124])
    sage: n(bessel_J(1/3, 1)), n(bessel_J(1/3, 100))
    (0.730876402169448, -0.0212712448537025)

ALGORITHM:

- Let F be a Bessel function of order v, and s = v for J and I, s = -abs(v) for Y and K. The function u(x) = x^-s F(x) satisfies
  x u'' + (2s + 1) u' + x u = 0 (the last sign is - for I and K) and is smooth even where F is steep: it is computed by Taylor
  polynomials on equal pieces of an interval. mpmath gives u and u' (for Y and K, which grow downwards, at
  one point only, for it takes long), the equation all other coefficients.

- Beyond the interval Hankel's expansions serve, with sine and cosine of the argument itself, so that no phase is rounded.

- Near 0, Y and K are combined of J or I and a logarithm or powers.

REFERENCES: DLMF 10.2, 10.6, 10.8.1, 10.17.3, 10.17.4, 10.25, 10.27.2, 10.29, 10.31.1, 10.40.1, 10.40.2, 10.47, 10.51.1, 10.51.2
"""
from functools import cache, partial
from math import ceil, pi, sqrt

import numpy as np
import tensorflow as tf
from sage.rings.rational_field import QQ
from sage.rings.real_mpfr import RealField

from sage_tf.conversion.rounding import is_real
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.powers import power_function, rational
from sage_tf.symbolic.special.approximation import in_float64, polynomial
from sage_tf.symbolic.special.taylor import DIGITS, Solution
from sage_tf.symbolic.threads import mpmath_digits

# Orders up to which there is a function, and how far others than integers must be from integers for Y and K.
LARGEST_ORDER, GAP = 16, 0.1

# Terms of Hankel's expansions, which serve from where the last of them are below 2^-56.
_TERMS = 24


def _solution(name, order, exponent, low, high, pieces):
    """Return x^-exponent times a Bessel function, named as in mpmath, of an order on an interval."""
    import mpmath
    sign = -1 if name in ('besseli', 'besselk') else 1
    step = 1 if name == 'besseli' else -1                       # DLMF 10.6.2 and 10.29.2

    def initial(c):
        value, after = (getattr(mpmath, name)(v, c) for v in (order, order + 1))
        slope = (order - exponent) / c * value + step * after
        return value / c**exponent, slope / c**exponent

    def following(c, a):
        k = len(a) - 2
        earlier = a[k - 1] if k else 0
        return -((k + 1) * (k + 2 * exponent + 1) * a[k + 1] + sign * (c * a[k] + earlier)) / (c * (k + 2) * (k + 1))

    return Solution(initial, following, low, high, pieces, continued=name in ('bessely', 'besselk'))


def _number(order):
    """Return a rational number as one of mpmath."""
    import mpmath
    return mpmath.mpf(int(order.numerator())) / int(order.denominator())


@cache
def _hankel(order):
    """Return the coefficients of Hankel's expansions (DLMF 10.17.1) and the number from which on they serve."""
    v, a = float(order), [1.0]
    for k in range(1, _TERMS):
        a.append(a[-1] * (4 * v**2 - (2 * k - 1)**2) / (8 * k))
    far = max(16, 4 * ceil(v**2 / 16))                          # from there on no term is much larger than the sum
    while max(abs(a[-2]) / far**(_TERMS - 2), abs(a[-1]) / far**(_TERMS - 1)) > 2.0**-56:
        far += 4
    return a, far


def _waves(order, x, is_second):
    """Return J or Y beyond the interval, without the factor sqrt(2/(pi*x)); DLMF 10.17.3 and 10.17.4."""
    import mpmath
    a, _ = _hankel(order)
    signed = [c * (-1)**(k // 2) for k, c in enumerate(a)]
    y = 1 / (x * x)
    p, q = polynomial(signed[::2], y), polynomial(signed[1::2], y) / x
    with mpmath_digits(DIGITS):
        phase = _number(order) / 2 + mpmath.mpf(1) / 4
        c, s = float(mpmath.cospi(phase)), float(mpmath.sinpi(phase))
    if is_second:
        return (q * c - p * s) * tf.cos(x) + (p * c + q * s) * tf.sin(x)
    return (p * c + q * s) * tf.cos(x) + (p * s - q * c) * tf.sin(x)


def _far(name, order, x):
    """Return a Bessel function beyond the interval."""
    a, _ = _hankel(order)
    if name in ('besselj', 'bessely'):
        return tf.sqrt(2 / (pi * x)) * _waves(order, x, name == 'bessely')
    if name == 'besselk':
        return tf.exp(-x) * tf.sqrt(pi / (2 * x)) * polynomial(a, 1 / x)
    x = tf.minimum(x, tf.constant(2000.0, x.dtype))             # infinity, and no product of it with 0
    root = tf.exp(x / 2)                                        # the exponential overflows before I does
    return root / tf.sqrt(2 * pi * x) * polynomial([c * (-1)**k for k, c in enumerate(a)], 1 / x) * root


@cache
def _entire(name, order):
    """Return x^-order times J or I as a function of non-negative tensors up to where the expansions serve."""
    far = _hankel(order)[1]
    v = _number(order)
    return _solution(name, v, v, 0, far, 2 * far)


def _regular(name, order, x):
    """Return J or I."""
    far, size = tf.constant(_hankel(order)[1], x.dtype), tf.abs(x)
    near = power_function(order, x.dtype)(x) * _entire(name, order)(tf.minimum(size, far))
    beyond = _far(name, order, tf.maximum(size, far))
    if order.denominator() != 1:
        beyond = tf.where(x < 0, tf.constant(np.nan, x.dtype), beyond)
    elif order % 2:
        beyond = tf.where(x < 0, -beyond, beyond)
    return tf.where(size < far, near, beyond)


@cache
def _beside_logarithm(name, n):
    """Return the coefficients of the even function that, with a logarithm, makes x^n Y or x^n K of natural order; DLMF 10.8.1, 10.31.1."""
    import mpmath
    sign, front = (-1, -1 / mpmath.pi) if name == 'bessely' else (1, mpmath.mpf(1) / 2)
    principal = [front * (-sign)**k * mpmath.factorial(n - k - 1) / mpmath.factorial(k) * mpmath.mpf(2)**(n - 2 * k) for k in range(n)]
    rest = [front * (-sign)**n * (mpmath.psi(0, k + 1) + mpmath.psi(0, n + k + 1)) * mpmath.mpf(sign)**k
            / (mpmath.mpf(2)**(n + 2 * k) * mpmath.factorial(k) * mpmath.factorial(n + k)) for k in range(_NEAR_TERMS)]
    return [float(c) for c in principal + rest]


_NEAR_TERMS = 12


def _near_zero(name, order, x):
    """Return Y or K for tensors up to 1; DLMF 10.2.3, 10.8.1, 10.27.4, 10.31.1."""
    import mpmath
    is_second = name == 'bessely'
    regular = 'besselj' if is_second else 'besseli'
    first = _regular(regular, order, x)
    if order.denominator() == 1:
        logarithm = tf.math.multiply_no_nan(tf.math.log(x / 2), first) * (2 / pi if is_second else (-1)**(int(order) + 1))
        return logarithm + polynomial(_beside_logarithm(name, int(order)), x * x) * power_function(-order, x.dtype)(x)
    other = _regular(regular, -order, x)
    with mpmath_digits(DIGITS):
        c, s = float(mpmath.cospi(_number(order))), float(mpmath.sinpi(_number(order)))
    if not is_second:
        return pi / (2 * s) * (other - first)
    return (c * first - other) / s if c else -other / s


@cache
def _steep(name, order):
    """Return x^abs(order) times Y or K as a function of tensors from 1 up to where the expansions serve."""
    far = _hankel(order)[1]
    return _solution(name, _number(order), -abs(_number(order)), 1, far, 4 * (far - 1))


def _singular(name, order, x):
    """Return Y or K."""
    if name == 'besselk':
        order = abs(order)
    elif order.denominator() == 1 and order < 0:
        return (-1)**int(order) * _singular(name, -order, x)
    one, far = tf.constant(1, x.dtype), tf.constant(_hankel(order)[1], x.dtype)
    middle = tf.clip_by_value(x, one, far)
    found = _steep(name, order)(middle) * power_function(-abs(order), x.dtype)(middle)
    found = tf.where(x < far, found, _far(name, order, tf.maximum(x, far)))
    return tf.where(x < 1, _near_zero(name, order, tf.minimum(x, one)), found)


def _spherical(order, x):
    """Return the spherical Bessel function j of an integer order."""
    half = order + QQ((1, 2))
    far, size = tf.constant(_hankel(half)[1], x.dtype), tf.abs(x)
    near = sqrt(pi / 2) * power_function(order, x.dtype)(x) * _entire('besselj', half)(tf.minimum(size, far))
    size = tf.maximum(size, far)
    beyond = _waves(half, size, False) / size
    return tf.where(tf.abs(x) < far, near, tf.where(x < 0, -beyond, beyond) if order % 2 else beyond)


def _value(name, order):
    """Return a function by its name in Sage."""
    if name == 'spherical_bessel_J':
        return partial(_spherical, order)
    if name == 'spherical_bessel_Y':                            # DLMF 10.47.4
        return lambda x: (-1)**(int(order) + 1) * _spherical(-order - 1, x)
    if name in ('bessel_J', 'bessel_I'):
        is_reflected = order.denominator() == 1 and order < 0
        sign = (-1)**int(order) if is_reflected and name == 'bessel_J' else 1
        return lambda x: sign * _regular(_MPMATH[name], abs(order) if is_reflected else order, x)
    return partial(_singular, _MPMATH[name], order)


_MPMATH = {'bessel_J': 'besselj', 'bessel_Y': 'bessely', 'bessel_I': 'besseli', 'bessel_K': 'besselk'}


# The functions that are here.
COMPILED = (*_MPMATH, 'spherical_bessel_J', 'spherical_bessel_Y')


def _slope(name, order):
    """Return the derivative of a function as that of a lower and a higher order, with their factors."""
    if name.startswith('spherical'):
        below, above = order / (2 * order + 1), -(order + 1) / (2 * order + 1)
    else:
        below = QQ((-1 if name == 'bessel_K' else 1, 2))
        above = below if name == 'bessel_I' else -QQ((1, 2))
    return [(float(factor), of_order(name, other)) for factor, other in ((below, order - 1), (above, order + 1)) if factor]


@cache
def of_order(name, order):
    r"""
    Return a Bessel function of a fixed order as a function on real tensors, which XLA compiles.

    INPUT:

    - ``name`` -- its name in Sage, one of ``COMPILED``

    - ``order`` -- rational number of moderate size; for Y and K either an integer or not close to one, for the spherical functions an
      integer

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.bessel_order import of_order
        sage: x = tf.constant([0.0r, 2.0r], tf.float64)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(x)
        ....:     y = of_order('bessel_J', QQ(1))(x)
        sage: y.numpy(), tape.gradient(y, x).numpy()
        (array([0.        , 0.57672481]), array([ 0.5       , -0.06447162]))
    """
    order = QQ(order)

    def value(x):
        return tf.where(tf.math.is_nan(x), x, compute(x))

    def slope(x):
        return tf.add_n([tf.constant(factor, x.dtype) * function(x) for factor, function in _slope(name, order)])

    compute = _value(name, order)
    return differentiable(in_float64(value), slope)


def for_constant(name, values, dtype):
    r"""
    Return a function of order and argument that serves for a constant order, or ``None``.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.bessel_order import for_constant
        sage: bessel = for_constant('bessel_K', (SR(2), None), tf.float64)
        sage: bessel(tf.constant(2.0r, tf.float64), tf.constant(1.0r, tf.float64)).numpy(), n(bessel_K(2, 1))
        (np.float64(1.624838898635177...), 1.62483889863518)
        sage: for_constant('bessel_K', (SR(100), None), tf.float64), for_constant('bessel_K', (SR(2), None), tf.complex128)
        (None, None)
    """
    if dtype.is_complex or values[0] is None or not is_real(values[0]):
        return None
    order = RealField(140)(values[0]).exact_rational() if rational(values[0]) is None else QQ(rational(values[0]))
    if abs(order) > LARGEST_ORDER or order.denominator() != 1 and (
            name.startswith('spherical') or name in ('bessel_Y', 'bessel_K') and abs(order - order.round()) < GAP):
        return None
    function = of_order(name, order)
    return lambda order, x: function(x)
