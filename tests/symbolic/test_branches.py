"""
The value and the derivatives of a branch are those of the branch that is taken, whatever the others do there.
"""
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    QQ,
    SR,
    RealSet,
    abs_symbolic,
    cases,
    cos,
    diff,
    exp,
    floor,
    function,
    integrate,
    log,
    max_symbolic,
    min_symbolic,
    oo,
    pi,
    piecewise,
    real_part,
    sin,
    sqrt,
    tan,
    var,
)

from sage_tf.symbolic.tensor_function import TensorFunction

x, y, a = var('x, y, a')
EPSILON = {'float64': 1e-12, 'float32': 2e-5, 'complex128': 1e-12, 'complex64': 2e-5}
third = QQ((1, 3))


def derivatives(e, points, dtype='float64', jit=False, order=2):
    """Return value, first and second derivative at points."""
    f = TensorFunction(e, (x,), dtype=dtype, jit=jit)
    t = tf.constant(np.array(points, dtype))

    def at(order):
        if order == 0:
            return [f(t)]
        with tf.GradientTape() as tape:
            tape.watch(t)
            found = at(order - 1)
        slope = tape.gradient(found[-1], t)
        return [*found, tf.zeros_like(t) if slope is None else slope]

    return [found.numpy() for found in at(order)]


# expression -> pairs of a point and the expression that it is near there
GUARDED = {
    'x*log(x)': (cases([(x > 0, x * log(x)), (True, 0)]), {0: SR(0), -1: SR(0), QQ((1, 2)): x * log(x)}),
    'sin(x)/x': (cases([(x != 0, sin(x) / x), (True, 1 - x**2 / 6)]), {0: 1 - x**2 / 6, 2: sin(x) / x}),
    'continued': (cases([(x != 0, (exp(x) - 1) / x), (True, 1)]), {0: 1 + x / 2 + x**2 / 6, 1: (exp(x) - 1) / x}),
    'continued from both sides': (piecewise([((-oo, 1), log(x**2) / (x - 1)), ([1, 1], 2), ((1, oo), 2 * log(x) / (x - 1))]),
                                  {1: 2 - (x - 1) + (x - 1)**2 * 2 / 3, 2: 2 * log(x) / (x - 1)}),
    'pole': (cases([(abs_symbolic(x) > 1, 1 / (x**2 - 1)), (True, x**3)]), {1: x**3, -1: x**3, 2: 1 / (x**2 - 1)}),
    'sqrt': (cases([(x >= 2, sqrt(x - 1)), (True, x)]), {1: x, 0: x, 3: sqrt(x - 1)}),
    'nested': (cases([(x < 0, cases([(x < -1, log(-x)), (True, x**2)])), (True, sqrt(1 + x))]),
               {-2: log(-x), -1: x**2, 0: sqrt(1 + x)}),
    'in a condition': (cases([(x**third < 1, x**2), (True, x**third)]), {0: x**2, 8: x**third}),
    'shared': (cases([(x < 0, -log(abs_symbolic(x))), (x > 0, log(abs_symbolic(x))), (True, x)]),
               {-2: -log(-x), 0: x, 2: log(x)}),
    'max': (max_symbolic(1 - x, x**third, x - 5), {0: 1 - x, 1: x**third}),
    'min': (min_symbolic(2, 1 / x**2, 50 * sqrt(abs_symbolic(x)) + 1), {0: None, 2: 1 / x**2}),
    'max of equals': (max_symbolic(x**2, x**2, x**2), {3: x**2}),
    'piecewise': (piecewise([((-oo, 0), exp(x)), ([0, 0], 1 + x), ((0, oo), 1 + log(x))]), {-1: exp(x), 0: 1 + x, 2: 1 + log(x)}),
    'outside': (sin(cases([(x > 0, x * log(x)), (True, 0)]) + x)**2 * x, {0: sin(x)**2 * x, 1: sin(x * log(x) + x)**2 * x}),
    'tangent': (cases([(cos(x) > 0, tan(x)), (True, 0 * x)]), {pi / 4: tan(x), 3: SR(0)}),
}


@pytest.mark.parametrize('dtype, jit', [('float64', False), ('float64', None), ('float64', True), ('float32', None)])
@pytest.mark.parametrize('name', sorted(GUARDED))
def test_value_and_derivatives_are_those_of_the_branch_taken(name, dtype, jit):
    e, near = GUARDED[name]
    near = {point: branch for point, branch in near.items() if branch is not None}
    found = derivatives(e, [float(point) for point in near], dtype, jit)
    for order, row in enumerate(found):
        wanted = [float(diff(branch, x, order).subs(x=point)) for point, branch in near.items()]
        np.testing.assert_allclose(row, wanted, rtol=EPSILON[dtype], atol=EPSILON[dtype], err_msg=f'{name}, derivative {order}')


@pytest.mark.parametrize('dtype, jit', [('complex128', False), ('complex128', True), ('complex64', None)])
def test_a_guarded_point_is_right_in_the_complex_plane(dtype, jit):
    e = cases([(x != 0, sin(x) / x), (True, 1)])
    value, slope, _ = derivatives(e, [0, 1 + 2j], dtype, jit)
    z = mpmath.mpc(1, 2)
    np.testing.assert_allclose(value, [1, complex(mpmath.sinc(z))], rtol=EPSILON[dtype])
    np.testing.assert_allclose(np.conj(slope), [0, complex(mpmath.diff(mpmath.sinc, z))], rtol=EPSILON[dtype], atol=EPSILON[dtype])


