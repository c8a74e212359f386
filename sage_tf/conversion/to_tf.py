r"""
The gate into TensorFlow: constant Sage objects become tensors

EXAMPLES::

    sage: from sage_tf.conversion.to_tf import to_tf
    sage: to_tf(matrix(QQ, [[1/2, 2], [3, 4]])).numpy()
    array([[0.5, 2. ],
           [3. , 4. ]])
    sage: to_tf([1, 2, 3]).dtype.name, to_tf([[1, pi], [I, 2]]).dtype.name
    ('int64', 'complex128')

Symbolic expressions with variables become functions; see :mod:`sage_tf.symbolic`.
"""
from functools import singledispatch
from itertools import chain

import numpy as np
from sage.rings.infinity import AnInfinity
from sage.rings.polynomial.multi_polynomial import MPolynomial
from sage.rings.polynomial.polynomial_element import Polynomial
from sage.structure.element import Element, Expression, Matrix, Vector
import tensorflow as tf

from sage_tf.conversion import entries
from sage_tf.conversion.blocks import block_of_array, block_of_list
from sage_tf.conversion.kinds import common_name, kinds_of, name_of
from sage_tf.conversion.enclosures import midpoint as midpoint_of, require_constant
from sage_tf.conversion.rounding import round_number
from sage_tf.rings import as_dtype, dtype_of


def to_tf(obj, dtype=None, *, sparse=False, midpoint=False):
    r"""
    Return a constant object as a TensorFlow tensor.

    INPUT:

    - ``obj`` -- a Sage number, vector, matrix, polynomial (its coefficients, the constant one first; one axis for each variable), constant
      symbolic expression; a Python number; a NumPy array; a tensor; or a list or tuple of these, nested

    - ``dtype`` -- (default: by the ring of ``obj``) a Sage ring, a dtype or its name

    - ``sparse`` -- boolean (default: ``False``); whether to return a ``tf.SparseTensor`` (vectors and matrices only)

    - ``midpoint`` -- boolean (default: ``False``); whether intervals and balls are taken at their midpoint rather than refused

    OUTPUT: a ``tf.Tensor`` whose entries are the nearest values of the dtype

    Raises OverflowError for what does not fit, TypeError for a complex value in a real dtype, for a fraction in an integer one and for free
    variables, ValueError for ragged or empty lists and for NaN in an integer dtype.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import to_tf
        sage: to_tf(vector(RDF, [1, 2])).numpy()
        array([1., 2.])
        sage: float(to_tf(pi, dtype='float64'))
        3.141592653589793
        sage: R.<x, y> = ZZ[]
        sage: to_tf(x^2*y + 3).numpy()
        array([[3, 0],
               [0, 0],
               [0, 1]])
        sage: to_tf(matrix(ZZ, 3, 3, {(0, 1): 5}, sparse=True), sparse=True).indices.numpy()
        array([[0, 1]])
        sage: float(to_tf(RIF(1, 2), midpoint=True))
        1.5

    TESTS::

        sage: to_tf([])
        Traceback (most recent call last):
        ...
        ValueError: an empty list has no ring to deduce a dtype from; pass dtype= or base=
        sage: to_tf([[1, 2], [3]])
        Traceback (most recent call last):
        ...
        ValueError: ragged nested list: entry 1 has shape (1,) where entry 0 has shape (2,); expected entries of equal shape
        sage: to_tf([1, [2]])
        Traceback (most recent call last):
        ...
        ValueError: ragged nested list: entry 1 has shape (1,) where entry 0 has shape (); expected entries of equal shape
        sage: to_tf(var('z') + 1)
        Traceback (most recent call last):
        ...
        TypeError: z + 1 has the free variable z where a number is needed; substitute a value or call .to_tf(z) for a function
        sage: to_tf('one')
        Traceback (most recent call last):
        ...
        TypeError: cannot convert 'one' of type str to a tensor; expected a number, vector, matrix, polynomial, constant expression, array or a list of these
    """
    name = None if dtype is None else dtype_of(dtype).name
    if isinstance(obj, (tf.Tensor, tf.Variable)):
        return recast(tf.convert_to_tensor(obj), name)
    if midpoint:
        obj = _midpoints(obj)
    if sparse:
        return _sparse(obj, name)
    return _own_tensor(entries.aligned(lambda: array_of(obj, name)))


