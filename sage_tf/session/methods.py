r"""
Methods on classes that are not ours: ``to_tf`` on Sage's elements, ``to_sage`` on TensorFlow's tensors, and operators

EXAMPLES::

    sage: import sage_tf, tensorflow
    sage: t = tensorflow.constant([1.5r, 2.0r], 'float64')
    sage: vector([1, 2]).to_tf().numpy(), t.to_sage()
    (array([1, 2]), (1.5, 2.0))
    sage: vector([1, 2]) + t, (1/2) * t, matrix([[1, 2], [3, 4]]) * t, x * t
    ((2.5, 4.0), (0.75, 1.0), (5.5, 12.5), (1.5*x, 2.0*x))
    sage: vector(t), matrix(t), RR(t[0r]), QQ(t[0r])
    ((1.5, 2.0), [1.5 2.0], 1.50000000000000, 3/2)

Where TensorFlow's operator comes first the result is TensorFlow's, and means the same::

    sage: (t + vector([1, 2])).numpy(), tensorflow.sin(pi/2).numpy() == 1r
    (array([2.5, 4. ]), True)
    sage: (tensorflow.ones((2r, 2r)) * matrix([[1, 2], [3, 4]])).numpy()        # a matrix product, as in Sage
    array([[4., 6.],
           [4., 6.]], dtype=float32)
"""
import operator
from functools import reduce
from itertools import chain

import keras
import tensorflow as tf
from sage.categories.sets_cat import Sets
from sage.rings.integer import Integer
from sage.rings.qqbar import QQbar
from sage.rings.rational import Rational
from sage.rings.real_mpfr import RealNumber
from sage.structure.coerce_exceptions import CoercionException
from sage.structure.element import Element, Expression, Matrix, Vector, get_coercion_model
from sage.symbolic.callable import CallableSymbolicExpressionRing_class
from sage.symbolic.callable import CallableSymbolicExpressionRing_class as CallableSymbolicExpressionRing
from sage.symbolic.ring import SR, SymbolicRing

from sage_tf.conversion.kinds import common_name, kinds_of
from sage_tf.conversion.protocols import PROTOCOLS
from sage_tf.conversion.rounding import is_real
from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import recast
from sage_tf.conversion.to_tf import to_tf as constant_to_tf
from sage_tf.networks import training
from sage_tf.networks.methods import network_to_sage
from sage_tf.rings import common_dtype, widest
from sage_tf.session.patches import Patches
from sage_tf.symbolic.functions import UNARY
from sage_tf.symbolic.tensor_function import expression_to_tf
from sage_tf.tensors.actions import raw_product
from sage_tf.tensors.element import Tensor
from sage_tf.tensors.operators import floating
from sage_tf.tensors.space import described

# What TensorFlow computes with, its tensors first.
_LITERALS = (Integer, Rational, RealNumber)
RAW = (tf.Tensor, tf.Variable, keras.Variable)
_patches = Patches()


# -- Sage's elements ---------------------------------------------------------------------------------------------------

def to_tf(self, *variables, dtype=None, functions=None, parameters=None, jit=None, sparse=False, midpoint=False):
    r"""
    Return a constant as a ``tf.Tensor``, anything with variables as a :class:`~sage_tf.symbolic.tensor_function.TensorFunction`.

    INPUT:

    - ``variables`` -- symbolic variables in the order of the call (default: ``arguments()`` of a callable expression,
      otherwise ``variables()``); for a constant, a ring or dtype may stand here

    - ``dtype`` -- a Sage ring, a dtype or its name (default: by the ring for constants, ``float64`` for functions)

    - ``functions``, ``parameters``, ``jit`` -- for functions: what unknown functions are, the initial values of trainable
      variables, and how to compile

    - ``sparse``, ``midpoint`` -- for constants: whether to return a ``tf.SparseTensor``, and to take intervals at their midpoints

    EXAMPLES::

        sage: import sage_tf
        sage: matrix(QQ, [[1/2, 2]]).to_tf().numpy(), (pi/4).to_tf('float32').numpy()
        (array([[0.5, 2. ]]), 0.7853982)
        sage: f = (x^2 + 1).to_tf(); f([1.0, 2.0]).numpy()
        array([2., 5.])
        sage: SR(5).to_tf(x)([1, 2, 3]).numpy()
        array([5., 5., 5.])

    TESTS::

        sage: QQ['t'].to_tf()
        Traceback (most recent call last):
        ...
        AttributeError: ... has no attribute 'to_tf'...
        sage: ZZ(3).to_tf(functions={})
        Traceback (most recent call last):
        ...
        TypeError: functions were given for the constant 3; they belong to symbolic expressions
        sage: SymmetricGroup(3).one().to_tf()
        Traceback (most recent call last):
        ...
        TypeError: no dtype holds ...
    """
    if is_function(self, variables) or functions and _is_symbolic(self):
        if sparse or midpoint:
            raise TypeError(f"sparse or midpoint was given for the function {self}; they belong to constants")
        function = expression_to_tf(self, *variables, dtype=dtype, functions=functions, parameters=parameters, jit=jit)
        is_constant = not functions and not variables and _has_bound_variables_only(self, function)
        return function() if is_constant else function
    given = [name for name, value in (('functions', functions), ('parameters', parameters), ('jit', jit)) if value is not None]
    if given:
        raise TypeError(f"{given[0]} were given for the constant {self}; they belong to symbolic expressions")
    if variables:
        if len(variables) > 1 or dtype is not None or isinstance(variables[0], Expression):
            raise TypeError(f"{self} is no symbolic expression, so it takes no variables; call .to_tf(dtype)")
        dtype = variables[0]
    return constant_to_tf(self, dtype, sparse=sparse, midpoint=midpoint)


