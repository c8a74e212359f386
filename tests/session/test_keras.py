"""
Keras models built, trained, subclassed, saved and loaded with the literals of a Sage session
"""
import pickle

import keras as plain_keras
import numpy as np
import pytest
import tensorflow
from sage.all import QQ, RDF, RR, ZZ, Integer, matrix, vector

import sage_tf  # noqa: F401  (registers the conversion of Sage's elements)
from sage_tf.session.literals import keras, tf

N = Integer
half = QQ((1, 2))


@keras.saving.register_keras_serializable(package='sage_tf tests')
class Scaled(keras.layers.Layer):
    def __init__(self, units, scale=half, **kwargs):
        super().__init__(**kwargs)
        self.units, self.scale = units, scale
        self.inner = keras.layers.Dense(N(3))

    def build(self, shape):
        self.w = self.add_weight(shape=(N(3), self.units), initializer=keras.initializers.Constant(half))
        self.inner.build(shape)

    def call(self, x):
        return tf.matmul(self.inner(x), self.w) * self.scale + N(1)

    def get_config(self):
        return {**super().get_config(), 'units': self.units, 'scale': self.scale}


class Net(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.hidden = keras.layers.Dense(width, activation='tanh')
        self.out = keras.layers.Dense(N(1))

    def call(self, x):
        return N(2) * self.out(self.hidden(x))[:, N(0):N(1)]


def functional():
    x = keras.Input((N(2),))
    y = keras.layers.Dense(N(4), activation=tf.nn.relu)(x)
    y = keras.layers.Concatenate(axis=N(-1))([x, N(2) * y])
    return keras.Model(inputs=x, outputs=keras.layers.Dense(N(1))(y / N(3)))


def sequential():
    return keras.Sequential([keras.Input((N(2),)), keras.layers.Dense(N(4), activation='relu'), keras.layers.Dropout(QQ((1, 4))),
                             Scaled(N(2)), keras.layers.Dense(N(1))])


X, y = matrix(RDF, 8, 2, range(16)), vector(RDF, range(8))


@pytest.mark.parametrize('build', [functional, sequential, lambda: Net(N(5))])
def test_a_model_trains_evaluates_and_predicts(build):
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(RR('0.01'), beta_1=QQ((9, 10))), loss=keras.losses.Huber(delta=N(1)),
                  metrics=['mae'], loss_weights=half if build is functional else None)
    history = model.fit(X, y, epochs=N(3), batch_size=N(4), validation_split=half, verbose=N(0),
                        callbacks=[keras.callbacks.EarlyStopping(patience=N(3))])
    assert len(history.history['loss']) == 3
    assert len(model.evaluate(X, y, verbose=N(0))) == 2
    assert model.predict(X, batch_size=N(3), verbose=N(0)).shape == (8, 1)
    assert model.layers[N(0)] is model.layers[0]


def test_fit_takes_vectors_for_both():
    model = keras.Sequential([keras.Input((N(1),)), keras.layers.Dense(N(1))])
    model.compile('sgd', 'mse')
    model.fit(vector(RDF, range(20)), vector(ZZ, range(20)), epochs=N(2), verbose=N(0))
    assert model.predict(vector(RDF, [1, 2]), verbose=N(0)).shape == (2, 1)
    model.fit(x=matrix(RDF, 20, 1, range(20)), y=vector(RDF, range(20)), verbose=N(0))
    assert model.predict(x=vector(RDF, [1, 2, 3]), verbose=N(0)).shape == (3, 1)
    model.optimizer.learning_rate = RR('0.25')
    assert float(model.optimizer.learning_rate) == 0.25


@pytest.mark.parametrize('build', [functional, sequential])
def test_a_model_survives_saving_cloning_and_its_configuration(build, tmp_path):
    model = build()
    points = np.random.default_rng(1).normal(size=(5, 2)).astype('float32')
    expected = model(points)
    model.save(tmp_path / 'model.keras')
    keras.saving.save_model(model, tmp_path / 'again.keras')
    for path in ('model.keras', 'again.keras'):
        loaded = keras.saving.load_model(tmp_path / path)
        np.testing.assert_allclose(loaded(points), expected, rtol=1e-5)
    assert type(model).from_config(model.get_config()).count_params() == model.count_params()
    assert keras.models.clone_model(model).count_params() == model.count_params()
    assert keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(model)).count_params() == model.count_params()
    np.testing.assert_allclose(pickle.loads(pickle.dumps(model))(points), expected, rtol=1e-5)
    model.save_weights(tmp_path / 'model.weights.h5')
    model.load_weights(tmp_path / 'model.weights.h5')


