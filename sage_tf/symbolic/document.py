r"""
Symbolic expressions as plain data

An expression, vector or matrix becomes a dictionary of lists, strings and whole numbers, fit for JSON: the nodes of its shared
graph, every operand before its users. It is rebuilt node by node from tables of known kinds. Nothing in the data is evaluated, and nothing that the
expression holds unevaluated is either::

    sage: from sage_tf.symbolic.document import as_document, from_document
    sage: e = sin(x)^2 + sqrt(2)*sin(x)
    sage: for node in as_document(e)['nodes']: print(node)
    ('symbol', (), 'x')
    ('function', (0,), ('sin', 1))
    ('number', (), ('integer', '2'))
    ('pow', (1, 2), None)
    ('number', (), ('rational', '1/2'))
    ('pow', (2, 4), None)
    ('mul', (5, 1), None)
    ('add', (3, 6), None)
    sage: from_document(as_document(e)).is_trivially_equal(e)
    True
    sage: from_document(as_document(sin(SR(0), hold=True)))
    sin(0)

ALGORITHM:

A node is ``(kind, operands, data)``: the operands are numbers of earlier nodes, the data is what the kind needs besides (a name, a
number). Kinds that Sage simplifies as it builds them, sums and products, are marked ``held`` where that would change
them. Sage shows the terms of a sum in an order of its own, and compares held sums in the order of their making, which it does not
show: a held sum of three terms or more may come back equal in all but this hidden order. Several numbers in a held sum
or product come back as one.
"""
import operator
from collections import namedtuple
from importlib import import_module

from sage.matrix.constructor import matrix
from sage.misc.cachefunc import cached_function
from sage.modules.free_module_element import free_module_element
from sage.rings.infinity import infinity, minus_infinity, unsigned_infinity
from sage.rings.real_lazy import RLF
from sage.sets.real_set import InternalRealInterval, RealSet
from sage.structure.element import Matrix, Vector
from sage.symbolic.callable import CallableSymbolicExpressionRing, CallableSymbolicExpressionRing_class
from sage.symbolic.constants import Constant, constants_name_table
from sage.symbolic.expression import get_fn_serial, get_sfunction_from_serial
from sage.symbolic.function import BuiltinFunction, Function, SymbolicFunction, sfunctions_funcs
from sage.symbolic.function_factory import function_factory
from sage.symbolic.operators import FDerivativeOperator
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import ARITHMETIC, Graph
from sage_tf.symbolic.numerals import number_from_numeral, numeral

Head = namedtuple('Head', 'kind data operands')

RELATIONS = {'==': operator.eq, '!=': operator.ne, '<': operator.lt, '<=': operator.le, '>': operator.gt, '>=': operator.ge}
INFINITIES = {'+': infinity, '-': minus_infinity, 'unsigned': unsigned_infinity}

_SYMBOL_OF_RELATION = {relation: symbol for symbol, relation in RELATIONS.items()}


def as_document(expression):
    r"""
    Return an expression, vector or matrix as plain data.

    INPUT:

    - ``expression`` -- a symbolic expression, relation or callable expression, anything that the symbolic ring takes, or a vector
      or matrix of such

    OUTPUT: dictionary with ``nodes`` (list of kind, operands, data), ``entries`` (numbers of nodes), ``shape`` (of the vector or
    matrix, else empty), ``sparse`` (whether that is sparse) and ``arguments`` (names, for callable expressions, else ``None``)

    Raises NotImplementedError for what has no place in the format: functions with Python code of their own, numbers of other rings.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import as_document
        sage: f(s) = s
        sage: as_document(f)
        {'arguments': ['s'], 'entries': [0], 'nodes': [('symbol', (), 's')], 'shape': [], 'sparse': False}
        sage: g = function('g', eval_func=lambda self, s: None)
        sage: as_document(g(x))
        Traceback (most recent call last):
        ...
        NotImplementedError: the function g has Python code of its own, which is not saved; use a function without, as function('g')
        sage: as_document(x + QQbar(2).sqrt())
        Traceback (most recent call last):
        ...
        NotImplementedError: the number 1.41421356...? of Algebraic Field is not saved; ...
    """
    is_array = isinstance(expression, (Vector, Matrix))
    entries = expression.list() if is_array else [expression]
    ring = expression.base_ring() if is_array else getattr(expression, 'parent', lambda: None)()
    shape = [] if not is_array else [len(entries)] if isinstance(expression, Vector) else list(map(int, expression.dimensions()))
    graph = _Listing()
    return {
        'arguments': [str(s) for s in ring.arguments()] if isinstance(ring, CallableSymbolicExpressionRing_class) else None,
        'entries': [graph.read(SR(entry)) for entry in entries],
        'nodes': list(map(tuple, graph.nodes)),
        'shape': shape,
        'sparse': is_array and expression.is_sparse(),
    }


