r"""
Networks as short expressions, with certified deviations

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation='exponential'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[-0.5]], [0], [[3]], [0])): _ = weight.assign(values)
    sage: short = distill(model, [(0, 2)], time_limit=20); short.expression(), short.deviation() < 1e-4
    (3*e^(-1/2*x), True)
"""
import numpy as np
from sage.rings.infinity import infinity
from sage.rings.real_mpfr import RR
from sage.symbolic.ring import SR

from sage_tf.networks.bounds import _cut_to, checked_arithmetic
from sage_tf.networks.boxes import Box
from sage_tf.networks.certify import difference, output_names
from sage_tf.networks.models import tape_of


class Distillate:
    r"""
    A short expression for a network, and how far from the network it is on the box at most.

    EXAMPLES::

        sage: from sage_tf.networks.distill import Distillate
        sage: d = Distillate(x^2, RR(0.125), None); d
        x^2, within 0.125000000000000 of the network
        sage: d.expression(), d.deviation()
        (x^2, 0.125000000000000)
    """
    def __init__(self, expression, deviation, regressor):
        self._expression, self._deviation, self._regressor = expression, deviation, regressor

    def expression(self):
        """Return the expression."""
        return self._expression

    def deviation(self):
        """Return an upper bound of the deviation on the box, infinity if none was found."""
        return self._deviation

    def regressor(self):
        """Return the regressor that has found the expression, with its other laws."""
        return self._regressor

    def __repr__(self):
        return f"{self._expression}, within {self._deviation} of the network"


def distill(model, box, n=500, time_limit=60, width=None, seed=0, **options):
    r"""
    Return a short expression for a network on a box, with a certified bound of its deviation.

    INPUT:

    - ``model`` -- Keras model or layer of one output

    - ``box`` -- list of pairs ``(low, high)``; triples ``(variable, low, high)`` name the variables of the expression

    - ``n`` -- the number of points at which the network is sampled (default: 500)

    - ``time_limit`` -- seconds for the search, and as many at most for the bound (default: 60)

    - ``width`` -- how far above a deviation that is taken the bound may be (default: a hundredth of the deviation at the points, at least)

    - ``seed`` -- of the points and the search (default: 0)

    - ``options`` -- of the :class:`~sage_tf.regression.regressor.SymbolicRegressor`, as ``max_complexity`` or ``operators``

    OUTPUT: a :class:`Distillate`. Its deviation is the largest difference from what ``model(x)`` returns, rounding included; infinity for an expression
    with a pole in the box or a function of which no enclosures are known

    Raises ValueError for a network of several outputs, and for one that is constant on the box.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: a, b = var('a, b')
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        sage: for weight, values in zip(model.weights, ([[2], [-1]], [0.5])): _ = weight.assign(values)
        sage: distill(model, [(a, 0, 1), (b, 0, 1)], time_limit=20).expression()
        2*a - b + 1/2
    """
    from sage_tf.regression.regressor import SymbolicRegressor  # takes a second to import
    tape = tape_of(model)
    if tape.outputs.size != 1:
        raise ValueError(f"the network has {tape.outputs.size} outputs; expected one")
    box = Box.of(box, tape.inputs.size)
    points = box.lo + (box.hi - box.lo) * np.random.default_rng(seed).uniform(size=(int(n), len(box.lo)))
    points = points.astype(tape.dtype)
    values = _evaluated(model, tape, points)
    if np.ptp(values) == 0:
        raise ValueError(f"the network is {values[0]} at all points of the box; expected one that is not constant")
    regressor = SymbolicRegressor(**{'time_limit': time_limit, 'progress': False, 'random_state': seed, **options})
    regressor.fit(points.astype(float), values.astype(float), variables=[SR.var(name) for name in box.names])
    expression = SR(regressor.expression())
    residuals = np.abs(regressor.predict(points.astype(float)) - values)
    width = max(float(residuals.max()) / 100, 1e-6 * float(np.abs(values).max())) if width is None else float(width)
    return Distillate(expression, _deviation(tape, box, expression, width, time_limit), regressor)


def _evaluated(model, tape, points):
    """Return the values of a network at points, each a row with all of its inputs."""
    sizes = np.cumsum([int(np.prod(shape, dtype=int)) for shape in tape.input_shapes])[:-1]
    parts = [part.reshape(-1, *shape) for part, shape in zip(np.split(points, sizes, axis=1), tape.input_shapes, strict=True)]
    return np.asarray(model(parts if len(parts) > 1 else parts[0])).ravel()


def _deviation(tape, box, expression, width, time_limit):
    """Return a bound of the difference between a network and an expression on a box."""
    from time import monotonic
    arithmetic = checked_arithmetic(None, tape)
    name, = output_names(tape, box, None if 'y' not in box.names else ['y_of_network'])
    try:
        tape = difference(tape, SR.var(name) - expression, box.names, (name,))
    except NotImplementedError:
        return infinity
    low, high = _cut_to(tape, *box.rounded(arithmetic), arithmetic, width, monotonic() + float(time_limit))
    return RR(max(abs(low.min()), abs(high.max())))
