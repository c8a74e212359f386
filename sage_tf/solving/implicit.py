r"""
Roots as differentiable functions of the parameters

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.equations import Equations
    sage: from sage_tf.solving.guesses import FromGuesses
    sage: from sage_tf.solving.implicit import Roots
    sage: y, a = var('y, a')
    sage: roots = Roots(FromGuesses(Equations([y^3 + y - a], [y], [a], tf.float64), [[1]]))
    sage: t = tf.constant([2.0r, 10.0r], tf.float64)
    sage: with tf.GradientTape() as outer:
    ....:     outer.watch(t)
    ....:     with tf.GradientTape() as tape:
    ....:         tape.watch(t)
    ....:         s = roots(t)
    ....:     slope = tape.gradient(s, t)
    sage: s.numpy().ravel(), slope.numpy(), outer.gradient(slope, t).numpy()             # y' = 1/(1 + 3*y^2)
    (array([1., 2.]), array([0.25      , 0.07692308]), array([-0.09375   , -0.00546199]))

ALGORITHM:

By the implicit function theorem the derivatives of a root y of F(p, y) = 0 are ``-F_y^-1*F_p``. They are a function of the parameters and
of the root, which is attached to the parameters again: so its derivatives are right, and theirs, and nothing is solved twice.

Where F_y cannot be told from a singular matrix, as two roots meet (a fold), the derivative is NaN: that is where F_y changes by its own size
within the uncertainty of the root, which the rounding errors of F give it.
"""
from functools import partial

import tensorflow as tf
from tensorflow.python.eager import forwardprop_util, record

from sage_tf.solving.elimination import solved
from sage_tf.symbolic.execution import FEWEST_POINTS, MOST_SHAPES, Execution, _is_compiled
from sage_tf.symbolic.gradients import common_shape, with_gradient
from sage_tf.symbolic.kernels import Kernel
from sage_tf.symbolic.values import broadcast_to