def test_a_saved_model_loads_without_sage(tmp_path):
    model = functional()
    model.save(tmp_path / 'model.keras')
    import subprocess
    import sys
    code = ("import sys, keras, numpy; model = keras.saving.load_model(sys.argv[1]); "
            "print(model(numpy.ones((1, 2))).shape, any(name.split('.')[0] == 'sage' for name in sys.modules))")
    run = subprocess.run([sys.executable, '-c', code, tmp_path / 'model.keras'], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == '(1, 1) False'


def test_subclasses_are_ordinary_subclasses():
    layer = Scaled(N(4))
    assert isinstance(layer, tensorflow.keras.layers.Layer) and Scaled.__mro__[1] is plain_keras.layers.Layer
    assert layer(matrix(RDF, 2, 2, [1, 2, 3, 4])).shape == (2, 4)
    assert layer.units is not None and layer.w.shape == (3, 4)
    copied = Scaled.from_config(layer.get_config())
    assert copied.units == 4 and copied.scale == half


def test_the_configuration_keras_makes_for_a_subclass_holds_plain_numbers():
    class Power(keras.layers.Layer):
        def __init__(self, exponent, **kwargs):
            super().__init__(**kwargs)
            self.exponent = exponent

        def call(self, x):
            return x ** self.exponent
    config = Power(N(3)).get_config()
    assert config['exponent'] == 3 and type(config['exponent']) is int
    # Keras reads the attributes of layers, sizes among them: integers there are Python's, other numbers stay the user's.
    assert type(Power(N(3)).exponent) is int and Power(half).exponent.parent() is QQ


def test_modules_of_tensorflow_can_be_subclassed():
    class Affine(tf.Module):
        def __init__(self, n):
            super().__init__(name='affine')
            self.w = tf.Variable(tf.ones((n, N(2))))

        @tf.function(input_signature=[tf.TensorSpec((None, N(3)), tf.float32)])
        def __call__(self, x):
            return x @ self.w + N(1)

    affine = Affine(N(3))
    assert isinstance(affine, tensorflow.Module) and len(affine.trainable_variables) == 1
    np.testing.assert_allclose(affine(tf.ones((N(2), N(3)))), np.full((2, 2), 4.0))


def test_gradients_flow_through_literals():
    w = tf.Variable([RR('1.0'), RR('2.0')])
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(tf.pow(w, N(2)) * N(3))
    np.testing.assert_allclose(tape.gradient(loss, w), [6, 12])
    np.testing.assert_allclose(tape.gradient(loss, w, output_gradients=half), [3, 6])
    keras.optimizers.SGD(half).apply_gradients([(tape.gradient(loss, w), w)])
    np.testing.assert_allclose(w, [-2, -4])


def test_datasets_take_literals_in_every_method():
    data = tf.data.Dataset.from_tensor_slices((matrix(QQ, 6, 2, range(12)), vector(ZZ, range(6))))
    data = data.repeat(N(2)).skip(N(1)).take(N(8)).shuffle(N(4), seed=N(1)).batch(N(3), drop_remainder=True).prefetch(N(1))
    shapes = [(tuple(a.shape), tuple(b.shape)) for a, b in data]
    assert shapes == [((3, 2), (3,))] * 2
    assert [int(n) for n in tf.data.Dataset.range(N(5)).map(lambda k: k * N(2)).filter(lambda k: k > N(2))] == [4, 6, 8]
    squares = tf.data.Dataset.from_generator(lambda: (N(k) ** 2 for k in range(3)), output_signature=tf.TensorSpec((), tf.int32))
    assert [int(n) for n in squares.window(N(2)).flat_map(lambda w: w)] == [0, 1, 4]


def test_a_traced_function_takes_sage_objects_without_retracing():
    traces = []

    @tf.function
    def double(x):
        traces.append(1)
        return tf.reduce_sum(N(2) * x)
    assert double(vector(RDF, [1, 2])).numpy() == 6 and double(vector(RDF, [3, 4])).numpy() == 14 and len(traces) == 1
    assert double.get_concrete_function(tf.TensorSpec((N(2),), tf.float64))(vector(RDF, [1, 2])).numpy() == 6


def test_attributes_that_training_reaches_take_literals():
    model = functional()
    model.compile('adam', 'mse')
    model.layers[1].kernel.assign(matrix(QQ, 2, 4, [half] * 8))
    np.testing.assert_allclose(model.layers[1].kernel, np.full((2, 4), 0.5))
    model.set_weights([np.zeros(w.shape) for w in model.weights])
    assert model.optimizer.learning_rate.assign(RR('0.5')) is not None
    assert model.get_layer(index=N(1)) is model.layers[1]
    model.summary(print_fn=lambda line, **_: None, line_length=N(80))


# -- functions of the user, and what layers take and return ----------------------------------------------------------------

def fitted(callback=None, epochs=2, **compiled):
    model = keras.Sequential([keras.Input((N(1),)), keras.layers.Dense(N(1))])
    model.compile(**{'optimizer': 'sgd', 'loss': 'mse', **compiled})
    model.fit(vector(ZZ, [1, 2, 3]), vector(ZZ, [1, 2, 3]), epochs=epochs, verbose=N(0), callbacks=[callback] if callback else None)
    return model


@pytest.mark.parametrize('schedule, expected', [
    (lambda epoch: N(1) / (10 + epoch), 1 / 11), (lambda epoch, rate: rate * half, 0.0025), (lambda epoch: RR('0.5') ** (N(1) + epoch), 0.25),
])
def test_a_schedule_may_return_sage_numbers(schedule, expected):
    callback = keras.callbacks.LearningRateScheduler(schedule)
    assert callback.schedule.__wrapped__ is schedule
    assert float(fitted(callback).optimizer.learning_rate) == pytest.approx(expected, rel=1e-6)


def test_callbacks_of_functions_are_called():
    seen = []
    fitted(keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(half * epoch)))
    assert seen == [0, half]


