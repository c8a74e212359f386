"""
Quotients that have a limit where they have no value, in several variables and with parameters.

The oracle is mpmath: the function as it stands beside the point with hundreds of digits, its derivatives as differences of these.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import cos, cot, exp, function, log, sin, sinh, sqrt, tan, var

from sage_tf.symbolic.tensor_function import TensorFunction

x, y, a = var('x, y, a')

# Expressions as to Sage and as to mpmath.
QUOTIENTS = [
    (sin(x * y) / x, lambda x, y: mpmath.sin(x * y) / x),
    (y * sin(x) / x, lambda x, y: y * mpmath.sin(x) / x),
    (sin(x) * sin(y) / (x * y), lambda x, y: mpmath.sinc(x) * mpmath.sinc(y)),
    (sin(x * y) / (x * y), lambda x, y: mpmath.sinc(x * y)),
    ((exp(x * y) - 1) / (x**2 + x) + y, lambda x, y: mpmath.expm1(x * y) / (x**2 + x) + y),
    ((1 - cos(x * (y + 1))) / x**2, lambda x, y: (1 - mpmath.cos(x * (y + 1))) / x**2),
    (sinh(x * y) / sin(x), lambda x, y: mpmath.sinh(x * y) / mpmath.sin(x)),
    (log(1 + x * exp(y)) / x, lambda x, y: mpmath.log1p(x * mpmath.exp(y)) / x),
    (cot(x) - 1 / x + y / tan(x) - y / x, lambda x, y: (1 + y) * (mpmath.cot(x) - 1 / x)),
    ((sqrt(1 + x * y**2) - 1) / x, lambda x, y: (mpmath.sqrt(1 + x * y**2) - 1) / x),
]
PLACES = [(0, 2), (0, -0.75), (1e-9, 3), (-1e-5, 0.5), (1e-3, -1.25), (0.01, 2), (-0.2, 1.5), (0.3, 0.5), (0.26, 2)]
TOLERANCE = {'float64': (2e-13, 1e-10), 'float32': (1e-5, 1e-3)}


def wanted(oracle, point):
    """Return the value and the two slopes at a point of numbers, by means and differences of order 4."""
    with mpmath.workdps(400):
        step = mpmath.mpf(10)**-60
        place = [mpmath.mpf(float(t)) for t in point]
        columns = [[oracle(*(t + k * step * (i == m) + step * mpmath.mpf('1e-60') * (i == 0) for i, t in enumerate(place)))
                    for k in (-1, 1)] for m in range(2)]
        return [float((columns[0][0] + columns[0][1]) / 2), *(float((high - low) / (2 * step)) for low, high in columns)]


def computed(f, points):
    """Return the values and the slopes at points."""
    with tf.GradientTape() as tape:
        tape.watch(points)
        values = f(*points)
    return np.transpose([values.numpy(), *(g.numpy() for g in tape.gradient(values, points))])


@pytest.mark.parametrize('dtype', TOLERANCE)
@pytest.mark.parametrize(('e', 'oracle'), QUOTIENTS, ids=[str(e) for e, _ in QUOTIENTS])
def test_quotients_of_two_variables_have_their_limits(e, oracle, dtype):
    points = [tf.constant(column, dtype) for column in zip(*PLACES, strict=True)]
    expected = np.array([wanted(oracle, point) for point in zip(*(t.numpy() for t in points), strict=True)])
    for jit in (False, True):
        found = computed(TensorFunction(e, (x, y), dtype=dtype, jit=jit), points)
        np.testing.assert_allclose(found[:, 0], expected[:, 0], rtol=TOLERANCE[dtype][0], atol=1e-100)
        # Outside of the series the slopes of a quotient cancel as it stands.
        np.testing.assert_allclose(found[:, 1:], expected[:, 1:], rtol=TOLERANCE[dtype][1], atol=TOLERANCE[dtype][1])


def test_a_parameter_is_another_variable():
    f = TensorFunction(sin(a * x) / x, (x,), parameters={a: 2.0})
    t = tf.constant([0.0, 1e-9, 0.3], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(t)
        values = f(t)
    slopes, by_parameter = tape.gradient(values, [t, f.trainable_variables[0]])
    np.testing.assert_allclose(values, [2, 2, np.sin(0.6) / 0.3], rtol=1e-15)
    np.testing.assert_allclose(slopes, [0, -8e-9 / 3, (0.6 * np.cos(0.6) - np.sin(0.6)) / 0.09], rtol=1e-13)
    np.testing.assert_allclose(by_parameter, 2 + np.cos(0.6), rtol=1e-15)


def test_second_derivatives_at_a_limit():
    f = TensorFunction((exp(x * y) - 1) / x, (x, y))
    point = [tf.constant(0.0, tf.float64), tf.constant(-1.5, tf.float64)]
    with tf.GradientTape(persistent=True) as second:
        second.watch(point)
        with tf.GradientTape() as first:
            first.watch(point)
            value = f(*point)
        slopes = first.gradient(value, point)
    found = [[float(t) for t in second.gradient(slope, point)] for slope in slopes]
    np.testing.assert_allclose(found, [[-1.5**3 / 3, -1.5], [-1.5, 0]], rtol=1e-15)         # of y + x*y^2/2 + x^2*y^3/6


@pytest.mark.parametrize('dtype', TOLERANCE)
def test_coefficients_that_overflow_leave_the_limit(dtype):
    f = TensorFunction(sin(x * y) / x, (x, y), dtype=dtype)
    large = 1e30 if dtype == 'float64' else 1e4
    np.testing.assert_allclose(f([0.0, 1.0 / large], large).numpy(), [large, large * np.sin(1)], rtol=1e-6)


def test_a_network_beside_a_quotient():
    u = function('u')
    f = TensorFunction(u(y) * sin(x) / x, (x, y), functions={u: tf.exp})
    np.testing.assert_allclose(f([0.0, 1.0], 2.0).numpy(), [np.exp(2), np.exp(2) * np.sin(1)], rtol=1e-15)


def test_a_pole_remains_a_pole():
    f = TensorFunction(sin(x * y) / x**2, (x, y))
    assert not np.isfinite(f(0.0, 2.0))
    assert not np.isfinite(TensorFunction(cos(x * y) / x + y, (x, y))(0.0, 2.0))


@pytest.mark.parametrize(('e', 'place', 'derivatives'), [
    (x**3 / abs(x), 0, (lambda t: t * abs(t), lambda t: 2 * abs(t), lambda t: 2 * np.sign(t))),
    (x**2 / abs(x), 0, (abs, np.sign, lambda t: 0 * t)),
    (sin(abs(x)) / abs(x), 0, (lambda t: 1 - t**2 / 6 + t**4 / 120, lambda t: -t / 3 + t**3 / 30)),
    # A kink; the mean of its slopes is 0.
    ((1 - exp(-abs(x - 1))) / abs(x - 1), 1, (lambda t: 1 - abs(t) / 2 + t**2 / 6, lambda t: np.sign(t) * (-1 / 2 + abs(t) / 3))),
], ids=str)
def test_absolute_values_in_a_quotient(e, place, derivatives):
    points = place + np.array([0.0, 2.0**-30, -(2.0**-30), 2.0**-15, -(2.0**-15)])
    t = tf.constant(points)
    with tf.GradientTape() as outer:
        outer.watch(t)
        with tf.GradientTape() as inner:
            inner.watch(t)
            value = TensorFunction(e)(t)
        slope = inner.gradient(value, t)
    for found, wanted in zip((value, slope, outer.gradient(slope, t)), derivatives, strict=False):
        np.testing.assert_allclose(found, wanted(points - place), rtol=1e-8, atol=1e-18)


def test_a_jump_is_no_limit():
    assert np.isnan(TensorFunction(abs(x) / x)(0.0))
    assert np.isnan(TensorFunction(x**2 / abs(x), dtype='complex128')(0.0))        # no function of complex analysis
