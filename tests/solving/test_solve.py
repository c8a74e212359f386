"""What solve_tf gives, refuses and says of itself."""
import numpy as np
import pytest
import tensorflow as tf
from sage.all import SR, cos, exp, sin, sqrt

from sage_tf.all import argmin_tf, solve_tf
from sage_tf.solving import closed

x, y, z, a, b, M, e = SR.var('x, y, z, a, b, M, e')


def constant(values):
    return tf.constant(values, tf.float64)


def slope(f, *tensors):
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = f(*tensors)
    return tape.gradient(value, tensors)


# -- branches ------------------------------------------------------------------------------------------------------------

def test_constant_branch_broadcasts_and_has_gradient_zero():
    branch = solve_tf((y - 2) * (y - x), y)[0]
    points = constant([[1, 2], [3, 4]])
    assert (branch(points).numpy() == 2).all() and branch(points).shape == (2, 2)
    assert (slope(branch, points)[0].numpy() == 0).all()


def test_fold_of_a_circle_has_no_finite_gradient():
    branch = solve_tf(x**2 + y**2 == 9, y)[1]
    points = constant([3, -3, 3 - 1e-6, 3 - 1e-10])
    value, found = branch(points).numpy(), slope(branch, points)[0].numpy()
    assert (value[:2] == 0).all() and not np.isfinite(found[:2]).any()
    exact = [-float(p) / np.sqrt((3 - float(p)) * (3 + float(p))) for p in points[2:]]
    assert np.allclose(found[2], exact[0], rtol=1e-8) and np.allclose(found[3], exact[1], rtol=1e-4)


@pytest.mark.parametrize('equation, fold', [(y**3 - 3 * y + x, 2), (exp(y) - y - 1 - x, 0), (y**2 - 2 * x * y + 1, 1)])
def test_folds_of_every_method_have_no_finite_gradient(equation, fold):
    options = {'guess': 1} if not equation.is_polynomial(y) else {}
    solutions = solve_tf(equation, y, **options)
    at = constant(fold)
    for branch in solutions:
        value = float(branch(at))
        if value != -2:                                         # the simple root of the cubic
            assert not np.isfinite(slope(branch, at)[0].numpy()), branch


def test_real_dtype_gives_nan_and_mask_where_a_branch_is_complex():
    s = solve_tf(y**2 == x, y)
    assert np.isnan(s(-1).numpy()).all() and not s.real_mask(-1).numpy().any()
    wide = solve_tf(y**2 == x, y, dtype='complex128')
    assert np.allclose(wide(-4).numpy(), [-2j, 2j]) and not wide.real_mask(-4).numpy().any()


def test_masked_sum_over_branches_has_a_finite_gradient():
    s = solve_tf(y**3 - 3 * y == x, y)
    points = constant([0, 5])

    def loss(t):
        return tf.reduce_sum(tf.where(s.real_mask(t), s(t), tf.zeros_like(s(t)))**2)
    found = slope(loss, points)[0].numpy()
    step = 1e-6
    expected = [(float(loss(constant([v + step]))) - float(loss(constant([v - step])))) / (2 * step) for v in (0.0, 5.0)]
    assert np.allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_extraneous_roots_are_nan_where_they_do_not_solve():
    s = solve_tf(sqrt(y) == x, y)
    assert np.array_equal(s([3, -3]).numpy(), [[9], [np.nan]], equal_nan=True)


def test_denominator_that_vanishes_at_a_root_removes_it():
    s = solve_tf((y**2 - x) / (y - 1), y)
    assert np.array_equal(s(1).numpy(), [-1, np.nan], equal_nan=True) and np.array_equal(s(4).numpy(), [-2, 2])


def test_cubic_in_the_irreducible_case_is_real_by_formulas_and_by_brackets():
    for method in ('closed', 'auto'):
        s = solve_tf(y**3 - a * y + b, y, method=method)
        assert np.allclose(np.sort(s(3, 1).numpy()), [-1.879385241571817, 0.347296355333861, 1.532088886237956], rtol=1e-14), method


def test_solution_where_the_form_has_no_value():
    s = solve_tf([y**2 - x**2 == a, 2 * x * y == b], [x, y])
    found = s(1, 0).numpy()
    exists = s.real_mask(1, 0).numpy()
    assert sorted(found[exists][:, 1].round(9).tolist()) == [-1, 1] and np.allclose(found[exists][:, 0], 0, atol=1e-12)


