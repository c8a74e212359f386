r"""
Enclosures of activations and of their derivatives

The carrier of the formulas of :mod:`~sage_tf.networks.activations` whose numbers are enclosures of values together with enclosures of slopes::

    sage: import numpy
    sage: from sage_tf.networks.activations import ACTIVATIONS
    sage: from sage_tf.networks.enclosures import Enclosed
    sage: from sage_tf.networks.intervals import Interval
    sage: x = Enclosed.variable(Interval(numpy.array([0.0r]), numpy.array([1.0r])))
    sage: y = ACTIVATIONS['leaky_relu'].formula(Enclosed, x, 0.25r)
    sage: [float(t[0]) for t in (y.value.lo, y.value.hi, y.slope.lo, y.slope.hi)]
    [0.0, 1.0, 1.0, 1.0]

A slope is that of all secants: `f(b) - f(a)` lies in `(b - a)` times it for all a, b in the interval.
"""
import numpy as np
from sage.rings.real_mpfi import RIF
from sage.symbolic.constants import pi

from sage_tf.networks import intervals
from sage_tf.networks.intervals import INFINITY, Interval


class Enclosed:
    r"""
    Enclosures of the values and slopes of a function on intervals.

    INPUT:

    - ``value``, ``slope`` -- intervals

    EXAMPLES::

        sage: from sage_tf.networks.enclosures import Enclosed
        sage: from sage_tf.networks.intervals import Interval
        sage: y = Enclosed.exp(Enclosed.variable(Interval(0.0r, 1.0r)))
        sage: float(y.slope.lo) <= 1, bool(e < float(y.slope.hi))
        (True, True)
    """
    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    @classmethod
    def variable(cls, x):
        """Return the identity."""
        return cls(x, Interval(np.ones_like(x.lo)))

    @staticmethod
    def _parts(other):
        return (other.value, other.slope) if isinstance(other, Enclosed) else (Interval.of(other), Interval(0.0))

    def __neg__(self):
        return Enclosed(-self.value, -self.slope)

    def __add__(self, other):
        value, slope = self._parts(other)
        return Enclosed(self.value + value, self.slope + slope)

    __radd__ = __add__

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        value, slope = self._parts(other)
        if not isinstance(other, Enclosed):
            return Enclosed(self.value * value, self.slope * value)
        return Enclosed(self.value * value, self.slope * value + self.value * slope)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if not isinstance(other, Enclosed):
            value = Interval.of(other)
            return Enclosed(self.value / value, self.slope / value)
        quotient = self.value / other.value
        return Enclosed(quotient, (self.slope - quotient * other.slope) / other.value)

    def __rtruediv__(self, other):
        value = Interval.of(other)
        quotient = value / self.value
        return Enclosed(quotient, -(quotient / self.value) * self.slope)

    def __pow__(self, n):
        return self if n == 1 else Enclosed(self.value**n, self.value**(n - 1) * float(n) * self.slope)

    # -- the functions of the carrier ----------------------------------------------------------------------------------

    number = staticmethod(float)

    @staticmethod
    def relu(x):
        """Return the rectifier; on an interval that ends at zero the slope is that of its inside."""
        lo, hi = x.value.lo, x.value.hi
        low, high = (lo >= 0).astype(float), (hi > 0).astype(float)
        factor = Interval(np.minimum(low, high), np.where(low > high, 1.0, high))
        return Enclosed(Interval(np.maximum(lo, 0), np.maximum(hi, 0)), factor * x.slope)

    @staticmethod
    def maximum(x, bound):
        """Return the larger of a function and a number."""
        return Enclosed._clipped(x, Enclosed.relu(x - bound) + bound, lambda v: np.maximum(v, float(bound)))

    @staticmethod
    def low(x, bound):
        """Return the smaller of a function and a number."""
        return Enclosed._clipped(x, -Enclosed.relu(-x + bound) + bound, lambda v: np.minimum(v, float(bound)))

    @staticmethod
    def _clipped(x, other, clip):
        return Enclosed(Interval(clip(x.value.lo), clip(x.value.hi)), other.slope)

    @staticmethod
    def above(x):
        """Return the step from 0 to 1 after zero; a secant across has any slope."""
        lo, hi = (x.value.lo > 0).astype(float), (x.value.hi > 0).astype(float)
        return Enclosed(Interval(lo, hi), _jumps(lo != hi, x.slope))

    @staticmethod
    def unit_step(x):
        lo, hi = (x.value.lo >= 0).astype(float), (x.value.hi >= 0).astype(float)
        return Enclosed(Interval(lo, hi), _jumps(lo != hi, x.slope))

    @staticmethod
    def sgn(x):
        lo, hi = np.sign(x.value.lo), np.sign(x.value.hi)
        return Enclosed(Interval(lo, hi), _jumps(lo != hi, x.slope))

    @staticmethod
    def delta(x, k):
        """Return 1 at a number and 0 elsewhere."""
        holds = (x.value.lo <= k) & (x.value.hi >= k)
        is_point = holds & (x.value.lo == x.value.hi)
        wide = np.where(holds & ~is_point, INFINITY, 0.0)
        return Enclosed(Interval(is_point.astype(float), holds.astype(float)), Interval(-wide, wide))

    @staticmethod
    def exp(x):
        y = intervals.exp(x.value)
        return Enclosed(y, y * x.slope)

    @staticmethod
    def log(x):
        return Enclosed(intervals.log(x.value), x.slope / _positive(x.value))

    @staticmethod
    def sqrt(x):
        y = intervals.sqrt(x.value)
        return Enclosed(y, x.slope / (_positive(y) * 2.0))

    @staticmethod
    def sin(x):
        return Enclosed(intervals.sin(x.value), intervals.cos(x.value) * x.slope)

    @staticmethod
    def cos(x):
        return Enclosed(intervals.cos(x.value), -intervals.sin(x.value) * x.slope)

    @staticmethod
    def tan(x):
        y = intervals.tan(x.value)
        slope = (1 + y**2) * x.slope
        has_pole = np.isinf(y.lo)                               # secants across it fall
        return Enclosed(y, Interval(np.where(has_pole, -INFINITY, slope.lo), np.where(has_pole, INFINITY, slope.hi)))

    @staticmethod
    def tanh(x):
        y = intervals.tanh(x.value)
        return Enclosed(y, (1 - y**2).meet(Interval(0.0, 1.0)) * x.slope)

    @staticmethod
    def sinh(x):
        return Enclosed(intervals.sinh(x.value), intervals.cosh(x.value) * x.slope)

    @staticmethod
    def cosh(x):
        return Enclosed(intervals.cosh(x.value), intervals.sinh(x.value) * x.slope)

    @staticmethod
    def arctan(x):
        return Enclosed(intervals.arctan(x.value), x.slope / (1 + x.value**2))

    @staticmethod
    def arcsinh(x):
        return Enclosed(intervals.arcsinh(x.value), x.slope / intervals.sqrt(1 + x.value**2))

    @staticmethod
    def erf(x):
        factor = 2.0 / enclosure_of(pi.sqrt())
        return Enclosed(intervals.error_function(x.value), factor * intervals.exp(-(x.value**2)) * x.slope)

    @staticmethod
    def sigmoid(x):
        y = intervals.sigmoid(x.value)
        return Enclosed(y, (y * (1 - y)).meet(Interval(0.0, 0.25)) * x.slope)

    @staticmethod
    def softplus(x):
        return Enclosed(intervals.softplus(x.value), intervals.sigmoid(x.value) * x.slope)

    @staticmethod
    def root(n):
        return enclosure_of(RIF(n).sqrt())

    @staticmethod
    def root_of_pi():
        return enclosure_of(pi.sqrt())

    @staticmethod
    def ratio(n, d):
        return Interval(float(n)) / float(d)


def _jumps(where, slope):
    """Return the slopes of something with jumps at some places: none elsewhere."""
    wide = Interval(np.zeros(np.shape(where)), np.where(where, INFINITY, 0.0))
    return wide * slope


def _positive(x):
    """Return an enclosure without what lies below zero, where no value is."""
    return Interval(np.maximum(x.lo, 0.0), x.hi)


def enclosure_of(number):
    r"""
    Return an interval around an exact number of Sage.

    EXAMPLES::

        sage: from sage_tf.networks.enclosures import enclosure_of
        sage: i = enclosure_of(sqrt(2)); float(i.lo)^2 < 2 < float(i.hi)^2
        True
    """
    found = RIF(number)
    return Interval(float(found.lower()), float(found.upper()))
