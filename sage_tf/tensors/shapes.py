r"""
Shapes of tensors

EXAMPLES::

    sage: from sage_tf.tensors.shapes import as_shape, common_shape
    sage: as_shape(3), as_shape([2, 3]), as_shape(())
    ((3,), (2, 3), ())
    sage: common_shape((2, 1), (3,))
    (2, 3)
"""
import operator

import numpy as np
import tensorflow as tf


def as_shape(shape):
    r"""
    Return a shape as a tuple of Python integers.

    INPUT:

    - ``shape`` -- a nonnegative integer or an iterable of them (a ``tf.TensorShape`` included)

    EXAMPLES::

        sage: from sage_tf.tensors.shapes import as_shape
        sage: as_shape((2, 3)), as_shape(5)
        ((2, 3), (5,))

    TESTS::

        sage: as_shape((2, -1))
        Traceback (most recent call last):
        ...
        ValueError: the shape (2, -1) has a negative length; expected nonnegative integers
        sage: as_shape('ab')
        Traceback (most recent call last):
        ...
        TypeError: 'ab' is no shape; expected a nonnegative integer or a tuple of them
    """
    try:
        lengths = (operator.index(shape),)
    except TypeError:
        try:
            lengths = tuple(operator.index(n) for n in shape)
        except TypeError:
            raise TypeError(f"{shape!r} is no shape; expected a nonnegative integer or a tuple of them") from None
    if any(n < 0 for n in lengths):
        raise ValueError(f"the shape {lengths} has a negative length; expected nonnegative integers")
    return lengths


def common_shape(first, second):
    r"""
    Return the shape to which two shapes broadcast, None if they do not.

    EXAMPLES::

        sage: from sage_tf.tensors.shapes import common_shape
        sage: common_shape((4, 1), (3,)), common_shape((2,), (3,))
        ((4, 3), None)
    """
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        return None


def broadcasts(source, target):
    r"""
    Return whether tensors of one shape broadcast to another.

    EXAMPLES::

        sage: from sage_tf.tensors.shapes import broadcasts
        sage: broadcasts((3,), (2, 3)), broadcasts((2, 3), (3,)), broadcasts((), (0,))
        (True, False, True)
    """
    return common_shape(source, target) == target


def require_contractible(left, right):
    r"""
    Raise ValueError unless tensors of two shapes can be contracted by ``@``.

    EXAMPLES::

        sage: from sage_tf.tensors.shapes import require_contractible
        sage: require_contractible((2, 3), (3,))
        sage: require_contractible((2,), (3,))
        Traceback (most recent call last):
        ...
        ValueError: tensors of shapes (2,) and (3,) cannot be contracted; the last axis must have the length of the other's last but one (or only) axis
    """
    if not left or not right or left[-1] != right[max(len(right) - 2, 0)] or common_shape(left[:-2], right[:-2]) is None:
        raise ValueError(f"tensors of shapes {left} and {right} cannot be contracted; the last axis must have the length of "
                         "the other's last but one (or only) axis")


def broadcast(raw, shape):
    r"""
    Return a raw tensor in a shape that its own broadcasts to.

    EXAMPLES::

        sage: from sage_tf.tensors.shapes import broadcast
        sage: import tensorflow
        sage: broadcast(tensorflow.constant([1r, 2r]), (2r, 2r)).numpy()
        array([[1, 2],
               [1, 2]], dtype=int32)
    """
    return raw if tuple(raw.shape) == shape else tf.broadcast_to(raw, shape)
