r"""
Certified bounds of networks

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2, -1]], [-1, 3], [[1], [-1]], [0])): _ = weight.assign(values)
    sage: b, = bounds(model, [(0, 2)], width=1e-3); -3.001 < b.lower() < -3, 2 < b.upper() < 2.001
    (True, True)
"""
import warnings
from time import monotonic

import numpy as np
from sage.rings.real_mpfi import RIF

from sage_tf.networks.boxes import Box, can_be_cut, halves
from sage_tf.networks.models import tape_of
from sage_tf.networks.steps import Apply
from sage_tf.networks.zonotopes import MOST_GENERATORS, Sweep

_ENTRIES = 4 * 10**6                                            # of the largest array of a sweep


def bounds(model, box, width=None, arithmetic=None, time_limit=60):
    r"""
    Return intervals that hold all outputs of a network on a box.

    INPUT:

    - ``model`` -- Keras model or layer

    - ``box`` -- list of pairs ``(low, high)``, one for each input; see :meth:`~sage_tf.networks.boxes.Box.of`

    - ``width`` -- positive number; the box is cut until each end of an interval is within this of a value that the network
      takes, rounding errors aside (default: it is not cut)

    - ``arithmetic`` -- ``None`` (default): the intervals hold what ``model(x)`` returns, TensorFlow's rounding errors included, and the function of real
      numbers too; ``'exact'``: the latter only

    - ``time_limit`` -- seconds that cutting may take (default: 60); a warning tells if ``width`` was not reached

    OUTPUT: list of intervals of ``RIF``, one for each output

    The errors of TensorFlow are bounded under these assumptions: matrix products and convolutions are sums of rounded products in any order, in the
    dtype of the model, and activations other than the piecewise linear ones are off by at most sixteen half units in the last place of
    `|f(x)| + |x| + 1` (of `|f(x)|` alone for ``exp``, ``sqrt`` and quotients). This is so for its kernels on a CPU; TF32 on a GPU is coarser.

    Raises ValueError and TypeError for a box that is not bounded or does not fit; what :func:`~sage_tf.networks.models.tape_of` raises.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: keras.utils.set_random_seed(1)
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation='tanh'), keras.layers.Dense(2)])
        sage: wide, narrow = bounds(model, [(-1, 1), (0, 1)]), bounds(model, [(-1, 1), (0, 1)], width=0.01)
        sage: [b in a for a, b in zip(wide, narrow)]
        [True, True]
        sage: values = model(tf.random.uniform((1000, 2)))
        sage: all(RIF(float(v)) in b for row in values.numpy() for v, b in zip(row, narrow))
        True

    TESTS::

        sage: bounds(model, [(0, 1)])
        Traceback (most recent call last):
        ...
        ValueError: the box has 1 interval; expected 2, a pair (low, high) for each input
        sage: bounds(model, [(0, 1), (-oo, 1)])
        Traceback (most recent call last):
        ...
        ValueError: the box has the interval (-Infinity, 1), which is not bounded; expected finite numbers
        sage: bounds(model, [(0, 1)]*2, width=0)
        Traceback (most recent call last):
        ...
        ValueError: width=0 was given; expected a positive number, or None for no cutting
    """
    tape = tape_of(model)
    box = Box.of(box, tape.inputs.size)
    arithmetic = checked_arithmetic(arithmetic, tape)
    lo, hi = box.rounded(arithmetic)
    if width is None:
        low, high = Sweep(tape, lo, hi, arithmetic).outputs()
    else:
        if not width > 0:
            raise ValueError(f"width={width} was given; expected a positive number, or None for no cutting")
        low, high = _cut_to(tape, lo, hi, arithmetic, float(width), monotonic() + float(time_limit))
    return [RIF(float(a), float(b)) for a, b in zip(low.min(axis=0), high.max(axis=0), strict=True)]


