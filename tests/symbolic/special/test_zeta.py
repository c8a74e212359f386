"""
Zeta functions, digamma and its derivatives against mpmath.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, hurwitz_zeta, psi, var

from sage_tf.symbolic.special.zeta import ROWS, hurwitz, polygamma
from sage_tf.symbolic.tensor_function import TensorFunction

mpmath.mp.dps = 40
rng = np.random.default_rng(11)


def largest_error(points, values, wanted, slope):
    worst = 0
    for x, value in zip(points, values, strict=True):
        x = mpmath.mpmathify(x.item())
        exact = wanted(x)
        if abs(exact) < 1e300:
            worst = max(worst, float(abs(mpmath.mpmathify(complex(value)) - exact) / (abs(exact) + abs(x * slope(x)))))
    return worst


def both_ways(function, points):
    return [f(tf.constant(points)).numpy() for f in (function, tf.function(function, jit_compile=True))]


def exact_hurwitz(s, a):
    """Return Hurwitz's zeta function with a precision that small values and negative arguments need."""
    steps = int(max(0, -mpmath.floor(a)))
    with mpmath.workdps(40 + int(s * max(0, mpmath.log10(abs(a))))):
        return mpmath.zeta(s, a + steps) + sum((a + k)**-s for k in range(steps))


ZETA_POINTS = np.concatenate([rng.uniform(-1, 2, 30), rng.uniform(2, 20, 20), rng.uniform(-30, -1, 30), rng.uniform(-250, -30, 15),
                              rng.uniform(20, 200, 10), 1 + 10.0**rng.uniform(-9, -1, 8), [-1, 0, 2, 16, -2, -4, -7, 0.999999]])


def test_riemann_zeta():
    for values in both_ways(ROWS['zeta'].real, ZETA_POINTS):
        assert largest_error(ZETA_POINTS, values, mpmath.zeta, lambda s: mpmath.zeta(s, 1, 1)) < 1e-14
    assert (ROWS['zeta'].real(tf.constant([-2.0, -40.0, -300.0], tf.float64)).numpy() == 0).all()


def test_the_derivative_of_riemann_zeta():
    function = ROWS['zetaderiv'].constants((QQ(1), None), tf.float64)
    one = tf.constant(1, tf.float64)
    for values in both_ways(lambda s: function(one, s), ZETA_POINTS):
        assert largest_error(ZETA_POINTS, values, lambda s: mpmath.zeta(s, 1, 1), lambda s: mpmath.zeta(s, 1, 2)) < 1e-14
    s = tf.constant([-2.5, 0.5, 3.0, 20.0], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(s)
        with tf.GradientTape() as tape:
            tape.watch(s)
            y = ROWS['zeta'].real(s)
        first = tape.gradient(y, s)
    for k, found in ((1, first), (2, outer.gradient(first, s))):
        np.testing.assert_allclose(found, [float(mpmath.zeta(t, 1, k)) for t in s.numpy()], rtol=1e-13)


def test_complex_zeta():
    z = tf.constant([0.5 + 14.134725j, -3 - 2j, 2 + 0j, 1 + 40j], tf.complex128)
    np.testing.assert_allclose(ROWS['zeta'].complex(z), [complex(mpmath.zeta(t)) for t in z.numpy()], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize('s', [0.1, 0.5, 0.99, 1.0001, 1.5, 2, 3, 4.25, 7, 16.5, 31, 60])
def test_hurwitz_zeta_of_a_constant_first_argument(s):
    points = np.concatenate([10.0**rng.uniform(-3, 5, 40), rng.uniform(0, 30, 20)])
    if s == int(s):
        points = np.concatenate([points, -rng.uniform(0, 25, 20), [-0.5, -1.5, -100.25]])
    s = mpmath.mpf(s)
    for values in both_ways(hurwitz(float(s)), points):
        assert largest_error(points, values, lambda a: exact_hurwitz(s, a), lambda a: s * exact_hurwitz(s + 1, a)) < 1e-14


@pytest.mark.parametrize('n', [0, 1, 2, 3, 6, 15, 40])
def test_polygamma_of_a_constant_order(n):
    points = np.concatenate([10.0**rng.uniform(-3, 5, 40), 1.4616321449683623 + rng.normal(size=10) / 1e3, -rng.uniform(0, 25, 30), [-0.5, -0.504]])
    for values in both_ways(polygamma(n), points):
        assert largest_error(points, values, lambda x: mpmath.polygamma(n, x), lambda x: mpmath.polygamma(n + 1, x)) < 1e-14
    assert np.isnan(polygamma(n)(tf.constant([0.0, -1.0, -7.0], tf.float64))).all()


def test_sage_expressions_use_the_constant_arguments():
    x = var('x')
    t = tf.constant([0.5, 2.5, -1.5], tf.float64)
    for e in (psi(x), psi(3, x), hurwitz_zeta(3, x)):
        f = TensorFunction(e, [x], jit=True)
        with tf.GradientTape() as tape:
            tape.watch(t)
            y = f(t)
        for value, slope, point in zip(y.numpy(), tape.gradient(y, t).numpy(), (QQ(1) / 2, QQ(5) / 2, QQ(-3) / 2), strict=True):
            np.testing.assert_allclose(value, float(e.subs(x=point).n(100)), rtol=1e-14)
            np.testing.assert_allclose(slope, float(e.diff(x).subs(x=point).n(100)), rtol=1e-13)


def test_derivatives_of_hurwitz_zeta_by_both_arguments():
    s, a = tf.constant([2.5, 0.0, -1.5], tf.float64), tf.constant([0.75, 2.0, 3.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch((s, a))
        y = ROWS['hurwitz_zeta'].real(s, a)
    by_s, by_a = tape.gradient(y, (s, a))
    pairs = list(zip(s.numpy(), a.numpy(), strict=True))
    np.testing.assert_allclose(by_s, [float(mpmath.zeta(*p, 1)) for p in pairs], rtol=1e-12)
    np.testing.assert_allclose(by_a, [-1.0 if p[0] == 0 else float(-p[0] * mpmath.zeta(p[0] + 1, p[1])) for p in pairs], rtol=1e-13)


def test_orders_that_are_no_natural_numbers_have_no_value_and_orders_no_derivative():
    n = tf.constant([0.5, -2.0, 2.0], tf.float64)
    for name in ('polygamma', 'zetaderiv'):
        with tf.GradientTape() as tape:
            tape.watch(n)
            y = ROWS[name].real(n, tf.constant(2.5, tf.float64))
        assert list(np.isnan(y)) == [True, True, False] and np.isnan(tape.gradient(y, n)).all()
    found = ROWS['stieltjes'].real(tf.constant([0.0, 1.0, 0.5], tf.float64)).numpy()
    np.testing.assert_allclose(found, [float(mpmath.euler), float(mpmath.stieltjes(1)), np.nan], rtol=1e-15)


@pytest.mark.parametrize('shape', [(), (0,), (2, 3)])
def test_shapes_and_float32(shape):
    x = tf.fill(shape, tf.constant(1.5))
    for name in ('psi', 'zeta'):
        assert ROWS[name].real(x).shape == shape and ROWS[name].real(x).dtype == tf.float32
    for name in ('polygamma', 'hurwitz_zeta'):
        found = ROWS[name].constants((QQ(2), None), tf.float32)(tf.constant(2.0), x)
        assert found.shape == shape and found.dtype == tf.float32