def _is_symbolic(obj):
    """
    Return whether an object is a symbolic expression, or a vector or matrix of such.

    A value of an unknown function, as in a boundary condition, has no variables.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: u = function('u')
        sage: float(vector([u(0), u(2)]).to_tf(functions={u: tensorflow.square})()[1r])
        4.0
    """
    return isinstance(obj.parent() if isinstance(obj, Expression) else getattr(obj, 'base_ring', lambda: None)(), SymbolicRing)


def _has_bound_variables_only(obj, function):
    """
    Return whether an expression is a constant although Sage lists variables, those of a held integral or sum.

    EXAMPLES::

        sage: import sage_tf
        sage: c = integrate(exp(-x^2)*sin(x^3), x, 0, 1, hold=True).to_tf()
        sage: abs(float(c) - numerical_integral(exp(-x^2)*sin(x^3), 0, 1)[0]) < 1e-12
        True
    """
    return (isinstance(obj, Expression) and not function.variables() and not function.parameters()
            and not obj.is_relational() and not isinstance(obj.parent(), CallableSymbolicExpressionRing_class))


def is_function(obj, variables=()):
    r"""
    Return whether an object is to become a function rather than a constant.

    EXAMPLES::

        sage: from sage_tf.session.methods import is_function
        sage: f(x) = 5
        sage: [is_function(e) for e in (x, pi, f, vector([x, 1]), vector([pi, 1]), x == 1, 5)]
        [True, False, True, True, False, True, False]
        sage: is_function(pi, (x,)), is_function(pi, ('float32',))
        (True, False)
    """
    ring = obj.parent() if isinstance(obj, Expression) else obj.base_ring() if isinstance(obj, (Vector, Matrix)) else None
    if not isinstance(ring, SymbolicRing):
        return False
    given = list(chain.from_iterable(v if isinstance(v, (tuple, list)) else (v,) for v in variables))
    entries = [obj] if isinstance(obj, Expression) else obj.list()
    return (isinstance(ring, CallableSymbolicExpressionRing)
            or any(entry.is_relational() or entry.variables() for entry in entries)
            or bool(given) and all(isinstance(v, Expression) for v in given))


def _call_element(original):
    """
    Return the method that calls a callable expression, also with tensors.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: f(x, y) = x*y + 1
        sage: f(tensorflow.constant([1.0r, 2.0r], 'float64'), 3).numpy(), f(2, 3)
        (array([4., 7.]), 7)
    """
    def call(self, element, *args, **kwds):
        values = (*args, *kwds.values())
        if not any(isinstance(value, (*RAW, Tensor)) for value in values):
            return original(self, element, *args, **kwds)
        return expression_to_tf(element, jit=False, dtype=_dtype_of_call(values))(*args, **kwds)
    return call


def _dtype_of_call(values):
    """
    Return the dtype in which an expression is evaluated at tensors and numbers: the least precise floating one of the tensors.

    EXAMPLES::

        sage: from sage_tf.session.methods import _dtype_of_call
        sage: import tensorflow
        sage: _dtype_of_call([tensorflow.constant([1r]), 2]).name, _dtype_of_call([tensorflow.constant([1.0r]), 2]).name
        ('float64', 'float32')
    """
    dtypes = [tf.as_dtype(value.dtype() if isinstance(value, Tensor) else value.dtype)
              for value in values if isinstance(value, (*RAW, Tensor))]
    dtypes = [dtype for dtype in dtypes if dtype.is_floating or dtype.is_complex]
    return reduce(widest, dtypes) if dtypes else tf.float64


# -- TensorFlow's tensors ----------------------------------------------------------------------------------------------

