"""
Values of one call share their dtype, are rounded once and fit: with Sage's literals as the preparser makes them, against NumPy in float64
"""
import numpy as np
import pytest
import tensorflow
from sage.all import GF, QQ, RR, ZZ, I, Integer, matrix, oo, pi, polygen, sqrt, var, vector

import sage_tf  # noqa: F401  (registers the conversion of Sage's elements)
from sage_tf.session.literals import keras, tf
from sage_tf.tensors.element import Tensor

N = Integer
half, third = QQ((1, 2)), QQ((1, 3))
M = matrix(ZZ, [[1, 2], [3, 4]])
v = vector(ZZ, [1, 2])
f64 = tensorflow.constant([1.5, 2.5], 'float64')
f32 = tensorflow.constant([1.5, 2.5])
i8 = tensorflow.constant([1, 2], 'int8')
m64 = tensorflow.constant([[2.0, 1.0], [1.0, 4.0]], 'float64')
m, f, t = m64.numpy(), f64.numpy(), np.array([1 / 3, 1])
T = [third, N(1)]                                               # as typed beside a tensor
column = [[third], [N(1)]]
where = tensorflow.constant([True, False])

SHARED = {
    # a list of literals beside a tensor
    'add': (lambda: tf.add(T, f64), t + f, 'float64'),
    'divide': (lambda: tf.truediv(third, f64), 1 / 3 / f, 'float64'),
    'maximum': (lambda: tf.maximum(f64, T), np.maximum(f, t), 'float64'),
    'pow': (lambda: tf.pow(f64, third), f ** (1 / 3), 'float64'),
    'squared_difference': (lambda: tf.math.squared_difference(T, f64), (t - f) ** 2, 'float64'),
    'tensordot': (lambda: tf.tensordot(T, f64, N(1)), t @ f, 'float64'),
    'matvec': (lambda: tf.linalg.matvec(m64, T), m @ t, 'float64'),
    'matmul': (lambda: tf.matmul(m64, column), m @ t[:, None], 'float64'),
    'solve': (lambda: tf.linalg.solve(m64, column), np.linalg.solve(m, t[:, None]), 'float64'),
    'einsum': (lambda: tf.einsum('ij,j->i', m64, T), m @ t, 'float64'),
    'polyval': (lambda: tf.math.polyval([third, N(2), N(3)], f64), np.polyval([1 / 3, 2, 3], f), 'float64'),
    'where': (lambda: tf.where(where, f64, third), [1.5, 1 / 3], 'float64'),
    'concat': (lambda: tf.concat([f64, T], N(0)), [*f, *t], 'float64'),
    'stack': (lambda: tf.stack([f64, T]), [f, t], 'float64'),
    'add_n': (lambda: tf.add_n([f64, T]), f + t, 'float64'),
    'pad': (lambda: tf.pad(f64, [[N(1), N(0)]], constant_values=third), [1 / 3, *f], 'float64'),
    'set_diag': (lambda: tf.linalg.set_diag(m64, T), [[1 / 3, 1], [1, 1]], 'float64'),
    'scatter': (lambda: tf.tensor_scatter_nd_update(f64, [[N(0)]], [third]), [1 / 3, 2.5], 'float64'),
    'sparse matmul': (lambda: tf.sparse.sparse_dense_matmul(tf.sparse.from_dense(m64), column), m @ t[:, None], 'float64'),
    'bias_add': (lambda: tf.nn.bias_add(m64, T), m + t, 'float64'),
    'variable': (lambda: tf.Variable(f64).assign([third, pi]), [1 / 3, np.pi], 'float64'),
    'tensor array': (lambda: tf.TensorArray('float64', N(1)).write(N(0), third).stack(), [1 / 3], 'float64'),
    'linear operator': (lambda: tf.linalg.LinearOperatorFullMatrix(m64).matvec(T), m @ t, 'float64'),
    'keras add': (lambda: keras.ops.add(f64, T), f + t, 'float64'),
    'keras stack': (lambda: keras.ops.stack([f64, T]), [f, t], 'float64'),
    'keras quantile': (lambda: keras.ops.quantile(tf.constant([N(1), N(2), N(3)]), [half]), [2], 'float32'),
    'traced': (lambda: tf.function(lambda x: tf.linalg.matvec(x, T))(m64), m @ t, 'float64'),
    # arrays of Sage beside literals
    'matmul of a matrix': (lambda: tf.matmul(M, [[RR(1)], [RR(2)]]), [[5], [11]], 'float64'),
    'sum of a vector': (lambda: tf.add(v, half), [1.5, 2.5], 'float64'),
    'a number times a vector': (lambda: tf.multiply(half, v), [0.5, 1], 'float64'),
    'a vector scattered into': (lambda: tf.tensor_scatter_nd_update(v, [[N(0)]], [half]), [0.5, 2], 'float64'),
    'a matrix into a sparse one': (lambda: tf.sparse.sparse_dense_matmul(tf.sparse.from_dense(m64), M), m @ [[1, 2], [3, 4]], 'float64'),
    # numbers of one call
    'linspace': (lambda: tf.linspace(N(0), pi, N(3)), [0, np.pi / 2, np.pi], 'float32'),
    'linspace to an expression': (lambda: tf.linspace(N(0), 2 * pi, N(3)), [0, np.pi, 2 * np.pi], 'float32'),
    'range': (lambda: tf.range(N(0), N(1), half), [0, 0.5], 'float32'),
    'integers in where': (lambda: tf.where(where, N(1), half), [1, 0.5], 'float32'),
    'integers stay': (lambda: tf.where(where, N(1), N(2)), [1, 2], 'int32'),
    'clip_by_value': (lambda: tf.clip_by_value(f64, N(2), RR('2.25')), [2, 2.25], 'float64'),
    'complex numbers': (lambda: tf.signal.fft([N(1), I, N(0)]), np.fft.fft([1, 1j, 0]), 'complex128'),
    'one_hot': (lambda: tf.one_hot([N(1)], N(2), on_value=N(5), off_value=half), [[0.5, 5]], 'float32'),
    # nested lists with tensors
    'stack of Sage tensors': (lambda: tf.stack([Tensor([N(1)]), Tensor([half])]), [[1], [0.5]], 'float64'),
    'constant of Sage tensors': (lambda: tf.constant([Tensor([N(1)]), Tensor([half])]), [[1], [0.5]], 'float64'),
    'constant of a raw scalar': (lambda: tf.constant([f32[0], N(1)]), [1.5, 1], 'float32'),
    'constant of a raw integer': (lambda: tf.constant([i8[0], N(2)]), [1, 2], 'int8'),
    'constant of a raw tensor and a vector': (lambda: tf.constant([f32, v]), [[1.5, 2.5], [1, 2]], 'float32'),
    'constant of a number and a Sage tensor': (lambda: tf.constant([N(1), Tensor(half)]), [1, 0.5], 'float64'),
    'constant of raw tensors': (lambda: tf.constant([[f64[0], N(1)], [third, pi]]), [[1.5, 1], [1 / 3, np.pi]], 'float64'),
    # casts
    'truncated': (lambda: tf.cast([RR('2.7'), RR('-2.7')], 'int32'), [2, -2], 'int32'),
    'truncated exactly': (lambda: tf.cast(2 ** 60 + half, 'int64'), 2 ** 60, 'int64'),
    'truncated matrix': (lambda: tf.cast(matrix(QQ, [[half, -3 * half]]), 'int8'), [[0, -1]], 'int8'),
    'truth': (lambda: tf.cast([N(0), N(2)], 'bool'), [False, True], 'bool'),
    'residues': (lambda: tf.constant([GF(2)(1), GF(2)(0)]), [True, False], 'bool'),
    'saturated': (lambda: tf.saturate_cast([N(300)], 'int8'), [127], 'int8'),
}


