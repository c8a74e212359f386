"""Containers, arrays, tensors and what is no number at all, into TensorFlow."""

import random
from decimal import Decimal
from fractions import Fraction

import gmpy2
import keras
import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CC,
    CDF,
    GF,
    QQ,
    RDF,
    RR,
    SR,
    ZZ,
    I,
    Integer,
    LaurentPolynomialRing,
    MatrixSpace,
    PowerSeriesRing,
    Qp,
    QQbar,
    RealField,
    Zmod,
    identity_matrix,
    matrix,
    pi,
    random_matrix,
    random_vector,
    set_random_seed,
    sqrt,
    var,
    vector,
    zero_matrix,
)
from sage.structure.element import Matrix

from sage_tf.conversion.to_tf import to_tf
from sage_tf.rings import TABLE, dtype_of

FLOATS = [name for name in TABLE if tf.as_dtype(name).is_floating]
RINGS = [ZZ, QQ, RDF, CDF, RR, CC, RealField(24), RealField(200), AA, QQbar, SR, Zmod(7), Zmod(256), GF(2)]


def same(tensor, numbers, name):
    """Whether a tensor has a dtype and shape and, entry by entry, the values that the numbers have alone."""
    flat = [to_tf(x, name).numpy() for x in numbers]
    assert tensor.dtype.name == name
    return tensor.numpy().reshape(-1).tobytes() == np.array(flat, tf.as_dtype(name).as_numpy_dtype).tobytes()


@pytest.mark.parametrize("ring", RINGS, ids=str)
@pytest.mark.parametrize("sparse", [False, True])
def test_vectors_and_matrices_have_the_dtype_of_their_ring(ring, sparse):
    name = dtype_of(ring).name
    m = matrix(ring, 2, 3, [1, 0, 1, 0, 2, 3], sparse=sparse)
    v = vector(ring, [0, 1, 2], sparse=sparse)
    assert to_tf(m).shape == (2, 3) and same(to_tf(m), m.list(), name)
    assert to_tf(v).shape == (3,) and same(to_tf(v), v.list(), name)


@pytest.mark.parametrize("ring", RINGS, ids=str)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0)])
@pytest.mark.parametrize("sparse", [False, True])
def test_empty_matrices_and_vectors_keep_shape_and_dtype(ring, shape, sparse):
    tensor = to_tf(MatrixSpace(ring, *shape, sparse=sparse)())
    assert tuple(tensor.shape) == shape and tensor.dtype == dtype_of(ring)
    tensor = to_tf(vector(ring, 0, sparse=sparse))
    assert tuple(tensor.shape) == (0,) and tensor.dtype == dtype_of(ring)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("ring", [ZZ, QQ, RDF, RR, RealField(200), AA, CDF, CC, SR], ids=str)
def test_the_dtype_asked_for_is_the_dtype_given(ring, name):
    generator = random.Random(f"{ring} {name}")
    numbers = [ring(generator.randint(-100, 100)) for _ in range(12)]
    if ring not in (ZZ, SR) and (tf.as_dtype(name).is_floating or tf.as_dtype(name).is_complex):
        numbers = [x / 7 for x in numbers]
    m = matrix(ring, 3, 4, numbers)
    for given in (m, m.list(), [list(row) for row in m], m.rows(), m.sparse_matrix()):
        assert same(to_tf(given, name), numbers, name)


def test_random_matrices_of_every_kind_agree_with_their_entries():
    set_random_seed(7)
    for ring in (ZZ, QQ, RDF, CDF, RR, CC, GF(2), Zmod(256), Zmod(12)):
        for density in (1, 0.3):
            m, v = random_matrix(ring, 20, 17, density=density), random_vector(ring, 40)
            assert same(to_tf(m), m.list(), dtype_of(ring).name)
            assert same(to_tf(m.sparse_matrix()), m.list(), dtype_of(ring).name)
            assert same(to_tf(v), v.list(), dtype_of(ring).name)


