"""What is asked of laws holds for every law of the front; what cannot be asked for is refused before the search."""
import ctypes
import operator
import shutil
import subprocess

import numpy as np
import pytest
from sage.all import SR, I, bessel_J, erf, exp, function, gamma, hypergeometric, sin, sqrt
from scipy import special

import sage_tf.regression.fitting as fitting
from sage_tf.all import SymbolicRegressor

RNG = np.random.default_rng(11)
X = RNG.uniform(1, 3, (200, 3))
A, B, C = X.T
a, b, c, x, y = SR.var('a, b, c, x, y')
NOISY = A * np.sin(B) * np.exp(-C) + RNG.normal(0, 0.01, 200)
f = function('f')


def fit(values, **options):
    return SymbolicRegressor(**{'progress': False, 'random_state': 1, 'time_limit': 20, **options}).fit(X, values, variables='a, b, c')


def laws(model):
    return [entry.expression for entry in model.pareto_front()]


def heads(expression):
    """Return the names of the functions in an expression, as often as they occur."""
    found, todo = [], [expression]
    while todo:
        e = todo.pop()
        if e.operator() is not None and e.variables():
            found.append(str(e.operator()))
        todo.extend(e.operands())
    return found


def is_law(model, law):
    """The law is the one that is meant, by its values at other points computed by Sage."""
    points = RNG.uniform(1, 3, (5, 3))
    one, other = ([float(e.subs(a=p, b=q, c=r).n(100)) for p, q, r in points] for e in (model.expression(), law))
    return np.allclose(one, other, rtol=1e-10)


# -- operators of the user -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('operators, values, law', [
    (['+', '*', gamma], 2 * special.gamma(A) + B, 2 * gamma(a) + b),
    (['*', '/', 'erf'], special.erf(A / B) * C, erf(a / b) * c),
    (['*', '/', bessel_J(0, x)], special.jv(0, A * B) / C, bessel_J(0, a * b) / c),
    (['*', 'exp', x * y / (x + y)], A * B / (A + B) * np.exp(C), a * b / (a + b) * exp(c)),
    (['*', '+', (x**2 - y).function(y, x)], 3 * (B**2 - A) + C, 3 * (b**2 - a) + c),
    (['*', lambda t: t**3 + t], (A**3 + A) * B, (a**3 + a) * b),
    (['default', sin(x) / x], 5 * np.sin(A * B) / (A * B) + np.exp(C), 5 * sin(a * b) / (a * b) + exp(c)),
])
def test_a_law_with_an_operator_of_the_user_is_found(operators, values, law):
    model = fit(values, operators=operators)
    assert is_law(model, law) and model.pareto_front().best().is_exact()


def test_an_operator_of_the_user_is_one_node_and_its_parts_are_no_operators():
    model = fit(A * B / (A + B) * np.exp(C), operators=['*', 'exp', x * y / (x + y)])
    assert model.pareto_front().best().complexity == 6           # *, exp, c, the operator and its two arguments
    assert not any(law.operator() is operator.add for law in laws(fit(A + B, operators=['*', x * y / (x + y)], time_limit=2)))
    assert not any('+ b' in str(law) for law in laws(fit(2 * A + B, operators=['*', x * y / (x + y)], time_limit=2)))


def test_points_where_an_operator_has_no_value_drop_the_candidate():
    model = fit(np.log(A - 1) + C, operators=['+', '*', sqrt(x - 2)], time_limit=2)
    for entry in model.pareto_front():
        assert np.isfinite(model.predict(X, entry)).all()


def test_laws_with_operators_of_the_user_are_exported_and_restored(tmp_path):
    values = 2 * A * B / (A + B) + C
    options = {'operators': ['+', '*', x * y / (x + y)], 'checkpoint': tmp_path / 'search'}
    model = fit(values, **options)
    assert np.allclose(model.to_tf()(*X.T).numpy(), values, rtol=1e-12)
    names = {}
    exec(model.to_python(), names)
    assert [names['law'](*row) for row in X] == pytest.approx(list(values), rel=1e-12)
    assert 'a*b/(a + b)' in model.to_c()
    model.save(tmp_path / 'model')
    assert SymbolicRegressor.load(tmp_path / 'model').expression() == model.expression()
    again = SymbolicRegressor(progress=False, time_limit=1e-9, **options).fit(X, values, variables='a, b, c')
    assert again.expression() == model.expression()              # from the checkpoint: there was no time to search


