"""Powers whose exponents are multiples of a quarter against mpmath, with the sign of zero and Sage's branch."""

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import CC, QQ, SR

from sage_tf.symbolic.powers import power_function

QUARTERS = [QQ((n, 4)) for n in (-13, -6, -5, -3, -2, -1, 1, 3, 5, 6, 7, 21)]
DTYPES = (np.float64, np.float32)


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('exponent', QUARTERS)
def test_values_and_slopes_are_right_to_some_units_in_the_last_place(exponent, dtype):
    x = tf.constant(np.concatenate([10.0 ** np.arange(-5, 5, 0.37), [1, 16, 81]]).astype(dtype))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = power_function(exponent, tf.as_dtype(dtype), vectorized=True)(x)
    slope = tape.gradient(value, x)
    allowed = (2 + abs(exponent)) * np.finfo(dtype).eps
    power = mpmath.mpf(int(exponent.numerator())) / int(exponent.denominator())
    for k, point in enumerate(x.numpy()):
        with mpmath.workdps(40):
            p = mpmath.mpf(float(point))
            for found, wanted in ((value, p**power), (slope, power * p**(power - 1))):
                assert abs(mpmath.mpf(float(found[k])) / wanted - 1) <= allowed


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('exponent', QUARTERS)
def test_special_values_are_those_of_numpy(exponent, dtype):
    points = np.array([0.0, -0.0, np.inf, -1.0, np.nan], dtype)
    with np.errstate(all='ignore'):
        wanted = np.power(points, dtype(float(exponent)))
    np.testing.assert_array_equal(power_function(exponent, tf.as_dtype(dtype))(tf.constant(points)), wanted)


@pytest.mark.parametrize('exponent', QUARTERS)
def test_complex_powers_are_on_the_branch_of_sage(exponent):
    points = [1 + 2j, -1 + 0j, -3 - 0.5j, -2 + 1e-9j, 0.5 - 4j]
    found = power_function(exponent, tf.complex128)(tf.constant(points, tf.complex128)).numpy()
    np.testing.assert_allclose(found, [complex(CC((SR(CC(p)) ** exponent).n(100))) for p in points], rtol=1e-14)
