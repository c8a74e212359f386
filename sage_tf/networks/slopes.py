r"""
Enclosures of the partial derivatives of networks, for many boxes at once

EXAMPLES::

    sage: import keras, numpy
    sage: from sage_tf.networks.models import tape_of
    sage: from sage_tf.networks.slopes import partials
    sage: model = keras.Sequential([keras.Input((1r,)), keras.layers.ReLU(negative_slope=0.5r)])
    sage: slopes = partials(tape_of(model), numpy.array([[-1.0r], [1.0r]]), numpy.array([[1.0r], [2.0r]]))
    sage: slopes.lo.ravel().round(6r), slopes.hi.ravel().round(6r)
    (array([0.5, 1. ]), array([1., 1.]))

They enclose the generalized derivatives where there is a kink, and the slopes of all secants; an infinite end says that there may be a jump.

ALGORITHM:

The chain rule forwards, by matrices of intervals: middles and radii in linear steps.
"""
import numpy as np

from sage_tf.networks.intervals import INFINITY, Interval
from sage_tf.networks.steps import Affine, Apply, Binary, Constant
from sage_tf.networks.zonotopes import Sweep, products

_U = 2.0**-53


def partials(tape, lo, hi):
    r"""
    Return enclosures of the derivatives of the outputs by the inputs on boxes.

    INPUT:

    - ``tape`` -- a :class:`~sage_tf.networks.tape.Tape`

    - ``lo``, ``hi`` -- arrays of the shape (boxes, inputs)

    OUTPUT: an interval of the shape (boxes, inputs, outputs), of the function of real numbers

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.slopes import partials
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((2r,)); tape.outputs = tape.binary('mul', tape.inputs[:1r], tape.inputs[1r:])
        sage: d = partials(tape, numpy.array([[1.0r, 3.0r]]), numpy.array([[2.0r, 4.0r]])); d.lo.ravel().round(9r), d.hi.ravel().round(9r)
        (array([3., 1.]), array([4., 2.]))
    """
    sweep = Sweep(tape, lo, hi)
    slopes = Interval(*np.zeros((2, *lo.shape, tape.size)))
    wires = tape.inputs.ravel()
    slopes.lo[:, :, wires] = slopes.hi[:, :, wires] = np.eye(len(wires))
    for number, step in enumerate(tape.steps):
        with np.errstate(all='ignore'):
            found = _RULES[type(step)](sweep, slopes, step, number)
        if found is not None:
            slopes.lo[:, :, step.out] = np.where(np.isnan(found.lo), -INFINITY, found.lo)
            slopes.hi[:, :, step.out] = np.where(np.isnan(found.hi), INFINITY, found.hi)
    out = tape.outputs.ravel()
    return Interval(slopes.lo[:, :, out], slopes.hi[:, :, out])


def _at(slopes, wires):
    return Interval(slopes.lo[:, :, wires], slopes.hi[:, :, wires])


def _values(sweep, wires):
    return Interval(sweep.lo[:, None, wires], sweep.hi[:, None, wires])


def _affine(sweep, slopes, step, number):
    product, size = products(step.matrix)
    inner = _at(slopes, step.inputs)
    shape = inner.lo.shape
    lo, hi = (side.reshape(-1, shape[-1]) for side in (inner.lo, inner.hi))
    middle = lo / 2 + hi / 2
    half = np.maximum(hi - middle, middle - lo)
    terms = step.matrix.shape[1]
    error = (2 * terms + 10) * _U
    center = product(middle)
    radius = size(half) * (1 + error) + size(np.abs(middle)) * error
    if step.divisor is not None:
        center, radius = center / step.divisor, radius / np.abs(step.divisor) * (1 + 4 * _U) + np.abs(center / step.divisor) * 4 * _U
    radius = radius * (1 + 4 * _U)
    found = Interval(np.where(radius > 0, np.nextafter(center - radius, -INFINITY), center),
                     np.where(radius > 0, np.nextafter(center + radius, INFINITY), center))     # slopes that vanish stay so
    return Interval(found.lo.reshape(*shape[:2], -1), found.hi.reshape(*shape[:2], -1))


def _apply(sweep, slopes, step, number):
    outer = sweep.chords[number].slopes
    return Interval(outer.lo[:, None], outer.hi[:, None]) * _at(slopes, step.inputs)


def _binary(sweep, slopes, step, number):
    a, b = _values(sweep, step.left), _values(sweep, step.right)
    da, db = _at(slopes, step.left), _at(slopes, step.right)
    if step.op == 'mul':
        return a * db + b * da
    if step.op == 'div':
        return (da - a / b * db) / b
    is_left, is_right = a.lo > b.hi, b.lo > a.hi
    either = da.hull(db)
    return Interval(np.where(is_left, da.lo, np.where(is_right, db.lo, either.lo)), np.where(is_left, da.hi, np.where(is_right, db.hi, either.hi)))


_RULES = {Constant: lambda *_: None, Affine: _affine, Apply: _apply, Binary: _binary}
