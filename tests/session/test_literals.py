"""
``tf`` and ``keras`` of a Sage session take Sage objects wherever TensorFlow and Keras take Python's.

The calls are those a person types, with the literals as Sage's preparser makes them; the oracle is NumPy, or TensorFlow with Python's own literals.
"""
import copy
import inspect
import pickle

import keras as plain_keras
import numpy as np
import pytest
import tensorflow
from sage.all import (
    CDF,
    QQ,
    RDF,
    RR,
    SR,
    ZZ,
    I,
    Integer,
    RealField,
    Zmod,
    matrix,
    oo,
    pi,
    polygen,
    sqrt,
    var,
    vector,
)

import sage_tf  # noqa: F401  (registers the conversion of Sage's elements)
from sage_tf.session import literals
from sage_tf.session.literals import keras, tf

N = Integer
R = RR
half, third = QQ((1, 2)), QQ((1, 3))
M = matrix(ZZ, [[1, 2], [3, 4]])
m = np.array([[1.0, 2.0], [3.0, 4.0]])
v = vector(ZZ, [1, 2])
t64 = tensorflow.constant(m)
t32 = tensorflow.constant(m, 'float32')


def N_(*values):
    """Return integers as Sage's preparser makes them, nested lists kept."""
    return [N_(*value) if isinstance(value, (list, tuple)) else N(value) for value in values]


