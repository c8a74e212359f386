r"""
Unknown functions and their derivatives, bound to networks and other callables

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: t = var('t')
    sage: u = function('u')
    sage: equation = diff(u(x, t), t) == diff(u(x, t), x, 2)
    sage: heat = lambda x, t: tf.exp(-t)*tf.sin(x)
    sage: float(TensorFunction(equation, (x, t), functions={u: heat})(2, 1))
    0.0

A function of several outputs is bound to several names, or to one name to which the numbers of the outputs are added::

    sage: u0, u1, v = function('u0'), function('u1'), function('v')
    sage: wave = lambda x, t: (tf.sin(x + t), tf.cos(x - t))
    sage: f = TensorFunction(diff(u0(x, t), x) + u1(x, t), (x, t), functions={u: wave})
    sage: g = TensorFunction(diff(u(x, t), x) + v(x, t), (x, t), functions={(u, v): wave})
    sage: bool(f(1, 2) == g(1, 2))
    True
"""
import inspect
from collections import namedtuple
from collections.abc import Mapping
from functools import partial

import keras
import tensorflow as tf
from sage.symbolic.function_factory import SymbolicFunction
from sage.symbolic.operators import FDerivativeOperator

from sage_tf.rings import TABLE, as_dtype
from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.gradients import broadcast
from sage_tf.symbolic.partials import Partials

# TensorFlow's operations that call Python and have no gradient.
_HOST_CALLS = {'PyFunc', 'PyFuncStateless'}


class Binding:
    r"""
    The operations of an expression some of whose unknown functions are bound.

    INPUT:

    - ``functions`` -- dictionary from symbolic functions such as ``function('u')``, or tuples of them for the outputs in order, to
      Keras models or callables on tensors

    A single name ``u`` also binds ``u0``, ``u1``, ... to the outputs by number, unless one of these names is bound itself: then it
    stands for what it is bound to, and the outputs of ``u`` have no numbers.

    Raises TypeError for other keys and values, ValueError for a name that is bound twice.

    EXAMPLES::

        sage: from sage_tf.symbolic.operators import Binding
        sage: Binding({x: sin})
        Traceback (most recent call last):
        ...
        TypeError: functions= has the key x; expected symbolic functions such as function('u') or tuples of them
        sage: Binding({function('u'): 3})
        Traceback (most recent call last):
        ...
        TypeError: functions= binds u to an object of type <class 'sage.rings.integer.Integer'>; expected a Keras model ...
        sage: Binding({function('u'): abs, (function('u'), function('v')): abs})
        Traceback (most recent call last):
        ...
        ValueError: functions= binds the name u twice; expected every name once
    """
    def __init__(self, functions):
        if not isinstance(functions, (Mapping, type(None))):
            raise TypeError(f"functions={functions!r} was given; expected a dictionary from unknown functions to callables, as {{u: model}}")
        self.functions = dict(functions or {})
        self._bound = {}                                # name -> (callable, number of the output or None); by name, as
        for key, target in self.functions.items():      # an unpickled function may be another object
            symbols = key if isinstance(key, tuple) else (key,)
            if not symbols or not all(isinstance(symbol, SymbolicFunction) for symbol in symbols):
                raise TypeError(f"functions= has the key {key}; expected symbolic functions such as function('u') or tuples of them")
            if not callable(target):
                raise TypeError(f"functions= binds {key} to an object of type {type(target)}; expected a Keras model or "
                                "a callable on tensors")
            names = [symbol.name() for symbol in symbols]
            bound = Bound(names, target)
            for output, name in enumerate(names):
                if name in self._bound:
                    raise ValueError(f"functions= binds the name {name} twice; expected every name once")
                self._bound[name] = bound, output if isinstance(key, tuple) else None

    def operation(self, head, e):
        """
        Return the part of a bound function that an operator stands for, or its operation by the table of functions.

        EXAMPLES::

            sage: from sage_tf.symbolic.operators import Binding
            sage: u = function('u')
            sage: binding = Binding({u: abs})
            sage: [binding.operation(e.operator(), e) for e in (sin(x), u(x), diff(u(x), x))]
            ['sin', u, D[0](u)]

        TESTS::

            sage: e = diff(function('w')(x), x)
            sage: binding.operation(e.operator(), e)
            Traceback (most recent call last):
            ...
            NotImplementedError: the function w in diff(w(x), x) is not bound to anything; pass functions={w: ...}, a Keras model ...
        """
        is_derivative = isinstance(head, FDerivativeOperator)
        function = head.function() if is_derivative else head
        if isinstance(function, SymbolicFunction):
            found = self.find(function.name())
            if found is not None:
                indices = sorted(map(int, head.parameter_set())) if is_derivative else ()
                return Part(*found, tuple(indices))
            if is_derivative:
                raise NotImplementedError(f"the function {function} in {e} is not bound to anything; pass functions={{{function}: ...}}, "
                                          "a Keras model or a callable on tensors")
        return operation(head, e, self.operation)

    def find(self, name):
        r"""
        Return the bound function of a name and the number of its output, or None.

        TESTS::

            sage: from sage_tf.symbolic.operators import Binding
            sage: u, u0, u1 = (function(name) for name in ('u', 'u0', 'u1'))
            sage: [Binding({u: abs}).find(name) for name in ('u', 'u0', 'u12', 'u01', 'u²')]
            [(u, None), (u, 0), (u, 12), None, None]
            sage: Binding({u: abs, u1: abs}).find('u1')
            (u1, None)
            sage: Binding({u: abs, u1: abs}).find('u0')
            Traceback (most recent call last):
            ...
            ValueError: u0 would be an output of the function bound to u, but u1 is bound by itself; give the outputs names, ...
            sage: Binding({u: abs, u1: abs}).find('u10')
            Traceback (most recent call last):
            ...
            ValueError: u10 may be an output of the function bound to u or of that bound to u1; give the outputs names, ...
        """
        if name in self._bound:
            return self._bound[name]
        stems = [stem for stem, (_, output) in self._bound.items() if output is None and _number(name, stem) is not None]
        if not stems:
            return None
        advice = "give the outputs names, functions={(u, v): ...}"
        if len(stems) > 1:
            raise ValueError(f"{name} may be an output of the function bound to {' or of that bound to '.join(sorted(stems))}; {advice}")
        stem, = stems
        for other in self._bound:
            if _number(other, stem) is not None:
                raise ValueError(f"{name} would be an output of the function bound to {stem}, but {other} is bound by itself; {advice}")
        return self._bound[stem][0], _number(name, stem)


