r"""
Statements about all outputs of a network on a box

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dense(1)])
    sage: for weight, values in zip(model.weights, ([[2, -1]], [-1, 3], [[1], [-1]], [0])): _ = weight.assign(values)
    sage: y = var('y')
    sage: certify(model, y < 1.01, (0, 3/2)), certify(model, y < 0, (0, 3/2)).status
    (proved on ... box..., 'refuted')
    sage: certify(model, abs(y - (3*x - 4)) < 1e-5, (1/2, 3))               # it may have the input in it, too
    proved on ... box...
"""
import operator
from time import monotonic

import numpy as np
from sage.rings.rational import Rational
from sage.structure.element import Expression

from sage_tf.networks.bounds import batch_size, checked_arithmetic, swept
from sage_tf.networks.boxes import Box, can_be_cut, halves
from sage_tf.networks.embedded import add_expressions
from sage_tf.networks.models import tape_of
from sage_tf.networks.verdicts import Verdict
from sage_tf.networks.zonotopes import Sweep

# relation -> whether bounds of the difference of its sides prove it, and whether they refute it
DECISIONS = {
    operator.lt: (lambda lo, hi: hi < 0, lambda lo, hi: lo >= 0),
    operator.le: (lambda lo, hi: hi <= 0, lambda lo, hi: lo > 0),
    operator.gt: (lambda lo, hi: lo > 0, lambda lo, hi: hi <= 0),
    operator.ge: (lambda lo, hi: lo >= 0, lambda lo, hi: hi < 0),
    operator.ne: (lambda lo, hi: (lo > 0) | (hi < 0), lambda lo, hi: (lo == 0) & (hi == 0)),
    operator.eq: (lambda lo, hi: (lo == 0) & (hi == 0), lambda lo, hi: (lo > 0) | (hi < 0)),
}


def certify(model, relation, box, outputs=None, arithmetic=None, time_limit=60, max_boxes=10**5):
    r"""
    Decide whether a relation holds for the outputs of a network at all points of a box.

    INPUT:

    - ``model`` -- Keras model or layer

    - ``relation`` -- an equation or inequality of expressions in the outputs, named ``y`` or ``y0``, ``y1``, ..., and the inputs, named ``x`` or ``x0``,
      ``x1``, ...; or a list of such, which must all hold

    - ``box`` -- list of pairs ``(low, high)``; triples ``(variable, low, high)`` give the inputs other names

    - ``outputs`` -- list of symbols or names of the outputs, if others than these (default: ``None``)

    - ``arithmetic`` -- ``None`` (default): the statement is about what ``model(x)`` returns, rounding errors included, and so about the function of real
      numbers too; ``'exact'``: about the latter only

    - ``time_limit``, ``max_boxes`` -- the budget: seconds, and the number of boxes

    OUTPUT: a :class:`~sage_tf.networks.verdicts.Verdict`, which is true if the relation is proved. If it is refuted, ``.point`` is a point of the box where it
    certainly fails; else nothing is known, within the budget

    Raises TypeError for what is no relation, ValueError for a variable that is neither input nor output, NotImplementedError for a function
    of which no enclosures are known.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: keras.utils.set_random_seed(1)
        sage: model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation='tanh'), keras.layers.Dense(2, activation='softmax')])
        sage: y0, y1, a, b = var('y0, y1, a, b')
        sage: certify(model, [y0 > 0, y0 + y1 < 1.01], [(a, -1, 1), (b, -1, 1)])
        proved on ... box...
        sage: answer = certify(model, y0 < y1 + a^2, [(a, -1, 1), (b, -1, 1)]); answer.status
        'refuted'
        sage: values = model(tf.constant([[answer.point['a'], answer.point['b']]])).numpy()[0]
        sage: bool(values[0] >= values[1] + answer.point['a']^2)
        True

    TESTS::

        sage: for relation in (y0, y0 > var('z'), gamma(y0) > 0):
        ....:     try: certify(model, relation, [(0, 1)]*2)
        ....:     except (TypeError, ValueError, NotImplementedError) as error: print(error)
        y0 was given for a relation; expected an equation or inequality, as y < 1
        the variable z of y0 - z is none of x0, x1, y0, y1; use those, or substitute a value
        gamma(y0) has the function gamma, of which no enclosures are known; expected elementary functions
        sage: certify(model, y0 > var('t'), [(0, 1)]*2, outputs=['t', 't'])
        Traceback (most recent call last):
        ...
        ValueError: the names x0, x1, t, t of inputs and outputs are not all different; give others in the box or in outputs=
    """
    relations = list(relation) if isinstance(relation, (list, tuple)) else [relation]
    boxes = 0
    for one in relations:
        verdict = _certify(model, one, box, outputs, arithmetic, time_limit, max_boxes)
        boxes += verdict.boxes
        if not verdict.is_proved():
            return verdict
    return Verdict('proved', boxes=boxes)


