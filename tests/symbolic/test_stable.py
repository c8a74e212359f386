"""
Formulas that overflow, underflow or cancel as they stand, against mpmath with hundreds of digits.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, cosh, exp, log, sin, sinh, sqrt, var

from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.stable import stabilize
from sage_tf.symbolic.tensor_function import TensorFunction

x, y = var('x, y')
NEAR = [1e-12, -1e-12, 1e-5, -1e-5, 0.01, -0.3, 0.7]
FAR = [-80.0, -30.0, -3.0, 0.5, 3.0, 30.0, 80.0]
FARTHEST = [-750.0, -300.0, 300.0, 690.0]
LIMITS = {'float64': (1e-13, 1e-300), 'float32': (2e-5, 1e-36)}

# Expressions as to Sage and as to mpmath, and points.
FORMULAS = [
    (log(1 + x), lambda t: mpmath.log(1 + t), NEAR),
    (log(1 + sin(x)), lambda t: mpmath.log(1 + mpmath.sin(t)), NEAR),
    (exp(x) - 1, lambda t: mpmath.exp(t) - 1, NEAR),
    (3 * exp(2 * x) - 3, lambda t: 3 * mpmath.exp(2 * t) - 3, NEAR),
    (log(exp(x)), lambda t: t, FAR + FARTHEST),
    (log(1 + exp(x)), lambda t: mpmath.log(1 + mpmath.exp(t)), FAR + FARTHEST),
    (log(2 + 3 * exp(-x)), lambda t: mpmath.log(2 + 3 * mpmath.exp(-t)), FAR + FARTHEST),
    (log(cosh(x)), lambda t: mpmath.log(mpmath.cosh(t)), NEAR + FAR + FARTHEST),
    (1 / (1 + exp(-x)), lambda t: 1 / (1 + mpmath.exp(-t)), FAR + FARTHEST),
    (exp(x) / (1 + exp(x)), lambda t: 1 / (1 + mpmath.exp(-t)), FAR + FARTHEST),
    (exp(x) / (1 + exp(x))**2, lambda t: mpmath.exp(t) / (1 + mpmath.exp(t))**2, FAR + FARTHEST),
    (x**3 / (exp(x) - 1), lambda t: t**3 / (mpmath.exp(t) - 1), NEAR + FAR + FARTHEST),
    (exp(x) / (exp(x) - 1)**2, lambda t: mpmath.exp(t) / (mpmath.exp(t) - 1)**2, FAR + FARTHEST),
    (1 / cosh(x), mpmath.sech, FAR + FARTHEST),
    (1 / sinh(x), mpmath.csch, FAR + FARTHEST),
    (2 * cosh(x) - 2 * sinh(x), lambda t: 2 * mpmath.exp(-t), FAR + FARTHEST),
    (cosh(x) + sinh(x), mpmath.exp, FAR + FARTHEST),
    (sqrt(x**2), abs, NEAR + FAR + [1e200, -1e-200]),
    (sqrt(x**6), lambda t: abs(t)**3, NEAR + FAR + [1e60, -1e-90]),
    ((x**2)**QQ((3, 4)), lambda t: abs(t)**mpmath.mpf('1.5'), NEAR + FAR + [1e200, -1e-150]),
]


@pytest.mark.parametrize('dtype', LIMITS)
@pytest.mark.parametrize(('e', 'oracle', 'points'), FORMULAS, ids=[str(e) for e, _, _ in FORMULAS])
def test_a_formula_keeps_its_digits(e, oracle, points, dtype):
    tolerance, tiny = LIMITS[dtype]
    points = np.array(points)
    points = points[(abs(points) < 1e30) & (abs(points) > 1e-30)] if dtype == 'float32' else points
    points = tf.constant(points, dtype)
    with mpmath.workdps(700):
        wanted = [(oracle(t), mpmath.diff(oracle, t, h=abs(t) * mpmath.mpf(10)**-200)) for t in map(mpmath.mpf, points.numpy().tolist())]
        values, slopes = np.array([[float(number) for number in pair] for pair in wanted]).T
        # A value is as exact as its argument is.
        allowed = np.array([float(abs(value) + abs(t * slope)) for (value, slope), t in zip(wanted, points.numpy().tolist(), strict=True)])
    finite = np.abs(values) < np.finfo(dtype).max
    for jit in (False, True):
        found = TensorFunction(e, dtype=dtype, jit=jit)
        assert np.all(np.abs(found(points).numpy()[finite] - values[finite]) <= tolerance * allowed[finite] + tiny)
        np.testing.assert_allclose(found.gradient(points)[0].numpy()[finite], slopes[finite], rtol=100 * tolerance, atol=tiny)


def test_what_is_left_alone():
    for e in (log(x + y), exp(x) - 2, sqrt(x**3), (x**2)**y, 1 / (x + exp(x)), cosh(x) - sinh(y), log(2 - exp(x))):
        graph = Graph(operation)
        root = graph.read(e)
        before = list(graph.nodes)
        stabilize(graph, [root])
        changed = [node for node, other in zip(graph.nodes, before, strict=True) if node != other]
        assert changed == [], e
