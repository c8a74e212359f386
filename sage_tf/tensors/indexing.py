r"""
Indexing of tensors with Sage's integers

EXAMPLES::

    sage: from sage_tf.tensors.indexing import normalized
    sage: normalized((1, slice(0, 2), ...), (3, 4, 5, 6))
    (1, slice(0, 2, None), slice(None, None, None), slice(None, None, None))
"""
import operator

import numpy as np
import tensorflow as tf


def normalized(key, shape):
    r"""
    Return an index as a tuple of Python integers, slices and new axes, after checking it against a shape.

    INPUT:

    - ``key`` -- integer, slice, ``...``, ``None``, or a tuple of them

    - ``shape`` -- tuple of integers

    OUTPUT: a tuple with one entry for every axis and every ``None``; IndexError or TypeError if the key does not fit

    EXAMPLES::

        sage: from sage_tf.tensors.indexing import normalized
        sage: normalized(-1, (3,)), normalized((None, slice(1, None)), (3,))
        ((2,), (None, slice(1, None, None)))
    """
    keys = key if isinstance(key, tuple) else (key,)
    used = sum(1 for k in keys if k is not None and k is not Ellipsis)
    if used > len(shape):
        raise IndexError(f"{used} indices were given for a tensor of rank {len(shape)}")
    if sum(1 for k in keys if k is Ellipsis) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    place = next((n for n, k in enumerate(keys) if k is Ellipsis), len(keys))
    keys = (*keys[:place], *[slice(None)] * (len(shape) - used), *keys[place + 1:])
    axis, result = 0, []
    for k in keys:
        result.append(_one(k, axis, shape))
        axis += k is not None
    return tuple(result)


def _one(key, axis, shape):
    """
    Return one entry of an index in Python's types.

    EXAMPLES::

        sage: from sage_tf.tensors.indexing import _one
        sage: _one(-1, 0, (3,)), _one(slice(1, 2), 0, (3,))
        (2, slice(1, 2, None))
    """
    if key is None:
        return None
    if isinstance(key, slice):
        parts = [None if part is None else operator.index(part) for part in (key.start, key.stop, key.step)]
        if parts[2] == 0:
            raise ValueError("a slice cannot have the step 0")
        return slice(*parts)
    try:
        index = None if isinstance(key, (bool, np.bool_)) else operator.index(key)
    except TypeError:
        index = None
    if index is None:
        raise TypeError(f"a tensor was indexed by {key} of type {type(key).__name__}; expected integers, slices, ... and None")
    if not -shape[axis] <= index < shape[axis]:
        raise IndexError(f"the index {index} is out of range for axis {axis} of length {shape[axis]}")
    return index % shape[axis]


def replaced(raw, key, value):
    r"""
    Return a raw tensor with a part replaced.

    INPUT:

    - ``raw`` -- a ``tf.Tensor``

    - ``key`` -- an index, as :func:`normalized` returns it

    - ``value`` -- a ``tf.Tensor`` of the same dtype whose shape broadcasts to the part's

    OUTPUT: a new ``tf.Tensor``, differentiable in both; ValueError if the shapes do not fit

    EXAMPLES::

        sage: from sage_tf.tensors.indexing import replaced
        sage: import tensorflow
        sage: replaced(tensorflow.constant([1r, 2r, 3r]), (slice(0r, 2r),), tensorflow.constant(7r)).numpy()
        array([7, 7, 3], dtype=int32)
    """
    places = np.arange(raw.shape.num_elements()).reshape(raw.shape)[key]
    if np.broadcast_shapes(tuple(value.shape), places.shape) != places.shape:
        raise ValueError(f"a value of shape {tuple(value.shape)} was given for a part of shape {places.shape}")
    flat = tf.tensor_scatter_nd_update(tf.reshape(raw, [-1]), places.reshape(-1, 1),
                                       tf.reshape(tf.broadcast_to(value, places.shape), [-1]))
    return tf.reshape(flat, raw.shape)
