r"""
Tensor functions with derivatives of our own

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.gradients import differentiable
    sage: square = differentiable(lambda x: x*x, lambda x: 2r*x)
    sage: t = tf.constant([1.0r, 3.0r])
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = square(t)
    sage: tape.gradient(s, t).numpy()
    array([2., 6.], dtype=float32)
"""
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from itertools import count

import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.ops.control_flow_v2_func_graphs import CondBranchFuncGraph


def broadcast(*tensors):
    r"""
    Return the given tensors, broadcast to their common shape.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import broadcast
        sage: [t.shape.as_list() for t in broadcast(tf.zeros((2r, 1r)), tf.zeros(3r), tf.zeros(()))]
        [[2, 3], [2, 3], [2, 3]]
    """
    first = tensors[0].shape
    if first.is_fully_defined() and all(t.shape == first for t in tensors[1:]):
        return tensors
    shape = common_shape(tensors)
    return [tf.broadcast_to(t, shape) for t in tensors]


def static_shape(tensors):
    """
    Return what is known of the shape to which tensors broadcast.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import static_shape
        sage: static_shape([tf.TensorSpec([None, 1r]), tf.TensorSpec([None, 1r])])
        TensorShape([None, 1])
    """
    shape = tf.TensorShape([])
    for t in tensors:
        shape = tf.broadcast_static_shape(shape, t.shape)
    return shape


def common_shape(tensors):
    r"""
    Return the shape to which tensors broadcast: a ``TensorShape`` if it is known, else an integer tensor.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import common_shape
        sage: common_shape([tf.zeros((2r, 1r)), tf.zeros(3r)])
        TensorShape([2, 3])
    """
    shape = static_shape(tensors)
    if shape.is_fully_defined():
        return shape
    shape = tf.constant([], tf.int32)
    for t in tensors:
        shape = tf.broadcast_dynamic_shape(shape, tf.shape(t))
    return shape


@tf.RegisterGradient('SageTFFactor')
def _gradient_of_factor(op, upstream):
    return scale(upstream, tf.math.conj(op.inputs[1])), None


@tf.RegisterGradient('SageTFSummand')
def _gradient_of_summand(op, upstream):
    return upstream, None


def scale(tensor, constant):
    """
    Return the product of a tensor and a scalar constant.

    TensorFlow would also make the derivative by the constant, ten operations that take most of the time of tracing a gradient.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import scale
        sage: scale(tf.constant([1.0r, 2.0r]), tf.constant(3.0r)).numpy()
        array([3., 6.], dtype=float32)
    """
    with _override('Mul', 'SageTFFactor'):
        return tf.multiply(tensor, constant)


def shift(tensor, constant):
    """
    Return the sum of a tensor and a scalar constant; see :func:`scale`.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import shift
        sage: shift(tf.constant([1.0r, 2.0r]), tf.constant(3.0r)).numpy()
        array([4., 5.], dtype=float32)
    """
    with _override('AddV2', 'SageTFSummand'):
        return tf.add(tensor, constant)


_is_plain = ContextVar('_is_plain', default=False)
_numbers = count()                                              # of the gradients registered


@contextmanager
def plain_gradients():
    r"""
    Return a context in which operations are traced with TensorFlow's own gradients, which a SavedModel can hold.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import plain_gradients, scale
        sage: with plain_gradients():
        ....:     f = tf.function(lambda t: scale(t, 2r)).get_concrete_function(tf.TensorSpec([], tf.float32))
        sage: [op.name for op in f.graph.get_operations() if '_gradient_op_type' in op.node_def.attr]
        []
    """
    token = _is_plain.set(True)
    try:
        yield
    finally:
        _is_plain.reset(token)


def _override(operation, gradient):
    """Return a context in which an operation of a graph has another gradient; without a graph there is none to trace."""
    if tf.executing_eagerly() or _is_plain.get():
        return nullcontext()
    return tf.compat.v1.get_default_graph().gradient_override_map({operation: gradient})


def differentiable(value, *partials):
    r"""
    Return a function on tensors with the given partial derivatives.

    INPUT:

    - ``value`` -- function of as many tensors (of one floating dtype) as there are ``partials``

    - ``partials`` -- its partial derivatives, as functions of the same tensors; made of differentiable functions (the
      function itself included), they give the higher derivatives too

    OUTPUT: a function that broadcasts its arguments; for complex dtypes ``value`` is taken to be holomorphic

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import differentiable
        sage: product = differentiable(lambda x, y: x*y, lambda x, y: y, lambda x, y: x)
        sage: x, y = tf.constant([1.0r, 3.0r]), tf.constant(2.0r)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch((x, y))
        ....:     p = product(x, y)
        sage: [g.numpy() for g in tape.gradient(p, (x, y))]
        [array([2., 2.], dtype=float32), np.float32(4.0)]
    """
    def slopes(upstream, tensors):
        return [upstream * tf.math.conj(partial(*tensors)) for partial in partials]

    function = with_gradient(value, slopes)
    return function if len(partials) == 1 else lambda *tensors: function(*broadcast(*tensors))


def with_gradient(value, slopes):
    """
    Return a function of tensors whose gradients are ``slopes`` of the upstream gradient and the tensors.

    In a graph ``tf.custom_gradient`` refers to the tensors that it met when it was traced. TensorFlow copies the branches of a condition
    when it differentiates them, so that these are the wrong ones; here the operation tells which they are.
    """
    @tf.custom_gradient
    def at_once(*tensors):
        def gradient(upstream):
            here = tensors if tf.executing_eagerly() else [tf.identity(t) for t in tensors]
            found = slopes(upstream, here)
            return found if len(found) > 1 else found[0]
        return value(*tensors), gradient

    @cache
    def registered():
        """Return the name by which TensorFlow knows the gradient; it keeps it for ever."""
        name = f'SageTFGradient{next(_numbers)}'
        tf.RegisterGradient(name)(lambda op, upstream, *others: [None, *slopes(upstream, op.inputs[1:])])
        return name

    def function(*tensors):
        if tf.executing_eagerly() or _is_plain.get() or not isinstance(tf.compat.v1.get_default_graph(), CondBranchFuncGraph):
            return at_once(*tensors)
        tensors = [tf.convert_to_tensor(t) for t in tensors]
        result = value(*tensors)
        with record.stop_recording(), _override('IdentityN', registered()):
            result = tf.identity_n([result, *tensors])[0]
        record.record_operation(registered(), [result], tensors, lambda upstream: slopes(upstream, tensors))
        return result

    return function


def flat(value):
    r"""
    Return a function of as many tensors as ``value`` takes, with derivative zero.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.gradients import flat
        sage: t = tf.constant([1.5r])
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(t)
        ....:     s = flat(tf.floor)(t)
        sage: tape.gradient(s, t).numpy()
        array([0.], dtype=float32)
    """
    function = with_gradient(value, lambda upstream, tensors: [tf.zeros_like(t) for t in tensors])
    return lambda *tensors: function(*broadcast(*tensors))
