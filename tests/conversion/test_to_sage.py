"""Tensors of every dtype and rank into Sage, over every ring that can hold them."""

from fractions import Fraction

import keras
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CBF,
    CC,
    CDF,
    CIF,
    GF,
    QQ,
    RBF,
    RDF,
    RIF,
    RLF,
    RR,
    SR,
    ZZ,
    ComplexField,
    CyclotomicField,
    I,
    Integer,
    MatrixSpace,
    QQbar,
    QuadraticField,
    RealField,
    RealIntervalField,
    Zmod,
    matrix,
    vector,
)

from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import to_tf
from sage_tf.rings import TABLE, ring_of

REALS = ["float64", "float32", "float16", "bfloat16"]
COMPLEX = ["complex128", "complex64"]
INTEGERS = ["int64", "int32", "int16", "int8"]


def entries(name):
    """Every value of a small dtype, and characteristic ones of a large dtype, extremes and special ones among them."""
    dtype = tf.as_dtype(name)
    kind = np.dtype(dtype.as_numpy_dtype)
    if name == "bool":
        return np.array([False, True])
    if kind.itemsize <= 2:
        return np.arange(2 ** (8 * kind.itemsize), dtype=np.uint32).astype(f"u{kind.itemsize}").view(kind)
    generator = np.random.default_rng(1)
    if dtype.is_integer:
        limits = np.iinfo(kind)
        return np.concatenate(
            [generator.integers(limits.min, limits.max, 1000, kind), np.array([limits.min, limits.max, 0], kind)]
        )
    patterns = generator.integers(0, 2**64 - 1, 2000, np.uint64).view(kind)  # NaN and subnormals too
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e-45, 1.0], np.float64)
    return np.concatenate([patterns, special.astype(kind)])


@np.errstate(invalid="ignore")  # signaling NaN among the values
@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("shape", [(-1,), (1, -1), (-1, 1)])
def test_there_and_back_is_the_identity(name, shape):
    array = entries(name).reshape(shape)
    found = to_sage(tf.constant(array))
    assert found.base_ring() is ring_of(name)
    back = to_tf(found, name).numpy()
    assert back.dtype == array.dtype and back.shape == array.shape
    nan = array != array
    assert (back != back).tolist() == nan.tolist()
    assert back[~nan].tobytes() == array[~nan].tobytes()


@pytest.mark.parametrize("name", TABLE)
def test_each_rank_has_its_sage_object(name):
    array = np.array([[1, 0, 1]]).astype(tf.as_dtype(name).as_numpy_dtype)
    ring = ring_of(name)
    assert to_sage(tf.constant(array)) == matrix(ring, [[1, 0, 1]]) and to_sage(tf.constant(array)).parent() is MatrixSpace(
        ring, 1, 3
    )
    assert to_sage(tf.constant(array[0])) == vector(ring, [1, 0, 1]) and to_sage(tf.constant(array[0])).parent() is ring**3
    assert to_sage(tf.constant(array[0, 0])) == ring(1) and to_sage(tf.constant(array[0, 0])).parent() is ring


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("shape", [(0,), (0, 0), (0, 3), (2, 0)])
def test_empty_tensors_keep_their_shape(name, shape):
    found = to_sage(tf.zeros(shape, name))
    assert found.base_ring() is ring_of(name)
    assert (found.degree() if len(shape) == 1 else found.dimensions()) == (shape[0] if len(shape) == 1 else shape)


@np.errstate(invalid="ignore")  # signaling NaN among the values
@pytest.mark.parametrize("name", REALS)
def test_rationals_are_exact(name):
    array = entries(name)
    array = array[np.isfinite(array)][:3000]
    for x, q in zip(array, to_sage(tf.constant(array), QQ), strict=True):
        assert Fraction(int(q.numerator()), int(q.denominator())) == Fraction(float(x))


@pytest.mark.parametrize("ring", [QQ, AA, QQbar, QuadraticField(2), CyclotomicField(5), ZZ, GF(2), Zmod(7)], ids=str)
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_exact_rings_have_no_nan_and_no_infinity(ring, bad):
    for given in (tf.constant(bad), tf.constant([1.0, bad]), tf.constant([[bad]])):
        with pytest.raises(ValueError, match="is not finite"):
            to_sage(given, ring)


@pytest.mark.parametrize(
    "ring", [AA, QQbar, QuadraticField(2), CyclotomicField(5), QQ["x"], RLF, RealField(200), RR, RDF, CC, CDF, CBF, SR], ids=str
)
def test_every_ring_of_numbers_gets_the_exact_value(ring):
    exact = to_sage(tf.constant(0.1, tf.float64), QQ)
    found = to_sage(tf.constant([0.1, 0.5], tf.float64), ring)
    assert found.base_ring() is ring and found[0] == ring(exact) and exact != QQ((1, 10))


