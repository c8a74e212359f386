"""
Large expressions: shared subexpressions are computed once, and no size or depth meets a recursion limit.
"""
import sys

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, RealField, cos, exp, integrate, pi, sin, sqrt, sum, var

from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.tensor_function import TensorFunction

x, y = var('x, y')
POINT = QQ((3, 8))


def value_and_gradient(f, points):
    with tf.GradientTape() as tape:
        tape.watch(points)
        value = f(points)
    return value.numpy(), tape.gradient(value, points).numpy()


def nested(step, depth):
    """Return an expression of the given depth with its value and derivative at POINT by the chain rule at 200 bits."""
    field = RealField(200)
    e, value, slope = x, field(POINT), field(1)
    symbolic_slope = step(x).diff(x)
    for _ in range(depth):
        slope *= field(symbolic_slope.subs(x=value))
        value = field(step(SR(value)))
        e = step(e)
    return e, value, slope


@pytest.mark.parametrize('step', [sin, lambda e: 1 / (1 + e), lambda e: sqrt(1 + e)], ids=['sin', 'fraction', 'root'])
@pytest.mark.parametrize('jit, depth', [(None, 1500), (False, 5000)], ids=['graph', 'eager'])
def test_deep_nesting_meets_no_recursion_limit(step, jit, depth):
    e, value, slope = nested(step, depth)
    assert sys.getrecursionlimit() < depth
    found, gradient = value_and_gradient(TensorFunction(e, x, jit=jit), tf.constant([float(POINT)], tf.float64))
    np.testing.assert_allclose(found, [float(value)], rtol=1e-12)
    np.testing.assert_allclose(gradient, [float(slope)], rtol=1e-9, atol=1e-300)


def test_an_expression_squared_200_times_is_a_graph_of_some_400_operations():
    e = x
    for _ in range(200):
        e = e**2 + x
    f = TensorFunction(e, x)
    assert len(f._program()) <= 405
    # at -1/4 the iteration is stable
    point, value, slope = QQ((-1, 4)), RealField(200)(QQ((-1, 4))), RealField(200)(1)
    for _ in range(200):
        slope, value = 2 * value * slope + 1, value**2 + point
    found, gradient = value_and_gradient(f, tf.constant([-0.25], tf.float64))
    np.testing.assert_allclose(found, [float(value)], rtol=1e-13)
    np.testing.assert_allclose(gradient, [float(slope)], rtol=1e-13)


@pytest.mark.parametrize('jit, count', [(None, 1000), (None, 10000)], ids=['traced', 'too long to trace'])
@pytest.mark.parametrize('dtype, tolerance', [('float64', 1e-10), ('float32', 1e-4)])
def test_a_long_sum_is_added_accurately(dtype, tolerance, jit, count):
    terms = [cos(k * x) / k for k in range(1, count + 1)]
    f = TensorFunction(SR(0).add(*terms), x, dtype=dtype, jit=jit)
    points = np.array([0.375, 1.5], dtype)
    found, gradient = value_and_gradient(f, tf.constant(points))
    k = np.arange(1, count + 1)[:, None]
    wanted = np.cos(k * points.astype('float64'))
    np.testing.assert_allclose(found, (wanted / k).sum(axis=0), atol=10 * tolerance)
    np.testing.assert_allclose(gradient, -np.sin(k * points.astype('float64')).sum(axis=0), atol=count * 10 * tolerance)


def test_equal_subexpressions_are_one_node():
    graph = Graph(operation)
    e = exp(sin(x * y)) + cos(sin(x * y))
    graph.read(e), graph.read(e**2), graph.read(sin(x * y))
    assert [node.op for node in graph.nodes].count('sin') == 1
    assert len(TensorFunction(sin(x)**4 * exp(sin(x)**2))._program()) == 5          # sin, square, square of it, exp, product


def test_constants_are_folded_exactly():
    graph = Graph(operation)
    root = graph.read((sqrt(SR(2)) + pi) * x + sin(SR(1)))
    constants = [graph.nodes[k].value for k in graph.reachable([root]) if graph.nodes[k].op == 'constant']
    assert set(constants) == {sqrt(SR(2)) + pi, sin(SR(1))}
    # A float is a binary fraction, which does not lower the precision of what it meets.
    graph = Graph(operation)
    root = graph.read(x + SR(0.5).add(pi, hold=True))
    assert [graph.nodes[k].value for k in graph.reachable([root]) if graph.nodes[k].op == 'constant'] == [pi + QQ((1, 2))]


@pytest.mark.parametrize('jit', [None, False, True])
def test_held_integrals_and_sums_are_constants(jit):
    k = var('k')
    integral = integrate(exp(-x**2) * sin(x**3), x, 0, 1, hold=True)
    series = sum(1 / (k**2 + sin(k)), k, 1, 10, hold=True)
    value = float(mpmath.quad(lambda t: mpmath.exp(-t**2) * mpmath.sin(t**3), [0, 1]))
    total = float(mpmath.fsum(1 / (n**2 + mpmath.sin(n)) for n in range(1, 11)))
    f = TensorFunction(integral + 2 * series, jit=jit)
    assert f.variables() == ()
    np.testing.assert_allclose(f(), value + 2 * total, rtol=1e-14)
    # The variable may occur bound and free, and a constant within a function.
    f = TensorFunction(x * exp(integral) + series / x + k, (x, k), jit=jit)
    found, gradient = value_and_gradient(lambda points: f(points, 1), tf.constant([0.5, 2.0], tf.float64))
    np.testing.assert_allclose(found, [p * np.exp(value) + total / p + 1 for p in (0.5, 2)], rtol=1e-14)
    np.testing.assert_allclose(gradient, [np.exp(value) - total / p**2 for p in (0.5, 2)], rtol=1e-14)
