"""Certified bounds against what the models return, and against Arb."""
import keras
import numpy as np
import pytest
from keras import layers as kl
from sage.all import QQ, RBF, RealIntervalField, oo, pi, sin, var

from sage_tf.all import TensorFunction, bounds, lipschitz_bound
from sage_tf.networks.activations import ACTIVATIONS, VECTORS, names_of_activations, parameters_of
from sage_tf.networks.bounds import swept
from sage_tf.networks.enclosures import Enclosed
from sage_tf.networks.intervals import Interval
from sage_tf.networks.models import tape_of
from sage_tf.networks.slopes import partials
from sage_tf.networks.zonotopes import Sweep

rng = np.random.default_rng(2)
FUNCTIONS = sorted({f.__name__: f for f in names_of_activations() if getattr(keras.activations, f.__name__, None) is f}.values(),
                   key=lambda f: f.__name__)
SPECIAL = {'relu_with': (0.1, 0.5, 3.0), 'threshold': (0.5, 2.0), 'is_equal': (1.0,), 'power': (3,)}


def network(*layers, inputs=2, seed=1):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((inputs,)), *layers])
    for weight in model.weights:
        weight.assign(rng.normal(0, 1, weight.shape))
    return model


@pytest.mark.parametrize('function', FUNCTIONS, ids=lambda f: f.__name__)
def test_bounds_hold_at_a_million_points(function):
    """Fifty boxes of all sizes, some of them points nearly, twenty thousand points in each."""
    hidden = [] if function.__name__ == 'glu' else [kl.Dense(8, activation=function)]
    model = network(*hidden, kl.Dense(4, activation=function), *([] if function.__name__ == 'glu' else [kl.Dense(2)]))
    count = 50
    lo = rng.normal(0, 2, (count, 2))
    hi = lo + rng.choice([1e-6, 1e-3, 0.1, 1, 5], (count, 1)) * rng.uniform(0, 1, (count, 2))
    low, high, _ = swept(tape_of(model), lo.astype('float32').astype(float), hi.astype('float32').astype(float), 'float32')
    shares = rng.uniform(size=(count, 20000, 2))
    shares[:, :4] = [[0, 0], [0, 1], [1, 0], [1, 1]]
    points = np.clip((lo[:, None] + (hi - lo)[:, None] * shares).astype('float32'), lo.astype('float32')[:, None], hi.astype('float32')[:, None])
    values = model(points.reshape(-1, 2)).numpy().reshape(count, -1, 2)
    is_held = (values >= low[:, None]) & (values <= high[:, None])
    assert (is_held | np.isnan(values) & np.isinf(high - low)[:, None]).all()      # infinity - infinity
    if function.__name__ not in ('sparsemax', 'exponential'):   # a quotient that may have a zero below, and what overflows
        assert np.isfinite(low).all() and np.isfinite(high).all()


@pytest.mark.parametrize('name', sorted(ACTIVATIONS))
def test_enclosures_of_values_and_secants_hold(name):
    """The value at a point by Arb's arithmetic, which the expression has, lies in that of the interval, and so do all secants."""
    from sage_tf.networks.symbolic import Symbolic
    parameters = SPECIAL.get(name, parameters_of(name, 'float64') or ((0.2,) if name == 'leaky_relu' else ()))
    a = rng.normal(0, 3, 60)
    b = a + rng.choice([1e-9, 1e-3, 1, 10], 60)
    if name in ('log', 'sqrt', 'reciprocal'):
        a, b = np.abs(a), np.abs(a) + np.abs(b - a)
    formula = ACTIVATIONS[name].formula
    found = formula(Enclosed, Enclosed.variable(Interval(a, b)), *parameters)
    x, exact = var('x'), [QQ(p.as_integer_ratio()) if isinstance(p, float) else p for p in parameters]
    expression = formula(Symbolic, x, *exact)
    field = RealIntervalField(200)
    for k in range(60):
        here = RealIntervalField(53)(found.value.lo[k], found.value.hi[k])
        slope = RealIntervalField(53)(found.slope.lo[k], found.slope.hi[k])
        ends = [expression.subs({x: QQ(float(t).as_integer_ratio())}) for t in (a[k], a[k] + (b[k] - a[k]) / 3, b[k])]
        values = [field(RBF(0) + 0) + field(e) for e in ends]
        assert all(v.lower() >= here.lower() and v.upper() <= here.upper() for v in values), (name, a[k], b[k])
        secant = (values[2] - values[0]) / (field(b[k]) - field(a[k]))
        assert secant.lower() <= slope.upper() and secant.upper() >= slope.lower()


