"""SymbolicRegressor: laws, fronts, predictions, limits, and what is refused."""
import contextlib
import cProfile
import ctypes
import io
import os
import pickle
import shutil
import signal
import subprocess
import threading
import time

import numpy as np
import pandas as pd
import pytest
from sage.all import QQ, RDF, RIF, SR, I, Integer, erf, exp, latex, load, log, matrix, max_symbolic, pi, sin, sqrt, tanh, vector
from sage.plot.multigraphics import GraphicsArray
from scipy import special

import sage_tf.regression.fitting as fitting
from sage_tf.all import SymbolicRegressor, Tensor, sample_data, tf
from sage_tf.regression.estimator import NotFittedError
from sage_tf.regression.front import Measure, ParetoFront
from sage_tf.regression.law import Law, law_of
from sage_tf.regression.sources import python_source

RNG = np.random.default_rng(7)
X = RNG.uniform(1, 3, (150, 3))
a, b, c = SR.var('a, b, c')
NOISY = X[:, 0] * np.exp(-X[:, 1]**2 / 2) + RNG.normal(0, 0.01, 150)


def regressor(**options):
    return SymbolicRegressor(**{'progress': False, 'random_state': 1, **options})


def is_same(one, other):
    return bool((one - other).simplify_full() == 0)


@pytest.fixture
def endless(monkeypatch):
    """A search that finds one law, looks at the clock now and then, and never ends."""
    def laws(problem, settings, over):
        yield law_of(problem, problem.variables[0]**3 / 7)
        while not over():
            time.sleep(0.01)
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: [laws])


# -- laws ------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('law, values', [
    (2 * sqrt(a) * exp(-b / 3) / c, 2 * np.sqrt(X[:, 0]) * np.exp(-X[:, 1] / 3) / X[:, 2]),
    (pi * a**2 * b / 3, np.pi * X[:, 0]**2 * X[:, 1] / 3),
    (a / sqrt(1 - b**2 / (4 * c)**2), X[:, 0] / np.sqrt(1 - X[:, 1]**2 / (4 * X[:, 2])**2)),
])
def test_the_law_is_found_with_exact_constants(law, values):
    model = regressor().fit(X, values, variables='a, b, c')
    assert is_same(model.expression(), law)
    assert model.pareto_front().best().is_exact()
    assert model.score(X, values) == pytest.approx(1)


def test_bases_of_powers_and_long_decimals_are_exact():
    t, values = SR.var('t'), X[:, 0]
    model = regressor().fit(values, 1000 * 1.05**values, variables='t')
    assert model.is_equivalent(1000 * QQ((21, 20))**t) and model.is_equivalent(1000 * QQ((21, 20))**t + QQ((1, 10**6))).status == 'refuted'
    assert regressor().fit(values, 8987551792.3 / values**2, variables='t').expression() == QQ((89875517923, 10)) / t**2


def test_every_law_of_a_front_has_a_report():
    model = regressor().fit(X, 3 * X[:, 0]**2, variables='a, b, c')
    reports = [model.exact_report(k) for k in range(len(model.pareto_front()))]
    assert reports[0][0].exact is None and reports[-1][0].exact == 3
    assert all(0 <= report.fitted_loss <= report.loss for report in reports)


def test_data_of_every_kind_give_the_same_law():
    values, law = X[:, 0] * np.sin(X[:, 1]), SR.var('x0') * sin(SR.var('x1'))
    rows = X[:, :2]
    for data, y in ((rows, values), (rows.tolist(), values.tolist()), (tf.constant(rows), tf.constant(values)),
                    (matrix(rows), vector(values)), (np.asfortranarray(rows), values[:, None]),
                    (pd.DataFrame(rows, columns=['x0', 'x1']), pd.Series(values)), (Tensor(rows.tolist()), Tensor(values.tolist()))):
        assert is_same(regressor().fit(data, y).expression(), law)
    x, y = SR.var('x, y')
    assert is_same(regressor().fit(sample_data(x * sin(y), (x, 1, 3), (y, 1, 3), n=60, seed=2)).expression(), x * sin(y))


