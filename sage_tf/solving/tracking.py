r"""
One solution followed along a path of parameters

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y = var('y')
    sage: s = solve_tf(y^3 == 3*y + x, y)
    sage: track = s.track([-1, 0, 1, 2.5, 1], near=-1.5)        # the lower branch ends where x = 2, y = -1
    sage: track.values.numpy().round(6)
    array([-1.879385, -1.732051, -1.532089,       nan,       nan])
    sage: [(fold.parameters, fold.solution) for fold in track.folds]     # abs tol 1e-4
    [([2.0], [-1.0])]

ALGORITHM:

The tangent predicts and Newton's method corrects. A step is halved unless the corrections shrink quickly and the sign of the determinant of the
derivatives stays: so no step leads to another branch. Where steps vanish the branch ends in a fold.
"""
from collections import namedtuple

import numpy as np
import tensorflow as tf

from sage_tf.solving.equations import Equations
from sage_tf.solving.implicit import Roots

#: Where two solutions meet and cease to be real: the parameters, the solution, and the number of the point of the path that lies beyond.
Fold = namedtuple('Fold', 'parameters solution before')

#: The solution at the points of a path, NaN from a fold on, and the folds.
Track = namedtuple('Track', 'values folds')

SHORTEST, MOST_STEPS = 1e-11, 20000


def tracked(solutions, path, start):
    r"""
    Return a solution along a path of parameters.

    INPUT:

    - ``solutions`` -- :class:`~sage_tf.solving.solutions.Solutions`

    - ``path`` -- real tensor with the points as its first axis, the parameters as its last

    - ``start`` -- list of numbers, the solution at the first point

    OUTPUT: :class:`Track`, whose values are differentiable by the path
    """
    problem, dtype = solutions.problem, solutions.dtype
    equations = Equations(problem.equations, problem.unknowns, problem.parameters, dtype)
    points, follower = path.numpy(), _Follower(equations)
    y, values, folds = np.array(start, points.dtype), [], []
    for k, point in enumerate(points):
        before = points[k - 1] if k else point
        y, fold = follower.corrected(point, y) if k == 0 else follower.moved(before, point, y)
        if fold is not None:
            folds.append(Fold(fold[0].tolist(), fold[1].tolist(), k))
        if y is None:
            break
        values.append(y)
    missing = [np.full(len(problem.unknowns), np.nan)] * (len(points) - len(values))
    found = tf.constant(np.array([*values, *missing]), dtype)
    roots = Roots(_Known(equations))
    attached = roots._attach(*[t[:, None, None] for t in tf.unstack(path, num=path.shape[-1], axis=-1)], found[:, None, :])[:, 0]
    return Track(attached[:, 0] if problem.is_single else attached, folds)


class _Known:
    """Solutions that are known already."""
    name, caution, count = 'tracked', 4, 1

    def __init__(self, equations):
        self.equations = equations


class _Follower:
    """What follows a solution of equations from one point to the next."""

    def __init__(self, equations):
        self._equations = equations
        self._unit = 2.0**-22 if equations.dtype == tf.float32 else 2.0**-50

    def _at(self, point, y):
        """Return values, derivatives by the unknowns, and those by the parameters."""
        p, u = [[tf.constant(v, self._equations.dtype) for v in several] for several in (point, y)]
        at = self._equations.at(p, u)
        by_unknowns, by_parameters = self._equations.by_parameters(p, u)
        return (np.array([v.numpy() for v in at.values]), np.array([[v.numpy() for v in row] for row in by_unknowns]),
                np.array([[v.numpy() for v in row] for row in by_parameters]))

    def corrected(self, point, y, sign=None):
        """Return the solution next to y, ``None`` if Newton's method does not come closer quickly."""
        last = np.inf
        for _ in range(12):
            value, slope, _ = self._at(point, y)
            try:
                step = np.linalg.solve(slope, value)
            except np.linalg.LinAlgError:
                return None, None
            size = np.abs(step).max()
            if not size <= 0.5 * last and size > 1e3 * self._unit * np.abs(y).max():
                return None, None
            y, last = y - step, size
            if size <= self._unit * np.abs(y).max() or size == 0:
                break
        if sign is not None and np.sign(np.linalg.det(self._at(point, y)[1])) != sign:
            return None, None
        return y, None

    def moved(self, before, after, y):
        """Return the solution at the next point, or ``None`` and the fold in which it ends."""
        done, step, direction = 0.0, 1.0, after - before
        for _ in range(MOST_STEPS):
            if done >= 1:
                return y, None
            here = before + done * direction
            _, slope, by_parameters = self._at(here, y)
            step = min(step, 1 - done)
            try:
                tangent = -np.linalg.solve(slope, by_parameters @ direction)
            except np.linalg.LinAlgError:
                return None, (here, y)
            sign = np.sign(np.linalg.det(slope))
            guess = y + step * tangent
            found, _ = self.corrected(before + (done + step) * direction if done + step < 1 else after, guess, sign)
            near = found is not None and np.abs(found - guess).max() <= 0.3 * np.abs(step * tangent).max() + 1e-9 * np.abs(y).max()
            if near or found is not None and np.abs(step * tangent).max() <= 1e-7 * (1 + np.abs(y).max()):
                done, y, step = done + step, found, 2 * step
            elif step <= SHORTEST:
                return None, (here, y)
            else:
                step /= 2
        return None, (before + done * direction, y)


def as_path(path, problem, dtype):
    """
    Return a path as a tensor with the parameters as its last axis.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.problem import Problem
        sage: from sage_tf.solving.tracking import as_path
        sage: y, a = var('y, a')
        sage: as_path([1, 2, 3], Problem(x - y, y), tf.float64).shape.as_list()
        [3, 1]
        sage: as_path({x: [1, 2, 3], a: 0}, Problem(x - y + a, y), tf.float64).numpy().tolist()
        [[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]]
        sage: as_path([1, 2, 3], Problem(x - y + a, y), tf.float64)
        Traceback (most recent call last):
        ...
        ValueError: a path of shape (3,) was given for the parameters (a, x); expected a row of 2 values for each point, or a dictionary
    """
    from sage_tf.symbolic.values import as_argument
    names = ', '.join(map(str, problem.parameters))
    if isinstance(path, dict):
        if set(path) != set(problem.parameters):
            raise ValueError(f"a path of ({', '.join(map(str, path))}) was given; expected values of the parameters ({names})")
        columns = [as_argument(path[p], dtype) for p in problem.parameters]
        longest = max(int(tf.size(c)) for c in columns)
        return tf.stack([tf.broadcast_to(c, [longest]) for c in columns], -1)
    path = as_argument(path, dtype)
    if path.shape.rank == 1 and len(problem.parameters) == 1:
        path = path[:, None]
    if path.shape.rank != 2 or path.shape[1] != len(problem.parameters) or path.shape[0] == 0:
        raise ValueError(f"a path of shape {tuple(path.shape)} was given for the parameters ({names}); expected a row of "
                         f"{len(problem.parameters)} values for each point, or a dictionary")
    return path
