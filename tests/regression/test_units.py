"""
Dimensional analysis of well-known laws, with Sage's own conversion of units and rescaled numbers as the oracle.
"""
import pytest
from sage.all import QQ, SR, arctan2, cos, exp, log, matrix, pi, sin, sqrt, units, var, vector

from sage_tf.regression.units import Dimensions

meter, second, kilogram, kelvin = units.length.meter, units.time.second, units.mass.kilogram, units.temperature.kelvin
newton, joule, coulomb, volt = units.force.newton, units.energy.joule, units.charge.coulomb, units.electric_potential.volt
m, v, c, g, a, t, q, r, T, k, h, f, G, M = var('m, v, c, g, a, t, q, r, T, k, h, f, G, M')

LAWS = [
    (m * v**2 / 2, {m: kilogram, v: meter / second}, joule),
    (m * c**2 / sqrt(1 - v**2 / c**2), {m: kilogram, c: meter / second, v: meter / second}, joule),
    (2 * pi * sqrt(a / g), {a: meter, g: meter / second**2}, second),
    (h * f / (exp(h * f / (k * T)) - 1), {h: joule * second, f: 1 / second, k: joule / kelvin, T: kelvin}, joule),
    (G * m * M / r**2, {G: newton * meter**2 / kilogram**2, m: kilogram, M: kilogram, r: meter}, newton),
    (a * sin(f * t + 1), {a: meter, f: units.frequency.hertz, t: units.time.hour}, units.length.foot),
    (arctan2(a, r) + cos(t), {a: meter, r: meter, t: units.angles.degree}, None),
    (abs(a - r) * log(m / M), {a: meter, r: units.length.light_year, m: kilogram, M: units.mass.gram}, meter),
    (q * v, {q: coulomb, v: volt}, joule), (a**QQ((3, 2)), {a: meter**2}, meter**3),
]
WRONG = [
    (m * v, {m: kilogram, v: meter / second}, joule, 'where'), (a + t, {a: meter, t: second}, meter, 'added'), (sin(a), {a: meter}, None, 'number'),
    (a + 1, {a: meter}, meter, 'added'), (2**a, {a: meter}, None, 'number'), (a**t, {a: meter, t: second}, None, 'number'), (a**pi, {a: meter}, None, 'number'),
    (arctan2(a, t), {a: meter, t: second}, None, 'added'), (sqrt(a), {a: meter}, meter, 'where'),
]


@pytest.mark.parametrize('law, variables, value', LAWS, ids=str)
def test_laws_of_nature_are_consistent(law, variables, value):
    assert Dimensions(variables, value).inconsistency(law) is None


@pytest.mark.parametrize('law, variables, value, reason', WRONG, ids=str)
def test_what_is_inconsistent_is_named(law, variables, value, reason):
    space = Dimensions(variables, value)
    assert reason in space.inconsistency(law) and not space.is_consistent(law)


def test_exponents_are_those_of_sages_conversion():
    for unit in (joule, volt, units.pressure.atmosphere, units.power.watt / meter**2, units.capacitance.farad, units.energy.calorie):
        space = Dimensions({a: unit}, None)
        base = prod_of(space.base, space.vectors[a])
        assert not (unit / base).convert().variables() or not (unit.convert() / base).variables()


def prod_of(names, exponents):
    """Return the product of powers of symbols of those names."""
    result = SR(1)
    for name, exponent in zip(names, exponents, strict=True):
        result *= SR.var(name)**exponent
    return result


def test_consistent_laws_do_not_depend_on_the_units():
    """A consistent law scales as its values do when the base units are changed."""
    for law, variables, value in LAWS:
        space = Dimensions(variables, value)
        scales = [QQ((7, 3)) + 2 * number for number in range(len(space.base))]
        point = {name: QQ((number + 2, 17)) * (1 if name != c else 40) for number, name in enumerate(variables)}
        scaled = {name: number * prod_at(scales, space.vectors[name]) for name, number in point.items()}
        assert abs((law.subs(scaled) / law.subs(point) / prod_at(scales, space.value)).n(100) - 1) < 1e-25


def prod_at(scales, exponents):
    """Return the product of powers of numbers."""
    result = SR(1)
    for scale, exponent in zip(scales, exponents, strict=True):
        result *= SR(scale)**exponent
    return result


def test_free_constants_take_the_dimension_they_need():
    space = Dimensions({m: kilogram, t: second}, newton)
    for law in (3 * m + 2, 5 * m * exp(-2 * t), pi * t**3):
        assert space.is_consistent(law, free_constants=True) and not space.is_consistent(law)
    for law in (m + t, 2 * sin(t), m):
        assert not space.is_consistent(law, free_constants=True)


def test_groups_are_dimensionless_independent_and_as_many_as_buckingham_says():
    rho, d, mu, s = var('rho, d, mu, s')
    variables = {rho: kilogram / meter**3, v: meter / second, d: meter, mu: kilogram / meter / second, g: meter / second**2, s: newton / meter}
    space = Dimensions(variables, newton)
    groups = space.groups()
    rank = matrix(QQ, [list(row) for row in space.vectors.values()]).rank()
    assert len(groups) == len(variables) - rank == 3
    assert all(Dimensions(variables).is_consistent(group) for group in groups)
    assert matrix(QQ, [[group.degree(name) for name in variables] for group in groups]).rank() == 3
    assert space.is_consistent(space.monomial())


def test_a_reduced_law_has_the_dimension_of_the_values_whatever_the_function():
    variables = {a: meter, g: meter / second**2, t: second, m: kilogram}
    space = Dimensions(variables, meter / second)
    group, = space.groups()
    assert space.is_consistent(space.monomial() * exp(sin(group) + 1))
    assert Dimensions({a: meter}, second).monomial() is None


def test_exponent_vectors_and_rational_exponents():
    space = Dimensions({a: vector(QQ, [1, 0]), t: [0, QQ((1, 2))]}, (1, -1))
    assert space.is_consistent(a / t**2) and space.groups() == [] and bool(space.monomial() == a / t**2)
    assert 'the dimension (1, 0) where (1, -1)' in space.inconsistency(a)


@pytest.mark.parametrize('variables, value, error', [
    ({a: [1], t: [1, 2]}, None, ValueError), ({a: [1], t: second}, None, ValueError), ({a: '1 +'}, None, TypeError), ({a: a}, None, TypeError),
    ({a: meter + second}, None, TypeError), ({a: ['a']}, None, TypeError), ({a: meter}, object(), TypeError),
])
def test_what_is_no_unit_is_refused(variables, value, error):
    with pytest.raises(error, match='unit'):
        Dimensions(variables, value)
