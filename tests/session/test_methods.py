"""Raw tensors and Sage objects in one expression, in either order, eager and traced."""
import operator

import keras
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CC,
    CDF,
    CIF,
    GF,
    QQ,
    RBF,
    RDF,
    RIF,
    RR,
    SR,
    ZZ,
    I,
    Integer,
    QQbar,
    RealField,
    Zmod,
    abs_symbolic,
    arctan,
    cos,
    exp,
    latex,
    log,
    matrix,
    pi,
    sin,
    sqrt,
    var,
    vector,
)

from sage_tf import session
from sage_tf.tensors.element import Tensor

x, y = var('x, y')
M = matrix([[1, 2], [3, 4]])
A = np.array([[1.0, 2.0], [3.0, 4.0]])
RAW = {
    'tensor': lambda values: tf.constant(values, tf.float64),
    'variable': lambda values: tf.Variable(values, dtype=tf.float64),
    'keras variable': lambda values: keras.Variable(values, dtype='float64'),
}


def values(obj):
    return np.asarray(obj.numpy() if hasattr(obj, 'numpy') else obj, dtype=complex)


@pytest.mark.parametrize('kind', RAW)
@pytest.mark.parametrize('operate', [operator.add, operator.sub])
@pytest.mark.parametrize('other, array', [(vector([1, 2]), [1, 2]), (M, A), (3, 3), (QQ((1, 2)), 0.5), (pi, np.pi), (sqrt(SR(2)), 2**.5), (RDF(2), 2)])
def test_sums_mean_the_same_in_either_order(kind, operate, other, array):
    raw = RAW[kind]([1.5, 2.0])
    assert np.allclose(values(operate(raw, other)), operate(np.array([1.5, 2]), array))
    assert np.allclose(values(operate(other, raw)), operate(array, np.array([1.5, 2])))


@pytest.mark.parametrize('kind', RAW)
@pytest.mark.parametrize('operate', [operator.mul, operator.matmul])
@pytest.mark.parametrize('data', [[[1.5, 2.0], [1.0, 2.0]], [1.5, 2.0]])
def test_a_matrix_multiplies_as_a_matrix(kind, operate, data):
    raw, array = RAW[kind](data), np.array(data)
    assert np.allclose(values(operate(M, raw)), A @ array)
    assert np.allclose(values(operate(raw, M)), array @ A)
    assert np.allclose(values(operate(M.sparse_matrix(), raw)), A @ array)
    assert np.allclose(values(operate(M.change_ring(SR), raw)), A @ array)


def test_a_matrix_and_a_tensor_divide_as_matrices_or_not_at_all():
    raw = tf.constant([[1.5, 2.0]], tf.float64)
    assert np.allclose(values(raw / M), np.array([[1.5, 2.0]]) @ np.linalg.inv(A))
    for operate in (lambda: M / raw, lambda: M ** raw, lambda: M ** Tensor(raw), lambda: M / Tensor(raw)):
        with pytest.raises((TypeError, NotImplementedError)):
            operate()


def test_shapes_that_do_not_fit_raise():
    raw = tf.constant([1.0, 2.0, 3.0])
    for operate in (lambda: M * raw, lambda: raw * M, lambda: vector([1, 2]) + raw, lambda: raw + vector([1, 2]), lambda: M @ raw):
        with pytest.raises((ValueError, TypeError, tf.errors.InvalidArgumentError)):
            operate()


@pytest.mark.parametrize('other, expected', [(QQ((1, 2)), [1.5, 2.5]), (vector([QQ((1, 2)), 1]), [1.5, 3]), (pi, [1 + np.pi, 2 + np.pi]),
                                             (I, [1 + 1j, 2 + 1j]), (CDF(0, 1), [1 + 1j, 2 + 1j]), (1.5, [2.5, 3.5])])
def test_what_an_integer_tensor_cannot_hold_is_left_to_sage(other, expected):
    raw = tf.constant([1, 2])
    if other != 1.5:                        # a Python float is TensorFlow's own affair
        assert np.allclose(values(raw + other), expected)
    assert np.allclose(values(other + Tensor(raw)), expected)


def test_a_complex_number_makes_a_real_tensor_complex():
    raw = tf.constant([1.0, 2.0])
    assert (raw * I).to_tf().dtype == (I * raw).to_tf().dtype == tf.complex64
    assert (raw + vector(CDF, [1, I])).to_tf().dtype == tf.complex64


def test_a_float32_tensor_stays_float32():
    raw = tf.constant([1.0, 2.0])
    for other in (3, QQ((1, 3)), RDF(1), pi, vector(RDF, [1, 2]), M):
        for result in (raw * other, other * raw):
            assert result.dtype == tf.float32 if isinstance(result, tf.Tensor) else result.dtype() == tf.float32


