"""
Bessel, Hankel and Struve functions against mpmath.
"""
from functools import cache

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, RealField, bessel_J, hankel1, pi, spherical_bessel_J, var

from sage_tf.symbolic.special.bessel import ROWS
from sage_tf.symbolic.special.bessel_order import COMPILED, for_constant
from sage_tf.symbolic.tensor_function import TensorFunction

rng = np.random.default_rng(5)
POINTS = np.concatenate([rng.uniform(0, 1.5, 4), rng.uniform(1, 40, 10), rng.uniform(40, 300, 3), [1e-9, 0.999, 1.001, 1e4]])
CUT_PLANE = np.array([0.3 + 0.4j, -0.3 + 0.4j, 2 - 3j, -20 + 1j, -2 + 0j, 3 + 0j, 5j, -1j])
ORDERS = [QQ(0), QQ(1), QQ(5), QQ(-2), QQ((1, 2)), QQ((1, 3)), QQ((-1, 3)), QQ((-7, 2)), QQ((31, 2))]
x, y = var('x, y')

MPMATH = {'bessel_J': 'besselj', 'bessel_Y': 'bessely', 'bessel_I': 'besseli', 'bessel_K': 'besselk', 'hankel1': 'hankel1',
          'hankel2': 'hankel2', 'struve_H': 'struveh', 'struve_L': 'struvel', 'spherical_bessel_J': 'besselj',
          'spherical_bessel_Y': 'bessely', 'spherical_hankel1': 'hankel1', 'spherical_hankel2': 'hankel2'}


@cache
def exact(name, order, z):
    """Return a value at 30 digits or more."""
    function = getattr(mpmath, MPMATH[name])
    if name.startswith('spherical'):
        return mpmath.sqrt(mpmath.pi / 2) / mpmath.sqrt(z) * function(order + mpmath.mpf(1) / 2, z)
    return function(order, z)


def slope(name, order, z):
    """Return the derivative by the argument, from that which all have with two neighbours in the order; DLMF 10.6, 10.29, 10.51."""
    before, after = (exact(name, order + k, z) for k in (-1, 1))
    if name.startswith('spherical'):
        return before - (order + 1) / z * exact(name, order, z)
    return {'bessel_I': before + after, 'bessel_K': -before - after}.get(name, before - after) / 2


def error(name, order, points, values, function=exact):
    """Return the largest error, where a difference quotient of what is computed says how much rounding of the argument matters."""
    worst = 0
    with mpmath.workdps(40):
        order = mpmath.mpf(int(order.numerator())) / int(order.denominator())
        for point, value in zip(points, values, strict=True):
            z = mpmath.mpmathify(point.item())
            wanted = function(name, order, z)
            condition = abs(function(name, order, z * (1 + mpmath.mpf(2)**-30)) - wanted) * 2**30
            if 1e-300 < abs(wanted) < 1e300:
                worst = max(worst, abs(mpmath.mpmathify(value.item()) - wanted) / (abs(wanted) + condition))
    return float(worst)


@pytest.mark.parametrize('name', COMPILED)
def test_functions_of_constant_order_keep_all_digits_under_xla_too(name):
    for order in ORDERS:
        function = for_constant(name, (SR(order), None), tf.float64)
        if function is None:
            assert name.startswith('spherical') and order.denominator() > 1
            continue

        def with_slope(t, function=function):
            with tf.GradientTape() as tape:
                tape.watch(t)
                value = function(None, t)
            return value, tape.gradient(value, t)

        compiled = tf.function(with_slope, jit_compile=True) if order in (1, QQ((1, 3))) else with_slope
        for compute in {with_slope, compiled}:
            values, slopes = compute(tf.constant(POINTS))
            assert error(name, order, POINTS, values.numpy()) < 3e-15
            assert error(name, order, POINTS, slopes.numpy(), slope) < 5e-15


@pytest.mark.parametrize('name', sorted(ROWS))
@pytest.mark.parametrize('order', [QQ(0), QQ(2), QQ((-5, 4)), QQ((31, 4))])
def test_varying_orders_and_complex_arguments(name, order):
    function = ROWS[name].complex
    values = function(tf.fill([len(CUT_PLANE)], tf.constant(float(order), tf.complex128)), tf.constant(CUT_PLANE))
    assert error(name, order, CUT_PLANE, values.numpy()) < 1e-13
    if ROWS[name].real is not None:
        points = POINTS[POINTS < 30]
        values = ROWS[name].real(tf.fill([len(points)], tf.constant(float(order), tf.float64)), tf.constant(points))
        assert error(name, order, points, values.numpy()) < 2e-13