def test_several_outputs_have_a_law_each():
    values = np.stack([X[:, 0] * X[:, 1], X[:, 2]**2 / 3], axis=1)
    model = regressor().fit(X, values, variables='a, b, c')
    assert model.expression() == vector(SR, [a * b, c**2 / 3])
    assert model.predict(X).shape == values.shape and np.allclose(model.predict(X), values, rtol=1e-13)
    assert len(model.pareto_front()) == 2 and model.score(X, values) == pytest.approx(1)
    assert np.allclose(model.to_tf()(*X.T).numpy(), values, rtol=1e-13)
    assert isinstance(model.plot(), GraphicsArray)


def test_names_of_columns_become_variables_and_are_asked_for_again():
    frame = pd.DataFrame(X[:, :2], columns=['mass (kg)', 'angle'])
    model = regressor().fit(frame, pd.DataFrame({'u': X[:, 0] * np.sin(X[:, 1]), 'v': X[:, 0]**2}))
    mass, angle = SR.var('mass_kg, angle')
    assert model.expression() == vector(SR, [mass * sin(angle), mass**2])
    with pytest.raises(ValueError, match='feature names should match'):
        model.predict(frame.rename(columns={'angle': 'phase'}))


def test_points_count_by_their_uncertainties():
    """A tenth of the values are far off, and known to be so."""
    sigma = np.where(np.arange(150) % 10, 1e-3, 10.0)
    values = 2 * X[:, 0] + 1 + sigma * RNG.normal(size=150)
    model = regressor(operators='+ *', time_limit=1).fit(X[:, :1], values, variables='a', sigma=sigma)
    intervals = model.confidence_intervals(entry=next(e for e in model.pareto_front() if e.expression.degree(a) == 1))
    assert sorted(interval.value for interval in intervals) == pytest.approx([1, 2], abs=2e-3)


def test_points_without_weight_do_not_count():
    values, weights = 3 * X[:, 0] / X[:, 1], np.ones(150)
    values[::10], weights[::10] = 100, 0
    assert is_same(regressor().fit(X, values, weights, 'a, b, c').expression(), 3 * a / b)


def test_a_linear_fit_has_the_coefficients_of_weighted_least_squares():
    weights = RNG.uniform(0.1, 10, 150)
    values = 0.5 + 1.7 * X[:, 0] - 2.3 * X[:, 1] + RNG.normal(0, 0.3, 150)
    model = regressor(operators=['+', '*'], max_complexity=12, time_limit=1).fit(X[:, :2], values, weights, 'a, b')
    found = model.expression(-1) if model.expression(-1).degree(a) == 1 else model.expression()
    root = np.sqrt(weights)
    expected, *_ = np.linalg.lstsq(np.column_stack([np.ones(150), X[:, :2]]) * root[:, None], values * root, rcond=None)
    linear = [float(found.subs(a=0, b=0)), float(found.diff(a)), float(found.diff(b))]
    assert np.allclose(linear, expected, rtol=1e-8)


def test_only_the_operators_that_are_given_are_used():
    values = X[:, 0] * np.sin(X[:, 1])
    front = regressor(operators=['+', '*', exp], time_limit=2).fit(X, values).pareto_front()
    assert not any('sin' in str(entry.expression) or 'sqrt' in str(entry.expression) for entry in front)
    assert is_same(regressor(operators=('*', sin)).fit(X, values, variables='a, b, c').expression(), a * sin(b))


def test_no_law_is_more_complex_than_allowed():
    values = 2 * np.sqrt(X[:, 0]) * np.exp(-X[:, 1] / 3) / X[:, 2]
    model = regressor(max_complexity=6, time_limit=2).fit(X, values)
    assert all(entry.complexity <= 6 for entry in model.pareto_front())


def test_constants_are_floats_where_exact_ones_are_not_wanted():
    law = regressor(exact=False).fit(X, np.pi * X[:, 0]**2, variables='a, b, c').expression()
    assert not law.has(pi) and float(law.subs(a=1)) == pytest.approx(np.pi, rel=1e-14)


