r"""
Laws with constants inside of functions

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.reduction import Reduction
    sage: from sage_tf.regression.shapes import shaped_laws
    sage: t = numpy.linspace(0, 10, int(60))
    sage: problem = Problem.of(t[:, None], 20 + 70*numpy.exp(-0.3r*t), variables='t')
    sage: next(shaped_laws(problem, Reduction(problem), 1r, 'identity', 0r)).expression
    70*e^(-3/10*t) + 20

ALGORITHM:

A function of the values is to be a linear combination of some simple terms, and of these times a function with constants inside
(:mod:`~sage_tf.regression.families`) of a monomial or a difference of variables. For given constants inside, the others are the solution of a linear
problem; so only those inside are sought (variable projection, [GP1973]_): the best of many starts are brought to the least sum of squares. Terms that
are not needed are left out then, and all constants are fitted to the values themselves.

REFERENCES:

.. [GP1973] \G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate.
   SIAM Journal on Numerical Analysis 10 (1973), 413-432.
"""
from collections import namedtuple
from itertools import combinations

import numpy as np
from sage.symbolic.ring import SR

from sage_tf.regression.families import FACTORS, FAMILIES
from sage_tf.regression.forms import OPERATIONS, TRANSFORMS
from sage_tf.regression.monomials import Difference, Monomial, monomials
from sage_tf.regression.noisy import finished
from sage_tf.regression.watch import count

NAMES = 'identity', 'log', 'inverse', 'square', 'sqrt'          # of the transforms
ROWS, MOST_ROWS = 200, 600                                     # points of the scan, and of the fits
INNER, DIFFERENCES, FEW = 40, 12, 8                             # arguments that are tried; of functions with many starts
BASIS = 8                                                       # terms beside functions
FITTED, PAIRED, WRITTEN = 3, 2, 4                               # starts of a family that are fitted; shapes that others join; forms that become laws
WEAK = 3.5                                                      # deviations that a constant must be away from 0
REACH = 60                                                      # bits above the best, to which forms are written
SHARP, SMALL = 1e-14, 1e-4                                      # share of the squares that is next to nothing; of a term that may be
LARGEST = 1e100                                                 # value of a function
CONSTANT_BITS, NODE_BITS = 10, 4.3

Shape = namedtuple('Shape', 'family argument constants')
Shape.__doc__ = """
    A family of functions, its argument, and the constants inside.
    """


def shaped_laws(problem, reduction, number, name, level, over=lambda: False):
    """
    Yield the laws in which a function of the values has one or two functions with constants inside.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``reduction`` -- :class:`~sage_tf.regression.reduction.Reduction` of it, or one that changes nothing

    - ``number`` -- of the functions, 1 or 2

    - ``name`` -- of the transform of the values, one of :data:`NAMES`

    - ``level`` -- how much may stand beside functions: 0 for a constant, 1 for the variables, also as factors, 2 for more

    - ``over`` -- function that tells whether the time is over

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.reduction import Reduction
        sage: from sage_tf.regression.shapes import shaped_laws
        sage: t = numpy.linspace(0, 8, int(80))
        sage: y = 3*numpy.exp(-0.25r*t)*numpy.cos(4r*t) + 1
        sage: problem = Problem.of(t[:, None], y, variables='t')
        sage: next(shaped_laws(problem, Reduction(problem), 1r, 'identity', 0r)).expression
        3*cos(4*t)*e^(-1/4*t) + 1
    """
    smaller, transform = reduction.problem.rows(slice(MOST_ROWS)), TRANSFORMS[name]
    if not (smaller.has_variables() and transform.low < smaller.y.min() and smaller.y.max() < transform.high and (name != 'inverse' or smaller.y.all())):
        return
    projection = Projection(smaller, name, level)
    shapes = list(projection.best((), over))
    if number == 2:
        shapes = [two for _, one in sorted(shapes, key=lambda shape: shape[0])[:PAIRED] for two in projection.best(one, over)]
    yield from _written(problem, reduction, projection, shapes, over)


