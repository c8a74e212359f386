r"""
Definite integrals of functions on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.quadrature import integrated
    sage: zero, p = tf.zeros(2r, tf.float64), tf.constant([1.0r, 2.0r], tf.float64)
    sage: f, after, before = (lambda t, a, b: tf.exp(-t)), (lambda s, a, b: tf.exp(-(a + s))), (lambda s, a, b: tf.exp(-(b - s)))
    sage: integrated(f, after, before)(zero, p).numpy(), integrated(f, after, before, upper=False)(zero, zero).numpy()
    (array([0.63212056, 0.86466472]), array([1., 1.]))

ALGORITHM:

The range is mapped to the real line by a double exponential transformation, under which integrands with singularities at the ends, and
those on infinite ranges, decay rapidly, and the trapezoidal rule is applied with two steps. Where these disagree, as for
integrands with kinks, jumps or many oscillations, the transformed integral is computed once more, by bisecting always the interval with
the largest error, with rules of Gauss and Legendre. A value whose estimated error is larger than ``TOLERANCE`` times the
integral of the absolute value is replaced by NaN, and so is one whose integrand has not decayed at the ends of the representable
range, or is NaN at a point that matters.

REFERENCES:

- H. Takahasi and M. Mori, *Double exponential formulas for numerical integration*, Publ. RIMS 9 (1974), 721-741

- R. Piessens, E. de Doncker-Kapenga, C. W. Überhuber and D. K. Kahaner, *QUADPACK*, Springer, 1983
"""
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import broadcast

#: The error of an integral relative to the integral of the absolute value beyond which the result is NaN.
TOLERANCE = 1e-10

# Points of the batch that are treated together: their nodes should fit the cache.
_CHUNK = 2048

# Step of the trapezoidal rule, and relative size of a term that cannot matter.
_STEP, _TINY = 1 / 16, 1e-18

# Intervals at the end of bisection.
_MOST = 128


def integrated(function, after, before, lower=True, upper=True):
    r"""
    Return the integral of a function as a function of its limits.

    INPUT:

    - ``function`` -- function of tensors ``t, lower, upper, *parameters`` that broadcast, real or complex of double precision

    - ``after``, ``before`` -- the same as functions of the distance from the lower and from the upper limit, instead of ``t``

    - ``lower``, ``upper`` -- whether the limits are finite (default: ``True``)

    OUTPUT: function of tensors of one shape, ``lower, upper, *parameters``; infinite limits are ignored

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.quadrature import integrated
        sage: a, b = tf.constant([-1.0r, 0.0r], tf.float64), tf.constant([2.0r, 2.0r], tf.float64)
        sage: f = lambda t, lower, upper: tf.abs(t - 0.3r)
        sage: integrated(f, lambda s, a, b: f(a + s, a, b), lambda s, a, b: f(b - s, a, b))(a, b).numpy()
        array([2.29, 1.49])
        sage: f = lambda t, lower, upper: 1r/t
        sage: integrated(f, lambda s, a, b: f(a + s, a, b), lambda s, a, b: f(b - s, a, b))(a, b).numpy()
        array([nan, nan])
    """
    transformed = {(True, True): partial(_finite, after, before), (True, False): partial(_half_line, after),
                   (False, True): partial(_half_line, before), (False, False): partial(_line, function)}[lower, upper]

    def value(lower, upper, *parameters):
        shape = tf.shape(lower)
        # The derivatives are the caller's: nothing below is to be differentiated.
        columns = [tf.stop_gradient(tf.reshape(t, [-1])) for t in (lower, upper, *parameters)]
        found = _in_chunks(partial(_integral, transformed), columns)
        return tf.ensure_shape(tf.reshape(found, shape), lower.shape)

    return value


