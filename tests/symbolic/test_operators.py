"""Unknown functions and their derivatives, against the same expressions with Sage's functions in their place."""
import re

import keras
import numpy as np
import pytest
import scipy.special
import tensorflow as tf
from sage.all import SR, I, Integer, cos, diff, dumps, exp, function, loads, log, sin, var

from sage_tf.symbolic.tensor_function import TensorFunction

x, t, a = var('x, t, a')
u, v, w = function('u'), function('v'), function('w')
POINTS = np.array([[0.3, 1.7, -0.6], [0.9, 2.1, 0.4]])
TIMES = np.array([0.8, 0.1, 1.3])
MODES = (None, False, True)


def formula(x, t):
    return sin(x * t) * exp(-t) + x**3 * t**2


def on_tensors(x, t):
    return tf.sin(x * t) * tf.exp(-t) + x**3 * t**2


def values(expression, dtype=float):
    """The values of an expression in x and t at the points, by Sage at high precision."""
    found = [dtype(SR(expression).subs({x: p, t: q}).n(100)) for p, q in np.broadcast(POINTS, TIMES)]
    return np.array(found).reshape(POINTS.shape)


@pytest.fixture
def double_precision():
    before = keras.config.dtype_policy()
    keras.config.set_floatx('float64')
    keras.config.set_dtype_policy('float64')
    yield
    keras.config.set_floatx('float32')
    keras.config.set_dtype_policy(before)


def network(inputs, outputs):
    keras.utils.set_random_seed(3)
    hidden = keras.layers.Dense(8, activation='tanh', bias_initializer='normal')
    return keras.Sequential([keras.Input((inputs,)), hidden, keras.layers.Dense(outputs)])


EQUATIONS = {
    'values at shifted arguments': u(x, t) - u(x - 1, t) + u(2 * x, t - x),
    'first derivatives': diff(u(x, t), x) * diff(u(x, t), t) + u(x, t),
    'chain rule': diff(u(x**2, t), x) + diff(u(x * t, x + t), t),
    'second derivatives of a composition': diff(u(x**2, t * x), x, 2),
    'both arguments one variable': diff(u(x, x), x, 2) + t,
    'exchanged arguments': diff(u(t, x), x),
    'constant arguments': u(SR(0), t) + u(x, SR(2)) + u(SR(1), SR(1)),
    'derivatives at constant arguments': (diff(u(x, t), x) * diff(u(x, t), t)).subs(x=0) + diff(u(x, t), t).subs(t=2),
    'derivatives at a number': diff(u(x, t), x, t).subs(x=1, t=2) + x,
    'a delay': diff(u(x, t), x).subs(x=x - 1) - diff(u(x, t), x),
    'mixed third': diff(u(x, t), x, t, x) + diff(u(x, t), t, 2, x),
    'mixed fourth': diff(u(x, t), x, 2, t, 2) - diff(u(x, t), x, 3, t) + diff(u(x, t), t, 4),
    'Burgers': diff(u(x, t), t) + u(x, t) * diff(u(x, t), x) - diff(u(x, t), x, 2) / 10,
    'under functions': exp(sin(diff(u(x, t), x))) * log(2 + u(x, t)**2),
}


@pytest.mark.parametrize('jit', MODES)
def test_derivatives_are_taken_with_respect_to_the_argument(jit):
    expression = sum(EQUATIONS[name] for name in ('chain rule', 'a delay', 'derivatives at constant arguments', 'mixed third', 'Burgers'))
    f = TensorFunction(expression, (x, t), functions={u: on_tensors}, jit=jit)
    np.testing.assert_allclose(f(POINTS, TIMES), values(expression.substitute_function(u, formula)), rtol=1e-11)


@pytest.mark.parametrize('name', EQUATIONS)
def test_every_kind_of_derivative(name):
    f = TensorFunction(EQUATIONS[name], (x, t), functions={u: on_tensors}, jit=False)
    np.testing.assert_allclose(f(POINTS, TIMES), values(EQUATIONS[name].substitute_function(u, formula)), rtol=1e-11)


