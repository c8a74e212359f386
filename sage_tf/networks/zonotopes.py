r"""
Enclosures of networks: zonotopes together with intervals, for many boxes at once

EXAMPLES::

    sage: import keras, numpy
    sage: from sage_tf.networks.models import tape_of
    sage: from sage_tf.networks.zonotopes import Sweep
    sage: model = keras.Sequential([keras.Input((2r,)), keras.layers.Dense(8r, 'relu'), keras.layers.Dense(1r)])
    sage: sweep = Sweep(tape_of(model), numpy.zeros((3r, 2r)), numpy.ones((3r, 2r)))
    sage: sweep.outputs()[0].shape, bool((sweep.outputs()[0] <= sweep.outputs()[1]).all())
    ((3, 1), True)

ALGORITHM:

Every wire has an interval, and a zonotope: a center, a multiple of each of some numbers in [-1, 1] that all wires share, and a radius for the rest. The
intervals are those of plain propagation, cut with the range of the zonotope after each step: the result is never wider. A step that is no linear map is
replaced by one, of the slope of the chord over the range of its argument, with the error enclosed on pieces of this range; that error is a
number in [-1, 1] of its own (Singh et al.).

Matrix products are computed in floats. The error of a sum of n products is at most `nu/(1 - nu)` times the sum of their absolute values, in whatever order it
is made, `u` half a unit in the last place; this is added outwards.

REFERENCES:

- \G. Singh, T. Gehr, M. Mirman, M. Pueschel, M. Vechev, Fast and effective robustness certification. NeurIPS 2018.
- \N. Higham, Accuracy and stability of numerical algorithms. SIAM 2002, section 3.1.
"""
import numpy as np

from sage_tf.networks.activations import ACTIVATIONS
from sage_tf.networks.chords import Chords
from sage_tf.networks.enclosures import enclosure_of
from sage_tf.networks.intervals import INFINITY, Interval
from sage_tf.networks.steps import Affine, Apply, Binary, Constant

UNIT = {'exact': 0.0, 'float32': 2.0**-24, 'float64': 2.0**-53}
TINY = {'exact': 0.0, 'float32': 2.0**-126, 'float64': 2.0**-1022}       # TensorFlow flushes what is smaller to zero
MOST = {'exact': INFINITY, 'float32': (2 - 2.0**-23) * 2.0**127, 'float64': (2 - 2.0**-52) * 2.0**1023}
# Functions whose error is relative to the value, and those whose error does not grow with the argument
_RELATIVE = {'reciprocal', 'odds', 'exp', 'sqrt'}
_BOUNDED = {'sigmoid', 'tanh', 'softsign', 'arctan', 'log', 'erf'}
_U = 2.0**-53
_OUTWARD = 1 + 2.0**-50
MOST_GENERATORS = 1024                                          # further errors go to the radius


class Form:
    """Zonotopes of some wires: centers (boxes, wires), generators (boxes, numbers, wires), radii (boxes, wires)."""

    def __init__(self, center, generators, radius):
        self.center, self.generators, self.radius = center, generators, radius

    def spread(self):
        """Return the sums of the absolute values of the generators, rounded upwards."""
        return np.abs(self.generators).sum(axis=1) * (1 + (self.generators.shape[1] + 2) * 2 * _U)

    def with_numbers(self, count):
        """Return the form with zeros for numbers it has not."""
        missing = count - self.generators.shape[1]
        return self if not missing else Form(self.center, np.pad(self.generators, ((0, 0), (0, missing), (0, 0))), self.radius)


