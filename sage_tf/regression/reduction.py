r"""
Problems without what is known of their laws

A law with dimensions holds whatever the units are, so that some quantities may be taken for the units themselves: they become 1 and leave the law.
What is left is a smaller problem, the law of which gives that of the first one.

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.reduction import nondimensional
    sage: from sage_tf.regression.units import Dimensions
    sage: X = numpy.random.default_rng(1r).uniform(1, 2, (50r, 3r))
    sage: problem = Problem.of(X, X[:, 0]*X[:, 1]**2r*numpy.exp(X[:, 1]/X[:, 2]), variables='m, v, c')
    sage: m, v, c = problem.variables
    sage: space = Dimensions({m: [1, 0], v: [0, 1], c: [0, 1]}, [1, 2])
    sage: reduction = nondimensional(problem, space); reduction.problem
    50 points of c
    sage: reduction.law(exp(1/c))
    m*v^2*e^(v/c)

ALGORITHM:

Positive variables with independent dimensions, as many as there are, become the units; all others and the values are divided by the products of their
powers that have the same dimension (Buckingham's theorem, see :mod:`~sage_tf.regression.units`). A law in the new variables is the old one with the units
set to 1: never more complex. The weights are changed so that a sum of squares is that of the first problem.
"""
from itertools import combinations, islice

import numpy as np
from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.problem import Problem

CHOICES = 2000                                                  # of units that are looked at


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


def nondimensional(problem, space):
    r"""
    Return the problem in units that are variables of its own.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``space`` -- :class:`~sage_tf.regression.units.Dimensions` of its variables and values

    OUTPUT: a :class:`Reduction`, in which the variables that are the units are missing

    EXAMPLES:

    Variables that are not positive cannot be units::

        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.reduction import nondimensional
        sage: from sage_tf.regression.units import Dimensions
        sage: problem = Problem.of([[-1, 2], [1, 2], [3, 5]], [1, 2, 3], variables='a, b')
        sage: a, b = problem.variables
        sage: reduction = nondimensional(problem, Dimensions({a: [1], b: [1]}, [2]))
        sage: reduction.problem, reduction.problem.X.tolist(), reduction.law(a^2 + 1)
        (3 points of a, [[-0.5], [0.5], [0.6]], b^2*(a^2/b^2 + 1))
    """
    units = _units(problem, space)
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
        return Reduction(problem)
    substitution = {v: v / monomial for v, (monomial, _) in scales.items()}
    smaller = Problem(X, y, [problem.variables[k] for k in rest], None if np.ptp(sizes) == 0 and problem.weights is None else weights)
    return Reduction(smaller, lambda expression: factor * SR(expression).subs(substitution))


def _units(problem, space):
    """Return the numbers of the variables that become the units: of those that can, with the simplest exponents for all others."""
    vectors = [space.vectors[v] for v in problem.variables]
    positive = [k for k, column in enumerate(problem.X.T) if (column > 0).all() and vectors[k]]
    rank = matrix(QQ, len(positive), len(space.base), [list(vectors[k]) for k in positive]).rank()
    others = [*vectors, space.value]

    def price(chosen):
        """Return how complex the products of powers are, infinity if the units are not independent."""
        if matrix(QQ, [list(vectors[k]) for k in chosen]).rank() < rank:
            return float('inf')
        found = map(_exponents(space, [problem.variables[k] for k in chosen]), others)
        return sum(abs(float(q)) + 4 * (q.denominator() - 1) for powers in found for q in powers)
    return list(min(islice(combinations(positive, rank), CHOICES), key=price)) if rank else []


def _exponents(space, units):
    """Return a function from a dimension to the exponents of the units in it; what they do not have is left out."""
    rows = [space.vectors[v] for v in units]
    completed = matrix(QQ, [list(row) for row in rows]).stack(_complement(rows, len(space.base)))
    inverse = completed.inverse()
    return lambda vector: (vector * inverse)[:len(units)]


def _complement(rows, dimension):
    """Return the unit vectors that make a basis with independent vectors."""
    found, chosen = matrix(QQ, [list(row) for row in rows]), []
    for k in range(dimension):
        unit = matrix(QQ, 1, dimension, [j == k for j in range(dimension)])
        larger = found.stack(unit)
        if larger.rank() > found.rank():
            found = larger
            chosen.append(list(unit[0]))
    return matrix(QQ, len(chosen), dimension, chosen)
