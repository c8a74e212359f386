"""Tensors as Sage elements, against Sage's own vectors and matrices and exact arithmetic."""
import operator
from copy import copy
from itertools import product

import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CDF,
    GF,
    QQ,
    RDF,
    RIF,
    RR,
    SR,
    ZZ,
    I,
    Integer,
    NaN,
    RealField,
    Zmod,
    arctan,
    cos,
    exp,
    latex,
    load,
    log,
    matrix,
    oo,
    pi,
    save,
    sin,
    sqrt,
    vector,
    x,
)

import sage_tf  # noqa: F401
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.space import TensorSpace

FLOATS = ['float64', 'float32', 'float16', 'bfloat16', 'complex128', 'complex64']
EXACT = ['int64', 'int32', 'int16', 'int8', 'uint64', 'uint32', 'uint16', 'uint8', 'bool']


# -- construction ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('data, dtype, shape', [
    ([1, 2], 'int64', (2,)), ([1, QQ((1, 2))], 'float64', (2,)), ([[1, 2.5]], 'float64', (1, 2)), (5, 'int64', ()),
    ([1, I], 'complex128', (2,)), (vector(GF(2), [1, 0]), 'bool', (2,)), (matrix(RealField(24), 1, [1]), 'float32', (1, 1)),
    ([True, False], 'bool', (2,)), ([vector([1, 2]), vector([3, 4])], 'int64', (2, 2)), (np.zeros((2, 3), 'float32'), 'float32', (2, 3)),
    ([[[1]]], 'int64', (1, 1, 1)), (pi, 'float64', ()), ([Zmod(256)(3)], 'uint8', (1,)), ([oo, 1], 'float64', (2,)),
])
def test_a_tensor_deduces_its_space(data, dtype, shape):
    assert Tensor(data).parent() is TensorSpace(dtype, shape)


@pytest.mark.parametrize('data, base, error', [
    ([[1, 2], [3]], None, ValueError), ([1, [2]], None, ValueError), ([], None, ValueError), ('one', None, TypeError),
    ([1], 'float23', TypeError), (x, None, TypeError), ([x], None, TypeError), (matrix([[x]]), None, TypeError),
    ([CDF(1, 1)], RDF, TypeError), ([QQ((1, 2))], ZZ, TypeError), ([300], 'int8', OverflowError), ([NaN], ZZ, (TypeError, ValueError)),
    (np.array([object()]), None, TypeError), ([None], None, TypeError), ({}, None, TypeError), ([2**70], 'int64', OverflowError),
    ([RIF(1, 2)], None, TypeError), ([1e300], 'float32', OverflowError),
])
def test_bad_data_raise(data, base, error):
    with pytest.raises(error) as caught:
        Tensor(data, base)
    assert len(str(caught.value)) > 20 and str(caught.value).count('\n') == 0


# -- indexing ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('key', [0, -1, (1, 2), (Ellipsis, 0), slice(1, None), (slice(None, None, -1), 1), (None, 0), (0, None, 1),
                                 (0, slice(5, 1, -2), Ellipsis), (slice(0, 0),), (1, 2, 3), Ellipsis, ()])
def test_indexing_is_numpys(key):
    array = np.arange(24.0).reshape(2, 3, 4)
    expected = array[key]
    found = Tensor(array)[key]
    if np.ndim(expected):
        assert np.array_equal(found.numpy(), expected) and found.shape() == expected.shape
    else:
        assert found == expected and found.parent() is RDF


@pytest.mark.parametrize('key, error', [(3, IndexError), (-4, IndexError), ((0, 0, 0), IndexError), (QQ((1, 2)), TypeError), ('a', TypeError),
                                        (1.0, TypeError), (True, TypeError), ((Ellipsis, Ellipsis), IndexError), (slice(0, 1, 0), ValueError),
                                        ([0, 1], TypeError)])
def test_bad_indices_raise(key, error):
    with pytest.raises(error):
        Tensor(matrix(3, range(9)))[key]


@pytest.mark.parametrize('key, value', [(0, 5), ((1, 2), QQ(7)), (slice(0, 2), [[1, 2, 3], [4, 5, 6]]), ((slice(None), 1), 8), (Ellipsis, 0),
                                        ((slice(None, None, -1), 0), [1, 2, 3])])
def test_assignment_is_numpys(key, value):
    array, t = np.arange(9).reshape(3, 3), Tensor(matrix(3, range(9)))
    array[key] = np.array(value, dtype=int)
    t[key] = value
    assert np.array_equal(t.numpy(), array)


