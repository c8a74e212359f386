r"""
The logarithm of the gamma function, and gamma and factorial of complex numbers

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.log_gamma import ROWS
    sage: ROWS['log_gamma'].real(tf.constant([0.5r, 4.0r, -1.5r], tf.float64)).numpy()
    array([0.57236494, 1.79175947,        nan])
    sage: float(log(6)), log_gamma(-1.5)                        # -1.5 is outside of the real domain
    (1.791759469228055, 0.860047015376481 - 6.28318530717959*I)
    sage: ROWS['gamma'].complex(tf.constant(1r + 2j, tf.complex128)).numpy(), gamma(CC(1, 2))
    (np.complex128(0.15190400267003...+0.0198048801618...j),
     0.151904002670036 + 0.0198048801618550*I)
"""
import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gamma import factorial, gamma
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import Approximation, in_float64
from sage_tf.symbolic.special.host import on_host
from sage_tf.symbolic.special.rules import sage_partial


def _over_zeros(x):
    """Return the logarithm of gamma without its zeros at 1 and 2, for mpmath's numbers."""
    import mpmath
    return mpmath.loggamma(x) / ((x - 1) * (x - 2))


_BETWEEN = Approximation(_over_zeros, 1 / 2, 4, 28)


def _log_gamma(x):
    """Return the logarithm of gamma; below 0 it is not real in Sage, also where gamma is positive."""
    near = (x - 1) * ((x - 2) * _BETWEEN(tf.clip_by_value(x, 0.5, 4)))
    found = tf.where((x > 0.5) & (x < 4), near, tf.math.lgamma(x))
    return tf.where(x < 0, tf.constant(np.nan, x.dtype), found)


def _complex_log_gamma(z):
    from scipy.special import loggamma
    return loggamma(z + 0)                                      # zeros are positive, as to Sage


def _complex_gamma(z):
    from scipy.special import gamma as value
    return value(z)


def _complex_factorial(z):
    """Return ``gamma(z + 1)``, where possible without rounding z + 1."""
    near = np.abs(z) < 0.5
    return np.where(near, _complex_gamma(z + 1), z * _complex_gamma(np.where(near, 1, z)))


_gamma = on_host(_complex_gamma, sage_partial('gamma', 0))
_factorial = on_host(_complex_factorial, lambda z: _factorial(z) * sage_partial('log_gamma', 0)(z + 1))
_note = 'complex arguments on the host'

ROWS = {
    'gamma': Row(gamma, _gamma, 1, 'composition', _note),
    'factorial': Row(factorial, _factorial, 1, 'composition', _note),
    'log_gamma': Row(differentiable(in_float64(_log_gamma), sage_partial('log_gamma', 0)),
                     on_host(_complex_log_gamma, sage_partial('log_gamma', 0)), 1, 'composition', _note),
}
