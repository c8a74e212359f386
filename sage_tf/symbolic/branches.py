r"""
Branches: cases, piecewise functions, maximum and minimum

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: f = TensorFunction(cases([(x > 0, x*log(x)), (True, 0)]))
    sage: t = tf.constant([-1.0r, 0.0r, 1.0r], tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = f(t)
    sage: s.numpy(), tape.gradient(s, t).numpy()
    (array([0., 0., 0.]), array([0., 0., 1.]))

ALGORITHM:

All branches are computed at all points, and one is selected at each. TensorFlow then multiplies the derivative of a branch by zero where
another one was taken, which is NaN where that derivative is infinite. So every node of the graph gets its *need*: the branches, of any
selection, at whose points it has an influence. Where a value enters a part of the graph with a smaller need, it passes a gate, which lets
through the gradient of the points of this need and no other: it selects, and does not multiply. Every node is computed once, however often
and in whatever branches it is used.
"""
import operator
from functools import reduce

import tensorflow as tf
from sage.sets.real_set import RealSet
from sage.symbolic.ring import SR

from sage_tf.symbolic.continuation import continued
from sage_tf.symbolic.gradients import common_shape
from sage_tf.symbolic.row import Row

# The need of what has an influence at all points, and of what has none, or none on the gradient.
ALWAYS, NEVER = None, frozenset()


class Cases:
    r"""
    A selection among branches with conditions, as an operation in a graph.

    INPUT:

    - ``counts`` -- tuple with the number of conditions of each branch, which must all hold

    - ``operands`` -- tuple of the expressions of the first branch, conditions before value, then of the second, ...

    The first branch whose conditions hold is taken. Where there is none, or where a condition compares with NaN before one is
    found, the value is NaN.

    EXAMPLES::

        sage: from sage_tf.symbolic.branches import Cases
        sage: Cases((1r, 0r), (x < 0, -x, x)), Cases((1r, 0r)) == Cases((1r, 0r))
        (cases(1, 0), True)
    """
    def __init__(self, counts, operands=()):
        self.counts = counts
        self.operands = operands

    def __eq__(self, other):
        return isinstance(other, Cases) and self.counts == other.counts

    def __hash__(self):
        return hash(self.counts)

    def __repr__(self):
        return f"cases({', '.join(map(str, self.counts))})"

    def split(self, args):
        """
        Return what was given for each operand as a list of pairs, the list of the conditions and the value.

        EXAMPLES::

            sage: from sage_tf.symbolic.branches import Cases
            sage: Cases((1r, 2r, 0r)).split('cvdevw')
            [(['c'], 'v'), (['d', 'e'], 'v'), ([], 'w')]
        """
        pairs, start = [], 0
        for count in self.counts:
            end = start + count
            pairs.append((list(args[start:end]), args[end]))
            start = end + 1
        return pairs

    def simplified(self, graph, args):
        """
        Return the number of a node that stands for the selection without the conditions that are decided, None if there are none.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: [graph.nodes[graph.read(cases([(c, x), (x < 0, 3), (True, 5)]))].op for c in (pi > 3, pi < 3, x < 1)]
            ['symbol', cases(1, 0), cases(1, 1, 0)]
        """
        branches = []
        for conditions, value in self.split(args):
            truths = [_truth(graph.nodes[c]) for c in conditions]
            if False in truths:
                continue
            branches.append(([c for c, truth in zip(conditions, truths, strict=True) if truth is None], value))
            if not branches[-1][0]:
                break
        if branches == self.split(args):
            return None
        if branches and not branches[0][0]:
            return branches[0][1]
        reduced = Cases(tuple(len(conditions) for conditions, _ in branches))
        return graph.node(reduced, tuple(a for conditions, value in branches for a in (*conditions, value)))

    def branch_of(self):
        """
        Return for each operand the number of its branch, None for conditions.

        EXAMPLES::

            sage: from sage_tf.symbolic.branches import Cases
            sage: Cases((1r, 2r, 0r)).branch_of()
            [None, 0, None, None, 1, 2]
        """
        return [place for k, count in enumerate(self.counts) for place in (*[None] * count, k)]

    def is_total(self):
        """
        Return whether some branch is taken at every point.

        EXAMPLES::

            sage: from sage_tf.symbolic.branches import Cases
            sage: Cases((1r, 0r)).is_total(), Cases((1r, 1r)).is_total()
            (True, False)
        """
        return 0 in self.counts

    def select(self, dtype, number, taken, *tensors):
        """Return the selected values, after noting in ``taken`` where the branches of the selection of this number are taken."""
        unsettled, masks = tf.constant(True), []
        value = tf.constant(float('nan'), dtype)
        branches = self.split(tensors)
        for k, (conditions, _) in enumerate(branches):
            truth = reduce(tf.multiply, conditions) if conditions else tf.ones([], dtype)
            masks.append(unsettled & tf.equal(truth, truth) & tf.not_equal(truth, 0))
            unsettled = unsettled & tf.equal(truth, 0)
            taken[number, k] = masks[-1]
        for mask, (_, branch) in zip(reversed(masks), reversed(branches), strict=True):
            value = tf.where(mask, branch, value)
        return value


