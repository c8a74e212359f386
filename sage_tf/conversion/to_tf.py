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
import numpy as np
import tensorflow as tf
from sage.rings.infinity import AnInfinity
from sage.structure.element import Element, Expression, Matrix, Vector

from sage_tf.conversion import entries
from sage_tf.conversion.arrays import array_of, is_tensor, raw, require_equal_shapes
from sage_tf.conversion.blocks import block_of_array, block_of_list
from sage_tf.conversion.enclosures import midpoint as midpoint_of
from sage_tf.conversion.kinds import CONTAINERS, name_of
from sage_tf.rings import SIGNED, as_dtype, dtype_of


def to_tf(obj, dtype=None, *, sparse=False, midpoint=False):
    r"""
    Return a constant object as a TensorFlow tensor.

    INPUT:

    - ``obj`` -- a Sage number, vector, matrix, polynomial (its coefficients, the constant one first; one axis for each
      variable), constant symbolic expression; a Python number; a NumPy array; a tensor; or a list or tuple of these, nested

    - ``dtype`` -- (default: by the ring of ``obj``) a Sage ring, a dtype or its name

    - ``sparse`` -- boolean (default: ``False``); whether to return a ``tf.SparseTensor`` (vectors and matrices only)

    - ``midpoint`` -- boolean (default: ``False``); whether intervals and balls are taken at their midpoint rather than refused

    OUTPUT: a ``tf.Tensor`` whose entries are the nearest values of the dtype

    Raises OverflowError for what does not fit; TypeError for a complex value in a real dtype, a fraction in an integer
    one, free variables and what is no number; ValueError for ragged or empty lists and for NaN in an integer dtype.

    The gradients of a tape reach the tensors in ``obj``. A symbolic tensor, whose values are not known while ``tf.function``
    traces, is taken only to dtypes in which they fit whatever they are; between floating-point dtypes it is cast.

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
        TypeError: cannot convert 'one' of type str to a tensor; expected a number, vector, ...
    """
    name = None if dtype is None else dtype_of(dtype).name
    if is_tensor(obj):
        return recast(raw(obj), name)
    if midpoint:
        obj = _midpoints(obj)
    if sparse:
        return _sparse(obj, name)
    if _holds_tensors(obj):
        return _stacked(obj, name or name_of(obj))
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
    source, target = as_dtype(tensor.dtype), as_dtype(name)
    if not hasattr(tensor, 'numpy'):
        _require_checkless(source, target)
        return tf.cast(tensor, target)
    if _is_inexact(source) and _is_inexact(target):
        return _rounded(tensor, target)
    return _own_tensor(entries.aligned(lambda: block_of_array(tensor.numpy(), name)))


def _is_inexact(dtype):
    """
    Return whether a dtype holds real or complex floating-point numbers.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _is_inexact
        sage: from sage_tf.rings import DTYPES
        sage: _is_inexact(DTYPES['bfloat16']), _is_inexact(DTYPES['int8'])
        (True, False)
    """
    return dtype.is_floating or dtype.is_complex


def _require_checkless(source, target):
    """
    Raise TypeError if only the values of a tensor could tell whether they fit another dtype.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _require_checkless
        sage: from sage_tf.rings import DTYPES
        sage: _require_checkless(DTYPES['float64'], DTYPES['float32'])
        sage: _require_checkless(DTYPES['float64'], DTYPES['int64'])
        Traceback (most recent call last):
        ...
        TypeError: a symbolic tensor of dtype float64 was given for int64, but its values are unknown while ...
    """
    integers = target.is_integer and source.is_integer and (
        target.name not in SIGNED or np.can_cast(source.as_numpy_dtype, target.as_numpy_dtype))
    if not (integers or target.is_complex or (target.is_floating and not source.is_complex)):
        raise TypeError(f"a symbolic tensor of dtype {source.name} was given for {target.name}, but its values are unknown while "
                        "tf.function traces; pass a tensor of that dtype or use tf.cast")


def _rounded(tensor, target):
    """
    Return a real or complex tensor in another such dtype, rounded once and checked, with the gradient of a cast.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _rounded
        sage: from sage_tf.rings import DTYPES
        sage: import tensorflow
        sage: x = tensorflow.Variable(0.1r, dtype='float64')
        sage: with tensorflow.GradientTape() as tape:
        ....:     y = 3r*_rounded(x.value(), DTYPES['float32'])
        sage: float(tape.gradient(y, x))
        3.0
    """
    def backward(upstream):
        if upstream.dtype.is_complex and not tensor.dtype.is_complex:
            upstream = tf.math.real(upstream)
        return tf.cast(upstream, tensor.dtype)

    @tf.custom_gradient
    def forward(value):
        return _own_tensor(entries.aligned(lambda: block_of_array(value.numpy(), target.name))), backward
    return forward(tensor)


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
    return tf.constant(np.asarray(array))                       # of Python's -0.0 TensorFlow makes 0.0


# -- lists of tensors --------------------------------------------------------------------------------------------------

def _holds_tensors(obj):
    """
    Return whether a nested list holds a tensor.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _holds_tensors
        sage: import tensorflow
        sage: _holds_tensors([[1, 2], [3, tensorflow.constant(4r)]]), _holds_tensors([[1, 2]])
        (True, False)
    """
    if not isinstance(obj, (list, tuple)):
        return is_tensor(obj)
    samples = entries.samples_of(obj).values()
    return any(map(is_tensor, samples)) or (
        any(isinstance(x, (list, tuple)) for x in samples) and any(map(_holds_tensors, obj)))


def _stacked(obj, name):
    """
    Return a nested list of tensors and numbers as one tensor, of which the gradients reach the tensors in the list.

    EXAMPLES::

        sage: from sage_tf.conversion.to_tf import _stacked
        sage: import tensorflow
        sage: _stacked([[1, 2], tensorflow.constant([3.0r, 4.0r])], 'float32').numpy()
        array([[1., 2.],
               [3., 4.]], dtype=float32)
    """
    if not isinstance(obj, (list, tuple)):
        return to_tf(obj, name)
    parts = [_stacked(item, name) for item in obj]
    require_equal_shapes([tuple(part.shape) for part in parts])
    return tf.stack(parts)


# -- sparse tensors and midpoints --------------------------------------------------------------------------------------

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
    if isinstance(obj, CONTAINERS):
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
