r"""
Variables that matter only together

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.combining import combined
    sage: from sage_tf.regression.problem import Problem
    sage: X = numpy.random.default_rng(1r).uniform(1, 3, (800r, 3r))
    sage: problem = Problem.of(X, numpy.sqrt(X[:, 0]^2 + X[:, 1]^2 + X[:, 0]*X[:, 1]*numpy.cos(X[:, 2])), variables='a, b, t')
    sage: reduction = combined(problem); reduction.problem.variables
    [a, t]
    sage: a, t = reduction.problem.variables
    sage: reduction.law(sqrt(a^2 + 1))
    b*sqrt(a^2/b^2 + 1)

ALGORITHM:

The values over a power of a variable, or their logarithms with a multiple of its logarithm, are fitted by polynomials in all variables, and by
polynomials in all but two and a product of powers, a sum or a difference of the two. Where the second fit, tried on points that were left out, is as
good as the first, the two are one variable of a smaller problem, and so on with that.
"""
from itertools import combinations

import numpy as np
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.groups import has_sign
from sage_tf.regression.polynomials import (
    MOST_ROWS,
    degree_for,
    errors,
    half_near,
    least_error,
    polynomials,
    scaled,
    with_logarithms,
)
from sage_tf.regression.problem import Problem
from sage_tf.regression.reduction import Reduction

SLACK, OF_SUMS = 1.02, 0.9                                      # by which the fit with fewer variables may be worse, or must be better with a sum of two
ALIKE = 1.15                                                    # times the least error, up to which the simplest is taken
RATIOS = (-1, 1, -2, 2, QQ((-1, 2)), QQ((1, 2)))                # of the exponents of two variables
PRICES = {-1: 0, 1: 0, '-': 0, '+': 0, -2: 2, 2: 2, QQ((-1, 2)): 2, QQ((1, 2)): 2}
POWERS = (0, 1, -1, 2, -2)                                      # of a variable that the values are divided by


def combined(problem):
    """
    Return the reduction to as few variables as the data suggest, ``None`` if these are all.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.combining import combined
        sage: from sage_tf.regression.problem import Problem
        sage: X = numpy.random.default_rng(1r).uniform(1, 3, (800r, 3r))
        sage: combined(Problem.of(X, numpy.sin(X[:, 0]*X[:, 1]) + X[:, 1]*X[:, 2])) is None
        True
        sage: combined(Problem.of(X, X[:, 2]*numpy.cos(X[:, 0] - X[:, 1]) + X[:, 2]**2)).problem.variables
        [x0, x2]
    """
    reduction = Reduction(problem)
    while len(reduction.problem.variables) > 2 and (found := _smaller(reduction.problem)):
        reduction = reduction.then(found)
    return reduction if len(reduction.problem.variables) < len(problem.variables) else None


def _smaller(problem):
    """Return the best reduction by one variable, ``None`` if none is good."""
    sample = problem.rows(slice(MOST_ROWS))
    fits = _Fits(sample)
    found = [(PRICES[ratio] + (power != 0), error, pair, ratio, power)
             for error, pair, ratio, power in fits.trials() if error < (SLACK if ratio in RATIOS else OF_SUMS) * fits.error]
    least = min((error for _, error, *_ in found), default=0)
    good = [trial for trial in found if trial[1] <= ALIKE * least and trial[-1] is not None]
    return _reduced(problem, *min(good, key=lambda trial: trial[:2])[2:]) if good else None


class _Fits:
    """
    The fits of a problem by polynomials.

    ATTRIBUTES: ``error`` -- that with all variables
    """
    def __init__(self, problem):
        self._X, self._y = problem.X, problem.y
        self._roots = np.ones(len(self._y)) if problem.weights is None else np.sqrt(problem.weights)
        Z, self._positive = with_logarithms(self._X)
        self._scaled = [scaled(column) for column in Z.T]
        self._logarithmic, self._size = has_sign(self._y), np.sqrt(np.mean(np.square(self._roots * self._y)))
        if self._logarithmic:
            with np.errstate(all='ignore'):
                self._y, self._roots = np.where(self._y != 0, np.log(np.abs(self._y)), 0), self._roots * np.abs(self._y)
        self._width = self._X.shape[1]
        self.error, degree = min(errors(self._of(self._scaled, self._width), self._width, self._y, self._roots))
        self._degrees = [degree, degree + 2]

    @staticmethod
    def _of(columns, width):
        return polynomials(np.column_stack(columns), degree_for(width))

    def trials(self):
        """Yield the error, the pair of variables, the ratio of their exponents or ``'+'`` or ``'-'``, and the power of the second that is a factor."""
        for i, j in combinations(range(self._width), 2):
            others = [self._scaled[k] for k in range(self._width) if k not in (i, j)]
            if {i, j} <= self._positive:
                for ratio in RATIOS if self._logarithmic else RATIOS[:2]:
                    yield from self._with_powers((i, j), ratio, others)
            for sign in '-+':
                column = self._X[:, i] - self._X[:, j] if sign == '-' else self._X[:, i] + self._X[:, j]
                yield self._error(self._of([scaled(column), *others], self._width - 1), self._y, self._roots), (i, j), sign, 0

    def _error(self, basis, target, roots, beside=0):
        return least_error(basis, self._width - 1, target, roots, beside, self._degrees)

    def _with_powers(self, pair, ratio, others):
        i, j = pair
        basis = self._of([scaled(np.log(self._X[:, i]) + float(ratio) * np.log(self._X[:, j])), *others], self._width - 1)
        if not self._logarithmic:
            for power in POWERS:
                factor = self._X[:, j]**float(power)
                yield self._error(basis, self._y / factor, self._roots * factor), pair, ratio, power
            return
        basis = np.column_stack([self._scaled[j], basis])
        error = self._error(basis, self._y, self._roots, 1)
        coefficients, *_ = np.linalg.lstsq(basis * self._roots[:, None], self._y * self._roots, rcond=1e-10)
        yield error, pair, ratio, half_near(coefficients[0], np.std(np.log(self._X[:, j])), error / self._size)


def _reduced(problem, pair, ratio, power):
    """Return the reduction in which the first variable of a pair stands for both."""
    (i, j), variables = pair, problem.variables
    first, second = problem.X[:, i], problem.X[:, j]
    if ratio in ('+', '-'):
        column, meaning = (first + second, variables[i] + variables[j]) if ratio == '+' else (first - second, variables[i] - variables[j])
    else:
        column, meaning = first * second**float(ratio), variables[i] * variables[j]**ratio
    factor, values = variables[j]**power, second**float(power)
    rest = [k for k in range(len(variables)) if k != j]
    X = np.column_stack([column if k == i else problem.X[:, k] for k in rest])
    weights = problem.weights if not power else values**2 if problem.weights is None else values**2 * problem.weights
    smaller = Problem(X, problem.y / values, [variables[k] for k in rest], weights)
    return Reduction(smaller, lambda expression: factor * SR(expression).subs({variables[i]: meaning}))
