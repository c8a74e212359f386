"""sample_data: where the points lie, what the values are, and what is refused."""

import itertools
import pickle

import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    CDF,
    QQ,
    RDF,
    SR,
    ZZ,
    Integer,
    RealField,
    cos,
    dumps,
    exp,
    loads,
    log,
    matrix,
    oo,
    pi,
    polygen,
    set_random_seed,
    sin,
    sqrt,
    var,
    vector,
)
from scipy import stats

from sage_tf.data import Sample, sample_data
from sage_tf.symbolic.tensor_function import TensorFunction

x, y, z = var("x, y, z")
SQUARE = [(x, -1, 3), (y, 0, 2 * pi)]
METHODS = ["uniform", "sobol", "lhs", "grid", "chebyshev"]


def points(*args, **options):
    return sample_data(*args, **options).X.numpy()


# -- points ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_number_of_points_asked_for_within_the_ranges(method):
    X = points(x * y, *SQUARE, n=49, method=method, seed=0)
    assert X.shape == (49, 2)
    assert (X >= [-1, 0]).all() and (X <= [3, float(2 * pi)]).all()


@pytest.mark.parametrize("method", METHODS)
def test_one_point_is_enough(method):
    assert points(x, (x, 2, 4), n=1, method=method).shape == (1, 1)


def test_a_grid_has_the_ends_and_equal_steps():
    X = points(x, (x, QQ((-1, 3)), sqrt(2)), n=8, method="grid")[:, 0]
    exact = [(1 - QQ((k, 7))) * QQ((-1, 3)) + QQ((k, 7)) * sqrt(2) for k in range(8)]
    assert np.allclose(X, [float(e.n(200)) for e in exact], rtol=0, atol=3e-16)
    assert (X[0], X[-1]) == (float(QQ((-1, 3))), float(sqrt(2)))


def test_a_grid_meets_zero_exactly():
    for low, high, n in [(-1, 1, 7), (-1, 2, 4), (-QQ((3, 10)), QQ((6, 10)), 10), (-pi, pi, 101)]:
        assert (points(x, (x, low, high), n=n, method="grid") == 0).sum() == 1


def test_a_grid_in_two_variables_is_the_product_of_the_axes():
    X = points(x * y, (x, 0, 1), (y, 0, 4), n=(2, 5), method="grid")
    assert X.tolist() == [list(p) for p in itertools.product([0, 1], range(5))]


def test_a_grid_as_wide_as_the_floats_does_not_overflow():
    assert points(x / 2, (x, -1.5e308, 1.5e308), n=5, method="grid")[:, 0].tolist() == [-1.5e308, -7.5e307, 0, 7.5e307, 1.5e308]


@pytest.mark.parametrize("n", [1, 2, 5, 16])
def test_chebyshev_points_are_the_roots_of_the_polynomial(n):
    X = points(x, (x, -2, 4), n=n, method="chebyshev")[:, 0]
    exact = sorted(float((1 + 3 * cos(pi * (2 * k - 1) / (2 * n))).n(100)) for k in range(1, n + 1))
    assert np.allclose(X, exact, rtol=0, atol=1e-15)


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_axis():
    X = points(x * y, (x, 0, 1), (y, 0, 1), n=40, method="lhs")
    assert np.array_equal(np.sort(np.floor(40 * X).astype(int), axis=0), np.repeat(np.arange(40)[:, None], 2, axis=1))


@pytest.mark.parametrize("name", ["latin hypercube", "latin_hypercube", "Latin-Hypercube", "LHS"])
def test_the_latin_hypercube_goes_by_its_long_name_too(name):
    assert np.array_equal(points(x, (x, 0, 1), method=name, seed=1), points(x, (x, 0, 1), method="lhs", seed=1))


def test_sobol_points_fill_the_square_evenly():
    X = points(x * y, (x, 0, 1), (y, 0, 1), n=64, method="sobol")
    cells = np.floor(8 * X).astype(int)
    assert len({tuple(c) for c in cells}) == 64     # a (0, 6, 2)-net: each of the 8 by 8 cells holds one point
    assert stats.qmc.discrepancy(X) < stats.qmc.discrepancy(np.random.default_rng(0).random((64, 2)))


def test_uniform_points_are_uniformly_distributed_and_independent():
    X = points(x * y, (x, -1, 3), (y, 0, 1), n=5000, seed=2)
    assert stats.kstest(X[:, 0], stats.uniform(-1, 4).cdf).pvalue > 1e-3
    assert stats.kstest(X[:, 1], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(X.T)[0, 1]) < 0.05


# -- values ------------------------------------------------------------------------------------------------------------


