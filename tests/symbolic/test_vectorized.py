"""The vectorized elementary functions against mpmath, TensorFlow's own at special values, and finite differences of gradients."""

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import RealField, pi

from sage_tf.symbolic import real
from sage_tf.symbolic.vectorized import COMPOSED, VECTORIZED
from sage_tf.symbolic.vectorized.calls import within_reach
from sage_tf.symbolic.vectorized.formats import DOUBLE, FIELD, SINGLE, parts
from sage_tf.symbolic.vectorized.trigonometric import BOUNDS

mpmath.mp.prec = 140
PERIODIC = ('sin', 'cos', 'tan', 'sec', 'csc', 'cot')
PAIRS = ('arctan2', 'power')
OWN = {
    'sin': tf.sin, 'cos': tf.cos, 'tan': tf.tan, 'sec': real.sec, 'csc': real.csc, 'cot': real.cot, 'arcsin': tf.asin, 'arccos': tf.acos,
    'arctan': tf.atan, 'arctan2': real.arctan2, 'log': tf.math.log, 'log1p': tf.math.log1p, 'expm1': tf.math.expm1, 'power': real.power,
    'sinh': tf.sinh, 'cosh': tf.cosh, 'arcsinh': tf.asinh, 'arccosh': tf.acosh, 'arctanh': tf.atanh, 'erf': real.erf,
}
ORACLES = {
    'arcsin': mpmath.asin, 'arccos': mpmath.acos, 'arctan': mpmath.atan, 'arctan2': mpmath.atan2, 'arcsinh': mpmath.asinh,
    'arccosh': mpmath.acosh, 'arctanh': mpmath.atanh,
}
# Where the functions change from one formula to the next, and around
POINTS = {
    'log': (1e-3, 30), 'log1p': (-0.999, 5), 'expm1': (-5, 30), 'sinh': (-30, 30), 'cosh': (-30, 30), 'arcsin': (-1, 1), 'arccos': (-1, 1),
    'arctan': (-5, 5), 'arctan2': (-5, 5), 'power': (1e-3, 9), 'arcsinh': (-5, 5), 'arccosh': (1, 4), 'arctanh': (-0.999, 0.999),
    'erf': (-4, 4),
}
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-20, 700.0, -700.0, 1e30, -1e30, np.inf, -np.inf, np.nan]
DTYPES = (np.float64, np.float32)


def guarded(function):
    """Return the function in the context that lets the periodic ones reduce their arguments."""
    def call(*tensors):
        with within_reach():
            return function(*tensors)
    return call


def compiled(function):
    return tf.function(guarded(function), jit_compile=True, autograph=False)


def arguments(name, dtype, n):
    """Return n points for each argument."""
    rng = np.random.default_rng(len(name))
    low, high = POINTS.get(name, (-30, 30))
    first = rng.uniform(low, high, n).astype(dtype)
    return [first, rng.uniform(-3, 3, n).astype(dtype)] if name in PAIRS else [first]


