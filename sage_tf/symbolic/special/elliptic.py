r"""
Elliptic integrals

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.elliptic import ROWS
    sage: ROWS['elliptic_kc'].real(tf.constant([0r, 0.5r], tf.float64)).numpy(), n(elliptic_kc(1/2))
    (array([1.57079633, 1.85407468]), 1.85407467730137)
"""
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath


def _by_amplitude(u, m):
    """Return E(am(u, m), m) of mpmath's numbers."""
    from sage.functions.special import elliptic_eu_f
    return elliptic_eu_f(u, m)


_E, _EC, _F, _KC, _PI = (by_mpmath('ellipe', 2), by_mpmath('ellipe'), by_mpmath('ellipf', 2), by_mpmath('ellipk'),
                         by_mpmath('ellippi', 3))

ROWS = {
    'elliptic_e': Row(_E, _E, 2, 'host'),
    'elliptic_ec': Row(_EC, _EC, 1, 'host'),
    'elliptic_eu': Row(by_mpmath(_by_amplitude, 2), None, 2, 'host'),
    'elliptic_f': Row(_F, _F, 2, 'host'),
    'elliptic_kc': Row(_KC, _KC, 1, 'host'),
    'elliptic_pi': Row(_PI, _PI, 3, 'host'),
}
