"""Functions on tensors in TensorFlow's and Keras' machinery: layers, models, optimizers, data, distribution."""
import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf
from sage.all import exp, function, matrix, sin, tanh, var, vector

from sage_tf.symbolic.layer import ExpressionLayer
from sage_tf.symbolic.tensor_function import TensorFunction

x, y, a, b = var('x, y, a, b')
u = function('u')
ROWS = np.array([[0.5, 2.0], [1.0, -3.0], [-2.0, 4.0]])


def linear_data(dtype='float64'):
    points = np.linspace(-1, 1, 64).reshape(-1, 1).astype(dtype)
    return points, 3 * points + 0.5


def small_network():
    keras.utils.set_random_seed(2)
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation='tanh'), keras.layers.Dense(1)])


@pytest.mark.parametrize('expression, shape', [
    (x * y, (3, 1)), (vector([x * y]), (3, 1)), (vector([x, y, 1]), (3, 3)), (matrix([[x, y, 1], [x * y, 2, 3]]), (3, 2, 3))])
def test_the_columns_of_an_input_are_the_variables(expression, shape):
    f = TensorFunction(expression, (x, y))
    value = f.layer()(ROWS)
    assert value.shape == shape
    np.testing.assert_array_equal(np.reshape(value, shape), np.reshape(f(ROWS[:, 0], ROWS[:, 1]), shape))
    model = keras.Sequential([keras.Input((2,), dtype='float64'), f.layer()])
    assert model.output_shape == (None, *shape[1:])
    np.testing.assert_array_equal(model(ROWS), value)


def test_more_axes_stand_before_the_variables():
    value = TensorFunction(x - y, (x, y)).layer()(np.stack([ROWS, ROWS + 1]))
    np.testing.assert_array_equal(value, np.stack([ROWS[:, :1] - ROWS[:, 1:]] * 2))


def test_lists_and_dictionaries_hold_one_tensor_for_each_variable():
    layer = TensorFunction(x - 2 * y, (x, y)).layer()
    first, second = ROWS[:, :1], ROWS[:, 1:]
    np.testing.assert_array_equal(layer([first, second]), first - 2 * second)
    np.testing.assert_array_equal(layer({'y': second, 'x': first}), first - 2 * second)


def test_a_function_of_one_variable_is_an_activation():
    f = TensorFunction(tanh(x) + x / 10, dtype='float32')
    np.testing.assert_allclose(f.layer()(ROWS), np.tanh(ROWS) + ROWS / 10, rtol=1e-6)
    dense = keras.layers.Dense(5, activation=f)
    np.testing.assert_allclose(dense(ROWS), f(ROWS.astype('float32') @ dense.kernel.numpy()), rtol=1e-5)


def test_an_input_without_the_columns_is_refused():
    with pytest.raises(ValueError, match='expected 2 columns'):
        TensorFunction(x * y, (x, y)).layer()(ROWS[:, :1])


def test_keras_tensors_make_a_layer():
    f = TensorFunction(a * x + y, (x, y), parameters={a: 2})
    inputs = [keras.Input((1,)), keras.Input((1,))]
    hidden = keras.layers.Dense(1, kernel_initializer='ones')(inputs[1])
    model = keras.Model(inputs, f(inputs[0], hidden))
    assert [weight.shape for weight in model.trainable_weights] == [(1, 1), (1,), ()]
    np.testing.assert_allclose(model([ROWS[:, :1], ROWS[:, 1:]]), 2 * ROWS[:, :1] + ROWS[:, 1:])
    halved = keras.Model(inputs[0], f(y=0.5, x=inputs[0]))
    np.testing.assert_allclose(halved(ROWS[:, :1]), 2 * ROWS[:, :1] + 0.5)


def test_fit_trains_the_parameters():
    f = TensorFunction(a * x + b, x, parameters={a: 0, b: 0})
    model = keras.Sequential([keras.Input((1,)), f.layer()])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss='mse')
    model.fit(*linear_data(), epochs=40, batch_size=64, verbose=0)
    np.testing.assert_allclose([f.parameters()[s].numpy() for s in (a, b)], [3, 0.5], atol=1e-2)
    learned = f.to_sage()
    assert learned.variables() == (x,) and abs(learned(x=2) - 6.5) < 0.05
    np.testing.assert_allclose(model.predict(ROWS[:, :1], verbose=0), f(ROWS[:, :1]))


