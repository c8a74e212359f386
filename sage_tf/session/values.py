r"""
Arguments that become the entries of tensors

A tensor that is made of a Sage value in a given dtype is rounded once and must fit. Where a function takes several values they share one
dtype, that of the tensors among them, and so do numbers: in ``linspace(0, pi, 3)`` the 0 is a float.

EXAMPLES::

    sage: from sage_tf.session.values import shared_values, tensor_value
    sage: tensor_value(1/3, 'float16')
    array(0.3333, dtype=float16)
    sage: import tensorflow
    sage: t = tensorflow.constant([1.5r], 'float64')
    sage: shared_values([[1/3], t])[0].dtype.name
    'float64'
"""
from functools import reduce

import keras
import numpy as np
import tensorflow as tf
from sage.rings.integer import Integer
from sage.rings.polynomial.multi_polynomial import MPolynomial
from sage.rings.polynomial.polynomial_element import Polynomial
from sage.structure.element import Element, Expression, Matrix, Vector

from sage_tf.conversion.arrays import array_of, is_tensor
from sage_tf.conversion.enclosures import require_constant
from sage_tf.conversion.kinds import common_name, kinds_of, name_of
from sage_tf.conversion.to_tf import is_constant_number, to_tf
from sage_tf.rings import DTYPES, SIGNED, TABLE, common_dtype
from sage_tf.session.plain import is_array, is_constant_array, plain
from sage_tf.tensors.element import Tensor

_NUMBERS = (int, float, complex)
# what has a dtype that the values of a call join
_TYPED = (tf.Tensor, tf.Variable, tf.RaggedTensor, tf.SparseTensor, tf.IndexedSlices, tf.TensorArray, tf.linalg.LinearOperator,
          keras.Variable, keras.KerasTensor, np.ndarray, np.generic)


# -- one value -----------------------------------------------------------------------------------------------------------

def tensor_value(value, dtype=None, truncate=False):
    r"""
    Return a value as TensorFlow takes it where a tensor is made of it, rounded once into the dtype of the tensor.

    INPUT:

    - ``value`` -- anything

    - ``dtype`` -- (default: TensorFlow's own choice for Python literals, int32 or int64, float32 and complex128; for vectors, matrices,
      polynomials and tensors the one of their ring) what TensorFlow accepts as a dtype

    - ``truncate`` -- boolean (default: ``False``); whether the value is cast: a fraction goes to an integer dtype without its fractional
      part, and what is not zero to ``True``

    OUTPUT: ``value`` itself if there is no Sage object in it, otherwise a Python number, an array, a tensor or a list

    Raises OverflowError for what does not fit, and TypeError for free variables.

    EXAMPLES::

        sage: from sage_tf.session.values import tensor_value
        sage: tensor_value([1, 2]), tensor_value([1/3, 2])
        ([1, 2], array([0.33333334, 2.        ], dtype=float32))
        sage: tensor_value([vector([1, 2]), vector([1/2, 0])])
        array([[1. , 2. ],
               [0.5, 0. ]])
        sage: tensor_value(2.7, 'int32', truncate=True), tensor_value(2.7, 'int32'), tensor_value('text')
        (array(2, dtype=int32), 2.7, 'text')
        sage: tensor_value(2^40 + 1/2, 'int32', truncate=True)
        Traceback (most recent call last):
        ...
        OverflowError: 1099511627776 does not fit in int32; use a wider dtype or a float one
        sage: tensor_value([x, 1])
        Traceback (most recent call last):
        ...
        TypeError: x has the free variable x where a number is needed; substitute a value or call .to_tf(x) for a function
    """
    name = name_of_dtype(dtype)
    leaves = _leaves(value)
    converted = plain(value)
    samples = {type(x): x for x in leaves}.values()
    holds_tensors = any(map(is_tensor, samples))
    if converted is value and not any(isinstance(x, Expression) for x in samples) and not (holds_tensors and isinstance(value, (list, tuple))):
        return value
    for leaf in leaves:
        if isinstance(leaf, Expression):
            require_constant(leaf)
    if not all(map(_is_numeric, samples)):
        return converted                                        # text, for one
    if holds_tensors:
        return _of_tensors(value, name)
    if name == 'bool' and (truncate or all(isinstance(x, Integer) for x in leaves)):
        name = None                                             # of GF(2) only its own elements: TensorFlow casts 2 to True
    if name is None and not any(map(is_array, samples)):
        kinds = {type(x): x for x in _leaves(converted)}
        name = _literal_dtype(kinds)
        if name is None and not any(map(tf.is_tensor, kinds.values())):         # which residues become
            return converted
    array = _array(value, name, truncate and name in SIGNED)
    if array is None and any(map(is_array, samples)):
        array = array_of(value)
    return converted if array is None else np.asarray(array)


