r"""
The values of an expression or a function at points, and where it is defined

EXAMPLES::

    sage: from sage_tf.sampling.points import Range
    sage: from sage_tf.sampling.values import is_defined, values_at
    sage: import tensorflow as tf
    sage: found = values_at(sqrt(x), [Range(x, -1, 1)], tf.constant([[-1.0r], [1.0r]]), False); found
    array([nan,  1.])
    sage: is_defined(found, False)
    array([False,  True])
"""
import numpy as np
import tensorflow as tf
from sage.structure.element import Element, Expression, Matrix, Vector
from sage.symbolic.ring import SR

from sage_tf.symbolic.tensor_function import TensorFunction


def values_at(expr, ranges, points, is_complex):
    """
    Return the values at points as an array of double precision, of shape (number of points, ...).

    EXAMPLES::

        sage: from sage_tf.sampling.values import values_at
        sage: from sage_tf.sampling.points import Range
        sage: import tensorflow as tf
        sage: values_at(x + 1, [Range(x, 0, 1)], tf.constant([[0.0r], [1.0r]]), False)
        array([1., 2.])
        sage: values_at(SR(5), [Range(x, 0, 1)], tf.constant([[0.0r], [1.0r]]), False)
        array([5., 5.])
        sage: values_at(lambda t: t[:1r], [Range(x, 0, 1)], tf.constant([[0.0r], [1.0r]]), False)
        Traceback (most recent call last):
        ...
        ValueError: a result of shape (1,) came from <function <lambda> at ...> for 2 points; expected one value for each point
    """
    columns = tf.unstack(tf.cast(points, tf.float64), axis=1)
    function = _as_function(expr, 'complex128' if is_complex else 'float64')
    if isinstance(function, TensorFunction):
        named = {str(each.variable): column for each, column in zip(ranges, columns, strict=True)}
        columns = [_column(named, variable, function) for variable in function.variables()]
    result = tf.convert_to_tensor(function(*columns)).numpy()
    result = result.astype(complex if result.dtype.kind == 'c' else float)
    if not result.shape or isinstance(function, TensorFunction) and not columns:
        return np.broadcast_to(result, (len(points), *result.shape))
    if result.shape[0] != len(points):
        raise ValueError(f"a result of shape {result.shape} came from {expr} for {len(points)} points; expected one value for "
                         "each point")
    return result


def _as_function(expr, dtype):
    """
    Return what is to be sampled as a function of tensors.

    EXAMPLES::

        sage: from sage_tf.sampling.values import _as_function
        sage: R.<s, t> = QQ[]
        sage: _as_function(s*t, 'float64'), _as_function(5, 'complex128')
        (TensorFunction in float64: (s, t) |--> s*t, TensorFunction in complex128: () |--> 5)
        sage: _as_function('x', 'float64')
        Traceback (most recent call last):
        ...
        TypeError: 'x' was given to sample; expected an expression, a vector or matrix of expressions, or a function of tensors
    """
    if isinstance(expr, TensorFunction):
        return expr
    if isinstance(expr, (Vector, Matrix)):
        return TensorFunction(expr.change_ring(SR) if expr.base_ring() is not SR else expr, dtype=dtype, jit=False)
    if isinstance(expr, (Expression, Element, int, float)):
        return TensorFunction(expr if isinstance(expr, Expression) else SR(expr), dtype=dtype, jit=False)
    if not callable(expr):
        raise TypeError(f"{expr!r} was given to sample; expected an expression, a vector or matrix of expressions, or a "
                        "function of tensors")
    return expr


def _column(named, variable, function):
    """
    Return the values of a variable among those of all ranges.

    EXAMPLES::

        sage: from sage_tf.sampling.values import _column
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: _column({}, x, TensorFunction(x + 1))
        Traceback (most recent call last):
        ...
        ValueError: the variable x of x + 1 has no range; give (x, low, high)
    """
    if str(variable) not in named:
        raise ValueError(f"the variable {variable} of {function.expression()} has no range; give ({variable}, low, high)")
    return named[str(variable)]


def is_defined(values, is_complex):
    """
    Return the array that tells for each point whether all values there are numbers of the wanted kind.

    EXAMPLES::

        sage: from sage_tf.sampling.values import is_defined
        sage: import numpy
        sage: is_defined(numpy.array([1r, numpy.nan, -numpy.inf]), False), is_defined(numpy.array([[1r, 1jr]]), False)
        (array([ True, False, False]), array([False]))
    """
    good = np.isfinite(values)
    if not is_complex:
        good &= values.imag == 0
    return good.reshape(len(values), -1).all(axis=1)

__all__ = ['is_defined', 'values_at']
