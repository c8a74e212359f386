r"""
Removable singularities

A quotient such as sin(x)/x has no value at 0 when it is computed as it stands, though the function has: 1, with the slope 0.
Near such points the power series takes over, for the derivatives as well.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: f = TensorFunction(sin(x)/x + (x^2 - 1)/(x - 1))
    sage: t = tf.constant([0.0r, 1.0r], tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = f(t)
    sage: s.numpy(), tape.gradient(s, t).numpy()
    (array([2.        , 2.84147098]), array([1.        , 0.69883132]))

ALGORITHM:

A product or sum is taken apart into groups of operands that have no variable in common. In each group that divides a part u is looked
for on which a denominator depends and whose variables the rest has not: x in sin(x*y)/x, and x*y in sin(x*y)/(x*y). At the rational zeros of the
denominators and at small integers and halves the series in u is asked for; its coefficients may depend on the other variables, and
those on the left of a zero of an absolute value are others than those on the right. If it has no
negative powers, and agrees with the function beside the point at 200 bits, it is used where the terms left out are below the rounding error.
"""
from sage.functions.log import ln
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ
from sage.rings.real_mpfr import RealField
from sage.symbolic.expression import symbol_table
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import Node, exact_constant
from sage_tf.symbolic.powers import rational
from sage_tf.symbolic.series import COMBINE, Joined, Removable

# Parts of more nodes are not looked at, nor more parts of one function: that would take longer than a millisecond for each.
LARGEST, MOST = 60, 100

TERMS = 14                                                      # of a power series
LARGEST_TERM = 2000                                             # nodes of a coefficient that varies
_NUMBERS = RealField(400)
_SAMPLES = QQ((3, 7)), QQ((-5, 11))                             # of values of the other variables
CANDIDATES = [QQ(k) / 2 for k in range(-8, 9)]                  # zeros of denominators that are not polynomials

ARITHMETIC = {'add': lambda args: SR(0).add(*args), 'mul': lambda args: SR(1).mul(*args), 'pow': lambda args: args[0]**args[1]}
FUNCTION = {**symbol_table['functions'], 'log': ln}             # Sage's table has the logarithm of two arguments

_POLES = {'cot', 'csc', 'coth', 'csch', 'gamma', 'psi'}         # functions that are singular by themselves


def patch(graph, roots):
    r"""
    Replace the nodes of a graph that have removable singularities.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`; its nodes are changed

    - ``roots`` -- the numbers of the nodes that are needed

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.removable import patch
        sage: graph = Graph(operation)
        sage: root = graph.read((exp(2*x) - 1)/x + 1/x)
        sage: patch(graph, [root])
        sage: [node.op for node in graph.nodes if not isinstance(node.op, str)]
        [(e^(2*t) - 1)/t near t = 0]
    """
    looked_at, plain, settled = 0, list(graph.nodes), set()     # a part of what is replaced is read as it was
    for number in graph.reachable(roots):
        op, args, _ = plain[number]
        if op not in COMBINE or len(args) > LARGEST or looked_at >= MOST or not _may_be_singular(plain, number, settled):
            continue
        parts = []                                              # pairs of an operation, None for the sum or product, and its operands
        for group in _groups(plain, number):
            nodes = [*plain[:number], Node(op, group, None)]
            is_singular = len(group) > 1 and _may_be_singular(nodes, number, settled)
            looked_at += is_singular
            found = _removable(_with_joined_divisors(nodes, number), number) if is_singular else None
            parts.append(found or (None, group))
        if any(operation for operation, _ in parts):
            settled.add(number)
            operation = parts[0][0] if len(parts) == 1 else Joined(op, [(part, len(operands)) for part, operands in parts])
            graph.nodes[number] = Node(operation, tuple(a for _, operands in parts for a in operands), None)


def _groups(nodes, number):
    """
    Return the operands of a node in groups without a common symbol; the constants are in the first one.

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.removable import _groups
        sage: y, z = var('y, z')
        sage: graph = Graph(operation)
        sage: [len(group) for group in _groups(graph.nodes, graph.read(sin(x*y)*z^2*exp(z)/x))]
        [2, 2]
    """
    groups = []                                                 # symbols, operands
    for a in nodes[number].args:
        below = _below(nodes, a)
        if len(below) > LARGEST:                                # not all of its symbols are known
            return [nodes[number].args]
        symbols, operands = {k for k in below if nodes[k].op == 'symbol'}, [a]
        for group in [group for group in groups if group[0] & symbols]:
            groups.remove(group)
            symbols, operands = symbols | group[0], group[1] + operands
        groups.append((symbols, operands))
    constants = [a for symbols, operands in groups if not symbols for a in operands]
    first, *others = [operands for symbols, operands in groups if symbols]
    return [(*constants, *first), *map(tuple, others)]


def _may_be_singular(nodes, number, settled):
    """Return whether a node divides, or is a sum with a term that does and is not among those settled."""
    op, args, _ = nodes[number]
    if number in settled:
        return False
    if op == 'mul':
        return any(_divides(nodes, a) or nodes[a].op in _POLES for a in args)
    return any(_divides(nodes, a) or nodes[a].op in _POLES or nodes[a].op == 'mul' and _may_be_singular(nodes, a, settled) for a in args)


