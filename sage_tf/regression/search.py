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

TASKS:

A search is a sequence of tasks. A task is a function of a problem, :class:`~sage_tf.regression.settings.Settings` and ``over``, which tells whether
the time is over, and yields laws. These depend on nothing else: with the same problem and settings a task yields the same laws in the same order in
whatever process it runs, unless its time is over. So the search may run tasks at the same time, and take their laws in the order of the tasks.
"""
from functools import partial
from itertools import repeat, zip_longest

import numpy as np
from sage.symbolic.ring import SR

from sage_tf.regression.candidates import Candidates
from sage_tf.regression.chains import count_chains
from sage_tf.regression.forms import FOR_POWERS, TRANSFORMS
from sage_tf.regression.law import law_of, linear_law, power_law
from sage_tf.regression.lookups import pairs_spanning, projected, singles_spanning
from sage_tf.regression.monomials import Monomials
from sage_tf.regression.noisy import ROWS, noisy_laws, pools_of
from sage_tf.regression.rational import FUNCTIONS, rational_laws, rational_laws_in_functions
from sage_tf.regression.reduction import Reduction, choices_of_units, nondimensional
from sage_tf.regression.separation import reductions
from sage_tf.regression.settings import UNARY, Settings
from sage_tf.regression.shapes import NAMES, shaped_laws
from sage_tf.regression.watch import count

ANCHORS = 48                                                    # points at which candidates are compared
FEW, MANY = 25000, 300000                                       # candidates
LARGEST = 40                                                    # nodes of a candidate
FEW_VARIABLES = 3                                               # of a problem
FIRST = 8000                                                    # candidates beside the monomials
FOR_MONOMIALS = ('identity', 'square', 'inverse', 'log')
FOR_MANY = ('identity', 'square')
OPENING, FOLLOWING, CHAINS = (slice(2), slice(2, 4)), (slice(4, 7), slice(7, 10)), 4   # forms for data with noise, in parts
MOST_FIRST, AT_ONCE = 200, 10                                   # features that are tried as the first of three, and those of a task


def tasks(problem, settings):
    r"""
    Yield the tasks of a search, the quickest first.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``settings`` -- :class:`~sage_tf.regression.settings.Settings`

    OUTPUT: functions as above, that can be pickled; always the same ones for the same problem and settings

    EXAMPLES::

        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.search import tasks
        sage: from sage_tf.regression.settings import UNARY, Settings
        sage: problem = Problem.of([[1], [2], [3]], [1, 4, 9])
        sage: task = next(tasks(problem, Settings()))
        sage: next(task(problem, Settings(), lambda: False)).expression
        x0^2
    """
    if settings.space is None:
        yield from _tasks(problem)
        return
    # operators that were chosen may not have the quotients that make numbers of the variables
    others = [()] if settings.rules.defined or settings.unary != UNARY else []
    choices = {units: _in_units(problem, settings.space, units).problem for units in [*choices_of_units(problem, settings.space), *others]}
    for found in zip_longest(*(zip(repeat(units), _tasks(smaller)) for units, smaller in choices.items() if smaller.has_variables())):
        yield from (partial(_consistent, *each) for each in found if each is not None)


def _tasks(problem):
    """Yield the tasks for a problem without dimensions."""
    few = len(problem.variables) <= FEW_VARIABLES               # so that constants inside of functions are more likely than anything else
    yield from QUICK
    yield from _shapes(None, 1, 0) if few else ()
    yield from _slices(None, OPENING)
    smaller = range(len(_reductions(problem)))
    yield from (partial(_reduced, number, task) for number in smaller for task in QUICK)
    yield from RATIONAL
    yield from (partial(_reduced, number, task) for number in smaller for task in RATIONAL)
    yield from () if few else _shapes(None, 1, 0)
    yield from (task for number in smaller for task in (*_slices(number, OPENING), *_shapes(number, 1, 0)))
    yield from (task for functions, level in ((1, 1), (2, 0)) for task in _shapes(None, functions, level))
    yield from _slices(None, FOLLOWING)
    yield from (task for functions, level in ((1, 2), (2, 1)) for task in _shapes(None, functions, level))
    yield from (task for number in smaller for task in _slices(number, (*FOLLOWING, slice(FOLLOWING[-1].stop, None))))
    yield from _slices(None, [slice(start, start + CHAINS) for start in range(FOLLOWING[-1].stop, count_chains(problem), CHAINS)])
    yield from SLOW
    yield from (partial(_reduced, number, task) for task in SLOW for number in smaller)


def _slices(number, slices):
    """Yield the tasks for parts of the chains."""
    yield from (partial(_approximate, number, part) for part in slices)


def _shapes(number, functions, level):
    """Yield the tasks for constants inside of functions."""
    yield from (partial(_shaped, number, functions, name, level) for name in NAMES)


def laws(problem, settings=None, deadline=None):
    r"""
    Yield laws as they are found, good ones among them.

    INPUT:

    - ``problem``, ``settings`` -- as of :func:`tasks`

    - ``deadline`` -- function that tells whether the time is over (default: it never is); a :class:`~sage_tf.regression.watch.Watch` hears of the
      candidates that are tried
    """
    settings, over = settings or Settings(), deadline or (lambda: False)
    for task in tasks(problem, settings):
        for law in task(problem, settings, over):
            yield law
            if over():
                return
        if over():
            return


def _with_few(problem, settings, over):
    """Yield the laws with small candidates."""
    pool = _grown(problem, ANCHORS, settings, FEW, over)
    yield from _products(problem, pool, over)
    yield from _sums(problem, pool, TRANSFORMS, over)


def _with_monomials(problem, settings, over):
    """Yield the laws with monomials, functions of them, and the smallest candidates."""
    candidates = _grown(problem, ANCHORS, settings, FIRST, over)
    yield from _products(problem, Joined([_monomials(problem, ANCHORS, settings, False), candidates]), over)
    yield from _sums(problem, Joined([_monomials(problem, ANCHORS, settings), candidates]), FOR_MONOMIALS, over)


def _with_three(firsts, problem, settings, over):
    """Yield the laws with three features, one of them among some of the simplest."""
    candidates = _grown(problem, ANCHORS, settings, FIRST, over)
    yield from _products(problem, Joined([_monomials(problem, ANCHORS, settings, False), candidates]), over, firsts)
    yield from _sums(problem, Joined([_monomials(problem, ANCHORS, settings), candidates]), FOR_MANY, over, firsts)


def _shifted_products(problem, settings, over):
    """Yield the laws in which a function of the values is a product of powers of few candidates."""
    pool = _grown(problem, ANCHORS, settings, FIRST, over)
    for transform in FOR_POWERS.values():
        yield from _products(problem, pool, over, transform=transform)


def _approximate(number, part, problem, settings, over):
    """Yield the laws with the features that explain most, for data with noise: those of a reduction, or of the problem itself for ``None``."""
    reduction = Reduction(problem) if number is None else _reductions(problem)[number]
    smaller = reduction.problem
    if problem.memory.get('pools', [()])[0] != (number, settings):
        pool = Joined([_monomials(smaller, ROWS, settings), _grown(smaller, ROWS, settings, FEW if number is None else FIRST, over)])
        problem.memory['pools'] = (number, settings), pools_of(smaller, pool)
    yield from noisy_laws(problem, reduction, problem.memory['pools'][1], part, over)


def _shaped(number, functions, name, level, problem, settings, over):
    """Yield the laws with constants inside of functions: those of a reduction, or of the problem itself for ``None``."""
    reduction = Reduction(problem) if number is None else _reductions(problem)[number]
    yield from shaped_laws(problem, reduction, functions, name, level, over)


def _with_many(problem, settings, over):
    """Yield the laws with as many candidates as there is room for."""
    pool = _grown(problem, ANCHORS, settings, MANY, over)
    yield from _products(problem, pool, over)
    yield from _sums(problem, pool, FOR_MANY, over)


def _grown(problem, rows, settings, capacity, over=None):
    """Return candidates, as many as there is room and time for; a task that asks for the same as the one before has the same."""
    key = 'grown', rows, settings, capacity
    if key not in problem.memory:
        for other in [other for other in problem.memory if isinstance(other, tuple) and other[0] == 'grown']:
            del problem.memory[other]
        problem.memory.pop('pools', None)
        pool = Candidates(problem.X[:rows], settings.unary, capacity=min(capacity, settings.features(rows)), rules=settings.rules)
        while pool.grow(over) and len(pool.levels) < LARGEST and not (over and over()):
            pass
        count(over, pool.tried)
        problem.memory[key] = pool
    return problem.memory[key]


def _monomials(problem, rows, settings, plain=True):
    """Return monomials and functions of them, as many as there is room for; a task that asks for the same as one before has the same."""
    key = 'monomials', rows, plain
    if key not in problem.memory:
        problem.memory[key] = Monomials(problem.X[:rows], plain, settings.features(rows))
    return problem.memory[key]


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
        (b, b)
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


def _sums(problem, pool, transforms, over, firsts=None):
    """Yield the laws ``T(y) = c0 + c1*x1 + ... + a*f + b*g`` with features f, g of a pool."""
    ones, variables = np.ones(len(problem.y)), problem.variables
    for transform in map(TRANSFORMS.get, transforms):
        if over():
            return
        if transform.low <= problem.y.min() and problem.y.max() <= transform.high:
            with np.errstate(all='ignore'):
                target = transform.function(problem.y)
            law = partial(linear_law, problem, transform)
            yield from _spanned(problem, pool, target, [SR(1), *variables], [ones, *problem.X.T], law, lambda values: values, over, firsts)


def _products(problem, pool, over, firsts=None, transform=TRANSFORMS['identity']):
    """Yield the laws ``T(y) = c * x1^a1 * ... * f^a * g^b`` with features f, g of a pool."""
    if over() or not (transform.low <= problem.y.min() and problem.y.max() <= transform.high):
        return
    used = [k for k in range(problem.X.shape[1]) if problem.X[:, k].all()]
    terms, columns = [problem.variables[k] for k in used], [problem.X[:, k] for k in used]
    law = partial(power_law, problem, transform=transform)
    with np.errstate(all='ignore'):
        target = np.log(np.abs(transform.function(problem.y)))
    yield from _spanned(problem, pool, target, terms, columns, law, _logarithms, over, firsts)


def _logarithms(values):
    with np.errstate(all='ignore'):
        found = np.log(np.abs(values))
    return np.where(np.isfinite(found), found, 0)


def _spanned(problem, pool, target, terms, columns, law, scale, over, firsts):
    """
    Yield the laws of one or two features that span the target together with the terms; with a third one in the slice ``firsts`` of the features
    by their sizes, if that is given.
    """
    if not np.isfinite(target).all():
        return
    values = scale(pool.values)
    anchors = values.shape[1]
    basis = np.array([np.ones(anchors), *[scale(column[:anchors]) for column in columns if not (column == 1).all()]])
    rest = projected(target[None, :anchors], basis)[0]
    if np.linalg.norm(rest) < 1e-9 * np.linalg.norm(target[:anchors]):
        if firsts is None and (found := law(terms, columns)):
            yield found
        return
    features = projected(values, basis)
    norms = np.linalg.norm(features, axis=1)
    count(over, len(features))
    features[norms < 1e-7 * np.maximum(np.linalg.norm(values, axis=1), 1e-300)] = 0
    if firsts is None:
        chosen = [(k,) for k in singles_spanning(features, rest, pool.sizes)[:5]] or pairs_spanning(features, rest, pool.sizes)
    else:
        chosen = _triples(features, rest, pool.sizes, firsts, over)
    for numbers in chosen:
        if over():
            return
        found = law([*terms, *(pool.expression(k, problem.variables) for k in numbers)],
                    [*columns, *(pool.evaluate(k, problem.X) for k in numbers)])
        if found:
            yield found


def _triples(features, rest, sizes, firsts, over):
    """Yield the numbers of three features with the target in their span, the first among the simplest."""
    norms = np.linalg.norm(features, axis=1)
    for k in [k for k in np.argsort(sizes, kind='stable') if norms[k] > 0][firsts]:
        if over():
            return
        unit = features[k] / norms[k]
        others = features - np.outer(features @ unit, unit)
        others[np.linalg.norm(others, axis=1) < 1e-6 * norms] = 0
        count(over, len(others))
        for pair in pairs_spanning(others, rest - (rest @ unit) * unit, sizes)[:3]:
            yield (int(k), *pair)


def _in_units(problem, space, units):
    """Return the problem in units that are variables, always the same one."""
    key = 'in units', units
    if key not in problem.memory:
        problem.memory[key] = nondimensional(problem, space, units)
    return problem.memory[key]


def _consistent(units, task, problem, settings, over):
    """Yield the laws that a task finds in units that are variables, given by their numbers."""
    reduction = _in_units(problem, settings.space, units)
    for law in task(reduction.problem, settings, over):
        found = law_of(problem, reduction.law(law.expression), law.constants)
        if found:
            yield found


def _reductions(problem):
    """Return the smaller problems that the data suggest."""
    if 'reductions' not in problem.memory:
        problem.memory['reductions'] = list(reductions(problem))
    return problem.memory['reductions']


def _reduced(number, task, problem, settings, over):
    """Yield the laws that a task finds for a smaller problem."""
    reduction = _reductions(problem)[number]
    for law in task(reduction.problem, settings, over):
        if found := law_of(problem, reduction.law(law.expression), law.constants):
            yield found



def _rational(problem, settings, over):
    return rational_laws(problem)


def _rational_in_a_function(name, problem, settings, over):
    return rational_laws_in_functions(problem, over, [name])


QUICK = [_with_few, _with_monomials, _rational, _shifted_products]
RATIONAL = [partial(_rational_in_a_function, name) for name in FUNCTIONS]
SLOW = [_with_many, *(partial(_with_three, slice(k, k + AT_ONCE)) for k in range(0, MOST_FIRST, AT_ONCE))]
