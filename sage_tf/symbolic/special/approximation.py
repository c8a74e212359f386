r"""
Functions of one real variable by polynomials on equal pieces of an interval

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.approximation import Approximation
    sage: sine = Approximation('sin', 0, 2, 8)
    sage: sine(tf.constant([0.5r, 2.0r], tf.float64)).numpy(), sin(0.5), sin(2.0)
    (array([0.47942554, 0.90929743]), 0.479425538604203, 0.909297426825682)

The coefficients are found by mpmath when they are first needed. A polynomial of small degree in a variable of size 1 is
computed to the last digit by Horner's rule, and XLA compiles it.
"""
from functools import cached_property, lru_cache

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.threads import mpmath_digits

# Decimal digits with which coefficients are found.
_DIGITS = 34


def polynomial(coefficients, x):
    r"""
    Return the polynomial with the given coefficients, that of degree 0 first, at a tensor.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.approximation import polynomial
        sage: polynomial([1r, 2r, 3r], tf.constant(10.0r)).numpy()
        np.float32(321.0)
    """
    result = tf.constant(coefficients[-1], x.dtype)
    for c in reversed(coefficients[:-1]):
        result = result * x + tf.constant(c, x.dtype)
    return result


def in_float64(function):
    r"""
    Return a function of real tensors that is computed in ``float64`` and rounded.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.approximation import in_float64
        sage: in_float64(lambda x: 1r - (1r - x))(tf.constant(1e-12r)).numpy()
        np.float32(9.999779e-13)
    """
    return lambda *tensors: tf.cast(function(*[tf.cast(t, tf.float64) for t in tensors]), tensors[0].dtype)


class Approximation:
    r"""
    A function on an interval, by polynomials on equal pieces of it.

    INPUT:

    - ``function`` -- function of mpmath's real numbers with real values, analytic in the interval or almost so at its ends, or
      the name of such a function in mpmath

    - ``low``, ``high`` -- the interval

    - ``pieces`` -- number of pieces: enough of them that the polynomials are exact to 1e-17, of which the tests assure themselves

    - ``degree`` -- of the polynomials

    OUTPUT: function on tensors of ``float64``; without meaning outside of the interval, where its gradient is not asked either

    EXAMPLES::

        sage: import tensorflow as tf, mpmath
        sage: from sage_tf.symbolic.special.approximation import Approximation
        sage: f = Approximation(lambda t: mpmath.expm1(t)/t, -1, 1, 8)
        sage: f(tf.constant([0.0r, 1.0r], tf.float64)).numpy()
        array([1.        , 1.71828183])
    """
    def __init__(self, function, low, high, pieces, degree=12):
        self._function = function
        self._low, self._pieces, self._degree = float(low), pieces, degree
        self._scale = pieces / float(high - low)

    def __call__(self, t):
        """
        Return the value at a tensor of ``float64``.
        """
        place = (t - self._low) * self._scale
        index = tf.clip_by_value(tf.cast(place, tf.int32), 0, self._pieces - 1)
        u = 2 * (place - tf.cast(index, t.dtype)) - 1
        *rest, last = (tf.constant(row) for row in self.coefficients)
        result = tf.gather(last, index)
        for row in reversed(rest):
            result = result * u + tf.gather(row, index)
        return result

    @cached_property
    def coefficients(self):
        """
        One row for each degree and one column for each piece, of the variable that goes from -1 to 1 on it.

        EXAMPLES::

            sage: from sage_tf.symbolic.special.approximation import Approximation
            sage: Approximation('exp', 0, 4, 16).coefficients.shape
            (13, 16)
        """
        import mpmath
        evaluate = getattr(mpmath, self._function) if isinstance(self._function, str) else self._function
        nodes, inverse = _interpolation(self._degree)
        with mpmath_digits(_DIGITS):
            values = np.array([[evaluate(self._low + (piece + (1 + u) / 2) / self._scale) for piece in range(self._pieces)]
                               for u in nodes])
            return inverse.dot(values).astype(float)


@lru_cache
def _interpolation(degree):
    """
    Return Chebyshev's nodes and the matrix from the values there to the coefficients of the polynomial.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.approximation import _interpolation
        sage: nodes, inverse = _interpolation(1)
        sage: inverse.dot(3 + 2*nodes).astype(float)
        array([3., 2.])
    """
    import mpmath
    with mpmath_digits(2 * _DIGITS):
        nodes = [mpmath.cos(mpmath.pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
        inverse = mpmath.inverse(mpmath.matrix([[u**j for j in range(degree + 1)] for u in nodes]))
        return np.array(nodes), np.array(inverse.tolist())
