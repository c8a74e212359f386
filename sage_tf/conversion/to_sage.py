r"""
The gate into Sage: tensors become numbers, vectors, matrices and nested lists

EXAMPLES::

    sage: from sage_tf.conversion.to_sage import to_sage
    sage: import tensorflow
    sage: to_sage(tensorflow.constant([1.5r, 2.0r], dtype='float64'))
    (1.5, 2.0)
    sage: to_sage(tensorflow.constant([[0.5r, 2.0r]]), QQ)
    [1/2   2]

The value of every entry is kept exactly wherever the ring can hold it: QQ gives the binary fraction that the tensor holds, and
a field of intervals or balls gives the narrowest one around it.
"""
from itertools import pairwise
from math import isfinite, prod

import numpy as np
import tensorflow as tf
from sage.matrix.matrix_space import MatrixSpace
from sage.modules.free_module import FreeModule
from sage.rings.complex_double import CDF
from sage.rings.imaginary_unit import I
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.rings.real_double import RDF
from sage.structure.parent import Parent
from sage.symbolic.ring import SymbolicRing

from sage_tf.conversion.blocks import block_of_array
from sage_tf.conversion.to_tf import recast
from sage_tf.rings import TABLE, as_dtype, dtype_of, is_real_ring, ring_of


def to_sage(obj, ring=None, nested=False):
    r"""
    Return a tensor as a Sage object.

    INPUT:

    - ``obj`` -- a ``tf.Tensor``, ``tf.Variable``, Keras variable, ``tf.SparseTensor``, ``tf.RaggedTensor`` or
      ``tf.IndexedSlices``

    - ``ring`` -- (default: the ring of the dtype, see :mod:`sage_tf.rings`) a Sage ring

    - ``nested`` -- boolean (default: ``False``); whether to return nested lists, whatever the rank

    OUTPUT: by rank, an element of the ring, a vector, a matrix, or an element of
    :class:`~sage_tf.tensors.space.TensorSpace`; sparse vectors and matrices for sparse tensors; nested lists for ragged ones

    Raises TypeError for a fraction where the ring holds integers, for a complex value where it is real, for a tensor
    without a value (while ``tf.function`` traces) and for strings; ValueError for NaN and infinity where the ring is exact.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import to_sage
        sage: import tensorflow
        sage: t = tensorflow.constant([[0.1r, 2.0r], [3.0r, 4.0r]])
        sage: to_sage(t).parent()
        Full MatrixSpace of 2 by 2 dense matrices over Real Field with 24 bits of precision
        sage: to_sage(t[0r, 0r], QQ)
        13421773/134217728
        sage: to_sage(t[1r], ZZ)
        (3, 4)
        sage: to_sage(tensorflow.constant(2r^62r + 1r, dtype='int64'), RIF).endpoints()
        (4.61168601842738e18, 4.61168601842739e18)
        sage: to_sage(tensorflow.ragged.constant([[1r, 2r], [], [3r]]))
        [[1, 2], [], [3]]
        sage: to_sage(tensorflow.SparseTensor([[2r]], [5r], [4r])).parent()
        Ambient sparse free module of rank 4 over the principal ideal domain Integer Ring
        sage: to_sage(tensorflow.zeros((1r, 2r, 1r), 'int32'), nested=True)
        [[[0], [0]]]

    TESTS::

        sage: to_sage(t, ZZ)
        Traceback (most recent call last):
        ...
        TypeError: 0.10000000149011612 is no integer but Integer Ring holds integers; pass another ring or round it first
        sage: to_sage(tensorflow.constant(float('nan')), QQ)
        Traceback (most recent call last):
        ...
        ValueError: nan is not finite, so Rational Field has no element for it; pass an inexact ring
        sage: to_sage(tensorflow.constant([1jr]), RR)
        Traceback (most recent call last):
        ...
        TypeError: 1j is not real but Real Field with 53 bits of precision is; pass a complex ring or take tf.math.real
        sage: to_sage(tensorflow.constant('one'))
        Traceback (most recent call last):
        ...
        TypeError: dtype 'string' has no Sage ring; expected one of float64, float32, float16, bfloat16, complex128, ...
    """
    if not tf.is_tensor(obj):
        raise TypeError(f"cannot convert {obj!r} of type {type(obj).__name__} with to_sage; "
                        "expected a tensor that has a value, or a variable")
    default = ring_of(obj.dtype)
    if not (ring is None or isinstance(ring, Parent)):
        raise TypeError(f"{ring!r} was given as ring; expected a Sage ring such as QQ or RDF")
    if isinstance(obj, tf.RaggedTensor):
        return _ragged(obj, ring or default)
    if isinstance(obj, tf.SparseTensor) and not nested and obj.shape.rank in (1, 2):
        return _sparse(obj, ring or default)
    tensor = tf.sparse.to_dense(obj) if isinstance(obj, tf.SparseTensor) else tf.convert_to_tensor(obj)
    _require_value(tensor)
    if nested:
        return _nest(elements(tensor.numpy(), ring or default), tuple(tensor.shape))
    return _CONTAINERS.get(tensor.shape.rank, _tensor)(tensor, ring or default)


