r"""
``to_sage`` on networks

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2]], [0.5])): _ = weight.assign(values)
    sage: model.to_sage(x), model.to_sage(x, ring=QQ), model.to_sage(1/3, ring=QQ)
    (2.0*x + 0.5, 2*x + 1/2, 7/6)
"""
import numpy as np
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ
from sage.rings.real_double import RDF
from sage.structure.element import Matrix, Vector
from sage.symbolic.ring import SR

from sage_tf.networks.models import tape_of
from sage_tf.networks.symbolic import expressions


def network_to_sage(model, *variables, ring=None):
    r"""
    Return a network as a function of its inputs, in Sage.

    INPUT:

    - ``variables`` -- a symbol, or any expression or number, for each number of the input; a tensor of rank 2 or more may be given row by row, as nested
      lists, vectors or matrices (default: ``x`` for a single one, else ``x0``, ``x1``, ...)

    - ``ring`` -- where the weights lie: ``RDF`` (default); ``QQ``, exactly; ``RIF`` or ``RBF``; any other field that takes rational numbers

    OUTPUT: an expression for a single output, a vector of expressions for several, a matrix or nested lists for tensors; a tuple
    of these if the model has several outputs

    It is the function that the layer computes in inference, with the present weights, every weight by its exact value; only that TensorFlow rounds after every
    operation, and Sage does as its numbers do. Numbers that TensorFlow computes from weights alone, as the factors of a ``BatchNormalization``, are taken as
    TensorFlow computes them. Parts that occur more than once are shared: to evaluate a large network at many points use
    ``to_tf``, which keeps them so. Sage's own ``diff`` and ``subs`` go through them each time, which takes the longer the deeper the network is.

    Raises ValueError for a model that is not built and for a wrong number of variables, NotImplementedError for a layer without
    a form in Sage, naming it; TypeError for a ring that is none.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: a = keras.Input((2,)); hidden = keras.layers.Dense(2, activation='relu')(a)
        sage: model = keras.Model(a, keras.layers.Concatenate()([hidden, a]))
        sage: for weight, values in zip(model.weights, ([[1, -1], [0, 2]], [0, 1/2])): _ = weight.assign(values)
        sage: y = var('y')
        sage: model.to_sage(x, y, ring=QQ)
        (relu(x), relu(-x + 2*y + 1/2), x, y)
        sage: model.to_sage(x, y).to_tf(x, y)(-1, 2).numpy()
        array([ 0. ,  5.5, -1. ,  2. ])
        sage: diff(model.to_sage(x, y, ring=QQ)[1], y)
        sgn(-x + 2*y + 1/2) + 1

    TESTS::

        sage: model.to_sage(x)
        Traceback (most recent call last):
        ...
        ValueError: 1 variable was given for the 2 inputs of functional...; expected 2, one for each number of the input
        sage: model.to_sage(x, y, ring=3)
        Traceback (most recent call last):
        ...
        TypeError: ring=3 was given; expected a ring of numbers, as RDF, QQ, RIF or RBF
        sage: model.to_sage(x, y, ring=ZZ)
        Traceback (most recent call last):
        ...
        TypeError: ring=Integer Ring has no element for the weight 0.5; expected a field, as RDF, QQ, RIF or RBF
    """
    tape = tape_of(model)
    given = _variables(tape, variables, getattr(model, 'name', 'the model'))
    ring = RDF if ring is None else ring
    if not hasattr(ring, 'is_exact') or not hasattr(ring, 'has_coerce_map_from'):
        raise TypeError(f"ring={ring!r} was given; expected a ring of numbers, as RDF, QQ, RIF or RBF")
    if ring.is_exact() and not ring.has_coerce_map_from(QQ):
        raise TypeError(f"ring={ring!r} has no element for the weight 0.5; expected a field, as RDF, QQ, RIF or RBF")
    found = dict(zip(tape.outputs.tolist(), expressions(tape, given, ring), strict=False))
    results = tuple(_shaped(found, wires) for wires in tape.results)
    return results if len(results) > 1 else results[0]


def _variables(tape, variables, name):
    """Return the expressions for the inputs of a tape."""
    count = tape.inputs.size
    if not variables:
        return [SR.var('x')] if count == 1 else [SR.var(f'x{k}') for k in range(count)]
    flat = _flat(variables)
    if len(flat) != count:
        raise ValueError(f"{len(flat)} variable{'s were' if len(flat) > 1 else ' was'} given for the {count} input{'s' * (count > 1)} of {name}; "
                         f"expected {count}, one for each number of the input")
    return [SR(v) for v in flat]


def _flat(obj):
    """
    Return the entries of nested lists, vectors and matrices.

    EXAMPLES::

        sage: from sage_tf.networks.methods import _flat
        sage: y = var('y')
        sage: _flat([x, vector([y, 1]), matrix([[2, 3]]), [[x]]])
        [x, y, 1, 2, 3, x]
    """
    if isinstance(obj, Matrix):
        return obj.list()
    if isinstance(obj, (Vector, list, tuple, np.ndarray)):
        return [entry for part in obj for entry in _flat(part)]
    return [obj]


def _shaped(found, wires):
    """Return the expressions of an array of wires in the form of its shape."""
    if wires.size == 1:
        return found[int(wires.ravel()[0])]
    if wires.ndim == 1:
        return vector(SR, [found[int(wire)] for wire in wires])
    if wires.ndim == 2:
        return matrix(SR, *map(int, wires.shape), [found[int(wire)] for wire in wires.ravel()])
    return [_shaped(found, part) for part in wires]