@pytest.mark.parametrize("ring", [ZZ, GF(2), Zmod(12), GF(7)], ids=str)
def test_rings_of_integers_take_integral_floats_only(ring):
    assert to_sage(tf.constant([3.0, -1.0]), ring) == vector(ring, [3, -1])
    assert to_sage(tf.constant(1e30, tf.float64), ring) == ring(int(1e30))
    with pytest.raises(TypeError, match="0.5 is no integer"):
        to_sage(tf.constant([3.0, 0.5]), ring)


@pytest.mark.parametrize("name", [*INTEGERS, *(n for n in TABLE if n.startswith("uint"))])
def test_integers_are_exact_in_every_ring(name):
    limit = int(np.iinfo(tf.as_dtype(name).as_numpy_dtype).max)
    t = tf.constant(limit, name)
    for ring in (ZZ, QQ, AA, SR, RealField(100), Zmod(12), RDF):
        assert to_sage(t, ring) == ring(limit)
    for field in (RIF, RBF):
        interval = to_sage(t, field)
        assert limit in interval and interval.diameter() <= 2**-52 if field is RIF else interval.overlaps(field(limit))


@np.errstate(invalid="ignore")  # signaling NaN among the values
@pytest.mark.parametrize("name", REALS)
def test_intervals_are_tight(name):
    array = entries(name)
    array = array[np.isfinite(array)][:500]
    for x, interval in zip(array, to_sage(tf.constant(array), RIF), strict=True):
        assert interval.lower() == interval.upper() == RR(float(x))
    for x, ball in zip(array, to_sage(tf.constant(array), RBF), strict=True):
        assert ball.is_exact() and ball.mid() == RR(float(x))


def test_narrow_intervals_round_outwards():
    interval = to_sage(tf.constant(0.1, tf.float64), RealIntervalField(24))
    exact = to_sage(tf.constant(0.1, tf.float64), QQ)
    assert interval.lower().exact_rational() < exact < interval.upper().exact_rational()
    assert interval.upper() == interval.lower().nextabove()


@pytest.mark.parametrize(
    "ring", [CC, CDF, CBF, CIF, QQbar, SR, ComplexField(200), QuadraticField(-1), CyclotomicField(4)], ids=str
)
@pytest.mark.parametrize("name", COMPLEX)
def test_complex_numbers(ring, name):
    found = to_sage(tf.constant([0.5 + 2j, 1], name), ring)
    assert found.base_ring() is ring and found == vector(ring, [ring(QQ((1, 2))) + 2 * ring(I), ring(1)])


@pytest.mark.parametrize("ring", [RR, RDF, RIF, QQ, ZZ, AA, RealField(24), GF(2)], ids=str)
def test_a_real_ring_takes_complex_numbers_without_imaginary_part_only(ring):
    assert to_sage(tf.constant([1 + 0j]), ring)[0] == ring(1)
    for given in (tf.constant(1j), tf.constant([1 + 0j, 1j]), tf.constant([[1j]])):
        with pytest.raises(TypeError, match="1j is not real"):
            to_sage(given, ring)


def test_nan_and_infinity_survive_in_inexact_rings():
    for ring in (RR, RDF, RealField(24), CC, CDF, SR):
        nan, infinity = to_sage(tf.constant([np.nan, -np.inf]), ring)
        assert nan != nan or str(nan) == "NaN"
        assert to_tf(infinity).numpy().real == -np.inf


@pytest.mark.parametrize("value", ["QQ", float, 3, "float64"])
def test_what_is_no_ring_is_refused(value):
    with pytest.raises(TypeError, match="expected a Sage ring"):
        to_sage(tf.constant(1.0), value)


def test_variables_and_keras_variables():
    assert to_sage(tf.Variable([1, 2])) == vector(ZZ, [1, 2])
    assert to_sage(keras.Variable(np.array([1.5, 2], "float32"))) == vector(RealField(24), [1.5, 2])
    assert to_sage(tf.Variable([[1.0]], dtype=tf.float64)) == matrix(RDF, [[1]])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0), (0, 2), (2, 3, 4), (2, 0, 3), (1, 2, 1, 2)])
def test_nested_lists_of_any_rank(shape):
    array = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    found = to_sage(tf.constant(array), QQ, nested=True)
    assert found == array.tolist()
    while isinstance(found, list) and found:
        found = found[0]
    assert found == [] or found.parent() is QQ


@pytest.mark.parametrize("name", TABLE)
def test_rank_three_and_above_become_elements_of_tensor_spaces(name):
    from sage_tf.tensors.space import TensorSpace

    raw = tf.ones((2, 1, 3), name)
    found = to_sage(raw)
    assert found.parent() is TensorSpace(name, (2, 1, 3)) and (found.numpy() == raw.numpy()).all()


def test_rank_three_over_another_ring():
    raw = tf.ones((2, 1, 3), tf.float64)
    assert to_sage(raw, RealField(24)).dtype() == tf.float32
    assert to_sage(raw, ZZ).dtype() == tf.int64
    with pytest.raises(ValueError, match="nested=True"):
        to_sage(raw, QQ)
    with pytest.raises(TypeError, match="is no integer"):
        to_sage(raw / 2, ZZ)