def test_leading_coefficient_zero_leaves_the_other_roots():
    s = solve_tf(a * y**2 + y - 2, y)
    assert np.allclose(s(0).numpy()[1], 2) and np.isnan(s(0).numpy()[0])
    s = solve_tf(a * y**3 + y**2 - 4, y)
    assert np.allclose(s(0).numpy()[:2], [-2, 2]) and np.isnan(s(0).numpy()[2])


# -- many points ---------------------------------------------------------------------------------------------------------

def test_large_batch_some_of_which_has_no_real_root():
    s = solve_tf(y**5 + a * y + b == 0, y)
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 100_000))
    found = s(first, second).numpy()
    assert np.array_equal(~np.isnan(found), s.real_mask(first, second).numpy())
    back = found**5 + first[:, None] * found + second[:, None]
    assert np.nanmax(abs(back)) < 1e-13 and (~np.isnan(found)).sum(1).min() == 1
    for k in range(0, 100_000, 997):
        roots = np.roots([1, 0, 0, 0, first[k], second[k]])
        real = np.sort(roots[abs(roots.imag) < 1e-9].real)
        assert np.allclose(found[k][:len(real)], real, rtol=1e-9) and np.isnan(found[k][len(real):]).all()
    squares = solve_tf(y**2 == a, y)[1]
    assert np.array_equal(np.isnan(squares(first).numpy()), first < 0)


def test_what_does_not_converge_is_nan_and_counted():
    report = solve_tf(exp(y) == x + 0 * y, y, method='newton', guess=1).report(constant([1, -1, 2]))
    assert report.failed == 1 and np.isnan(report.values.numpy()[1, 0]) and not report.converged.numpy()[1, 0]
    assert report.iterations.numpy()[1, 0] == 100 and report.iterations.numpy()[0, 0] < 10
    assert report.residual.numpy()[[0, 2]].max() < 1e-14