CALLS = {
    # constants, shapes, indices
    'constant of a list': (lambda: tf.constant(N_(1, 2)), [1, 2], 'int32'),
    'constant of a nested list': (lambda: tf.constant(N_([1, 2], [3, 4])), m, 'int32'),
    'constant of reals': (lambda: tf.constant([R('1.5'), N(2)]), [1.5, 2], 'float32'),
    'constant of a rational': (lambda: tf.constant(third), np.float32(1 / 3), 'float32'),
    'constant with a dtype': (lambda: tf.constant([third, pi], dtype=tf.float64), [1 / 3, np.pi], 'float64'),
    'constant with a dtype in second place': (lambda: tf.constant(N_(1, 2), tf.float64), [1, 2], 'float64'),
    'constant with a shape': (lambda: tf.constant(N_(1, 2, 3, 4), shape=(N(2), N(2))), m, 'int32'),
    'constant of complex numbers': (lambda: tf.constant([I, N(1)]), [1j, 1], 'complex128'),
    'constant of a matrix': (lambda: tf.constant(matrix(QQ, m.tolist())), m, 'float64'),
    'constant of a matrix with a dtype': (lambda: tf.constant(M, dtype=tf.float32), m, 'float32'),
    'constant of a list of vectors': (lambda: tf.constant([v, vector(QQ, [half, 0])]), [[1, 2], [0.5, 0]], 'float64'),
    'constant of a polynomial': (lambda: tf.constant(polygen(ZZ) ** 2 + 3), [3, 0, 1], 'int64'),
    'constant of infinity': (lambda: tf.constant([oo, -oo]), [np.inf, -np.inf], 'float32'),
    'convert_to_tensor': (lambda: tf.convert_to_tensor(v, dtype=tf.float16), [1, 2], 'float16'),
    'cast of a vector': (lambda: tf.cast(v, tf.float32), [1, 2], 'float32'),
    'cast of a fraction truncates': (lambda: tf.cast([R('2.7'), N(1)], tf.int32), [2, 1], 'int32'),
    'zeros': (lambda: tf.zeros((N(2), N(3))), np.zeros((2, 3)), 'float32'),
    'zeros of a list': (lambda: tf.zeros(N_(2, 3), tf.int32), np.zeros((2, 3)), 'int32'),
    'fill': (lambda: tf.fill((N(2),), R('0.5')), [0.5, 0.5], 'float32'),
    'eye': (lambda: tf.eye(N(2)), np.eye(2), 'float32'),
    'range': (lambda: tf.range(N(1), N(7), N(2)), [1, 3, 5], 'int32'),
    'linspace': (lambda: tf.linspace(N(0), N(1), N(5)), np.linspace(0, 1, 5), None),
    'reshape': (lambda: tf.reshape(t64, (N(4), N(1))), m.reshape(4, 1), 'float64'),
    'transpose': (lambda: tf.transpose(t64, perm=N_(1, 0)), m.T, 'float64'),
    'tile': (lambda: tf.tile(t64, N_(1, 2)), np.tile(m, (1, 2)), 'float64'),
    'pad': (lambda: tf.pad(t64, N_([1, 0], [0, 0])), np.pad(m, ((1, 0), (0, 0))), 'float64'),
    'slice': (lambda: tf.slice(t64, N_(0, 1), N_(2, 1)), m[:, 1:], 'float64'),
    'gather': (lambda: tf.gather(t64, N_(1, 0)), m[[1, 0]], 'float64'),
    'gather by a vector': (lambda: tf.gather(t32, vector(ZZ, [1, 0])), m[[1, 0]], 'float32'),
    'gather from a matrix': (lambda: tf.gather(M, N_(1)), m[1:], 'int64'),
    'expand_dims': (lambda: tf.expand_dims(t64, axis=N(0)), m[None], 'float64'),
    'one_hot': (lambda: tf.one_hot(N_(0, 2), N(3)), np.eye(3)[[0, 2]], 'float32'),
    'one_hot of a vector': (lambda: tf.one_hot(vector(ZZ, [0, 2]), depth=N(3), dtype=tf.float64), np.eye(3)[[0, 2]], 'float64'),
    'split': (lambda: tf.split(t64, N(2), axis=N(1))[0], m[:, :1], 'float64'),
    'stack of vectors': (lambda: tf.stack([v, vector(QQ, [3, 4])]), m, 'float64'),
    'stack of a tensor and a vector': (lambda: tf.stack([t32[0], v], axis=N(1)), [[1, 1], [2, 2]], 'float32'),
    'concat': (lambda: tf.concat([M, t32], N(0)), np.vstack([m, m]), 'float32'),
    'where': (lambda: tf.where([True, False], t32[0], v + v), [1, 4], 'float32'),
    'scatter_nd': (lambda: tf.scatter_nd(matrix(ZZ, [[1]]), t32[:1, 0], N_(3)), [0, 1, 0], 'float32'),
    'ragged constant': (lambda: tf.ragged.constant([N_(1, 2), N_(3)]).to_tensor(N(0)), [[1, 2], [3, 0]], 'int32'),
    'sparse tensor': (lambda: tf.sparse.to_dense(tf.SparseTensor(N_([0, 1]), N_(5), N_(1, 2))), [[0, 5]], 'int32'),
    # arithmetic and functions
    'sin of a constant': (lambda: tf.sin(pi / 2), 1, 'float32'),
    'sin of a list': (lambda: tf.sin([pi / 2, N(0)]), [1, 0], 'float32'),
    'exp of a vector': (lambda: tf.exp(vector(RDF, [0, 1])), np.exp([0, 1]), 'float64'),
    'add': (lambda: tf.add(t32, third), m + 1 / 3, 'float32'),
    'pow': (lambda: tf.pow(t64, N(3)), m ** 3, 'float64'),
    'maximum': (lambda: tf.maximum(t32, matrix(QQ, [[2, 2], [2, 2]])), np.maximum(m, 2), 'float32'),
    'clip_by_value': (lambda: tf.clip_by_value(t64, N(2), N(3)), np.clip(m, 2, 3), 'float64'),
    'reduce_sum': (lambda: tf.reduce_sum(M, axis=N(1)), [3, 7], 'int64'),
    'reduce_mean of a list': (lambda: tf.reduce_mean([R('1.0'), R('2.0')]), 1.5, 'float32'),
    'argmax': (lambda: tf.argmax(matrix(QQ, [[1, 3, 2]]), axis=N(1)), [1], 'int64'),
    'math.polyval': (lambda: tf.math.polyval(N_(1, 2), tf.constant(N_(1, 2))), [3, 4], 'int32'),
    'math.top_k': (lambda: tf.math.top_k(N_(1, 3, 2), k=N(2)).values, [3, 2], 'int32'),
    'math.bincount': (lambda: tf.math.bincount(N_(1, 1, 2)), [0, 2, 1], 'int32'),
    'cumsum': (lambda: tf.cumsum(v), [1, 3], 'int64'),
    'matmul of two matrices': (lambda: tf.matmul(M, matrix(QQ, m.tolist())), m @ m, 'float64'),
    'matmul, matrix first': (lambda: tf.matmul(M, t32), m @ m, 'float32'),
    'matmul, matrix second': (lambda: tf.matmul(t32, M), m @ m, 'float32'),
    'matvec': (lambda: tf.linalg.matvec(M, vector(RDF, [1, 1])), [3, 7], 'float64'),
    'linalg.solve': (lambda: tf.linalg.solve(matrix(RDF, M), matrix(RDF, 2, 1, [1, 1])), np.linalg.solve(m, [[1], [1]]), 'float64'),
    'linalg.det': (lambda: tf.linalg.det(matrix(RDF, M)), -2, 'float64'),
    'linalg.norm': (lambda: tf.linalg.norm(vector(RDF, [3, 4]), ord=N(2)), 5, 'float64'),
    'linalg.diag': (lambda: tf.linalg.diag(N_(1, 2), k=N(1)), np.diag([1, 2], 1), 'int32'),
    'tensordot': (lambda: tf.tensordot(t64, M, axes=[N_(1), N_(0)]), m @ m, 'float64'),
    'einsum': (lambda: tf.einsum('ij,j->i', M, t32[0]), m @ m[0], 'float32'),
    'nn.softmax': (lambda: tf.nn.softmax([N(0), R('0.0')]), [0.5, 0.5], 'float32'),
    'nn.moments': (lambda: tf.nn.moments(t64, axes=N_(0))[0], m.mean(0), 'float64'),
    'nn.conv1d': (lambda: tf.nn.conv1d(tf.ones((N(1), N(4), N(1))), tf.ones((N(2), N(1), N(1))), N(1), 'VALID'), 2 * np.ones((1, 3, 1)), 'float32'),
    'image.resize': (lambda: tf.image.resize(tf.ones((N(1), N(2), N(2), N(1))), N_(4, 4))[0, :, :, 0], np.ones((4, 4)), 'float32'),
    'signal.frame': (lambda: tf.signal.frame(tf.range(N(4)), frame_length=N(2), frame_step=N(2)), [[0, 1], [2, 3]], 'int32'),
    'signal.fft': (lambda: tf.signal.fft(vector(CDF, [1, 1])), [2, 0], 'complex128'),
    'map_fn': (lambda: tf.map_fn(lambda x: x * N(2), M), 2 * m, 'int64'),
    'random.normal': (lambda: tf.random.normal((N(2), N(3)), seed=N(1)) * 0, np.zeros((2, 3)), 'float32'),
    'random.uniform': (lambda: tf.random.uniform((N(2),), N(3), N(3) + half), None, 'float32'),
    'random.Generator': (lambda: tf.random.Generator.from_seed(N(1)).normal((N(2), N(3))) * 0, np.zeros((2, 3)), 'float32'),
    'bitwise': (lambda: tf.bitwise.left_shift(N_(1, 2), N_(1, 1)), [2, 4], 'int32'),
    'io.parse': (lambda: tf.io.decode_raw(tf.constant('ab'), tf.uint8, fixed_length=N(2)), [97, 98], 'uint8'),
    # methods of raw tensors and variables
    'getitem': (lambda: tf.constant(N_([1, 2], [3, 4]))[N(1), N(0)], 3, 'int32'),
    'getitem with a slice': (lambda: t64[N(0):N(2), N(1)], m[0:2, 1], 'float64'),
    'getitem with an ellipsis': (lambda: t64[..., N(-1)], m[..., -1], 'float64'),
    'variable': (lambda: tf.Variable(v), [1, 2], 'int64'),
    'variable of a list': (lambda: tf.Variable(N_(1, 2)), [1, 2], 'int32'),
    'variable with a dtype': (lambda: tf.Variable([third, N(1)], dtype=tf.float64, trainable=False), [1 / 3, 1], 'float64'),
    'variable.assign_add': (lambda: tf.Variable(N_(1, 2)).assign_add(N_(1, 2)), [2, 4], 'int32'),
    'variable.assign of a vector': (lambda: tf.Variable([R('1.0'), R('2.0')]).assign(vector(QQ, [half, 3])), [0.5, 3], 'float32'),
    'variable.scatter_nd_add': (lambda: tf.Variable(N_(1, 2)).scatter_nd_add(N_([0]), N_(5)), [6, 2], 'int32'),
    'variable slice': (lambda: tf.Variable(N_(1, 2))[N(0):N(1)].assign(N_(9)), [9, 2], 'int32'),
    'variable column': (lambda: tf.Variable(N_([1, 2], [3, 4]))[:, N(0)].assign(N_(7, 8)), [[7, 2], [8, 4]], 'int32'),
    'variable row of a vector': (lambda: tf.Variable(m)[N(0)].assign(vector(QQ, [half, 1])), [[0.5, 1], [3, 4]], 'float64'),
    # loops and branches
    'while_loop': (lambda: tf.while_loop(lambda i: i < N(5), lambda i: [i + N(1)], [N(0)])[0], 5, 'int32'),
    'while_loop of two': (lambda: tf.while_loop(lambda i, s: i < N(3), lambda i, s: (i + N(1), s / N(2)), [N(0), R('1.0')])[1], 0.125, 'float32'),
    'switch_case': (lambda: tf.switch_case(tf.constant(N(1)), {N(0): lambda: tf.constant(R('1.5')), N(1): lambda: tf.constant(half)}), 0.5, 'float32'),
    'keras fori_loop': (lambda: keras.ops.fori_loop(N(0), N(3), lambda i, s: s + i, N(0)), 3, 'int32'),
    # operators of ragged and sparse tensors
    'ragged plus a number': (lambda: (ragged() + N(1)).to_tensor(N(0)), [[2, 0], [3, 4]], 'int32'),
    'a number minus ragged': (lambda: (N(1) - ragged()).to_tensor(N(0)), [[0, 0], [-1, -2]], 'int32'),
    'ragged times a fraction': (lambda: (half * tf.cast(ragged(), 'float32')).to_tensor(N(0)), [[0.5, 0], [1, 1.5]], 'float32'),
    'sparse times a number': (lambda: tf.sparse.to_dense(tf.sparse.from_dense(N_(0, 3)) * N(2)), [0, 6], 'int32'),
    'a number times sparse': (lambda: tf.sparse.to_dense(half * tf.sparse.from_dense(t64)), m / 2, 'float64'),
    # Keras
    'keras.ops.sin': (lambda: keras.ops.sin(pi / 2), 1, 'float32'),
    'keras.ops.reshape': (lambda: keras.ops.reshape(M, (N(4),)), [1, 2, 3, 4], 'int64'),
    'keras.ops.array': (lambda: keras.ops.array([third, N(2)], dtype='float64'), [1 / 3, 2], 'float64'),
    'keras.ops.matmul': (lambda: keras.ops.matmul(matrix(RDF, M), t64), m @ m, 'float64'),
    'keras.utils.to_categorical': (lambda: keras.utils.to_categorical(N_(0, 2), num_classes=N(3)), np.eye(3)[[0, 2]], None),
    'keras layer call': (lambda: keras.layers.Rescaling(scale=half, offset=N(1))(matrix(RDF, M)), m / 2 + 1, 'float32'),
    'keras loss': (lambda: keras.losses.MeanSquaredError()(vector(RDF, [1, 2]), vector(RDF, [1, 4])), 2, None),
    'keras loss function': (lambda: keras.losses.mean_squared_error([R('1.0'), N(2)], N_(1, 4)), 2, None),
    'keras metric': (lambda: updated(keras.metrics.Mean()), 1.5, None),
    'keras variable': (lambda: keras.Variable(vector(QQ, [half, 1]), dtype='float16').value, [0.5, 1], 'float16'),
    'keras variable.assign': (lambda: assigned(keras.Variable([R('1.0'), R('2.0')])), [3, 0.5], 'float32'),
    'keras schedule': (lambda: keras.optimizers.schedules.ExponentialDecay(R('0.5'), N(10), half)(N(10)), 0.25, 'float32'),
    'keras initializer': (lambda: keras.initializers.Constant(half)((N(2),)), [0.5, 0.5], 'float32'),
    'keras regularizer': (lambda: keras.regularizers.L2(half)(vector(RDF, [1, 2])), 2.5, None),
    'keras activation': (lambda: keras.activations.relu(N_(-1, 2), negative_slope=half), [-0.5, 2], None),
    'tf.keras': (lambda: tf.keras.ops.ones((N(2),)), [1, 1], 'float32'),
    'layer.kernel': (lambda: built(keras.layers.Dense(N(2))).kernel[N(0), N(1):] * 0, [0], 'float32'),
    'keras backend': (lambda: keras.backend.result_type('int32', float), None, None),
}


