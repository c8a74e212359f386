r"""
Minima as functions of the parameters

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y, a = var('y, a')
    sage: m = argmin_tf(y^4 - a*y, y); m
    the minimum of y^4 - a*y over (y), as a function of (a)
    sage: m([4, 32]).numpy()
    array([1., 2.])
    sage: t = tf.constant(4.0, tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     v = m(t)
    sage: float(tape.gradient(v, t))                            # abs tol 1e-12
    0.08333333333333333

Where there are several minima it is the lowest; what is no minimum is none::

    sage: argmin_tf(y^4 - 2*y^2 + a*y/10, y)([-1, 1]).numpy().round(4)
    array([ 1.0123, -1.0123])
    sage: argmin_tf(a*y^2 - y, y)([1, -1]).numpy()
    array([0.5, nan])
"""
import tensorflow as tf
from sage.structure.element import Expression
from sage.symbolic.ring import SR

from sage_tf.solving.equations import Equations
from sage_tf.solving.problem import _listed
from sage_tf.solving.selection import Chosen
from sage_tf.solving.solve import solve_tf
from sage_tf.symbolic.source import is_symbol


def argmin_tf(expression, unknowns, method='auto', guess=None, dtype=tf.float64, variables=None):
    r"""
    Return where an expression is minimal, as a function of its parameters.

    INPUT:

    - ``expression`` -- what is to be minimal

    - ``unknowns`` -- symbol, or list of symbols

    - ``method``, ``guess``, ``dtype``, ``variables`` -- as for :func:`~sage_tf.solving.solve.solve_tf`, which solves the equations that the
      derivatives vanish

    OUTPUT: :class:`Minimum`: among the stationary points that are found, at each point that of the lowest value at which the matrix of
    second derivatives is positive definite; NaN where there is none. These are local minima, and the lowest of all if all
    stationary points are found, as for polynomials.

    Raises what ``solve_tf`` raises, and TypeError for a complex dtype.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y, z, a = var('y, z, a')
        sage: m = argmin_tf((y - a)^2 + (z - y^2)^2, [y, z])
        sage: m(3).numpy(), float(m.value(3))
        (array([3., 9.]), 0.0)
        sage: argmin_tf(exp(y) - a*y, y, guess=0)([1, 2]).numpy(), n(log(2))
        (array([0.        , 0.69314718]), 0.693147180559945)
        sage: argmin_tf(y^2 == 1, y)
        Traceback (most recent call last):
        ...
        TypeError: y^2 == 1 was given to be minimal; expected an expression
    """
    if not isinstance(expression, Expression) or expression.is_relational():
        raise TypeError(f"{expression} was given to be minimal; expected an expression")
    several = _listed(unknowns)
    slopes = [SR(expression).diff(u) for u in several if is_symbol(u)]
    solutions = solve_tf(slopes[0] if is_symbol(unknowns) else slopes, unknowns, method, guess, dtype, variables)
    if solutions.dtype.is_complex:
        raise TypeError(f"dtype {solutions.dtype.name} was given for a minimum; expected float64 or float32")
    return Minimum(SR(expression), solutions)


class Minimum(Chosen):
    r"""
    The place of a minimum; ``value`` is what is minimal there, ``stationary`` has all stationary points.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y = var('y')
        sage: m = argmin_tf(y^3 - 3*x*y, y)
        sage: m.stationary.expressions(), m(4).numpy(), m.value(4).numpy()
        ([-sqrt(x), sqrt(x)], 2.0, -16.0)
    """
    def __init__(self, expression, solutions):
        problem = solutions.problem
        self.stationary = solutions
        symbols = problem.parameters or tuple(SR.symbol() for _ in problem.unknowns)
        self._second = Equations([expression.diff(u) for u in problem.unknowns], problem.unknowns, symbols, solutions.dtype)
        self._target = Equations([expression], problem.unknowns[:1], (*symbols, *problem.unknowns[1:]), solutions.dtype)
        super().__init__(solutions, self._rank_of, f"the minimum of {expression} over ({', '.join(map(str, problem.unknowns))})")

    def _rank_of(self, parameters, y):
        """Return the value at stationary points, infinite where they are no minima."""
        shape = tf.shape(y[0])
        full = [tf.broadcast_to(t, shape) for t in parameters]
        rows = self._second.at(full, y).jacobian
        value = self._target.at([*full, *y[1:]], y[:1]).values[0]
        positive = _is_positive([[tf.broadcast_to(e, shape) for e in row] for row in rows])
        return tf.where(positive, tf.broadcast_to(value, shape), tf.constant(float('inf'), value.dtype))

    def value(self, /, *args, **named):
        """
        Return the value of the minimum, as a function of the parameters.
        """
        tensors, roots = self._solutions.at(args, named)
        chosen = self._picked(tensors, roots)
        y = [chosen] if self._solutions.problem.is_single else tf.unstack(chosen, num=roots.shape[-1], axis=-1)
        return tf.broadcast_to(self._target.at([*tensors, *y[1:]], y[:1]).values[0], tf.shape(y[0]))


def _is_positive(rows):
    """Return where symmetric matrices are positive definite."""
    if len(rows) == 1:
        return rows[0][0] > 0
    whole = tf.stack([tf.stack(row, -1) for row in rows], -2)
    known = tf.reduce_all(tf.math.is_finite(whole), [-1, -2])
    whole = tf.where(known[..., None, None], whole, tf.zeros_like(whole))
    values = tf.linalg.eigvalsh(whole)
    return known & (values[..., 0] > 1e-14 * values[..., -1]) & (values[..., 0] > 0)
