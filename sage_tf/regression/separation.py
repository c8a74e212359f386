r"""
Smaller problems: variables that enter as a power, or only together

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.separation import separate_powers
    sage: X = numpy.random.default_rng(int(1)).uniform(1, 2, (600r, 3r))
    sage: separate_powers(X, X[:, 0]**2r/X[:, 1]*numpy.cosh(X[:, 2]*X[:, 1]))
    {0: 2}

ALGORITHM:

The logarithm of the values is fitted by polynomials in the logarithms of the variables, once by all of them and once by the others and a
multiple of one. Where the second, tried on points that were left out, is as good as the first, the variable separates; its exponent is the multiple.
Where values have either sign, those over a power of the variable are fitted.
"""
from itertools import islice

import numpy as np
from sage.functions.log import exp
from sage.functions.trig import cos, sin, tan
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.combining import combined
from sage_tf.regression.groups import groups, has_sign
from sage_tf.regression.polynomials import MOST_ROWS, degree_for, half_near, least_error, polynomials, scaled, with_logarithms
from sage_tf.regression.problem import Problem
from sage_tf.regression.reduction import Reduction

SLACK = 1.05                                                    # by which the separated fit may be worse
NEAR = 0.1                                                      # to which an exponent must be near half an integer
GROUPS, GROUPED = 3, 4                                          # that are looked at; roughnesses that they may leave
#: Functions of a variable that may be a factor of the values
FACTORS = {'cos': (np.cos, cos), 'sin': (np.sin, sin), 'tan': (np.tan, tan), 'exp': (np.exp, exp), 'exp of minus': (lambda x: np.exp(-x), lambda v: exp(-v))}
LARGEST_FACTOR, GAIN = 1e6, 1.5                                 # of such a function; by how much the fit must be better without it
TRIED = (1, -1, 2, -2, QQ((1, 2)), -QQ((1, 2)))                 # exponents where values have either sign


def reductions(problem):
    """
    Yield the smaller problems that the data suggest, as :class:`~sage_tf.regression.reduction.Reduction`'s.

    The weights are changed so that a sum of squares is that of the first problem. A variable that is left may stand for a product of powers.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.separation import reductions
        sage: X = numpy.random.default_rng(1r).uniform(1, 2, (500r, 4r))
        sage: problem = Problem.of(X, X[:, 0]*numpy.exp(X[:, 1]*X[:, 2]/X[:, 3]), variables='a, b, c, d')
        sage: b, = {b for b in problem.variables if str(b) == 'b'}
        sage: reduction = next(reductions(problem)); reduction.problem.variables, reduction.law(b)
        ([b], a*b*c/d)
    """
    X, variables = problem.X, problem.variables
    roots = None if problem.weights is None else np.sqrt(problem.weights)
    most = GROUPED * roughness(problem)
    for group in islice(groups(X, problem.y, roots), GROUPS):
        powers = _powers_beside(X, problem.y, group, roots, most)
        if powers is not None:
            used = [k for k, exponent in enumerate(group) if exponent]
            column = np.prod([X[:, k]**float(group[k]) for k in used], axis=0)
            product = SR(1).mul(*[variables[k]**group[k] for k in used])
            yield _without(problem, powers, column[:, None], [variables[_pivot(group)]], product)
    beside = {} if has_sign(problem.y) else separate_functions(problem)
    for functions in ({}, beside) if beside else ({},):
        rest = [k for k in range(X.shape[1]) if k not in functions]
        values = _product(functions, X)
        powers = separate_powers(X[:, rest], problem.y / values, np.abs(values) if roots is None else np.abs(values) * roots)
        powers = {rest[k]: power for k, power in powers.items()}
        rest = [k for k in rest if k not in powers]
        if rest:
            separated = _without(problem, powers, X[:, rest], [variables[k] for k in rest], functions=functions)
            if more := combined(separated.problem):
                yield separated.then(more)
            if powers or functions:
                yield separated


