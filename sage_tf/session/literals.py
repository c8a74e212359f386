r"""
``tf`` and ``keras`` for a Sage session: TensorFlow and Keras that take Sage objects

``tf`` and ``keras`` stand for the modules ``tensorflow`` and ``keras``. What is reached through them takes Sage's numbers, vectors,
matrices and polynomials, also inside of lists, dictionaries and slices:

- A module is stood for by a :class:`LiteralModule`, a function by a :class:`LiteralFunction`; passed as arguments, both become again what
  they stand for, so that TensorFlow and Keras never see them.
- A class is the very class, ``keras.layers.Dense is tensorflow.keras.layers.Dense``, so that subclassing, ``isinstance``, pickling and
  ``keras.saving`` need no care. Its methods, constructors included, convert their arguments from the first time that a session reaches the
  class, by its name or by an instance that a call returned. Methods that a user writes are left alone.
- Everything else is the very object.

The methods are set on classes of TensorFlow and Keras, lazily, and :func:`uninstall` restores them.

EXAMPLES::

    sage: from sage_tf.session.literals import tf, keras
    sage: tf.reshape([1, 2, 3, 4], (2, 2)).numpy()
    array([[1, 2],
           [3, 4]], dtype=int32)
    sage: keras.layers.Dense(10).units
    10
    sage: import tensorflow
    sage: keras.layers.Dense is tensorflow.keras.layers.Dense
    True
    sage: tf.constant([[1, 2], [3, 4]])[0, 1:2].numpy()
    array([2], dtype=int32)
"""
from enum import EnumMeta
from functools import update_wrapper, wraps
from importlib import import_module
import inspect
import types

from sage_tf.session.calls import OPERATORS, converter_of
from sage_tf.session.patches import Patches
from sage_tf.session.plain import plain, register

_PACKAGES = {'tf': 'tensorflow', 'keras': 'keras'}
# AutoGraph knows its directives by identity.
_UNTOUCHED = 'tensorflow.python.autograph'
# The operators of raw tensors belong to sage_tf.session.methods.
_SPECIAL = {
    'tensorflow': ('__init__', '__new__', '__call__', '__getitem__'),
    'keras': ('__init__', '__new__', '__call__', '__getitem__', *OPERATORS),
}
# Reached from other objects (a layer's kernel, a model's optimizer) rather than by name or as a result
_ROOTS = {'tensorflow': ('Tensor', 'Variable'), 'keras': ('Variable', 'KerasTensor', 'Layer', 'Model', 'Optimizer')}

_patches = Patches()
_adopted = set()                                                # classes whose methods convert, and those that need not
_started = set()


# -- modules and functions -----------------------------------------------------------------------------------------------

class LiteralModule(types.ModuleType):
    r"""
    A module of TensorFlow or Keras whose functions and classes take Sage objects.

    INPUT:

    - ``path`` -- string; ``'tf'`` or ``'keras'``, and the names that lead from it to the module

    EXAMPLES::

        sage: from sage_tf.session.literals import tf
        sage: tf.math
        <module 'tensorflow...math' taking Sage objects>
        sage: 'reduce_sum' in dir(tf.math), tf.float32 is __import__('tensorflow').float32
        (True, True)
        sage: loads(dumps(tf.math)) is tf.math, copy(tf) is tf
        (True, True)
    """

    def __init__(self, path, module=None):
        """
        TESTS::

            sage: from sage_tf.session.literals import LiteralModule
            sage: LiteralModule('tf').constant(1).numpy()
            np.int32(1)
        """
        super().__init__(path)
        vars(self).update(_path=path, _target=module)

    def _module(self):
        """
        Return the module itself, imported and prepared when it is first needed.

        EXAMPLES::

            sage: from sage_tf.session.literals import tf
            sage: tf._module().__name__
            'tensorflow'
        """
        target = vars(self)['_target']
        if target is None:
            target = vars(self)['_target'] = import_module(_PACKAGES[self._path])
        _start(target.__name__.partition('.')[0])
        return target

    def __getattr__(self, name):
        """
        EXAMPLES::

            sage: from sage_tf.session.literals import tf
            sage: tf.nosuch
            Traceback (most recent call last):
            ...
            AttributeError: module 'tensorflow' has no attribute 'nosuch'
        """
        value = getattr(self._module(), name)
        literal = _literal(value, f'{self._path}.{name}')
        if literal is not value:
            vars(self)[name] = literal
        return literal

    def __setattr__(self, name, value):
        """
        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: tf.math.answer = 42r
            sage: __import__('tensorflow').math.answer, tf.math.answer
            (42, 42)
            sage: del tf.math.answer
        """
        setattr(self._module(), name, plain(value))
        vars(self).pop(name, None)

    def __delattr__(self, name):
        """
        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: del tf.nosuch
            Traceback (most recent call last):
            ...
            AttributeError: ...
        """
        delattr(self._module(), name)
        vars(self).pop(name, None)

    def __dir__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: 'Sequential' in dir(keras)
            True
        """
        return dir(self._module())

    @property
    def __doc__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: isinstance(keras.layers.__doc__, str)
            True
        """
        return self._module().__doc__

    def __repr__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: keras
            <module 'keras' taking Sage objects>
        """
        return f"<module {self._module().__name__!r} taking Sage objects>"

    def __reduce__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: keras.layers.__reduce__()[1]
            ('keras.layers',)
        """
        return _resolve, (self._path,)