def ragged():
    return tf.ragged.constant([N_(1), N_(2, 3)])


def updated(metric):
    metric.update_state(N_(1, 2))
    return metric.result()


def assigned(variable):
    variable.assign([N(3), half])
    return variable.value


def built(layer):
    layer.build((None, N(3)))
    return layer


@pytest.mark.parametrize('name', CALLS)
def test_a_call_with_sage_literals_gives_what_python_literals_give(name):
    call, expected, dtype = CALLS[name]
    result = call()
    if expected is not None:
        expected = np.asarray(expected)
        assert tuple(np.shape(result)) == expected.shape
        np.testing.assert_allclose(np.asarray(result), expected, rtol=1e-6, atol=1e-6)
    if dtype is not None:
        assert tensorflow.as_dtype(result.dtype).name == dtype


# -- arguments -------------------------------------------------------------------------------------------------------------

def test_arguments_without_sage_objects_arrive_as_the_very_objects():
    received = []
    arguments = [[1, 2.5], {'a': [None]}, ('x', (1,)), {1, 2}, slice(0, 2), np.ones(2), lambda: 1, t64, object()]
    tf.py_function(func=lambda: received.append(1), inp=[], Tout=[])
    tf.nest.map_structure(received.append, tf.nest.flatten(arguments[0]))
    assert received == [1, 1, 2.5]
    from sage_tf.session.plain import plain
    for argument in arguments:
        assert plain(argument) is argument
    callbacks = [keras.callbacks.EarlyStopping(patience=N(3))]
    assert plain(callbacks) is callbacks and callbacks[0].patience == 3 and type(callbacks[0].patience) is int