def test_layers_of_one_function_share_its_weights():
    f = TensorFunction(a * x, x, parameters={a: 2})
    inputs = keras.Input((1,))
    model = keras.Model(inputs, f(f(inputs)))
    assert len(model.trainable_weights) == 1
    model.trainable_weights[0].assign(3.0)
    assert f.parameters()[a].numpy() == 3 and model(np.ones((1, 1))).numpy() == 9


def test_networks_in_the_expression_are_trained_with_the_model():
    network = small_network()
    f = TensorFunction(a * u(x, y) + x, (x, y), 'float32', functions={u: network}, parameters={a: 1})
    layer = f.layer()
    assert len(layer.trainable_weights) == 5
    model = keras.Sequential([keras.Input((2,)), layer])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss='mse')
    points = np.random.default_rng(0).uniform(-1, 1, (128, 2)).astype('float32')
    history = model.fit(points, points[:, :1] * points[:, 1:], epochs=25, verbose=0).history['loss']
    assert history[-1] < history[0] / 10
    layer.trainable = False
    assert not model.trainable_weights


def test_the_weights_of_a_model_are_saved_and_loaded(tmp_path):
    path = str(tmp_path / 'model.weights.h5')
    models = []
    for value in (5, 0):
        f = TensorFunction(a * u(x, y), (x, y), functions={u: small_network()}, parameters={a: value})
        models.append(keras.Sequential([keras.Input((2,)), f.layer(name='product')]))
    models[0].save_weights(path)
    models[1].load_weights(path)
    np.testing.assert_array_equal(models[0](ROWS), models[1](ROWS))
    with pytest.raises(NotImplementedError, match='save_weights'):
        models[0].save(str(tmp_path / 'model.keras'))


@pytest.mark.parametrize('name', ['apply', 'apply_gradients'])
def test_an_optimizer_trains_parameters_and_networks_in_a_loop(name):
    network = small_network()
    f = TensorFunction(a * sin(x) + u(x, y), (x, y), functions={u: network}, parameters={a: 0.5})
    assert len(f.trainable_variables) == 5 and all(isinstance(v, tf.Variable) for v in f.trainable_variables)
    optimizer = keras.optimizers.Adam(0.05)
    losses = []
    for _ in range(50):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((f(ROWS[:, 0], ROWS[:, 1]) - [1.0, 2.0, 3.0])**2)
        slopes = tape.gradient(loss, f.trainable_variables)
        if name == 'apply':
            optimizer.apply(slopes, f.trainable_variables)
        else:
            optimizer.apply_gradients(zip(slopes, f.trainable_variables, strict=True))
        losses.append(float(loss))
    assert losses[-1] < losses[0] / 20
    assert f.parameters()[a].numpy() != 0.5
    assert float(f.to_sage().subs({x: 1, y: 0}).substitute_function(u, lambda *_: 0)) == pytest.approx(
        f.parameters()[a].numpy() * np.sin(1.0))


def test_variables_of_functions_within_functions_are_found_once():
    network = small_network()
    inner = TensorFunction(a * u(x, 1), x, functions={u: network}, parameters={a: 1})
    f = TensorFunction(b * function('v')(x) + u(x, x), x, functions={function('v'): inner, u: network}, parameters={b: 2})
    assert len(f.trainable_variables) == 6
    frozen = keras.layers.BatchNormalization()
    g = TensorFunction(u(x), functions={u: keras.Sequential([keras.Input((1,)), frozen])})
    assert len(g.trainable_variables) == len(g.non_trainable_variables) == 2


