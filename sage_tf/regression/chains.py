r"""
What values may be: a function of a sum or of a product of features, times a factor

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.chains import Pools, chains
    sage: from sage_tf.regression.monomials import Monomials
    sage: from sage_tf.regression.problem import Problem
    sage: rng = numpy.random.default_rng(1r)
    sage: X = rng.uniform(1, 3, (300r, 2r))
    sage: problem = Problem.of(X, X[:, 0]*numpy.exp(-X[:, 1]/2r) + rng.normal(0, 0.01r, 300r))
    sage: pools, first = Pools(problem, Monomials(X)), next(chains(problem))
    sage: _, form, terms = min(first.forms(pools, 0.01r, lambda: False), key=lambda form: form[0])
    sage: first.written(form, terms, pools)
    ...*x0*e^(-1/2*x1)

ALGORITHM:

Features that explain most are found by :mod:`~sage_tf.regression.scan`, the constants fitted to the values themselves by :mod:`~sage_tf.regression.linked`.
"""
import numpy as np
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.forms import FOR_POWERS, TRANSFORMS
from sage_tf.regression.linked import Linked, near_halves
from sage_tf.regression.scan import BLOCK, Scan

LENGTHS = 8, 16, 24, 32, 40                                     # of sums of very many features
SIMPLEST, BEAM, TERMS = 2000, 80, 6                             # features of sums of many terms; sets that are continued; terms
POWERS = (1, -1, 2, -2)                                         # of a variable that the values are divided by
USABLE, BENT = 0.12, 3                                          # share of the points at which a transform must be nearly linear; by how much slopes may differ
NONE = (SR(1), 1.0)                                             # the factor of a chain without one


class Pools:
    """
    The features of a problem, and their logarithms.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``pool`` -- features with their ``values`` at the first points, ``sizes``, ``evaluate`` and ``expression``
    """
    def __init__(self, problem, pool):
        self.problem, self.pool, self.points = problem, pool, pool.values.shape[1]
        self.sizes = np.asarray(pool.sizes, dtype=float)
        self.sums = Scan(pool.values, self.sizes)
        self.products = Scan(_logarithms(pool.values), self.sizes)
        self.simplest = np.sort(np.argsort(self.sizes, kind='stable')[:SIMPLEST])
        self.simple = Scan(pool.values[self.simplest], self.sizes[self.simplest], BEAM)

    def columns(self, chosen):
        """Return the values of features at all points."""
        with np.errstate(all='ignore'):
            return [self.pool.evaluate(k, self.problem.X) for k in chosen]


def _logarithms(values):
    """Return the logarithms of absolute values, rows of zeros where there are none; in blocks, between which a search may end."""
    found = np.empty_like(values)
    for start in range(0, len(values), BLOCK):
        with np.errstate(all='ignore'):
            block = np.log(np.abs(values[start:start + BLOCK]))
        block[~np.isfinite(block).all(axis=1)] = 0
        found[start:start + BLOCK] = block
    return found