def _without(problem, powers, X, variables, product=None, functions=None):
    """
    Return the problem for the values over powers and functions of variables, with other points; the variable that is left may stand for a product.
    """
    functions = functions or {}
    values = np.prod([problem.X[:, k]**float(power) for k, power in powers.items()], axis=0) * _product(functions, problem.X)
    weights = values**2 if problem.weights is None else values**2 * problem.weights
    factor = SR(1).mul(*[problem.variables[k]**power for k, power in powers.items()],
                       *[FACTORS[name][1](problem.variables[k]) for k, name in functions.items()])
    meaning = {} if product is None else {variables[0]: product}
    smaller = Problem(X, problem.y / values, variables, weights if powers or functions or problem.weights is not None else None)
    return Reduction(smaller, lambda expression: factor * SR(expression).subs(meaning))


def _product(functions, X):
    """Return the product of functions of variables, given by their numbers and names."""
    return np.prod([FACTORS[name][0](X[:, k]) for k, name in functions.items()], axis=0) * np.ones(len(X))


def _pivot(group):
    """Return the number of the variable that stands for a group."""
    return next(k for k, exponent in enumerate(group) if abs(exponent) == 1)


def _powers_beside(X, y, group, roots, most):
    """
    Return the powers of the variables beside a function of a group, ``None`` if they are not near halves or leave too much unexplained; one of
    the group has power 0.
    """
    used = [k for k in range(X.shape[1]) if (X[:, k] > 0).all()]
    X, y = X[:MOST_ROWS], y[:MOST_ROWS]
    weights = np.abs(y) if roots is None else np.abs(y) * roots[:MOST_ROWS]
    logarithms = np.log(X[:, used])
    u = logarithms @ np.array([group[k] for k in used], dtype=float)
    u = (u - u.mean()) / u.std()
    with np.errstate(all='ignore'):
        target = np.where(y != 0, np.log(np.abs(y)), 0)
    matrix = np.column_stack([logarithms, np.ones(len(y)), *[u**k for k in range(2, 7)]]) * weights[:, None]
    coefficients, *_ = np.linalg.lstsq(matrix, target * weights, rcond=1e-10)
    if np.sqrt(np.mean(np.square(matrix @ coefficients - target * weights))) > most:
        return None
    found = dict(zip(used, coefficients[:len(used)].tolist(), strict=True))
    pivot = _pivot(group)
    multiple, powers = found[pivot] / group[pivot], {}
    for k, power in found.items():
        power -= multiple * group[k]
        rounded = QQ(round(2 * power)) / 2
        if abs(power - rounded) > 2 * NEAR:
            return None
        if rounded:
            powers[k] = rounded
    return powers


def separate_powers(X, y, roots=None):
    r"""
    Return a dictionary from the numbers of the variables that separate to their exponents.

    INPUT:

    - ``X`` -- array of shape (points, variables); ``y`` -- array of the values

    - ``roots`` -- square roots of the weights of the points (default: 1)
    """
    X, y = X[:MOST_ROWS], y[:MOST_ROWS]
    roots = np.ones(len(y)) if roots is None else roots[:MOST_ROWS]
    Z, positive = with_logarithms(X)
    spread, Z = Z.std(axis=0), scaled(Z)
    return (_of_logarithms if has_sign(y) else _of_either_sign)(X, Z, y, roots, positive, spread)


