"""
Symbolic expressions as functions on tensors; the oracle is Sage's own evaluation at high precision.
"""
import copy
import pickle

import keras
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    AA,
    CDF,
    QQ,
    RDF,
    RR,
    SR,
    ZZ,
    I,
    Integer,
    QQbar,
    RealField,
    cos,
    cosh,
    diff,
    dirac_delta,
    exp,
    function,
    gamma,
    integral,
    log,
    matrix,
    pi,
    sin,
    sqrt,
    tanh,
    var,
    vector,
    zeta,
)

from sage_tf.symbolic.tensor_function import TensorFunction, expression_to_tf
from sage_tf.tensors.element import Tensor

x, y, t, a, b, B = var('x, y, t, a, b, B')
POINTS = [QQ(k) / 8 for k in (1, 3, 7, 12, 25)]
REAL = {'float64': 2.0**-52, 'float32': 2.0**-23}
MODES = [False, None, True]
TF_POINTS = {name: tf.constant([float(p) for p in POINTS], name) for name in REAL}


def exact(e, **values):
    """Return the value of an expression by Sage at 100 bits."""
    return complex(SR(e).subs(**values).n(100))


def at_points(e, dtype='float64'):
    values = np.array([exact(e, x=p) for p in POINTS])
    return values if dtype.startswith('complex') else values.real


# Where SymPy's compiler fails, and ordinary calculus.
EXPRESSIONS = [
    sqrt(2) * x, exp(2) * x, log(2) * x, sqrt(pi) * x, x / 3, pi * x**2 - x, QQbar(2).sqrt() * x, AA(3).nth_root(3) + x,
    exp(-x**2 / 2) / sqrt(2 * pi), x**5 - 2 * x**3 + 1, x**-3, x**QQ((3, 2)), x**QQ((-1, 3)), 2**x, x**x, x**pi, x**70 / 10**20,
    sin(x) / x,
    (1 + x)**-1 * x, sin(2 * pi * x) + cos(pi * x / 2), exp(-x) * sin(5 * x) + x / (1 + x**2), RR('0.1') * x, tanh(x)**2 - 1,
    -x, x - 1, 1 - x, 1 / x, -1 / x**2, pi**x, x**2 + 1,
]


@pytest.mark.parametrize('dtype', REAL)
@pytest.mark.parametrize('e', EXPRESSIONS, ids=str)
def test_value_and_derivatives_are_those_of_sage(e, dtype):
    f = TensorFunction(e, x, dtype=dtype)
    points = TF_POINTS[dtype]
    with tf.GradientTape() as outer:
        outer.watch(points)
        with tf.GradientTape() as inner:
            inner.watch(points)
            value = f(points)
        first = inner.gradient(value, points)
    second = outer.gradient(first, points)
    wanted = [at_points(diff(e, x, k)) for k in range(4)]
    for k, found in enumerate((value, first, second)):
        if found is None:                                       # of a function that is linear
            found = np.zeros(len(POINTS))
        # sin(x)/x loses digits near 0: its derivatives have terms in powers of 1/x
        scale = (np.abs(wanted[k]) + np.abs(wanted[k + 1]) + 1) * np.array(POINTS, dtype=float)**-k * 4
        assert (np.abs(np.asarray(found) - wanted[k]) <= 100 * REAL[dtype] * scale).all(), (k, found, wanted[k])
    assert value.dtype == dtype


@pytest.mark.parametrize('jit', MODES)
@pytest.mark.parametrize('dtype', ['complex128', 'complex64'])
def test_a_complex_dtype_follows_the_branches_of_sage(dtype, jit):
    points = [a + b * I for a in (QQ((-3, 2)), QQ((1, 2)), QQ(2)) for b in (QQ(-1), QQ(0), QQ((3, 4)))]
    e = sqrt(x) + x**QQ((1, 3)) + log(x) + I * x**2 + x**I + 2**x + 1 / x
    found = TensorFunction(e, x, dtype=dtype, jit=jit)([CDF(p) for p in points])
    wanted = [exact(e, x=p) for p in points]
    np.testing.assert_allclose(found, wanted, rtol=1e-13 if dtype == 'complex128' else 1e-5)


