r"""
Unknown functions, bound to networks and other callables

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.operators import Binding
    sage: u = function('u')
    sage: binding = Binding({u: lambda a, b: a*b})
    sage: op = binding.operation(u, u(x, 2))
    sage: op.on_tensors(tf.float64)(tf.constant([1r, 2r], tf.float64), tf.constant(3r, tf.float64)).numpy()
    array([3., 6.])
"""
from functools import partial

import keras
import tensorflow as tf
from sage.symbolic.function_factory import SymbolicFunction

from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.gradients import broadcast


class Binding:
    r"""
    The operations of an expression some of whose unknown functions are bound.

    INPUT:

    - ``functions`` -- dictionary from symbolic functions such as ``function('u')`` to Keras models or callables on tensors;
      TypeError for other keys and values

    EXAMPLES::

        sage: from sage_tf.symbolic.operators import Binding
        sage: Binding({x: sin})
        Traceback (most recent call last):
        ...
        TypeError: functions= has the key x; expected symbolic functions such as function('u')
        sage: Binding({function('u'): 3})
        Traceback (most recent call last):
        ...
        TypeError: functions= binds u to an object of type <class 'sage.rings.integer.Integer'>; expected a Keras model ...
    """
    def __init__(self, functions):
        self.functions = dict(functions or {})
        self._bound = {}
        for key, target in self.functions.items():
            if not isinstance(key, SymbolicFunction):
                raise TypeError(f"functions= has the key {key}; expected symbolic functions such as function('u')")
            if not callable(target):
                raise TypeError(f"functions= binds {key} to an object of type {type(target)}; expected a Keras model or "
                                "a callable on tensors")
            self._bound[key.name()] = BoundFunction(key, target)    # one unpickled may be another object

    def operation(self, head, e):
        """
        Return the bound function that an operator stands for, or its name in the table of functions.

        EXAMPLES::

            sage: from sage_tf.symbolic.operators import Binding
            sage: e = sin(x)
            sage: Binding({}).operation(e.operator(), e)
            'sin'
        """
        bound = self._bound.get(head.name()) if isinstance(head, SymbolicFunction) else None
        return operation(head, e, self.operation) if bound is None else bound


class BoundFunction:
    r"""
    An unknown function together with the callable that computes it.

    EXAMPLES::

        sage: from sage_tf.symbolic.operators import BoundFunction
        sage: BoundFunction(function('u'), abs)
        u bound to <built-in function abs>
    """
    def __init__(self, symbol, target):
        self._symbol = symbol
        self._target = target

    def __repr__(self):
        return f"{self._symbol} bound to {self._target!r}"

    def on_tensors(self, dtype):
        r"""
        Return the function on tensors of a dtype.

        The arguments reach a callable as tensors of one shape. They reach a Keras model as the columns of a matrix in the
        model's own dtype, and its single output comes back in the shape of the arguments.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.operators import BoundFunction
            sage: layer = tf.keras.layers.Dense(1r, kernel_initializer='ones')
            sage: u = BoundFunction(function('u'), tf.keras.Sequential([tf.keras.Input((2r,)), layer]))
            sage: u.on_tensors(tf.float64)(tf.constant([1r, 2r], tf.float64), tf.constant(3r, tf.float64)).numpy()
            array([4., 5.])
        """
        call = self._call_network if isinstance(self._target, keras.layers.Layer) else self._target
        return partial(self._call, call, dtype)

    def _call(self, call, dtype, *arguments):
        """Return the value of the callable, checked and in the given dtype."""
        arguments = broadcast(*arguments) if arguments else ()
        value = tf.convert_to_tensor(call(*arguments))
        shape = arguments[0].shape if arguments else tf.TensorShape([])
        if not value.shape.is_compatible_with(shape):
            raise ValueError(f"the function bound to {self._symbol} returned a tensor of shape {value.shape} for arguments of "
                             f"shape {shape}; expected one value for each point")
        if value.dtype.is_complex and not dtype.is_complex:
            raise TypeError(f"the function bound to {self._symbol} returned {value.dtype.name} where the dtype is "
                            f"{dtype.name}; pass dtype='complex128'")
        return tf.cast(value, dtype)

    def _call_network(self, *arguments):
        """Return the single output of a network whose inputs are the arguments, in their shape."""
        if not arguments:
            raise ValueError(f"the network bound to {self._symbol} was given no argument; expected one for each of its inputs")
        shape = tf.shape(arguments[0])
        columns = tf.stack([tf.reshape(t, [-1]) for t in arguments], axis=-1)
        output = tf.convert_to_tensor(self._target(tf.cast(columns, self._target.compute_dtype)))
        if output.shape.rank != 2 or output.shape[-1] != 1:
            raise ValueError(f"the network bound to {self._symbol} has outputs of shape {output.shape}; expected (points, 1)")
        result = tf.reshape(output, shape)
        result.set_shape(arguments[0].shape)
        return result