def from_document(document):
    r"""
    Return the expression, vector or matrix that plain data describe.

    INPUT:

    - ``document`` -- what :func:`as_document` returned, also after a way through JSON; it may come from anybody

    OUTPUT: an expression of the symbolic ring, a callable one, or a vector or matrix of such. A vector over another ring, as
    ``vector([1, 2])``, comes back over the symbolic ring.

    Raises ValueError, with the reason, for anything but such a document.

    EXAMPLES::

        sage: import json
        sage: from sage_tf.symbolic.document import as_document, from_document
        sage: u = function('u')
        sage: for e in (matrix([[x, 1], [u(x).diff(x), pi]]), cases([(x > 0, x), (True, 1/2)]), x == 2, integrate(sin(x^3), x, 0, 1, hold=True)):
        ....:     print(from_document(json.loads(json.dumps(as_document(e)))))
        [         x          1]
        [diff(u(x), x)        pi]
        cases(((x > 0, x), (1, 1/2)))
        x == 2
        integrate(sin(x^3), x, 0, 1)

    TESTS::

        sage: good = as_document(sin(x))
        sage: symbol = ['symbol', [], 'x']
        sage: for nodes in ([['symbol', [], '__import__("os")']], [symbol, ['function', [1r], ['sin', 1r]]], [['eval', [], 'x']],
        ....:               [symbol, ['function', [0r], ['system', 1r]]], [symbol, ['function', [0r, 0r], ['sin', 1r]]], 3):
        ....:     try: from_document({**good, 'nodes': nodes})
        ....:     except ValueError as error: print(error)
        '__import__("os")' is no name
        node 1 has the operands [1]; expected numbers of earlier nodes
        node 0 is of the unknown kind 'eval'
        Sage has no function system of 1 arguments
        node 1 has 2 operands, which is not the number of a node of the kind function
        the nodes are no list
    """
    entries, nodes, shape = (_checked_list(document, key) for key in ('entries', 'nodes', 'shape'))
    built = []
    for number, node in enumerate(nodes):
        built.append(_built(number, node, built))
    if not all(_is_index(number, len(built)) for number in entries):
        raise ValueError(f"the entries {str(entries)[:80]} are not numbers of nodes")
    expressions = [built[number] for number in entries]
    arguments = document.get('arguments')
    ring = SR if arguments is None else CallableSymbolicExpressionRing(
        [symbol_from_data(name) for name in _checked_list(document, 'arguments')])
    if len(shape) > 2 or not all(_is_index(size, 2**31) for size in shape) or _product(shape) != len(expressions):
        raise ValueError(f"the shape {str(shape)[:80]} is not that of {len(expressions)} entries")
    sparse = document.get('sparse') is True
    if len(shape) == 2:
        return matrix(ring, *shape, expressions, sparse=sparse)
    return free_module_element(ring, *shape, expressions, sparse=sparse) if shape else ring(expressions[0])


def _product(shape):
    """Return how many entries a shape has."""
    return shape[0] * shape[1] if len(shape) == 2 else shape[0] if shape else 1


def _checked_list(document, key):
    """Return a list of a document."""
    found = document.get(key)
    if not isinstance(found, (list, tuple)):
        raise ValueError(f"the {key} are no list")
    return found