def test_kepler_compiled_by_xla_agrees_with_the_graph():
    s = solve_tf(y - e * sin(y) == M, y, guess=M + e * sin(M))[0]
    rng = np.random.default_rng(1)
    anomaly, eccentricity = constant(rng.uniform(0, 6.28, 5000)), constant(rng.uniform(0, 0.95, 5000))
    found = s(anomaly, eccentricity).numpy()
    assert abs(found - eccentricity.numpy() * np.sin(found) - anomaly.numpy()).max() < 1e-14
    by_anomaly, by_eccentricity = (t.numpy() for t in slope(s, anomaly, eccentricity))
    assert np.allclose(by_anomaly, 1 / (1 - eccentricity * np.cos(found)), rtol=1e-12)
    assert np.allclose(by_eccentricity, np.sin(found) / (1 - eccentricity * np.cos(found)), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize('shape', [(), (1,), (2, 3)])
def test_shapes_of_parameters_broadcast(shape):
    s = solve_tf([x + a * y == 1, x * y - b], [x, y])
    assert s(tf.ones(shape, tf.float64), constant([[-2.0], [-6.0]]))[..., 0, :].shape[-1] == 2
    assert s(tf.ones(shape, tf.float64), -2).shape == (*shape, 2, 2)


# -- modes of differentiation ----------------------------------------------------------------------------------------------

def derivatives(f, t, order):
    def differentiated(g):
        def result(t):
            with tf.GradientTape() as tape:
                tape.watch(t)
                value = g(t)
            return tape.gradient(value, t)
        return result
    for _ in range(order):
        f = differentiated(f)
    return f(t)


EXPECTED = [0.25, -0.09375, 0.08203125]                         # of y^3 + y = x at x = 2, y = 1, by hand


@pytest.mark.parametrize('options', [{}, {'method': 'newton', 'guess': 1}, {'method': 'closed'}])
@pytest.mark.parametrize('mode', ['eager', 'graph', 'xla'])
def test_three_derivatives_in_every_mode(options, mode):
    s = solve_tf(y**3 + y == x, y, **options)
    branch = s.select(near=1, at=2)
    wrap = {'eager': lambda f: f, 'graph': lambda f: tf.function(f, autograph=False),
            'xla': lambda f: tf.function(f, autograph=False, jit_compile=True)}[mode]
    for order, expected in enumerate(EXPECTED, 1):
        found = wrap(lambda t, order=order: derivatives(branch, t, order))(constant([2.0]))
        assert np.allclose(found.numpy(), expected, rtol=1e-10), (mode, order)


def test_forward_mode_and_forward_over_backward():
    branch = solve_tf(y**3 + y == x, y, guess=1)[0]
    t = constant([2.0])
    with tf.autodiff.ForwardAccumulator(t, tf.ones_like(t)) as accumulator:
        value = branch(t)
    assert np.allclose(accumulator.jvp(value), EXPECTED[0])
    with tf.autodiff.ForwardAccumulator(t, tf.ones_like(t)) as accumulator:
        value = derivatives(branch, t, 1)
    assert np.allclose(accumulator.jvp(value), EXPECTED[1])


def test_linear_system_has_second_derivatives_and_compiles():
    branch = solve_tf([a * x + y - 1, x - y], [x, y])[0]
    for f in (branch, tf.function(branch, autograph=False, jit_compile=True)):
        found = derivatives(lambda t, f=f: f(t)[..., 0], constant([1.0]), 2)
        assert np.allclose(found, 0.25)                         # 1/(1 + a), twice


def test_gradient_method_is_the_tape():
    s = solve_tf([x**2 + y**2 - a, x * y - b], [x, y])[1]
    by_a, by_b = s.gradient([5, 10], [2, 3])
    assert by_a.shape == (2, 2)
    step = 1e-6
    assert np.allclose(by_b, (s([5, 10], [2 + step, 3 + step]) - s([5, 10], [2 - step, 3 - step])) / (2 * step), rtol=1e-6)


# -- systems -------------------------------------------------------------------------------------------------------------

def test_large_linear_system_against_tensorflow():
    count = 60
    unknowns = SR.var(', '.join(f'v{i}' for i in range(count)))
    rng = np.random.default_rng(2)
    matrix, right = rng.normal(size=(count, count)), rng.normal(size=count)
    equations = [sum(float(c) * u for c, u in zip(row, unknowns, strict=True)) + a * unknowns[i] - b * float(right[i])
                 for i, row in enumerate(matrix)]
    s = solve_tf(equations, list(unknowns))[0]
    at = constant([0.5, 2.0])
    expected = np.stack([np.linalg.solve(matrix + v * np.eye(count), right * 3) for v in at.numpy()])
    assert np.allclose(s(at, 3), expected, rtol=1e-9)
    found = slope(lambda t: s(t, 3)[..., 0], at)[0].numpy()
    by_hand = [-np.linalg.solve(matrix + v * np.eye(count), y_)[0] for v, y_ in zip(at.numpy(), expected, strict=True)]
    assert np.allclose(found, by_hand, rtol=1e-8)


def test_all_solutions_of_a_polynomial_system():
    s = solve_tf([x**2 + y**2 - a, x**3 - y - b], [x, y], dtype='complex128')
    assert len(s) == 6
    found = s(4, 1).numpy()
    assert abs(found[:, 0]**2 + found[:, 1]**2 - 4).max() < 1e-12 and abs(found[:, 0]**3 - found[:, 1] - 1).max() < 1e-12
    assert min(abs(found[i] - found[j]).max() for i in range(6) for j in range(i)) > 1e-3


def test_float32_and_complex64():
    s = solve_tf(y**5 + y == x, y, dtype='float32')
    assert s(2).dtype == tf.float32 and abs(float(s[0](2)) - 1) < 1e-6
    assert abs(solve_tf(y**4 == x, y, dtype='complex64')(16).numpy()**4 - 16).max() < 1e-4


# -- bad input -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('given, kind, says', [
    ((x + 1, y), ValueError, 'no unknown in it'),
    ((SR(1) == 1, y), ValueError, 'identically true'),
    ((y == y + 1, y), ValueError, 'identically false'),
    ((y + a, y, 'auto', None, 'float64', (a, y)), ValueError, 'as an unknown and as a parameter'),
    ((y + exp(y), y, 'auto', [[1, 2]]), ValueError, 'one unknown'),
    (([x + y, x * y - 1], [x, y], 'auto', [1]), ValueError, '2 unknowns'),
    (([x + y, x * y - 1], [x, y], 'auto', [[1, 2], [3]]), ValueError, '2 unknowns'),
    ((y + exp(y), y, 'auto', np.zeros(3)), ValueError, 'shape'),
    (([x + y - 1, x - y, x * y], [x, y]), ValueError, 'overdetermined'),
    (([x + y - 1, 2 * x + 2 * y - 3], [x, y]), ValueError, 'inconsistent'),
    (([x * y - 1, x * y - a], [x, y]), ValueError, 'inconsistent'),
    (([x + y - 1, 2 * x + 2 * y - 2], [x, y]), ValueError, 'infinitely many'),
    (([x * y, x * y * z - x, z - 1], [x, y, z]), ValueError, 'infinitely many'),
    ((x + y, [x, y]), ValueError, 'infinitely many'),
    ((x < 1, x), TypeError, 'expected an equation'),
    ((True, x), TypeError, 'expected an equation'),
    ((x - 1, 'x'), TypeError, 'expected symbols'),
    ((x - 1, x, 'auto', None, 'int32'), TypeError, 'dtype int32'),
])
def test_bad_input_is_refused_and_told(given, kind, says):
    with pytest.raises(kind, match=says):
        solve_tf(*given)