class Chain:
    r"""
    The values as ``factor * link(sum of features)``.

    INPUT:

    - ``transform`` -- the inverse of the link, a :class:`~sage_tf.regression.forms.Transform`

    - ``factor`` -- pair of an expression and the array of its values
    """
    is_product, most = False, 3

    def __init__(self, transform, factor=NONE):
        self.transform, self.factor = transform, factor

    def forms(self, pools, noise, over):
        """
        Yield forms that fit, each with its bits and its terms: expressions, or numbers of features.

        INPUT:

        - ``pools`` -- :class:`Pools`

        - ``noise`` -- about the root of the mean square of the residuals of the best form

        - ``over`` -- function that tells whether the time is over
        """
        problem, (expression, factor) = pools.problem, self.factor
        if self.transform.low >= 0 and np.median(problem.y / factor) < 0:
            self.factor = (-expression, -factor)
        if not self.transform.low <= np.median(problem.y / self.factor[1]) <= self.transform.high:
            return
        terms, columns = self._always(problem)
        self.usable = self._usable(problem, noise)
        if self.usable.mean() < USABLE:
            return
        for chosen in self._chosen(pools, columns, over):
            if over():
                return
            yield from self._fitted(pools, terms, columns, chosen)

    def _usable(self, problem, noise):
        """Return at which points the transform is nearly linear as far as the noise reaches."""
        y = problem.y / self.factor[1]
        reach = 2 * noise / np.abs(self.factor[1] * (1 if problem.weights is None else np.sqrt(problem.weights)))
        with np.errstate(all='ignore'):
            function = self._straight()
            ratio = (function(y + reach) - function(y)) / (function(y) - function(y - reach))
        return (ratio > 1 / BENT) & (ratio < BENT)

    def _straight(self):
        """Return the function of the values that is fitted."""
        return self.transform.function

    def _fitted(self, pools, terms, columns, chosen):
        """Yield the form with some features, if it can be fitted."""
        problem, features = pools.problem, pools.columns(chosen)
        if not all(np.isfinite(feature).all() for feature in features):
            return
        form = Linked(self.transform, [*columns, *features], self.is_product, self.factor[1], problem.weights, self.usable).fitted(problem.y)
        if form is not None:
            yield form.bits([*(1 for _ in terms), *pools.sizes[list(chosen)]], len(problem.y)), form, [*terms, *chosen]

    def _always(self, problem):
        """Return the terms that are there beside the features, and their values."""
        return [SR(1)], [np.ones(len(problem.y))]

    def _chosen(self, pools, columns, over):
        """Yield the numbers of the features that explain most."""
        n, factor = pools.points, self.factor[1] * np.ones(len(pools.problem.y))
        with np.errstate(all='ignore'):
            target = self.transform.function(pools.problem.y[:n] / factor[:n])
            reach = np.abs(self.transform.slope(target) * factor[:n])
            if pools.problem.weights is not None:
                reach = reach * np.sqrt(pools.problem.weights[:n])
            scan, target, basis, reach = self._scanned(pools, target, [column[:n] for column in columns], reach)
        usable = self.usable[:n] & np.isfinite(target) & np.isfinite(reach)
        if usable.mean() >= USABLE:
            for _, chosen in self._best(scan, np.where(usable, target, 0), basis, np.where(usable, reach, 0), over):
                yield chosen

    def _best(self, scan, target, basis, reach, over):
        """Return sets of features, with their bits."""
        return scan.best(target, basis, reach, self.most, over)

    def _scanned(self, pools, target, columns, reach):
        """Return the features that are scanned, what they are to explain beside which columns, and how much each point counts."""
        return pools.sums, target, np.array(columns), reach

    def written(self, form, terms, pools):
        """Return a form as an expression."""
        terms = [pools.pool.expression(k, pools.problem.variables) if isinstance(k, int) else k for k in terms]
        return form.expression(terms, self.factor[0])


class LongChain(Chain):
    r"""
    The values as ``factor * link(sum of many simple features)``; see :class:`Chain`.
    """
    most = TERMS

    def _chosen(self, pools, columns, over):
        for chosen in super()._chosen(pools, columns, over):
            yield tuple(pools.simplest[list(chosen)].tolist())

    def _scanned(self, pools, target, columns, reach):
        return pools.simple, target, np.array(columns), reach


class GreedyChain(LongChain):
    r"""
    The values as ``link(sum of very many simple features)``, for what has no short form here; see :class:`Chain`.
    """
    def _best(self, scan, target, basis, reach, over):
        chosen = scan.greedy(target, basis, reach, max(LENGTHS))
        return [(0, tuple(chosen[:length])) for length in LENGTHS]


