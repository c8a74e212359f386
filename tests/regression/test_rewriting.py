"""Identities that make a law clearer hold at all real numbers, and stay out of the way of what is asked for."""
import numpy as np
import pytest
from sage.all import QQ, RDF, SR, cos, exp, pi, sin, sqrt, tanh

from sage_tf.all import SymbolicRegressor
from sage_tf.regression.numeric import values_of
from sage_tf.regression.rewriting import rewritten
from sage_tf.regression.squares import completed

x, y = SR.var('x, y')
POINTS = np.random.default_rng(1).uniform(-3, 3, (200, 2))
UNCLEAR = [
    (exp(2 * x) - 1) / (exp(2 * x) + 1), (exp(2 * x) - 1)**2 / (exp(4 * x) - 1), (exp(x) + 1) / (exp(x) - 1), y * exp(x) / (exp(x) + 1),
    (exp(2 * x) - 1) / sqrt((exp(2 * x) + 1)**2), -3 * (exp(x + y) - 1)**2 / (exp(x + y) + 1)**2 * exp(-y), sqrt((exp(x) + exp(y))**2) * exp(-x - y),
    *[wave(2 * x + k * pi / 2 + QQ((1, 2))) for wave in (sin, cos) for k in (-3, -2, -1, 1, 2, 3)],
    sqrt((x - 1)**2), x / sqrt((x - y)**2), ((x - y)**4)**(SR(3) / 2), x / 2 + sqrt(x**2) / 2, 5 * y / (7 / (10 * x) + 1), 1 / (4 / x**2 + 1),
]
CLEAR = [x / y, exp(-x) * sin(y), 1 / (exp(x) - 1), (exp(x) - 1) / (exp(2 * x) + 1), (exp(x) - 1) / (exp(y) + 1), sin(x + pi / 3), 1 / (1 / x + 1 / y),
         x / sqrt(1 - x**2 / y**2), 1 / (1 + x / y), 1 / (exp(x) + exp(-x) + 1), exp(1.5 * x) * (exp(x) - 1), (SR(2.5) * exp(x) - 1) / (exp(x) + 1)]


@pytest.mark.parametrize('unclear', UNCLEAR)
def test_what_is_rewritten_is_shorter_and_has_the_same_values(unclear):
    clear = rewritten(unclear)
    assert str(clear) != str(unclear)
    assert np.allclose(values_of(clear, [x, y], POINTS), values_of(unclear, [x, y], POINTS), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize('clear', CLEAR)
def test_what_is_clear_stays(clear):
    assert rewritten(clear) is clear


def test_absolute_values_have_no_bars_where_the_sign_is_known():
    assert rewritten(sqrt((x + y**2)**2), [x, y]) == x + y**2 and 'abs' in str(rewritten(sqrt((x + y**2)**2), [y]))


def test_squares_are_completed_where_that_makes_the_factor_simple():
    bell = completed(RDF(0.2 * np.exp(-2)) * exp(-x**2 / 2 + 2 * x))
    assert str(bell) == '1/5*e^(-1/2*(x - 2)^2)'
    assert completed(RDF(0.2718) * exp(-x**2 / 2 + 2 * x)) is None


@pytest.mark.parametrize('law, values', [
    (tanh(x), np.tanh), (abs(x - 1), lambda x: abs(x - 1)), ((x + abs(x)) / 2, lambda x: np.maximum(x, 0)),
    (1 / (exp(-2 * x) + 1), lambda x: 1 / (1 + np.exp(-2 * x))),
    (QQ((137, 100)) * exp(-QQ((50, 9)) * (x - 2)**2), lambda x: 1.37 * np.exp(-50 / 9 * (x - 2)**2)),
])
def test_a_fit_shows_the_clear_form_and_its_complexity(law, values):
    points = np.linspace(-3, 3, 60)
    model = SymbolicRegressor(progress=False, random_state=1, time_limit=20).fit(points, values(points), variables='x')
    assert str(model.expression()) == str(law) and np.isfinite(model.predict([400])).all()
    assert model.pareto_front().best().complexity <= 10


def test_functions_that_are_not_among_the_operators_are_not_put_in():
    points = np.linspace(-3, 3, 60)
    model = SymbolicRegressor(['+', '*', '/', 'exp'], progress=False, random_state=1, time_limit=20).fit(points, np.tanh(points), variables='x')
    assert model.pareto_front().best().is_exact() and 'tanh' not in str(model.expression())
