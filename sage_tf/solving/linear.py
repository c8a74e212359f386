r"""
Systems of linear equations

EXAMPLES::

    sage: from sage_tf.solving.linear import coefficients_of_system
    sage: y, a = var('y, a')
    sage: coefficients_of_system([a*x + y - 1, x - y], [x, y])
    ([{0: a, 1: 1}, {0: 1, 1: -1}], [1, 0])
    sage: coefficients_of_system([x*y - 1, x - y], [x, y]) is None
    True
"""
import numpy as np
import tensorflow as tf
from sage.arith.misc import next_prime
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.conversion.to_tf import to_tf
from sage_tf.solving.elimination import _solution
from sage_tf.solving.problem import terms_of
from sage_tf.symbolic.execution import Execution
from sage_tf.symbolic.gradients import common_shape, with_gradient
from sage_tf.symbolic.tensor_function import TensorFunction
from sage_tf.symbolic.values import broadcast_to

LARGEST_EXACT, LARGEST_RATIONAL = 4, 100                        # unknowns, up to which forms are made with parameters, and without
LARGEST_ELIMINATED = 16                                         # unknowns, up to which singular systems of a batch do no harm to the others


def coefficients_of_system(expressions, unknowns):
    """
    Return the matrix of a linear system as a list of dictionaries, and its right side; ``None`` if the system is not linear.
    """
    places, rows, right = {u: j for j, u in enumerate(unknowns)}, [], []
    for expression in expressions:
        row, constant = {}, []
        for term in terms_of(expression.expand()):
            here = [v for v in term.variables() if v in places]
            if not here:
                constant.append(term)
                continue
            factor = term / here[0] if len(here) == 1 else None
            if factor is None or here[0] in factor.variables():
                return None
            row.setdefault(places[here[0]], []).append(factor)
        rows.append({j: sum(several) for j, several in row.items()})
        right.append(SR(-sum(constant)))
    return rows, right


def check_rank(problem, rows, right):
    r"""
    Raise ValueError if a linear system has no solution, or infinitely many, at random values of its parameters.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y, a = var('y, a')
        sage: solve_tf([x + y == a, 2*x + 2*y == 1], [x, y])
        Traceback (most recent call last):
        ...
        ValueError: the system x + y == a, 2*x + 2*y == 1 for (x, y) is inconsistent: it has no solution, but for special values of (a) at most
        sage: solve_tf([x + y == a, 2*x + 2*y == 2*a], [x, y])
        Traceback (most recent call last):
        ...
        ValueError: the system x + y == a, 2*x + 2*y == 2*a for (x, y) has infinitely many solutions: its equations depend on one another; ...
    """
    size = len(rows)
    left, whole = _ranks(rows, right, problem.parameters)
    if left == size:
        return
    if whole > left:
        raise inconsistent(problem)
    raise ValueError(f"the system {problem!r} has infinitely many solutions: its equations depend on one another; add equations, or take some "
                     "unknowns for parameters")


def inconsistent(problem):
    """Return the error for a system without solutions."""
    special = f", but for special values of ({', '.join(map(str, problem.parameters))}) at most" if problem.parameters else ""
    return ValueError(f"the system {problem!r} is inconsistent: it has no solution{special}")


def _ranks(rows, right, parameters):
    """Return the rank of a matrix and that with the right side beside it, at random values of the parameters."""
    size = len(rows)
    field = GF(next_prime(2**22))                               # as large as Sage has quick matrices
    place = {p: SR(QQ(1 + k) / (k + 3) + 17 * k**2 + 5) for k, p in enumerate(parameters)}
    at = {(i, j): SR(e).subs(place) for i, row in enumerate(rows) for j, e in row.items()}
    beside = [SR(e).subs(place) for e in right]
    try:
        at.update({(i, size): v for i, v in enumerate(beside)})
        whole = matrix(field, size, size + 1, {k: field(QQ(v)) for k, v in at.items()}, sparse=False)
        return whole[:, :size].rank(), whole.rank()
    except (TypeError, ValueError, ZeroDivisionError):
        pass
    whole = np.zeros((size, size + 1), complex)
    for (i, j), v in at.items():
        whole[i, j] = complex(v)
    whole[:, size] = list(map(complex, beside))
    return np.linalg.matrix_rank(whole[:, :size]), np.linalg.matrix_rank(whole)


def exact_solution(rows, right, parameters):
    """
    Return the solution of a small linear system as a list of expressions, ``None`` for a large one.

    EXAMPLES::

        sage: from sage_tf.solving.linear import exact_solution
        sage: a = var('a')
        sage: exact_solution([{0: a, 1: 1}, {0: 1, 1: -1}], [1, SR(0)], [a])
        [1/(a + 1), 1/(a + 1)]
    """
    size = len(rows)
    if size > (LARGEST_EXACT if parameters else LARGEST_RATIONAL):
        return None
    full = [[SR(row.get(j, 0)) for j in range(size)] for row in rows]
    try:
        if parameters:
            from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
            field = PolynomialRing(QQ, [str(p) for p in parameters]).fraction_field()
        else:
            field = QQ
        return [SR(e) for e in matrix(field, [[field(e) for e in row] for row in full]).solve_right(vector(field, [field(e) for e in right]))]
    except (TypeError, ValueError, ArithmeticError):
        pass
    if size > LARGEST_EXACT:
        return None
    determinant = matrix(SR, full).determinant()
    return [matrix(SR, [[*row[:j], b, *row[j + 1:]] for row, b in zip(full, right, strict=True)]).determinant() / determinant
            for j in range(size)]


def _is_product(e):
    return getattr(e.operator(), '__name__', None) == 'mul_vararg'


