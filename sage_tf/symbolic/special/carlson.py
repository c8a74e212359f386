r"""
Carlson's symmetric elliptic integrals and Bulirsch's complete one, on tensors

All are compositions of TensorFlow's operations with loops of a fixed length, for ``float64`` and ``complex128``. TensorFlow itself
differentiates them.

EXAMPLES::

    sage: import tensorflow as tf, mpmath
    sage: from sage_tf.symbolic.special.carlson import r_d, r_f
    sage: x, y, z = (tf.constant(float(k), tf.float64) for k in (1, 2, 3))
    sage: r_f(x, y, z).numpy(), mpmath.elliprf(1, 2, 3)
    (np.float64(0.726945935468908...), mpf('0.72694593546890...'))
    sage: r_d(x, y, z).numpy(), mpmath.elliprd(1, 2, 3)
    (np.float64(0.29046028102899...), mpf('0.29046028102899...'))

ALGORITHM:

Carlson's duplication brings the arguments together by a factor of 4 at every step; what is left is a Taylor polynomial. Bulirsch's
iteration is one of arithmetic-geometric means.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 19.36(i), https://dlmf.nist.gov/19.36

- \B. C. Carlson, *Numerical computation of real or complex elliptic integrals*, Numerical Algorithms 10 (1995)

- \R. Bulirsch, *Numerical calculation of elliptic integrals and elliptic functions III*, Numerische Mathematik 13 (1969)
"""
import numpy as np
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.special.double import nan_like

# After so many steps the polynomials are exact to rounding, for arguments as far apart as the exponents of float64 are; the means
# then agree too.
_DUPLICATIONS, _MEANS = 12, 12

# The last argument of R_J draws near to the others one step for each factor of 4; what is not near enough in the end is NaN.
_LONG_DUPLICATIONS, _NEAR = 18, 0.01

# Powers and factors of the elementary symmetric functions E2, ..., E5 in the Taylor polynomials up to degree 7.
_R_F_TERMS = (((1,), -1/10), ((0, 1), 1/14), ((2,), 1/24), ((1, 1), -3/44), ((3,), -5/208), ((0, 2), 3/104), ((2, 1), 1/16))
_R_J_TERMS = (((1,), -3/14), ((0, 1), 1/6), ((2,), 9/88), ((0, 0, 1), -3/22), ((1, 1), -9/52), ((0, 0, 0, 1), 3/26), ((3,), -1/16),
              ((0, 2), 3/40), ((1, 0, 1), 3/20), ((2, 1), 45/272), ((0, 1, 1), -9/68), ((1, 0, 0, 1), -9/68))


def repeat(step, count, *state):
    """
    Return the state after so many steps, as a loop: unrolled, XLA would take seconds to compile it.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.carlson import repeat
        sage: [t.numpy() for t in repeat(lambda a, b: (b, a + b), 10, tf.constant(0.0r), tf.constant(1.0r))]
        [np.float32(55.0), np.float32(89.0)]
    """
    def body(k, *tensors):
        return k + 1, *step(*tensors)

    return tf.while_loop(lambda k, *tensors: k < count, body, (tf.constant(0), *state), maximum_iterations=count)[1:]


def square_root(z):
    """Return the principal square root, in a complex dtype without regard to the signs of zeros."""
    return cx.sqrt(z) if z.dtype.is_complex else tf.sqrt(z)


def r_f(x, y, z):
    r"""
    Return Carlson's integral ``R_F``, of which at most one argument may be zero.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.carlson import r_f
        sage: zero, one = tf.constant(0r, tf.float64), tf.constant(1r, tf.float64)
        sage: r_f(zero, one, one).numpy(), n(pi/2)
        (np.float64(1.57079632679489...), 1.57079632679490)
    """
    first = mean = (x + y + z) / 3
    deviations = [first - x, first - y]

    def step(x, y, z, mean):
        a, b, c = square_root(x), square_root(y), square_root(z)
        shift = a * (b + c) + b * c
        return (0.25 * (t + shift) for t in (x, y, z, mean))

    mean = repeat(step, _DUPLICATIONS, x, y, z, mean)[-1]
    scale = 4.0**-_DUPLICATIONS / mean
    p, q = (d * scale for d in deviations)
    r = -p - q
    return _polynomial(_R_F_TERMS, p * q - r * r, p * q * r) / square_root(mean)


def r_j(x, y, z, p):
    r"""
    Return Carlson's integral ``R_J``, of which at most one of the first three arguments may be zero; NaN if the last one is more
    than some 10^8 times as large as the others.

    EXAMPLES::

        sage: import tensorflow as tf, mpmath
        sage: from sage_tf.symbolic.special.carlson import r_j
        sage: r_j(*(tf.constant(float(k), tf.float64) for k in (1, 2, 3, 4))).numpy(), mpmath.elliprj(1, 2, 3, 4)
        (np.float64(0.2398480997495...), mpf('0.2398480997495...'))
    """
    first = mean = (x + y + z + 2 * p) / 5
    product = (p - x) * (p - y) * (p - z)
    deviations = [first - x, first - y, first - z]

    def step(x, y, z, p, mean, total, weight):
        a, b, c, d = square_root(x), square_root(y), square_root(z), square_root(p)
        divisor = (d + a) * (d + b) * (d + c)
        shift = a * (b + c) + b * c
        total += weight / divisor * _r_c(weight * weight * weight * product / (divisor * divisor))
        return *(0.25 * (t + shift) for t in (x, y, z, p, mean)), total, 0.25 * weight

    *_, mean, total, _ = repeat(step, _LONG_DUPLICATIONS, x, y, z, p, mean, tf.zeros_like(first), tf.ones((), first.dtype))
    scale = 4.0**-_LONG_DUPLICATIONS / mean
    u, v, w = (d * scale for d in deviations)
    found = 6 * total + 4.0**-_LONG_DUPLICATIONS / (mean * square_root(mean)) * _r_j_polynomial(u, v, w, -0.5 * (u + v + w))
    return tf.where(tf.abs(u) + tf.abs(v) + tf.abs(w) < _NEAR, found, nan_like(found))