@pytest.mark.parametrize('name', SHARED)
def test_values_of_a_call_share_the_dtype_that_holds_them(name):
    call, expected, dtype = SHARED[name]
    result = call()
    assert tensorflow.as_dtype(result.dtype).name == dtype
    expected = np.asarray(expected)
    assert tuple(result.shape) == expected.shape
    tolerance = 1e-14 if dtype in ('float64', 'complex128') else 1e-6
    np.testing.assert_allclose(np.asarray(result), expected, rtol=tolerance, atol=tolerance)


UNFIT = {
    'tensor_scatter_nd_update': lambda: tf.tensor_scatter_nd_update(i8, [[N(0)]], [N(300)]),
    'tensor_scatter_nd_min': lambda: tf.tensor_scatter_nd_min(i8, [[N(0)]], [N(300)]),
    'pad': lambda: tf.pad(i8, [[N(1), N(1)]], constant_values=N(300)),
    'one_hot': lambda: tf.one_hot([N(0)], N(3), on_value=N(300), dtype='int8'),
    'keras full': lambda: keras.ops.full((N(2),), N(300), dtype='int8'),
    'keras full_like': lambda: keras.ops.full_like(f32, N(300), dtype='int8'),
    'keras pad': lambda: keras.ops.pad(i8, ((N(1), N(1)),), constant_values=N(300)),
    'keras slice_update': lambda: keras.ops.slice_update(i8, [N(0)], [N(300)]),
    'scatter_nd_update': lambda: tf.Variable(i8).scatter_nd_update([[N(0)]], [N(300)]),
    'scatter_nd_add': lambda: tf.Variable(i8).scatter_nd_add([[N(0)]], [N(300)]),
    'a slice of a variable': lambda: tf.Variable(i8)[N(0):N(1)].assign([N(300)]),
    'tensor array': lambda: tf.TensorArray('int8', N(1)).write(N(0), N(300)),
    'ragged constant': lambda: tf.ragged.constant([[N(300)]], dtype='int8'),
    'ragged operator': lambda: tf.ragged.constant([[N(1)]], dtype='int8') + N(300),
    'backend constant': lambda: tf.keras.backend.constant([N(300)], dtype='int8'),
    'comparison': lambda: tf.less(i8, N(300)),
    'constant of a raw integer': lambda: tf.constant([i8[0], N(300)]),
    'cast of a fraction': lambda: tf.cast(2 ** 40 + half, 'int32'),
    'cast of a matrix of fractions': lambda: tf.cast(matrix(QQ, [[2 ** 40 + half]]), 'int32'),
    'keras cast of a fraction': lambda: keras.ops.cast([RR('300.5')], 'int8'),
    'keras tensor of a fraction': lambda: keras.ops.convert_to_tensor([RR('300.5')], 'int8'),
}