def test_calls_with_wrong_arguments():
    s = solve_tf(x + y == a, y)
    with pytest.raises(TypeError, match='is an unknown'):
        s[0](y=1, a=2)
    with pytest.raises(TypeError, match='no value was given'):
        s(1)
    with pytest.raises(ValueError, match='shapes that broadcast'):
        s([1, 2], [1, 2, 3])


# -- what Maxima does ------------------------------------------------------------------------------------------------------

def test_search_for_closed_forms_ends_in_time(monkeypatch):
    monkeypatch.setattr(closed, '_solved', lambda expressions, unknowns: [0 for _ in iter(int, 1)])
    assert closed.closed_forms([exp(y) - a], [y], seconds=1) is None


def test_tracing_asks_nothing_of_maxima(monkeypatch):
    s = solve_tf(exp(y) * x == 2, y)

    def refuse(*args, **options):
        raise AssertionError('Maxima was asked')
    monkeypatch.setattr(closed, 'maxima', refuse)
    monkeypatch.setattr(closed, 'closed_forms', refuse)
    assert np.allclose(tf.function(s[0], autograph=False)(constant(1.0)), np.log(2))


# -- minima and continuation ----------------------------------------------------------------------------------------------

def test_minimum_of_a_function_of_two_unknowns():
    m = argmin_tf((x - a)**2 + (y - b)**2 + x * y / 2, [x, y])
    found, slopes = m(1, 2).numpy(), slope(lambda t: m(t, 2)[0], constant(1.0))[0]
    assert np.allclose(found, np.linalg.solve([[2, 0.5], [0.5, 2]], [2, 4])) and np.allclose(slopes, 2 * 2 / (4 - 0.25))
    assert np.isnan(argmin_tf(x**2 - y**2 + a * x, [x, y])(1).numpy()).all()


def test_value_of_a_minimum_has_the_gradient_of_the_envelope():
    m = argmin_tf(cos(y) + a * y**2, y, guess=3)
    at = constant([0.1])
    assert np.allclose(slope(m.value, at)[0], m(at).numpy()**2, rtol=1e-9)


def test_tracked_branch_is_differentiable_and_reports_the_fold():
    s = solve_tf(y**3 - 3 * y == x, y)
    path = constant(np.linspace(0, 3, 7))
    fold, = s.track(path, near=-1.7).folds                      # the lower branch ends where x = 2
    assert abs(fold.parameters[0] - 2) < 1e-6 and abs(fold.solution[0] + 1) < 1e-3
    with tf.GradientTape() as tape:
        tape.watch(path)
        values = s.track(path, near=-1.7).values
        first = values[:4]
    slopes = tape.gradient(first, path).numpy()
    assert np.allclose(slopes[:4], 1 / (3 * values.numpy()[:4]**2 - 3), rtol=1e-9)


def test_certificates_hold_roots_and_refuse_what_is_none():
    s = solve_tf(y**3 - 3 * y == x, y)
    proofs = s.certify(1)
    assert all(p.is_proved for p in proofs)
    for p in proofs:
        root = p.enclosure[0].center()
        assert abs(root**3 - 3 * root - 1) < 1e-20 and abs(root - p.values[0]) <= p.radius
    assert [p.is_proved for p in s.certify(2)] == [False, False, True]           # the double root is not simple
    assert not s.certify(1, radius=1e-30)[0].is_proved