def fixed(function):
    r"""
    Return the integral of a function between finite limits by the rules of Gauss and Legendre with 48 and 24 nodes.

    It is differentiated by TensorFlow, together with whatever the function has for weights. Where the rules differ by more than 1e-3 of
    the integral of the absolute value the result is NaN.

    INPUT, OUTPUT: as for :func:`integrated`

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.quadrature import fixed
        sage: fixed(lambda t, lower, upper: t^2r)(tf.constant(0.0r, tf.float64), tf.constant([1.0r, 3.0r], tf.float64)).numpy()
        array([0.33333333, 9.        ])
    """
    def rule(count, lower, upper, *parameters):
        nodes, weights = np.polynomial.legendre.leggauss(count)
        shape = [count] + [1] * lower.shape.rank
        places, weights = (tf.cast(tf.reshape(tf.constant(t / 2), shape), lower.dtype) for t in (nodes + 1, weights))
        terms = function(lower + (upper - lower) * places, lower, upper, *parameters) * (upper - lower) * weights
        return tf.reduce_sum(terms, axis=0), tf.reduce_sum(tf.abs(terms), axis=0)

    def value(*arguments):
        arguments = broadcast(*arguments)
        found, scale = rule(48, *arguments)
        other, _ = rule(24, *arguments)
        return tf.where(tf.abs(found - other) <= 1e-3 * scale, found, _nan(found))

    return value


def _in_chunks(function, columns):
    """Return the values of a function of vectors, called with a part of them at a time."""
    count = columns[0].shape[0]
    if count is not None and count <= _CHUNK:
        return function(*columns)
    size = tf.shape(columns[0])[0] if count is None else count
    chunks = (size + _CHUNK - 1) // _CHUNK
    padded = [tf.reshape(tf.pad(c, [[0, chunks*_CHUNK - size]]), [-1, _CHUNK]) for c in columns]
    found = tf.map_fn(lambda parts: function(*parts), tuple(padded), fn_output_signature=columns[0].dtype)
    return tf.reshape(found, [-1])[:size]


def _integral(transformed, lower, upper, *parameters):
    """Return the integral for vectors of limits and parameters."""
    def at(tau):
        return transformed(tau, lower, upper, *parameters)

    value, scale, error, valid, start, end = _trapezoidal(at)
    done = error <= TOLERANCE * scale
    better, scale, error = _bisected(at, value.dtype, start, end, valid & ~done)
    is_accurate = tf.math.is_finite(scale) & (error <= TOLERANCE * scale)
    return tf.where(valid, tf.where(done, value, tf.where(is_accurate, better, _nan(value))), _nan(value))


# -- transformations: the integrand at tau, times the slope of the transformation --------------------------------------

def _finite(after, before, tau, lower, upper, *parameters):
    """Return the transformed integrand on a finite range; each half keeps its distance from its end."""
    part = tf.exp(-np.pi * tf.sinh(tf.abs(tau)))
    part = part / (1 + part)                                                    # relative distance from the nearest end
    distance = tf.cast(part, lower.dtype) * (upper - lower)
    slope = tf.cast(np.pi * tf.cosh(tau) * part * (1 - part), lower.dtype) * (upper - lower)
    if isinstance(tau, np.ndarray):
        middle = int(np.sum(tau < 0))
        value = tf.concat([after(distance[:middle], lower, upper, *parameters),
                           before(distance[middle:], lower, upper, *parameters)], axis=0)
    else:
        value = tf.where(tau < 0, *(function(distance, lower, upper, *parameters) for function in (after, before)))
    return _product(value, slope)


def _half_line(function, tau, lower, upper, *parameters):
    """Return the transformed integrand on a range with one infinite end, as a function of the distance from the other."""
    distance = tf.exp(np.pi / 2 * tf.sinh(tau))
    slope = tf.cast(np.pi / 2 * tf.cosh(tau) * distance, lower.dtype)
    return _product(function(tf.cast(distance, lower.dtype), lower, upper, *parameters), slope)


def _line(function, tau, lower, upper, *parameters):
    """Return the transformed integrand on the whole line."""
    inner = np.pi / 2 * tf.sinh(tau)
    slope = tf.cast(np.pi / 2 * tf.cosh(tau) * tf.cosh(inner), lower.dtype)
    return _product(function(tf.cast(tf.sinh(inner), lower.dtype), lower, upper, *parameters), slope)


def _product(value, slope):
    """Return a product that is 0 where the value is."""
    return tf.where(tf.equal(value, 0), tf.zeros_like(slope), value * slope)


# -- rules -------------------------------------------------------------------------------------------------------------

# Half of the length of the transformed range: the distance from an end goes down to 1e-292.
_LENGTH = 6