def _number(name, stem):
    """Return the number that a name adds to another one, None if it does not."""
    digits = name.removeprefix(stem)
    is_number = name.startswith(stem) and digits.isascii() and digits.isdecimal() and str(int(digits)) == digits
    return int(digits) if is_number else None


class Part(namedtuple('Part', 'bundle output indices')):
    r"""
    An output of a bound function or one of its partial derivatives, as an operation in a graph.

    The parts of one ``bundle`` at the same arguments are computed together, by its ``on_tensors``.

    EXAMPLES::

        sage: from sage_tf.symbolic.operators import Bound, Part
        sage: u = Bound(['u'], abs)
        sage: Part(u, None, ()), Part(u, 1, (0, 0)), Part(u, 1, (0, 0)) == Part(u, 1, (0, 0))
        (u, D[0, 0](u1), True)
    """
    __slots__ = ()

    def __repr__(self):
        name = self.bundle.name_of(self.output)
        return f"D[{', '.join(map(str, self.indices))}]({name})" if self.indices else name


class Bound:
    r"""
    A callable together with the names of the functions of which it computes the values.

    INPUT:

    - ``names`` -- list of strings, one for each output; if there is only one, other outputs have it with a number

    - ``target`` -- a Keras model or a callable on tensors

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.operators import Bound, Part
        sage: u = Bound(['u'], lambda a, b: a*b)
        sage: both = u.on_tensors([Part(u, None, ()), Part(u, None, (1r,))], tf.float64)
        sage: [t.numpy() for t in both(tf.constant([1r, 2r], tf.float64), tf.constant(3r, tf.float64))]
        [array([3., 6.]), array([1., 2.])]
    """
    def __init__(self, names, target):
        self._names = names
        self._target = target

    def __repr__(self):
        return ', '.join(self._names)

    def name_of(self, output):
        """
        Return the name of an output.

        EXAMPLES::

            sage: from sage_tf.symbolic.operators import Bound
            sage: Bound(['u'], abs).name_of(3), Bound(['u', 'v'], abs).name_of(1)
            ('u3', 'v')
        """
        if len(self._names) > 1:
            return self._names[output]
        return self._names[0] + ('' if output is None else str(output))

    def on_tensors(self, parts, dtype):
        r"""
        Return the function on tensors of a dtype that computes a tuple of parts.

        The arguments reach a callable as tensors of one shape; it returns a tensor of that shape, or a number; several outputs are
        a tuple of such, or one tensor with the outputs along an additional last axis. The arguments reach a Keras model as the columns of a
        matrix in the model's own dtype, or each as a matrix of one column if the model has so many inputs; the columns of its output are its
        outputs. They come back in the shape of the arguments.

        Derivatives take every point to be computed by itself: a layer that mixes points, as BatchNormalization does in training mode, makes
        them wrong. Where TensorFlow has no gradient of an operation, as of rounding, its derivative is zero.

        Raises TypeError for a network in a complex dtype, and for a derivative of what TensorFlow cannot trace.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.operators import Bound, Part
            sage: layer = tf.keras.layers.Dense(1r, kernel_initializer='ones')
            sage: u = Bound(['u'], tf.keras.Sequential([tf.keras.Input((2r,)), layer]))
            sage: value, = u.on_tensors([Part(u, None, ())], tf.float64)(tf.constant([1r, 2r], tf.float64), tf.constant(3r, tf.float64))
            sage: value.numpy()
            array([4., 5.])
        """
        if dtype.is_complex and isinstance(self._target, keras.layers.Layer) and not as_dtype(self._target.compute_dtype).is_complex:
            raise TypeError(f"the network bound to {self} computes in {self._target.compute_dtype} and the dtype is {dtype.name}; "
                            "take a real dtype and two outputs, the real and the imaginary part")
        outputs = sorted({part.output for part in parts}, key=lambda output: -1 if output is None else output)
        place = {output: k for k, output in enumerate(outputs)}
        wanted = [(place[part.output], part.indices) for part in parts]
        partials = Partials(partial(self._values, outputs, dtype), wanted, self._check_constant)
        return lambda *arguments: partials(*(broadcast(*arguments) if arguments else ()))

    def _is_network(self):
        """Return whether the callable is a Keras model or layer."""
        return isinstance(self._target, keras.layers.Layer)

    def _values(self, outputs, dtype, *arguments):
        """Return the wanted outputs at tensors of one shape, checked and in the given dtype."""
        shape = arguments[0].shape if arguments else tf.TensorShape([])
        if shape.rank is None:                                  # in a row, outputs along a last axis can be told from points
            flat = self._values(outputs, dtype, *(tf.reshape(t, [-1]) for t in arguments))
            return [tf.reshape(value, tf.shape(arguments[0])) for value in flat]
        if self._is_network():
            values = self._network_values(arguments)
        else:
            values = self._split(self._called(arguments), shape.rank, outputs[-1] is not None)
        self._check_count(len(values), outputs)
        return [self._checked(values[output or 0], arguments, shape, dtype) for output in outputs]

    def _called(self, arguments):
        """Return what the callable returns at tensors of one shape."""
        try:
            return self._target(*arguments)
        except (AttributeError, NotImplementedError, TypeError) as error:
            self._check_signature(arguments)
            if all(hasattr(t, 'numpy') for t in arguments):
                raise
            reason = str(error).partition('. ')[0].partition('\n')[0]
            raise TypeError(f"the function bound to {self} does not take tensors whose values are not known yet ({reason}); write it with "
                            "TensorFlow's operations, wrap it with tf.numpy_function, or pass jit=False") from error

    def _check_signature(self, arguments):
        """Raise an error if the callable does not take so many arguments."""
        try:
            signature = inspect.signature(self._target)
        except (TypeError, ValueError):                         # of a function written in C
            return
        try:
            signature.bind(*arguments)
        except TypeError as error:
            raise TypeError(f"the function bound to {self} was given {len(arguments)} argument{'s' * (len(arguments) != 1)}, "
                            f"as the expression has it, but is one of {signature}; expected a callable of {len(arguments)}") from error

    def _check_count(self, count, outputs):
        """Raise an error unless the callable has as many outputs as are asked for; the outputs are sorted, None first."""
        if outputs[0] is None and count > 1:
            raise ValueError(f"the function bound to {self} has {count} outputs; write {self}0, {self}1, ... in the expression or "
                             "bind a name for each, functions={(u, v): ...}")
        named = len(self._names)
        if outputs[-1] is not None and outputs[-1] >= count or named > 1 and named != count:
            raise ValueError(f"the function bound to {self} has {count} output{'s' * (count > 1)}; expected "
                             + (str(named) if named > 1 else f"at least {outputs[-1] + 1} for {self.name_of(outputs[-1])}"))

    def _checked(self, value, arguments, shape, dtype):
        """Return one output as a tensor of the shape of the arguments and of the given dtype."""
        try:
            value = tf.convert_to_tensor(value)
        except (TypeError, ValueError):
            raise TypeError(f"the function bound to {self} returned an object of type {type(value)}; expected a tensor") from None
        if value.dtype.name not in TABLE:
            raise TypeError(f"the function bound to {self} returned a tensor of dtype {value.dtype.name}; expected numbers")
        if value.dtype.is_complex and not dtype.is_complex:
            raise TypeError(f"the function bound to {self} returned {value.dtype.name} where the dtype is "
                            f"{dtype.name}; pass dtype='complex128'")
        value = tf.cast(value, dtype)
        if value.shape.rank == 0 and shape.rank != 0:
            self._check_number(arguments)
            return tf.broadcast_to(value, shape if shape.is_fully_defined() else tf.shape(arguments[0]))
        if not value.shape.is_compatible_with(shape):
            raise ValueError(f"the function bound to {self} returned a tensor of shape {value.shape} for arguments of "
                             f"shape {shape}; expected one value for each point")
        return value if value.shape == shape else tf.ensure_shape(value, shape)

    def _split(self, value, rank, has_several):
        """Return what the callable returned as the list of its outputs; ``rank`` is that of the arguments."""
        if isinstance(value, (tuple, list)):
            return list(value)
        if not has_several:
            return [value]
        value = tf.convert_to_tensor(value)
        if value.shape.rank is None or value.shape.rank > rank and value.shape[-1] is None:
            raise ValueError(f"the function bound to {self} returned a tensor of shape {value.shape}, which leaves open how many outputs it "
                             "has; set its shape with tf.ensure_shape or return a tuple of tensors")
        return tf.unstack(value, axis=-1) if value.shape.rank == rank + 1 else [value]

    def _check_number(self, arguments):
        """Raise an error if a single number for many points depends on them: it would be a sum or mean over all."""
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(arguments)
            values = [tf.convert_to_tensor(value) for value in tf.nest.flatten(self._target(*arguments))]
        slopes = [tape.gradient(value, arguments) for value in values if value.dtype.is_floating and value.shape.rank == 0]
        if any(slope is not None for slope in tf.nest.flatten(slopes)):
            raise ValueError(f"the function bound to {self} returned a single number that depends on all points of shape "
                             f"{arguments[0].shape}; expected one value for each point")

    def _check_constant(self, *arguments):
        """Raise an error if the callable seems constant to TensorFlow because NumPy or Python computes it."""
        advice = "write it with TensorFlow's operations, or give its derivative by tf.custom_gradient"
        try:
            traced = tf.function(self._target, autograph=False).get_concrete_function(*map(tf.TensorSpec.from_tensor, arguments))
        except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
            raise TypeError(f"the function bound to {self} has no derivative, as it is not made of TensorFlow's operations; {advice}") from error
        graph = traced.graph.as_graph_def()
        nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
        if not _HOST_CALLS.isdisjoint(node.op for node in nodes):
            raise TypeError(f"the function bound to {self} has no derivative, as it calls NumPy or Python; {advice}")

    def _network_values(self, arguments):
        """Return the outputs of a network whose inputs are the arguments, in their shape."""
        if not arguments:
            raise ValueError(f"the network bound to {self} was given no argument; expected one for each of its inputs")
        shape, dtype = tf.shape(arguments[0]), self._target.compute_dtype
        columns = [tf.cast(tf.reshape(t, [-1, 1]), dtype) for t in arguments]
        several = len(columns) > 1 and len(getattr(self._target, 'inputs', None) or ()) == len(columns)
        self._check_columns(len(columns), several)
        found = self._target(columns if several else tf.concat(columns, axis=-1))
        values = []
        for output in found if isinstance(found, (list, tuple)) else [found]:
            output = tf.convert_to_tensor(output)
            if output.shape.rank != 2 or output.shape[-1] is None:
                raise ValueError(f"the network bound to {self} has an output of shape {output.shape}; expected (points, outputs)")
            values += [tf.ensure_shape(tf.reshape(column, shape), arguments[0].shape) for column in tf.unstack(output, axis=-1)]
        return values

    def _check_columns(self, count, are_several):
        """Raise an error if the network is known to have inputs of another form than the columns of the arguments."""
        widths = [t.shape[-1] for t in getattr(self._target, 'inputs', None) or ()]
        if widths and widths[0] is not None and widths != ([1] * count if are_several else [count]):
            raise ValueError(f"the network bound to {self} was given {count} argument{'s' * (count > 1)}, as the expression has it, but its "
                             f"input has {' and '.join(map(str, widths))} column{'s' * (widths != [1])}; expected {count}, or {count} inputs of one column")
