r"""
Solutions of differential equations by Taylor polynomials

EXAMPLES::

    sage: import tensorflow as tf, mpmath
    sage: from sage_tf.symbolic.special.taylor import Solution
    sage: airy = Solution(lambda c: (mpmath.airyai(c), mpmath.airyai(c, derivative=1)),
    ....:                 lambda c, a: (c*a[-2] + (a[-3] if len(a) > 2 else 0))/(len(a)*(len(a) - 1)), 0, 4, 8)
    sage: airy(tf.constant([1.0r, 3.0r], tf.float64)).numpy(), n(airy_ai(1)), n(airy_ai(3))
    (array([0.13529242, 0.00659114]), 0.135292416312881, 0.00659113935746072)
"""
from functools import cached_property

import numpy as np

from sage_tf.symbolic.special.approximation import Approximation
from sage_tf.symbolic.threads import mpmath_digits

# Decimal digits with which the solutions are computed, and those that are kept from one piece to the next.
DIGITS, _KEPT = 36, 28


class Solution(Approximation):
    r"""
    A solution of a linear differential equation of second order on an interval that begins at 0 or above, by Taylor polynomials on pieces.

    INPUT:

    - ``initial`` -- function of mpmath that gives the value and the derivative at a point

    - ``following`` -- function of a point and the list of the coefficients about it up to some degree that returns the next one

    - ``continued`` -- whether ``initial`` is asked only at the end of the interval, and the solution continued from there; that keeps
      its digits if downwards it grows at least as fast as other solutions

    - ``low``, ``high``, ``pieces``, ``degree`` -- as for :class:`~sage_tf.symbolic.special.approximation.Approximation`

    EXAMPLES::

        sage: import tensorflow as tf, mpmath
        sage: from sage_tf.symbolic.special.taylor import Solution
        sage: sine = Solution(lambda c: (mpmath.sin(c), mpmath.cos(c)),
        ....:                 lambda c, a: -a[-2]/(len(a)*(len(a) - 1)), 0, 8, 16)
        sage: sine(tf.constant([0.5r, 8.0r], tf.float64)).numpy(), sin(0.5), sin(8.0)
        (array([0.47942554, 0.98935825]), 0.479425538604203, 0.989358246623382)
    """
    def __init__(self, initial, following, low, high, pieces, degree=16, continued=False):
        super().__init__(None, low, high, pieces, degree)
        self._initial, self._following, self._continued = initial, following, continued

    @cached_property
    def coefficients(self):
        """
        One row for each degree and one column for each piece, of the variable that goes from -1 to 1 on it.
        """
        import mpmath
        with mpmath_digits(DIGITS):
            width, column, table = 1 / mpmath.mpf(self._scale), None, []
            for piece in reversed(range(self._pieces)):
                center = self._low + (piece + mpmath.mpf(1) / 2) * width
                initial = _derivatives(column, -width, 2) if column and self._continued else self._initial(center)
                column = self._extended(center, list(initial), width)
                table.append([float(a * (width / 2)**k) for k, a in enumerate(column[:self._degree + 1])])
        return np.array(table[::-1]).T

    def _extended(self, center, column, width):
        """Return the coefficients about a point, so many that they serve at a distance of a width too if that is needed."""
        import mpmath
        size, small = abs(column[0]) + width * abs(column[1]), mpmath.mpf(10)**-_KEPT
        while len(column) <= self._degree or self._continued and abs(column[-1]) * width**(len(column) - 1) > small * size:
            column.append(self._following(center, column))
        return column


def _derivatives(coefficients, step, count):
    """Return the first coefficients about another point of a polynomial, by Horner's rule repeated."""
    found = list(coefficients)
    for k in range(count):
        for j in range(len(found) - 2, k - 1, -1):
            found[j] += step * found[j + 1]
    return found[:count]
