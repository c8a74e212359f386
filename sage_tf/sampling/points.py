r"""
Where to sample: random points, low-discrepancy points and nodes in a box

EXAMPLES::

    sage: from sage_tf.sampling.points import Range, points
    sage: points([Range(x, 0, 1)], 5, 'grid', None).ravel()
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    sage: import numpy
    sage: points([Range(x, 0, 1), Range(var('y'), 0, 2*pi)], 100, 'sobol', numpy.random.default_rng(0r)).shape
    (100, 2)
"""
import math
import operator
from inspect import signature
from typing import NamedTuple

import numpy as np
from sage.misc.prandom import getrandbits
from sage.structure.element import Element, Expression
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import round_real


class Range(NamedTuple):
    """
    Where the values of a variable are drawn from.

    EXAMPLES::

        sage: from sage_tf.sampling.points import Range
        sage: Range(x, 0, 2*pi)
        x in [0, 2*pi]
    """
    variable: object
    low: object
    high: object

    def __repr__(self):
        """
        TESTS::

            sage: from sage_tf.sampling.points import Range
            sage: repr(Range(x, -1/2, 1))
            'x in [-1/2, 1]'
        """
        return f"{self.variable} in [{self.low}, {self.high}]"

    def ends(self):
        """
        Return both ends as the nearest Python floats.

        EXAMPLES::

            sage: from sage_tf.sampling.points import Range
            sage: Range(x, 0, 2*pi).ends()
            (0.0, 6.283185307179586)
        """
        return float(round_real(self.low, 'float64')), float(round_real(self.high, 'float64'))


def _checked_range(given):
    """
    Return a triple of a variable and two ends as a :class:`Range`.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _checked_range
        sage: _checked_range((x, 0, 2*pi)), _checked_range((polygen(QQ, 't'), 0, 1))
        (x in [0, 2*pi], t in [0, 1])
        sage: _checked_range((0, 1))
        Traceback (most recent call last):
        ...
        TypeError: (0, 1) was given as a range; expected (variable, low, high)
        sage: _checked_range((x, 0, oo))
        Traceback (most recent call last):
        ...
        ValueError: the range of x goes from 0 to +Infinity; expected finite ends
    """
    if not isinstance(given, (tuple, list)) or len(given) != 3:
        raise TypeError(f"{given!r} was given as a range; expected (variable, low, high)")
    variable, low, high = given
    variable = SR(variable) if isinstance(variable, Element) else variable
    if not isinstance(variable, Expression) or not variable.is_symbol():
        raise TypeError(f"{variable!r} was given as the variable of a range; expected a symbol, as made by var()")
    made = Range(variable, low, high)
    a, b = made.ends()
    if not math.isfinite(a) or not math.isfinite(b):
        raise ValueError(f"the range of {variable} goes from {low} to {high}; expected finite ends")
    if not a < b:
        raise ValueError(f"the range of {variable} goes from {low} to {high}; expected a lower end below the upper one")
    return made


def checked_ranges(given):
    """
    Return triples as ranges, at least one and of different variables.

    EXAMPLES::

        sage: from sage_tf.sampling.points import checked_ranges
        sage: checked_ranges([(x, 0, 1), (var('y'), 0, pi)])
        (x in [0, 1], y in [0, pi])
        sage: checked_ranges([(x, 0, 1), (x, 1, 2)])
        Traceback (most recent call last):
        ...
        ValueError: the variable x has more than one range; give one
        sage: checked_ranges([])
        Traceback (most recent call last):
        ...
        ValueError: no range was given; expected (variable, low, high) for each variable
    """
    ranges = tuple(map(_checked_range, given))
    if not ranges:
        raise ValueError("no range was given; expected (variable, low, high) for each variable")
    names = [str(each.variable) for each in ranges]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the variable {name} has more than one range; give one")
    return ranges


def points(ranges, n, method, generator):
    """
    Return points as an array of shape (number of points, number of variables).

    INPUT:

    - ``ranges`` -- list of :class:`Range`

    - ``n``, ``method`` -- as for :func:`sage_tf.data.sample_data`

    - ``generator`` -- NumPy's random generator; the methods ``'grid'`` and ``'chebyshev'`` need none

    EXAMPLES::

        sage: from sage_tf.sampling.points import Range, points
        sage: points([Range(x, 0, 1), Range(var('y'), 0, 3)], (2, 2), 'grid', None)
        array([[0., 0.],
               [0., 3.],
               [1., 0.],
               [1., 3.]])
        sage: points([Range(x, 0, 1)], 3, 'random', None)
        Traceback (most recent call last):
        ...
        ValueError: method='random' was given; expected one of 'uniform', 'sobol', 'lhs', 'latin hypercube', 'grid', 'chebyshev'
    """
    name = method.lower().replace('_', ' ').replace('-', ' ') if isinstance(method, str) else method
    if name in _NODES:
        counts = _axis_counts(n, len(ranges))
        axes = [_between(*each.ends(), *_NODES[name](count)) for each, count in zip(ranges, counts, strict=True)]
        return np.stack(np.meshgrid(*axes, indexing='ij'), axis=-1).reshape(-1, len(ranges))
    if name in _DRAWS:
        weights = _DRAWS[name](_positive(n), len(ranges), generator)
        return np.stack([_between(*each.ends(), column, 1) for each, column in zip(ranges, weights.T, strict=True)], axis=-1)
    raise ValueError(f"method={method!r} was given; expected one of {', '.join(map(repr, (*_DRAWS, *_NODES)))}")


