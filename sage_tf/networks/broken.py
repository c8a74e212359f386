r"""
Piecewise linear functions of one variable with rational breakpoints, several at a time

EXAMPLES::

    sage: from sage_tf.networks.broken import Broken
    sage: x = Broken.identity()
    sage: f = Broken.relu(2*x - 1) - Broken.relu(x/3)
    sage: f.points, f.columns
    ([0, 1/2], [(0), (0), (-1/6), (5/3)])

ALGORITHM:

All functions share a list of points. Each is given by its slope to the left of all points, its values at them, and its slope to the right: what is linear
is done to these columns. A rectifier first adds the points at which one of its arguments changes sign.
"""
from bisect import bisect_right

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ


class _Carrier(type):
    """The type of the carrier: the functions that it has not are those that bend."""

    def __getattr__(cls, name):
        if name.startswith('_'):
            raise AttributeError(name)
        raise NotImplementedError(f"{name} is no piecewise linear function")


class Broken(metaclass=_Carrier):
    r"""
    Some continuous piecewise linear functions on the rational numbers.

    INPUT:

    - ``points`` -- list of rational numbers in order, at least one

    - ``columns`` -- list of rational vectors: the slopes to the left, the values at the points, the slopes to the right

    EXAMPLES::

        sage: from sage_tf.networks.broken import Broken
        sage: f = Broken([0, 1], [vector(QQ, [1]), vector(QQ, [0]), vector(QQ, [2]), vector(QQ, [-1])])
        sage: [f.at(t)[0] for t in (-2, 0, 1/4, 1, 3)]
        [-2, 0, 1/2, 2, 0]
        sage: Broken.tanh(f)
        Traceback (most recent call last):
        ...
        NotImplementedError: tanh is no piecewise linear function
    """
    def __init__(self, points, columns):
        self.points = points
        self.columns = columns

    @classmethod
    def identity(cls):
        """Return the function x."""
        return cls([QQ(0)], [vector(QQ, [1]), vector(QQ, [0]), vector(QQ, [1])])

    @classmethod
    def constants(cls, values):
        """Return constant functions."""
        zero = vector(QQ, len(values))
        return cls([QQ(0)], [zero, vector(QQ, values), zero])

    def at(self, t):
        """Return the values at a point."""
        k = bisect_right(self.points, t)
        if k == 0:
            return self.columns[1] + self.columns[0] * (t - self.points[0])
        if k == len(self.points):
            return self.columns[-2] + self.columns[-1] * (t - self.points[-1])
        a, b = self.points[k - 1:k + 1]
        share = (t - a) / (b - a)
        return self.columns[k] * (1 - share) + self.columns[k + 1] * share if share else self.columns[k]

    def refined(self, points):
        """
        Return the same functions with more points.

        EXAMPLES::

            sage: from sage_tf.networks.broken import Broken
            sage: Broken.identity().refined([-1, 0, 2]).columns
            [(1), (-1), (0), (2), (1)]
        """
        if points == self.points:
            return self
        return Broken(points, [self.columns[0], *map(self.at, points), self.columns[-1]])

    def rows(self, numbers):
        """Return some of the functions."""
        return Broken(self.points, [vector(QQ, [column[k] for k in numbers]) for column in self.columns])

    @classmethod
    def joined(cls, parts):
        """
        Return the functions of several objects in one.

        EXAMPLES::

            sage: from sage_tf.networks.broken import Broken
            sage: x = Broken.identity()
            sage: Broken.joined([x, Broken.relu(x - 1)]).columns
            [(1, 0), (0, 0), (1, 0), (1, 1)]
        """
        parts = cls._aligned(parts)
        return cls(parts[0].points, [vector(QQ, [x for column in columns for x in column])
                                     for columns in zip(*[part.columns for part in parts], strict=True)])

    @staticmethod
    def _aligned(parts):
        points = sorted(set().union(*[part.points for part in parts]))
        return [part.refined(points) for part in parts]

    def mapped(self, A, offset):
        r"""
        Return the functions `A f + b`.

        EXAMPLES::

            sage: from sage_tf.networks.broken import Broken
            sage: Broken.identity().mapped(matrix(QQ, [[2], [3]]), vector(QQ, [0, 1])).columns
            [(2, 3), (0, 1), (2, 3)]
        """
        product = A * matrix(QQ, self.columns).transpose()
        columns = product.columns()
        return Broken(self.points, [columns[0], *[column + offset for column in columns[1:-1]], columns[-1]])

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    def _with(self, other, operate):
        a, b = self._aligned([self, other])
        return Broken(a.points, [operate(p, q) for p, q in zip(a.columns, b.columns, strict=True)])

    def _shifted(self, number):
        shift = vector(QQ, [QQ(number)] * len(self.columns[0]))
        return Broken(self.points, [self.columns[0], *[column + shift for column in self.columns[1:-1]], self.columns[-1]])

    def __add__(self, other):
        return self._with(other, lambda p, q: p + q) if isinstance(other, Broken) else self._shifted(other)

    __radd__ = __add__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if not isinstance(other, Broken):
            return Broken(self.points, [column * QQ(other) for column in self.columns])
        for one, factor in ((self, other), (other, self)):
            numbers = factor.numbers()
            if numbers is not None:
                return Broken(one.points, [column.pairwise_product(numbers) for column in one.columns])
        raise NotImplementedError("a product of two functions is no piecewise linear function")

    __rmul__ = __mul__

    def __truediv__(self, other):
        numbers = other.numbers() if isinstance(other, Broken) else None
        if isinstance(other, Broken) and numbers is None:
            raise NotImplementedError("a quotient by a function is no piecewise linear function")
        return self * (Broken.constants([1 / n for n in numbers]) if isinstance(other, Broken) else 1 / QQ(other))

    def __rtruediv__(self, other):
        return Broken.constants([QQ(other)] * len(self.columns[0])) / self

    def __pow__(self, n):
        if n == 1:
            return self
        raise NotImplementedError("a power is no piecewise linear function")

    def numbers(self):
        """Return the values if all functions are constant, else None."""
        first = self.columns[1]
        is_constant = not self.columns[0] and not self.columns[-1] and all(column == first for column in self.columns[1:-1])
        return first if is_constant else None

    # -- functions of the carrier --------------------------------------------------------------------------------------

    number = QQ

    @classmethod
    def relu(cls, f):
        """
        Return the larger of each function and zero.

        EXAMPLES::

            sage: from sage_tf.networks.broken import Broken
            sage: f = Broken.relu(3 - 2*Broken.identity()); f.points, f.columns
            ([0, 3/2], [(-2), (3), (0), (0)])
        """
        f = f.refined(sorted({*f.points, *f._zeros()}))
        inside = [vector(QQ, [max(x, 0) for x in column]) for column in f.columns[1:-1]]
        left = [s if v > 0 or v == 0 and s < 0 else 0 for s, v in zip(f.columns[0], f.columns[1], strict=True)]
        right = [s if v > 0 or v == 0 and s > 0 else 0 for s, v in zip(f.columns[-1], f.columns[-2], strict=True)]
        return cls(f.points, [vector(QQ, left), *inside, vector(QQ, right)])

    def _zeros(self):
        """Return the points, other than those that are there, at which one of the functions changes sign."""
        found = []
        for k in range(len(self.points) - 1):
            a, b = self.points[k:k + 2]
            found += [a + (b - a) * u / (u - v) for u, v in zip(self.columns[k + 1], self.columns[k + 2], strict=True) if u > 0 > v or u < 0 < v]
        first, last = self.points[0], self.points[-1]
        found += [first - v / s for s, v in zip(self.columns[0], self.columns[1], strict=True) if s > 0 < v or s < 0 > v]
        found += [last - v / s for s, v in zip(self.columns[-1], self.columns[-2], strict=True) if s > 0 > v or s < 0 < v]
        return found

    @classmethod
    def maximum(cls, f, g):
        """Return the larger one of two functions, or of a function and a number."""
        return cls.relu(f - g) + g

    @classmethod
    def low(cls, f, high):
        """Return the smaller one of a function and a number."""
        return -cls.relu(-f + QQ(high)) + QQ(high)

    @classmethod
    def above(cls, *_):
        raise NotImplementedError("a step has a jump, so it is no continuous piecewise linear function")

    delta = above