@pytest.mark.parametrize('name', UNFIT)
def test_a_value_that_does_not_fit_is_refused(name):
    with pytest.raises(OverflowError, match='does not fit in int'):
        UNFIT[name]()


@pytest.mark.parametrize('call', [
    lambda: tf.gather(i8, [N(1)]), lambda: tf.reshape(i8, (N(2), N(1))), lambda: tf.repeat(i8, N(300)), lambda: tf.tile(i8, [N(300)]),
    lambda: tf.broadcast_to(i8, (N(300), N(2))), lambda: tf.pad(i8, [[N(0), N(300)]]), lambda: tf.one_hot(i8, N(300)),
    lambda: tf.roll(i8, N(300), N(0)), lambda: keras.ops.repeat(i8, N(300)), lambda: keras.ops.pad(i8, ((N(0), N(300)),)),
    lambda: tf.scatter_nd([[N(200)]], i8[:1], (N(300),)),
    lambda: tf.image.resize(tf.zeros((N(1), N(1), N(1)), 'int8'), (N(300), N(2))),
])
def test_indices_shapes_and_counts_are_no_values(call):
    assert call().shape.rank >= 1


def test_what_is_not_finite_has_no_integer_value():
    with pytest.raises((OverflowError, ValueError)):
        tf.cast(oo, 'int32')
    with pytest.raises(TypeError):
        tf.constant(RR('2.7'), dtype='int32')


@pytest.mark.parametrize('function', [lambda e: tf.constant(e), lambda e: tf.constant([e, N(1)]), lambda e: tf.Variable([e, half]),
                                      lambda e: keras.ops.convert_to_tensor([[e]]), lambda e: tf.cast(e + N(1), 'float32')])
def test_free_variables_are_named(function):
    with pytest.raises(TypeError, match='has the free variable x where a number is needed'):
        function(var('x'))


def test_gradients_reach_the_tensors_of_a_list():
    x = tf.Variable(f64)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.constant([x[0], N(1), third]) ** 2) + tf.reduce_sum(tf.stack([x, T]) * tf.stack([T, x]))
    np.testing.assert_allclose(tape.gradient(y, x), [2 * 1.5, 0] + 2 * t)


def test_a_polynomial_and_an_algebraic_number_are_values():
    np.testing.assert_allclose(tf.add(polygen(QQ) / 2 + 1, f64), [2.5, 3.0])
    np.testing.assert_allclose(tf.multiply(sqrt(N(2)), f64), np.sqrt(2) * f, rtol=1e-15)


def test_indices_are_not_made_floats_beside_floats():
    sparse = tf.SparseTensor([[Integer(0), Integer(1)]], [RR(1.0)], [Integer(3), Integer(2)])
    assert tf.sparse.slice(sparse, [Integer(0), Integer(0)], [Integer(2), Integer(2)]).values.numpy().tolist() == [1]
    ones = tf.ones((Integer(3), Integer(3)))
    assert tf.experimental.numpy.diagonal(ones, offset=Integer(1)).shape == (2,)
    slices = tf.IndexedSlices([RR(1), RR(2)], [Integer(0), Integer(1)])
    assert tf.sparse.mask(slices, [Integer(1)]).indices.numpy().tolist() == [0]