class Extremum:
    r"""
    The maximum or minimum of any number of values, as a selection.

    The derivative where several values are the largest is that of a mean of these: it is right wherever there is one.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.branches import Extremum
        sage: taken = {}
        sage: Extremum('max', 2r).select(tf.float32, 7, taken, tf.constant([1.0r, 2.0r, 3.0r]), tf.constant(2.0r)).numpy()
        array([2., 2., 3.], dtype=float32)
        sage: taken[7, 0].numpy(), taken[7, 1].numpy()
        (array([False,  True,  True]), array([ True,  True, False]))
    """
    def __init__(self, name, count):
        self._name = name
        self._count = count

    def branch_of(self):
        """Return for each operand the number of its branch."""
        return range(self._count)

    def is_total(self):
        """Return whether some branch is taken at every point."""
        return True

    def select(self, dtype, number, taken, *tensors):
        """Return the selected values, after noting where each is taken."""
        from sage_tf.symbolic.functions import implementation  # the table has these constructions
        value = implementation(self._name, dtype)(*tensors)
        for k, tensor in enumerate(tensors):
            taken[number, k] = tf.equal(tensor, value)
        return value


def selection(node):
    """
    Return the node of a graph as a selection, None if it is another operation.

    EXAMPLES::

        sage: from sage_tf.symbolic.branches import selection
        sage: from sage_tf.symbolic.graph import Node
        sage: selection(Node('sin', (0r,), None)) is None, list(selection(Node('max', (0r, 1r), None)).branch_of())
        (True, [0, 1])
    """
    if isinstance(node.op, Cases):
        return node.op
    return Extremum(node.op, len(node.args)) if node.op in ('max', 'min') else None