@pytest.mark.parametrize("bound", [2**52, 2**53, 2**53 + 3, 2**63 - 1])
def test_integer_matrices_are_exact_up_to_64_bits(bound):
    m = matrix(ZZ, 300, 300, lambda i, j: (-1) ** (i + j) * (bound - i * 300 - j))
    assert to_tf(m).numpy().tolist() == [list(map(int, row)) for row in m]
    m[299, 299] = 2**63
    with pytest.raises(OverflowError, match="9223372036854775808 does not fit in int64"):
        to_tf(m)
    assert to_tf(m, "float64").numpy()[299, 299] == 2.0**63


def test_big_integers_in_a_narrow_dtype_round_once():
    tie = 2**60 + 2**36 + 1  # a tie for float32 once rounded to float64
    assert to_tf(matrix(ZZ, [[tie]]), "float32").numpy()[0, 0] == np.float32(2.0**60 + 2.0**37)
    assert to_tf(np.array([tie]), "float32").numpy()[0] == np.float32(2.0**60 + 2.0**37)
    assert to_tf(tf.constant([tie]), "float32").numpy()[0] == np.float32(2.0**60 + 2.0**37)


def test_long_lists_go_by_pieces_without_a_seam():
    numbers = list(map(Integer, range(-70000, 70000)))
    assert (to_tf(numbers).numpy() == np.arange(-70000, 70000)).all()
    assert (to_tf(numbers, "float32").numpy() == np.arange(-70000, 70000)).all()
    tie = RealField(200)(1) + RealField(200)(2) ** -24 + RealField(200)(2) ** -150
    late = [Integer(1)] * 100000 + [tie]
    assert to_tf(late, "float32").numpy()[-1] > 1


@pytest.mark.parametrize(
    "numbers, name",
    [
        ([1, 2], "int64"),
        ([1, 2.5], "float64"),
        ([True, False], "bool"),
        ([True, 2], "int64"),
        ([1, 1j], "complex128"),
        ([Integer(1), QQ((1, 2))], "float64"),
        ([RealField(24)(1), QQ((1, 2))], "float32"),
        ([RDF(1), RealField(24)(1)], "float32"),
        ([1, pi], "float64"),
        ([pi, I], "complex128"),
        ([sqrt(SR(-1))], "complex128"),
        ([GF(2)(1)], "bool"),
        ([Fraction(1, 3)], "float64"),
        ([gmpy2.mpz(3)], "int64"),
        ([gmpy2.mpq(1, 3)], "float64"),
        ([np.float32(1)], "float32"),
        ([np.float32(1), Integer(1)], "float32"),
        ([np.int8(1), np.int16(2)], "int16"),
        ([ml_dtypes.bfloat16(1.5)], "bfloat16"),
        (range(5), "int64"),
        ((1, 2), "int64"),
        ([vector([1, 2]), vector(QQ, [3, 4])], "float64"),
        ([[1, 2], vector(RDF, [3, 4])], "float64"),
        ([[[1]], [[2]]], "int64"),
        ([np.array([1.0, 2.0]), [3, 4]], "float64"),
        ([RR("inf"), 1], "float64"),
        ([AA(2).sqrt(), 1], "float64"),
    ],
)
def test_a_list_takes_the_dtype_in_which_its_numbers_meet(numbers, name):
    assert to_tf(numbers).dtype.name == name
    assert to_tf(list(numbers)[::-1]).dtype.name == name


def test_numbers_without_a_common_ring_are_refused():
    with pytest.raises(TypeError, match="together"):
        to_tf([GF(2)(1), QQ((1, 2))])


@pytest.mark.parametrize("ragged", [[[1, 2], [3]], [1, [2]], [[1], [[2]]], [vector([1, 2]), vector([1])], [[[1, 2]], [[3]]]])
def test_a_ragged_list_is_refused(ragged):
    with pytest.raises(ValueError, match="ragged nested list: entry 1 has shape"):
        to_tf(ragged)


def test_an_empty_list_needs_a_dtype():
    for empty in ([], (), [[]], [[], []]):
        with pytest.raises(ValueError, match="an empty list has no ring"):
            to_tf(empty)
    assert to_tf([], "float32").shape == (0,) and to_tf([], QQ).dtype == tf.float64
    assert to_tf([[], []], "int8").shape == (2, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        "one",
        None,
        {1: 2},
        {1, 2},
        object(),
        b"1",
        ["one"],
        [None],
        [1, "two"],
        ["1.5"],
        "12",
        Decimal("1.5"),
        [[1], "ab"],
        ZZ,
        QQ["x"],
        Qp(5)(3),
        GF(4, "a").gen(),
        [Qp(5)(1)],
    ],
    ids=str,
)
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(TypeError, match="cannot convert|no dtype|expected"):
        to_tf(wrong)
    for dtype in ("float64", "complex64", "int64", "bool"):
        with pytest.raises(TypeError):
            to_tf(wrong, dtype)


