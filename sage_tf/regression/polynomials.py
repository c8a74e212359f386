r"""
Fits by polynomials, tried on points that were left out

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.polynomials import degree_for, error_of, polynomials
    sage: Z = numpy.random.default_rng(1r).uniform(-1, 1, (400r, 2r))
    sage: degree_for(2r), polynomials(Z, 2r).shape
    (9, (400, 6))
    sage: bool(error_of(polynomials(Z, 3r), Z[:, 0]^3*1r + Z[:, 1], numpy.ones(400r)) < 1e-12)
    True
"""
from itertools import combinations_with_replacement
from math import comb

import numpy as np
from sage.rings.rational_field import QQ

MOST_ROWS = 2000                                                # of the first points
WIDEST = 100                                                    # quotient of the largest and the smallest value, of which logarithms are taken
MOST_COLUMNS = 260                                              # of a fit
NEAR, NEAREST = 0.1, 0.02                                       # to which an exponent must be near half an integer, at most and at least


def degree_for(variables):
    """Return the degree of the largest polynomials in so many variables that are fitted."""
    degree = 1
    while degree < 9 and comb(variables + degree + 1, degree + 1) <= MOST_COLUMNS:
        degree += 1
    return degree


def polynomials(Z, degree):
    """Return the monomials up to a degree, as columns."""
    return np.column_stack([np.prod(Z[:, list(m)], axis=1) if m else np.ones(len(Z))
                            for n in range(degree + 1) for m in combinations_with_replacement(range(Z.shape[1]), n)])


def error_of(columns, target, roots):
    """Return the error of a weighted fit to seven tenths of the points at the others, infinite if that says nothing."""
    count = 7 * len(target) // 10
    if columns.shape[1] > 0.6 * count:
        return np.inf
    coefficients, *_ = np.linalg.lstsq(columns[:count] * roots[:count, None], target[:count] * roots[:count], rcond=1e-10)
    return np.sqrt(np.mean(np.square(roots[count:] * (columns[count:] @ coefficients - target[count:]))))


def least_error(columns, width, target, roots, beside=0, degrees=None):
    """
    Return the least error of the fits by polynomials up to some degrees: high ones follow chance where points are few.

    INPUT:

    - ``columns`` -- those of all polynomials, as :func:`polynomials` gives them, after some that are always there, ``beside``

    - ``width`` -- number of variables

    - ``degrees`` -- list of those that are tried, if there are so many (default: the highest and two below)

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.polynomials import error_of, least_error, polynomials
        sage: rng = numpy.random.default_rng(1r)
        sage: Z, ones = rng.uniform(-1, 1, (100r, 2r)), numpy.ones(100r)
        sage: y, columns = Z[:, 0] + rng.normal(0, 0.1r, 100r), polynomials(Z, 8r)
        sage: bool(least_error(columns, 2r, y, ones) < error_of(columns, y, ones))
        True
    """
    return min(errors(columns, width, target, roots, beside, degrees))[0]


def errors(columns, width, target, roots, beside=0, degrees=None):
    """
    Return pairs of the error and the degree, as :func:`least_error`.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.polynomials import errors, polynomials
        sage: Z = numpy.random.default_rng(1r).uniform(-1, 1, (100r, 2r))
        sage: [degree for _, degree in errors(polynomials(Z, 7r), 2r, Z[:, 0]^3*1r, numpy.ones(100r))]
        [7, 5, 3]
    """
    highest = next(d for d in range(1, 20) if comb(width + d, d) + beside >= columns.shape[1])
    tried = [d for d in degrees or [] if d <= highest] or range(highest, max(highest - 5, 0), -2)
    return [(error_of(columns[:, :beside + comb(width + d, d)], target, roots), d) for d in tried]


def with_logarithms(X):
    """
    Return columns with the logarithms of those that are positive and not next to 0, and the numbers of these.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.polynomials import with_logarithms
        sage: with_logarithms(numpy.array([[1r, 1r], [2r, 1000r]]))[1]
        {0}
    """
    positive = {k for k, column in enumerate(X.T) if 0 < column.max() < WIDEST * column.min()}
    with np.errstate(all='ignore'):
        return np.column_stack([np.log(X[:, k]) if k in positive else X[:, k] for k in range(X.shape[1])]), positive


def scaled(X):
    """
    Return a column, or columns, with mean 0 and deviation 1, or 0 where nothing varies.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.polynomials import scaled
        sage: scaled(numpy.array([[1r, 5r], [3r, 5r]])).tolist()
        [[-1.0, 0.0], [1.0, 0.0]]
    """
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)


def half_near(coefficient, spread, error):
    """
    Return the half of an integer that an exponent is near, as far as the fit can tell it, or ``None``.

    INPUT:

    - ``coefficient`` -- of the logarithm of a variable, divided by its deviation ``spread``

    - ``error`` -- relative error of the fit

    EXAMPLES::

        sage: from sage_tf.regression.polynomials import half_near
        sage: half_near(0.53r, 1r, 0.1r), half_near(0.53r, 1r, 0.001r)
        (1/2, None)
    """
    power = coefficient / spread
    rounded = QQ(round(2 * power)) / 2
    return rounded if abs(power - rounded) < min(NEAR, max(NEAREST, 2 * error / spread)) else None
