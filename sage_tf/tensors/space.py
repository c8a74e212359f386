r"""
Spaces of tensors

EXAMPLES::

    sage: from sage_tf.tensors.space import TensorSpace
    sage: S = TensorSpace(RDF, (2, 3)); S
    Space of tensors of shape (2, 3) over float64
    sage: S.category()
    Category of infinite commutative algebras over Real Double Field
    sage: S([[1, 2, 3], [4, 5, 6]]) * 2
    [ 2.0  4.0  6.0]
    [ 8.0 10.0 12.0]

Where parents meet, shapes broadcast and the less precise ring wins, as everywhere in Sage::

    sage: TensorSpace('float32', 3)([1, 2, 3]) + vector(RDF, [1/3, 0, 0])
    (1.33333, 2.00000, 3.00000)
    sage: coercion_model = sage.structure.element.get_coercion_model()
    sage: coercion_model.common_parent(TensorSpace('float32', 3), MatrixSpace(CDF, 2, 3))
    Space of tensors of shape (2, 3) over complex64
    sage: coercion_model.explain(TensorSpace('float32', 3), QQ, operator.mul)
    Action discovered.
        Right action by Rational Field on Space of tensors of shape (3,) over float32
    Result lives in Space of tensors of shape (3,) over float32
    Space of tensors of shape (3,) over float32
"""
import math
from itertools import product

import numpy as np
import tensorflow as tf
from sage.categories.algebras import Algebras
from sage.matrix.matrix_space import MatrixSpace
from sage.misc.cachefunc import cached_method
from sage.misc.prandom import getrandbits
from sage.modules.free_module import FreeModule_generic
from sage.rings.infinity import Infinity, InfinityRing
from sage.rings.integer import Integer
from sage.rings.rational_field import QQ
from sage.structure.coerce_exceptions import CoercionException
from sage.structure.parent import Parent
from sage.structure.unique_representation import UniqueRepresentation

from sage_tf.conversion.blocks import block_of_list
from sage_tf.conversion.to_tf import to_tf
from sage_tf.rings import SIGNED, coerces, common_dtype, dtype_of, ring_of, widest
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.maps import BetweenTensors, IntoTensors
from sage_tf.tensors.shapes import as_shape, broadcast, broadcasts, common_shape