def test_values_are_those_of_sage():
    f = sin(2 * pi * x) + cos(pi * x / 2) * exp(-x)
    X, values = sample_data(f, (x, 0, 5), n=30).numpy()
    assert np.allclose(values, [float(f.subs(x=RealField(100)(v)).n(100)) for v in X[:, 0]], rtol=1e-13, atol=1e-14)


def test_columns_follow_the_ranges_and_not_the_alphabet():
    X, values = sample_data(x - 2 * y, (y, 0, 1), (x, 5, 6)).numpy()
    assert (X[:, 1] >= 5).all() and np.allclose(values, X[:, 1] - 2 * X[:, 0])


def test_a_range_of_a_variable_that_does_not_occur_gives_a_column():
    data = sample_data(x**2, (z, 7, 8), (x, 0, 1), n=20)
    assert data.variables() == (z, x)
    assert np.allclose(data.y, data.X[:, 1] ** 2)


@pytest.mark.parametrize("constant", [SR(5), 5, QQ(5), lambda t: 5.0])
def test_a_constant_has_a_value_at_every_point(constant):
    assert sample_data(constant, (x, 0, 1), n=4).y.numpy().tolist() == [5, 5, 5, 5]


def test_callable_expressions_and_polynomials():
    f = (x**2 + y).function(y, x)
    t = polygen(QQ, "t")
    X, values = sample_data(f, (x, 0, 1), (y, 0, 1)).numpy()
    assert np.allclose(values, X[:, 0] ** 2 + X[:, 1])
    X, values = sample_data(t**2 - 1, (t, 0, 1)).numpy()
    assert np.allclose(values, X[:, 0] ** 2 - 1)


def test_vectors_and_matrices_of_expressions_have_an_axis_more_or_two():
    data = sample_data(vector([x, x * y, 1]), *SQUARE, n=9)
    assert data.y.shape == (9, 3)
    assert np.allclose(data.y, np.stack([data.X[:, 0], data.X[:, 0] * data.X[:, 1], np.ones(9)], 1))
    data = sample_data(matrix([[x, 1], [0, x**2]]), (x, 0, 1), n=9)
    assert data.y.shape == (9, 2, 2)
    assert np.allclose(data.y[:, 1, 1], data.X[:, 0] ** 2)
    assert sample_data(vector([1, 2]), (x, 0, 1), n=3).y.numpy().tolist() == [[1, 2]] * 3


def test_tensor_functions_with_their_present_parameters():
    a = var("a")
    f = TensorFunction(a * x, parameters={a: 2})
    f.parameters()[a].assign(3.0)
    data = sample_data(f, (x, 0, 1), n=6)
    assert np.allclose(data.y, 3 * data.X[:, 0])


def test_tensor_functions_in_single_precision():
    f = TensorFunction(sin(x), dtype="float32")
    data = sample_data(f, (x, 0, 1), n=6)
    assert np.allclose(data.y, np.sin(data.X[:, 0]), atol=1e-6)


def test_python_functions_take_a_tensor_for_each_range():
    data = sample_data(lambda p, q: tf.stack([p + q, p * q], axis=1), *SQUARE, n=16)
    assert np.allclose(data.y, np.stack([data.X[:, 0] + data.X[:, 1], data.X[:, 0] * data.X[:, 1]], 1))


# -- dtypes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype, name", [("float32", "float32"), (RealField(24), "float32"), (tf.bfloat16, "bfloat16"), (RDF, "float64")]
)
def test_points_and_values_have_the_dtype(dtype, name):
    data = sample_data(x**2, (x, 0, 1), dtype=dtype)
    assert data.X.dtype.name == data.y.dtype.name == name


def test_narrow_values_are_rounded_once_and_belong_to_the_rounded_points():
    data = sample_data(exp(x), (x, 0, 1), dtype="float16", n=50)
    assert np.array_equal(data.y.numpy(), np.exp(data.X.numpy()[:, 0].astype(float)).astype(np.float16))


def test_complex_values_at_real_points():
    data = sample_data(sqrt(x), (x, -1, 1), n=5, method="grid", dtype=CDF)
    assert data.X.dtype == tf.float64 and data.dropped == 0
    assert np.allclose(data.y, np.sqrt(np.array([-1, -0.5, 0, 0.5, 1], dtype=complex)))


def test_a_value_too_large_for_the_dtype_raises():
    with pytest.raises(OverflowError):
        sample_data(exp(x), (x, 0, 100), dtype="float32", n=10, method="grid")


