r"""
Problems without what is known of their laws

A law with dimensions holds whatever the units are, so that some quantities may be taken for the units themselves: they become 1 and leave the law.
What is left is a smaller problem, the law of which gives that of the first one.

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.reduction import choices_of_units, nondimensional
    sage: from sage_tf.regression.units import Dimensions
    sage: X = numpy.random.default_rng(1r).uniform(1, 2, (50r, 3r))
    sage: problem = Problem.of(X, X[:, 0]*X[:, 1]**2r*numpy.exp(X[:, 1]/X[:, 2]), variables='m, v, c')
    sage: m, v, c = problem.variables
    sage: space = Dimensions({m: [1, 0], v: [0, 1], c: [0, 1]}, [1, 2])
    sage: choices_of_units(problem, space)
    [(0, 1), (0, 2)]
    sage: [nondimensional(problem, space, units).problem for units in _]
    [50 points of c, 50 points of v]
    sage: nondimensional(problem, space, (0r, 1r)).law(exp(1/c)), nondimensional(problem, space, (0r, 2r)).law(v^2*exp(v))
    (m*v^2*e^(v/c), m*v^2*e^(v/c))

ALGORITHM:

Positive variables with independent dimensions, as many as there are, become the units; all others and the values are divided by the products of their
powers that have the same dimension (Buckingham's theorem, see :mod:`~sage_tf.regression.units`). A law in the new variables is the old one with the units
set to 1: never more complex. Which choice makes it simplest is not known before: the relativistic energy has one speed for a unit in which it is simple. The
weights are changed so that a sum of squares is that of the first problem.
"""
from itertools import combinations, islice

import numpy as np
from sage.matrix.constructor import matrix
from sage.matrix.special import identity_matrix
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.problem import Problem

LOOKED_AT, CHOICES = 2000, 3                                    # choices of units: those that are looked at, those that are taken


class Reduction:
    r"""
    A problem, and how its laws give those of the problem it comes from.

    ATTRIBUTES:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``law`` -- function from an expression in its variables to one in the variables before

    EXAMPLES::

        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.reduction import Reduction
        sage: Reduction(Problem.of([[1], [2]], [3, 4])).law(x)
        x
    """
    def __init__(self, problem, law=lambda expression: expression):
        self.problem, self.law = problem, law

    def then(self, other):
        """
        Return this reduction followed by one of its problem.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.reduction import Reduction
            sage: problem = Problem.of([[1], [2]], [3, 4])
            sage: Reduction(problem, lambda e: 2*e).then(Reduction(problem, lambda e: e + 1)).law(x)
            2*x + 2
        """
        return Reduction(other.problem, lambda expression: self.law(other.law(expression)))


def nondimensional(problem, space, units):
    r"""
    Return the problem in units that are variables of its own.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``space`` -- :class:`~sage_tf.regression.units.Dimensions` of its variables and values

    - ``units`` -- numbers of the variables that are the units, one of the :func:`choices_of_units`

    OUTPUT: a :class:`Reduction`, in which the variables that are the units are missing

    EXAMPLES:

    Variables that are not positive cannot be units::

        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.reduction import choices_of_units, nondimensional
        sage: from sage_tf.regression.units import Dimensions
        sage: problem = Problem.of([[-1, 2], [1, 2], [3, 5]], [1, 2, 3], variables='a, b')
        sage: a, b = problem.variables
        sage: space = Dimensions({a: [1], b: [1]}, [2])
        sage: reduction = nondimensional(problem, space, *choices_of_units(problem, space))
        sage: reduction.problem, reduction.problem.X.tolist(), reduction.law(a^2 + 1)
        (3 points of a, [[-0.5], [0.5], [0.6]], b^2*(a^2/b^2 + 1))
    """
    if not units:
        return Reduction(problem)
    rest = [k for k in range(len(problem.variables)) if k not in units]
    exponents = _exponents(space, [problem.variables[k] for k in units])
    columns = problem.X[:, units]

    def scale(vector):
        """Return the product of powers of the units with a dimension, as an expression and as its values."""
        powers = exponents(vector)
        with np.errstate(all='ignore'):
            values = np.prod([column**float(q) for column, q in zip(columns.T, powers, strict=True)], axis=0)
        return SR(1).mul(*[problem.variables[k]**q for k, q in zip(units, powers, strict=True)]), values

    scales = {problem.variables[k]: scale(space.vectors[problem.variables[k]]) for k in rest}
    factor, sizes = scale(space.value)
    X = np.column_stack([problem.X[:, k] / scales[problem.variables[k]][1] for k in rest]) if rest else np.empty((len(problem.y), 0))
    weights = sizes**2 if problem.weights is None else problem.weights * sizes**2
    y = problem.y / sizes
    if not (np.isfinite(X).all() and np.isfinite(y).all() and np.isfinite(weights).all()):
        return Reduction(problem)                               # numbers that are too large
    substitution = {v: v / monomial for v, (monomial, _) in scales.items()}
    smaller = Problem(X, y, [problem.variables[k] for k in rest], None if np.ptp(sizes) == 0 and problem.weights is None else weights)
    return Reduction(smaller, lambda expression: factor * SR(expression).subs(substitution))


def choices_of_units(problem, space):
    """
    Return the best choices of variables that become units, each a tuple of their numbers: those with the simplest exponents for all others.

    There is one at least; it may be empty.
    """
    vectors = [space.vectors[v] for v in problem.variables]
    positive = [k for k, column in enumerate(problem.X.T) if (column > 0).all() and vectors[k]]
    rank = matrix(QQ, len(positive), len(space.base), [list(vectors[k]) for k in positive]).rank()

    def price(chosen):
        """Return how complex the products of powers are, infinity if the units are not independent."""
        if matrix(QQ, len(chosen), len(space.base), [list(vectors[k]) for k in chosen]).rank() < rank:
            return float('inf')
        found = map(_exponents(space, [problem.variables[k] for k in chosen]), [*vectors, space.value])
        return sum(abs(float(q)) + 4 * (q.denominator() - 1) for powers in found for q in powers)
    priced = sorted((price(chosen), chosen) for chosen in islice(combinations(positive, rank), LOOKED_AT))
    return [chosen for cost, chosen in priced if cost < float('inf')][:CHOICES]


def _exponents(space, units):
    """Return a function from a dimension to the exponents of the units in it; what they do not have is left out."""
    rows = matrix(QQ, len(units), len(space.base), [list(space.vectors[v]) for v in units])
    completed = rows.stack(_complement(rows))
    inverse = completed.inverse()
    return lambda vector: (vector * inverse)[:len(units)]


def _complement(rows):
    """Return the unit vectors that make a basis with the rows of a matrix, which are independent."""
    chosen = []
    for unit in identity_matrix(QQ, rows.ncols()):
        if rows.stack(matrix(QQ, unit)).rank() > rows.rank():
            rows = rows.stack(matrix(QQ, unit))
            chosen.append(list(unit))
    return matrix(QQ, len(chosen), rows.ncols(), chosen)
