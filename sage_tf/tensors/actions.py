r"""
Actions on tensors: matrices act as matrices, symbolic expressions make vectors and matrices of expressions

EXAMPLES::

    sage: from sage_tf.tensors.element import Tensor
    sage: matrix([[1, 2], [3, 4]]) * Tensor([1, 1/2]), Tensor([1, 1/2]) * matrix([[1, 2], [3, 4]])
    ((2.0, 5.0), (2.5, 4.0))
    sage: x * Tensor([1, 2])
    (x, 2*x)
    sage: pi * Tensor([1, 2])
    (3.141592653589793, 6.283185307179586)
"""
import operator

import tensorflow as tf
from sage.categories.action import Action
from sage.matrix.matrix_space import MatrixSpace
from sage.rings.integer_ring import ZZ
from sage.structure.element import Matrix
from sage.symbolic.ring import SymbolicRing

from sage_tf.conversion.to_tf import recast, to_tf
from sage_tf.rings import common_dtype
from sage_tf.tensors.arithmetic import OPERATIONS, float_matmul
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.operators import as_tensor, contracted
from sage_tf.tensors.shapes import require_contractible
from sage_tf.tensors.space import described


def action(space, other, op, space_on_left):
    r"""
    Return the action between a tensor space and another parent, None if it is left to coercion.

    INPUT:

    - ``space`` -- a tensor space

    - ``other`` -- a parent

    - ``op`` -- an operator

    - ``space_on_left`` -- boolean; whether the tensors are the left operands

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace
        sage: from sage_tf.tensors.actions import action
        sage: S = TensorSpace(RDF, 2)
        sage: action(S, MatrixSpace(QQ, 2), operator.mul, True)
        Right action by Full MatrixSpace of 2 by 2 dense matrices over Rational Field on Space of tensors of shape (2,) over float64
        sage: action(S, MatrixSpace(QQ, 2), operator.add, True) is None
        True
    """
    if isinstance(other, MatrixSpace):
        kind = _MATRICES.get((op, space_on_left))
    elif isinstance(other, SymbolicRing):
        kind = SymbolicAction if op is operator.mul or op is operator.truediv and space_on_left else None
    else:
        kind = NumberAction if op is operator.mul and described(other) == (None, other, ()) else None
    return None if kind is None else kind(other, space, not space_on_left, op)


class TensorAction(Action):
    """
    An action on a tensor space whose results may lie in another one: coercion decides where.

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace
        sage: A = TensorSpace(RDF, 2).get_action(MatrixSpace(ZZ, 3, 2), operator.mul, False)
        sage: A(matrix(ZZ, 3, 2, range(6)), vector([1, 2]))
        (2.0, 8.0, 14.0)
    """

    def __init__(self, actor, space, actor_on_left, op):
        """
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: A = TensorSpace(RDF, 2).get_action(MatrixSpace(ZZ, 3, 2), operator.mul, False)
            sage: A.operation()
            <built-in function mul>
        """
        Action.__init__(self, actor, space, actor_on_left, op)


class MatrixAction(TensorAction):
    """
    Multiplication of tensors by matrices.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: matrix(QQ, 1, 2, [1/2, 1]) * Tensor([[1, 2], [3, 4]])
        [3.5 5.0]

    TESTS::

        sage: matrix(2, 3) * Tensor([1, 2])
        Traceback (most recent call last):
        ...
        ValueError: tensors of shapes (2, 3) and (2,) cannot be contracted; the last axis must have the length of the other's last but one (or only) axis
        sage: matrix([[x, 1]]) * Tensor([1, 2]), matrix([[2, 4]]) * Tensor(1/2)
        ((x + 2), [1.0 2.0])
    """

    def _act_(self, matrix, tensor):
        """Return the product; a tensor of rank 0 is a scalar."""
        if not tensor.shape():
            return as_tensor(matrix) * tensor
        if isinstance(matrix.base_ring(), SymbolicRing) and matrix.variables():
            return matrix * _symbolic(tensor) if self.is_left() else _symbolic(tensor) * matrix
        return contracted(matrix, tensor) if self.is_left() else contracted(tensor, matrix)


class MatrixDivision(TensorAction):
    """
    Multiplication of tensors by inverses of matrices, which Sage finds in the ring of the matrix.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: Tensor([[1, 2], [3, 4]]) / matrix([[1, 2], [3, 4]])
        [1.0 0.0]
        [0.0 1.0]
    """

    def _act_(self, matrix, tensor):
        """Return the quotient."""
        return contracted(tensor, ~matrix)


