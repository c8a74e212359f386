"""
Functions where their formulas overflow, underflow or cancel on the way, in batches, against mpmath at 60 digits.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf

from sage_tf.symbolic.functions import implementation

MODES = pytest.mark.parametrize('jit', [False, True], ids=['eager', 'xla'])
EPSILON = {name: float(np.finfo(name).eps) for name in ('float64', 'float32', 'complex128', 'complex64')}


def mapped(name, points, dtype, jit):
    """Return the values of a function of the table and the derivatives that its gradient gives, at points of the dtype."""
    @tf.function(jit_compile=jit, autograph=False)
    def compiled(points):
        return both(points)

    def both(points):
        with tf.GradientTape() as tape:
            tape.watch(points)
            values = implementation(name, tf.as_dtype(dtype))(points)
            total = tf.math.real(values)
        return values, tf.math.conj(tape.gradient(total, points))

    values, slopes = (compiled if jit else both)(tf.constant(np.array(points, dtype)))
    return values.numpy(), slopes.numpy()


def exactly(function, points, dtype):
    """Return the values of a function of mpmath at points of the dtype, as mpmath's own numbers."""
    with mpmath.workdps(60):
        return [function(mpmath.mpmathify(p.item())) for p in np.array(points, dtype)]


def assert_relative(found, wanted, ulps):
    epsilon = EPSILON[found.dtype.name]
    for value, exact in zip(found, wanted, strict=True):
        with mpmath.workdps(60):
            error = abs(mpmath.mpmathify(value.item()) - exact)
            assert error <= ulps * epsilon * abs(exact), f'{value} is not {mpmath.nstr(exact, 17)}'


LARGE = {'complex128': 1e300, 'complex64': 1e36}


@MODES
@pytest.mark.parametrize('dtype', LARGE)
def test_the_complex_logarithm_is_finite_and_right_for_all_magnitudes(dtype, jit):
    m = LARGE[dtype]
    points = [m, 1 / m, m + m * 1j, -m + 1j, 1j / m, -m * 1j, (1 - 2j) / m, 1 + 1e-10j, 1 - 1e-5j, -1 + 1e-3j, 0.6 + 0.8j, 2 + 3j]
    values, slopes = mapped('log', points, dtype, jit)
    assert_relative(values, exactly(mpmath.log, points, dtype), 3)
    assert_relative(slopes, exactly(lambda z: 1 / z, points, dtype), 5)
    # The real part has digits of its own.
    assert_relative(values.real[:-2], [w.real for w in exactly(mpmath.log, points[:-2], dtype)], 3)
    special, _ = mapped('log', [0, complex(np.inf, 0), complex(-np.inf, 1), complex(np.inf, np.inf)], dtype, jit)
    np.testing.assert_array_equal(special.real, [-np.inf, np.inf, np.inf, np.inf])
    np.testing.assert_allclose(special.imag, [0, 0, np.pi, np.pi / 4], rtol=1e-6)


TINY = [1e-20 + 1e-20j, 1e-8 - 2e-8j, -1e-3 + 1e-3j, 1e-12j, -1e-12, 0.5 + 0.25j, 3 - 2j]
DERIVATIVES = {
    'sin': mpmath.cos, 'cos': lambda z: -mpmath.sin(z), 'sinh': mpmath.cosh, 'cosh': mpmath.sinh,
    'tan': lambda z: mpmath.sec(z)**2, 'tanh': lambda z: mpmath.sech(z)**2,
    'cot': lambda z: -mpmath.csc(z)**2, 'coth': lambda z: -mpmath.csch(z)**2,
    'sec': lambda z: mpmath.sec(z) * mpmath.tan(z), 'sech': lambda z: -mpmath.sech(z) * mpmath.tanh(z),
    'csc': lambda z: -mpmath.csc(z) * mpmath.cot(z), 'csch': lambda z: -mpmath.csch(z) * mpmath.coth(z),
}


@MODES
@pytest.mark.parametrize('dtype', LARGE)
@pytest.mark.parametrize('name', DERIVATIVES)
def test_complex_circular_and_hyperbolic_functions_keep_their_digits_near_zero(name, dtype, jit):
    points = [z for z in TINY if dtype == 'complex128' or abs(z) > 1e-15]       # whose squares are in the range
    values, slopes = mapped(name, points, dtype, jit)
    assert_relative(values, exactly(getattr(mpmath, name), points, dtype), 8)
    assert_relative(slopes, exactly(DERIVATIVES[name], points, dtype), 20)


@MODES
@pytest.mark.parametrize('name, turn', [('tan', 1j), ('cot', 1j), ('tanh', 1), ('coth', 1), ('sec', 1j), ('csc', 1j), ('sech', 1),
                                        ('csch', 1)])
def test_complex_circular_and_hyperbolic_functions_are_right_where_exponentials_overflow(name, turn, jit):
    points = [turn * z for z in (20 + 0.5j, -30 + 1j, 300 + 2j, -340 - 2j, 25 - 3j)]
    values, slopes = mapped(name, points, 'complex128', jit)
    assert_relative(values, exactly(getattr(mpmath, name), points, 'complex128'), 8)
    assert_relative(slopes, exactly(DERIVATIVES[name], points, 'complex128'), 1000)     # each e^(-z) has the error of its z
    _, slopes = mapped(name, [turn * z for z in (800, -800 + 1j, 1000 + 2j)], 'complex128', jit)
    np.testing.assert_array_equal(slopes, 0)