@pytest.mark.parametrize('jit', MODES)
def test_a_function_of_derivatives_is_differentiable_again(jit):
    e = u(x, t) * diff(u(x, t), x, 2) + diff(u(x, 2 * t), t)
    f = TensorFunction(e, (x, t), functions={u: on_tensors}, jit=jit)
    p, q = tf.constant(POINTS), tf.constant(TIMES)
    with tf.GradientTape() as outer:
        outer.watch((p, q))
        with tf.GradientTape() as inner:
            inner.watch(p)
            value = f(p, q)
        slope = inner.gradient(value, p)
    by_x, by_t = outer.gradient(slope, (p, q))
    known = e.substitute_function(u, formula)
    np.testing.assert_allclose(slope, values(known.diff(x)), rtol=1e-11)
    np.testing.assert_allclose(by_x, values(known.diff(x, 2)), rtol=1e-11)
    np.testing.assert_allclose(by_t, values(known.diff(x, t)).sum(axis=0), rtol=1e-11)


def test_a_function_of_one_argument_and_of_three():
    y = var('y')
    f = TensorFunction(diff(u(x), x, 3) - diff(v(x, y, t), x, y, t), (x, y, t),
                       functions={u: tf.sin, v: lambda a, b, c: a * b**2 * tf.sin(c)})
    np.testing.assert_allclose(f(0.5, 2.0, 0.3), -np.cos(0.5) - 2 * 2.0 * np.cos(0.3), rtol=1e-13)


def test_all_derivatives_at_the_same_arguments_come_from_one_call():
    calls = []

    def counted(x, t):
        calls.append(x)
        return on_tensors(x, t)

    e = (u(x, t) + diff(u(x, t), x) * diff(u(x, t), t) + diff(u(x, t), x, 2) + diff(u(x, t), x, t) - diff(u(x, t), t, x)
         + diff(u(x**2, t), x))
    TensorFunction(e, (x, t), functions={u: counted}, jit=False)(POINTS, TIMES)
    assert len(calls) == 2                                          # at (x, t) and at (x^2, t)


def test_the_work_of_derivatives_is_that_of_one_nest_of_tapes():
    def tanhs(expression):
        f = TensorFunction(expression, (x, t), functions={u: lambda x, t: tf.tanh(x * t)}, jit=False)
        traced = tf.function(f, autograph=False).get_concrete_function(*[tf.TensorSpec((4,), tf.float64)] * 2)
        return sum(op.type == 'Tanh' for op in traced.graph.get_operations())

    assert tanhs(diff(u(x, t), x, 2) + diff(u(x, t), x) + u(x, t) + diff(u(x, t), t)) == 1


@pytest.mark.parametrize('jit', MODES)
def test_the_residual_of_a_network_agrees_with_difference_quotients(jit, double_precision):
    model = network(2, 1)
    e = diff(u(x, t), t) + u(x, t) * diff(u(x, t), x) - diff(u(x, t), x, 2)
    f = TensorFunction(e, (x, t), functions={u: model}, jit=jit)

    def at(p, q):
        p, q = np.broadcast_arrays(p, q)
        return model(np.stack([p.ravel(), q.ravel()], axis=-1)).numpy().reshape(p.shape)

    h = 1e-4
    wanted = ((at(POINTS, TIMES + h) - at(POINTS, TIMES - h)) / (2 * h)
              + at(POINTS, TIMES) * (at(POINTS + h, TIMES) - at(POINTS - h, TIMES)) / (2 * h)
              - (at(POINTS + h, TIMES) - 2 * at(POINTS, TIMES) + at(POINTS - h, TIMES)) / h**2)
    np.testing.assert_allclose(f(POINTS, TIMES), wanted, atol=1e-6)


@pytest.mark.parametrize('jit', MODES)
def test_the_weights_have_the_gradient_of_a_residual(jit, double_precision):
    model = network(2, 1)
    f = TensorFunction(diff(u(x, t), t) - diff(u(x, t), x, 2), (x, t), functions={u: model}, jit=jit)
    kernel = model.layers[0].kernel.value

    def loss():
        return tf.reduce_mean(f(POINTS, TIMES)**2)

    with tf.GradientTape() as tape:
        value = loss()
    slope = tape.gradient(value, kernel).numpy()
    start, h = kernel.numpy(), 1e-5
    for where in np.ndindex(2, 3):
        moved = np.zeros_like(start)
        moved[where] = h
        kernel.assign(start + moved)
        above = loss()
        kernel.assign(start - moved)
        np.testing.assert_allclose(slope[where], (above - loss()) / (2 * h), rtol=1e-4, atol=1e-8)
        kernel.assign(start)


