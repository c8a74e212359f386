r"""
What belongs to training, in Sage: losses, schedules of the learning rate, histories, data and variables

EXAMPLES::

    sage: from sage_tf.all import *
    sage: keras.losses.Huber().to_sage()
    cases(((abs(-y_pred + y_true) <= 1.0, 1/2*(y_pred - y_true)^2), (1, 1.0*abs(-y_pred + y_true) - 0.5)))
    sage: keras.optimizers.schedules.ExponentialDecay(0.5, 100, 0.25).to_sage()
    0.5*0.25^(1/100*step)
    sage: tf.data.Dataset.range(10).batch(2).to_sage(2)
    [(0, 1), (2, 3)]
"""
from itertools import islice

import keras
import tensorflow as tf
from sage.functions.all import abs_symbolic, cases, ceil, cos, cosh, exp, floor, log
from sage.misc.table import table
from sage.modules.free_module_element import vector
from sage.rings.real_double import RDF
from sage.structure.element import Vector
from sage.symbolic.constants import pi
from sage.symbolic.ring import SR

from sage_tf.conversion.to_sage import to_sage
from sage_tf.symbolic.special.rectifier import maximum, relu


def _number(x):
    """Return a number of Python as one of Sage, whole ones exactly."""
    x = float(x)
    return SR(int(x)) if x.is_integer() else SR(RDF(x))


def _at_least(x, low):
    return maximum(x, _number(low))


def _at_most(x, high):
    return -maximum(-x, -SR(high))


def _named(obj, what, table_of):
    """Return the entry of a table for an object, by the name of its class."""
    for cls in type(obj).__mro__:
        if cls.__name__ in table_of:
            return table_of[cls.__name__]
    raise NotImplementedError(f"the {what} {type(obj).__name__} has no form in Sage; expected one of {', '.join(sorted(table_of))}")


# -- losses: functions of the loss, the true value and the predicted one -----------------------------------------------

_EPSILON = 1e-7


def _huber(loss, t, p):
    delta, error = SR(RDF(loss._fn_kwargs.get('delta', 1.0))), abs_symbolic(t - p)
    return cases([(error <= delta, (p - t)**2 / 2), (True, delta * error - delta**2 / 2)])


def _binary_crossentropy(loss, t, p):
    smoothing = float(loss._fn_kwargs.get('label_smoothing', 0))
    if smoothing:
        t = t * _number(1 - smoothing) + _number(smoothing / 2)
    if loss._fn_kwargs.get('from_logits'):
        return relu(p) - t * p + log(1 + exp(-relu(p) - relu(-p)))
    p = _at_most(_at_least(p, _EPSILON), RDF(1 - _EPSILON))
    return -t * log(p) - (1 - t) * log(1 - p)


def _squared_log(loss, t, p):
    return (log(_at_least(p, _EPSILON) + 1) - log(_at_least(t, _EPSILON) + 1))**2


def _divergence(loss, t, p):
    t, p = (_at_most(_at_least(v, _EPSILON), 1) for v in (t, p))
    return t * log(t / p)


_MEANS = {
    'MeanSquaredError': lambda loss, t, p: (t - p)**2,
    'MeanAbsoluteError': lambda loss, t, p: abs_symbolic(t - p),
    'MeanAbsolutePercentageError': lambda loss, t, p: 100 * abs_symbolic((t - p) / _at_least(abs_symbolic(t), _EPSILON)),
    'MeanSquaredLogarithmicError': _squared_log,
    'Huber': _huber,
    'LogCosh': lambda loss, t, p: log(cosh(p - t)),
    'Poisson': lambda loss, t, p: p - t * log(p + _number(_EPSILON)),
    'Hinge': lambda loss, t, p: relu(1 - t * p),
    'SquaredHinge': lambda loss, t, p: relu(1 - t * p)**2,
    'BinaryCrossentropy': _binary_crossentropy,
}
_SUMS = {'KLDivergence': _divergence}