class LiteralFunction:
    r"""
    A function of TensorFlow or Keras that takes Sage objects.

    INPUT:

    - ``function`` -- the function

    - ``path`` -- string; where it is found, for pickling

    EXAMPLES::

        sage: from sage_tf.session.literals import tf
        sage: tf.reshape
        <function reshape at ... taking Sage objects>
        sage: import inspect
        sage: list(inspect.signature(tf.reshape).parameters)
        ['tensor', 'shape', 'name']
        sage: loads(dumps(tf.reshape)) is tf.reshape
        True
    """

    def __init__(self, function, path):
        """
        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: tf.reshape.__name__, tf.reshape.__doc__ == __import__('tensorflow').reshape.__doc__
            ('reshape', True)
        """
        update_wrapper(self, function)
        self._path = path
        self._convert = converter_of(function, _package(function.__module__))

    def __call__(self, *args, **kwargs):
        """
        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: tf.one_hot([0, 1], depth=3).numpy()
            array([[1., 0., 0.],
                   [0., 1., 0.]], dtype=float32)
        """
        args, kwargs = self._convert(args, kwargs)
        return _adopting(self.__wrapped__(*args, **kwargs))

    def __get__(self, instance, owner=None):
        """
        Bind like a function, so that ``help`` takes it for one and a class may use it as a method.

        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: class Box(list): total = tf.reduce_sum
            sage: Box([1r, 2r]).total(axis=0).numpy()
            np.int32(3)
        """
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: keras.ops.sin
            <function sin at ... taking Sage objects>
        """
        return repr(self.__wrapped__)[:-1] + ' taking Sage objects>'

    def __reduce__(self):
        """
        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: keras.ops.sin.__reduce__()[1]
            ('keras.ops.sin',)
        """
        return _resolve, (self._path,)


def _resolve(path):
    """
    Return what is found at a path from ``tf`` or ``keras``.

    EXAMPLES::

        sage: from sage_tf.session.literals import _resolve, tf
        sage: _resolve('tf.math.sin') is tf.math.sin
        True
    """
    root, *names = path.split('.')
    found = {'tf': tf, 'keras': keras}[root]
    for name in names:
        found = getattr(found, name)
    return found


def _literal(value, path):
    """
    Return what stands for an attribute of a module: itself unless it is a module or a function.

    EXAMPLES::

        sage: from sage_tf.session.literals import _literal
        sage: _literal(42, 'tf.answer'), _literal(len, 'tf.len')
        (42, <built-in function len>)
    """
    if isinstance(value, type):
        adopt(value)
    elif isinstance(value, types.ModuleType):
        return LiteralModule(path, value) if _package(getattr(value, '__name__', '')) else value
    elif isinstance(value, (types.FunctionType, types.MethodType)) and _package(value.__module__):
        return LiteralFunction(value, path)
    return value


def _package(module):
    """
    Return the package of the two that a module belongs to by its name, or None.

    EXAMPLES::

        sage: from sage_tf.session.literals import _package
        sage: _package('keras.src.layers'), _package('numpy'), _package(None)
        ('keras', None, None)
    """
    package = (module or '').partition('.')[0]
    return package if package in _SPECIAL and not module.startswith(_UNTOUCHED) else None


# -- classes ---------------------------------------------------------------------------------------------------------------

def adopt(kind):
    r"""
    Let the methods of a class, as far as TensorFlow and Keras define them, convert their arguments.

    EXAMPLES::

        sage: from sage_tf.session.literals import adopt
        sage: import tensorflow
        sage: adopt(tensorflow.TensorSpec)
        sage: tensorflow.TensorSpec((2, 3)).shape.as_list()
        [2, 3]
    """
    if kind in _adopted:
        return
    for owner in (*kind.__mro__, *type(kind).__mro__):
        package = _package(owner.__module__)
        if owner not in _adopted and package and not isinstance(owner, EnumMeta):
            for name, attribute in list(vars(owner).items()):
                module = getattr(attribute, '__module__', None) or ''
                # What another part of the session has set takes Sage's objects already.
                if name in _SPECIAL[package] and not module.startswith('sage_tf.') or not name.startswith('_') and _package(module):
                    _set(owner, name, _converting(attribute, package))
            _adopted.add(owner)
    _adopted.add(kind)


def _set(owner, name, attribute):
    """
    Set an attribute of a class or module; None and classes that cannot be written to are passed over.

    EXAMPLES::

        sage: from sage_tf.session.literals import _set
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

        sage: from sage_tf.session.literals import _converting
        sage: _converting(42, 'keras') is None
        True
    """
    if isinstance(attribute, (classmethod, staticmethod)):
        method = _converting(attribute.__func__, package)
        return None if method is None else type(attribute)(method)
    if not isinstance(attribute, types.FunctionType):
        return None
    convert = converter_of(attribute, package)

    @wraps(attribute)
    def method(*args, **kwargs):
        args, kwargs = convert(args, kwargs)
        return _adopting(attribute(*args, **kwargs))
    if attribute.__name__ == '__init__':
        # Keras asks for the arguments of constructors in a way that does not follow __wrapped__.
        method.__signature__ = inspect.signature(attribute)
    return method


def _adopting(result):
    """
    Return the result of a call after its class, if it belongs to TensorFlow or Keras, has been adopted.

    EXAMPLES::

        sage: from sage_tf.session.literals import _adopting
        sage: _adopting(42)
        42
    """
    if type(result) not in _adopted:
        adopt(type(result))
    return result


def _start(package):
    """
    Adopt the classes whose instances are reached from other objects, and let Keras serialize the Sage numbers of a user's ``get_config``.

    EXAMPLES::

        sage: from sage_tf.session.literals import _start, keras
        sage: _start('keras')
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


