r"""
Compiled functions of tensors that are called directly

A ``tf.function`` looks at every call anew: it binds the arguments, makes their signature and looks up the graph. That takes longer
than a small function itself. A :class:`Kernel` keeps one graph for each of a few shapes, and calls it at once.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.kernels import Kernel
    sage: kernel = Kernel(lambda x, vectorized: x*tf.exp(x), jit_compile=True)
    sage: x = tf.constant([0.0r, 1.0r], tf.float64)
    sage: with tf.GradientTape() as outer:
    ....:     outer.watch(x)
    ....:     with tf.GradientTape() as tape:
    ....:         tape.watch(x)
    ....:         y = kernel(x)
    ....:     slope = tape.gradient(y, x)
    sage: y.numpy(), slope.numpy(), outer.gradient(slope, x).numpy()
    (array([0.        , 2.71828183]), array([1.        , 5.43656366]), array([2.        , 8.15484549]))
"""
from functools import partial

import tensorflow as tf
from tensorflow.python.eager import context, forwardprop_util, record

from sage_tf.symbolic.threads import BUILDING
from sage_tf.symbolic.vectorized.calls import within_reach


class Kernel:
    r"""
    A function of tensors, compiled when it meets new shapes.

    INPUT:

    - ``function`` -- differentiable function of tensors and of a keyword argument ``vectorized``, which tells whether XLA will compile
      it for a CPU; it returns a tensor or a list of tensors, and depends on nothing else that is differentiated, such as variables

    - ``jit_compile`` -- whether XLA compiles it, anew for each shape, if it does not call the host; else it is a graph of
      TensorFlow's operations, of which there are at most two for each combination of ranks, one for the first shape and one for
      all others

    - ``most_operations`` -- the most operations of which XLA compiles a function that has no loops, which take it seconds; beyond,
      and with loops, it is a graph (default: no limit)

    OUTPUT: the same function of eager tensors. Its derivative is a kernel too, made when it is first asked for, which computes
    from the arguments: nothing but these is kept in between.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.kernels import Kernel
        sage: kernel = Kernel(lambda x, y, vectorized: [x + y, x*y])
        sage: [t.numpy() for t in kernel(tf.constant([1.0r, 2.0r]), tf.constant(3.0r))]
        [array([4., 5.], dtype=float32), array([3., 6.], dtype=float32)]
        sage: for n in range(1, 10): _ = kernel(tf.zeros(int(n)), tf.zeros(int(n)))
        sage: len(kernel)
        3
    """
    def __init__(self, function, jit_compile=False, most_operations=None):
        self._function = function
        self._jit = jit_compile
        self._most_operations = most_operations
        self._graphs = {}                                       # shapes -> what calls the graph for them
        self._ranks = {}                                        # ranks -> that of the first shapes, or of any
        self._derivative = None
        self._unbounded = None                                  # the kernel for arguments out of the reach of this one
        self._with_gradient = tf.custom_gradient(self._value_and_gradient)

    def __call__(self, *tensors):
        """
        Return the value at eager tensors.

        TESTS:

        Jacobians trace the derivative, and forward accumulators know nothing of gradients of our own::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.kernels import Kernel
            sage: kernel, x = Kernel(lambda x, vectorized: tf.sin(x)), tf.constant([0.0r, 0.5r])
            sage: with tf.GradientTape() as tape:
            ....:     tape.watch(x)
            ....:     y = kernel(x)
            sage: tape.jacobian(y, x).numpy().diagonal() == tf.cos(x).numpy()
            array([ True,  True])
            sage: with tf.autodiff.ForwardAccumulator(x, tf.ones(2r)) as accumulator:
            ....:     y = kernel(x)
            sage: accumulator.jvp(y).numpy() == tf.cos(x).numpy()
            array([ True,  True])
        """
        if not tf.executing_eagerly():
            return self._function(*tensors, vectorized=False)
        if not record.could_possibly_record():
            return self._run(tensors)
        if forwardprop_util.pack_tangents(list(tensors)).tangents:
            return self._function(*tensors, vectorized=False)
        return self._with_gradient(*tensors)

    def __len__(self):
        """
        Return how many graphs there are.
        """
        return len(self._graphs) + sum(graph is not None for graph in self._ranks.values())

    def has(self, tensors):
        """
        Return whether there is a graph for just the shapes of tensors.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.kernels import Kernel
            sage: kernel = Kernel(lambda x, vectorized: tf.exp(x), jit_compile=True)
            sage: kernel.has([tf.zeros(2r)]), float(kernel(tf.zeros(2r))[0r]), kernel.has([tf.zeros(2r)])
            (False, 1.0, True)
        """
        return tuple([t.shape for t in tensors]) in self._graphs

    def inline(self, *tensors):
        """
        Return the value as a part of the function that is being traced.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.kernels import Kernel
            sage: kernel = Kernel(lambda x, vectorized: x**3r, jit_compile=True)
            sage: @tf.function(jit_compile=True, autograph=False)
            ....: def slope(x):
            ....:     with tf.GradientTape() as tape:
            ....:         tape.watch(x)
            ....:         y = kernel.inline(x)
            ....:     return tape.gradient(y, x)
            sage: slope(tf.constant(2.0r)).numpy()
            np.float32(12.0)
        """
        @tf.custom_gradient
        def inner(*tensors):
            here = [tf.identity(t) for t in tensors]
            return self._value(*tensors), lambda *upstream: self._pulled_back(len(tensors))._value(*here, *upstream)
        return inner(*tensors)

    def _value_and_gradient(self, *tensors):
        """Return the value and the function from upstream to downstream gradients, for ``tf.custom_gradient``."""
        return self._run(tensors), lambda *upstream: self._pulled_back(len(tensors))(*tensors, *upstream)

    def _pulled_back(self, arity):
        """Return the kernel of the gradients, given the arguments and upstream gradients."""
        with BUILDING:
            if self._derivative is None:
                self._derivative = Kernel(partial(pulled_back, self._function, arity), self._jit, self._most_operations)
        return self._derivative

    def _value(self, *tensors):
        """Return the value as operations: for XLA on a CPU those it vectorizes, unless an argument is out of their reach."""
        value, exceeded = self._value_and_reach(*tensors)
        if exceeded is None:
            return value
        return tf.cond(exceeded, lambda: self._function(*tensors, vectorized=False), lambda: value)

    def _value_and_reach(self, *tensors):
        """Return a value, and whether it is wrong as an argument is out of reach, None if that cannot be."""
        if not self._jit or tf.config.list_logical_devices('GPU'):
            return self._function(*tensors, vectorized=False), None
        with BUILDING, within_reach() as reach:
            value = self._function(*tensors, vectorized=True)
            exceeded = reach.exceeded()
        return value, exceeded if tf.get_static_value(exceeded) is None else None

    def _run(self, tensors):
        """Return the value at tensors by the graph for their shapes."""
        shapes = tuple([t.shape for t in tensors])
        value, exceeded = (self._graphs.get(shapes) or self._made_once(shapes, tensors))(tensors)
        if exceeded is not None and exceeded.numpy():
            with BUILDING:
                if self._unbounded is None:
                    self._unbounded = Kernel(partial(_without_vectors, self._function), self._jit)
            return self._unbounded._run(tensors)
        return value

    def _is_for_xla(self, graph):
        """Return whether XLA can compile a graph, in reasonable time."""
        operations = operations_of(graph)
        if any('PyFunc' in name for name in operations):
            return False
        return self._most_operations is None or (
            len(operations) <= self._most_operations and not any('While' in name for name in operations))

    def _made_once(self, shapes, tensors):
        """Return the graph for the shapes of tensors, which another thread may have made meanwhile."""
        with BUILDING:
            return self._graphs.get(shapes) or self._graph_for(shapes, tensors)

    def _graph_for(self, shapes, tensors):
        """Return the graph for the shapes of tensors that come for the first time."""
        if self._jit:
            graph = self._graphs[shapes] = self._traced(shapes, tensors)
            return graph
        ranks = tuple([len(shape) for shape in shapes])
        if ranks not in self._ranks:                            # all further shapes will share another graph
            graph = self._graphs[shapes] = self._traced(shapes, tensors)
            self._ranks[ranks] = None
            return graph
        if self._ranks[ranks] is None:
            self._ranks[ranks] = self._traced([[None] * rank for rank in ranks], tensors)
        return self._ranks[ranks]

    def _traced(self, shapes, tensors):
        """Return the graph of a value, and of whether it is wrong, for tensors of the given shapes."""
        signature = [tf.TensorSpec(shape, t.dtype) for shape, t in zip(shapes, tensors, strict=True)]
        # As a partial object every function has its own count of traces: TensorFlow warns of many for one code object.
        graph = tf.function(partial(self._value_and_reach), autograph=False,
                            jit_compile=self._jit or None).get_concrete_function(*signature)
        if self._jit and not self._is_for_xla(graph):
            plain = Kernel(partial(_without_vectors, self._function))
            graph = tf.function(partial(plain._value_and_reach), autograph=False).get_concrete_function(*signature)
        return direct_call(graph)


