r"""
How the arguments of one call into TensorFlow or Keras are converted

Most functions take their arguments as :func:`~sage_tf.session.plain.plain` makes them. Two kinds know more: functions that make a tensor of a
value in a given dtype, where the value must be rounded once and must fit; and functions whose tensors share one dtype.

EXAMPLES::

    sage: from sage_tf.session.calls import converter_of
    sage: import tensorflow
    sage: args, kwargs = converter_of(tensorflow.reshape, 'tensorflow')(([1, 2], (2, 1)), {})
    sage: args, type(args[1][0])
    (([1, 2], (2, 1)), <class 'int'>)
    sage: converter_of(tensorflow.constant, 'tensorflow')((1/3,), {'dtype': 'float16'})
    ((array(0.3333, dtype=float16),), {'dtype': 'float16'})
"""
import inspect
from functools import partial, wraps
from types import FunctionType, MethodType

import tensorflow as tf
from sage.rings.integer import Integer
from sage.structure.element import Matrix, Vector

from sage_tf.conversion.to_tf import to_tf
from sage_tf.session.plain import is_array, plain, rule_of
from sage_tf.session.values import name_of_dtype, shared_values, tensor_value

# (package, name of the function) -> the parameter that becomes a tensor of the dtype given in the same call
VALUE_PARAMETER = {
    ('tensorflow', 'constant'): 'value',
    ('tensorflow', 'convert_to_tensor_v2_with_dispatch'): 'value',
    ('tensorflow', 'cast'): 'x',
    ('tensorflow', 'VariableMetaclass.__call__'): 'initial_value',
    ('keras', 'convert_to_tensor'): 'x',
    ('keras', 'array'): 'x',
    ('keras', 'cast'): 'x',
    ('keras', 'full'): 'fill_value',
    ('keras', 'constant'): 'value',
    ('keras', 'variable'): 'value',
    ('keras', 'Variable.__init__'): 'initializer',
}
# Parameters that hold entries of tensors. Those of one call share their dtype; all others are shapes, axes, indices, counts and options.
OPERANDS = frozenset("""
    self input inputs input_tensor tensor sp_x sp_a sp_b sp_input x x1 x2 y xs a b t value values other
""".split())
ENTRIES = frozenset("""
    updates constant_values on_value off_value fill_value initial clip_value_min clip_value_max x_min x_max start stop limit delta step
    minval maxval real imag matrix rhs chol sorted_sequence coeffs value_range q mean variance scale default_value sparse_delta
    diagonal bias filters fill addend pylist
""".split())
# functions whose parameters are named as in others where they hold no entries, with their own
ENTRIES_OF = {
    'saturate_cast': (), 'identity_n': (), 'sparse_slice': (),
    'batch_normalization': ('x', 'mean', 'variance', 'offset', 'scale'), 'sigmoid_cross_entropy_with_logits_v2': ('labels', 'logits'),
    'softmax_cross_entropy_with_logits_v2': ('labels', 'logits'), 'weighted_cross_entropy_with_logits_v2': ('labels', 'logits', 'pos_weight'),
}
# functions that take a list of tensors rather than a tensor
LISTED = frozenset("""
    stack concat add_n accumulate_n parallel_stack polyval meshgrid concatenate append hstack vstack dstack column_stack block select
""".split())
# (package, name of the function) -> the parameter with functions of the user that return numbers
RETURNING = {
    ('tensorflow', 'while_loop_v2'): ('body',),
    ('tensorflow', 'cond_for_tf_v2'): ('true_fn', 'false_fn'),
    ('tensorflow', 'switch_case'): ('branch_fns', 'default'),
    ('tensorflow', 'case_v2'): ('pred_fn_pairs', 'default'),
    ('keras', 'while_loop'): ('body',),
    ('keras', 'fori_loop'): ('body_fun',),
    ('keras', 'cond'): ('true_fn', 'false_fn'),
    ('keras', 'switch'): ('branches',),
    ('keras', 'LearningRateScheduler.__init__'): ('schedule',),
    ('keras', 'Variable.__init__'): ('initializer',),
}
# methods of Keras models whose first argument holds one sample in each row
SAMPLES = frozenset(('fit', 'evaluate', 'predict', 'train_on_batch', 'test_on_batch', 'predict_on_batch'))
# TensorFlow's default for integer literals, into which it wraps larger ones silently
INT32_MIN, INT32_MAX = -2**31, 2**31 - 1

OPERATORS = tuple(f'__{prefix}{name}__' for prefix in ('', 'r') for name in (
    'add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow', 'matmul')) + (
    '__lt__', '__le__', '__gt__', '__ge__', '__eq__', '__ne__')


