r"""
Functions that are traced once, and the reach of those that are right for small arguments only

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized import VECTORIZED
    sage: from sage_tf.symbolic.vectorized.calls import within_reach
    sage: def guarded(x):
    ....:     with within_reach() as reach:
    ....:         return VECTORIZED['sin'](x), reach.exceeded()
    sage: [t.numpy() for t in guarded(tf.constant([0.0r, 1e5r], tf.float64))]
    [array([0.       , 0.0357488]), np.False_]
    sage: guarded(tf.constant([0.0r, 1e22r], tf.float64))[1].numpy()       # the value is worth nothing
    np.True_
    sage: VECTORIZED['sin'](tf.constant(1e22r, tf.float64)).numpy()        # nobody looks: TensorFlow's sine
    np.float64(-0.8522008497671...)
"""
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce

import tensorflow as tf


class Reach:
    """The arguments, with bounds, which must not be exceeded for the values of some functions to be right."""

    def __init__(self):
        self._graph = _here()
        self._arguments = []

    def note(self, x, bound):
        """Demand that a tensor is in ``[-bound, bound]``; False if it is from another graph, where nobody could look at it."""
        if _here() is not self._graph:
            return False
        self._arguments.append(tf.abs(x) > tf.constant(bound, x.dtype))
        return True

    def exceeded(self):
        r"""
        Return as a scalar boolean tensor whether an argument was out of bounds.

        EXAMPLES::

            sage: from sage_tf.symbolic.vectorized.calls import within_reach
            sage: with within_reach() as reach:
            ....:     reach.exceeded().numpy()
            np.False_
        """
        by_shape = {}                                           # arguments of one shape take one pass over the memory
        for outside in self._arguments:
            key = tuple(outside.shape.as_list()) if outside.shape.is_fully_defined() else id(outside)
            by_shape[key] = by_shape[key] | outside if key in by_shape else outside
        result = tf.constant(False)
        for outside in by_shape.values():
            result = result | tf.reduce_any(outside)
        return result


_reach = ContextVar('reach', default=None)


def _here():
    """Return the graph that is being traced, None if none is."""
    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()


@contextmanager
def within_reach():
    r"""
    Return a context in which functions assume arguments of moderate size, and the :class:`Reach` that tells whether they were.

    The caller asks :meth:`Reach.exceeded` after all values have been formed and drops them if it is true. Without this
    context a function that has a bound is TensorFlow's own.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized import VECTORIZED
        sage: from sage_tf.symbolic.vectorized.calls import within_reach
        sage: with within_reach() as reach:
        ....:     y = VECTORIZED['cos'](tf.constant([3.0r, 1e7r]))
        sage: reach.exceeded().numpy()                              # too large for float32
        np.True_
    """
    reach = Reach()
    token = _reach.set(reach)
    try:
        yield reach
    finally:
        _reach.reset(token)


def admit(exceeded, dtype):
    """
    Tell the context whether an argument was out of bounds in a part that had a context of its own, as the body of a loop has.

    INPUT:

    - ``exceeded`` -- scalar boolean tensor

    - ``dtype`` -- real dtype

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.calls import admit, within_reach
        sage: with within_reach() as reach:
        ....:     admit(tf.constant(True), tf.float64)
        sage: reach.exceeded().numpy()
        np.True_
    """
    reach = _reach.get()
    if reach is not None:
        reach.note(tf.cast(exceeded, dtype), 0.5)


def bounded(function, otherwise, bounds):
    r"""
    Return a function that is ``function`` where the arguments are known to be moderate, and else another one.

    INPUT:

    - ``function``, ``otherwise`` -- functions of one real tensor

    - ``bounds`` -- dictionary: for each dtype the largest absolute value of an argument of ``function``

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.calls import bounded, within_reach
        sage: f = bounded(tf.zeros_like, tf.ones_like, {tf.float32: 10r})
        sage: with within_reach() as reach:
        ....:     print(f(tf.constant(2.0r)).numpy())
        0.0
        sage: f(tf.constant(2.0r)).numpy()
        np.float32(1.0)
    """
    def call(x):
        reach = _reach.get()
        return function(x) if reach is not None and reach.note(x, bounds[x.dtype]) else otherwise(x)
    return call


def traced(function):
    r"""
    Return a function of real tensors that is traced once for each dtype and then is one operation of a graph.

    Twenty operations take 15 ms to trace, a call of a function 1 ms. XLA dissolves the call.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.vectorized.calls import traced
        sage: cube = traced(lambda x: x*x*x)
        sage: cube(tf.constant([1.0r, 2.0r])).numpy()
        array([1., 8.], dtype=float32)
    """
    known = {}

    def call(*tensors):
        dtype = tensors[0].dtype
        if dtype not in known:
            with tf.init_scope():
                known[dtype] = tf.function(function, autograph=False).get_concrete_function(
                    *[tf.TensorSpec(None, dtype)] * len(tensors))
        result = known[dtype](*tensors)
        if not tf.executing_eagerly():
            result.set_shape(reduce(tf.broadcast_static_shape, [t.shape for t in tensors]))
        return result
    return call
