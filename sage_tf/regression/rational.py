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
from itertools import combinations, combinations_with_replacement, product
from math import comb

import numpy as np
from sage.functions.log import exp
from sage.functions.trig import cos, sin
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.constants import recognized
from sage_tf.regression.forms import TRANSFORMS
from sage_tf.regression.law import exact_or_float, law_of
from sage_tf.regression.numeric import values_of
from sage_tf.regression.problem import Problem

DEGREES = [(2, 0), (3, 0), (1, 1), (2, 1), (2, 2), (3, 2), (4, 0), (3, 3), (4, 2), (4, 4), (5, 3)]        # of P and Q
FEW_DEGREES, FEW_COLUMNS = [(2, 0), (1, 1), (3, 0), (2, 1), (2, 2), (4, 0), (3, 2)], 220
MOST_COLUMNS = 450
FUNCTIONS = {'cos': cos, 'sin': sin, 'exp': exp}
SINGULAR = 1e-12                                                # of singular values, relative to the largest
MOST_ROWS = 2000                                                # at which they are looked for
FITS = 1e-6                                                     # relative error of a quotient that is looked at closely
PRESENT = 1e-8                                                  # of coefficients, relative to the largest


def rational_laws(problem, degrees=DEGREES, most=MOST_COLUMNS):
    """
    Yield laws ``y = P/Q`` and ``y = sqrt(P/Q)`` with polynomials P, Q of small degrees.
    """
    for transform in ('identity', 'square'):
        if problem.y.min() >= TRANSFORMS[transform].low:
            for pair in degrees:
                law = _rational_law(problem, transform, *pair, most)
                if law is not None and law.is_exact:
                    yield law
                    break


def rational_laws_in_functions(problem, over, names=tuple(FUNCTIONS)):
    r"""
    Yield laws ``y = P/Q`` and ``y = sqrt(P/Q)`` with polynomials in the variables and in a function of one or two of them, one of those with the given names.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.rational import rational_laws_in_functions
        sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (400r, 4r))
        sage: y = numpy.sqrt(X[:, 0]**2r + X[:, 1]**2r - 2r*X[:, 0]*X[:, 1]*numpy.cos(X[:, 2] - X[:, 3]))
        sage: next(rational_laws_in_functions(Problem.of(X, y), lambda: False)).expression
        sqrt(-2*x0*x1*cos(x2 - x3) + x0^2 + x1^2)
    """
    few = problem.rows(slice(MOST_ROWS))
    for name, argument in product(names, _arguments(problem.variables)):
        if over():
            return
        function = FUNCTIONS[name](argument)
        inside = [str(v) for v in argument.variables()]
        values = values_of(function, few.variables, few.X, share=0)
        if not np.isfinite(values).all() or np.abs(values).max() > 1e6:
            continue
        for kept in ([k for k, v in enumerate(problem.variables) if str(v) not in inside], list(range(len(problem.variables)))):
            stand_in = SR.symbol()                              # one that no variable is
            augmented = Problem(np.column_stack([few.X[:, kept], values]), few.y, [*(problem.variables[k] for k in kept), stand_in])
            for law in rational_laws(augmented, FEW_DEGREES, FEW_COLUMNS):
                found = law_of(problem, law.expression.subs({stand_in: function}), law.constants)
                if found:
                    yield found


def _arguments(variables):
    """Return variables, their doubles, differences, sums, products and quotients."""
    pairs = list(combinations(variables, 2))
    return [*variables, *(2 * v for v in variables), *(a - b for a, b in pairs), *(a + b for a, b in pairs), *(a * b for a, b in pairs),
            *(a / b for a, b in pairs), *(b / a for a, b in pairs)]


def _rational_law(problem, transform, top, bottom, most):
    """Return the law with polynomials of the given degrees, ``None`` if there is none."""
    X, target = problem.X, TRANSFORMS[transform].function(problem.y)
    if comb(X.shape[1] + top, top) > most:
        return None
    above, below = _monomials(X.shape[1], top), _monomials(X.shape[1], bottom)
    count = len(above) + len(below)
    rows = min(len(X), int(1.3 * count) + 20)
    if count > most or rows < count + 10:
        return None
    scale = np.abs(X).max(axis=0)
    columns = np.hstack([_values(X[:rows] / scale, above), -(target / np.abs(target).max())[:rows, None] * _values(X[:rows] / scale, below)])
    norms = np.linalg.norm(columns, axis=0)
    triangle = np.linalg.qr(columns / norms, mode='r')
    if np.abs(np.diagonal(triangle)).min() > 1e-6:              # no dependence, said in half of the time of a decomposition
        return None
    _, singular, vectors = np.linalg.svd(triangle)
    dependences = vectors[singular < SINGULAR * singular[0]]
    if not len(dependences):
        return None
    vector = _sparsest(dependences) / norms
    factors = np.array([np.prod(scale[list(m)]) for m in (*above, *below)])
    vector = vector / factors
    vector[len(above):] /= np.abs(target).max()
    if not _fits(X, target, above, below, vector):
        return None
    return _law(problem, transform, above, below, vector)


def _fits(X, target, above, below, vector):
    """Return whether the quotient of a dependence has the values at all points: most have not, and to recognize constants takes long."""
    with np.errstate(all='ignore'):
        quotient = (_values(X, above) @ vector[:len(above)]) / (_values(X, below) @ vector[len(above):])
    return np.linalg.norm(quotient - target) < FITS * np.linalg.norm(target)


def _monomials(variables, degree):
    return [m for n in range(degree + 1) for m in combinations_with_replacement(range(variables), n)]


def _values(X, monomials):
    """Return the values of monomials, each a product of an earlier one and a variable."""
    found = {}
    for m in monomials:
        found[m] = found[m[:-1]] * X[:, m[-1]] if m else np.ones(len(X))
    return np.column_stack(list(found.values()))


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
        ring = PolynomialRing(QQ, len(variables), [str(v) for v in variables])
        top, bottom = ring(top), ring(bottom)
    except (TypeError, ValueError):
        return top / bottom
    common = top.gcd(bottom)
    top, bottom = top // common, bottom // common
    if bottom.is_constant():
        return SR(top) / SR(bottom)
    return SR(top.factor()) / SR(bottom.factor())
