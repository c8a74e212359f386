r"""
Sums of many terms of one form

The terms of ``sin(x) + sin(2*x)/2 + sin(3*x)/3 + ...`` differ by constants. Those become columns of numbers, and the sum a single
operation of the graph, which computes the terms side by side: so many operations as one term has, however many there are.

EXAMPLES::

    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: e = sum(sin(k*x)/k for k in range(1, 1001))
    sage: f = TensorFunction(e)
    sage: f([1, 2]).numpy()
    array([1.07069415, 0.57137899])
    sage: e.subs(x=1).n(), e.subs(x=2).n()
    (1.07069415431958, 0.571378989626007)
    sage: f.gradient(0)[0].numpy()
    np.float64(1000.0)
"""
from collections import Counter, defaultdict
from functools import cache
from itertools import chain

import numpy as np
import tensorflow as tf
from sage.rings.integer_ring import ZZ
from sage.symbolic.ring import SR
from tensorflow.python.eager import record

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.gradients import common_shape, static_shape, with_gradient
from sage_tf.symbolic.graph import Graph, Node, collector_paused
from sage_tf.symbolic.lowering import Program, add_all
from sage_tf.symbolic.powers import rational
from sage_tf.symbolic.removable import patch
from sage_tf.symbolic.stable import stabilize

# Fewer terms are as fast one by one, and XLA fuses them.
FEWEST = 128

LARGEST_TERM = 60                                               # nodes of a term, which all that have its form repeat
LARGEST_BLOCK = 2**20                                           # numbers that one operation computes, of so many terms as it takes
MOST_BLOCKS = 4                                                 # of a graph; for more it has a loop
LARGEST_EXPONENT = 4                                            # integer powers up to this are products, and forms of their own


def gather(graph, roots, dtype):
    r"""
    Replace the sums of a graph that have many terms of one form.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`; its nodes are changed

    - ``roots`` -- the numbers of the nodes that are needed

    - ``dtype`` -- the dtype in which it will be computed, which decides on the form of a term

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.alike import gather
        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: graph = Graph(operation)
        sage: root = graph.read(x^7 + 3 + sum(exp(-k*x)/k for k in range(2, 500)))
        sage: gather(graph, [root], tf.float64)
        sage: graph.nodes[root].op, [graph.nodes[a].op for a in graph.nodes[root].args]
        (sum of 498 terms of one form and of 2 others, ['symbol', 'pow', 'constant'])
    """
    if not any(op == 'add' and len(args) >= FEWEST for op, args, _ in graph.nodes):
        return
    with collector_paused():
        forms = _Forms(list(graph.nodes))                       # a term that has such a sum in it is read as it was
        for number in graph.reachable(roots):
            op, args, _ = graph.nodes[number]
            if op == 'add' and len(args) >= FEWEST:
                groups, others = _sorted_by_form(args, forms)
                if groups:
                    groups = [Terms(forms, group, dtype) for group in groups]
                    leaves = [leaf for group in groups for leaf in group.leaves]
                    graph.nodes[number] = Node(Sum(groups, len(others)), (*leaves, *others), None)


def _sorted_by_form(args, forms):
    """Return the large groups of alike terms, and a list of the others."""
    groups = defaultdict(list)
    for a in args:
        form, constants = forms.of(a)
        groups[form if constants else None].append(a)
    others = groups.pop(None, [])
    for group in groups.values():
        if len(group) < FEWEST:
            others.extend(group)
    return [group for group in groups.values() if len(group) >= FEWEST], others


