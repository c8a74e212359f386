r"""
Incomplete gamma functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.incomplete_gamma import ROWS
    sage: ROWS['gamma_inc'].real(tf.constant([0.5r, 2.0r], tf.float64), tf.constant(1.5r, tf.float64)).numpy()
    array([0.14758251, 0.5578254 ])
    sage: gamma(0.5, 1.5), gamma(2.0, 1.5)
    (0.147582513204096, 0.557825400371075)

ALGORITHM:

For real arguments the upper function is Legendre's continued fraction for x >= 1 and x >= a + 1. Before, it is the complete function
times TensorFlow's regularized one for a >= 1/2, and for smaller a the recurrence in a from the interval [-1/2, 1/2], where the pole of gamma
and that of the power series are taken together. Below x = 0 it is real for a natural a only, and comes from the power series. The lower function is
a power series or the difference of the complete and the upper function. For complex arguments, and derivatives by a, mpmath.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 8.7.1, 8.7.3, 8.8.2 and 8.9.2, https://dlmf.nist.gov/8

- Walter Gautschi, A computational procedure for incomplete gamma functions, ACM Transactions on Mathematical Software 5 (1979)
"""
import numpy as np
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic import real as re
from sage_tf.symbolic.gamma import gamma
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import Approximation, in_float64
from sage_tf.symbolic.special.host import by_mpmath

# The series and fractions have converged long before.
_STEPS = 2000

# Down to this a the recurrence is followed.
_LEAST = -1000


def _mp_regular(a):
    """Return ``gamma(a) - 1/a`` for mpmath's numbers."""
    import mpmath
    return mpmath.gamma(a) - 1 / a


_REGULAR = Approximation(_mp_regular, -1 / 2, 1 / 2, 16)


def _until_settled(step, *start, tolerance=1e-17):
    """Return the first of the tensors that a step takes and returns, until the last, a correction, is negligible."""
    def unsettled(k, value, *rest):
        return tf.reduce_any(tf.abs(rest[-1]) > tolerance * tf.abs(value))

    return tf.while_loop(unsettled, lambda k, *state: (k + 1, *step(k, *state)), (tf.ones([], tf.float64), *start),
                         maximum_iterations=_STEPS)[1]


def _power_times_exp(a, x):
    """Return ``x^a e^-x`` for x >= 0, also where one of the factors overflows; by a logarithm only there, as it loses digits."""
    logarithm = a * tf.math.log(x)
    return tf.where((tf.abs(logarithm) < 1200) & (x < 1200), tf.square(tf.pow(x, a / 2) * tf.exp(-x / 2)), tf.exp(logarithm - x))


def _by_fraction(a, x):
    """Return the upper function by its continued fraction (Lentz's method)."""
    def step(k, value, c, d, change):
        numerator, b = -k * (k - a), x + 2 * k + 1 - a
        d = 1 / (b + numerator * d)
        c = b + numerator / c
        return value * (c * d), c, d, (c * d - 1) * value

    b = x + 1 - a
    return _power_times_exp(a, x) / _until_settled(step, b, b, tf.zeros_like(b), b, tolerance=3e-16)


def _by_regularized(a, x):
    return gamma(a) * tf.math.igammac(a, x)


def _alternating(a, x):
    """Return the sum of ``(-x)^k/(k! (a + k))`` over k >= 1."""
    def step(k, value, power, change):
        power = -power * x / k
        change = power / (a + k)
        return value + change, power, change

    return _until_settled(step, tf.zeros_like(x), tf.ones_like(x), tf.ones_like(x))


def _from_center(a, x):
    """Return the upper function for a < 1/2 and 0 < x < 1."""
    center = a - tf.round(a)
    logarithm = tf.math.log(x)
    is_zero = center == 0
    rise = tf.math.expm1(center * logarithm) / tf.where(is_zero, tf.ones_like(a), center)
    value = _REGULAR(center) - tf.where(is_zero, logarithm, rise) - tf.pow(x, center) * _alternating(center, x)

    def step(k, value, change):
        below = center - k
        found = (value - tf.pow(x, below) * tf.exp(-x)) / below
        there = below >= a - 0.25
        return tf.where(there, found, value), tf.where(there, found, tf.zeros_like(x))

    return _until_settled(step, value, value)