def _latex_(self):
    r"""
    Return the LaTeX code of a raw tensor.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: latex(tensorflow.constant([1r, 2r]))
        \left(1,\,2\right)
    """
    return Tensor(self)._latex_()


def _function_method(function):
    """Return the method of raw tensors by which a function of Sage asks for its value."""
    def method(self):
        return function(floating(tf.convert_to_tensor(self)))
    return method


def _convert(value, dtype=None, name=None, as_ref=False):
    """
    Return a Sage element as the tensor that a TensorFlow function asks for.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: tensorflow.stack([QQ(1/2), QQ(1/3)]).dtype.name, tensorflow.add(tensorflow.constant(1.5r), 1/2).numpy()
        ('float64', 2.0)
        sage: tensorflow.sin(x)
        Traceback (most recent call last):
        ...
        TypeError: x has the free variable x where a number is needed; substitute a value or call .to_tf(x) for a function
    """
    if not _patches:
        return NotImplemented
    if dtype is None and not tf.executing_eagerly() and isinstance(value, _LITERALS):
        value = int(value) if isinstance(value, Integer) else float(value)      # AutoGraph's variables start as Python's would
        return tf.constant(value)
    return constant_to_tf(value, dtype)


def _operator(original, symbol, reflected):
    """
    Return an operator of raw tensors that also takes Sage's elements.

    With the tensor on the left the result is raw; with the element on the left, or where the dtype of the tensor cannot hold the
    result, it is Sage's. While ``tf.function`` traces it is always raw.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: m = tensorflow.constant([[1.0r, 2.0r]])
        sage: (m * matrix([[1], [2]])).numpy(), (m @ matrix([[1], [2]])).numpy(), m * x
        (array([[5.]], dtype=float32), array([[5.]], dtype=float32), [1.00000*x 2.00000*x])
        sage: m / matrix([[1, 2], [3, 4]])
        [ 1.00000 0.000000]
        sage: tensorflow.constant([1r, 2r]) + vector([1/2, 1]), tensorflow.constant([1r]) - pi, m + I
        ((1.5, 3.0), (-2.141592653589793), [1.00000 + 1.00000*I 2.00000 + 1.00000*I])
        sage: (0 < m).numpy(), m + oo
        (array([[ True,  True]]), <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[inf, inf]], dtype=float32)>)
    """
    def operate(self, other):
        if not isinstance(other, Element):
            return original(self, other)
        raw, is_matrix = tf.convert_to_tensor(self), isinstance(other, Matrix)
        if is_matrix and symbol in ('mul', 'matmul') and not is_function(other) and not (reflected and hasattr(raw, 'numpy')):
            return raw_product(other, raw) if reflected else raw_product(raw, other)
        if not hasattr(raw, 'numpy'):
            return _traced(raw, other, symbol, reflected)
        if reflected or is_matrix and symbol in _AMBIGUOUS or is_function(other) or _is_beyond(raw.dtype, other):
            operands = (other, Tensor(raw)) if reflected else (Tensor(raw), other)
            return getattr(operator, symbol)(*operands)
        other = constant_to_tf(other, raw.dtype)
        if symbol != 'matmul':
            _require_common_shape(raw, other)
        return original(self, other)
    operate.__name__, operate.__doc__ = original.__name__, original.__doc__
    return operate


_OPERATORS = ('add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow', 'matmul')
_AMBIGUOUS = ('truediv', 'floordiv', 'mod')                         # TensorFlow would take the entries of a matrix


def _traced(raw, other, symbol, reflected):
    """
    Return what an operator makes of a symbolic tensor and an element of Sage: a symbolic tensor of the dtype in which they meet.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: tensorflow.function(lambda t: 1/2 + t * I)(tensorflow.constant([1r, 2r])).numpy()
        array([0.5+1.j, 0.5+2.j])
    """
    if isinstance(other, Matrix) and symbol in _AMBIGUOUS:
        raise TypeError(f"{symbol} of a tensor and a matrix was met while tf.function traces; multiply by the inverse matrix "
                        "there, or make the matrix a tensor: Tensor(M)")
    dtype = raw.dtype if is_function(other) else _meeting(raw.dtype, other)
    raw, other = recast(raw, dtype.name), constant_to_tf(other, dtype)
    operate = getattr(operator, symbol)
    return operate(other, raw) if reflected else operate(raw, other)


