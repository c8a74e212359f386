"""
The logarithm of gamma, and gamma and factorial of complex numbers, against mpmath.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf

from sage_tf.symbolic.special.log_gamma import ROWS

mpmath.mp.dps = 40
rng = np.random.default_rng(19)
ORACLES = {'gamma': mpmath.gamma, 'log_gamma': mpmath.loggamma, 'factorial': mpmath.factorial}
DEVIATIONS = 0.01 * (rng.normal(size=5) + 1j * rng.normal(size=5))


@pytest.mark.parametrize('name', sorted(ORACLES))
def test_complex_values(name):
    points = np.repeat([1e-3, 0.4, 0.6, 2, 5, 20], 8) * np.exp(1j * rng.uniform(-np.pi, np.pi, 48))
    points = np.concatenate([points, 1 + DEVIATIONS, 2 + DEVIATIONS, [-2.5 + 0j, -0.5 + 0j]])
    for z, value in zip(points, ROWS[name].complex(tf.constant(points)).numpy(), strict=True):
        z = mpmath.mpmathify(z.item())
        wanted = ORACLES[name](z)
        error = abs(mpmath.mpmathify(value.item()) - wanted) / (abs(wanted) + abs(z * mpmath.diff(ORACLES[name], z)))
        assert error < 1e-14, (name, z)


@pytest.mark.parametrize('jit', [False, True])
@pytest.mark.parametrize('dtype', ['float64', 'float32'])
def test_the_logarithm_keeps_its_digits_near_its_zeros(dtype, jit):
    points = np.concatenate([1 + rng.normal(size=20) * 1e-3, 2 + rng.normal(size=20) * 1e-3, rng.uniform(0.5, 4, 20)]).astype(dtype)
    values = tf.function(ROWS['log_gamma'].real, jit_compile=jit)(tf.constant(points)).numpy()
    wanted = np.array([float(mpmath.loggamma(mpmath.mpf(float(x)))) for x in points])
    np.testing.assert_allclose(values, wanted, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize('jit', [False, True])
def test_second_derivatives_of_gamma_are_right_for_negative_arguments(jit):
    x = tf.constant([-0.5, -3.25, -10.75, -15.5], tf.float64)

    @tf.function(jit_compile=jit)
    def second(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = ROWS['gamma'].real(x)
            slope = tape.gradient(y, x)
        return outer.gradient(slope, x)

    np.testing.assert_allclose(second(x), [float(mpmath.diff(mpmath.gamma, t, 2)) for t in x.numpy()], rtol=1e-12)