class Needs:
    r"""
    The branches for which each node of a graph is needed.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`

    - ``roots`` -- numbers of the nodes to be computed

    - ``numbers`` -- sorted list of the numbers of the nodes that these stand on

    EXAMPLES::

        sage: from sage_tf.symbolic.branches import Needs
        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: graph = Graph(operation)
        sage: root = graph.read(cases([(x > 0, sqrt(x) + sin(x)), (x < -1, sin(x)), (True, cos(x))]))
        sage: needs = Needs(graph, [root], graph.reachable([root]))
        sage: [sorted(k for _, k in needs.of(graph.read(e))) for e in (sqrt(x), sin(x), cos(x), x > 0)], needs.of(graph.read(x))
        ([[0], [0, 1], [2], []], None)
    """
    def __init__(self, graph, roots, numbers):
        self._total = {}                                        # number of a selection -> its count of branches if it is total
        self._needs = {}                                        # number -> ALWAYS or set of (selection, branch)
        if any(selection(graph.nodes[number]) for number in numbers):
            self._find(graph, roots, numbers)

    def __bool__(self):
        return bool(self._total)

    def _find(self, graph, roots, numbers):
        """Find the needs of all nodes, users before their operands."""
        users = {number: ALWAYS if number in set(roots) else NEVER for number in numbers}
        for number in reversed(numbers):
            node = graph.nodes[number]
            here = self._needs[number] = ALWAYS if node.op == 'symbol' else self._whole(users[number])
            chosen = selection(node)
            if chosen is None:
                of_operands = [here] * len(node.args)
            else:
                branches = chosen.branch_of()
                self._total[number] = len(set(branches) - {None}) if chosen.is_total() else None
                of_operands = [NEVER if k is None else frozenset([(number, k)]) for k in branches]
            for a, need in zip(node.args, of_operands, strict=True):
                users[a] = _union(users[a], need)

    def _whole(self, need):
        """Return a need in which all branches of a selection that always takes one are replaced by the need of the selection."""
        settled = False
        while need is not ALWAYS and not settled:
            settled = True
            for number in {number for number, _ in need}:
                if sum(other == number for other, _ in need) == self._total[number]:
                    rest = frozenset(pair for pair in need if pair[0] != number)
                    need, settled = _union(rest, self._needs[number]), False
                    break
        return need

    def of(self, number):
        """
        Return the need of a node.
        """
        return self._needs.get(number, ALWAYS)

    def start(self, *inputs):
        """
        Return the :class:`Choices` of one computation with the given inputs.
        """
        return Choices(common_shape(inputs) if inputs else tf.TensorShape([]))

    def settle(self, choices):
        """
        Find the points of every need, when all selections of a computation have been made.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.branches import Needs
            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: root = graph.read(cases([(x > 0, sqrt(x)), (x < -1, sin(x))]))
            sage: needs = Needs(graph, [root], graph.reachable([root]))
            sage: choices = needs.start(tf.zeros(2r))
            sage: choices.taken = {(root, 0): tf.constant([True, False]), (root, 1): tf.constant([False, False])}
            sage: needs.settle(choices); choices.points[needs.of(graph.read(sqrt(x)))].numpy()
            array([ True, False])
        """
        choices.points[NEVER] = tf.constant(False)
        for need in self._needs.values():                       # those of users first
            if need is not ALWAYS and need not in choices.points:
                choices.points[need] = reduce(tf.logical_or, [self._points(choices, *pair) for pair in sorted(need)])

    def _points(self, choices, number, branch):
        """Return where a branch is taken of a selection that is itself needed."""
        need, taken = self._needs[number], choices.taken[number, branch]
        return taken if need is ALWAYS else taken & choices.points[need]


class Choices:
    r"""
    What one computation knows of its branches, for its gradient.

    INPUT:

    - ``shape`` -- the common shape of the inputs

    ATTRIBUTES:

    - ``taken`` -- dictionary from a selection and the number of one of its branches to a tensor of booleans, where it takes it

    - ``points`` -- dictionary from a need to a tensor of booleans, where a node with this need has an influence

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.branches import Choices
        sage: choices = Choices(tf.TensorShape([2r]))
        sage: need = frozenset([(5, 0)])
        sage: x = tf.constant(0.0r)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(x)
        ....:     s = tf.constant([1.0r, 0.0r]) / choices.gate(need, x)
        ....:     choices.points[need] = tf.constant([False, False])
        sage: tape.gradient(s, x).numpy()
        np.float32(0.0)
    """
    def __init__(self, shape):
        self._shape = shape
        self.taken = {}
        self.points = {}

    def select(self, chosen, dtype, number, *tensors):
        """Return what a selection selects."""
        return chosen.select(dtype, number, self.taken, *tensors)

    def gate(self, need, tensor):
        """Return a tensor, broadcast to all points, of which the gradient is that of the points of a need."""
        @tf.custom_gradient
        def gated(wide):
            def gradient(upstream):
                return tf.where(self.points[need], upstream, tf.zeros_like(upstream))
            return tf.identity(wide), gradient
        return gated(tf.broadcast_to(tensor, self._shape))


