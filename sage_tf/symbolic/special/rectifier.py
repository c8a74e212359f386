r"""
The rectifier and the maximum of two numbers, as functions that Sage differentiates

Sage's own ``max`` has derivatives that stay unevaluated. The networks that come back from Keras are made of these::

    sage: from sage_tf.symbolic.special.rectifier import maximum, relu
    sage: relu(-2), relu(1/3), relu(x).diff(x), maximum(x, 2).subs(x=3)
    (0, 1/3, 1/2*sgn(x) + 1/2, 3)
    sage: relu(RIF(-1, 2)).endpoints(), latex(relu(x))
    ((0.000000000000000, 2.00000000000000), \max\left(0, x\right))

At a kink the derivative is the mean of those on both sides. So sums of rectifiers that are smooth have the right derivative everywhere::

    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: f = TensorFunction(relu(x) - relu(-x))
    sage: f.gradient([-1, 0, 1])[0].numpy()
    array([1., 1., 1.])
"""
import tensorflow as tf
from sage.functions.generalized import sgn
from sage.rings.integer import Integer
from sage.rings.real_mpfi import RIF
from sage.structure.element import Expression
from sage.symbolic.function import BuiltinFunction

from sage_tf.symbolic import real as re
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row


def larger(a, b):
    r"""
    Return the larger of two numbers, of intervals and balls the enclosure of all maxima, and None for what is not real.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.rectifier import larger
        sage: larger(1/2, 1/3), larger(RIF(0, 3), RIF(1, 2)).endpoints(), larger(RBF(2), 1), larger(I, 1)
        (1/2, (1.00000000000000, 3.00000000000000), 2.000000000000000, None)
        sage: larger(pi, 3), larger(RR('NaN'), 1)
        (pi, NaN)
    """
    a, b = (value.pyobject() if isinstance(value, Expression) and value.is_numeric() else value for value in (a, b))
    if a != a or b != b:                                        # NaN; intervals are equal to themselves, or not decided
        return a if a != a else b
    try:
        _ = RIF(a), RIF(b)
    except (TypeError, ValueError):                             # complex numbers have no order
        return None
    for one, other in ((a, b), (b, a)):
        ring = getattr(one, 'parent', lambda: None)()
        if hasattr(one, 'max') and hasattr(ring, 'precision') and not ring.is_exact():
            return one.max(ring(other))
    return a if a >= b else b


class _Extremal(BuiltinFunction):
    """What the rectifier and the maximum share: values at constants only."""

    def _with_value(self, *args):
        """Return the value if all arguments are constants that can be compared, else None."""
        constants = [not isinstance(a, Expression) or a.is_numeric() or a.is_constant() for a in args]
        return larger(*args) if all(constants) else None


class Rectifier(_Extremal):
    r"""
    The function `\max(0, x)`.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.rectifier import relu
        sage: relu(x), relu(x).subs(x=-1.5), relu(pi)
        (relu(x), 0.000000000000000, pi)
        sage: integrate(relu(2), x, 0, 1), relu(x).diff(x, 2)
        (2, dirac_delta(x))
    """
    def __init__(self):
        super().__init__('relu', nargs=1, conversions={'mathematica': 'Ramp'})

    def _eval_(self, x):
        return self._with_value(x, Integer(0) if isinstance(x, Expression) else type_zero(x))

    def _evalf_(self, x, parent=None, algorithm=None):
        return larger(x, type_zero(x))

    def _derivative_(self, x, diff_param=None):
        return (1 + sgn(x)) / 2

    def _print_latex_(self, x):
        from sage.misc.latex import latex
        return rf"\max\left(0, {latex(x)}\right)"


class Maximum(_Extremal):
    r"""
    The larger of two numbers.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.rectifier import maximum
        sage: y = var('y')
        sage: maximum(x, y), maximum(1, 2), maximum(x, y).diff(y), maximum(x, 1.5).subs(x=1)
        (maximum(x, y), 2, -1/2*sgn(x - y) + 1/2, 1.50000000000000)
    """
    def __init__(self):
        super().__init__('maximum', nargs=2, conversions={'mathematica': 'Max', 'sympy': 'Max'})

    def _eval_(self, x, y):
        return self._with_value(x, y)

    def _evalf_(self, x, y, parent=None, algorithm=None):
        return larger(x, y)

    def _derivative_(self, x, y, diff_param=None):
        return (1 + sgn(x - y)) / 2 if diff_param == 0 else (1 - sgn(x - y)) / 2

    def _print_latex_(self, x, y):
        from sage.misc.latex import latex
        return rf"\max\left({latex(x)}, {latex(y)}\right)"


def type_zero(x):
    """Return the zero of the parent or type of a number."""
    return x.parent().zero() if hasattr(x, 'parent') else type(x)(0)


relu, maximum = Rectifier(), Maximum()

ROWS = {
    'relu': Row(differentiable(tf.nn.relu, re.heaviside), None, note='`max(0, x)`; at 0 the derivative is 1/2, the mean of both sides'),
    'maximum': Row(differentiable(tf.maximum, lambda x, y: re.heaviside(x - y), lambda x, y: re.heaviside(y - x)), None, 2,
                   note='the larger of two numbers; where they are equal each derivative is 1/2'),
}