def _array(value, name, truncate):
    """
    Return numbers as an array of a dtype, or None if they are of another kind: 2.7 is no integer unless truncated, 1 + I not real.

    EXAMPLES::

        sage: from sage_tf.session.values import _array
        sage: _array([1, 2], 'int8', False), _array(2.7, 'int8', False), _array(I, 'float32', False)
        (array([1, 2], dtype=int8), None, None)
    """
    try:
        return array_of(value, name)
    except TypeError:
        if not truncate:
            return None
    try:
        return array_of(_truncated(value), name)
    except TypeError:
        return None


def _of_tensors(value, name):
    """
    Return a tensor, or a nested list with tensors in it, as a raw tensor in a dtype, or as it is where only TensorFlow's own cast applies.

    EXAMPLES::

        sage: from sage_tf.session.values import _of_tensors
        sage: from sage_tf.tensors.element import Tensor
        sage: t = Tensor([1.5, 2])
        sage: _of_tensors(t, 'float32').dtype.name, _of_tensors(t, 'int8').dtype.name, _of_tensors([t[0], 1], None).numpy()
        ('float32', 'float64', array([1.5, 1. ]))
        sage: _of_tensors([Tensor(1, 'int8'), 2], None).dtype.name
        'int8'
    """
    others = [x for x in _leaves(value) if not isinstance(x, Integer)]
    if name is None and all(map(is_tensor, others)):            # integers fit in with any dtype
        name = name_of(others)
    try:
        return to_tf(value, name)
    except TypeError:
        return plain(value)


def _truncated(value):
    """
    Return real numbers without their fractional parts, as integers in lists of the same shape.

    EXAMPLES::

        sage: from sage_tf.session.values import _truncated
        sage: _truncated([-2.7, 2^60 + 1/2]), _truncated(matrix([[1/2, 3/2]]))
        ([-2, 1152921504606846976], [[0, 1]])
    """
    if isinstance(value, (Polynomial, MPolynomial)):
        value = array_of(value).tolist()
    return [_truncated(item) for item in value] if isinstance(value, (list, tuple, Vector, Matrix)) else int(value)


def _literal_dtype(kinds):
    """
    Return the name of the dtype that TensorFlow gives to Python literals of some types, None for integers.

    EXAMPLES::

        sage: from sage_tf.session.values import _literal_dtype
        sage: _literal_dtype({int, float}), _literal_dtype({int}), _literal_dtype({complex, int})
        ('float32', None, 'complex128')
    """
    return 'complex128' if complex in kinds else 'float32' if float in kinds else None


def name_of_dtype(dtype):
    """
    Return the name of a dtype of the table in any of TensorFlow's spellings, None for no dtype and for those of other things.

    EXAMPLES::

        sage: from sage_tf.session.values import name_of_dtype
        sage: name_of_dtype(float), name_of_dtype('int8'), name_of_dtype('string'), name_of_dtype(None)
        ('float32', 'int8', None, None)
    """
    try:
        name = None if dtype is None else tf.as_dtype(dtype).name
    except TypeError:
        return None
    return name if name in TABLE else None


def _leaves(value):
    """
    Return the items of nested lists and tuples, or the value itself.

    EXAMPLES::

        sage: from sage_tf.session.values import _leaves
        sage: _leaves([1, (2, [3])]), _leaves('ab')
        ([1, 2, 3], ['ab'])
    """
    if not isinstance(value, (list, tuple)):
        return [value]
    if not any(issubclass(kind, (list, tuple)) for kind in set(map(type, value))):
        return list(value)
    return [leaf for item in value for leaf in _leaves(item)]


def _is_numeric(leaf):
    """
    Return whether a leaf is a number, a tensor of numbers, an array of Sage, or a symbolic expression.

    EXAMPLES::

        sage: from sage_tf.session.values import _is_numeric
        sage: [_is_numeric(leaf) for leaf in (1, vector([1]), 1/2, x, 'a', None)]
        [True, True, True, True, False, False]
    """
    return (isinstance(leaf, (*_NUMBERS, np.number, np.ndarray, Expression)) or is_array(leaf) or is_tensor(leaf)
            or isinstance(leaf, Element) and is_constant_number(leaf))


# -- values that share a dtype -------------------------------------------------------------------------------------------