class TensorSpace(UniqueRepresentation, Parent):
    r"""
    The commutative algebra of tensors of one dtype and one shape, with entrywise operations.

    INPUT:

    - ``base`` -- a Sage ring, a ``tf.DType`` or its name; a ring outside the table of rings and dtypes stands for the dtype that
      holds its elements

    - ``shape`` -- a nonnegative integer or a tuple of them; the empty tuple for rank 0

    OUTPUT: a parent, the same for equal dtypes and shapes

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace
        sage: TensorSpace(RDF, 3) is TensorSpace('float64', (3,))
        True
        sage: TensorSpace(ZZ, 3) is TensorSpace('int8', 3)
        False
        sage: TensorSpace(Zmod(256), (2, 2)).base_ring()
        Ring of integers modulo 256
        sage: TensorSpace('float32', ()).an_element()
        1.00000

    TESTS::

        sage: from sage_tf.rings import TABLE
        sage: for base in TABLE:
        ....:     for shape in ((), 3, (2, 3)):
        ....:         TestSuite(TensorSpace(base, shape)).run()
        sage: TensorSpace(QQ['x'], 2)
        Traceback (most recent call last):
        ...
        TypeError: no dtype holds the elements of Univariate Polynomial Ring in x over Rational Field; expected a ring of numbers or ...
    """
    Element = Tensor

    @staticmethod
    def __classcall__(cls, base, shape):
        """
        Normalize the arguments, so that equal spaces are identical.

        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RealField(24), [2, 3]) is TensorSpace('float32', (2, 3))
            True
        """
        return super().__classcall__(cls, dtype_of(base).name, as_shape(shape))

    def __init__(self, dtype, shape):
        """
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('bool', 3).category()
            Category of finite commutative algebras over Finite Field of size 2
        """
        self._dtype = dtype_of(dtype)
        self._shape = shape
        ring = ring_of(dtype)
        category = Algebras(ring).Commutative()
        finite = ring.is_finite() or 0 in shape
        Parent.__init__(self, base=ring, category=category.Finite() if finite else category.Infinite())

    def dtype(self):
        """
        Return the dtype.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, 3).dtype().name
            'float64'
        """
        return self._dtype

    def shape(self):
        """
        Return the shape, a tuple of Python integers.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, 3).shape()
            (3,)
        """
        return self._shape

    def rank(self):
        """
        Return the number of axes.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, (2, 3)).rank()
            2
        """
        return Integer(len(self._shape))

    def change_ring(self, base):
        """
        Return the space of the same shape over another ring or dtype.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, 3).change_ring('complex64')
            Space of tensors of shape (3,) over complex64
        """
        return TensorSpace(base, self._shape)

    def characteristic(self):
        """
        Return the characteristic, which is that of the base ring.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('uint8', 3).characteristic(), TensorSpace('float32', 3).characteristic()
            (256, 0)
        """
        return self.base_ring().characteristic() if 0 not in self._shape else Integer(1)

    def is_exact(self):
        """
        Return whether elements are represented exactly.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, 3).is_exact(), TensorSpace('int8', 3).is_exact()
            (False, True)
        """
        return self.base_ring().is_exact()

    def cardinality(self):
        """
        Return the number of elements.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('bool', (2, 2)).cardinality(), TensorSpace(RDF, 3).cardinality(), TensorSpace(RDF, 0).cardinality()
            (16, +Infinity, 1)
        """
        size = math.prod(self._shape)
        if not size:
            return Integer(1)
        return self.base_ring().cardinality()**size if self.base_ring().is_finite() else Infinity

    def _repr_(self):
        """
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, ())
            Space of tensors of shape () over float64
        """
        return f"Space of tensors of shape {self._shape} over {self._dtype.name}"

    def _latex_(self):
        r"""
        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: latex(TensorSpace(RDF, (2, 3))), latex(TensorSpace('int8', ()))
            (\Bold{R}^{2 \times 3}_{\mathtt{float64}}, \Bold{Z}_{\mathtt{int8}})
        """
        from sage.misc.latex import latex
        power = '^{' + r' \times '.join(map(str, self._shape)) + '}' if self._shape else ''
        return f"{latex(self.base_ring())}{power}_{{\\mathtt{{{self._dtype.name}}}}}"

    # -- elements ------------------------------------------------------------------------------------------------------

    def _element_constructor_(self, x=0):
        """
        Return an object as an element, if nothing but precision is lost.

        INPUT:

        - ``x`` -- a number (which fills the tensor), or an object of the very shape: nested list, array, tensor, vector, matrix

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: S = TensorSpace('int8', 2)
            sage: S([1, 2]), S(3), S(vector(RDF, [4, 5]))
            ((1, 2), (3, 3), (4, 5))

        TESTS::

            sage: S([1, 2, 3])
            Traceback (most recent call last):
            ...
            ValueError: an object of shape (3,) was given for the Space of tensors of shape (2,) over int8; reshape it first
            sage: S([1, 1/2])
            Traceback (most recent call last):
            ...
            TypeError: 1/2 is no integer but the dtype int8 holds integers; pass a float dtype or round it first
            sage: TensorSpace(RDF, 2)(CDF(1, 1))
            Traceback (most recent call last):
            ...
            TypeError: 1.0 + 1.0*I is not real but the dtype float64 is; pass dtype='complex128' or take .real()
        """
        raw = to_tf(x, self._dtype)
        shape = tuple(raw.shape)
        if 0 in shape and 0 in self._shape:                     # nested lists cannot tell (0,) from (0, 2)
            raw, shape = tf.reshape(raw, self._shape), self._shape
        if shape not in ((), self._shape):
            raise ValueError(f"an object of shape {shape} was given for the {self}; reshape it first")
        return self.element_class(self, broadcast(raw, self._shape))

    def _filled(self, numbers):
        """
        Return the element whose entries, in order, are the given numbers, again and again.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, (2, 2))._filled([1, 2, 3])
            [1.0 2.0]
            [3.0 1.0]
        """
        block = np.resize(block_of_list(list(numbers), self._dtype.name), self._shape)
        return self.element_class(self, tf.constant(block))

    def _an_element_(self):
        """
        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, 4).an_element(), TensorSpace(CDF, 2).an_element(), TensorSpace('bool', 3).an_element()
            ((1.0, 2.0, 3.0, 1.0), (1.0, 2.0 + 1.0*I), (1, 0, 1))
        """
        return self._filled(self._sample())

    def _sample(self):
        """Return a few numbers of the base ring whose sums and products are exact in every dtype."""
        ring = self.base_ring()
        return [ring(1), ring(2, 1) if self._dtype.is_complex else ring(2), ring(3)]

    def some_elements(self):
        """
        Return a list of elements for testing.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(ZZ, 2).some_elements()
            [(0, 0), (1, 1), (1, 2), (-1, -2)]
        """
        element = self.an_element()
        return [self.zero(), self.one(), element, -element]

    @cached_method
    def zero(self):
        """
        Return the tensor of zeros, which is immutable.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(ZZ, 3).zero()
            (0, 0, 0)
        """
        return self._immutable(0)

    @cached_method
    def one(self):
        """
        Return the tensor of ones, the unit of entrywise multiplication, which is immutable.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace(RDF, (2, 2)).one()
            [1.0 1.0]
            [1.0 1.0]
        """
        return self._immutable(1)

    def _immutable(self, number):
        """Return the immutable element filled with a number."""
        element = self._element_constructor_(Integer(number))
        element.set_immutable()
        return element

    def random_element(self, low=None, high=None):
        """
        Return a random element, with independent and uniformly distributed entries.

        INPUT:

        - ``low``, ``high`` -- bounds of the entries, for complex dtypes of both parts: real numbers (default: -1 and 1)
          for floats, integers for signed dtypes (default: -100 and 100, both included). Residues are drawn from their whole ring.

        EXAMPLES:

        Sage's seed is the one that counts::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: S = TensorSpace(RDF, (2, 3))
            sage: set_random_seed(1); s = S.random_element()
            sage: set_random_seed(1); s == S.random_element()
            True
            sage: all(5 <= n <= 7 for n in TensorSpace('int8', 50).random_element(5, 7))
            True
        """
        generator = np.random.default_rng(getrandbits(128))
        name = self._dtype.name
        if name in SIGNED:
            values = generator.integers(-100 if low is None else low, 100 if high is None else high, self._shape, endpoint=True)
        elif not (self._dtype.is_floating or self._dtype.is_complex):
            largest = 1 if self._dtype.is_bool else self._dtype.max
            values = generator.integers(0, largest, self._shape, endpoint=True, dtype=self._dtype.as_numpy_dtype)
        else:
            low, high = -1 if low is None else float(low), 1 if high is None else float(high)
            values = generator.uniform(low, high, self._shape)
            if self._dtype.is_complex:
                values = values + 1j * generator.uniform(low, high, self._shape)
        return self._element_constructor_(np.asarray(values))

    def __iter__(self):
        """
        Iterate over the elements of a finite space.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: list(TensorSpace('bool', 2))
            [(0, 0), (0, 1), (1, 0), (1, 1)]
            sage: list(TensorSpace(RDF, 2))
            Traceback (most recent call last):
            ...
            NotImplementedError: the Space of tensors of shape (2,) over float64 is infinite; only finite spaces can be listed
        """
        size = math.prod(self._shape)
        if size and not self.base_ring().is_finite():
            raise NotImplementedError(f"the {self} is infinite; only finite spaces can be listed")
        for numbers in product(self.base_ring() if size else (), repeat=size):
            yield self._filled(numbers or [0])

    # -- meeting other parents -----------------------------------------------------------------------------------------

    def _coerce_map_from_(self, other):
        """
        Return the coercion map from a ring of numbers, a free module, a matrix space or a tensor space, None if there is none.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: S = TensorSpace('float32', (2, 3))
            sage: [S.has_coerce_map_from(P) for P in (ZZ, RDF, SR, RDF^3, MatrixSpace(QQ, 2, 3, sparse=True), TensorSpace('float64', 3))]
            [True, True, True, True, True, True]
            sage: [S.has_coerce_map_from(P) for P in (CDF, RealField(11), RDF^2, MatrixSpace(QQ, 3, 2), TensorSpace('float16', 3), GF(2))]
            [False, False, False, False, False, False]
        """
        found = described(other)
        if found is None:
            return None
        dtype, ring, shape = found
        fits = widest(self._dtype, dtype) is self._dtype if dtype is not None else coerces(self._dtype, ring)
        if not fits or not broadcasts(shape, self._shape):
            return None
        return (IntoTensors if dtype is None else BetweenTensors)(other, self)

    def _coerce_map_from_base_ring(self):
        """
        Leave the base ring to :meth:`_coerce_map_from_`: the category's map would multiply before there is a one.

        TESTS::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('int8', 2).coerce_map_from(ZZ)(1)
            (1, 1)
        """
        return None

    def _pushout_(self, other):
        """
        Return the space in which tensors meet the elements of another parent.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: TensorSpace('int8', (2, 1))._pushout_(QQ^3)
            Space of tensors of shape (2, 3) over float64
            sage: TensorSpace('float32', 2)._pushout_(QQ^3)
            Traceback (most recent call last):
            ...
            CoercionException: no common shape for Space of tensors of shape (2,) over float32 and Vector space of dimension 3 over Rational Field
        """
        found = described(other)
        if found is None:
            return None
        dtype, ring, shape = found
        shape = common_shape(self._shape, shape)
        if shape is None:
            # Without an exception Sage would go on to vectors and matrices with tensors for entries.
            raise CoercionException(f"no common shape for {self} and {other}")
        common = widest(self._dtype, dtype) if dtype is not None else common_dtype(self._dtype, ring)
        return TensorSpace(common, shape)

    def _get_action_(self, other, op, self_on_left):
        """
        Return the action between this space and a matrix space or the symbolic ring.

        EXAMPLES::

            sage: from sage_tf.tensors.space import TensorSpace
            sage: S = TensorSpace(RDF, 2)
            sage: S.get_action(MatrixSpace(ZZ, 3, 2), operator.mul, False)
            Left action by Full MatrixSpace of 3 by 2 dense matrices over Integer Ring on Space of tensors of shape (2,) over float64
            sage: S.get_action(SR, operator.mul)
            Right action by Symbolic Ring on Space of tensors of shape (2,) over float64
        """
        from sage_tf.tensors.actions import action
        return action(self, other, op, self_on_left)


def described(parent):
    r"""
    Return dtype, ring and shape of the elements of a parent.

    INPUT:

    - ``parent`` -- any parent

    OUTPUT: a triple, the dtype None for parents that are no tensor spaces; None if the elements are no numbers, vectors, matrices or tensors

    EXAMPLES::

        sage: from sage_tf.tensors.space import TensorSpace, described
        sage: described(QQ), described(QQ^3), described(MatrixSpace(ZZ, 2, 3)), described(SymmetricGroup(3))
        ((None, Rational Field, ()),
         (None, Rational Field, (3,)),
         (None, Integer Ring, (2, 3)),
         None)
    """
    if isinstance(parent, TensorSpace):
        return parent.dtype(), parent.base_ring(), parent.shape()
    if isinstance(parent, FreeModule_generic):
        return None, parent.base_ring(), (int(parent.degree()),)
    if isinstance(parent, MatrixSpace):
        return None, parent.base_ring(), (int(parent.nrows()), int(parent.ncols()))
    if parent is InfinityRing:                                  # infinities are numbers of every float dtype
        return None, QQ, ()
    if not isinstance(parent, Parent):
        return None
    try:
        dtype_of(parent)
    except (TypeError, NotImplementedError):
        return None
    return None, parent, ()
