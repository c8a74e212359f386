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

A quotient, or a sum that contains some, is looked at if it depends on the variables through one of its parts, u, alone: sin(x*y)/(x*y)
does, with u = x*y. At the rational zeros of the denominators and at small integers and halves the series in u is asked for. If it has no
negative powers, and agrees with the function beside the point at 200 bits, it is used within a radius at which the terms left out
are below the rounding error.
"""
import tensorflow as tf
from sage.functions.log import ln
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ
from sage.rings.real_mpfr import RealField
from sage.symbolic.expression import symbol_table
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.graph import Graph, Node, exact_constant
from sage_tf.symbolic.powers import rational
from sage_tf.symbolic.stable import stabilize

# Parts of more nodes are not looked at, nor more parts of one function: that would take longer than a millisecond for each.
LARGEST, MOST = 60, 100

TERMS = 14                                                      # of a power series
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
    looked_at, plain = 0, list(graph.nodes)                     # a part of what is replaced is read as it was
    for number in graph.reachable(roots):
        if plain[number].op not in ('mul', 'add') or looked_at >= MOST or not _may_be_singular(plain, number):
            continue
        part = _part(_with_joined_divisors(plain, number), number)
        if part is None:
            continue
        looked_at += 1
        expression, variable, u, bases = part
        series = {point: found for point in _zeros(bases, variable)
                  if (found := _series(expression, variable, point)) is not None}
        if series:
            graph.nodes[number] = Node(Removable(expression, variable, series), (u,), None)


def _may_be_singular(nodes, number):
    """Return whether a node divides, or is a sum with a term that does."""
    op, args, _ = nodes[number]
    if op == 'mul':
        return any(_divides(nodes, a) or nodes[a].op in _POLES for a in args)
    return any(_divides(nodes, a) or nodes[a].op in _POLES or nodes[a].op == 'mul' and _may_be_singular(nodes, a) for a in args)


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


def _part(nodes, number):
    """
    Return a node as an expression in one variable, the variable, the number of the node that this stands for, and the bases of
    the denominators; None if it is too large or depends on the variables in several ways.
    """
    below = _below(nodes, number)
    if below is None:
        return None
    symbols = {k for k in below if nodes[k].op == 'symbol'}
    for u in sorted(below - {number}, reverse=True):
        if u < number and nodes[u].op != 'constant' and not _reaches(nodes, number, symbols, u):
            break
    else:
        return None
    variable = SR.symbol('t')
    values = {u: variable}
    expression = _rebuilt(nodes, number, values)
    if expression is None or not expression.has(variable):
        return None
    singular = [k for k in values if _divides(nodes, k) or nodes[k].op in _POLES]
    return expression, variable, u, [base for k in singular if (base := values.get(nodes[k].args[0])) is not None]


def _below(nodes, number):
    """Return the set of a node and all it stands on, None if that is large."""
    found, todo = {number}, [number]
    while todo:
        for a in nodes[todo.pop()].args:
            if a not in found:
                found.add(a)
                todo.append(a)
        if len(found) > LARGEST:
            return None
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
        sage: sorted(_zeros([t^2 - 9, exp(2*t - 1) - 1], t))
        [-3, 1/2, 3]
    """
    found = set()
    for base in bases:
        if base.is_polynomial(variable):
            try:
                found.update(base.polynomial(QQ).roots(multiplicities=False))
                continue
            except (TypeError, ValueError, NotImplementedError):
                pass                                            # other coefficients
        for point in CANDIDATES:
            try:
                if base.subs({variable: point}).is_trivial_zero():
                    found.add(point)
            except (ValueError, ArithmeticError, RuntimeError):
                continue
    return found


def _series(expression, variable, point):
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
        if not _is_continuous(expression, variable, point):     # at a pole, say, or a branch point, whose series can take minutes
            return None
        pairs = expression.subs({variable: point + s}).series(s, TERMS).coefficients(s)
        coefficients = [SR(0)] * TERMS
        for value, exponent in pairs:
            if exponent not in ZZ or exponent < 0 or value.variables():
                return None
            if exponent < TERMS:
                # Evaluated once, as derivatives of gamma, say, are large expressions.
                coefficients[int(exponent)] = value if rational(value) is not None else exact_constant(SR(value.n(300)))
        return coefficients if _agrees(expression, variable, point, coefficients) else None
    except (ValueError, ArithmeticError, RuntimeError, TypeError, NotImplementedError):
        return None


