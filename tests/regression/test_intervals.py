"""
Confidence intervals against SciPy's fits, and against how often they hold the truth in simulated data.
"""
import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from sage.all import QQ, SR, exp, pi, sin, sqrt, var

from sage_tf.regression.intervals import Fit, confidence_intervals, parametrized, snapped_law
from sage_tf.regression.problem import Problem

x, y = var('x, y')


def decay(seed, sigma=0.05, n=40, weights=None):
    """Return noisy values of 3/2*exp(-7/10*x), with the noise that belongs to the weights."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 4, (n, 1))
    spread = sigma if weights is None else sigma / np.sqrt(weights)
    return Problem(X, 1.5 * np.exp(-0.7 * X[:, 0]) + rng.normal(0, 1, n) * spread, [x], weights)


LAW = QQ((3, 2)) * exp(-QQ((7, 10)) * x)


def test_intervals_are_those_of_scipy():
    problem = decay(1)
    best, covariance = scipy.optimize.curve_fit(lambda t, b, a: a * np.exp(b * t), problem.X[:, 0], problem.y, p0=[-0.7, 1.5])
    reach = scipy.stats.t.ppf(0.995, 38) * np.sqrt(np.diag(covariance))
    found = {i.constant: i for i in confidence_intervals(problem, LAW, level=0.99)}
    for constant, value, r in zip((SR(QQ((-7, 10))), SR(QQ((3, 2)))), best, reach, strict=True):
        np.testing.assert_allclose(found[constant][1:], (value, value - r, value + r), rtol=1e-5)


def test_weighted_intervals_are_those_of_scipy():
    weights = np.random.default_rng(0).uniform(0.1, 10, 40)
    problem = decay(2, weights=weights)
    best, covariance = scipy.optimize.curve_fit(lambda t, b, a: a * np.exp(b * t), problem.X[:, 0], problem.y, p0=[-0.7, 1.5], sigma=1 / np.sqrt(weights))
    found = confidence_intervals(problem, LAW)
    np.testing.assert_allclose([i.value for i in found], best, rtol=1e-5)
    np.testing.assert_allclose([(i.high - i.low) / 2 for i in found], scipy.stats.t.ppf(0.975, 38) * np.sqrt(np.diag(covariance)), rtol=1e-4)


@pytest.mark.parametrize('weighted', [False, True])
def test_95_percent_of_the_intervals_hold_the_truth(weighted):
    weights = np.linspace(0.2, 5, 40) if weighted else None
    held = []
    for seed in range(400):
        found = confidence_intervals(decay(seed, weights=weights), LAW)
        held += [i.low <= float(i.constant) <= i.high for i in found]
    assert 0.93 <= np.mean(held) <= 0.97


def test_the_start_need_not_be_the_optimum():
    near = confidence_intervals(decay(3), LAW)
    far = confidence_intervals(decay(3), 1.0 * exp(-0.4 * x))
    np.testing.assert_allclose([i[1:] for i in near], [i[1:] for i in far], rtol=1e-6)


def test_what_the_data_do_not_determine_has_no_bounds():
    problem = Problem.of(np.linspace(1, 2, 30), np.linspace(1, 2, 30)**2 + 1e-3 * np.sin(np.arange(30.0)), variables='x')
    model = (2 * x**2 + 3) / (2 + 5 / (x**2 + 1))
    found = confidence_intervals(problem, model)
    assert all(i.high == np.inf or i.high - i.low >= 0 for i in found) and any(i.high == np.inf for i in found)


def test_exact_data_have_intervals_of_rounding_errors():
    X = np.linspace(1, 3, 50)
    for i in confidence_intervals(Problem.of(X, 0.3 * X**2 + np.pi, variables='x'), QQ((3, 10)) * x**2 + pi):
        assert 0 < i.high - i.low < 1e-13 and abs(i.value - float(i.constant)) < 1e-14


@pytest.mark.parametrize('expression, model, constants', [
    (3 * x**2 - y, 'c0*x^2 - y', [3]), (x + y, 'x + y', []), (sqrt(x), 'sqrt(x)', []), (-sin(2 * x + 1), '-sin(c0*x + c1)', [2, 1]),
    (x**2.5, 'x^c0', [2.5]), (exp(-x**2 / 2) / sqrt(2 * pi), 'c1*e^(c0*x^2)', [-QQ((1, 2)), 1 / sqrt(2 * pi)]), (2**x, 'c0^x', [2]),
], ids=str)
def test_constants_of_the_form_stay(expression, model, constants):
    found, values = parametrized(expression)
    assert (found - SR(model)).is_trivial_zero() and [bool(a == b) for a, b in zip(values.values(), constants, strict=True)] == [True] * len(constants)
    assert bool(found.subs(values) == expression)


def test_names_of_constants_avoid_those_of_variables():
    c0 = var('c0')
    model, values = parametrized(2 * c0 + 3)
    assert len(model.variables()) == 3 and c0 not in values


def test_exact_constants_come_back_from_noise_only_as_far_as_it_allows():
    law, constants = snapped_law(decay(4, sigma=1e-4, n=400), 1.49 * exp(-0.71 * x))
    assert (law - LAW).is_trivial_zero() and all(c.evidence > 4 for c in constants)
    noisy = decay(5, sigma=0.3, n=400)
    law, constants = snapped_law(noisy, 1.49 * exp(-0.71 * x))
    model, start = parametrized(law)
    assert Fit(noisy, model, start).loss([float(c.value if c.exact is None else c.exact) for c in constants]) <= 1.05 * Fit(noisy, model, start).least


def test_too_few_points_and_wrong_levels_are_refused():
    with pytest.raises(ValueError, match='more points than constants'):
        confidence_intervals(Problem.of([1, 2], [3, 4], variables='x'), 2 * x + 1)
    with pytest.raises(ValueError, match='probability'):
        confidence_intervals(decay(1), LAW, level=95)
    with pytest.raises(ValueError, match='no value'):
        confidence_intervals(Problem.of([-1, 2, 3], [3, 4, 5], variables='x'), 2 * sqrt(x))
