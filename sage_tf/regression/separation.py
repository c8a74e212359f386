r"""
Variables that enter as a power, and only so

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.separation import separate_powers
    sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (600r, 3r))
    sage: separate_powers(X, X[:, 0]**2r/X[:, 1]*numpy.cosh(X[:, 2]*X[:, 1]))
    {0: 2}

ALGORITHM:

The logarithm of the values is fitted by polynomials in the logarithms of the variables, once by all of them and once by the others and a
multiple of one. Where the second, tried on points that were left out, is as good as the first, the variable separates; its exponent is the multiple.
"""
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from sage.rings.rational_field import QQ

MOST_ROWS = 2000                                                # of the first points
MOST_COLUMNS = 260                                              # of a fit
SLACK = 1.05                                                    # by which the separated fit may be worse
NEAR = 0.1                                                      # to which an exponent must be near half an integer


def separate_powers(X, y):
    r"""
    Return a dictionary from the numbers of the variables that separate to their exponents.

    INPUT:

    - ``X`` -- array of shape (points, variables); ``y`` -- array of the values
    """
    X, y = X[:MOST_ROWS], y[:MOST_ROWS]
    if not (X > 0).all() or not np.abs(y).all():
        return {}
    target, logarithms = np.log(np.abs(y)), np.log(X)
    spread = logarithms.std(axis=0)
    Z = (logarithms - logarithms.mean(axis=0)) / np.where(spread > 0, spread, 1)
    found, rest = {}, list(range(X.shape[1]))
    for k in range(X.shape[1]):
        others = [j for j in rest if j != k]
        if not others:
            break
        alone = Z[:, [k, *found]]
        degree = _degree(len(rest))
        joint = _error(np.hstack([_polynomials(Z[:, rest], degree), Z[:, list(found)]]), target)
        apart = _error(np.hstack([alone, _polynomials(Z[:, others], degree)]), target)
        if apart < joint * SLACK:
            coefficients, *_ = np.linalg.lstsq(np.hstack([alone, _polynomials(Z[:, others], _degree(len(others)))]), target, rcond=1e-10)
            power = coefficients[0] / spread[k]
            if abs(power - round(2 * power) / 2) < NEAR:
                found[k] = QQ(round(2 * power)) / 2
                rest = others
    return {k: power for k, power in found.items()}


def _degree(variables):
    """Return the degree of the largest polynomials in so many variables that are fitted."""
    degree = 1
    while degree < 9 and comb(variables + degree + 1, degree + 1) <= MOST_COLUMNS:
        degree += 1
    return degree


def _polynomials(Z, degree):
    """Return the monomials up to a degree, as columns."""
    return np.column_stack([np.prod(Z[:, list(m)], axis=1) if m else np.ones(len(Z))
                            for n in range(degree + 1) for m in combinations_with_replacement(range(Z.shape[1]), n)])


def _error(columns, target):
    """Return the error of a fit to seven tenths of the points at the others, infinite if that says nothing."""
    count = 7 * len(target) // 10
    if columns.shape[1] > 0.6 * count:
        return np.inf
    coefficients, *_ = np.linalg.lstsq(columns[:count], target[:count], rcond=1e-10)
    return np.sqrt(np.mean((columns[count:] @ coefficients - target[count:])**2))
