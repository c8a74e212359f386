"""Data of a regression: what is taken, and what is refused in a sentence."""
import numpy as np
import pandas as pd
import pytest
from sage.all import GF, QQ, RDF, SR, I, Integer, RealField, matrix, pi, vector
from scipy.sparse import csr_matrix

from sage_tf.all import Tensor, sample_data, tf
from sage_tf.regression.checkpoint import key_of
from sage_tf.regression.problem import Problem, points_of, problems

X = np.array([[1.0, 2.0], [3.0, 4.5], [5.0, 7.0]])
Y = np.array([1.0, 4.0, 9.0])


@pytest.mark.parametrize('data', [
    X, X.tolist(), np.asfortranarray(X), X.astype('float32'), X.astype(object), tf.constant(X), tf.Variable(X), matrix(RDF, X), matrix(QQ, X),
    matrix(SR, X), matrix(RealField(100), X), matrix(RDF, X, sparse=True), Tensor(X), pd.DataFrame(X), [vector(row) for row in X],
])
def test_points_of_every_kind_are_the_same(data):
    found = points_of(data)
    assert found.dtype == np.float64 and found.flags.c_contiguous and (found == X).all()


def test_numbers_of_sage_are_rounded_once():
    assert points_of([[pi, QQ((1, 3))]]).tolist() == [[np.pi, 1 / 3]]
    assert points_of([[Integer(2)**70]]).tolist() == [[2.0**70]]


def test_a_sample_has_its_variables_and_values():
    x, y = SR.var('x, y')
    sample = sample_data(vector([x, x * y]), (y, 0, 1), (x, 1, 2), n=5, seed=1)
    found = problems(sample)
    assert [problem.variables for problem in found] == [[y, x], [y, x]]
    assert (found[0].y == sample.X.numpy()[:, 1]).all() and found[0].X is found[1].X
    assert problems(sample, Y.tolist() + [1, 2])[0].y.tolist() == [1, 4, 9, 1, 2]


def test_variables_are_named_by_strings_symbols_and_columns():
    t, u = SR.var('t, u')
    for names in ('t, u', 't u', ['t', 'u'], (t, u)):
        assert Problem.of(X, Y, variables=names).variables == [t, u]
    assert Problem.of(pd.DataFrame(X, columns=['a b', 'pi']), Y).variables == [SR.var('a_b'), SR.var('pi_')]
    assert Problem.of(X, Y).variables == [SR.var('x0'), SR.var('x1')]
    assert Problem.of([1, 2, 3], Y, variables=t).X.shape == (3, 1)


def test_points_of_no_weight_are_left_out():
    problem = Problem.of(X, Y, [1, 0, 2])
    assert problem.y.tolist() == [1, 9] and problem.weights.tolist() == [1, 2] and len(problem.X) == 2


def test_standard_deviations_are_weights():
    sigma = np.array([0.5, 1.0, 2.0])
    for given in (sigma, sigma.tolist(), sigma[:, None], vector(sigma), tf.constant(sigma), pd.Series(sigma)):
        weights = problems(X, Y, sigma=given)[0].weights
        assert np.allclose(weights / weights[0], sigma[0]**2 / sigma**2, rtol=1e-15)
    both = problems(X, np.stack([Y, -Y], axis=1), sigma=np.stack([sigma, sigma[::-1]], axis=1))
    assert np.allclose(both[0].weights, both[1].weights[::-1]) and not np.allclose(both[0].weights, both[1].weights)
    assert key_of(both) != key_of(problems(X, np.stack([Y, -Y], axis=1), sigma=np.stack([sigma, sigma], axis=1)))


@pytest.mark.parametrize('sigma', [[1, 2], [1, 2, 0], [1, 2, -1], [1, 2, np.inf], [1, 2, np.nan], [[1, 1], [1, 1], [1, 1]], [1j, 1, 1]])
def test_what_is_no_standard_deviation_is_refused(sigma):
    with pytest.raises(ValueError, match='sigma has '):
        problems(X, Y, sigma=sigma)


