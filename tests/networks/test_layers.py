"""Every layer and activation of the tables against Keras, on random weights and points."""
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers as kl
from sage.all import QQ, RBF, RIF, SR, cos, var, vector

from sage_tf.all import TensorFunction
from sage_tf.networks.activations import ACTIVATIONS, VECTORS, names_of_activations
from sage_tf.networks.layers import LAYERS
from sage_tf.networks.methods import _flat

rng = np.random.default_rng(1)
POINTS = 50


def randomized(model):
    """Set random weights, those that are variances positive."""
    for weight in model.weights:
        values = rng.normal(0, 1, weight.shape)
        weight.assign(np.abs(values) + 0.5 if 'variance' in weight.path or weight.path.endswith('gamma') else values)
    return model


def network(*layers, shape=(3,)):
    return randomized(keras.Sequential([keras.Input(shape), *layers]))


def compare(model, points=None, scale=3.0):
    """Assert that the expressions of a model, compiled, agree with it to some units in the last place of float32."""
    shapes = [tuple(t.shape[1:]) for t in model.inputs]
    if points is None:
        points = [rng.normal(0, scale, (POINTS, *shape)).astype('float32') for shape in shapes]
    flat = np.concatenate([p.reshape(len(p), -1) for p in points], axis=1)
    symbols = [SR.var(f'x{k}') for k in range(flat.shape[1])]
    found = model.to_sage(*symbols)
    entries = vector(SR, _flat(found))
    values = TensorFunction(entries, symbols)(*flat.T.astype(float)).numpy()
    wanted = model(points if len(points) > 1 else points[0], training=False)
    wanted = np.concatenate([np.reshape(w, (len(flat), -1)) for w in keras.tree.flatten(wanted)], axis=1)
    assert values.shape == wanted.shape
    error = np.abs(values - wanted) / (1 + np.abs(wanted))
    assert np.isfinite(values).all() and error.max() < 4e-6, error.max()
    return found


@pytest.mark.parametrize('function', sorted({f.__name__: f for f in names_of_activations()
                                             if getattr(keras.activations, f.__name__, None) is f}.values(), key=lambda f: f.__name__),
                         ids=lambda f: f.__name__)
def test_every_activation_agrees_with_keras(function):
    compare(network(kl.Dense(4, activation=function)))


def test_every_activation_of_keras_has_a_form():
    from keras.src.activations import ALL_OBJECTS_DICT
    ours = set(names_of_activations())
    missing = {f.__name__ for f in ALL_OBJECTS_DICT.values() if callable(f) and f not in ours} - {'threshold'}    # it has no default parameters
    assert not missing


@pytest.mark.parametrize('layer', [
    lambda: kl.ReLU(), lambda: kl.ReLU(max_value=1.5), lambda: kl.ReLU(negative_slope=0.3), lambda: kl.ReLU(threshold=0.7),
    lambda: kl.ReLU(max_value=2.5, negative_slope=0.1, threshold=0.4), lambda: kl.LeakyReLU(0.15), lambda: kl.ELU(1.5), lambda: kl.PReLU(),
    lambda: kl.Softmax(), lambda: kl.Activation('tanh'), lambda: kl.Activation(tf.sin), lambda: kl.Activation(tf.nn.relu),
    lambda: kl.Rescaling(1.7, 0.3), lambda: kl.LayerNormalization(), lambda: kl.RMSNormalization(), lambda: kl.BatchNormalization(),
    lambda: kl.BatchNormalization(scale=False, center=False), lambda: kl.Dropout(0.5), lambda: kl.GaussianNoise(1.0), lambda: kl.Identity(),
    lambda: kl.Reshape((3, 1)), lambda: kl.RepeatVector(2), lambda: kl.ActivityRegularization(0.1),
], ids=str)
def test_layers_of_vectors(layer):
    made = layer()
    compare(network(kl.Dense(3), made))