@pytest.mark.parametrize(
    "array",
    [np.array([Integer(1), QQ((1, 2))], dtype=object), np.array([None]), np.array(["a"]), np.array(["2020-01-01"], "M8[D]")],
    ids=str,
)
def test_arrays_without_numbers_are_refused(array):
    with pytest.raises(TypeError, match=f"an array of dtype {array.dtype}".replace("<", "[<]").replace("[D]", ".D.")):
        to_tf(array)


@pytest.mark.parametrize("dtype", ["float23", "string", QQ["x"], str, 7], ids=str)
def test_an_unknown_dtype_is_refused(dtype):
    with pytest.raises(TypeError, match="dtype"):
        to_tf([1, 2], dtype)


def test_free_variables_are_refused_and_named():
    x, y = var("x, y")
    for given in (x + y, [1, x + y], vector([x + y, 1]), matrix(SR, 1, 1, [x + y]), SR["t"]([x + y])):
        for dtype in (None, "float64", "int64"):
            with pytest.raises(TypeError, match="free variables x, y"):
                to_tf(given, dtype)


def test_a_relation_is_no_number():
    with pytest.raises(TypeError, match="is a relation"):
        to_tf(SR(1) == SR(1))


def test_an_integer_in_disguise_is_an_integer():
    assert to_tf(QQbar(2).sqrt() ** 2, "int8").numpy() == 2 and to_tf(CC(3), "uint8").numpy() == 3


def test_constant_symbolic_containers():
    assert same(to_tf(vector([pi, sqrt(SR(2))])), [pi, sqrt(SR(2))], "float64")
    assert same(to_tf(matrix([[pi, I]])), [pi, I], "complex128")
    assert to_tf(matrix(SR, 2, 2, [1, 0, 0, 1])).dtype == tf.float64
    assert same(to_tf(SR["t"]([pi, 1])), [pi, 1], "float64")


def test_polynomials_become_their_coefficients():
    x = QQ["x"].gen()
    assert to_tf(x**2 / 2 + 3).numpy().tolist() == [3, 0, 0.5]
    assert to_tf(QQ["x"](0)).numpy().tolist() == [0] and to_tf(QQ["x"](0)).dtype == tf.float64
    assert to_tf(ZZ["x"](5)).numpy().tolist() == [5]
    assert to_tf(GF(2)["x"]([1, 0, 1])).numpy().tolist() == [True, False, True]
    u, v = QQ["u, v"].gens()
    assert to_tf(u**2 * v + 3 * v + 1).numpy().tolist() == [[1, 3], [0, 0], [0, 1]]
    assert to_tf((u * 0).parent().zero()).numpy().tolist() == [[0]]


@pytest.mark.parametrize(
    "series",
    [
        LaurentPolynomialRing(QQ, "x").gen() ** -1,
        PowerSeriesRing(QQ, "t").gen(),
        QQ["x"].gen() / (QQ["x"].gen() + 1),
        matrix(QQ["x"], 1, 1),
    ],
    ids=str,
)
def test_series_and_fractions_of_polynomials_are_refused(series):
    with pytest.raises(TypeError, match="no dtype holds"):
        to_tf(series)


@pytest.mark.parametrize("sparse", [False, True])
def test_sparse_tensors_on_request(sparse):
    m = matrix(QQ, 3, 4, {(2, 1): QQ((1, 2)), (0, 3): 5}, sparse=sparse)
    tensor = to_tf(m, sparse=True)
    assert isinstance(tensor, tf.SparseTensor) and tensor.dtype == tf.float64
    assert tensor.indices.numpy().tolist() == [[0, 3], [2, 1]]  # in TensorFlow's canonical order
    assert (tf.sparse.to_dense(tensor).numpy() == to_tf(m).numpy()).all()
    v = vector(ZZ, {3: 7, 1: -1, 5: 0}, sparse=sparse)
    tensor = to_tf(v, "int8", sparse=True)
    assert tensor.dtype == tf.int8 and tf.sparse.to_dense(tensor).numpy().tolist() == [0, -1, 0, 7, 0, 0]
    assert to_tf(zero_matrix(ZZ, 2, 3), sparse=True).dense_shape.numpy().tolist() == [2, 3]