def test_a_compiled_step_of_training_lowers_a_residual():
    model = network(2, 1)
    f = TensorFunction(diff(u(x, t), t) + diff(u(x, t), x) - u(x, t), (x, t), 'float32', functions={u: model})
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    p, q = (tf.random.stateless_uniform((64,), (1, k)) for k in (1, 2))

    @tf.function(jit_compile=True, autograph=False)
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(f(p, q)**2) + tf.reduce_mean((model(tf.zeros((1, 2))) - 1)**2)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    losses = [float(step()) for _ in range(100)]
    assert losses[-1] < losses[0] / 10


def test_an_unpickled_function_object_is_the_same_function():
    f = TensorFunction(loads(dumps(diff(u(x, t), x, t) + u(x, t))), (x, t), functions={u: on_tensors})
    np.testing.assert_allclose(f(POINTS, TIMES), values(formula(x, t).diff(x, t) + formula(x, t)), rtol=1e-12)


def test_what_does_not_depend_on_an_argument_has_derivative_zero():
    e = diff(u(x, t), x) + diff(v(x, t), t) + diff(w(x), x, 2) + w(x)
    f = TensorFunction(e, (x, t), functions={u: lambda x, t: t, v: lambda x, t: 3.0, w: lambda x: 2 * x})
    np.testing.assert_array_equal(f([1.0, 2.0], 5.0), [2.0, 4.0])


@pytest.mark.parametrize('jit', MODES)
def test_a_callable_may_return_a_number(jit):
    f = TensorFunction(u(x) * x, functions={u: lambda x: 5.0}, jit=jit)
    np.testing.assert_array_equal(f([1, 2]), [5, 10])
    weight = tf.Variable(2.0, dtype=tf.float64)
    f = TensorFunction(u(x) * x, functions={u: lambda x: weight}, jit=jit)
    with tf.GradientTape() as tape:
        value = f([1, 2])
    assert tape.gradient(value, weight).numpy() == 3


def test_a_sum_over_the_points_is_not_taken_for_a_number():
    with pytest.raises(ValueError, match='depends on all points'):
        TensorFunction(u(x), functions={u: tf.reduce_mean})([1, 2])
    with pytest.raises(ValueError, match='one value for each point'):
        TensorFunction(u(x), functions={u: lambda x: x[:1]})([1, 2])


def test_numpy_has_no_derivative():
    for jit, target in ((False, np.sin), (None, lambda x: tf.numpy_function(np.sin, [x], tf.float64))):
        f = TensorFunction(diff(u(x), x), functions={u: target}, jit=jit)
        with pytest.raises(TypeError, match='bound to u has no derivative'):
            f([1, 2])


def test_outputs_are_addressed_by_number():
    u0, u1 = function('u0'), function('u1')
    e = diff(u0(x, t), t) * u1(x, t) - diff(u1(x, t), x, 2)
    known = formula(x, t).diff(t) * cos(x - t) + cos(x - t)
    both = lambda x, t: (on_tensors(x, t), tf.cos(x - t))                    # noqa: E731
    stacked = lambda x, t: tf.stack(both(x, t), axis=-1)                     # noqa: E731
    for target in (both, stacked):
        f = TensorFunction(e, (x, t), functions={u: target})
        np.testing.assert_allclose(f(POINTS, TIMES), values(known), rtol=1e-12)
    e = e.substitute_function(u0, v).substitute_function(u1, w)
    f = TensorFunction(e, (x, t), functions={(v, w): both})
    np.testing.assert_allclose(f(POINTS, TIMES), values(known), rtol=1e-12)


