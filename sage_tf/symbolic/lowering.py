r"""
From the shared graph to TensorFlow

A :class:`Program` is a straight line of TensorFlow operations made from a graph: every distinct subexpression is computed
once, constants are rounded once, and neither making it nor running it is recursive.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.functions import operation
    sage: from sage_tf.symbolic.graph import Graph
    sage: from sage_tf.symbolic.lowering import Program
    sage: graph = Graph(operation)
    sage: program = Program(graph, [graph.read(sqrt(2)*x + x^3)], [x], tf.float32)
    sage: program([tf.constant([0.0r, 2.0r])])[0].numpy()
    array([ 0.      , 10.828427], dtype=float32)
"""
from operator import itemgetter

import tensorflow as tf

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.branches import ALWAYS, NEVER, Needs, gate, select, selection
from sage_tf.symbolic.functions import implementation
from sage_tf.symbolic.gradients import scale, shift
from sage_tf.symbolic.graph import collector_paused
from sage_tf.symbolic.powers import LARGEST_PRODUCT, exponential_function, general_power, power_function, rational
from sage_tf.symbolic.special.host import calls_host
from sage_tf.symbolic.vectorized import COMPOSED, VECTORIZED


class Program:
    r"""
    TensorFlow operations that compute nodes of a graph.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`

    - ``roots`` -- numbers of the nodes to compute

    - ``symbols`` -- the symbols for which tensors will be given, in order

    - ``dtype`` -- real or complex floating ``tf.DType``

    - ``vectorized`` -- whether elementary functions are written for XLA on a CPU (default: ``False``), see
      :mod:`~sage_tf.symbolic.vectorized`

    Raises TypeError for a symbol without a tensor and for a constant that is not real when the dtype is,
    NotImplementedError for a function without a form in the dtype, OverflowError for a constant that does not fit.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.lowering import Program
        sage: y = var('y')
        sage: graph = Graph(operation)
        sage: roots = [graph.read(x*y), graph.read(sin(x*y))]
        sage: program = Program(graph, roots, [x, y], tf.float64)
        sage: [t.numpy() for t in program([tf.constant(1r, tf.float64), tf.constant([0r, 2r], tf.float64)])]
        [array([0., 2.]), array([0.        , 0.90929743])]
    """
    def __init__(self, graph, roots, symbols, dtype, vectorized=False):
        self._dtype = dtype
        self._vectorized = vectorized and dtype.is_floating
        self._elementary = {**VECTORIZED, **COMPOSED} if self._vectorized else {}
        self._steps = []                                        # (slot, function, slots of its arguments)
        self._extra = 0                                         # operations of steps that have several
        self._constants = []                                    # (slot, value)
        self.host_functions = set()                             # names of those that leave TensorFlow
        self._constant_tensors = None
        self._slots = {}                                        # key of a step -> its slot
        self._graph = graph
        self._inputs = {str(symbol): slot for slot, symbol in enumerate(symbols)}
        self._size = len(self._inputs)                          # number of slots
        self._slot_of_node = {}
        reachable = graph.reachable(roots)
        self._bundles = self._bundled(reachable)
        self._needs, self._here = Needs(graph, roots, reachable), ALWAYS
        with collector_paused():
            for number in reachable:
                self._here = self._needs.of(number)
                self._slot_of_node[number] = self._lower(number)
            self._here = ALWAYS
            if self._needs:
                self._emit('settle', self._needs.settle, self._choices())
            self._roots = [self._slot(number) for number in roots]
            self._plan = self._with_releases()
        del self._slots, self._graph, self._slot_of_node, self._bundles

    def __call__(self, inputs):
        """
        Return the tensors of the roots, given one tensor of the dtype for every symbol.
        """
        values = [None] * self._size
        values[:len(self._inputs)] = inputs
        for (slot, _), tensor in zip(self._constants, self._tensors(), strict=True):
            values[slot] = tensor
        for slot, function, args, released in self._plan:
            values[slot] = function(*[values[a] for a in args])
            for slot in released:
                values[slot] = None
        return [values[slot] for slot in self._roots]

    def __len__(self):
        """
        Return the number of operations, without the constants.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: from sage_tf.symbolic.lowering import Program
            sage: graph = Graph(operation)
            sage: len(Program(graph, [graph.read(x^4 + x^2)], [x], tf.float64))          # x^2, its square, their sum
            3
        """
        return len(self._steps) + self._extra

    def _with_releases(self):
        """Return the steps, each with the slots that nothing needs after it."""
        last, kept = {}, set(self._roots)
        for slot, _, args in self._steps:
            for a in args:
                last[a] = slot
        released = {}
        for slot, user in last.items():
            if slot not in kept:
                released.setdefault(user, []).append(slot)
        return [(*step, released.get(step[0], ())) for step in self._steps]

    def _tensors(self):
        """Return the tensors of the constants; those of eager calls are kept."""
        if not tf.executing_eagerly():
            return [tf.constant(value) for _, value in self._constants]
        if self._constant_tensors is None:
            self._constant_tensors = [tf.constant(value) for _, value in self._constants]
        return self._constant_tensors

    def _emit(self, key, function, *args):
        """Return the slot of a step, made if there is none with the same key and arguments."""
        key = (key, args)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._new_slot()
            self._steps.append((slot, function, args))
        return slot

    def _new_slot(self):
        self._size += 1
        return self._size - 1

    # -- one method for each kind of node ------------------------------------------------------------------------------

    def _lower(self, number):
        """Return the slot of a node whose operands have theirs."""
        node = self._graph.nodes[number]
        special = _LOWER.get(node.op)
        if special is not None:
            return special(self, node)
        chosen = selection(node)
        if chosen is not None:
            slots = [self._slot(a) for a in node.args]
            return self._emit((node.op, number), select(chosen, self._dtype, number), self._choices(), *slots)
        if isinstance(node.op, str):
            operands = (self._graph.nodes[a] for a in node.args)
            constants = tuple(n.value if n.op == 'constant' else None for n in operands)
            function = self._elementary.get(node.op) or implementation(node.op, self._dtype, constants)
        else:
            if hasattr(node.op, 'bundle'):
                return self._part(node)
            form = {'vectorized': True} if self._vectorized and getattr(node.op, 'vectorizes', False) else {}
            function = node.op.on_tensors(self._dtype, **form)
            self._extra += getattr(node.op, 'size', 1) - 1
        if calls_host(function):
            self.host_functions.add(str(node.op))
        return self._emit(node.op, function, *(self._slot(a) for a in node.args))

    def _bundled(self, numbers):
        """Return the operations that are computed together, by their bundle and arguments."""
        bundles = {}
        for number in numbers:
            op, args, _ = self._graph.nodes[number]
            if hasattr(op, 'bundle'):
                bundles.setdefault((op.bundle, args), []).append(op)
        return bundles

    def _part(self, node):
        """Return the slot of an operation that one step computes together with others."""
        bundle = node.op.bundle
        parts = tuple(self._bundles[bundle, node.args])
        whole = self._emit(parts, bundle.on_tensors(parts, self._dtype), *(self._slot(a) for a in node.args))
        return self._emit(('part', node.op), itemgetter(parts.index(node.op)), whole)

    def _slot(self, number):
        """Return the slot of a node; constants get theirs when they are first used as tensors."""
        slot = self._slot_of_node[number]
        if slot is None:
            slot = self._slot_of_node[number] = self._new_slot()
            self._constants.append((slot, round_number(self._graph.nodes[number].value, self._dtype)))
        return self._gated(number, slot) if self._needs else slot

    def _gated(self, number, slot):
        """Return the slot of a value for the node that is being lowered, behind a gate if that is needed for fewer branches."""
        op, here = self._graph.nodes[number].op, self._here
        if op == 'constant' or here is ALWAYS or here == NEVER:
            return slot
        if here == self._needs.of(number) and isinstance(op, str):      # other operations may have weights behind them
            return slot
        return self._emit(('gate', here), gate(here), self._choices(), slot)

    def _choices(self):
        """Return the slot of what a computation knows of its branches."""
        return self._emit('choices', self._needs.start, *range(len(self._inputs)))

    def _symbol(self, node):
        slot = self._inputs.get(str(node.value))
        if slot is None:
            raise TypeError(f"the variable {node.value} of the expression is neither among the variables "
                            f"({', '.join(self._inputs) or 'none'}) nor a parameter; give it as one or substitute a value")
        return slot

    def _constant(self, node):
        return None

    def _sum(self, node):
        """Add the terms that vary at once, then the constant."""
        nodes = self._graph.nodes
        constants = [self._slot(a) for a in node.args if nodes[a].op == 'constant']
        terms = tuple(self._slot(a) for a in node.args if nodes[a].op != 'constant')
        result = terms[0] if len(terms) == 1 else self._emit('add', add_all, *terms)
        for slot in constants:
            result = self._emit('shift', shift, result, slot)
        return result

    def _product(self, node):
        """Multiply, dividing by the factors ``x^-1``, then by the constant, which for -1 is a change of sign."""
        negated, constant, divisors, slots = False, None, [], []
        for a in node.args:
            factor = self._graph.nodes[a]
            exponent = self._constant_exponent(factor)
            if factor.op == 'constant' and rational(factor.value) == -1:
                negated = True
            elif exponent is not None and rational(exponent) == -1:
                divisors.append(self._slot(factor.args[0]))
            elif factor.op == 'constant':
                constant = self._slot(a)
            else:
                slots.append(self._slot(a))
        result = self._multiplied(slots)
        divisor = self._multiplied(divisors)
        if result is None and constant is None:
            result = self._emit('reciprocal', tf.math.reciprocal, divisor)
        elif result is None:
            result, constant = self._emit('div', tf.divide, constant, divisor), None
        elif divisor is not None:
            result = self._emit('div', tf.divide, result, divisor)
        if constant is not None:
            result = self._emit('scale', scale, result, constant)
        return self._emit('neg', tf.negative, result) if negated else result

    def _multiplied(self, slots):
        """Return the slot of the product of slots, None for no slots."""
        result = slots[0] if slots else None
        for slot in slots[1:]:
            result = self._emit('mul', tf.multiply, result, slot)
        return result

    def _constant_exponent(self, node):
        """Return the exponent of a power with a constant one, else None."""
        if node.op != 'pow' or self._graph.nodes[node.args[1]].op != 'constant':
            return None
        return self._graph.nodes[node.args[1]].value

    def _power(self, node):
        base, exponent = node.args
        constant = self._constant_exponent(node)
        if constant is not None:
            n = rational(constant)
            if n is not None and n.denominator() == 1 and 1 <= n <= LARGEST_PRODUCT:
                return self._integer_power(self._slot(base), int(n))
            return self._emit(('pow', exponent), power_function(constant, self._dtype, self._vectorized), self._slot(base))
        if self._graph.nodes[base].op == 'constant':
            function = exponential_function(self._graph.nodes[base].value, self._dtype, self._vectorized)
            return self._emit(('exponential', base), function, self._slot(exponent))
        return self._emit('pow', general_power(self._dtype, self._vectorized), self._slot(base), self._slot(exponent))

    def _integer_power(self, x, n):
        """Return the slot of a power by products, which all powers of one base share."""
        if n == 1:
            return x
        if n % 2:
            return self._emit('mul', tf.multiply, self._integer_power(x, n - 1), x)
        return self._emit('square', tf.square, self._integer_power(x, n // 2))


def add_all(*tensors):
    r"""
    Return the sum of tensors, broadcast.

    Terms of one shape are added by one operation for each block: the error grows like that of a sum in pairs, and the gradient
    costs no operation at all.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.lowering import add_all
        sage: add_all(*[tf.constant([1.0r, k]) for k in range(100)]).numpy()
        array([ 100., 4950.], dtype=float32)
        sage: add_all(tf.constant([1.0r, 2.0r]), tf.constant(1.0r), tf.constant([[1.0r]])).numpy()
        array([[3., 4.]], dtype=float32)
    """
    if len(tensors) == 2:
        return tf.add(*tensors)
    first = tensors[0].shape
    if not first.is_fully_defined() or any(t.shape != first for t in tensors):
        while len(tensors) > 1:
            rest = tensors[len(tensors) & ~1:]
            tensors = [tf.add(a, b) for a, b in zip(tensors[::2], tensors[1::2], strict=False)] + list(rest)
        return tensors[0]
    while len(tensors) > 1:
        tensors = [tf.add_n(tensors[k:k + _BLOCK]) for k in range(0, len(tensors), _BLOCK)]
    return tensors[0]


_BLOCK = 32

_LOWER = {
    'symbol': Program._symbol,
    'constant': Program._constant,
    'add': Program._sum,
    'mul': Program._product,
    'pow': Program._power,
}
