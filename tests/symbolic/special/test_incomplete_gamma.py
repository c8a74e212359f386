"""
Incomplete gamma functions against mpmath, on all their regions.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, gamma, gamma_inc_lower, var

from sage_tf.symbolic.special.incomplete_gamma import ROWS
from sage_tf.symbolic.tensor_function import TensorFunction

mpmath.mp.dps = 40
rng = np.random.default_rng(13)


def upper(a, x):
    return mpmath.re(mpmath.gammainc(a, x))


def lower(a, x):
    if x > 0:
        return mpmath.re(mpmath.gammainc(a, 0, x))
    with mpmath.workdps(120):                                   # mpmath has it for x > 0 only
        return mpmath.gamma(a) - mpmath.re(mpmath.gammainc(a, x))


ORACLES = {'gamma_inc': upper, 'gamma_inc_lower': lower}
A = np.concatenate([rng.uniform(0, 6, 15), rng.uniform(0, 170, 10), 10.0**rng.uniform(-9, -1, 5), [1, 2, 5, 0.5, 1.5]])
X = np.concatenate([A[:20] * rng.uniform(0, 1, 20), A[20:] + rng.uniform(0, 30, A.size - 20)]) + 1e-3
NEGATIVE_A = np.concatenate([-rng.uniform(0, 8, 20), -rng.uniform(0, 100, 5), [-0.5, -1.5, -2.5, -1e-9, -1 + 1e-6]])
NEGATIVE_A_X = np.concatenate([10.0**rng.uniform(-3, 0, 15), rng.uniform(0.5, 20, NEGATIVE_A.size - 15)])
WHOLE_A, WHOLE_X = np.repeat([1.0, 2, 3, 8, 20], 6), -np.tile([0.01, 0.5, 1, 4, 20, 60], 5)


def largest_error(name, a, x, values):
    worst = 0
    for p, q, value in zip(a, x, values, strict=True):
        p, q = mpmath.mpf(p.item()), mpmath.mpf(q.item())
        wanted = ORACLES[name](p, q)
        condition = abs(q**p * mpmath.exp(-q)) + (abs(p * mpmath.diff(ORACLES[name], (p, q), (1, 0))) if q > 0 else 0)
        if abs(wanted) < 1e300:
            worst = max(worst, float(abs(mpmath.mpf(value.item()) - wanted) / (abs(wanted) + condition)))
    return worst


@pytest.mark.parametrize('name', sorted(ORACLES))
@pytest.mark.parametrize('a, x', [(A, X), (NEGATIVE_A, NEGATIVE_A_X), (WHOLE_A, WHOLE_X)], ids=['positive', 'negative', 'natural'])
def test_real_values(name, a, x):
    for function in (ROWS[name].real, tf.function(ROWS[name].real, jit_compile=True)):
        assert largest_error(name, a, x, function(tf.constant(a), tf.constant(x)).numpy()) < 1e-13


def test_whole_negative_orders_of_the_upper_function():
    a, x = np.repeat([0.0, -1, -2, -7], 5), np.tile([1e-3, 0.3, 0.99, 1.5, 12], 4)
    found = ROWS['gamma_inc'].real(tf.constant(a), tf.constant(x))
    np.testing.assert_allclose(found, [float(upper(*map(mpmath.mpf, p))) for p in zip(a.tolist(), x.tolist(), strict=True)], rtol=2e-14)


def test_the_tail_is_found_where_a_factor_overflows_or_the_quotient_vanishes():
    a, x = tf.constant([170.0, 200.0, 300.0, 80.0, 2.5], tf.float64), tf.constant([1500.0, 1000.0, 3000.0, 800.0, 690.0], tf.float64)
    wanted = [float(upper(mpmath.mpf(p), mpmath.mpf(q))) for p, q in zip(a.numpy().tolist(), x.numpy().tolist(), strict=True)]
    np.testing.assert_allclose(ROWS['gamma_inc'].real(a, x), wanted, rtol=1e-12)
    np.testing.assert_allclose(ROWS['gamma_inc_lower'].real(tf.constant(200.0, tf.float64), tf.constant(1.5, tf.float64)),
                               float(lower(200, mpmath.mpf(1.5))), rtol=1e-12)


def test_the_corners():
    nan, inf = np.nan, np.inf
    cases = {'gamma_inc': [(2.5, 0, float(mpmath.gamma(2.5))), (0.25, 0, float(mpmath.gamma(0.25))), (0, 0, inf), (-1.5, 0, float(gamma(QQ(-3) / 2, 0))),
                           (0.5, -1, nan), (-2, -1, nan), (0, -1, nan), (nan, 1, nan), (1, nan, nan), (2, 800, 0)],
             'gamma_inc_lower': [(2.5, 0, 0), (1, 0, 0), (-1.5, 0, 0), (-2, 1.5, nan), (0, 2, nan), (0.5, -1, nan), (nan, 1, nan), (1, nan, nan)]}
    for name, rows in cases.items():
        a, x, wanted = (np.array(column, float) for column in zip(*rows, strict=True))
        np.testing.assert_allclose(ROWS[name].real(tf.constant(a), tf.constant(x)), wanted, rtol=1e-15, atol=1e-300, err_msg=name)


@pytest.mark.parametrize('name', sorted(ORACLES))
def test_derivatives_by_both_arguments(name):
    a, x = tf.constant([0.7, 3.0, 2.5], tf.float64), tf.constant([0.4, 2.0, 9.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch((a, x))
        y = ROWS[name].real(a, x)
    for k, found in enumerate(tape.gradient(y, (a, x))):
        wanted = [float(mpmath.diff(ORACLES[name], (p, q), (1 - k, k))) for p, q in zip(a.numpy(), x.numpy(), strict=True)]
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_an_expression_with_a_constant_order_is_compiled_with_its_derivatives():
    x = var('x')
    t = tf.constant([0.3, 2.0, 9.0], tf.float64)
    for e, oracle in ((gamma(QQ(5) / 2, x), upper), (gamma_inc_lower(QQ(5) / 2, x), lower), (gamma(0, x, hold=True), upper)):
        order = mpmath.mpf(0) if oracle is upper and e.operands()[0] == 0 else mpmath.mpf(2.5)
        f = TensorFunction(e, [x], jit=True)
        with tf.GradientTape() as outer:
            outer.watch(t)
            with tf.GradientTape() as tape:
                tape.watch(t)
                y = f(t)
            slope = tape.gradient(y, t)
        for k, found in enumerate((y, slope, outer.gradient(slope, t))):
            wanted = [float(mpmath.diff(lambda q, order=order, oracle=oracle: oracle(order, q), p, k)) for p in t.numpy()]
            np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize('shape', [(), (0,), (2, 3)])
def test_shapes_dtypes_and_complex_values(shape):
    for dtype in (tf.float32, tf.float64, tf.complex64, tf.complex128):
        for name, row in ROWS.items():
            function = row.complex if dtype.is_complex else row.real
            found = function(tf.constant(1.5, dtype), tf.fill(shape, tf.constant(0.5, dtype)))
            assert found.shape == shape and found.dtype == dtype
            np.testing.assert_allclose(found, np.full(shape, complex(ORACLES[name](1.5, 0.5))), rtol=1e-6)