@pytest.mark.parametrize('jit', MODES)
def test_powers_are_right_at_zero_and_at_negative_bases(jit):
    powers = [x**2, x**3, x**65, x**QQ((3, 2)), x**QQ((5, 2)), x.power(0, hold=True), abs(x), 1 / x, x**-2,
              x**QQ((1, 3)), sqrt(x)]
    point = tf.constant([0.0, -2.0], tf.float64)
    values, gradients = [], []
    for e in powers:
        with tf.GradientTape() as tape:
            tape.watch(point)
            value = TensorFunction(e, x, jit=jit)(point)
        values.append(value.numpy())
        gradients.append(tape.gradient(value, point).numpy())
    nan, inf = np.nan, np.inf
    np.testing.assert_array_equal(np.array(values).T, [[0, 0, 0, 0, 0, 1, 0, inf, inf, 0, 0],
                                                       [4, -8, -2.0**65, nan, nan, 1, 2, -0.5, 0.25, nan, nan]])
    gradients = np.array(gradients).T
    np.testing.assert_array_equal(gradients[0][[0, 1, 2, 3, 4, 5, 6, 9, 10]], [0, 0, 0, 0, 0, 0, 0, inf, inf])
    np.testing.assert_allclose(gradients[1][[0, 1, 2, 5, 6, 7, 8]], [-4, 12, 65 * 2.0**64, 0, -1, -0.25, 0.25], rtol=1e-15)