@pytest.mark.parametrize('shape, layers', [
    ((6, 2), [kl.Conv1D(3, 2)]), ((6, 2), [kl.Conv1D(2, 3, padding='same', strides=2, activation='relu')]),
    ((6, 2), [kl.Conv1D(2, 2, padding='causal', dilation_rate=2)]), ((6, 4), [kl.Conv1D(4, 3, groups=2)]),
    ((5, 4, 2), [kl.Conv2D(3, (2, 3))]), ((5, 4, 2), [kl.Conv2D(2, 3, padding='same', strides=(2, 1), use_bias=False)]),
    ((5, 5, 1), [kl.Conv2D(2, 2, dilation_rate=2)]), ((4, 4, 3), [kl.DepthwiseConv2D(2, depth_multiplier=2)]),
    ((4, 4, 2), [kl.SeparableConv2D(3, 2)]), ((6, 2), [kl.SeparableConv1D(3, 2)]), ((6, 2), [kl.DepthwiseConv1D(2)]),
    ((3, 3, 3, 1), [kl.Conv3D(2, 2)]),
    ((5, 4, 2), [kl.MaxPooling2D(2)]), ((5, 4, 2), [kl.MaxPooling2D(2, padding='same')]), ((5, 4, 2), [kl.AveragePooling2D(3, strides=1, padding='same')]),
    ((6, 2), [kl.MaxPooling1D(2)]), ((6, 2), [kl.AveragePooling1D(2, strides=1)]), ((6, 2), [kl.GlobalMaxPooling1D()]),
    ((5, 4, 2), [kl.GlobalAveragePooling2D(), kl.Dense(1)]), ((5, 4, 2), [kl.GlobalMaxPooling2D(keepdims=True)]),
    ((5, 4, 2), [kl.Flatten(), kl.Dense(2)]), ((2, 3), [kl.Permute((2, 1)), kl.Flatten()]), ((2, 3), [kl.Dense(2, activation='softmax')]),
    ((5, 4, 2), [kl.Cropping2D(((1, 0), (1, 1)))]), ((5, 4, 2), [kl.ZeroPadding2D(((1, 0), (0, 2)))]), ((2, 3, 1), [kl.UpSampling2D((2, 1))]),
    ((4, 1), [kl.Cropping1D((1, 1))]), ((4, 1), [kl.ZeroPadding1D(1)]), ((2, 2), [kl.UpSampling1D(2)]), ((2, 3), [kl.TimeDistributed(kl.Dense(2))]),
    ((2, 3), [kl.LayerNormalization(axis=[1, 2])]), ((2, 3), [kl.BatchNormalization(axis=1)]), ((2, 3), [kl.PReLU(shared_axes=[1])]),
    ((2, 3), [kl.Softmax(axis=1)]),
], ids=str)
def test_layers_of_tensors(shape, layers):
    compare(network(*[type(layer).from_config(layer.get_config()) for layer in layers], shape=shape), scale=1.0)


@pytest.mark.parametrize('merge', [kl.Add, kl.Subtract, kl.Multiply, kl.Average, kl.Maximum, kl.Minimum, kl.Concatenate])
def test_layers_of_several_inputs(merge):
    a, b = keras.Input((3,)), keras.Input((3,))
    compare(randomized(keras.Model([a, b], merge()([a, kl.Dense(3)(b)]))))


def test_every_layer_of_the_table_is_compared():
    source = open(__file__).read()
    names = {name for cls in LAYERS for name in [cls.__name__]}
    unseen = {name for name in names if f'kl.{name}' not in source}
    assert unseen <= {'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'GaussianDropout', 'AlphaDropout', 'AveragePooling3D',
                      'MaxPooling3D', 'GlobalAveragePooling1D', 'GlobalAveragePooling3D', 'GlobalMaxPooling3D', 'Cropping3D', 'ZeroPadding3D',
                      'UpSampling3D'}, unseen


@pytest.mark.parametrize('layer', [kl.AveragePooling3D(2), kl.MaxPooling3D(2, padding='same'), kl.GlobalAveragePooling3D(), kl.GlobalMaxPooling3D(),
                                   kl.Cropping3D(1), kl.ZeroPadding3D(1), kl.UpSampling3D(2), kl.SpatialDropout3D(0.5)], ids=str)
def test_layers_of_volumes(layer):
    compare(network(layer, shape=(3, 3, 3, 1)))


@pytest.mark.parametrize('layer', [kl.SpatialDropout1D(0.5), kl.GaussianDropout(0.5), kl.AlphaDropout(0.5), kl.GlobalAveragePooling1D()], ids=str)
def test_noise_is_absent_in_inference(layer):
    compare(network(layer, shape=(3, 2)))


def test_normalization_both_ways():
    for invert in (False, True):
        layer = kl.Normalization(invert=invert)
        layer.adapt(rng.normal(3, 5, (100, 3)))
        model = keras.Sequential([keras.Input((3,)), layer])
        compare(model)


def test_embedding_of_integers():
    model = network(kl.Embedding(5, 3), kl.Flatten(), kl.Dense(2), shape=(2,))
    compare(model, [rng.integers(0, 5, (POINTS, 2)).astype('float32')])