def _require_value(tensor):
    """
    Raise TypeError for a symbolic tensor.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _require_value
        sage: import tensorflow
        sage: tensorflow.function(_require_value, autograph=False)(tensorflow.constant(1r))
        Traceback (most recent call last):
        ...
        TypeError: tensor:0 is symbolic: it has no value while tf.function traces; call to_sage outside of the function
    """
    if not hasattr(tensor, 'numpy'):
        raise TypeError(f"{tensor.name} is symbolic: it has no value while tf.function traces; "
                        "call to_sage outside of the function")


# -- numbers -----------------------------------------------------------------------------------------------------------

def elements(array, ring):
    r"""
    Return the entries of a NumPy array, in C order, as a list of ring elements.

    INPUT:

    - ``array`` -- NumPy array or scalar of a dtype of the table

    - ``ring`` -- Sage ring

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import elements
        sage: import numpy
        sage: elements(numpy.array([[1.5r, 2.0r]]), QQ), elements(numpy.array([3r, 255r], dtype='uint8'), Zmod(256))
        ([3/2, 2], [3, 255])
        sage: elements(numpy.array([0.5r + 1jr]), QQbar), elements(numpy.array([2r + 0jr]), ZZ)
        ([I + 1/2], [2])
    """
    name = as_dtype(array.dtype).name
    array = np.asarray(array).reshape(-1)
    if array.dtype.kind == 'c' and _is_real(ring):
        array = block_of_real_parts(array, ring)
    if array.dtype.kind == 'c':
        return list(map(_from_complex(ring, name), array.tolist()))
    if array.dtype.kind in 'iub':
        return list(map(ring, map(Integer, array.tolist())))
    with np.errstate(invalid='ignore'):                         # a signaling NaN becomes a quiet one
        doubles = array.astype(np.float64)
    return list(map(_from_float(ring, name), doubles.tolist()))


def _is_real(ring):
    """
    Return whether complex numbers must have no imaginary part to lie in a ring.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _is_real
        sage: [_is_real(R) for R in (ZZ, RIF, GF(2), CBF, SR, QuadraticField(-1))]
        [True, True, True, False, False, False]
    """
    return not isinstance(ring, SymbolicRing) and is_real_ring(ring) is not False


def block_of_real_parts(array, ring):
    """
    Return the real parts of complex numbers whose imaginary parts vanish.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import block_of_real_parts
        sage: import numpy
        sage: block_of_real_parts(numpy.array([1r + 0jr]), QQ)
        array([1.])
    """
    bad = array.imag != 0
    if bad.any():
        raise TypeError(f"{array[bad].flat[0]} is not real but {ring} is; pass a complex ring or take tf.math.real")
    return array.real


def _from_float(ring, name):
    """
    Return the function from Python floats, exact values of the named dtype, to a ring.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _from_float
        sage: _from_float(SR, 'float32')(0.5r).pyobject().parent()
        Real Field with 24 bits of precision
        sage: _from_float(QuadraticField(2), 'float64')(0.1r)              # not Sage's 1/10
        3602879701896397/36028797018963968
    """
    if isinstance(ring, SymbolicRing):
        source = ring_of(name)
        return lambda x: ring(source(x))
    if not ring.is_exact():
        return ring
    fractions = ring.has_coerce_map_from(QQ)

    def exactly(x):
        if not isfinite(x):
            raise ValueError(f"{x} is not finite, so {ring} has no element for it; pass an inexact ring")
        if fractions:
            return ring(Rational(x.as_integer_ratio()))
        if not x.is_integer():
            raise TypeError(f"{x} is no integer but {ring} holds integers; pass another ring or round it first")
        return ring(Integer(int(x)))
    return exactly


def _from_complex(ring, name):
    """
    Return the function from Python complex numbers, exact values of the named dtype, to a ring.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _from_complex
        sage: _from_complex(QuadraticField(-1, 'i'), 'complex128')(0.5r + 2jr)
        2*i + 1/2
    """
    if not ring.is_exact() and not isinstance(ring, SymbolicRing):
        return ring
    if isinstance(ring, SymbolicRing):
        source = ring_of(name)
        return lambda z: ring(source(z))
    part, unit = _from_float(ring, name), ring(I)
    return lambda z: part(z.real) + part(z.imag) * unit


# -- containers --------------------------------------------------------------------------------------------------------

def _number(tensor, ring):
    """
    Return a tensor of rank 0 as an element of a ring.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _number
        sage: import tensorflow
        sage: _number(tensorflow.constant(2.0r), AA).parent()
        Algebraic Real Field
    """
    return elements(tensor.numpy(), ring)[0]


def _vector(tensor, ring):
    """
    Return a tensor of rank 1 as a vector.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _vector
        sage: import tensorflow
        sage: _vector(tensorflow.constant([True, False]), GF(2))
        (1, 0)
    """
    module = FreeModule(ring, int(tensor.shape[0]))
    if ring is RDF or ring is CDF:
        return module.element_class(module, _doubles(tensor, ring))           # copies the array
    return module(elements(tensor.numpy(), ring))


