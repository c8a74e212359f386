r"""
Functions on tensors as SavedModels

A saved function is a SavedModel, which plain TensorFlow loads and serves where Sage is not installed, with the expression beside it as
data from which Sage restores the symbolic side::

    sage: import os, tensorflow as tf
    sage: from sage_tf.symbolic.saving import load_tensor_function, save_tensor_function
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: a, t = var('a, t')
    sage: path = os.path.join(tmp_dir(), 'wave')
    sage: f = TensorFunction(sin(a*x - t), (x, t), parameters={a: 2})
    sage: save_tensor_function(f, path)
    sage: load_tensor_function(path)
    TensorFunction in float64: (x, t) |--> sin(a*x - t)

In plain TensorFlow the signature ``serving_default`` takes the variables by name and returns ``value``; the loaded object itself is
called with the variables in order::

    sage: model = tf.saved_model.load(path)
    sage: one, zero = tf.constant(1.0r, tf.float64), tf.constant(0.0r, tf.float64)
    sage: served = model.signatures['serving_default'](x=one, t=zero)['value']
    sage: float(served) == float(model(one, zero)) == float(f(1, 0))
    True
    sage: float(model.parameters['a'])
    2.0

FORMAT:

The file ``assets.extra/sage_tf.json`` of the SavedModel has the number of the ``format``, a ``checksum`` (SHA-256 of the ``function``
as compact JSON with sorted keys) and the ``function``: the expression as of :mod:`sage_tf.symbolic.document`, the names of variables, of
the inputs of the signature and of the parameters, the dtype, the bound functions with the numbers of arguments they are traced
for, the printed source for people to read, and the SHA-256 of every other file.
"""
import hashlib
import json
import os
import tempfile

import tensorflow as tf

from sage_tf.symbolic.document import as_document, from_document, symbol_from_data
from sage_tf.symbolic.exports import bound_functions, input_names, restored_functions, write_model
from sage_tf.symbolic.tensor_function import TensorFunction

FORMAT = 1
DOCUMENT = os.path.join('assets.extra', 'sage_tf.json')


def save_tensor_function(function, path):
    r"""
    Write a function on tensors as a SavedModel; see :meth:`~sage_tf.symbolic.tensor_function.TensorFunction.save`.

    INPUT:

    - ``function`` -- a :class:`~sage_tf.symbolic.tensor_function.TensorFunction`

    - ``path`` -- directory to make; a function that was saved there before is replaced

    Raises FileExistsError if something else is there, NotImplementedError for what plain TensorFlow cannot compute (functions computed
    by SciPy or mpmath, unknown functions bound to what TensorFlow cannot trace) and for expressions outside the format.

    ALGORITHM:

    All is written to a directory beside the target, which is then renamed, so that no reader finds half of it.

    TESTS::

        sage: import os
        sage: from sage_tf.symbolic.saving import save_tensor_function
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: path = tmp_dir()
        sage: os.makedirs(os.path.join(path, 'mine', 'thesis'))
        sage: save_tensor_function(TensorFunction(x), os.path.join(path, 'mine'))
        Traceback (most recent call last):
        ...
        FileExistsError: .../mine exists and is not a saved TensorFunction; give another path
        sage: os.listdir(path)
        ['mine']
    """
    path = os.path.abspath(os.fspath(path))
    if os.path.lexists(path) and not os.path.isfile(os.path.join(path, DOCUMENT)):
        raise FileExistsError(f"{path} exists and is not a saved TensorFunction; give another path")
    _, (expression, variables, dtype, functions, parameters, jit) = function.__reduce__()
    description = {
        'expression': as_document(expression),
        'variables': list(map(str, variables)),
        'inputs': input_names(variables),
        'parameters': list(map(str, parameters)),
        'dtype': dtype,
        'jit': jit,
        'source': repr(function),
    }
    description['functions'], bundles = bound_functions(functions, description['expression'])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path), prefix='.' + os.path.basename(path)) as workplace:
        new = os.path.join(workplace, 'new')
        write_model(function, description, bundles, new)
        _write_document(description, new)
        if os.path.lexists(path):
            os.rename(path, os.path.join(workplace, 'old'))
        os.rename(new, path)


