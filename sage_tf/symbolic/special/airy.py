r"""
Airy functions on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.airy import ROWS
    sage: ROWS['airy_ai'].real(tf.constant([0.0r, 2.0r], tf.float64)).numpy()
    array([0.35502805, 0.03492413])
    sage: n(airy_ai(0)), n(airy_ai(2))
    (0.355028053887817, 0.0349241304232744)

ALGORITHM:

Real arguments of size up to 16: Taylor polynomials, see :mod:`~sage_tf.symbolic.special.taylor`, from y'' = x y; beyond that the
asymptotic expansions. Complex arguments: SciPy. Of other orders of differentiation: mpmath.

REFERENCES: DLMF 9.2.1, 9.7.2, 9.7.5 to 9.7.12
"""
from functools import cache, partial
from math import pi, sqrt

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import in_float64, polynomial
from sage_tf.symbolic.special.host import by_mpmath, on_host
from sage_tf.symbolic.special.taylor import Solution

# From where on the asymptotic expansions serve, and how many of their terms there are below 2^-56.
_FAR, _TERMS = 16, 24


@cache
def _near(name, side, order):
    """Return an Airy function of mpmath, or its derivative, at side*t, as a function of tensors t from 0 to where expansions serve."""
    import mpmath

    def initial(c):
        first, second = (getattr(mpmath, name)(side * c, derivative=k) for k in (0, 1))
        return (first, side * second) if order == 0 else (second, c * first)

    def following(c, a):
        """Return a coefficient by y'' = side*t*y or, of its derivative, by t*y'' = y' + side*t^2*y."""
        k, earlier = len(a) - 2, [*(0, 0), *a]
        if order == 0:
            return side * (c * a[k] + earlier[k + 1]) / ((k + 1) * (k + 2))
        source = (k + 1) * a[k + 1] + side * (c**2 * a[k] + 2 * c * earlier[k + 1] + earlier[k])
        return (source - (k + 1) * k * a[k + 1]) / (c * (k + 1) * (k + 2))

    return Solution(initial, following, 0, _FAR, 2 * _FAR, 18)


def _expansion(order):
    """Return the coefficients of the expansions of the functions or of their derivatives; DLMF 9.7.2."""
    u = [1.0]
    for k in range(1, _TERMS):
        u.append(u[-1] * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / (216 * k * (2 * k - 1)))
    return [(6 * k + 1) / (1 - 6 * k) * c for k, c in enumerate(u)] if order else u


def _far_right(name, order, x):
    """Return a function or a derivative from 16 on; DLMF 9.7.5 to 9.7.8."""
    root = tf.sqrt(x)
    zeta, quarter = 2 * x * root / 3, tf.sqrt(root)
    quarter = 1 / quarter if order == 0 else quarter
    c = _expansion(order)
    if name == 'airyai':
        c = [v * (-1)**(k + order) for k, v in enumerate(c)]
        return tf.exp(-zeta) * quarter / (2 * sqrt(pi)) * polynomial(c, 1 / zeta)
    grown = tf.exp(zeta / 2)                                    # the exponential overflows before Bi does
    return grown * (quarter / sqrt(pi) * polynomial(c, 1 / zeta)) * grown


def _far_left(name, order, z):
    """Return a function or a derivative at -z for z from 16 on; DLMF 9.7.9 to 9.7.12."""
    root = tf.sqrt(z)
    zeta, quarter = 2 * z * root / 3, tf.sqrt(root)
    quarter = 1 / quarter if order == 0 else quarter
    c = [v * (-1)**(k // 2) for k, v in enumerate(_expansion(order))]
    y = 1 / (zeta * zeta)
    even, odd = polynomial(c[::2], y), polynomial(c[1::2], y) / zeta
    cosine, sine = tf.cos(zeta), tf.sin(zeta)
    plus, minus = (cosine + sine) / sqrt(2), (sine - cosine) / sqrt(2)  # cosine and sine of zeta - pi/4
    if name == 'airyai':
        found = plus * even + minus * odd if order == 0 else minus * even - plus * odd
    else:
        found = plus * odd - minus * even if order == 0 else plus * even + minus * odd
    return quarter / sqrt(pi) * found


def _real(name, order, x):
    """Return an Airy function or its derivative for tensors of ``float64``."""
    size, far = tf.abs(x), tf.constant(_FAR, x.dtype)
    near, beyond = tf.minimum(size, far), tf.clip_by_value(size, far, tf.constant(_LARGEST, x.dtype))
    right = tf.where(size < far, _near(name, 1, order)(near), _far_right(name, order, beyond))
    left = tf.where(size < far, _near(name, -1, order)(near), _far_left(name, order, beyond))
    found = tf.where(x < 0, left, right)
    lost = tf.math.is_nan(x) | (x < -_LARGEST)
    return tf.where(lost, tf.constant(np.nan, x.dtype), found)


# Beyond it Ai and Bi are 0 and infinity on the right, and the phase of the waves on the left has no digit left.
_LARGEST = 1e10


def _by_scipy(number, z):
    """Return the values at a complex array of the function that SciPy's ``airy`` returns in a place; on the axis it is more exact."""
    from scipy import special
    return np.where(z.imag == 0, special.airy(z.real)[number], special.airy(z)[number])


def _pair(name, number):
    """Return an Airy function and its derivative as pairs of functions, of real and of complex tensors."""
    value = on_host(partial(_by_scipy, number), lambda z: slope(z))
    slope = on_host(partial(_by_scipy, number + 1), lambda z: z * value(z))
    real = differentiable(in_float64(partial(_real, name, 0)), lambda x: real_slope(x))
    real_slope = differentiable(in_float64(partial(_real, name, 1)), lambda x: x * real(x))
    return (real, value), (real_slope, slope)


def _derivative(name, order, z):
    """
    Return a derivative or an iterated integral of an Airy function of mpmath; there are those of integer order.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.airy import _derivative
        sage: _derivative('airyai', mpmath.mpf(-1), mpmath.mpf(1))
        mpf('0.236317341917...')
        sage: numerical_integral(airy_ai(x), 0, 1)[0]
        0.236317341917...
    """
    import mpmath
    return getattr(mpmath, name)(z, derivative=int(mpmath.re(order))) if mpmath.isint(order) else mpmath.nan


def _general(name):
    """Return an Airy function of an order of differentiation and an argument, on tensors."""
    def slope(order, z):
        return found(order + 1, z)

    def none(order, z):
        return tf.fill(tf.shape(order), tf.constant(np.nan, order.dtype))

    found = by_mpmath(partial(_derivative, name), 2, partials=(none, slope))
    return found


_AI, _AI_PRIME = _pair('airyai', 0)
_BI, _BI_PRIME = _pair('airybi', 2)
_ON_HOST = 'NaN below -1e10, where the phase has no digit; complex arguments: on the host, by SciPy'
_NOTE = 'the first argument is the order of differentiation, an integer; there is no derivative by it'

ROWS = {
    'airy_ai': Row(*_AI, 1, 'composition', _ON_HOST),
    'airy_ai_prime': Row(*_AI_PRIME, 1, 'composition', _ON_HOST),
    'airy_bi': Row(*_BI, 1, 'composition', _ON_HOST),
    'airy_bi_prime': Row(*_BI_PRIME, 1, 'composition', _ON_HOST),
    'airy_ai_general': Row(*2 * [_general('airyai')], 2, 'host', _NOTE),
    'airy_bi_general': Row(*2 * [_general('airybi')], 2, 'host', _NOTE),
}
