r"""
One product of powers of the variables on which values depend otherwise than by a power

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.groups import groups
    sage: X = numpy.random.default_rng(1r).uniform(1, 3, (400r, 4r))
    sage: y = X[:, 0]^2*numpy.tanh(X[:, 1]*X[:, 2]/X[:, 3])
    sage: y *= 1 + numpy.random.default_rng(2r).normal(0, 0.01r, 400r)
    sage: next(groups(X, y))
    (0, 1, 1, -1)

ALGORITHM:

Laws of nature are products of powers times a function of products without dimension, mostly of one, even where nobody tells the units. The
logarithm of the values is fitted by the logarithms of the variables and a polynomial in a linear combination of these with coefficients 0, 1
and -1, one of them maybe doubled, all of which are tried.
"""
from itertools import product

import numpy as np

ROWS = 500                                                      # points of the fits at most
MOST_VARIABLES, WITH_SQUARES = 9, 7                             # for which all combinations are tried; also those with one 2
OF_NOISE = 0.02                                                 # share of the sum of squares that may have the wrong sign
KEPT = 6                                                        # combinations that are returned
WORSE = 30                                                      # bits by which they may be worse than the best
PRICES = {0: 0, 1: 2, -1: 2, 2: 5, -2: 5}                       # bits of a coefficient


def groups(X, y, roots=None):
    r"""
    Yield tuples of exponents, the most likely first.

    INPUT:

    - ``X`` -- array of shape (points, variables); ``y`` -- array of the values

    - ``roots`` -- square roots of the weights of the points (default: 1)
    """
    used = [k for k in range(X.shape[1]) if (X[:, k] > 0).all()]
    X, y = X[:ROWS], y[:ROWS]
    weights = np.abs(y) if roots is None else np.abs(y) * roots[:ROWS]
    if len(used) < 2 or len(y) < 4 * len(used) + 20 or not has_sign(y):
        return
    with np.errstate(all='ignore'):
        target = np.where(y != 0, np.log(np.abs(y)), 0)
    logarithms = np.log(X[:, used])
    logarithms = logarithms - logarithms.mean(axis=0)
    q, _ = np.linalg.qr(np.column_stack([np.ones(len(y)), logarithms]) * weights[:, None])
    rest = target * weights
    rest = rest - q @ (q.T @ rest)
    combinations = _combinations(len(used))
    left = np.concatenate([_left(combinations[k:k + 2000], logarithms, weights, q, rest) for k in range(0, len(combinations), 2000)])
    prices = np.array([sum(PRICES[int(c)] for c in combination) for combination in combinations])
    bits = len(y) / 2 * np.log2(np.maximum(left / (rest @ rest), 1e-20)) + prices
    for number in np.argsort(bits, kind='stable')[:KEPT]:
        if bits[number] < min(-20.0, bits.min() + WORSE):       # 20 bits less than without
            found = dict(zip(used, combinations[number].astype(int).tolist(), strict=True))
            yield tuple(found.get(k, 0) for k in range(X.shape[1]))


def has_sign(y):
    """
    Return whether values are all positive or all negative, but for small ones where noise may have changed it.

    EXAMPLES::

        sage: from sage_tf.regression.groups import has_sign
        sage: import numpy
        sage: has_sign(numpy.array([1r, 2r, 3r, -0.01r])), has_sign(numpy.array([1r, -2r]))
        (True, False)
    """
    positive = np.square(y[y > 0]).sum() / np.square(y).sum()
    return bool(min(positive, 1 - positive) < OF_NOISE)


def _combinations(count):
    """Return combinations of two or more variables, up to the sign, as rows."""
    if count > MOST_VARIABLES:
        return np.zeros((0, count))
    ones = [c for c in product((0, 1, -1), repeat=count) if sum(map(bool, c)) > 1]
    doubled = [(*c[:k], 2 * c[k], *c[k + 1:]) for c in ones for k in range(count) if c[k]] if count <= WITH_SQUARES else []
    found = [c for c in (*ones, *doubled) if next(filter(None, c)) > 0]
    return np.array(found, dtype=float).reshape(-1, count)


def _left(combinations, logarithms, weights, q, rest):
    """Return the sums of squares that are left with a polynomial of degree four in each combination."""
    u = logarithms @ combinations.T
    u = u / np.maximum(np.abs(u).max(axis=0), 1e-300)
    columns = np.stack([u**2, u**3, u**4]) * weights[:, None]
    columns = columns - np.einsum('ij,ajc->aic', q, np.einsum('ij,aic->ajc', q, columns))
    columns /= np.maximum(np.linalg.norm(columns, axis=1, keepdims=True), 1e-300)
    gram = np.einsum('aic,bic->cab', columns, columns) + 1e-9 * np.eye(3)
    along = np.einsum('aic,i->ca', columns, rest)
    return rest @ rest - np.einsum('ca,ca->c', along, np.linalg.solve(gram, along[..., None])[..., 0])
