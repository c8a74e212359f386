r"""
The search for a law

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.search import laws
    sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (200r, 3r))
    sage: problem = Problem.of(X, X[:, 0]/numpy.sqrt(1r - (X[:, 1]/3r)**2r/X[:, 2]**2r))
    sage: next(law for law in laws(problem) if law.is_exact).expression
    x0/sqrt(-1/9*x1^2/x2^2 + 1)

ALGORITHM:

Many small expressions are made from below (:mod:`~sage_tf.regression.candidates`), and beside them monomials with functions of them
(:mod:`~sage_tf.regression.monomials`). Among these, one or two are looked up that give the values by a linear combination or by a product
of powers, together with the variables themselves (:mod:`~sage_tf.regression.lookups`), for the values and for their squares, inverses, logarithms and so
on. What is not found so may be a rational function, or has variables that separate, without which the rest is smaller.
"""
from functools import partial

import numpy as np
from sage.symbolic.ring import SR

from sage_tf.regression.approximate import approximate_products, approximate_sums
from sage_tf.regression.candidates import Candidates
from sage_tf.regression.forms import FOR_POWERS, TRANSFORMS
from sage_tf.regression.law import law_of, linear_law, power_law
from sage_tf.regression.lookups import pairs_spanning, projected, singles_spanning
from sage_tf.regression.monomials import Monomials
from sage_tf.regression.problem import Problem
from sage_tf.regression.rational import rational_laws, rational_laws_in_functions
from sage_tf.regression.separation import separate_powers

ANCHORS = 48                                                    # points at which candidates are compared
UNARY = ('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos')
MORE_ANCHORS = 200                                              # where there is noise
FEW, MANY = 25000, 300000                                       # candidates
LARGEST = 40                                                    # nodes of a candidate
FIRST = 8000                                                    # candidates beside the monomials
FOR_MONOMIALS = ('identity', 'square', 'inverse', 'log')
FOR_MANY = ('identity', 'square')
MOST_FIRST = 200                                                # features that are tried as the first of three


def laws(problem, unary=UNARY, deadline=None):
    r"""
    Yield laws as they are found, good ones among them.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``unary`` -- names of the functions that expressions may have

    - ``deadline`` -- function that tells whether the time is over (default: it never is); a :class:`~sage_tf.regression.watch.Watch` hears of the
      candidates that are tried
    """
    over = deadline or (lambda: False)
    for stage in (*QUICK, _approximate, partial(_separated, [*QUICK, _approximate]), *SLOW, partial(_separated, SLOW)):
        for law in stage(problem, unary, over):
            yield law
            if over():
                return
        if over():
            return


def _with_few(problem, unary, over):
    """Yield the laws with small candidates."""
    pool = _grown(problem.X[:ANCHORS], unary, FEW, over)
    yield from _products(problem, pool, over)
    yield from _sums(problem, pool, TRANSFORMS, over)


def _with_monomials(problem, unary, over):
    """Yield the laws with monomials, functions of them, and the smallest candidates."""
    candidates = _grown(problem.X[:ANCHORS], unary, FIRST, over)
    yield from _products(problem, Joined([Monomials(problem.X[:ANCHORS], False), candidates]), over)
    yield from _sums(problem, Joined([Monomials(problem.X[:ANCHORS]), candidates]), FOR_MONOMIALS, over)


def _with_three(problem, unary, over):
    """Yield the laws with three features, one of them simple."""
    candidates = _grown(problem.X[:ANCHORS], unary, FIRST, over)
    yield from _products(problem, Joined([Monomials(problem.X[:ANCHORS], False), candidates]), over, MOST_FIRST)
    yield from _sums(problem, Joined([Monomials(problem.X[:ANCHORS]), candidates]), FOR_MANY, over, MOST_FIRST)


def _shifted_products(problem, unary, over):
    """Yield the laws in which a function of the values is a product of powers of few candidates."""
    pool = _grown(problem.X[:ANCHORS], unary, FIRST, over)
    for transform in FOR_POWERS.values():
        yield from _products(problem, pool, over, transform=transform)


def _approximate(problem, unary, over):
    """Yield the laws with the features that explain most, for data with noise."""
    rows = min(MORE_ANCHORS, len(problem.X))
    candidates = _grown(problem.X[:rows], unary, FIRST, over)
    pool = Joined([Monomials(problem.X[:rows]), candidates])
    yield from approximate_sums(problem, pool, TRANSFORMS['identity'], rows, over)
    yield from approximate_products(problem, pool, rows, over)


def _with_many(problem, unary, over):
    """Yield the laws with as many candidates as there is room for."""
    pool = _grown(problem.X[:ANCHORS], unary, MANY, over)
    yield from _products(problem, pool, over)
    yield from _sums(problem, pool, FOR_MANY, over)


def _grown(anchors, unary, capacity, over=None):
    """Return candidates, as many as there is room and time for."""
    pool = Candidates(anchors, unary, capacity=capacity)
    while pool.grow(over) and len(pool.levels) < LARGEST and not (over and over()):
        pass
    if hasattr(over, 'count'):
        over.count(pool.tried)
    return pool


