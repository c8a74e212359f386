r"""
Classes of TensorFlow and Keras whose methods take Sage objects

The classes stay the very classes, so that subclassing, ``isinstance``, pickling and ``keras.saving`` need no care. Their methods,
constructors included, convert their arguments from the first time that a session reaches the class, by its name or by an instance that a
call returned. Methods that a user writes are left alone. :func:`undo` restores all.

EXAMPLES::

    sage: from sage_tf.session.classes import adopt
    sage: import tensorflow
    sage: adopt(tensorflow.TensorSpec)
    sage: tensorflow.TensorSpec((2, 3)).shape.as_list()
    [2, 3]
"""
import inspect
import types
from enum import EnumMeta
from functools import wraps
from importlib import import_module

from sage.rings.integer import Integer
from sage.rings.real_mpfr import RealNumber

from sage_tf.session.calls import OPERATORS, converter_of, entrywise_converter
from sage_tf.session.patches import Patches
from sage_tf.session.plain import plain

# AutoGraph knows its directives by identity.
_UNTOUCHED = 'tensorflow.python.autograph'
# The operators of raw tensors belong to sage_tf.session.methods.
_SPECIAL = {
    # the last is what `variable[0:2].assign(value)` calls
    'tensorflow': ('__init__', '__new__', '__call__', '__getitem__', '_strided_slice_assign'),
    'keras': ('__init__', '__new__', '__call__', '__getitem__', *OPERATORS),
}
# Tensors whose operators, which all work entry by entry, sage_tf.session.methods leaves alone
_ENTRYWISE = ('RaggedTensor', 'SparseTensor')
# Reached from other objects (a layer's kernel, a model's optimizer) rather than by name or as a result
_ROOTS = {'tensorflow': ('Tensor', 'Variable', 'RaggedTensor', 'SparseTensor'), 'keras': ('Variable', 'KerasTensor', 'Layer', 'Model', 'Optimizer')}

_patches = Patches()
_adopted = set()                                                # classes whose methods convert, and those that need not
_started = set()


def package_of(module):
    """
    Return the package of the two that a module belongs to by its name, or None.

    EXAMPLES::

        sage: from sage_tf.session.classes import package_of
        sage: package_of('keras.src.layers'), package_of('numpy'), package_of(None)
        ('keras', None, None)
    """
    package = (module or '').partition('.')[0]
    return package if package in _SPECIAL and not module.startswith(_UNTOUCHED) else None


def adopt(kind):
    r"""
    Let the methods of a class, as far as TensorFlow and Keras define them, convert their arguments.

    EXAMPLES::

        sage: from sage_tf.session.classes import adopt
        sage: import tensorflow
        sage: adopt(tensorflow.TensorSpec)
        sage: tensorflow.TensorSpec((2, 3)).shape.as_list()
        [2, 3]
    """
    if kind in _adopted:
        return
    for owner in (*kind.__mro__, *type(kind).__mro__):
        package = package_of(owner.__module__)
        if owner not in _adopted and package and not isinstance(owner, EnumMeta):
            for name, attribute in list(vars(owner).items()):
                module = getattr(attribute, '__module__', None) or ''
                # What another part of the session has set takes Sage's objects already.
                if name in _SPECIAL[package] and not module.startswith('sage_tf.') or not name.startswith('_') and package_of(module):
                    _set(owner, name, _converting(attribute, package))
            if owner.__name__ in _ENTRYWISE:
                _adopt_operators(owner)
            _adopted.add(owner)
    _adopted.add(kind)


def _adopt_operators(kind):
    """
    Let the operators of a class of ragged or sparse tensors take Sage numbers on either side.

    EXAMPLES::

        sage: from sage_tf.session.literals import tf
        sage: (1/2 + tf.ragged.constant([[1.0], [2.0, 3.0]])).to_list()
        [[1.5], [2.5, 3.5]]
        sage: (2*tf.sparse.from_dense([0, 3])).values.numpy()
        array([6], dtype=int32)
    """
    for name in OPERATORS:
        attribute = vars(kind).get(name)
        if isinstance(attribute, types.FunctionType):
            _set(kind, name, _wrapped(attribute, entrywise_converter(attribute)))
    if not hasattr(kind, '__rmul__'):                           # sparse tensors
        _patches.set(kind, '__rmul__', lambda self, other: self * other)


def _set(owner, name, attribute):
    """
    Set an attribute of a class or module; None and classes that cannot be written to are passed over.

    EXAMPLES::

        sage: from sage_tf.session.classes import _set
        sage: _set(int, 'bit_length', lambda n: 0)
        sage: _set(Integer, 'numerator', None)
    """
    if attribute is None:
        return
    try:
        setattr(owner, name, vars(owner)[name])
    except (AttributeError, TypeError):                         # protocol buffers and other classes written in C
        return
    _patches.set(owner, name, attribute)