def _divides(nodes, number):
    """Return whether a node is a power with a negative integer exponent."""
    op, args, _ = nodes[number]
    if op != 'pow' or nodes[args[1]].op != 'constant':
        return False
    exponent = rational(nodes[args[1]].value)
    return exponent is not None and exponent in ZZ and exponent < 0


def _with_joined_divisors(nodes, number):
    """
    Return the nodes with a product that divides by x and by y made to divide by x*y, if that is a node.

    Sage takes 1/(x*y) apart.

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.removable import _with_joined_divisors
        sage: y = var('y')
        sage: graph = Graph(operation)
        sage: root = graph.read(sin(x*y)/(x*y))
        sage: nodes = _with_joined_divisors(graph.nodes, root)
        sage: nodes[root].args == graph.nodes[root].args, [node.op for node in nodes[len(graph.nodes):]]
        (False, ['pow'])
    """
    op, args, _ = nodes[number]
    divisors = {}                                               # exponent -> nodes that divide
    for a in args if op == 'mul' else ():
        if _divides(nodes, a):
            divisors.setdefault(nodes[a].args[1], []).append(a)
    for exponent, group in divisors.items():
        bases = {nodes[a].args[0] for a in group}
        product = next((k for k in range(number) if nodes[k].op == 'mul' and set(nodes[k].args) == bases), None)
        if len(group) > 1 and product is not None:
            joined = len(nodes)
            rest = tuple(a for a in args if a not in group)
            nodes = [*nodes, Node('pow', (product, exponent), None)]
            nodes[number] = Node(op, (*rest, joined), None)
            return nodes
    return nodes


def _removable(nodes, number):
    """
    Return a node as an operation with the numbers of the nodes that it takes, None if it has no removable singularity that is found.
    """
    below = _below(nodes, number)
    if len(below) > LARGEST:
        return None
    singular = [k for k in below if _divides(nodes, k) or nodes[k].op in _POLES]
    within = set().union(*(_below(nodes, nodes[k].args[0]) for k in singular))
    for u in sorted(within, reverse=True):
        symbols = {k for k in _below(nodes, u) if nodes[k].op == 'symbol'}
        if not symbols or _reaches(nodes, number, symbols, u):
            continue
        variable = SR.symbol('t')
        others = {k: SR.symbol(f'p{place}') for place, k in enumerate(_beside(nodes, number, u))}
        values = {u: variable, **others}
        expression = _rebuilt(nodes, number, values)
        if expression is None or not expression.has(variable):
            continue
        bases = [base for k in singular if (base := values.get(nodes[k].args[0])) is not None and base.has(variable)]
        series = {point: found for point in _zeros(bases, variable)
                  if (found := _expansion(expression, variable, point, others.values())) is not None}
        if series:
            return Removable(expression, variable, series, others.values()), (u, *others)
    return None


def _beside(nodes, number, u):
    """
    Return the largest nodes below one that do not depend on another, constants left out.

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.removable import _beside
        sage: y, z = var('y, z')
        sage: graph = Graph(operation)
        sage: root, u, other = (graph.read(e) for e in (2*sin(x*(y + z))/x, x, y + z))
        sage: _beside(graph.nodes, root, u) == [other]
        True
    """
    below = [*sorted(_below(nodes, number) - {number}), number]         # operands before their users
    dependent = {u}
    for k in below:
        if not dependent.isdisjoint(nodes[k].args):
            dependent.add(k)
    used = {a for k in dependent - {u} for a in nodes[k].args}
    return [k for k in below if k in used and k not in dependent and nodes[k].op != 'constant']


def _below(nodes, number):
    """Return the set of a node and all it stands on, some of it if that is large."""
    found, todo = {number}, [number]
    while todo and len(found) <= LARGEST:
        for a in nodes[todo.pop()].args:
            if a not in found:
                found.add(a)
                todo.append(a)
    return found


def _reaches(nodes, number, symbols, barrier):
    """Return whether a node depends on a symbol other than through the barrier."""
    seen, todo = {barrier}, [number]
    while todo:
        k = todo.pop()
        if k not in seen:
            if k in symbols:
                return True
            seen.add(k)
            todo.extend(nodes[k].args)
    return False


def _rebuilt(nodes, number, values):
    """Return the expression of a node, None where there is none; ``values`` has those of some nodes, and gets all others."""
    if number not in values:
        args = [_rebuilt(nodes, a, values) for a in nodes[number].args]       # not deep, as the nodes are few
        values[number] = None if None in args else _joined(nodes[number], args)
    return values[number]


def _joined(node, args):
    """Return the expression that an operation makes of its operands, None where there is none."""
    try:
        if node.op in ('constant', 'symbol'):
            return node.value
        if node.op in ARITHMETIC:
            return ARITHMETIC[node.op](args)
        return FUNCTION[node.op](*args)
    except (KeyError, ValueError, ArithmeticError, TypeError):
        return None