def test_numbers_of_every_kind_become_pythons_nearest():
    from sage_tf.session.plain import plain
    below = (QQ(1) + QQ(2) ** -53 + QQ(2) ** -200)              # just above half way from 1 to the next float
    numbers = {N(3): 3, below: 1 + 2.0 ** -52, RealField(300)(below): 1 + 2.0 ** -52, RDF(0.5): 0.5, pi / 2: np.pi / 2,
               SR(2): 2, I * half: 0.5j, sqrt(SR(-4)): 2j, oo: float('inf'), CDF(1, 2): 1 + 2j, Zmod(7)(3): 3}
    for number, expected in numbers.items():
        assert plain(number) == expected and type(plain(number)) is type(expected), number


def test_rationals_are_rounded_once_into_the_dtype_of_the_tensor():
    above = QQ(1) + QQ(2) ** -24 + QQ(2) ** -80                 # float64 would round it to a tie, and the tie to 1
    for call in (lambda: tf.constant([above]), lambda: tf.constant(above, tf.float32), lambda: tf.Variable([above]),
                 lambda: tf.convert_to_tensor([above], tf.float32), lambda: tf.cast(above, 'float32'),
                 lambda: keras.ops.convert_to_tensor([above], 'float32'), lambda: keras.ops.cast(above, 'float32')):
        assert np.all(np.asarray(call()) == np.float32(1 + 2.0 ** -23))


