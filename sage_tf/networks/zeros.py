r"""
Exact extrema and zeros of piecewise linear networks

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2, -1]], [-1, 3], [[1], [3]], [-6])): _ = weight.assign(values)
    sage: zero_set(model, (0, 4)), extrema(model, (0, 4))
    ({2} ∪ {7/2}, Extrema(minimum=-1, at_minimum=(3), maximum=3, at_maximum=(0)))
"""
from collections import namedtuple

from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ
from sage.sets.real_set import RealSet

from sage_tf.networks.boxes import Box
from sage_tf.networks.models import tape_of
from sage_tf.networks.piecewise import lines_of
from sage_tf.networks.regions import _rational, linear_regions

Extrema = namedtuple('Extrema', 'minimum at_minimum maximum at_maximum')


def extrema(model, box, output=0):
    r"""
    Return the smallest and the largest value of a piecewise linear network on a box, exactly, and points where they are taken.

    INPUT:

    - ``model`` -- Keras model of linear layers, rectifiers and whatever is piecewise linear and continuous

    - ``box`` -- list of pairs ``(low, high)`` of rational numbers, one for each input

    - ``output`` -- the number of the output (default: 0)

    OUTPUT: named tuple ``(minimum, at_minimum, maximum, at_maximum)`` of rational numbers and vectors; of the function of the weights, without
    TensorFlow's rounding

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation='leaky_relu')])
        sage: for weight, values in zip(model.weights, ([[1], [-1]], [0])): _ = weight.assign(values)
        sage: extrema(model, [(0, 1/3), (0, 1)]).maximum
        1/3
    """
    tape = tape_of(model)
    if tape.inputs.size > 1:
        regions = linear_regions(tape, box)
        return Extrema(*regions.minimum(output), *regions.maximum(output))
    (low, high), = Box.of(box, 1).ends
    low, high = _rational(low), _rational(high)
    pairs = [(line.slope * t + line.offset, t) for line in lines_of(tape)[output] for t in _ends_within(line, low, high)]
    smallest, largest = min(pairs), max(pairs, key=lambda pair: (pair[0], -pair[1]))
    return Extrema(smallest[0], vector(QQ, [smallest[1]]), largest[0], vector(QQ, [largest[1]]))


def _ends_within(line, low, high):
    """Return the ends of the part of a line between two numbers."""
    a, b = low if line.low is None else max(line.low, low), high if line.high is None else min(line.high, high)
    return (a, b) if a <= b else ()


def zero_set(model, box=None, output=0):
    r"""
    Return the set of all zeros of a piecewise linear network of one input, exactly.

    INPUT:

    - ``model`` -- Keras model of linear layers, rectifiers and whatever is piecewise linear and continuous

    - ``box`` -- pair ``(low, high)`` of rational numbers (default: ``None``, the whole line)

    - ``output`` -- the number of the output (default: 0)

    OUTPUT: a ``RealSet`` of points and closed intervals with rational ends

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
        sage: for weight, values in zip(model.weights, ([[3, -1]], [-1, -1], [[1], [-1]], [0])): _ = weight.assign(values)
        sage: zero_set(model), zero_set(model, (1/4, 2))
        ([-1, 1/3], [1/4, 1/3])
        sage: _ = model.weights[3].assign([-1]); zero_set(model)
        {2/3}
    """
    found = RealSet()
    for line in lines_of(model)[output]:
        if line.slope:
            t = -line.offset / line.slope
            if (line.low is None or line.low <= t) and (line.high is None or t <= line.high):
                found = found.union(RealSet.point(t))
        elif not line.offset:
            found = found.union(_closed(line.low, line.high))
    if box is None:
        return found
    (low, high), = Box.of(box, 1).ends
    return found.intersection(RealSet.closed(_rational(low), _rational(high)))


def _closed(low, high):
    if low is None:
        return RealSet.real_line() if high is None else RealSet.unbounded_below_closed(high)
    return RealSet.unbounded_above_closed(low) if high is None else RealSet.closed(low, high)
