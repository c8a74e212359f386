r"""
The shared graph of symbolic expressions

:class:`Graph` reads Sage expressions into a list of nodes in which equal subexpressions are one node and every operand
stands before its user. Constant subexpressions become a single node that keeps them exact.

EXAMPLES::

    sage: from sage_tf.symbolic.functions import operation
    sage: from sage_tf.symbolic.graph import Graph
    sage: graph = Graph(operation)
    sage: root = graph.read(sin(sqrt(2)*pi*x) + sin(sqrt(2)*pi*x)^2)
    sage: for number in graph.reachable([root]): print(number, graph.nodes[number])
    0 Node(op='constant', args=(), value=2)
    4 Node(op='symbol', args=(), value=x)
    5 Node(op='constant', args=(), value=sqrt(2)*pi)
    6 Node(op='mul', args=(5, 4), value=None)
    7 Node(op='sin', args=(6,), value=None)
    8 Node(op='pow', args=(7, 0), value=None)
    9 Node(op='add', args=(8, 7), value=None)

ALGORITHM:

The expression is walked with an explicit stack, so that no nesting is too deep. Sage gives no identity of a
subexpression, only a structural hash, which is computed once, and a structural comparison, which is immediate
for a shared subexpression. That hash is weak: all of sin(x), sin(sin(sin(x))), ... have one value. So an expression met is
compared with only the last few of its hash (a shared subexpression was met recently, as the walk goes depth
first); what this misses is read a second time and then found by the exact key of its node, made of the operation and the
numbers of the operands.
"""
import gc
import operator
from collections import defaultdict, deque, namedtuple
from contextlib import contextmanager

from sage.rings.complex_double import CDF, ComplexDoubleElement
from sage.rings.complex_mpfr import ComplexNumber
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfr import RealNumber
from sage.symbolic.function import BuiltinFunction
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.conversion.exact import exact

Node = namedtuple('Node', 'op args value')

ARITHMETIC = {add_vararg: 'add', operator.add: 'add', mul_vararg: 'mul', operator.mul: 'mul', operator.pow: 'pow'}

# Built-in functions of an operand, a variable bound in it, and limits, with the least number of operands with which they bind.
BINDERS = {'integrate': 4, 'sum': 4, 'product': 4, 'limit': 3}

# Bits to which constants with bound variables are evaluated: more than any dtype has.
_BITS = 200

# How many expressions of one hash are compared: see ALGORITHM above.
_RECENT = 8


