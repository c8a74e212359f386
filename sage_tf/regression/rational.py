r"""
Rational functions, and square roots of them, by linear algebra

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.rational import rational_laws
    sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (200r, 2r))
    sage: problem = Problem.of(X, (X[:, 0] + X[:, 1])/(1 + X[:, 0]*X[:, 1]))
    sage: next(rational_laws(problem)).expression
    (x0 + x1)/(x0*x1 + 1)

ALGORITHM:

A relation ``P(x) - y*Q(x) = 0`` with polynomials P and Q is a linear dependence of the monomials and their products with y. The smallest degrees that
have one are found by singular values; the reduced echelon form of the dependences has the one with the fewest terms.
"""
from itertools import combinations_with_replacement

import numpy as np
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.constants import recognized
from sage_tf.regression.forms import TRANSFORMS
from sage_tf.regression.law import exact_or_float, law_of

DEGREES = [(2, 0), (3, 0), (1, 1), (2, 1), (2, 2), (3, 2), (4, 0), (3, 3), (4, 2), (4, 4), (5, 3)]        # of P and Q
MOST_COLUMNS = 450
SINGULAR = 1e-12                                                # of singular values, relative to the largest
PRESENT = 1e-8                                                  # of coefficients, relative to the largest


def rational_laws(problem):
    """
    Yield laws ``y = P/Q`` and ``y = sqrt(P/Q)`` with polynomials P, Q of small degrees.
    """
    for transform in ('identity', 'square'):
        if problem.y.min() >= TRANSFORMS[transform].low:
            for degrees in DEGREES:
                law = _rational_law(problem, transform, *degrees)
                if law is not None and law.is_exact:
                    yield law
                    break


def _rational_law(problem, transform, top, bottom):
    """Return the law with polynomials of the given degrees, ``None`` if there is none."""
    X, target = problem.X, TRANSFORMS[transform].function(problem.y)
    above, below = _monomials(X.shape[1], top), _monomials(X.shape[1], bottom)
    count = len(above) + len(below)
    rows = min(len(X), int(1.3 * count) + 20)
    if count > MOST_COLUMNS or rows < count + 10:
        return None
    scale = np.abs(X).max(axis=0)
    columns = np.hstack([_values(X[:rows] / scale, above), -(target / np.abs(target).max())[:rows, None] * _values(X[:rows] / scale, below)])
    norms = np.linalg.norm(columns, axis=0)
    _, singular, vectors = np.linalg.svd(columns / norms)
    dependences = vectors[singular < SINGULAR * singular[0]]
    if not len(dependences):
        return None
    vector = _sparsest(dependences) / norms
    factors = np.array([np.prod(scale[list(m)]) for m in (*above, *below)])
    vector = vector / factors
    vector[len(above):] /= np.abs(target).max()
    return _law(problem, transform, above, below, vector)


def _monomials(variables, degree):
    return [m for n in range(degree + 1) for m in combinations_with_replacement(range(variables), n)]


def _values(X, monomials):
    return np.column_stack([np.prod(X[:, list(m)], axis=1) if m else np.ones(len(X)) for m in monomials])


def _sparsest(vectors):
    """Return the vector with the fewest entries in a reduced echelon form of the given ones."""
    vectors, pivots = vectors.copy(), []
    for row in range(len(vectors)):
        free = [k for k in range(vectors.shape[1] - 1, -1, -1) if k not in pivots]
        column = max(free, key=lambda k: np.abs(vectors[row:, k]).max())
        best = row + np.abs(vectors[row:, column]).argmax()
        vectors[[row, best]] = vectors[[best, row]]
        vectors[row] /= vectors[row, column]
        for other in range(len(vectors)):
            if other != row:
                vectors[other] -= vectors[other, column] * vectors[row]
        pivots.append(column)
    return min(vectors, key=lambda v: (np.abs(v) > PRESENT * np.abs(v).max()).sum())


def _law(problem, transform, above, below, vector):
    """Return the law of a dependence of monomials."""
    present = np.abs(vector) > PRESENT * np.abs(vector).max()
    if not present[:len(above)].any() or not present[len(above):].any():
        return None
    # One coefficient is free: that by which the others are simplest.
    best = None
    for k in np.nonzero(present)[0]:
        constants = [recognized(v, 1e-8) for v in vector[present] / vector[k]]
        evidence = sum(c.evidence for c in constants if c.exact is not None) - 100 * sum(c.exact is None for c in constants)
        if best is None or evidence > best[0]:
            best = evidence, constants
    _, constants = best
    polynomials, known = [SR(0), SR(0)], iter(constants)
    for k, monomial in enumerate([*above, *below]):
        if present[k]:
            term = SR(1).mul(*[problem.variables[v] for v in monomial])
            polynomials[k >= len(above)] += exact_or_float(next(known)) * term
    return law_of(problem, TRANSFORMS[transform].inverse(_reduced(*polynomials, problem.variables)), constants)


def _reduced(top, bottom, variables):
    """
    Return a quotient of polynomials, factored where their coefficients are rational.

    EXAMPLES::

        sage: from sage_tf.regression.rational import _reduced
        sage: _reduced(x^2 - 1, 2*x + 2, [x])
        1/2*x - 1/2
    """
    try:
        ring = PolynomialRing(QQ, [str(v) for v in variables])
        quotient = ring(top) / ring(bottom)
    except (TypeError, ValueError):
        return top / bottom
    if quotient.denominator().is_constant():
        return SR(ring(quotient))
    return SR(quotient.numerator().factor()) / SR(quotient.denominator().factor())
