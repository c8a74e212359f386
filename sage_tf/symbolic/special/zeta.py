r"""
The zeta functions of Riemann and Hurwitz and the derivatives of the digamma function

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.zeta import ROWS
    sage: ROWS['zeta'].real(tf.constant([2.0r, -1.0r], tf.float64)).numpy(), zeta(2.0), zeta(-1)
    (array([ 1.64493407, -0.08333333]), 1.64493406684823, -1/12)

ALGORITHM:

For real arguments zeta by polynomials on pieces from -1 to 2, by TensorFlow's function beyond, and reflected below; its
derivative likewise, with Dirichlet's series from 16 on. Hurwitz's function with a constant first argument and the
polygamma functions of constant order by the summation formula of Euler and Maclaurin, the latter reflected for negative arguments. The
rest by SciPy and mpmath.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 5.15.6, 25.4.1 and 25.11.5, https://dlmf.nist.gov/25
"""
from functools import cache
from math import factorial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gamma import gamma
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import Approximation, in_float64, polynomial
from sage_tf.symbolic.special.host import by_mpmath, on_host
from sage_tf.symbolic.special.integrals import sine_of_quarters

_LOG_2_PI, _HALF_PI = 1.8378770664093453, 1.5707963267948966


# -- integers as arguments ---------------------------------------------------------------------------------------------

def _no_slope(*tensors):
    """Return the derivative by an argument that must be an integer: there is none."""
    return tf.fill(tf.shape(tensors[0]), tf.constant(np.nan, tensors[0].dtype))


def _natural(function):
    """Return a function of mpmath's numbers whose first argument must be a natural number, as it is for others."""
    def value(n, *rest):
        import mpmath
        if mpmath.im(n) or mpmath.re(n) != int(mpmath.re(n)) or mpmath.re(n) < 0:
            raise ValueError("expected a natural number")
        return function(int(mpmath.re(n)), *rest)
    return value


def _mp_polygamma(n, z):
    import mpmath
    return mpmath.polygamma(n, z)


def _mp_zeta_derivative(n, s):
    import mpmath
    return mpmath.zeta(s, 1, n)


def _mp_stieltjes(n):
    import mpmath
    return mpmath.stieltjes(n)


_polygamma_on_host = by_mpmath(_natural(_mp_polygamma), 2, partials=(_no_slope, lambda n, z: _polygamma_on_host(n + 1, z)))
_zeta_derivative_on_host = by_mpmath(_natural(_mp_zeta_derivative), 2,
                                     partials=(_no_slope, lambda n, s: _zeta_derivative_on_host(n + 1, s)))


# -- Riemann's zeta function -------------------------------------------------------------------------------------------

def _mp_regular(n):
    """Return the n-th derivative of ``zeta(s) - 1/(s - 1)`` for mpmath's numbers."""
    def value(s):
        import mpmath
        return mpmath.zeta(s, 1, n) - (-1)**n * mpmath.factorial(n) / (s - 1)**(n + 1)
    return value


def _mp_scaled_derivative(s):
    """Return ``2^s (s - 1)^2 zeta'(s)``, an entire function, for mpmath's numbers."""
    import mpmath
    return mpmath.power(2, s) * (s - 1)**2 * mpmath.zeta(s, 1, 1)


_REGULAR, _REGULAR_SLOPE = Approximation(_mp_regular(0), -1, 2, 12), Approximation(_mp_regular(1), -1, 2, 12)
_SCALED_SLOPE = Approximation(_mp_scaled_derivative, 2, 16, 28)


def _reflection(s):
    """Return ``2 (2 pi)^(s-1) gamma(1 - s)`` for s < -1; by its logarithm where gamma overflows."""
    t = 1 - tf.minimum(s, -1)
    near = tf.minimum(t, 170)
    direct = 2 * tf.exp(-_LOG_2_PI * near) * gamma(near)
    return tf.where(t <= 170, direct, 2 * tf.exp(tf.math.lgamma(t) - _LOG_2_PI * t)), t


def _zeta(s):
    factor, t = _reflection(s)
    # At the zeros also where the factor is infinite.
    reflected = tf.math.multiply_no_nan(factor, sine_of_quarters(s)) * tf.math.zeta(t, tf.ones_like(t))
    near = tf.clip_by_value(s, -1, 2)
    middle = _REGULAR(near) + 1 / (s - 1)
    beyond = tf.math.zeta(tf.maximum(s, 2), tf.ones_like(s))
    return tf.where(s < -1, reflected, tf.where(s < 2, middle, beyond))