def _zeros(bases, variable):
    """
    Return the rational numbers at which one of some expressions is zero.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _zeros
        sage: t = SR.var('t')
        sage: sorted(_zeros([t^2 - 9, exp(2*t - 1) - 1, t - x], t))
        [-3, 1/2, 3]
    """
    found = set()
    for base in bases:
        if base.variables() == (variable,) and base.is_polynomial(variable):
            try:
                found.update(base.polynomial(QQ).roots(multiplicities=False))
                continue
            except (TypeError, ValueError, NotImplementedError):
                pass                                            # other coefficients
        for point in CANDIDATES:
            try:
                if base.subs({variable: point}).is_trivial_zero():
                    found.add(point)
            except Exception:                                   # of Sage, or of another system that it asks
                continue
    return found


def _expansion(expression, variable, point, others):
    """
    Return the coefficients of the power series of an expression, those on the left and on the right with absolute values, or None.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _expansion
        sage: t = SR.var('t')
        sage: left, right = _expansion(exp(abs(2*t))*t^2/abs(t), t, 0, ()); left[:4], right[:4]
        ([0, -1, 2, -2], [0, 1, 2, 2])
        sage: _expansion(t/abs(t), t, 0, ()), _expansion(t^2*abs(t - 1/10)/abs(t), t, 0, ()), _expansion(t^2/t, t, 0, ())[:2]
        (None, None, [0, 1])
    """
    # Those of other arguments have other kinks.
    slopes = {part: slope for part in expression.find(abs(SR.wild(0))) if (slope := part.operands()[0].diff(variable)).is_numeric()
              and part.subs({variable: point}).is_trivial_zero()}
    if not slopes:
        return _series(expression, variable, point, others)
    sides = [_series(expression.subs({part: side * abs(slope) * (variable - point) for part, slope in slopes.items()}),
                     variable, point, others) for side in (-1, 1)]
    return None if None in sides or not (sides[0][0] - sides[1][0]).is_trivial_zero() else tuple(sides)


def _series(expression, variable, point, others=()):
    """
    Return the coefficients of the power series of an expression at a point, None if it has none or needs none.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _series
        sage: t = SR.var('t')
        sage: _series((1 - cos(t))/t, t, 0)[:4], _series(1/t, t, 0), _series(sin(t)/sqrt(t), t, 0), _series(abs(t)/t, t, 0)
        ([0, 1/2, 0, -1/24], None, None, None)
    """
    s = SR.symbol('s')
    try:
        samples = [{symbol: number + k for k, symbol in enumerate(others)} for number in (_SAMPLES if others else _SAMPLES[:1])]
        if not all(_is_continuous(expression.subs(sample), variable, point) for sample in samples):
            return None                                         # at a pole, say, or a branch point, whose series can take minutes
        pairs = expression.subs({variable: point + s}).series(s, TERMS).coefficients(s)
        coefficients = [SR(0)] * TERMS
        for value, exponent in pairs:
            if exponent not in ZZ or exponent < 0 or not set(value.variables()) <= set(others) or value.variables() and _is_large(value):
                return None
            if exponent < TERMS:
                # Evaluated once, as derivatives of gamma, say, are large expressions.
                is_kept = value.variables() or rational(value) is not None
                coefficients[int(exponent)] = value if is_kept else exact_constant(SR(value.n(300)))
        agree = (_agrees(expression.subs(sample), variable, point, [c.subs(sample) for c in coefficients]) for sample in samples)
        return coefficients if all(agree) else None
    except Exception:                                           # of Sage, or of another system that it asks
        return None


def _is_large(expression):
    """
    Return whether an expression is too large for a coefficient.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _is_large
        sage: _is_large(sum(sin(k*x) for k in range(100))), _is_large(sum(sin(k*x) for k in range(1000)))
        (False, True)
    """
    count, todo = 0, [expression]
    while todo and count <= LARGEST_TERM:
        count += 1
        todo += todo.pop().operands()
    return count > LARGEST_TERM


def _is_continuous(expression, variable, point):
    """
    Return whether an expression has nearly one value on both sides of a point.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _is_continuous
        sage: t = SR.var('t')
        sage: [_is_continuous(e, t, 0) for e in (sin(t)/t, t/sqrt(t), 1/t, sin(t)/t^2, abs(t)/t)]
        [True, False, False, False, False]
        sage: _is_continuous(t^(1/t), t, 0)
        False
    """
    # Not by rational numbers: of 2^-60 to the power 2^60, say, an exact value aborts the process.
    first, *others = (expression.subs({variable: _NUMBERS(point + QQ(step) / 2**60)}).n(200) for step in (1, 2, -1, -2))
    return all(abs(value - first) <= QQ(2)**-40 * (1 + abs(first)) for value in others)


def _agrees(expression, variable, point, coefficients):
    """Return whether a series has the values of an expression on both sides of a point."""
    for step in (QQ(2)**-12, -QQ(2)**-12):
        value = expression.subs({variable: _NUMBERS(point + step)}).n(200)
        wanted = sum(c.n(200) * step**k for k, c in enumerate(coefficients))
        if not abs(value - wanted) <= QQ(2)**-100 * (abs(wanted) + 1):
            return False
    return True