def load_tensor_function(path):
    r"""
    Return a function on tensors that was saved by its method ``save``.

    INPUT:

    - ``path`` -- directory of the SavedModel

    OUTPUT: a :class:`~sage_tf.symbolic.tensor_function.TensorFunction` with the variables, the dtype and the values of the parameters
    that were saved. Unknown functions are bound to the computation that was saved, with its weights, which can be trained further.
    They are no Keras models any more, and TensorFlow differentiates them only once, with an error beyond, where they have a gradient of
    their own (``tf.custom_gradient``) that is itself made of functions with gradients of their own.

    The expression is data, of which nothing is evaluated as code; its constants are computed, which for a hostile one may take any
    time and memory, as typing it in would. The computation of bound functions is a graph of TensorFlow's, which
    runs when the function is called: take it from those whose models you would run.

    Raises FileNotFoundError if there is nothing, ValueError if what is there is damaged, of a later format, or no saved function.

    EXAMPLES::

        sage: import os, tensorflow as tf
        sage: from sage_tf.symbolic.saving import load_tensor_function, save_tensor_function
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: u, path = function('u'), os.path.join(tmp_dir(), 'saved')
        sage: f = TensorFunction(diff(u(x), x, 2) - u(x - 1), functions={u: lambda s: tf.exp(2r*s)})
        sage: save_tensor_function(f, path)
        sage: g = load_tensor_function(path); g
        TensorFunction in float64: (x) |--> -u(x - 1) + diff(u(x), x, x)
        sage: (g([0, 1]).numpy() == f([0, 1]).numpy()).all()
        np.True_

    TESTS::

        sage: load_tensor_function(os.path.join(path, 'nothing'))
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no saved TensorFunction at .../nothing
        sage: with open(os.path.join(path, 'saved_model.pb'), 'ab') as file: _ = file.write(b'!')
        sage: load_tensor_function(path)
        Traceback (most recent call last):
        ...
        ValueError: the TensorFunction saved at ... is damaged (saved_model.pb is not what was written); restore it or save it again
    """
    path = os.path.abspath(os.fspath(path))
    description = _read_document(path)
    try:
        return _restored(description, path)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, NotImplementedError, RecursionError, OSError,
            tf.errors.OpError) as error:
        raise _damaged(path, f"its content has no meaning: {error}") from error


def _restored(description, path):
    """Return the function that a description tells of."""
    expression = from_document(description['expression'])
    checkpoint = tf.train.load_checkpoint(os.path.join(path, 'variables', 'variables')) if description['parameters'] else None
    return TensorFunction(
        expression,
        tuple(map(symbol_from_data, description['variables'])),
        description['dtype'],
        restored_functions(description['functions'], path),
        {symbol_from_data(name): checkpoint.get_tensor(f'parameters/{name}/.ATTRIBUTES/VARIABLE_VALUE')
         for name in description['parameters']},
        description['jit'],
    )


# -- the document ------------------------------------------------------------------------------------------------------


def _write_document(description, directory):
    """Write the description of a function to the directory of its SavedModel, with checksums of all that is there."""
    description = {**description, 'files': _checksums(directory)}
    file = os.path.join(directory, DOCUMENT)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, 'w', encoding='utf-8') as stream:
        json.dump({'format': FORMAT, 'checksum': _checksum(description), 'function': description}, stream)


def _read_document(path):
    """Return the description of a function, checked for damage."""
    file = os.path.join(path, DOCUMENT)
    if not os.path.isfile(file):
        if os.path.lexists(path):
            raise ValueError(f"{path} is not a saved TensorFunction, or a damaged one: it has no file {DOCUMENT}")
        raise FileNotFoundError(f"there is no saved TensorFunction at {path}")
    try:
        with open(file, encoding='utf-8') as stream:
            document = json.load(stream)
        version, description = document['format'], document['function']
        is_later = type(version) is int and version > FORMAT
        is_whole = version == FORMAT and document['checksum'] == _checksum(description)
        files = () if is_later else description['files'].items()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _damaged(path, f"{DOCUMENT} cannot be read") from None
    if is_later:
        raise ValueError(f"the TensorFunction saved at {path} has format {version}, and this version of sage_tf reads format {FORMAT}; "
                         "take a later version of sage_tf")
    if not is_whole:
        raise _damaged(path, f"{DOCUMENT} is not what was written")
    present = _checksums(path)
    for name, checksum in files:
        if present.get(name) != checksum:
            raise _damaged(path, f"{name} is {'not what was written' if name in present else 'missing'}")
    return description


def _damaged(path, reason):
    """Return the error for a saved function of which something is wrong."""
    return ValueError(f"the TensorFunction saved at {path} is damaged ({reason}); restore it or save it again")


def _checksum(description):
    """Return the checksum of a description, which is the same before and after a way through JSON."""
    return hashlib.sha256(json.dumps(description, sort_keys=True, separators=(',', ':')).encode()).hexdigest()


def _checksums(directory):
    """Return the checksums of all files in a directory, by their names relative to it, but for the document itself."""
    found = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            file = os.path.join(folder, name)
            with open(file, 'rb') as stream:
                found[os.path.relpath(file, directory)] = hashlib.file_digest(stream, 'sha256').hexdigest()
    found.pop(DOCUMENT, None)
    return found