def test_a_network_of_several_outputs_runs_once():
    runs = []

    class Counting(keras.layers.Dense):
        def call(self, inputs):
            runs.append(inputs)
            return super().call(inputs)

    model = keras.Sequential([keras.Input((2,)), Counting(3)])
    runs.clear()
    e = function('u0')(x, t) + 2 * function('u2')(x, t) + diff(function('u1')(x, t), x)
    value = TensorFunction(e, (x, t), functions={u: model}, jit=False)(POINTS, TIMES)
    assert len(runs) == 1
    p, q = np.broadcast_arrays(POINTS, TIMES)
    rows = model(np.stack([p.ravel(), q.ravel()], axis=-1).astype('float32')).numpy().reshape(2, 3, 3)
    np.testing.assert_allclose(value, rows[..., 0] + 2 * rows[..., 2] + model.layers[0].kernel.numpy()[0, 1], rtol=1e-5)


def test_a_network_may_have_an_input_for_each_argument_and_several_heads():
    inputs = [keras.Input((1,)), keras.Input((1,))]
    joined = keras.layers.Concatenate()(inputs)
    heads = [keras.layers.Dense(1, kernel_initializer='ones')(joined), keras.layers.Multiply()(inputs)]
    model = keras.Model(inputs, heads)
    f = TensorFunction(v(x, t) * w(x, t), (x, t), functions={(v, w): model})
    np.testing.assert_allclose(f([1, 2], 3), [(1 + 3) * 3, (2 + 3) * 6])


def test_numbers_of_outputs_that_do_not_match_are_refused():
    pair = lambda x: (x, 2 * x)                                              # noqa: E731
    for e, functions, message in (
            (u(x), {u: pair}, 'has 2 outputs; write u0, u1'), (function('u2')(x), {u: pair}, 'at least 3 for u2'),
            (v(x), {(u, v): lambda x: x}, 'has 1 output; expected 2'), (v(x), {(u, v, w): pair}, 'has 2 outputs; expected 3')):
        with pytest.raises(ValueError, match=message):
            TensorFunction(e, functions=functions)([1.0, 2.0])
    with pytest.raises(ValueError, match='u0 is bound by itself'):
        TensorFunction(function('u1')(x), functions={u: pair, function('u0'): tf.sin})
    assert TensorFunction(u(x) + function('u0')(x), functions={u: tf.square, function('u0'): tf.abs})(-3).numpy() == 12


def test_complex_functions_are_differentiated_where_they_are_analytic():
    def g(z, s):
        return tf.exp(z * s) / (z + tf.constant(2j, z.dtype))

    e = diff(u(x, t), x, 2) + diff(u(I * x, t), x, t)
    known = e.substitute_function(u, lambda z, s: exp(z * s) / (z + 2 * I))
    for jit in MODES:
        f = TensorFunction(e, (x, t), 'complex128', functions={u: g}, jit=jit)
        np.testing.assert_allclose(f(POINTS, TIMES), values(known, complex), rtol=1e-11)
    for target in (tf.math.conj, lambda z: tf.cast(tf.abs(z), z.dtype)):
        f = TensorFunction(diff(v(x), x), x, 'complex128', functions={v: target})
        assert np.isnan(f([1 + 1j, 2 - 3j]).numpy()).all()


def test_a_real_network_is_refused_in_a_complex_dtype():
    with pytest.raises(TypeError, match='network bound to u computes in float32'):
        TensorFunction(u(x), dtype='complex128', functions={u: network(1, 1)})


def test_tensor_functions_are_callables_too():
    inner = TensorFunction(a * sin(x), x, parameters={a: 2})
    f = TensorFunction(diff(u(x), x, 2) + u(x)**2, functions={u: inner})
    np.testing.assert_allclose(f(0.5), -2 * np.sin(0.5) + 4 * np.sin(0.5)**2, rtol=1e-13)
    assert [variable.numpy() for variable in f.trainable_variables] == [2]


def test_shapes_known_only_when_run():
    f = TensorFunction(diff(u(x, t), x) + u(SR(0), t), (x, t), functions={u: on_tensors})
    run = tf.function(f, autograph=False, input_signature=[tf.TensorSpec((None, None), tf.float64), tf.TensorSpec((None,), tf.float64)])
    known = formula(x, t).diff(x) + formula(SR(0), t)
    np.testing.assert_allclose(run(tf.constant(POINTS), tf.constant(TIMES)), values(known), rtol=1e-12)


