r"""
The error function: a polynomial near 0, the complement by an exponential elsewhere

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized.error import erf
    sage: erf(tf.constant([-7r, -0.5r, 0r, 1e-20r, 2r], tf.float64)).numpy()
    array([-1.00000000e+00, -5.20499878e-01,  0.00000000e+00,  1.12837917e-20,  9.95322265e-01])

ALGORITHM: ``erf(x) = x + x p(x^2)`` below 1, and ``1 - exp(-x^2) q(1/(x + 3))`` beyond, where the complement is less than a sixth of the value. The
polynomials interpolate in zeros of Chebyshev's, see :mod:`~sage_tf.symbolic.vectorized.formats`.
"""
import tensorflow as tf
from sage.rings.integer import Integer
from sage.symbolic.constants import pi

from sage_tf.symbolic import real
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.vectorized.calls import traced
from sage_tf.symbolic.vectorized.formats import (
    DOUBLE,
    FIELD,
    SINGLE,
    chebyshev,
    fitted,
    format_of,
    horner,
    sign_bit,
    two_chains,
    with_sign,
)

NEAR_TERMS = {DOUBLE: 12, SINGLE: 6}
FAR_TERMS = {DOUBLE: 15, SINGLE: 7}
LARGEST = 6                                                     # where the error function is 1 to the last digit
POLE = 3
MIDDLE = Integer(13) / 72                                       # of 1/(x + POLE) for x from 1 to LARGEST
RADIUS = Integer(5) / 72


def _ratio_less_one(z):
    """Return ``erf(s)/s - 1`` for ``s^2 = z``."""
    s = z.sqrt()
    return s.erf() / s - 1


def _scaled_complement(t):
    """Return ``exp(x^2) erfc(x)`` for ``1/(x + POLE) = MIDDLE + t``."""
    x = 1 / (t + MIDDLE) - POLE
    return (x * x).exp() * x.erfc()


@traced
def _erf(x):
    form = format_of(x)
    size = tf.abs(x)
    z = size * size
    near = size + size * horner(fitted(_ratio_less_one, 2 / pi.sqrt() - 1, FIELD(1), NEAR_TERMS[form], form), z)
    far = tf.minimum(size, tf.constant(LARGEST, x.dtype))
    t = 1 / (far + POLE) - float(MIDDLE)
    terms = [float(c) for c in chebyshev(_scaled_complement, -RADIUS, RADIUS, FAR_TERMS[form])]
    return with_sign(tf.where(size < 1, near, 1 - tf.exp(-far * far) * two_chains(terms, t)), sign_bit(x))


erf = differentiable(_erf, real.slope_of_erf)