def _trapezoidal(at):
    """
    Return the value, that for the absolute value, the error, whether the integrand has decayed, and the range of tau that matters.
    """
    count = int(2 * _LENGTH / _STEP) + 1
    tau = np.linspace(-_LENGTH, _LENGTH, count)
    terms = at(tau[:, None])
    size = tf.abs(terms)
    finite = tf.math.is_finite(size)
    size = tf.where(finite, size, tf.zeros_like(size))
    largest = tf.reduce_max(size, axis=0)
    matters = size > _TINY * largest
    first = tf.maximum(tf.argmax(matters, axis=0) - 1, 0)                      # one node more on both sides
    last = tf.minimum(count - tf.argmax(tf.reverse(matters, [0]), axis=0), count - 1)
    place = tf.constant(np.arange(count)[:, None])
    inside = (place >= first) & (place <= last) & (largest > 0)
    ends = tf.maximum(size[0], size[-1])
    terms = tf.where(finite, terms, tf.zeros_like(terms))
    scale = _STEP * tf.reduce_sum(size, axis=0)
    valid = tf.reduce_all(finite | ~inside, axis=0) & (ends <= TOLERANCE * scale) & (tf.reduce_any(finite, axis=0))
    value, coarse = _STEP * tf.reduce_sum(terms, axis=0), 2 * _STEP * tf.reduce_sum(terms[::2], axis=0)
    times = tf.constant(tau)
    return value, scale, tf.abs(value - coarse), valid, tf.gather(times, first), tf.gather(times, last)


def _bisected(at, dtype, start, end, wanted):
    """
    Return the value, that for the absolute value and the error of the transformed integral, by bisection, where it is wanted.

    The error of both halves of an interval is the difference of their sum to the value for the whole.
    """
    here = tf.equal(tf.range(_MOST)[:, None], 0)                                # at first there is one interval
    left, width = (tf.where(here, t, tf.zeros_like(t)) for t in (start, end - start))
    error = tf.where(here & wanted, tf.constant(np.inf, start.dtype), tf.zeros_like(left))
    size = tf.zeros_like(left)
    value = tf.cast(size, dtype)

    def is_open(k, left, width, value, size, error):
        return (k < _MOST) & tf.reduce_any(tf.reduce_sum(error, axis=0) > TOLERANCE * tf.reduce_sum(size, axis=0))

    def bisect(k, *columns):
        worst = tf.argmax(columns[-1], axis=0, output_type=tf.int32)
        here = tf.equal(tf.range(_MOST)[:, None], worst)
        at_left, at_width, whole = (tf.reduce_sum(tf.where(here, c, tf.zeros_like(c)), axis=0) for c in columns[:3])
        halves = tf.stack([at_left, at_left + at_width / 2]), tf.stack([at_width / 2] * 2)
        values, sizes = _gauss(at, *halves)
        errors = tf.stack([tf.abs(whole - values[0] - values[1]) / 2] * 2)
        there = tf.equal(tf.range(_MOST)[:, None], k)
        return k + 1, *(tf.where(here, new[0], tf.where(there, new[1], old))
                        for new, old in zip((*halves, values, sizes, errors), columns, strict=True))

    _, _, _, value, size, error = tf.while_loop(is_open, bisect, (tf.constant(1), left, width, value, size, error))
    return tuple(tf.reduce_sum(t, axis=0) for t in (value, size, error))


def _gauss(at, left, width):
    """Return the integrals of the transformed integrand and of its absolute value over the rows of intervals."""
    nodes, weights = np.polynomial.legendre.leggauss(12)
    tau = left[:, None] + width[:, None] * tf.constant((nodes[:, None] + 1) / 2)
    terms = tf.reshape(at(tf.reshape(tau, [-1, tf.shape(left)[1]])), tf.shape(tau))
    terms = tf.ensure_shape(terms, tau.shape)
    weighted = width[:, None] * tf.constant(weights[:, None] / 2)
    value = tf.reduce_sum(terms * tf.cast(weighted, terms.dtype), axis=1)
    return value, tf.reduce_sum(tf.abs(terms) * weighted, axis=1)


def _nan(like):
    """Return NaN of the dtype of a tensor."""
    return tf.constant(np.nan, like.dtype)
