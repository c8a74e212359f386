r"""
Expressions of Sage inside of networks

EXAMPLES::

    sage: from sage_tf.networks.embedded import add_expressions
    sage: from sage_tf.networks.tape import Tape
    sage: tape = Tape((1r,))
    sage: wire, = add_expressions(tape, [sin(pi*x)^2 + 1], {x: tape.inputs[0]})
    sage: for step in tape.steps: print(step)
    constant 1
    mul 1 -> 1
    sin 1 -> 1
    constant 1
    power 1 -> 1
    constant 1
    affine 2 -> 1
"""
import numpy as np
from sage.structure.element import Matrix, Vector

from sage_tf.conversion.to_sage import to_sage
from sage_tf.networks.activations import ACTIVATIONS, ELEMENTARY
from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.powers import rational

_UNARY = {**{name: name for name in ELEMENTARY}, 'heaviside': 'unit_step', 'relu': 'relu', 'abs': 'abs'}


def is_function(obj):
    """
    Return whether an object is a function on tensors of ours.

    EXAMPLES::

        sage: from sage_tf.networks.embedded import is_function
        sage: is_function(abs)
        False
    """
    from sage_tf.symbolic.tensor_function import TensorFunction
    return isinstance(obj, TensorFunction)


def apply_function(tape, function, inputs):
    r"""
    Return the wires of a ``TensorFunction`` as a layer, with the inputs that such a layer takes.

    EXAMPLES::

        sage: from sage_tf.networks.embedded import apply_function
        sage: from sage_tf.networks.tape import Tape
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: tape = Tape((4r, 2r)); apply_function(tape, TensorFunction(x*var('y')), tape.inputs).shape
        (4, 1)
    """
    expression = function.expression()
    if function.functions():
        raise NotImplementedError(f"the function {function} has networks bound to unknown functions, for which there is no form inside of a layer")
    variables = [str(v) for v in function.variables()]
    is_single = not isinstance(expression, (Vector, Matrix))
    if isinstance(inputs, dict):
        columns = [inputs[name] for name in variables]
    elif isinstance(inputs, (list, tuple)):
        columns = list(inputs)
    elif is_single and len(variables) == 1:
        columns = [inputs]
    else:
        columns = [inputs[..., k] for k in range(len(variables))]
    columns = np.broadcast_arrays(*columns)
    names = dict(zip(variables, columns, strict=True))
    shape = () if is_single else (len(expression),) if isinstance(expression, Vector) else expression.dimensions()
    entries = [expression] if is_single else list(expression) if isinstance(expression, Vector) else expression.list()
    parameters = {str(symbol): to_sage(value) for symbol, value in function.parameters().items()}
    out = add_expressions(tape, entries, {**names, **parameters})
    out = np.stack([np.broadcast_to(wires, columns[0].shape) for wires in out], axis=-1)
    out = out.reshape(*columns[0].shape, *map(int, shape))
    is_column = is_single and not isinstance(inputs, (dict, list, tuple)) and len(variables) > 1
    return out[..., None] if is_column else out


def add_expressions(tape, entries, places):
    r"""
    Return the arrays of wires of expressions, whose parts become steps.

    INPUT:

    - ``entries`` -- list of expressions

    - ``places`` -- dictionary from symbols, or their names, to arrays of wires of one shape, or to numbers

    Raises NotImplementedError for a function without enclosures, naming it.

    EXAMPLES::

        sage: from sage_tf.networks.embedded import add_expressions
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((1r,))
        sage: add_expressions(tape, [gamma(x)], {x: tape.inputs[0]})
        Traceback (most recent call last):
        ...
        NotImplementedError: gamma(x) has the function gamma, of which no enclosures are known; expected elementary functions
    """
    graph = Graph(operation)
    roots = [graph.read(e) for e in entries]
    names, found = {str(name): place for name, place in places.items()}, {}
    for number in graph.reachable(roots):
        found[number] = _wires(tape, graph, number, names, found, entries)
    return [found[root] for root in roots]


def _wires(tape, graph, number, names, found, entries):
    """Return the wires of a node."""
    node = graph.nodes[number]
    if node.op == 'symbol':
        place = names.get(str(node.value))
        if place is None:
            raise ValueError(f"the variable {node.value} of {entries[0]} is none of {', '.join(names)}; use those, or substitute a value")
        return place if isinstance(place, (np.ndarray, np.integer)) else tape.constant([place])[0]
    if node.op == 'constant':
        return tape.constant([node.value])[0]
    if node.op == 'pow':
        return _power(tape, graph, node, found)
    args = [np.asarray(found[a]) for a in node.args]
    if node.op == 'add':
        return tape.combination([(1, wires) for wires in args])
    if node.op in ('mul', 'max', 'min', 'maximum'):
        return _joined(tape, node.op, args)
    name = _UNARY.get(node.op) if isinstance(node.op, str) else None
    if name is None or len(args) != 1:
        raise NotImplementedError(f"{entries[0]} has the function {node.op}, of which no enclosures are known; expected elementary functions")
    return tape.apply(name, args[0])


def _joined(tape, op, args):
    """Return the wires of a product or extremum of any number of factors."""
    result = args[0]
    for wires in args[1:]:
        if op == 'min':
            smaller = tape.binary('max', tape.combination([(-1, result)]), tape.combination([(-1, wires)]))
            result = tape.combination([(-1, smaller)])
        else:
            result = tape.binary('mul' if op == 'mul' else 'max', result, wires)
    return result


def _power(tape, graph, node, found):
    """Return the wires of a power."""
    base, exponent = (graph.nodes[a] for a in node.args)
    wires = np.asarray(found[node.args[0]])
    n = rational(exponent.value) if exponent.op == 'constant' else None
    if n is not None and n.denominator() in (1, 2):
        if n.denominator() == 2:
            wires, n = tape.apply('sqrt', wires), 2 * n
        result = wires if abs(n) == 1 else tape.apply('power', wires, int(abs(n)))
        return result if n > 0 else tape.apply('reciprocal', result)
    logarithm = tape.apply('log', wires)
    return tape.apply('exp', tape.binary('mul', np.asarray(found[node.args[1]]), logarithm))


assert set(_UNARY.values()) <= set(ACTIVATIONS)
