r"""
The table of layers

Every layer is a function of the tape, the layer and the wires of its input (a list of them, where it has several), which returns the wires of its output::

    sage: import keras, tensorflow
    sage: from sage_tf.networks.layers import apply_layer
    sage: from sage_tf.networks.tape import Tape
    sage: layer = keras.layers.Dense(2r, activation='relu'); layer.build((None, 3r))
    sage: tape = Tape((3r,)); _ = apply_layer(tape, layer, tape.inputs); tape.steps
    [affine 3 -> 2, relu 2 -> 2]
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl

from sage_tf.networks import embedded
from sage_tf.networks.activations import VECTORS, names_of_activations, parameters_of
from sage_tf.networks.windows import (
    average_pooling,
    convolution,
    cropping,
    depthwise,
    global_average,
    global_max,
    max_pooling,
    separable,
    up_sampling,
    zero_padding,
)


def values(weight):
    """
    Return the numbers of a weight, each exactly, as ``float64``.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.layers import values
        sage: values(keras.Variable([0.1r]))
        array([0.1...])
    """
    array = weight.numpy() if hasattr(weight, 'numpy') else np.asarray(weight)
    return array.astype(np.float64)


# -- activations -------------------------------------------------------------------------------------------------------

def activation(tape, function, wires, dtype, owner):
    r"""
    Return the wires of an activation: a function of Keras or TensorFlow, a layer, or a function of ours.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.layers import activation
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((3r,))
        sage: _ = activation(tape, keras.ops.gelu, tape.inputs, 'float32', None); tape.steps
        [gelu_tanh 3 -> 3]
        sage: activation(tape, abs, tape.inputs, 'float32', 'the layer dense')
        Traceback (most recent call last):
        ...
        NotImplementedError: the layer dense has the activation abs, which has no form in Sage; ...
    """
    if function is None:
        return wires
    if isinstance(function, keras.layers.Layer):
        return apply_layer(tape, function, wires)
    name = names_of_activations().get(function)
    if name is None and embedded.is_function(function):
        return embedded.apply_function(tape, function, wires)
    if name is None:
        raise NotImplementedError(f"{owner} has the activation {getattr(function, '__name__', function)!s}, which has no form in Sage; "
                                  "see sage_tf.networks.coverage for those that have, or use a TensorFunction")
    if name == 'linear':
        return wires
    if name in VECTORS:
        return VECTORS[name](tape, wires)
    return tape.apply(name, wires, *parameters_of(name, dtype))


def _relu_layer(tape, layer, wires):
    top = np.inf if layer.max_value is None else float(layer.max_value)
    given = parameters_of('relu_with', layer.compute_dtype, (layer.negative_slope, layer.threshold, top))
    return tape.apply('relu', wires) if given == (0.0, 0.0, np.inf) else tape.apply('relu_with', wires, *given)


def _with_parameter(name, attribute):
    """Return the rule of a layer that is an activation with one parameter."""
    def rule(tape, layer, wires):
        return tape.apply(name, wires, *parameters_of(name, layer.compute_dtype, (getattr(layer, attribute),)))
    return rule


def _prelu(tape, layer, wires):
    """Return ``max(0, x) - a*max(0, -x)`` with its own slope for each entry."""
    alpha = np.broadcast_to(values(layer.alpha), wires.shape)
    negative = tape.apply('relu', tape.combination([(-1, wires)]))
    scaled = tape.affine(negative, _diagonal(-alpha.ravel()), shape=wires.shape)
    return tape.combination([(1, tape.apply('relu', wires)), (1, scaled)])


def _softmax(tape, layer, wires):
    axis = layer.axis
    if isinstance(axis, (list, tuple)):
        if len(axis) != 1:
            raise NotImplementedError(f"the layer {layer.name} is a softmax over several axes, {axis}; expected one")
        axis, = axis
    return VECTORS['softmax'](tape, wires, _axis(axis, wires))


def _axis(axis, wires):
    """Return an axis of a tensor as one of the wires, which have no batch."""
    return axis if axis < 0 else axis - 1


# -- linear layers -----------------------------------------------------------------------------------------------------

def _diagonal(entries):
    from scipy import sparse
    return sparse.diags_array(np.asarray(entries, float), format='csr')


def _dense(tape, layer, wires):
    kernel = values(layer.kernel).T
    offset = None if layer.bias is None else values(layer.bias)
    if wires.ndim == 1:
        out = tape.affine(wires, kernel, offset)
    else:
        flat = wires.reshape(-1, wires.shape[-1])
        out = np.stack([tape.affine(row, kernel, offset) for row in flat]).reshape(*wires.shape[:-1], -1)
    return activation(tape, layer.activation, out, layer.compute_dtype, _named(layer))


def _normalization(tape, layer, wires):
    r"""Return `(x - m)/s` with the numbers that TensorFlow computes from the statistics."""
    mean = np.broadcast_to(values(layer.convert_weight(layer.mean))[0], wires.shape).ravel()
    deviation = tf.maximum(tf.sqrt(layer.convert_weight(layer.variance)), keras.config.epsilon())
    deviation = np.broadcast_to(values(deviation)[0], wires.shape).ravel()
    if layer.invert:
        return tape.affine(wires, _diagonal(deviation), mean, shape=wires.shape)
    return tape.affine(wires, _diagonal(np.ones(wires.size)), -mean, deviation, shape=wires.shape)


def _batch_normalization(tape, layer, wires):
    """Return what the layer does in inference: a factor and an offset for each channel, computed as TensorFlow computes them."""
    factor = tf.math.rsqrt(tf.convert_to_tensor(layer.moving_variance.value) + layer.epsilon)
    factor = factor * layer.gamma.value if layer.scale else factor
    offset = -layer.moving_mean.value * factor
    offset = layer.beta.value + offset if layer.center else offset
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    shape = [1] * wires.ndim
    shape[_axis(axis, wires)] = -1
    spread = [np.broadcast_to(values(t).reshape(shape), wires.shape).ravel() for t in (factor, offset)]
    return tape.affine(wires, _diagonal(spread[0]), spread[1], shape=wires.shape)


def _rescaling(tape, layer, wires):
    kind = np.dtype(layer.compute_dtype).type
    scale, offset = (np.broadcast_to(np.asarray(n, kind), wires.shape).ravel() for n in (layer.scale, layer.offset))
    return tape.affine(wires, _diagonal(scale), offset, shape=wires.shape)


def _layer_normalization(tape, layer, wires):
    r"""Return `(x - m)/\sqrt{v + \epsilon}` times a factor, plus an offset, along the normalized axes."""
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    axes = [_axis(a, wires) % wires.ndim for a in axes]
    moved = np.moveaxis(wires, axes, range(-len(axes), 0))
    rows = moved.reshape(*moved.shape[:-len(axes)], -1)
    n = rows.shape[-1]
    is_rms = isinstance(layer, kl.RMSNormalization)
    centred = rows
    if not is_rms:
        centring = n * np.eye(n) - 1
        centred = _rowwise(tape, rows, lambda row: tape.affine(row, centring, divisor=np.full(n, float(n))))
    epsilon = float(layer.epsilon)
    def deviation(row):
        square = tape.apply('power', row, 2)
        return tape.apply('sqrt', tape.affine(square, np.ones((1, n)), np.array([n * epsilon]), np.array([float(n)])))
    scale = _rowwise(tape, centred, deviation)
    out = tape.binary('div', centred, scale).reshape(moved.shape)
    out = np.moveaxis(out, range(-len(axes), 0), axes)
    shape = [wires.shape[k] if k in axes else 1 for k in range(wires.ndim)]
    gamma = getattr(layer, 'scale' if is_rms else 'gamma', None)
    beta = getattr(layer, 'beta', None)
    factor = np.ones(shape) if gamma is None or isinstance(gamma, bool) else values(gamma).reshape(shape)
    offset = np.zeros(shape) if beta is None else values(beta).reshape(shape)
    spread = [np.broadcast_to(a, wires.shape).ravel() for a in (factor, offset)]
    return tape.affine(out, _diagonal(spread[0]), spread[1], shape=wires.shape)


def _rowwise(tape, rows, function):
    """Return a function of the last axis of an array of wires."""
    flat = rows.reshape(-1, rows.shape[-1])
    return np.stack([function(row) for row in flat]).reshape(*rows.shape[:-1], -1)


def _embedding(tape, layer, wires):
    """Return the rows of the table: each a sum over the words, one of whose indicators is 1."""
    table = values(layer.embeddings)
    words = np.arange(len(table))
    rows = []
    for wire in wires.ravel():
        marks = np.concatenate([tape.apply('is_equal', np.array([wire]), float(k)) for k in words])
        rows.append(tape.affine(marks, table.T))
    return np.stack(rows).reshape(*wires.shape, -1)


# -- layers that move entries, and those of several inputs -------------------------------------------------------------

def _identity(tape, layer, wires):
    return wires


def _average(tape, layer, inputs):
    total = tape.combination([(1, wires) for wires in inputs])
    return tape.affine(total, _diagonal(np.ones(total.size)), divisor=np.full(total.size, float(len(inputs))), shape=total.shape)


def _chained(operate):
    """Return the rule that joins any number of inputs two by two."""
    def rule(tape, layer, inputs):
        result = inputs[0]
        for wires in inputs[1:]:
            result = operate(tape, result, wires)
        return result
    return rule


def _smaller(tape, a, b):
    negative = tape.binary('max', tape.combination([(-1, a)]), tape.combination([(-1, b)]))
    return tape.combination([(-1, negative)])


def _function_layer(tape, layer, inputs):
    return embedded.apply_function(tape, layer._function, inputs)


def _time_distributed(tape, layer, wires):
    return np.stack([apply_layer(tape, layer.layer, part) for part in wires])


_MERGES = {
    kl.Add: lambda tape, layer, inputs: tape.combination([(1, wires) for wires in inputs]),
    kl.Subtract: lambda tape, layer, inputs: tape.combination([(1, inputs[0]), (-1, inputs[1])]),
    kl.Average: _average,
    kl.Multiply: _chained(lambda tape, a, b: tape.binary('mul', a, b)),
    kl.Maximum: _chained(lambda tape, a, b: tape.binary('max', a, b)),
    kl.Minimum: _chained(_smaller),
    kl.Concatenate: lambda tape, layer, inputs: np.concatenate(inputs, axis=_axis(layer.axis, inputs[0])),
}

_LINEAR = {
    kl.Dense: _dense,
    kl.Normalization: _normalization,
    kl.BatchNormalization: _batch_normalization,
    kl.LayerNormalization: _layer_normalization,
    kl.RMSNormalization: _layer_normalization,
    kl.Rescaling: _rescaling,
    kl.Embedding: _embedding,
    kl.Conv1D: convolution, kl.Conv2D: convolution, kl.Conv3D: convolution,
    kl.DepthwiseConv1D: depthwise, kl.DepthwiseConv2D: depthwise,
    kl.SeparableConv1D: separable, kl.SeparableConv2D: separable,
    kl.AveragePooling1D: average_pooling, kl.AveragePooling2D: average_pooling, kl.AveragePooling3D: average_pooling,
    kl.MaxPooling1D: max_pooling, kl.MaxPooling2D: max_pooling, kl.MaxPooling3D: max_pooling,
    kl.GlobalAveragePooling1D: global_average, kl.GlobalAveragePooling2D: global_average, kl.GlobalAveragePooling3D: global_average,
    kl.GlobalMaxPooling1D: global_max, kl.GlobalMaxPooling2D: global_max, kl.GlobalMaxPooling3D: global_max,
    kl.TimeDistributed: _time_distributed,
}

_ACTIVATIONS = {
    kl.Activation: lambda tape, layer, wires: activation(tape, layer.activation, wires, layer.compute_dtype, _named(layer)),
    kl.ReLU: _relu_layer,
    kl.LeakyReLU: _with_parameter('leaky_relu', 'negative_slope'),
    kl.ELU: _with_parameter('elu', 'alpha'),
    kl.PReLU: _prelu,
    kl.Softmax: _softmax,
}

_MOVES = {
    kl.Flatten: lambda tape, layer, wires: _channels_last(layer, wires).reshape(-1),
    kl.Reshape: lambda tape, layer, wires: wires.reshape(layer.target_shape),
    kl.Permute: lambda tape, layer, wires: wires.transpose([k - 1 for k in layer.dims]),
    kl.RepeatVector: lambda tape, layer, wires: np.stack([wires] * layer.n),
    kl.Cropping1D: cropping, kl.Cropping2D: cropping, kl.Cropping3D: cropping,
    kl.ZeroPadding1D: zero_padding, kl.ZeroPadding2D: zero_padding, kl.ZeroPadding3D: zero_padding,
    kl.UpSampling1D: up_sampling, kl.UpSampling2D: up_sampling, kl.UpSampling3D: up_sampling,
    **dict.fromkeys((kl.Identity, kl.Dropout, kl.SpatialDropout1D, kl.SpatialDropout2D, kl.SpatialDropout3D, kl.GaussianDropout,
                     kl.GaussianNoise, kl.AlphaDropout, kl.ActivityRegularization), _identity),
}


def _channels_last(layer, wires):
    return np.moveaxis(wires, 0, -1) if layer.data_format == 'channels_first' and wires.ndim > 1 else wires


#: Layers of Keras to their rules. ``TensorFunction`` layers and models are found beside it.
LAYERS = {**_LINEAR, **_ACTIVATIONS, **_MERGES, **_MOVES}


def _named(layer):
    return f"the layer {layer.name} of type {type(layer).__name__}"


def rule_of(layer):
    r"""
    Return the rule of a layer.

    A class derived from one of the table has its rule, unless it computes something else.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.layers import rule_of
        sage: rule_of(keras.layers.LSTM(2r, name='memory'))
        Traceback (most recent call last):
        ...
        NotImplementedError: the layer memory of type LSTM has no form in Sage; see sage_tf.networks.coverage for those that have
    """
    from sage_tf.symbolic.layer import ExpressionLayer
    if isinstance(layer, ExpressionLayer):
        return _function_layer
    for cls in type(layer).__mro__:
        if cls in LAYERS:
            if type(layer).call is cls.call:
                return LAYERS[cls]
            raise NotImplementedError(f"{_named(layer)} computes something else than {cls.__name__}, from which it is derived; it has no form in Sage")
    if type(layer).__name__.startswith('Random'):
        raise NotImplementedError(f"{_named(layer)} changes its input at random, in training; leave it out of the model that is to be a function")
    raise NotImplementedError(f"{_named(layer)} has no form in Sage; see sage_tf.networks.coverage for those that have")


def apply_layer(tape, layer, inputs):
    r"""
    Return the wires of a layer or model at those of its input, a list of them where it has several.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.layers import apply_layer
        sage: from sage_tf.networks.tape import Tape
        sage: apply_layer(Tape((3r,)), keras.layers.Dense(2r, name='first'), None)
        Traceback (most recent call last):
        ...
        ValueError: the layer first of type Dense is not built, so it has no weights yet; call it or fit the model first
    """
    if isinstance(layer, keras.Model):
        from sage_tf.networks.models import run
        return run(tape, layer, inputs)
    rule = rule_of(layer)
    if not layer.built:
        raise ValueError(f"{_named(layer)} is not built, so it has no weights yet; call it or fit the model first")
    if tf.as_dtype(layer.compute_dtype).size < 4:
        raise NotImplementedError(f"{_named(layer)} computes in {layer.compute_dtype}; expected float32 or float64")
    return rule(tape, layer, inputs)
