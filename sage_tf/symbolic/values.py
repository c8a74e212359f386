r"""
What goes into a function on tensors, and what comes out

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.values import as_argument
    sage: as_argument([1, 1/2], tf.float32).numpy(), as_argument(tf.constant(2r), tf.complex64).numpy()
    (array([1. , 0.5], dtype=float32), np.complex64(2+0j))
"""
import keras
import tensorflow as tf

from sage_tf.conversion.to_tf import recast, to_tf
from sage_tf.rings import TABLE, dtype_of

DTYPES = ('float64', 'float32', 'complex128', 'complex64')


def checked_dtype(dtype):
    """
    Return a dtype given as such, by name or by its ring, if functions can compute in it.

    EXAMPLES::

        sage: from sage_tf.symbolic.values import checked_dtype
        sage: checked_dtype(RDF).name
        'float64'
        sage: checked_dtype('float16')
        Traceback (most recent call last):
        ...
        TypeError: dtype float16 was given for an expression; expected one of float64, float32, complex128, complex64
    """
    found = dtype_of(dtype)
    if found.name not in DTYPES:
        raise TypeError(f"dtype {found.name} was given for an expression; expected one of {', '.join(DTYPES)}")
    return found


def initialized(symbol, value, dtype):
    """
    Return the trainable variable of a parameter.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.values import initialized
        sage: initialized(x, 1/2, tf.float32).numpy()
        np.float32(0.5)
        sage: initialized(x, [1, 2], tf.float32)
        Traceback (most recent call last):
        ...
        ValueError: the parameter x was given an initial value of shape (2,); expected a number
    """
    value = to_tf(value, dtype)
    if value.shape.rank:
        raise ValueError(f"the parameter {symbol} was given an initial value of shape {value.shape}; expected a number")
    return tf.Variable(value, name=str(symbol))


def as_argument(value, dtype):
    """
    Return an argument of a call as a tensor of a dtype; those of Keras' functional interface are left to its layers.

    TESTS::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.values import as_argument
        sage: as_argument(tf.constant(1r + 1j), tf.float64)
        Traceback (most recent call last):
        ...
        TypeError: a tensor of dtype complex128 was given but the dtype of the function is real, float64; ...
        sage: as_argument(tf.constant('one'), tf.float64)
        Traceback (most recent call last):
        ...
        TypeError: a tensor of dtype string was given; expected numbers; convert it with tf.strings.to_number or tf.cast
    """
    if isinstance(value, tf.Tensor) and value.dtype == dtype or isinstance(value, keras.KerasTensor):
        return value
    if is_sage_tensor(value):
        value = value.to_tf()
    elif not hasattr(value, '__tf_tensor__'):
        return to_tf(value, dtype)
    tensor = tf.convert_to_tensor(value)
    if tensor.dtype == dtype:
        return tensor
    if tensor.dtype.name not in TABLE:
        raise TypeError(f"a tensor of dtype {tensor.dtype.name} was given; expected numbers; convert it with tf.strings.to_number or tf.cast")
    if tensor.dtype.is_complex and not dtype.is_complex:
        raise TypeError(f"a tensor of dtype {tensor.dtype.name} was given but the dtype of the function is real, "
                        f"{dtype.name}; pass dtype='complex128' or take tf.math.real")
    return recast(tensor, dtype.name)


def broadcast_to(tensor, shape):
    """
    Return a tensor broadcast to a shape; what has it already is not touched.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.values import broadcast_to
        sage: t = tf.constant([1.0r, 2.0r])
        sage: broadcast_to(t, tf.TensorShape([2r])) is t, broadcast_to(t, [3r, 2r]).shape.as_list()
        (True, [3, 2])
    """
    if isinstance(shape, tf.TensorShape) and tensor.shape == shape:
        return tensor
    return tf.broadcast_to(tensor, shape)


def assembled(entries, batch, shape, dtype):
    """
    Return the entries of a number, vector or matrix as one tensor.

    INPUT:

    - ``entries`` -- list of tensors that broadcast to ``batch``

    - ``batch`` -- common shape of the arguments

    - ``shape`` -- that of the vector or matrix; it comes after ``batch`` in the result

    - ``dtype`` -- that of the result if there are no entries

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.values import assembled
        sage: entries = [tf.constant([1.0r, 2.0r, 3.0r]), tf.constant(0.0r)]
        sage: assembled(entries, tf.TensorShape([3r]), (2r, 1r), tf.float32).shape.as_list()
        [3, 2, 1]
    """
    entries = [broadcast_to(entry, batch) for entry in entries]
    if not shape:
        return entries[0]
    if not entries:
        return tf.zeros(tf.concat([batch, shape], 0), dtype)
    stacked = tf.stack(entries, axis=-1)
    if len(shape) == 1:
        return stacked
    result = tf.reshape(stacked, tf.concat([tf.shape(stacked)[:-1], shape], 0))
    result.set_shape(stacked.shape[:-1].concatenate(shape))
    return result


def is_sage_tensor(value):
    """
    Return whether an argument is an element of a space of tensors.

    EXAMPLES::

        sage: from sage_tf.symbolic.values import is_sage_tensor, sage_tensor
        sage: import tensorflow as tf
        sage: is_sage_tensor(tf.zeros(2r)), is_sage_tensor(sage_tensor(tf.zeros(2r)))
        (False, True)
    """
    from sage_tf.tensors.element import Tensor  # tensors stand above functions
    return isinstance(value, Tensor)


def sage_tensor(raw):
    """
    Return a tensor as an element of its space.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.values import sage_tensor
        sage: sage_tensor(tf.zeros(2r)).parent()
        Space of tensors of shape (2,) over float32
    """
    from sage_tf.tensors.element import Tensor
    return Tensor(raw)