def test_assignment_refuses_what_does_not_fit():
    t = Tensor([1, 2])
    for value, error in [([1, 2, 3], ValueError), (QQ((1, 2)), TypeError), (2**70, OverflowError)]:
        with pytest.raises(error):
            t[:] = value
    assert t == vector([1, 2])


# -- arithmetic --------------------------------------------------------------------------------------------------------

INTEGER_EDGES = [0, 1, -1, 2, 7, 127, -128, 32767, -32768, 2**31 - 1, -2**31, 2**62, 2**63 - 1, -2**63, 3037000500, -3037000500]


@pytest.mark.parametrize('dtype, bits', [('int8', 8), ('int16', 16), ('int32', 32), ('int64', 64)])
@pytest.mark.parametrize('operate', [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod])
def test_signed_arithmetic_is_exact_or_raises(dtype, bits, operate):
    edges = [n for n in INTEGER_EDGES if -2**(bits - 1) <= n < 2**(bits - 1)]
    for a, b in product(edges, repeat=2):
        s, t = Tensor([a], base=dtype), Tensor([b], base=dtype)
        if b == 0 and operate in (operator.floordiv, operator.mod):
            with pytest.raises(ZeroDivisionError):
                operate(s, t)
            continue
        exact = operate(a, b)
        if -2**(bits - 1) <= exact < 2**(bits - 1):
            assert operate(s, t).list() == [exact], (a, b)
        else:
            with pytest.raises(OverflowError):
                operate(s, t)


def test_negation_and_absolute_value_of_the_least_integer_raise():
    for operate in (operator.neg, operator.abs):
        with pytest.raises(OverflowError):
            operate(Tensor([-2**63]))


@pytest.mark.parametrize('dtype, bits', [('int8', 8), ('int64', 64)])
def test_powers_of_integers_are_exact_or_raise(dtype, bits):
    for a in (-3, -2, -1, 0, 1, 2, 3, 10):
        for n in range(0, 70):
            exact = ZZ(a)**n
            if -2**(bits - 1) <= exact < 2**(bits - 1):
                assert (Tensor([a], base=dtype)**n).list() == [exact]
            else:
                with pytest.raises(OverflowError):
                    Tensor([a], base=dtype)**n


@pytest.mark.parametrize('dtype, bits', [('uint8', 8), ('uint16', 16), ('uint32', 32), ('uint64', 64)])
@pytest.mark.parametrize('operate', [operator.add, operator.sub, operator.mul, operator.truediv])
def test_unsigned_arithmetic_is_modular(dtype, bits, operate):
    ring = Zmod(2**bits)
    for a, b in product([0, 1, 2, 3, 7, 2**(bits - 1), 2**bits - 1], repeat=2):
        s, t = Tensor([a], base=dtype), Tensor([b], base=dtype)
        if operate is operator.truediv and b % 2 == 0:
            with pytest.raises(ZeroDivisionError):
                operate(s, t)
        else:
            assert operate(s, t).list() == [operate(ring(a), ring(b))]


def test_boolean_arithmetic_is_that_of_the_field_with_two_elements():
    field = GF(2)
    for operate, a, b in product([operator.add, operator.sub, operator.mul], [0, 1], [0, 1]):
        assert operate(Tensor([a], base=field), Tensor([b], base=field)).list() == [operate(field(a), field(b))]


@pytest.mark.parametrize('dtype', ['int64', 'int8', 'uint8', 'bool', 'float64', 'complex128'])
def test_contraction_is_the_matrix_product(dtype):
    ring = TensorSpace(dtype, ()).base_ring()
    a, b = matrix(ring, 2, 3, [1, 2, 3, 1, 0, 1]), matrix(ring, 3, 2, [0, 1, 1, 2, 1, 3])
    v = vector(ring, [1, 1, 0])
    assert (Tensor(a, dtype) @ Tensor(b, dtype)).to_sage(ring) == a * b
    assert (Tensor(a, dtype) @ Tensor(v, dtype)).to_sage(ring) == a * v
    assert (Tensor(v, dtype) @ Tensor(b, dtype)).to_sage(ring) == v * b
    assert (a * Tensor(v, dtype)).to_sage(ring) == a * v and (Tensor(v, dtype) * b).to_sage(ring) == v * b


def test_contraction_of_integers_does_not_overflow():
    with pytest.raises(OverflowError):
        Tensor([2**40, 1]) @ Tensor([2**40, 1])
    assert (Tensor([2**32, 2**32]) @ Tensor([2**31, -2**31])).list() == 0


def test_contraction_of_higher_ranks_is_numpys():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(4, 2, 3)), rng.normal(size=(3, 5))
    assert np.allclose((Tensor(a) @ Tensor(b)).numpy(), a @ b) and np.allclose((Tensor(a) @ Tensor(b[:, 0])).numpy(), a @ b[:, 0])