def test_variables_of_expressions_make_vectors_of_expressions():
    raw = tf.constant([1.5, 2.0], tf.float64)
    for product in (x * raw, raw * x, Tensor(raw) * x, x * Tensor(raw)):
        assert bool(product[1] == 2*x) and product.parent() == SR**2
    assert bool((raw / x)[1] == 2/x)
    for operate in (lambda: x + raw, lambda: raw + x, lambda: raw - x, lambda: matrix([[x, 1]]) + raw):
        with pytest.raises(TypeError):
            operate()
    assert bool((matrix([[x, 1]]) * raw)[0] == 1.5*x + 2)


def test_everything_stays_raw_while_tensorflow_traces():
    half, v = QQ((1, 2)), vector(QQ, [1, QQ((1, 2))])

    @tf.function
    def f(t):
        return half * t + t * half + pi * t + v * t + t * v + M * t + t * M + (t + v) + (v + t) + Integer(2)**t + t**Integer(2) - M @ t

    for spec in ([2], [None], None):
        t = np.array([1.5, 2.0])
        traced = f.get_concrete_function(tf.TensorSpec(spec, tf.float64))(tf.constant(t)) if spec != [None] and spec else f(tf.constant(t))
        w = np.array([1, 0.5])
        expected = t + np.pi*t + 2*w*t + A @ t + t @ A + 2*(t + w) + 2**t + t**2 - A @ t
        assert np.allclose(traced, expected)