# -- undefined points --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression, kept",
    [
        (sqrt(x), [0, 0.5, 1]),
        (log(x), [0.5, 1]),
        (1 / x, [-1, -0.5, 0.5, 1]),
        (sin(1 / x), [-1, -0.5, 0.5, 1]),
        (sin(x) / x, [-1, -0.5, 0, 0.5, 1]),                     # the limit is its value at 0
        (sqrt(x) / x, [0.5, 1]),
        (log(x) + sqrt(-x), None),
    ],
)
def test_points_where_the_expression_is_undefined_are_left_out_and_counted(expression, kept):
    if kept is None:
        with pytest.raises(ValueError, match="undefined at all of the 5 points"):
            sample_data(expression, (x, -1, 1), n=5, method="grid")
        return
    data = sample_data(expression, (x, -1, 1), n=5, method="grid")
    assert data.X.numpy()[:, 0].tolist() == kept
    assert len(data) == len(kept) == 5 - data.dropped
    assert np.isfinite(data.y).all()


def test_a_point_is_left_out_when_one_entry_of_a_vector_is_undefined():
    data = sample_data(vector([x, 1 / x]), (x, -1, 1), n=3, method="grid")
    assert data.y.numpy().tolist() == [[-1, -1], [1, 1]] and data.dropped == 1


def test_complex_values_of_functions_are_left_out_for_a_real_dtype():
    data = sample_data(lambda t: tf.sqrt(tf.cast(t, tf.complex128)), (x, -1, 1), n=3, method="grid")
    assert data.y.dtype == tf.float64 and data.y.numpy().tolist() == [0, 1] and data.dropped == 1


# -- noise and seeds ---------------------------------------------------------------------------------------------------


def test_noise_is_gaussian_with_the_absolute_deviation_and_leaves_the_points():
    clean = sample_data(100 * x, (x, 0, 1), n=4000, seed=3)
    noisy = sample_data(100 * x, (x, 0, 1), n=4000, seed=3, noise=QQ((1, 4)))
    assert np.array_equal(clean.X, noisy.X)
    assert stats.kstest((noisy.y - clean.y).numpy(), stats.norm(0, 0.25).cdf).pvalue > 1e-3


def test_noise_of_entries_and_of_complex_parts_is_independent():
    data = sample_data(vector([x, x]), (x, 0, 1), n=4000, seed=3, noise=1)
    errors = data.y.numpy() - data.X.numpy()
    assert abs(np.corrcoef(errors.T)[0, 1]) < 0.06
    errors = sample_data(SR(0), (x, 0, 1), n=4000, seed=3, noise=1, dtype=CDF).y.numpy()
    assert abs(errors.real.std() - 1) < 0.05 and abs(errors.imag.std() - 1) < 0.05


@pytest.mark.parametrize("method", METHODS)
def test_seeds_reproduce(method):
    def drawn(**options):
        return sample_data(x * y, *SQUARE, n=49, method=method, noise=1, **options).y.numpy()

    assert np.array_equal(drawn(seed=1), drawn(seed=Integer(1)))
    assert not np.array_equal(drawn(seed=1), drawn(seed=2))
    set_random_seed(4)
    first, second = drawn(), drawn()
    set_random_seed(4)
    assert np.array_equal(first, drawn()) and np.array_equal(second, drawn()) and not np.array_equal(first, second)


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, words, arguments, options",
    [
        (ValueError, "no range was given", (x,), {}),
        (TypeError, "expected .variable, low, high.", (x, (0, 1)), {}),
        (TypeError, "expected .variable, low, high.", (x, (x, 0, 1), 100), {}),
        (TypeError, "expected a symbol", (x, (x + 1, 0, 1)), {}),
        (TypeError, "expected a symbol", (x, ("x", 0, 1)), {}),
        (ValueError, "lower end below", (x, (x, 1, 1)), {}),
        (ValueError, "finite ends", (x, (x, 0, oo)), {}),
        (TypeError, "y", (x, (x, 0, y)), {}),
        (TypeError, "not real", (x, (x, 0, CDF(1, 1))), {}),
        (ValueError, "more than one range", (x, (x, 0, 1), (x, 2, 3)), {}),
        (ValueError, "y of x.y has no range", (x * y, (x, 0, 1)), {}),
        (ValueError, "positive number", (x, (x, 0, 1)), {"n": 0}),
        (ValueError, "positive number", (x, (x, 0, 1)), {"n": -5}),
        (TypeError, "n=1/2", (x, (x, 0, 1)), {"n": QQ((1, 2))}),
        (ValueError, "give n=49, n=64", (x, (x, 0, 1), (y, 0, 1)), {"n": 50, "method": "grid"}),
        (ValueError, "for 2 variables", (x, (x, 0, 1), (y, 0, 1)), {"n": (1, 2, 3), "method": "chebyshev"}),
        (TypeError, "expected an integer", (x, (x, 0, 1), (y, 0, 1)), {"n": (2, 2)}),
        (ValueError, "method='random'", (x, (x, 0, 1)), {"method": "random"}),
        (ValueError, "method=3", (x, (x, 0, 1)), {"method": 3}),
        (ValueError, "noise=-1", (x, (x, 0, 1)), {"noise": -1}),
        (ValueError, "noise=", (x, (x, 0, 1)), {"noise": oo}),
        (ValueError, "seed=-1", (x, (x, 0, 1)), {"seed": -1}),
        (TypeError, "seed='a'", (x, (x, 0, 1)), {"seed": "a"}),
        (TypeError, "int64", (x, (x, 0, 1)), {"dtype": ZZ}),
        (TypeError, "'text' was given to sample", ("text", (x, 0, 1)), {}),
        (ValueError, "one value for each point", (lambda t: t[:3], (x, 0, 1)), {}),
        (TypeError, "not real", (SR(-1).sqrt() * x, (x, 0, 1)), {}),
    ],
)
def test_bad_arguments_are_named(kind, words, arguments, options):
    with pytest.raises(kind, match=words):
        sample_data(*arguments, **options)


