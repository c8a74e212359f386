r"""
Keras models as tapes

EXAMPLES::

    sage: import keras
    sage: from sage_tf.networks.models import tape_of
    sage: model = keras.Sequential([keras.Input((2r,)), keras.layers.Dense(3r, activation='tanh'), keras.layers.Dense(1r)])
    sage: tape_of(model).steps
    [affine 2 -> 3, tanh 3 -> 3, affine 3 -> 1]
"""
import keras
import numpy as np
import tensorflow as tf

from sage_tf.networks.layers import apply_layer
from sage_tf.networks.operations import OPERATIONS
from sage_tf.networks.tape import Tape


def tape_of(model):
    r"""
    Return the tape of a model or layer, with its present weights.

    INPUT:

    - ``model`` -- a Keras Sequential or functional model, or a layer that is built

    Raises TypeError for other objects, ValueError for a model that is not built or whose input has no fixed shape,
    NotImplementedError for a layer that the table has not.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.models import tape_of
        sage: tape_of(keras.Sequential([keras.layers.Dense(1r)]))
        Traceback (most recent call last):
        ...
        ValueError: the model sequential... is not built, so it has no weights yet; give it an Input, call it or fit it first
        sage: tape_of(3)
        Traceback (most recent call last):
        ...
        TypeError: 3 of type <class 'sage.rings.integer.Integer'> is no network; expected a Keras model or a layer
    """
    if isinstance(model, Tape):
        return model
    if not isinstance(model, keras.layers.Layer):
        raise TypeError(f"{model} of type {type(model)} is no network; expected a Keras model or a layer")
    shapes = _input_shapes(model)
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]
    tape = Tape((sum(sizes),), _dtype(model))
    parts = [part.reshape(shape) for part, shape in zip(np.split(tape.inputs, np.cumsum(sizes)[:-1]), shapes, strict=True)]
    result = apply_layer(tape, model, parts if len(parts) > 1 else parts[0])
    tape.results = keras.tree.flatten(result)
    tape.outputs = np.concatenate([wires.ravel() for wires in tape.results])
    tape.input_shapes = shapes
    return tape


def _dtype(model):
    """Return the least precise dtype in which the inputs and layers of a model are."""
    if not isinstance(model, keras.Model):
        return 'float64' if tf.as_dtype(model.compute_dtype).size > 4 else 'float32'
    found = {_dtype(layer) for layer in model.layers} | {'float64' if tensor.dtype == 'float64' else 'float32' for tensor in model.inputs}
    return 'float32' if 'float32' in found else 'float64'


def _is_functional(model):
    return hasattr(model, '_run_through_graph') and hasattr(model, 'inputs')


def _input_shapes(model):
    """Return the shapes of the inputs of a model or layer, without the batch."""
    if isinstance(model, keras.Sequential):
        if not model.built or not model.inputs:
            raise _unbuilt(model)
        shapes = [tensor.shape[1:] for tensor in model.inputs]
    elif isinstance(model, keras.Model):
        if not _is_functional(model):
            raise NotImplementedError(f"the model {model.name} of type {type(model).__name__} is a class with a call of its own; expected a Sequential or "
                                      "functional model, the layers of which Sage can read")
        shapes = [tensor.shape[1:] for tensor in model.inputs]
    else:
        shapes = _shapes_of_layer(model)
    for shape in shapes:
        if None in shape:
            raise ValueError(f"the input of {model.name} has the shape {tuple(shape)} of no fixed size; expected integers")
    return [tuple(map(int, shape)) for shape in shapes]


def _unbuilt(model):
    return ValueError(f"the model {model.name} is not built, so it has no weights yet; give it an Input, call it or fit it first")


def _shapes_of_layer(layer):
    """Return the shapes for which a layer was built."""
    config = getattr(layer, '_build_shapes_dict', None)
    if not layer.built or not config:
        raise ValueError(f"the layer {layer.name} is not built, so the shape of its input is not known; call it on data or use it in a model first")
    first = next(iter(config.values()))
    several = bool(first) and isinstance(first[0], (list, tuple))
    return [tuple(shape)[1:] for shape in (first if several else [first])]


def run(tape, model, inputs):
    r"""
    Return the wires of a model, nested ones included, at those of its inputs.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.models import run
        sage: from sage_tf.networks.tape import Tape
        sage: a = keras.Input((2r,)); b = keras.layers.Dense(2r)(a)
        sage: tape = Tape((2r,)); run(tape, keras.Model(a, [b, b + a]), tape.inputs)
        [array([2, 3]), array([4, 5])]
    """
    if isinstance(model, keras.Sequential):
        if not model.built or not model.inputs:
            raise _unbuilt(model)
        for layer in model.layers:
            inputs = inputs if isinstance(layer, keras.layers.InputLayer) else apply_layer(tape, layer, inputs)
        return inputs
    if not _is_functional(model):
        raise NotImplementedError(f"the model {model.name} of type {type(model).__name__} is a class with a call of its own; expected a Sequential or "
                                  "functional model, the layers of which Sage can read")
    flat = keras.tree.flatten(inputs)
    flat = [wires.reshape(tuple(map(int, tensor.shape[1:]))) for wires, tensor in zip(flat, model.inputs, strict=True)]
    return model._run_through_graph(flat, operation_fn=lambda op: _operation(tape, op))


def _operation(tape, op):
    """Return the function of wires that a node of a functional model is."""
    if isinstance(op, keras.layers.Layer):
        def layer_on_wires(*args, **options):
            tensors = [a for a in args if a is not None] or [options['inputs']]
            return apply_layer(tape, op, tensors[0] if len(tensors) == 1 else tensors)
        return layer_on_wires
    rule = OPERATIONS.get(type(op).__name__)
    if rule is None:
        raise NotImplementedError(f"the operation {type(op).__name__} of a functional model has no form in Sage; expected layers or arithmetic")
    return lambda *args, **options: rule(tape, op, *args, **options)