def r_d(x, y, z):
    """
    Return Carlson's integral ``R_D(x, y, z) = R_J(x, y, z, z)``.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.carlson import r_d, r_j
        sage: x, y, z = (tf.constant(float(k), tf.float64) for k in (0, 2, 1))
        sage: r_d(x, y, z).numpy(), r_j(x, y, z, z).numpy()
        (np.float64(1.79721035210338...), np.float64(1.79721035210338...))
    """
    first = mean = (x + y + 3 * z) / 5
    deviations = [first - x, first - y]

    def step(x, y, z, mean, total, weight):
        a, b, c = square_root(x), square_root(y), square_root(z)
        shift = a * (b + c) + b * c
        total += weight / (c * (z + shift))
        return *(0.25 * (t + shift) for t in (x, y, z, mean)), total, 0.25 * weight

    *_, mean, total, _ = repeat(step, _DUPLICATIONS, x, y, z, mean, tf.zeros_like(first), tf.ones((), first.dtype))
    scale = 4.0**-_DUPLICATIONS / mean
    u, v = (d * scale for d in deviations)
    w = (u + v) / -3
    return 3 * total + 4.0**-_DUPLICATIONS / (mean * square_root(mean)) * _r_j_polynomial(u, v, w, w)


def _r_j_polynomial(u, v, w, p):
    """Return the Taylor polynomial of ``R_J`` about equal arguments."""
    e2 = u * v + u * w + v * w - 3 * p * p
    e3 = u * v * w + 2 * e2 * p + 4 * p * p * p
    e4 = (2 * u * v * w + e2 * p + 3 * p * p * p) * p
    return _polynomial(_R_J_TERMS, e2, e3, e4, u * v * w * p * p)


def _polynomial(terms, *variables):
    """Return one more than the sum of terms, each given by the powers of the variables and a factor."""
    total = tf.ones_like(variables[0])
    for powers, factor in terms:
        term = None
        for variable, power in zip(variables, powers, strict=False):
            for _ in range(power):
                term = variable if term is None else term * variable
        total += factor * term
    return total


def _arc(e):
    """Return ``R_C(1, 1 + e)``, which is arctan(sqrt(e))/sqrt(e)."""
    small = tf.abs(e) < 1e-3
    near, far = tf.where(small, e, tf.zeros_like(e)), tf.where(small, tf.ones_like(e), e)
    series = _alternating(near, [1 / k for k in range(1, 15, 2)])
    if e.dtype.is_complex:
        root = cx.sqrt(far)
        return tf.where(small, series, cx.arctan(root) / root)
    positive = far > 0
    root = tf.sqrt(tf.abs(far))
    other = tf.where(positive, 0.5 * tf.ones_like(e), root)     # artanh by log1p, which XLA has as vectors
    return tf.where(small, series, tf.where(positive, tf.atan(root), 0.5 * tf.math.log1p(2 * other / (1 - other))) / root)


def _arc_slope(e):
    small = tf.abs(e) < 1e-2
    near, far = tf.where(small, e, tf.zeros_like(e)), tf.where(small, tf.ones_like(e), e)
    series = -_alternating(near, [k / (2 * k + 1) for k in range(1, 10)])
    return tf.where(small, series, (1 / (1 + far) - _r_c(far)) / (2 * far))


def _alternating(x, coefficients):
    """Return the power series of given coefficients with alternating signs."""
    total = tf.ones_like(x) * coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = c - x * total
    return total


_r_c = differentiable(_arc, _arc_slope)


def complete(gap, a, b, p=None):
    r"""
    Return the integral of ``(a*cos^2 + b*sin^2)/((cos^2 + p*sin^2)*sqrt(1 - m*sin^2))`` from 0 to pi/2, where
    m = 1 - gap.

    INPUT:

    - ``gap`` -- tensor, the complementary parameter

    - ``a``, ``b`` -- tensors or numbers

    - ``p`` -- tensor, positive if it is real; default: 1

    OUTPUT: tensor; for gap = 0 infinity, as of an integral with b > 0

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.carlson import complete
        sage: gap = tf.constant(0.5r, tf.float64)
        sage: complete(gap, 1r, 1r).numpy(), complete(gap, 1r, gap).numpy()
        (np.float64(1.8540746773013...), np.float64(1.3506438810476...))
        sage: n(elliptic_kc(1/2)), n(elliptic_ec(1/2))
        (1.85407467730137, 1.35064388104768)
        sage: complete(tf.constant(0r, tf.float64), 1r, 1r).numpy()
        np.float64(inf)
    """
    pole, one = gap == 0, tf.ones_like(gap)
    other = square_root(tf.where(pole, one, gap))
    p = one if p is None else square_root(tf.where(pole, one, p))

    def step(a, b, p, mean, other, product):
        ratio = product / p
        mean, other = mean + other, 2 * square_root(product)
        return a + b / p, 2 * (b + a * ratio), ratio + p, mean, other, other * mean

    a, b, p, mean, *_ = repeat(step, _MEANS, a * one, b * one / p, p, one, other, other)
    found = np.pi / 2 * (b + a * mean) / (mean * (mean + p))
    return tf.where(pole, 1 / gap, found)                       # the derivatives are infinite there too