def test_gradients_flow_through_mixed_expressions():
    t = tf.Variable([1.5, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((M * t * pi).to_tf()) + tf.reduce_sum(t * M)
    assert np.allclose(tape.gradient(loss, t), A.sum(axis=0) * np.pi + A.sum(axis=1))


@pytest.mark.parametrize('ring, number', [(RR, 1.5), (RDF, 1.5), (QQ, QQ((3, 2))), (SR, 1.5), (CC, 1.5), (CDF, 1.5), (RIF, 1.5), (CIF, 1.5), (RBF, 1.5),
                                          (AA, QQ((3, 2))), (QQbar, QQ((3, 2))), (RealField(100), 1.5)])
@pytest.mark.parametrize('kind', RAW)
def test_rings_take_raw_tensors(ring, number, kind):
    assert ring(RAW[kind](1.5)) == ring(number) and ring(RAW[kind](1.5)).parent() is ring
    assert ring(Tensor(1.5)) == ring(number)
    with pytest.raises((TypeError, ValueError)):
        ring(RAW[kind]([1.5, 2.0]))


def test_integer_rings_take_integers_only():
    assert ZZ(tf.constant(2.0)) == 2 and ZZ(tf.constant(7)) == 7 and GF(5)(tf.constant(7)) == 2 and Zmod(4)(tf.constant(7)) == 3
    for bad in (tf.constant(1.5), tf.constant(float('nan')), tf.constant([1])):
        with pytest.raises((TypeError, ValueError)):
            ZZ(bad)


@pytest.mark.parametrize('kind', RAW)
def test_vector_and_matrix_take_raw_tensors(kind):
    assert vector(RAW[kind]([1.5, 2.0])) == vector(RDF, [1.5, 2]) and vector(QQ, RAW[kind]([1.5, 2.0])) == vector(QQ, [1.5, 2])
    assert matrix(RAW[kind](A)) == matrix(RDF, A) and matrix(QQ, RAW[kind](A)) == matrix(QQ, 2, 2, [1, 2, 3, 4])
    assert matrix(RAW[kind]([1.0, 2.0])) == matrix(RDF, 1, 2, [1, 2])
    with pytest.raises(TypeError):
        vector(RAW[kind](A))


def test_sparse_and_ragged_tensors_cross_over():
    sparse = tf.sparse.from_dense([[0, 1.5], [0, 0]])
    assert matrix(sparse).is_sparse() and matrix(sparse)[0, 1] == 1.5 and sparse.to_sage() == matrix(sparse)
    assert tf.ragged.constant([[1], [2, 3]]).to_sage() == [[1], [2, 3]]


@pytest.mark.parametrize('function', [sin, cos, exp, log, sqrt, arctan, abs_symbolic])
@pytest.mark.parametrize('kind', RAW)
def test_functions_of_sage_take_raw_tensors(function, kind):
    raw = RAW[kind]([0.5, 2.0])
    assert np.allclose(values(function(raw)), [float(function(RR(v))) for v in (0.5, 2)])


def test_tensorflow_functions_take_sage_objects():
    raw = tf.constant([[1.5, 2.0]], tf.float64)
    assert np.allclose(tf.sin(pi/2), 1) and np.allclose(tf.matmul(raw, M), np.array([[1.5, 2]]) @ A)
    assert np.allclose(tf.stack([QQ((1, 2)), pi]), [0.5, np.pi]) and tf.reduce_sum(vector(ZZ, [1, 2])).numpy() == 3
    assert tf.add(tf.constant(1.0), QQ((1, 3))).dtype == tf.float32
    assert tf.convert_to_tensor(Tensor([1, 2])).dtype == tf.int64
    with pytest.raises(TypeError):
        tf.sin(x)
    with pytest.raises((OverflowError, TypeError, ValueError)):
        tf.constant([1]) + Integer(2)**70


def test_callable_expressions_take_tensors():
    f = (sin(2*pi*x) + y**2).function(x, y)
    for dtype in (tf.float32, tf.float64):
        t = tf.constant([1.5, 2.0], dtype)
        result = f(t, 3)
        assert result.dtype == dtype and np.allclose(result, np.sin(2*np.pi*np.array([1.5, 2])) + 9, atol=1e-5)
    assert isinstance(f(Tensor([1.5]), Tensor([2])), Tensor)
    assert np.allclose(values(f(x=tf.constant(1.5), y=2)), np.sin(3*np.pi) + 4, atol=1e-5)
    assert f(1, 2) == 4


def test_latex_of_a_raw_tensor_is_that_of_its_entries():
    assert latex(tf.constant([1, 2])) == latex(vector([1, 2]))


def test_uninstalling_takes_everything_back():
    session.uninstall()
    try:
        assert not hasattr(pi, 'to_tf') and not hasattr(tf.Tensor, 'to_sage') and not hasattr(tf.Tensor, '_sage_')
        with pytest.raises((TypeError, ValueError)):
            vector([1, 2]) + tf.constant([1.0, 2.0])
        with pytest.raises((TypeError, ValueError)):
            tf.sin(pi)
    finally:
        session.install()
    assert hasattr(pi, 'to_tf') and np.allclose(tf.sin(pi/2), 1)


@pytest.mark.parametrize('operate', [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@pytest.mark.parametrize('number', [0, QQ((1, 2)), RR(1.5), 2, pi])
def test_comparisons_with_raw_tensors_are_entrywise_eager_and_traced(operate, number):
    raw, array = tf.constant([-1.5, 0.5, 2.0], tf.float64), np.array([-1.5, 0.5, 2.0])
    expected = operate(array, float(number))
    assert np.array_equal(operate(raw, number), expected)
    if number is not pi:                                    # of an expression Sage makes a relation first
        assert np.array_equal(operate(number, raw), operate(float(number), array))
        assert np.array_equal(tf.function(lambda t: operate(number, t))(raw), operate(float(number), array))


def test_a_scalar_tensor_times_a_matrix_is_a_multiple():
    scalar = tf.constant(2.0, tf.float64)
    for product in (M * scalar, scalar * M, tf.function(lambda t: M * t)(scalar), tf.function(lambda t: t * M)(scalar)):
        assert np.allclose(values(product), 2 * A)


def test_a_tensor_of_unknown_rank_is_not_multiplied_by_a_matrix():
    with pytest.raises(ValueError, match='unknown rank'):
        tf.function(lambda t: M * t, input_signature=[tf.TensorSpec(None, tf.float64)])(tf.constant([1.0, 2.0], tf.float64))


def test_complex_numbers_and_sage_tensors_meet_traced_tensors_of_unknown_length():
    t, c = np.array([1.5, 2.0]), Tensor([1, 2], base=RDF)
    signature = [tf.TensorSpec([None], tf.float64)]
    for run, expected in [(lambda s: I * s + s * I, 2j * t), (lambda s: c + s, t + [1, 2]), (lambda s: s - c, t - [1, 2]), (lambda s: c / s, [1, 2] / t),
                          (lambda s: c * s, t * [1, 2])]:
        assert np.allclose(values(tf.function(run, input_signature=signature)(tf.constant(t))), expected)


def test_boolean_tensors_are_of_the_field_with_two_elements():
    raw = tf.constant([True, False])
    assert (raw + Integer(1)).list() == [0, 1] and (GF(2)(1) + raw).list() == [0, 1]


def test_infinity_meets_raw_tensors():
    from sage.all import oo
    raw = tf.constant([1.0, 2.0])
    for result in (raw + oo, oo + raw, tf.constant([1, 2]) + oo, tf.function(lambda t: t + oo)(raw)):
        assert np.all(np.isposinf(values(result).real))


def test_rings_that_do_not_meet_are_refused():
    for operate in (lambda: tf.constant([1, 2]) + Zmod(7)(1), lambda: tf.constant([1.0]) + Zmod(7)(1), lambda: tf.constant([1.0]) * QQ['t'].gen()):
        with pytest.raises(TypeError):
            operate()


def test_symbolic_loops_start_as_pythons_would():
    @tf.function
    def total(t):
        s, k = RR(0.0), Integer(0)
        while k < tf.shape(t)[0]:
            s += t[k]
            k += 1
        return s

    assert np.isclose(total(tf.constant([1.0, 2.0, 3.5])), 6.5)