class Refusal(TensorAction):
    """
    What has two meanings for a matrix and a tensor, and so has none here.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: matrix(2, [1, 2, 3, 4]) / Tensor([1, 2])
        Traceback (most recent call last):
        ...
        TypeError: truediv of a matrix and a tensor could be meant entrywise or not; for the former make the matrix a tensor: Tensor(M)
    """

    def _act_(self, matrix, tensor):
        """Raise TypeError."""
        raise TypeError(f"{self.operation().__name__} of a matrix and a tensor could be meant entrywise or not; "
                        "for the former make the matrix a tensor: Tensor(M)")


class NumberAction(TensorAction):
    """
    Multiplication of tensors by numbers, which are rounded once, to the dtype in which they meet the tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: 3 * Tensor([1, 2]), Tensor([1, 2]) * (1/2), RealField(200)(1/3) * Tensor([3.0], base='float32')
        ((3, 6), (0.5, 1.0), (1.00000))

    TESTS::

        sage: 10^400 * Tensor([10.0])
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 1.79769e+308 in absolute value does not fit in float64; use a wider dtype
        sage: a = (3/2 - 2^-13)*2^-24; (a * Tensor([1], base='float16'))[0] == 2^-24
        True
    """

    def _act_(self, number, tensor):
        """Return the product."""
        return tensor * as_tensor(number, common_dtype(tensor.dtype(), self.actor()))


class SymbolicAction(TensorAction):
    """
    Multiplication of tensors by symbolic expressions: tensors for constants, otherwise numbers, vectors and matrices of expressions.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: x * Tensor([[1, 2]]), Tensor([2.0]) / x, sqrt(2) * Tensor([1.0], base='float32')
        ([  x 2*x], (2.0/x), (1.41421))

    TESTS::

        sage: x * Tensor([[[1]]])
        Traceback (most recent call last):
        ...
        TypeError: a tensor of rank 3 has no entries in the Symbolic Ring; Sage has vectors and matrices of expressions only
    """

    def _act_(self, expression, tensor):
        """Return the product or the quotient."""
        operate = self.operation()
        if not expression.variables():
            scalar = as_tensor(expression)
            if operate is operator.mul and tensor.dtype().is_integer and expression in ZZ:
                scalar = Tensor(ZZ(expression))
            return operate(tensor, scalar)
        return operate(_symbolic(tensor), expression)


def _symbolic(tensor):
    """
    Return a tensor as a number, vector or matrix over the symbolic ring.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: from sage_tf.tensors.actions import _symbolic
        sage: _symbolic(Tensor([1, 2])).parent()
        Vector space of dimension 2 over Symbolic Ring
    """
    from sage.symbolic.ring import SR
    if tensor.rank() > 2:
        raise TypeError(f"a tensor of rank {tensor.rank()} has no entries in the Symbolic Ring; "
                        "Sage has vectors and matrices of expressions only")
    return tensor.to_sage(SR)


# -- raw tensors -------------------------------------------------------------------------------------------------------

def raw_product(left, right):
    r"""
    Return the contraction of a raw tensor and a matrix, in whichever order, as a raw tensor.

    INPUT:

    - ``left``, ``right`` -- a raw tensor (a symbolic one too, while ``tf.function`` traces) and a matrix over a ring of numbers

    EXAMPLES::

        sage: from sage_tf.tensors.actions import raw_product
        sage: import tensorflow
        sage: raw_product(matrix(QQ, [[1/2, 1]]), tensorflow.constant([1.0r, 2.0r])).numpy()
        array([2.5], dtype=float32)
    """
    if isinstance(right, Matrix):
        raw, ring = tf.convert_to_tensor(left), right.base_ring()
    else:
        raw, ring = tf.convert_to_tensor(right), left.base_ring()
    if raw.shape.rank is None:
        raise ValueError(f"{raw!r} of unknown rank was multiplied by a matrix; set its shape first (set_shape)")
    name = common_dtype(raw.dtype, ring).name
    a, b = (to_tf(side, name) if isinstance(side, Matrix) else recast(raw, name) for side in (left, right))
    if raw.shape.rank == 0:
        return a * b
    if not hasattr(raw, 'numpy'):
        return float_matmul(a, b)
    require_contractible(tuple(a.shape), tuple(b.shape))
    return OPERATIONS['matmul'](a, b)


# By operator and whether the tensors are on the left; @ is * here.
_MATRICES = {
    (operator.mul, True): MatrixAction,
    (operator.mul, False): MatrixAction,
    (operator.matmul, True): MatrixAction,
    (operator.matmul, False): MatrixAction,
    (operator.truediv, True): MatrixDivision,
    (operator.truediv, False): Refusal,
    (operator.floordiv, True): Refusal,
    (operator.floordiv, False): Refusal,
    (operator.mod, True): Refusal,
    (operator.mod, False): Refusal,
}