class Roots:
    r"""
    The roots that a method finds, as a function of the parameters that can be differentiated in every mode and to any order.

    INPUT:

    - ``method`` -- has ``equations``, a ``count`` of the branches, a number ``caution`` (how many times the value of the equations is taken
      for their error), and ``find(parameters, vectorized, only)``, which returns :class:`~sage_tf.solving.newton.Found` with the branches as the
      last axis

    - ``only`` -- number of the only branch that is wanted (default: all)

    OUTPUT: a function of one tensor for each parameter; the branches and the unknowns are the last two axes of the result
    """
    def __init__(self, method, only=None):
        self._method, self._only = method, only
        self._equations = method.equations
        self._width = len(self._equations.parameters)
        self._compiled, self._graph = Kernel(self._bare, True), Kernel(self._bare)
        self._pull = Execution(self._pulled, 4 * self._equations.cost + 60)
        self._attach = with_gradient(lambda *tensors: tf.identity(tensors[-1]), self._slopes)
        traced = tf.function(partial(self._values, vectorized=False), autograph=False, reduce_retracing=True)
        self._reported = partial(self._values, vectorized=False) if getattr(method, 'eager', False) else traced
        self._forward = tf.function(partial(self._attached), autograph=False, reduce_retracing=True)

    def __call__(self, *parameters):
        """
        Return the roots at tensors of the parameters, NaN where there is none.
        """
        if record.could_possibly_record() and tf.executing_eagerly() and forwardprop_util.pack_tangents(list(parameters)).tangents:
            return self._forward(*parameters)
        return self._attached(*parameters)

    def report(self, *parameters):
        """
        Return the roots, where they converged, the iterations and the residuals, not differentiable.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.solving.equations import Equations
            sage: from sage_tf.solving.guesses import FromGuesses
            sage: from sage_tf.solving.implicit import Roots
            sage: y, a = var('y, a')
            sage: roots = Roots(FromGuesses(Equations([y^2 - a], [y], [a], tf.float64), [[1]]))
            sage: [t.numpy() for t in roots.report(tf.constant([1.0r, -1.0r], tf.float64))[:2]]
            [array([[[ 1.]],
                    [[nan]]]), array([[ True],
                    [False]])]
        """
        batch = common_shape(parameters)
        return self._reported(*[tf.stop_gradient(broadcast_to(t, batch)) for t in parameters])

    def _attached(self, *parameters):
        """Return the roots, as a function of the parameters."""
        batch = common_shape(parameters)
        full = [broadcast_to(t, batch) for t in parameters]
        roots = tf.stop_gradient(self._found([tf.stop_gradient(t) for t in full]))
        return self._attach(*[t[..., None, None] for t in full], roots)

    def _found(self, parameters):
        """Return what the method finds, compiled for many points; no tape looks in."""
        with record.stop_recording():
            if not tf.executing_eagerly():
                return self._compiled._value(*parameters) if _is_compiled() else self._bare(*parameters, vectorized=False)
            if getattr(self._method, 'eager', False):           # it has a faster way on the host
                return self._method.eagerly(parameters, self._only)
            points = parameters[0].shape.num_elements()
            compiles = self._compiled.has(parameters) or len(self._compiled) < MOST_SHAPES and points >= FEWEST_POINTS
            return (self._compiled if compiles else self._graph)._run(parameters)

    def _bare(self, *parameters, vectorized):
        """Return the roots alone: what else is known of them costs XLA as much again."""
        return self._values(*parameters, vectorized=vectorized)[0]

    def _values(self, *parameters, vectorized):
        """Return the roots as one tensor, where they converged, the iterations and the residuals."""
        found = self._method.find(list(parameters), vectorized, self._only)
        roots = tf.stack(found.roots, -1)
        missing = tf.fill(tf.shape(roots), tf.constant(float('nan'), roots.dtype))
        return [tf.where(found.converged[..., None], roots, missing), found.converged, found.iterations, found.residual]

    def _slopes(self, upstream, tensors):
        """Return the gradients by the parameters, and none by the roots, which follow from them."""
        *parameters, roots = tensors
        attached = self._attach(*parameters, tf.stop_gradient(roots))
        return [*self._pull(*parameters, attached, upstream), tf.zeros_like(roots)]

    def _pulled(self, *tensors, vectorized):
        """Return the gradients by the parameters, given these, the roots and the gradients by the roots."""
        *parameters, roots, upstream = tensors
        is_dead = tf.reduce_all(upstream == 0, -1) & tf.reduce_any(is_nan(roots), -1)    # what nobody asks for spoils nothing
        roots = tf.where(is_dead[..., None], tf.ones_like(roots), roots)
        y, p = tf.unstack(roots, num=roots.shape[-1], axis=-1), [tf.squeeze(t, -1) for t in parameters]
        by_unknowns, by_parameters = self._equations.by_parameters(p, y, vectorized)
        count, regular = len(y), self._is_regular(p, y, vectorized)
        adjoint = [[tf.math.conj(by_unknowns[i][j]) for i in range(count)] for j in range(count)]
        weights = solved(adjoint, tf.unstack(upstream, num=count, axis=-1))
        nowhere, nought = tf.constant(float('nan'), roots.dtype), tf.zeros((), roots.dtype)
        gradients = []
        for k in range(self._width):
            if not self._equations.depends_on[k]:
                gradients.append(tf.zeros_like(parameters[k]))
                continue
            total = nought - sum(tf.math.conj(by_parameters[i][k]) * weights[i] for i in range(count))
            total = tf.where(is_dead, nought, tf.where(regular, total, nowhere))
            gradients.append(tf.reduce_sum(total, -1, keepdims=True)[..., None])
        return gradients

    def _is_regular(self, parameters, y, vectorized):
        """Return where the derivatives by the unknowns can be told from a singular matrix, in the uncertainty of the root."""
        parameters, y = [tf.stop_gradient(t) for t in parameters], [tf.stop_gradient(t) for t in y]
        at = self._equations.at(parameters, y, vectorized)
        unit = 2.0**-23 if y[0].dtype.real_dtype == tf.float32 else 2.0**-52
        errors = [tf.cast(self._method.caution * tf.abs(v) + unit * s, v.dtype) for v, s in zip(at.values, at.sizes, strict=True)]
        near = [a + b for a, b in zip(y, solved(at.jacobian, errors), strict=True)]
        there = self._equations.at(parameters, near, vectorized).jacobian
        changes = [sum((b - a) * tf.cast(0.6 + 0.4 * (-1)**j * (j + 1) / len(y), a.dtype)
                       for j, (a, b) in enumerate(zip(row, beside, strict=True)))
                   for row, beside in zip(at.jacobian, there, strict=True)]
        total = sum(map(tf.abs, solved(at.jacobian, changes)))
        return total <= 1


def is_nan(t):
    """
    Return where a tensor, real or complex, is not a number.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.implicit import is_nan
        sage: is_nan(tf.constant([1.0r, float('nan')])).numpy()
        array([False,  True])
    """
    return t != t
