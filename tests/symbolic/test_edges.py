"""
Points at which a function is smooth and its formula, computed as it stands, is not: removable singularities, guarded poles, powers
at 0, branches that join, numbers that overflow on the way.

The oracle is Sage's own value of the expression at exact numbers beside the point and thousands of bits: limits and derivatives are
differences there, so neither Sage's derivatives nor its values at the point itself are trusted.
"""
from dataclasses import dataclass

import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    QQ,
    SR,
    RealField,
    arcsin,
    arctan,
    arctan2,
    arctanh,
    bessel_J,
    cases,
    cos,
    cosh,
    cot,
    coth,
    erf,
    erfc,
    exp,
    gamma,
    log,
    log_gamma,
    max_symbolic,
    min_symbolic,
    pi,
    piecewise,
    real_nth_root,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    unit_step,
    var,
    vector,
)

from sage_tf.symbolic.tensor_function import TensorFunction

x, y = var('x, y')

# Where each derivative is looked for: on both sides of a point, or on the one where the function is real and as smooth.
BOTH, RIGHT, LEFT = (-2, -1, 1, 2), (1, 2, 3, 4), (-1, -2, -3, -4)
STEP = QQ(2) ** -1000                                           # of differences, relative to an argument that is not 0
BITS = 7000
TOLERANCE = {'float64': 1e-13, 'float32': 3e-6}
TINY = {'float64': (1e-8, -1e-8, 1e-100, -1e-100, 1e-200, -1e-200), 'float32': (1e-4, -1e-4, 1e-6, -1e-6)}
MODES = ('eager', 'graph', 'xla')


@dataclass(frozen=True)
class Edge:
    """
    An expression and a point.

    ``order`` is that of the highest derivative that it has there, ``sides`` where it is differentiable, ``beside`` whether the
    neighbouring numbers are tested, ``at`` values of further variables.
    """
    expression: object
    point: object = 0
    order: int = 2
    sides: tuple = BOTH
    beside: bool = True
    lowest: float = 0.0                                         # magnitude of the smallest number beside 0

    def points(self, dtype):
        """Return the numbers of a dtype at which the expression is tested: the point, and others beside it."""
        kind = np.dtype(dtype).type
        point = kind(self.point)
        beside = [kind(t) for t in TINY[dtype] if abs(t) >= self.lowest] if point == 0 else [
            np.nextafter(point, kind(np.inf)), np.nextafter(point, kind(-np.inf)), point * kind(1 + 1e-4), point * kind(1 - 1e-4)]
        allowed = {BOTH: (1, -1), RIGHT: (1,), LEFT: (-1,)}[self.sides]
        return [point] + [b for b in beside if self.beside and np.sign(b - point) in allowed]

    def wanted(self, point, is_edge):
        """Return the value and the derivatives at a floating number; what the differences leave of a zero is a zero."""
        sides, noise = (self.sides, 1e-140 if self.sides == BOTH else 1e-90) if is_edge else (BOTH, 0)
        exact = QQ(float(point).as_integer_ratio())
        step = STEP * (abs(exact) or 1)
        field = RealField(BITS)
        f = [field(self.expression.subs({x: field(exact + k * step)}).n(field.precision())) for k in sides]
        if sides == BOTH:
            found = (4 * (f[1] + f[2]) - f[0] - f[3]) / 6, (f[2] - f[1]) / (2 * step), (f[0] + f[3] - f[1] - f[2]) / (3 * step**2)
        else:
            found = f[0], (f[1] - f[0]) / (sides[0] * step), (f[2] - 2 * f[1] + f[0]) / step**2
        return [float(value) if abs(value) > noise else 0.0 for value in found]


def guarded(condition, taken, otherwise=0):
    return cases([(condition, taken), (True, otherwise)])