def _without_vectors(function, *tensors, vectorized):
    """Return the value of a function by operations that are right for all arguments."""
    return function(*tensors, vectorized=False)


def direct_call(graph):
    r"""
    Return a function of a sequence of eager tensors that calls a graph of a value and a scalar or ``None``.

    TensorFlow's own call looks for tapes, captured variables and control dependencies, which takes as long as the rest. No tape
    sees this one.

    INPUT:

    - ``graph`` -- concrete function whose results are a pair: a tensor or a list of tensors, and a tensor or ``None``

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.kernels import direct_call
        sage: graph = tf.function(lambda x: ([x, 2r*x], None), autograph=False).get_concrete_function(tf.TensorSpec((), tf.float32))
        sage: value, flag = direct_call(graph)([tf.constant(3.0r)]); [t.numpy() for t in value], flag
        ([np.float32(3.0), np.float32(6.0)], None)
    """
    value, flag = graph.structured_outputs
    is_single, count = not isinstance(value, (list, tuple)), len(tf.nest.flatten(value))
    name, captured, total = graph._inference_function.name, graph.captured_inputs, count + (flag is not None)
    if len(graph.outputs) != total:                             # TensorFlow joins results that are one tensor
        return lambda tensors: graph._inference_function.call_preflattened([*tensors, *captured])
    call = context.context().call_function

    def direct(tensors):
        results = call(name, [*tensors, *captured], total)
        return results[0] if is_single else results[:count], None if flag is None else results[count]

    direct.graph = graph                                        # which lives as long as it is called
    return direct


