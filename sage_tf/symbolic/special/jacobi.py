r"""
The elliptic functions of Jacobi and their inverses

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.jacobi import ROWS
    sage: ROWS['jacobi_sn'].real(tf.constant(0.5r, tf.float64), tf.constant(0.3r, tf.float64)).numpy(), n(jacobi_sn(0.5, 0.3))
    (np.float64(0.4742156227118...), 0.474215622711821)
"""
from functools import partial

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath

KINDS = ('cd', 'cn', 'cs', 'dc', 'dn', 'ds', 'nc', 'nd', 'ns', 'sc', 'sd', 'sn')


def _function(kind, u, m):
    """Return an elliptic function of mpmath's numbers."""
    import mpmath
    return mpmath.ellipfun(kind, u, m)


def _inverse(kind, x, m):
    """Return an inverse elliptic function of mpmath's numbers."""
    from sage.functions.jacobi import inverse_jacobi_f
    return inverse_jacobi_f(kind, x, m)


def _amplitude(u, m):
    """Return the amplitude of mpmath's numbers."""
    from sage.functions.jacobi import jacobi_am_f
    return jacobi_am_f(u, m)


def _rows():
    rows = {'jacobi_am': Row(by_mpmath(_amplitude, 2), None, 2, 'host')}
    for kind in KINDS:
        function, inverse = by_mpmath(partial(_function, kind), 2), by_mpmath(partial(_inverse, kind), 2)
        rows[f'jacobi_{kind}'] = Row(function, function, 2, 'host')
        rows[f'inverse_jacobi_{kind}'] = Row(inverse, None, 2, 'host')
    return rows


ROWS = _rows()