def test_the_same_seed_gives_the_same_front():
    values = X[:, 0] * np.sin(X[:, 1]) / X[:, 2]
    fronts = [regressor(random_state=5).fit(X, values).pareto_front() for _ in range(2)]
    assert str(fronts[0]) == str(fronts[1])


# -- what a fit gives ------------------------------------------------------------------------------------------------------

@pytest.fixture(scope='module')
def fitted():
    return regressor().fit(X, X[:, 0]**2 * np.exp(-X[:, 1] / 3), variables='a, b, c')


def test_predictions_are_those_of_the_expression(fitted):
    points = RNG.uniform(0, 2, (20, 3))
    expected = [float(fitted.expression().subs(a=p, b=q, c=r).n(100)) for p, q, r in points]
    assert np.allclose(fitted.predict(points), expected, rtol=1e-14)
    assert np.allclose(fitted.to_tf()(*points.T).numpy(), expected, rtol=1e-14)
    entry = fitted.pareto_front()[0]
    assert np.allclose(fitted.predict(points, entry=0), float(entry.expression)) and fitted.expression(entry) == entry.expression


def test_sources_compute_the_law(fitted, tmp_path):
    names = {}
    exec(fitted.to_python(), names)
    assert names['law'](1.2, 0.7, 1.0) == pytest.approx(1.2**2 * np.exp(-0.7 / 3), rel=1e-14)
    exec(fitted.to_python(module='numpy', name='f'), names)
    assert np.allclose(names['f'](*X.T), fitted.predict(X), rtol=1e-14)
    compiler = shutil.which('cc') or shutil.which('gcc')
    assert compiler, 'sage_tf needs a C compiler'
    (tmp_path / 'law.c').write_text(fitted.to_c())
    subprocess.run([compiler, '-std=c99', '-Wall', '-Werror', '-shared', '-fPIC', 'law.c', '-o', 'law.so', '-lm'], cwd=tmp_path, check=True)
    law = ctypes.CDLL(str(tmp_path / 'law.so')).law
    law.restype, law.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    assert [law(*row) for row in X] == pytest.approx(list(fitted.predict(X)), rel=1e-14)


def test_latex_and_the_exact_report_say_the_law(fitted):
    assert latex(fitted) == latex(fitted.expression()) and 'frac' in latex(fitted)
    report = regressor().fit(X, X[:, 0] * np.pi / 7).exact_report()
    assert [(constant.exact, constant.evidence > 10) for constant in report] == [(pi / 7, True)]
    assert report[0].value == pytest.approx(np.pi / 7, rel=1e-12)
    assert report.loss == report.fitted_loss == 0


def test_the_exact_report_says_how_the_loss_changes_by_exact_constants():
    """Three and one half as constants, beside the straight line of least squares."""
    t, noise = np.linspace(0, 1, 40), RNG.normal(0, 0.1, 40)
    model = regressor(operators='+ *', max_complexity=5, time_limit=1).fit(t, 3 * t + 0.5 + noise, variables='t')
    model.fronts_ = [ParetoFront([Measure(model._problems[0])(3 * SR.var('t') + QQ((1, 2)))])]
    report = model.exact_report()
    values = 3 * t + 0.5 + noise
    assert report.loss == pytest.approx(np.mean((values - 3 * t - 0.5)**2), rel=1e-9)
    assert report.fitted_loss == pytest.approx(np.mean((values - np.polyval(np.polyfit(t, values, 1), t))**2), rel=1e-9)
    assert sorted(constant.exact for constant in report) == [QQ((1, 2)), 3] and 'in their places' in str(report)


def test_laws_without_variables_are_exported():
    model = regressor().fit(X, X[:, 0] * X[:, 1])
    names = {}
    exec(model.to_python(entry=0), names)
    assert names['law'](1, 2, 3) == pytest.approx(np.mean(X[:, 0] * X[:, 1]), rel=1e-14)
    assert repr(names['law'](1, 2, 3)) in model.to_c(entry=0)
    assert float(model.to_tf(0)(1, 2, 3)) == names['law'](1, 2, 3) and latex(model.pareto_front()[0])