# -- what one does with a sample ---------------------------------------------------------------------------------------


def test_batches_hold_every_point_once_in_an_order_that_the_seed_gives():
    data = sample_data(x**2, (x, 0, 1), n=50)

    def passes(**options):
        batches = data.dataset(8, **options)
        return [np.concatenate([X[:, 0] for X, _ in batches]) for _ in range(2)]

    assert np.array_equal(passes()[0], data.X[:, 0])
    first, second = passes(shuffle=True, seed=1)
    assert not np.array_equal(first, second) and np.array_equal(np.sort(first), np.sort(data.X[:, 0]))
    assert np.array_equal(first, passes(shuffle=True, seed=1)[0])
    for X, values in data.dataset(8, shuffle=True):
        assert np.allclose(values, X[:, 0] ** 2)


def test_batch_sizes_that_are_not_positive_integers_are_refused():
    data = sample_data(x, (x, 0, 1))
    with pytest.raises(ValueError, match="batch_size=0"):
        data.dataset(0)
    with pytest.raises(TypeError, match="batch_size=1/2"):
        data.dataset(QQ((1, 2)))


def test_the_parts_of_a_split_are_disjoint_and_complete():
    data = sample_data(x**2, (x, 0, 1), n=50)
    train, test = data.split(QQ((7, 10)), seed=1)
    assert (len(train), len(test)) == (35, 15) and isinstance(train, Sample)
    assert np.array_equal(np.sort(np.concatenate([train.X, test.X]), axis=0), np.sort(data.X, axis=0))
    assert np.allclose(test.y, test.X[:, 0] ** 2)
    assert np.array_equal(train.X, data.split(QQ((7, 10)), seed=1)[0].X)
    for fraction in (0, 1, 2, QQ((1, 1000))):
        with pytest.raises(ValueError, match="leaves one of the two samples empty"):
            data.split(fraction)


def test_samples_are_pickled():
    data = sample_data(vector([sqrt(x), y]), (x, -1, 1), (y, 0, 1), dtype="bfloat16")
    for again in (loads(dumps(data)), pickle.loads(pickle.dumps(data))):
        assert repr(again) == repr(data) and again.dropped == data.dropped
        assert all(np.array_equal(a, b) for a, b in zip(again.numpy(), data.numpy(), strict=True))


def test_a_plot_over_one_variable_shows_all_points_and_the_curve():
    data = sample_data(x**2, (x, -1, 1), n=30, noise=0.1)
    graphics = data.plot(color="green")
    dots, curve = list(graphics)
    assert np.allclose(np.column_stack([dots.xdata, dots.ydata]), np.column_stack([data.X, data.y]))
    assert np.allclose(np.array(curve.ydata), np.array(curve.xdata) ** 2)
    assert (min(curve.xdata), max(curve.xdata)) == (-1, 1)


def test_the_curve_of_a_plot_has_a_gap_where_the_expression_is_undefined():
    curves = list(sample_data(sqrt(x**2 - 1), (x, -2, 2)).plot())[1:]
    assert len(curves) == 2
    assert max(curves[0].xdata) < -0.99 and min(curves[1].xdata) > 0.99


def test_plots_in_space_and_what_cannot_be_plotted():
    from sage.plot.plot3d.base import Graphics3d

    assert isinstance(sample_data(x * y, *SQUARE).plot(), Graphics3d)
    with pytest.raises(ValueError, match="over 3 variables"):
        sample_data(x, (x, 0, 1), (y, 0, 1), (z, 0, 1)).plot()
    with pytest.raises(ValueError, match="complex values"):
        sample_data(x, (x, 0, 1), dtype=CDF).plot()