def test_more_derivatives_than_anyone_needs():
    f = TensorFunction(diff(u(x), x, Integer(7)), functions={u: lambda x: tf.exp(2 * x)})
    np.testing.assert_allclose(f([0.0, 0.5]), 2**7 * np.exp([0.0, 1.0]), rtol=1e-12)


def test_a_callable_that_does_not_fit_is_refused_in_one_sentence():
    column = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    cases = [
        (u(x, t), lambda x: x, MODES, TypeError, 'u was given 2 arguments, as the expression has it, but is one of (x)'),
        (diff(u(x), x), lambda x, t: x, MODES, TypeError, 'u was given 1 argument, as the expression has it, but is one of (x, t)'),
        (u(x, t), column, MODES, ValueError, 'u was given 2 arguments, as the expression has it, but its input has 1 column;'),
        (u(x), np.sin, (None, True), TypeError, 'u does not take tensors whose values are not known yet'),
        (u(x), scipy.special.j0, (None, True), TypeError, 'pass jit=False'),
        (u(x), lambda x: x.numpy(), (None, True), TypeError, 'u does not take tensors whose values are not known yet'),
        (u(x), lambda x: None, MODES, TypeError, 'u returned an object of type'),
        (u(x), lambda x: 'one', MODES, TypeError, 'u returned a tensor of dtype string; expected numbers'),
    ]
    for e, target, modes, kind, message in cases:
        for jit in modes:
            f = TensorFunction(e, functions={u: target}, jit=jit)
            with pytest.raises(kind, match=re.escape(message)) as caught:
                f(*[[1.0, 2.0]]*len(f.variables()))
            assert '\n' not in str(caught.value)
    np.testing.assert_allclose(TensorFunction(u(x), functions={u: np.sin}, jit=False)([1, 2]), np.sin([1, 2]), rtol=1e-15)
    for given in ([u], u, 'u'):
        with pytest.raises(TypeError, match='expected a dictionary from unknown functions to callables'):
            TensorFunction(u(x), functions=given)


@pytest.mark.parametrize('signature', [[None, None], [(None, None), None], [(2, 3), (None,)]], ids=str)
def test_outputs_along_the_last_axis_when_the_rank_is_known_only_when_run(signature):
    u0, u1 = function('u0'), function('u1')
    e = diff(u0(x, t), t)*u1(x, t) - u0(SR(1), t)
    known = formula(x, t).diff(t)*cos(x - t) - formula(SR(1), t)
    for target in (lambda x, t: tf.stack([on_tensors(x, t), tf.cos(x - t)], axis=-1), lambda x, t: (on_tensors(x, t), tf.cos(x - t))):
        f = TensorFunction(e, (x, t), functions={u: target})
        run = tf.function(f, autograph=False, input_signature=[tf.TensorSpec(shape, tf.float64) for shape in signature])
        np.testing.assert_allclose(run(tf.constant(POINTS), tf.constant(TIMES)), values(known), rtol=1e-12)
    single = TensorFunction(function('u0')(x)*3, functions={u: tf.square})
    run = tf.function(single, autograph=False, input_signature=[tf.TensorSpec(None, tf.float64)])
    for point in (POINTS, TIMES, 2.0):
        np.testing.assert_allclose(run(tf.constant(point, tf.float64)), 3*np.square(point))


def test_a_shape_that_hides_the_outputs_is_refused():
    target = lambda x: tf.numpy_function(lambda x: np.stack([x, 2*x], -1), [x], tf.float64)                       # noqa: E731
    with pytest.raises(ValueError, match='leaves open how many outputs it has'):
        TensorFunction(function('u1')(x), functions={u: target})([1.0, 2.0])
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        TensorFunction(u(x), functions={u: target})([1.0, 2.0])
    shaped = lambda x: tf.ensure_shape(target(x), (*x.shape, 2))                                                  # noqa: E731
    np.testing.assert_array_equal(TensorFunction(function('u1')(x), functions={u: shaped})([1.0, 2.0]), [2, 4])