def converter_of(function, package):
    r"""
    Return the function that converts the arguments of calls of a function.

    INPUT:

    - ``function`` -- a function or method of TensorFlow or Keras

    - ``package`` -- ``'tensorflow'`` or ``'keras'``

    OUTPUT: a function of the tuple of positional and the dictionary of keyword arguments that returns the two converted; they are the
    same objects if no Sage object is in them

    EXAMPLES::

        sage: from sage_tf.session.calls import converter_of
        sage: import tensorflow
        sage: args = ([1r], 'a')
        sage: converter_of(tensorflow.stack, 'tensorflow')(args, {})[0][0] is args[0]
        True
    """
    name = function.__qualname__
    short = name.rpartition('.')[2]
    if name.endswith(OPERATORS):
        return partial(_converted, _each, _no_matrix if name.startswith('KerasTensor.') else _for_tensorflow)
    names, star = _parameters(tf.Variable.__init__ if name == 'VariableMetaclass.__call__' else function)
    parameter = VALUE_PARAMETER.get((package, name))
    entries = frozenset(ENTRIES_OF.get(short, OPERANDS | ENTRIES)).intersection((*names, star))
    if parameter in names:
        special = partial(_with_value, names.index(parameter), names, short == 'cast' or package == 'keras')
    elif package == 'keras' and name.rpartition('Trainer.')[2] in SAMPLES:
        special = _with_samples
    elif name == 'Layer.__call__':
        special = _with_inputs
    elif entries - {'self'} and short != '__init__':
        special = partial(_with_entries, names, star, entries, package == 'keras', short in LISTED)
    else:
        special = _each
    convert = plain if package == 'keras' else _for_trace if function.__module__.startswith(_TRACING) else _for_tensorflow
    callables = RETURNING.get((package, name))
    return partial(_with_functions, names, callables, special, convert) if callables else partial(_converted, special, convert)


# Traced functions and their tensors: a Sage object that reaches the trace unconverted would count as a new Python value in every call.
_TRACING = 'tensorflow.python.eager.polymorphic_function'


def _converted(special, convert, args, kwargs):
    """
    Convert the arguments of a call; only calls with a container or a Sage object among the arguments take time.

    EXAMPLES::

        sage: from sage_tf.session.calls import _converted, _each
        sage: from sage_tf.session.plain import plain
        sage: _converted(_each, plain, (1/2,), {'axis': 0})
        ((0.5,), {'axis': 0})
    """
    for value in args:
        if rule_of(type(value)) is not None:
            return special(convert, args, kwargs)
    for value in kwargs.values():
        if rule_of(type(value)) is not None:
            return special(convert, args, kwargs)
    return args, kwargs


def _each(convert, args, kwargs):
    """
    Convert each argument for itself.

    EXAMPLES::

        sage: from sage_tf.session.calls import _each
        sage: from sage_tf.session.plain import plain
        sage: _each(plain, ([1/2],), {})
        (([0.5],), {})
    """
    converted = tuple([convert(value) for value in args])
    if all(new is old for new, old in zip(converted, args, strict=True)):
        converted = args
    return converted, {key: convert(value) for key, value in kwargs.items()} if kwargs else kwargs


def _for_tensorflow(value):
    """
    Convert an argument, except that vectors, matrices, polynomials and large integers are left to TensorFlow's conversion registry, which
    knows the dtype that the operation asks for. Large integers in a list become int64 tensors, for the registry does not see them there.

    EXAMPLES::

        sage: from sage_tf.session.calls import _for_tensorflow
        sage: _for_tensorflow(vector([1, 2])), type(_for_tensorflow([vector([1, 2])])[0]).__name__
        ((1, 2), 'EagerTensor')
        sage: type(_for_tensorflow(2^31 - 1)), type(_for_tensorflow(2^31)), _for_tensorflow([2^31, 1]).dtype.name
        (<class 'int'>, <class 'sage.rings.integer.Integer'>, 'int64')
    """
    if is_array(value) or isinstance(value, Integer) and _is_large(int(value)):
        return value
    return _for_trace(value)


def _for_trace(value):
    """
    Convert an argument, large integers and lists with such to int64 tensors.

    EXAMPLES::

        sage: from sage_tf.session.calls import _for_trace
        sage: _for_trace(1), _for_trace(2^40).dtype.name, _for_trace([2^40, 1]).dtype.name
        (1, 'int64', 'int64')
    """
    converted = plain(value)
    if converted is value or not any(map(_is_large, tf.nest.flatten(converted))):
        return converted
    if all(type(leaf) is int for leaf in tf.nest.flatten(converted)) and not isinstance(value, dict):
        return to_tf(value)
    return tf.nest.map_structure(lambda leaf: to_tf(leaf) if _is_large(leaf) else leaf, converted)