square_root = sqrt(x)
REMOVABLE = [
    Edge(sin(x) / x), Edge((1 - cos(x)) / x**2), Edge((exp(x) - 1) / x), Edge(x / (exp(x) - 1)), Edge(log(1 + x) / x), Edge(tan(x) / x),
    Edge(arctan(x) / x), Edge(sinh(x) / x), Edge(arcsin(x) / x), Edge(coth(x) - 1 / x), Edge(cot(x) - 1 / x), Edge(1 / sin(x) - 1 / x),
    Edge((x - sin(x)) / x**3), Edge((sqrt(1 + x) - 1) / x), Edge(sin(x)**2 / x**2), Edge(exp(sin(x) / x)), Edge(sin(sin(x) / x) + x),
    Edge(sin(sin(x)) / sin(x)), Edge(x / log(1 + x)), Edge((2**x - 1) / x), Edge(erf(x) / x), Edge(x * cot(x)), Edge(bessel_J(1, x) / x),
    Edge((exp(x) - 1 - x) / x**2), Edge(tanh(x) / x), Edge(x / sin(x)), Edge(1 / x - 1 / (exp(x) - 1)), Edge((cosh(x) - 1) / x**2),
    Edge((x**2 - 1) / (x - 1), 1), Edge((x**3 - 8) / (x - 2), 2), Edge(log(x) / (x - 1), 1), Edge(sin(pi * x) / (x - 1), 1),
    Edge((x - 3) / (x**2 - 9), 3), Edge((cos(x) - cos(1)) / (x - 1), 1), Edge(x * gamma(x)), Edge((sqrt(x) - 2) / (x - 4), 4),
]
GUARDED = [
    Edge(guarded(x > 0, x * log(x)), order=1, sides=LEFT), Edge(guarded(x > 0, x**2 * log(x)), order=1, lowest=1e-100),
    Edge(guarded(x != 0, x**3 * sin(1 / x)), order=1, beside=False), Edge(guarded(x != 0, exp(-1 / x**2)), lowest=1e-50),
    Edge(guarded(x != 0, exp(-1 / x**2) / x), lowest=1e-50), Edge(guarded(x != 0, sin(x) / x, 1)), Edge(guarded(abs(x) > 1, 1 / x, x)),
    Edge(guarded(x > 1, sqrt(x - 1), 1 - x), QQ((1, 2))), Edge(guarded(x > 1, log(x - 1), x**2)), Edge(guarded(x > 1, log(x - 1), x**2), 1, sides=LEFT),
    Edge(guarded(x > 0, guarded(x > 1, log(x - 1), x**2), -x**2), order=1), Edge(guarded(x < 0, x**2, x**3), order=1),
    Edge(guarded(x > 2, 1 / (x - 2), exp(x)), 2, sides=LEFT), Edge(guarded(x > 0, arcsin(2 + x), x), -1), Edge(guarded(x > -1, sqrt(x + 1)**3), -1, order=1),
    Edge(piecewise([((-1, 0), x**2), ([0, 1], x**3)]), order=1), Edge(piecewise([([0, 1], x * log(x)), ((1, 2), x - 1)]), 1, order=1),
    Edge(guarded(x < 700, exp(x), 1 / exp(-x)), 800), Edge(unit_step(x) * x**2, order=1), Edge(unit_step(x - 1) * sqrt(abs(x - 1))**3, 1, order=1),
]
POWERS = [
    Edge(x**x, 1), Edge(x**x, QQ((1, 4))), Edge(sqrt(x**2), 1), Edge(sqrt(x**2), -2), Edge(sqrt(x**2), 1e-8), Edge(sqrt(x**2), -1e-8), Edge(sqrt(x**4)),
    Edge(abs(x)**3), Edge(x * abs(x), order=1), Edge(abs(x)**QQ((5, 2))), Edge(max_symbolic(x, 0)**2, order=1), Edge(min_symbolic(x, 0)**3),
    Edge(max_symbolic(x, -x)**2), Edge(max_symbolic(min_symbolic(x, 1), 0)**2, order=1), Edge(min_symbolic(max_symbolic(x, 1), 3), 2),
    Edge(max_symbolic(x, x**2, -1), QQ((1, 2))),
    Edge(x * square_root, order=1, sides=RIGHT), Edge(x**QQ((4, 3)), order=1, sides=RIGHT),
    Edge(x**QQ((7, 3)), sides=RIGHT), Edge(x**pi, sides=RIGHT, lowest=1e-50), Edge(x**2 * log(x**2), 2), Edge(real_nth_root(x, 3), -8),
    Edge(real_nth_root(x, 3)**4, -1),
    Edge(SR(0)**x, 2), Edge((x**2)**x, -1), Edge((x**2 + 1)**x, 1), Edge(abs(x)**x, -2), Edge(sqrt(x**2 + QQ((1, 10**6)))), Edge(x * exp(-abs(x)), order=1),
    Edge(log(abs(x)), -1), Edge(abs(x)**4 / (x**2 + 1)), Edge(x**2 / abs(x), 1, order=1),
]
FAR = [
    Edge(tanh(x), 400), Edge(tanh(x), -400), Edge(1 / cosh(x), 300), Edge(coth(x), 800), Edge(1 / cosh(x), 1000), Edge(erf(x), 10), Edge(erf(x), -40),
    Edge(erfc(x), 10), Edge(log(exp(x)), 1000), Edge(log(1 + exp(x)), 1000), Edge(log(1 + exp(x)), -40), Edge(log(1 + exp(x)), -1000),
    Edge(log(cosh(x)), 1000), Edge(log(cosh(x)), -1000), Edge(log(cosh(x))), Edge(1 / (1 + exp(-x)), -1000), Edge(1 / (1 + exp(-x)), 1000),
    Edge(gamma(x), QQ((-5, 2))), Edge(gamma(x), 30), Edge(log(gamma(x)), 10, order=1), Edge(log_gamma(x), 10),
    Edge(arctan(1 / x), 1e-8, order=1), Edge(arctanh(x), 0),
    Edge(cosh(50 * x) - sinh(50 * x), 1), Edge(cosh(x) + sinh(x), -30), Edge(bessel_J(0, x)), Edge(bessel_J(2, x)), Edge(x * exp(-x**2), 100),
    Edge(sqrt(x**2 + 1), 1e15, order=1), Edge(arctan(x), 1e15),
    Edge(arctan2(x, SR(1))), Edge(arctan2(x, SR(-1)), 1), Edge(arctan2(SR(1), x)), Edge(arctan2(SR(-1), x)), Edge(arctan2(x, SR(2)), 1e-8),
    Edge(sqrt((x - 3)**2 + 16)), Edge(abs(x - 1) * (x - 1), 1, order=1),
]
EDGES = REMOVABLE + GUARDED + POWERS + FAR


