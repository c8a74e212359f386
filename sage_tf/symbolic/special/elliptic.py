r"""
Elliptic integrals

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.elliptic import ROWS
    sage: ROWS['elliptic_kc'].real(tf.constant([0r, 0.5r], tf.float64)).numpy(), n(elliptic_kc(1/2))
    (array([1.57079633, 1.85407468]), 1.85407467730137)
    sage: ROWS['elliptic_f'].real(tf.constant(2r, tf.float64), tf.constant([0.5r, 2r], tf.float64)).numpy()
    array([2.44438264,        nan])
    sage: n(elliptic_f(2, 1/2)), n(elliptic_f(2, 2))
    (2.44438263606112, 1.31102877714606 - 1.77073170766946*I)

ALGORITHM:

Complete integrals by Bulirsch's means. Incomplete ones by the multiple of pi next to the amplitude, and Carlson's
integrals for the rest; for 0 < m <= 1 that of the second kind is the sum of which all terms are positive.

The first derivatives by the parameter are integrals of the same kinds, without the divisions by m and 1 - m of the usual rules. The
others are TensorFlow's of the algorithm.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 19.2, 19.25.5, 19.25.9, 19.25.10 and 19.25.14, https://dlmf.nist.gov/19.25
"""
import tensorflow as tf

from sage_tf.symbolic.gradients import broadcast, differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.carlson import complete, r_d, r_f, r_j, square_root
from sage_tf.symbolic.special.double import in_double, slope
from sage_tf.symbolic.special.host import by_mpmath

# pi in two parts, the first of which has so few digits that its multiples are exact.
_PI_HIGH, _PI_LOW = 3.1415926534682512, 1.2154201013012384e-10


def _reduced(phi):
    """Return the multiple of pi next to an amplitude, as a number, and what is left."""
    if phi.dtype.is_complex:
        count = tf.cast(tf.round(tf.math.real(phi) / (_PI_HIGH + _PI_LOW)), phi.dtype)
    else:
        count = tf.round(phi / (_PI_HIGH + _PI_LOW))
    count = tf.stop_gradient(count)
    return count, (phi - count * _PI_HIGH) - count * _PI_LOW


def _incomplete(phi, m, rest, whole):
    r"""
    Return an integral from 0 to an amplitude.

    INPUT:

    - ``rest`` -- function of the sine, the squared cosine and ``1 - m*sin^2`` of an amplitude between -pi/2 and pi/2

    - ``whole`` -- function of the parameter, the integral from 0 to pi/2
    """
    count, left = _reduced(phi)
    sine, cosine = tf.sin(left), tf.cos(left)
    found = rest(sine, cosine * cosine, 1 - m * sine * sine)
    near = count == 0
    period = 2 * count * whole(tf.where(near, tf.zeros_like(m), m))
    return tf.where(near, found, found + period)


def _delta(phi, m):
    """Return the root of ``1 - m*sin(phi)^2``."""
    sine = tf.sin(phi)
    return square_root(1 - m * sine * sine)


# -- the integrals by which the derivatives are made -------------------------------------------------------------------

def _sine_over_delta(phi, m):
    """Return the integral of ``sin^2/delta``."""
    def rest(s, c2, q):
        return s * s * s / 3 * r_d(c2, q, tf.ones_like(q))

    return _incomplete(phi, m, rest, lambda m: complete(1 - m, 0.0, 1.0))


def _sine_over_cube(phi, m):
    """Return the integral of ``sin^2/delta^3``."""
    def rest(s, c2, q):
        return s * s * s / 3 * r_d(c2, tf.ones_like(q), q)

    return _incomplete(phi, m, rest, lambda m: complete(1 - m, 0.0, 1.0, 1 - m))


# -- of the first and second kind --------------------------------------------------------------------------------------

def _first(phi, m):
    return _incomplete(phi, m, lambda s, c2, q: s * r_f(c2, q, tf.ones_like(q)), _complete_first)