class Sweep:
    r"""
    What a network does to boxes.

    INPUT:

    - ``tape`` -- a :class:`~sage_tf.networks.tape.Tape`

    - ``lo``, ``hi`` -- arrays of the shape (boxes, inputs)

    - ``arithmetic`` -- ``'exact'`` for the function of real numbers; ``'float32'`` or ``'float64'`` for whatever computing in that may give

    - ``plain`` -- whether to propagate intervals alone (default: no)

    ATTRIBUTES:

    - ``lo``, ``hi`` -- arrays of the shape (boxes, wires)

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.tape import Tape
        sage: from sage_tf.networks.zonotopes import Sweep
        sage: tape = Tape((1r,))
        sage: tape.outputs = tape.combination([(1r, tape.inputs), (-1r, tape.inputs)])
        sage: zero, one = numpy.zeros((1r, 1r)), numpy.ones((1r, 1r))
        sage: bool(abs(Sweep(tape, zero, one).outputs()[1][0, 0]) < 1e-14), float(Sweep(tape, zero, one, plain=True).outputs()[1][0, 0]) >= 1
        (True, True)
    """
    def __init__(self, tape, lo, hi, arithmetic='exact', plain=False):
        self.tape, self.plain = tape, plain
        self.unit, self.tiny, self.most = UNIT[arithmetic], TINY[arithmetic], MOST[arithmetic]
        self.boxes, self.numbers = len(lo), lo.shape[1]
        self.lo, self.hi = np.empty((2, self.boxes, tape.size))
        self.chords = {}                                        # number of a step -> slopes on its ranges
        self._forms, self._place = [], np.empty((tape.size, 2), int)
        self._start(lo, hi)
        for number, step in enumerate(tape.steps):
            if number == tape.exact_from:                       # what follows is mathematics, and not the network
                self.unit = self.tiny = 0.0
            with np.errstate(all='ignore'):
                self._RULES[type(step)](self, step, number)

    def outputs(self):
        """Return the lower and upper bounds of the outputs, each of the shape (boxes, outputs)."""
        return self.lo[:, self.tape.outputs.ravel()], self.hi[:, self.tape.outputs.ravel()]

    def output_form(self):
        """Return the zonotopes of the outputs."""
        return self._take(self.tape.outputs.ravel())

    # -- wires ---------------------------------------------------------------------------------------------------------

    def _start(self, lo, hi):
        wires = self.tape.inputs.ravel()
        center = lo / 2 + hi / 2
        radius = np.maximum(hi - center, center - lo) * _OUTWARD
        self._put(wires, Interval(lo, hi), Form(center, radius[:, :, None] * np.eye(len(wires)), np.zeros_like(center)))

    def _put(self, wires, ranges, form):
        """Keep the ranges of wires and their form, each within the other; a form without numbers where there are no finite bounds."""
        lo, hi = np.where(np.isnan(ranges.lo), -INFINITY, ranges.lo), np.where(np.isnan(ranges.hi), INFINITY, ranges.hi)
        if self.plain:
            self.lo[:, wires], self.hi[:, wires] = lo, hi
            return
        reach = (form.spread() + form.radius) * _OUTWARD + np.abs(form.center) * 2 * _U
        low, high = form.center - reach, form.center + reach
        self.lo[:, wires] = np.where(low > lo, low, lo)
        self.hi[:, wires] = np.where(high < hi, high, hi)
        if self.unit:
            held = self._held(self._range(wires))
            self.lo[:, wires], self.hi[:, wires] = held.lo, held.hi
        lost = ~np.isfinite(reach)
        if lost.any():
            form = self._of_ranges(form, lost, lo, hi)
        self._place[wires] = np.stack([np.full(len(wires), len(self._forms)), np.arange(len(wires))], axis=1)
        self._forms.append(form)

    @staticmethod
    def _of_ranges(form, lost, lo, hi):
        """Return forms with the ranges alone where there is nothing better."""
        is_finite = np.isfinite(lo) & np.isfinite(hi)
        center = np.where(is_finite, lo / 2 + hi / 2, 0.0)
        radius = np.where(is_finite, np.maximum(hi - center, center - lo) * _OUTWARD, INFINITY)
        return Form(np.where(lost, center, form.center), np.where(lost[:, None], 0.0, form.generators), np.where(lost, radius, form.radius))

    def _range(self, wires):
        return Interval(self.lo[:, wires], self.hi[:, wires])

    def _take(self, wires):
        """Return the form of some wires."""
        where = self._place[wires]
        sources = np.unique(where[:, 0])
        if len(sources) == 1:
            form = self._forms[sources[0]].with_numbers(self.numbers)
            columns = where[:, 1]
            if len(columns) == form.center.shape[1] and (columns == np.arange(len(columns))).all():
                return form
            return Form(form.center[:, columns], form.generators[:, :, columns], form.radius[:, columns])
        result = Form(np.empty((self.boxes, len(wires))), np.zeros((self.boxes, self.numbers, len(wires))), np.empty((self.boxes, len(wires))))
        for source in sources:
            here, form = where[:, 0] == source, self._forms[source]
            columns = where[here, 1]
            result.center[:, here], result.radius[:, here] = form.center[:, columns], form.radius[:, columns]
            result.generators[:, :form.generators.shape[1], here] = form.generators[:, :, columns]
        return result

    def _rounded(self, ranges, error, above=None):
        """Return ranges widened by errors of TensorFlow's, below and above."""
        if not self.unit:
            return ranges
        above = error if above is None else above
        return Interval((ranges.lo - error) - np.abs(ranges.lo) * _U, (ranges.hi + above) + np.abs(ranges.hi) * _U)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _constant(self, step, number):
        exact = not isinstance(step.values, np.ndarray)
        parts = [enclosure_of(v) if exact else Interval(v) for v in step.values]
        lo, hi = (np.broadcast_to(np.array([float(getattr(part, side)) for part in parts]), (self.boxes, len(parts))) for side in ('lo', 'hi'))
        ranges = self._rounded(Interval(lo, hi), np.maximum(np.abs(lo), np.abs(hi)) * self.unit * 2 * (1 if exact else 0))
        center = ranges.lo / 2 + ranges.hi / 2
        radius = np.maximum(ranges.hi - center, center - ranges.lo) * _OUTWARD
        self._put(step.out, ranges, Form(center, np.zeros((self.boxes, self.numbers, len(parts))), radius))

    def _affine(self, step, number):
        product, size = products(step.matrix)
        offset, scale = step.offset, np.abs(step.divisor) if step.divisor is not None else 1.0
        divided = (lambda t: t / step.divisor) if step.divisor is not None else (lambda t: t)
        terms = int(np.max(np.diff(step.matrix.indptr), initial=1)) if not isinstance(step.matrix, np.ndarray) else step.matrix.shape[1]
        source = self._range(step.inputs)
        ranges = self._image(step, source, terms)
        if self.plain:
            return self._put(step.out, ranges, None)
        largest = np.maximum(np.abs(source.lo), np.abs(source.hi))
        weight = (size(largest) + np.abs(offset)) / scale
        theirs = (weight * _gamma(terms + 4, self.unit) * 1.001 + (terms + 4) * self.tiny) if self.unit else 0.0
        form = self._take(step.inputs)
        spread = form.spread()
        mass = (size(np.abs(form.center) + spread + form.radius) + np.abs(offset)) / scale
        shape = form.generators.shape
        generators = divided(product(form.generators.reshape(-1, shape[-1])).reshape(shape[0], shape[1], -1))
        radius = size(form.radius) / scale * (1 + _gamma(terms + 6)) + mass * _gamma(2 * terms + 10) + theirs
        self._put(step.out, ranges, Form(divided(product(form.center) + offset), generators, radius))

    def _image(self, step, source, terms):
        r"""
        Return the image of ranges under an affine map, positive and negative coefficients by themselves.

        A term is off by `\gamma |ax|` at most, so it is enough to move the ends of each range by `\gamma` times their size; what is
        positive stays so.
        """
        error = _gamma(terms + 4, self.unit) * 1.001 + _gamma(3 * terms + 16)
        lo, hi = source.lo - np.abs(source.lo) * error, source.hi + np.abs(source.hi) * error
        positive, negative = parts(step.matrix)
        slack = np.abs(step.offset) * error + (terms + 4) * self.tiny
        low = positive(lo) + negative(hi) + (step.offset - slack)
        high = positive(hi) + negative(lo) + (step.offset + slack)
        if step.divisor is None:
            return self._held(Interval(low, high))
        low, high = low / step.divisor, high / step.divisor
        low, high = np.minimum(low, high), np.maximum(low, high)
        return self._held(Interval(low - np.abs(low) * 4 * _U, high + np.abs(high) * 4 * _U))

    def _held(self, ranges):
        """Return ranges, without an end where it is beyond what the dtype holds: TensorFlow has infinity there."""
        if not self.unit:
            return ranges
        return Interval(np.where(ranges.lo < -self.most, -INFINITY, ranges.lo), np.where(ranges.hi > self.most, INFINITY, ranges.hi))

    def _apply(self, step, number):
        activation, ranges = ACTIVATIONS[step.name], self._range(step.inputs)
        chords = self.chords[number] = Chords(activation, step.parameters, ranges)
        largest = np.maximum(np.abs(ranges.lo), np.abs(ranges.hi))
        share, rest = self._error(step.name, activation, largest)
        theirs = share * np.maximum(np.abs(chords.values.lo), np.abs(chords.values.hi)) + rest
        values = self._rounded(chords.values, share * np.abs(chords.values.lo) + rest, share * np.abs(chords.values.hi) + rest)
        if self.plain:
            return self._put(step.out, values, None)
        form = self._take(step.inputs)
        slope, offset, error = chords.line()
        mass = np.abs(slope) * (np.abs(form.center) + form.spread() + form.radius) + np.abs(offset)
        error = (error + theirs) * _OUTWARD + mass * 8 * _U
        result = Form(slope * form.center + offset, slope[:, None] * form.generators, np.abs(slope) * form.radius * _OUTWARD)
        self._put(step.out, values, self._with_errors(result, error))

    def _error(self, name, activation, argument):
        """Return bounds of the error of TensorFlow's value of an activation, relative to the value and absolute; the tests measure it."""
        if not self.unit or name in ('relu', 'step'):
            return 0.0, 0.0
        share = (4 if activation.is_exact else 16) * self.unit
        return share, self.tiny if name in _RELATIVE else share if name in _BOUNDED else share * (argument + 1)

    def _with_errors(self, form, error):
        """Return a form with errors of its wires, as numbers of their own as long as there are not too many."""
        new = np.flatnonzero((error > 0).any(axis=0) & np.isfinite(error).all(axis=0))
        count = self.numbers
        if not 0 < count + len(new) <= MOST_GENERATORS:
            return Form(form.center, form.generators, form.radius + error * _OUTWARD)
        generators = np.zeros((self.boxes, count + len(new), form.center.shape[1]))
        generators[:, :form.generators.shape[1]] = form.generators
        generators[:, count + np.arange(len(new)), new] = error[:, new]
        self.numbers += len(new)
        rest = error.copy()
        rest[:, new] = 0.0
        return Form(form.center, generators, form.radius + rest)

    def _binary(self, step, number):
        left, right = self._range(step.left), self._range(step.right)
        getattr(self, f'_{step.op}')(step, number, left, right)

    def _mul(self, step, number, left, right):
        exact = left * right
        theirs = np.maximum(np.abs(exact.lo), np.abs(exact.hi)) * self.unit * 1.001 + self.tiny
        ranges = self._rounded(exact, theirs)
        if self.plain:
            return self._put(step.out, ranges, None)
        a, b = self._take(step.left), self._take(step.right)
        reach_a, reach_b = a.spread() + a.radius, b.spread() + b.radius
        rest = np.abs(a.center) * b.radius + np.abs(b.center) * a.radius + reach_a * reach_b
        mass = (np.abs(a.center) + reach_a) * (np.abs(b.center) + reach_b)
        generators = a.center[:, None] * b.generators + b.center[:, None] * a.generators
        radius = (rest + theirs) * _OUTWARD + mass * 16 * _U
        self._put(step.out, ranges, Form(a.center * b.center, generators, radius))

    def _div(self, step, number, left, right):
        chords = self.chords[number] = Chords(ACTIVATIONS['reciprocal'], (), right)
        exact = left / right
        theirs = np.maximum(np.abs(exact.lo), np.abs(exact.hi)) * self.unit * 1.001 + self.tiny
        ranges = self._rounded(exact, theirs)
        self._put(step.out, ranges, None if self.plain else self._of_ranges_alone(ranges))
        del chords

    def _of_ranges_alone(self, ranges):
        empty = Form(*np.zeros((2, *ranges.lo.shape)), None)
        empty.generators, empty.radius = np.zeros((self.boxes, self.numbers, ranges.lo.shape[1])), np.full(ranges.lo.shape, INFINITY)
        return empty

    def _max(self, step, number, left, right):
        ranges = Interval(np.maximum(left.lo, right.lo), np.maximum(left.hi, right.hi))
        if self.plain:
            return self._put(step.out, ranges, None)
        a, b = self._take(step.left), self._take(step.right)
        difference = Form(a.center - b.center, a.generators - b.generators, a.radius + b.radius)
        reach = (difference.spread() + difference.radius) * _OUTWARD + np.abs(a.center) * 4 * _U + np.abs(b.center) * 4 * _U
        low = np.maximum(difference.center - reach, left.lo - right.hi - np.abs(right.hi) * 2 * _U)
        high = np.minimum(difference.center + reach, left.hi - right.lo + np.abs(right.lo) * 2 * _U)
        low, high = low - np.abs(low) * 4 * _U, high + np.abs(high) * 4 * _U
        slope, offset, error = Chords(ACTIVATIONS['relu'], (), Interval(low, np.maximum(low, high))).line()
        mass = sum(np.abs(f.center) + f.spread() + f.radius for f in (a, b))
        generators = b.generators + slope[:, None] * difference.generators
        result = Form(b.center + slope * difference.center + offset, generators,
                      (np.abs(slope) * a.radius + np.abs(1 - slope) * b.radius) * _OUTWARD)
        self._put(step.out, ranges, self._with_errors(result, error * _OUTWARD + mass * 16 * _U))

    _RULES = {Constant: _constant, Affine: _affine, Apply: _apply, Binary: _binary}


