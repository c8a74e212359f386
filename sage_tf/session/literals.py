r"""
``tf`` and ``keras`` for a Sage session: TensorFlow and Keras that take Sage objects

``tf`` and ``keras`` stand for the modules ``tensorflow`` and ``keras``. What is reached through them takes Sage's numbers, vectors,
matrices and polynomials, also inside of lists, dictionaries and slices:

- A module is stood for by a :class:`LiteralModule`, a function by a :class:`LiteralFunction`; passed as arguments, both become again what
  they stand for, so that TensorFlow and Keras never see them.
- A class is the very class, ``keras.layers.Dense is tensorflow.keras.layers.Dense``; see :mod:`sage_tf.session.classes`.
- Everything else is the very object.

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
import inspect
import types
from functools import update_wrapper
from importlib import import_module

from sage_tf.session.calls import converter_of
from sage_tf.session.classes import adopt, adopting, package_of, start, undo
from sage_tf.session.plain import plain, register

_PACKAGES = {'tf': 'tensorflow', 'keras': 'keras'}


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
        start(target.__name__.partition('.')[0])
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

    TESTS:

    The REPL shows the line above with the documentation of the function itself::

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
        self._convert = converter_of(function, package_of(function.__module__))

    def __call__(self, *args, **kwargs):
        """
        TESTS::

            sage: from sage_tf.session.literals import tf
            sage: tf.one_hot([0, 1], depth=3).numpy()
            array([[1., 0., 0.],
                   [0., 1., 0.]], dtype=float32)
        """
        args, kwargs = self._convert(args, kwargs)
        return adopting(self.__wrapped__(*args, **kwargs))

    def _no_signature():
        """
        Let the REPL show only the signature of the function, not that of the call as well.

        TESTS::

            sage: from sage_tf.session.literals import LiteralFunction
            sage: LiteralFunction.__call__._sage_argspec_()
            Traceback (most recent call last):
            ...
            ValueError: the signature of a call is that of the function
        """
        raise ValueError("the signature of a call is that of the function")

    __call__._sage_argspec_ = _no_signature

    def _sage_argspec_(self):
        """
        Return the arguments of the function, for its help in the REPL.

        TESTS::

            sage: from sage.misc.sageinspect import sage_getdef, sage_getsource, sage_getfile
            sage: from sage_tf.session.literals import tf
            sage: sage_getdef(tf.reshape, 'tf.reshape')
            'tf.reshape(tensor, shape, name=None)'
            sage: 'def reshape(tensor, shape' in sage_getsource(tf.reshape)
            True
        """
        return inspect.getfullargspec(inspect.unwrap(self.__wrapped__))

    def _sage_src_(self):
        """
        Return the source of the function.

        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: 'def relu(x' in keras.ops.relu._sage_src_()
            True
        """
        return inspect.getsource(inspect.unwrap(self.__wrapped__))

    def _sage_src_lines_(self):
        """
        Return the lines of the source of the function and the number of the first.

        TESTS::

            sage: from sage_tf.session.literals import keras
            sage: keras.ops.relu._sage_src_lines_()[1r] > 1r
            True
        """
        return inspect.getsourcelines(inspect.unwrap(self.__wrapped__))

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
        return LiteralModule(path, value) if package_of(getattr(value, '__name__', '')) else value
    elif isinstance(value, (types.FunctionType, types.MethodType)) and package_of(value.__module__):
        return LiteralFunction(value, path)
    return value


# -- install and uninstall ---------------------------------------------------------------------------------------------

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
    start('tensorflow')


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
    undo()


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
