"""
Exact values of fitted constants: what is recognized, what chance looks like, and what noise allows.
"""
import numpy as np
import pytest
from sage.all import QQ, SR, catalan, e, log, pi, sqrt

from sage_tf.regression.constants import FEWEST, exponent, integer_relation, recognized, snapped

EXACT = [SR(3), SR(-7), QQ((22, 7)), QQ((-5, 12)), SR(10)**12, 3 * pi / 4, -1 / (8 * pi), 4 * pi**2 / 3, 2 * sqrt(SR(3)), sqrt(pi) / 2, 1 / sqrt(2 * pi),
         e / 3, log(SR(2)) * 3, SR(QQ((1380649, 10**29))), SR(QQ((299792458, 1))), sqrt(SR(QQ((3, 7)))), sqrt(3 / (4 * pi)), 4 * pi / 10**7,
         log(SR(21) / 20), -log(SR(3)), log(SR(7))]
SUMS = [(1 + sqrt(SR(5))) / 2, 2 - sqrt(SR(3)), QQ((1, 3)) + pi / 4, pi - 3, e - 2, 1 - log(SR(2)), -QQ((3, 2)) + 5 * sqrt(SR(2))]


@pytest.mark.parametrize('exact', EXACT)
def test_simple_numbers_are_recognized_from_their_floats(exact):
    found = recognized(float(exact), 1e-13)
    assert bool(found.exact == exact)
    assert found.evidence >= 10


@pytest.mark.parametrize('exact', SUMS)
def test_sums_are_recognized_through_integer_relations(exact):
    assert (recognized(float(exact), 1e-14).exact - exact).is_trivial_zero()


def test_the_exact_value_lies_within_the_uncertainty():
    for value in np.random.default_rng(1).uniform(-10, 10, 200):
        for tolerance in (1e-4, 1e-6, 1e-9):
            found = recognized(round(value, 2) * (1 + 0.9 * tolerance), tolerance)
            assert found.exact is None or abs(float(found.exact) / found.value - 1) <= tolerance * (1 + 1e-6)


@pytest.mark.parametrize('digits', [3, 6, 9, 12, 14, 15])
def test_random_numbers_are_seldom_taken_for_exact(digits):
    values = np.random.default_rng(digits).uniform(0.1, 10, 300)
    assert sum(recognized(value, 10.0**-digits).exact is not None for value in values) <= 6


@pytest.mark.parametrize('value', [8987551792.299997, 5.670374418999999e-8, 6.626070149999998e-34, 1.380649e-23])
def test_decimals_of_eleven_digits_are_recognized_where_all_digits_are_known(value):
    found = recognized(value, 2.0**-50)
    assert float(found.exact) == float(f'{value:.11g}') and found.evidence > 10


def test_a_sum_needs_more_digits_than_a_multiple():
    value = float(1 + sqrt(SR(2)))
    assert recognized(value, 2.0**(1 - FEWEST)).exact is None and recognized(value, 1e-13).exact is not None


def test_integer_relations_over_a_basis_of_the_callers():
    exact = 2 * catalan / 3 - 3 * pi + SR(1) / 4
    _, found = integer_relation(float(exact), 1e-15, (SR(1), pi, catalan))
    assert (found - exact).is_trivial_zero()
    assert integer_relation(0.1234567890123456, 1e-15, (SR(1),)) is None or recognized(0.1234567890123456, 1e-15).exact is None


def test_exponents_have_small_denominators():
    assert [exponent(v, 1e-6) for v in (2.0, -1.5, 1 / 3, 0.123)] == [2, QQ((-3, 2)), QQ((1, 3)), None]


def linear_fit(exact, sigma, seed, n=200):
    """Return estimates, covariance, loss and degrees of freedom of a linear model with normal noise."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, len(exact)))
    y = A @ np.array(exact) + rng.normal(0, sigma, n)
    found = np.linalg.lstsq(A, y, rcond=None)[0]
    variance = np.sum((y - A @ found)**2) / (n - len(exact))
    return found, variance * np.linalg.inv(A.T @ A), lambda v: float(np.sum((y - A @ np.asarray(v))**2)), n - len(exact)


def test_exact_values_come_back_from_noisy_data():
    right = 0
    for seed in range(60):
        found = snapped(*linear_fit([1.5, -2.0, float(pi)], 1e-3, seed))
        right += [c.exact for c in found] == [QQ((3, 2)), -2, pi]
    assert right >= 54                                          # the candidates reach two standard deviations


def test_numbers_that_are_not_exact_are_kept_and_move_to_their_conditional_optimum():
    values, covariance, loss, degrees = linear_fit([1.5, 0.71239], 1e-4, 3)
    first, second = snapped(values, covariance, loss, degrees)
    assert first.exact == QQ((3, 2)) and second.exact is None
    assert all(loss([1.5, second.value]) <= loss([1.5, second.value + step]) for step in (1e-6, -1e-6))


def test_an_exact_value_that_the_data_refuse_is_not_taken():
    values, covariance, loss, degrees = linear_fit([1.5004, 2.0], 1e-5, 4)
    first, second = snapped(values, covariance, loss, degrees)
    assert first.exact != QQ((3, 2)) and second.exact == 2


def test_the_test_holds_for_all_exact_values_together():
    values, covariance, loss, degrees = linear_fit([1.5, -2.0, 0.25, 3.0], 1e-3, 5)
    found = snapped(values, covariance, loss, degrees)
    exact = [float(c.exact) if c.exact is not None else c.value for c in found]
    assert loss(exact) <= loss(values) * (1 + 4 * 3.45 / degrees)   # above every quantile F(k, 196) at 0.99 for k = 1..4, over k


def test_data_without_noise_allow_only_rounding_errors():
    A = np.random.default_rng(0).normal(size=(50, 2))
    for exact, is_exact in (([0.5, 3.0], True), ([0.5 + 1e-13, 3.0 + 1e-13], False)):
        y = A @ exact
        values, smallest = np.linalg.lstsq(A, y, rcond=None)[0], (1e-16 * np.linalg.norm(y))**2
        found = snapped(values, smallest * np.linalg.inv(A.T @ A), lambda v, y=y: float(np.sum((y - A @ np.asarray(v))**2)), 48, smallest=smallest)
        assert [c.exact for c in found] == ([QQ((1, 2)), 3] if is_exact else [None, None])