def _is_large(value):
    """
    Return whether an object is a Python integer beyond int32.

    EXAMPLES::

        sage: from sage_tf.session.calls import _is_large
        sage: _is_large(2r**31), _is_large(-2r**31), _is_large('a')
        (True, False, False)
    """
    return type(value) is int and not INT32_MIN <= value <= INT32_MAX


def entrywise_converter(function):
    r"""
    Return the function that converts the arguments of an operator of ragged or sparse tensors.

    EXAMPLES::

        sage: from sage_tf.session.calls import entrywise_converter
        sage: import tensorflow
        sage: ragged = tensorflow.ragged.constant([[1r], [2r, 3r]])
        sage: args, kwargs = entrywise_converter(tensorflow.add)((ragged, 1), {}); args[1].dtype.name
        'int32'
    """
    names, star = _parameters(function)

    def special(convert, args, kwargs):
        for value in args:
            _require_no_matrix(value)
        return _with_entries(names, star, OPERANDS, False, False, convert, args, kwargs)
    return partial(_converted, special, plain)


def _no_matrix(value):
    """
    Convert an operand of a symbolic Keras tensor, by which a matrix would be multiplied entrywise.

    EXAMPLES::

        sage: from sage_tf.session.calls import _no_matrix
        sage: _no_matrix(1/2)
        0.5
    """
    _require_no_matrix(value)
    return plain(value)


def _require_no_matrix(value):
    """
    Raise TypeError for a matrix.

    EXAMPLES::

        sage: from sage_tf.session.calls import _require_no_matrix
        sage: _require_no_matrix(matrix([[1]]))
        Traceback (most recent call last):
        ...
        TypeError: a Sage matrix met a symbolic Keras, ragged or sparse tensor; use a function, matmul or multiply, to say which product is meant
    """
    if isinstance(value, Matrix):
        raise TypeError("a Sage matrix met a symbolic Keras, ragged or sparse tensor; use a function, matmul or multiply, to say which "
                        "product is meant")


# -- functions that make a tensor of a value, and those of several values ------------------------------------------------

def _parameters(function):
    """
    Return the names of the parameters of a function in their order, and the one of its further positional arguments.

    EXAMPLES::

        sage: from sage_tf.session.calls import _parameters
        sage: _parameters(lambda a, b=1, *c, d=2: a)
        (('a', 'b'), 'c')
    """
    kinds = inspect.signature(function).parameters.values()
    star = next((p.name for p in kinds if p.kind is p.VAR_POSITIONAL), None)
    return tuple(p.name for p in kinds if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)), star


def _with_value(position, names, truncate, convert, args, kwargs):
    """
    Convert the arguments of a function that makes a tensor of the value in one position.

    EXAMPLES::

        sage: from sage_tf.session.calls import converter_of
        sage: import tensorflow
        sage: converter_of(tensorflow.cast, 'tensorflow')((300, 'int8'), {})
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    dtype = _argument('dtype', names, args, kwargs)
    if position < len(args):
        args = (*args[:position], tensor_value(args[position], dtype, truncate), *args[position + 1:])
    elif names[position] in kwargs:
        kwargs = {**kwargs, names[position]: tensor_value(kwargs[names[position]], dtype, truncate)}
    return _each(convert, args, kwargs)


def _argument(name, names, args, kwargs):
    """
    Return the argument that a call gives for a parameter, or None.

    EXAMPLES::

        sage: from sage_tf.session.calls import _argument
        sage: _argument('b', ('a', 'b'), (1, 2), {}), _argument('b', ('a', 'b'), (1,), {'b': 3}), _argument('c', ('a',), (1,), {})
        (2, 3, None)
    """
    position = names.index(name) if name in names else len(args)
    return args[position] if position < len(args) else kwargs.get(name)


def _with_entries(names, star, entries, weak, listed, convert, args, kwargs):
    """
    Convert the arguments of a function some of which are entries of tensors, and share their dtype.

    EXAMPLES::

        sage: from sage_tf.session.calls import converter_of
        sage: import tensorflow
        sage: converter_of(tensorflow.linspace, 'tensorflow')((0, pi, 3), {})
        ((0.0, 3.141592653589793, 3), {})
        sage: t = tensorflow.constant([1r], 'int8')
        sage: converter_of(tensorflow.pad, 'tensorflow')((t, [[1, 1]]), {'constant_values': 300})
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    dtype = _argument('dtype', names, args, kwargs)
    if dtype is not None:                                       # what the operands have is not what the call makes
        entries = entries - OPERANDS
    given = dict(enumerate(args))
    found = [i for i in given if (names[i] if i < len(names) else star) in entries] + [key for key in kwargs if key in entries]
    values = [given[key] if key in given else kwargs[key] for key in found]
    shared = dict(zip(found, shared_values(values, dtype, weak, listed), strict=True))
    args = tuple(convert(shared.get(i, value)) for i, value in given.items())
    return args, {key: convert(shared.get(key, value)) for key, value in kwargs.items()}