class Graph:
    r"""
    Symbolic expressions as one graph without repetition.

    INPUT:

    - ``operation`` -- function of an operator of Sage and an expression it heads, returning the operation in the graph: a
      string for a function that Sage can evaluate at constants, any other hashable object for what must not be
      folded; it raises NotImplementedError for what has none. An object with an attribute ``operands`` has these in
      the graph instead of the operands of the expression, and is folded if there are none and Sage has its value; one with
      a method ``simplified(graph, args)`` is asked for the number of a simpler node, which may be ``None``

    ATTRIBUTES:

    - ``nodes`` -- list of ``Node(op, args, value)``: ``op`` is ``'symbol'``, ``'constant'``, ``'add'``, ``'mul'``, ``'pow'``
      or what ``operation`` returned, ``args`` are numbers of earlier nodes, ``value`` is the symbol or the exact constant

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: graph = Graph(operation)
        sage: e = x
        sage: for k in range(100): e = e^2 + x                      # a tree of 2^100 nodes
        sage: graph.read(e), len(graph.nodes)
        (201, 202)
    """
    def __init__(self, operation):
        self.nodes = []
        self._operation = operation
        self._numbers = {}                                                      # key of a node -> its number
        self._met = defaultdict(lambda: deque(maxlen=_RECENT))                  # hash -> (expression, number)
        self._rewritten = set()                                                 # constants rid of inexact numbers

    def read(self, expression):
        """
        Add an expression and return the number of its node.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: [graph.read(e) for e in (x, x + 1, x, 1 + x)]
            [0, 2, 0, 2]

        TESTS:

        A bound function of no arguments takes none from its neighbours::

            sage: u = function('u')
            sage: graph = Graph(lambda head, e: head)
            sage: graph.nodes[graph.read(x + u())].args == (graph.read(x), graph.read(u()))
            True
        """
        with collector_paused():
            return self._read(expression)

    def _read(self, expression):
        """Return the number of the node of an expression."""
        todo, done = [(expression, None, 0, None)], []
        while todo:
            e, op, count, met = todo.pop()
            if op is not None:
                args = tuple(done[len(done) - count:])
                del done[len(done) - count:]
                number = self._join(e, op, args)
                met.append((e, number))
            else:
                met = self._met[hash(e)]
                number = self._recall(e, met)
                if number is None:
                    op = self._open(e)
                    if op is not None:
                        operands = op.operands if hasattr(op, 'operands') else e.operands()
                        todo.append((e, op, len(operands), met))
                        todo.extend([(operand, None, 0, None) for operand in reversed(operands)])
                        continue
                    number = self._leaf(e)
                    met.append((e, number))
            done.append(number)
        return done.pop()

    def symbols(self):
        """
        Return the symbols of the graph, in the order in which they were met.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: _ = graph.read(x + 1)
            sage: graph.symbols()
            [x]
        """
        return [node.value for node in self.nodes if node.op == 'symbol']

    def reachable(self, roots):
        """
        Return the numbers of the nodes that the given ones stand on, themselves included, in order.

        The parts of a joined constant are nodes of the graph that nothing needs.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: root = graph.read(sqrt(2) + pi + x)
            sage: [graph.nodes[number].value for number in graph.reachable([root])]
            [x, pi + sqrt(2), None]
        """
        needed = set(roots)
        for number in range(len(self.nodes) - 1, -1, -1):
            if number in needed:
                needed.update(self.nodes[number].args)
        return sorted(needed)

    def tree_size(self, root):
        """
        Return how many nodes an expression has when nothing is shared.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: graph.tree_size(graph.read(sin(x) + sin(x)^2))
            7
        """
        sizes = {}
        for number in self.reachable([root]):
            sizes[number] = 1 + sum(sizes[a] for a in self.nodes[number].args)
        return sizes[root]

    def _recall(self, e, met):
        """Return the number of an expression among some that have been met, or None."""
        for other, number in reversed(met):
            if other.is_trivially_equal(e):
                return number
        return None

    def _open(self, e):
        """Return the operation of an expression that has operands to be read, None for a leaf."""
        head = e.operator()
        if head is None:
            return None
        op = ARITHMETIC.get(head)
        if op is None:
            try:
                op = self._operation(head, e)
            except NotImplementedError:
                if free_variables(e) or not _has_value(e):
                    raise
                return None                                 # a constant, which Sage itself evaluates
        return None if getattr(op, 'operands', None) == () and _has_value(e) else op

    def _node(self, key, op, args, value):
        """Return the number of the node with the given key, made if need be."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.nodes)
            self.nodes.append(Node(op, args, value))
        return number

    def _leaf(self, e):
        """Return the number of a symbol or of a constant without operands to be read."""
        if e.is_symbol():
            return self._node(('symbol', str(e)), 'symbol', (), e)
        # What has bound variables, a held integral or sum, has only a numerical value.
        value = exact_constant(e if e.is_numeric() or not e.variables() else SR(e.n(_BITS)))
        content = value.pyobject() if value.is_numeric() else None
        key = ('rational', content) if isinstance(content, (Integer, Rational)) else ('leaf', len(self.nodes))
        number = self._node(key, 'constant', (), value)
        if value is not e:
            self._rewritten.add(number)
        return number

    def _join(self, e, op, args):
        """Return the number of the node of ``e``, whose operation and operands are given."""
        constant = [a for a in args if self.nodes[a].op == 'constant']
        if len(constant) == len(args) and isinstance(op, str):
            return self._constant(e, op, args)
        found = op.simplified(self, args) if hasattr(op, 'simplified') else None
        if found is not None:
            self._rewritten.add(found)
            return found
        if op in ('add', 'mul') and len(constant) > 1:
            args = (self._constant(None, op, tuple(constant)), *(a for a in args if self.nodes[a].op != 'constant'))
        return self.node(op, args)

    def node(self, op, args):
        """
        Return the number of the node of an operation with the given arguments, made if need be.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: graph.node('sin', (graph.read(x),)) == graph.read(sin(x))
            True
        """
        return self._node((op, args), op, args, None)

    def _constant(self, e, op, args):
        """
        Return the number of a constant node that joins constants.

        ``e`` is taken for its value unless it is None or holds inexact numbers.
        """
        number = self._numbers.get((op, args))
        if number is None:
            rewritten = not self._rewritten.isdisjoint(args)
            if e is None or rewritten:
                values = [self.nodes[a].value for a in args]
                e = _rebuild(e, op, values)
            number = self._node((op, args), 'constant', (), e)
            if rewritten:
                self._rewritten.add(number)
        return number


@contextmanager
def collector_paused():
    """
    Return a context without cyclic garbage collection.

    What is built here has no cycles, and looking for some, again and again among millions of objects, takes half of the time.

    EXAMPLES::

        sage: import gc
        sage: from sage_tf.symbolic.graph import collector_paused
        sage: with collector_paused(): gc.isenabled()
        False
        sage: gc.isenabled()
        True
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def free_variables(expression):
    r"""
    Return the variables that an expression depends on, in alphabetical order.

    Sage's ``variables()`` has those too that a held integral, sum, product or limit binds.

    INPUT:

    - ``expression`` -- a symbolic expression

    OUTPUT: tuple of symbols

    EXAMPLES::

        sage: from sage_tf.symbolic.graph import free_variables
        sage: k, b = var('k, b')
        sage: e = integrate(exp(-x^2)*sin(x^3), x, 0, 1, hold=True)
        sage: e.variables(), free_variables(e), free_variables(e + x)
        ((x,), (), (x,))
        sage: free_variables(sum(sin(k)/b, k, 1, 10, hold=True)), free_variables(integrate(sin(x^3), x, 0, x, hold=True))
        ((b,), (x,))

    TESTS::

        sage: free_variables(integrate(exp(-x^2)*sin(x^3), x, hold=True)), free_variables(function('sum')(b, k, 1, 2))
        ((x,), (b, k))
        sage: free_variables(piecewise([((0, 1), b*x), ([1, 2], k)]))
        (b, k, x)
    """
    graph, free = Graph(_head), []
    root = graph.read(expression)
    for op, args, value in graph.nodes:
        if op == 'symbol':
            found = frozenset([value])
        elif isinstance(op, BuiltinFunction) and len(args) >= BINDERS.get(op.name(), len(args) + 1):
            body, variable, *limits = (free[a] for a in args)
            found = (body - variable).union(*limits)
        elif isinstance(op, BuiltinFunction) and op.name() == 'complex_root_of':        # of a polynomial in a bound variable
            found = frozenset()
        else:
            found = frozenset().union(*(free[a] for a in args))
        free.append(found)
    return tuple(sorted(free[root], key=str))


