r"""
In which form a function on tensors runs

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.execution import Execution
    sage: square = Execution(lambda x, vectorized: x*x, 1)
    sage: square(tf.constant([2.0r, 3.0r])).numpy()
    array([4., 9.], dtype=float32)
"""
from functools import partial

import tensorflow as tf
from tensorflow.python.eager import forwardprop_util, record
from tensorflow.python.framework import ops
from tensorflow.python.ops import control_flow_util

from sage_tf.symbolic.kernels import Kernel

# Tracing takes TensorFlow about 0.3 ms an operation, and several times as much for the gradient.
LARGEST_TRACED = 4000

# XLA takes some milliseconds for an operation, and compiles anew for every shape; it pays for many points.
LARGEST_COMPILED, FEWEST_POINTS, MOST_SHAPES = 600, 2000, 16
MOST_OPERATIONS = 2000                                          # of TensorFlow, to which a function of special functions comes soon


class Execution:
    r"""
    A function on tensors that runs by XLA, as a graph, or operation by operation.

    INPUT:

    - ``function`` -- function of tensors and of a keyword argument ``vectorized``, which tells whether XLA on a CPU will compile it

    - ``size`` -- number of its operations

    - ``jit`` -- ``None`` (default): by XLA for shapes of at least 2000 points, the first 16 of them, if there are at most 600 operations
      and no loops; operation by operation beyond 4000 operations; else as a graph. ``True``: by XLA; ``False``: operation by operation

    - ``on_host`` -- names of the functions in it that leave TensorFlow (default: none)

    - ``is_closed`` -- whether the function depends on its arguments alone (default: ``True``), and not on variables of networks

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.execution import Execution
        sage: forms = []
        sage: execution = Execution(lambda x, vectorized: forms.append(vectorized) or -x, 1)
        sage: for n in (10, 10, 5000, 5000): _ = execution(tf.zeros(int(n)))
        sage: forms
        [False, True]
    """
    def __init__(self, function, size, jit=None, on_host=(), is_closed=True):
        if jit and on_host:
            raise _no_xla(on_host, 'jit=True was given')
        self._function = function
        self._jit = jit
        self._is_eager = jit is False or jit is None and size > LARGEST_TRACED
        self._may_compile = jit is None and size <= LARGEST_COMPILED
        self._on_host, self._is_closed = on_host, is_closed
        self._chosen = {}                                       # shapes -> kernel
        self._compiled = Kernel(function, True, None if jit else MOST_OPERATIONS)
        self._graph = Kernel(function)
        # Forward accumulators heed gradients of our own in graphs; eagerly they differentiate what computes the value.
        self._forward = tf.function(partial(self._for_tensorflow), autograph=False, reduce_retracing=True)
        self._staged = {}                                       # ranks -> function that may be called while one is traced

    def __call__(self, *tensors):
        """
        Return the value at tensors.

        Within a function that XLA compiles it becomes a part of that.
        """
        if _is_compiled():
            # Inlined: to XLA, every argument of a function within, one of whose results is a shape, is a constant that it compiles for.
            return self._for_any(*tensors)
        if record.could_possibly_record() and tf.executing_eagerly() and forwardprop_util.pack_tangents(list(tensors)).tangents:
            return self._forward(*tensors)
        if self._is_eager:
            return self._for_tensorflow(*tensors)
        if not self._is_closed or not tf.executing_eagerly():
            return self._function_for(tensors)(*tensors)
        shapes = tuple([t.shape for t in tensors])
        kernel = self._chosen.get(shapes)
        if kernel is None:
            kernel = self._chosen[shapes] = self._choice(shapes)
        return kernel(*tensors)

    def _function_for(self, tensors):
        """Return the ``tf.function`` for the ranks of tensors: a common one would be traced for tensors of unknown rank."""
        ranks = tuple([t.shape.rank for t in tensors])
        if ranks not in self._staged:
            # As a partial object every function has its own count of traces: TensorFlow warns of many for one code object.
            staged = tf.function(partial(self._for_any), autograph=False, jit_compile=self._jit, reduce_retracing=True)
            # Threads that wait for one trace count as traces, of which there are two at most.
            staged._omit_frequent_tracing_warning = True
            self._staged.setdefault(ranks, staged)              # another thread may have been first
        return self._staged[ranks]

    def _choice(self, shapes):
        """Return the kernel for tensors of the given shapes."""
        if self._jit:
            return self._compiled
        if not self._may_compile or len(self._compiled) >= MOST_SHAPES:
            return self._graph
        common = tf.TensorShape([])
        for shape in shapes:
            common = tf.broadcast_static_shape(common, shape)
        return self._compiled if common.num_elements() >= FEWEST_POINTS else self._graph

    def _for_any(self, *tensors):
        """Return the value within a function that is being traced, which XLA may compile."""
        return self._compiled.inline(*tensors) if _is_compiled() and self._is_closed else self._for_tensorflow(*tensors)

    def _for_tensorflow(self, *tensors):
        return self._function(*tensors, vectorized=False)


def _is_compiled():
    """Return whether what is traced now will be compiled by XLA."""
    return not tf.executing_eagerly() and control_flow_util.GraphOrParentsInXlaContext(ops.get_default_graph())


def _no_xla(names, situation):
    """Return the error for functions that XLA cannot compile."""
    return NotImplementedError(f"{situation} but XLA cannot compile {', '.join(names)}, which SciPy or mpmath compute; "
                               "leave that out")
