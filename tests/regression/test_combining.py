"""Variables that matter only together, found from the data."""
import numpy as np
import pytest
from sage.all import SR

from sage_tf.regression.combining import combined
from sage_tf.regression.polynomials import error_of, polynomials, with_logarithms
from sage_tf.regression.problem import Problem

A, B, C = SR.var('a, b, c')
X = np.random.default_rng(2).uniform(1, 3, (900, 3))


def reduced(y, share=0.0):
    y = y + share * np.sqrt(np.mean(y**2)) * np.random.default_rng(3).normal(size=len(y))
    return combined(Problem.of(X, y, variables='a, b, c'))


@pytest.mark.parametrize('share', [0, 0.01])
@pytest.mark.parametrize('law, meaning', [
    (lambda a, b, c: b * np.sqrt(1 + (a / b)**2 + a / b * np.cos(c)), (A / B, B)),
    (lambda a, b, c: np.exp(-a * b) + np.cos(c), (A * B, 1)),
])
def test_a_ratio_or_a_product_is_one_variable(law, meaning, share):
    reduction = reduced(law(*X.T), share)
    first, other = reduction.problem.variables
    factor = reduction.law(SR(1))
    assert str(other) == 'c' and str(factor) == str(meaning[1]) and str(reduction.law(first) / factor) == str(meaning[0])


def test_a_difference_is_one_variable():
    reduction = reduced(X[:, 2] * np.cos(X[:, 0] - X[:, 1]) + X[:, 2]**2)
    assert str(reduction.law(reduction.problem.variables[0])) == 'a - b'


def test_values_agree_with_the_first_problem():
    y = X[:, 1] * np.sqrt(1 + (X[:, 0] / X[:, 1])**2 + np.cos(X[:, 2]))
    reduction = reduced(y)
    a, c = reduction.problem.X.T
    factor = np.array([float(reduction.law(SR(1)).subs({B: float(b)})) for b in X[:5, 1]])
    assert np.allclose(factor * np.sqrt(1 + a[:5]**2 + np.cos(c[:5])), y[:5])


def test_variables_that_matter_each_for_itself_stay():
    assert reduced(np.sin(X[:, 0] * X[:, 1]) + X[:, 1] * X[:, 2] + X[:, 0] / X[:, 2]) is None


def test_logarithms_are_taken_only_where_they_do_not_run_away():
    columns, positive = with_logarithms(np.array([[1.0, 0.001, -1.0], [2.0, 5.0, 1.0]]))
    assert positive == {0} and np.allclose(columns[:, 0], [0, np.log(2)]) and columns[0, 1] == 0.001


def test_an_error_is_that_at_points_left_out():
    Z = np.random.default_rng(4).uniform(-1, 1, (100, 1))
    noise = np.random.default_rng(5).normal(size=100)
    assert error_of(polynomials(Z, 1), noise, np.ones(100)) > 0.8 * noise.std()
