r"""
Numbers with a shape: containers of numbers into NumPy arrays of one dtype

EXAMPLES::

    sage: from sage_tf.conversion.arrays import array_of
    sage: array_of([[1, 2/3], [3, 4]], 'float32')
    array([[1.       , 0.6666667],
           [3.       , 4.       ]], dtype=float32)
    sage: array_of(matrix(GF(2), 1, 2, [1, 0]))
    array([[ True, False]])
"""
from functools import singledispatch
from itertools import chain

import numpy as np
import tensorflow as tf
from sage.rings.complex_double import CDF
from sage.rings.integer_ring import ZZ
from sage.rings.polynomial.multi_polynomial import MPolynomial
from sage.rings.polynomial.polynomial_element import Polynomial
from sage.rings.real_double import RDF
from sage.structure.element import Element, Expression, Matrix, Vector

from sage_tf.conversion import entries
from sage_tf.conversion.blocks import CHUNK, block_of_array, block_of_list
from sage_tf.conversion.enclosures import require_constant
from sage_tf.conversion.kinds import CONTAINERS, common_name, kinds_of_list, name_of
from sage_tf.conversion.rounding import round_number
from sage_tf.rings import as_dtype


@singledispatch
def array_of(obj, name=None):
    r"""
    Return a NumPy array (or scalar) of the dtype called ``name`` with the values of an object, fresh memory in every case.

    INPUT:

    - ``obj`` -- as for :func:`~sage_tf.conversion.to_tf.to_tf`

    - ``name`` -- (default: by the ring of ``obj``) name of a dtype of the table

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import array_of
        sage: array_of(vector(ZZ, [1, 2])), array_of([1/4], 'float16')
        (array([1, 2]), array([0.25], dtype=float16))
    """
    if is_tensor(obj):
        return array_of(raw(obj), name)
    # Integers and fractions that are no elements of Sage (Python's, gmpy2's) say what they are by their numerator.
    if isinstance(obj, (Element, float, complex)) or hasattr(obj, 'numerator') or isinstance(obj, np.generic):
        return _scalar(obj, name)
    if hasattr(obj, '__array__'):
        return array_of(np.asarray(obj), name)
    raise TypeError(f"cannot convert {obj!r} of type {type(obj).__name__} to a tensor; expected a number, vector, "
                    "matrix, polynomial, constant expression, array or a list of these")


def is_tensor(obj):
    r"""
    Return whether an object is a dense tensor or variable, TensorFlow's, Keras's or Sage's.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import is_tensor
        sage: import tensorflow
        sage: is_tensor(tensorflow.constant(1r)), is_tensor(tensorflow.Variable(1r)), is_tensor(vector([1]))
        (True, True, False)
    """
    return isinstance(obj, (tf.Tensor, tf.Variable)) or hasattr(obj, '_tensor') or hasattr(obj, '__tf_tensor__')


def raw(obj):
    r"""
    Return the ``tf.Tensor`` of a dense tensor or variable.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import raw
        sage: import tensorflow
        sage: raw(tensorflow.Variable([1r, 2r])).numpy()
        array([1, 2], dtype=int32)
    """
    return obj._tensor if hasattr(obj, '_tensor') else tf.convert_to_tensor(obj)


def _scalar(obj, name):
    """
    Return a number as a NumPy scalar.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import _scalar
        sage: complex(_scalar(QQbar(2).sqrt(), None))
        (1.4142135623730951+0j)
    """
    if isinstance(obj, Expression):
        require_constant(obj)
    return round_number(obj, name or name_of(obj))


@array_of.register(tf.Tensor)
def _(obj, name=None):
    if not hasattr(obj, 'numpy'):
        raise TypeError(f"{obj!r} is symbolic: it has no value while tf.function traces; convert it outside of the function")
    return array_of(obj.numpy(), name)


