r"""
Polylogarithms

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.polylogarithm import ROWS
    sage: ROWS['dilog'].real(tf.constant([0.5r, -10.0r, 2.0r], tf.float64)).numpy()
    array([ 0.58224053, -4.19827789,         nan])
    sage: dilog(0.5), dilog(-10.0), dilog(2.0)                  # 2 is outside of the real domain
    (0.582240526465012, -4.19827788685810, 2.46740110027234 - 2.17758609030360*I)

ALGORITHM:

For an integer order the power series where abs(z) < 1/2, its inversion where abs(z) > 2, and in the ring between them the series
in log(z). For other orders mpmath.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 25.12, https://dlmf.nist.gov/25.12

- David Wood, The Computation of Polylogarithms, University of Kent, 1992
"""
from functools import cache

import numpy as np
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.powers import product_power
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import polynomial
from sage_tf.symbolic.special.host import by_mpmath
from sage_tf.symbolic.threads import mpmath_digits

# Terms of the series at 1/2 and at log(-2), beyond which they are below 2^-56.
_POWERS, _LOGARITHMS = 54, 60

# Orders between these are served by series; those of a larger order would be long, and those below lose digits.
_LEAST, _GREATEST = -6, 40


@cache
def _coefficients(n):
    """
    Return the coefficients of the series in z (divided by z), in log(z), and of the polynomial in log(-z) of the inversion.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.polylogarithm import _coefficients
        sage: powers, logarithms, inversion = _coefficients(2)
        sage: powers[:2], logarithms[0], inversion
        ([1.0, 0.25], 1.6449340668482264, [-1.6449340668482264, 0.0, -0.5])
    """
    import mpmath
    powers = [float(k)**-n for k in range(1, _POWERS + 1)]
    with mpmath_digits(30):
        logarithms = [float((mpmath.zeta(n - k) if k != n - 1 else mpmath.harmonic(k)) / mpmath.factorial(k))
                      for k in range(_LOGARITHMS)]
        inversion = [0.0] * (n + 1)
        for k in range(0, n + 1, 2):
            inversion[n - k] = float(-2 * mpmath.altzeta(k) / mpmath.factorial(n - k))
    return powers, logarithms, inversion


def _by_series(n, z):
    """Return the polylogarithm of an order of at least 1 of ``complex128`` numbers."""
    z = cx.settled(z)
    size, one = tf.abs(z), tf.ones_like(z)
    powers, logarithms, inversion = _coefficients(n)
    outside = size > 2
    y = tf.where(outside, one / tf.where(outside, z, one), tf.where(size < 0.5, z, one / 2))
    inner = y * polynomial(powers, y)
    if n == 1:
        return tf.where(size < 0.5, inner, -cx.log(1 - z))
    outer = (-1)**(n - 1) * inner + polynomial(inversion, cx.log(-tf.where(outside, z, 3 * one)))
    logarithm = cx.log(tf.where(outside | (size < 0.5), one, z))
    unity = logarithm == 0
    singular = tf.where(unity, tf.zeros_like(z), product_power(logarithm, n - 1) * cx.log(-tf.where(unity, one, logarithm)))
    ring = polynomial(logarithms, logarithm) - singular / float(np.prod(np.arange(1.0, n)))
    return tf.where(size < 0.5, inner, tf.where(outside, outer, ring))


def _eulerian(n):
    """Return Euler's numbers of permutations of n by their descents."""
    row = [1]
    for m in range(2, n + 1):
        row = [(k + 1) * (row[k] if k < m - 1 else 0) + (m - k) * (row[k - 1] if k else 0) for k in range(m)]
    return [float(c) for c in row]


def _rational(n, z):
    """Return the polylogarithm of an order of at most 0, a rational function."""
    numerator = z * polynomial(_eulerian(-n), z) if n else z
    return numerator / product_power(1 - z, 1 - n)


def _value(n, z):
    """Return the polylogarithm of integer order of real or complex numbers; NaN for real numbers where it is not real."""
    if n <= 0:
        return _rational(n, z)
    found = _by_series(n, tf.cast(z, tf.complex128))
    if z.dtype.is_complex:
        return tf.cast(found, z.dtype)
    return tf.where(z > 1, tf.constant(np.nan, z.dtype), tf.cast(tf.math.real(found), z.dtype))


def slope(lower, z):
    """Return the derivative, given the polylogarithm of the order below: 1 at 0."""
    zero = z == 0
    inside = tf.where(zero, tf.ones_like(z) / 2, z)
    return tf.where(zero, tf.ones_like(z), lower(inside) / inside)


@cache
def polylog(n):
    r"""
    Return the polylogarithm of an integer order as a function on tensors.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.polylogarithm import polylog
        sage: polylog(3)(tf.constant([1.0r, -1.0r], tf.float64)).numpy(), zeta(3.0)
        (array([ 1.2020569 , -0.90154268]), 1.20205690315959)
    """
    return differentiable(lambda z: _value(n, z), lambda z: slope(polylog(n - 1), z))


def _of_constant_order(constants, dtype):
    """Return the polylogarithm of the order among the constants, if it is an integer of moderate size."""
    order = constants[0]
    if order is None or not order.is_integer() or not _LEAST <= order <= _GREATEST:
        return None
    return lambda s, z: polylog(int(order))(z + tf.zeros_like(s))


_of_any_order = by_mpmath('polylog', 2, partials=(
    lambda s, z: by_mpmath('polylog', 2, (1, 0))(s, z), lambda s, z: slope(lambda inside: _of_any_order(s - 1, inside), z)))

ROWS = {
    'dilog': Row(polylog(2), polylog(2), 1, 'composition'),
    'polylog': Row(_of_any_order, _of_any_order, 2, 'host',
                   'of constant integer order as a composition of operations', _of_constant_order),
}