def test_a_saved_regressor_is_restored(fitted, tmp_path):
    fitted.save(tmp_path / 'model')
    for restored in (SymbolicRegressor.load(tmp_path / 'model'), load(str(tmp_path / 'model.sobj')), pickle.loads(pickle.dumps(fitted))):
        assert restored.expression() == fitted.expression() and restored.get_params() == fitted.get_params()
        assert str(restored.pareto_front()) == str(fitted.pareto_front())
        assert (restored.predict(X) == fitted.predict(X)).all()


def test_a_damaged_file_is_refused_in_a_sentence(fitted, tmp_path):
    fitted.save(tmp_path / 'model.sobj')
    data = (tmp_path / 'model.sobj').read_bytes()
    for damaged in (data[:-10], data[:50], b'', data[:100] + bytes([data[100] ^ 1]) + data[101:], pickle.dumps(5)):
        (tmp_path / 'model.sobj').write_bytes(damaged)
        with pytest.raises(ValueError, match='is damaged or no saved SymbolicRegressor; restore it or save it again$'):
            SymbolicRegressor.load(tmp_path / 'model')
    with pytest.raises(FileNotFoundError, match='there is no file'):
        SymbolicRegressor.load(tmp_path / 'other')


def test_what_is_not_fitted_says_so():
    for call in ('expression', 'pareto_front', 'to_tf', 'to_c', 'plot', 'exact_report'):
        with pytest.raises(ValueError, match=r'not fitted yet; call fit\(X, y\) first'):
            getattr(SymbolicRegressor(), call)()
    assert issubclass(NotFittedError, AttributeError) and 'SymbolicRegressor' in latex(SymbolicRegressor())


# -- limits ----------------------------------------------------------------------------------------------------------------

def elapsed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def test_the_time_limit_is_kept():
    regressor(time_limit=0.2).fit(X, NOISY)                     # whatever is made once
    assert elapsed(lambda: regressor(time_limit=3).fit(X, NOISY)) < 3 * 1.1


def test_the_time_limit_is_kept_where_much_is_to_be_done_at_once():
    rng = np.random.default_rng(1)
    many = rng.uniform(1, 3, (100_000, 8))
    values = many[:, 0] * np.exp(-many[:, 1]**2 / 2) + rng.normal(0, 0.05, 100_000)
    assert elapsed(lambda: regressor(time_limit=6).fit(many, values)) < 6 * 1.1


@pytest.mark.parametrize('way', ['directly', 'in a thread', 'under a profiler'])
def test_the_time_limit_is_kept_by_a_search_that_does_not_look_at_the_clock(monkeypatch, way):
    def laws(problem, settings, over):
        yield law_of(problem, problem.variables[0]**3 / 7)
        while True:
            sum(range(1000))
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: [laws])
    model = regressor(time_limit=1)
    fit = [lambda: model.fit(X, NOISY)]
    if way == 'in a thread':
        fit.append(lambda: (thread := threading.Thread(target=fit[0])).start() or thread.join())
    if way == 'under a profiler':
        fit.append(lambda: cProfile.Profile().runcall(fit[0]))
    assert 1 < elapsed(fit[-1]) < 1.1
    assert len(model.pareto_front()) > 0 and not model.interrupted_


def test_an_interrupt_keeps_the_best_so_far_and_another_fit_goes_on(endless, recwarn):
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    values = X[:, 0]**3 / 7 + RNG.normal(0, 0.01, 150)
    model = regressor(time_limit=30)
    assert elapsed(lambda: model.fit(X, values)) < 10
    law = SR.var('x0')**3 / 7
    assert model.interrupted_ and is_same(model.expression(), law) and not recwarn.list
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(fitting, 'tasks', lambda *args: iter(()))
        assert is_same(model.fit(X, values).expression(), law) and not model.interrupted_
        assert not any(is_same(entry.expression, law) for entry in model.fit(X, NOISY).pareto_front())


