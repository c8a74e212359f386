r"""
Functions of one number replaced by chords, with certified errors

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.networks.activations import ACTIVATIONS
    sage: from sage_tf.networks.chords import Chords
    sage: from sage_tf.networks.intervals import Interval
    sage: chords = Chords(ACTIVATIONS['relu'], (), Interval(numpy.array([[-1.0r]]), numpy.array([[1.0r]])))
    sage: [float(t[0, 0]) for t in chords.line()]
    [0.5, 0.25, 0.25...]

ALGORITHM:

The range is cut at the kinks of the function, and for one that bends into pieces besides. On each the values are enclosed by interval
arithmetic, and by the mean value theorem from the middle of the piece.
"""
import numpy as np

from sage_tf.networks.enclosures import Enclosed
from sage_tf.networks.intervals import INFINITY, Interval

PARTS, WIDE = 8, 4
_FIXED = np.array([-8, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 8])
_SHARES = np.arange(1, PARTS) / PARTS


class Chords:
    r"""
    An activation on many ranges at once.

    INPUT:

    - ``activation`` -- row of the table

    - ``parameters`` -- its parameters

    - ``ranges`` -- an :class:`~sage_tf.networks.intervals.Interval` of any shape

    ATTRIBUTES:

    - ``values``, ``slopes`` -- intervals: where the function and its secants lie on each range

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.activations import ACTIVATIONS
        sage: from sage_tf.networks.chords import Chords
        sage: from sage_tf.networks.intervals import Interval
        sage: c = Chords(ACTIVATIONS['tanh'], (), Interval(numpy.array([0.0r, -9.0r]), numpy.array([1.0r, 9.0r])))
        sage: c.values.hi.round(3r), c.slopes.hi.round(3r)
        (array([0.762, 1.   ]), array([1., 1.]))
    """
    def __init__(self, activation, parameters, ranges):
        self.ranges = ranges
        self._evaluate = lambda x: activation.formula(Enclosed, Enclosed.variable(x), *parameters)
        knots = self._knots(activation, parameters)
        self._pieces = Interval(knots[..., :-1], knots[..., 1:])
        with np.errstate(all='ignore'):
            self._middle = np.clip(knots[..., :-1] / 2 + knots[..., 1:] / 2, knots[..., :-1], knots[..., 1:])
            found = self._evaluate(self._pieces)
            self._center = self._evaluate(Interval(self._middle)).value
            self._found = found
            self._half = Interval(-self._reach(), self._reach())
            values = _cut(found.value, self._center + found.slope * self._half)
        self.values = Interval(values.lo.min(axis=-1), values.hi.max(axis=-1))
        self.slopes = self._hull_of_slopes(found.slope)
        self._piece_values = values

    def _hull_of_slopes(self, slope):
        """Return where the slopes of all pieces lie; those of pieces without length count where there are no others."""
        is_empty = (self._pieces.lo == self._pieces.hi) & (self.ranges.lo < self.ranges.hi)[..., None]
        return Interval(np.where(is_empty, INFINITY, slope.lo).min(axis=-1), np.where(is_empty, -INFINITY, slope.hi).max(axis=-1))

    def _reach(self):
        return np.nextafter(np.maximum(self._pieces.hi - self._middle, self._middle - self._pieces.lo), INFINITY)

    def _knots(self, activation, parameters):
        """Return the ends of the pieces, in order along the last axis."""
        lo, hi = self.ranges.lo[..., None], self.ranges.hi[..., None]
        kinks = np.array([float(k) for k in activation.knots(*parameters)] if activation.knots else [])
        inside = [np.broadcast_to(kinks, (*lo.shape[:-1], len(kinks)))]
        if not activation.is_exact:
            with np.errstate(all='ignore'):
                inside.append(np.nan_to_num(lo + (hi - lo) * _SHARES))
                if not (hi - lo <= WIDE).all():
                    inside.append(np.broadcast_to(_FIXED, (*lo.shape[:-1], len(_FIXED))))
        return np.concatenate([lo, np.sort(np.clip(np.concatenate(inside, axis=-1), lo, hi), axis=-1), hi], axis=-1)

    def line(self):
        r"""
        Return the slopes, offsets and errors of lines: `|f(x) - (sx + o)| \le e` on the range.

        EXAMPLES::

            sage: import numpy
            sage: from sage_tf.networks.activations import ACTIVATIONS
            sage: from sage_tf.networks.chords import Chords
            sage: from sage_tf.networks.intervals import Interval
            sage: c = Chords(ACTIVATIONS['exp'], (), Interval(numpy.array([0.0r]), numpy.array([1.0r])))
            sage: [float(t[0].round(2r)) for t in c.line()]
            [1.72, 0.89, 0.11]
        """
        with np.errstate(all='ignore'):
            slope = self._slopes_of_chords()
            spread = slope[..., None]
            natural = self._piece_values + -(self._pieces * Interval(spread))
            centred = (self._center + -(Interval(self._middle) * Interval(spread))) + (self._found.slope - Interval(spread)) * self._half
            rest = _cut(natural, centred)
            low, high = rest.lo.min(axis=-1), rest.hi.max(axis=-1)
            offset = low / 2 + high / 2
            error = np.nextafter(np.maximum(high - offset, offset - low), INFINITY)
        lost = ~np.isfinite(error)
        return np.where(lost, 0.0, slope), np.where(lost, 0.0, offset), np.where(lost, INFINITY, error)

    def _slopes_of_chords(self):
        """Return the slopes between the ends of the ranges, 0 where there are none."""
        ends = [self._evaluate(Interval(end)).value for end in (self.ranges.lo, self.ranges.hi)]
        first, last = (end.lo / 2 + end.hi / 2 for end in ends)
        slope = (last - first) / (self.ranges.hi - self.ranges.lo)
        return np.where(np.isfinite(slope), slope, 0.0)


def _cut(one, other):
    """Return the intersections of intervals, the first ones where the others have no number."""
    return Interval(np.where(other.lo > one.lo, other.lo, one.lo), np.where(other.hi < one.hi, other.hi, one.hi))