def _ascending(a, x):
    """Return the lower function for a > 0 and 0 <= x < a + 1, by a series of positive terms."""
    def step(k, value, term):
        term = term * x / (a + k)
        return value + term, term

    return _power_times_exp(a, x) * _until_settled(step, 1 / a, 1 / a)


def _by_powers(a, x):
    """Return the lower function for small x > 0, or for a natural a and x < 0."""
    sign = tf.where((x < 0) & (a != 2 * tf.round(a / 2)), -tf.ones_like(a), tf.ones_like(a))
    return sign * tf.pow(tf.abs(x), a) * (1 / a + _alternating(a, x))


def _remainder(function):
    return lambda a, x: gamma(a) - function(a, x)


def _selected(a, x, *choices):
    """Return the first function whose mask holds, NaN for none; to the others go arguments, given too, that do not hurt them."""
    found = tf.fill(tf.shape(x), tf.constant(np.nan, x.dtype))
    for mask, function, other_a, other_x in reversed(choices):
        at = [tf.where(mask, t, tf.constant(other, t.dtype)) for t, other in ((a, other_a), (x, other_x))]
        found = tf.where(mask, function(*at), found)
    return found


def _upper(a, x):
    far = x >= tf.maximum(tf.ones_like(a), a + 1)
    near = (x >= 0) & ~far
    return _selected(
        a, x,
        (x == 0, lambda a, x: gamma(a), 1.0, 0.0),              # as to Sage for all a
        (far, _by_fraction, 1.0, 2.0),
        (near & (a >= 0.5), _by_regularized, 1.0, 1.0),
        (near & (a < 0.5) & (a >= _LEAST), _from_center, 0.0, 0.5),
        ((x < 0) & (a > 0) & (a == tf.round(a)), _remainder(_by_powers), 1.0, -1.0))


def _lower(a, x):
    whole = a == tf.round(a)
    return _selected(
        a, x,
        (x == 0, lambda a, x: tf.zeros_like(x), 1.0, 0.0),      # as to Sage for all a
        ((x >= 0) & (a > 0) & (x < a + 1), _ascending, 1.0, 1.0),
        ((x >= 1) & ((a > 0) | ~whole), _remainder(_by_fraction), 1.0, 2.0),
        ((x >= 0) & (a < 0) & ~whole, _by_powers, 1.0, 1.0),
        ((x < 0) & (a > 0) & whole, _by_powers, 1.0, -1.0))


# -- the rows ----------------------------------------------------------------------------------------------------------

def _mp_upper(a, z):
    import mpmath
    return mpmath.gammainc(a, z)


def _mp_lower(a, z):
    import mpmath
    return mpmath.gammainc(a, 0, z)


def _density(a, z):
    """Return ``z^(a - 1) e^-z``, the derivative of the lower function."""
    power = cx.power if z.dtype.is_complex else re.power
    return power(z, a - 1) * tf.exp(-z)


def _row(value, function, sign):
    """Return a row, given the function of float64, that of mpmath, and the sign of its derivative."""
    partials = lambda a, z: by_mpmath(function, 2, (1, 0))(a, z), lambda a, z: sign * _density(a, z)
    value = in_float64(value)

    def of_constant(constants, dtype):
        """Leave out the derivative by a constant, for XLA does not compile it."""
        if constants[0] is None or dtype.is_complex:
            return None
        number = float(constants[0])

        def fixed(x):
            return tf.fill(tf.shape(x), tf.constant(number, x.dtype))

        in_argument = differentiable(lambda x: value(fixed(x), x), lambda x: sign * _density(fixed(x), x))
        return lambda a, x: in_argument(x + tf.zeros_like(a))

    return Row(differentiable(value, *partials), by_mpmath(function, 2, partials=partials), 2, 'composition',
               'complex arguments and the derivative by the first one on the host', of_constant)


ROWS = {'gamma_inc': _row(_upper, _mp_upper, -1), 'gamma_inc_lower': _row(_lower, _mp_lower, 1)}
