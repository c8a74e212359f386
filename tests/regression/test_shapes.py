"""Laws with constants inside of functions: found without noise to the last digit, and in noise to what it allows."""
import numpy as np
import pytest
from sage.all import QQ, SR, cos, exp, sin, sqrt, tanh

from sage_tf.regression.families import FACTORS, FAMILIES
from sage_tf.regression.fitting import search_front
from sage_tf.regression.floats import count_floats
from sage_tf.regression.problem import Problem
from sage_tf.regression.reduction import Reduction
from sage_tf.regression.shapes import shaped_laws

T = SR.var('t')
ROWS = np.random.default_rng(3).uniform(0, 6, (120, 1))


def values(law, t=ROWS[:, 0]):
    return np.array([float(law.subs({T: float(x)})) for x in t])


def best(law, share=0.0, seconds=60, X=ROWS):
    y = values(law, X[:, 0])
    y = y + share * np.sqrt(np.mean(y**2)) * np.random.default_rng(4).normal(size=len(y))
    return search_front(Problem.of(X, y, variables='t'), seconds).best()


@pytest.mark.parametrize('law', [
    20 + 70 * exp(-QQ('3/10') * T),                             # Newton's law of cooling
    50 * exp(-3 * exp(-QQ('2/5') * T)),                         # Gompertz' growth
    100 / (1 + 9 * exp(-QQ('7/10') * T)),                       # logistic growth
    2 * exp(-T / 5) * cos(3 * T + QQ('1/2')),                   # a damped oscillation
    3 * sqrt(T + QQ('23/10')) - 1,
    T**3 / (exp(QQ('36/25') * T) - 1),                          # Planck's law
], ids=str)
def test_a_law_is_found_with_its_exact_constants(law):
    found = best(law)
    assert found.is_exact() and count_floats(found.expression) == 0
    for t in ('1/3', '17/10', '23/5'):
        assert abs((found.expression - law).subs({T: QQ(t)}).n(100)) < 1e-20


@pytest.mark.parametrize('law, constants', [(20 + 70 * exp(-QQ('3/10') * T), (70, 0.3, 20)), (1 + 2 * tanh(QQ('13/10') * (T - 2)), (2, 1.3, 2.6, 1))])
def test_constants_in_noise_are_near(law, constants):
    y, noise = values(law), np.random.default_rng(5).normal(size=len(ROWS))
    problem = Problem.of(ROWS, y + 0.02 * np.sqrt(np.mean(y**2)) * noise, variables='t')
    found = min(shaped_laws(problem, Reduction(problem), 1, 'identity', 0), key=lambda law: law.error)
    t = np.linspace(0, 6, 50)
    assert np.abs(values(found.expression, t) - values(law, t)).max() < 0.03 * np.abs(values(law, t)).max()


@pytest.mark.parametrize('name', [*FAMILIES, *FACTORS])
def test_columns_and_terms_are_the_same_functions(name):
    family, u = {**FAMILIES, **FACTORS}[name], np.linspace(0.3, 2.0, 7)
    starts = family.starts(u)
    for constants in starts[::max(1, len(starts) // 5)]:
        columns, terms = family.columns(u, constants), family.terms(T, [float(c) for c in constants])
        for column, term in zip(columns, terms, strict=True):
            expected = np.array([complex(term.subs({T: float(x)})).real for x in u])
            assert np.allclose(column, expected, rtol=1e-9, atol=1e-12) or np.allclose(np.exp(column), np.abs(np.exp(expected)), rtol=1e-9)


@pytest.mark.parametrize('sine, cosine', [(1.0, 0.0), (0.0, -2.0), (0.3, 0.9), (-0.9, 0.3), (-0.5, -0.5), (0.9, -0.1)])
def test_sine_and_cosine_are_one_wave(sine, cosine):
    one = FAMILIES['damped wave'].joined(T, [0.5, 3.0], sine, cosine)
    both = exp(0.5 * T) * (sine * sin(3.0 * T) + cosine * cos(3.0 * T))
    assert all(abs(complex((one - both).subs({T: t}).n())) < 1e-12 for t in (0.1, 1.0, 2.3))


def test_what_is_exact_depends_on_how_much_the_values_vary():
    X = np.linspace(1, 3, 60)[:, None]
    for y in (5 + 1e-10 * X[:, 0], 1 / np.sqrt(1 - (X[:, 0] / 3e5)**2)):
        constant = search_front(Problem.of(X, y, variables='t'), 0)[0]
        assert not constant.expression.variables() and not constant.is_exact()


def test_a_search_in_noise_ends_when_nothing_is_left_to_explain():
    X = np.random.default_rng(6).uniform(1, 3, (300, 2))
    y = X[:, 0] * X[:, 1] + 0.05 * np.random.default_rng(8).normal(size=300)
    front = search_front(Problem.of(X, y), 300)
    assert str(front.best().expression) == 'x0*x1' and front.finished < 30