def _gamma(n, unit=_U):
    """Return the bound of the relative error of sums of n products."""
    return n * unit / (1 - n * unit)


def products(matrix):
    r"""
    Return two functions of arrays of the shape (boxes, wires): the product with a matrix, and that with its absolute value.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.zonotopes import products
        sage: product, size = products(numpy.array([[1.0r, -2.0r]]))
        sage: t = numpy.array([[1.0r, 1.0r]]); product(t), size(t)
        (array([[-1.]]), array([[3.]]))
    """
    magnitude = abs(matrix)
    if isinstance(matrix, np.ndarray):
        return (lambda t: t @ matrix.T), (lambda t: t @ magnitude.T)
    return (lambda t: np.asarray((matrix @ t.T).T)), (lambda t: np.asarray((magnitude @ t.T).T))


def parts(matrix):
    r"""
    Return two functions of arrays of the shape (boxes, wires): the products with the positive and the negative coefficients of a matrix.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.zonotopes import parts
        sage: positive, negative = parts(numpy.array([[1.0r, -2.0r]]))
        sage: t = numpy.array([[1.0r, 1.0r]]); positive(t), negative(t)
        (array([[1.]]), array([[-2.]]))
    """
    if isinstance(matrix, np.ndarray):
        positive, negative = np.maximum(matrix, 0.0), np.minimum(matrix, 0.0)
    else:
        positive, negative = matrix.maximum(0), matrix.minimum(0)
    return products(positive)[0], products(negative)[0]
