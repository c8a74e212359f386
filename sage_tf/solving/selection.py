r"""
One solution among several, chosen at each point

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y = var('y')
    sage: s = solve_tf(y^3 == 3*y + x, y)
    sage: s([0, 3]).numpy().round(4)
    array([[-1.7321,  0.    ,  1.7321],
           [ 2.1038,     nan,     nan]])
    sage: s.select(near=2)([0, 3]).numpy().round(4)
    array([1.7321, 2.1038])
    sage: s.select(near=2, at=0)
    TensorFunction in float64: (x) |--> y_2(x)
"""
import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.symbolic.tensor_function import TensorFunction


class Chosen:
    r"""
    The solution that a function of the parameters and of all solutions makes the smallest.

    INPUT:

    - ``solutions`` -- :class:`~sage_tf.solving.solutions.Solutions`

    - ``rank`` -- function of the list of the parameters, with an axis for the branches, and of the list of the unknowns; returns real
      tensors, of which the smallest is chosen, and none that is NaN

    - ``label`` -- what it is, for printing

    It is called as a solution is, and its gradients are those of the solution chosen; where there is none it is NaN.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y = var('y')
        sage: f = solve_tf(y^2 == x, y).select(near=1); f
        the solution of y^2 == x for (y) nearest to 1, as a function of (x)
        sage: t = tf.constant([4.0, -1.0], tf.float64)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(t)
        ....:     v = f(t)
        sage: v.numpy(), tape.gradient(v, t).numpy()
        (array([ 2., nan]), array([0.25,  nan]))
    """
    def __init__(self, solutions, rank, label):
        self._solutions, self._rank, self._label = solutions, rank, label

    def __repr__(self):
        names = ', '.join(map(str, self._solutions.problem.parameters))
        return f"{self._label}{f', as a function of ({names})' if names else ''}"

    def variables(self):
        """Return the parameters, in the order of the call."""
        return self._solutions.problem.parameters

    def __call__(self, /, *args, **named):
        """
        Return the value at the given parameters.
        """
        return self._picked(*self._solutions.at(args, named))

    def _picked(self, tensors, roots):
        single = self._solutions.problem.is_single
        nowhere = tf.constant(float('inf'), roots.dtype.real_dtype)
        batch = tf.shape(roots)[:-2]
        parameters = [tf.stop_gradient(tf.broadcast_to(t, batch))[..., None] for t in tensors]
        rank = self._rank(parameters, tf.unstack(tf.stop_gradient(roots), num=roots.shape[-1], axis=-1))
        rank = tf.where(rank == rank, rank, nowhere)
        best = tf.argmin(rank, -1)
        chosen = tf.gather(roots, best, axis=-2, batch_dims=len(roots.shape) - 2)
        missing = tf.reduce_min(rank, -1) == nowhere
        lack = tf.where(missing[..., None], tf.constant(float('nan'), roots.dtype), tf.zeros((), roots.dtype))
        chosen = chosen + lack                                  # a sum, as the derivative is to be NaN, too
        return chosen[..., 0] if single else chosen


def nearest(solutions, near, at=None):
    """
    Return the solution nearest to a point, see :meth:`~sage_tf.solving.solutions.Solutions.select`.
    """
    problem = solutions.problem
    target = [near] if problem.is_single else list(near)
    if len(target) != len(problem.unknowns):
        raise ValueError(f"near={near} was given for {len(problem.unknowns)} unknowns; expected a number for each")
    target = [SR(v) for v in target]
    if at is not None or not problem.parameters:
        return solutions[_nearest_at(solutions, target, at)]
    wanted = TensorFunction(vector(SR, target), problem.parameters, solutions.dtype)

    def rank(parameters, y):
        points = wanted._program(False)(parameters)
        return sum(tf.square(tf.abs(v - w)) for v, w in zip(y, points, strict=True))
    return Chosen(solutions, rank, f"the solution of {problem!r} nearest to {near}")


def _nearest_at(solutions, target, at):
    """Return the number of the branch that is nearest to a point at given parameters."""
    parameters = solutions.problem.parameters
    at = [] if at is None else at
    values = [at[p] for p in parameters] if isinstance(at, dict) else list(at) if isinstance(at, (list, tuple)) else [at]
    if len(values) != len(parameters):
        raise ValueError(f"at={at} was given; expected a value for each of the parameters ({', '.join(map(str, parameters))})")
    place = dict(zip(parameters, values, strict=True))
    roots = solutions(*values).numpy().reshape(len(solutions), -1)
    point = [complex(SR(t).subs(place)) for t in target]
    distances = [sum(abs(complex(v) - w)**2 for v, w in zip(row, point, strict=True)) for row in roots]
    known = [(d, k) for k, d in enumerate(distances) if d == d]
    if not known:
        raise ValueError(f"no solution of {solutions.problem!r} exists at {at}; expected parameters at which there is one")
    return min(known)[1]