def select(chosen, dtype, number):
    """Return the function of choices and tensors that makes a selection."""
    return lambda choices, *tensors: choices.select(chosen, dtype, number, *tensors)


def gate(need):
    """Return the function of choices and a tensor that is a gate."""
    return lambda choices, tensor: choices.gate(need, tensor)


def cases(e, inner=None):
    """
    Return the operation of Sage's ``cases``.

    EXAMPLES::

        sage: from sage_tf.symbolic import branches
        sage: branches.cases(cases([(x < 0, -x), (True, x)])).operands
        (x < 0, -x, 1, x)

    A value that continues a function to a single point gets its derivatives too::

        sage: branches.cases(cases([(x != 0, sin(x)/x), (True, 1)])).operands
        (x != 0, sin(x)/x, 1, -1/6*x^2 + 1)
    """
    pairs = [pair.operands() for pair in e.operands()[0].operands()]
    for k, (condition, value) in enumerate(pairs[:-1]):
        following, other = pairs[k + 1]
        if not following.is_trivial_zero() and following.is_numeric():          # the last branch, without condition
            if condition.operator() is operator.ne:
                pairs[k + 1][1] = continued(other, condition.lhs() == condition.rhs(), value, value)
            elif condition.operator() is operator.eq:
                pairs[k][1] = continued(value, condition, other, other)
    return Cases((1,) * len(pairs), tuple(part for pair in pairs for part in pair))


def piecewise(e, inner=None):
    """
    Return the operation of Sage's ``piecewise``.

    EXAMPLES::

        sage: from sage_tf.symbolic import branches
        sage: branches.piecewise(piecewise([([-1, 0], -x), (RealSet.open_closed(0, 2) + RealSet.unbounded_above_open(3), x)])).operands
        (x >= -1, x <= 0, -x, x > 0, x <= 2, x, x > 3, x)
    """
    variable = e.operands()[1]
    pieces = [(interval, SR(value)) for domain, value in e.items() for interval in RealSet(domain)]
    counts, operands = [], []
    for interval, value in pieces:
        conditions = _within(variable, interval)
        if interval.is_point():
            before = [other for piece, other in pieces if piece.upper() == interval.lower() and piece is not interval]
            after = [other for piece, other in pieces if piece.lower() == interval.lower() and piece is not interval]
            value = continued(value, conditions[0], before[0], after[0]) if before and after else value
        counts.append(len(conditions))
        operands += [*conditions, value]
    return Cases(tuple(counts), tuple(operands))


def _within(variable, interval):
    """
    Return the relations that put a variable into an interval.

    EXAMPLES::

        sage: from sage_tf.symbolic.branches import _within
        sage: [_within(x, s[0]) for s in (RealSet.point(pi), RealSet(-oo, oo), RealSet.closed_open(0, 1))]
        [[x == pi], [], [x >= 0, x < 1]]
    """
    lower, upper = SR(interval.lower()), SR(interval.upper())
    if interval.is_point():
        return [variable == lower]
    conditions = []
    if not lower.is_infinity():
        conditions.append(variable >= lower if interval.lower_closed() else variable > lower)
    if not upper.is_infinity():
        conditions.append(variable <= upper if interval.upper_closed() else variable < upper)
    return conditions


def _truth(node):
    """Return whether a condition holds, None if it is not a constant."""
    return None if node.op != 'constant' else not node.value.is_zero()


def _union(one, other):
    """Return the need of what has two users."""
    return ALWAYS if one is ALWAYS or other is ALWAYS else one | other


ROWS = {'cases': Row(None, arity=None, kind='compound',
                     note='NaN where no condition holds, or one compares with NaN before; its derivative is that of the branch taken')}
