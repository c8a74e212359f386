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
from functools import partial, reduce
import inspect

import numpy as np
from sage.rings.integer import Integer
from sage.structure.element import Matrix, Vector
import tensorflow as tf

from sage_tf.conversion.arrays import array_of
from sage_tf.conversion.kinds import common_name, kinds_of
from sage_tf.conversion.to_tf import to_tf
from sage_tf.rings import DTYPES, TABLE, common_dtype
from sage_tf.session.plain import is_array, is_constant_array, plain, rule_of

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
    ('keras', 'Variable.__init__'): 'initializer',
}
# functions and methods of both packages, by the last part of their names
SHARED_DTYPE = frozenset("""
    add subtract multiply divide true_divide truediv floordiv floor_divide floor_mod mod div_no_nan divide_no_nan multiply_no_nan pow power
    maximum minimum squared_difference atan2 arctan2 xlogy add_n equal not_equal less less_equal greater greater_equal where where_v2
    clip clip_by_value bitwise_and bitwise_or bitwise_xor left_shift right_shift matmul dot inner outer matvec tensordot einsum cross complex
    matrix_solve matrix_solve_ls matrix_triangular_solve cholesky_solve solve lstsq solve_triangular stack concat concatenate append
    assign assign_add assign_sub full_like
""".split())
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
        sage: converter_of(tensorflow.stack, 'tensorflow')(args, {})[0] is args
        True
    """
    name = function.__qualname__
    parameter = VALUE_PARAMETER.get((package, name))
    signature = inspect.signature(tf.Variable.__init__ if name == 'VariableMetaclass.__call__' else function) if parameter else None
    if signature is not None and parameter in signature.parameters:
        special = partial(_with_value, signature, parameter)
    elif name.rpartition('.')[2] in SHARED_DTYPE:
        special = _with_shared_dtype
    elif package == 'keras' and name.rpartition('Trainer.')[2] in SAMPLES:
        special = _with_samples
    else:
        special = _each
    if name.endswith(OPERATORS):
        return partial(_converted, _each, _no_matrix if name.startswith('KerasTensor.') else _for_tensorflow)
    if package == 'keras':
        return partial(_converted, special, plain)
    return partial(_converted, special, _for_trace if function.__module__.startswith(_TRACING) else _for_tensorflow)


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
    if all(new is old for new, old in zip(converted, args)):
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


def _no_matrix(value):
    """
    Convert an operand of a symbolic Keras tensor; a matrix is refused, for Keras would multiply by it entrywise.

    EXAMPLES::

        sage: from sage_tf.session.calls import _no_matrix
        sage: _no_matrix(1/2)
        0.5
        sage: _no_matrix(matrix([[1]]))
        Traceback (most recent call last):
        ...
        TypeError: a Sage matrix met a symbolic Keras tensor; use keras.ops.matmul or keras.ops.multiply to say which product is meant
    """
    if isinstance(value, Matrix):
        raise TypeError("a Sage matrix met a symbolic Keras tensor; use keras.ops.matmul or keras.ops.multiply to say which product is meant")
    return plain(value)


# -- functions that make a tensor of a value -----------------------------------------------------------------------------

def _with_value(signature, parameter, convert, args, kwargs):
    """
    Convert the arguments of a function that makes a tensor of the value called ``parameter``.

    EXAMPLES::

        sage: from sage_tf.session.calls import converter_of
        sage: import tensorflow
        sage: converter_of(tensorflow.cast, 'tensorflow')((300, 'int8'), {})
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    try:
        arguments = signature.bind(None, *args[1:], **kwargs) if 'self' in signature.parameters else signature.bind(*args, **kwargs)
    except TypeError:                                           # the function itself reports it best
        return _each(convert, args, kwargs)
    given = arguments.arguments
    if parameter not in given:
        return _each(convert, args, kwargs)
    value = tensor_value(given[parameter], given.get('dtype'))
    position = next((i for i, item in enumerate(args) if item is given[parameter]), None)
    if position is None:
        kwargs = {**kwargs, parameter: value}
    else:
        args = (*args[:position], value, *args[position + 1:])
    return _each(convert, args, kwargs)


def tensor_value(value, dtype=None):
    r"""
    Return a value as TensorFlow takes it where a tensor is made of it, rounded once into the dtype of the tensor.

    INPUT:

    - ``value`` -- anything

    - ``dtype`` -- (default: TensorFlow's own choice for Python literals, int32 or int64, float32 and complex128; for vectors, matrices and
      polynomials the one of their ring) what TensorFlow accepts as a dtype

    OUTPUT: ``value`` itself if there is no Sage object in it, otherwise a Python number, an array or a list

    EXAMPLES::

        sage: from sage_tf.session.calls import tensor_value
        sage: tensor_value([1, 2]), tensor_value([1/3, 2])
        ([1, 2], array([0.33333334, 2.        ], dtype=float32))
        sage: tensor_value([vector([1, 2]), vector([1/2, 0])])
        array([[1. , 2. ],
               [0.5, 0. ]])
        sage: tensor_value(2.7, 'int32'), tensor_value('text')
        (2.7, 'text')
    """
    converted = plain(value)
    if converted is value:
        return value
    if tf.is_tensor(converted) and not is_array(value):          # a Sage tensor
        return _tensor_in(value, converted, _name_of_dtype(dtype))
    leaves = tf.nest.flatten(value)
    if not all(is_array(x) or isinstance(plain(x), (int, float, complex, np.number)) for x in leaves):
        return converted                                        # text, tensors of any kind
    has_arrays = any(map(is_array, leaves))
    name = _name_of_dtype(dtype) or (None if has_arrays else _literal_dtype(tf.nest.flatten(converted)))
    if name is None and not has_arrays:
        return converted
    try:
        return np.asarray(array_of(value, name))
    except TypeError:                                           # 2.7 as an integer, 1 + I as a real: TensorFlow truncates or refuses
        return np.asarray(array_of(value)) if has_arrays else converted


