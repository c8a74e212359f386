"""Proofs and counterexamples about networks."""
import keras
import numpy as np
import pytest
from keras import layers as kl
from sage.all import QQ, cos, pi, sin, var

from sage_tf.all import bounds, certify, is_monotone

rng = np.random.default_rng(4)
x, y, y0, y1 = var('x, y, y0, y1')


def network(*layers, inputs=1):
    model = keras.Sequential([keras.Input((inputs,)), *layers])
    for weight in model.weights:
        weight.assign(rng.normal(0, 1, weight.shape))
    return model


def test_what_is_proved_holds_and_what_is_refuted_fails_there():
    model = network(kl.Dense(8, 'tanh'), kl.Dense(8, 'relu'), kl.Dense(1), inputs=2)
    box = [(-1, 1), (0, 1)]
    points = np.stack([rng.uniform(-1, 1, 10**5), rng.uniform(0, 1, 10**5)], axis=1).astype('float32')
    values = model(points).numpy()[:, 0]
    top = QQ(float(values.max()).as_integer_ratio())
    assert certify(model, y < top + QQ(1) / 50, box).is_proved()
    answer = certify(model, y < top - QQ(1) / 50, box)
    assert answer.is_refuted()
    here = np.array([[float(answer.point[f'x{k}']) for k in range(2)]], 'float32')
    assert float(model(here)[0, 0]) >= float(top - QQ(1) / 50)
    assert all(a <= answer.point[f'x{k}'] <= b for k, (a, b) in enumerate(box))


@pytest.mark.parametrize('relation, status', [(y >= 0, 'proved'), (y > 0, 'refuted'), (y <= x**2 + 1, 'undecided'), (y != -1, 'proved'), (y == 0, 'refuted')])
def test_every_relation(relation, status):
    model = keras.Sequential([keras.Input((1,)), kl.Dense(1, 'relu')])
    for weight, value in zip(model.weights, ([[2]], [0]), strict=True):
        weight.assign(value)
    found = certify(model, relation, (-1, 1), time_limit=5, max_boxes=2000)
    assert found.status == status                               # 2*x touches x^2 + 1 at 1
    assert bool(found) == (status == 'proved')


def test_rounding_is_a_part_of_the_statement_unless_it_is_left_out():
    model = network(kl.Dense(1))
    w, b = (QQ(float(t.numpy().ravel()[0]).as_integer_ratio()) for t in model.weights)
    close = abs(y - w * x - b) < QQ(10)**-9
    assert certify(model, close, (1, 2), arithmetic='exact').is_proved()
    assert not certify(model, close, (1, 2), time_limit=2, max_boxes=500).is_proved()
    assert certify(model, abs(y - w * x - b) < QQ(10)**-5, (1, 2)).is_proved()


def test_the_difference_from_a_true_function_is_certified():
    keras.utils.set_random_seed(0)
    model = network(kl.Dense(16, 'relu'), kl.Dense(1))
    f = sin(2 * pi * x) + cos(pi * x / 2)
    points = np.linspace(0, 1, 10001).astype('float32')
    error = np.abs(model(points[:, None]).numpy()[:, 0] - np.sin(2 * np.pi * points) - np.cos(np.pi * points / 2)).max()
    assert certify(model, abs(y - f) <= QQ(float(error).as_integer_ratio()) + QQ(1) / 1000, (0, 1)).is_proved()
    assert certify(model, abs(y - f) <= QQ(float(error).as_integer_ratio()) - QQ(1) / 1000, (0, 1)).is_refuted()


def test_monotone_networks_are_proved_and_others_refuted_with_a_point():
    model = network(kl.Dense(8, 'softplus'), kl.Dense(1), inputs=2)
    first, last = model.layers[0].kernel, model.layers[1].kernel
    last.assign(np.abs(last.numpy()))
    kernel = np.abs(first.numpy())
    kernel[1] *= -1
    first.assign(kernel)
    box = [(-2, 2), (-2, 2)]
    assert is_monotone(model, 'x0', box, direction='increasing').is_proved()
    assert is_monotone(model, 1, box, direction='decreasing').is_proved() and 'decreasing' in is_monotone(model, 'x1', box).note
    refuted = is_monotone(model, 'x1', box, direction='increasing')
    point = np.array([[float(refuted.point['x0']), float(refuted.point['x1'])]])
    before, after = (float(model((point + [0, s]).astype('float32'))[0, 0]) for s in (-0.05, 0.05))
    assert refuted.is_refuted() and after < before
    kernel[0, ::2] *= -1
    first.assign(kernel)
    assert not is_monotone(model, 'x0', box, time_limit=5).is_undecided()


def test_rectifiers_that_are_monotone_in_sum_are_proved():
    model = network(kl.Dense(2, 'relu'), kl.Dense(1))
    for weight, value in zip(model.weights, ([[1, 1]], [0, -1], [[2], [-1]], [0]), strict=True):
        weight.assign(value)
    assert is_monotone(model, 'x', (-3, 3)).is_proved()         # slopes 0, 2, 1


def test_several_relations_and_names():
    model = network(kl.Dense(4, 'tanh'), kl.Dense(2, 'softmax'), inputs=2)
    a, b = var('a, b')
    box = [(a, -1, 1), (b, 0, 1)]
    assert certify(model, [y0 > 0, y1 > 0, y0 + y1 < 1 + QQ(1) / 1000], box)
    assert certify(model, [var('p') > 0, p_of('q') < 1 + QQ(1) / 1000], box, outputs=['p', 'q'])
    low = bounds(model, box)[0].lower()
    assert certify(model, y0 > QQ(low) / 2, box)


def p_of(name):
    return var(name)


def test_a_budget_that_runs_out_leaves_it_undecided():
    model = network(kl.Dense(16, 'tanh'), kl.Dense(16, 'tanh'), kl.Dense(1), inputs=3)
    found = certify(model, y**2 - y**2 * 1 + var('x0') >= var('x0') - QQ(10)**-30, [(0, 1)] * 3, max_boxes=50)
    assert found.is_proved() or found.is_undecided()