def test_an_operator_that_cannot_be_saved_is_named_and_the_file_stays(tmp_path):
    path = tmp_path / 'model.sobj'
    fit(A * B).save(path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match='the regressor cannot be saved .*lambda.*; give operators as expressions'):
        fit((A**3 + A) * B, operators=['*', '+', lambda t: t**3 + t]).save(path)
    assert path.read_bytes() == before


def test_c_computes_laws_with_functions_of_the_user(tmp_path):
    values = 2 * special.gamma(A) + special.erf(B / C)
    model = fit(values, operators=['+', '*', '/', gamma, erf])
    (tmp_path / 'law.c').write_text(model.to_c())
    compiler = shutil.which('cc') or shutil.which('gcc')
    subprocess.run([compiler, '-std=c99', '-Wall', '-Werror', '-shared', '-fPIC', 'law.c', '-o', 'law.so', '-lm'], cwd=tmp_path, check=True)
    law = ctypes.CDLL(str(tmp_path / 'law.so')).law
    law.restype, law.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    assert [law(*row) for row in X] == pytest.approx(list(values), rel=1e-12)


def test_a_function_that_c_does_not_have_is_said_when_c_is_asked_for():
    model = fit(special.jv(0, A * B) / C, operators=['*', '/', bessel_J(0, x)])
    assert np.allclose(model.to_tf()(*X.T).numpy(), special.jv(0, A * B) / C, rtol=1e-10)
    for export in (model.to_c, model.to_python):
        with pytest.raises(NotImplementedError, match='bessel_J.* cannot be written with'):
            export()


# -- weights, limits, nesting, variables -----------------------------------------------------------------------------------

def test_weights_count_in_the_complexity_and_in_its_limit():
    values = A * np.sin(B)
    plain, heavy = (fit(values, operator_weights=weights).pareto_front().best() for weights in (None, {sin: 3}))
    assert heavy.expression == plain.expression and heavy.complexity == plain.complexity + 2
    assert heavy.description_length > plain.description_length
    model = fit(values, operator_weights={'sin': 5}, max_complexity=7, time_limit=1)
    assert not any('sin' in heads(law) for law in laws(model)) and all(e.complexity <= 7 for e in model.pareto_front())


def test_operators_occur_no_more_often_than_they_may():
    for limits, name, most in (({'sin': 1}, 'sin', 1), ({'sin': 0}, 'sin', 0), ({exp: 1}, 'exp', 1)):
        model = fit(np.sin(A) * np.sin(B) + np.exp(A) * np.exp(-B * C), operator_limits=limits, time_limit=1.5)
        assert all(heads(law).count(name) <= most for law in laws(model))
    model = fit(A * B * C + A + B, operator_limits={'*': 1}, time_limit=2)
    assert not any(law.has(a * b * c) for law in laws(model))


def test_operators_are_not_nested_where_they_must_not_be():
    values = np.sin(A + np.sin(B))
    assert is_law(fit(values), sin(a + sin(b)))
    for law in laws(fit(values, nesting={'sin': ['sin', 'cos']}, time_limit=3)):
        assert not any(set(heads(inner)) & {'sin', 'cos'} for e in parts(law, 'sin') for inner in e.operands())


def parts(expression, name):
    """Return the parts of an expression that are values of a function."""
    own = [expression] if str(expression.operator()) == name else []
    return own + [part for operand in expression.operands() for part in parts(operand, name)]


def test_every_law_has_the_variables_that_are_required():
    model = fit(A * np.exp(-B) + RNG.normal(0, 0.001, 200), required='c', time_limit=3)
    assert laws(model) and all(law.has(c) for law in laws(model))
    assert is_law(fit(A * B * C, required=[a, c]), a * b * c)


def test_where_no_law_is_as_required_the_fit_says_so():
    with pytest.raises(ValueError, match='no law that is as required was found in .* s; give more time, or ask for less'):
        fit(NOISY, required='c', operators=['sin'], max_complexity=2, time_limit=1)