def _is_continuous(expression, variable, point):
    """
    Return whether an expression has nearly one value on both sides of a point.

    EXAMPLES::

        sage: from sage_tf.symbolic.removable import _is_continuous
        sage: t = SR.var('t')
        sage: [_is_continuous(e, t, 0) for e in (sin(t)/t, t/sqrt(t), 1/t, sin(t)/t^2, abs(t)/t)]
        [True, False, False, False, False]
    """
    first, *others = (expression.subs({variable: point + QQ(step) / 2**60}).n(200) for step in (1, 2, -1, -2))
    return all(abs(value - first) <= QQ(2)**-40 * (1 + abs(first)) for value in others)


def _agrees(expression, variable, point, coefficients):
    """Return whether a series has the values of an expression on both sides of a point."""
    for step in (QQ(2)**-12, -QQ(2)**-12):
        value = expression.subs({variable: point + step}).n(200)
        wanted = sum(c.n(200) * step**k for k, c in enumerate(coefficients))
        if not abs(value - wanted) <= QQ(2)**-100 * (abs(wanted) + 1):
            return False
    return True


class Removable:
    r"""
    A function of one variable whose singularities at some points are removable.

    INPUT:

    - ``expression``, ``variable`` -- the function

    - ``series`` -- dictionary from the points to the coefficients of the power series there

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.removable import Removable, _series
        sage: t = SR.var('t')
        sage: f = Removable((exp(t) - 1)/t, t, {0: _series((exp(t) - 1)/t, t, 0)}).on_tensors(tf.float64)
        sage: f(tf.constant([0.0r, 1e-9r, 1.0r], tf.float64)).numpy()
        array([1.        , 1.        , 1.71828183])
    """
    vectorizes = True                                           # on_tensors knows a form for XLA on a CPU

    def __init__(self, expression, variable, series):
        self._expression, self._variable, self._series = expression, variable, series

    def __repr__(self):
        return f"{self._expression} near {self._variable} = {', '.join(map(str, sorted(self._series)))}"

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function on tensors of a dtype.
        """
        return self._derivative(0, self._expression, dtype, vectorized)

    def _derivative(self, order, expression, dtype, vectorized):
        """Return a derivative of the function, given as an expression as well."""
        from sage_tf.symbolic.functions import operation
        from sage_tf.symbolic.lowering import Program  # which is made of such functions
        graph = Graph(operation)
        roots = [graph.read(expression)]
        if dtype.is_floating:
            stabilize(graph, roots)
        program = Program(graph, roots, [self._variable], dtype, vectorized)
        near = [(round_number(point, dtype), *self._polynomial(c, order, dtype)) for point, c in self._series.items()]

        def value(u):
            shifts = [u - tf.constant(point) for point, _, _ in near]
            inside = [tf.abs(shift) < tf.constant(radius, shift.dtype.real_dtype)
                      for shift, (_, radius, _) in zip(shifts, near, strict=True)]
            outside = u
            for is_near, (point, radius, _) in zip(inside, near, strict=True):
                outside = tf.where(is_near, tf.constant(point + radius, dtype), outside)
            result = program([outside])[0]
            for is_near, shift, (_, _, coefficients) in zip(inside, shifts, near, strict=True):
                result = tf.where(is_near, _horner(coefficients, shift), result)
            return result

        def slope(u):
            return self._derivative(order + 1, expression.diff(self._variable), dtype, vectorized)(u)

        return differentiable(value, slope)

    def _polynomial(self, coefficients, order, dtype):
        """Return the radius in which the derivative of a power series serves, and its coefficients in the dtype."""
        real = RealField(53)
        sizes = [real(abs(c.n())) for c in coefficients]
        scale = max(sizes[:4]) or real(1)
        radius = min([real(0.25), *((scale * real(2)**-56 / size)**(real(1) / k)
                                    for k, size in enumerate(sizes) if k >= TERMS - 4 and size)])
        for _ in range(order):
            coefficients = [k * c for k, c in enumerate(coefficients)][1:]
        return float(radius) / (1 + order), [round_number(c, dtype) for c in coefficients]


def _horner(coefficients, x):
    """Return the polynomial with the given coefficients, that of degree 0 first."""
    result = tf.fill(tf.shape(x), tf.constant(coefficients[-1]))
    for c in reversed(coefficients[:-1]):
        result = result * x + tf.constant(c)
    return result
