r"""
Tensors as Sage elements

EXAMPLES::

    sage: from sage_tf.tensors.element import Tensor
    sage: t = Tensor([[1, 2], [3, 4]], base=RDF); t
    [1.0 2.0]
    [3.0 4.0]
    sage: t.parent()
    Space of tensors of shape (2, 2) over float64
    sage: t * t
    [ 1.0  4.0]
    [ 9.0 16.0]
    sage: t @ t
    [ 7.0 10.0]
    [15.0 22.0]
    sage: t[0, 1], t[1], t[:, 0]
    (2.0, (3.0, 4.0), (1.0, 3.0))
    sage: Tensor([1, 2]) + 1/2
    (1.5, 2.5)

``*`` is entrywise, ``@`` contracts, and a Sage matrix acts as a matrix::

    sage: matrix([[0, 1], [1, 0]]) * t
    [3.0 4.0]
    [1.0 2.0]

Functions of Sage and gradients of TensorFlow go through::

    sage: import tensorflow as tf
    sage: raw = tf.constant([1.0r, 2.0r], 'float64')
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(raw)
    ....:     y = sin(Tensor(raw))
    sage: tape.gradient(y.to_tf(), raw).numpy()
    array([ 0.54030231, -0.41614684])
"""
import operator

import numpy as np
from sage.misc.inherit_comparison import InheritComparisonClasscallMetaclass
from sage.rings.integer import Integer
from sage.structure.element import Expression, Matrix, ModuleElement, Vector, get_coercion_model
from sage.structure.richcmp import op_EQ, op_NE, richcmp
import tensorflow as tf

from sage_tf.conversion.protocols import PROTOCOLS
from sage_tf.conversion.rounding import round_number
from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import recast, to_tf
from sage_tf.rings import common_dtype, widest
from sage_tf.symbolic.functions import UNARY
from sage_tf.tensors.arithmetic import OPERATIONS, negative
from sage_tf.tensors.indexing import normalized, replaced
from sage_tf.tensors.shapes import as_shape, require_contractible

# Larger tensors are described rather than written out.
_LARGEST_SHOWN = 1000


