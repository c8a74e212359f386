r"""
Partial derivatives of functions that work point by point

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.partials import Partials
    sage: partials = Partials(lambda x, t: [x^3r*t], [(0r, ()), (0r, (0r, 0r)), (0r, (0r, 1r))])
    sage: [v.numpy() for v in partials(tf.constant([1.0r, 2.0r]), tf.constant([5.0r, 7.0r]))]
    [array([ 5., 56.], dtype=float32), array([30., 84.], dtype=float32), array([ 3., 12.], dtype=float32)]

ALGORITHM:

Nested reverse mode. A value at one point depends on the arguments at that point only, so that the gradient of the sum over all
points holds the derivative at each. One tape for each order records the function and the derivatives of lower orders; each derivative
is the gradient of one of the order below, and those with a common parent come from one pass. Equal mixed derivatives are computed once,
whatever the order in which the arguments are named.
"""
import tensorflow as tf

# Relative difference beyond which the Cauchy-Riemann equations do not hold: far above rounding, far below a real violation.
_ANALYTIC = {tf.complex64: 1e-3, tf.complex128: 1e-7}


class Partials:
    r"""
    Values and partial derivatives of a function, all from one computation.

    INPUT:

    - ``function`` -- function of tensors of one shape and dtype that returns a list of tensors, its outputs, of the same shape and
      dtype, point by point

    - ``wanted`` -- sequence of pairs: the number of an output, and a sorted tuple of the arguments, by number, by which it
      is differentiated; ``()`` for the value itself

    - ``when_constant`` -- function of the arguments, called if TensorFlow finds that an output does not depend on one of them; it may
      raise an error (default: none)

    OUTPUT: a function of the arguments, which returns the tuple of what is wanted; it is itself differentiable. What does not depend on an
    argument has derivative zero. Where a complex function is not analytic, its derivative is NaN.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.partials import Partials
        sage: both = lambda x, y: [x*y, tf.sin(x)]
        sage: x, y = tf.constant(0.0r), tf.constant(3.0r)
        sage: [float(v) for v in Partials(both, [(0r, (0r,)), (1r, (0r,)), (1r, (0r, 1r))])(x, y)]
        [3.0, 1.0, 0.0]
    """
    def __init__(self, function, wanted, when_constant=None):
        self._function = function
        self._when_constant = when_constant
        self._wanted = tuple(wanted)
        self._levels = levels(wanted)

    def __call__(self, *arguments):
        """
        Return the tuple of values at tensors of one shape.

        TESTS:

        Arguments that are one tensor are told apart::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.partials import Partials
            sage: x = tf.constant(3.0r)
            sage: [float(v) for v in Partials(lambda a, b: [a^2r*b], [(0r, (0r,)), (0r, (1r,))])(x, x)]
            [18.0, 9.0]
        """
        values = self._values(self._levels, [tf.identity(t) for t in arguments])
        return tuple(values[key] for key in self._wanted)

    def _values(self, steps, arguments):
        """Return the outputs and the derivatives of the given levels, highest first, by their keys."""
        if not steps:
            return {(k, ()): value for k, value in enumerate(self._function(*arguments))}
        highest, *lower = steps
        watched = sorted({j for indices in highest.values() for j in indices})
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch([arguments[j] for j in watched])
            values = self._values(lower, arguments)
        for (k, lower_indices), indices in highest.items():
            slopes = _slopes(tape, values[k, lower_indices], [arguments[j] for j in indices])
            if not lower_indices and None in slopes and self._when_constant:
                self._when_constant(*arguments)
            for j, slope in zip(indices, slopes, strict=True):
                values[k, tuple(sorted((*lower_indices, j)))] = tf.zeros_like(arguments[j]) if slope is None else slope
        return values


def levels(wanted):
    r"""
    Return how derivatives are made from those of lower order: a list of dictionaries, highest order first, from the key
    of a derivative to the arguments by which it is differentiated once more.

    EXAMPLES::

        sage: from sage_tf.symbolic.partials import levels
        sage: levels([(0, (0,)), (0, (0, 0)), (0, (1,))])
        [{(0, (0,)): [0]}, {(0, ()): [0, 1]}]
        sage: levels([(0, (0, 0)), (0, (0, 1)), (0, (1, 1, 2))])
        [{(0, (1, 1)): [2]}, {(0, (0,)): [0, 1], (0, (1,)): [1]}, {(0, ()): [0, 1]}]
    """
    needed, found = set(wanted), []
    for order in range(max((len(indices) for _, indices in needed), default=0), 0, -1):
        steps = {}
        missing = sorted(key for key in needed if len(key[1]) == order)
        while missing:
            parent = _best_parent(missing, needed)
            children = [(k, indices) for k, indices in missing if parent in _parents(k, indices)]
            steps[parent] = sorted(_difference(indices, parent[1]) for _, indices in children)
            missing = [key for key in missing if key not in children]
        needed.update(steps)
        found.append(steps)
    return found


def _best_parent(missing, needed):
    """Return the derivative of one order less that gives the most of those missing, one that is needed anyway if there is any."""
    candidates = sorted({parent for key in missing for parent in _parents(*key)})
    return max(candidates, key=lambda parent: (parent in needed, sum(parent in _parents(*key) for key in missing)))


def _parents(k, indices):
    """Return the keys of the derivatives of one order less that a derivative can be made from."""
    return {(k, indices[:p] + indices[p + 1:]) for p in range(len(indices))}


def _difference(indices, fewer):
    """Return the one index of a sorted tuple that another lacks."""
    return next((a for a, b in zip(indices, fewer, strict=False) if a != b), indices[-1])


def _slopes(tape, value, arguments):
    r"""
    Return the derivatives of a value by each of some arguments, at every point; None for one that it does not depend on.

    TensorFlow's gradient of a complex function is the conjugate of the derivative for analytic functions only. Those turn a
    factor of the output into a factor of the gradient, which is checked.

    TESTS::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.partials import Partials
        sage: z = tf.constant([1r + 2jr])
        sage: for f in (lambda z: [z^2r], lambda z: [tf.math.conj(z)]): print(Partials(f, [(0r, (0r,))])(z)[0].numpy())
        [2.+4.j]
        [nan+nanj]
    """
    slopes = tape.gradient(value, arguments)
    if not value.dtype.is_complex:
        return slopes
    unit = tf.constant(1j, value.dtype)
    turned = tape.gradient(value, arguments, tf.fill(tf.shape(value), unit))
    return [None if g is None else _analytic(tf.math.conj(g), tf.math.conj(h / unit)) for g, h in zip(slopes, turned, strict=True)]


def _analytic(slope, other):
    """Return a slope where another agrees with it, NaN elsewhere."""
    agree = tf.abs(slope - other) <= _ANALYTIC[slope.dtype]*(tf.abs(slope) + tf.abs(other))
    return tf.where(agree, slope, tf.constant(complex('nan+nanj'), slope.dtype))


__all__ = ['Partials', 'levels']
