"""
Elliptic integrals against mpmath.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import elliptic_f, elliptic_kc, var

from sage_tf.symbolic.special.elliptic import ROWS
from sage_tf.symbolic.tensor_function import TensorFunction

rng = np.random.default_rng(5)
PARAMETERS = np.concatenate([rng.uniform(-3, 1.2, 30), 1 - 10.0**rng.uniform(-12, 0, 8), -10.0**rng.uniform(0, 8, 8), [0, -1, 0.5]])
AMPLITUDES = rng.uniform(-7, 7, len(PARAMETERS)) / np.where(np.arange(len(PARAMETERS)) % 3, 1, 5)
COMPLEX = rng.uniform(-3, 3, 20) + 1j * rng.uniform(-2, 2, 20)
KNOWN = {'elliptic_f': mpmath.ellipf, 'elliptic_e': mpmath.ellipe, 'elliptic_kc': mpmath.ellipk, 'elliptic_ec': mpmath.ellipe,
         'elliptic_pi': mpmath.ellippi}


@pytest.mark.parametrize('name', ['elliptic_f', 'elliptic_e'])
def test_incomplete_integrals_for_all_amplitudes_and_parameters(check, name):
    check(ROWS[name].real, KNOWN[name], [AMPLITUDES, PARAMETERS])


@pytest.mark.parametrize('name', ['elliptic_kc', 'elliptic_ec'])
def test_complete_integrals(check, name):
    check(ROWS[name].real, KNOWN[name], [PARAMETERS[PARAMETERS < 1]])


def test_the_third_kind(check):
    size = 14
    points = [np.append(rng.uniform(-30, 0.95, size), [0, 0, 0.5]), np.append(rng.uniform(-5, 7, size), [0.7, 2, 1]),
              np.append(rng.uniform(-3, 0.95, size), [0.3, 0, 0.5])]
    check(ROWS['elliptic_pi'].real, mpmath.ellippi, points, compiled=False)
    far = tf.constant([-1e12, 0.5], tf.float64), tf.constant(1.0, tf.float64), tf.constant(0.5, tf.float64)
    assert np.isnan(ROWS['elliptic_pi'].real(*far).numpy()).tolist() == [True, False]      # rather than a wrong number


@pytest.mark.parametrize('name, arity', [('elliptic_f', 2), ('elliptic_e', 2), ('elliptic_kc', 1), ('elliptic_ec', 1)])
def test_complex_arguments(check, name, arity):
    real = COMPLEX.real[:6].astype(complex)                     # on the cuts, too
    check(ROWS[name].complex, KNOWN[name], [np.append(COMPLEX, real), np.append(COMPLEX[::-1], real[::-1])][:arity], compiled=False)


@pytest.mark.parametrize('name', sorted(KNOWN))
def test_second_derivatives_are_finite_where_the_usual_rules_divide_by_zero(check_second, name):
    points = {'elliptic_kc': [(0,), (0.5,), (-7,)], 'elliptic_ec': [(0,), (0.5,), (-7,)], 'elliptic_pi': [(0.3, 0.7, 0.3), (0, 2, 0)]}
    check_second(ROWS[name].real, KNOWN[name], points.get(name, [(0.7, 0), (2, 0.5), (-4, -2), (1.2, 1)]))


def test_values_that_are_not_real_are_nan():
    f = TensorFunction(elliptic_f(*var('u, v')), var('u, v'))
    assert np.isnan(f([1.5, 2.0], [1.5, 1.5]).numpy()).all()
    assert np.isnan(TensorFunction(elliptic_kc(var('v')))(1.5))


def test_the_end_of_the_parameters():
    one = tf.constant(1.0, tf.float64)
    assert np.isinf(ROWS['elliptic_kc'].real(one)) and ROWS['elliptic_ec'].real(one) == 1


@pytest.mark.parametrize('dtype, tolerance', [(tf.float32, 2e-7), (tf.complex64, 2e-7)])
def test_single_precision_is_rounded_from_double(dtype, tolerance):
    row = ROWS['elliptic_f']
    found = (row.complex if dtype.is_complex else row.real)(tf.constant([0.5, 2.0], dtype), tf.constant(0.25, dtype))
    assert found.dtype == dtype
    np.testing.assert_allclose(found.numpy(), [float(mpmath.ellipf(t, 0.25)) for t in (0.5, 2.0)], rtol=tolerance)


def test_empty_tensors_and_broadcasting():
    row = ROWS['elliptic_e'].real
    assert row(tf.zeros(0), tf.zeros(0)).shape == (0,)
    assert row(tf.zeros((2, 1)), tf.zeros(3)).shape == (2, 3)
