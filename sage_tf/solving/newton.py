r"""
Newton's method, damped, for many points at a time

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.equations import Equations
    sage: from sage_tf.solving.newton import newton
    sage: y, a = var('y, a')
    sage: e = Equations([y*exp(y) - a], [y], [a], tf.float64)
    sage: found = newton(e, [tf.constant([0.0r, 1.0r, 1e9r], tf.float64)], [tf.ones(3r, tf.float64)])
    sage: found.roots[0].numpy()
    array([ 0.        ,  0.56714329, 17.84172597])
    sage: [n(lambert_w(v)) for v in (1, 10^9)]
    [0.567143290409784, 17.8417259674215]
    sage: found.converged.numpy()
    array([ True,  True,  True])

ALGORITHM:

Each step is taken where it makes the equations, weighted by the sizes of their terms at the start, smaller by a fraction, and halved
where not. A point is done when its equations hold to rounding, or when a step is below that. Every iteration evaluates equations and
derivatives once for all points; those that are done stay what they are.

REFERENCES:

- P. Deuflhard, Newton Methods for Nonlinear Problems, Springer 2011, chapter 3
"""
from collections import namedtuple

import tensorflow as tf

from sage_tf.solving.elimination import solved
from sage_tf.symbolic.vectorized.calls import admit, within_reach

#: Roots (a list of tensors, one for each unknown), where they are roots, after how many iterations, and what the equations lack to 0.
Found = namedtuple('Found', 'roots converged iterations residual')

MOST_ITERATIONS = 100
ROUNDING = 8                                                    # units of rounding to which equations hold
SHORTEST = 2.0**-14                                             # share of a step, after which it is taken for better or worse
LONGEST = 100.0                                                 # a step, in units of 1 + the size of the unknown


def newton(equations, parameters, start, most=MOST_ITERATIONS, vectorized=False):
    r"""
    Return the roots to which Newton's method comes from given points.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations`

    - ``parameters``, ``start`` -- lists of tensors of one shape, the latter for the unknowns

    - ``most`` -- the most iterations

    - ``vectorized`` -- whether XLA will compile this for a CPU

    OUTPUT: :class:`Found`, with the last point where there was no convergence
    """
    shape = start[0].shape if start[0].shape.is_fully_defined() else tf.shape(start[0])
    here = _Here(equations, parameters, shape, vectorized)
    first, outside = here.evaluated(start)
    scale = [tf.where(t > 0, t, tf.ones_like(t)) for t in first.sizes]
    step, merit, done = here.direction(first, start), _merit(first.values, scale), here.holds(first, start)
    real = merit.dtype
    state = (tf.constant(0), outside, start, step, merit, tf.ones(shape, real), done, tf.zeros(shape, tf.int32),
             _largest(first.values))

    def goes_on(count, outside, y, step, merit, share, done, iterations, residual):
        return (count < most) & ~tf.reduce_all(done)

    def iterate(count, outside, y, step, merit, share, done, iterations, residual):
        factor = tf.cast(share, y[0].dtype)
        trial = [a + factor * b for a, b in zip(y, step, strict=True)]
        at, beyond = here.evaluated(trial)
        reached = _merit(at.values, scale)
        ends = here.holds(at, trial)
        takes = ends | (reached <= (1 - 0.1 * share) * merit) | (share <= SHORTEST) & _is_finite(reached)
        takes &= ~done
        onward = here.direction(at, trial)
        ends = takes & (ends | _is_small(onward, trial))
        share = tf.where(takes, tf.minimum(tf.ones_like(share), 4 * share), share / 2)
        new = (count + 1, outside | beyond, _chosen(takes, trial, y), _chosen(takes, onward, step), tf.where(takes, reached, merit), share,
               done | ends, iterations + tf.cast(~done, tf.int32), tf.where(takes, _largest(at.values), residual))
        for t, old in zip(tf.nest.flatten(new), tf.nest.flatten(state), strict=True):
            t.set_shape(old.shape)
        return new

    _, outside, y, step, _, _, done, iterations, residual = tf.while_loop(goes_on, iterate, state)
    admit(outside, real)
    last = [a + b for a, b in zip(y, step, strict=True)]        # the step that is known anyway
    small = [_is_finite(b) & (tf.abs(b) <= 1e-6 * tf.abs(a)) & done for a, b in zip(y, step, strict=True)]
    return Found([tf.where(s, b, a) for s, b, a in zip(small, last, y, strict=True)], done, iterations, residual)