def _is_index(number, stop):
    """Return whether an object is a whole number from 0 to below ``stop``."""
    return type(number) is int and 0 <= number < stop


# -- from expressions to nodes -----------------------------------------------------------------------------------------


class _Listing(Graph):
    r"""
    The graph of expressions as they stand: constants are not joined, numbers keep their kind.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import _Listing
        sage: graph = _Listing()
        sage: graph.nodes[graph.read(x.add(x, hold=True))]
        Node(op='held add', args=(0, 0), value=None)
    """
    def __init__(self):
        super().__init__(None)

    def _recall(self, e, met):
        """Return the number of an expression met recently, or None; Sage takes numbers of one value for equal, whatever their kind."""
        return None if e.is_numeric() else super()._recall(e, met)

    def _open(self, e):
        """Return kind, data and operands of an expression, None for a leaf."""
        head = e.operator()
        if head is None:
            return _piece(e)
        kind = ARITHMETIC.get(head)
        if kind is not None:
            return _sum_or_product(kind, e) if kind in _PLAIN else Head(kind, None, e.operands())
        if head is tuple:
            return Head('tuple', None, e.operands())
        if e.is_relational():
            return Head('relation', _SYMBOL_OF_RELATION[head], e.operands())
        if isinstance(head, FDerivativeOperator):
            kind, data = function_data(head.function())
            return Head('derivative', (kind, data, tuple(map(int, head.parameter_set()))), e.operands())
        return Head(*function_data(head), e.operands())

    def _leaf(self, e):
        """Return the number of a symbol, number or constant."""
        kind, data = _leaf_data(e)
        return self._node((kind, data, ()), kind, (), data)

    def _join(self, e, op, args):
        """Return the number of a node whose operands have theirs."""
        return self._node((op.kind, op.data, args), op.kind, args, op.data)


def _leaf_data(e):
    """
    Return kind and data of an expression without operands.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import _leaf_data
        sage: [_leaf_data(SR(e)) for e in (x, pi, -oo, 1/2)]
        [('symbol', 'x'), ('constant', 'pi'), ('infinity', '-'), ('number', ('rational', '1/2'))]
        sage: _leaf_data(SR.symbol('x y'))
        Traceback (most recent call last):
        ...
        NotImplementedError: the symbol x y is not saved, as its name is no identifier; take one made by var()
    """
    if e.is_symbol():
        if not str(e).isidentifier():
            raise NotImplementedError(f"the symbol {e} is not saved, as its name is no identifier; take one made by var()")
        return 'symbol', str(e)
    if e.is_infinity():
        return 'infinity', '+' if e.is_positive_infinity() else '-' if e.is_negative_infinity() else 'unsigned'
    if e.is_numeric():
        return 'number', numeral(e.pyobject())
    found = _python_object(e)
    if isinstance(found, Constant):
        return 'constant', found.name()
    raise NotImplementedError(f"{e} is not saved; expected symbols, numbers, constants and functions of Sage")


def _python_object(e):
    """Return the Python object that an expression wraps, None if it wraps none."""
    try:
        return e.pyobject()
    except TypeError:
        return None


def function_data(head):
    """
    Return kind and data of a function: name and declared number of arguments, and the name in LaTeX of an unknown one.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import function_data
        sage: function_data(sin), function_data(function('u', latex_name='U'))
        (('function', ('sin', 1)), ('unknown', ('u', 0, 'U')))
    """
    if isinstance(head, BuiltinFunction) and _builtin_functions().get((head.name(), head.number_of_arguments())) is head:
        return 'function', (head.name(), int(head.number_of_arguments()))
    name = head.name() if isinstance(head, Function) else str(head)
    if not isinstance(head, SymbolicFunction) or any(f'_{part}_' in vars(type(head)) for part in sfunctions_funcs):
        raise NotImplementedError(f"the function {name} has Python code of its own, which is not saved; use a function without, "
                                  f"as function({name!r})")
    return 'unknown', (name, int(head.number_of_arguments()), head.__getstate__()[3])


