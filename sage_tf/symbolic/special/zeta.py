r"""
Zeta functions, polylogarithms and the derivatives of the digamma function

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.zeta import ROWS
    sage: ROWS['zeta'].real(tf.constant([2.0r, -1.0r], tf.float64)).numpy(), zeta(2.0), zeta(-1)
    (array([ 1.64493407, -0.08333333]), 1.64493406684823, -1/12)
"""
import numpy as np
import tensorflow as tf

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath


def no_slope(*tensors):
    """Return the derivative by an argument that must be an integer: there is none."""
    return tf.fill(tf.shape(tensors[0]), tf.constant(np.nan, tensors[0].dtype))


def _by_mpmath(function, *partials):
    on_tensors = by_mpmath(function, len(partials), partials=partials)
    return Row(on_tensors, on_tensors, len(partials), 'host')


def _integer(number):
    """Return an argument of mpmath as an integer; ValueError if it is none."""
    import mpmath
    if mpmath.im(number) or mpmath.re(number) != int(mpmath.re(number)):
        raise ValueError("expected an integer")
    return int(mpmath.re(number))


def _polygamma(n, z):
    import mpmath
    n = _integer(n)
    return mpmath.loggamma(z) if n == -1 else mpmath.polygamma(n, z) if n >= 0 else mpmath.nan


def _zeta_derivative(n, s):
    import mpmath
    n = _integer(n)
    return mpmath.zeta(s, 1, n) if n >= 0 else mpmath.nan


def _stieltjes(n):
    import mpmath
    n = _integer(n)
    return mpmath.stieltjes(n) if n >= 0 else mpmath.nan


def _hurwitz_by_parameter(s, a):
    """Return ``-s zeta(s + 1, a)``, with its limit where that has a pole."""
    zero = s == 0
    return tf.where(zero, -tf.ones_like(s), -s * ROWS['hurwitz_zeta'].real(tf.where(zero, tf.ones_like(s), s + 1), a))


ROWS = {
    'psi': _by_mpmath('digamma', lambda z: ROWS['polygamma'].real(tf.ones_like(z), z)),
    'polygamma': _by_mpmath(_polygamma, no_slope, lambda n, z: ROWS['polygamma'].real(n + 1, z)),
    'zeta': _by_mpmath('zeta', lambda s: ROWS['zetaderiv'].real(tf.ones_like(s), s)),
    'zetaderiv': _by_mpmath(_zeta_derivative, no_slope, lambda n, s: ROWS['zetaderiv'].real(n + 1, s)),
    'hurwitz_zeta': _by_mpmath('zeta', lambda s, a: by_mpmath('zeta', 2, (1, 0))(s, a), _hurwitz_by_parameter),
    'stieltjes': Row(by_mpmath(_stieltjes, partials=(no_slope,)), None, 1, 'host'),
}
