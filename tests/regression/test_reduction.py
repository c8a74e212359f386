"""Units: every law is consistent, and the law of the smaller problem is that of the first one."""
import numpy as np
import pytest
from sage.all import QQ, SR, function, pi, sin, sqrt, units, vector

from sage_tf.all import SymbolicRegressor
from sage_tf.regression.numeric import values_of
from sage_tf.regression.problem import Problem
from sage_tf.regression.reduction import choices_of_units, nondimensional
from sage_tf.regression.units import Dimensions

meter, second, kilogram, kelvin = units.length.meter, units.time.second, units.mass.kilogram, units.temperature.kelvin
newton, joule, pascal = units.force.newton, units.energy.joule, units.pressure.pascal
RNG = np.random.default_rng(5)


def data(law, ranges, noise=0, points=300, seed=1):
    """Return points and values of a law, with noise relative to the root of their mean square."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.uniform(*each, points) for each in ranges.values()])
    y = values_of(law, [SR.var(v) for v in ranges], X)
    return X, y + noise * np.sqrt(np.mean(y**2)) * rng.normal(size=points)


def fit(law, ranges, given, noise=0, **options):
    X, y = data(law, ranges, noise)
    options = {'progress': False, 'random_state': 1, 'time_limit': 20, 'units': given, **options}
    return SymbolicRegressor(**options).fit(X, y, variables=list(ranges))


m, v, c, g, L, h, p, rho, r, G, M, a, k, T, t, w = SR.var('m, v, c, g, L, h, p, rho, r, G, M, a, k, T, t, w')
speed = meter / second

#: law, ranges of the variables, their units, the unit of the values
LAWS = [
    (m * c**2 * (1 / sqrt(1 - v**2 / c**2) - 1), {'m': (1, 5), 'c': (3, 6), 'v': (0.5, 2.5)}, [kilogram, speed, speed], joule),
    (p + rho * v**2 / 2 + rho * g * h, {'p': (1, 10), 'rho': (1, 3), 'v': (1, 5), 'g': (1, 10), 'h': (0.5, 3)},
     [pascal, kilogram / meter**3, speed, speed / second, meter], pascal),
    (sqrt(G * M * (2 / r - 1 / a)), {'G': (1, 3), 'M': (1, 5), 'r': (1, 2), 'a': (2, 5)},
     [newton * meter**2 / kilogram**2, kilogram, meter, meter], speed),
    (2 * pi * sqrt(L / g) * (1 + t**2 / 16), {'L': (0.5, 3), 'g': (1, 10), 't': (0.1, 1.5)}, [meter, speed / second, 1], second),
    (a * sin(w * t), {'a': (1, 3), 'w': (1, 3), 't': (-2, 2)}, [meter, 1 / second, second], meter),
    (m * v**2 / 2, {'m': (1, 5), 'v': (1, 5)}, [kilogram, speed], joule),
]


@pytest.mark.parametrize('law, ranges, inputs, value', LAWS, ids=str)
def test_a_law_is_found_with_its_units(law, ranges, inputs, value):
    model = fit(law, ranges, (inputs, value))
    assert model.is_equivalent(law).status == 'proved' and model.pareto_front().best().is_exact()
    space = Dimensions(dict(zip(map(SR.var, ranges), inputs, strict=True)), value)
    assert all(space.is_consistent(entry.expression) for entry in model.pareto_front())


@pytest.mark.parametrize('law, ranges, inputs, value', LAWS[1:4], ids=str)
def test_every_law_for_data_with_noise_is_consistent(law, ranges, inputs, value):
    model = fit(law, ranges, (inputs, value), noise=0.1, time_limit=3)
    space = Dimensions(dict(zip(map(SR.var, ranges), inputs, strict=True)), value)
    assert all(space.is_consistent(entry.expression) for entry in model.pareto_front())
    X, y = data(law, ranges, seed=2)
    assert model.score(X, y) > 0.95


@pytest.mark.parametrize('law, ranges, inputs, value', LAWS, ids=str)
def test_a_law_in_units_of_its_own_gives_the_law_back(law, ranges, inputs, value):
    """The law with the units set to 1 is that of the smaller problem: Sage substitutes, the problem divides numbers."""
    X, y = data(law, ranges)
    problem = Problem.of(X, y, variables=list(ranges))
    space = Dimensions(dict(zip(problem.variables, inputs, strict=True)), value)
    for chosen in choices_of_units(problem, space):
        reduction = nondimensional(problem, space, chosen)
        smaller = law.subs({problem.variables[n]: 1 for n in chosen})
        assert len(reduction.problem.variables) == len(ranges) - len(chosen)
        assert np.allclose(values_of(smaller, reduction.problem.variables, reduction.problem.X) if reduction.problem.variables else float(smaller),
                           reduction.problem.y, rtol=1e-10)
        assert np.allclose(values_of(reduction.law(smaller), problem.variables, X), y, rtol=1e-10)


def test_losses_are_those_of_the_first_problem():
    law, ranges, inputs, value = LAWS[1]
    X, y = data(law, ranges, noise=0.1)
    weights = RNG.uniform(0, 1, len(y))
    problem = Problem.of(X, y, weights, list(ranges))
    space = Dimensions(dict(zip(problem.variables, inputs, strict=True)), value)
    for chosen in choices_of_units(problem, space):
        reduction = nondimensional(problem, space, chosen)
        form = sum(reduction.problem.variables)
        residuals = values_of(form, reduction.problem.variables, reduction.problem.X) - reduction.problem.y
        expected = values_of(reduction.law(form), problem.variables, X) - y
        assert np.sum(reduction.problem.weights * residuals**2) == pytest.approx(np.sum(weights * expected**2), rel=1e-10)


def test_units_are_given_by_name_by_exponents_and_for_each_output():
    X, _ = data(m * v, {'m': (1, 5), 'v': (1, 5)})
    y = np.stack([X[:, 0] * X[:, 1], X[:, 1]**2], axis=1)
    for given in (([kilogram, speed], [kilogram * speed, speed**2]), ({'v': [0, 1], 'm': [1, 0]}, [(1, 1), vector(QQ, [0, 2])])):
        model = SymbolicRegressor(units=given, progress=False, random_state=1).fit(X, y, variables='m, v')
        assert model.expression() == vector(SR, [m * v, v**2])
    with pytest.raises(ValueError, match='units has .* for 2 outputs; give a list with the unit of each'):
        SymbolicRegressor(units=([kilogram, speed], joule), progress=False).fit(X, y, variables='m, v')


def test_a_law_that_no_unit_allows_is_not_given():
    """The data say m + v, which has no dimension."""
    X, y = data(m + v, {'m': (1, 5), 'v': (1, 5)})
    model = SymbolicRegressor(units=([kilogram, speed], kilogram), progress=False, time_limit=2).fit(X, y, variables='m, v')
    assert [entry.expression.variables() for entry in model.pareto_front()] == [(m,)]
    with pytest.raises(ValueError, match='no product of powers of m, v has the unit of the values'):
        SymbolicRegressor(units=([kilogram, speed], kelvin), progress=False, time_limit=2).fit(X, y, variables='m, v')


def test_a_form_has_units_too():
    f = function('f')
    ranges = {'m': (1, 5), 'v': (0.5, 2), 'c': (3, 6)}
    model = fit(m * c**2 / sqrt(1 - v**2 / c**2), ranges, ([kilogram, speed, speed], joule), template=m * f(v, c))
    assert model.is_equivalent(m * c**2 / sqrt(1 - v**2 / c**2)).status == 'proved'
    with pytest.raises(ValueError, match='is not consistent with the units'):
        fit(m * v**2, ranges, ([kilogram, speed, speed], joule), template=m + f(v, c))
