r"""
Samples: points, the values of an expression there, and what one does with them

EXAMPLES::

    sage: from sage_tf.data import sample_data
    sage: data = sample_data(x^2, (x, -1, 1), n=5, method='grid')
    sage: data.X.shape, data.y.numpy()
    (TensorShape([5, 1]), array([1.  , 0.25, 0.  , 0.25, 1.  ]))
"""
from itertools import repeat

import numpy as np
import tensorflow as tf
from sage.structure.sage_object import SageObject

from sage_tf.conversion.rounding import round_real
from sage_tf.sampling.points import as_integer, as_seed, points
from sage_tf.sampling.values import is_defined, values_at

_CURVE_POINTS = 1000


class Sample(SageObject):
    r"""
    Points and the values of an expression there, as :func:`~sage_tf.data.sample_data` makes them.

    Attributes are ``X``, a ``tf.Tensor`` of shape (number of points, number of variables); ``y``, a ``tf.Tensor`` of shape
    (number of points,), for vectors of expressions (number of points, number of entries); and ``dropped``, the number of points
    that were left out because the expression is undefined there.

    EXAMPLES::

        sage: from sage_tf.data import sample_data
        sage: data = sample_data(1/x, (x, -1, 1), n=5, method='grid')
        sage: data.X.to_sage(QQ).transpose(), data.y.to_sage(ZZ), data.dropped
        ([  -1 -1/2  1/2    1], (-1, -2, 2, 1), 1)

    Networks take both as they are::

        sage: from sage_tf.all import keras
        sage: model = keras.Sequential([keras.layers.Dense(1)])
        sage: model.compile(optimizer='adam', loss='mse')
        sage: history = model.fit(data.X, data.y, epochs=2, verbose=0)
        sage: len(history.history['loss'])
        2

    TESTS::

        sage: loads(dumps(data))
        Sample of 4 points of 1/x for x in [-1, 1], and 1 point where it is undefined
        sage: loads(dumps(data)).y.to_sage() == data.y.to_sage()
        True
    """

    def __init__(self, X, y, expression, ranges, dropped=0):
        """
        INPUT:

        - ``X``, ``y`` -- tensors

        - ``expression`` -- what was sampled

        - ``ranges`` -- a tuple of :class:`~sage_tf.sampling.points.Range`, one for each column of ``X``

        - ``dropped`` -- the number of points left out

        TESTS::

            sage: from sage_tf.sampling.sample import Sample
            sage: from sage_tf.sampling.points import Range
            sage: import tensorflow as tf
            sage: Sample(tf.constant([[1.0r]]), tf.constant([1.0r]), x, (Range(x, 0, 1),))
            Sample of 1 point of x for x in [0, 1]
        """
        self.X = X
        self.y = y
        self.dropped = dropped
        self._expression = expression
        self._ranges = ranges

    def __len__(self):
        """
        Return the number of points.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: len(sample_data(x, (x, 0, 1), n=7))
            7
        """
        return self.X.shape[0]

    def _repr_(self):
        """
        TESTS::

            sage: from sage_tf.data import sample_data
            sage: sample_data(sin(x), (x, 0, 2*pi), n=7)
            Sample of 7 points of sin(x) for x in [0, 2*pi]
        """
        def counted(number):
            return f"{number} point{'' if number == 1 else 's'}"
        left_out = f", and {counted(self.dropped)} where it is undefined" if self.dropped else ''
        return f"Sample of {counted(len(self))} of {self._expression} for {', '.join(map(repr, self._ranges))}{left_out}"

    def variables(self):
        """
        Return the symbols of the columns of ``X``.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: y = var('y')
            sage: sample_data(x*y, (y, 0, 1), (x, 0, 1), n=4).variables()
            (y, x)
        """
        return tuple(each.variable for each in self._ranges)

    def expression(self):
        """
        Return what was sampled, as it was given.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: sample_data(sin(x), (x, 0, 1)).expression()
            sin(x)
        """
        return self._expression

    def numpy(self):
        """
        Return the points and the values as NumPy arrays.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: sample_data(x^2, (x, 0, 2), n=2, method='grid').numpy()
            (array([[0.],
                    [2.]]), array([0., 4.]))
        """
        return self.X.numpy(), self.y.numpy()

    def dataset(self, batch_size=32, shuffle=False, seed=None):
        """
        Return the points and values as batches for training.

        INPUT:

        - ``batch_size`` -- positive integer (default: 32); the last batch may be smaller

        - ``shuffle`` -- boolean (default: ``False``); whether the points come in another order in each pass

        - ``seed`` -- nonnegative integer (default: drawn from Sage's random state); it determines these orders

        OUTPUT: a ``tf.data.Dataset`` of pairs

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: data = sample_data(x^2, (x, 0, 1), n=10)
            sage: [len(points) for points, values in data.dataset(4)]
            [4, 4, 2]
            sage: int(data.dataset(4, shuffle=True, seed=1).cardinality())
            3
        """
        size = as_integer(batch_size, 'batch_size')
        if size <= 0:
            raise ValueError(f"batch_size={batch_size} was given; expected a positive integer")
        pairs = tf.data.Dataset.from_tensor_slices((self.X, self.y))
        if shuffle:
            pairs = pairs.shuffle(len(self), seed=as_seed(seed) % 2**63, reshuffle_each_iteration=True)
        return pairs.batch(size)

    def split(self, fraction=0.8, seed=None):
        """
        Return two samples, to train and to test, into which the points are randomly divided.

        INPUT:

        - ``fraction`` -- real number between 0 and 1 (default: 0.8); the part of the points that goes into the first sample,
          to the nearest point

        - ``seed`` -- nonnegative integer (default: drawn from Sage's random state)

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: train, test = sample_data(x^2, (x, 0, 1), n=10).split(2/3, seed=0); train, test
            (Sample of 7 points of x^2 for x in [0, 1], Sample of 3 points of x^2 for x in [0, 1])
            sage: train.split(0.01)
            Traceback (most recent call last):
            ...
            ValueError: fraction=0.01... of 7 points leaves one of the two samples empty; expected at least one point in each
        """
        count = round(float(round_real(fraction, 'float64')) * len(self))
        if not 0 < count < len(self):
            raise ValueError(f"fraction={fraction} of {len(self)} points leaves one of the two samples empty; "
                             "expected at least one point in each")
        order = np.random.default_rng(as_seed(seed)).permutation(len(self))
        return tuple(Sample(tf.gather(self.X, part), tf.gather(self.y, part), self._expression, self._ranges)
                     for part in (order[:count], order[count:]))

    def plot(self, **options):
        """
        Return a plot of the points: over one variable with the curve of the expression, over two variables in space.

        INPUT:

        - ``options`` -- those of Sage's ``point``, for the points

        OUTPUT: a graphics object of Sage; each entry of a vector of expressions has its own colour

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: y, z = var('y, z')
            sage: sample_data(1/x, (x, -1, 1), noise=0.1).plot(size=30)
            Graphics object consisting of 2 graphics primitives
            sage: sample_data(x*y, (x, 0, 1), (y, 0, 1)).plot()
            Graphics3d Object
            sage: sample_data(x*y*z, (x, 0, 1), (y, 0, 1), (z, 0, 1)).plot()
            Traceback (most recent call last):
            ...
            ValueError: a sample over 3 variables was to be plotted; expected one or two variables
        """
        if len(self._ranges) > 2:
            raise ValueError(f"a sample over {len(self._ranges)} variables was to be plotted; expected one or two variables")
        if self.y.dtype.is_complex:
            raise ValueError("a sample of complex values was to be plotted; expected real ones, so sample their real_part or "
                             "imag_part")
        entries = _entries(self.y.numpy().astype(float))
        colours = _colours(len(entries), options)
        if len(self._ranges) == 1:
            return sum(map(_points_in_plane, repeat(self.X), entries, colours, repeat(options))) + self._curves(colours)
        return sum(map(_points_in_space, repeat(self.X), entries, colours, repeat(options)))

    def _curves(self, colours):
        """
        Return the curves of the entries over the only variable, in as many pieces as they are defined on.

        EXAMPLES::

            sage: from sage_tf.data import sample_data
            sage: sample_data(vector([x, sqrt(x^2 - 1)]), (x, -2, 2))._curves(['red', 'green'])
            Graphics object consisting of 3 graphics primitives
        """
        from sage.plot.graphics import Graphics
        from sage.plot.line import line
        grid = points(self._ranges, _CURVE_POINTS, 'grid', None)
        graphics = Graphics()
        for values, colour in zip(_entries(values_at(self._expression, self._ranges, grid, False)), colours, strict=True):
            places = np.flatnonzero(is_defined(values, False))
            for piece in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
                if len(piece) > 1:
                    graphics += line(np.column_stack([grid[piece], values[piece].real]), color=colour)
        return graphics