class Joined:
    """
    Pools of features as one.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.monomials import Monomials
        sage: from sage_tf.regression.search import Joined
        sage: pool = Monomials(numpy.random.default_rng(int(1)).uniform(1, 2, (48r, 2r)))
        sage: both = Joined([pool, pool])
        sage: both.expression(len(pool) + 1r, var('a, b')), both.expression(1r, var('a, b'))
        (a, a)
    """
    def __init__(self, pools):
        self._pools = pools
        self.values = np.concatenate([pool.values for pool in pools])
        self.sizes = np.concatenate([pool.sizes for pool in pools])

    def _at(self, index):
        for pool in self._pools:
            if index < len(pool):
                return pool, index
            index -= len(pool)
        raise IndexError(index)

    def evaluate(self, index, X):
        """Return the values of a feature at points given as an array of shape (points, variables)."""
        pool, index = self._at(index)
        return pool.evaluate(index, X)

    def expression(self, index, variables):
        """Return a feature as a Sage expression in the given variables."""
        pool, index = self._at(index)
        return pool.expression(index, variables)


def _sums(problem, pool, transforms, over, most=0):
    """Yield the laws ``T(y) = c0 + c1*x1 + ... + a*f + b*g`` with features f, g of a pool."""
    ones, variables = np.ones(len(problem.y)), problem.variables
    for transform in map(TRANSFORMS.get, transforms):
        if over():
            return
        if transform.low <= problem.y.min() and problem.y.max() <= transform.high:
            with np.errstate(all='ignore'):
                target = transform.function(problem.y)
            law = partial(linear_law, problem, transform)
            yield from _spanned(problem, pool, target, [SR(1), *variables], [ones, *problem.X.T], law, lambda values: values, over, most)


def _products(problem, pool, over, most=0, transform=TRANSFORMS['identity']):
    """Yield the laws ``T(y) = c * x1^a1 * ... * f^a * g^b`` with features f, g of a pool."""
    if over() or not (transform.low <= problem.y.min() and problem.y.max() <= transform.high):
        return
    used = [k for k in range(problem.X.shape[1]) if problem.X[:, k].all()]
    terms, columns = [problem.variables[k] for k in used], [problem.X[:, k] for k in used]
    law = partial(power_law, problem, transform=transform)
    with np.errstate(all='ignore'):
        target = np.log(np.abs(transform.function(problem.y)))
    yield from _spanned(problem, pool, target, terms, columns, law, _logarithms, over, most)


def _logarithms(values):
    with np.errstate(all='ignore'):
        found = np.log(np.abs(values))
    return np.where(np.isfinite(found), found, 0)


def _spanned(problem, pool, target, terms, columns, law, scale, over, most):
    """
    Yield the laws of one or two features that span the target together with the terms; with another one of the ``most`` simplest
    features, if that is not 0.
    """
    if not np.isfinite(target).all():
        return
    values = scale(pool.values)
    anchors = values.shape[1]
    basis = np.array([np.ones(anchors), *[scale(column[:anchors]) for column in columns if not (column == 1).all()]])
    rest = projected(target[None, :anchors], basis)[0]
    if np.linalg.norm(rest) < 1e-9 * np.linalg.norm(target[:anchors]):
        if not most and (found := law(terms, columns)):
            yield found
        return
    features = projected(values, basis)
    norms = np.linalg.norm(features, axis=1)
    features[norms < 1e-7 * np.maximum(np.linalg.norm(values, axis=1), 1e-300)] = 0
    if not most:
        chosen = [(k,) for k in singles_spanning(features, rest, pool.sizes)[:5]] or pairs_spanning(features, rest, pool.sizes)
    else:
        chosen = _triples(features, rest, pool.sizes, most, over)
    for numbers in chosen:
        if over():
            return
        found = law([*terms, *(pool.expression(k, problem.variables) for k in numbers)],
                    [*columns, *(pool.evaluate(k, problem.X) for k in numbers)])
        if found:
            yield found


def _triples(features, rest, sizes, most, over):
    """Yield the numbers of three features with the target in their span, the first among the simplest."""
    norms = np.linalg.norm(features, axis=1)
    for k in [k for k in np.argsort(sizes, kind='stable') if norms[k] > 0][:most]:
        if over():
            return
        unit = features[k] / norms[k]
        others = features - np.outer(features @ unit, unit)
        others[np.linalg.norm(others, axis=1) < 1e-6 * norms] = 0
        for pair in pairs_spanning(others, rest - (rest @ unit) * unit, sizes)[:3]:
            yield (int(k), *pair)


def _separated(stages, problem, unary, over):
    """Yield the laws that some stages find without the variables that separate."""
    powers = separate_powers(problem.X, problem.y)
    rest = [k for k in range(problem.X.shape[1]) if k not in powers]
    if not powers or not rest:
        return
    factor = np.prod([problem.X[:, k]**float(power) for k, power in powers.items()], axis=0)
    smaller = Problem(problem.X[:, rest], problem.y / factor, [problem.variables[k] for k in rest])
    monomial = SR(1).mul(*[problem.variables[k]**power for k, power in powers.items()])
    for stage in stages:
        for law in stage(smaller, unary, over):
            found = law_of(problem, monomial * law.expression, law.constants)
            if found:
                yield found


def _rational(problem, unary, over):
    return rational_laws(problem)


def _rational_in_functions(problem, unary, over):
    return rational_laws_in_functions(problem, over)


# Each a function of a problem, the names of functions, and whether the time is over, that yields laws; the quickest come first.
QUICK = [_with_few, _with_monomials, _rational, _shifted_products, _rational_in_functions]
SLOW = [_with_many, _with_three]