class Tensor(ModuleElement, metaclass=InheritComparisonClasscallMetaclass):
    r"""
    A tensor of numbers, an element of a :class:`~sage_tf.tensors.space.TensorSpace`.

    Called, this class deduces the space as ``vector()`` and ``matrix()`` do.

    INPUT:

    - ``data`` -- a number, vector, matrix, polynomial, constant expression, array, raw tensor or variable, or a nested list of these

    - ``base`` -- (default: by the data) a Sage ring, a dtype or its name

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: Tensor([1, 2/3]).parent()
        Space of tensors of shape (2,) over float64
        sage: Tensor([[[1, 2]]], base='float32').parent()
        Space of tensors of shape (1, 1, 2) over float32
        sage: Tensor(5), Tensor([True, False]), Tensor([1, I])
        (5, (1, 0), (1.0, 1.0*I))

    TESTS::

        sage: Tensor([[1, 2], [3]])
        Traceback (most recent call last):
        ...
        ValueError: ragged nested list: entry 1 has shape (1,) where entry 0 has shape (2,); expected entries of equal shape
        sage: Tensor([])
        Traceback (most recent call last):
        ...
        ValueError: an empty list has no ring to deduce a dtype from; pass dtype= or base=
        sage: Tensor([], base=RDF).parent()
        Space of tensors of shape (0,) over float64
        sage: Tensor([x])
        Traceback (most recent call last):
        ...
        TypeError: x has the free variable x where a number is needed; substitute a value or call .to_tf(x) for a function
    """
    # NumPy's operators leave the operation to ours.
    __array_ufunc__ = None

    @staticmethod
    def __classcall_private__(cls, data, base=None):
        """
        Return the element that the data make, in the space that they deduce.

        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor(vector(GF(2), [1, 0])).parent()
            Space of tensors of shape (2,) over bool
        """
        raw = data.to_tf(base) if isinstance(data, Tensor) else to_tf(data, base)
        if raw.shape.rank is None or None in raw.shape:
            raise TypeError(f"{raw!r} has no definite shape while tf.function traces; use it as a raw tensor there")
        from sage_tf.tensors.space import TensorSpace
        space = TensorSpace(raw.dtype, raw.shape)
        return space.element_class(space, raw)

    def __init__(self, parent, raw):
        """
        INPUT:

        - ``parent`` -- a tensor space

        - ``raw`` -- a ``tf.Tensor`` of its dtype and shape

        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: TestSuite(Tensor([1, 2])).run()
        """
        self._tensor = raw
        self._immutable = False
        ModuleElement.__init__(self, parent)

    def __reduce__(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor([1.5, NaN, oo], base='bfloat16')
            sage: loads(dumps(t))
            (1.5, NaN, +infinity)
            sage: filename = tmp_filename(ext='.sobj')
            sage: save(Tensor([[1, 2]]), filename); load(filename)
            [1 2]
        """
        return _unpickled, (self.parent(), self._tensor.numpy(), self._immutable)

    # -- what it is ----------------------------------------------------------------------------------------------------

    def shape(self):
        """
        Return the shape, a tuple of Python integers.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[1, 2, 3]]).shape()
            (1, 3)
        """
        return self.parent().shape()

    def dtype(self):
        """
        Return the dtype.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1/2]).dtype().name
            'float64'
        """
        return self.parent().dtype()

    def rank(self):
        """
        Return the number of axes.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[1, 2, 3]]).rank()
            2
        """
        return self.parent().rank()

    def _repr_(self):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[[1, 2], [3, 4]]])
            [[[1, 2], [3, 4]]]
            sage: Tensor(range(2000))
            Tensor of shape (2000,) over int64
            sage: Tensor(matrix(RDF, 2, 0)), Tensor(RDF(0.1)), Tensor([0.1], base='float32')
            ([], 0.1, (0.100000))
        """
        if self._tensor.shape.num_elements() > _LARGEST_SHOWN or not hasattr(self._tensor, 'numpy'):
            return f"Tensor of shape {self.shape()} over {self.dtype().name}"
        return repr(self.to_sage(nested=True) if self.rank() > 2 else self.to_sage())

    def _latex_(self):
        r"""
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: latex(Tensor([1, 2])), latex(Tensor([[[1], [2]]]))
            (\left(1,\,2\right), \left[\left[\left[1\right], \left[2\right]\right]\right])
        """
        from sage.misc.latex import latex
        if self._tensor.shape.num_elements() > _LARGEST_SHOWN:
            return rf"\text{{{self._repr_()}}} \in {latex(self.parent())}"
        return str(latex(self.to_sage(nested=True) if self.rank() > 2 else self.to_sage()))

    # -- crossing over -------------------------------------------------------------------------------------------------

    def to_tf(self, dtype=None):
        """
        Return the raw ``tf.Tensor``, which is shared and not copied.

        INPUT:

        - ``dtype`` -- (default: its own) a Sage ring, a dtype or its name

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]).to_tf().dtype.name, Tensor([1, 2]).to_tf('float32').dtype.name
            ('int64', 'float32')
        """
        return self._tensor if dtype is None else to_tf(self._tensor, dtype)

    def to_sage(self, ring=None, nested=False):
        """
        Return the number, vector or matrix of Sage with the same entries; tensors of rank 3 and more stay tensors.

        INPUT:

        - ``ring`` -- (default: the base ring) a Sage ring

        - ``nested`` -- boolean (default: ``False``); whether to return nested lists instead

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[1, 2], [3, 4]]).to_sage().parent()
            Full MatrixSpace of 2 by 2 dense matrices over Integer Ring
            sage: Tensor([0.5, 0.1]).to_sage(QQ)
            (1/2, 3602879701896397/36028797018963968)
            sage: Tensor([[[1, 2]]]).to_sage(nested=True)
            [[[1, 2]]]
        """
        return to_sage(self._tensor, ring, nested=nested)

    def numpy(self):
        """
        Return the entries as a NumPy array (for rank 0 a NumPy number).

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]).numpy()
            array([1, 2])
        """
        return self._tensor.numpy()

    def __array__(self, dtype=None, copy=None):
        """
        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: import numpy
            sage: numpy.asarray(Tensor([1, 2]), dtype=complex)
            array([1.+0.j, 2.+0.j])
        """
        return np.array(self._tensor.numpy(), dtype=dtype)

    def list(self):
        """
        Return the entries as nested lists.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[1, 2], [3, 4]]).list()
            [[1, 2], [3, 4]]
        """
        return self.to_sage(nested=True)

    def change_ring(self, base):
        """
        Return the tensor over another ring or dtype.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]).change_ring('complex64')
            (1.00000, 2.00000)
            sage: Tensor([300]).change_ring('int8')
            Traceback (most recent call last):
            ...
            OverflowError: 300 does not fit in int8; use a wider dtype or a float one
        """
        return self.parent().change_ring(base)(self)

    # -- entries -------------------------------------------------------------------------------------------------------

    def __len__(self):
        """
        Return the length of the first axis.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: len(Tensor([[1, 2, 3]]))
            1
            sage: len(Tensor(1))
            Traceback (most recent call last):
            ...
            TypeError: a tensor of rank 0 has no length; it is a number
        """
        if not self.shape():
            raise TypeError("a tensor of rank 0 has no length; it is a number")
        return self.shape()[0]

    def __iter__(self):
        """
        Iterate over the first axis: numbers for rank 1, tensors of rank one less otherwise.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: list(Tensor([1, 2])), [len(row) for row in Tensor([[1, 2, 3], [4, 5, 6]])]
            ([1, 2], [3, 3])
        """
        if self.rank() == 1:
            return iter(self.list())
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key):
        """
        Return an entry (a number of the base ring) or a part (a tensor).

        INPUT:

        - ``key`` -- integers, slices, ``...``, ``None`` (a new axis), as in NumPy

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor(matrix(3, range(9)))
            sage: t[1, 2], t[-1], t[..., 0]
            (5, (6, 7, 8), (0, 3, 6))
            sage: t[::2, 1:]
            [1 2]
            [7 8]
            sage: parent(t[1, 2])
            Integer Ring

        TESTS::

            sage: t[3]
            Traceback (most recent call last):
            ...
            IndexError: the index 3 is out of range for axis 0 of length 3
            sage: t[0, 0, 0]
            Traceback (most recent call last):
            ...
            IndexError: 3 indices were given for a tensor of rank 2
            sage: t[1/2]
            Traceback (most recent call last):
            ...
            TypeError: a tensor was indexed by 1/2 of type Rational; expected integers, slices, ... and None
        """
        raw = self._tensor[normalized(key, self.shape())]
        if raw.shape.rank == 0:
            return to_sage(raw)
        return _element(raw)

    def __setitem__(self, key, value):
        """
        Replace an entry or a part of a mutable tensor.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor(matrix(2, range(4)))
            sage: t[0, 0] = 7; t[:, 1] = [8, 9]; t
            [7 8]
            [2 9]
            sage: t[0] = 1/2
            Traceback (most recent call last):
            ...
            TypeError: 1/2 is no integer but the dtype int64 holds integers; pass a float dtype or round it first
            sage: t.set_immutable(); t[0, 0] = 1
            Traceback (most recent call last):
            ...
            ValueError: the tensor is immutable; change a copy instead (use copy(t))
        """
        if self._immutable:
            raise ValueError("the tensor is immutable; change a copy instead (use copy(t))")
        self._tensor = replaced(self._tensor, normalized(key, self.shape()), to_tf(value, self.dtype()))

    def reshape(self, *shape):
        """
        Return the entries, row by row, in another shape; one length may be -1, to be found.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor(range(6)).reshape(2, 3)
            [0 1 2]
            [3 4 5]
            sage: Tensor(range(6)).reshape((3, -1)).shape()
            (3, 2)
            sage: Tensor(range(6)).reshape(4)
            Traceback (most recent call last):
            ...
            ValueError: a tensor of shape (6,) has 6 entries; it cannot take the shape (4,)
        """
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        size = self._tensor.shape.num_elements()
        lengths = [operator.index(n) for n in shape]
        if lengths.count(-1) == 1:
            rest = -np.prod(lengths, dtype=np.int64)
            lengths[lengths.index(-1)] = int(size // rest) if rest and size % rest == 0 else -1
        if min(lengths, default=0) < 0 or np.prod(lengths, dtype=np.int64) != size:
            raise ValueError(f"a tensor of shape {self.shape()} has {size} entries; it cannot take the shape "
                             f"{tuple(shape)}")
        return _element(tf.reshape(self._tensor, as_shape(lengths)))

    def transpose(self, *axes):
        """
        Return the tensor with its axes in another order, by default the reverse.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([[1, 2, 3]]).transpose()
            [1]
            [2]
            [3]
            sage: Tensor([[[1, 2, 3]]]).transpose(2, 0, 1).shape()
            (3, 1, 1)
        """
        return _element(tf.transpose(self._tensor, [operator.index(n) for n in axes] or None))

    # -- mutability, comparison, hash ----------------------------------------------------------------------------------

    def set_immutable(self):
        """
        Make the tensor immutable, and so hashable; it stays so.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor([1, 2]); t.set_immutable(); hash(t) == hash(loads(dumps(t)))
            True
        """
        self._immutable = True

    def is_immutable(self):
        """
        Return whether the tensor is immutable.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor([1, 2]); t.is_immutable(), t.is_mutable(), t.parent().zero().is_immutable()
            (False, True, True)
        """
        return self._immutable

    def is_mutable(self):
        """
        Return whether the tensor is mutable.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]).is_mutable()
            True
        """
        return not self._immutable

    def __copy__(self):
        """
        Return a mutable copy.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor([1, 2]); s = copy(t); s[0] = 5; t, s
            ((1, 2), (5, 2))
        """
        return type(self)(self.parent(), self._tensor)      # raw tensors do not change

    def __deepcopy__(self, memo):
        """
        Return a mutable copy.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: deepcopy(Tensor([1, 2]))
            (1, 2)
        """
        return self.__copy__()

    def __hash__(self):
        """
        Return the hash of an immutable tensor; mutable ones have none, as with Sage's vectors.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: t = Tensor([0.0, 1]); s = Tensor([-0.0, 1]); t.set_immutable(); s.set_immutable()
            sage: t == s, hash(t) == hash(s)
            (True, True)
            sage: hash(Tensor([1]))
            Traceback (most recent call last):
            ...
            TypeError: mutable tensors are unhashable; call set_immutable() first
        """
        if not self._immutable:
            raise TypeError("mutable tensors are unhashable; call set_immutable() first")
        return hash((self.parent(), tuple(self._tensor.numpy().ravel().tolist())))

    def _richcmp_(self, other, op):
        """
        Compare all entries for equality, and in the order of the entries otherwise, as Sage's vectors do.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) == Tensor([1, 2]), Tensor([1, 2]) == vector([1, 3]), Tensor([1, 2]) < Tensor([1, 3])
            (True, False, True)
            sage: Tensor([NaN]) == Tensor([NaN]), Tensor([2, 2]) == 2
            (False, True)
        """
        if op in (op_EQ, op_NE):
            equal = np.array_equal(self._tensor.numpy(), other._tensor.numpy())
            return equal if op == op_EQ else not equal
        if self.dtype().is_complex:
            raise TypeError("complex tensors have no order; compare their real parts or norms")
        return richcmp(self._tensor.numpy().ravel().tolist(), other._tensor.numpy().ravel().tolist(), op)

    def __bool__(self):
        """
        Return whether an entry is not zero.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: bool(Tensor([0, 1])), bool(Tensor([0, 0]))
            (True, False)
        """
        return bool(np.any(self._tensor.numpy() != 0))

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    def _own(self, name, other):
        """Return the tensor that an operation makes of two tensors of one space."""
        return _element(OPERATIONS[name](self._tensor, other._tensor))

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
        return _element(negative(self._tensor))

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
            return _element(tf.where(self._tensor < 0, negative(self._tensor), self._tensor))
        return _element(tf.abs(self._tensor))

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

    def _number(self):
        """Return the number that a tensor of rank 0 is."""
        if self.shape():
            raise TypeError(f"a tensor of shape {self.shape()} was given where a number is needed; take one of its entries")
        return to_sage(self._tensor)


# -- functions and conversions -----------------------------------------------------------------------------------------

def _method(name, function):
    """Return the method of tensors for a function of the symbolic table."""
    def method(self):
        dtype = self.dtype()
        raw = self._tensor if dtype.is_floating or dtype.is_complex else recast(self._tensor, 'float64')
        return _element(function(raw))
    method.__name__ = name
    method.__doc__ = (f"Return {name} of every entry; integer tensors are taken as ``float64``.\n\n"
                      "EXAMPLES::\n\n"
                      "    sage: from sage_tf.tensors.element import Tensor\n"
                      f"    sage: Tensor([0.5]).{name}().shape()\n"
                      "    (1,)\n")
    return method


# Sage's functions call a method of their name on what is not symbolic.
for _name, _function in UNARY.items():
    if _name != 'abs':
        setattr(Tensor, _name, _method(_name, _function))
for _name, _protocol in PROTOCOLS.items():
    setattr(Tensor, _name, _protocol)


def _element(raw):
    """
    Return a raw tensor as an element of its space.

    EXAMPLES::

        sage: from sage_tf.tensors.element import _element
        sage: import tensorflow
        sage: _element(tensorflow.constant([1r, 2r])).parent()
        Space of tensors of shape (2,) over int32
    """
    from sage_tf.tensors.space import TensorSpace
    space = TensorSpace(raw.dtype, raw.shape)
    return space.element_class(space, raw)


def _unpickled(parent, array, immutable):
    """
    Return a tensor from what its pickle holds.

    TESTS::

        sage: from sage_tf.tensors.element import Tensor
        sage: t = Tensor([1]); t.set_immutable(); loads(dumps(t)).is_immutable()
        True
    """
    element = parent.element_class(parent, tf.constant(array))
    element._immutable = immutable
    return element


def as_tensor(obj):
    """
    Return an object as a tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import as_tensor
        sage: as_tensor(matrix(2))
        [0 0]
        [0 0]
    """
    return obj if isinstance(obj, Tensor) else Tensor(obj)


def contracted(left, right):
    r"""
    Return the matrix product of two objects as tensors, as NumPy's ``@`` defines it for any ranks from 1.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor, contracted
        sage: contracted(matrix(2, [1, 2, 3, 4]), Tensor([1, 1/2]))
        (2.0, 5.0)
    """
    left, right = _beside(left, right), _beside(right, left)
    require_contractible(left.shape(), right.shape())
    name = widest(left.dtype(), right.dtype()).name
    return _element(OPERATIONS['matmul'](recast(left.to_tf(), name), recast(right.to_tf(), name)))


def _beside(obj, other):
    """
    Return an object as a tensor; a vector or matrix takes the dtype in which its ring meets the other object, if that is a tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor, _beside
        sage: _beside(matrix(ZZ, 1), Tensor([1], base='int8')).parent()
        Space of tensors of shape (1, 1) over int8
    """
    if isinstance(obj, (Matrix, Vector)) and isinstance(other, Tensor):
        return Tensor(obj, common_dtype(other.dtype(), obj.base_ring()))
    return as_tensor(obj)


def _power(base, exponent):
    """
    Return entrywise powers, at least one of the arguments a tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor, _power
        sage: _power(Tensor([1, 2]), 3)
        (1, 8)
    """
    base, exponent = as_tensor(base), as_tensor(exponent)
    if base.dtype().is_integer and exponent.dtype().is_integer and not exponent.dtype().is_unsigned or base.dtype().is_bool:
        if not exponent.dtype().is_integer or exponent.dtype().is_unsigned:
            raise TypeError(f"a tensor over {base.dtype().name} has powers with integer exponents only")
        return _element(OPERATIONS['pow'](base.to_tf(), exponent.to_tf()))
    if base.dtype().is_unsigned or exponent.dtype().is_unsigned or exponent.dtype().is_bool:
        raise TypeError(f"powers of {base.dtype().name} tensors with {exponent.dtype().name} exponents are not defined; "
                        "residues have integer exponents and are none")
    name = widest(base.dtype(), exponent.dtype()).name
    return _element(OPERATIONS['pow'](recast(base.to_tf(), name), recast(exponent.to_tf(), name)))


# What meets a tensor from outside of Sage is made a tensor first; Sage's coercion does the rest.
def _operators(name):
    """Return an operator and its reflection that also take arrays and raw tensors."""
    operate, inherited, meet = getattr(operator, name), getattr(ModuleElement, f'__{name}__'), get_coercion_model().bin_op

    def method(self, other):
        return inherited(self, _inside(other))

    def reflected(self, other):
        return meet(_inside(other), self, operate)
    return method, reflected


def _inside(obj):
    """
    Return an array or a raw tensor as a tensor, any other object as it is.

    EXAMPLES::

        sage: from sage_tf.tensors.element import Tensor
        sage: import numpy
        sage: numpy.array([1r, 2r]) + Tensor([1/2, 1]), Tensor([1, 2]) * numpy.array([3r, 4r]), 2r * Tensor([1])
        ((1.5, 3.0), (3, 8), (2))
    """
    return Tensor(obj) if isinstance(obj, (np.ndarray, tf.Tensor, tf.Variable)) else obj


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


for _name in ('add', 'sub', 'mul', 'floordiv', 'mod'):
    _forward, _backward = _operators(_name)
    setattr(Tensor, f'__{_name}__', _forward)
    setattr(Tensor, f'__r{_name}__', _backward)
Tensor.__truediv__ = lambda self, other: _quotient(self, other)
Tensor.__rtruediv__ = lambda self, other: _quotient(other, self)

__all__ = ['Tensor']