def test_nested_models_shared_layers_and_arithmetic():
    shared = kl.Dense(3, activation='tanh')
    inner = keras.Sequential([keras.Input((3,)), kl.Dense(2, activation='gelu'), kl.Dense(3)])
    a, b = keras.Input((3,)), keras.Input((3,))
    h = shared(a) + 2 * inner(shared(b)) - a / (1 + keras.ops.square(b))
    model = randomized(keras.Model([a, b], [h[:, 0:2], keras.ops.sin(h) * keras.ops.leaky_relu(b, negative_slope=0.3), inner(h)]))
    results = compare(model, scale=1.0)
    assert len(results) == 3


def test_functions_of_ours_as_layers_and_activations():
    x, y = var('x, y')
    f = TensorFunction(vector([x * y, cos(x) + y**2]), (x, y), dtype='float32')
    g = TensorFunction(x / (1 + x**2), dtype='float32')
    compare(network(kl.Dense(2, activation=g), f.layer(), kl.Dense(1)), scale=1.0)


def test_rational_weights_are_exact_and_interval_weights_enclose():
    model = network(kl.Dense(4, activation='relu'), kl.Dense(2))
    point = [QQ(1) / 3, -2, QQ(7) / 5]
    exact = model.to_sage(*point, ring=QQ)
    kernel, bias, last, offset = ([QQ(v.as_integer_ratio()) for v in w.numpy().ravel().astype(float).tolist()] for w in model.weights)
    hidden = [max(0, sum(point[i] * kernel[4 * i + j] for i in range(3)) + bias[j]) for j in range(4)]
    assert [QQ(e) for e in exact] == [sum(hidden[j] * last[2 * j + k] for j in range(4)) + offset[k] for k in range(2)]
    for ring in (RIF, RBF):
        found = model.to_sage(*[ring(p) for p in point], ring=ring)
        for e, wanted in zip(found, exact, strict=True):
            value = e.pyobject()
            assert value.parent() is ring and QQ(wanted) in RIF(value) and RIF(value).absolute_diameter() < 1e-13


def test_a_large_network_agrees_to_the_last_bits_of_float32():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((2,)), kl.Dense(64, activation='relu'), kl.Dense(64, activation='relu'), kl.Dense(1)])
    points = rng.uniform(-3, 3, (10**4, 2)).astype('float32')
    x, y = var('x, y')
    e = model.to_sage(x, y)
    values, wanted = e.to_tf(x, y)(*points.T.astype(float)).numpy(), model(points).numpy()[:, 0]
    assert np.abs(values - wanted).max() <= 8 * np.spacing(np.abs(wanted).max())
    slope = e.diff(x).to_tf(x, y)(*points[:100].T.astype(float)).numpy()
    t = tf.constant(points[:100])
    with tf.GradientTape() as tape:
        tape.watch(t)
        out = model(t)
    assert np.abs(slope - tape.gradient(out, t).numpy()[:, 0]).max() < 1e-5


def test_all_names_of_activations_have_formulas():
    assert set(names_of_activations().values()) <= {*ACTIVATIONS, *VECTORS, 'linear'}


def test_what_comes_back_is_saved_and_loaded(tmp_path):
    from sage_tf.all import load_tensor_function
    model = network(kl.Dense(4, activation='relu'), kl.Dense(2, activation='relu6'), shape=(1,))
    e = model.to_sage(var('x'))
    e.to_tf(var('x')).save(str(tmp_path / 'saved'))
    assert all(bool(a.is_trivially_equal(b)) for a, b in zip(load_tensor_function(str(tmp_path / 'saved')).to_sage(), e, strict=True))


class Doubled(kl.Dense):
    def call(self, inputs, training=None):
        return 2 * super().call(inputs)


@pytest.mark.parametrize('make, error, message', [
    (lambda: keras.Sequential([kl.Dense(1)]), ValueError, 'is not built'),
    (lambda: network(kl.LSTM(2, name='memory'), shape=(3, 1)), NotImplementedError, 'the layer memory of type LSTM has no form'),
    (lambda: network(kl.RandomFlip(name='flip'), shape=(3, 3, 1)), NotImplementedError, 'the layer flip of type RandomFlip changes its input at random'),
    (lambda: network(Doubled(2)), NotImplementedError, 'computes something else than Dense'),
    (lambda: network(kl.Dense(2), shape=(None, 2)), ValueError, 'no fixed size'),
    (lambda: network(kl.Dense(2, activation=lambda t: t)), NotImplementedError, 'has the activation <lambda>'),
    (lambda: network(kl.Dense(2, dtype='float16')), NotImplementedError, 'computes in float16'),
], ids=str)
def test_what_cannot_come_back_says_why(make, error, message):
    with pytest.raises(error, match=message):
        make().to_sage()