def test_a_law_that_says_more_than_the_data_does_not_end_the_search(monkeypatch):
    """sin(pi*t) vanishes at all of the points, whatever it is multiplied by."""
    def laws(problem, settings, over):
        t = problem.variables[0]
        yield Law(t**2 + RDF(0.12345678) * sin(pi * t) * exp(sin(RDF(0.98765432) * t)), [], 0.0)
        yield Law(t**2, [], 0.0)
        yield None                                              # nobody asks for a third one
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: [laws])
    front = regressor().fit([1, 2, 3], [1, 4, 9], variables='t').pareto_front()
    assert front.best().expression == SR.var('t')**2


def test_an_error_in_the_search_loses_nothing(monkeypatch):
    def laws(problem, settings, over):
        yield law_of(problem, problem.variables[0]**3 / 7)
        raise ArithmeticError('such things happen')
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: [laws])
    with pytest.warns(RuntimeWarning, match='ended early, with ArithmeticError: such things happen; the best laws so far are kept'):
        model = regressor().fit(X, X[:, 0]**3 / 7 + RNG.normal(0, 0.01, 150))
    assert is_same(model.expression(), SR.var('x0')**3 / 7)


def test_progress_is_a_line_on_stderr_or_nothing(endless):
    for shown in (True, False):
        with contextlib.redirect_stderr(io.StringIO()) as stream, contextlib.redirect_stdout(io.StringIO()) as output:
            regressor(progress=shown, time_limit=0.5).fit(X, X[:, 0]**3 / 7 + RNG.normal(0, 0.01, 150))
        assert ('1/7*x0^3' in stream.getvalue() and 'loss' in stream.getvalue()) == shown
        assert shown or not stream.getvalue()
        assert not output.getvalue()


def test_many_points_are_sampled_and_the_loss_is_that_on_all():
    many = np.random.default_rng(1).uniform(1, 2, (250_000, 2))
    values = many[:, 0] * many[:, 1]
    values[many[:, 0] > 1.9999] += 1                            # a few points that are otherwise
    with contextlib.redirect_stderr(io.StringIO()) as stream:
        model = regressor(progress=True, time_limit=5).fit(many, values, variables='a, b')
    assert 'the search sees 100000 of them' in stream.getvalue()
    for entry in model.pareto_front():
        residuals = model.predict(many, entry) - values
        assert entry.loss == pytest.approx(np.mean(residuals**2), rel=1e-9, abs=1e-20)


# -- what is refused -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('options, error, words', [
    ({'operators': ['+', 'sine']}, ValueError, 'the operator sine is unknown'),
    ({'operators': []}, ValueError, 'no operators'),
    ({'operators': [SR.var('x') * I]}, NotImplementedError, r'the operator I\*x cannot be computed on real tensors'),
    ({'time_limit': 0}, ValueError, 'time_limit=0'),
    ({'time_limit': 'long'}, TypeError, 'long'),
    ({'max_complexity': Integer(0)}, ValueError, 'max_complexity=0'),
    ({'loss': 'mae'}, ValueError, "loss='mae'"),
    ({'selection': 'aic'}, ValueError, "selection='aic'"),
    ({'n_jobs': 0}, ValueError, 'n_jobs=0'),
    ({'random_state': -1}, ValueError, 'random_state=-1'),
    ({'progress': 'yes'}, TypeError, "progress='yes'"),
])
def test_parameters_are_refused_before_the_search(monkeypatch, options, error, words):
    monkeypatch.setattr(fitting, 'tasks', None)
    model = SymbolicRegressor(**options)                        # which says nothing yet
    with pytest.raises(error, match=words) as caught:
        model.fit(X, NOISY)
    assert '\n' not in str(caught.value) and not hasattr(model, 'fronts_')


def test_a_fit_that_is_refused_leaves_the_last_one(fitted):
    law = fitted.expression()
    with pytest.raises(ValueError, match='NaN or infinite'):
        fitted.fit([[1], [float('nan')]], [1, 2])
    assert fitted.expression() == law
    with pytest.raises(ValueError, match='X has 2 features'):
        fitted.predict(X[:, :2])
    with pytest.raises(ValueError, match='NaN or infinite'):
        fitted.predict(np.full((2, 3), np.nan))