def operations_of(graph):
    """
    Return the names of the operations of a concrete function, and of those that it calls.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.kernels import operations_of
        sage: from sage_tf.symbolic.special.host import by_mpmath
        sage: def operations(f):
        ....:     return operations_of(tf.function(f, autograph=False).get_concrete_function(tf.TensorSpec((), tf.float64)))
        sage: operations(tf.exp), 'PyFuncStateless' in operations(by_mpmath('zeta'))
        (['Placeholder', 'Exp', 'Identity'], True)
    """
    definition = graph.graph.as_graph_def()
    return [node.op for node in [*definition.node, *(n for function in definition.library.function for n in function.node_def)]]


def pulled_back(function, arity, *tensors_and_upstream, vectorized):
    r"""
    Return the gradients by the arguments of a function, given the gradients by its results.

    INPUT:

    - ``function`` -- differentiable function of tensors, returning a tensor or a list of tensors

    - ``arity`` -- number of its arguments

    - ``tensors_and_upstream`` -- the arguments, then one tensor for each result

    - ``vectorized`` -- passed on to the function

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.kernels import pulled_back
        sage: tensors = map(tf.constant, (3.0r, 1.0r, 10.0r))
        sage: [t.numpy() for t in pulled_back(lambda x, vectorized: [x*x, x], 1, *tensors, vectorized=False)]
        [np.float32(16.0)]
    """
    tensors, upstream = tensors_and_upstream[:arity], list(tensors_and_upstream[arity:])
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        results = function(*tensors, vectorized=vectorized)
    return tape.gradient(results, list(tensors), upstream if isinstance(results, list) else upstream[0],
                         unconnected_gradients=tf.UnconnectedGradients.ZERO)


def partial_derivatives(function, *tensors):
    r"""
    Return the partial derivatives of a function by its arguments, entry by entry.

    INPUT:

    - ``function`` -- differentiable function of tensors of one shape, returning a list of tensors of that shape, each entry
      computed from the same entry of the arguments

    - ``tensors`` -- the arguments

    OUTPUT: a list with one list for each result, of its derivatives by each argument

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.kernels import partial_derivatives
        sage: x, y = tf.constant([1.0r, 2.0r]), tf.constant([3.0r, 4.0r])
        sage: [[t.numpy() for t in row] for row in partial_derivatives(lambda x, y: [x*y], x, y)]
        [[array([3., 4.], dtype=float32), array([1., 2.], dtype=float32)]]
    """
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(tensors)
        results = function(*tensors)
    return [tape.gradient(result, list(tensors), unconnected_gradients=tf.UnconnectedGradients.ZERO) for result in results]
