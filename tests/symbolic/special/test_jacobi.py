"""
Jacobi's elliptic functions against mpmath, their inverses and the amplitude against Sage's own at high precision.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.functions.jacobi import inverse_jacobi_f, jacobi_am_f
from sage.functions.special import elliptic_eu_f

from sage_tf.symbolic.special.jacobi import KINDS, ROWS

rng = np.random.default_rng(6)
PARAMETERS = np.concatenate([rng.uniform(-3, 3, 20), 1 - 10.0**rng.uniform(-10, 0, 5), -10.0**rng.uniform(0, 4, 5), [0, -1, 0.5]])
ARGUMENTS = rng.uniform(-6, 6, len(PARAMETERS)) / np.where(np.arange(len(PARAMETERS)) % 3, 1, 5)


def known(kind):
    return lambda u, m: mpmath.ellipfun(kind, u, m)


def known_inverse(kind):
    return lambda x, m: inverse_jacobi_f(kind, x, m)


@pytest.mark.parametrize('kind', KINDS)
def test_all_real_arguments_and_parameters(check, kind):
    check(ROWS[f'jacobi_{kind}'].real, lambda u, m: mpmath.re(mpmath.ellipfun(kind, u, m)), [ARGUMENTS, PARAMETERS],
          compiled=kind == 'sd')


@pytest.mark.parametrize('kind', KINDS)
def test_inverses_where_they_are_real(check, kind):
    values = rng.uniform(-2, 2, len(PARAMETERS)) / np.where(np.arange(len(PARAMETERS)) % 3, 1, 5)
    inside = PARAMETERS != 0                                    # the elementary cases have branches of their own in Sage
    row = ROWS[f'inverse_jacobi_{kind}'].real
    check(row, known_inverse(kind), [values[inside], PARAMETERS[inside]], compiled=kind == 'sn')
    for x, m, value in zip(values, PARAMETERS, row(tf.constant(values), tf.constant(PARAMETERS)).numpy(), strict=True):
        try:
            wanted = complex(inverse_jacobi_f(kind, x.item(), m.item()))
        except (TypeError, ValueError, ArithmeticError):
            continue
        assert abs(wanted.imag) < 1e-12 or np.isnan(value)


@pytest.mark.parametrize('kind', KINDS)
def test_elementary_cases_of_inverses(kind):
    values = [-3.0, -0.75, 0.5, 1.0, 2.5]
    for m in (0.0, 1.0):
        found = ROWS[f'inverse_jacobi_{kind}'].real(tf.constant(values, tf.float64), tf.constant(m, tf.float64)).numpy()
        for x, value in zip(values, found, strict=True):
            try:
                wanted = mpmath.mpmathify(inverse_jacobi_f(kind, mpmath.mpf(x), mpmath.mpf(m)))
            except (TypeError, ValueError, ArithmeticError):
                continue
            if isinstance(wanted, mpmath.mpf) and mpmath.isfinite(wanted):
                assert abs(value - float(wanted)) < 1e-14, (x, m, value, wanted)
            elif mpmath.im(wanted):
                assert np.isnan(value), (x, m, value, wanted)


def test_an_inverse_is_one():
    m = tf.constant([-2.0, 0.3, 0.99], tf.float64)
    for kind, x in (('sn', 0.6), ('cn', -0.2), ('cs', 0.7), ('sc', -3.0)):
        there = ROWS[f'inverse_jacobi_{kind}'].real(tf.constant(x, tf.float64), m)
        np.testing.assert_allclose(ROWS[f'jacobi_{kind}'].real(there, m).numpy(), x, rtol=1e-13)


def test_amplitude_and_the_integral_at_it(check):
    inside = PARAMETERS != -1                                   # where Sage takes the amplitude for that of m = 1
    points = [ARGUMENTS[inside], PARAMETERS[inside]]
    check(ROWS['jacobi_am'].real, jacobi_am_f, points)
    check(ROWS['elliptic_eu'].real, elliptic_eu_f, points, compiled=False)


def test_amplitude_at_minus_one_is_an_inverse_of_the_integral():
    u, m = tf.constant([0.5, 3.0, -4.0], tf.float64), tf.constant(-1.0, tf.float64)
    found = ROWS['jacobi_am'].real(u, m).numpy()
    assert max(abs(mpmath.ellipf(a, -1) - b) for a, b in zip(found, u.numpy(), strict=True)) < 1e-14


def test_second_derivatives(check_second):
    points = [(0.7, 0), (2.5, 0.5), (-1.5, -2), (0.8, 2.5)]
    for kind in ('sn', 'dn'):
        check_second(ROWS[f'jacobi_{kind}'].real, lambda u, m, kind=kind: mpmath.re(mpmath.ellipfun(kind, u, m)), points)


def test_large_arguments_keep_small_values():
    u = tf.constant([30.0, 40.0], tf.float64)
    one = tf.constant(1.0, tf.float64)
    np.testing.assert_allclose(ROWS['jacobi_cn'].real(u, one).numpy(), 1 / np.cosh(u.numpy()), rtol=1e-14)
    assert ROWS['jacobi_sn'].real(tf.constant(1e-200, tf.float64), one / 2) == 1e-200


def test_complex_arguments(check):
    u = np.array([0.5 + 1j, -2 + 0.3j, 1, 2j])
    m = np.array([0.3 - 1j, 2 + 1j, -1, 0.5])
    check(ROWS['jacobi_sn'].complex, known('sn'), [u, m], compiled=False)