def checked_arithmetic(arithmetic, tape):
    """
    Return the arithmetic of a sweep.

    TESTS::

        sage: from sage_tf.networks.bounds import checked_arithmetic
        sage: from sage_tf.networks.tape import Tape
        sage: checked_arithmetic(None, Tape()), checked_arithmetic('exact', Tape())
        ('float32', 'exact')
        sage: checked_arithmetic('float', Tape())
        Traceback (most recent call last):
        ...
        ValueError: arithmetic='float' was given; expected None, what the model computes, or 'exact'
    """
    if arithmetic not in (None, 'exact'):
        raise ValueError(f"arithmetic={arithmetic!r} was given; expected None, what the model computes, or 'exact'")
    return arithmetic or tape.dtype


def batch_size(tape):
    """
    Return for how many boxes at once a network is swept.

    EXAMPLES::

        sage: from sage_tf.networks.bounds import batch_size
        sage: from sage_tf.networks.tape import Tape
        sage: batch_size(Tape((2r,)))
        256
    """
    count = tape.inputs.size + min(MOST_GENERATORS, sum(len(step.out) for step in tape.steps if isinstance(step, Apply)))
    widest = max([tape.inputs.size, *[len(step.out) for step in tape.steps]])
    return max(1, min(256, _ENTRIES // (count * widest)))


def _cut_to(tape, lo, hi, arithmetic, width, deadline):
    """Return the bounds on the parts of a box that is cut until the hull of all is within a width of values that are taken."""
    size, done_low, done_high, scale = batch_size(tape), [], [], (hi - lo)[0]
    taken_low, taken_high = np.full(tape.outputs.size, np.inf), np.full(tape.outputs.size, -np.inf)
    parts = [(lo, hi)]
    while parts:
        lo, hi = parts.pop(0)
        low, high, axes = swept(tape, lo, hi, arithmetic, scale)
        middle = np.clip(lo / 2 + hi / 2, lo, hi)
        at_low, at_high = Sweep(tape, middle, middle, arithmetic, plain=True).outputs()
        taken_low, taken_high = np.minimum(taken_low, at_high.min(axis=0)), np.maximum(taken_high, at_low.max(axis=0))
        near = width + 2 * (at_high - at_low)                   # no cutting takes away the errors at a point
        is_open = ((high > taken_high + near) | (low < taken_low - near)).any(axis=1)
        late = monotonic() > deadline
        if late and is_open.any():
            warnings.warn(f"width={width} was not reached in the time; the bounds hold, and are wider", stacklevel=4)
        is_open &= can_be_cut(lo, hi) & (not late)
        done_low.append(low[~is_open])
        done_high.append(high[~is_open])
        if is_open.any():
            lo, hi = halves(lo[is_open], hi[is_open], axes[is_open])
            parts += [(lo[k:k + size], hi[k:k + size]) for k in range(0, len(lo), size)]
            if late:
                continue
    return np.concatenate(done_low), np.concatenate(done_high)


def swept(tape, lo, hi, arithmetic='exact', scale=None):
    r"""
    Return the bounds of a network on boxes, and the axis of each that matters the most, widths being measured by a scale.

    OUTPUT: three arrays of the shapes (boxes, outputs), (boxes, outputs) and (boxes,)

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.bounds import swept
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((2r,)); tape.outputs = tape.affine(tape.inputs, numpy.array([[1.0r, 5.0r]]))
        sage: swept(tape, numpy.zeros((1r, 2r)), numpy.ones((1r, 2r)))[2]
        array([1])
    """
    sweep = Sweep(tape, lo, hi, arithmetic)
    form = sweep.output_form()
    spread = np.abs(form.generators).sum(axis=2)
    linear = spread[:, :lo.shape[1]]
    errors = spread[:, lo.shape[1]:].sum(axis=1) + form.radius.sum(axis=1)      # of the chords: the less, the smaller the box
    width = (hi - lo) / (np.ones(lo.shape[1]) if scale is None else np.where(scale > 0, scale, 1.0))
    with np.errstate(all='ignore'):
        share = width / width.sum(axis=1, keepdims=True)
        weight = np.where(np.isfinite(linear), linear, 0.0) + np.where(np.isfinite(errors), errors, 1e300)[:, None] * share
    return (*sweep.outputs(), np.where(hi > lo, np.nan_to_num(weight), -1.0).argmax(axis=1))