def test_derivatives_do_not_overflow_on_the_way():
    point = tf.constant(1e-12, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(point)
        value = TensorFunction(x**-2, x, dtype='float32')(point)
    np.testing.assert_allclose(tape.gradient(value, point), -2e36, rtol=1e-5)


def test_a_power_of_variables_is_differentiable_at_zero():
    base, exponent = tf.constant([0.0, 2.0, -2.0], tf.float64), tf.constant([2.0, 0.0, 3.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch((base, exponent))
        value = TensorFunction(x**y, (x, y))(base, exponent)
    by_base, by_exponent = tape.gradient(value, (base, exponent))
    np.testing.assert_array_equal(value, [0, 1, -8])
    np.testing.assert_array_equal(by_base, [0, 0, 12])
    np.testing.assert_allclose(by_exponent, [0, np.log(2), np.nan])


@pytest.mark.parametrize('jit', MODES)
@pytest.mark.parametrize('dtype', [*REAL, 'complex128'])
def test_monomials_with_variable_exponents_have_all_derivatives_at_zero(dtype, jit):
    f = TensorFunction(x**y, (x, y), dtype=dtype, jit=jit)
    points, exponents = tf.constant([[0.0], [2.0], [-1.0]], dtype), tf.constant([0, 1, 2, 3], dtype)
    points = tf.broadcast_to(points, (3, 4))
    with tf.GradientTape() as outer:
        outer.watch(points)
        with tf.GradientTape() as inner:
            inner.watch(points)
            value = f(points, exponents)
        first = inner.gradient(value, points)
    second = outer.gradient(first, points)
    for k, found in enumerate((value, first, second)):
        wanted = [[diff(x**n, x, k).subs(x=p) if n >= k else 0 for n in range(4)] for p in (0, 2, -1)]
        np.testing.assert_allclose(found, np.array(wanted, float), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize('jit', MODES)
def test_inputs_broadcast_as_in_numpy(jit):
    f = TensorFunction(x * y + 1, (x, y), jit=jit)
    first, second = np.arange(3.0)[:, None], np.arange(4.0)
    np.testing.assert_array_equal(f(first, second), first * second + 1)
    assert f(np.zeros((2, 0)), 1).shape == (2, 0)


@pytest.mark.parametrize('jit', MODES)
def test_constants_and_constant_entries_broadcast_to_the_batch(jit):
    points = tf.zeros((2, 3), tf.float64)
    np.testing.assert_allclose(TensorFunction(sqrt(SR(2)), x, jit=jit)(points), np.full((2, 3), np.sqrt(2)))
    assert TensorFunction(x, (x, y), jit=jit)(1, points).shape == (2, 3)
    f = TensorFunction(vector([x, 1]), x, jit=jit)
    np.testing.assert_array_equal(f(points), np.stack([np.zeros((2, 3)), np.ones((2, 3))], axis=-1))
    assert TensorFunction(SR(3))().numpy() == 3


@pytest.mark.parametrize('jit', MODES)
def test_matrices_are_the_last_two_axes_and_have_gradients(jit):
    M = matrix([[cos(x), -sin(x), 0], [sin(x), cos(x), y]])
    f = TensorFunction(M, (x, y), jit=jit)
    points = tf.constant([0.5, 1.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(points)
        value = f(points, 2)
    wanted = np.array([[[exact(e, x=p, y=2).real for e in row] for row in M] for p in (QQ((1, 2)), QQ(1))])
    np.testing.assert_allclose(value, wanted, rtol=1e-15)
    slopes = np.array([[[exact(diff(e, x), x=p).real for e in row] for row in M] for p in (QQ((1, 2)), QQ(1))])
    np.testing.assert_allclose(np.einsum('bijb->bij', tape.jacobian(value, points)), slopes, rtol=1e-14)
    assert TensorFunction(matrix(SR, 0, 2), x)(points).shape == (2, 0, 2)


def test_an_equation_is_the_difference_of_its_sides():
    assert TensorFunction(x**2 == y)(3, 4).numpy() == 5


def test_the_default_variables_are_those_of_sage():
    e = x + y + B + a
    assert TensorFunction(e).variables() == e.variables()
    assert TensorFunction((x + y).function(y, x)).variables() == (y, x)
    f = (x + y).function(y, x)
    assert TensorFunction(vector([f, 2 * f])).variables() == (y, x)
    assert TensorFunction(e, parameters={a: 1}).variables() == (B, x, y)


@pytest.mark.parametrize('value', [
    2, 2.0, Integer(2), QQ(2), RR(2), RDF(2), SR(2), sqrt(SR(4)), np.float32(2), np.int8(2), np.array(2), tf.constant(2),
    tf.constant(2.0),
    tf.Variable(2.0, dtype=tf.float64), keras.Variable(2.0), tf.constant(2, tf.uint8)], ids=lambda v: type(v).__name__)
@pytest.mark.parametrize('dtype', [*REAL, 'complex128'])
def test_every_kind_of_number_is_an_argument(value, dtype):
    result = TensorFunction(x**2, dtype=dtype)(value)
    assert result.dtype == dtype and result.numpy() == 4


@pytest.mark.parametrize('value', [[1, 2], (Integer(1), QQ(2)), vector([1, 2]), vector(SR, [1, 2]), np.array([1, 2]),
                                   tf.constant([1, 2])], ids=lambda v: type(v).__name__)
def test_every_kind_of_list_is_an_argument(value):
    np.testing.assert_array_equal(TensorFunction(x + 1)(value), [2, 3])


def test_the_result_is_a_sage_tensor_when_all_arguments_are():
    f = TensorFunction(x + y, (x, y))
    found = f(Tensor([1, 2]), y=Tensor(QQ((1, 2))))
    assert isinstance(found, Tensor) and found.numpy().tolist() == [1.5, 2.5]
    assert isinstance(f(Tensor([1, 2]), 1), tf.Tensor)


def test_constants_are_rounded_once():
    third = TensorFunction(x + QQ((1, 3)), dtype='float32')(0).numpy()
    assert third == np.float32(1 / 3)
    # 1 + 2^-24 + 2^-60 lies above the tie between two values of float32; by way of float64 it would be the tie
    assert TensorFunction(x + (1 + QQ(2)**-24 + QQ(2)**-60), dtype='float32')(0).numpy() == np.float32(1 + 2.0**-23)
    assert TensorFunction(x + sqrt(SR(2)) * 10**20 - sqrt(SR(2)) * 10**20 + pi)(0).numpy() == np.pi


def test_arguments_in_order_and_by_name():
    f = TensorFunction(x - y, (y, x))
    assert f(1, 3).numpy() == f(1, x=3).numpy() == f(x=3, y=1).numpy() == 2
    for args, named, message in (((1,), {}, 'variable x'), ((), {}, 'variables y, x'), ((1, 2, 3), {}, '3 values'),
                                 ((1,), {'y': 2}, 'y was given twice'), ((1, 2), {'z': 1}, 'unknown variable z'),
                                 ((1,), {'z': 1}, 'unknown variable z')):
        with pytest.raises(TypeError, match=message):
            f(*args, **named)


@pytest.mark.parametrize('value', [1j, CDF(1, 1), I, sqrt(SR(-2)), np.array([1j]), tf.constant([1j]), [1, 1j], vector(CDF, [I])],
                         ids=lambda v: type(v).__name__)
def test_a_complex_value_in_a_real_dtype_is_refused(value):
    with pytest.raises(TypeError, match='real'):
        TensorFunction(x)(value)


@pytest.mark.parametrize('value', [1e300, RDF(1e300), np.array([1, 1e300]), tf.constant([1, 1e300], tf.float64),
                                   tf.Variable(1e300, dtype=tf.float64), Tensor([1.0, 1e300])], ids=lambda v: type(v).__name__)
def test_a_value_too_large_for_the_dtype_is_refused(value):
    with pytest.raises(OverflowError, match='float32'):
        TensorFunction(x / 2, dtype='float32')(value)


def test_arguments_of_another_dtype_keep_their_gradients():
    point = tf.Variable([0.5, 3.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = TensorFunction(x**2, dtype='float32')(point)
    gradient = tape.gradient(value, point)
    assert gradient.dtype == tf.float64 and gradient.numpy().tolist() == [1, 6]


def test_a_variable_called_self_is_given_by_name():
    me = var('self')
    assert TensorFunction(me - x)(x=1, self=3).numpy() == 2


def test_a_dtype_among_the_variables_is_explained():
    for dtype in ('float32', tf.float32, np.float32, RealField(24)):
        with pytest.raises(TypeError, match="pass dtype='float32'"):
            expression_to_tf(x + 1, dtype)


@pytest.mark.parametrize('value', [x + 1, 'one', None, tf.constant('one'), vector([x, 1]), matrix([[x]]), np.array(['a']), tf.constant(['one']),
                                   np.array([None]), np.array([1, 2], object), tf.Variable('one')], ids=lambda v: type(v).__name__)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match='expected|has the free variable') as caught:
        TensorFunction(x)(value)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('jit', MODES)
@pytest.mark.parametrize('e', [x + y, x, SR(1), vector([x, y])], ids=str)
def test_shapes_that_do_not_broadcast_are_refused_in_one_sentence(e, jit):
    f = TensorFunction(e, (x, y), jit=jit)
    message = r'values of the shapes \(2,\), \(4, 3\) were given for the variables \(x, y\); expected shapes that broadcast'
    for call in (f, f.gradient):
        with pytest.raises(ValueError, match=message) as caught:
            call([1.0, 2.0], np.zeros((4, 3)))
        assert '\n' not in str(caught.value)
    with pytest.raises(ValueError, match=message):
        tf.function(f, autograph=False)(tf.zeros(2, tf.float64), tf.zeros((4, 3), tf.float64))
    assert f([1.0, 2.0], np.zeros((4, 1))).shape[:2] == (4, 2)


def test_parameters_that_are_no_dictionary_are_refused():
    for given in ([a], a, {a}, 'a'):
        with pytest.raises(TypeError, match='expected a dictionary from symbols to initial values'):
            TensorFunction(a * x, parameters=given)


def test_what_cannot_be_made_a_function_is_refused_before_anything_runs():
    u = function('u')
    for e, options, kind, message in (
            (a * x, {'variables': x}, TypeError, 'variable a'), (I * x, {}, TypeError, 'I is not real'),
            (x + (-1)**QQ((1, 3)), {}, TypeError, 'not real'), (u(x), {}, NotImplementedError, 'function u'),
            (u(SR(1)) + x, {}, NotImplementedError, 'function u'),
            (diff(u(x), x), {}, NotImplementedError, 'function u'),
            (dirac_delta(x), {}, NotImplementedError, r'dirac_delta .* mollified\(e, width\), from sage_tf.all'),
            (x, {'dtype': 'int32'}, TypeError, 'int32'),
            (x, {'dtype': 'float33'}, TypeError, 'float33'), (x, {'variables': (x, x)}, ValueError, 'twice'),
            (x, {'variables': 2}, TypeError, 'symbols'), (x, {'variables': ('x',)}, TypeError, 'symbols'),
            (x, {'jit': 'yes'}, TypeError, 'jit'),
            (a * x, {'parameters': {a: [1, 2]}}, ValueError, 'parameter a'), (a * x, {'parameters': {a: I}}, TypeError, 'real'),
            (a * x, {'variables': (a, x), 'parameters': {a: 1}}, ValueError, 'twice'), ('x', {}, TypeError, 'str'),
            (x + 10**400, {}, OverflowError, 'float64'), ([x, 1], {}, TypeError, 'list')):
        with pytest.raises(kind, match=message):
            TensorFunction(e, **options)


def test_a_traced_function_may_call_it():
    f = TensorFunction(x**2 + y, (x, y))
    for jit in (None, True):
        @tf.function(jit_compile=jit, autograph=False)
        def g(value):
            with tf.GradientTape() as tape:
                tape.watch(value)
                result = f(value, 1)
            return tape.gradient(result, value)
        np.testing.assert_array_equal(g(tf.constant([1.0, 2.0], tf.float64)), [2, 4])


def test_unknown_shapes_may_be_traced():
    f = TensorFunction(matrix([[x, x * y, 1]]), (x, y))
    g = tf.function(f, input_signature=[tf.TensorSpec([None], tf.float64), tf.TensorSpec(None, tf.float64)], autograph=False)
    found = g(tf.constant([1.0, 2.0], tf.float64), tf.constant(3.0, tf.float64))
    np.testing.assert_array_equal(found, [[[1, 3, 1]], [[2, 6, 1]]])


def test_a_dataset_may_map_it():
    data = tf.data.Dataset.from_tensor_slices(np.arange(4.0)).batch(2).map(TensorFunction(x**2))
    np.testing.assert_array_equal(np.concatenate(list(data.as_numpy_iterator())), [0, 1, 4, 9])


def test_a_persistent_tape_and_a_jacobian():
    f = TensorFunction(vector([x * y, x + y**3]), (x, y))
    u, v = tf.constant(2.0, tf.float64), tf.constant(3.0, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((u, v))
        value = f(u, v)
    np.testing.assert_array_equal(tape.jacobian(value, u), [3, 1])
    np.testing.assert_array_equal(tape.jacobian(value, v), [2, 27])


def test_few_traces_serve_many_calls():
    f = TensorFunction(x**2 + 1)
    for k in range(20):
        f(k), f(float(k)), f(Integer(k)), f(np.float64(k))
    assert len(f._value._graph) == 1
    for k in range(1, 20):
        f(np.zeros(k))
    assert len(f._value._graph) <= 3 and len(f._value._compiled) == 0
    for k in range(10000, 10030):
        f(np.zeros(k))
    assert len(f._value._graph) <= 3 and len(f._value._compiled) <= 16


def test_parameters_are_trained_and_come_back():
    f = TensorFunction(a * x + b, parameters={a: 1, b: QQ((1, 2))})
    data = np.linspace(-1, 1, 50)
    optimizer = keras.optimizers.Adam(0.1)
    for _ in range(200):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((f(data) - (3 * data - 2))**2)
        optimizer.apply_gradients(zip(tape.gradient(loss, f.trainable_variables), f.trainable_variables, strict=True))
    assert len(f.trainable_variables) == 2
    slope, offset = f.to_sage().coefficient(x, 1), f.to_sage().coefficient(x, 0)
    assert abs(slope - 3) < 0.01 and abs(offset + 2) < 0.01
    assert f.parameters()[a].numpy() == RDF(slope)
    assert f.expression() == a * x + b


def test_unknown_functions_are_bound_to_callables():
    u = function('u')
    f = TensorFunction(u(x, 2) - u(x - 1, t) + u(SR(0), SR(1)), (x, t), functions={u: lambda p, q: p**2 * q})
    np.testing.assert_allclose(f([1.0, 2.0], 3), [2 * p**2 - 3 * (p - 1)**2 for p in (1, 2)])


@pytest.mark.parametrize('jit', MODES)
def test_an_unknown_function_of_no_arguments_is_a_constant(jit):
    u = function('u')
    # of * arguments: what it is called with decides
    f = TensorFunction(x + u() + t * u(x), (x, t), functions={u: lambda *k: 2 * k[0] if k else tf.constant(5.0, tf.float64)},
                       jit=jit)
    np.testing.assert_array_equal(f([2, 3], 10), [2 + 5 + 10 * 4, 3 + 5 + 10 * 6])
    assert TensorFunction(u() + x, x, functions={u: lambda: 5.0}, jit=jit)(2).numpy() == 7
    np.testing.assert_array_equal(TensorFunction(u(), x, functions={u: lambda: 5.0}, jit=jit)([1, 2]), [5, 5])
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match='bound to u was given no argument'):
        TensorFunction(u() + x, functions={u: network}, jit=jit)(1)


def test_unknown_functions_are_bound_to_networks():
    u = function('u')
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation='tanh'), keras.layers.Dense(1)])
    f = TensorFunction(u(x, t) * x, (x, t), functions={u: network})
    points, times = np.linspace(0, 1, 6).reshape(2, 3), 0.5
    wanted = network(np.stack([points.ravel(), np.full(6, 0.5)], axis=-1).astype('float32')).numpy().reshape(2, 3) * points
    np.testing.assert_allclose(f(points, times), wanted, rtol=1e-5)
    with tf.GradientTape() as tape:
        value = f(points, times)
    assert all(g is not None for g in tape.gradient(value, [v.value for v in network.trainable_variables]))
    vectorial = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match='bound to u has 2 outputs'):
        TensorFunction(u(x), functions={u: vectorial})([1.0])


def test_pickles_and_copies_keep_the_values_of_parameters():
    f = TensorFunction(a * x, parameters={a: 1}, dtype='float32', jit=False)
    f.parameters()[a].assign(3.0)
    for g in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert g(2).numpy() == 6 and g.dtype() == tf.float32 and g.variables() == (x,)
        g.parameters()[a].assign(1.0)
    assert f(2).numpy() == 6
    u = function('u')
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer='ones')])
    f = TensorFunction(u(x) + 1, functions={u: network})
    assert pickle.loads(pickle.dumps(f))(2).numpy() == 3
    assert f == f and f != TensorFunction(x) and len({f, f}) == 1