def _matrix(tensor, ring):
    """
    Return a tensor of rank 2 as a matrix.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _matrix
        sage: import tensorflow
        sage: _matrix(tensorflow.constant([[1r + 2jr, 0r]]), CDF)
        [1.0 + 2.0*I         0.0]
    """
    space = MatrixSpace(ring, *map(int, tensor.shape))
    if ring is RDF or ring is CDF:
        matrix = space.element_class.__new__(space.element_class, space, None, None, None)
        matrix._replace_self_with_numpy(_doubles(tensor, ring))               # copies the array
        return matrix
    return space(elements(tensor.numpy(), ring))


def _doubles(tensor, ring):
    """
    Return a tensor as an array of ``float64`` or ``complex128``, which may share the tensor's memory.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _doubles
        sage: import tensorflow
        sage: _doubles(tensorflow.constant([1r, 2r]), RDF)
        array([1., 2.])
    """
    if ring_of(tensor.dtype) is ring:
        return np.asarray(memoryview(tensor))
    array = tensor.numpy()
    if array.dtype.kind == 'c' and ring is RDF:
        array = block_of_real_parts(array, ring)
    return block_of_array(array, 'float64' if ring is RDF else 'complex128')


def _tensor(tensor, ring):
    """
    Return a tensor of any rank as an element of a tensor space.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _tensor
        sage: import tensorflow
        sage: _tensor(tensorflow.zeros((2r, 1r, 2r)), RealField(24)).parent().shape()
        (2, 1, 2)
        sage: _tensor(tensorflow.zeros((2r, 1r, 2r)), QQ)
        Traceback (most recent call last):
        ...
        ValueError: no dtype stands for Rational Field, so there is no tensor space of rank 3 over it; ...
    """
    if ring not in TABLE.values():
        raise ValueError(f"no dtype stands for {ring}, so there is no tensor space of rank {tensor.shape.rank} over it; "
                         "pass nested=True for nested lists")
    from sage_tf.tensors.space import TensorSpace
    dtype = tensor.dtype if ring_of(tensor.dtype) is ring else dtype_of(ring)
    return TensorSpace(dtype, tuple(tensor.shape))(recast(tensor, dtype.name))


_CONTAINERS = {0: _number, 1: _vector, 2: _matrix}


def _sparse(tensor, ring):
    """
    Return a sparse tensor of rank 1 or 2 as a sparse vector or matrix.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _sparse
        sage: import tensorflow
        sage: _sparse(tensorflow.SparseTensor([[0r, 1r]], [0.5r], [1r, 3r]), QQ)
        [  0 1/2   0]
        sage: _sparse(tensorflow.SparseTensor([[1r], [1r]], [0.5r, 1.0r], [3r]), QQ)
        Traceback (most recent call last):
        ...
        ValueError: a sparse tensor gives entry (1,) twice; expected every index once
    """
    _require_value(tensor.values)
    indices = [tuple(index) for index in tensor.indices.numpy().tolist()]
    shape = [int(n) for n in tensor.dense_shape.numpy()]
    terms = dict(zip(indices, elements(tensor.values.numpy(), ring), strict=True))
    if len(terms) < len(indices):
        twice = next(index for index in indices if indices.count(index) > 1)
        raise ValueError(f"a sparse tensor gives entry {twice} twice; expected every index once")
    for index in terms:
        if not all(0 <= k < n for k, n in zip(index, shape, strict=True)):
            raise ValueError(f"a sparse tensor gives entry {index} outside of its shape {tuple(shape)}")
    if len(shape) == 2:
        return MatrixSpace(ring, *shape, sparse=True)(terms)
    return FreeModule(ring, shape[0], sparse=True)({index: x for (index,), x in terms.items()})


def _ragged(tensor, ring):
    """
    Return a ragged tensor as nested lists of ring elements.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _ragged
        sage: import tensorflow
        sage: _ragged(tensorflow.ragged.constant([[[1.5r], []], [[2.0r, 3.0r]]]), QQ)
        [[[3/2], []], [[2, 3]]]
    """
    _require_value(tensor.flat_values)
    values = tensor.flat_values
    items = _nest(elements(values.numpy(), ring), tuple(values.shape))
    for splits in reversed(tensor.nested_row_splits):
        items = [items[start:stop] for start, stop in pairwise(splits.numpy().tolist())]
    return items


def _nest(items, shape):
    """
    Return a flat list as nested lists of a given shape.

    EXAMPLES::

        sage: from sage_tf.conversion.to_sage import _nest
        sage: _nest([1, 2, 3, 4], (2, 2)), _nest([], (2, 0)), _nest([5], ())
        ([[1, 2], [3, 4]], [[], []], 5)
    """
    if not shape:
        return items[0]
    for k in range(len(shape) - 1, 0, -1):
        n = shape[k]
        items = [items[i * n:(i + 1) * n] for i in range(prod(shape[:k]))]
    return items
