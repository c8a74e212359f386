r"""
The search for a law

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.search import laws
    sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (200r, 3r))
    sage: problem = Problem.of(X, X[:, 0]/numpy.sqrt(1r - (X[:, 1]/3r)**2r/X[:, 2]**2r))
    sage: law = next(law for law in laws(problem) if law.is_exact); law
    ...

ALGORITHM:

Many small expressions are made from below (:mod:`~sage_tf.regression.candidates`), and beside them monomials with functions of them
(:mod:`~sage_tf.regression.monomials`). Among these, one or two are looked up that give the values by a linear combination or by a product
of powers, together with the variables themselves (:mod:`~sage_tf.regression.lookups`), for the values and for their squares, inverses, logarithms and so
on. What is not found so may be a rational function, or has variables that separate, without which the rest is smaller.
"""
from functools import partial

import numpy as np

from sage_tf.regression.candidates import Candidates
from sage_tf.regression.forms import TRANSFORMS
from sage_tf.regression.law import law_of, linear_law, power_law
from sage_tf.regression.lookups import pairs_spanning, projected, singles_spanning
from sage_tf.regression.monomials import Monomials
from sage_tf.regression.problem import Problem
from sage_tf.regression.rational import rational_laws
from sage_tf.regression.separation import separate_powers

ANCHORS = 48                                                    # points at which candidates are compared
UNARY = ('square', 'sqrt', 'inverse', 'exp', 'log', 'sin', 'cos')
FEW, MANY = 25000, 300000                                       # candidates
LARGEST = 40                                                    # nodes of a candidate
FIRST = 8000                                                    # candidates beside the monomials
FOR_MONOMIALS = ('identity', 'square', 'inverse', 'log')
FOR_MANY = ('identity', 'square')


def laws(problem, unary=UNARY, deadline=None):
    r"""
    Yield laws as they are found, good ones among them.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``unary`` -- names of the functions that expressions may have

    - ``deadline`` -- function that tells whether the time is over (default: it never is)
    """
    over = deadline or (lambda: False)
    anchors = problem.X[:ANCHORS]
    for stage in (partial(_few, anchors, unary), partial(_with_monomials, anchors, unary)):
        for pool, transforms in stage():
            yield from _looked_up(problem, pool, transforms, over)
            if over():
                return
    yield from rational_laws(problem)
    if over():
        return
    yield from _separated(problem, unary, over)
    if over():
        return
    pool = _grown(anchors, unary, MANY, over)
    yield from _looked_up(problem, pool, (None, *FOR_MANY), over)


def _few(anchors, unary):
    """Yield the small candidates, and what the values are compared by: ``None`` for logarithms, else a transformation."""
    yield _grown(anchors, unary, FEW), (None, *TRANSFORMS)


def _with_monomials(anchors, unary):
    """Yield monomials and the smallest candidates."""
    candidates = _grown(anchors, unary, FIRST)
    for plain, transforms in ((False, (None,)), (True, FOR_MONOMIALS)):
        yield Joined([Monomials(anchors, plain), candidates]), transforms


def _grown(anchors, unary, capacity, over=None):
    """Return candidates, as many as there is room and time for."""
    pool = Candidates(anchors, unary, capacity=capacity)
    while pool.grow(over) and len(pool.levels) < LARGEST and not (over and over()):
        pass
    return pool


class Joined:
    """
    Pools of features as one.
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
        pool, index = self._at(index)
        return pool.evaluate(index, X)

    def expression(self, index, variables):
        pool, index = self._at(index)
        return pool.expression(index, variables)


def _looked_up(problem, pool, transforms, over):
    """Yield the laws with one or two features of a pool."""
    for transform in transforms:
        if over():
            return
        if transform is None:
            yield from _powers(problem, pool)
        else:
            low, high = TRANSFORMS[transform].low, TRANSFORMS[transform].high
            if low <= problem.y.min() and problem.y.max() <= high:
                yield from _sums(problem, pool, transform)


def _sums(problem, pool, transform):
    """Yield the laws ``T(y) = c0 + c1*x1 + ... + a*f + b*g`` with features f, g of a pool."""
    with np.errstate(all='ignore'):
        target = TRANSFORMS[transform].function(problem.y)
    if not np.isfinite(target).all():
        return
    variables = problem.variables
    terms, columns = [variables[0]**0, *variables], [np.ones(len(target)), *problem.X.T]
    law = partial(linear_law, problem, transform)
    yield from _spanned(problem, pool, pool.values, target, terms, columns, law, lambda values: values)


def _powers(problem, pool):
    """Yield the laws ``y = c * x1^a1 * ... * f^a * g^b`` with features f, g of a pool."""
    if not np.abs(problem.y).all():
        return
    positive = [k for k in range(problem.X.shape[1]) if np.abs(problem.X[:, k]).all()]
    terms, columns = [problem.variables[k] for k in positive], [problem.X[:, k] for k in positive]
    values = _logarithms(pool.values)
    yield from _spanned(problem, pool, values, np.log(np.abs(problem.y)), terms, columns, partial(power_law, problem), _logarithms)


def _logarithms(values):
    with np.errstate(all='ignore'):
        found = np.log(np.abs(values))
    return np.where(np.isfinite(found), found, 0)


def _spanned(problem, pool, values, target, terms, columns, law, scale):
    """Yield the laws of the features that span the target together with the terms."""
    anchors = values.shape[1]
    basis = np.array([np.ones(anchors), *[scale(column[:anchors]) for column in columns if not (column == 1).all()]])
    rest = projected(target[None, :anchors], basis)[0]
    if np.linalg.norm(rest) < 1e-9 * np.linalg.norm(target[:anchors]):
        if found := law(terms, columns):
            yield found
        return
    features = projected(values, basis)
    features[np.linalg.norm(features, axis=1) < 1e-7 * np.maximum(np.linalg.norm(values, axis=1), 1e-300)] = 0
    chosen = [(k,) for k in singles_spanning(features, rest, pool.sizes)[:5]] or pairs_spanning(features, rest, pool.sizes)
    for numbers in chosen:
        found = law([*terms, *(pool.expression(k, problem.variables) for k in numbers)],
                    [*columns, *(pool.evaluate(k, problem.X) for k in numbers)])
        if found:
            yield found


def _separated(problem, unary, over):
    """Yield the laws that are found without the variables that separate."""
    powers = separate_powers(problem.X, problem.y)
    rest = [k for k in range(problem.X.shape[1]) if k not in powers]
    if not powers or not rest:
        return
    factor = np.prod([problem.X[:, k]**float(power) for k, power in powers.items()], axis=0)
    smaller = Problem(problem.X[:, rest], problem.y / factor, [problem.variables[k] for k in rest])
    monomial = np.prod([problem.variables[k]**power for k, power in powers.items()])
    for law in laws(smaller, unary, over):
        found = law_of(problem, monomial * law.expression, law.constants)
        if found:
            yield found