def _slope_from_2(s):
    """Return the derivative of zeta for s >= 2."""
    small, large = tf.clip_by_value(s, 2, 16), tf.maximum(s, 16)
    sum_ = -np.log(2)
    for k in range(3, 28):                                      # what is left is below 2^-58 of the first term
        sum_ -= np.log(k) * tf.exp(large * np.log(2 / k))
    return tf.exp(-np.log(2) * s) * tf.where(s < 16, _SCALED_SLOPE(small) / tf.square(small - 1), sum_)


def _zeta_slope(s):
    factor, t = _reflection(s)
    sine, cosine = sine_of_quarters(s), sine_of_quarters(1 - s)
    value = tf.math.zeta(t, tf.ones_like(t))
    reflected = factor * (((_LOG_2_PI - tf.math.digamma(t)) * sine + _HALF_PI * cosine) * value - sine * _slope_from_2(t))
    middle = _REGULAR_SLOPE(tf.clip_by_value(s, -1, 2)) - 1 / tf.square(s - 1)
    return tf.where(s < -1, reflected, tf.where(s < 2, middle, _slope_from_2(tf.maximum(s, 2))))


def _of_order(n):
    return lambda s: _zeta_derivative_on_host(n * tf.ones_like(s), s)


_real_zeta_slope = differentiable(in_float64(_zeta_slope), _of_order(2))
_real_zeta = differentiable(in_float64(_zeta), lambda s: _real_zeta_slope(s))


def _zeta_derivative_of_constant_order(constants, dtype):
    if constants[0] is None or dtype.is_complex or constants[0] not in (0, 1):
        return None
    function = _real_zeta_slope if constants[0] == 1 else _real_zeta
    return lambda n, s: function(s + tf.zeros_like(n))


# -- Hurwitz's zeta function -------------------------------------------------------------------------------------------

# Terms that are summed, and terms of the expansion of the rest.
_SUMMED, _EXPANDED = 14, 14

# The largest first argument, or order, for which this is tested.
_LARGEST = 60


def _euler_maclaurin(s, a):
    """Return Hurwitz's zeta function for a number s > 0 and a > 0."""
    from sage.arith.misc import bernoulli
    end = a + _SUMMED
    scale = tf.pow(end, -s)
    rest, factor = end / (s - 1) + 0.5, s / end
    for j in range(1, _EXPANDED + 1):
        rest += float(bernoulli(2 * j) / factorial(2 * j)) * factor
        factor *= (s + 2 * j - 1) * (s + 2 * j) / (end * end)
    found = scale * rest
    for k in reversed(range(_SUMMED)):
        found += tf.pow(a + k, -s)
    return found


@cache
def _cotangent(n):
    """
    Return the coefficients of the polynomial in cot(pi x) that is ``(-1)^n/n!`` times the n-th derivative of pi cot(pi x).

    EXAMPLES::

        sage: from sage_tf.symbolic.special.zeta import _cotangent
        sage: vector(RDF, _cotangent(1)) / RDF(pi)^2
        (1.0, 0.0, 1.0)
    """
    row = [0.0, np.pi]
    for step in range(1, n + 1):
        slope = [*(k * c * np.pi / step for k, c in enumerate(row) if k), 0.0, 0.0]
        row = [c + (slope[k - 2] if k >= 2 else 0.0) for k, c in enumerate(slope)]
    return row


def _reflected(n, a):
    """Return Hurwitz's zeta function of the integer n >= 2, for all real a but its poles."""
    negative = a < 0
    positive = _euler_maclaurin(float(n), tf.where(negative, 1 - a, a))
    pole = (a <= 0) & (a == tf.round(a))
    inside = tf.where(pole, 0.5 * tf.ones_like(a), a)
    cotangent = sine_of_quarters(2 * inside + 1) / sine_of_quarters(2 * inside)
    found = tf.where(negative, polynomial(_cotangent(n - 1), cotangent) - (-1)**n * positive, positive)
    return tf.where(pole, tf.constant(np.nan, a.dtype), found)


