"""
Orthogonal polynomials, Legendre functions and spherical harmonics against mpmath.
"""
from functools import partial

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, chebyshev_T, gen_laguerre, legendre_P, var

from sage_tf.symbolic.special import orthogonal
from sage_tf.symbolic.special.orthogonal import ROWS
from sage_tf.symbolic.special.polynomials import LARGEST_DEGREE
from sage_tf.symbolic.tensor_function import TensorFunction

REAL = np.array([-3.5, -0.75, 0.125, 0.95, 2.125])
COMPLEX = np.array([0.3 + 0.4j, -0.3 - 0.4j, 2 - 3j, 3 + 0j, -3 + 0j, 0.5 + 0j, 0.25 + 2j])
x, a = var('x, a')



def meixner(n, x, b, c):
    """Return the sum that defines a Meixner polynomial; Sage's has another factor than 2F1."""
    return mpmath.rf(b, n) * mpmath.fsum(mpmath.rf(-n, k) * mpmath.rf(-x, k) / mpmath.rf(b, k) * (1 - 1 / mpmath.mpf(c))**k
                                         / mpmath.factorial(k) for k in range(n + 1))


# name -> (function of mpmath, constant integers, other parameters, whether the argument comes before these)
POLYNOMIALS = {
    'chebyshev_T': (mpmath.chebyt, [(-5,), (0,), (1,), (17,), (70,)], [()], False),
    'chebyshev_U': (partial(mpmath.chebyu, zeroprec=400), [(-5,), (0,), (1,), (17,), (70,)], [()], False),
    'legendre_P': (mpmath.legendre, [(-5,), (0,), (1,), (17,), (70,)], [()], False),
    'legendre_Q': (lambda n, x: mpmath.legenq(n, 0, x), [(0,), (1,), (5,)], [()], False),
    'gen_legendre_P': (mpmath.legenp, [(0, 0), (1, 1), (3, 1), (3, -2), (12, 5), (6, -3)], [()], False),
    'hermite': (mpmath.hermite, [(0,), (1,), (17,), (40,)], [()], False),
    'laguerre': (orthogonal._laguerre, [(-5,), (0,), (1,), (17,)], [()], False),
    'gen_laguerre': (partial(mpmath.laguerre, zeroprec=400), [(0,), (1,), (17,)], [(-0.25,), (2,)], False),
    'gegenbauer': (mpmath.gegenbauer, [(0,), (1,), (17,)], [(-0.25,), (2,)], False),
    'jacobi_P': (mpmath.jacobi, [(0,), (1,), (17,)], [(0, 0), (0.5, -0.5), (2, 3)], False),
    'krawtchouk': (orthogonal._krawtchouk, [(0,), (1,), (12,)], [(20, 0.5), (40, 0.25)], True),
    'meixner': (meixner, [(0,), (1,), (12,)], [(5.5, 0.25), (0.5, 0.5)], True),
    'spherical_harmonic': (mpmath.spherharm, [(0, 0), (1, 1), (3, -2), (12, 5)], [(0.75,)], True),
}


def tuples(name):
    """Return the arguments before and after the main one, for all cases of a polynomial."""
    _, integers, parameters, is_first = POLYNOMIALS[name]
    return [(i, p) if is_first else (i + p, ()) for i in integers for p in parameters]


def error(function, before, after, points, values, slopes):
    """Return the largest errors of values and slopes, relative to how much rounding of the argument matters."""
    worst = [0, 0]
    with mpmath.workdps(34):
        for point, *found in zip(points, values, slopes, strict=True):
            z, h = mpmath.mpmathify(point.item()), mpmath.mpf(10)**-10
            z = z.real if z.imag == 0 else z
            low, here, high = (function(*before, t, *after) for t in (z - h, z, z + h))
            if point.dtype.kind == 'f' and abs(mpmath.im(here)) > 1e-20 * abs(here):
                assert np.isnan(found[0])
                continue
            slope, bend = (high - low) / (2 * h), (high - 2 * here + low) / h**2
            for k, (wanted, condition) in enumerate(((here, slope), (slope, bend))):
                got = mpmath.mpmathify(found[k].item())
                got = mpmath.conj(got) if k else got            # TensorFlow's convention for slopes
                worst[k] = max(worst[k], abs(got - wanted) / (abs(wanted) + abs(z * condition) + mpmath.mpf(10)**-17))
    return worst


@pytest.mark.parametrize('name', sorted(POLYNOMIALS))
@pytest.mark.parametrize('points', [REAL, COMPLEX], ids=['real', 'complex'])
def test_a_constant_integer_degree_is_a_recurrence(name, points):
    dtype = tf.as_dtype(points.dtype)
    for before, after in tuples(name):
        constants = (*(SR(QQ(b)) for b in before), None, *(SR(QQ(b)) for b in after))
        function = ROWS[name].constants(constants, dtype)
        if name == 'spherical_harmonic' and before[1] and not dtype.is_complex:
            assert function is None                             # its values are not real
            continue
        t = tf.constant(points)
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = function(*(tf.constant(b, dtype) for b in before), t, *(tf.constant(b, dtype) for b in after))
        errors = error(POLYNOMIALS[name][0], before, after, points, value.numpy(), tape.gradient(value, t).numpy())
        assert errors[0] < 3e-14 and errors[1] < 1e-13, (before, after)


