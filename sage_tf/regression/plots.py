r"""
Pictures of a fit

EXAMPLES::

    sage: from sage_tf.all import SymbolicRegressor
    sage: SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t').plot()
    Graphics Array of size 1 x 3
"""
from math import log10

import numpy as np
from sage.plot.graphics import Graphics
from sage.plot.line import line
from sage.plot.plot import graphics_array
from sage.plot.point import points

FRAME = {'frame': True, 'axes': False, 'fontsize': 8, 'axes_labels_size': 1}
LEAST = 1e-32                                                   # what no loss is shown below, relative to the largest


def picture(fronts, entries, given, predicted):
    r"""
    Return the pictures of a fit, a row for each output.

    INPUT:

    - ``fronts`` -- list of :class:`~sage_tf.regression.front.ParetoFront`

    - ``entries`` -- the entry of each that is shown

    - ``given``, ``predicted`` -- for each of them an array of values

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.front import Measure, ParetoFront
        sage: from sage_tf.regression.plots import picture
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3]], [1, 4, 9], variables='x')
        sage: front = ParetoFront(map(Measure(problem), (SR(5), 4*x - 3, x^2)))
        sage: picture([front], [front.best()], [problem.y], [problem.y])
        Graphics Array of size 1 x 3
    """
    return graphics_array([[front_plot(front, entry), parity_plot(y, values), residual_plot(y, values)]
                           for front, entry, y, values in zip(fronts, entries, given, predicted, strict=True)])


def front_plot(front, entry):
    """
    Return the losses of a front over the complexities, the entry that is chosen in red.

    EXAMPLES::

        sage: from sage_tf.regression.front import Measure, ParetoFront
        sage: from sage_tf.regression.plots import front_plot
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3]], [1, 4, 9], variables='x')
        sage: front = ParetoFront(map(Measure(problem), (SR(5), x^2)))
        sage: front_plot(front, front.best())
        Graphics object consisting of 3 graphics primitives
    """
    floor = LEAST * max(each.loss for each in front) or LEAST

    def place(each):
        return each.complexity, log10(max(each.loss, floor))
    places = [place(each) for each in front]
    shown = line(places, color='gray') + points(places, size=25) + points([place(entry)], size=45, color='red', zorder=10, **FRAME)
    return _labelled(shown, 'complexity', 'log10 of the loss')


def parity_plot(given, predicted):
    """
    Return the predicted values over those given, with the line on which they are equal.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.plots import parity_plot
        sage: parity_plot(numpy.array([1r, 2r]), numpy.array([1r, 3r]))
        Graphics object consisting of 2 graphics primitives
    """
    ends = [float(given.min()), float(given.max())]
    return _labelled(line([(end, end) for end in ends], color='gray') + _cloud(given, predicted), 'given', 'predicted')


def residual_plot(given, predicted):
    """
    Return the residuals over the predicted values.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.plots import residual_plot
        sage: residual_plot(numpy.array([1r, 2r]), numpy.array([1r, 3r]))
        Graphics object consisting of 2 graphics primitives
    """
    ends = [float(given.min()), float(given.max())]
    return _labelled(line([(end, 0) for end in ends], color='gray') + _cloud(predicted, given - predicted), 'predicted', 'residual')


def _cloud(x, y):
    """Return points, those that are not finite left out."""
    good = np.isfinite(x) & np.isfinite(y)
    return points(list(zip(x[good].tolist(), y[good].tolist(), strict=True)), size=6, **FRAME) if good.any() else Graphics()


def _labelled(shown, horizontal, vertical):
    shown.axes_labels([horizontal, vertical])
    return shown
