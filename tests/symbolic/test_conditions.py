"""
Relations are 1 where they hold and 0 where they do not, and constants are compared exactly.
"""
import operator

import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, exp, kronecker_delta, log, pi, sin, sqrt, var, vector

from sage_tf.symbolic.tensor_function import TensorFunction

x, y = var('x, y')
POINTS = [-1.5, -1.0, 0.0, 1.0, 2.5]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


@pytest.mark.parametrize('jit', [False, None, True], ids=['eager', 'graph', 'xla'])
@pytest.mark.parametrize('dtype', ['float64', 'float32'])
def test_a_relation_is_a_number(dtype, jit):
    f = TensorFunction(vector([sin(compare(x, y)) for compare in COMPARISONS]), (x, y), dtype=dtype, jit=jit)
    for a in POINTS:
        wanted = [[np.sin(float(compare(a, b))) for compare in COMPARISONS] for b in POINTS]
        np.testing.assert_allclose(f(a, POINTS).numpy(), wanted, rtol=1e-6)


def test_a_top_level_inequality_is_a_number_and_an_equation_a_difference():
    assert TensorFunction(x < 1)([0, 1, 2]).numpy().tolist() == [1, 0, 0]
    assert TensorFunction(x != 1)([0, 1]).numpy().tolist() == [1, 0]
    assert TensorFunction(x == 1)([0, 3]).numpy().tolist() == [-1, 2]


def test_what_compares_with_nan_is_neither_true_nor_false():
    assert np.isnan(TensorFunction(log(x) < 1)([-1.0])).all()
    assert np.isnan(TensorFunction(vector([compare(x, y) for compare in COMPARISONS if compare is not operator.eq]))(np.nan, 1)).all()


@pytest.mark.parametrize('dtype', ['complex128', 'complex64'])
def test_complex_numbers_are_equal_or_not_and_have_no_order(dtype):
    assert TensorFunction(x != y, dtype=dtype)([1j, 2j], 1j).numpy().tolist() == [0, 1]
    for compare in COMPARISONS[:4]:
        with pytest.raises(NotImplementedError, match='no order'):
            TensorFunction(sin(compare(x, y)), dtype=dtype)


@pytest.mark.parametrize('relation, holds', [
    (pi < QQ((355, 113)), True), (pi > QQ((355, 113)), False), (sqrt(SR(2)) * sqrt(SR(3)) == sqrt(SR(6)), True), (exp(pi) - pi < 20, True),
    (sqrt(SR(2)) + sqrt(SR(3)) != sqrt(5 + 2 * sqrt(SR(6))), False)])
def test_constants_are_compared_exactly(relation, holds):
    f = TensorFunction(sin(relation) * x, (x,), dtype='float32')
    assert float(f(1)) == pytest.approx(np.sin(float(holds)), rel=1e-6)


def test_a_relation_has_derivative_zero():
    t = tf.constant([0.0, 1.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(t)
        s = TensorFunction(kronecker_delta(1, x < 1) + x)(t)
    assert s.numpy().tolist() == [1, 1]
    assert tape.gradient(s, t).numpy().tolist() == [1, 1]
