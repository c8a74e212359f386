"""
Lambert's W, real roots and roots of polynomials against mpmath and Sage.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import SR, complex_root_of, exp_polar, lambert_w, pi, real_nth_root, sqrt, var
from sage.symbolic.expression import symbol_table

from sage_tf.symbolic.special.lambert import ROWS
from sage_tf.symbolic.tensor_function import TensorFunction

rng = np.random.default_rng(7)
X, Y = var('x, y')
NEAR = -np.exp(-1) + 10.0**rng.uniform(-15, -0.5, 40)


def branch(k, kind='real'):
    return lambda x: getattr(ROWS['lambert_w'], kind)(tf.fill(x.shape, tf.constant(k, x.dtype)), x)


@pytest.mark.parametrize('k, points', [(0, np.concatenate([NEAR, 10.0**rng.uniform(-20, 20, 20), -10.0**rng.uniform(-20, -1, 10), [0]])),
                                       (-1, np.concatenate([NEAR[NEAR < 0], -10.0**rng.uniform(-20, -1, 10)]))])
def test_real_branches(check, k, points):
    check(branch(k), lambda x: mpmath.lambertw(x, k), [points], by=(), tolerance=1e-9)
    for found in (branch(k)(tf.constant(points)), tf.function(branch(k), jit_compile=True)(tf.constant(points))):
        for x, w in zip(points, found.numpy(), strict=True):
            exact = mpmath.lambertw(x, k)
            assert abs(exact - w) <= 1e-14 * (abs(exact) + abs(1 / (1 + exact))), (x, w)


@pytest.mark.parametrize('k, points', [(0, [-0.3, 0.0, 1.0, 50.0]), (-1, [-0.3, -0.1, -0.01])])
def test_derivatives_of_real_branches(check, check_second, k, points):
    check(branch(k), lambda x: mpmath.lambertw(x, k), [np.array(points)])
    check_second(branch(k), lambda x: mpmath.lambertw(x, k), [(p,) for p in points])


@pytest.mark.parametrize('k', [-3, -1, 0, 1, 2])
def test_complex_branches(check, k):
    z = np.append(rng.normal(size=10) + 1j * rng.normal(size=10), [-2, 3, -0.1 + 0j])
    check(branch(k, 'complex'), lambda z: mpmath.lambertw(z, k), [z], compiled=False)
    cut = tf.constant([complex(-2, -0.0)])
    assert branch(k, 'complex')(cut)[0] == branch(k, 'complex')(tf.constant([complex(-2, 0.0)]))[0]


def test_what_has_no_real_value_is_nan():
    for k, x in ((0, -1.0), (-1, 0.5), (-1, -1.0), (1, 0.5), (0.5, 1.0)):
        assert np.isnan(TensorFunction(lambert_w(X, Y))(k, x))
    assert TensorFunction(lambert_w(X))(np.inf) == np.inf


def test_real_roots():
    f = TensorFunction(real_nth_root(X, Y))
    for x, n, wanted in ((-8, 3, -2), (16, 4, 2), (-8, -3, -0.5), (0, 5, 0), (1e300, 3, 1e100), (7, 1, 7)):
        assert abs(f(x, n) - wanted) <= 2e-16 * abs(wanted)
    for x, n in ((-16, 4), (2, 0), (2, 2.5)):
        assert np.isnan(f(x, n))
    x = tf.constant([-8.0, 8.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = TensorFunction(real_nth_root(X, 3))(x)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), [1 / 12, 1 / 12], rtol=1e-15)


def test_a_root_of_a_polynomial_is_a_constant():
    root = complex_root_of(X**5 - X - 1, 1)
    f = TensorFunction(root * Y, dtype='complex128')
    assert f.variables() == (Y,)
    assert abs(complex(f(1)) - complex(root.n(100))) < 1e-15
    with pytest.raises(ValueError, match='names no root'):
        TensorFunction(complex_root_of(X**2 - 2, 5) * Y)
    for polynomial in (X + pi, X**2 - sqrt(SR(2))):
        with pytest.raises(NotImplementedError, match='rational coefficients'):
            TensorFunction(complex_root_of(polynomial, 0) * Y)


def test_logarithm_of_two_arguments():
    f = TensorFunction(symbol_table['functions']['log'](X, Y, hold=True))
    assert abs(f(8, 2) - 3) < 1e-15


def test_polar_exponential_has_values_in_a_strip():
    f = TensorFunction(exp_polar(X), dtype='complex128')
    assert abs(complex(f(1 + 2j)) - complex(exp_polar(1.0 + 2j))) < 1e-15
    assert np.isnan(f(1 + 4j).numpy())
