"""
Binomial coefficients, beta, harmonic numbers and counting functions against mpmath and Sage.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import RealField, binomial, dickman_rho, harmonic_number, prime_pi, var
from sage.symbolic.expression import symbol_table

from sage_tf.symbolic.special.combinatorial import ROWS
from sage_tf.symbolic.tensor_function import TensorFunction

X, Y = var('x, y')
PAIRS = [np.array([0.5, 2.0, 7.25, -0.5, 300.0, 12.0]), np.array([0.25, 3.5, 2.0, 1.75, 100.5, 1.0])]


@pytest.mark.parametrize('name, wanted', [('binomial', mpmath.binomial), ('beta', mpmath.beta)])
def test_functions_of_gammas(check, check_second, name, wanted):
    check(ROWS[name].real, wanted, PAIRS, compiled=False)
    check_second(ROWS[name].real, wanted, [(2.5, 1.25)])


def test_binomial_coefficients_of_integers():
    f = TensorFunction(binomial(X, Y))
    for n, k, wanted in ((5, 2, 10), (-3, 2, 6), (5, 7, 0), (60, 30, 118264581564861424)):
        assert f(n, k) == float(wanted)


def test_harmonic_numbers_also_of_higher_order_and_near_zero(check):
    check(ROWS['harmonic_number'].real, mpmath.harmonic, [np.array([0.5, 3.0, -0.25, 1e-9, 1e5, -2.5])], compiled=False)
    check(ROWS['harmonic_number_m'].real, lambda x, m: mpmath.zeta(m) - mpmath.zeta(m, x + 1),
          [np.array([0.5, 3.0, 10.0]), np.array([2.0, 2.5, 3.0])], compiled=False, tolerance=1e-12)
    assert abs(TensorFunction(harmonic_number(X))(4) - 25 / 12) < 1e-15
    assert abs(TensorFunction(harmonic_number(X, 2))(3) - 49 / 36) < 1e-15
    swapped = symbol_table['functions']['_swap_harmonic'](X, Y, hold=True)
    assert abs(TensorFunction(swapped, (X, Y))(2, 3) - 49 / 36) < 1e-15


def test_dickman_function_and_its_delay_equation():
    points = np.array([-1.0, 0.5, 1.5, 2.5, 7.25, 20.0])
    found, slope = tf.constant(points), None
    with tf.GradientTape() as tape:
        tape.watch(found)
        value = ROWS['dickman_rho'].real(found)
    slope = tape.gradient(value, found).numpy()
    for x, v, d in zip(points, value.numpy(), slope, strict=True):
        wanted = dickman_rho(RealField(150)(x))
        assert abs(v - wanted) <= 1e-15 * abs(wanted)
        expected = -dickman_rho(RealField(150)(x - 1)) / x if x > 1 else 0
        assert abs(d - expected) <= 1e-15 * abs(expected)


def test_primes_are_counted_with_derivative_zero():
    x = tf.constant([-3.0, 1.9, 2.0, 100.5, 1e6], tf.float64)
    f = TensorFunction(prime_pi(X))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    assert y.numpy().tolist() == [prime_pi(v) for v in (0, 1, 2, 100, 10**6)]
    assert (tape.gradient(y, x).numpy() == 0).all()
    np.testing.assert_array_equal(f([-np.inf, 2.0**63, 1e35, np.inf, np.nan]).numpy(), [0, np.nan, np.nan, np.nan, np.nan])


@pytest.mark.parametrize('e', [X.Order(), symbol_table['functions']['element_of'](X, Y, hold=True)])
def test_what_is_no_number_is_refused_with_a_reason(e):
    with pytest.raises(NotImplementedError, match='is not computed on tensors'):
        TensorFunction(e, (X, Y))