def errors(name, points, values):
    """Return the distances from mpmath's values in units in the last place."""
    oracle = ORACLES.get(name) or getattr(mpmath, name)
    result = []
    for point, value in zip(zip(*points, strict=True), values, strict=True):
        exact = oracle(*[mpmath.mpf(float(t)) for t in point])
        unit = np.spacing(abs(values.dtype.type(float(exact))))
        result.append(float((mpmath.mpf(float(value)) - exact) / mpmath.mpf(float(unit))))
    return np.abs(result)


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', sorted(VECTORIZED))
def test_values_are_right_to_two_units_in_the_last_place(name, dtype):
    points = arguments(name, dtype, 1500)
    values = compiled(VECTORIZED[name])(*map(tf.constant, points)).numpy()
    assert values.dtype == dtype
    assert errors(name, points, values).max() <= 2


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', PERIODIC)
def test_digits_are_kept_next_to_zeros_and_poles(name, dtype):
    multiples = np.concatenate([np.arange(1, 200), np.arange(200, 127000, 397)])
    points = [(multiples * (np.pi / 2)).astype(dtype)]
    values = compiled(VECTORIZED[name])(tf.constant(points[0])).numpy()
    assert errors(name, points, values).max() <= 2


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', sorted(VECTORIZED))
def test_eager_values_agree_with_compiled_ones(name, dtype):
    tensors = [tf.constant(t) for t in arguments(name, dtype, 500)]
    eager, kernel = guarded(VECTORIZED[name])(*tensors).numpy(), compiled(VECTORIZED[name])(*tensors).numpy()
    np.testing.assert_allclose(eager, kernel, rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', sorted(VECTORIZED))
def test_special_values_and_signs_of_zeros_are_those_of_tensorflow(name, dtype):
    special = np.array([t for t in SPECIAL if name not in PERIODIC or not abs(t) > 1e5], dtype)
    points = [t.ravel() for t in np.meshgrid(special, special)] if name in PAIRS else [special]
    tensors = [tf.constant(t) for t in points]
    expected = OWN[name](*tensors).numpy()
    for run in (compiled(VECTORIZED[name]), guarded(VECTORIZED[name])):
        found = run(*tensors).numpy()
        np.testing.assert_allclose(found, expected, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)
        zero = expected == 0
        assert (np.signbit(found) == np.signbit(expected))[zero].all()


@pytest.mark.parametrize('name', PERIODIC)
def test_infinite_angles_give_nan(name):
    assert np.isnan(compiled(VECTORIZED[name])(tf.constant([np.inf, -np.inf, np.nan], tf.float64)).numpy()).all()


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', PERIODIC)
def test_huge_angles_are_reported_and_right_where_nobody_looks(name, dtype):
    huge = tf.constant([1e22, 1e30], dtype)
    with within_reach() as reach:
        VECTORIZED[name](tf.constant([BOUNDS[tf.float64]], dtype))
        assert not reach.exceeded()
        VECTORIZED[name](huge)
        assert reach.exceeded()
    np.testing.assert_array_equal(VECTORIZED[name](huge), OWN[name](huge))


def test_reach_is_noted_inside_a_kernel_and_not_through_an_inner_graph():
    @tf.function(jit_compile=True, autograph=False)
    def kernel(x):
        with within_reach() as reach:
            first = VECTORIZED['sin'](x)
            inner = tf.while_loop(lambda i, _: i < 1, lambda i, _: (i + 1, VECTORIZED['sin'](1e20 * x)), (0, x))[1]
        return first, inner, reach.exceeded()

    first, inner, exceeded = kernel(tf.constant([1.0, 2.0], tf.float64))
    assert not exceeded
    np.testing.assert_allclose(inner, np.sin(1e20 * np.array([1.0, 2.0])), rtol=1e-15)
    assert kernel(tf.constant([1.0, 2e6], tf.float64))[2]


@pytest.mark.parametrize('name', sorted(VECTORIZED))
def test_first_and_second_derivatives_agree_with_those_of_tensorflow(name):
    tensors = [tf.constant(t) for t in arguments(name, np.float64, 50)]

    def derivatives(function):
        def both(*args):
            with tf.GradientTape() as outer:
                outer.watch(args)
                with tf.GradientTape() as inner:
                    inner.watch(args)
                    value = function(*args)
                slopes = inner.gradient(value, args)
                total = tf.add_n(slopes)
            return [*slopes, *outer.gradient(total, args)]
        return both

    expected = derivatives(OWN[name])(*tensors)
    for run in (compiled(derivatives(VECTORIZED[name])), guarded(derivatives(VECTORIZED[name]))):
        for found, wanted in zip(run(*tensors), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize('name', ['arcsinh', 'arccosh', 'log', 'log1p', 'arctan', 'erf'])
def test_values_are_right_over_all_magnitudes(name):
    points = [np.concatenate([10.0 ** np.arange(0.05, 308, 0.7), 2.0 ** np.arange(0.5, 70, 1)])]
    assert errors(name, points, compiled(VECTORIZED[name])(tf.constant(points[0])).numpy()).max() <= 2


DERIVATIVES = {
    'tanh': lambda p: (mpmath.sech(p)**2, -2 * mpmath.sech(p)**2 * mpmath.tanh(p)),
    'coth': lambda p: (-mpmath.csch(p)**2, 2 * mpmath.csch(p)**2 * mpmath.coth(p)),
    'sech': lambda p: (-mpmath.sech(p) * mpmath.tanh(p), mpmath.sech(p) * (1 - 2 * mpmath.sech(p)**2)),
    'csch': lambda p: (-mpmath.csch(p) * mpmath.coth(p), mpmath.csch(p) * (1 + 2 * mpmath.csch(p)**2)),
}


@pytest.mark.parametrize('dtype', DTYPES)
@pytest.mark.parametrize('name', sorted(COMPOSED))
def test_composed_functions_have_the_values_and_slopes_of_mpmath(name, dtype):
    points = np.array([-700, -80, -20, -3, -1, -0.25, -1e-3, 1e-3, 0.5, 2, 15, 60, 500], dtype)
    x = tf.constant(points)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = compiled(COMPOSED[name])(x)
        slope = tape.gradient(value, x)
    found = value, slope, outer.gradient(slope, x)
    smallest = np.finfo(dtype).tiny
    for k, point in enumerate(points):
        with mpmath.workdps(60):
            p = mpmath.mpf(float(point))
            wanted = getattr(mpmath, name)(p), *DERIVATIVES[name](p)
        for part, exact in zip(found, wanted, strict=True):
            assert abs(part[k].numpy() - float(exact)) <= 12 * np.finfo(dtype).eps * abs(float(exact)) + smallest, (name, point)


def test_slopes_of_powers_at_the_origin():
    x, y = tf.constant([0.0, 0.0, 0.0, 2.0, -2.0], tf.float64), tf.constant([0.0, 1.0, 2.0, 0.0, 3.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch((x, y))
        value = VECTORIZED['power'](x, y)
    by_base, by_exponent = tape.gradient(value, (x, y))
    np.testing.assert_array_equal(value, [1, 0, 0, 1, -8])
    np.testing.assert_array_equal(by_base, [0, 1, 0, 0, 12])
    np.testing.assert_allclose(by_exponent, [-np.inf, 0, 0, np.log(2), np.nan])


def test_slopes_of_inverse_functions_survive_large_arguments():
    x = tf.constant([1e200, -1e200], tf.float64)
    for name, slope in (('arcsinh', [1e-200, 1e-200]), ('arccosh', [1e-200, np.nan])):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = VECTORIZED[name](x)
        np.testing.assert_allclose(tape.gradient(y, x), slope, rtol=1e-15)


def test_powers_at_integers_are_exact_and_negative_bases_keep_their_sign():
    bases, exponents = [t.ravel().astype(float) for t in np.meshgrid([-7, -3, -2, 2, 3, 5, 10], np.arange(0, 13))]
    np.testing.assert_array_equal(compiled(VECTORIZED['power'])(tf.constant(bases), tf.constant(exponents)), bases**exponents)


def test_powers_next_to_overflow():
    x = tf.constant([2.0, 2.0, 2.0, 2.0, 1 + 2.0**-52, 1 - 2.0**-53, -2.0], tf.float64)
    y = tf.constant([1023.5, 1024.0, -1022.0, -1080.0, 2.0**55, 2.0**60, 1025.0], tf.float64)
    with np.errstate(over='ignore', under='ignore'):
        np.testing.assert_allclose(compiled(VECTORIZED['power'])(x, y), np.power(x.numpy(), y.numpy()), rtol=4e-16)


def test_tensors_of_unknown_shape_and_broadcast_arguments():
    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float64), tf.TensorSpec([None], tf.float64)], autograph=False)
    def function(x, y):
        return VECTORIZED['power'](VECTORIZED['log'](x), y)

    x, y = np.array([[2.0], [3.0]]), np.array([1.0, 0.5, -1.0])
    np.testing.assert_allclose(function(x, y), np.log(x) ** y, rtol=1e-15)


@pytest.mark.parametrize('form', [DOUBLE, SINGLE])
def test_products_of_the_parts_of_pi_with_multiples_are_exact(form):
    *first, _ = parts(pi, DOUBLE, *{DOUBLE: (36, 36), SINGLE: (27,)}[form])
    for part in first:
        for multiple in (2.0**16 - 0.5, 12345.5):
            assert FIELD(part) * FIELD(multiple) == FIELD(part * multiple)
    assert abs(sum(map(FIELD, parts(pi, DOUBLE, 36, 36))) - RealField(300)(pi)) < FIELD(2)**-120