def _written(problem, reduction, projection, shapes, over):
    """Yield the laws with the shapes that are best, by bits."""
    forms = sorted((form for _, shape in shapes if not over() for form in projection.forms(shape)), key=lambda form: form[0])
    for bits, expression in forms[:WRITTEN]:
        if over() or bits > forms[0][0] + REACH:
            return
        if law := finished(problem, reduction.law(expression)):
            yield law


class Projection:
    """
    A problem of which all but the constants inside of functions is linear.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``name`` -- of the transform of the values

    - ``level`` -- how much may stand beside functions: 0 for a constant, 1 for the variables, also as factors, 2 for more
    """
    def __init__(self, problem, name, level):
        self._problem, self._name, self._transform = problem, name, TRANSFORMS[name]
        X, y, width = problem.X, problem.y, problem.X.shape[1]
        self._target = self._transform.function(y)
        roots = 1.0 if problem.weights is None else np.sqrt(problem.weights)
        self._roots = np.abs(self._transform.slope(self._target)) * roots * np.ones(len(y))
        self._target = self._target * self._roots
        variables, one = [Monomial((k,), (1,)) for k in range(width)], Monomial((), ())
        inverses = [Monomial((k,), (-1,)) for k in range(width)] if width < 4 else []
        self._plain = level == 0                                # whether a function has no second one beside it
        self._basis = self._usable([one, *([], variables, monomials(width)[:max(BASIS, width)])[level]])
        self._logarithms = [k for k in range(width) if (X[:, k] > 0).all()] if name == 'log' else []
        self._factors = self._usable([one, *([], variables, [*variables, *inverses])[level]])
        differences = [Difference(i, j, sign) for i, j in combinations(range(width), 2) for sign in (-1, 1)]
        self._arguments = self._usable([*monomials(width)[:INNER], *differences[:DIFFERENCES]])
        self.families = FAMILIES | (FACTORS if name == 'log' else {})

    def _of(self, name):
        """Return a family, without what may stand beside its function if it is to stand alone."""
        family = self.families[name]
        if not self._plain or family.joined:
            return family
        return family._replace(columns=lambda u, q: family.columns(u, q)[:1], terms=lambda e, q: family.terms(e, q)[:1])

    def _arguments_of(self, name):
        """Return the arguments that a family is tried with."""
        if name == 'power':                                     # others are powers themselves
            return [a for a in self._arguments if isinstance(a, Monomial) and set(a.exponents) <= {1, -1} and a.exponents[0] == 1]
        return self._arguments[:FEW] if name == 'damped wave' else self._arguments

    def _usable(self, features):
        """Return the features with values at all points."""
        found = []
        for feature in features:
            values = feature.values(self._problem.X)
            if np.isfinite(values).all() and (not getattr(feature, 'variables', True) or np.ptp(values) > 1e-9 * np.abs(values).max()):
                found.append(feature)
        return found

    def _fixed(self, rows):
        """Return the columns without constants inside."""
        X = self._problem.X[rows]
        return [feature.values(X) * np.ones(len(X)) for feature in self._basis] + [np.log(X[:, k]) for k in self._logarithms]

    def _columns(self, shapes, rows):
        """Return the columns with given constants, with weights."""
        X, found = self._problem.X[rows], self._fixed(rows)
        factors = [factor.values(X) for factor in self._factors]
        with np.errstate(all='ignore'):
            for name, argument, constants in shapes:
                found += [factor * column for column in self._of(name).columns(argument.values(X), constants) for factor in factors]
        return np.column_stack(found) * self._roots[rows, None]

    def best(self, given, over):
        """
        Yield shapes beside given ones, each with the relative error that is left.

        INPUT:

        - ``given`` -- tuple of :class:`Shape`'s

        - ``over`` -- function that tells whether the time is over
        """
        rows = slice(ROWS)
        q, _ = np.linalg.qr(self._columns(given, rows))
        target = self._target[rows] - q @ (q.T @ self._target[rows])
        X, factors = self._problem.X[rows], np.array([factor.values(self._problem.X[rows]) * np.ones(len(q)) for factor in self._factors])
        for name in self.families:
            family, found = self._of(name), []
            for argument in self._arguments_of(name):
                if over():
                    return
                u = argument.values(X)
                starts = family.starts(u)
                count(over, len(starts))
                left = _left(family, u, starts, factors * self._roots[rows], q, target)
                found += [(left[k], Shape(name, argument, tuple(starts[k]))) for k in _minima(left)]
            fits = (self._fitted((*given, shape)) for _, shape in sorted(found, key=lambda pair: pair[0])[:FITTED])
            yield from (fit for fit in fits if fit)

    def _fitted(self, shapes):
        """Return the relative error of shapes and the shapes where it is least, ``None`` if there is none."""
        from scipy.optimize import least_squares

        sizes, start = np.cumsum([0, *(len(shape.constants) for shape in shapes)]), np.concatenate([shape.constants for shape in shapes])

        def with_constants(constants):
            return tuple(shape._replace(constants=tuple(constants[a:b])) for shape, a, b in zip(shapes, sizes, sizes[1:], strict=False))

        def residuals(constants):
            matrix = self._columns(with_constants(constants), slice(None))
            if not np.abs(matrix).max() < LARGEST:              # or NaN
                return self._target * 10
            q, _ = np.linalg.qr(matrix / np.maximum(np.linalg.norm(matrix, axis=0), 1e-150))
            return self._target - q @ (q.T @ self._target)
        try:
            found = least_squares(residuals, start, method='lm', x_scale=np.maximum(np.abs(start), 1e-12), max_nfev=25 * (len(start) + 1))
        except (ValueError, np.linalg.LinAlgError):
            return None
        shapes = with_constants(found.x)
        return (float(np.linalg.norm(found.fun) / np.linalg.norm(self._target)), shapes) if all(map(self._is_proper, shapes)) else None

    def _is_proper(self, shape):
        """Return whether the constants of a shape are of the size of those tried: far beyond, functions are but powers that cancel each other."""
        tried = np.abs(self._of(shape.family).starts(shape.argument.values(self._problem.X)))
        sizes = np.abs(shape.constants)
        return len(tried) > 0 and bool(((sizes > tried.min(axis=0) / 3) & (sizes < 3 * tried.max(axis=0))).all())

    def forms(self, shapes):
        """
        Yield the bits and the expression of the values with shapes, without the terms that are not needed.

        Where nearly nothing is left, small terms may but make up for constants inside that are not quite right: it is tried without these too.
        """
        matrix = self._columns(shapes, slice(None))
        kept, coefficients, left = _needed(matrix, self._target)
        found = [(kept, coefficients, left)]
        if left < SHARP:
            whole = np.linalg.norm(self._target)
            large = [k for k, c in zip(kept, coefficients, strict=True) if abs(c) * np.linalg.norm(matrix[:, k]) > SMALL * whole]
            if 0 < len(large) < len(kept):
                coefficients, *_ = np.linalg.lstsq(matrix[:, large], self._target, rcond=None)
                found.append((large, coefficients, left))
        for kept, coefficients, left in found:
            if len(kept):
                terms = self._terms(shapes, dict(zip(kept, coefficients.tolist(), strict=True)))
                inner = SR(0).add(*terms)
                expression = OPERATIONS['exp'](inner) if self._name == 'log' else self._transform.inverse(inner)
                constants = len(kept) + sum(len(shape.constants) for shape in shapes)
                bits = CONSTANT_BITS * constants + NODE_BITS * sum(map(_size, terms))
                yield len(matrix) / 2 * np.log2(max(left, 1e-24)) + bits, expression

    def _terms(self, shapes, coefficients):
        """Return the terms with coefficients given by their numbers."""
        variables, found = self._problem.variables, []
        fixed = [feature.expression(variables) for feature in self._basis] + [SR(variables[k]).log() for k in self._logarithms]
        factors, start = [factor.expression(variables) for factor in self._factors], len(fixed)
        for name, argument, constants in shapes:
            family, e, q = self._of(name), argument.expression(variables), [float(c) for c in constants]
            functions = family.terms(e, q)
            for k, factor in enumerate(factors):
                used = {j: coefficients[start + j * len(factors) + k] for j in range(len(functions)) if start + j * len(factors) + k in coefficients}
                if family.joined and len(used) == 2:
                    found.append(factor * family.joined(e, q, used[0], used[1]))
                else:
                    found += [SR(c) * factor * functions[j] for j, c in used.items()]
            start += len(functions) * len(factors)
        return [*(SR(coefficients[k]) * term for k, term in enumerate(fixed) if k in coefficients), *found]


