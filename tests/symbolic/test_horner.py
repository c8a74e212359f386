"""Polynomials in nested form against exact rational arithmetic, in all dtypes and forms, with their derivatives."""

import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, expand, sin, var

from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.horner import Polynomial, nest
from sage_tf.symbolic.tensor_function import TensorFunction

x, y, z = var('x y z')
UNIVARIATE = 3*x**7 - 2*x**6 + x**5/2 - 4*x**4 + x**3/3 + 5*x**2 - x + 7
POLYNOMIALS = {
    'univariate': UNIVARIATE,
    'sparse': x**40 - 3*x**17 + x**2,
    'with a gap and a common factor': 5*x**9*y - 7*x**9 + y*x**3,
    'trivariate': expand((x + 2*y - z + 1)**5),
    'in groups': x**2*y + x*z + y**3*z + y*z - 4,
    'cancelling': expand((x - y)**6),
}


def rational(number):
    """Return the exact value of a floating point number."""
    return QQ(float(number).as_integer_ratio())


def exact(expression, point):
    """Return the value of a polynomial at floating point numbers, and the sum of the absolute values of its terms."""
    where = {v: rational(t) for v, t in point.items()}
    terms = expression.operands() if expression.operator() is not None and expression.operator().__name__ == 'add_vararg' else [expression]
    values = [QQ(term.subs(where)) for term in terms]
    return sum(values), sum(map(abs, values))


@pytest.mark.parametrize('points', [10, 3000])
@pytest.mark.parametrize('dtype', [np.float64, np.float32])
@pytest.mark.parametrize('name', POLYNOMIALS)
def test_values_and_slopes_are_right_to_rounding_errors_of_the_terms(name, dtype, points):
    expression = POLYNOMIALS[name]
    variables = expression.variables()
    degree = max(sum(term.degree(v) for v in variables) for term in expression.operands())
    rng = np.random.default_rng(3)
    data = [rng.uniform(-1.5, 1.5, points).astype(dtype) for _ in variables]
    f = TensorFunction(expression, variables, dtype=np.dtype(dtype).name)
    found = [f(*data), *f.gradient(*data)]
    with tf.GradientTape() as tape:
        tensors = [tf.constant(t) for t in data]
        tape.watch(tensors)
        value = f(*tensors)
    found += tape.gradient(value, tensors)
    wanted = [expression, *[expression.diff(v).expand() for v in variables] * 2]
    for result, part in zip(found, wanted, strict=True):
        for k in range(0, points, max(1, points // 10)):
            value, size = exact(part, dict(zip(variables, (t[k] for t in data), strict=True)))
            assert abs(rational(result[k]) - value) <= degree * rational(np.finfo(dtype).eps) * size


@pytest.mark.parametrize('points', [10, 3000])
def test_second_derivatives(points):
    f = TensorFunction(x**3*y**2 + 3*x*y**2 - x**2 + sin(y)*x**3, (x, y))
    a, b = [tf.constant(np.random.default_rng(k).uniform(0.5, 2, points)) for k in (1, 2)]
    with tf.GradientTape() as outer:
        outer.watch((a, b))
        with tf.GradientTape() as inner:
            inner.watch((a, b))
            value = f(a, b)
        slope = inner.gradient(value, a)
    by_a, by_b = outer.gradient(slope, (a, b))
    np.testing.assert_allclose(by_a, 6*a*b**2 - 2 + 6*a*np.sin(b), rtol=1e-14)
    np.testing.assert_allclose(by_b, 6*a**2*b + 6*b + 3*a**2*np.cos(b), rtol=1e-14)


@pytest.mark.parametrize('points', [10, 3000])
def test_complex_coefficients_and_arguments(points):
    f = TensorFunction(SR.I()*x**3 + (2 - SR.I())*x**2 - x + 1, dtype='complex128')
    t = np.exp(1j * np.arange(points))
    np.testing.assert_allclose(f(t), 1j*t**3 + (2 - 1j)*t**2 - t + 1, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(f.gradient(t)[0], 3j*t**2 + 2*(2 - 1j)*t - 1, rtol=1e-13, atol=1e-14)


def test_arguments_of_different_shapes_are_broadcast():
    f = TensorFunction(x**2*y + x*y + y**2, (x, y))
    a, b = np.linspace(-1, 1, 60)[:, None], np.linspace(0, 2, 70)
    np.testing.assert_allclose(f(a, b), a**2*b + a*b + b**2, rtol=1e-14, atol=1e-15)
    for found, wanted in zip(f.gradient(a, b), (2*a*b + b, a**2 + a + 2*b), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-15)


def test_coefficients_must_fit_the_dtype():
    with pytest.raises(TypeError, match='is not real'):
        TensorFunction(SR.I()*x**2 + x)
    with pytest.raises(OverflowError):
        TensorFunction(10**60*x**2 + x, dtype='float32')


def test_what_has_no_higher_powers_is_left_alone():
    graph = Graph(operation)
    sums = [graph.read(e) for e in (x*y + x*z, x**2 + y**2, x**100 + 3*x)]
    nest(graph, sums)
    assert not any(isinstance(node.op, Polynomial) for node in graph.nodes)


def test_a_thousand_squares_are_nested_in_little_time():
    symbols = [SR.var(f's{k}') for k in range(1000)]
    graph = Graph(operation)
    root = graph.read(SR(0).add(*[s**2 for s in symbols], *[k*s for k, s in enumerate(symbols, 2)]))
    nest(graph, [root])
    node = graph.nodes[root]
    result = node.op.on_tensors(tf.float64)(*[tf.constant(float(k), tf.float64) for k in range(len(node.args))])
    assert isinstance(node.op, Polynomial)
    numbers = {str(graph.nodes[a].value): k for k, a in enumerate(node.args)}
    assert float(result) == sum(numbers[f's{k}']**2 + (k + 2)*numbers[f's{k}'] for k in range(1000))