# -- plots -------------------------------------------------------------------------------------------------------------

def _entries(values):
    """
    Return the values of the entries, one after the other.

    EXAMPLES::

        sage: from sage_tf.sampling.sample import _entries
        sage: import numpy
        sage: len(_entries(numpy.zeros((7r, 2r, 3r)))), len(_entries(numpy.zeros(7r)))
        (6, 1)
    """
    return values.reshape(len(values), -1).T


def _colours(number, options):
    """
    Take the colour out of the options of a plot, and return one for each entry.

    EXAMPLES::

        sage: from sage_tf.sampling.sample import _colours
        sage: _colours(1, {}), _colours(2, {'color': 'red'}), _colours(2, {})
        (['blue'], ['red', 'red'], ['#ff0000', '#00ffff'])
    """
    from sage.plot.colors import rainbow
    if 'color' in options:
        return [options.pop('color')] * number
    return rainbow(number) if number > 1 else ['blue']


def _points_in_plane(X, values, colour, options):
    """
    Return the plot of points over one variable.

    EXAMPLES::

        sage: from sage_tf.sampling.sample import _points_in_plane
        sage: import tensorflow as tf
        sage: _points_in_plane(tf.constant([[1.0r]]), [2.0], 'red', {'size': 30})
        Graphics object consisting of 1 graphics primitive
    """
    from sage.plot.point import point
    return point(np.column_stack([X, values]), color=colour, **{'size': 15, 'zorder': 3, **options})


def _points_in_space(X, values, colour, options):
    """
    Return the plot of points over two variables.

    EXAMPLES::

        sage: from sage_tf.sampling.sample import _points_in_space
        sage: import tensorflow as tf
        sage: _points_in_space(tf.constant([[1.0r, 2.0r]]), [2.0], 'red', {'size': 3})
        Graphics3d Object
    """
    from sage.plot.plot3d.shapes2 import point3d
    return point3d(np.column_stack([X, values]).tolist(), color=colour, **options)

__all__ = ['Sample']