class _Forms:
    """
    The forms of the nodes of a graph: what they are, if a constant is like any other.

    EXAMPLES::

        sage: from sage_tf.symbolic.alike import _Forms
        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: graph = Graph(operation)
        sage: roots = [graph.read(e) for e in (sin(2*x), sin(3*x), sin(3*x^2), sin(5*x^2))]
        sage: forms = _Forms(graph.nodes)
        sage: a, b, c, d = (forms.of(root) for root in roots)
        sage: a[0] == b[0], a[0] == c[0], c[0] == d[0], [graph.nodes[k].value for k in (*a[1], *b[1])]
        (True, False, True, [2, 3])
    """
    def __init__(self, nodes):
        self.nodes = nodes
        self._uses = Counter(chain.from_iterable(node.args for node in nodes))
        self._numbers, self._leaves = {}, set()                 # form -> its number, and the nodes with none
        self._found = []                                        # for each node the number of its form, its constants, its size
        for number in range(len(nodes)):
            self._found.append(self._form(number))

    def of(self, number):
        """Return the form of a node, and the numbers of its constants."""
        return self._found[number][:2]

    def is_leaf(self, number):
        """Return whether a node is a part that the terms have in common, or that has no form."""
        return number in self._leaves

    def _form(self, number):
        op, args, _ = self.nodes[number]
        if op == 'constant':
            return self._numbered(op), (number,), 1
        if _is_plain(op):
            literal = args[1] if op == 'pow' and self.is_literal(args[1]) else None
            parts = [self._found[a] for a in args if a != literal]
            size = 1 + sum([part[2] for part in parts])
            if size <= (LARGEST_TERM if self._uses[number] < FEWEST else LARGEST_TERM // 4):
                form = self._numbered((op, literal, *[part[0] for part in parts]))
                return form, tuple(chain.from_iterable([part[1] for part in parts])), size
        self._leaves.add(number)
        return self._numbered(('leaf', number)), (), 1

    def is_literal(self, number):
        """Return whether an exponent makes a form of its own: a small integer, or none."""
        op, _, value = self.nodes[number]
        if op != 'constant':
            return False
        exponent = rational(value)
        return exponent is None or exponent not in ZZ or abs(exponent) <= LARGEST_EXPONENT

    def _numbered(self, form):
        return self._numbers.setdefault(form, len(self._numbers))


@cache
def _is_plain(op):
    """Return whether an operation computes each entry by itself, from any arguments in the same way."""
    from sage_tf.symbolic.functions import FUNCTIONS  # which is made of more than this needs
    if op in ('constant', 'add', 'mul', 'pow'):
        return True
    row = FUNCTIONS.get(op) if isinstance(op, str) else None
    return row is not None and row.kind in ('operation', 'composition') and row.constants is None and op not in ('max', 'min')


class Terms:
    r"""
    Terms that differ by constants.

    INPUT:

    - ``forms`` -- the forms of the nodes of a graph

    - ``terms`` -- numbers of nodes that have one form

    - ``dtype`` -- the dtype in which they will be computed

    ATTRIBUTES:

    - ``leaves`` -- the numbers of the nodes that the terms have in common

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.alike import Terms, _Forms
        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: graph = Graph(operation)
        sage: roots = [graph.read(e) for e in (2*exp(-3*x), 5*exp(-7*x))]
        sage: terms = Terms(_Forms(graph.nodes), roots, tf.float64); terms
        2 terms of one form
        sage: float(terms.on_tensors(False)(tf.constant(0.0r, tf.float64)))
        7.0
    """
    def __init__(self, forms, terms, dtype):
        self._graph, self._count, self._dtype = Graph(None), len(terms), dtype
        self._leaves, self._columns = {}, {}                    # symbol -> number of a node, or exact constants
        rows = [forms.of(term)[1] for term in terms]
        self._root = self._copied(forms, terms[0], zip(*rows, strict=True))
        self.leaves = tuple(self._leaves.values())
        patch(self._graph, [self._root])
        if dtype.is_floating:
            stabilize(self._graph, [self._root])

    def __repr__(self):
        return f"{self._count} terms of one form"

    def _copied(self, forms, number, columns):
        """Return the number of the copy of a node in the graph of a term, with symbols for leaves and for the constants that vary."""
        op, args, value = forms.nodes[number]
        if op == 'constant':
            column = next(columns)
            if len(set(column)) == 1:
                return self._graph.read(value)
            return self._symbol('c', self._columns, [forms.nodes[k].value for k in column])
        if forms.is_leaf(number):
            for symbol, leaf in self._leaves.items():
                if leaf == number:
                    return self._graph.read(symbol)
            return self._symbol('u', self._leaves, number)
        if op == 'pow' and forms.is_literal(args[1]):           # not among the constants of the form
            return self._graph.node(op, (self._copied(forms, args[0], columns), self._graph.read(forms.nodes[args[1]].value)))
        return self._graph.node(op, tuple([self._copied(forms, a, columns) for a in args]))

    def _symbol(self, letter, table, entry):
        """Return the number of a new symbol, which stands for the entry in a table."""
        symbol = SR.symbol(f'{letter}{len(table)}')
        table[symbol] = entry
        return self._graph.read(symbol)

    def on_tensors(self, vectorized):
        """Return the sum as a function of tensors."""
        symbols = (*self._leaves, *self._columns)
        forms = {wish: Program(self._graph, [self._root], symbols, self._dtype, wish) for wish in {vectorized, False}}
        columns = [column(values, self._dtype) for values in self._columns.values()]

        def block(tensors, columns, in_loop):
            """Return the sum of some terms."""
            shape = common_shape(tensors)
            rank = shape.rank if isinstance(shape, tf.TensorShape) else tf.size(shape)
            raised = [tf.reshape(c, tf.concat([[-1], tf.ones([rank], tf.int32)], 0)) for c in columns]
            return [tf.reduce_sum(forms[vectorized and not in_loop]([*tensors, *raised])[0], 0)]

        def slopes(tensors, columns, in_loop):
            """Return the gradients by the leaves, the last tensor being that by the sum."""
            *tensors, upstream = tensors
            with tf.GradientTape() as tape:
                tape.watch(tensors)
                result = block(tensors, columns, in_loop)
            return tape.gradient(result, tensors, [upstream], unconnected_gradients=tf.UnconnectedGradients.ZERO)

        def value(*tensors):
            with record.stop_recording():                       # or TensorFlow keeps all of a loop for the gradient that is not used
                return in_blocks(block, tensors, columns, [tf.zeros(common_shape(tensors), self._dtype)])[0]

        def gradient(upstream, tensors):
            return in_blocks(slopes, [*tensors, upstream], columns, [tf.zeros_like(t) for t in tensors])

        return with_gradient(value, gradient)


class Sum:
    """
    The operation that adds groups of terms and other operands.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.alike import Sum
        sage: float(Sum([], 2).on_tensors(tf.float64)(tf.constant(1.0r, tf.float64), tf.constant(2.0r, tf.float64)))
        3.0
    """
    vectorizes = True                                           # on_tensors knows a form for XLA on a CPU

    def __init__(self, groups, others):
        self._groups, self._others = groups, others

    def __repr__(self):
        return f"sum of {' and of '.join(map(repr, self._groups))} and of {self._others} others"

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function on tensors of a dtype, of the leaves of each group and of the other operands.
        """
        sums = [group.on_tensors(vectorized) for group in self._groups]
        counts = [len(group.leaves) for group in self._groups]

        def value(*operands):
            parts, start = [], 0
            for function, count in zip(sums, counts, strict=True):
                parts.append(function(*operands[start:start + count]))
                start += count
            return add_all(*parts, *operands[start:])

        return value


def column(values, dtype):
    """
    Return an array of exact constants, rounded to a dtype.

    The quotient of two numbers that float64 has is rounded as it should be.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.alike import column
        sage: column([SR(1/3), SR(2^70), sqrt(SR(2))], tf.float64)
        array([3.33333333e-01, 1.18059162e+21, 1.41421356e+00])
    """
    return np.array([_rounded(value, dtype) for value in values], dtype.as_numpy_dtype)


def _rounded(value, dtype):
    ratio = rational(value) if dtype == tf.float64 else None
    if ratio is None:
        return round_number(value, dtype)
    p, q = int(ratio.numerator()), int(ratio.denominator())
    return p / q if abs(p) < 2**53 and q < 2**53 else round_number(value, dtype)


def in_blocks(part, tensors, columns, zeros):
    r"""
    Return the sum of a function over all entries of columns, taken in blocks.

    INPUT:

    - ``part`` -- function of a list of tensors, of a list of columns, and of whether it is called in a loop of a graph; it returns a list of
      tensors

    - ``tensors`` -- list of tensors, all of which it gets for each block

    - ``columns`` -- list of arrays of one length

    - ``zeros`` -- list of zeros of the shapes of what it returns

    EXAMPLES::

        sage: import numpy as np
        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.alike import in_blocks
        sage: def part(tensors, columns, in_loop): return [tensors[0r]*tf.reduce_sum(columns[0r])]
        sage: in_blocks(part, [tf.ones(2r)], [np.arange(10r, dtype='float32')], [tf.zeros(2r)])[0].numpy()
        array([45., 45.], dtype=float32)
    """
    total = len(columns[0])
    points = static_shape(tensors).num_elements()
    size = max(1, LARGEST_BLOCK // max(points, 1)) if points is not None else None
    if size is not None and (tf.executing_eagerly() or total <= MOST_BLOCKS * size):
        sums = zeros
        for start in range(0, total, size):
            found = part(tensors, [c[start:start + size] for c in columns], False)
            sums = [a + b for a, b in zip(sums, found, strict=True)]
        return sums
    if size is None:
        size = tf.maximum(1, LARGEST_BLOCK // tf.maximum(1, tf.reduce_prod(common_shape(tensors))))
    return _in_loop(part, tensors, [tf.constant(c) for c in columns], zeros, total, size)


def _in_loop(part, tensors, columns, zeros, total, size):
    """Return what ``in_blocks`` does by a loop of a graph, with the remainder after it: XLA wants blocks of one size."""
    whole = total // size * size

    def step(start, *sums):
        found = part(tensors, [c[start:start + size] for c in columns], True)
        return start + size, *[tf.ensure_shape(a + b, a.shape) for a, b in zip(sums, found, strict=True)]

    blocks = whole // size if isinstance(whole, int) else None
    _, *sums = tf.while_loop(lambda start, *_: start < whole, step, [tf.constant(0), *zeros], maximum_iterations=blocks)
    found = part(tensors, [c[whole:] for c in columns], True)
    return [a + b for a, b in zip(sums, found, strict=True)]
