r"""
Affine maps of the inputs on a cell: the carrier of activations by which linear regions are found

EXAMPLES::

    sage: from sage_tf.networks.flat import Flat
    sage: f = Flat(matrix(QQ, [[1, 2]]), vector(QQ, [3])); g = 2*f - 1; g.matrix, g.offset
    ([2 4], (5))
"""
from contextlib import contextmanager

import numpy as np
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

from sage_tf.networks.piecewise import exact_affine, rational_of
from sage_tf.networks.steps import Affine, Apply, Binary, Constant


class Undecided(Exception):
    """An affine function of the inputs changes its sign on the cell."""

    def __init__(self, row, offset):
        super().__init__(row, offset)
        self.row, self.offset = row, offset


class _Carrier(type):
    def __getattr__(cls, name):
        if name.startswith('_'):
            raise AttributeError(name)
        raise NotImplementedError(f"{name} is no piecewise linear function")


class Flat(metaclass=_Carrier):
    r"""
    Some affine functions of the inputs.

    INPUT:

    - ``matrix``, ``offset`` -- over the rational numbers, one row for each function

    EXAMPLES::

        sage: from sage_tf.networks.flat import Flat
        sage: f = Flat(matrix(QQ, [[0, 0]]), vector(QQ, [3])); (f/2).offset, f.numbers()
        ((3/2), (3))
    """
    _cell = None

    def __init__(self, matrix, offset):
        self.matrix, self.offset = matrix, offset

    @staticmethod
    @contextmanager
    def on(cell):
        """Decide signs on a cell."""
        before, Flat._cell = Flat._cell, cell
        try:
            yield
        finally:
            Flat._cell = before

    number = QQ

    def numbers(self):
        """Return the values if all functions are constant, else None."""
        return self.offset if not self.matrix else None

    def __add__(self, other):
        if isinstance(other, Flat):
            return Flat(self.matrix + other.matrix, self.offset + other.offset)
        return Flat(self.matrix, self.offset + vector(QQ, [QQ(other)] * len(self.offset)))

    __radd__ = __add__

    def __neg__(self):
        return Flat(-self.matrix, -self.offset)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if not isinstance(other, Flat):
            return Flat(self.matrix * QQ(other), self.offset * QQ(other))
        for one, factor in ((self, other), (other, self)):
            if factor.numbers() is not None:
                return one._scaled(factor.numbers())
        raise NotImplementedError("a product of two functions is no piecewise linear function")

    __rmul__ = __mul__

    def _scaled(self, numbers):
        return Flat(matrix.diagonal(QQ, numbers) * self.matrix, self.offset.pairwise_product(numbers))

    def __truediv__(self, other):
        if not isinstance(other, Flat):
            return self * (1 / QQ(other))
        if other.numbers() is None:
            raise NotImplementedError("a quotient by a function is no piecewise linear function")
        return self._scaled(vector(QQ, [1 / n for n in other.numbers()]))

    def __rtruediv__(self, other):
        return Flat(self.matrix * 0, vector(QQ, [QQ(other)] * len(self.offset))) / self

    def __pow__(self, n):
        if n == 1:
            return self
        raise NotImplementedError("a power is no piecewise linear function")

    @staticmethod
    def relu(f):
        """Return the functions that are nowhere negative on the cell, and zeros for those that are nowhere positive."""
        kept = []
        for row, offset in zip(f.matrix.rows(), f.offset, strict=True):
            sign = Flat._cell.sign(row, offset)
            if sign is None:
                raise Undecided(row, offset)
            kept.append(QQ(sign > 0))
        return f._scaled(vector(QQ, kept))

    @staticmethod
    def maximum(f, g):
        return Flat.relu(f - g) + g

    @staticmethod
    def low(f, high):
        return -Flat.relu(-f + QQ(high)) + QQ(high)

    @staticmethod
    def above(*_):
        raise NotImplementedError("a step has a jump, so it is no continuous piecewise linear function")

    delta = above


def rows_of(places, step, activations):
    r"""
    Put the affine functions that a step computes into a dictionary from wires to pairs of a :class:`Flat` and a row.

    EXAMPLES::

        sage: from sage_tf.networks.activations import ACTIVATIONS
        sage: from sage_tf.networks.flat import Flat, rows_of
        sage: from sage_tf.networks.steps import Binary
        sage: places = {0: (Flat(matrix(QQ, [[1]]), vector(QQ, [0])), 0), 1: (Flat(matrix(QQ, [[0]]), vector(QQ, [2])), 0)}
        sage: rows_of(places, Binary('mul', [0], [1], [2]), ACTIVATIONS); places[2][0].matrix
        [2]
    """
    if isinstance(step, Constant):
        try:
            values = [rational_of(v) if isinstance(v, (float, np.floating)) else QQ(v) for v in step.values]
        except TypeError:
            raise NotImplementedError(f"the network has one of the numbers {list(step.values)} in it, which is not rational") from None
        width = next(iter(places.values()))[0].matrix.ncols()
        found = Flat(matrix(QQ, len(values), width), vector(QQ, values))
    elif isinstance(step, Affine):
        inner, (A, b) = _taken(places, step.inputs), exact_affine(step)
        found = Flat(A * inner.matrix, A * inner.offset + b)
    elif isinstance(step, Apply):
        parameters = [p if isinstance(p, int) or np.isinf(p) else rational_of(p) for p in step.parameters]
        try:
            found = activations[step.name].formula(Flat, _taken(places, step.inputs), *parameters)
        except NotImplementedError as error:
            raise NotImplementedError(f"the network has {step.name} in it: {error}") from None
    else:
        assert isinstance(step, Binary)
        left, right = _taken(places, step.left), _taken(places, step.right)
        found = {'mul': lambda: left * right, 'div': lambda: left / right, 'max': lambda: Flat.maximum(left, right)}[step.op]()
    places.update((int(wire), (found, k)) for k, wire in enumerate(step.out))


def _taken(places, wires):
    found = [places[int(wire)] for wire in wires]
    return Flat(matrix(QQ, [flat.matrix[k] for flat, k in found]), vector(QQ, [flat.offset[k] for flat, k in found]))
