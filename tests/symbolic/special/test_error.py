"""
Error functions against mpmath.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf

from sage_tf.symbolic.special.error import ROWS

mpmath.mp.dps = 40
rng = np.random.default_rng(17)
DISC = np.repeat([1e-3, 0.3, 1, 1.7, 1.8, 3, 6, 20], 8) * np.exp(1j * rng.uniform(-np.pi, np.pi, 64))


def largest_error(function, points, values):
    worst = 0
    for z, value in zip(points, values, strict=True):
        z = mpmath.mpmathify(z.item())
        wanted = function(z)
        if 1e-290 < abs(wanted) < 1e300:
            error = abs(mpmath.mpmathify(value.item()) - wanted) / (abs(wanted) + abs(z * mpmath.diff(function, z)))
            worst = max(worst, float(error))
    return worst


@pytest.mark.parametrize('name', ['erf', 'erfc'])
def test_complex_values(name):
    points = np.concatenate([DISC, [2 + 0j, -2 + 0j, 3j, -3j]])
    assert largest_error(getattr(mpmath, name), points, ROWS[name].complex(tf.constant(points)).numpy()) < 5e-15


@pytest.mark.parametrize('jit', [False, True])
def test_the_inverse_keeps_its_digits_near_0_and_near_1(jit):
    ends = [sign * (1 - k * 2.0**-53) for k in (1, 2, 3, 5, 2**20, 2**23) for sign in (1, -1)]
    points = np.concatenate([rng.uniform(-1, 1, 60), 1 - 10.0**rng.uniform(-12, -1, 30), 10.0**rng.uniform(-9, -1, 20), [7 / 8, -7 / 8], ends])
    values = tf.function(ROWS['erfinv'].real, jit_compile=jit)(tf.constant(points)).numpy()
    for point, value in zip(ends, values[-len(ends):], strict=True):
        assert abs(value / mpmath.erfinv(point) - 1) < 2e-15
    assert largest_error(mpmath.erfinv, points, values) < 2e-15


def test_the_inverse_at_the_ends_and_outside():
    found = ROWS['erfinv'].real(tf.constant([-1.0, 0.0, 1.0, 1.5, np.nan], tf.float64))
    np.testing.assert_array_equal(found, [-np.inf, 0, np.inf, np.nan, np.nan])


@pytest.mark.parametrize('name, dtype', [('erf', 'complex128'), ('erfc', 'complex128'), ('erfinv', 'float64')])
def test_first_and_second_derivatives(name, dtype):
    x = tf.constant([0.25, -0.5, 0.9], dtype)
    function = ROWS[name].complex if 'complex' in dtype else ROWS[name].real
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        slope = tape.gradient(y, x)
    for k, found in ((1, slope), (2, outer.gradient(slope, x))):
        wanted = [complex(mpmath.diff(getattr(mpmath, name), t.real, k)).real for t in x.numpy()]
        np.testing.assert_allclose(np.real(found), wanted, rtol=1e-11)