@cached_function
def _builtin_functions():
    """
    Return the functions that come with Sage and with this package, by name and declared number of arguments.

    The names alone do not do: gamma, log and psi are each two functions.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import _builtin_functions
        sage: _builtin_functions()['gamma', 1] is gamma(x).operator(), _builtin_functions()['gamma', 2] is gamma(x, 2).operator()
        (True, True)
    """
    import_module('sage.functions.piecewise')                   # the only one that Sage does not register when it starts
    import_module('sage_tf.symbolic.special.rectifier')         # and our own
    functions = map(get_sfunction_from_serial, range(get_fn_serial()))
    return {(f.name(), f.number_of_arguments()): f for f in functions
            if isinstance(f, BuiltinFunction) and type(f).__module__.startswith(('sage.', 'sage_tf.'))}


def _sum_or_product(kind, e):
    """Return a sum or product as such, or as held if Sage would not build it again from its operands."""
    operands = e.operands()
    if _PLAIN[kind](*operands).is_trivially_equal(e) or _are_numbers(operands):
        return Head(kind, None, operands)
    backwards = operands[::-1]
    if _PLAIN[kind](*backwards, hold=True).is_trivially_equal(e):
        operands = backwards
    return Head(f'held {kind}', None, operands)


def _piece(e):
    """
    Return the head of a piece of a piecewise function, a set of intervals and the expression there; None for any other leaf.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import _piece
        sage: piece = piecewise([((0, 1), x)]).operands()[0].operands()[0]
        sage: _piece(piece), _piece(x)
        (Head(kind='piece', data=((False, False),), operands=[x, 0, 1]), None)
    """
    found = _python_object(e)
    if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], RealSet)):
        return None
    domain, value = found
    ends = [end for interval in domain for end in (interval.lower(), interval.upper())]
    closed = tuple((interval.lower_closed(), interval.upper_closed()) for interval in domain)
    return Head('piece', closed, [SR(value), *map(SR, ends)])


# -- from nodes to expressions -----------------------------------------------------------------------------------------


def _built(number, node, built):
    """Return the expression of a node, given those of all earlier nodes."""
    if not isinstance(node, (list, tuple)) or len(node) != 3:
        raise ValueError(f"node {number} is {str(node)[:80]}; expected kind, operands and data")
    kind, operands, data = node
    if not isinstance(kind, str) or kind not in _BUILDERS:
        raise ValueError(f"node {number} is of the unknown kind {str(kind)[:80]!r}")
    if not isinstance(operands, (list, tuple)) or not all(_is_index(a, number) for a in operands):
        raise ValueError(f"node {number} has the operands {str(operands)[:80]}; expected numbers of earlier nodes")
    builder, count = _BUILDERS[kind]
    expected = count(data) if callable(count) else count
    if expected not in (None, len(operands)):
        raise ValueError(f"node {number} has {len(operands)} operands, which is not the number of a node of the kind {kind}")
    return builder([built[a] for a in operands], data)


def symbol_from_data(name):
    """
    Return the symbol of a name; ValueError if it is none.

    EXAMPLES::

        sage: from sage_tf.symbolic.document import symbol_from_data
        sage: symbol_from_data('x')
        x
    """
    return SR.var(_name(name))


def _name(name):
    """Return a name if it is one."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"{str(name)[:80]!r} is no name")
    return name


def _looked_up(table, name, what):
    """Return the entry of a table, named by a string."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"{str(name)[:80]!r} is no {what}")
    return table[name]


def function_from_data(kind, data):
    """Return the function of Sage, or the unknown one, that a node names."""
    if not isinstance(data, (list, tuple)) or len(data) != {'function': 2, 'unknown': 3}.get(kind) or not _is_index(data[1], 1000):
        raise ValueError(f"{str(data)[:80]} describes no function")
    name, arguments = _name(data[0]), data[1]
    if kind == 'unknown':
        if not isinstance(data[2], (str, type(None))):
            raise ValueError(f"{str(data[2])[:80]} is no name in LaTeX of the function {name}")
        return function_factory(name, arguments, data[2])
    found = _builtin_functions().get((name, arguments))
    if found is None:
        raise ValueError(f"Sage has no function {name} of {arguments} arguments")
    return found


