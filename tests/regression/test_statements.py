"""
What a regressor states about its laws, from end to end.
"""
import numpy as np
import pytest
from sage.all import QQ, SR, cos, log, pi, sin, sqrt, var

from sage_tf.all import SymbolicRegressor

a, b = var('a, b')


@pytest.fixture(scope='module')
def model():
    X = np.random.default_rng(1).uniform(1, 3, (60, 2))
    return SymbolicRegressor(progress=False, random_state=1).fit(X, np.sqrt(X[:, 0]) / X[:, 1], variables='a, b')


def test_equal_forms_are_proved_on_the_box_of_the_data(model):
    for form in (sqrt(a) / b, sqrt(a / b**2), a / (b * sqrt(a)), sqrt(a) / b * (sin(a)**2 + cos(a)**2)):
        assert model.is_equivalent(form)


def test_other_laws_are_refuted_in_the_box(model):
    status, point = model.is_equivalent(sqrt(a) / b + QQ((1, 10**20)) * log(a))
    assert status == 'refuted' and 1 <= point[a] <= 3 and 1 <= point[b] <= 3
    assert model.is_equivalent(sqrt(a / b**2), {'a': (1, 2), 'b': (-2, -1)}).status == 'refuted'


def test_the_domain_is_checked_on_any_box(model):
    assert model.check_domain() and model.check_domain([(0, 1), (1, 2)])
    assert str(model.check_domain({a: (1, 2), b: (-1, 1)}).findings[0].condition) == 'b != 0'
    with pytest.raises(ValueError, match='expected one for each of a, b'):
        model.check_domain([(0, 1)])


def test_intervals_hold_the_constants_of_a_noisy_law():
    rng = np.random.default_rng(2)
    X = rng.uniform(1, 3, (200, 1))
    model = SymbolicRegressor(progress=False, random_state=1, time_limit=5).fit(X, 2 * X[:, 0] + rng.normal(0, 0.01, 200), variables='a')
    entry = next(entry for entry in model.pareto_front() if SR(entry.expression).degree(a) == 1 and SR(entry.expression).is_polynomial(a))
    for interval in model.confidence_intervals(entry=entry):
        expected = np.polyfit(X[:, 0], 2 * X[:, 0], 1) if len(model.confidence_intervals(entry=entry)) == 2 else [2]
        assert interval.low < interval.value < interval.high and min(abs(interval.value - value) for value in expected) < 0.05


def test_saved_models_keep_their_statements(model, tmp_path):
    model.save(tmp_path / 'model')
    again = SymbolicRegressor.load(tmp_path / 'model')
    assert again.is_equivalent(sqrt(a) / b) and [i.constant for i in again.confidence_intervals()] == [i.constant for i in model.confidence_intervals()]


def test_large_data_are_not_saved(model):
    state = dict(model.__dict__)
    large = SymbolicRegressor()
    large.__dict__.update(state)
    problem = type(state['_problems'][0])(np.zeros((600000, 2)), np.zeros(600000), [a, b])
    large._problems = [problem]
    large.__setstate__(large.__getstate__()) if hasattr(large, '__setstate__') else large.__dict__.update(large.__getstate__())
    with pytest.raises(ValueError, match='fit again'):
        large.confidence_intervals()


def test_several_outputs_are_answered_one_by_one():
    X = np.random.default_rng(3).uniform(1, 3, (50, 1))
    model = SymbolicRegressor(progress=False, random_state=1).fit(X, np.hstack([X**2, np.pi * X]), variables='a')
    assert [bool(found) for found in model.is_equivalent([a**2, pi * a])] == [True, True]
    assert len(model.check_domain()) == len(model.confidence_intervals()) == 2
    with pytest.raises(ValueError, match='2 outputs'):
        model.is_equivalent([a**2])
