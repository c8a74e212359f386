"""
Held integrals, sums and products against mpmath and closed forms; divergent ones have no value.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    QQ,
    SR,
    abs_symbolic,
    cases,
    cos,
    erf,
    exp,
    factorial,
    floor,
    function,
    gamma,
    heaviside,
    integrate,
    log,
    oo,
    pi,
    product,
    sgn,
    sin,
    sqrt,
    sum,
    unit_step,
    var,
)
from sage.symbolic.integration.integral import definite_integral

from sage_tf.symbolic.tensor_function import TensorFunction

x, y, z, k = var('x, y, z, k')
half = QQ((1, 2))


def held(*args):
    return integrate(*args, hold=True)


def derivatives(e, points, dtype='float64', jit=False, order=2):
    f = TensorFunction(e, (y,), dtype=dtype, jit=jit)
    t = tf.constant(np.array(points, dtype))

    def at(order):
        if order == 0:
            return [f(t)]
        with tf.GradientTape() as tape:
            tape.watch(t)
            found = at(order - 1)
        slope = tape.gradient(found[-1], t)
        return [*found, tf.zeros_like(t) if slope is None else slope]

    return [found.numpy() for found in at(order)]


INTEGRALS = {
    'smooth': (held(exp(x * y), x, 0, 1), (exp(y) - 1) / y, [1, -3]),
    'both limits': (held(sin(x * y), x, y, y**2), (cos(y**2) - cos(y**3)) / y, [half, 2]),
    'end point': (held(x**(y - 1) * (1 - x)**(-half), x, 0, 1), gamma(y) * gamma(half) / gamma(y + half), [half, 2]),
    'logarithm': (held(log(x - 1) * y**2, x, 1, 2), -y**2, [1, 3]),
    'line': (held(exp(-x**2 + x * y), x, -oo, oo), sqrt(pi) * exp(y**2 / 4), [0, 3]),
    'half line': (held(exp(-x * y) * x**2, x, 0, oo), 2 / y**3, [half, 2]),
    'oscillating': (held(cos(x * y), x, 0, 1), sin(y) / y, [1, 90]),
    'nested': (held(held(x * z * y**2, z, 0, x), x, 0, 1), y**2 / 8, [1, 2]),
    'gaussian': (held(2 / sqrt(pi) * exp(-x**2), x, 0, y), erf(y), [half, 3]),
}


@pytest.mark.parametrize('name', sorted(INTEGRALS))
def test_an_integral_and_its_derivatives_are_those_of_the_closed_form(name):
    e, closed, points = INTEGRALS[name]
    found = derivatives(e, points)
    for order, row in enumerate(found):
        wanted = [float(closed.diff(y, order).subs(y=point)) if order else float(closed.subs(y=point)) for point in points]
        np.testing.assert_allclose(row, wanted, rtol=2e-11, atol=1e-11, err_msg=f'derivative {order}')


def test_a_limit_at_minus_infinity_and_the_name_of_a_bound_variable():
    np.testing.assert_allclose(derivatives(held(1 / (1 + x**2), x, -oo, y), [0, 1], order=1),
                               [[np.pi / 2, np.pi * 3 / 4], [1, 0.5]], rtol=1e-12)
    value, slope = derivatives(held(y**2, y, 0, y) + y, [1, 3], order=1)
    np.testing.assert_allclose([value, slope], [[4 / 3, 12], [2, 10]], rtol=1e-12)


@pytest.mark.parametrize('dtype, tolerance, jit', [('float64', 1e-12, True), ('float32', 1e-6, None), ('complex128', 1e-12, None),
                                                   ('complex64', 1e-6, True)])
def test_integrals_are_compiled_in_every_dtype(dtype, tolerance, jit):
    value, slope = derivatives(held(exp(-x * y), x, 0, 1), [2, 3], dtype, jit, order=1)
    t = np.array([2.0, 3.0])
    np.testing.assert_allclose(value, (1 - np.exp(-t)) / t, rtol=tolerance)
    np.testing.assert_allclose(np.conj(slope), (np.exp(-t) * (t + 1) - 1) / t**2, rtol=tolerance)


def test_an_integrand_with_kinks_and_jumps_is_bisected():
    points = [0.3, 1 / 3, 0.9]
    t = np.array(points)
    value, slope = derivatives(held(abs_symbolic(x - y), x, 0, 1), points, order=1)
    np.testing.assert_allclose(value, (t**2 + (1 - t)**2) / 2, rtol=1e-10)
    np.testing.assert_allclose(slope, 2 * t - 1, rtol=1e-9)
    np.testing.assert_allclose(derivatives(held(floor(5 * x) * y, x, 0, 1), points, order=1), [2 * t, 2 + 0 * t], rtol=1e-9)


# Integrals, their closed forms and the derivatives of these.
MOVING = {
    'heaviside': (held(heaviside(y - x) * cos(x), x, 0, 1), lambda t: np.sin(np.clip(t, 0, 1)), lambda t: np.cos(t) * ((0 < t) & (t < 1)),
                  lambda t: -np.sin(t) * ((0 < t) & (t < 1))),
    'both limits exchanged': (held(unit_step(x - y) * x, x, 1, 0), lambda t: (np.clip(t, 0, 1)**2 - 1) / 2, lambda t: t * ((0 < t) & (t < 1)),
                              lambda t: 1.0 * ((0 < t) & (t < 1))),
    'half line': (held(sgn(2 * x - y) * exp(-x), x, 0, oo), lambda t: 2 * np.exp(-np.maximum(t, 0) / 2) - 1, lambda t: -np.exp(-t / 2) * (t > 0),
                  lambda t: np.exp(-t / 2) * (t > 0) / 2),
    'beside a parameter': (held(unit_step(y - x) * x * y, x, 0, 1), lambda t: t * np.clip(t, 0, 1)**2 / 2,
                           lambda t: np.clip(t, 0, 1)**2 * np.where(t < 1, 3, 1) / 2, lambda t: 3 * t * ((0 < t) & (t < 1))),
    'two jumps': (held(unit_step(x - y / 4) * unit_step(y - x) * exp(x), x, 0, 1),
                  lambda t: np.where(t > 0, np.exp(np.minimum(t, 1)) - np.exp(np.minimum(t / 4, 1)), 0),
                  lambda t: np.where(t > 0, np.exp(t) * (t < 1) - np.exp(t / 4) * (t < 4) / 4, 0),
                  lambda t: np.where(t > 0, np.exp(t) * (t < 1) - np.exp(t / 4) * (t < 4) / 16, 0)),
    'real on one side only': (held(unit_step(x - y) * (x - y)**(5 * half), x, 0, 2), lambda t: 2 / 7 * ((2 - t)**3.5 - np.maximum(-t, 0)**3.5),
                              lambda t: np.maximum(-t, 0)**2.5 - (2 - t)**2.5, None),
}


@pytest.mark.parametrize('jit', [False, None])
@pytest.mark.parametrize('name', MOVING)
def test_a_jump_that_moves_has_its_part_in_the_derivatives(name, jit):
    e, *closed = MOVING[name]
    points = np.array([-0.5, 0.25, 0.75, 1.5])
    found = derivatives(e, points, jit=jit, order=1 if closed[2] is None else 2)
    for value, wanted in zip(found, closed, strict=False):
        np.testing.assert_allclose(value, wanted(points), rtol=1e-9, atol=1e-9)


def test_what_an_interchange_of_limits_would_lose_is_nan():
    assert np.isnan(derivatives(held(unit_step(x**2 - y), x, 0, 1), [0.5], order=1)[1]).all()
    assert np.isnan(derivatives(held(cases([(x < y, 1), (True, 0)]), x, 0, 1), [0.5], order=1)[1]).all()
    assert np.isnan(derivatives(held(abs_symbolic(x - y), x, 0, 1), [0.5])[2]).all()


@pytest.mark.parametrize('e', [held(y / x, x, 0, 1), held(y / x, x, -1, 1), held(y / x, x, -1, 2), held(y / x**2, x, -1, 1), held(y + x, x, 0, oo),
                               held(y * sin(x), x, 0, oo), held(log(x - y), x, 0, 2), held(1 / sqrt(x**3) * y, x, 0, 1)], ids=str)
def test_a_divergent_integral_has_no_value(e):
    assert np.isnan(TensorFunction(e)(1.0))


def test_a_divergent_constant_has_no_value_though_sage_gives_one():
    assert np.isnan(TensorFunction(held(1 / x, x, 0, 1))())
    assert float(TensorFunction(held(exp(-x**2), x, 0, 1))()) == pytest.approx(float(mpmath.quad(lambda t: mpmath.exp(-t**2), [0, 1])), rel=1e-14)


def test_large_and_empty_batches_are_integrated():
    t = np.linspace(0.5, 3, 5000).reshape(50, 100)
    f = TensorFunction(held(exp(-x * y), x, 0, 1))
    np.testing.assert_allclose(f(t), (1 - np.exp(-t)) / t, rtol=1e-12)
    assert f(np.zeros((0, 3))).shape == (0, 3)


def test_an_integral_of_a_network_trains_it():
    u = function('u')
    layer = tf.keras.layers.Dense(1, kernel_initializer='ones', bias_initializer='ones')
    f = TensorFunction(held(u(x) * x, x, 0, y), functions={u: tf.keras.Sequential([tf.keras.Input((1,)), layer])})
    with tf.GradientTape() as tape:
        s = f(tf.constant([3.0], tf.float64))
    np.testing.assert_allclose(s, [9 + 4.5], rtol=1e-6)
    np.testing.assert_allclose([float(g) for g in map(tf.squeeze, tape.gradient(s, layer.trainable_variables))], [9, 4.5], rtol=1e-6)


@pytest.mark.parametrize('jit', [None, True], ids=['graph', 'xla'])
def test_a_sum_and_its_derivatives(jit):
    value, slope, second = derivatives(sum(y**k / factorial(k), k, 0, 60, hold=True), [1.0, -2.0], jit=jit)
    for found in (value, slope, second):
        np.testing.assert_allclose(found, np.exp([1.0, -2.0]), rtol=1e-12)


@pytest.mark.parametrize('jit', [False, None, True], ids=['eager', 'graph', 'xla'])
def test_limits_of_a_sum_may_vary(jit):
    f = TensorFunction(sum(y * k, k, x, z, hold=True), (x, y, z), jit=jit)
    np.testing.assert_allclose(f([1, 5, 0, 3, 1], 2, [4, 4, 200, 3, 0.5]), [20, 0, 200 * 201, 6, np.nan])


@pytest.mark.parametrize('jit', [False, None, True], ids=['eager', 'graph', 'xla'])
@pytest.mark.parametrize('upper', [5, z])
def test_a_product_has_derivatives_where_a_factor_is_zero(upper, jit):
    f = TensorFunction(product(y - k, k, 1, upper, hold=True), (y, z), jit=jit)
    t = tf.constant([3.0, 0.5], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(t)
        with tf.GradientTape() as tape:
            tape.watch(t)
            s = f(t, 5)
        slope = tape.gradient(s, t)
    polynomial = np.poly1d([1, 2, 3, 4, 5], r=True)
    np.testing.assert_allclose(s, polynomial(t), atol=1e-12)
    np.testing.assert_allclose(slope, polynomial.deriv()(t), rtol=1e-12)
    np.testing.assert_allclose(outer.gradient(slope, t), polynomial.deriv(2)(t), rtol=1e-11)


def test_terms_beyond_the_limit_do_no_harm():
    value, slope = derivatives(sum(1 / (5 - k) * y, k, 0, y, hold=True), [2.0, 4.0], order=1)
    harmonic = np.array([1 / 5 + 1 / 4 + 1 / 3, 1 / 5 + 1 / 4 + 1 / 3 + 1 / 2 + 1])
    np.testing.assert_allclose([value, slope], [harmonic * [2, 4], harmonic], rtol=1e-13)


@pytest.mark.parametrize('e, reason', [(held(sin(x**3 * y), x), 'no limits'), (sum(y**k / factorial(k)**2, k, 0, oo, hold=True), 'infinitely many')])
def test_what_has_no_value_is_refused_before_anything_runs(e, reason):
    with pytest.raises(NotImplementedError, match=reason):
        TensorFunction(e)


def test_what_binds_a_constant_is_refused():
    e = definite_integral(SR(pi), SR(pi), x, SR(1), hold=True)
    with pytest.raises(NotImplementedError, match='binds pi, which is no variable'):
        TensorFunction(e)