@cache
def hurwitz(s):
    r"""
    Return Hurwitz's zeta function of a positive first argument other than 1, as a function on real tensors.

    INPUT:

    - ``s`` -- a float; only if it is an integer has the function real values for negative arguments

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.zeta import hurwitz
        sage: hurwitz(2.5r)(tf.constant([0.5r, 100.0r, -0.5r], tf.float64)).numpy()
        array([6.24711063e+00, 6.71687499e-04,            nan])
        sage: hurwitz_zeta(2.5, 0.5), hurwitz_zeta(2.5, 100.0)
        (6.24711063456881, 0.000671687499453172)
    """
    def value(a):
        if s == int(s):
            return _reflected(int(s), a)
        return _euler_maclaurin(s, tf.where(a < 0, np.nan * a, a))
    return differentiable(in_float64(value), lambda a: -s * hurwitz(s + 1)(a))


def _hurwitz_of_constant(constants, dtype):
    s = constants[0]
    if s is None or dtype.is_complex or s == 1 or not 0 < s <= _LARGEST:
        return None
    function = hurwitz(float(s))
    return lambda s, a: function(a + tf.zeros_like(s))


def _by_parameter(s, a):
    """Return ``-s zeta(s + 1, a)``, with its limit where that has a pole."""
    zero = s == 0
    return tf.where(zero, -tf.ones_like(s), -s * _hurwitz_on_host(tf.where(zero, tf.ones_like(s), s + 1), a))


def _mp_slope(s, a):
    """Return the derivative by the first argument for mpmath's numbers; a difference quotient loses digits near s = 0."""
    import mpmath
    if a == 0 and mpmath.re(s) < 0:
        a = 1                                                   # 0^-s and its derivative are 0
    return mpmath.zeta(s, a, 1)


_hurwitz_on_host = by_mpmath('zeta', 2, partials=(lambda s, a: by_mpmath(_mp_slope, 2)(s, a), _by_parameter))


# -- digamma and its derivatives ---------------------------------------------------------------------------------------

def _digamma(x):
    """Return digamma, NaN at its poles."""
    return tf.where((x <= 0) & (x == tf.round(x)), tf.constant(np.nan, x.dtype), tf.math.digamma(x))


def _complex_digamma(z):
    from scipy.special import digamma
    return digamma(z)


@cache
def polygamma(n):
    r"""
    Return the n-th derivative of digamma as a function on real tensors.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.zeta import polygamma
        sage: polygamma(2)(tf.constant([0.5r, -0.5r, -1.0r], tf.float64)).numpy()
        array([-16.82879664,  -0.82879664,          nan])
        sage: psi(2, 1/2).n(), psi(2, -1/2).n()
        (-16.8287966442343, -0.828796644234320)
    """
    if n == 0:
        return differentiable(in_float64(_digamma), lambda x: polygamma(1)(x))
    factor = float((-1)**(n + 1) * factorial(n))
    return differentiable(in_float64(lambda x: factor * _reflected(n + 1, x)), lambda x: polygamma(n + 1)(x))


def _polygamma_of_constant_order(constants, dtype):
    n = constants[0]
    if n is None or dtype.is_complex or not n.is_integer() or not 0 <= n <= _LARGEST:
        return None
    function = polygamma(int(n))
    return lambda n, x: function(x + tf.zeros_like(n))


# -- the rows ----------------------------------------------------------------------------------------------------------

_HOST = 'complex arguments on the host'
_CONSTANT = 'natural first argument, by which there is no derivative; real numbers and a constant one by a composition'

ROWS = {
    'psi': Row(polygamma(0), on_host(_complex_digamma, lambda z: _polygamma_on_host(tf.ones_like(z), z)), 1, 'composition', _HOST),
    'polygamma': Row(_polygamma_on_host, _polygamma_on_host, 2, 'host', _CONSTANT, _polygamma_of_constant_order),
    'zeta': Row(_real_zeta, by_mpmath('zeta', partials=(_of_order(1),)), 1, 'composition', _HOST),
    'zetaderiv': Row(_zeta_derivative_on_host, _zeta_derivative_on_host, 2, 'host', _CONSTANT, _zeta_derivative_of_constant_order),
    'hurwitz_zeta': Row(_hurwitz_on_host, _hurwitz_on_host, 2, 'host',
                        'real numbers and a constant, positive first argument by a composition', _hurwitz_of_constant),
    'stieltjes': Row(by_mpmath(_natural(_mp_stieltjes), partials=(_no_slope,)), None, 1, 'host', 'natural argument, no derivative'),
}
