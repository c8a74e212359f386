r"""
Symbolic expressions as functions on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: y = var('y')
    sage: f = TensorFunction(y^2 + sqrt(2)*x, (x, y)); f
    TensorFunction in float64: (x, y) |--> y^2 + sqrt(2)*x
    sage: f(tf.constant([0r, 1r], tf.float64), 3).numpy()
    array([ 9.        , 10.41421356])
    sage: t = tf.constant(2.0r, tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = f(x=1, y=t)
    sage: float(tape.gradient(s, t))
    4.0

Entries of vectors and matrices are the last axes of the result; an equation stands for the difference of its sides::

    sage: v = TensorFunction(vector([x, x^2, 1]))
    sage: v([1, 2]).numpy()
    array([[1., 1., 1.],
           [2., 4., 1.]])
    sage: float(TensorFunction(x^2 == y, (x, y))(3, 4))
    5.0
"""
import keras
import tensorflow as tf

from sage_tf.conversion.to_sage import to_sage
from sage_tf.symbolic.alike import gather
from sage_tf.symbolic.execution import Execution
from sage_tf.symbolic.gradients import common_shape, static_shape
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.horner import nest
from sage_tf.symbolic.kernels import partial_derivatives
from sage_tf.symbolic.lowering import Program
from sage_tf.symbolic.operators import Binding
from sage_tf.symbolic.removable import patch
from sage_tf.symbolic.source import Source
from sage_tf.symbolic.stable import stabilize
from sage_tf.symbolic.threads import BUILDING
from sage_tf.symbolic.values import as_argument, assembled, broadcast_to, checked_dtype, initialized, is_sage_tensor, sage_tensor


