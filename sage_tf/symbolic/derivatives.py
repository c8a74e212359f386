r"""
Derivatives that Sage leaves unevaluated

Sage knows no derivative of ``max``, ``min``, ``floor``, ``real_part`` and some others, and writes operators for them.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: y = var('y')
    sage: e = diff(max_symbolic(x^2, y), x); e
    2*x*D[0](max)(x^2, y)
    sage: TensorFunction(e)([1, 3], 4).numpy()
    array([0., 6.])
    sage: TensorFunction(diff(floor(x^2) + real_part(x)*x, x))([1/2, 3/2]).numpy()
    array([1., 3.])
"""
from collections import namedtuple

from sage_tf.symbolic.gradients import broadcast
from sage_tf.symbolic.partials import Partials

# Why Sage's operator on a construction with parts is none on tensors.
_CONSTRUCTIONS = ('cases', 'piecewise', 'integrate', 'sum', 'product', 'limit', 'laplace', 'ilt')


class Derivative(namedtuple('Derivative', 'name indices')):
    r"""
    A partial derivative of a function of the table, as an operation in a graph.

    INPUT:

    - ``name`` -- name in the table

    - ``indices`` -- sorted tuple of the arguments, by number, by which it is differentiated

    It is made by nested automatic differentiation. A function that jumps has derivative zero; for complex dtypes it is NaN where
    the function is not analytic.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.derivatives import Derivative
        sage: f = Derivative('arctan2', (0r, 1r)); f
        D[0, 1](arctan2)
        sage: y = var('y')
        sage: f.on_tensors(tf.float64)(tf.constant(1.0r, tf.float64), tf.constant([2.0r, 3.0r], tf.float64)).numpy()
        array([-0.12, -0.08])
        sage: [RR(diff(arctan2(y, x), x, y)(x=k, y=1)) for k in (2, 3)]
        [-0.120000000000000, -0.0800000000000000]
    """
    __slots__ = ()

    def __repr__(self):
        return f"D[{', '.join(map(str, self.indices))}]({self.name})"

    def on_tensors(self, dtype):
        """
        Return the function on tensors of a dtype.
        """
        from sage_tf.symbolic.functions import implementation  # the table has these derivatives
        function = implementation(self.name, dtype)
        partials = Partials(lambda *tensors: [function(*tensors)], [(0, self.indices)])
        return lambda *tensors: partials(*broadcast(*tensors))[0]


def derivative(head, name, e):
    r"""
    Return the operation of Sage's operator for the derivative of a built-in function with the given name in the table.

    Raises NotImplementedError for the operators that Sage makes of constructions with parts: they have lost what is needed.

    EXAMPLES::

        sage: from sage_tf.symbolic.derivatives import derivative
        sage: e = diff(ceil(x), x)
        sage: derivative(e.operator(), 'ceil', e)
        D[0](ceil)
        sage: k, y = var('k, y')
        sage: diff(sum(y^k, k, 1, x, hold=True), y).to_tf(x, y)
        Traceback (most recent call last):
        ...
        NotImplementedError: Sage's derivative D[0](sum)(y^k, k, 1, x) of a held sum is not a sum of derivatives; ...
    """
    if name in _CONSTRUCTIONS:
        raise NotImplementedError(f"Sage's derivative {e} of a held {name} is not a {name} of derivatives; make the tensor function of "
                                  f"the {name} itself and differentiate that")
    return Derivative(name, tuple(sorted(map(int, head.parameter_set()))))


def slopes_of_cases(e):
    """
    Raise NotImplementedError for the sequence of pairs that Sage makes of the derivative of ``cases``.

    EXAMPLES::

        sage: diff(cases([(x < 0, -x), (True, x)]), x).to_tf()
        Traceback (most recent call last):
        ...
        NotImplementedError: ((1 < 0, -1), (0, 1)) is no expression but comes from Sage's derivative of cases, which is wrong; ...
    """
    raise NotImplementedError(f"{e} is no expression but comes from Sage's derivative of cases, which is wrong; make the tensor function "
                              "of the cases themselves and differentiate that, or write cases of the derivatives")
