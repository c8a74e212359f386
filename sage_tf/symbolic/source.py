r"""
What a function on tensors is made from: expressions, variables and parameters

EXAMPLES::

    sage: from sage_tf.symbolic.source import Source
    sage: y = var('y')
    sage: source = Source(matrix([[x, 1], [x*y, y]]), (x, y), None)
    sage: source.shape, source.entries
    ((2, 2), [x, 1, x*y, y])
    sage: source.in_order((1,), {'y': 2})
    [1, 2]
"""
import operator
from collections.abc import Mapping
from functools import reduce

import tensorflow as tf
from sage.misc.latex import latex
from sage.rings.integer import Integer
from sage.structure.element import Expression, Matrix, Vector
from sage.symbolic.callable import CallableSymbolicExpressionRing_class as CallableSymbolicExpressionRing
from sage.symbolic.ring import SR

from sage_tf.rings import dtype_of

# Larger expressions are described by their size: printing them could take longer than the age of the universe.
LARGEST_SHOWN = 2000


class Source:
    r"""
    The symbolic side of a function on tensors, checked.

    INPUT:

    - ``expression`` -- a symbolic expression, an equation, another relation (1 where it holds, 0 where not), a vector or a matrix

    - ``variables`` -- symbol, tuple or list of symbols, or ``None``: see :meth:`settle`

    - ``parameters`` -- dictionary from symbols to numbers, or ``None``

    EXAMPLES::

        sage: from sage_tf.symbolic.source import Source
        sage: Source(x == 2, None, None).entries
        [x - 2]

    TESTS::

        sage: Source(x < 2, None, None).entries
        [x < 2]
        sage: Source('x', None, None)
        Traceback (most recent call last):
        ...
        TypeError: cannot make a function of 'x' of type <class 'str'>; expected an expression, an equation, ...
        sage: Source(x, (x, 2), None)
        Traceback (most recent call last):
        ...
        TypeError: 2 was given as a variable; expected symbols, as made by var()
        sage: Source(x, (x, x), None)
        Traceback (most recent call last):
        ...
        ValueError: the variable x is named twice; expected every variable and parameter once
    """
    def __init__(self, expression, variables, parameters):
        self.expression = expression
        self.shape, entries = _entries(expression)
        self.entries = [_plain(entry) for entry in entries]
        if not isinstance(parameters, (Mapping, type(None))):
            raise TypeError(f"parameters={parameters!r} was given; expected a dictionary from symbols to initial values, as {{a: 1}}")
        self.parameters = dict(parameters or {})
        if variables is None:
            variables = _arguments(expression)
            if variables is not None:
                variables = [v for v in variables if v not in self.parameters]
        self.variables = None if variables is None else _as_tuple(variables)
        _check_symbols((*(self.variables or ()), *self.parameters))

    def settle(self, graph, roots):
        """
        Take the symbols of the graph of the entries for variables if none were given, in the order of ``variables()``.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: from sage_tf.symbolic.source import Source
            sage: y, B = var('y, B')
            sage: source, graph = Source(y + x + B, None, {x: 1}), Graph(operation)
            sage: source.settle(graph, [graph.read(e) for e in source.entries])
            sage: source.variables
            (B, y)
        """
        if self.variables is None:
            self.variables = tuple(s for s in sorted(graph.symbols(), key=str) if s not in self.parameters)
        self._is_large = sum(map(graph.tree_size, roots)) > LARGEST_SHOWN

    def in_order(self, args, named):
        r"""
        Return the values of the variables in their order, from arguments in order and by name.

        TESTS::

            sage: from sage_tf.symbolic.source import Source
            sage: source = Source(x, (x, var('y')), None)
            sage: for args, named in (((1,), {}), ((1, 2, 3), {}), ((1,), {'x': 1}), ((1,), {'z': 2})):
            ....:     try: source.in_order(args, named)
            ....:     except TypeError as error: print(error)
            no value was given for the variable y of the function of (x, y)
            3 values were given for the variables (x, y); expected at most 2
            the variable x was given twice, in order and by name
            unknown variable z; the function is one of (x, y)
        """
        names = [str(v) for v in self.variables]
        signature = f"({', '.join(names)})"
        if len(args) > len(names):
            raise TypeError(f"{len(args)} values were given for the variables {signature}; expected at most {len(names)}")
        values = dict(zip(names, args, strict=False))
        for name, value in named.items():
            if name not in names:
                raise TypeError(f"unknown variable {name}; the function is one of {signature}")
            if name in values:
                raise TypeError(f"the variable {name} was given twice, in order and by name")
            values[name] = value
        missing = [name for name in names if name not in values]
        if missing:
            raise TypeError(f"no value was given for the variable{'s' * (len(missing) > 1)} {', '.join(missing)} "
                            f"of the function of {signature}")
        return [values[name] for name in names]

    def check_shapes(self, shapes):
        r"""
        Raise ValueError unless the shapes of the values of the variables broadcast.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.source import Source
            sage: source = Source(x, (x, var('y')), None)
            sage: source.check_shapes([tf.TensorShape([2r, 1r]), tf.TensorShape([3r])])
            sage: source.check_shapes([tf.TensorShape([2r]), tf.TensorShape([3r])])
            Traceback (most recent call last):
            ...
            ValueError: values of the shapes (2,), (3,) were given for the variables (x, y); expected shapes that broadcast, ...
        """
        try:
            reduce(tf.broadcast_static_shape, shapes, tf.TensorShape([]))
        except ValueError:
            raise ValueError(f"values of the shapes {', '.join(map(str, shapes))} were given for the variables "
                             f"({', '.join(map(str, self.variables))}); expected shapes that broadcast, with equal sizes or 1 on every axis, "
                             "counted from the last") from None

    def substituted(self, values):
        """
        Return the expression with values for the parameters.

        EXAMPLES::

            sage: from sage_tf.symbolic.source import Source
            sage: a = var('a')
            sage: Source(vector([a*x, a]), None, {a: 1}).substituted({a: 3})
            (3*x, 3)
        """
        return self.expression.subs(values) if values else self.expression

    def __repr__(self):
        """
        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: from sage_tf.symbolic.source import Source
            sage: e = sum(x^k for k in range(1000))
            sage: source, graph = Source(e, None, None), Graph(operation)
            sage: source.settle(graph, [graph.read(e)]); source
            (x) |--> an expression of more than 2000 terms and operations
        """
        shown = f"an expression of more than {LARGEST_SHOWN} terms and operations" if self._is_large else self._shown()
        return f"({', '.join(map(str, self.variables))}) |--> {shown}"

    def _shown(self):
        """Return the expression for printing, a matrix on lines of its own."""
        expression = SR(self.expression) if isinstance(self.expression, Expression) else self.expression
        return f"\n{expression}" if isinstance(expression, Matrix) else str(expression)

    def _latex_(self):
        r"""
        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: from sage_tf.symbolic.source import Source
            sage: source, graph = Source(x^2, None, None), Graph(operation)
            sage: source.settle(graph, [graph.read(x^2)]); source._latex_()
            '\\left(x\\right) \\mapsto x^{2}'
        """
        shown = r"\cdots" if self._is_large else latex(
            SR(self.expression) if isinstance(self.expression, Expression) else self.expression)
        return rf"\left({', '.join(map(latex, self.variables))}\right) \mapsto {shown}"


