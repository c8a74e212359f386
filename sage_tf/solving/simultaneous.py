r"""
All roots of many polynomials at a time

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.simultaneous import all_roots
    sage: c = tf.constant([[-6.0r, 0.0r], [11.0r, -1.0r], [-6.0r, 0.0r], [1.0r, 1.0r]], tf.float64)     # (z-1)(z-2)(z-3), z^3-z
    sage: (re, im), converged = all_roots(c, tf.zeros_like(c))
    sage: sorted(re.numpy()[:, 0].round(12)), converged.numpy()
    ([np.float64(1.0), np.float64(2.0), np.float64(3.0)], array([ True,  True]))

ALGORITHM:

The iteration of Ehrlich and Aberth, of third order, on all roots at once. The first approximations lie on circles whose radii are the slopes
of the Newton polygon: these have the sizes of the roots, however these differ. Real and imaginary parts are separate tensors with
the roots as the first axis, so that loops run over the points: XLA's divisions of complex numbers take most of the time otherwise.
A root is done when its polynomial vanishes to rounding.

REFERENCES:

- D. Bini, Numerical computation of polynomial zeros by means of Aberth's method, Numerical Algorithms 13 (1996), 179-200
"""
from math import pi

import numpy as np
import tensorflow as tf

MOST_ITERATIONS = 60
TINY = 1e-60                                                    # sizes of coefficients, below which they are taken for that


def all_roots(real, imaginary):
    r"""
    Return the roots of polynomials with complex coefficients, of degree 1 or more.

    INPUT:

    - ``real``, ``imaginary`` -- tensors of the parts of the coefficients, from the constant one on, along the first axis

    OUTPUT: two tensors with the parts of the roots along the first axis, in no order; and where all of them converged

    Where the leading coefficient is 0 there is one root less: a very large one stands for it.

    EXAMPLES:

    Sizes may be far apart::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.simultaneous import all_roots
        sage: p = prod((polygen(QQ) - r for r in [10^-6, 1, 10^6]))
        sage: c = tf.constant([float(v) for v in p.list()], tf.float64)
        sage: (re, im), converged = all_roots(c, tf.zeros_like(c))
        sage: sorted(re.numpy().tolist())                           # rel tol 1e-13
        [1e-06, 1.0, 1000000.0]
    """
    size = _size(real, imaginary)
    scale = tf.reduce_max(size, 0, keepdims=True)
    scale = tf.where(scale > 0, scale, tf.ones_like(scale))
    real, imaginary, size = real / scale, imaginary / scale, size / scale
    degree = int(real.shape[0]) - 1
    lead = tf.where(size[degree] > TINY, real[degree], tf.constant(1e-30, real.dtype))
    real = tf.concat([real[:degree], lead[None]], 0)
    size = tf.concat([size[:degree], tf.maximum(size[degree], tf.constant(1e-30, real.dtype))[None]], 0)
    re, im = _circles(size)
    unit = 2.0**-23 if real.dtype == tf.float32 else 2.0**-52

    def goes_on(count, re, im, done):
        return (count < MOST_ITERATIONS) & ~tf.reduce_all(done)

    def iterate(count, re, im, done):
        (vr, vi), (sr, si), bound = _evaluated(real, imaginary, size, re, im)
        quotient = _divided(vr, vi, sr, si)
        crowd = _crowd(re, im)
        lower = _product(*quotient, *crowd)
        step = _divided(*quotient, 1 - lower[0], -lower[1])
        ends = _size(vr, vi) <= 4 * unit * bound
        finite = tf.math.is_finite(step[0]) & tf.math.is_finite(step[1])
        ends |= finite & (_size(*step) <= unit * _size(re, im))
        moves = ~done & finite
        re, im = tf.where(moves, re - step[0], re), tf.where(moves, im - step[1], im)
        return count + 1, re, im, done | ends

    start = (tf.constant(0), re, im, tf.zeros_like(re, tf.bool))
    _, re, im, done = tf.while_loop(goes_on, iterate, start)
    return (re, im), tf.reduce_all(done, 0)


def _evaluated(real, imaginary, size, re, im):
    """Return polynomials, their derivatives and the sums of the sizes of their terms, by Horner's rule."""
    degree = int(real.shape[0]) - 1
    radius = _size(re, im)
    vr, vi, bound = [tf.broadcast_to(t[degree], tf.shape(re)) for t in (real, imaginary, size)]
    sr, si = tf.zeros_like(vr), tf.zeros_like(vr)
    for k in range(degree - 1, -1, -1):
        sr, si = sr * re - si * im + vr, sr * im + si * re + vi
        vr, vi = vr * re - vi * im + real[k], vr * im + vi * re + imaginary[k]
        bound = bound * radius + size[k]
    return (vr, vi), (sr, si), bound


def _crowd(re, im):
    """Return for each root the sum of the reciprocals of its distances from the others."""
    others = 1 - np.eye(int(re.shape[0]))
    others = tf.constant(others.reshape(others.shape + (1,) * (len(re.shape) - 1)), re.dtype)
    dr, di = re[:, None] - re[None], im[:, None] - im[None]
    square = dr * dr + di * di
    inverse = others / tf.where(square > 0, square, tf.ones_like(square))
    return tf.reduce_sum(dr * inverse, 1), -tf.reduce_sum(di * inverse, 1)


def _circles(size):
    """Return points on circles whose radii are the slopes of the Newton polygon."""
    degree = int(size.shape[0]) - 1
    height = tf.math.log(tf.maximum(size, tf.constant(TINY, size.dtype)) if size.dtype == tf.float64 else size + 1e-30)
    re, im = [], []
    for i in range(degree):
        slopes = [tf.reduce_max(tf.stack([(height[k] - height[later]) / (later - k) for k in range(i + 1)]), 0)
                  for later in range(i + 1, degree + 1)]
        radius = tf.exp(tf.reduce_min(tf.stack(slopes), 0))
        angle = 2 * pi * i / degree + 0.7 + 0.1 * i / degree
        re.append(radius * float(np.cos(angle)))
        im.append(radius * float(np.sin(angle)))
    return tf.stack(re), tf.stack(im)


def _size(re, im):
    return tf.sqrt(re * re + im * im)


def _product(ar, ai, br, bi):
    return ar * br - ai * bi, ar * bi + ai * br


def _divided(ar, ai, br, bi):
    """Return a quotient; where the divisor over- or underflows when squared it is not finite, or 0."""
    inverse = 1 / (br * br + bi * bi)
    return (ar * br + ai * bi) * inverse, (ai * br - ar * bi) * inverse