@pytest.mark.parametrize('call', [
    lambda: tf.constant(N(300), dtype=tf.int8), lambda: tf.cast(N(300), tf.int8), lambda: tf.cast(vector(ZZ, [2 ** 40]), tf.int32),
    lambda: tf.constant(N(2) ** 70), lambda: tf.constant([N(2) ** 70]), lambda: tf.constant(vector(ZZ, [2 ** 70])),
    lambda: tf.Variable(N(2) ** 40, dtype=tf.int32), lambda: tf.zeros((N(2) ** 70,)), lambda: tf.add(tf.constant([1]), N(2) ** 40),
    lambda: keras.ops.convert_to_tensor(N_(300), dtype='int8'), lambda: keras.ops.cast(vector(ZZ, [300]), 'int8'),
    lambda: keras.Variable(vector(ZZ, [300]), dtype='int8'), lambda: tf.constant(RealField(100)(10) ** 400),
    lambda: tf.Variable(N_(1, 2)).assign(vector(ZZ, [2 ** 40, 1])),
])
def test_what_does_not_fit_is_an_error(call):
    with pytest.raises((OverflowError, ValueError, TypeError, tensorflow.errors.InvalidArgumentError)):
        call()


def test_symbolic_functions_pass_as_the_functions_they_are():
    x = var('x')
    f = (x ** 2 + 1).function(x)
    from sage_tf.session.plain import plain
    assert plain(f) is f and plain(x + 1) is not None and plain({'loss': f})['loss'] is f
    np.testing.assert_allclose(tf.map_fn(f, t64), m ** 2 + 1)


def test_a_symbolic_expression_with_variables_is_refused_where_a_tensor_is_needed():
    with pytest.raises(TypeError, match='variable'):
        tf.sin(var('x') + 1)


def test_sage_tensors_are_tensors():
    from sage_tf.tensors.element import Tensor
    t = Tensor([R('1.5'), N(2)])
    np.testing.assert_allclose(tf.sin(t), np.sin([1.5, 2]))
    assert tf.constant(t, dtype=tf.float32).dtype == tensorflow.float32
    assert tf.cast(t, tf.float16).dtype == tensorflow.float16
    with pytest.raises(OverflowError):
        tf.cast(Tensor([N(300)]), tf.int8)
    assert tf.stack([t, t]).shape == (2, 2)


