"""What is found in data with noise: groups, separable variables, features, and the laws made of them."""
import numpy as np
import pytest
from sage.all import SR, cos, exp, sin, sqrt, tanh

from sage_tf.all import SymbolicRegressor
from sage_tf.regression.forms import TRANSFORMS
from sage_tf.regression.groups import groups, has_sign
from sage_tf.regression.linked import Linked, near_halves
from sage_tf.regression.numeric import Program, values_of
from sage_tf.regression.problem import Problem
from sage_tf.regression.scan import Scan
from sage_tf.regression.separation import reductions, separate_powers

RNG = np.random.default_rng(11)
A, B, C, D = SR.var('a, b, c, d')


def noisy(values, share):
    return values + RNG.normal(size=len(values)) * share * np.sqrt(np.mean(values**2))


@pytest.mark.parametrize('share', [0, 0.01, 0.1])
def test_the_group_of_a_law_is_found(share):
    X = RNG.uniform(1, 3, (1000, 5))
    y = X[:, 0]**2 / X[:, 4] * np.exp(-X[:, 1] * X[:, 2] / X[:, 3])
    assert next(groups(X, noisy(y, share))) == (0, 1, 1, -1, 0)


def test_a_monomial_has_no_group():
    X = RNG.uniform(1, 3, (1000, 3))
    assert not list(groups(X, noisy(X[:, 0] * X[:, 1] / X[:, 2], 0.05)))


def test_few_small_values_of_the_other_sign_are_noise():
    assert has_sign(np.array([5.0, 3.0, -0.1])) and not has_sign(np.array([5.0, 3.0, -2.0]))


def test_powers_separate_beside_a_function_that_changes_sign():
    X = RNG.uniform(1, 5, (1000, 3))
    assert separate_powers(X, noisy(X[:, 0] / X[:, 1]**2 * np.cos(X[:, 2]), 0.05)) == {0: 1, 1: -2}


def test_a_reduction_gives_back_the_values():
    X = RNG.uniform(1, 3, (500, 4))
    problem = Problem.of(X, X[:, 0] * np.tanh(X[:, 1] * X[:, 2] / X[:, 3] / 3), variables='a, b, c, d')
    reduction = next(reductions(problem))
    left = reduction.problem
    assert left.X.shape[1] == 1
    law = reduction.law(tanh(left.variables[0] / 3))
    assert np.allclose(values_of(law, problem.variables, X), problem.y, rtol=1e-12)
    residuals = np.tanh(left.X[:, 0] / 3) * 1.01 - left.y
    assert np.isclose(np.sum(left.weights * residuals**2), np.sum((0.01 * problem.y)**2))


def test_a_function_of_a_variable_separates():
    X = RNG.uniform(1, 5, (1000, 4))
    problem = Problem.of(X, X[:, 0] * np.cos(X[:, 1]) * (X[:, 3] / X[:, 2]**2 - X[:, 2]), variables='a, b, c, d')
    laws = [(r.problem.variables, r.law(SR(1))) for r in reductions(problem)]
    assert laws[-1] == ([C, D], A * cos(B))


def test_the_features_of_a_sum_are_found_among_many():
    features = RNG.normal(size=(5000, 300))
    target = 2 * features[5] - features[70] + 0.5 * features[900] + RNG.normal(size=300) / 20
    assert min(Scan(features, np.ones(5000)).best(target, np.ones((1, 300))))[1] == (5, 70, 900)


def test_points_without_weight_do_not_count():
    features, roots = RNG.normal(size=(500, 200)), np.ones(200)
    target = features[7] + 3 * features[11]
    roots[:20], target[:20] = 0, 1e6
    assert min(Scan(features, np.ones(500)).best(target, np.ones((1, 200)), roots, 2))[1] == (7, 11)


@pytest.mark.parametrize('name', ['identity', 'square', 'inverse', 'inverse square', 'log', 'exp', 'sqrt', 'sin', 'cos', 'tan'])
def test_the_inverse_of_a_transform_and_its_slope_are_right(name):
    transform, y = TRANSFORMS[name], np.array([0.2, 0.5, 0.9])
    v = transform.function(y)
    assert np.allclose(transform.back(v), y)
    assert np.allclose((transform.back(v + 1e-6) - transform.back(v - 1e-6)) / 2e-6, transform.slope(v), rtol=1e-6)


def test_constants_under_a_link_are_fitted_to_the_values():
    u = RNG.uniform(1, 2, (2, 2000))
    y = noisy(1 / (u[0] / 3 + u[1]), 0.05)
    law = Linked(TRANSFORMS['inverse'], [np.ones(2000), *u], False).fitted(y)
    assert law.kept == [1, 2] and np.allclose(law.constants, [1 / 3, 1], atol=0.05)


def test_powers_of_a_product_are_brought_to_halves():
    u = RNG.uniform(1, 4, (3, 1000))
    law = Linked(TRANSFORMS['identity'], list(u), True).fitted(noisy(2 * u[0]**1.5 / u[2], 0.1))
    assert (law.kept, law.powers) == ([0, 2], [1.5, -1]) and abs(law.constants[0] - 2) < 0.1
    assert near_halves([0.3]) is None


@pytest.mark.parametrize('expression', [A * exp(-B * C) / D, sqrt(A + B * sin(C)) - tanh(A / D)**3, A**B * cos(C)**2 / (1 + D), (A + B)**-2.5 + C**(D / 2)])
def test_values_and_slopes_agree_with_sage(expression):
    point = {A: 1.3, B: 0.7, C: 1.1, D: 2.1}
    values, slopes = Program(expression, [A, B], [C, D])(np.array([[1.3, 0.7]]), [1.1, 2.1])
    high = {v: SR(x) for v, x in point.items()}
    assert np.isclose(values[0], float(expression.subs(high)), rtol=1e-14)
    for slope, name in zip(slopes, (C, D), strict=True):
        assert np.isclose(slope[0], float(expression.diff(name).subs(high)), rtol=1e-13)


def test_a_law_with_exact_constants_is_found_in_noise():
    X = RNG.uniform(1, 3, (1000, 3))
    y = noisy(X[:, 0]**2 / 2 / np.sqrt(1 + X[:, 1] * X[:, 2]), 0.02)
    model = SymbolicRegressor(time_limit=30, random_state=1, progress=False).fit(X, y, variables='a, b, c')
    law = model.expression()
    assert law.variables() == (A, B, C) and (law / (A**2 / sqrt(1 + B * C))).canonicalize_radical().simplify_full() == SR(1) / 2