def test_recurrences_compile_and_loop_for_high_degrees():
    points = np.cos(np.linspace(0.1, 3, 9))
    for degree in (10, 65, 900):
        f = TensorFunction(chebyshev_T(degree, x, hold=True), [x], jit=True)
        np.testing.assert_allclose(f(points), np.cos(degree * np.arccos(points)), atol=1e-16 * degree**2)
        t = tf.constant(points)
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = f(t)
        slope = degree * np.sin(degree * np.arccos(points)) / np.sin(np.arccos(points))
        np.testing.assert_allclose(tape.gradient(value, t), slope, atol=1e-15 * degree**3)


def test_degrees_that_are_no_integers_or_too_large_are_left_to_mpmath():
    for degree in (SR(1) / 2, SR(LARGEST_DEGREE + 1), None):
        assert ROWS['legendre_P'].constants((degree, None), tf.float64) is None
    f = TensorFunction(legendre_P(SR(1) / 2, x, hold=True), [x])
    np.testing.assert_allclose(f([0.25, 2.0]), [float(mpmath.legendre(0.5, t)) for t in (0.25, 2)], rtol=1e-14)


def test_parameters_of_a_polynomial_have_gradients():
    f = TensorFunction(gen_laguerre(4, a, x, hold=True), [a, x])
    at = tf.constant(0.75, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(at)
        value = f(at, 1.5)
    assert abs(float(tape.gradient(value, at)) - float(mpmath.diff(lambda b: mpmath.laguerre(4, b, 1.5), 0.75))) < 1e-13


@pytest.mark.parametrize('name', sorted(ROWS))
def test_every_argument_has_a_derivative_where_the_function_has_one(name):
    arguments = {'spherical_harmonic': (2.5, 1.5, 0.75, 0.4), 'hahn': (2.5, 8.5, 0.5, 0.75, 6.5), 'legendre_Q': (2.5, 0.75),
                 'gen_legendre_P': (2.5, 0.5, 0.75), 'gen_legendre_Q': (2.5, 0.5, 0.75), 'krawtchouk': (2.5, 1.5, 6.5, 0.25),
                 'gegenbauer': (2.5, 0.5, 0.75)}.get(name, (2.5, 0.75, 0.5, 0.25)[:ROWS[name].arity])
    point = [tf.constant(v, tf.complex128) for v in arguments]
    with tf.GradientTape() as tape:
        tape.watch(point)
        value = ROWS[name].complex(*point)
    step = 1e-5
    for k, slope in enumerate(tape.gradient(value, point)):
        high, low = (ROWS[name].complex(*(p + s * step * (i == k) for i, p in enumerate(point))) for s in (1, -1))
        quotient = (high.numpy() - low.numpy()) / (2 * step)
        assert abs(np.conj(slope.numpy()) - quotient) <= 1e-7 * (1 + abs(quotient)), k


def test_legendre_functions_at_zero_and_laguerre_functions_of_negative_degree():
    zero = tf.zeros((), tf.float64)
    assert float(ROWS['legendre_Q'].real(zero, zero)) == 0
    found = ROWS['legendre_Q'].real(tf.constant(2.5, tf.float64), zero)
    assert abs(float(found) - float(mpmath.legenq(2.5, 0, 1e-12))) < 1e-11
    found = ROWS['laguerre'].real(tf.constant(-0.25, tf.float64), tf.constant(1.5, tf.float64))
    assert abs(float(found) - float(mpmath.hyp1f1(0.25, 1, 1.5))) < 1e-14


def test_jacobi_functions_of_any_degree_solve_their_differential_equation():
    n, a, b = tf.constant([[0.625] * 4, [0.0, 2.0, -1.0, 0.5], [0.25, -0.5, 3.25, 2.0]], tf.float64)
    jacobi = ROWS['jacobi_P'].real
    for x in (0.3, 2.5):
        point = tf.constant(np.full(4, x), tf.float64)
        with tf.GradientTape() as outer:
            outer.watch(point)
            with tf.GradientTape() as inner:
                inner.watch(point)
                y = jacobi(n, a, b, point)
            first = inner.gradient(y, point)
        second = outer.gradient(first, point)
        terms = [(1 - x**2) * second, (b - a - (a + b + 2) * x) * first, n * (n + a + b + 1) * y]
        assert np.all(abs(sum(terms)) < 1e-12 * sum(map(abs, terms)))
    with mpmath.workdps(30):
        wanted = mpmath.binomial(2.625, 0.625)                    # at x = 1
    assert abs(jacobi(*(tf.constant(v, tf.float64) for v in (0.625, 2.0, 0.25, 1.0))) - float(wanted)) < 1e-14