def separate_functions(problem):
    r"""
    Return a dictionary from the numbers of the variables of which only a function is a factor of the values to the names of these functions.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.separation import separate_functions
        sage: X = numpy.random.default_rng(1r).uniform(1, 5, (600r, 4r))
        sage: problem = Problem.of(X, X[:, 0]*numpy.cos(X[:, 1])*(X[:, 2] - X[:, 3]/X[:, 2]))
        sage: separate_functions(problem)
        {1: 'cos'}
    """
    problem = problem.rows(slice(MOST_ROWS))
    roots = np.ones(len(problem.y)) if problem.weights is None else np.sqrt(problem.weights)
    y, Z = problem.y, scaled(problem.X)
    found, rest = {}, list(range(Z.shape[1]))
    for k in range(Z.shape[1]):
        others = [j for j in rest if j != k]
        if not others:
            break
        joint = least_error(polynomials(Z[:, rest], degree_for(len(rest))), len(rest), y, roots)
        columns = polynomials(Z[:, others], degree_for(len(rest)))
        trials = {}
        for name, (function, _) in FACTORS.items():
            with np.errstate(all='ignore'):
                values = function(problem.X[:, k])
            if np.isfinite(values).all() and values.all() and np.abs(values).max() < LARGEST_FACTOR:
                trials[name] = least_error(columns, len(others), y / values, roots * np.abs(values))
        name = min(trials, key=trials.get, default=None)
        if name is not None and trials[name] < joint / GAIN:
            values = FACTORS[name][0](problem.X[:, k])
            found[k], rest, y, roots = name, others, y / values, roots * np.abs(values)
    return found


def roughness(problem):
    """
    Return the root of the weighted mean square of what a polynomial leaves unexplained, which is not much less than the noise.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.separation import roughness
        sage: rng = numpy.random.default_rng(1r)
        sage: X = rng.uniform(1, 2, (1000r, 2r))
        sage: bool(0.09 < roughness(Problem.of(X, X[:, 0]*X[:, 1] + rng.normal(0, 0.1r, 1000r))) < 0.11)
        True
    """
    problem = problem.rows(slice(MOST_ROWS))
    roots, Z = np.ones(len(problem.y)) if problem.weights is None else np.sqrt(problem.weights), scaled(problem.X)
    return min(least_error(polynomials(Z, degree_for(Z.shape[1])), Z.shape[1], problem.y, roots), np.std(problem.y * roots))


def _of_logarithms(X, Z, y, roots, positive, spread):
    """Return the powers of the variables that separate, by the logarithms of the values."""
    with np.errstate(all='ignore'):
        target = np.where(y != 0, np.log(np.abs(y)), 0)
    roots = roots * np.abs(y)
    found, rest = {}, list(range(X.shape[1]))
    for k in sorted(positive):
        others = [j for j in rest if j != k]
        if not others:
            break
        alone = Z[:, [k, *found]]
        joint = least_error(np.hstack([Z[:, list(found)], polynomials(Z[:, rest], degree_for(len(rest)))]), len(rest), target, roots, len(found))
        columns = np.hstack([alone, polynomials(Z[:, others], degree_for(len(others)))])
        apart = least_error(columns, len(others), target, roots, 1 + len(found))
        if apart < joint * SLACK:
            coefficients, *_ = np.linalg.lstsq(columns * roots[:, None], target * roots, rcond=1e-10)
            power = half_near(coefficients[0], spread[k], apart / np.sqrt(np.mean(np.square(roots))))
            if power is not None:
                found[k], rest = power, others
    return {k: power for k, power in found.items() if power}


def _of_either_sign(X, Z, y, roots, positive, spread):
    """Return the powers of the variables that separate, by the values over them."""
    found, rest, factor = {}, list(range(X.shape[1])), np.ones(len(y))
    for k in sorted(positive):
        others = [j for j in rest if j != k]
        if not others:
            break
        degree = degree_for(len(rest))
        joint = least_error(polynomials(Z[:, rest], degree), len(rest), y / factor, roots * factor)
        columns, trials = polynomials(Z[:, others], degree), {}
        for power in TRIED:
            scale = factor * X[:, k]**float(power)
            trials[power] = least_error(columns, len(others), y / scale, roots * scale)
        power = min(trials, key=trials.get)
        if trials[power] < joint * SLACK:
            found[k], rest, factor = power, others, factor * X[:, k]**float(power)
    return found
