r"""
Operators and functions of tensors

Sage's coercion brings the operands into one space; :mod:`~sage_tf.tensors.arithmetic` does the rest.

EXAMPLES::

    sage: from sage_tf.tensors.element import Tensor
    sage: 2 * Tensor([1, 2]) - Tensor([[1/2], [1]])
    [1.5 3.5]
    [1.0 3.0]
"""
import operator

import numpy as np
import tensorflow as tf
from sage.structure.element import Expression, Matrix, ModuleElement, Vector, get_coercion_model

from sage_tf.conversion.rounding import round_number
from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import recast, to_tf
from sage_tf.rings import common_dtype, widest
from sage_tf.symbolic.functions import UNARY
from sage_tf.tensors.arithmetic import OPERATIONS, negative
from sage_tf.tensors.shapes import require_contractible


class TensorOperators(ModuleElement):
    r"""
    The operators of tensors and their values as numbers, the base class of :class:`~sage_tf.tensors.element.Tensor`.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: from sage_tf.tensors.operators import TensorOperators
        sage: isinstance(Tensor([1]), TensorOperators)
        True
    """
    # NumPy's operators leave the operation to ours.
    __array_ufunc__ = None

    def _own(self, name, other):
        """Return the tensor that an operation makes of two tensors of one space."""
        return element_of(OPERATIONS[name](self._tensor, other._tensor))

    def _add_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) + Tensor([[10], [20]])
            [11 12]
            [21 22]
        """
        return self._own('add', other)

    def _sub_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) - 1/2
            (0.5, 1.5)
        """
        return self._own('sub', other)

    def _mul_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) * Tensor([3, 4]), Tensor([True, True]) * Tensor([True, False])
            ((3, 8), (1, 0))
        """
        return self._own('mul', other)

    def _div_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) / Tensor([3, 4]), Tensor([1.0]) / 0
            ((0.3333333333333333, 0.5), (+infinity))
        """
        return self._own('truediv', other)

    def _floordiv_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([7, -7]) // 2
            (3, -4)
        """
        return self._own('floordiv', other)

    def _mod_(self, other):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([7, -7]) % 4
            (3, 1)
        """
        return self._own('mod', other)

    def _neg_(self):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: -Tensor([1, -2]), -Tensor([1], base='uint8')
            ((-1, 2), (255))
        """
        return element_of(negative(self._tensor))

    def _lmul_(self, scalar):
        """
        Return the product with a scalar of the base ring.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: 3 * Tensor([1, 2]), Tensor([1, 2]) * (1/2), pi * Tensor([1.0, 2])
            ((3, 6), (0.5, 1.0), (3.141592653589793, 6.283185307179586))
            sage: 3 * Tensor([100], base='int8')
            Traceback (most recent call last):
            ...
            OverflowError: 300 does not fit in int8; use a wider dtype or a float one
        """
        scalar = tf.constant(round_number(scalar, self.dtype()), self.dtype())
        return type(self)(self.parent(), OPERATIONS['mul'](self._tensor, scalar))

    _rmul_ = _lmul_

    def __pow__(self, exponent):
        """
        Return entrywise powers.

        The exponents are a number or a tensor. Integers to nonnegative integers are integers and to negative ones lie in ``float64``;
        residues have integer exponents only.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([2, 3])^2, Tensor([2, 4])^-1, Tensor([4.0, 9])^(1/2), 2^Tensor([1, 2, 3]), Tensor([2, 3])^Tensor([3, 2])
            ((4, 9), (0.5, 0.25), (2.0, 3.0), (2, 4, 8), (8, 9))
            sage: Tensor([3], base='uint8')^-1
            (171)
            sage: Tensor([10])^19
            Traceback (most recent call last):
            ...
            OverflowError: 10000000000000000000 does not fit in int64; use a wider dtype or a float one
        """
        return _power(self, exponent)

    def __rpow__(self, base):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: 2r^Tensor([1, 2]), (1/2)^Tensor([1, 2])
            ((2, 4), (0.5, 0.25))
        """
        return _power(base, self)

    def __matmul__(self, other):
        """
        Return the contraction of the last axis with the one before the last (or the only) axis of another tensor, as NumPy has it.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) @ Tensor([3, 4]), Tensor([[1, 2], [3, 4]]) @ vector([1/2, 0])
            (11, (0.5, 1.5))
            sage: Tensor([1, 2]) @ Tensor([1, 2, 3])
            Traceback (most recent call last):
            ...
            ValueError: tensors of shapes (2,) and (3,) cannot be contracted; the last axis must have the length of the other's last but one (or only) axis
        """
        if isinstance(other, Matrix):
            return get_coercion_model().bin_op(self, other, operator.matmul)
        return contracted(self, other)

    def __rmatmul__(self, other):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: import numpy
            sage: numpy.array([1r, 2r]) @ Tensor([3, 4])
            11
        """
        return contracted(other, self)

    def __invert__(self):
        """
        Return the entrywise inverse.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: ~Tensor([2, 4]), ~Tensor([3], base='uint8')
            ((0.5, 0.25), (171))
        """
        return 1 / self

    def __abs__(self):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: abs(Tensor([-1.5, 2])), abs(Tensor([-3])), abs(Tensor([3 + 4*I]))
            ((1.5, 2.0), (3), (5.0))
        """
        if self.dtype().is_unsigned or self.dtype().is_bool:
            return self
        if self.dtype().is_integer and np.any(self.numpy() < 0):
            return element_of(tf.where(self._tensor < 0, negative(self._tensor), self._tensor))
        return element_of(tf.abs(self._tensor))

    # -- numbers -------------------------------------------------------------------------------------------------------

    def __float__(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: float(Tensor(1/4)), int(Tensor(3)), complex(Tensor(I)), RR(Tensor(1/4)), matrix(Tensor([[1, 2]]))
            (0.25, 3, 1j, 0.250000000000000, [1 2])
            sage: float(Tensor([1, 2]))
            Traceback (most recent call last):
            ...
            TypeError: a tensor of shape (2,) was given where a number is needed; take one of its entries
        """
        return float(self._number())

    def __int__(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: int(Tensor(-2.5))
            -2
        """
        return int(self._number())

    def __complex__(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: complex(Tensor(2.5))
            (2.5+0j)
        """
        return complex(self._number())

    def __index__(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: [10, 20, 30][Tensor(1)]
            20
            sage: [10, 20, 30][Tensor(1.0)]
            Traceback (most recent call last):
            ...
            TypeError: a tensor over float64 was given where an index is needed; expected rank 0 and an integer dtype
        """
        if not self.dtype().is_integer:
            raise TypeError(f"a tensor over {self.dtype().name} was given where an index is needed; expected rank 0 and an integer dtype")
        return int(self._number())

    def _number(self):
        """Return the number that a tensor of rank 0 is."""
        if self.shape():
            raise TypeError(f"a tensor of shape {self.shape()} was given where a number is needed; take one of its entries")
        return to_sage(self._tensor)


# -- elements ----------------------------------------------------------------------------------------------------------

def element_of(raw):
    """
    Return a raw tensor as an element of its space.

    EXAMPLES::

        sage: from sage_tf.tensors.operators import element_of
        sage: import tensorflow
        sage: element_of(tensorflow.constant([1r, 2r])).parent()
        Space of tensors of shape (2,) over int32
    """
    from sage_tf.tensors.space import TensorSpace
    space = TensorSpace(raw.dtype, raw.shape)
    return space.element_class(space, raw)


def as_tensor(obj, base=None):
    """
    Return an object as a tensor, over the given ring or dtype if there is one.

    EXAMPLES::

        sage: from sage_tf.tensors.operators import as_tensor
        sage: as_tensor(matrix(2))
        [0 0]
        [0 0]

    TESTS::

        sage: import tensorflow
        sage: tensorflow.function(lambda t: as_tensor(t), input_signature=[tensorflow.TensorSpec([None])])(tensorflow.constant([1.0r]))
        Traceback (most recent call last):
        ...
        TypeError: ... has no definite shape while tf.function traces; use it as a raw tensor there
    """
    if isinstance(obj, TensorOperators) and base is None:
        return obj
    raw = to_tf(obj, base)
    if not raw.shape.is_fully_defined():
        raise TypeError(f"{raw!r} has no definite shape while tf.function traces; use it as a raw tensor there")
    return element_of(raw)


# -- products, powers and quotients ------------------------------------------------------------------------------------

def contracted(left, right):
    r"""
    Return the matrix product of two objects as tensors, as NumPy's ``@`` defines it for any ranks from 1.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: from sage_tf.tensors.operators import contracted
        sage: contracted(matrix(2, [1, 2, 3, 4]), Tensor([1, 1/2]))
        (2.0, 5.0)
    """
    left, right = _beside(left, right), _beside(right, left)
    require_contractible(left.shape(), right.shape())
    name = widest(left.dtype(), right.dtype()).name
    return element_of(OPERATIONS['matmul'](recast(left.to_tf(), name), recast(right.to_tf(), name)))


def _beside(obj, other):
    """
    Return an object as a tensor; a vector or matrix takes the dtype in which its ring meets the other object, if that is a tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: from sage_tf.tensors.operators import _beside
        sage: _beside(matrix(ZZ, 1), Tensor([1], base='int8')).parent()
        Space of tensors of shape (1, 1) over int8
    """
    if isinstance(obj, (Matrix, Vector)) and isinstance(other, TensorOperators):
        return as_tensor(obj, common_dtype(other.dtype(), obj.base_ring()))
    return as_tensor(obj)


def _power(base, exponent):
    """
    Return entrywise powers, at least one of the arguments a tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: from sage_tf.tensors.operators import _power
        sage: _power(Tensor([1, 2]), 3)
        (1, 8)
    """
    base, exponent = as_tensor(base), as_tensor(exponent)
    if base.dtype().is_integer and exponent.dtype().is_integer and not exponent.dtype().is_unsigned or base.dtype().is_bool:
        if not exponent.dtype().is_integer or exponent.dtype().is_unsigned:
            raise TypeError(f"a tensor over {base.dtype().name} has powers with integer exponents only")
        return element_of(OPERATIONS['pow'](base.to_tf(), exponent.to_tf()))
    if base.dtype().is_unsigned or exponent.dtype().is_unsigned or exponent.dtype().is_bool:
        raise TypeError(f"powers of {base.dtype().name} tensors with {exponent.dtype().name} exponents are not defined; "
                        "residues have integer exponents and are none")
    name = widest(base.dtype(), exponent.dtype()).name
    return element_of(OPERATIONS['pow'](recast(base.to_tf(), name), recast(exponent.to_tf(), name)))


def _quotient(left, right):
    """
    Return a quotient, which Sage's coercion would round twice: as the product with an inverse.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: all((Tensor([1.0*k]) / 49)[0] == RDF(k/49) for k in range(100))
        True
        sage: 1 / Tensor([2.0, 0])
        (0.5, +infinity)
    """
    left, right = _inside(left), _inside(right)
    coercion = get_coercion_model()
    for other in (left, right):
        if isinstance(other, (Matrix, Expression)):
            return coercion.bin_op(left, right, operator.truediv)
    left, right = coercion.canonical_coercion(left, right)
    return left._div_(right)


# -- operators and functions -------------------------------------------------------------------------------------------

# What meets a tensor from outside of Sage is made a tensor first; Sage's coercion does the rest.
def _operators(name):
    """Return an operator and its reflection that also take arrays and raw tensors; symbolic ones are left to TensorFlow."""
    operate, inherited, meet = getattr(operator, name), getattr(ModuleElement, f'__{name}__'), get_coercion_model().bin_op

    def method(self, other):
        return NotImplemented if _is_traced(other) else inherited(self, _inside(other))

    def reflected(self, other):
        return NotImplemented if _is_traced(other) else meet(_inside(other), self, operate)
    return method, reflected


def _comparison(name):
    """Return a comparison that also takes arrays and raw tensors."""
    inherited = getattr(ModuleElement, name)

    def method(self, other):
        return NotImplemented if _is_traced(other) else inherited(self, _inside(other))
    return method


def _is_traced(obj):
    """
    Return whether an object is a tensor without a value, as there are while ``tf.function`` traces.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: import tensorflow
        sage: t = tensorflow.function(lambda t: Tensor([1/2, 2]) + t * Tensor([1, 2]))(tensorflow.constant([1.0r, 2.0r]))
        sage: t.numpy()
        array([1.5, 6. ], dtype=float32)
    """
    return isinstance(obj, tf.Tensor) and not hasattr(obj, 'numpy')


def _inside(obj):
    """
    Return an array or a raw tensor as a tensor, any other object as it is.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: import numpy
        sage: numpy.array([1r, 2r]) + Tensor([1/2, 1]), Tensor([1, 2]) * numpy.array([3r, 4r]), 2r * Tensor([1])
        ((1.5, 3.0), (3, 8), (2))
    """
    return as_tensor(obj) if isinstance(obj, (np.ndarray, tf.Tensor, tf.Variable)) else obj


def floating(raw):
    """
    Return a raw tensor as floats or complex numbers, on which functions are defined: integers and booleans as ``float64``.

    EXAMPLES::

        sage: from sage_tf.tensors.operators import floating
        sage: import tensorflow
        sage: floating(tensorflow.constant(1r)).dtype.name, floating(tensorflow.constant(1.0r)).dtype.name
        ('float64', 'float32')
    """
    return raw if raw.dtype.is_floating or raw.dtype.is_complex else tf.cast(raw, tf.float64)


def _method(name, function):
    """Return the method of tensors for a function of the symbolic table."""
    def method(self):
        return element_of(function(floating(self._tensor)))
    method.__name__ = name
    method.__doc__ = (f"Return {name} of every entry; integer tensors are taken as ``float64``.\n\n"
                      "EXAMPLES::\n\n"
                      "    sage: from sage_tf.tensors.element import Tensor\n"
                      f"    sage: Tensor([0.5]).{name}().shape()\n"
                      "    (1,)\n")
    return method


for _name in ('add', 'sub', 'mul', 'floordiv', 'mod'):
    _forward, _backward = _operators(_name)
    setattr(TensorOperators, f'__{_name}__', _forward)
    setattr(TensorOperators, f'__r{_name}__', _backward)
for _name in ('__eq__', '__ne__', '__lt__', '__le__', '__gt__', '__ge__'):
    setattr(TensorOperators, _name, _comparison(_name))
TensorOperators.__truediv__ = lambda self, other: NotImplemented if _is_traced(other) else _quotient(self, other)
TensorOperators.__rtruediv__ = lambda self, other: _quotient(other, self)

# Sage's functions call a method of their name on what is not symbolic.
for _name, _function in UNARY.items():
    if _name != 'abs':
        setattr(TensorOperators, _name, _method(_name, _function))

__all__ = ['TensorOperators', 'as_tensor', 'contracted', 'element_of', 'floating']