def test_variables_may_be_given_in_any_way():
    for variables in ((y, x), [[y, x]], [(y, x)]):
        assert expression_to_tf(x / y, *variables).variables() == (y, x)
    assert expression_to_tf(x / y).variables() == (x, y)
    assert expression_to_tf(x, dtype=RealField(24)).dtype() == tf.float32
    with pytest.raises(TypeError, match='symbols'):
        expression_to_tf(x / y, 'x')


def test_a_polynomial_ring_element_and_numbers_are_expressions_too():
    p = QQ['t'].gen()
    assert TensorFunction(p**2 + 1)(2).numpy() == 5
    assert TensorFunction(ZZ(3), x)([1, 2]).numpy().tolist() == [3, 3]


@pytest.mark.parametrize('jit', MODES)
@pytest.mark.parametrize('e', [x * sin(y) + x**2, zeta(x) * y**3, cosh(x * y) - x**y], ids=str)
def test_jacobians_and_forward_accumulators_agree_with_sage(e, jit):
    f = TensorFunction(e, (x, y), jit=jit)
    u, v = tf.constant([1.5, 2.25, 3.0], tf.float64), tf.constant(0.75, tf.float64)
    at = [{x: QQ(p), y: QQ(0.75)} for p in u.numpy()]
    by_x, by_y = ([exact(diff(e, s).subs(point)).real for point in at] for s in (x, y))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch((u, v))
        value = f(u, v)
    np.testing.assert_allclose(tape.jacobian(value, u), np.diag(by_x), rtol=1e-11)
    np.testing.assert_allclose(tape.jacobian(value, v), by_y, rtol=1e-11)
    direction = tf.constant([1.0, -2.0, 0.5], tf.float64)
    wanted = by_x * direction.numpy() + 3 * np.array(by_y)
    for call in (f,) if jit else (f, tf.function(f, autograph=False)):
        with tf.autodiff.ForwardAccumulator([u, v], [direction, tf.constant(3.0, tf.float64)]) as accumulator:
            value = call(u, v)
        np.testing.assert_allclose(accumulator.jvp(value), wanted, rtol=1e-11)
        np.testing.assert_allclose(value, [exact(e.subs(point)).real for point in at], rtol=1e-12)


