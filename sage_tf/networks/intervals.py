r"""
Arrays of intervals with outward rounding

EXAMPLES::

    sage: from sage_tf.networks.intervals import Interval
    sage: third = Interval(1.0r) / Interval(3.0r)
    sage: RIF(third.lo, third.hi).contains_zero(), 1/3 in RIF(third.lo, third.hi), bool(third.hi - third.lo < 1e-15)
    (False, True, True)

ALGORITHM:

Sums are rounded by their exact errors (Knuth's two-sum), so that what is exact stays so; products and quotients go one float outwards. NumPy's and SciPy's
functions are taken to be right to eight units in the last place, and are measured to be (in the tests, against Arb). An interval on which a function is not
defined throughout gives the whole line.

REFERENCES:

- \S. M. Rump, Verification methods: rigorous results using floating-point arithmetic. Acta Numerica 19 (2010), 287-449.
"""
import numpy as np
from scipy.special import erf, expit

INFINITY = np.inf
_ULPS = 8 * 2.0**-52


def down(x):
    """Return the floats before those of an array."""
    return np.nextafter(x, -INFINITY)


def up(x):
    """Return the floats after those of an array."""
    return np.nextafter(x, INFINITY)


def _exact_sums(a, b):
    """Return the sums of arrays and the errors of these."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


class Interval:
    r"""
    An array of intervals.

    INPUT:

    - ``lo``, ``hi`` -- arrays of floats or numbers; the latter is the former if it is not given

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.intervals import Interval
        sage: a = Interval(numpy.array([-1.0r, 2.0r]), numpy.array([2.0r, 3.0r]))
        sage: b = a*a; b.lo.round(9r), b.hi.round(9r)
        (array([-2.,  4.]), array([4., 9.]))
        sage: c = a**2; c.lo.round(9r), c.hi.round(9r)
        (array([0., 4.]), array([4., 9.]))
    """
    __array_ufunc__ = None                                      # array + interval is ours

    def __init__(self, lo, hi=None):
        self.lo = np.asarray(lo, float)
        self.hi = self.lo if hi is None else np.asarray(hi, float)

    @classmethod
    def of(cls, x):
        """Return a number as an interval; whole numbers and floats are points."""
        return x if isinstance(x, Interval) else cls(float(x))

    def __neg__(self):
        return Interval(-self.hi, -self.lo)

    def __add__(self, other):
        other = Interval.of(other)
        with np.errstate(invalid='ignore', over='ignore'):
            lo, below = _exact_sums(self.lo, other.lo)
            hi, above = _exact_sums(self.hi, other.hi)
            lo, hi = np.where(below >= 0, lo, down(lo)), np.where(above <= 0, hi, up(hi))
        return Interval(np.where(np.isnan(lo), -INFINITY, lo), np.where(np.isnan(hi), INFINITY, hi))

    __radd__ = __add__

    def __sub__(self, other):
        return self + -Interval.of(other)

    def __rsub__(self, other):
        return Interval.of(other) + -self

    def __mul__(self, other):
        other = Interval.of(other)
        with np.errstate(invalid='ignore', over='ignore'):
            products = [_product(a, b) for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Interval(np.minimum.reduce([lo for lo, _ in products]), np.maximum.reduce([hi for _, hi in products]))

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Interval.of(other)
        has_zero = (other.lo <= 0) & (other.hi >= 0)
        with np.errstate(all='ignore'):
            quotients = [a / b for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        quotients = [np.where(np.isnan(q), 0.0, q) for q in quotients]             # infinity / infinity: the other ends are wider
        lo, hi = down(np.minimum.reduce(quotients)), up(np.maximum.reduce(quotients))
        unbounded = has_zero | np.isinf(self.lo) | np.isinf(self.hi)
        one_sided = (other.lo == 0) & (other.hi > 0) & (self.lo > 0)               # 1/x for x >= 0
        lowest = np.where(one_sided, np.maximum(0.0, down(self.lo / np.where(other.hi == 0, 1, other.hi))), -INFINITY)
        return Interval(np.where(unbounded, lowest, lo), np.where(unbounded, INFINITY, hi))

    def __rtruediv__(self, other):
        return Interval.of(other) / self

    def __pow__(self, n):
        result = self
        for _ in range(n - 1):
            result = result * self
        if n % 2:                                               # monotone: the ends are the powers of the ends
            ends = [Interval(e) for e in (self.lo, self.hi)]
            powers = [_repeated(e, n) for e in ends]
            return Interval(powers[0].lo, powers[1].hi)
        size = self.absolute()
        return Interval(_repeated(Interval(size.lo), n).lo, _repeated(Interval(size.hi), n).hi)

    def absolute(self):
        """Return the absolute values."""
        lo = np.where(self.lo > 0, self.lo, np.where(self.hi < 0, -self.hi, 0.0))
        return Interval(lo, np.maximum(np.abs(self.lo), np.abs(self.hi)))

    def meet(self, other):
        """Return the intersections with other enclosures of the same numbers."""
        return Interval(np.maximum(self.lo, other.lo), np.minimum(self.hi, other.hi))

    def hull(self, other):
        """Return the smallest intervals around both."""
        return Interval(np.minimum(self.lo, other.lo), np.maximum(self.hi, other.hi))


def _product(a, b):
    """Return bounds of a product of floats; zero times infinity is zero."""
    p = a * b
    p = np.where(np.isnan(p) & ((a == 0) | (b == 0)), 0.0, p)
    exact = (a == 0) | (b == 0) | (np.abs(a) == 1) | (np.abs(b) == 1)
    return np.where(exact, p, down(p)), np.where(exact, p, up(p))


def _repeated(x, n):
    result = x
    for _ in range(n - 1):
        result = result * x
    return result


def _rising(function, lowest=-INFINITY, highest=INFINITY, exact_at_zero=True):
    """Return the extension to intervals of a function that grows."""
    def extended(x):
        with np.errstate(all='ignore'):
            lo, hi = function(x.lo), function(x.hi)
            lo = np.where(exact_at_zero & (lo == 0) & (x.lo == 0), lo, lo - np.abs(lo) * _ULPS - 5e-324)
            hi = np.where(exact_at_zero & (hi == 0) & (x.hi == 0), hi, hi + np.abs(hi) * _ULPS + 5e-324)
        return Interval(np.clip(lo, lowest, highest), np.clip(hi, lowest, highest))
    return extended


def _defined(function, lowest):
    """Return an extension that is the whole line where an argument may lie below the domain."""
    def extended(x):
        result, outside = function(x), x.lo < lowest
        return Interval(np.where(outside | np.isnan(result.lo), -INFINITY, result.lo), np.where(outside | np.isnan(result.hi), INFINITY, result.hi))
    return extended


exp = _rising(np.exp, 0.0)
log = _defined(_rising(np.log, exact_at_zero=False), 0.0)
sqrt = _defined(_rising(np.sqrt, 0.0), 0.0)
tanh = _rising(np.tanh, -1.0, 1.0)
sinh = _rising(np.sinh)
arctan = _rising(np.arctan)
arcsinh = _rising(np.arcsinh)
error_function = _rising(erf, -1.0, 1.0)
sigmoid = _rising(expit, 0.0, 1.0, exact_at_zero=False)
softplus = _rising(lambda x: np.logaddexp(0.0, x), 0.0, exact_at_zero=False)


def cosh(x):
    """Return the hyperbolic cosines."""
    size = x.absolute()
    grown = _rising(np.cosh, 1.0, exact_at_zero=False)
    return grown(size)


def sin(x):
    """Return the sines; an interval that may hold a maximum or minimum has 1 or -1 for its end."""
    return _wave(np.sin, x, np.pi / 2)


def cos(x):
    """Return the cosines."""
    return _wave(np.cos, x, 0.0)


def _wave(function, x, top):
    """Return sines or cosines; ``top`` is where the function has a maximum."""
    with np.errstate(invalid='ignore'):
        is_far = ~((np.abs(x.lo) < 1e5) & (np.abs(x.hi) < 1e5))
        a, b = np.where(is_far, 0.0, x.lo), np.where(is_far, 0.0, x.hi)
    ends = np.stack([function(a), function(b)])
    lo, hi = ends.min(axis=0) - 2 * _ULPS, ends.max(axis=0) + 2 * _ULPS
    hi = np.where(is_far | _holds(a, b, top), 1.0, hi)
    lo = np.where(is_far | _holds(a, b, top + np.pi), -1.0, lo)
    return Interval(np.clip(lo, -1, 1), np.clip(hi, -1, 1))


def _holds(a, b, point):
    """Return where an interval may hold a point, up to multiples of the period."""
    near = 1e-9
    return np.floor((b - point + near) / (2 * np.pi)) > np.floor((a - point - near) / (2 * np.pi))


def tan(x):
    """Return the tangents; the whole line where there may be a pole."""
    a, b = np.where(np.isfinite(x.lo), x.lo, 0), np.where(np.isfinite(x.hi), x.hi, 0)
    poles = (np.floor((b - np.pi / 2 + 1e-9) / np.pi) > np.floor((a - np.pi / 2 - 1e-9) / np.pi)) | ~(np.abs(x.lo) < 1e5) | ~(np.abs(x.hi) < 1e5)
    with np.errstate(all='ignore'):
        found = _rising(np.tan)(Interval(a, b))
        slack = 1e-15 * (1 + found.absolute().hi**2) * 1e-1
    return Interval(np.where(poles, -INFINITY, found.lo - slack), np.where(poles, INFINITY, found.hi + slack))