# -- a form ----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('template, values, law', [
    (f(a) * exp(-b) / c, (A**2 + 1) * np.exp(-B) / C, (a**2 + 1) * exp(-b) / c),
    (f(a - b)**3 + c, np.sin(A - B)**3 + C, sin(a - b)**3 + c),
    (exp(f(a, c)) + b, np.exp(A * C / 5) + B, exp(a * c / 5) + b),
    (1 / (1 + f(b)), 1 / (1 + np.sqrt(B)), 1 / (1 + sqrt(b))),
])
def test_the_function_in_a_form_is_found(template, values, law):
    model = fit(values, template=template)
    assert is_law(model, law) and model.pareto_front().best().is_exact()


def test_every_law_has_the_form_that_is_given():
    model = fit(NOISY, template=f(a, b) * exp(-c), time_limit=20)
    for law in laws(model):
        assert not (law * exp(c)).simplify_full().has(c)
    best = min(model.pareto_front(), key=lambda entry: entry.loss)
    assert best.r2 > 0.95


def test_operators_are_asked_of_the_function_that_is_sought():
    model = fit((A**2 + 1) * np.exp(-B), template=f(a) * exp(-b), operators=['+', '*'])
    assert is_law(model, (a**2 + 1) * exp(-b))


# -- what is refused -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('options, error, words', [
    ({'operators': ['+', 'sine']}, ValueError, 'the operator sine is unknown'),
    ({'operators': [a + b + c]}, ValueError, 'has 3 variables; expected one or two'),
    ({'operators': [function('u')]}, ValueError, 'the operator u is an unknown function'),
    ({'operators': [I * x]}, NotImplementedError, 'cannot be computed on real tensors'),
    ({'operators': [hypergeometric]}, ValueError, 'has not one or two arguments'),
    ({'operators': ['+', 5]}, TypeError, '5 was given as an operator'),
    ({'operator_weights': {'sin': 0}}, ValueError, 'operator_weights has 0 for sin; expected an integer from 1 to 100'),
    ({'operator_weights': {'sin': 1.5}}, TypeError, 'operator_weights'),
    ({'operator_limits': ['sin']}, TypeError, 'expected a dictionary from operators'),
    ({'operator_limits': {'sine': 1}}, ValueError, 'operator_limits: the operator sine is unknown'),
    ({'operators': ['+'], 'operator_limits': {'sin': 1}}, ValueError, r'operator_limits: sin is none of the operators \+'),
    ({'nesting': {'sin': 2}}, TypeError, 'expected a list of the operators that must not occur inside'),
    ({'required': 'd'}, ValueError, 'd is required, but no variable of the data; expected some of a, b, c'),
    ({'template': a + b}, ValueError, 'has no unknown function'),
    ({'template': 'f(a)'}, TypeError, r'template=f\(a\) was given; expected an expression'),
    ({'template': f(x) * a}, ValueError, 'has the variable x; expected some of a, b, c'),
    ({'template': f(a)**2 + 100 * b}, ValueError, 'has not the values y at 200 of 200 points'),
    ({'units': 5}, ValueError, 'expected a pair'),
    ({'units': ([1, 1], 1)}, ValueError, 'units has 2 units for 3 variables'),
    ({'units': ({'d': 1}, 1)}, ValueError, 'units has a unit for d; expected the variables a, b, c'),
    ({'units': ([a, 1, 1], 1)}, TypeError, 'was given as the unit of a'),
])
def test_what_cannot_be_asked_for_is_refused_before_the_search(monkeypatch, options, error, words):
    monkeypatch.setattr(fitting, 'tasks', None)
    with pytest.raises(error, match=words) as caught:
        fit(NOISY, **options)
    assert '\n' not in str(caught.value)


def test_variables_that_do_not_vary_are_in_no_law_unless_they_are_required():
    points = np.stack([A, 0 * A + 2, B], axis=1)
    for required, expected in ((None, 2 * a**2 * c), ('b', sqrt(SR(2)) * a**2 * sqrt(b) * c)):
        model = SymbolicRegressor(progress=False, random_state=1, required=required).fit(points, 2 * A**2 * B, variables='a, b, c')
        assert bool(model.expression() == expected) and np.allclose(model.predict(points), 2 * A**2 * B)