@pytest.mark.parametrize('arguments, error, words', [
    ((X, None), ValueError, 'requires y to be passed'),
    ((X[:1], Y[:1]), ValueError, '1 sample; expected at least 2'),
    ((X[:0], Y[:0]), ValueError, '0 samples'),
    ((X, Y[:2]), ValueError, 'X has 3 points and y has 2 values'),
    ((X[:, 0], Y), ValueError, 'Reshape your data'),
    ((X[None], Y), ValueError, r'shape \(1, 3, 2\)'),
    ((X, Y[None, None]), ValueError, r'y has shape \(1, 1, 3\)'),
    ((X[:, :0], Y), ValueError, r'0 feature\(s\)'),
    ((X, [2, 2, 2]), ValueError, 'y is constant, 2.0 at all points'),
    ((X, [[1, 2], [1, 3], [1, 4]]), ValueError, 'column 0 of y is constant'),
    ((X, Y, [0, 1, 0]), ValueError, 'X has 1 sample'),
    ((X, [1, np.nan, np.inf]), ValueError, 'y has 2 entries that are NaN or infinite, the first at point 1'),
    (([[1, 2], [float('inf'), 3], [4, 5]], Y), ValueError, 'X has 1 entry that is NaN or infinite, the first at point 1'),
    ((X, [1, 1j, 2]), ValueError, 'Complex data not supported: y has'),
    (([[1, 2], [I, 3], [4, 5]], Y), ValueError, 'Complex data not supported: X has'),
    ((X, ['a', 'b', 'c']), ValueError, 'y has entries that are no numbers'),
    ((X, [1, 2, {}]), TypeError, 'y has entries that are no numbers'),
    ((X, [1, 2, SR.var('x')]), TypeError, 'y has entries that are no numbers'),
    (([[1, 2], [3], [4, 5]], Y), ValueError, 'X has rows of different lengths'),
    ((csr_matrix(X), Y), TypeError, 'X is sparse'),
    ((X, Y, [1, 2]), ValueError, r'weights has shape \(2,\)'),
    ((X, Y, [1, 2, -1]), ValueError, 'least entry -1.0'),
    ((X, Y, [0, 0, 0]), ValueError, 'nor all zero'),
    ((X, Y, [1, np.nan, 1]), ValueError, 'weights'),
    ((X, Y, [1, 2, 3], None, [1, 2, 3]), ValueError, 'weights and sigma were given; expected one of them'),
    ((X, Y, None, 'a'), ValueError, '1 variable was given for 2 columns'),
    ((X, Y, None, 'a, a'), ValueError, 'the variables a, a are not all different'),
    ((X, Y, None, 'a, b+1'), ValueError, r'b\+1 is no name'),
    ((X, Y, None, 'a, pi'), ValueError, 'pi is no name'),
    ((pd.DataFrame(X, columns=['a', 'a']), Y), ValueError, 'the variables a, a are not all different'),
])
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        problems(*arguments)
    assert '\n' not in str(caught.value)


def test_residues_are_no_real_numbers():
    with pytest.raises((TypeError, ValueError)):
        problems(X, [GF(9, 'g').gen(), 1, 2])


@pytest.mark.parametrize('X, y, message', [
    (np.ma.masked_array(X, mask=X > X.max() - 1e-9), X[:, 0], 'X has 1 masked entry'),
    (X, np.ma.masked_array(X[:, 0], mask=X[:, 0] > 0), 'y has .* masked entries'),
    (X.astype(str), X[:, 0], 'X has entries that are no numbers, as the text'),
    (X, 1e-200 * X[:, 0], r'float64 cannot hold; give it in other units, times 1e\+199'),
    (X, 1e160 * X[:, 0], 'times 1e-161'),
    (X * [1, 1e200], X[:, 0], 'column 1 of X has the largest'),
    (pd.DataFrame(X[:, :2], columns=['a b', 'a_b']), X[:, 0], "the columns 'a b' and 'a_b' would both be the variable a_b"),
])
def test_data_that_would_be_misread_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        Problem.of(X, y)


def test_masked_arrays_without_masked_entries_are_data_and_i_is_no_name():
    assert Problem.of(np.ma.masked_array(X), X[:, 0]).X.tolist() == X.tolist()
    assert str(Problem.of(pd.DataFrame(X[:, :1], columns=['i']), X[:, 0]).variables[0]) == 'i_'
    with pytest.raises(ValueError, match='i is no name'):
        Problem.of(X[:, :1], X[:, 0], variables='i')