def test_quotients_are_rounded_once():
    for a, b in product([1, 2, 10, 2**53 + 1, 2**62 + 3], [3, 7, 49, 2**61 - 1]):
        exact = QQ(a) / b
        nearest = float(RealField(53)(exact))
        assert (Tensor([a]) / Tensor([b])).numpy()[0] == nearest
        assert (Tensor([RDF(a)]) / b).numpy()[0] == np.float64(a) / np.float64(b)


@pytest.mark.parametrize('dtype', FLOATS)
def test_nan_and_infinity_survive(dtype):
    t = Tensor([NaN, oo, -oo, 1], base=dtype)
    real = t.to_sage() if not t.dtype().is_complex else vector([z.real() for z in t.to_sage()])
    assert [str(z) for z in real][:3] in (['NaN', '+infinity', '-infinity'], ['NaN', '+infinity', '-infinity'])
    assert np.array_equal(Tensor(t.to_sage()).numpy().astype(complex), t.numpy().astype(complex), equal_nan=True)


def test_floats_divide_by_zero_and_integers_do_not():
    assert (Tensor([1.0, -1.0]) / 0).list() == [RDF(oo), RDF(-oo)]
    with pytest.raises(ZeroDivisionError):
        Tensor([1]) / 0


def test_scalars_of_every_ring_act():
    t = Tensor([1, 2])
    for scalar, expected in [(3, [3, 6]), (QQ((1, 2)), [0.5, 1]), (RDF(0.5), [0.5, 1]), (RR(0.5), [0.5, 1]), (AA(4).sqrt(), [2, 4]),
                             (SR(3), [3, 6]), (pi, [np.pi, 2*np.pi]), (sqrt(SR(2)), [2**.5, 8**.5]), (2.5, [2.5, 5]), (np.float64(2), [2, 4])]:
        assert np.allclose((scalar * t).numpy(), expected) and np.allclose((t * scalar).numpy(), expected), scalar


def test_a_float32_tensor_stays_float32():
    t = Tensor([1.5, 2], base='float32')
    for other in (3, QQ((1, 3)), RDF(1), RR(1), pi, 2.5, vector(QQ, [1, 2]), matrix(RDF, 2), np.float64(2)):
        assert (t + other).dtype() == tf.float32 and (other + t).dtype() == tf.float32, other


def test_powers_of_floats_agree_with_sage():
    for base, n in product([-2.0, 0.5, 3.0], [-3, -1, 0, 1, 2, 7]):
        assert np.isclose((Tensor([base])**n).numpy()[0], float(RR(base)**n))
    z = CDF(1, 2)
    assert np.isclose((Tensor([z])**3).numpy()[0], complex(z**3)) and np.isclose((Tensor([z])**QQ((1, 2))).numpy()[0], complex(z.sqrt()))
    assert (Tensor([CDF(0)])**2).list() == [0] and (Tensor([CDF(-1)])**2).list() == [1]


# -- functions ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('function', [sin, cos, exp, log, sqrt, arctan])
def test_functions_of_sage_take_tensors(function):
    values = [QQ((1, 2)), 2, 3]
    for dtype, tolerance in [('float64', 1e-14), ('float32', 1e-6), ('complex128', 1e-14)]:
        found = function(Tensor(values, base=dtype))
        assert found.dtype().name == dtype
        assert np.allclose(found.numpy(), [complex(function(SR(v)).n(100)) for v in values], rtol=tolerance)


