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
import tensorflow as tf
from sage.misc.inherit_comparison import InheritComparisonClasscallMetaclass
from sage.structure.element import ModuleElement
from sage.structure.richcmp import op_EQ, op_NE, richcmp

from sage_tf.conversion.protocols import PROTOCOLS
from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import to_tf
from sage_tf.tensors.indexing import normalized, replaced
from sage_tf.tensors.operators import TensorOperators, as_tensor, element_of
from sage_tf.tensors.shapes import as_shape

# Larger tensors are described rather than written out.
_LARGEST_SHOWN = 1000


class Tensor(TensorOperators, metaclass=InheritComparisonClasscallMetaclass):
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
    @staticmethod
    def __classcall_private__(cls, data, base=None):
        """
        Return the element that the data make, in the space that they deduce.

        TESTS::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor(vector(GF(2), [1, 0])).parent()
            Space of tensors of shape (2,) over bool
        """
        return as_tensor(data, base)

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
        return element_of(raw)

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
        return element_of(tf.reshape(self._tensor, as_shape(lengths)))

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
        order = [operator.index(n) for n in axes] or None
        if order and sorted(order) != list(range(self.rank())):
            raise ValueError(f"the axes {axes} were given for a tensor of rank {self.rank()}; expected each axis once")
        return element_of(tf.transpose(self._tensor, order))

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
            sage: u = Tensor([0, 1], base='int8'); u.set_immutable(); u == t, len({t, u})
            (True, 1)
            sage: hash(Tensor([1]))
            Traceback (most recent call last):
            ...
            TypeError: mutable tensors are unhashable; call set_immutable() first
        """
        if not self._immutable:
            raise TypeError("mutable tensors are unhashable; call set_immutable() first")
        return hash(tuple(self._tensor.numpy().ravel().tolist()))        # equal over every ring that can hold them

    def _richcmp_(self, other, op):
        """
        Compare all entries for equality, and in the order of the entries otherwise, as Sage's vectors do.

        EXAMPLES::

            sage: from sage_tf.tensors.element import Tensor
            sage: Tensor([1, 2]) == Tensor([1, 2]), Tensor([1, 2]) == vector([1, 3]), Tensor([1, 2]) < Tensor([1, 3])
            (True, False, True)
            sage: Tensor([NaN]) == Tensor([NaN]), Tensor([2, 2]) == 2
            (False, True)
            sage: import numpy
            sage: Tensor([1, 2]) == numpy.array([1r, 2r]), numpy.array([1r, 3r]) == Tensor([1, 2])
            (True, False)
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


for _name, _protocol in PROTOCOLS.items():
    setattr(Tensor, _name, _protocol)


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


__all__ = ['Tensor']