def test_a_function_maps_data():
    f = TensorFunction(exp(x) * y, (x, y))
    data = tf.data.Dataset.from_tensor_slices((ROWS[:, 0], ROWS[:, 1])).batch(2).map(f)
    np.testing.assert_allclose(np.concatenate(list(data)), np.exp(ROWS[:, 0]) * ROWS[:, 1])
    layered = tf.data.Dataset.from_tensor_slices(ROWS).batch(2).map(f.layer())
    np.testing.assert_allclose(np.concatenate(list(layered))[:, 0], np.exp(ROWS[:, 0]) * ROWS[:, 1])


@pytest.mark.parametrize('dtype', ['float32', 'float64', 'complex64', 'complex128'])
def test_every_dtype_has_a_layer(dtype):
    f = TensorFunction(a * x**2, x, dtype, parameters={a: 2})
    layer = ExpressionLayer(f)
    points = np.array([[1.0], [2.0]]) * (1j if dtype.startswith('complex') else 1)
    value = layer(tf.constant(points, dtype))
    assert value.dtype.name == dtype
    np.testing.assert_allclose(value, 2 * points**2, rtol=1e-6)


DISTRIBUTED = """
    import tensorflow as tf
    cpu, = tf.config.list_physical_devices('CPU')
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras, numpy as np
    from sage.all import diff, function, var
    from sage_tf.symbolic.tensor_function import TensorFunction

    x, a, b = var('x, a, b')
    u = function('u')
    strategy = tf.distribute.MirroredStrategy(['CPU:0', 'CPU:1'])
    assert strategy.num_replicas_in_sync == 2
    points = np.linspace(-1, 1, 64).reshape(-1, 1)
    data = (points, 3*points + 0.5)

    with strategy.scope():                                      # by hand
        f = TensorFunction(a*x + b, x, parameters={a: 0, b: 0})
        optimizer = keras.optimizers.SGD(0.3)
        optimizer.build(f.trainable_variables)
    batches = strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices(data).batch(64))
    traced = []

    def replica(points, wanted):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((f(points) - wanted)**2)/64
        slopes = tape.gradient(loss, f.trainable_variables)
        assert None not in slopes
        traced.append(points)
        optimizer.apply_gradients(zip(slopes, f.trainable_variables))
        return loss

    @tf.function(autograph=False)
    def step(points, wanted):
        return strategy.reduce('SUM', strategy.run(replica, (points, wanted)), axis=None)

    losses = [float(step(*batch)) for _ in range(12) for batch in batches]
    alone = TensorFunction(a*x + b, x, parameters={a: 0, b: 0})
    single = keras.optimizers.SGD(0.3)
    for _ in range(12):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((alone(points) - data[1])**2)/64
        single.apply_gradients(zip(tape.gradient(loss, alone.trainable_variables), alone.trainable_variables))
    for symbol in (a, b):
        copies = [float(copy) for copy in f.parameters()[symbol].values]
        np.testing.assert_allclose(copies, [float(alone.parameters()[symbol])]*2, rtol=1e-9)
    assert len(traced) == 2 and losses[-1] < losses[0]/5

    with strategy.scope():                                      # by Keras, with a network and its derivative
        network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(8, activation='tanh'), keras.layers.Dense(1)])
        g = TensorFunction(a*x + b + u(x) + diff(u(x), x), x, 'float32', functions={u: network}, parameters={a: 0, b: 0})
        model = keras.Sequential([keras.Input((1,)), g.layer()])
        model.compile(optimizer=keras.optimizers.Adam(0.05), loss='mse')
    assert len(model.trainable_weights) == 6
    history = model.fit(*data, epochs=25, batch_size=64, verbose=0).history['loss']
    assert history[-1] < history[0]/5, history
    assert len({float(copy) for copy in g.parameters()[a].values}) == 1 and float(g.parameters()[a].values[0]) != 0
    print('trained on', len(traced), 'devices')
"""


def test_parameters_are_mirrored_on_two_devices():
    environment = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'TF_ENABLE_ONEDNN_OPTS': '0'}
    code = 'import sage_tf\n' + textwrap.dedent(DISTRIBUTED)
    done = subprocess.run([sys.executable, '-c', code], env=environment, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    assert 'trained on 2 devices' in done.stdout