def _put(parts, factors):
    """Return entries at the values of the factors, which are along the first axis; the entries are the last."""
    constant, places, coefficients, numbers = parts
    batch, rank = tf.shape(factors)[1:], len(factors.shape) - 1
    entries = tf.broadcast_to(tf.constant(constant.reshape((-1,) + (1,) * rank)), tf.concat([[len(constant)], batch], 0))
    if places:
        values = tf.constant(coefficients.reshape((-1,) + (1,) * rank)) * tf.gather(factors, numbers)
        entries = entries + tf.scatter_nd(tf.constant(places)[:, None], values, tf.shape(entries))
    return tf.transpose(entries, [*range(1, rank + 1), 0]) if rank else entries


def _number(e, dtype):
    """Return a constant as a number of a dtype, rounded once."""
    if dtype == tf.float64 and e.is_numeric() and e.is_real():
        return float(e.pyobject())                              # a thousand times a thousand of them should take no minutes
    return to_tf(e, dtype).numpy()


class LinearSystem:
    r"""
    The solution of a linear system, by one factorization of its matrix for each point.

    INPUT:

    - ``rows``, ``right`` -- as from :func:`coefficients_of_system`

    - ``unknowns``, ``parameters`` -- lists of symbols

    - ``dtype`` -- floating ``tf.DType``

    A singular matrix gives what is not finite, with up to 16 unknowns; with more TensorFlow's solver raises ``InvalidArgumentError``.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y, a = var('y, a')
        sage: s = solve_tf([a*x + y == 1, x - y == 0], [x, y]); s.expressions(), s.methods()
        ([(1/(a + 1), 1/(a + 1))], ['linear'])
        sage: s([0, 1, -1]).numpy()
        array([[[1. , 1. ]],
               [[0.5, 0.5]],
               [[nan, nan]]])
    """
    name, count = 'linear', 1

    def __init__(self, rows, right, unknowns, parameters, dtype):
        self.rows, self.right, self.unknowns, self.parameters, self.dtype = rows, right, unknowns, parameters, dtype
        size, self._factors = len(rows), {}
        left = [(i * size + j, e) for i, row in enumerate(rows) for j, e in row.items()]
        self._left, self._right = self._parts(left, size * size), self._parts(list(enumerate(right)), size)
        self._entries = TensorFunction(vector(SR, list(self._factors) or [1]), tuple(parameters), dtype)
        self._assembled = Execution(self._matrix, 20 + len(self._factors))

    def _parts(self, entries, size):
        """Return the constant part of entries, and places, coefficients and numbers of factors of what varies."""
        constant, places, coefficients, numbers = np.zeros(size, self.dtype.as_numpy_dtype), [], [], []
        for place, e in entries:
            for term in terms_of(SR(e).expand()):
                if not term.variables():
                    constant[place] += _number(term, self.dtype)
                    continue
                coefficient = next((o for o in term.operands() if o.is_numeric()), SR(1)) if _is_product(term) else SR(1)
                places.append(place)
                coefficients.append(_number(coefficient, self.dtype))
                numbers.append(self._factors.setdefault(term / coefficient, len(self._factors)))
        return constant, places, np.array(coefficients, self.dtype.as_numpy_dtype), numbers

    @property
    def expressions(self):
        """The equations, as expressions that are to vanish."""
        return [sum(e * self.unknowns[j] for j, e in row.items()) - b for row, b in zip(self.rows, self.right, strict=True)]

    def roots(self, only=None):
        """
        Return the solution as a function of the parameters, as :class:`~sage_tf.solving.implicit.Roots` are.
        """
        return LinearRoots(self)

    def _matrix(self, *parameters, vectorized):
        """Return the matrix and the right side at the parameters, the batch first."""
        size, batch = len(self.rows), common_shape(parameters)
        factors = tf.stack([broadcast_to(t, batch) for t in self._entries._program(vectorized)(parameters)])
        whole, right = _put(self._left, factors), _put(self._right, factors)
        return [tf.reshape(whole, tf.concat([tf.shape(factors)[1:], [size, size]], 0)), right]

    def solution(self, *parameters):
        """Return the matrix, the right side and the solution."""
        whole, right = self._assembled(*parameters)
        if len(self.rows) <= LARGEST_ELIMINATED:
            return whole, right, _solution(whole, right)
        return whole, right, tf.linalg.solve(whole, right[..., None])[..., 0]


class LinearRoots:
    """The solution of a linear system as a function of the parameters, with one branch."""

    def __init__(self, system):
        self._system = system

    def __call__(self, *parameters):
        found = self._system.solution(*parameters)[2]
        found = tf.where(tf.reduce_all(tf.math.is_finite(tf.abs(found)), -1, keepdims=True), found, tf.constant(float('nan'), found.dtype))
        return _tied(*parameters, found)[..., None, :]

    def report(self, *parameters):
        """Return the solution, where it exists, no iterations, and what the equations lack to 0."""
        whole, right, found = self._system.solution(*[tf.stop_gradient(t) for t in parameters])
        exists = tf.reduce_all(tf.math.is_finite(tf.abs(found)), -1, keepdims=True)
        found = tf.where(exists, found, tf.constant(float('nan'), found.dtype))
        lack = tf.reduce_max(tf.abs(tf.linalg.matvec(whole, found) - right), -1, keepdims=True)
        return [found[..., None, :], exists, tf.zeros_like(exists, tf.int32), lack]


# What does not depend on a parameter has the gradient 0 by it, and not none.
_tied = with_gradient(lambda *tensors: tf.identity(tensors[-1]),
                      lambda upstream, tensors: [*map(tf.zeros_like, tensors[:-1]), upstream])