def install():
    r"""
    Let raw tensors and variables convert the arguments of their methods before ``tf`` is first used; the rest follows lazily.

    EXAMPLES::

        sage: from sage_tf.session import literals
        sage: literals.install()
        sage: import tensorflow
        sage: tensorflow.Variable([1r, 2r]).assign([3, 4]).numpy()
        array([3, 4], dtype=int32)
    """
    _start('tensorflow')


def uninstall():
    r"""
    Restore the methods of all classes of TensorFlow and Keras; ``tf`` and ``keras`` set them again when they are used.

    EXAMPLES::

        sage: from sage_tf.session import literals
        sage: import tensorflow
        sage: literals.uninstall()
        sage: hasattr(tensorflow.Variable.assign, '__wrapped__')
        False
        sage: literals.install()
        sage: hasattr(tensorflow.Variable.assign, '__wrapped__')
        True
    """
    _patches.undo()
    _adopted.clear()
    _started.clear()


def _stood_for(literal):
    """
    Return the module or function that a literal one stands for.

    EXAMPLES::

        sage: from sage_tf.session.literals import _stood_for, tf
        sage: import tensorflow
        sage: _stood_for(tf.nn.relu) is tensorflow.nn.relu, _stood_for(tf.nn) is tensorflow.nn
        (True, True)
    """
    return literal._module() if isinstance(literal, LiteralModule) else literal.__wrapped__


register(LiteralModule, _stood_for)
register(LiteralFunction, _stood_for)
tf = LiteralModule('tf')
keras = LiteralModule('keras')

__all__ = ['LiteralFunction', 'LiteralModule', 'adopt', 'install', 'keras', 'tf', 'uninstall']