def recast(tensor, name):
    r"""
    Return a raw tensor in another dtype, refusing what does not fit as :func:`to_tf` does.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import recast
        sage: import tensorflow
        sage: recast(tensorflow.constant([1r, 2r]), 'float32').dtype.name
        'float32'
        sage: recast(tensorflow.constant([300r]), 'int8')
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    if name is None or tensor.dtype.name == name:
        return tensor
    target = as_dtype(name)
    source = as_dtype(tensor.dtype)
    if not hasattr(tensor, 'numpy') or _keeps_all(source, target):
        if source.is_complex and not target.is_complex:
            raise TypeError(f"a complex tensor was given but the dtype {name} is real; pass dtype='complex128' or take tf.math.real")
        return tf.cast(tensor, target)                          # differentiable, and the only way while tracing
    return _own_tensor(entries.aligned(lambda: block_of_array(tensor.numpy(), name)))


def _keeps_all(source, target):
    """
    Return whether every value of one dtype is a value of another.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _keeps_all
        sage: from sage_tf.rings import DTYPES
        sage: _keeps_all(DTYPES['float32'], DTYPES['complex128']), _keeps_all(DTYPES['int64'], DTYPES['float64'])
        (True, False)
    """
    if source.name in ('uint8', 'uint16', 'uint32', 'uint64', 'bool'):
        return False
    return np.can_cast(source.as_numpy_dtype, target.as_numpy_dtype, 'safe') and not (
        source.is_integer and source.size == 8)


def _own_tensor(array):
    """
    Return a tensor of an array that nobody else holds; an aligned one is taken over without a copy.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _own_tensor
        sage: import numpy
        sage: _own_tensor(numpy.ones(2r)).numpy()
        array([1., 1.])
    """
    if (isinstance(array, np.ndarray) and array.size > 64 and array.flags.owndata and array.flags.c_contiguous
            and array.flags.writeable and array.ctypes.data % 64 == 0 and array.dtype.kind in 'fciu'):
        return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
    return tf.constant(array)


# -- arrays of objects -------------------------------------------------------------------------------------------------

@singledispatch
def array_of(obj, name=None):
    r"""
    Return a NumPy array (or scalar) of the dtype called ``name`` with the values of an object, fresh memory in every case.

    INPUT:

    - ``obj`` -- as for :func:`to_tf`

    - ``name`` -- (default: by the ring of ``obj``) name of a dtype of the table

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import array_of
        sage: array_of(vector(ZZ, [1, 2])), array_of([1/4], 'float16')
        (array([1, 2]), array([0.25], dtype=float16))
    """
    if isinstance(obj, Element) or isinstance(obj, (int, float, complex, np.number, np.bool_)):
        return _scalar(obj, name)
    if hasattr(obj, '__array__'):
        return array_of(np.asarray(obj), name)
    numerator = getattr(obj, 'numerator', None)
    if numerator is not None:                                   # fractions.Fraction, gmpy2
        return _scalar(obj, name)
    raise TypeError(f"cannot convert {obj!r} of type {type(obj).__name__} to a tensor; expected a number, vector, "
                    "matrix, polynomial, constant expression, array or a list of these")


def _scalar(obj, name):
    """
    Return a number as a NumPy scalar.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _scalar
        sage: complex(_scalar(QQbar(2).sqrt(), None))
        (1.4142135623730951+0j)
    """
    if isinstance(obj, Expression):
        require_constant(obj)
    return round_number(obj, name or name_of(obj))


@array_of.register(tf.Tensor)
@array_of.register(tf.Variable)
def _(obj, name=None):
    if not hasattr(obj, 'numpy'):
        raise TypeError(f"{obj!r} is symbolic: it has no value while tf.function traces; convert it outside of the function")
    return array_of(obj.numpy(), name)


@array_of.register(np.ndarray)
def _(obj, name=None):
    if obj.dtype.kind in 'OSUVmM':
        raise TypeError(f"an array of dtype {obj.dtype} was given; expected numbers: pass array.tolist() for Sage objects "
                        "or convert the array with astype")
    source = as_dtype(obj.dtype).name
    return np.array(block_of_array(obj, name or source), order='C')


@array_of.register(list)
@array_of.register(tuple)
@array_of.register(range)
def _(obj, name=None):
    kinds = entries.classes_of(obj)
    if not obj and name is None:
        raise ValueError("an empty list has no ring to deduce a dtype from; pass dtype= or base=")
    name = name or common_name(kinds_of(obj))
    if not any(is_container(kind) for kind in kinds):
        return block_of_list(obj, name)
    parts = [array_of(item, name) for item in obj]
    for k, part in enumerate(parts):
        if np.shape(part) != np.shape(parts[0]):
            raise ValueError(f"ragged nested list: entry {k} has shape {np.shape(part)} where entry 0 has shape "
                             f"{np.shape(parts[0])}; expected entries of equal shape")
    return np.stack(parts)


def is_container(kind):
    """
    Return whether objects of a parent or type have entries.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import is_container
        sage: is_container(ZZ^3), is_container(ZZ), is_container(list)
        (True, False, True)
    """
    if isinstance(kind, type):
        return not issubclass(kind, (int, float, complex, np.number, np.bool_)) and (
            issubclass(kind, (list, tuple, range, np.ndarray, tf.Tensor, tf.Variable)))
    return hasattr(kind, 'element_class') and issubclass(_element_type(kind), (Vector, Matrix, Polynomial, MPolynomial)) or (
        hasattr(kind, 'dtype'))


def _element_type(parent):
    """
    Return the class of a parent's elements.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _element_type
        sage: issubclass(_element_type(ZZ^2), sage.structure.element.Vector)
        True
    """
    kind = getattr(parent, 'Element', None) or parent.element_class
    return kind if isinstance(kind, type) else type(parent.an_element())


@array_of.register(Vector)
def _(obj, name=None):
    name = name or name_of(obj)
    if not obj.is_dense():
        return _scattered(obj.dict(copy=False), (obj.degree(),), name)
    if _is_numpy_backed(obj):
        return block_of_array(obj.numpy(), name)
    return block_of_list(obj.list(copy=False), name)


@array_of.register(Matrix)
def _(obj, name=None):
    name = name or name_of(obj)
    shape = obj.nrows(), obj.ncols()
    if not obj.is_dense():
        return _scattered(obj.dict(copy=False), shape, name)
    if _is_numpy_backed(obj):
        return block_of_array(obj.numpy(), name)
    if _is_small_integer(obj):
        from sage.rings.real_double import RDF
        return block_of_array(obj.change_ring(RDF).numpy().astype(np.int64), name)
    return block_of_list(_Rows(obj), name).reshape(shape)


@array_of.register(Polynomial)
def _(obj, name=None):
    return block_of_list(obj.list() or [obj.base_ring().zero()], name or name_of(obj))


@array_of.register(MPolynomial)
def _(obj, name=None):
    terms = {tuple(exponents): c for exponents, c in obj.monomial_coefficients().items()}
    shape = tuple(1 + max((exponents[k] for exponents in terms), default=0) for k in range(obj.parent().ngens()))
    return _scattered(terms, shape, name or name_of(obj))


class _Rows:
    """
    The entries of a matrix, row by row, without a list of all of them.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _Rows
        sage: entries = _Rows(matrix(2, [1, 2, 3, 4]))
        sage: len(entries), list(entries), entries[2]
        (4, [1, 2, 3, 4], 3)
    """

    def __init__(self, matrix):
        self._matrix = matrix

    def __len__(self):
        return self._matrix.nrows() * self._matrix.ncols()

    def __iter__(self):
        # Sage hands out whole rows several times faster than single entries.
        return chain.from_iterable(self._matrix.row(i) for i in range(self._matrix.nrows()))

    def __getitem__(self, k):
        return self._matrix[divmod(int(k), self._matrix.ncols())]


def _is_numpy_backed(obj):
    """
    Return whether a dense vector or matrix keeps its entries in a NumPy array.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _is_numpy_backed
        sage: _is_numpy_backed(vector(CDF, [1])), _is_numpy_backed(matrix(RR, 1))
        (True, False)
    """
    from sage.rings.complex_double import CDF
    from sage.rings.real_double import RDF
    return obj.base_ring() is RDF or obj.base_ring() is CDF


def _is_small_integer(obj):
    """
    Return whether a dense matrix holds integers that are exact as doubles.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _is_small_integer
        sage: _is_small_integer(matrix(ZZ, 1, [2^53])), _is_small_integer(matrix(ZZ, 1, [2^53 + 1]))
        (True, False)
    """
    from sage.rings.integer_ring import ZZ
    return obj.base_ring() is ZZ and obj.nrows() > 0 and obj.ncols() > 0 and obj.height() <= 2**53


def _scattered(entries_by_index, shape, name):
    """
    Return a dense array with the entries of a dictionary, zero elsewhere.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _scattered
        sage: _scattered({(0, 1): 1/2}, (1, 2), 'float64')
        array([[0. , 0.5]])
    """
    values = block_of_list(list(entries_by_index.values()), name)
    array = np.zeros(shape, dtype=values.dtype)
    if entries_by_index:
        keys = np.array(list(entries_by_index), dtype=np.int64).reshape(len(entries_by_index), -1)
        array[tuple(keys.T)] = values
    return array


def _sparse(obj, name):
    """
    Return a vector or matrix as a ``tf.SparseTensor``.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _sparse
        sage: _sparse(vector(QQ, {3: 1/2}), None).dense_shape.numpy()
        array([4])
    """
    if not isinstance(obj, (Vector, Matrix)):
        raise TypeError(f"sparse=True was asked for an object of type {type(obj).__name__}; expected a vector or a matrix")
    shape = (obj.degree(),) if isinstance(obj, Vector) else (obj.nrows(), obj.ncols())
    terms = sorted((k if isinstance(k, tuple) else (k,), c) for k, c in obj.dict().items())
    values = block_of_list([c for _, c in terms], name or name_of(obj))
    indices = np.array([k for k, _ in terms], dtype=np.int64).reshape(len(terms), len(shape))
    return tf.SparseTensor(indices, values, [int(n) for n in shape])


def _midpoints(obj):
    """
    Return an object with its intervals replaced by their midpoints.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _midpoints
        sage: _midpoints([RIF(1, 2), 3]), _midpoints(vector(RIF, [1, (2, 3)]))
        ([1.50000000000000, 3], (1.00000000000000, 2.50000000000000))
    """
    if isinstance(obj, (list, tuple)):
        return [_midpoints(x) for x in obj]
    if isinstance(obj, (Vector, Matrix)):
        return obj.apply_map(midpoint_of)
    return midpoint_of(obj)


def is_constant_number(obj):
    r"""
    Return whether an object is a single number, as opposed to something with entries or variables.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import is_constant_number
        sage: is_constant_number(1/2), is_constant_number(pi), is_constant_number(x), is_constant_number(vector([1]))
        (True, True, False, False)
    """
    if isinstance(obj, Expression):
        return not obj.variables() and not obj.is_relational()
    if isinstance(obj, (Vector, Matrix, Polynomial, MPolynomial)):
        return False
    if isinstance(obj, AnInfinity):
        return True
    if not isinstance(obj, Element) or hasattr(obj, 'shape'):
        return False
    try:
        dtype_of(obj.parent())
    except TypeError:
        return False
    return True