Parts = namedtuple('Parts', 'head operands')


def _head(head, e):
    """Return the operator of an expression; that of a piecewise function with its expressions, which are no operands in Sage."""
    if getattr(head, 'name', str)() == 'piecewise' and hasattr(e, 'items'):
        return Parts(head, (e.operands()[1], *(SR(value) for _, value in e.items())))
    return head


def _has_value(e):
    """
    Return whether Sage has a numerical value of a constant.

    EXAMPLES::

        sage: from sage_tf.symbolic.graph import _has_value
        sage: _has_value(zeta(SR(3))), _has_value(function('u')(1))
        (True, False)
    """
    try:
        return e.n() is not None
    except Exception:                                           # those of SymPy, mpmath and others are of many kinds
        return False


def _rebuild(e, op, values):
    """
    Return the constant that an operation makes of constants.

    EXAMPLES::

        sage: from sage_tf.symbolic.graph import _rebuild
        sage: _rebuild(None, 'add', [SR(1), SR(2), pi]), _rebuild(sin(SR(1)), 'sin', [SR(2)])
        (pi + 3, sin(2))
    """
    if op == 'add':
        return SR(0).add(*values)
    if op == 'mul':
        return SR(1).mul(*values)
    return e.operator()(*values)


def exact_constant(e):
    r"""
    Return a constant leaf with its inexact number, if it is one, replaced by the rational of the same value.

    A literal such as 0.1 has 53 bits. As a rational it does not lower the precision of the constants it meets.

    EXAMPLES::

        sage: from sage_tf.symbolic.graph import exact_constant
        sage: exact_constant(SR(0.125)), exact_constant(pi), exact_constant(SR(CC(0.5, 2))), exact_constant(SR(RR(oo)))
        (1/8, pi, 2*I + 1/2, +infinity)
    """
    number = e.pyobject() if e.is_numeric() else None
    if isinstance(number, (Integer, Rational)):                 # most are
        return e
    if isinstance(number, (RealNumber, RealDoubleElement, float)):
        parts = [number]
    elif isinstance(number, (ComplexNumber, ComplexDoubleElement, complex)):
        number = CDF(number) if isinstance(number, complex) else number
        parts = [number.real(), number.imag()]
    else:
        return e
    ratios = [exact(part) for part in parts]
    if None in ratios:                                      # an infinity or NaN
        return e
    return sum((QQ((n, d)) * QQ(2)**k * unit for (n, d, k), unit in zip(ratios, (SR(1), SR.I()), strict=False)), SR(0))
