r"""
Networks of one input, made of rectifiers and the like, as exact piecewise linear functions

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2, -1]], [-1, 3], [[1], [3]], [0.5])): _ = weight.assign(values)
    sage: f = piecewise_linear(model); f
    piecewise(x|-->-3*x + 19/2 on (-oo, 1/2), x|-->-x + 17/2 on [1/2, 3), x|-->2*x - 1/2 on [3, +oo); x)
    sage: f.end_points(), f(1/3)
    ([1/2, 3], 17/2)
"""
from collections import namedtuple

import numpy as np
from sage.functions.piecewise import piecewise
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.sets.real_set import RealSet
from sage.symbolic.ring import SR

from sage_tf.networks.activations import ACTIVATIONS
from sage_tf.networks.broken import Broken
from sage_tf.networks.models import tape_of
from sage_tf.networks.steps import Affine, Apply, Binary, Constant
from sage_tf.networks.tape import walk

Line = namedtuple('Line', 'low high slope offset')              # ends are None where there is none


def piecewise_linear(model, variable=None):
    r"""
    Return a network of one input as an exact piecewise linear function.

    INPUT:

    - ``model`` -- Keras model of linear layers, rectifiers and whatever is piecewise linear and continuous

    - ``variable`` -- symbol (default: ``x``)

    OUTPUT: Sage's piecewise function on the whole line, with rational breakpoints, slopes and constants: those of the function of the weights, without
    TensorFlow's rounding. ``.end_points()`` has the breakpoints, where the slope does change. A vector-valued network gives a list of functions

    Raises ValueError for a network of several inputs, NotImplementedError for one that is not piecewise linear, naming what bends.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1), keras.layers.ReLU(max_value=2)])
        sage: for weight, values in zip(model.weights, ([[3]], [-1])): _ = weight.assign(values)
        sage: piecewise_linear(model, var('t'))
        piecewise(t|-->0 on (-oo, 1/3), t|-->3*t - 1 on [1/3, 1), t|-->2 on [1, +oo); t)

    TESTS::

        sage: piecewise_linear(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation='tanh')]))
        Traceback (most recent call last):
        ...
        NotImplementedError: the network has tanh in it: tanh is no piecewise linear function
        sage: piecewise_linear(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
        Traceback (most recent call last):
        ...
        ValueError: the network has 2 inputs; expected one (linear_regions takes two or three)
    """
    variable = SR.var('x') if variable is None else variable
    found = [_as_piecewise(lines, variable) for lines in lines_of(model)]
    return found if len(found) > 1 else found[0]


def lines_of(model):
    """
    Return for each output of a network of one input the list of its linear pieces, from left to right.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: from sage_tf.networks.piecewise import lines_of
        sage: lines_of(keras.Sequential([keras.Input((1,)), keras.layers.ReLU()]))
        [[Line(low=None, high=0, slope=0, offset=0), Line(low=0, high=None, slope=1, offset=0)]]
    """
    tape = tape_of(model)
    if tape.inputs.size != 1:
        raise ValueError(f"the network has {tape.inputs.size} inputs; expected one (linear_regions takes two or three)")
    return _lines_of_tape(tape)


def _lines_of_tape(tape):
    places = {int(tape.inputs.ravel()[0]): (Broken.identity(), 0)}
    walk(tape.steps, _RULES, places)
    outputs = _taken(places, tape.outputs)
    return [_lines(outputs, k) for k in range(len(tape.outputs))]


def _lines(functions, k):
    """Return the linear pieces of one function, neighbours on one line as one."""
    points, values = functions.points, [column[k] for column in functions.columns]
    slopes = [values[0], *[(values[i + 2] - values[i + 1]) / (points[i + 1] - points[i]) for i in range(len(points) - 1)], values[-1]]
    lines = [Line(None, None, slopes[0], values[1] - slopes[0] * points[0])]
    for point, value, slope in zip(points, values[1:-1], slopes[1:], strict=True):
        if slope != lines[-1].slope:
            lines[-1] = lines[-1]._replace(high=point)
            lines.append(Line(point, None, slope, value - slope * point))
    return lines


def _as_piecewise(lines, variable):
    """Return linear pieces as a function of Sage."""
    return piecewise([[_domain(line), line.slope * variable + line.offset] for line in lines], var=variable)


def _domain(line):
    if line.low is None and line.high is None:
        return RealSet.real_line()
    if line.low is None:
        return RealSet.unbounded_below_open(line.high)
    return RealSet.unbounded_above_closed(line.low) if line.high is None else RealSet.closed_open(line.low, line.high)


# -- the steps ---------------------------------------------------------------------------------------------------------

def rational_of(x):
    """Return the value of a float, exactly."""
    return Rational(float(x).as_integer_ratio())


def exact_affine(step):
    r"""
    Return the matrix and the offset of an affine step over the rational numbers.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.piecewise import exact_affine
        sage: from sage_tf.networks.steps import Affine
        sage: exact_affine(Affine([0r], numpy.array([[0.5r]]), numpy.array([1.0r]), numpy.array([3.0r]), [1r]))
        ([1/6], (1/3))
    """
    dense = step.matrix if isinstance(step.matrix, np.ndarray) else step.matrix.toarray()
    A = matrix(QQ, *map(int, dense.shape), [rational_of(v) if v else 0 for v in dense.ravel().tolist()])
    offset = vector(QQ, [rational_of(v) for v in step.offset])
    if step.divisor is not None:
        divisors = [rational_of(v) for v in step.divisor]
        A = matrix(QQ, [row / d for row, d in zip(A.rows(), divisors, strict=True)])
        offset = vector(QQ, [b / d for b, d in zip(offset, divisors, strict=True)])
    return A, offset


def _taken(places, wires):
    """Return the functions on some wires in one object."""
    found = [places[int(wire)] for wire in wires]
    blocks = {id(block): block for block, _ in found}
    if len(blocks) == 1:
        return found[0][0].rows([row for _, row in found])
    used = {key: sorted({row for block, row in found if id(block) == key}) for key in blocks}
    joined, start, where = Broken.joined([block.rows(used[key]) for key, block in blocks.items()]), 0, {}
    for key in blocks:
        where.update({(key, row): start + k for k, row in enumerate(used[key])})
        start += len(used[key])
    return joined.rows([where[id(block), row] for block, row in found])


def _put(places, step, functions):
    places.update((int(wire), (functions, k)) for k, wire in enumerate(step.out))


def _constant(places, step):
    try:
        values = [rational_of(v) if isinstance(v, (float, np.floating)) else QQ(v) for v in step.values]
    except TypeError:
        raise NotImplementedError(f"the network has one of the numbers {list(step.values)} in it, which is not rational") from None
    _put(places, step, Broken.constants(values))


def _affine(places, step):
    _put(places, step, _taken(places, step.inputs).mapped(*exact_affine(step)))


def _apply(places, step):
    parameters = [p if isinstance(p, int) or np.isinf(p) else rational_of(p) for p in step.parameters]
    try:
        _put(places, step, ACTIVATIONS[step.name].formula(Broken, _taken(places, step.inputs), *parameters))
    except NotImplementedError as error:
        raise NotImplementedError(f"the network has {step.name} in it: {error}") from None


_OPERATIONS = {'mul': lambda f, g: f * g, 'div': lambda f, g: f / g, 'max': Broken.maximum}


def _binary(places, step):
    _put(places, step, _OPERATIONS[step.op](_taken(places, step.left), _taken(places, step.right)))


_RULES = {Constant: _constant, Affine: _affine, Apply: _apply, Binary: _binary}