class ProductChain(Chain):
    r"""
    The values as ``factor * link(product of powers of the variables and of features)``; see :class:`Chain`.
    """
    is_product = True

    def _always(self, problem):
        used = [k for k in range(problem.X.shape[1]) if problem.X[:, k].all()]
        return [problem.variables[k] for k in used], [problem.X[:, k] for k in used]

    def _chosen(self, pools, columns, over):
        yield ()
        yield from super()._chosen(pools, columns, over)

    def _straight(self):
        return lambda y: np.log(np.abs(self.transform.function(y)))

    def _scanned(self, pools, target, columns, reach):
        basis = [np.ones(len(target)), *(np.log(np.abs(column)) for column in columns)]
        return pools.products, np.log(np.abs(target)), np.array(basis), reach * np.abs(target)


class ExponentialChain(ProductChain):
    r"""
    The values as a product of powers of the variables, times the exponential of a sum of features; see :class:`Chain`.
    """
    def __init__(self):
        super().__init__(TRANSFORMS['identity'])

    def _scanned(self, pools, target, columns, reach):
        _, *others = super()._scanned(pools, target, columns, reach)
        return pools.sums, *others

    def _fitted(self, pools, terms, columns, chosen):
        y, features = pools.problem.y, pools.columns(chosen)
        with np.errstate(all='ignore'):
            matrix = np.column_stack([*(np.log(np.abs(column)) for column in columns), np.ones(len(y)), *features])
            target, reach = np.log(np.abs(y)), np.abs(y)
        usable = self.usable & np.isfinite(matrix).all(axis=1) & np.isfinite(target)
        coefficients, *_ = np.linalg.lstsq(matrix[usable] * reach[usable, None], (target * reach)[usable], rcond=1e-12)
        powers = near_halves(coefficients[:len(columns)])
        if not chosen or powers is None or any(p not in QQ or p.denominator() > 1 and (c < 0).any() for p, c in zip(powers, columns, strict=True)):
            return
        factor = np.prod([np.abs(column)**float(p) for p, column in zip(powers, columns, strict=True)], axis=0) * np.sign(np.median(y))
        signs = np.prod([np.sign(column)**int(p) for p, column in zip(powers, columns, strict=True) if p in QQ and p.denominator() == 1], axis=0)
        expression = SR(1).mul(*[term**p for p, term in zip(powers, terms, strict=True)])
        inner = Chain(TRANSFORMS['log'], (expression, factor * signs))
        inner.usable = self.usable
        for bits, form, used in inner._fitted(pools, [SR(1)], [np.ones(len(y))], chosen):
            yield bits + 10 * sum(map(bool, powers)), _Written(form, inner.factor[0] * int(np.sign(np.median(y)))), used


class _Written:
    """A form with a factor of its own."""
    def __init__(self, form, factor):
        self.loss, self._form, self._factor = form.loss, form, factor

    def expression(self, terms, factor):
        return self._form.expression(terms, factor * self._factor)


def chains(problem):
    """Yield the chains, the most promising first."""
    identity = TRANSFORMS['identity']
    yield ProductChain(identity)
    yield Chain(identity)
    yield ExponentialChain()
    yield LongChain(identity)
    yield GreedyChain(identity)
    yield GreedyChain(TRANSFORMS['log'])
    factors = list(_factors(problem))
    for name, transform in TRANSFORMS.items():
        if name != 'identity':
            yield Chain(transform)
    for transform in list(FOR_POWERS.values())[1:]:
        yield ProductChain(transform)
    yield LongChain(TRANSFORMS['square'])
    yield LongChain(TRANSFORMS['inverse'])
    for factor in factors:
        yield Chain(identity, factor)
        yield Chain(TRANSFORMS['inverse'], factor)
    for factor in factors:
        for shift in (-1, 1):
            yield ProductChain(FOR_POWERS[f'identity {shift:+}'], factor)


def count_chains(problem):
    """Return how many chains there are."""
    return sum(1 for _ in chains(problem))


def _factors(problem):
    """Yield powers of variables that the values are divided by, with their values."""
    for variable, column in zip(problem.variables, problem.X.T, strict=True):
        if column.all():
            for power in POWERS:
                yield variable**power, column**float(power)
