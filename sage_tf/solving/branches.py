r"""
Solutions of equations: one branch as a function on tensors

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y = var('y')
    sage: s = solve_tf(x^2 + y^2 == 9, y)
    sage: s[1]
    TensorFunction in float64: (x) |--> sqrt(-x^2 + 9)
    sage: s[1]([0, 3, 5]).numpy()
    array([ 3.,  0., nan])
"""
import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.symbolic.gradients import common_shape
from sage_tf.symbolic.operators import Binding
from sage_tf.symbolic.source import Source
from sage_tf.symbolic.tensor_function import TensorFunction
from sage_tf.symbolic.values import broadcast_to


class Branch(TensorFunction):
    r"""
    One solution of equations as a function of their parameters.

    It is a :class:`~sage_tf.symbolic.tensor_function.TensorFunction` in every respect but that values are those of the solver, and derivatives
    those of the implicit function theorem, in place of what the expression would give. It is made by
    :func:`~sage_tf.solving.solve.solve_tf`.

    A constant solution of equations without parameters may be called without arguments, or with tensors for the unknowns, to which it is
    broadcast.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: s = solve_tf(x^2 - 4 == 0, x)
        sage: float(s[1]()), s[1]([1, 2, 3]).numpy(), s[1].gradient([1, 2, 3])[0].numpy()
        (2.0, array([2., 2., 2.]), array([0., 0., 0.]))

    TESTS::

        sage: y = var('y')
        sage: solve_tf(x + y == 1, y)[0](y=2)
        Traceback (most recent call last):
        ...
        TypeError: y is an unknown of the equations and was given as a parameter; the solution is a function of (x)
        sage: loads(dumps(solve_tf(x + y == 1, y)[0]))
        TensorFunction in float64: (x) |--> -x + 1
    """
    def __init__(self, solutions, number):
        tf.Module.__init__(self)
        self._solutions, self._number = solutions, number
        problem, forms = solutions.problem, solutions.forms[number]
        self._dtype, self._jit, self._binding, self._networks, self._parameters = solutions.dtype, None, Binding(None), [], ()
        expression = SR(forms[0]) if problem.is_single else vector(SR, forms)
        self._source = Source(expression, problem.parameters or problem.unknowns, None)
        self._source._is_large = False
        self._roots = solutions.roots_of(number)
        self._value, self._slopes = self._evaluate, self._partials

    def __call__(self, /, *args, **named):
        """
        Return the value at the given arguments.
        """
        return self._run(self._value, *complete(self._solutions.problem, args, named))

    def gradient(self, /, *args, **named):
        """
        Return the partial derivatives by the parameters, as for any ``TensorFunction``.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: y = var('y')
            sage: solve_tf(y^2 == x, y)[1].gradient(4)[0].numpy()
            0.25
        """
        return list(self._run(self._slopes, *complete(self._solutions.problem, args, named)))

    def _evaluate(self, *tensors, vectorized=False):
        """Return the value at tensors of the dtype."""
        roots = self._roots(*tensors)
        return roots[..., 0, 0] if self._solutions.problem.is_single else roots[..., 0, :]

    def _partials(self, *tensors, vectorized=False):
        """Return the derivatives by each parameter, in the shape of the value."""
        batch = common_shape(tensors)
        full = [broadcast_to(t, batch) for t in tensors]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(full)
            value = self._evaluate(*full)
            parts = [value] if self._solutions.problem.is_single else tf.unstack(value, num=len(self._solutions.problem.unknowns), axis=-1)
        rows = [tape.gradient(part, full, unconnected_gradients=tf.UnconnectedGradients.ZERO) for part in parts]
        if self._dtype.is_complex:
            rows = [list(map(tf.math.conj, row)) for row in rows]
        if self._solutions.problem.is_single:
            return rows[0]
        return [tf.stack(column, -1) for column in zip(*rows, strict=True)]

    def save(self, path):
        """
        Refuse: a SavedModel holds the expression of a function, and that of a solution does not compute it.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: solve_tf(x^2 == 2, x)[0].save('anywhere')
            Traceback (most recent call last):
            ...
            NotImplementedError: a solution of equations cannot be saved; save a tf.Module with a tf.function that calls it, or its closed ...
        """
        raise NotImplementedError("a solution of equations cannot be saved; save a tf.Module with a tf.function that calls it, or its "
                                  "closed form, as s.expressions()[0].to_tf().save(path)")

    def __reduce__(self):
        return self._solutions.__getitem__, (self._number,)


def complete(problem, args, named):
    """
    Return the arguments of a call, in order and by name, checked for unknowns; without parameters any number of tensors will do.

    EXAMPLES::

        sage: from sage_tf.solving.branches import complete
        sage: from sage_tf.solving.problem import Problem
        sage: y = var('y')
        sage: complete(Problem([x + y, x - y], [x, y]), (), {'y': [1, 2]})
        ((), {'x': 0, 'y': [1, 2]})
    """
    if problem.parameters:
        for unknown in problem.unknowns:
            if str(unknown) in named and unknown not in problem.parameters:
                raise TypeError(f"{unknown} is an unknown of the equations and was given as a parameter; the solution is a function of "
                                f"({', '.join(map(str, problem.parameters))})")
        return args, named
    left = problem.unknowns[len(args):]
    return args, {**{str(u): 0 for u in left}, **named}