def _call(function, operands):
    """Return a function at operands, unevaluated; the class's own call would look at them."""
    return Function.__call__(function, *operands, hold=True) if operands else function(hold=True)


def _derivative(operands, data):
    """Return a derivative of a function at operands."""
    if not isinstance(data, (list, tuple)) or len(data) != 3:
        raise ValueError(f"{str(data)[:80]} describes no derivative")
    kind, function, places = data
    function = function_from_data(kind, function)
    if not isinstance(places, (list, tuple)) or not places or not all(_is_index(place, len(operands)) for place in places):
        raise ValueError(f"the derivative of {function} by its arguments {str(places)[:80]} has {len(operands)} operands")
    with SR.temp_var(len(operands) + 1) as symbols:
        derivative = _call(function, symbols[:-1]).diff(*(symbols[place] for place in places))
        return derivative.subs(dict(zip(symbols, operands, strict=False)))


def _piece_from(operands, closed):
    """Return a piece of a piecewise function, as the function holds it."""
    if not isinstance(closed, (list, tuple)) or not all(
            isinstance(sides, (list, tuple)) and [type(side) for side in sides] == [bool, bool] for sides in closed):
        raise ValueError(f"{str(closed)[:80]} does not say which sides of intervals are closed")
    value, *ends = operands
    ends = [end.pyobject() if end.is_infinity() else RLF(end.pyobject() if end.is_numeric() else end) for end in ends]
    domain = RealSet(*(InternalRealInterval(low, left, high, right)
                       for (left, right), low, high in zip(closed, ends[::2], ends[1::2], strict=True)), normalized=True)
    return SR._force_pyobject((domain, value), force=True)


# Sums and products as Sage's methods of a neutral element
_PLAIN = {'add': SR(0).add, 'mul': SR(1).mul}


def _are_numbers(operands):
    """Return whether operands are all numbers; a held sum of them is a term short for Sage, which may crash on its products."""
    return all(operand.is_numeric() for operand in operands)


def _arithmetic(kind, hold):
    """Return the builder of sums or products."""
    return lambda operands, _: _PLAIN[kind](*operands, hold=hold and not _are_numbers(operands))


def _row_of_function(kind):
    """Return the builder of a function's values and the number of its operands."""
    return (lambda operands, data: _call(function_from_data(kind, data), operands),
            lambda data: function_from_data(kind, data).number_of_arguments() or None)


def _row_of_table(table, what):
    """Return the builder of a constant that a table has, and its number of operands."""
    return (lambda _, name: SR(_looked_up(table, name, what))), 0


# Kind of a node -> (function of operands and data, number of operands: None for any, or a function of the data)
_BUILDERS = {
    'symbol': (lambda _, name: symbol_from_data(name), 0),
    'number': (lambda _, data: SR(number_from_numeral(data)), 0),
    'constant': _row_of_table(constants_name_table, 'constant of Sage'),
    'infinity': _row_of_table(INFINITIES, 'infinity'),
    'add': (_arithmetic('add', False), None),
    'mul': (_arithmetic('mul', False), None),
    'held add': (_arithmetic('add', True), None),
    'held mul': (_arithmetic('mul', True), None),
    'pow': (lambda operands, _: operands[0].power(operands[1], hold=True), 2),
    'tuple': (lambda operands, _: SR._force_pyobject(tuple(operands)), None),
    'relation': (lambda operands, name: _looked_up(RELATIONS, name, 'relation')(*operands), 2),
    'function': _row_of_function('function'),
    'unknown': _row_of_function('unknown'),
    'derivative': (_derivative, None),
    'piece': (_piece_from, lambda closed: 1 + 2*len(closed) if isinstance(closed, (list, tuple)) else 1),
}