@pytest.mark.parametrize('layers', [
    lambda: [kl.Dense(6, 'tanh'), kl.LayerNormalization(), kl.Dense(2)],
    lambda: [kl.Dense(6, 'relu'), kl.BatchNormalization(), kl.Reshape((3, 2)), kl.Conv1D(2, 2, activation='elu'), kl.MaxPooling1D(2), kl.Flatten()],
    lambda: [kl.Dense(6), kl.PReLU(), kl.Dense(3, 'softmax')],
    lambda: [TensorFunction(sin(pi * var('x')) / (2 + var('x')**2), dtype='float32').layer(), kl.Dense(2)],
    lambda: [kl.Dense(3, 'hard_shrink'), kl.ReLU(threshold=0.5), kl.Dense(2)],
], ids=str)
def test_bounds_hold_for_other_layers(layers):
    model = network(*layers())
    for weight in model.weights:
        if 'variance' in weight.path:
            weight.assign(np.abs(weight.numpy()) + 0.1)
    lo = rng.normal(0, 1, (20, 2)).astype('float32').astype(float)
    hi = (lo + rng.choice([1e-3, 0.3], (20, 1))).astype('float32').astype(float)
    low, high, _ = swept(tape_of(model), lo, hi, 'float32')
    points = lo[:, None] + (hi - lo)[:, None] * rng.uniform(size=(20, 500, 2))
    points = np.clip(points.astype('float32'), lo[:, None].astype('float32'), hi[:, None].astype('float32'))
    values = model(points.reshape(-1, 2), training=False).numpy().reshape(20, 500, -1)
    assert (values >= low[:, None]).all() and (values <= high[:, None]).all()


@pytest.mark.parametrize('activation', ['relu', 'tanh', 'gelu', 'softmax'])
def test_bounds_are_never_wider_than_plain_intervals(activation):
    model = network(kl.Dense(16, activation), kl.Dense(16, activation), kl.Dense(2))
    lo = rng.normal(0, 1, (30, 2))
    hi = lo + rng.uniform(0, 1, (30, 2))
    low, high = Sweep(tape_of(model), lo, hi, 'float32').outputs()
    plain_low, plain_high = Sweep(tape_of(model), lo, hi, 'float32', plain=True).outputs()
    assert (low >= plain_low).all() and (high <= plain_high).all()
    finite = np.isfinite(plain_high - plain_low)
    assert finite.any() and np.isfinite(high - low).all()
    assert ((high - low)[finite] / (plain_high - plain_low)[finite]).mean() < 0.7


def test_cutting_comes_within_the_width_of_what_is_taken():
    model = network(kl.Dense(16, 'relu'), kl.Dense(16, 'tanh'), kl.Dense(1))
    box = [(-1, 1), (0, QQ(1) / 3)]
    b, = bounds(model, box, width=0.01)
    points = np.stack([rng.uniform(-1, 1, 10**5), rng.uniform(0, 1 / 3, 10**5)], axis=1).astype('float32')
    values = model(points).numpy()
    assert b.lower() <= values.min() <= b.lower() + 0.02 and b.upper() - 0.02 <= values.max() <= b.upper()


def test_exact_arithmetic_is_narrower_than_rounding():
    model = network(kl.Dense(8, 'tanh'), kl.Dense(1))
    exact, rounded = (bounds(model, [(0.5, 0.5), (0.25, 0.25)], arithmetic=a)[0] for a in ('exact', None))
    assert exact in rounded and exact.diameter() < 1e-13 < rounded.diameter() < 1e-4
    assert float(model(np.array([[0.5, 0.25]], 'float32'))[0, 0]) in rounded


def test_a_float64_model_has_bounds_of_its_own_rounding():
    model = keras.Sequential([keras.Input((1,), dtype='float64'), kl.Dense(4, 'tanh', dtype='float64'), kl.Dense(1, dtype='float64')])
    b, = bounds(model, (0.5, 0.5))
    assert b.diameter() < 1e-12 and float(model(np.array([[0.5]]))[0, 0]) in b


def test_derivatives_are_enclosed():
    import tensorflow as tf
    for activation in ('relu', 'gelu', 'elu', 'softsign'):
        model = network(kl.Dense(8, activation), kl.Dense(8, activation), kl.Dense(2))
        lo = rng.normal(0, 1, (20, 2))
        hi = lo + rng.choice([1e-3, 0.3], (20, 1))
        slopes = partials(tape_of(model), lo, hi)
        points = tf.constant((lo + (hi - lo) * rng.uniform(0.1, 0.9, (20, 2))).astype('float32'))
        with tf.GradientTape() as tape:
            tape.watch(points)
            values = model(points)
        found = np.swapaxes(tape.batch_jacobian(values, points).numpy(), 1, 2)
        assert (found >= slopes.lo - 1e-5).all() and (found <= slopes.hi + 1e-5).all()


def test_lipschitz_bounds_hold_for_secants_in_every_norm():
    model = network(kl.Dense(8, 'tanh'), kl.Dense(2))
    a, b = rng.uniform(-1, 1, (2, 5000, 2)).astype('float32')
    values = (model(a) - model(b)).numpy()
    for norm in (1, 2, oo):
        order = np.inf if norm is oo else norm
        quotients = np.linalg.norm(values, order, axis=1) / np.linalg.norm(a - b, order, axis=1)
        bound = lipschitz_bound(model, [(-1, 1)] * 2, norm=norm, tolerance=0.05)
        assert quotients.max() <= bound * 1.0001 < 2.5 * quotients.max()
    assert lipschitz_bound(network(kl.Dense(2, 'hard_shrink'), inputs=1), (-3, 3)) == oo


def test_all_vectors_are_among_the_activations_tested():
    assert set(VECTORS) <= {f.__name__ for f in FUNCTIONS}