def test_a_symbolic_keras_tensor_refuses_a_matrix_product_it_would_take_entrywise():
    x = keras.Input((N(2),))
    for product in (lambda: x * M, lambda: M * x):
        with pytest.raises(TypeError):
            product()
    assert (x * N(2) + third - x / N(3)).shape == (None, 2)
    assert (N(2) * x).shape == (None, 2) and (x ** N(2))[:, N(0)].shape == (None,)


# -- modules, functions and classes ----------------------------------------------------------------------------------------

def test_classes_and_plain_attributes_are_the_very_objects():
    assert keras.layers.Dense is tensorflow.keras.layers.Dense and tf.Variable is tensorflow.Variable
    assert tf.float32 is tensorflow.float32 and tf.newaxis is None and tf.__version__ == tensorflow.__version__
    assert isinstance(keras.layers.Dense(N(3)), plain_keras.layers.Dense) and issubclass(keras.layers.Dense, keras.Layer)


def test_functions_keep_their_signature_documentation_and_names():
    for mine, theirs in ((tf.reshape, tensorflow.reshape), (keras.ops.sin, plain_keras.ops.sin)):
        assert inspect.signature(mine) == inspect.signature(theirs)
        assert mine.__doc__ == theirs.__doc__ and mine.__name__ == theirs.__name__ and mine.__module__ == theirs.__module__
        assert inspect.isroutine(mine)
    assert set(dir(tf)) == set(dir(tensorflow)) and 'Dense' in dir(keras.layers)
    assert tf.__doc__ == tensorflow.__doc__


def test_functions_and_modules_can_be_pickled_and_copied():
    for obj in (tf, keras.layers, tf.math.reduce_sum, keras.ops.relu, tf.keras.ops.relu):
        assert pickle.loads(pickle.dumps(obj)) is obj and copy.copy(obj) is obj and copy.deepcopy(obj) is obj


def test_functions_given_to_keras_are_its_own():
    layer = keras.layers.Dense(N(2), activation=keras.activations.gelu)
    assert layer.activation is plain_keras.activations.gelu
    assert keras.layers.deserialize(keras.layers.serialize(layer)).activation is plain_keras.activations.gelu


def test_help_shows_the_function_itself():
    from sage.misc.sageinspect import sage_getargspec, sage_getdoc_original, sage_getsource
    for mine, theirs in ((tf.reshape, tensorflow.reshape), (keras.ops.relu, plain_keras.ops.relu)):
        original = inspect.unwrap(theirs)
        assert sage_getargspec(mine) == inspect.getfullargspec(original)
        assert sage_getsource(mine) == inspect.getsource(original)
        assert sage_getdoc_original(mine) == theirs.__doc__


def test_a_matrix_is_not_multiplied_entrywise_by_a_sparse_tensor():
    sparse = tf.sparse.from_dense(t64)
    for product in (lambda: sparse * M, lambda: M * sparse, lambda: ragged() * M):
        with pytest.raises(TypeError, match='matmul'):
            product()


def test_a_missing_name_is_reported_as_the_modules_own():
    with pytest.raises(AttributeError, match="module 'tensorflow' has no attribute 'nosuch'"):
        tf.nosuch()


def test_uninstall_restores_every_class_and_use_installs_again():
    built(keras.layers.Dense(N(2)))
    literals.uninstall()
    for method in (tensorflow.Variable.assign, plain_keras.layers.Dense.__init__, plain_keras.Model.summary,
                   tensorflow.Tensor.__getitem__, plain_keras.Variable.assign):
        assert not method.__module__.startswith('sage') and 'sage_tf' not in method.__code__.co_filename
    assert keras.layers.Dense(N(2)).units == 2 and type(keras.layers.Dense(N(2)).units) is int
    assert plain_keras.saving.serialize_keras_object({'units': N(2)}) == {'units': 2}


def test_a_call_costs_microseconds():
    from timeit import timeit
    function = literals.LiteralFunction(tensorflow.get_static_value, 'tf.get_static_value')
    mine = min(timeit(lambda: function('a'), number=2000) for _ in range(5))
    theirs = min(timeit(lambda: tensorflow.get_static_value('a'), number=2000) for _ in range(5))
    assert (mine - theirs) / 2000 < 2e-5