def test_scores_are_those_of_the_definition(fitted):
    values, weights = fitted.predict(X) + RNG.normal(0, 1, 150), RNG.uniform(0, 1, 150)
    mean = np.sum(weights * values) / weights.sum()
    expected = 1 - np.sum(weights * (values - fitted.predict(X))**2) / np.sum(weights * (values - mean)**2)
    assert fitted.score(X, values, weights) == pytest.approx(expected, rel=1e-12)
    assert fitted.score(matrix(QQ, 2, 3, [1] * 6), [1, 1]) == 0.0


def test_what_is_no_executor_is_refused_before_the_search(monkeypatch):
    monkeypatch.setattr(fitting, 'tasks', None)
    with pytest.raises(TypeError, match='executor=2 was given; expected a concurrent.futures.Executor'):
        regressor().fit(X, NOISY, executor=2)


# -- what users type -------------------------------------------------------------------------------------------------------

def test_weights_have_the_name_of_scikit_learn_too():
    y = X[:, 0] * X[:, 1]
    y[:3], counts = 100, np.where(np.arange(150) < 3, 0, 1)
    model = regressor().fit(X, y, variables='a, b, c', sample_weight=counts)
    assert model.expression() == a * b and model.score(X, y, sample_weight=counts) == model.score(X, y, weights=counts) == 1
    with pytest.raises(ValueError, match='weights and sample_weight were given'):
        model.score(X, y, weights=counts, sample_weight=counts)


def test_regressors_are_equal_with_their_parameters_and_laws():
    model = regressor().fit(X, X[:, 0] * X[:, 1])
    assert pickle.loads(pickle.dumps(model)) == model != regressor() == regressor() != regressor(time_limit=3)
    assert len({model, regressor()}) == 2


def test_part_of_a_box_and_intervals_are_boxes():
    model = regressor().fit(X, X[:, 0] * X[:, 1] / X[:, 2])
    x2 = SR.var('x2')
    assert model.check_domain({'x0': (-1, 1)}) and model.is_equivalent(model.expression() * sqrt(x2**2) / x2, {'x0': RIF(-1, 1)})
    assert model.check_domain({'x2': RIF(-1, 1)}).status == 'refuted'


@pytest.mark.parametrize('call, error, message', [
    (lambda model: model.expression(99), IndexError, 'entry=99 was given; expected a number from 0 to'),
    (lambda model: model.expression('a'), TypeError, "entry='a' was given; expected an integer"),
    (lambda model: model.check_domain({'x0': 1}), ValueError, 'the interval of x0 is 1; expected two real numbers'),
    (lambda model: model.check_domain({'x0': (1, 2, 3)}), ValueError, r'the interval of x0 is \(1, 2, 3\)'),
    (lambda model: model.score(X, X[:, 0], weights=[1, 2]), ValueError, r'weights has shape \(2,\)'),
])
def test_what_cannot_be_answered_is_refused_in_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call(regressor().fit(X, X[:, 0] * X[:, 1]))


def test_no_points_have_no_values():
    assert regressor().fit(X, X[:, 0] * X[:, 1]).predict(X[:0]).shape == (0,)


@pytest.mark.parametrize('name', ['^', '**', 'pow'])
def test_general_powers_are_an_operator(name):
    rows = X[:, :2]
    model = regressor(operators=['*', name], time_limit=20).fit(rows, rows[:, 0]**rows[:, 1], variables='a, b')
    assert model.expression() == a**b
    assert not any(entry.expression.has(log(SR.wild(0))) for entry in model.pareto_front())


def test_exported_functions_of_arrays_run_and_have_the_shape_of_the_points():
    x, y = SR.var('x, y')
    for expression, expected in ((erf(x), special.erf), (max_symbolic(x, 2), lambda x: np.maximum(x, 2)), (pi * tanh(x), lambda x: np.pi * np.tanh(x)),
                                 (SR(3), lambda x: 0 * x + 3)):
        space = {}
        exec(python_source([expression], [x, y], 'law', 'numpy'), space)
        assert np.allclose(space['law'](X[:, 0], X[:, 1]), expected(X[:, 0]), rtol=1e-14) and space['law'](*X[:, :2].T).dtype == float