def is_symbol(obj):
    """
    Return whether an object is a symbolic variable.

    EXAMPLES::

        sage: from sage_tf.symbolic.source import is_symbol
        sage: is_symbol(x), is_symbol(x + 1), is_symbol(pi), is_symbol('x')
        (True, False, False, False)
    """
    return isinstance(obj, Expression) and obj.is_symbol()


def _as_tuple(variables):
    """Return one symbol or several as a tuple."""
    return tuple(variables) if isinstance(variables, (tuple, list)) else (variables,)


def _names_dtype(obj):
    """
    Return whether an object is a dtype, the name of one or its ring.

    EXAMPLES::

        sage: from sage_tf.symbolic.source import _names_dtype
        sage: _names_dtype('float32'), _names_dtype(RDF), _names_dtype('x'), _names_dtype(2)
        (True, True, False, False)
    """
    if isinstance(obj, (Integer, int)):                         # TensorFlow's numbers of its dtypes
        return False
    try:
        return dtype_of(obj) is not None
    except TypeError:
        return False


def _check_symbols(symbols):
    """Raise an error unless the given objects are different symbols."""
    seen = set()
    for symbol in symbols:
        if not is_symbol(symbol):
            hint = f"; for a dtype pass dtype={dtype_of(symbol).name!r}" if _names_dtype(symbol) else ""
            raise TypeError(f"{symbol} was given as a variable; expected symbols, as made by var(){hint}")
        if symbol in seen:
            raise ValueError(f"the variable {symbol} is named twice; expected every variable and parameter once")
        seen.add(symbol)


def _entries(expression):
    """
    Return the shape of an expression, vector or matrix and the list of its entries.

    EXAMPLES::

        sage: from sage_tf.symbolic.source import _entries
        sage: _entries(vector([x, 1])), _entries(x), _entries(polygen(QQ, 't')^2)
        (((2,), [x, 1]), ((), [x]), ((), [t^2]))
    """
    if isinstance(expression, Vector):
        return (len(expression),), list(expression)
    if isinstance(expression, Matrix):
        return (int(expression.nrows()), int(expression.ncols())), expression.list()
    kind = getattr(expression, 'parent', lambda: type(expression))()
    if not isinstance(expression, Expression) and not SR.has_coerce_map_from(kind):
        raise TypeError(f"cannot make a function of {expression!r} of type {type(expression)}; expected an expression, an "
                        "equation, or a vector or matrix of them")
    return (), [expression]


def _plain(entry):
    """Return an entry as an expression without arguments of its own; an equation stands for the difference of its sides."""
    entry = SR(entry)
    return entry.lhs() - entry.rhs() if entry.operator() is operator.eq else entry


def _arguments(expression):
    """Return the arguments of a callable expression, or vector or matrix of such, None for anything else."""
    ring = getattr(expression, 'base_ring' if isinstance(expression, (Vector, Matrix)) else 'parent', lambda: None)()
    return ring.arguments() if isinstance(ring, CallableSymbolicExpressionRing) else None