@pytest.mark.parametrize('name', sorted(ROWS))
def test_derivatives_by_order_and_argument(name):
    dtype = tf.float64 if ROWS[name].real is not None else tf.complex128
    v, z = tf.constant([0.5, 2.0, -1.25], dtype), tf.constant([2.0, 0.75, 3.5], dtype)
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as tape:
            tape.watch((v, z))
            value = (ROWS[name].real or ROWS[name].complex)(v, z)
        by_order, by_argument = tape.gradient(value, (v, z))
    second = outer.gradient(by_argument, z)
    with mpmath.workdps(30):
        for found, orders in ((by_order, (1, 0)), (by_argument, (0, 1)), (second, (0, 2))):
            wanted = [mpmath.diff(lambda a, b: exact(name, a, b), (float(a.real), float(b.real)), orders)
                      for a, b in zip(v.numpy(), z.numpy(), strict=True)]
            if dtype.is_complex:
                wanted = [complex(w).conjugate() for w in wanted]       # TensorFlow's convention
            np.testing.assert_allclose(found, np.array(wanted, dtype.as_numpy_dtype), rtol=1e-12)


def test_negative_arguments_have_real_values_for_integer_orders_only():
    points = tf.constant([-2.0, -50.0], tf.float64)
    for name, order in (('bessel_J', 3), ('bessel_I', 2), ('spherical_bessel_J', 3), ('spherical_bessel_Y', 2)):
        wanted = [float(mpmath.re(exact(name, order, mpmath.mpf(p)))) for p in points.numpy()]
        compiled = for_constant(name, (SR(order), None), tf.float64)(None, points)
        on_host = ROWS[name].real(tf.constant(float(order), tf.float64), points)
        np.testing.assert_allclose(compiled, wanted, rtol=1e-13)
        np.testing.assert_allclose(on_host, wanted, rtol=1e-13)
    for name in ('bessel_Y', 'bessel_K'):
        assert np.isnan(for_constant(name, (SR(2), None), tf.float64)(None, points)).all()
        assert np.isnan(ROWS[name].real(tf.constant(2.0, tf.float64), points)).all()
    assert np.isnan(for_constant('bessel_J', (SR(1) / 2, None), tf.float64)(None, points)).all()


def test_values_and_slopes_at_zero():
    for order, value, slope in ((0, 1, 0), (1, 0, 1 / 3), (2, 0, 0)):
        f = TensorFunction(spherical_bessel_J(order, x), [x])
        zero = tf.zeros((), tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(zero)
            found = f(zero)
        assert float(found) == value and abs(float(tape.gradient(found, zero)) - slope) < 1e-15
    for name, wanted in (('bessel_Y', -np.inf), ('bessel_K', np.inf)):
        for order in (0, 1, 2):
            assert for_constant(name, (SR(order), None), tf.float64)(None, tf.zeros((), tf.float64)).numpy() == wanted


def test_not_a_number_stays_so():
    for name in COMPILED:
        assert np.isnan(for_constant(name, (SR(0), None), tf.float64)(None, tf.constant(np.nan, tf.float64)))


def test_orders_that_are_no_rational_numbers():
    f = TensorFunction(bessel_J(pi, x), [x])
    assert abs(float(f(2.0)) - float(bessel_J(RealField(100)(pi), 2).n(100))) < 1e-15


def test_hankel_functions_ask_for_a_complex_dtype():
    with pytest.raises(NotImplementedError, match='hankel1 has no TensorFlow form for float64; ask for a complex dtype'):
        TensorFunction(hankel1(2, x), [x])(1.0)


@pytest.mark.parametrize('dtype', ['float32', 'complex64'])
def test_single_precision_is_rounded_once(dtype):
    f = TensorFunction(bessel_J(2, x), [x], dtype=dtype)
    g = TensorFunction(bessel_J(2, x), [x])
    points = np.array([0.5, 3.0, 60.0], np.float32)
    np.testing.assert_allclose(f(points.astype(dtype)), g(points.astype('float64')), rtol=1.2e-7)


def test_orders_broadcast_against_arguments():
    f = TensorFunction(bessel_J(y, x), [y, x])
    found = f(np.array([[0.0], [1.5]]), np.array([1.0, 2.0, 3.0]))
    wanted = [[float(mpmath.besselj(v, t)) for t in (1, 2, 3)] for v in (0, 1.5)]
    np.testing.assert_allclose(found, wanted, rtol=1e-14)
    assert f(np.zeros((0,)), 1.0).shape == (0,)