def _tensor_in(value, raw, name):
    """
    Return a Sage tensor or residue as a raw tensor in a dtype, or as it is where only TensorFlow's own cast applies.

    EXAMPLES::

        sage: from sage_tf.session.calls import _tensor_in
        sage: from sage_tf.tensors.element import Tensor
        sage: t = Tensor([1.5, 2])
        sage: _tensor_in(t, t.to_tf(), 'float32').dtype.name, _tensor_in(t, t.to_tf(), 'int8').dtype.name
        ('float32', 'float64')
    """
    try:
        return raw if name is None else to_tf(value, name)
    except TypeError:
        return raw


def _literal_dtype(leaves):
    """
    Return the name of the dtype that TensorFlow gives to inexact Python literals, None for integers.

    EXAMPLES::

        sage: from sage_tf.session.calls import _literal_dtype
        sage: _literal_dtype([1r, 0.5r]), _literal_dtype([1r]), _literal_dtype([1jr, 1r])
        ('float32', None, 'complex128')
    """
    kinds = set(map(type, leaves))
    return 'complex128' if complex in kinds else 'float32' if float in kinds else None


def _name_of_dtype(dtype):
    """
    Return the name of a dtype of the table in any of TensorFlow's spellings, None for no dtype and for those of other things.

    EXAMPLES::

        sage: from sage_tf.session.calls import _name_of_dtype
        sage: _name_of_dtype(float), _name_of_dtype('int8'), _name_of_dtype('string'), _name_of_dtype(None)
        ('float32', 'int8', None, None)
    """
    try:
        name = None if dtype is None else tf.as_dtype(dtype).name
    except TypeError:
        return None
    return name if name in TABLE else None


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


# -- functions whose tensors share a dtype -------------------------------------------------------------------------------

def _with_shared_dtype(convert, args, kwargs):
    """
    Convert the arguments of a function whose tensors share one dtype: vectors, matrices and polynomials take the one of the tensors.

    EXAMPLES::

        sage: from sage_tf.session.calls import _with_shared_dtype
        sage: from sage_tf.session.plain import plain
        sage: import tensorflow
        sage: t = tensorflow.constant([[1.5r]])
        sage: _with_shared_dtype(plain, (matrix([[1]]), t), {})[0][0].dtype.name
        'float32'
        sage: [a.dtype.name for a in _with_shared_dtype(plain, ([vector([1]), vector([1/2])],), {})[0][0]]
        ['float64', 'float64']
    """
    values = list(_members(args, kwargs))
    arrays = [x for x in values if is_array(x) and is_constant_array(x)]
    names = {_name_of_dtype(x.dtype) for x in values if tf.is_tensor(x)} - {'bool', None}
    dtype = DTYPES[names.pop()] if len(names) == 1 else None
    if dtype is not None and dtype.is_integer:
        _require_fit((args, kwargs), dtype)
    if not arrays:
        return _each(convert, args, kwargs)
    if dtype is not None:
        name = reduce(common_dtype, (x.base_ring() for x in arrays), dtype).name
    else:
        name = common_name(set().union(*map(kinds_of, arrays)))
    tensors = {id(x): to_tf(x, name) for x in arrays}

    def replaced(value):
        if isinstance(value, (list, tuple)) and any(id(x) in tensors for x in value):
            return [convert(tensors.get(id(x), x)) for x in value]
        return tensors[id(value)] if id(value) in tensors else convert(value)
    return tuple(map(replaced, args)), {key: replaced(value) for key, value in kwargs.items()}


def _require_fit(arguments, dtype):
    """
    Raise OverflowError if an integer among the arguments does not fit in the dtype of the tensors that it meets.

    EXAMPLES::

        sage: from sage_tf.session.calls import _require_fit
        sage: import tensorflow
        sage: _require_fit([[1, 2], 300], tensorflow.int16)
        sage: _require_fit([[1, [300]]], tensorflow.int8)
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    for leaf in tf.nest.flatten(arguments):
        if isinstance(leaf, Integer) and not dtype.min <= leaf <= dtype.max:
            to_tf(leaf, dtype)                                  # refuses it, unless the dtype is a ring of residues


def _members(args, kwargs):
    """
    Return the arguments of a call and the items of lists among them.

    EXAMPLES::

        sage: from sage_tf.session.calls import _members
        sage: list(_members(([1, 2], 3), {'axis': 0}))
        [1, 2, 3, 0]
    """
    for value in (*args, *kwargs.values()):
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


__all__ = ['OPERATORS', 'converter_of', 'tensor_value']
