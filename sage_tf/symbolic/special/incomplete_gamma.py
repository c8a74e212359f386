r"""
Incomplete gamma functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.incomplete_gamma import ROWS
    sage: ROWS['gamma_inc'].real(tf.constant([0.5r, 2.0r], tf.float64), tf.constant(1.5r, tf.float64)).numpy()
    array([0.14758251, 0.5578254 ])
    sage: gamma(0.5, 1.5), gamma(2.0, 1.5)
    (0.147582513204096, 0.557825400371075)
"""
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath


def _upper(a, z):
    import mpmath
    return mpmath.gammainc(a, z)


def _lower(a, z):
    import mpmath
    return mpmath.gammainc(a, 0, z)


def _density(a, z):
    """Return ``z^(a-1) e^-z``."""
    import mpmath
    return mpmath.power(z, a - 1) * mpmath.exp(-z)


def _row(function, sign):
    partials = (lambda a, z: by_mpmath(function, 2, (1, 0))(a, z), lambda a, z: sign * by_mpmath(_density, 2)(a, z))
    on_tensors = by_mpmath(function, 2, partials=partials)
    return Row(on_tensors, on_tensors, 2, 'host')


ROWS = {'gamma_inc': _row(_upper, -1), 'gamma_inc_lower': _row(_lower, 1)}