@pytest.mark.parametrize('jit', MODES)
@pytest.mark.parametrize('e', [x**2, cosh(x) - x**3, gamma(x), exp(-x) * x], ids=str)
def test_forward_accumulators_reach_what_xla_compiles(e, jit):
    points, direction = tf.constant([1.5, 2.25, 3.0], tf.float64), tf.constant([1.0, -2.0, 0.5], tf.float64)
    wanted = [exact(diff(e, x).subs({x: QQ(p)})).real * s for p, s in zip(points.numpy(), direction.numpy(), strict=True)]
    with tf.autodiff.ForwardAccumulator(points, direction) as accumulator:
        value = tf.function(TensorFunction(e, jit=jit), autograph=False, jit_compile=True)(points)
    np.testing.assert_allclose(accumulator.jvp(value), wanted, rtol=1e-11)


def test_a_forward_accumulator_sees_parameters_and_many_points():
    f = TensorFunction(a * sin(x) + a**2, parameters={a: 2})
    points = tf.constant(np.linspace(0, 1, 3000))
    with tf.autodiff.ForwardAccumulator(f.parameters()[a], tf.constant(1.0, tf.float64)) as accumulator:
        value = f(points)
    np.testing.assert_allclose(accumulator.jvp(value), np.sin(points) + 4, rtol=1e-14)
    u = function('u')
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3, 'tanh'), keras.layers.Dense(1)])
    with tf.autodiff.ForwardAccumulator(points, tf.ones_like(points)) as accumulator:
        value = TensorFunction(u(x)**2, functions={u: network})(points)
    slopes = TensorFunction(2 * u(x) * diff(u(x), x), functions={u: network})(points)
    np.testing.assert_allclose(accumulator.jvp(value), slopes, rtol=1e-5, atol=1e-7)


