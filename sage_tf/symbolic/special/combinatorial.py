r"""
Binomial coefficients, Euler's beta function, harmonic numbers, and counting functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.combinatorial import ROWS
    sage: ROWS['beta'].real(tf.constant(2r, tf.float64), tf.constant([3r, 0.5r], tf.float64)).numpy()
    array([0.08333333, 1.33333333])
"""
import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import flat
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath, on_host


def _harmonic(x, m):
    """Return the generalized harmonic number of mpmath's numbers."""
    import mpmath
    if m == 1:
        return mpmath.harmonic(x)
    with mpmath.extradps(20):
        return mpmath.zeta(m) - mpmath.zeta(m, x + 1)


_binomial, _beta, _harmonic_number, _generalized = (by_mpmath('binomial', 2), by_mpmath('beta', 2), by_mpmath('harmonic'),
                                                    by_mpmath(_harmonic, 2))


def _count_primes(x):
    """Return the number of primes up to each number of an array, NaN beyond the 64-bit integers, which nobody can count."""
    from sage.functions.prime_pi import prime_pi
    return np.array([float(prime_pi(int(max(v, 0)))) if v < 2.0**63 else np.nan for v in x.flat]).reshape(x.shape)


def _dickman(x):
    """Return Dickman's function of the numbers of an array."""
    from sage.functions.transcendental import dickman_rho
    from sage.rings.real_mpfr import RealField
    field = RealField(80)
    return np.array([float(dickman_rho(field(v))) if np.isfinite(v) else np.nan for v in x.flat]).reshape(x.shape)


def _dickman_slope(x):
    inside = tf.where(x > 1, x, tf.constant(2, x.dtype))
    return tf.where(x > 1, -dickman_rho(inside - 1) / inside, tf.zeros_like(x))


dickman_rho = on_host(_dickman, _dickman_slope)
prime_pi = flat(on_host(_count_primes, tf.zeros_like))
prime_pi.is_on_host = True

ROWS = {
    'binomial': Row(_binomial, _binomial, 2, 'host'),
    'beta': Row(_beta, _beta, 2, 'host'),
    'harmonic_number': Row(_harmonic_number, _harmonic_number, 1, 'host'),
    'harmonic_number_m': Row(_generalized, _generalized, 2, 'host'),
    'dickman_rho': Row(dickman_rho, None, 1, 'host'),
    'prime_pi': Row(prime_pi, None, 1, 'host'),
    'Order': Row(None, None, 1, 'none', 'it stands for a term of unknown size'),
    'element_of': Row(None, None, 2, 'none', 'it is a statement about membership in a set, without a numerical value'),
    '_swap_harmonic': Row(lambda m, x: _generalized(x, m), lambda m, x: _generalized(x, m), 2, 'host'),
}