def test_only_vectors_and_matrices_are_sparse():
    with pytest.raises(TypeError, match="expected a vector or a matrix"):
        to_tf([1, 2], sparse=True)


@pytest.mark.parametrize("source", TABLE)
@pytest.mark.parametrize("target", TABLE)
def test_arrays_and_tensors_recast_as_their_entries_do(source, target):
    kind = tf.as_dtype(source).as_numpy_dtype
    array = np.array([[0, 1, 2], [3, 1, 0]]).astype(kind)
    for given in (array, tf.constant(array), tf.Variable(array), np.asfortranarray(array), np.repeat(array, 2, axis=1)[:, ::2]):
        found = to_tf(given, target)
        assert found.shape == (2, 3) and same(found, array.reshape(-1).tolist(), target)


def test_recasting_refuses_what_does_not_fit():
    for given in (np.array([300]), tf.constant([300]), np.array([300.0])):
        with pytest.raises(OverflowError, match="300"):
            to_tf(given, "int8")
    with pytest.raises(OverflowError):
        to_tf(tf.constant([1e39], tf.float64), "float32")
    with pytest.raises(TypeError, match="is not real"):
        to_tf(tf.constant([1j]), "float64")
    with pytest.raises(TypeError, match="is no integer"):
        to_tf(tf.constant([1.5]), "int64")
    with pytest.raises(OverflowError):
        to_tf(np.array([2**64 - 1], np.uint64), "int64")
    with pytest.raises(OverflowError):
        to_tf(np.array([1e30]), "int64")


def test_gradients_pass_through_a_change_of_precision():
    x = tf.Variable([0.1, 2.0], dtype=tf.float64)
    for name in ("float32", "bfloat16", "complex64", "complex128"):
        with tf.GradientTape() as tape:
            y = tf.cast(tf.math.real(to_tf(x, name)), tf.float64) * 3
        assert tape.gradient(y, x).numpy().tolist() == [3, 3]


def test_gradients_reach_the_tensors_in_a_list():
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = to_tf([[x * x, 1], [Integer(2), x]])
        total = tf.reduce_sum(y)
    assert y.numpy().tolist() == [[4, 1], [2, 2]] and tape.gradient(total, x).numpy() == 5


@pytest.mark.parametrize("compiled", [False, True])
def test_symbolic_tensors_in_lists_and_recasts(compiled):
    @tf.function(autograph=False, jit_compile=compiled)
    def f(t):
        return to_tf([t, 2 * t, 3], "float64")

    assert f(tf.constant(1.5)).numpy().tolist() == [1.5, 3, 3]

    @tf.function(autograph=False)
    def g(t):
        return to_tf(t, "int8")

    with pytest.raises(TypeError, match="values are unknown"):
        g(tf.constant(1.5))


def test_keras_variables_are_tensors():
    assert to_tf(keras.Variable(np.ones(3, "float32"))).numpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "given",
    [vector(RDF, range(100)), identity_matrix(CDF, 20), np.arange(1000.0), random_matrix(ZZ, 20)],
    ids=["v", "m", "a", "z"],
)
def test_tensors_own_their_memory(given):
    tensor = to_tf(given)
    before = tensor.numpy()
    if isinstance(given, Matrix):
        given[0, 0] += 1
    else:
        given[0] += 1
    assert (tensor.numpy() == before).all()
    variable = tf.Variable(tensor)
    variable.assign_add(tensor)
    variable.scatter_nd_update(
        [[0]] if tensor.shape.rank == 1 else [[0, 0]], variable[:1] if tensor.shape.rank == 1 else variable[0, :1]
    )
    assert (tensor.numpy() == before).all() and (to_tf(given).numpy() != before).any()