def test_sums_products_and_integrals_take_tensors_of_unknown_rank():
    k, n = var('k, n')
    points = np.array([[0.5, 1.5], [2.5, -3.0]])
    series = {
        (sin(k * x) / k).sum(k, 1, 5, hold=True): sum(np.sin(j * points) / j for j in range(1, 6)),
        (1 + x / k).prod(k, 1, 4, hold=True): np.prod([1 + points / j for j in range(1, 5)], axis=0),
        integral(cos(t * x), t, 0, 1, hold=True): np.sin(points) / points,
    }
    for e, wanted in series.items():
        run = tf.function(TensorFunction(e, x), input_signature=[tf.TensorSpec(None, tf.float64)], autograph=False)
        for where in (np.s_[:], np.s_[0], np.s_[0, 1]):
            np.testing.assert_allclose(run(tf.constant(points[where])), wanted[where], rtol=1e-11)
    open_ended = TensorFunction((x**k).sum(k, 0, n, hold=True), (x, n))
    run = tf.function(open_ended, input_signature=[tf.TensorSpec(None, tf.float64)]*2, autograph=False)
    np.testing.assert_allclose(run(tf.constant(points), tf.constant([2.0, 4.0], tf.float64)),
                               [[sum(p**j for j in range(m + 1)) for p, m in zip(row, (2, 4), strict=True)] for row in points], rtol=1e-13)


