"""
Polylogarithms of integer order against mpmath, on all three regions and both sides of the cut.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import SR, polylog, var

from sage_tf.symbolic.special.polylogarithm import ROWS
from sage_tf.symbolic.special.polylogarithm import polylog as of_order
from sage_tf.symbolic.tensor_function import TensorFunction

mpmath.mp.dps = 40


def real_polylog(s, z):
    return mpmath.re(mpmath.polylog(s, z))


ORDERS = [-6, -3, -1, 0, 1, 2, 3, 4, 7, 12, 40]
rng = np.random.default_rng(5)


def largest_error(n, points, values):
    worst = 0
    for z, value in zip(points, values, strict=True):
        z = mpmath.mpmathify(z.item())
        wanted, slope = mpmath.polylog(n, z), mpmath.polylog(n - 1, z)              # the derivative is slope/z
        worst = max(worst, float(abs(mpmath.mpmathify(complex(value)) - wanted) / (abs(wanted) + abs(slope))))
    return worst


@pytest.mark.parametrize('n', ORDERS)
def test_real_values(n):
    points = np.concatenate([rng.uniform(-3, 0.999, 40), -10.0**rng.uniform(-6, 6, 20), 10.0**rng.uniform(-6, -1, 10),
                             [-1, -2, -0.5, 0.5, 0.49999, 0.9999999]])
    for function in (of_order(n), tf.function(of_order(n), jit_compile=True)):
        assert largest_error(n, points, function(tf.constant(points)).numpy()) < 2e-14


@pytest.mark.parametrize('n', ORDERS)
def test_complex_values_also_on_the_cut(n):
    points = np.repeat([0.01, 0.49, 0.6, 1, 1.9, 2.1, 30], 6) * np.exp(1j * rng.uniform(-np.pi, np.pi, 42))
    points = np.concatenate([points, [1.5 + 0j, 3 + 0j, -1 + 0j, -3 + 0j, 1.5 + 1e-9j, 1.5 - 1e-9j, 3 + 1e-9j, 3 - 1e-9j]])
    for function in (of_order(n), tf.function(of_order(n), jit_compile=True)):
        assert largest_error(n, points, function(tf.constant(points)).numpy()) < 2e-14


def test_beyond_one_there_is_no_real_value_and_at_one_it_is_zeta():
    assert np.isnan(of_order(2)(tf.constant([1.0000001, 2.0, 50.0], tf.float64))).all()
    for n in (2, 3, 8):
        np.testing.assert_allclose(of_order(n)(tf.constant(1.0, tf.float64)), float(mpmath.zeta(n)), rtol=1e-15)
    assert of_order(3)(tf.constant(0.0)).numpy() == 0


@pytest.mark.parametrize('order', [2, 3, SR(5) / 2])
def test_derivatives_by_the_argument(order):
    z = var('z')
    f = TensorFunction(polylog(order, z, hold=True), [z])
    x = tf.constant([-2.0, 0.0, 0.3, 0.9], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        first = tape.gradient(y, x)
    second = outer.gradient(first, x)
    mine = [float(real_polylog(mpmath.mpf(order), t)) for t in x.numpy()]
    np.testing.assert_allclose(y, mine, rtol=1e-13)
    for t, a, b in zip(x.numpy(), first.numpy(), second.numpy(), strict=True):
        np.testing.assert_allclose(a, 1 if t == 0 else float(real_polylog(order - 1, t)) / t, rtol=1e-13)
        if t:
            wanted = (real_polylog(order - 2, t) - real_polylog(order - 1, t)) / mpmath.mpf(t)**2
            np.testing.assert_allclose(b, float(wanted), rtol=1e-12)


def test_the_derivative_by_the_order():
    s, z = tf.constant([2.0, 0.5], tf.float64), tf.constant([0.5, -2.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(s)
        y = ROWS['polylog'].real(s, z)
    step = mpmath.mpf(10)**-12
    wanted = [float((real_polylog(a + step, b) - real_polylog(a - step, b)) / (2 * step)) for a, b in ((2.0, 0.5), (0.5, -2.0))]
    np.testing.assert_allclose(tape.gradient(y, s), wanted, rtol=1e-11)


@pytest.mark.parametrize('shape', [(), (0,), (2, 3)])
def test_shapes_and_dtypes(shape):
    for dtype in (tf.float32, tf.float64, tf.complex64, tf.complex128):
        found = ROWS['dilog'].real(tf.fill(shape, tf.constant(0.25, dtype)))
        assert found.shape == shape and found.dtype == dtype