def _meeting(dtype, element):
    """
    Return the dtype in which a raw tensor and a constant element of Sage meet.

    EXAMPLES::

        sage: from sage_tf.session.methods import _meeting
        sage: import tensorflow as tf
        sage: [_meeting(tf.float32, e).name for e in (1, 1/2, I, pi, oo, vector(CDF, [1]))]
        ['float32', 'float32', 'complex64', 'float32', 'float32', 'complex64']
        sage: _meeting(tf.int32, vector([1/2])).name
        'float64'
        sage: _meeting(tf.int32, Zmod(7)(1))
        Traceback (most recent call last):
        ...
        TypeError: tensors of dtype int32 and elements of Ring of integers modulo 7 do not meet; convert one of them first
    """
    if isinstance(element, Expression):
        ring = SR if is_real(element) else QQbar
    else:
        found = described(element.parent())
        if found is None:
            raise TypeError(f"{element} of {element.parent()} does not meet tensors; expected a number, a vector or a matrix of "
                            "numbers")
        if found[0] is not None:
            return widest(dtype, found[0])
        ring = found[1]
    if isinstance(ring, SymbolicRing) and not isinstance(element, Expression):
        return tf.as_dtype(common_name({dtype.name} | kinds_of(element)))
    try:
        return common_dtype(dtype, ring)
    except CoercionException:
        raise TypeError(f"tensors of dtype {dtype.name} and elements of {ring} do not meet; "
                        "convert one of them first") from None


def _is_beyond(dtype, element):
    """
    Return whether a raw tensor and a constant element of Sage meet in another kind of dtype: integers in floats, reals in complex.

    EXAMPLES::

        sage: from sage_tf.session.methods import _is_beyond
        sage: import tensorflow as tf
        sage: _is_beyond(tf.int32, 1/2), _is_beyond(tf.int32, 1), _is_beyond(tf.float64, I), _is_beyond(tf.float64, RealField(24)(1))
        (True, False, True, False)
    """
    common = _meeting(dtype, element)
    return dtype.is_bool or (common.is_floating, common.is_complex) != (dtype.is_floating, dtype.is_complex)


def _require_common_shape(left, right):
    """
    Raise ValueError if two raw tensors have shapes, as far as they are known, that do not broadcast.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: tensorflow.constant([1r, 2r]) + vector([1, 2, 3])
        Traceback (most recent call last):
        ...
        ValueError: tensors of shapes (2,) and (3,) do not broadcast to a common shape; reshape one of them first
    """
    try:
        tf.broadcast_static_shape(left.shape, right.shape)
    except ValueError:
        raise ValueError(f"tensors of shapes {left.shape} and {right.shape} do not broadcast to a common shape; "
                         "reshape one of them first") from None


# -- install and uninstall ---------------------------------------------------------------------------------------------

_SPARSE = (tf.SparseTensor, tf.RaggedTensor, tf.IndexedSlices)


def install():
    """
    Set the methods, once.

    EXAMPLES::

        sage: import sage_tf
        sage: from sage_tf.session import methods
        sage: methods.install(); methods.uninstall(); hasattr(ZZ(1), 'to_tf')
        False
        sage: methods.install(); hasattr(ZZ(1), 'to_tf')
        True
    """
    if _patches:
        return
    _patches.set(Sets().element_class, 'to_tf', to_tf)
    _patches.set(CallableSymbolicExpressionRing_class, '_call_element_',
                 _call_element(CallableSymbolicExpressionRing_class._call_element_))
    for cls in RAW:
        _install_on(cls)
    for cls in _SPARSE:
        _patches.set(cls, 'to_sage', to_sage)
    for cls, method in {keras.layers.Layer: network_to_sage, **training.methods()}.items():
        _patches.set(cls, 'to_sage', method)
    for name in ('_matrix_', '_vector_'):
        _patches.set(tf.SparseTensor, name, PROTOCOLS[name])
    if not _registered:
        tf.register_tensor_conversion_function(Element, _convert)       # there is no way to take it back: it asks _patches
        _registered.append(True)
    get_coercion_model().reset_cache()


_registered = []


def _install_on(cls):
    """Set the methods of one of TensorFlow's classes of tensors."""
    methods = {'to_sage': to_sage, '_latex_': _latex_, **PROTOCOLS}
    methods.update((name, _function_method(function)) for name, function in UNARY.items() if not hasattr(cls, name))
    for name, method in methods.items():
        _patches.set(cls, name, method)
    for symbol in _OPERATORS:
        for prefix, reflected in (('', False), ('r', True)):
            name = f'__{prefix}{symbol}__'
            if hasattr(cls, name):
                _patches.set(cls, name, _operator(getattr(cls, name), symbol, reflected))


def uninstall():
    """
    Take the methods away again.

    EXAMPLES::

        sage: import sage_tf, tensorflow
        sage: from sage_tf.session import methods
        sage: methods.uninstall()
        sage: hasattr(tensorflow.Tensor, 'to_sage'), hasattr(pi, 'to_tf')
        (False, False)
        sage: methods.install()
    """
    _patches.undo()
    get_coercion_model().reset_cache()