def _second(phi, m):
    def rest(s, c2, q):
        one = tf.ones_like(q)
        if q.dtype.is_complex:
            return s * (r_f(c2, q, one) - m * s * s / 3 * r_d(c2, q, one))
        inner = (m > 0) & (m <= 1)
        third = m * s * s / 3 * r_d(c2, tf.where(inner, one, q), tf.where(inner, q, one))
        first = r_f(c2, q, one)
        root = tf.sqrt(tf.where(inner, q, one))
        return s * tf.where(inner, (1 - m) * (first + third) + m * tf.sqrt(c2 / tf.where(root == 0, one, root * root)), first - third)

    return _incomplete(phi, m, rest, _complete_second)


def _complete_first(m):
    return complete(1 - m, 1.0, 1.0)


def _complete_second(m):
    gap = tf.where(m == 1, tf.ones_like(m), 1 - m)
    return tf.where(m == 1, tf.ones_like(m), complete(gap, 1.0, gap))


elliptic_f = differentiable(_first, lambda phi, m: 1 / _delta(phi, m), lambda phi, m: 0.5 * sine_over_cube(phi, m))
elliptic_e = differentiable(_second, _delta, lambda phi, m: -0.5 * sine_over_delta(phi, m))
elliptic_kc = differentiable(_complete_first, lambda m: 0.5 * complete(1 - m, 0.0, 1.0, 1 - m))
elliptic_ec = differentiable(_complete_second, lambda m: -0.5 * complete(1 - m, 0.0, 1.0))
sine_over_cube = differentiable(_sine_over_cube, lambda phi, m: tf.sin(phi)**2 / _delta(phi, m)**3, slope(_sine_over_cube, 1))
sine_over_delta = differentiable(_sine_over_delta, lambda phi, m: tf.sin(phi)**2 / _delta(phi, m), slope(_sine_over_delta, 1))


# -- of the third kind -------------------------------------------------------------------------------------------------

def _third(n, phi, m):
    def rest(s, c2, q):
        one = tf.ones_like(q)
        return s * (r_f(c2, q, one) + n * s * s / 3 * r_j(c2, q, one, 1 - n * s * s))

    def whole(m):
        inside = n < 1                                          # or the integral over a whole period is infinite
        found = complete(1 - m, 1.0, 1.0, tf.where(inside, 1 - n, tf.ones_like(n)))
        return tf.where(inside, found, tf.constant(float('nan'), n.dtype))

    return _incomplete(phi, m, rest, whole)


@tf.custom_gradient
def _third_kind(n, phi, m):
    """Return the integral of tensors of one shape; the derivatives by n and m are made together."""
    def gradient(upstream):
        here = [tf.identity(t) for t in (n, phi, m)]            # two arguments may be one tensor
        with tf.GradientTape() as tape:
            tape.watch([here[0], here[2]])
            value = _third(*here)
        by_n, by_m = tape.gradient(value, [here[0], here[2]])
        sine = tf.sin(phi)
        return upstream * by_n, upstream / ((1 - n * sine * sine) * _delta(phi, m)), upstream * by_m

    return _third(n, phi, m), gradient


def elliptic_pi(n, phi, m):
    """Return the integral of the third kind of real tensors."""
    return _third_kind(*broadcast(n, phi, m))


_pi_on_host = by_mpmath('ellippi', 3)

ROWS = {
    'elliptic_e': Row(in_double(elliptic_e), in_double(elliptic_e), 2, 'composition'),
    'elliptic_ec': Row(in_double(elliptic_ec), in_double(elliptic_ec), 1, 'composition'),
    'elliptic_f': Row(in_double(elliptic_f), in_double(elliptic_f), 2, 'composition'),
    'elliptic_kc': Row(in_double(elliptic_kc), in_double(elliptic_kc), 1, 'composition'),
    'elliptic_pi': Row(in_double(elliptic_pi), _pi_on_host, 3, 'composition', 'complex arguments on the host'),
}