@MODES
def test_the_sine_of_a_large_real_number_is_infinite_not_nan(jit):
    for name, turn in (('sinh', 1), ('cosh', 1), ('sin', 1j), ('cos', 1j)):
        values, _ = mapped(name, [1000 * turn, -1000 * turn], 'complex128', jit)
        assert np.isinf(values).all() and not np.isnan(values.real).any() and not np.isnan(values.imag).any(), name


GAMMA = np.concatenate([np.random.default_rng(0).uniform(low, high, 200) for low, high in (
    (0, 1), (1, 7), (7, 171.6), (-5, 0), (-170, 0))] + [[1e-300, -1e-300, 1e-20, 171.62, -169.5, 6.999999, 7.000001]])


@MODES
@pytest.mark.parametrize('name, function', [('gamma', mpmath.gamma), ('factorial', mpmath.factorial)])
def test_gamma_is_right_to_five_units_in_the_last_place(name, function, jit):
    points = GAMMA if name == 'gamma' else GAMMA[GAMMA < 170.6]
    values, _ = mapped(name, points, 'float64', jit)
    assert_relative(values, exactly(function, points, 'float64'), 5)
    points = points[abs(points) < 33]
    values, _ = mapped(name, points[abs(points) > 1e-30], 'float32', jit)
    assert_relative(values, exactly(function, points[abs(points) > 1e-30], 'float32'), 0.5 + 1e-6)


@MODES
def test_gamma_is_exact_at_integers_and_keeps_its_poles(jit):
    n = np.arange(1.0, 171)
    for dtype in ('float64', 'float32'):
        with np.errstate(over='ignore'):
            wanted = np.array([float(mpmath.factorial(int(k) - 1)) for k in n]).astype(dtype)
        np.testing.assert_array_equal(mapped('gamma', n, dtype, jit)[0], wanted)
        np.testing.assert_array_equal(mapped('factorial', n[:22] - 1, dtype, jit)[0], wanted[:22])
    special = [0, -1, -2, -1e300, 171.7, 1e10, 2.0**31 + 0.5, np.inf, -np.inf, np.nan, -200.5]
    nan, inf = np.nan, np.inf
    np.testing.assert_array_equal(mapped('gamma', special, 'float64', jit)[0], [inf, nan, nan, nan, *[inf] * 4, nan, nan, 0])
    np.testing.assert_array_equal(mapped('factorial', special[:4], 'float64', jit)[0], [1, nan, nan, nan])


# -- the error function and inverses -----------------------------------------------------------------------------------

@MODES
@pytest.mark.parametrize('dtype', ['float64', 'float32'])
def test_the_error_function_is_one_far_out(dtype, jit):
    points = [0.0, 1e-20, -0.5, 1.0, 3.0, -5.0, 8.0, -29.0, 31.0, -1e30]
    values, slopes = mapped('erf', points, dtype, jit)
    assert_relative(values, exactly(mpmath.erf, points, dtype), 4)
    np.testing.assert_allclose(slopes, [float(2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-mpmath.mpf(p)**2)) for p in points],
                               rtol=1e3 * EPSILON[dtype], atol=1e-37)
    far = [np.finfo(dtype).max, -np.finfo(dtype).max, np.inf, -np.inf, np.nan]
    for name, wanted in (('erf', [1, -1, 1, -1, np.nan]), ('erfc', [0, 2, 0, 2, np.nan])):
        values, slopes = mapped(name, far, dtype, jit)
        np.testing.assert_allclose(values, wanted, rtol=2 * EPSILON[dtype])         # XLA's own erf ends a little below 1
        np.testing.assert_array_equal(slopes, [0, 0, 0, 0, np.nan])


@MODES
@pytest.mark.parametrize('dtype, tiny', [('float64', 1e-200), ('float32', 1e-30)])
def test_inverses_at_reciprocals_have_derivatives_near_zero(dtype, tiny, jit):
    for name, points, derivative in (
            ('arccsch', [tiny, -tiny, 0.5, -3.0], lambda x: -1 / (abs(x) * mpmath.sqrt(1 + x * x))),
            ('arcsech', [tiny, 0.5, 0.875], lambda x: -1 / (x * mpmath.sqrt(1 - x * x)))):
        _, slopes = mapped(name, points, dtype, jit)
        assert_relative(slopes, exactly(derivative, points, dtype), 4)


@MODES
def test_the_complex_arccoth_has_a_derivative_near_zero(jit):
    points = [1e-300, 1e-305j, -1e-200 + 1e-200j, 0.5 + 0.25j, 3 - 1j]
    _, slopes = mapped('arccoth', points, 'complex128', jit)
    assert_relative(slopes, exactly(lambda z: 1 / (1 - z * z), points, 'complex128'), 4)