# -- methods of Keras, and functions of the user --------------------------------------------------------------------------

def _with_samples(convert, args, kwargs):
    """
    Convert the arguments of a method of a model; a vector of samples becomes a column if the model takes one number in each sample.

    Keras takes the vector too, but a model trained on vectors then refuses columns.

    EXAMPLES::

        sage: from sage_tf.session.calls import _with_samples
        sage: from sage_tf.session.literals import keras
        sage: from sage_tf.session.plain import plain
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
        sage: _with_samples(plain, (model, vector(RDF, [1, 2, 3])), {})[0][1].shape.as_list()
        [3, 1]
    """
    model, *rest = args
    samples = rest[0] if rest else kwargs.get('x')
    if isinstance(samples, Vector) and [tuple(x.shape[1:]) for x in getattr(model, 'inputs', None) or ()] == [(1,)]:
        column = tf.expand_dims(convert(samples), -1)
        args, kwargs = ((model, column, *rest[1:]), kwargs) if rest else (args, {**kwargs, 'x': column})
    return _each(convert, args, kwargs)


def _with_inputs(convert, args, kwargs):
    """
    Convert the arguments of the call of a layer; vectors and matrices take its floating dtype, as Keras casts floats to it.

    Integers that this dtype rounds are indices rather than samples, and stay what they are, as do all where a layer or model casts for itself.

    EXAMPLES::

        sage: from sage_tf.session.calls import _with_inputs
        sage: from sage_tf.session.literals import keras
        sage: from sage_tf.session.plain import plain
        sage: layer = keras.layers.Dense(2)
        sage: _with_inputs(plain, (layer, vector([1, 2])), {})[0][1].dtype.name, _with_inputs(plain, (layer, vector([2^24 + 1])), {})[0][1].dtype.name
        ('float32', 'int64')
    """
    layer = args[0]
    dtype = name_of_dtype(layer.input_dtype)
    if not layer.autocast or getattr(layer, 'inputs', None) is not None or dtype is None:
        return _each(convert, args, kwargs)

    def cast(value):
        if isinstance(value, (list, tuple)):
            return convert([cast(item) for item in value])
        raw = convert(value)
        if not is_array(value) or raw is value or not raw.dtype.is_integer:
            return raw
        rounded = tf.cast(raw, dtype)
        return rounded if bool(tf.reduce_all(tf.cast(rounded, raw.dtype) == raw)) else raw
    return _each(cast, args, kwargs)


def _with_functions(names, callables, special, convert, args, kwargs):
    """
    Convert the arguments of a call, and let functions among them return what TensorFlow and Keras take.

    EXAMPLES::

        sage: from sage_tf.session.calls import converter_of
        sage: import tensorflow
        sage: args, kwargs = converter_of(tensorflow.cond, 'tensorflow')((True, lambda: 1/2, lambda: 1), {})
        sage: args[1](), type(args[2]())
        (0.5, <class 'int'>)
    """
    args = tuple(_returning(value) if i < len(names) and names[i] in callables else value for i, value in enumerate(args))
    kwargs = {key: _returning(value) if key in callables else value for key, value in kwargs.items()}
    return _converted(special, convert, args, kwargs)


def _returning(value):
    """
    Return a function, or a collection of functions, with results as TensorFlow and Keras take them.

    EXAMPLES::

        sage: from sage_tf.session.calls import _returning
        sage: _returning({0: lambda: 1/2})[0]()
        0.5
    """
    if isinstance(value, dict):
        return {key: _returning(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_returning, value))
    if not isinstance(value, (FunctionType, MethodType)):
        return value

    @wraps(value)
    def function(*args, **kwargs):
        result = value(*args, **kwargs)
        return tensor_value(result, kwargs['dtype']) if 'dtype' in kwargs else plain(result)
    return function


__all__ = ['OPERATORS', 'converter_of', 'entrywise_converter']
