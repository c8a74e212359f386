"""
Hypergeometric functions against mpmath and closed forms.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, hypergeometric, hypergeometric_M, var

from sage_tf.symbolic.special.hypergeometric import ROWS, generalized
from sage_tf.symbolic.tensor_function import TensorFunction

A, B, X = var('a, b, x')
POINTS = [np.array([0.5, -1.5, 2.0, 3.25]), np.array([1.5, 0.25, 3.0, -0.5]), np.array([0.3, -4.0, 2.0, 8.0])]


@pytest.mark.parametrize('name, wanted', [('hypergeometric_M', mpmath.hyp1f1), ('hypergeometric_U', mpmath.hyperu)])
def test_confluent_functions_and_derivatives_by_their_parameters(check, check_second, name, wanted):
    check(ROWS[name].real, wanted, POINTS, compiled=False)
    check_second(ROWS[name].real, wanted, [(0.5, 1.5, 0.75)], tolerance=1e-10)


def test_generalized_functions_of_several_numbers_of_parameters(check):
    for upper, lower, point in ((0, 1, (1.5, -2)), (1, 0, (0.5, 0.25)), (2, 1, (0.5, 1.25, 2.5, -3)), (3, 2, (0.5, 1, 2, 1.5, 2.5, 0.75))):
        def wanted(*numbers, upper=upper):
            return mpmath.hyper(numbers[:upper], numbers[upper:-1], numbers[-1])

        check(generalized(upper, lower), wanted, [np.array([p], float) for p in point], compiled=False)


def test_series_at_one_are_summed():
    with mpmath.workdps(30):
        def gauss(a, b, c, same):
            return mpmath.gammaprod([c, c - a - b], [c - a, c - b])

        def wanted(*numbers):
            return [gauss(*numbers), *(mpmath.diff(gauss, numbers, orders) for orders in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)))]

        for numbers in ((0.5, 0.75, 2.25, 1.5), (7.5, -3.25, 5.25, -0.5), (0.25, -1.5, -1.125, 3)):
            a, b, c, same, one = (tf.constant(n, tf.float64) for n in (*numbers, 1))
            with tf.GradientTape() as tape:
                tape.watch((a, b, c))
                y = generalized(3, 2)(a, b, same, c, same, one)
            np.testing.assert_allclose([y, *tape.gradient(y, (a, b, c))], np.array(wanted(*map(mpmath.mpf, numbers)), float), rtol=1e-13)
    assert generalized(3, 2)(*(tf.constant(n, tf.float64) for n in (1, 2, 3, 2.5, 3.25, 1))) == np.inf


def test_parameters_and_argument_may_be_expressions():
    f = TensorFunction(hypergeometric([A, QQ((1, 2))], [A + 1], -X**2), (A, X))
    assert abs(f(0.5, 2) - np.arcsinh(2) / 2) < 1e-15
    a, x = tf.constant(0.5, tf.float64), tf.constant(2.0, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch((a, x))
        y = f(a, x)
    for k, g in enumerate(tape.gradient(y, (a, x))):
        slope = mpmath.diff(lambda a, x: mpmath.hyp2f1(a, 0.5, a + 1, -x**2), (0.5, 2), (1 - k, k))
        assert abs(g - float(slope)) < 1e-14


def test_functions_of_equal_parameters_are_computed_once():
    f = TensorFunction(hypergeometric([A], [B], X) + hypergeometric([A], [B], X)**2, (A, B, X))
    assert abs(f(1, 1, 1) - np.e - np.e**2) < 1e-14


def test_complex_values_follow_the_branch_of_sage():
    f = TensorFunction(hypergeometric([1, 1], [2], X), dtype='complex128')
    for z in (2, -3 + 1j, 1.5 - 2j):
        assert abs(complex(f(z)) - complex(hypergeometric([1, 1], [2], X)(x=z).n(100))) < 1e-14
    assert np.isnan(TensorFunction(hypergeometric([1, 1], [2], X))(2))


def test_single_precision():
    f = TensorFunction(hypergeometric_M(1, 1, X), dtype='float32')
    np.testing.assert_allclose(f([1.0, -2.0]).numpy(), np.exp([1.0, -2.0]), rtol=1e-7)
