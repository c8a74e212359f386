"""Exact piecewise linear networks: breakpoints, regions, extrema, zeros, and the way back."""
from fractions import Fraction

import keras
import numpy as np
import pytest
from keras import layers as kl
from sage.all import QQ, piecewise, var

from sage_tf.all import extrema, linear_regions, piecewise_linear, to_keras, zero_set

rng = np.random.default_rng(5)
x = var('x')


def network(*layers, inputs=1):
    model = keras.Sequential([keras.Input((inputs,)), *layers])
    for weight in model.weights:
        weight.assign(np.abs(rng.normal(0, 1, weight.shape)) if 'variance' in weight.path else rng.normal(0, 1, weight.shape))
    return model


def exact_dense(model, point):
    """Return the value of a network of Dense layers with rectifiers, in Python's fractions."""
    values = [Fraction(int(QQ(p).numerator()), int(QQ(p).denominator())) for p in point]
    for layer in model.layers:
        kernel, bias = layer.kernel.numpy().astype(float), layer.bias.numpy().astype(float)
        values = [sum(v * Fraction(k) for v, k in zip(values, column, strict=True)) + Fraction(b) for column, b in zip(kernel.T, bias, strict=True)]
        if layer.activation is keras.activations.relu:
            values = [max(v, Fraction(0)) for v in values]
    return [QQ((v.numerator, v.denominator)) for v in values]


def test_breakpoints_and_values_are_exact():
    model = network(kl.Dense(12, 'relu'), kl.Dense(8, 'relu'), kl.Dense(1))
    f = piecewise_linear(model)
    ends = f.end_points()
    assert len(ends) > 10 and all(end.parent() is QQ for end in ends)
    for point in [*ends, *(QQ(k) / 7 for k in range(-30, 31))]:
        assert [f(point)] == exact_dense(model, [point])
    for end, before, after in zip(ends, f.items(), list(f.items())[1:], strict=False):
        assert before[1].diff(x) != after[1].diff(x) and QQ(before[1].subs(x=end)) == QQ(after[1].subs(x=end))


@pytest.mark.parametrize('layers', [
    [kl.Dense(4, 'leaky_relu')], [kl.Dense(4, 'hard_tanh')], [kl.Dense(4, 'hard_sigmoid')], [kl.Dense(4, 'relu6')], [kl.Dense(4, 'soft_shrink')],
    [kl.Dense(4, 'sparse_sigmoid')], [kl.Dense(4), kl.PReLU(), kl.BatchNormalization()], [kl.Dense(4), kl.ReLU(max_value=1.5, negative_slope=0.25)],
    [kl.Dense(6), kl.Reshape((3, 2)), kl.MaxPooling1D(3), kl.Flatten()],
    [kl.Dense(4), kl.Reshape((4, 1)), kl.Conv1D(2, 2), kl.AveragePooling1D(3), kl.Flatten()],
    [kl.Rescaling(0.3, 0.1), kl.Dense(3, 'relu'), kl.Dropout(0.5)],
], ids=str)
def test_everything_piecewise_linear_has_its_function(layers):
    model = network(*[type(layer).from_config(layer.get_config()) for layer in layers], kl.Dense(1))
    f = piecewise_linear(model)
    points = np.linspace(-4, 4, 101).astype('float32')
    values = model(points[:, None], training=False).numpy()[:, 0]
    found = np.array([float(f(QQ(float(p).as_integer_ratio()))) for p in points])
    assert np.abs(found - values).max() < 2e-6 * (1 + np.abs(values).max())


