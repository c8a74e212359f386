"""
Exponential, trigonometric and Fresnel integrals against mpmath, from tiny to huge arguments.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf

from sage_tf.symbolic.special.integrals import ROWS

mpmath.mp.dps = 40
ORACLES = {
    'Ei': mpmath.ei, 'exp_integral_e1': mpmath.e1, 'log_integral': mpmath.li, 'sin_integral': mpmath.si, 'cos_integral': mpmath.ci,
    'log_integral_offset': lambda x: mpmath.li(x, offset=True), 'sinh_integral': mpmath.shi, 'cosh_integral': mpmath.chi,
    'fresnel_sin': mpmath.fresnels, 'fresnel_cos': mpmath.fresnelc, 'erfi': mpmath.erfi,
}
ONLY_POSITIVE = {'exp_integral_e1', 'log_integral', 'log_integral_offset', 'cos_integral', 'cosh_integral'}
rng = np.random.default_rng(3)
SIZES = np.concatenate([rng.uniform(0.02, 9, 60), 10.0**rng.uniform(-8, 2.5, 60), [1, 2, 4, 6, 0.999999, 1.999999, 3.999999, 5.999999]])


def error(found, wanted, x, slope):
    """Return the error relative to what rounding of the value and of the argument permit."""
    return float(abs(mpmath.mpmathify(complex(found)) - wanted) / (abs(wanted) + abs(x * slope)))


def largest_error(name, points, values):
    worst = 0
    for x, value in zip(points, values, strict=True):
        x = mpmath.mpmathify(x.item())
        wanted = ORACLES[name](x)
        if abs(wanted) < 1e300 and abs(wanted) > 1e-300:
            worst = max(worst, error(value, wanted, x, mpmath.diff(ORACLES[name], x)))
    return worst


@pytest.mark.parametrize('name', sorted(ORACLES))
def test_real_values_are_exact_to_the_last_digits_in_eager_mode_and_under_xla(name):
    points = SIZES if name in ONLY_POSITIVE else np.concatenate([SIZES, -SIZES])
    for function in (ROWS[name].real, tf.function(ROWS[name].real, jit_compile=True)):
        assert largest_error(name, points, function(tf.constant(points)).numpy()) < 1e-15


@pytest.mark.parametrize('name', sorted(ORACLES))
def test_complex_values_agree_with_mpmath(name):
    sizes = np.repeat([0.01, 0.5, 3, 9], 6)
    points = sizes * np.exp(1j * rng.uniform(-np.pi, np.pi, 24))
    assert largest_error(name, points, ROWS[name].complex(tf.constant(points)).numpy()) < 1e-13


@pytest.mark.parametrize('name', sorted(ONLY_POSITIVE))
def test_negative_arguments_are_outside_of_the_real_domain(name):
    assert np.isnan(ROWS[name].real(tf.constant([-1e-3, -1.0, -50.0], tf.float64))).all()


@pytest.mark.parametrize('jit', [False, True])
def test_values_at_the_ends(jit):
    inf = np.inf
    expected = {'Ei': ([-inf, 0.0, inf], [0, -inf, inf]), 'exp_integral_e1': ([0.0, inf], [inf, 0]),
                'log_integral': ([0.0, 1.0, inf], [0, -inf, inf]), 'sin_integral': ([-inf, 0.0, inf], [-np.pi/2, 0, np.pi/2]),
                'cos_integral': ([0.0, inf], [-inf, 0]), 'sinh_integral': ([-inf, 0.0, inf], [-inf, 0, inf]),
                'cosh_integral': ([0.0, inf], [-inf, inf]), 'fresnel_sin': ([-inf, 0.0, inf], [-0.5, 0, 0.5]),
                'fresnel_cos': ([-inf, 0.0, inf, 1e300], [-0.5, 0, 0.5, 0.5]), 'erfi': ([-inf, 0.0, inf, 40], [-inf, 0, inf, inf])}
    for name, (points, values) in expected.items():
        found = tf.function(ROWS[name].real, jit_compile=jit)(tf.constant(points, tf.float64))
        np.testing.assert_allclose(found, values, atol=1e-300, err_msg=name)
        assert np.isnan(ROWS[name].real(tf.constant(np.nan, tf.float64))), name


def test_ei_and_erfi_are_finite_up_to_the_largest_number():
    found = ROWS['Ei'].real(tf.constant([712.0, 716.0], tf.float64)).numpy()
    np.testing.assert_allclose(found, [float(mpmath.ei(712)), float(mpmath.ei(716))], rtol=1e-14)
    np.testing.assert_allclose(ROWS['erfi'].real(tf.constant(26.6, tf.float64)), float(mpmath.erfi(26.6)), rtol=1e-12)


@pytest.mark.parametrize('name', sorted(ORACLES))
def test_first_and_second_derivatives(name):
    x = tf.constant([0.3, 2.5, 7.0], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = ROWS[name].real(x)
        slope = tape.gradient(y, x)
    bend = outer.gradient(slope, x)
    for k, found in ((1, slope), (2, bend)):
        np.testing.assert_allclose(found, [float(mpmath.diff(ORACLES[name], t, k)) for t in x.numpy()], rtol=1e-12, atol=1e-14)


def test_the_derivatives_at_zero_are_limits():
    for name in ('sin_integral', 'sinh_integral'):
        for dtype in (tf.float64, tf.complex128):
            x = tf.constant(0, dtype)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = (ROWS[name].complex if dtype.is_complex else ROWS[name].real)(x)
            assert tape.gradient(y, x).numpy() == 1


@pytest.mark.parametrize('shape', [(), (0,), (2, 3)])
def test_shapes_and_float32(shape):
    for name, row in ROWS.items():
        x = tf.fill(shape, tf.constant(1.5))
        found = row.real(*[x] * row.arity)
        assert found.shape == shape and found.dtype == tf.float32, name


def test_the_exponential_integral_of_any_order():
    n, x = np.array([0.5, 2.0, -1.5, 1.0, 3.0]), np.array([0.2, 1.5, 3.0, 7.0, 2.0])
    tensors = [tf.constant(n), tf.constant(x)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        y = ROWS['exp_integral_e'].real(*tensors)
    by_order, by_argument = tape.gradient(y, tensors)
    np.testing.assert_allclose(y, [float(mpmath.expint(*p)) for p in zip(n, x, strict=True)], rtol=1e-14)
    np.testing.assert_allclose(by_argument, [-float(mpmath.expint(a - 1, b)) for a, b in zip(n, x, strict=True)], rtol=1e-14)
    step = mpmath.mpf(10)**-15
    quotients = [float((mpmath.expint(a + step, b) - mpmath.expint(a - step, b)) / (2 * step)) for a, b in zip(n, x, strict=True)]
    np.testing.assert_allclose(by_order, quotients, rtol=1e-12)
    assert np.isnan(ROWS['exp_integral_e'].real(tf.constant(2.0), tf.constant(-1.0)))


@pytest.mark.parametrize('jit', [None, False, True])
@pytest.mark.parametrize('name', ['sinh_integral', 'cosh_integral'])
def test_half_of_an_exponential_does_not_overflow_before_the_integral(name, jit):
    points = tf.constant([700.0, 711.0, 715.0, 717.0], tf.float64)
    run = ROWS[name].real if jit is None else tf.function(ROWS[name].real, jit_compile=jit)
    np.testing.assert_allclose(run(points), [float(ORACLES[name](t)) for t in points.numpy()], rtol=3e-13)