def loss_to_sage(loss, y_true=None, y_pred=None):
    r"""
    Return the loss of one point, as an expression.

    INPUT:

    - ``y_true``, ``y_pred`` -- symbols or vectors of expressions of one length (default: the symbols of these names)

    Hinges take labels -1 and 1. Weights and the reduction over a batch are not in it.

    Raises NotImplementedError for a loss without a form in Sage, naming it; ValueError for vectors of different lengths.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y = var('y')
        sage: keras.losses.MeanSquaredError().to_sage(vector([1, y]), vector([x, x^2]))
        1/2*(x^2 - y)^2 + 1/2*(x - 1)^2
        sage: keras.losses.BinaryCrossentropy(from_logits=True).to_sage(1, x)
        -x + log(e^(-relu(-x) - relu(x)) + 1) + relu(x)

    TESTS::

        sage: keras.losses.Dice().to_sage()
        Traceback (most recent call last):
        ...
        NotImplementedError: the loss Dice has no form in Sage; expected one of BinaryCrossentropy, ...
        sage: keras.losses.MeanSquaredError().to_sage(vector([1, y]), x)
        Traceback (most recent call last):
        ...
        ValueError: y_true has 2 entries and y_pred has 1; expected as many
    """
    formula = _named(loss, 'loss', {**_MEANS, **_SUMS})
    true, predicted = (_entries(SR.var(name) if value is None else value) for value, name in ((y_true, 'y_true'), (y_pred, 'y_pred')))
    if len(true) != len(predicted):
        raise ValueError(f"y_true has {len(true)} entries and y_pred has {len(predicted)}; expected as many")
    total = sum(formula(loss, t, p) for t, p in zip(true, predicted, strict=True))
    return total if formula in _SUMS.values() else total / len(true)


def _entries(value):
    return [SR(v) for v in value] if isinstance(value, (Vector, list, tuple)) else [SR(value)]


# -- schedules ---------------------------------------------------------------------------------------------------------

def _share(schedule, step):
    share = step / _number(schedule.decay_steps)
    return floor(share) if schedule.staircase else share


def _polynomial_decay(schedule, step):
    steps, first, last = (_number(n) for n in (schedule.decay_steps, schedule.initial_learning_rate, schedule.end_learning_rate))
    if schedule.cycle:
        steps = steps * _at_least(ceil(step / steps), 1)
    else:
        step = _at_most(step, steps)
    return (first - last) * (1 - step / steps)**_number(schedule.power) + last


def _cosine_decay(schedule, step):
    steps, first, alpha = (_number(n) for n in (schedule.decay_steps, schedule.initial_learning_rate, schedule.alpha))
    def decayed(s, top):
        return top * ((1 - alpha) * (1 + cos(pi * s / steps)) / 2 + alpha)
    if schedule.warmup_target is None:
        return decayed(_at_most(step, steps), first)
    warm, target = _number(schedule.warmup_steps), _number(schedule.warmup_target)
    return cases([(step < warm, (target - first) * step / warm + first), (True, decayed(_at_most(step - warm, steps), target))])


def _cosine_restarts(schedule, step):
    first, alpha, t, m = (_number(n) for n in (schedule.initial_learning_rate, schedule.alpha, schedule._t_mul, schedule._m_mul))
    share = step / _number(schedule.first_decay_steps)
    if t == 1:
        restart = floor(share)
        within = share - restart
    else:
        restart = floor(log(1 - share * (1 - t)) / log(t))
        within = (share - (1 - t**restart) / (1 - t)) / t**restart
    return first * ((1 - alpha) * m**restart * (1 + cos(pi * within)) / 2 + alpha)


def _piecewise_constant(schedule, step):
    branches = [(step <= _number(b), _number(v)) for b, v in zip(schedule.boundaries, schedule.values, strict=False)]
    return cases([*branches, (True, _number(schedule.values[-1]))])


_SCHEDULES = {
    'ExponentialDecay': lambda s, step: _number(s.initial_learning_rate) * _number(s.decay_rate)**_share(s, step),
    'InverseTimeDecay': lambda s, step: _number(s.initial_learning_rate) / (1 + _number(s.decay_rate) * _share(s, step)),
    'PiecewiseConstantDecay': _piecewise_constant,
    'PolynomialDecay': _polynomial_decay,
    'CosineDecay': _cosine_decay,
    'CosineDecayRestarts': _cosine_restarts,
}


def schedule_to_sage(schedule, step=None):
    r"""
    Return the learning rate as an expression in the number of the step.

    INPUT:

    - ``step`` -- symbol or number (default: the symbol ``step``)

    Raises NotImplementedError for a schedule without a form in Sage, naming it.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: keras.optimizers.schedules.PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25]).to_sage(15)
        0.5
        sage: keras.optimizers.schedules.CosineDecay(1.0, 100).to_sage(x).subs(x=50)
        1/2
    """
    return SR(_named(schedule, 'schedule', _SCHEDULES)(schedule, SR(SR.var('step') if step is None else step)))


def optimizer_to_sage(optimizer, step=None):
    r"""
    Return the learning rate of an optimizer: a number, or an expression in the number of the step.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: keras.optimizers.SGD(0.5).to_sage()
        0.500000
        sage: keras.optimizers.SGD(keras.optimizers.schedules.InverseTimeDecay(1.0, 10, 0.5)).to_sage(x)
        1/(0.05*x + 1)
    """
    rate = optimizer._learning_rate
    return schedule_to_sage(rate, step) if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule) else to_sage(rate.value)


