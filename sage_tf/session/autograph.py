r"""
AutoGraph in a Sage session

TensorFlow's AutoGraph rewrites the Python ``if``, ``while`` and ``for`` of traced functions. It has two habits that a Sage
session does not bear: it asks every global name of a traced function for an attribute, which resolves all of Sage's lazy
imports, and it rewrites whatever function is called, the Sage library included. It also needs the source of the function, which Sage
does not keep for ``sage -c`` and ``load``. :func:`install` mends the three, and :func:`uninstall` takes it back.

EXAMPLES::

    sage: from sage_tf.session import autograph
    sage: autograph.install()
    sage: import tensorflow
    sage: @tensorflow.function
    ....: def relu(x):
    ....:     if x > 0r:
    ....:         return x
    ....:     else:
    ....:         return 0r*x
    sage: relu(tensorflow.constant(-2r)).numpy(), relu(tensorflow.constant(2r)).numpy()
    (np.int32(0), np.int32(2))
"""
from __future__ import annotations
import __future__

import linecache
import sys

from tensorflow.python.autograph.core import config
from tensorflow.python.autograph.pyct import inspect_utils

from sage_tf.session.patches import Patches

_LIBRARIES = tuple(config.DoNotConvert(name) for name in ('sage', 'sage_tf'))
_patches = Patches()
_saved = {}


def install():
    r"""
    Let AutoGraph trace functions of a Sage session; a second call does nothing.

    EXAMPLES::

        sage: from sage_tf.session import autograph
        sage: autograph.install()
        sage: autograph.install()
        sage: autograph.is_installed()
        True
    """
    if is_installed():
        return
    _patches.set(inspect_utils, 'getfutureimports', future_imports)
    _patches.set(config, 'CONVERSION_RULES', _LIBRARIES + config.CONVERSION_RULES)
    _keep_source_of_command()
    _keep_source_of_loaded_files()


def uninstall():
    r"""
    Give AutoGraph back as TensorFlow made it.

    EXAMPLES::

        sage: from sage_tf.session import autograph
        sage: autograph.install()
        sage: autograph.uninstall()
        sage: autograph.is_installed()
        False
        sage: autograph.install()
    """
    if not is_installed():
        return
    _patches.undo()
    linecache.cache.pop(_saved.pop('command', None), None)
    if 'load mode' in _saved:
        from sage.repl.attach import load_attach_mode
        load_attach_mode(load_debug=_saved.pop('load mode'))


def is_installed():
    r"""
    Return whether AutoGraph is prepared for Sage.

    EXAMPLES::

        sage: from sage_tf.session import autograph
        sage: autograph.install()
        sage: autograph.is_installed()
        True
    """
    return bool(_patches)


def future_imports(entity):
    r"""
    Return the names of the ``__future__`` features among the globals of a function, without touching any other global.

    TensorFlow's own version reads ``__module__`` of every global, and so imports whatever Sage has put off importing.

    INPUT:

    - ``entity`` -- a function or method; anything else has no features

    OUTPUT: a sorted tuple of strings

    EXAMPLES::

        sage: from sage_tf.session.autograph import future_imports
        sage: def f(): pass
        sage: future_imports(f), future_imports(42)
        ((), ())
        sage: from sage_tf.session import autograph
        sage: future_imports(autograph.install)
        ('annotations',)
    """
    names = getattr(entity, '__globals__', {})
    return tuple(sorted(name for name, value in names.items() if type(value) is __future__._Feature))


def _keep_source_of_command():
    """
    Tell ``linecache`` the text that ``sage -c`` runs, which Sage compiles under a name without a file.

    EXAMPLES::

        sage: from sage_tf.session.autograph import _keep_source_of_command
        sage: _keep_source_of_command()                   # does nothing outside of `sage -c`
    """
    main = sys.modules.get('__main__')
    name, source = '<cmdline>', getattr(main, 's', None)
    if str(getattr(main, '__file__', '')).endswith('sage-eval') and isinstance(source, str) and name not in linecache.cache:
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        _saved['command'] = name


def _keep_source_of_loaded_files():
    """
    Have ``load`` run its preparsed text from a file, as ``attach`` does: functions in it then have a source.

    EXAMPLES::

        sage: from sage_tf.session import autograph
        sage: autograph.install()
        sage: sage.repl.attach.load_attach_mode()
        (True, True)
    """
    try:
        from sage.repl.attach import load_attach_mode
    except ImportError:                                         # a Sage without the REPL
        return
    _saved['load mode'] = load_attach_mode()[0]
    load_attach_mode(load_debug=True)


__all__ = ['future_imports', 'install', 'is_installed', 'uninstall']