def test_gradients_flow_through_sage_tensors():
    raw = tf.constant([0.5, 2.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(raw)
        t = Tensor(raw)
        y = (matrix(QQ, [[1, 2], [3, 4]]) * (t**3 * 2 + sin(t) / t)).to_tf()
    a = np.array([[1, 2], [3, 4]])
    z = raw.numpy()
    expected = a.sum(axis=0) * (6*z**2 + np.cos(z)/z - np.sin(z)/z**2)
    assert np.allclose(tape.gradient(y, raw), expected)


# -- comparison, hash, copies ------------------------------------------------------------------------------------------

def test_hashing_follows_sages_vectors():
    t = Tensor([1, 2])
    with pytest.raises(TypeError):
        hash(t)
    t.set_immutable()
    s = Tensor([1, 2])
    s.set_immutable()
    assert len({s, t}) == 1
    with pytest.raises(ValueError):
        t[0] = 3
    u = copy(t)
    u[0] = 3
    assert t[0] == 1 and u.is_mutable()


def test_operations_do_not_change_their_operands():
    t = Tensor([1.0, 2.0])
    _ = t + 1, t * 2, -t, t.reshape(2, 1), t.transpose(), sin(t)
    assert t == vector(RDF, [1, 2])
    array = t.numpy().copy()
    array[0] = 7
    assert t[0] == 1


def test_equality_is_of_all_entries():
    assert Tensor([1, 2]) == vector([1, 2]) and Tensor([1, 2]) != vector([1, 3]) and Tensor([2, 2]) == 2
    assert Tensor([1, 2]) != 'a' and not (Tensor([1, 2]) == Tensor([1, 2, 3]))
    with pytest.raises(TypeError):
        operator.lt(Tensor([I]), Tensor([I]))


def test_saved_tensors_are_loaded(tmp_path):
    for dtype in FLOATS + EXACT:
        t = TensorSpace(dtype, (2, 3)).an_element()
        save(t, str(tmp_path / dtype))
        assert load(str(tmp_path / dtype)) == t


def test_representations_are_sages():
    assert repr(Tensor([1, 2])) == '(1, 2)' and repr(Tensor([[1], [2]])) == '[1]\n[2]' and repr(Tensor(QQ((1, 2)))) == '0.5'
    assert repr(Tensor(np.zeros(10**6))) == 'Tensor of shape (1000000,) over float64'
    assert str(latex(Tensor([[1, 2]]))) == str(latex(matrix([[1, 2]])))


def test_reshape_checks_the_number_of_entries():
    t = Tensor(range(6))
    assert t.reshape(2, -1).shape() == (2, 3) and t.reshape((Integer(3), Integer(2))).shape() == (3, 2)
    for shape in [(4,), (-1, 4), (-1, -1), (0,)]:
        with pytest.raises(ValueError):
            t.reshape(*shape)


# -- what once was wrong -----------------------------------------------------------------------------------------------

def test_scalars_beyond_the_dtype_raise_in_every_operation():
    huge = ZZ(10)**400
    for operate in (operator.add, operator.sub, operator.mul, operator.truediv):
        for pair in ((Tensor([RDF(10)]), huge), (huge, Tensor([RDF(10)]))):
            with pytest.raises(OverflowError):
                operate(*pair)


def test_scalars_are_rounded_once():
    number = (QQ((3, 2)) - QQ(2)**-13) * QQ(2)**-24
    for dtype in ('float16', 'bfloat16', 'float32'):
        t = Tensor([1], base=dtype)
        expected = Tensor([number], base=dtype)
        assert number * t == t * number == expected


def test_negative_powers_of_integers_are_float64():
    for base, n in [(2, -70), (10, -19), (3, -5), (-2, -7)]:
        for dtype in ('int8', 'int64'):
            assert (Tensor([base], base=dtype)**n).list() == [RDF(RealField(53)(ZZ(base)**n))]
    with pytest.raises(ZeroDivisionError):
        Tensor([0])**-1


def test_integer_powers_of_complex_numbers_are_products():
    z = Tensor([CDF(0, 1), CDF(1, 2)])
    assert (z**2).list() == [CDF(-1), CDF(-3, 4)] and (z**Tensor([2, 0])).list() == [CDF(-1), CDF(1)]
    assert (CDF(0, 1)**Tensor([2, 3])).list() == [CDF(-1), CDF(0, -1)]


def test_arrays_are_equal_to_tensors_with_their_entries():
    assert Tensor([1, 2]) == np.array([1, 2]) and np.array([1, 2]) == Tensor([1, 2]) and Tensor([1, 2]) != np.array([1, 3])


def test_equal_tensors_over_different_rings_have_equal_hashes():
    tensors = [TensorSpace(dtype, 2).one() for dtype in ('int8', 'float32', 'float64', 'complex128', 'uint8')]
    assert all(t == tensors[0] for t in tensors[:4]) and len(set(tensors)) <= 2


def test_nested_lists_of_empty_tensors_come_back():
    for shape in [(0,), (0, 2), (2, 0), (2, 0, 2)]:
        t = TensorSpace(RDF, shape).one()
        assert t.parent()(t.list()) == t


def test_transposition_needs_every_axis_once():
    for axes in [(0, 0), (0,), (0, 1, 2), (1, 2)]:
        with pytest.raises(ValueError):
            Tensor([[1, 2]]).transpose(*axes)


def test_a_number_of_an_integer_dtype_is_an_index():
    assert list(range(Tensor(3))) == [0, 1, 2]
    with pytest.raises(TypeError):
        range(Tensor(RDF(3)))


def test_products_with_matrices_of_variables_work_on_both_sides():
    m = matrix([[x, 1], [0, 1]])
    t = Tensor([[1, 2], [3, 4]])
    assert m * t == m * t.to_sage(SR) and t * m == t.to_sage(SR) * m and m @ t == m * t and t @ m == t * m
