r"""
Monotonicity and Lipschitz constants of networks

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation='softplus'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2, 1], [-1, 1]], [0, 0], [[1], [1]], [0])): _ = weight.assign(values)
    sage: is_monotone(model, 'x0', [(-1, 1), (-1, 1)]), is_monotone(model, 'x1', [(-1, 1), (-1, 1)]).status
    (proved on 1 box (increasing), 'refuted')
    sage: lipschitz_bound(model, [(-1, 1), (-1, 1)]) < 2.7
    True

These are statements about the function of real numbers: rounding errors make no function monotone.
"""
from time import monotonic

import numpy as np
from sage.rings.infinity import infinity
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.real_mpfr import RR

from sage_tf.networks.bounds import batch_size
from sage_tf.networks.boxes import Box, can_be_cut, halves
from sage_tf.networks.models import tape_of
from sage_tf.networks.slopes import partials
from sage_tf.networks.verdicts import Verdict

_UP = 1 + 2.0**-48


def is_monotone(model, variable, box, direction=None, time_limit=60, max_boxes=10**5):
    r"""
    Decide whether a network rises, or falls, with one of its inputs, on a box.

    INPUT:

    - ``model`` -- Keras model or layer of one output

    - ``variable`` -- name, symbol or number of an input, as they are named in the box

    - ``box`` -- list of pairs ``(low, high)`` or triples ``(variable, low, high)``

    - ``direction`` -- ``'increasing'``, ``'decreasing'`` or ``None`` (default) for either

    - ``time_limit``, ``max_boxes`` -- the budget: seconds, and the number of boxes

    OUTPUT: a :class:`~sage_tf.networks.verdicts.Verdict`, true if it is proved that the output never falls, or never rises, with the input. If it is
    refuted, ``.point`` is the middle of a box on which it certainly does the opposite (of the one, where both were possible; ``note`` has the other)

    Raises ValueError for a variable that is no input, or a network of several outputs.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation='gelu')])
        sage: for weight, values in zip(model.weights, ([[1]], [0])): _ = weight.assign(values)
        sage: is_monotone(model, x, (-0.7, 5)), is_monotone(model, x, (-2, 5)).status
        (proved on ... boxes (increasing), 'refuted')

    TESTS::

        sage: is_monotone(model, 'y', (0, 1))
        Traceback (most recent call last):
        ...
        ValueError: the variable y is none of the inputs x
        sage: is_monotone(model, x, (0, 1), direction='up')
        Traceback (most recent call last):
        ...
        ValueError: direction='up' was given; expected 'increasing', 'decreasing' or None
    """
    if direction not in (None, 'increasing', 'decreasing'):
        raise ValueError(f"direction={direction!r} was given; expected 'increasing', 'decreasing' or None")
    tape = tape_of(model)
    if tape.outputs.size != 1:
        raise ValueError(f"the network has {tape.outputs.size} outputs; expected one")
    box = Box.of(box, tape.inputs.size)
    axis = _axis(variable, box)
    search = _Signs(tape, axis, direction, monotonic() + float(time_limit), int(max_boxes))
    status, points, note = search(box.lo[None], box.hi[None])
    found = [{name: Rational(float(v).as_integer_ratio()) for name, v in zip(box.names, point, strict=True)} for point in points]
    if status == 'refuted' and len(found) > 1:
        note = f"it rises there, and falls at {', '.join(f'{name} = {value}' for name, value in found[1].items())}"
    return Verdict(status, found[0] if found else None, boxes=search.boxes, note=note)


def _axis(variable, box):
    """Return the number of an input."""
    if isinstance(variable, (int, Integer)) and 0 <= variable < len(box.names):
        return int(variable)
    if str(variable) not in box.names:
        raise ValueError(f"the variable {variable} is none of the inputs {', '.join(box.names)}")
    return box.names.index(str(variable))


class _Signs:
    """The search for the sign of a derivative on a box."""

    def __init__(self, tape, axis, direction, deadline, most):
        self.tape, self.axis, self.deadline, self.most, self.boxes = tape, axis, deadline, most, 0
        self.may = {'increasing', 'decreasing'} if direction is None else {direction}
        self.witness = {}                                       # direction that is refuted -> point

    def __call__(self, lo, hi):
        size, parts, scale = batch_size(self.tape), [(lo, hi)], np.where(hi > lo, hi - lo, 1.0)[0]
        while parts:
            lo, hi = parts.pop()
            self.boxes += len(lo)
            slope = partials(self.tape, lo, hi)
            low, high = slope.lo[:, self.axis, 0], slope.hi[:, self.axis, 0]
            self._witness('increasing', high < 0, lo, hi)
            self._witness('decreasing', low > 0, lo, hi)
            if not self.may:
                return 'refuted', [self.witness[name] for name in ('decreasing', 'increasing') if name in self.witness], ''
            settled = np.logical_and.reduce([{'increasing': low >= 0, 'decreasing': high <= 0}[name] for name in self.may])
            if settled.all():
                continue
            lo, hi = lo[~settled], hi[~settled]
            if monotonic() > self.deadline or self.boxes >= self.most or not can_be_cut(lo, hi).all():
                return 'undecided', [lo[0] / 2 + hi[0] / 2], ''
            lo, hi = halves(lo, hi, ((hi - lo) / scale).argmax(axis=1))
            parts += [(lo[k:k + size], hi[k:k + size]) for k in range(0, len(lo), size)]
        return 'proved', [], ' and '.join(sorted(self.may)) if len(self.may) == 1 else 'constant'

    def _witness(self, name, fails, lo, hi):
        """Note a box on which the output does the opposite."""
        if name in self.may and (fails & (hi[:, self.axis] > lo[:, self.axis])).any():
            k = fails.argmax()
            self.witness[name] = lo[k] / 2 + hi[k] / 2
            self.may = self.may - {name}