def _size(expression):
    """
    Return the number of the nodes of an expression, about.

    EXAMPLES::

        sage: from sage_tf.regression.shapes import _size
        sage: _size(x), _size(2*sin(3*x))
        (1, 6)
    """
    return 1 + sum(map(_size, expression.operands()))


def _left(family, u, starts, factors, q, target):
    """Return the relative sums of squares that are left with each of some constants, infinite where there are no values."""
    if not len(starts) or not np.ptp(u) > 0:
        return np.empty(0)
    with np.errstate(all='ignore'):
        functions = np.array([family.columns(u, constants) for constants in starts])      # (starts, functions, points)
        columns = (functions[:, :, None, :] * factors).reshape(len(starts), -1, len(u))
        good = (np.abs(columns) < LARGEST).all(axis=(1, 2))
        columns[~good] = 0
        norms = np.linalg.norm(columns, axis=2, keepdims=True)
        columns = columns / np.maximum(norms, 1e-150)
        columns = columns - (columns @ q) @ q.T
        gram = columns @ columns.transpose(0, 2, 1) + 1e-9 * np.eye(columns.shape[1])
        along = columns @ target
        gain = np.einsum('ik,ik->i', along, np.linalg.solve(gram, along[..., None])[..., 0])
    return np.where(good, 1 - gain / (target @ target), np.inf)