def _certify(model, relation, box, outputs, arithmetic, time_limit, max_boxes):
    """Return the verdict about one relation."""
    head = relation.operator() if isinstance(relation, Expression) else None
    if head not in DECISIONS:
        raise TypeError(f"{relation} was given for a relation; expected an equation or inequality, as y < 1")
    tape = tape_of(model)
    box = Box.of(box, tape.inputs.size)
    arithmetic = checked_arithmetic(arithmetic, tape)
    names = output_names(tape, box, outputs)
    tape = difference(tape, relation.lhs() - relation.rhs(), box.names, names)
    search = Search(tape, *DECISIONS[head], arithmetic, monotonic() + float(time_limit), int(max_boxes))
    status, point = search(*box.rounded(arithmetic))
    if point is None:
        return Verdict(status, boxes=search.boxes)
    exact = {name: Rational(float(v).as_integer_ratio()) for name, v in zip(box.names, point, strict=True)}
    return Verdict(status, exact, search.shown(point, names), search.boxes)


def output_names(tape, box, outputs):
    """
    Return the names of the outputs, which differ from those of the inputs.

    EXAMPLES::

        sage: from sage_tf.networks.boxes import Box
        sage: from sage_tf.networks.certify import output_names
        sage: from sage_tf.networks.tape import Tape
        sage: output_names(Tape((2r,)), Box.of([(0, 1)]*2, 2), None)
        ('y0', 'y1')
    """
    count = tape.outputs.size
    given = ('y',) if count == 1 else tuple(f'y{k}' for k in range(count))
    if outputs is not None:
        given = tuple(map(str, outputs)) if isinstance(outputs, (list, tuple)) else (str(outputs),)
    if len(given) != count:
        raise ValueError(f"outputs= has {len(given)} names; expected {count}, one for each output")
    if len({*box.names, *given}) < len(box.names) + count:
        raise ValueError(f"the names {', '.join((*box.names, *given))} of inputs and outputs are not all different; "
                         "give others in the box or in outputs=")
    return given


def difference(tape, expression, inputs, outputs):
    r"""
    Return a tape, made from that of a network, whose output is an expression in the inputs and outputs of the network.

    EXAMPLES::

        sage: from sage_tf.networks.certify import difference
        sage: from sage_tf.networks.tape import Tape
        sage: y = var('y'); tape = difference(Tape((1r,)), y - sin(x), ('x',), ('y',)); tape.steps, tape.exact_from
        ([sin 1 -> 1, constant 1, mul 1 -> 1, affine 2 -> 1], 0)
    """
    places = {**dict(zip(inputs, tape.inputs.ravel(), strict=True)), **dict(zip(outputs, tape.outputs.ravel(), strict=True))}
    tape.exact_from, tape.network_outputs = len(tape.steps), tape.outputs
    wires, = add_expressions(tape, [expression], places)
    tape.outputs = np.asarray(wires).reshape(1)
    return tape


class Search:
    r"""
    The search for a proof or a counterexample, on boxes that are cut until they are decided.

    INPUT:

    - ``tape`` -- the network and the difference of the sides, its only output

    - ``proves``, ``refutes`` -- functions of lower and upper bounds of the difference

    - ``arithmetic``, ``deadline``, ``most`` -- that of the network; when and after how many boxes to give up

    EXAMPLES::

        sage: import numpy
        sage: from time import monotonic
        sage: from sage_tf.networks.certify import DECISIONS, Search
        sage: from sage_tf.networks.tape import Tape
        sage: search = Search(Tape((1r,)), *DECISIONS[operator.gt], 'exact', monotonic() + 9, 100)
        sage: search(numpy.array([[1.0r]]), numpy.array([[2.0r]])), search(numpy.array([[-1.0r]]), numpy.array([[2.0r]]))[0]
        (('proved', None), 'refuted')
    """
    def __init__(self, tape, proves, refutes, arithmetic, deadline, most):
        self.tape, self.proves, self.refutes = tape, proves, refutes
        self.arithmetic, self.deadline, self.most = arithmetic, deadline, most
        self.boxes = 0

    def __call__(self, lo, hi):
        """Return the status, and the point where it fails or that could not be decided."""
        size, parts, scale = batch_size(self.tape), [(lo, hi)], (hi - lo)[0]
        while parts:
            lo, hi = parts.pop()
            self.boxes += len(lo)
            low, high, axes = swept(self.tape, lo, hi, self.arithmetic, scale)
            is_open = ~self.proves(low[:, 0], high[:, 0])
            if not is_open.any():
                continue
            lo, hi, axes = lo[is_open], hi[is_open], axes[is_open]
            points = self._points(lo, hi)
            fails = self.refutes(*[side[:, 0] for side in Sweep(self.tape, points, points, self.arithmetic).outputs()])
            if fails.any():
                return 'refuted', points[fails.argmax()]
            if monotonic() > self.deadline or self.boxes >= self.most or not can_be_cut(lo, hi).all():
                return 'undecided', points[0]
            lo, hi = halves(lo, hi, axes)
            parts += [(lo[k:k + size], hi[k:k + size]) for k in range(0, len(lo), size)]
        return 'proved', None

    def _points(self, lo, hi):
        """Return points of boxes, their middles: in the dtype of the model where there is such a one."""
        middle = np.clip(lo / 2 + hi / 2, lo, hi)
        if self.arithmetic == 'float32':
            near = middle.astype(np.float32).astype(float)
            middle = np.where((near >= lo) & (near <= hi), near, middle)
        return middle

    def shown(self, point, names):
        """Return what the outputs of the network are at a point."""
        sweep = Sweep(self.tape, point[None], point[None], self.arithmetic, plain=True)
        middle = (sweep.lo + sweep.hi)[0, self.tape.network_outputs.ravel()] / 2
        return [f"{name} = {float(v):.6g}" for name, v in zip(names, middle, strict=True)]
