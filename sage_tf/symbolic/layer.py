r"""
Functions on tensors as layers of Keras

EXAMPLES::

    sage: from sage_tf.all import *
    sage: a, y = var('a, y')
    sage: f = TensorFunction(a*x*y, (x, y), parameters={a: 2})
    sage: f.layer()(tf.constant([[1.0, 3.0], [5.0, 7.0]])).numpy()
    array([[ 6.],
           [70.]])

A model trains the parameters::

    sage: model = keras.Sequential([keras.Input((2,)), f])
    sage: model.compile(optimizer=keras.optimizers.SGD(0.1), loss='mse')
    sage: _ = model.fit(tf.constant([[1.0, 1.0], [1.0, 2.0]]), tf.constant([[3.0], [6.0]]), epochs=50, verbose=0)
    sage: f.to_sage().coefficient(x*y).n(digits=4)
    3.000
"""
from weakref import WeakValueDictionary

import keras
import tensorflow as tf
from sage.structure.element import Matrix, Vector


class ExpressionLayer(keras.layers.Layer):
    r"""
    A function on tensors as a layer, whose weights are the parameters of the function and those of the networks in it.

    INPUT:

    - ``function`` -- a :class:`~sage_tf.symbolic.tensor_function.TensorFunction`

    - ``options`` -- as for any layer, such as ``name``

    The inputs of the layer are

    - a list of tensors, one for each variable, which broadcast, or a dictionary of them by name: the output is the value of the function

    - a tensor with the variables along its last axis: in the output this axis holds the entry, or the entries of a vector; those of a
      matrix are the last two

    - for one variable and one entry any tensor, of which every entry is taken by itself

    The weights are the very variables of the function: what a model learns shows in ``function.to_sage()``. Layers of one function share them.
    The layer cannot be written with the description of a model, as by ``model.save('model.keras')``; its weights can.

    Raises ValueError for an input that has not one column for each variable.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: from sage_tf.symbolic.layer import ExpressionLayer
        sage: y = var('y')
        sage: layer = ExpressionLayer(TensorFunction(vector([x + y, x - y, 1]), (x, y)))
        sage: layer(tf.constant([[5.0, 2.0]])).numpy()
        array([[7., 3., 1.]])
        sage: layer({'y': tf.constant([2.0]), 'x': tf.constant([5.0])}).numpy()
        array([[7., 3., 1.]])
        sage: layer(tf.zeros((4, 3)))
        Traceback (most recent call last):
        ...
        ValueError: Exception encountered when calling ExpressionLayer.call()...
        sage: ExpressionLayer(TensorFunction(log(1 + exp(x))))(tf.zeros((2, 3))).shape.as_list()
        [2, 3]
    """
    def __init__(self, function, **options):
        super().__init__(autocast=False, **options)
        self._function = function
        self.networks = [target for target in function.functions().values() if isinstance(target, keras.layers.Layer)]
        theirs = {id(weight.value) for network in self.networks for weight in network.weights}
        self.parameters = [weight_of(variable) for variable in function.trainable_variables if id(variable) not in theirs]
        self.built = True

    def call(self, inputs):
        """
        Return the value of the function.
        """
        if isinstance(inputs, dict):
            return self._function(**inputs)
        if isinstance(inputs, (list, tuple)):
            return self._function(*inputs)
        variables = self._function.variables()
        is_single = not isinstance(self._function.expression(), (Vector, Matrix))
        if is_single and len(variables) == 1:
            return self._function(inputs)
        if inputs.shape.rank == 0 or inputs.shape[-1] not in (None, len(variables)):
            raise ValueError(f"an input of shape {inputs.shape} was given to the function of ({', '.join(map(str, variables))}); "
                             f"expected {len(variables)} columns or a list of {len(variables)} tensors")
        value = self._function(*tf.unstack(inputs, num=len(variables), axis=-1))
        return value[..., None] if is_single else value

    def get_config(self):
        """
        Refuse to describe the layer without its function.

        TESTS::

            sage: from sage_tf.symbolic.layer import ExpressionLayer
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: ExpressionLayer(TensorFunction(x)).get_config()
            Traceback (most recent call last):
            ...
            NotImplementedError: a layer of the function (x) |--> x has no description that Keras could read; save the weights ...
        """
        shown = repr(self._function).partition(': ')[2]
        raise NotImplementedError(f"a layer of the function {shown} has no description that Keras could read; save the weights of the "
                                  "model with save_weights, and the function by itself")


class Weight(keras.Variable):
    r"""
    A variable of TensorFlow as a weight of Keras.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.layer import Weight
        sage: variable = tf.Variable(1.0r, name='a')
        sage: weight = Weight(variable)
        sage: _ = weight.assign(3.0r)
        sage: float(variable), weight.value is variable
        (3.0, True)
    """
    def __init__(self, variable):
        self._variable = variable
        name = variable.name.partition(':')[0].replace('/', '_')
        super().__init__(variable, dtype=variable.dtype.name, trainable=variable.trainable, autocast=False, name=name)

    def _initialize(self, value):
        """Take the variable itself for the storage of the weight, rather than make another one."""
        self._value = self._variable


_WEIGHTS = WeakValueDictionary()                                # id of a variable -> its weight, which keeps it alive


def weight_of(variable):
    r"""
    Return the weight that stands for a variable of TensorFlow, always the same one.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.layer import weight_of
        sage: variable = tf.Variable(1.0r)
        sage: weight = weight_of(variable)
        sage: weight_of(variable) is weight
        True
    """
    weight = _WEIGHTS.get(id(variable))
    if weight is None:
        weight = _WEIGHTS[id(variable)] = Weight(variable)
    return weight


__all__ = ['ExpressionLayer', 'Weight', 'weight_of']