def shared_values(values, dtype=None, weak=False, listed=False):
    r"""
    Return the values of one call as tensors and Python numbers that TensorFlow takes together.

    INPUT:

    - ``values`` -- list of anything

    - ``dtype`` -- (default: the dtype of the tensors among the values) the dtype that the call asks for

    - ``weak`` -- boolean (default: ``False``); whether the function brings numbers and tensors together itself, as Keras does

    - ``listed`` -- boolean (default: ``False``); whether a list is a list of values rather than one

    OUTPUT: list; what needs no dtype of others is left as it is

    Raises OverflowError for an integer that does not fit in the dtype.

    EXAMPLES::

        sage: from sage_tf.session.values import shared_values
        sage: import tensorflow
        sage: shared_values([0, 2*pi]), shared_values([[1, I], 2])
        ([0.0, 6.283185307179586], [[(1+0j), 1j], (2+0j)])
        sage: t = tensorflow.constant([[1.5r]])
        sage: shared_values([matrix([[1]]), t])[0].dtype.name, shared_values([[1/3], matrix([[1]])])[0].dtype.name
        ('float32', 'float64')
        sage: shared_values([300], 'int8')
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    leaves = [leaf for value in values for leaf in _leaves(value)]
    typed = any(issubclass(kind, _TYPED) for kind in set(map(type, leaves)))
    tensors = {name_of_dtype(getattr(x, 'dtype', None)) for x in leaves if isinstance(x, _TYPED)} - {'bool', None} if typed else ()
    tensors = DTYPES[tensors.pop()] if len(tensors) == 1 else None
    _require_fit(leaves, DTYPES.get(name_of_dtype(dtype)) or tensors)
    arrays = [x for x in leaves if is_array(x) and is_constant_array(x) or isinstance(x, Tensor)]
    if arrays and tensors is None:
        literals = [] if weak else [x for x in leaves if _is_literal(x)]
        common = DTYPES[common_name(set().union(*map(kinds_of, arrays + literals)))]
    elif arrays:
        common = reduce(common_dtype, (TABLE[x.dtype().name] if isinstance(x, Tensor) else x.base_ring() for x in arrays), tensors)
    elif tensors is not None:
        common = tensors
    else:
        return _of_one_kind(values)
    return [_in_dtype(value, common, weak, listed) for value in values]


def _in_dtype(value, dtype, weak, listed=False):
    """
    Return a value in the dtype that it shares with others, as far as that holds its kind.

    EXAMPLES::

        sage: from sage_tf.session.values import _in_dtype
        sage: import tensorflow
        sage: _in_dtype([1, 1/2], tensorflow.float16, False).dtype.name, _in_dtype([1/2], tensorflow.int8, False)
        ('float16', [1/2])
        sage: _in_dtype(1/2, tensorflow.float16, True)
        1/2
    """
    if isinstance(value, Tensor) or is_array(value) and is_constant_array(value):
        return to_tf(value, dtype)
    if isinstance(value, (list, tuple)):
        if value and not listed and all(map(_is_literal, _leaves(value))):
            return to_tf(value, dtype) if any(isinstance(x, Element) for x in _leaves(value)) and _holds(dtype, value) else value
        items = [_in_dtype(item, dtype, weak) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, Element) and not weak and _is_literal(value) and _holds(dtype, value):
        return to_tf(value, dtype)
    return value


def _is_literal(leaf):
    """
    Return whether a leaf is a number of Sage or Python.

    EXAMPLES::

        sage: from sage_tf.session.values import _is_literal
        sage: _is_literal(1), _is_literal(pi), _is_literal(x), _is_literal(vector([1])), _is_literal(True)
        (True, True, False, False, False)
    """
    return type(leaf) in _NUMBERS or isinstance(leaf, Element) and not isinstance(leaf, Tensor) and is_constant_number(leaf)


def _holds(dtype, value):
    """
    Return whether a dtype holds the kind of numbers in a literal: integers, reals or complex numbers.

    EXAMPLES::

        sage: from sage_tf.session.values import _holds
        sage: import tensorflow
        sage: _holds(tensorflow.int8, [1, 2]), _holds(tensorflow.int8, 1/2), _holds(tensorflow.float32, [1, I])
        (True, False, False)
    """
    kinds = set(map(type, _leaves(plain(value))))
    if not kinds <= set(_NUMBERS) or dtype.name not in SIGNED and not dtype.is_floating and not dtype.is_complex:
        return False
    return dtype.is_complex or complex not in kinds and (dtype.is_floating or float not in kinds)


def _of_one_kind(values):
    """
    Return values with the integers among real numbers as floats, and all numbers as complex ones if one is.

    EXAMPLES::

        sage: from sage_tf.session.values import _of_one_kind
        sage: _of_one_kind([1, [2, 1/2]]), _of_one_kind([1, 'a'])
        ([1.0, [2.0, 0.5]], [1, 'a'])
    """
    numbers = [plain(value) for value in values]
    kinds = {type(leaf) for value in numbers for leaf in _leaves(value)} & set(_NUMBERS)
    if len(kinds) < 2:
        return values
    kind = complex if complex in kinds else float

    def lifted(value):
        if isinstance(value, (list, tuple)):
            return [lifted(item) for item in value]
        return kind(value) if type(value) in kinds else value
    return list(map(lifted, numbers))


def _require_fit(leaves, dtype):
    """
    Raise OverflowError if an integer does not fit in a dtype of integers.

    EXAMPLES::

        sage: from sage_tf.session.values import _require_fit
        sage: import tensorflow
        sage: _require_fit([1, 300, 1/2], tensorflow.int16)
        sage: _require_fit([1, 300], tensorflow.int8)
        Traceback (most recent call last):
        ...
        OverflowError: 300 does not fit in int8; use a wider dtype or a float one
    """
    if dtype is None or not dtype.is_integer:
        return
    for leaf in leaves:
        if isinstance(leaf, Integer) and not dtype.min <= leaf <= dtype.max:
            to_tf(leaf, dtype)                                  # refuses it, unless the dtype is a ring of residues


__all__ = ['name_of_dtype', 'shared_values', 'tensor_value']