def lipschitz_bound(model, box, norm=2, tolerance=0.01, time_limit=10, max_boxes=10**5):
    r"""
    Return an upper bound of the Lipschitz constant of a network on a box.

    INPUT:

    - ``model`` -- Keras model or layer

    - ``box`` -- list of pairs ``(low, high)``, one for each input

    - ``norm`` -- 1, 2 (default) or ``oo``: the norm of inputs and outputs

    - ``tolerance`` -- the box is cut until the bound is at most this part above what the derivatives at some point show to be needed
      (default: 0.01)

    - ``time_limit``, ``max_boxes`` -- when to stop cutting, in seconds (default: 10) and boxes; what is returned is a bound all the same

    OUTPUT: a real number L with `\|f(a) - f(b)\| \le L \|a - b\|` for all a, b in the box, rounded upwards; infinity for a network with jumps

    Raises ValueError for another norm.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation='tanh')])
        sage: for weight, values in zip(model.weights, ([[3]], [0])): _ = weight.assign(values)
        sage: 3 <= lipschitz_bound(model, (-1, 1)) < 3.04
        True
        sage: abs(lipschitz_bound(model, (1/3, 1), tolerance=1e-4) - 3*sech(1.0)^2) < 1e-3
        True
        sage: lipschitz_bound(model, (-1, 1), norm=3)
        Traceback (most recent call last):
        ...
        ValueError: norm=3 was given; expected 1, 2 or oo
    """
    if norm not in (1, 2, infinity, float('inf')):
        raise ValueError(f"norm={norm} was given; expected 1, 2 or oo")
    norm = norm if norm in (1, 2) else np.inf
    tape = tape_of(model)
    box = Box.of(box, tape.inputs.size)
    size, deadline, least, boxes = batch_size(tape), monotonic() + float(time_limit), 0.0, 0
    lo, hi = box.lo[None], box.hi[None]
    tops = _norms(partials(tape, lo, hi), norm)
    while True:
        chosen = np.argsort(-tops)[:size]
        middle = np.clip(lo[chosen] / 2 + hi[chosen] / 2, lo[chosen], hi[chosen])
        least = max(least, _least(partials(tape, middle, middle), norm).max())
        boxes += len(chosen)
        chosen = chosen[(tops[chosen] > least * (1 + float(tolerance))) & can_be_cut(lo[chosen], hi[chosen])]
        is_done = not len(chosen) or tops.max() > tops[chosen].max() * _UP
        if is_done or monotonic() > deadline or boxes > max_boxes:
            return RR(tops.max())
        parts = halves(lo[chosen], hi[chosen], (hi[chosen] - lo[chosen]).argmax(axis=1))
        found = np.minimum(_norms(partials(tape, *parts), norm), np.tile(tops[chosen], 2))
        kept = np.setdiff1d(np.arange(len(lo)), chosen)
        lo, hi, tops = (np.concatenate([old[kept], new]) for old, new in zip((lo, hi, tops), (*parts, found), strict=True))


def _norms(slopes, norm):
    """Return upper bounds of the norms of matrices (inputs, outputs) of intervals."""
    with np.errstate(over='ignore'):
        size = np.maximum(np.abs(slopes.lo), np.abs(slopes.hi))
        columns, rows = size.sum(axis=2).max(axis=1), size.sum(axis=1).max(axis=1)
        if norm == 1:
            return columns * _UP
        if norm == np.inf:
            return rows * _UP
        return np.minimum(np.sqrt((size**2).sum(axis=(1, 2))), np.sqrt(columns * rows)) * _UP


def _least(slopes, norm):
    """Return lower bounds of the norms at points."""
    size = np.maximum(0.0, np.maximum(slopes.lo, -slopes.hi))
    if norm == 1:
        return size.sum(axis=2).max(axis=1)
    if norm == np.inf:
        return size.sum(axis=1).max(axis=1)
    return np.sqrt(np.maximum((size**2).sum(axis=1).max(axis=1), (size**2).sum(axis=2).max(axis=1)))
