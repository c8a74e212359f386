"""The grader of the benchmark, on models whose grade follows from SRBench's rule."""
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

from regression.grading import accuracy, r2, rounded, solves  # noqa: E402
from regression.problems import Problem, own, stored  # noqa: E402


@pytest.mark.parametrize('truth, model, variables', [
    ('m*v**2/2', '0.5*x0*x1**2', 'm v'),
    ('m*v**2/2', '0.50004*x0*x1**2', 'm v'),                              # rounds to the truth
    ('m*v**2/2', '7.3*x0*x1**2', 'm v'),                                  # a constant factor
    ('m*v**2/2', '0.5*x0*x1**2 + 3.25', 'm v'),                           # a constant difference
    ('m*v**2/2', '0.5*x0*x1**2 + 0.00003*x0', 'm v'),                     # a float that counts as 0
    ('sin(a)**2', '1 - cos(x0)**2', 'a'),
    ('a/(a + b)', '1/(1 + x1/x0)', 'a b'),
    ('q/(4*pi*r**2)', '0.079577*x0/x1**2', 'q r'),
])
def test_a_model_is_a_solution_up_to_rounding_and_a_constant(truth, model, variables):
    assert solves(truth, model, variables.split())


@pytest.mark.parametrize('truth, model, variables', [
    ('m*v**2/2', '0.5*x0*x1**2 + 0.01*x0', 'm v'),
    ('m*v**2/2', '0.5*x0*x1**2.01', 'm v'),
    ('m*v**2/2', '0.5*x1*x0**2', 'm v'),                                  # the variables are those of the columns
    ('sqrt(a*b)', 'sqrt(x0)*sqrt(x1)', 'a b'),                            # equal for positive numbers only
    ('m*v', '3.5', 'm v'),
    ('m*v', 'zoo*x0', 'm v'),
])
def test_a_model_of_another_form_is_no_solution(truth, model, variables):
    assert not solves(truth, model, variables.split())


def test_floats_round_to_three_decimals_and_small_ones_to_zero():
    x = sympy.Symbol('x')
    assert str(rounded(2.34567*x + 0.00009)) == '2.346*x'
    assert rounded(sympy.Rational(1, 30000)*x) == x/30000


def test_accuracy_is_the_share_of_the_variance_that_is_explained():
    X = np.random.default_rng(0).uniform(1, 2, (500, 2))
    y = X[:, 0]*X[:, 1]
    found, nodes = accuracy('x0*x1 + 0.1', ['a', 'b'], X, y)
    assert found == pytest.approx(1 - 0.01/np.var(y))
    assert nodes == 5                                                     # the sum, its float, the product and two variables
    assert accuracy('sqrt(x0 - 1.5)', ['a', 'b'], X, y)[0] == -np.inf
    assert r2(y, np.full(500, y.mean())) == pytest.approx(0)


def test_rows_are_of_the_formula_and_its_ranges_and_of_the_seed():
    problem = Problem('laws', 'kinetic energy', 'E*I**2/2', {'E': (1, 2), 'I': (-3, 5)})   # names that SymPy means otherwise
    X, y = problem.training(seed=1, noise=0)
    assert X.shape == (1000, 2)
    assert np.all((X >= [1, -3]) & (X <= [2, 5]))
    np.testing.assert_allclose(y, X[:, 0]*X[:, 1]**2/2, rtol=1e-14)
    assert np.array_equal(problem.training(seed=1, noise=0)[0], X)
    assert not np.array_equal(problem.training(seed=2, noise=0)[0], X)
    assert not np.intersect1d(problem.testing(seed=1)[0], X).size


def test_noise_has_its_share_of_the_root_mean_square():
    problem = Problem('laws', 'a sum', 'a + b', {'a': (1, 2), 'b': (1, 2)})
    X, y = problem.training(seed=0, noise=0.1)
    noise = y - X.sum(axis=1)
    assert np.std(noise) == pytest.approx(0.1*np.sqrt(np.mean(X.sum(axis=1)**2)), rel=0.08)


def test_rows_without_a_real_value_are_drawn_again():
    X, y = Problem('laws', 'a root', 'sqrt(a)', {'a': (-1, 1)}).rows(0, 0)
    assert X.min() > 0 and np.isfinite(y).all() and len(y) == 1000
    with pytest.raises(ValueError, match='hardly any'):
        Problem('laws', 'no root', 'sqrt(-a)', {'a': (1, 2)}).rows(0, 0)


def test_the_laws_of_our_own_are_many_and_all_different_and_have_values():
    problems = own()
    assert len(problems) >= 40
    assert len({problem.name for problem in problems}) == len({problem.formula for problem in problems}) == len(problems)
    for problem in problems:
        X, y = problem.rows(0, 0)
        assert np.std(y) > 0, problem.name


def test_problems_are_read_from_a_directory(tmp_path):
    (tmp_path / 'nguyen.json').write_text('[{"set": "nguyen", "name": "N", "sympy": "x1 + y", "variables": ["y", "x1"], '
                                          '"ranges": {"x1": [0, 1], "y": [5, 6]}}]')
    problem, = stored(tmp_path, ['nguyen'])
    X, y = problem.testing(seed=0)
    assert X[:, 0].min() >= 5 and X[:, 1].max() <= 1 and not problem.in_srbench
    np.testing.assert_allclose(y, X.sum(axis=1))