@array_of.register(np.ndarray)
def _(obj, name=None):
    if obj.dtype.kind in 'OSUMm':
        raise TypeError(f"an array of dtype {obj.dtype} was given; expected numbers: pass array.tolist() for Sage objects "
                        "or convert the array with astype")
    return np.array(block_of_array(obj, name or as_dtype(obj.dtype).name), order='C')


@array_of.register(list)
@array_of.register(tuple)
@array_of.register(range)
def _(obj, name=None):
    samples = entries.samples_of(obj)
    name = name or common_name(kinds_of_list(obj, samples))
    if not any(map(_has_entries, samples.values())):
        return block_of_list(obj, name)
    parts = [array_of(item, name) for item in obj]
    require_equal_shapes(map(np.shape, parts))
    return np.stack(parts)


def require_equal_shapes(shapes):
    r"""
    Raise ValueError if the shapes of the entries of a list differ.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import require_equal_shapes
        sage: require_equal_shapes([(2,), (2,), (3,)])
        Traceback (most recent call last):
        ...
        ValueError: ragged nested list: entry 2 has shape (3,) where entry 0 has shape (2,); expected entries of equal shape
    """
    first = None
    for k, shape in enumerate(shapes):
        first = shape if first is None else first
        if shape != first:
            raise ValueError(f"ragged nested list: entry {k} has shape {shape} where entry 0 has shape {first}; "
                             "expected entries of equal shape")


def _has_entries(item):
    """
    Return whether an item of a list has a shape of its own, and with it all others of its parent or type.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import _has_entries
        sage: _has_entries(vector([1])), _has_entries([]), _has_entries(pi)
        (True, True, False)
    """
    return isinstance(item, (*CONTAINERS, list, tuple, range, np.ndarray)) or is_tensor(item)


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
        return block_of_array(_small_integers(obj), name)
    return block_of_list(_Rows(obj), name, shape)


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

        sage: from sage_tf.conversion.arrays import _Rows
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

        sage: from sage_tf.conversion.arrays import _is_numpy_backed
        sage: _is_numpy_backed(vector(CDF, [1])), _is_numpy_backed(matrix(RR, 1))
        (True, False)
    """
    return obj.base_ring() is RDF or obj.base_ring() is CDF


def _is_small_integer(obj):
    """
    Return whether a dense matrix holds integers that are exact as doubles.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import _is_small_integer
        sage: _is_small_integer(matrix(ZZ, 1, [2^53])), _is_small_integer(matrix(ZZ, 1, [2^53 + 1]))
        (True, False)
    """
    return obj.base_ring() is ZZ and obj.nrows() > 0 and obj.ncols() > 0 and obj.height() <= 2**53


def _small_integers(obj):
    """
    Return a matrix of integers that are exact as doubles as an array, through Sage's fast conversion to RDF.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import _small_integers
        sage: _small_integers(matrix(ZZ, [[1, 2], [3, 4]]))
        array([[1, 2],
               [3, 4]])
    """
    array = np.empty((obj.nrows(), obj.ncols()), dtype=np.int64)
    step = max(1, CHUNK // obj.ncols())
    for i in range(0, obj.nrows(), step):                       # the doubles stay few
        array[i:i + step] = obj.matrix_from_rows(range(i, min(i + step, obj.nrows()))).change_ring(RDF).numpy()
    return array


def _scattered(entries_by_index, shape, name):
    """
    Return a dense array with the entries of a dictionary, zero elsewhere.

    EXAMPLES::

        sage: from sage_tf.conversion.arrays import _scattered
        sage: _scattered({(0, 1): 1/2}, (1, 2), 'float64')
        array([[0. , 0.5]])
    """
    values = block_of_list(list(entries_by_index.values()), name)
    array = np.zeros(shape, dtype=values.dtype)
    if entries_by_index:
        keys = np.array(list(entries_by_index), dtype=np.int64).reshape(len(entries_by_index), -1)
        array[tuple(keys.T)] = values
    return array