# -- histories, data and variables -------------------------------------------------------------------------------------

class TrainingHistory:
    r"""
    What a training has noted, epoch by epoch.

    EXAMPLES::

        sage: from sage_tf.networks.training import TrainingHistory
        sage: h = TrainingHistory([0, 1], {'loss': [2.0, 0.5], 'mae': [1.0, 0.25]}); h
          epoch   loss   mae
        ├───────┼──────┼──────┤
          1       2.0    1.0
          2       0.5    0.25
        sage: h['loss'], h.names(), type(h.plot())
        ((2.0, 0.5), ('loss', 'mae'), <class 'sage.plot.graphics.Graphics'>)
    """
    def __init__(self, epochs, columns):
        self._epochs = [int(k) + 1 for k in epochs]
        self._columns = {name: vector(RDF, [float(v) for v in values]) for name, values in columns.items()}

    def names(self):
        """Return the names of what was noted."""
        return tuple(self._columns)

    def __getitem__(self, name):
        """Return the values of one, a vector."""
        return self._columns[name]

    def table(self):
        """Return everything as a table of Sage."""
        rows = zip(self._epochs, *self._columns.values(), strict=True)
        return table([['epoch', *self._columns], *[list(row) for row in rows]], header_row=True)

    def plot(self, *names, scale='semilogy', **options):
        r"""
        Return the curves.

        INPUT:

        - ``names`` -- what to show (default: all)

        - ``scale`` -- ``'semilogy'`` (default) or ``'linear'``
        """
        from sage.plot.colors import rainbow
        from sage.plot.graphics import Graphics
        from sage.plot.line import line2d
        names = names or self.names()
        picture = Graphics()
        for name, color in zip(names, rainbow(len(names)), strict=True):
            points = list(zip(self._epochs, self[name], strict=True))
            picture += line2d(points, color=color, legend_label=name, scale=scale, axes_labels=['epoch', ''], **options)
        return picture

    def __repr__(self):
        return repr(self.table())


def history_to_sage(history):
    r"""
    Return what a training has noted, as tables and plots.

    OUTPUT: a :class:`TrainingHistory`

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        sage: model.compile(loss='mse')
        sage: h = model.fit(vector([1, 2, 3]), vector([2, 3, 4]), epochs=3, verbose=0).to_sage()
        sage: len(h['loss']), h.table().options()['header_row']
        (3, True)
    """
    return TrainingHistory(history.epoch, history.history)


def dataset_to_sage(dataset, n=10, ring=None):
    r"""
    Return the first elements of a dataset, with their tensors in Sage.

    INPUT:

    - ``n`` -- how many (default: 10)

    - ``ring`` -- as for tensors

    OUTPUT: list of what the dataset has: objects of Sage, or tuples and dictionaries of them

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: tf.data.Dataset.from_tensor_slices((tf.constant([[1.5, 2], [3, 4]]), tf.constant([0, 1]))).to_sage(1, ring=QQ)
        [((3/2, 2), 0)]
        sage: tf.data.Dataset.range(3).to_sage(-1)
        Traceback (most recent call last):
        ...
        ValueError: n=-1 was given; expected the number of elements to take
    """
    if n < 0:
        raise ValueError(f"n={n} was given; expected the number of elements to take")
    return [tf.nest.map_structure(lambda tensor: to_sage(tensor, ring), element) for element in islice(dataset, int(n))]


def variables_to_sage(module, ring=None):
    r"""
    Return the variables of a module of TensorFlow by name, with a number where a name occurs again.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: class Line(tf.Module):
        ....:     def __init__(self): self.a, self.b = tf.Variable([2.0], name='a'), tf.Variable(1.0, name='b')
        sage: Line().to_sage(ring=QQ)
        {'a': (2), 'b': 1}
    """
    found = {}
    for variable in module.variables:
        name = stem = variable.name.partition(':')[0]
        count = 1
        while name in found:                                    # TensorFlow gives names twice
            name, count = f'{stem}_{count}', count + 1
        found[name] = to_sage(variable, ring)
    return found


def methods():
    """
    Return the classes of Keras and TensorFlow that get ``to_sage`` from here, with the function that becomes it.

    EXAMPLES::

        sage: from sage_tf.networks.training import methods
        sage: len(methods())
        6
    """
    return {keras.losses.Loss: loss_to_sage, keras.optimizers.schedules.LearningRateSchedule: schedule_to_sage,
            keras.optimizers.Optimizer: optimizer_to_sage, keras.callbacks.History: history_to_sage, tf.data.Dataset: dataset_to_sage,
            tf.Module: variables_to_sage}