def test_sparse_tensors_become_sparse():
    m = to_sage(tf.SparseTensor([[0, 2], [1, 0]], [0.5, 2.0], [2, 3]), QQ)
    assert m == matrix(QQ, [[0, 0, 0.5], [2, 0, 0]]) and m.is_sparse()
    v = to_sage(tf.SparseTensor([[5]], np.array([7], np.int8), [10**9]))
    assert v.degree() == 10**9 and v.dict() == {5: 7} and v.is_sparse()
    assert to_sage(tf.SparseTensor([[1]], [7], [3]), nested=True) == [0, 7, 0]
    empty = to_sage(tf.SparseTensor(np.zeros((0, 2), np.int64), np.zeros(0), [2, 3]))
    assert empty.is_zero() and empty.dimensions() == (2, 3)


def test_sparse_there_and_back():
    m = matrix(ZZ, 5, 6, {(4, 5): 3, (0, 1): -2}, sparse=True)
    assert to_sage(to_tf(m, sparse=True)) == m
    assert to_sage(tf.SparseTensor([[0, 0, 1]], [2], [1, 1, 2]), nested=True) == [[[0, 2]]]


@pytest.mark.parametrize("indices, wrong", [([[1], [1]], "twice"), ([[1], [7]], "outside")])
def test_malformed_sparse_tensors_are_refused(indices, wrong):
    with pytest.raises(ValueError, match=wrong):
        to_sage(tf.SparseTensor(indices, [1, 2], [3]))


@pytest.mark.parametrize("nested", [[[1.5], [], [2.0, 3.0]], [[[1.5], []], [], [[2.0, 0.25]]], [[]]])
def test_ragged_tensors_become_nested_lists(nested):
    assert to_sage(tf.ragged.constant(nested, dtype=tf.float64), QQ) == nested


def test_ragged_tensors_with_a_uniform_inner_dimension():
    ragged = tf.RaggedTensor.from_row_splits(tf.constant([[1, 2], [3, 4], [5, 6]]), [0, 1, 1, 3])
    assert to_sage(ragged) == [[[1, 2]], [], [[3, 4], [5, 6]]]


def test_indexed_slices_become_dense():
    slices = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), dense_shape=tf.constant([3, 2]))
    assert to_sage(slices, QQ) == matrix(QQ, [[0, 0], [1, 2], [0, 0]])


@pytest.mark.parametrize("given", [1, "one", [1, 2], None, Integer(1), np.ones(2)], ids=str)
def test_what_is_no_tensor_is_refused(given):
    with pytest.raises(TypeError, match="expected a tensor"):
        to_sage(given)


@pytest.mark.parametrize(
    "given",
    [tf.constant("one"), tf.constant(["a", "b"]), tf.ragged.constant([["a"]]), tf.SparseTensor([[0]], ["a"], [2])],
    ids=["scalar", "vector", "ragged", "sparse"],
)
def test_strings_are_refused(given):
    with pytest.raises(TypeError, match="dtype 'string' has no Sage ring"):
        to_sage(given)


@pytest.mark.parametrize(
    "given",
    [
        tf.constant([1.0]),
        tf.SparseTensor([[0]], [1.0], [2]),
        tf.ragged.constant([[1.0]]),
        tf.IndexedSlices(tf.ones((1, 2)), tf.constant([0]), tf.constant([3, 2])),
    ],
    ids=["dense", "sparse", "ragged", "slices"],
)
def test_symbolic_tensors_are_refused(given):
    @tf.function(autograph=False)
    def f(t):
        to_sage(t)

    with pytest.raises(TypeError, match="no value while tf.function traces"):
        f(given)
    with pytest.raises(TypeError, match="expected a tensor that has a value"):
        to_sage(keras.Input((3,)))


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("shape", [(100,), (10, 10)])
def test_neither_side_sees_what_the_other_writes(dtype, shape):
    variable = tf.Variable(np.ones(shape, dtype))
    raw = variable.read_value()
    found, of_variable = to_sage(raw), to_sage(variable)
    variable.assign_add(variable)
    if len(shape) == 1:
        found[0] = 7
    else:
        found[0, 0] = 7
    assert (raw.numpy() == 1).all() and sum(of_variable.list()) == 100 and (variable.numpy() == 2).all()
    assert found.list()[1] == 1
    found.set_immutable()
    assert hash(found) == hash(found)


def test_a_transposed_tensor_keeps_its_order():
    t = tf.transpose(tf.reshape(tf.range(6, dtype=tf.float64), (2, 3)))
    assert to_sage(t) == matrix(RDF, [[0, 3], [1, 4], [2, 5]])
    m = matrix(RDF, 2, 3, range(6)).transpose()
    assert to_tf(m).numpy().tolist() == [[0, 3], [1, 4], [2, 5]]