@pytest.mark.parametrize('jit', MODES)
def test_unknown_functions_at_a_point_need_no_variables(jit):
    u = function('u')
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(4, 'tanh'), keras.layers.Dense(1)])
    f = TensorFunction(u(SR(0)) - 2 * u(SR(1)), functions={u: network}, jit=jit)
    assert f.variables() == () and f().shape == ()
    ends = network(np.array([[0.0], [1.0]])).numpy()[:, 0]
    np.testing.assert_allclose(f(), ends[0] - 2 * ends[1], rtol=1e-6)
    slope = TensorFunction(diff(u(x), x).subs({x: SR(1)}), functions={u: network}, jit=jit)()
    (first, second), shift = (layer.kernel.numpy().ravel() for layer in network.layers), network.layers[0].bias.numpy()
    np.testing.assert_allclose(slope, np.sum(first * second / np.cosh(first + shift)**2), rtol=1e-5)
    with tf.GradientTape() as tape:
        value = f()
    assert all(g is not None for g in tape.gradient(value, f.trainable_variables))


def test_tensors_of_keras_keep_their_static_shape():
    inputs = [keras.Input((1,)), keras.Input((1,))]
    assert TensorFunction(x * y, (x, y))(*inputs).shape == (None, 1)
    assert TensorFunction(vector([x, x * y, 1]), (x, y))(*inputs).shape == (None, 1, 3)
    assert TensorFunction(x**2)(keras.Input((4, 2))).shape == (None, 4, 2)
    assert TensorFunction(SR(1), (x, y))(*inputs).shape == (None, 1)
    u = function('u')
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    assert TensorFunction(u(x, y) + diff(u(x, y), x), (x, y), functions={u: network})(*inputs).shape == (None, 1)
    k = var('k')
    assert TensorFunction((x**k).sum(k, 0, 3, hold=True), x)(inputs[0]).shape == (None, 1)
