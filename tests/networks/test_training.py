"""Losses, schedules, histories, data and variables against what Keras computes."""
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.optimizers import schedules
from sage.all import QQ, RDF, SR, var, vector

from sage_tf.all import distill
from sage_tf.session import install, uninstall

rng = np.random.default_rng(6)
x = var('x')


@pytest.mark.parametrize('loss, low, high', [
    (keras.losses.MeanSquaredError(), -2, 2), (keras.losses.MeanAbsoluteError(), -2, 2), (keras.losses.MeanAbsolutePercentageError(), 1, 2),
    (keras.losses.MeanSquaredLogarithmicError(), 0, 2), (keras.losses.Huber(), -2, 2), (keras.losses.Huber(delta=0.3), -2, 2),
    (keras.losses.LogCosh(), -2, 2), (keras.losses.Poisson(), 0.1, 2), (keras.losses.KLDivergence(), 0.1, 0.9), (keras.losses.Hinge(), -2, 2),
    (keras.losses.SquaredHinge(), -2, 2), (keras.losses.BinaryCrossentropy(), 0.1, 0.9), (keras.losses.BinaryCrossentropy(from_logits=True), 0.1, 0.9),
    (keras.losses.BinaryCrossentropy(label_smoothing=0.2), 0.1, 0.9),
], ids=lambda v: getattr(v, 'name', str(v)))
def test_losses(loss, low, high):
    true, predicted = rng.uniform(low, high, (2, 10, 3))
    if 'hinge' in loss.name:
        true = np.sign(true)
    t, p = ([SR.var(f'{name}{k}') for k in range(3)] for name in 'tp')
    e = loss.to_sage(vector(t), vector(p))
    for a, b in zip(true, predicted, strict=True):
        found = float(e.subs(dict(zip([*t, *p], map(RDF, [*a, *b]), strict=True))))
        assert found == pytest.approx(float(loss(a[None].astype('float32'), b[None].astype('float32'))), rel=2e-5, abs=1e-6)


@pytest.mark.parametrize('schedule', [
    schedules.ExponentialDecay(0.1, 100, 0.9), schedules.ExponentialDecay(0.1, 100, 0.9, staircase=True), schedules.InverseTimeDecay(0.1, 50, 0.5),
    schedules.InverseTimeDecay(0.1, 50, 0.5, staircase=True), schedules.PolynomialDecay(0.1, 100, 0.01, power=2.0),
    schedules.PolynomialDecay(0.1, 100, 0.01, cycle=True), schedules.PiecewiseConstantDecay([100, 200], [1.0, 0.5, 0.1]),
    schedules.CosineDecay(0.1, 200, alpha=0.1), schedules.CosineDecay(0.0, 200, warmup_target=0.1, warmup_steps=100),
    schedules.CosineDecayRestarts(0.1, 60), schedules.CosineDecayRestarts(0.1, 60, t_mul=1.0, m_mul=0.5, alpha=0.1),
], ids=lambda s: type(s).__name__)
def test_schedules(schedule):
    e = schedule.to_sage(x)
    for step in (0, 1, 50, 99, 100, 101, 137, 200, 250, 399):
        assert float(SR(e).subs(x=step)) == pytest.approx(float(schedule(step)), rel=1e-4, abs=1e-7)
    assert keras.optimizers.SGD(schedule).to_sage(x) is not None


def test_a_history_has_tables_and_plots(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss='mse', metrics=['mae'])
    fit = model.fit(np.ones((8, 1)), np.ones((8, 1)), validation_split=0.25, epochs=3, verbose=0)
    history = fit.to_sage()
    assert history.names() == tuple(fit.history) and len(history.names()) == 4
    assert list(history['loss']) == pytest.approx(fit.history['loss'])
    history.plot('loss', scale='linear').save(str(tmp_path / 'loss.png'))


def test_data_and_variables():
    data = tf.data.Dataset.from_tensor_slices({'a': np.arange(4.0), 'b': np.arange(8).reshape(4, 2)}).batch(2)
    first, = data.to_sage(1, ring=QQ)
    assert first['a'] == vector(QQ, [0, 1]) and first['b'].nrows() == 2
    assert len(data.to_sage()) == 2
    class Pair(tf.Module):
        def __init__(self):
            self.a, self.b = tf.Variable([1.5]), tf.Variable(2)
    assert sorted(map(str, Pair().to_sage().values())) == ['(1.50000)', '2']


def test_normalization_statistics():
    layer = keras.layers.Normalization()
    layer.adapt(np.array([[1.0], [3.0]]))
    assert layer.to_sage(x, ring=QQ) == x - 2


def test_distillation_is_certified():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, activation='tanh'), keras.layers.Dense(1)])
    keras.utils.set_random_seed(1)
    points = rng.uniform(-1, 1, (500, 1)).astype('float32')
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss='mse')
    model.fit(points, points**2, epochs=40, verbose=0)
    found = distill(model, [(x, -1, 1)], time_limit=3, max_complexity=5)
    check = np.linspace(-1, 1, 20001).astype('float32')
    values = model(check[:, None]).numpy()[:, 0]
    law = found.expression().to_tf(x)(check.astype(float)).numpy()
    worst = np.abs(values - law).max()
    assert worst <= found.deviation() <= 1.1 * worst + 1e-4


def test_what_was_attached_can_be_taken_back():
    uninstall()
    try:
        for cls in (keras.Model, keras.losses.Loss, schedules.LearningRateSchedule, keras.optimizers.Optimizer, keras.callbacks.History,
                    tf.data.Dataset, tf.Module):
            assert not hasattr(cls, 'to_sage')
    finally:
        install()
    assert hasattr(keras.Model, 'to_sage') and hasattr(tf.data.Dataset, 'to_sage')
