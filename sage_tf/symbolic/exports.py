r"""
The computation of a function on tensors, as plain TensorFlow has it

EXAMPLES::

    sage: import os, tensorflow as tf
    sage: from sage_tf.symbolic.exports import write_model
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: f, path = TensorFunction(x^2), os.path.join(tmp_dir(), 'model')
    sage: write_model(f, {'inputs': ['x'], 'expression': None, 'functions': []}, [], path)
    sage: tf.saved_model.load(path)(tf.constant([1.0r, 3.0r], tf.float64)).numpy()
    array([1., 9.])
"""
import keyword
import re
from functools import partial

import tensorflow as tf

from sage_tf.symbolic.document import function_data, function_from_data
from sage_tf.symbolic.gradients import plain_gradients
from sage_tf.symbolic.operators import Binding, Part

_HOST_CALLS = {'PyFunc', 'PyFuncStateless', 'EagerPyFunc'}
_INPUT_NAME = re.compile('[A-Za-z][A-Za-z0-9_]*')


def write_model(function, description, bundles, directory):
    r"""
    Write the SavedModel of a function.

    INPUT:

    - ``function`` -- a :class:`~sage_tf.symbolic.tensor_function.TensorFunction`

    - ``description`` -- dictionary with the names ``inputs``, the document ``expression`` and the rows ``functions`` of :func:`bound_functions`

    - ``bundles`` -- the bound functions of these rows

    - ``directory`` -- where to write

    Raises NotImplementedError for what plain TensorFlow cannot compute.
    """
    dtype = function.dtype()
    specs = [tf.TensorSpec(None, dtype, name) for name in description['inputs']]
    model = tf.Module()
    model.parameters = {str(symbol): variable for symbol, variable in function.parameters().items()}
    with plain_gradients():
        traced = tf.function(partial(_value, function), input_signature=specs, autograph=False).get_concrete_function()
        _check_traced(traced, function._program().host_functions, bundles)
        model.functions = {str(k): _traced(row, bundle, dtype)
                           for k, (row, bundle) in enumerate(zip(description['functions'], bundles, strict=True))}
        model.weights = {k: _weights(functions) for k, functions in model.functions.items()}
        # TensorFlow traces again what it saves: a call, rather than all that is called.
        model.__call__ = tf.function(lambda *tensors: traced(*tensors), input_signature=specs, autograph=False)
        served = tf.function(lambda *tensors: {'value': traced(*tensors)}, input_signature=specs, autograph=False)
        try:
            tf.saved_model.save(model, directory, signatures={'serving_default': served})
        except (AssertionError, KeyError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise NotImplementedError(f"TensorFlow cannot save the function {function!r}: {reason}") from error


def _value(function, *tensors):
    """Return the value of a function at tensors of unknown shapes."""
    parameters = map(tf.convert_to_tensor, function.parameters().values())
    return function._evaluate(*tensors, *parameters, vectorized=False)


def input_names(variables):
    """
    Return the names of the inputs of the signature.

    They are those of the variables, or ``input_k`` for the k-th, from 0, where TensorFlow takes no such name, or takes it for an
    earlier one, as it does not heed the case of letters.

    EXAMPLES::

        sage: from sage_tf.symbolic.exports import input_names
        sage: input_names([x, var('X'), var('_y'), var('self'), var('t1')])
        ['x', 'input_1', 'input_2', 'input_3', 't1']
    """
    names, taken = [], {str(symbol).lower() for symbol in variables}
    for k, name in enumerate(map(str, variables)):
        is_met = name.lower() in map(str.lower, names)
        if is_met or not _INPUT_NAME.fullmatch(name) or keyword.iskeyword(name) or name == 'self':
            name = f'input_{k}'
            while name in taken:
                name += '_'
        names.append(name)
    return names


def _check_traced(traced, hosts, bundles):
    """Raise NotImplementedError if a traced function calls the host, for functions of the table or for bound ones."""
    graph = traced.graph.as_graph_def()
    nodes = [*graph.node, *(node for inner in graph.library.function for node in inner.node_def)]
    if _HOST_CALLS.isdisjoint(node.op for node in nodes):
        return
    bound = f"what is bound to {' or '.join(map(str, bundles))}" if bundles else "a part of the expression"
    raise NotImplementedError(f"plain TensorFlow cannot compute {', '.join(sorted(hosts)) or bound}, for which SciPy, mpmath or "
                              "Python is called; pickle the function instead, with dumps() or save(f, name)")


# -- bound functions ---------------------------------------------------------------------------------------------------


def bound_functions(functions, expression):
    """
    Return descriptions of the bound functions that an expression contains, and what computes them.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import as_document
        sage: from sage_tf.symbolic.exports import bound_functions
        sage: u = function('u')
        sage: rows, bundles = bound_functions({u: lambda s: (s, s)}, as_document(function('u1')(x)))
        sage: rows, bundles
        ([{'arguments': [1], 'is_tuple': False, 'outputs': 2, 'symbols': [('u', 0, None)]}], [u])
    """
    binding = Binding(functions)
    met = {}                                                    # bound function -> its numbers of arguments, its outputs
    for kind, operands, data in expression['nodes']:
        name = data[0] if kind == 'unknown' else data[1][0] if kind == 'derivative' and data[0] == 'unknown' else None
        bundle, output = name is not None and binding.find(name) or (None, None)
        if bundle is not None:
            arguments, outputs = met.setdefault(bundle, (set(), set()))
            arguments.add(len(operands))
            outputs.add(output)
    rows, bundles = [], []
    for key in functions:
        symbols = key if isinstance(key, tuple) else (key,)
        bundle, _ = binding.find(symbols[0].name())
        if bundle in met:
            arguments, outputs = met[bundle]
            count = len(symbols) if isinstance(key, tuple) else max((k + 1 for k in outputs if k is not None), default=None)
            rows.append({'arguments': sorted(arguments), 'is_tuple': isinstance(key, tuple), 'outputs': count,
                         'symbols': [function_data(symbol)[1] for symbol in symbols]})
            bundles.append(bundle)
    return rows, bundles


def _traced(row, bundle, dtype):
    """Return the values of a bound function at a row of points, traced for each of its numbers of arguments."""
    outputs = [None] if row['outputs'] is None else range(row['outputs'])
    values = bundle.on_tensors([Part(bundle, output, ()) for output in outputs], dtype)
    return {str(count): tf.function(values, input_signature=[tf.TensorSpec([None], dtype)] * count, autograph=False)
            for count in row['arguments']}


def _weights(traced):
    """Return the variables of traced functions, each once."""
    found = {id(v): v for function in traced.values() for v in function.get_concrete_function().graph.variables}
    return list(found.values())


def restored_functions(rows, path):
    """
    Return the bound functions of a SavedModel by their symbols; nothing is loaded if there are none.

    EXAMPLES::

        sage: from sage_tf.symbolic.exports import restored_functions
        sage: restored_functions([], 'nowhere')
        {}
    """
    saved = tf.saved_model.load(path) if rows else None
    functions = {}
    for k, row in enumerate(rows):
        symbols = tuple(function_from_data('unknown', data) for data in row['symbols'])
        restored = RestoredFunction(saved.functions[str(k)], saved.weights[str(k)], row['outputs'] is None)
        functions[symbols if row['is_tuple'] else symbols[0]] = restored
    return functions


class RestoredFunction(tf.Module):
    r"""
    What a saved unknown function was bound to, as a callable on tensors.

    INPUT:

    - ``traced`` -- dictionary from numbers of arguments, as strings, to functions of that many rows of points, returning sequences of rows

    - ``weights`` -- list of the variables of these functions, which only weak references tie to them

    - ``is_single`` -- whether there is one output, to be returned as such

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.exports import RestoredFunction
        sage: u = RestoredFunction({'2': tf.function(lambda a, b: (a*b,))}, [], True)
        sage: u(tf.constant([[1.0r], [2.0r]]), tf.constant([[3.0r], [4.0r]])).numpy()
        array([[3.],
               [8.]], dtype=float32)
        sage: u(tf.constant(1.0r))
        Traceback (most recent call last):
        ...
        TypeError: the restored function was given 1 argument(s); expected 2, as in the expression with which it was saved
        sage: dumps(u)
        Traceback (most recent call last):
        ...
        TypeError: a function restored from a SavedModel cannot be pickled; save it again with its method save()
    """
    def __init__(self, traced, weights, is_single):
        super().__init__()
        self._traced = dict(traced)
        self._weights = list(weights)
        self._is_single = is_single

    def __call__(self, *arguments):
        """Return the output or the tuple of outputs at tensors of one shape."""
        traced = self._traced.get(str(len(arguments)))
        if traced is None:
            raise TypeError(f"the restored function was given {len(arguments)} argument(s); expected {' or '.join(self._traced)}, "
                            "as in the expression with which it was saved")
        shape = tf.shape(arguments[0]) if arguments else []
        outputs = [tf.reshape(output, shape) for output in traced(*(tf.reshape(t, [-1]) for t in arguments))]
        if arguments:
            outputs = [tf.ensure_shape(output, arguments[0].shape) for output in outputs]
        return outputs[0] if self._is_single else tuple(outputs)

    def __reduce__(self):
        raise TypeError("a function restored from a SavedModel cannot be pickled; save it again with its method save()")