def _between(low, high, parts, whole):
    """
    Return the points that divide an interval at given parts of the whole, without overflow and exactly where that is possible.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _between
        sage: import numpy
        sage: _between(-1r, 2r, numpy.arange(4r), 3r)
        array([-1.,  0.,  1.,  2.])
        sage: _between(-1.7e308r, 1.7e308r, numpy.arange(3r), 2r)
        array([-1.7e+308,  0.0e+000,  1.7e+308])
    """
    _, exponent = math.frexp(whole)
    parts, whole = np.ldexp(np.asarray(parts, float), -exponent), math.ldexp(whole, -exponent)
    return np.clip((low * (whole - parts) + high * parts) / whole, low, high)


def _positive(n):
    """
    Return a number of points as a Python integer.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _positive
        sage: _positive(0)
        Traceback (most recent call last):
        ...
        ValueError: n=0 was given; expected a positive number of points
    """
    number = as_integer(n, 'n')
    if number <= 0:
        raise ValueError(f"n={n} was given; expected a positive number of points")
    return number


def _axis_counts(n, dimension):
    """
    Return the number of points on each axis of a grid.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _axis_counts
        sage: _axis_counts(1000, 3), _axis_counts((2, 5), 2)
        ([10, 10, 10], [2, 5])
        sage: _axis_counts((2, 5), 3)
        Traceback (most recent call last):
        ...
        ValueError: n=(2, 5) was given for 3 variables; expected a number of points for each
    """
    if isinstance(n, (tuple, list)):
        if len(n) != dimension:
            raise ValueError(f"n={n} was given for {dimension} variables; expected a number of points for each")
        return [_positive(count) for count in n]
    number = _positive(n)
    side = max(round(number**(1 / dimension)), 1)
    if side**dimension != number:
        below = side if side**dimension < number else side - 1
        raise ValueError(f"{number} points do not make a grid with equally many on each of {dimension} axes; give "
                         f"n={max(below, 1)**dimension}, n={(below + 1)**dimension} or the number on each axis, "
                         f"as n={(below,) * dimension}")
    return [side] * dimension


def _grid(count):
    """
    Return equally spaced parts, and the whole.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _grid
        sage: _grid(3r), _grid(1r)
        ((array([0, 1, 2]), 2), (array([1]), 2))
    """
    return (np.arange(count), count - 1) if count > 1 else (np.array([1]), 2)


def _chebyshev(count):
    """
    Return the parts at which the roots of a Chebyshev polynomial of the first kind divide an interval, and the whole.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _chebyshev
        sage: _chebyshev(3r)
        (array([0.1339746, 1.       , 1.8660254]), 2)
    """
    return 1 + np.sin(np.pi * (2 * np.arange(count) + 1 - count) / (2 * count)), 2     # sin: the roots are symmetric exactly


def _uniform(n, dimension, generator):
    """
    Return independent points in the unit cube.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _uniform
        sage: import numpy
        sage: _uniform(5r, 2r, numpy.random.default_rng(0r)).shape
        (5, 2)
    """
    return generator.random((n, dimension))


def _sobol(n, dimension, generator):
    """
    Return the first points of a scrambled Sobol sequence in the unit cube.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _sobol
        sage: import numpy
        sage: _sobol(5r, 2r, numpy.random.default_rng(0r)).shape
        (5, 2)
    """
    from scipy.stats import qmc
    # SciPy warns of numbers that are no power of two, as one may not choose freely.
    return _engine(qmc.Sobol, dimension, generator).random_base2((n - 1).bit_length())[:n]


def _latin_hypercube(n, dimension, generator):
    """
    Return points in the unit cube, one in each of ``n`` slices along every axis.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _latin_hypercube
        sage: import numpy
        sage: sorted(numpy.floor(3r*_latin_hypercube(3r, 1r, numpy.random.default_rng(0r))).ravel().tolist())
        [0.0, 1.0, 2.0]
    """
    from scipy.stats import qmc
    return _engine(qmc.LatinHypercube, dimension, generator).random(n)


def _engine(kind, dimension, generator):
    """
    Return one of SciPy's engines; it calls its generator ``rng`` from version 1.15 on, ``seed`` before.

    EXAMPLES::

        sage: from sage_tf.sampling.points import _engine
        sage: from scipy.stats import qmc
        sage: import numpy
        sage: _engine(qmc.Sobol, 2r, numpy.random.default_rng(0r)).d
        2
    """
    name = 'rng' if 'rng' in signature(kind).parameters else 'seed'
    return kind(dimension, **{name: generator})


_DRAWS = {'uniform': _uniform, 'sobol': _sobol, 'lhs': _latin_hypercube, 'latin hypercube': _latin_hypercube}
_NODES = {'grid': _grid, 'chebyshev': _chebyshev}


def as_integer(value, name):
    """
    Return an argument as a Python integer.

    EXAMPLES::

        sage: from sage_tf.sampling.points import as_integer
        sage: as_integer(1/2, 'n')
        Traceback (most recent call last):
        ...
        TypeError: n=1/2 was given; expected an integer
    """
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name}={value!r} was given; expected an integer") from None


def as_seed(seed):
    """
    Return a seed as a Python integer, drawn from Sage's random state if there is none.

    EXAMPLES::

        sage: from sage_tf.sampling.points import as_seed
        sage: as_seed(5)
        5
        sage: set_random_seed(0); a = as_seed(None)
        sage: set_random_seed(0); a == as_seed(None)
        True
        sage: as_seed(-1)
        Traceback (most recent call last):
        ...
        ValueError: seed=-1 was given; expected a nonnegative integer or None
    """
    if seed is None:
        return int(getrandbits(128))
    number = as_integer(seed, 'seed')
    if number < 0:
        raise ValueError(f"seed={seed} was given; expected a nonnegative integer or None")
    return number

__all__ = ['Range', 'as_integer', 'as_seed', 'checked_ranges', 'points']