def _minima(left):
    """Return the numbers of the smallest entries, no two of them beside each other."""
    inner = [k for k in range(len(left)) if left[k] < np.inf and left[k] <= min(left[max(k - 1, 0)], left[min(k + 1, len(left) - 1)])]
    return sorted(inner, key=lambda k: left[k])[:FITTED]


def _needed(matrix, target):
    """
    Return the numbers of the columns that are needed for a target, their coefficients, and the share of the sum of squares that is left.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.shapes import _needed
        sage: matrix = numpy.random.default_rng(1r).normal(size=(50r, 4r))
        sage: _needed(matrix, 2r*matrix[:, 1r])[0]
        [1]
    """
    with np.errstate(all='ignore'):
        scale, whole = np.linalg.norm(matrix, axis=0), target @ target
    kept = [k for k in range(matrix.shape[1]) if 1e-150 < scale[k] < 1e150]
    while kept:
        columns = matrix[:, kept] / scale[kept]
        coefficients, *_ = np.linalg.lstsq(columns, target, rcond=1e-14)
        left = np.sum((target - columns @ coefficients)**2)
        variance = max(left / max(1, len(target) - len(kept)), 1e-18 * whole / len(target))
        deviations = np.sqrt(variance * np.abs(np.diagonal(np.linalg.pinv(columns.T @ columns, rcond=1e-15))))
        ratios = np.abs(coefficients) / np.maximum(deviations, 1e-300)
        if ratios.min() > WEAK or len(kept) == 1:
            return kept, coefficients / scale[kept], left / whole
        del kept[int(np.argmin(ratios))]
    return [], [], 1.0
