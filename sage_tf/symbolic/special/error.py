r"""
The error function, its complement and its inverse

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.error import ROWS
    sage: ROWS['erf'].complex(tf.constant(1r + 2j, tf.complex128)).numpy(), erf(CC(1, 2))
    (np.complex128(-0.5366435657785...-5.0491437034470...j), -0.536643565778565 - 5.04914370344703*I)

ALGORITHM:

For complex arguments Taylor's series near 0, farther out SciPy's erf and Faddeeva's function. The inverse by polynomials on
pieces up to 7/8, as TensorFlow loses digits near 0, beyond by TensorFlow and a step of Newton's method with erfc.
"""
from math import factorial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic import real as re
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import Approximation, in_float64
from sage_tf.symbolic.special.host import on_host
from sage_tf.symbolic.special.rules import sage_partial

_SERIES = [2 / np.sqrt(np.pi) * (-1)**k / (factorial(k) * (2 * k + 1)) for k in range(32)]
_NEAR = 1.75


def complex_erf(z):
    r"""
    Return erf of an array of complex numbers.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_tf.symbolic.special.error import complex_erf
        sage: complex_erf(np.array([0.5j, 2r + 0j]))
        array([0.        +0.61495209j, 0.99532227+0.j        ])
    """
    from scipy.special import erf
    near = np.abs(z) < _NEAR
    inside = np.where(near, z, 0)
    return np.where(near, inside * np.polynomial.polynomial.polyval(inside * inside, _SERIES), erf(z))


def _complex_erfc(z):
    """Return erfc of an array of complex numbers, without the cancellation of ``1 - erf(z)`` to the right."""
    from scipy.special import wofz
    right = (z.real > 0) & (np.abs(z) >= _NEAR)
    there = np.where(right, z, _NEAR)
    return np.where(right, np.exp(-there * there) * wofz(1j * there), 1 - complex_erf(z))


def _inverse_over_argument(x):
    """Return ``erfinv(x)/x`` for mpmath's numbers."""
    import mpmath
    return mpmath.erfinv(x) / x


_INVERSE = Approximation(_inverse_over_argument, 0, 7 / 8, 28)


def _erfinv(x):
    y = tf.abs(x)
    far = -tf.math.erfinv(-y)                                   # TensorFlow adds 1, which has all digits for negative numbers
    inside = tf.clip_by_value(far, 1, 6)                        # a step of Newton's method, for XLA's last digits
    slope = 1.1283791670955126 * tf.exp(-inside * inside)
    found = tf.where(y < 1, inside + (tf.math.erfc(inside) - (1 - y)) / slope, far)
    return tf.where(y < 7 / 8, x * _INVERSE(y), tf.sign(x) * found)


ROWS = {
    'erf': Row(re.erf, on_host(complex_erf, sage_partial('erf', 0)), note='complex arguments on the host'),
    'erfc': Row(differentiable(tf.math.erfc, sage_partial('erfc', 0)), on_host(_complex_erfc, sage_partial('erfc', 0)),
                note='complex arguments on the host'),
    'erfinv': Row(differentiable(in_float64(_erfinv), sage_partial('erfinv', 0)), None, 1, 'composition',
                  'Sage has no value outside of [-1, 1]'),
}