def _converting(attribute, package):
    """
    Return an attribute of a class as one that converts its arguments; None if it is no function.

    EXAMPLES::

        sage: from sage_tf.session.classes import _converting
        sage: _converting(42, 'keras') is None
        True
    """
    if isinstance(attribute, (classmethod, staticmethod)):
        method = _converting(attribute.__func__, package)
        return None if method is None else type(attribute)(method)
    if not isinstance(attribute, types.FunctionType):
        return None
    method = _wrapped(attribute, converter_of(attribute, package))
    if attribute.__name__ == '__init__':
        # Keras asks for the arguments of constructors in a way that does not follow __wrapped__.
        method.__signature__ = inspect.signature(attribute)
    return method


def _wrapped(function, convert):
    """
    Return a function that converts its arguments; what the layer of a user returns becomes raw tensors.

    EXAMPLES::

        sage: from sage_tf.session.classes import _wrapped
        sage: _wrapped(lambda n: n + 1r, lambda args, kwargs: ((41r,), {}))(None)
        42
    """
    finish = plain if function.__qualname__ == 'Layer.__call__' else adopting

    @wraps(function)
    def method(*args, **kwargs):
        args, kwargs = convert(args, kwargs)
        return finish(function(*args, **kwargs))
    return method


def adopting(result):
    """
    Return the result of a call after its class, if it belongs to TensorFlow or Keras, has been adopted.

    EXAMPLES::

        sage: from sage_tf.session.classes import adopting
        sage: adopting(42)
        42
    """
    if type(result) not in _adopted:
        adopt(type(result))
    return result


def start(package):
    """
    Adopt the classes whose instances are reached from other objects, and let Keras serialize the Sage numbers of a user's ``get_config``.

    EXAMPLES::

        sage: from sage_tf.session.classes import start
        sage: from sage_tf.session.literals import keras
        sage: start('keras')
        sage: keras.saving.serialize_keras_object({'units': 10, 'rate': 1/2})
        {'rate': 0.5, 'units': 10}
    """
    if package in _started:
        return
    _started.add(package)
    module = import_module(package)
    for name in _ROOTS[package]:
        adopt(getattr(module, name))
    if package == 'keras':
        library = import_module('keras.src.saving.serialization_lib')
        _set(library, 'serialize_keras_object', _converting(library.serialize_keras_object, package))
        _set(module.Layer, '__setattr__', _setting(module.Layer.__setattr__))
        _set(module.Sequential, 'add', _adding(module.Sequential.add))


def _setting(original):
    """
    Return the method of Keras layers by which attributes are set, for which Sage's integers and double precision literals become Python's.

    A user's layer keeps its sizes and rates as attributes, and Keras reads and saves them.

    EXAMPLES::

        sage: from sage_tf.all import keras
        sage: layer = keras.layers.Layer(); layer.state_size = 3; layer.rate = 0.25; layer.share = 1/3
        sage: type(layer.state_size), type(layer.rate), type(layer.share)
        (<class 'int'>, <class 'float'>, <class 'sage.rings.rational.Rational'>)
    """
    @wraps(original)
    def set_attribute(self, name, value):
        if isinstance(value, Integer):
            value = int(value)
        elif isinstance(value, RealNumber) and value.prec() == 53:
            value = float(value)
        return original(self, name, value)
    return set_attribute


def _adding(original):
    """
    Return the method by which layers are added to a model, for which a function on tensors is a layer.

    EXAMPLES::

        sage: from sage_tf.all import keras, tf
        sage: model = keras.Sequential([(2*x).to_tf(), (x^2 + 1).to_tf()])
        sage: model(tf.constant([[2.0]])).numpy()
        array([[17.]])
    """
    from sage_tf.symbolic.tensor_function import TensorFunction

    @wraps(original)
    def add(self, layer, *args, **kwargs):
        return original(self, layer.layer() if isinstance(layer, TensorFunction) else layer, *args, **kwargs)
    return add


def undo():
    r"""
    Restore the methods of all classes.

    EXAMPLES::

        sage: from sage_tf.session import literals
        sage: from sage_tf.session.classes import undo
        sage: import tensorflow
        sage: undo(); hasattr(tensorflow.Variable.assign, '__wrapped__')
        False
        sage: literals.install(); hasattr(tensorflow.Variable.assign, '__wrapped__')
        True
    """
    _patches.undo()
    _adopted.clear()
    _started.clear()


__all__ = ['adopt', 'adopting', 'package_of', 'start', 'undo']