def test_the_first_condition_that_holds_decides():
    e = cases([(x < 1, 1), (x < 2, 2), (y > x, y)])
    assert TensorFunction(e, (x, y))([0, 1, 2], 5).numpy().tolist() == [1, 2, 5]


def test_without_a_condition_that_holds_there_is_no_value():
    assert np.isnan(TensorFunction(cases([(x < 0, 1), (x > 1, 2)]))([0.5])).all()
    assert np.isnan(TensorFunction(piecewise([((0, 1), x), ((2, 3), x)]))([0.0, 1.0, 1.5, 3.0])).all()


def test_a_condition_on_nan_does_not_fall_through_to_the_default():
    values = TensorFunction(cases([(x < 0, 1), (log(x + 1) < 1, 2), (True, 3)]))([np.nan, -2, 0, 5]).numpy()
    np.testing.assert_array_equal(values, [np.nan, 1, 2, 3])


def test_nan_is_the_maximum_and_the_minimum():
    for extremum in max_symbolic, min_symbolic:
        assert np.isnan(TensorFunction(extremum(log(x), 0, y))(-1, 3))


def test_the_ends_of_intervals_belong_to_them_if_they_are_closed():
    e = piecewise([(RealSet.closed_open(0, 1), 10), (RealSet.open_closed(1, 2), 20), (RealSet.point(pi), 30), ((4, oo), 40)])
    points = [0, 0.5, 1, 2, float(pi), 4, 5]
    np.testing.assert_array_equal(TensorFunction(e, (x,))(points), [10, 10, np.nan, 20, 30, np.nan, 40])


def test_an_interval_may_be_a_union_and_a_value_have_other_variables():
    e = piecewise([(RealSet((-2, -1)) + RealSet((1, 2)), x * y), (RealSet.closed(-1, 1), y)])
    f = TensorFunction(x + e**2)
    assert [str(v) for v in f.variables()] == ['x', 'y']
    np.testing.assert_allclose(f([-1.5, 0, 1.5], 2), [-1.5 + 9, 4, 1.5 + 9])


def test_decided_conditions_leave_nothing_to_compute():
    f = TensorFunction(cases([(pi > 4, 1 / x), (pi > 3, x), (True, y)]), (x, y))
    assert float(f(0, 7)) == 0
    assert len(f._program()) == 0
    assert float(TensorFunction(cases([(pi > 3, sqrt(SR(2))), (True, 1)]))()) == 2**0.5


def test_iterated_branches_take_time_linear_in_their_number():
    e = x
    for _ in range(40):
        e = cases([(e < QQ((1, 2)), 2 * e), (True, 2 - 2 * e)])         # a tree of 3^40 nodes
    f = TensorFunction(e)
    assert len(f._program()) < 400
    value, slope = derivatives(e, [3 / 7], order=1)
    assert abs(slope[0]) == 2.0**40
    exact = Fraction(3 / 7)
    for _ in range(40):
        exact = 2 * exact if exact < Fraction(1, 2) else 2 - 2 * exact
    assert value[0] == float(exact)


def test_parameters_get_the_gradient_of_the_points_where_they_matter():
    f = TensorFunction(cases([(x > 0, a * log(x)), (True, a**2)]), (x,), parameters={a: 3})
    t = tf.constant([-1.0, 0.0, np.e], tf.float64)
    with tf.GradientTape() as tape:
        s = f(t)
    assert float(tape.gradient(s, f.trainable_variables[0])) == pytest.approx(6 + 6 + 1)


def test_weights_of_networks_get_the_gradient_of_the_points_where_they_matter():
    u = function('u')
    layer = tf.keras.layers.Dense(1, kernel_initializer='ones')
    network = tf.keras.Sequential([tf.keras.Input((1,)), layer])
    f = TensorFunction(cases([(x > 0, log(u(x))), (True, 0)]), functions={u: network})
    with tf.GradientTape() as tape:
        s = f(tf.constant([0.0, 2.0], tf.float64))
    slopes = tape.gradient(s, layer.trainable_variables)
    np.testing.assert_allclose(slopes[0], [[1]])
    np.testing.assert_allclose(slopes[1], [0.5])


def test_derivatives_that_sage_leaves_unevaluated_are_right():
    for e, point, wanted in ((diff(max_symbolic(x**2, 3), x), 2, 4), (diff(max_symbolic(x**2, 3), x), 1, 0),
                             (diff(min_symbolic(x, 2 * x, x**3), x), 0.5, 0.75), (diff(floor(x) * x, x), 2.5, 2),
                             (diff(real_part(x**2), x), 3, 6), (diff(max_symbolic(x**3, 1), x, 2), 2, 12),
                             (diff(abs_symbolic(x)**3, x), -2, -12)):
        assert float(TensorFunction(e, (x,))(point)) == pytest.approx(wanted), e


def test_the_derivative_that_sage_makes_of_cases_is_refused():
    with pytest.raises(NotImplementedError, match='derivative of cases'):
        TensorFunction(diff(cases([(x < 0, -x), (True, x**2)]), x))


def test_branches_within_integrals_and_vectors_of_shapes_that_broadcast():
    e = integrate(cases([(x > 0, x * log(x)), (True, 0)]), x, -1, 1, hold=True) * y
    assert float(TensorFunction(e)(4)) == pytest.approx(-1, rel=1e-10)
    f = TensorFunction(cases([(x > y, x), (True, y)]))
    assert f(np.zeros((3, 1)), np.ones(4)).shape == (3, 4)
    assert f(np.zeros((0,)), 1).shape == (0,)