class _Here:
    """Equations at parameters that stay the same."""

    def __init__(self, equations, parameters, shape, vectorized):
        self._equations, self._parameters, self._shape, self._vectorized = equations, parameters, shape, vectorized
        self._unit = _epsilon(equations.dtype)

    def evaluated(self, y):
        """Return the equations at a point, and whether an argument was out of the reach of vectorized functions."""
        with within_reach() as reach:
            at = self._equations.at(self._parameters, y, self._vectorized)
            full = [tf.broadcast_to(t, self._shape) for t in (*at.values, *at.sizes)]
            outside = reach.exceeded() if self._vectorized else tf.constant(False)
        count = len(y)
        return at._replace(values=full[:count], sizes=full[count:]), outside

    def direction(self, at, y):
        """Return the step of Newton, another one where it is not finite, and none longer than is sensible."""
        step = solved(at.jacobian, [-t for t in at.values])
        finite = _is_finite(sum(map(tf.abs, step)))
        sizes = [1 + tf.abs(t) for t in y]
        step = [tf.where(finite, s, tf.cast(0.1 * size, s.dtype)) for s, size in zip(step, sizes, strict=True)]
        excess = sum(tf.abs(s) / size for s, size in zip(step, sizes, strict=True)) / LONGEST
        factor = tf.cast(1 / tf.maximum(excess, tf.ones_like(excess)), step[0].dtype)
        return [tf.broadcast_to(s * factor, self._shape) for s in step]

    def holds(self, at, y):
        """Return where the equations hold to the rounding of their terms and of the unknowns."""
        return holds(at, y, ROUNDING * self._unit)


def holds(at, unknowns, tolerance):
    """
    Return where equations hold, relative to the sizes of their terms and to how they change with the unknowns.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.equations import At
        sage: from sage_tf.solving.newton import holds
        sage: small, one = tf.constant(1e-12r), tf.constant(1.0r)
        sage: bool(holds(At([small], [one], [[one]]), [one], 1e-10r)), bool(holds(At([small], [small], [[small]]), [one], 1e-10r))
        (True, False)
    """
    result = None
    for value, size, row in zip(at.values, at.sizes, at.jacobian, strict=True):
        total = size + sum(tf.abs(slope) * tf.abs(u) for slope, u in zip(row, unknowns, strict=True))
        this = tf.abs(value) <= tolerance * total
        result = this if result is None else result & this
    return result


def _epsilon(dtype):
    """Return the unit of rounding of a dtype."""
    return 2.0**-23 if dtype.real_dtype == tf.float32 else 2.0**-52


def _merit(values, scale):
    """Return the weighted sum of squares of equations, infinite where they have no value."""
    total = sum(tf.square(tf.abs(v) / s) for v, s in zip(values, scale, strict=True))
    return tf.where(_is_finite(total), total, tf.fill(tf.shape(total), tf.constant(float('inf'), total.dtype)))


def _largest(values):
    result = tf.abs(values[0])
    for v in values[1:]:
        result = tf.maximum(result, tf.abs(v))
    return result


def _is_small(step, y):
    """Return where a step is below rounding."""
    result = None
    for s, t in zip(step, y, strict=True):
        this = tf.abs(s) <= _epsilon(s.dtype) * tf.abs(t)
        result = this if result is None else result & this
    return result


def _is_finite(t):
    return tf.math.is_finite(tf.abs(t) if t.dtype.is_complex else t)


def _chosen(condition, first, second):
    return [tf.where(condition, a, b) for a, b in zip(first, second, strict=True)]