@pytest.mark.parametrize('eagerly', [True, False])
def test_losses_metrics_and_rates_may_return_sage_numbers(eagerly):
    class Decay(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return QQ((1, 10))
    for rate in (lambda: QQ((1, 10)), Decay()):
        model = fitted(optimizer=keras.optimizers.SGD(rate), loss=lambda y, p: half * tf.reduce_mean((y - p) ** N(2)),
                       metrics=[lambda y, p: half], run_eagerly=eagerly)
        assert float(model.optimizer.learning_rate) == pytest.approx(0.1)


@pytest.mark.parametrize('initial', [lambda shape, dtype: [[half, N(1)], [N(0), N(1)]], lambda shape, dtype: matrix(QQ, [[half, 1], [0, 1]]),
                                     lambda shape, dtype: matrix(QQ, [[half, 1], [0, 1]]).to_tf(dtype)])
def test_an_initializer_may_return_sage_objects(initial):
    layer = keras.layers.Dense(N(2), kernel_initializer=initial)
    np.testing.assert_allclose(layer(matrix(ZZ, [[2, 4]])), [[1, 6]])
    assert layer.kernel.dtype == 'float32'


class Halved(keras.layers.Layer):
    def call(self, x):
        return x * half


@pytest.mark.parametrize('samples', [matrix(ZZ, [[1, 2]]), matrix(QQ, [[1, 2]]), matrix(RDF, [[1, 2]])])
def test_a_layer_takes_matrices_in_its_dtype_and_returns_raw_tensors(samples):
    for layer, dtype in ((Halved(), 'float32'), (Halved(dtype='float64'), 'float64'), (Halved(dtype='mixed_float16'), 'float16')):
        result = layer(samples)
        assert isinstance(result, tensorflow.Tensor) and result.dtype == dtype
        np.testing.assert_allclose(result, [[0.5, 1]])


def test_layers_return_raw_tensors_of_integers_too():
    result = Halved()(tf.constant([N(1), N(2)]))
    assert isinstance(result, tensorflow.Tensor) and result.numpy().tolist() == [0.5, 1]


def test_indices_that_a_float_would_round_stay_integers():
    large = vector(ZZ, [2 ** 24 + 1])
    assert keras.layers.Identity()(large).numpy().tolist() == [2 ** 24 + 1]
    assert keras.layers.Embedding(N(5), N(2))(vector(ZZ, [1, 2])).shape == (2, 2)
    assert keras.layers.IntegerLookup(vocabulary=[N(7), N(8)])(vector(ZZ, [7, 8])).numpy().tolist() == [1, 2]
    assert keras.layers.Add()([vector(ZZ, [1, 2]), vector(QQ, [half, 1])]).dtype == 'float32'


class Cell(keras.layers.Layer):
    """The textbook's recurrent cell, which keeps its size as an attribute."""

    def __init__(self, units):
        super().__init__()
        self.state_size = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.state_size))
        self.recurrent = self.add_weight(shape=(self.state_size, self.state_size))

    def call(self, x, states):
        h = keras.ops.tanh(x @ self.kernel + states[0] @ self.recurrent)
        return h, [h]


class Rated(keras.layers.Layer):
    """A layer whose configuration holds its attributes."""

    def __init__(self, units=None, rate=None, **options):
        super().__init__(**options)
        self.units, self.rate = units, rate

    def call(self, x):
        return x * self.rate

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


def test_sizes_that_a_users_layer_keeps_are_pythons():
    assert keras.layers.RNN(Cell(Integer(3)))(tf.ones((2, 4, 1))).shape == (2, 3)


def test_a_model_with_a_users_layer_is_saved_in_either_format(tmp_path):
    model = keras.Sequential([keras.Input((Integer(2),)), Rated(Integer(4), rate=RR(0.25))])
    for name in ("model.h5", "model.keras"):
        model.save(str(tmp_path / name))
        again = keras.models.load_model(str(tmp_path / name), custom_objects={"Rated": Rated})
        assert again.layers[-1].units == 4 and again.layers[-1].rate == 0.25
