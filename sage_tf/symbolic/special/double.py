r"""
Compositions in double precision, and their derivatives

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.double import in_double
    sage: in_double(lambda x: x + 1e-12)(tf.constant(1.0r)).dtype
    tf.float32
"""
import numpy as np
import tensorflow as tf


def in_double(function):
    r"""
    Return a function that casts its arguments to ``float64`` or ``complex128``, and the value back.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.double import in_double
        sage: in_double(lambda x: (x + 1e-12) - x)(tf.constant([1.0r])).numpy()
        array([1.0000889e-12], dtype=float32)
    """
    def outer(*tensors):
        dtype = tensors[0].dtype
        wide = tf.complex128 if dtype.is_complex else tf.float64
        if dtype == wide:
            return function(*tensors)
        return tf.cast(function(*(tf.cast(t, wide) for t in tensors)), dtype)

    return outer


def nan_like(tensor):
    """
    Return NaN as a scalar of the dtype of a tensor.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.double import nan_like
        sage: nan_like(tf.zeros(3r)).numpy()
        np.float32(nan)
    """
    return tf.constant(complex(np.nan, np.nan) if tensor.dtype.is_complex else np.nan, tensor.dtype)


def no_slope(*tensors):
    """
    Return NaN, the derivative by an argument that takes integers only.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.double import no_slope
        sage: no_slope(tf.zeros(2r), tf.ones(2r)).numpy()
        array([nan, nan], dtype=float32)
    """
    return tf.fill(tf.shape(tensors[0]), nan_like(tensors[0]))


def slope(function, k):
    r"""
    Return the derivative of a composition by its k-th argument, as a function of tensors of one shape, by TensorFlow.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.double import slope
        sage: slope(lambda x, y: x*y^2r, 1)(tf.constant(3.0r), tf.constant(5.0r)).numpy()
        np.float32(30.0)
    """
    def derivative(*tensors):
        tensors = [tf.identity(t) for t in tensors]             # two arguments may be one tensor
        with tf.GradientTape() as tape:
            tape.watch(tensors[k])
            value = function(*tensors)
        found = tape.gradient(value, tensors[k], unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return tf.math.conj(found)

    return derivative
