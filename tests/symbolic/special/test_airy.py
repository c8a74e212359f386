"""
Airy functions against mpmath.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import airy_ai, airy_bi, var

from sage_tf.symbolic.special.airy import ROWS
from sage_tf.symbolic.tensor_function import TensorFunction

rng = np.random.default_rng(3)
POINTS = np.concatenate([rng.uniform(-20, 20, 40), [0, 1e-300, -1e-10, 16, -16, 15.999, -15.999, 100, -1000, -12345.6]])
FUNCTIONS = {'airy_ai': ('airyai', 0), 'airy_ai_prime': ('airyai', 1), 'airy_bi': ('airybi', 0), 'airy_bi_prime': ('airybi', 1)}
x, y = var('x, y')


def exact(name, z, order=0):
    """Return a derivative, those of higher order by y'' = z*y."""
    function, k = FUNCTIONS[name]
    value, slope = (getattr(mpmath, function)(z, derivative=n) for n in (0, 1))
    return (value, slope, z * value, value + z * slope, z**2 * value + 2 * slope)[k + order]


def error(name, points, values, order=0):
    """Return the largest error; the derivative of what is computed says how much rounding of the argument matters."""
    worst = 0
    with mpmath.workdps(30):
        for point, value in zip(points, values, strict=True):
            z = mpmath.mpmathify(point.item())
            wanted, slope = exact(name, z, order), exact(name, z, order + 1)
            if abs(wanted) > 1e-300:
                worst = max(worst, abs(mpmath.mpmathify(value.item()) - wanted) / (abs(wanted) + abs(z * slope)))
    return float(worst)


@pytest.mark.parametrize('name', sorted(FUNCTIONS))
@pytest.mark.parametrize('jit', [False, True])
def test_real_values_and_derivatives_to_all_digits(name, jit):
    def derivatives(t):
        with tf.GradientTape() as outer:
            outer.watch(t)
            with tf.GradientTape() as tape:
                tape.watch(t)
                value = ROWS[name].real(t)
            slope = tape.gradient(value, t)
        return value, slope, outer.gradient(slope, t)

    if jit:
        derivatives = tf.function(derivatives, jit_compile=True)
    for order, found in enumerate(derivatives(tf.constant(POINTS))):
        assert error(name, POINTS, found.numpy(), order) < 1e-15


@pytest.mark.parametrize('name', sorted(FUNCTIONS))
def test_complex_values(name):
    points = np.array([0.3 + 0.4j, -3 - 4j, 5j, -1j, -2 + 0j, 2 + 0j, -8 + 1j])
    assert error(name, points, ROWS[name].complex(tf.constant(points)).numpy()) < 1e-14


def test_beyond_the_range():
    ends = tf.constant([1e300, np.inf, np.nan, -np.inf], tf.float64)
    np.testing.assert_array_equal(ROWS['airy_ai'].real(ends), [0, 0, np.nan, np.nan])
    np.testing.assert_array_equal(ROWS['airy_bi'].real(ends), [np.inf, np.inf, np.nan, np.nan])


def test_single_precision_is_rounded_once():
    points = np.array([-5.5, -0.25, 0, 3], np.float32)
    single = TensorFunction(airy_ai(x), [x], dtype='float32')(points)
    double = TensorFunction(airy_ai(x), [x])(points.astype(float))
    np.testing.assert_allclose(single, double, rtol=1.2e-7)


def test_other_orders_of_differentiation():
    for function, name in ((airy_ai, 'airyai'), (airy_bi, 'airybi')):
        f = TensorFunction(function(y, x), [y, x])
        point = tf.constant(0.75, tf.float64)
        for order in (-2, -1, 0, 3):
            with tf.GradientTape() as tape:
                tape.watch(point)
                value = f(float(order), point)
            for found, k in ((value, order), (tape.gradient(value, point), order + 1)):
                assert abs(float(found) - float(getattr(mpmath, name)(0.75, derivative=k))) < 1e-14
        assert np.isnan(f(0.5, point))