def test_regions_tile_the_box_and_have_the_maps_of_the_network():
    for inputs, sizes, box in ((2, (6, 5), [(-1, 1), (0, QQ(5) / 3)]), (3, (5,), [(-1, 1)] * 3)):
        model = network(*[kl.Dense(s, 'relu') for s in sizes], kl.Dense(2), inputs=inputs)
        regions = linear_regions(model, box)
        volume = 1
        for low, high in box:
            volume *= QQ(high) - low
        assert sum(r.polyhedron().volume() for r in regions) == volume
        for region in list(regions)[::3]:
            middle = sum(region.vertices()) / len(region.vertices())
            for point in (*region.vertices(), middle):
                assert list(region(*point)) == exact_dense(model, point)
            assert regions.at(*middle).matrix() == region.matrix()
        found = extrema(model, box, output=1)
        assert exact_dense(model, found.at_maximum)[1] == found.maximum and exact_dense(model, found.at_minimum)[1] == found.minimum
        points = np.stack([rng.uniform(float(a), float(b), 10**4) for a, b in box], axis=1).astype('float32')
        values = model(points).numpy()[:, 1]
        assert found.minimum <= values.min() + 1e-5 and values.max() - 1e-5 <= found.maximum
        assert float(found.maximum) - values.max() < 0.3 * float(found.maximum - found.minimum)
        regions.plot()


def test_extrema_and_zeros_on_a_line():
    model = network(kl.Dense(8, 'relu'), kl.Dense(8, 'relu'), kl.Dense(1))
    middle = exact_dense(model, [QQ(1) / 3])[0]
    model.layers[-1].bias.assign(model.layers[-1].bias - float(middle))
    f = piecewise_linear(model)
    found = extrema(model, (-3, 3))
    values = [f(QQ(k) / 50) for k in range(-150, 151)]
    assert found.minimum <= min(values) and max(values) <= found.maximum and f(found.at_maximum[0]) == found.maximum
    zeros = zero_set(model, (-3, 3))
    assert zeros.n_components() >= 1
    for part in zeros:
        assert f(QQ(part.lower())) == 0 == f(QQ(part.upper()))
    signs = sum(1 for a, b in zip(values, values[1:], strict=False) if a * b < 0)
    assert zeros.n_components() >= signs


def test_a_function_becomes_the_network_that_equals_it():
    for _ in range(5):
        ends = sorted({QQ(int(k)) / 8 for k in rng.integers(-40, 40, 6)})
        slopes = [QQ(int(k)) / 4 for k in rng.integers(-9, 9, len(ends) + 1)]
        value, pieces, last = QQ(3) / 2, [], None
        from sage.all import RealSet
        for k, slope in enumerate(slopes):
            start = ends[k - 1] if k else ends[0]
            line = value + slope * (x - start)
            low, high = (ends[k - 1] if k else None), (ends[k] if k < len(ends) else None)
            domain = (RealSet.unbounded_below_open(high) if low is None else RealSet.unbounded_above_closed(low) if high is None
                      else RealSet.closed_open(low, high))
            pieces.append([domain, line])
            value = value if low is None or high is None else value + slope * (high - low)
            last = line
        f = piecewise(pieces, var=x)
        model = to_keras(f)
        g = piecewise_linear(model)
        for t in [*ends, *(QQ(k) / 3 for k in range(-20, 21))]:
            assert g(t) == f(t)
            assert abs(float(model(np.array([[float(t)]], 'float32'))[0, 0]) - float(f(t))) < 1e-4 * (1 + abs(float(f(t))))
        assert last is not None and set(g.end_points()) <= set(f.end_points())


def test_breakpoints_that_no_float_holds():
    f = piecewise([[(0, QQ(1) / 3), 0], [[QQ(1) / 3, 1], 3 * x - 1]], var=x)
    assert piecewise_linear(to_keras(f)).end_points() == [QQ(1) / 3]
    with pytest.raises(ValueError, match='1/3.*float32 does not hold exactly'):
        to_keras(piecewise([[(0, QQ(1) / 3), 0], [[QQ(1) / 3, 1], x - QQ(1) / 3]], var=x))
    fine = QQ(2)**-30 + 1
    with pytest.raises(ValueError, match="dtype='float64' holds more"):
        to_keras(fine * x)
    assert piecewise_linear(to_keras(fine * x, dtype='float64'))(1) == fine


@pytest.mark.parametrize('layer', [kl.Dense(2, 'gelu'), kl.Dense(2, 'hard_shrink'), kl.Dense(2, 'softmax'), kl.LayerNormalization()], ids=str)
def test_what_bends_or_jumps_is_named(layer):
    model = network(kl.Dense(2), layer)
    with pytest.raises(NotImplementedError, match='the network has'):
        piecewise_linear(model)
