r"""
Roots by Newton's method from guesses

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.equations import Equations
    sage: from sage_tf.solving.guesses import FromGuesses
    sage: y, a = var('y, a')
    sage: method = FromGuesses(Equations([cos(y) - a*y], [y], [a], tf.float64), [[1/2], [a - 3]])
    sage: method.find([tf.constant([0.3r, 0.2r], tf.float64)], False).roots[0].numpy()
    array([[ 1.20191316, -2.35558457],
           [ 1.30644001, -1.97738303]])
"""
import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.solving.newton import Found, newton
from sage_tf.symbolic.tensor_function import TensorFunction

# Where a search without a guess looks: from 0 outwards, in both directions.
GRID = tuple(sign * size for size in (0.01, 0.05, 0.15, 0.3, 0.5, 0.75, 1, 1.3, 1.7, 2.2, 3, 4, 5.5, 8, 12, 20, 40, 100, 300, 1e3, 1e4, 1e6)
             for sign in (1, -1))
TRIES = 6                                                       # starts of a search without a guess


class FromGuesses:
    r"""
    One branch for each guess.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations`

    - ``guesses`` -- list of lists of numbers or expressions in the parameters, one for each unknown
    """
    name, caution = 'newton', 4

    def __init__(self, equations, guesses):
        self.equations, self.count = equations, len(guesses)
        self._starts = [TensorFunction(vector(SR, guess), tuple(equations.parameters), equations.dtype) for guess in guesses]

    def find(self, parameters, vectorized, only=None):
        """
        Return the roots, :class:`~sage_tf.solving.newton.Found`.
        """
        starts = self._starts if only is None else [self._starts[only]]
        shape = tf.concat([tf.shape(parameters[0]), [len(starts)]], 0)
        points = [[tf.broadcast_to(t, tf.shape(parameters[0])) for t in start._program(False)(parameters)] for start in starts]
        y = [tf.stack([point[j] for point in points], -1) for j in range(len(self.equations.unknowns))]
        full = [tf.broadcast_to(t[..., None], shape) for t in parameters]
        return newton(self.equations, full, y, vectorized=vectorized)


class Searched:
    r"""
    One branch, from several starts: first those near which a single equation changes its sign, by the size of the unknown, then others.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations`

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.equations import Equations
        sage: from sage_tf.solving.guesses import Searched
        sage: y, a = var('y, a')
        sage: method = Searched(Equations([log(y) + y^2 - a], [y], [a], tf.float64))
        sage: method.find([tf.constant([1.0r, 50.0r], tf.float64)], False).roots[0].numpy()
        array([[1.        ],
               [6.93...]])
    """
    name, caution, count = 'newton', 4, 1

    def __init__(self, equations):
        self.equations = equations

    def find(self, parameters, vectorized, only=None):
        """
        Return the roots, :class:`~sage_tf.solving.newton.Found`.
        """
        full = [t[..., None] for t in parameters]
        starts = self._starts(full, vectorized)
        first = [t[..., 0] for t in starts]
        found = newton(self.equations, full, first, vectorized=vectorized)

        def goes_on(k, roots, converged, iterations, residual):
            return (k < starts[0].shape[-1]) & ~tf.reduce_all(converged)

        def again(k, roots, converged, iterations, residual):
            start = [tf.where(converged, y, tf.gather(t, k, axis=-1)) for y, t in zip(roots, starts, strict=True)]
            new = newton(self.equations, full, start, vectorized=False)
            roots = [tf.where(converged, y, z) for y, z in zip(roots, new.roots, strict=True)]
            return (k + 1, roots, converged | new.converged, iterations + tf.where(converged, tf.zeros_like(iterations), new.iterations),
                    tf.where(converged, residual, new.residual))

        return Found(*tf.while_loop(goes_on, again, (tf.constant(1), *found))[1:])

    def _starts(self, parameters, vectorized):
        """Return for each unknown a tensor with several starts as its last axis."""
        unknowns, shape = len(self.equations.unknowns), tf.shape(parameters[0])
        if unknowns == 1:
            return [self._by_signs(parameters, shape)]
        return [tf.broadcast_to(tf.constant(column, self.equations.dtype), tf.concat([shape, [len(column)]], 0))
                for column in scattered(unknowns)]

    def _by_signs(self, parameters, shape):
        """Return starts for a single unknown, the best first."""
        dtype = self.equations.dtype
        grid = sorted(GRID)
        full = [t[..., None] for t in parameters]
        at = self.equations.at(full, [tf.constant(grid, dtype)])
        points = tf.concat([shape, [len(grid)]], 0)
        value = tf.broadcast_to(at.values[0], points)
        lack = tf.abs(value) / tf.broadcast_to(at.sizes[0], points)
        grid = tf.constant(grid, dtype.real_dtype)
        # smaller is better: a change of sign by its distance from 0, else what is lacking
        rank = tf.where(tf.math.is_finite(lack), 1e9 + lack * (1 + tf.abs(grid)), tf.fill(points, tf.constant(1e30, lack.dtype)))
        if not dtype.is_complex:
            left, right = value[..., :-1], value[..., 1:]
            changes = (left * right <= 0) & tf.math.is_finite(left) & tf.math.is_finite(right)
            middle = (grid[:-1] + grid[1:]) / 2
            nearness = tf.abs(middle) - 0.001 * tf.sign(middle)
            rank = tf.concat([rank, tf.where(changes, nearness, tf.fill(tf.shape(left), tf.constant(1e30, lack.dtype)))], -1)
            grid = tf.concat([grid, middle], 0)
        _, order = tf.math.top_k(-rank, TRIES)
        return tf.cast(tf.gather(grid, order), dtype)


def scattered(count):
    """
    Return starts for several unknowns: for each a list of its values.

    EXAMPLES::

        sage: from sage_tf.solving.guesses import scattered
        sage: [len(column) for column in scattered(3)], scattered(2)[1][:3]
        ([14, 14, 14], [1.0, 0.1, -1.0])
    """
    from random import Random
    random, columns = Random(7), [[1.0, 0.1, -1.0, 3.0] for _ in range(count)]
    for size in (1, 1, 1, 3, 3, 3, 10, 10, 0.3, 0.3):
        for column in columns:
            column.append(round(size * random.uniform(-1, 1), 3))
    return columns
