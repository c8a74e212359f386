r"""
Equations and their exact derivatives, as operations on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.equations import Equations
    sage: y = var('y')
    sage: circle = Equations([x^2 + y^2 - 9], [y], [x], tf.float64)
    sage: at = circle.at([tf.constant(1r, tf.float64)], [tf.constant(2r, tf.float64)])
    sage: float(at.values[0]), float(at.jacobian[0][0]), float(at.sizes[0])
    (-4.0, 4.0, 14.0)
    sage: [[float(t) for t in row] for row in circle.by_parameters([tf.constant(1r, tf.float64)], [tf.constant(2r, tf.float64)])[1]]
    [[2.0]]
"""
from collections import namedtuple
from functools import reduce

import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.solving.problem import terms_of
from sage_tf.symbolic.tensor_function import TensorFunction

#: The values of equations, the sums of the sizes of their terms, and the matrix of their derivatives, row by row.
At = namedtuple('At', 'values sizes jacobian')


class Equations:
    r"""
    As many equations as unknowns, with what a solver has to know of them.

    INPUT:

    - ``expressions`` -- list of expressions that are to vanish

    - ``unknowns``, ``parameters`` -- lists of symbols

    - ``dtype`` -- floating ``tf.DType``, real or complex

    All methods take lists of tensors, one for each parameter and one for each unknown, and return tensors that broadcast
    with them.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.equations import Equations
        sage: y, a = var('y, a')
        sage: e = Equations([x*y - a, x + y], [x, y], [a], tf.float64)
        sage: e.jacobian
        [[y, x], [1, 1]]
    """
    def __init__(self, expressions, unknowns, parameters, dtype):
        self.expressions, self.unknowns, self.parameters = list(map(SR, expressions)), list(unknowns), list(parameters)
        self.dtype = dtype
        self.jacobian = [[e.diff(u) for u in self.unknowns] for e in self.expressions]
        self._terms = [terms_of(e) for e in self.expressions]
        present = {v for e in self.expressions for v in e.variables()}
        self.depends_on = [p in present for p in self.parameters]
        self._forward = self._sensitivities = None

    def _compiled(self, entries):
        """Return the function on tensors that has all entries of a list as its results."""
        return TensorFunction(vector(SR, entries), (*self.parameters, *self.unknowns), self.dtype)

    def _first(self):
        """Return the function of the values, the terms of those with several, and the derivatives."""
        if self._forward is None:
            terms = [t for several in self._terms if len(several) > 1 for t in several]
            self._forward = self._compiled([*self.expressions, *terms, *(d for row in self.jacobian for d in row)])
        return self._forward

    @property
    def cost(self):
        """The number of operations for the values and derivatives."""
        return len(self._first()._program())

    def at(self, parameters, unknowns, vectorized=False):
        """
        Return the values, sizes and derivatives at a point.
        """
        found = self._first()._program(vectorized)([*parameters, *unknowns])
        count = len(self.expressions)
        values, rest = found[:count], found[count:]
        sizes = []
        for value, terms in zip(values, self._terms, strict=True):
            several = len(terms) if len(terms) > 1 else 0
            sizes.append(reduce(tf.add, map(tf.abs, rest[:several])) if several else tf.abs(value))
            rest = rest[several:]
        return At(values, sizes, [rest[k:k + count] for k in range(0, count * count, count)])

    def by_parameters(self, parameters, unknowns, vectorized=False):
        """
        Return the derivatives by the unknowns and those by the parameters, each row by row.
        """
        if self._sensitivities is None:
            slopes = [e.diff(p) for e in self.expressions for p in self.parameters]
            self._sensitivities = self._compiled([*(d for row in self.jacobian for d in row), *slopes])
        found = self._sensitivities._program(vectorized)([*parameters, *unknowns])
        count, width = len(self.expressions), len(self.parameters)
        slopes = found[count * count:]
        return ([found[k:k + count] for k in range(0, count * count, count)],
                [slopes[k * width:(k + 1) * width] for k in range(count)])