def computed(e, points, order, dtype, mode):
    """Return the values and the derivatives of an expression at numbers."""
    f = TensorFunction(e, (x,), dtype=dtype, jit=False if mode == 'eager' else None)

    def nested(t):
        with tf.GradientTape() as second:
            second.watch(t)
            with tf.GradientTape() as first:
                first.watch(t)
                value = f(t)
            slope = first.gradient(value, t, unconnected_gradients='zero')
        return [value, slope, second.gradient(slope, t, unconnected_gradients='zero')][:order + 1]

    run = nested if mode == 'eager' else tf.function(nested, autograph=False, jit_compile=mode == 'xla')
    return [t.numpy() for t in run(tf.constant(points, dtype))]


# The other forms, which take many minutes, are run by make test-edges.
FORMS = [pytest.param(dtype, mode, marks=[] if mode == 'eager' else [pytest.mark.slow]) for dtype in TOLERANCE for mode in MODES]


@pytest.mark.parametrize(('dtype', 'mode'), FORMS)
@pytest.mark.parametrize('edge', EDGES, ids=lambda edge: f'{edge.expression} at {edge.point}')
def test_edges(edge, dtype, mode):
    points = edge.points(dtype)
    found = computed(edge.expression, points, edge.order, dtype, mode)
    for k, point in enumerate(points):
        wanted = edge.wanted(point, k == 0)
        for what, value, number in zip(('value', 'slope', 'second derivative'), found, wanted, strict=False):
            np.testing.assert_allclose(value[k], number, rtol=TOLERANCE[dtype], atol=np.finfo(dtype).tiny, err_msg=f'{what} at {point}')


def test_compiled_functions_agree_at_the_edges():
    # All at once: one vector of functions of one variable each is compiled once.
    edges = [edge for edge in EDGES if x not in edge.expression.subs({x: y}).variables()]       # Sage substitutes in no piecewise
    copies = [SR.symbol(f'x{k}') for k in range(len(edges))]
    e = vector([edge.expression.subs({x: copy}) for edge, copy in zip(edges, copies, strict=True)])
    assert len(edges) > 100
    points = [tf.constant(edge.points('float64')[0], tf.float64) for edge in edges]
    for mode in (None, True):
        f = TensorFunction(e, copies, jit=mode)
        with tf.GradientTape() as tape:
            tape.watch(points)
            values = f(*points)
        for edge, value, slope in zip(edges, values.numpy(), tape.gradient(values, points), strict=True):
            wanted = edge.wanted(edge.points('float64')[0], True)
            np.testing.assert_allclose((value, slope), wanted[:2], rtol=TOLERANCE['float64'], atol=1e-300, err_msg=str(edge))