class TensorFunction(tf.Module):
    r"""
    A symbolic expression as a batched, differentiable function on tensors.

    INPUT:

    - ``expression`` -- a symbolic expression, a callable one, an equation (standing for the difference of its sides), or a
      vector or matrix of expressions

    - ``variables`` -- symbol, or tuple or list of symbols, in the order of the call (default: the arguments of a callable
      expression, otherwise all variables in alphabetical order, without the parameters)

    - ``dtype`` -- ``float64`` (default), ``float32``, ``complex128`` or ``complex64``, as a ``tf.DType``, a name or a Sage ring

    - ``functions`` -- dictionary from unknown functions, as ``function('u')``, to Keras models (the arguments become the
      columns of their input) or callables on tensors; ``u0``, ``u1``, ... are the outputs of one that has several, or they get names
      from a tuple ``(u, v)``. Derivatives such as ``diff(u(x, t), x)`` are taken at each point by itself, which a layer that mixes
      points (``BatchNormalization`` in training mode) does not allow

    - ``parameters`` -- dictionary from symbols to initial values of trainable scalar variables

    - ``jit`` -- ``None`` (default): compiled by XLA for shapes of at least 2000 points (the first 16 of them), else a graph of
      TensorFlow's operations, or, for expressions of more than 4000 operations, whose tracing would take long, operation by
      operation; ``True``: compiled by XLA, anew for every shape; ``False``: operation by operation. These forms differ by rounding
      errors.

    OUTPUT: a function of tensors, arrays, numbers and lists (Sage's too), given in order or by name. They are converted to the
    dtype (float64 data for a float32 function is rounded, real numbers become complex ones if need be) and broadcast as in
    NumPy. The result has the common shape of the inputs, followed by the shape of the vector or matrix. It is a Sage tensor
    if all inputs are.

    Raises TypeError for a variable without a place, for a constant or an input that is complex when the dtype is not, and for
    wrong arguments of a call; ValueError for inputs whose shapes do not broadcast; OverflowError for a constant or an input that does
    not fit (a symbolic tensor is cast); NotImplementedError, naming it, for a function that is neither in the table nor bound.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: a = var('a')
        sage: f = TensorFunction(a*sin(x), parameters={a: 2})
        sage: float(f(pi/2))
        2.0
        sage: _ = f.trainable_variables[0].assign(5r)
        sage: float(f(pi/2)), f.to_sage()
        (5.0, 5.0*sin(x))

    Unknown functions may be networks or anything that computes with tensors::

        sage: u = function('u')
        sage: TensorFunction(u(x) - u(x - 1), functions={u: tf.square})([1, 2, 3]).numpy()
        array([1., 3., 5.])

    TESTS::

        sage: TensorFunction(a*x, (x,))
        Traceback (most recent call last):
        ...
        TypeError: the variable a of the expression is neither among the variables (x) nor a parameter; ...
        sage: TensorFunction(I*x)
        Traceback (most recent call last):
        ...
        TypeError: I is not real but the dtype float64 is; pass dtype='complex128' or take .real()
        sage: TensorFunction(x, dtype='int32')
        Traceback (most recent call last):
        ...
        TypeError: dtype int32 was given for an expression; expected one of float64, float32, complex128, complex64
        sage: loads(dumps(f)).to_sage()
        5.0*sin(x)
    """
    def __init__(self, expression, variables=None, dtype=tf.float64, functions=None, parameters=None, jit=None):
        super().__init__()
        if jit not in (None, True, False):
            raise TypeError(f"jit={jit!r} was given; expected None, True or False")
        self._dtype = checked_dtype(dtype)
        self._jit = jit
        self._binding = Binding(functions)
        self._networks = list(self._binding.functions.values())
        self._source = source = Source(expression, variables, parameters)
        with BUILDING:
            graph = Graph(self._binding.operation)
            roots = [graph.read(e) for e in source.entries]
            source.settle(graph, roots)
            gather(graph, roots, self._dtype)
            patch(graph, roots)
            if self._dtype.is_floating:
                stabilize(graph, roots)
            nest(graph, roots)
        self._graph, self._roots, self._programs = graph, roots, {}
        self._parameters = tuple(initialized(*item, self._dtype) for item in source.parameters.items())
        size, on_host = len(self._program()), sorted(self._program().host_functions)
        self._value = Execution(self._evaluate, size, jit, on_host, is_closed=not self._networks)
        self._slopes = Execution(self._partials, 3 * size, jit, on_host, is_closed=not self._networks)

    def _program(self, vectorized=False):
        """Return the operations, in a form for XLA on a CPU or for TensorFlow."""
        program = self._programs.get(vectorized)
        if program is None:
            symbols = (*self._source.variables, *self._source.parameters)
            with BUILDING:
                program = self._programs[vectorized] = Program(self._graph, self._roots, symbols, self._dtype, vectorized)
        return program

    # -- calls ---------------------------------------------------------------------------------------------------------

    def __call__(self, /, *args, **named):
        """
        Return the value at the given arguments.

        TESTS::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: TensorFunction(x)(I)
            Traceback (most recent call last):
            ...
            TypeError: I is not real but the dtype float64 is; pass dtype='complex128' or take .real()
        """
        return self._run(self._value, args, named)

    def gradient(self, /, *args, **named):
        r"""
        Return the partial derivatives by the variables, at each point, at the given arguments.

        They are computed by one compiled function, faster than by a tape around a call.

        OUTPUT: list of tensors, one for each variable, each of the shape of a value; for complex dtypes the derivatives in the sense
        of complex analysis, if the function has them

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: y = var('y')
            sage: f = TensorFunction(x^2*y, (x, y))
            sage: [t.numpy() for t in f.gradient([1, 2], 3)]
            [array([ 6., 12.]), array([1., 4.])]
            sage: (x^2*y).gradient()
            (2*x*y, x^2)

        The derivative of `z^2` at `i`::

            sage: TensorFunction(x^2, dtype='complex128').gradient(I)[0].numpy()
            2j

        The derivatives of vectors and matrices have their shape::

            sage: TensorFunction(vector([x, x^2, 1])).gradient([1, 2])[0].numpy()
            array([[1., 2., 0.],
                   [1., 4., 0.]])
        """
        return list(self._run(self._slopes, args, named))

    def _run(self, execution, args, named):
        """Return the result at arguments as they were given; a Sage tensor, or several, if all arguments are Sage tensors."""
        if named or len(args) != len(self._source.variables):
            args = self._source.in_order(args, named)
        tensors = [as_argument(value, self._dtype) for value in args]
        if any(isinstance(tensor, keras.KerasTensor) for tensor in tensors):
            return self._by_keras(execution, tensors)
        try:
            result = execution(*tensors, *map(tf.convert_to_tensor, self._parameters))
        except (ValueError, tf.errors.InvalidArgumentError):
            self._source.check_shapes([tensor.shape for tensor in tensors])
            raise
        if args and tf.executing_eagerly() and all(map(is_sage_tensor, args)):
            return list(map(sage_tensor, result)) if isinstance(result, (list, tuple)) else sage_tensor(result)
        return result

    def _by_keras(self, execution, tensors):
        """Return the value at tensors of Keras' functional interface, as the output of a layer."""
        if execution is not self._value:
            raise TypeError("gradient was given tensors of Keras' functional interface; make a function of the derivatives, "
                            "as in expr.gradient().to_tf(), and call that")
        return self.layer()(tensors)

    def _evaluate(self, *tensors, vectorized):
        """Return the value at tensors of the dtype, those of the parameters last."""
        return self._assembled(self._program(vectorized)(tensors), tensors)

    def _partials(self, *tensors, vectorized):
        """Return the derivatives by each variable, in the shape of the value."""
        count = len(self._source.variables)
        batch = common_shape(tensors)
        variables, parameters = [broadcast_to(t, batch) for t in tensors[:count]], tensors[count:]
        program = self._program(vectorized)
        rows = partial_derivatives(lambda *variables: program((*variables, *parameters)), *variables)
        if self._dtype.is_complex:                              # TensorFlow's gradient of f(z) is the conjugate of f'(z)
            rows = [list(map(tf.math.conj, row)) for row in rows]
        return [self._assembled([row[k] for row in rows], tensors) for k in range(count)]

    def _assembled(self, entries, tensors):
        """Return the entries at tensors as one, with all that is known of its shape."""
        result = assembled(entries, common_shape(tensors), self._source.shape, self._dtype)
        result.set_shape(static_shape(tensors).concatenate(self._source.shape))
        return result

    # -- the variables of TensorFlow and Keras -------------------------------------------------------------------------

    @property
    def trainable_variables(self):
        """
        The ``tf.Variable``'s of the parameters and of the bound networks.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: a, u = var('a'), function('u')
            sage: network = tf.keras.Sequential([tf.keras.Input((1r,)), tf.keras.layers.Dense(1r)])
            sage: f = TensorFunction(a*u(x), parameters={a: 2}, functions={u: network})
            sage: [variable.shape.as_list() for variable in f.trainable_variables]
            [[], [1, 1], [1]]

        Those that a callable finds by itself are not known.
        """
        return self._with_networks(super().trainable_variables, 'trainable_variables')

    @property
    def non_trainable_variables(self):
        """
        The other ``tf.Variable``'s of the bound networks.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: layer = tf.keras.layers.BatchNormalization(scale=False, center=False)
            sage: u = function('u')
            sage: f = TensorFunction(u(x), functions={u: tf.keras.Sequential([tf.keras.Input((1r,)), layer])})
            sage: [variable.shape.as_list() for variable in f.non_trainable_variables]
            [[1], [1]]
        """
        return self._with_networks(super().non_trainable_variables, 'non_trainable_variables')

    def _with_networks(self, variables, kind):
        """Return variables together with those of the bound networks, which a ``tf.Module`` does not find in Keras' layers."""
        theirs = [variable for network in self._networks for variable in getattr(network, kind, ())]
        theirs = [variable.value if isinstance(variable, keras.Variable) else variable for variable in theirs]
        return tuple({id(variable): variable for variable in (*variables, *theirs)}.values())

    def layer(self, **options):
        """
        Return the function as a layer of Keras, with the parameters for weights.

        INPUT: options of a layer, such as ``name``

        OUTPUT: an :class:`~sage_tf.symbolic.layer.ExpressionLayer`

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: y = var('y')
            sage: TensorFunction(x*y, (x, y)).layer(name='product')(tf.constant([[2.0r, 3.0r]])).numpy()
            array([[6.]])

        Called with the tensors of Keras' functional interface, the function makes a layer of itself::

            sage: inputs = [tf.keras.Input((1r,)), tf.keras.Input((1r,))]
            sage: tf.keras.Model(inputs, TensorFunction(x*y, (x, y))(*inputs))([tf.constant([[2.0r]]), tf.constant([[3.0r]])]).numpy()
            array([[6.]])
        """
        from sage_tf.symbolic.layer import ExpressionLayer
        return ExpressionLayer(self, **options)

    # -- the symbolic side ---------------------------------------------------------------------------------------------

    def expression(self):
        """
        Return the expression, as it was given.

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: TensorFunction(x == 2).expression()
            x == 2
        """
        return self._source.expression

    def variables(self):
        """
        Return the symbols of the arguments, in the order of the call.

        Those that TensorFlow calls variables are in ``trainable_variables``.

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: f(s, r) = r + s
            sage: TensorFunction(f).variables()
            (s, r)
        """
        return self._source.variables

    def parameters(self):
        """
        Return the ``tf.Variable`` of every parameter, by its symbol.

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: a = var('a')
            sage: TensorFunction(a*x, parameters={a: 1/3}, dtype='float32').parameters()[a].numpy() == RealField(24)(1/3)
            True
        """
        return dict(zip(self._source.parameters, self._parameters, strict=True))

    def functions(self):
        """
        Return what the unknown functions are bound to, as it was given.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: u = function('u')
            sage: TensorFunction(u(x), functions={u: tf.sin}).functions() == {u: tf.sin}
            True
        """
        return dict(self._binding.functions)

    def to_sage(self):
        """
        Return the expression with the present values of the parameters.

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: a = var('a')
            sage: TensorFunction(a*x, parameters={a: 1/4}).to_sage()
            0.25*x
        """
        return self._source.substituted({symbol: to_sage(value) for symbol, value in self.parameters().items()})

    def dtype(self):
        """
        Return the dtype in which the function computes.

        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: TensorFunction(x, dtype=RealField(24)).dtype().name
            'float32'
        """
        return self._dtype

    def __repr__(self):
        """
        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: TensorFunction(matrix([[x, 1]]))
            TensorFunction in float64: (x) |-->
            [x 1]
        """
        return f"TensorFunction in {self._dtype.name}: {self._source!r}"

    def _latex_(self):
        r"""
        EXAMPLES::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: latex(TensorFunction(sqrt(x)))
            \left(x\right) \mapsto \sqrt{x}
        """
        return self._source._latex_()

    def save(self, path):
        r"""
        Save the function as a SavedModel, which plain TensorFlow serves where Sage is not installed.

        :func:`~sage_tf.symbolic.saving.load_tensor_function` restores the function from it. Sage's ``save(f, name)`` makes
        a pickle instead.

        INPUT:

        - ``path`` -- directory to make; a function saved there before is replaced

        The signature ``serving_default`` takes the variables by name, as tensors of any shapes that broadcast, and returns ``value``.
        A variable whose name TensorFlow does not take, or that differs from an earlier one only by the case of letters, is
        the input ``input_k``, if it is the k-th variable, from 0. The loaded object is a function of the variables in order, and
        has the ``parameters`` by name. Plain TensorFlow has first derivatives of it; of functions with derivatives of our own,
        as ``tanh`` or ``gamma``, it has no second ones and raises an error. Derivatives that SciPy or mpmath computes are errors as well.

        Raises FileExistsError if something else is at the path, NotImplementedError for functions that SciPy or mpmath computes, for
        bound functions that TensorFlow cannot trace, and for functions and numbers that cannot be written as data.

        EXAMPLES::

            sage: import os, tensorflow as tf
            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: path = os.path.join(tmp_dir(), 'square')
            sage: TensorFunction(x^2).save(path)
            sage: serve = tf.saved_model.load(path).signatures['serving_default']
            sage: serve(x=tf.constant([1.0r, 3.0r], tf.float64))['value'].numpy()
            array([1., 9.])
            sage: from sage_tf.symbolic.saving import load_tensor_function
            sage: load_tensor_function(path)
            TensorFunction in float64: (x) |--> x^2
        """
        from sage_tf.symbolic.saving import save_tensor_function  # which stands on this module
        save_tensor_function(self, path)

    def __reduce__(self):
        """
        TESTS::

            sage: from sage_tf.symbolic.tensor_function import TensorFunction
            sage: loads(dumps(TensorFunction(x + 1, dtype='complex64')))
            TensorFunction in complex64: (x) |--> x + 1
        """
        values = {symbol: variable.numpy() for symbol, variable in self.parameters().items()}
        return TensorFunction, (self._source.expression, self._source.variables, self._dtype.name, self._binding.functions,
                                values, self._jit)


def expression_to_tf(expression, *variables, dtype=None, functions=None, parameters=None, jit=None):
    r"""
    Return an expression as a function on tensors.

    INPUT: as for :class:`TensorFunction`; the variables are separate arguments, or one tuple or list

    EXAMPLES::

        sage: from sage_tf.symbolic.tensor_function import expression_to_tf
        sage: y = var('y')
        sage: expression_to_tf(x/y, y, x)
        TensorFunction in float64: (y, x) |--> x/y
        sage: expression_to_tf(x/y, [y, x], dtype='float32')
        TensorFunction in float32: (y, x) |--> x/y
        sage: expression_to_tf(x/y, 2)
        Traceback (most recent call last):
        ...
        TypeError: 2 was given as a variable; expected symbols, as made by var()
    """
    if len(variables) == 1 and isinstance(variables[0], (tuple, list)):
        variables = variables[0]
    return TensorFunction(expression, variables or None, 'float64' if dtype is None else dtype, functions, parameters, jit)
