r"""
Held integrals, sums and products

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: y, k = var('y, k')
    sage: f = TensorFunction(integrate(sin(x*y)/x, x, 0, y, hold=True))
    sage: t = tf.constant([1.0r, 2.0r], tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = f(t)
    sage: s.numpy(), tape.gradient(s, t).numpy()
    (array([0.94608307, 1.75820314]), array([ 1.68294197, -0.7568025 ]))
    sage: [n(sin_integral(t^2)) for t in (1, 2)], [n(2*sin(t^2)/t) for t in (1, 2)]
    ([0.946083070367183, 1.75820313894905], [1.68294196961579, -0.756802495307928])
    sage: TensorFunction(sum(y^k/k, k, 1, 3, hold=True))(2).numpy(), TensorFunction(product(y + k, k, 1, y, hold=True))([2, 3]).numpy()
    (np.float64(6.666666666666666), array([ 12., 120.]))

The derivatives are those of Leibniz's rule, for the limits of integrals too; that by a variable that moves a jump of the integrand is NaN
if the jump is not one of those that :mod:`~sage_tf.symbolic.jumps` finds.
The bound variable is no argument, whatever its name. A limit of a sum
that is no integer gives NaN, and a sum or product without terms is 0 or 1.
"""
from functools import partial

import numpy as np
import tensorflow as tf
from sage.rings.integer import Integer
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.conditions import Relation
from sage_tf.symbolic.gradients import broadcast, differentiable
from sage_tf.symbolic.graph import BINDERS, Graph, free_variables
from sage_tf.symbolic.jumps import Divided, divided
from sage_tf.symbolic.partials import Partials
from sage_tf.symbolic.quadrature import fixed, integrated
from sage_tf.symbolic.row import Row

# Terms of a sum that are computed together, for each point.
_BLOCK = 32

# How often an integral over a function may be differentiated under the integral sign where its singular points move.
_ORDERS = {**dict.fromkeys(('sgn', 'floor', 'ceil', 'frac', 'unit_step', 'heaviside', 'kronecker_delta', 'arg', 'arctan2'), 0),
           **dict.fromkeys(('abs', 'max', 'min'), 1)}

# Larger expressions are not written anew with the distance from an end of the range as variable.
_LARGEST_SHIFTED = 10000


class Binder:
    r"""
    An expression with a bound variable, as an operation in a graph.

    INPUT:

    - ``e`` -- held integral, sum or product: its operands are the body, the bound variable and two limits

    - ``operation`` -- function as :func:`~sage_tf.symbolic.functions.operation`, for the operators within

    Its operands in the graph are the limits, 0 for an infinite one, and the free variables of the body.

    EXAMPLES::

        sage: from sage_tf.symbolic.binders import Binder
        sage: from sage_tf.symbolic.functions import operation
        sage: y = var('y')
        sage: Binder(integrate(sin(x*y), x, 0, x, hold=True), operation).operands
        (0, x, y)
    """
    def __init__(self, e, operation):
        self._e = e
        self._operation = operation
        self.body, self.variable, *self.limits = e.operands()
        if not self.variable.is_symbol():
            raise NotImplementedError(f"{e} binds {self.variable}, which is no variable; give it a symbol")
        self.is_finite = [not limit.is_infinity() for limit in self.limits]
        self.symbols = tuple(symbol for symbol in free_variables(self.body) if str(symbol) != str(self.variable))
        self.operands = (*(limit if is_finite else SR(0) for limit, is_finite in zip(self.limits, self.is_finite, strict=True)),
                         *self.symbols)

    def __eq__(self, other):
        return type(self) is type(other) and self._e.is_trivially_equal(other._e) and self._operation == other._operation

    def __hash__(self):
        return hash(self._e)

    def __repr__(self):
        return str(self._e.operator())

    def on_tensors(self, dtype):
        """
        Return the function of the tensors of the operands. It computes in double precision.
        """
        wide = tf.complex128 if dtype.is_complex else tf.float64
        inner = self.wide(wide)
        return lambda *tensors: tf.cast(inner(*(tf.cast(t, wide) for t in tensors)), dtype)

    def simplified(self, graph, args):
        """
        Return the number of the node of the value if it is a constant that can be found, else None.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: node = graph.nodes[graph.read(integrate(sin(sin(x)), x, 0, 1, hold=True))]
            sage: node.op, RR(node.value)
            ('constant', 0.430606103120691)
            sage: graph.nodes[graph.read(integrate(1/x, x, 0, 1, hold=True))].op
            integrate
        """
        if any(graph.nodes[a].op != 'constant' for a in args):
            return None
        for wide in (tf.float64, tf.complex128):
            try:
                with tf.init_scope():
                    found = self.on_tensors(wide)(*(tf.constant(round_number(graph.nodes[a].value, wide)) for a in args))
                    found = found.numpy()
            except (TypeError, OverflowError, NotImplementedError):     # a constant or function that is not real
                continue
            if np.isfinite(found):
                return graph.read(SR(complex(found)) if wide.is_complex else SR(float(found)))
        return None

    def function(self, body, variable, dtype):
        """
        Return an expression as a function of the variable, the limits and the free variables.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.binders import Binder
            sage: from sage_tf.symbolic.functions import operation
            sage: y = var('y')
            sage: b = Binder(integrate(x*y, x, 0, x, hold=True), operation)
            sage: f = b.function(x*y, x, tf.float64)
            sage: f(*[tf.constant(float(k), tf.float64) for k in (3, 0, 10, 2)]).numpy()
            np.float64(6.0)
        """
        from sage_tf.symbolic.lowering import Program  # the table of functions has these constructions
        graph = Graph(self._operation)
        root = graph.read(body)
        self.has_weights = any(hasattr(node.op, 'bundle') for node in graph.nodes)
        program = Program(graph, [root], (variable, *self.symbols), dtype)

        def at(t, lower, upper, *values):
            found, = program((t, *values))
            return broadcast(found, t, *values)[0]

        return at


def derivative(function, k):
    """
    Return the derivative of a function of tensors by its k-th argument.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.binders import derivative
        sage: derivative(lambda x, y: x*y^2r, 1)(tf.constant([1.0r, 2.0r]), tf.constant(3.0r)).numpy()
        array([ 6., 12.], dtype=float32)
    """
    partials = Partials(lambda *tensors: [function(*tensors)], [(0, (k,))])
    return lambda *tensors: partials(*broadcast(*tensors))[0]


# -- integrals ---------------------------------------------------------------------------------------------------------

class Integral(Binder):
    r"""
    A definite integral.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.binders import Integral
        sage: from sage_tf.symbolic.functions import operation
        sage: y = var('y')
        sage: f = Integral(integrate(exp(-y*x^2), x, -oo, oo, hold=True), operation).on_tensors(tf.float32)
        sage: zero, t = tf.constant(0.0r), tf.constant([1.0r, 4.0r])
        sage: f(zero, zero, t).numpy(), [n(sqrt(pi)), n(sqrt(pi)/2)]
        (array([1.7724539 , 0.88622695], dtype=float32), [1.77245385090552, 0.886226925452758])
    """
    def wide(self, dtype):
        """
        Return the integral as a function of the operands, in double precision.
        """
        plain = self.function(self.body, self.variable, dtype)
        if self.has_weights:
            if not all(self.is_finite):
                raise NotImplementedError(f"the integral {self._e} of a bound function has an infinite limit; give finite ones")
            return fixed(plain)
        return _integral(self.is_finite, self._orders(), plain, *self._shifted(dtype, plain))

    def _orders(self):
        """
        Return for each symbol how often the integral may be differentiated by it under the integral sign, None for any number.

        A jump that moves with the symbol has a part in the derivative that no integral of derivatives has, and a kink in the second one.

        EXAMPLES::

            sage: from sage_tf.symbolic.binders import Integral
            sage: from sage_tf.symbolic.functions import operation
            sage: y, z, t = var('y, z, t')
            sage: e = integrate(abs(x - y)*floor(t)*z*unit_step(x + t), x, 0, 1, hold=True)
            sage: Integral(e, operation)._orders()                              # t, y, z
            [0, 1, None]
        """
        graph = Graph(self._operation)
        root = graph.read(self.body)
        depends, orders = {}, dict.fromkeys(map(str, self.symbols))
        for number in graph.reachable([root]):
            op, args, value = graph.nodes[number]
            found = depends[number] = {str(value)} if op == 'symbol' else set().union(*(depends[a] for a in args))
            order = 0 if isinstance(op, Relation) else _ORDERS.get(op)
            if order is not None and str(self.variable) in found:
                orders.update((name, order) for name in found if name in orders and orders[name] != 0)
        return list(orders.values())

    def _shifted(self, dtype, plain):
        """
        Return the integrand as a function of the distance from a limit, for each limit.

        It is written anew, unless it is large or has bound variables: next to 1, 1/sqrt(1 - x) has no digits left.
        """
        found = []
        for limit, is_finite, sign in zip(self.limits, self.is_finite, (1, -1), strict=True):
            distance = SR.symbol()
            is_shifted = is_finite and not limit.is_zero() and not free_variables(limit)
            body = self._from(limit, sign * distance) if is_shifted else None
            place = len(found)
            found.append(partial(_at_distance, plain, sign, place) if body is None else self.function(body, distance, dtype))
        return found

    def _from(self, limit, step):
        """Return the integrand at a step from a limit, None if it cannot be written anew."""
        graph = Graph(lambda head, e: head)
        size = graph.tree_size(graph.read(self.body))
        if size > _LARGEST_SHIFTED or any(getattr(node.op, 'name', str)() in BINDERS for node in graph.nodes if callable(node.op)):
            return None
        try:
            found = self.body.subs({self.variable: limit + step})
        except (TypeError, ValueError, ArithmeticError, RuntimeError):
            return None
        return None if self.variable in free_variables(found) else found        # Sage does not look into cases


def _at_distance(function, sign, place, distance, *arguments):
    """Return the value of a function at a distance from one of its limits."""
    return function(arguments[place] + sign * distance, *arguments)


def _integral(is_finite, orders, *functions):
    """
    Return an integral as a function of the operands, with its derivatives.

    The functions are the integrand by its variable and by the distances from the limits.
    """
    def value(*arguments):
        return integrated(*functions, *is_finite)(*arguments)

    def by_parameter(k, *arguments):
        if orders[k] == 0:
            return tf.fill(tf.shape(arguments[0]), tf.constant(np.nan, arguments[0].dtype))
        fewer = orders if orders[k] is None else [order and order - 1 for order in orders]
        return _integral(is_finite, fewer, *(derivative(f, 3 + k) for f in functions))(*arguments)

    def by_limit(k, *arguments):
        if not is_finite[k]:
            return tf.zeros_like(arguments[k])
        at_limit = functions[0](arguments[k], *arguments)
        return at_limit if k else -at_limit

    return lambda *arguments: differentiable(value, partial(by_limit, 0), partial(by_limit, 1), *(
        partial(by_parameter, k) for k in range(len(orders))))(*arguments)


# -- sums and products -------------------------------------------------------------------------------------------------

class Sum(Binder):
    r"""
    A sum over the integers between two limits.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.binders import Sum
        sage: from sage_tf.symbolic.functions import operation
        sage: y, k = var('y, k')
        sage: f = Sum(sum(y^k, k, 0, y, hold=True), operation).on_tensors(tf.float64)
        sage: t = tf.constant([2.0r, 3.0r, 2.5r, -1.0r, -2.0r], tf.float64)
        sage: f(tf.zeros([], tf.float64), t, t).numpy()                 # 1 + 2 + 4, 1 + 3 + 9 + 27
        array([ 7., 40., nan,  0.,  0.])
    """
    is_product = False

    def wide(self, dtype):
        """
        Return the sum as a function of the operands, in double precision.
        """
        terms = self.function(self.body, self.variable, dtype)
        count = _count(*self.limits)
        if count is not None and (count <= _BLOCK or self.has_weights):
            return partial(_unrolled, terms, count, self.is_product)
        if self.has_weights:
            raise NotImplementedError(f"the limits of {self._e} vary, and it has a bound function; give constant limits")
        return _product(terms) if self.is_product else _sum(terms)


class Product(Sum):
    r"""
    A product over the integers between two limits.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: y, k, m = var('y, k, m')
        sage: t = tf.constant([2.0r, 5.0r], tf.float64)
        sage: for upper in (4, m):                                      # constant limits are treated otherwise
        ....:     f = TensorFunction(product(y - k, k, 1, upper, hold=True), (y, m))
        ....:     with tf.GradientTape() as tape:
        ....:         tape.watch(t)
        ....:         s = f(t, 4)
        ....:     print(s.numpy(), tape.gradient(s, t).numpy())
        [ 0. 24.] [ 2. 50.]
        [ 0. 24.] [ 2. 50.]
    """
    is_product = True


def _count(lower, upper):
    """Return the number of integers between constant limits, None if these are no constants or no integers."""
    try:
        return max(int(Integer(upper)) - int(Integer(lower)) + 1, 0)
    except (TypeError, ValueError):
        return None


def _unrolled(terms, count, is_product, lower, upper, *values):
    """Return a sum or product of few terms by TensorFlow's operations, which it differentiates."""
    lower, upper, *values = broadcast(lower, upper, *values)
    if not count:
        return tf.ones_like(lower) if is_product else tf.zeros_like(lower)
    places = tf.reshape(tf.cast(tf.range(count), lower.dtype), tf.concat([[count], tf.ones_like(tf.shape(lower))], 0))
    found = terms(lower + places, lower, upper, *values)
    if not is_product:
        return tf.reduce_sum(found, axis=0)
    while count > 1:                                                # in pairs: the gradient needs no division
        half, rest = divmod(count, 2)
        pairs = found[:half] * found[half:2*half]
        found = tf.concat([pairs, found[2*half:]], axis=0) if rest else pairs   # XLA fails on parts of size 0
        count = half + rest
    return found[0]


def _looped(terms, is_product, lower, upper, *values):
    """Return a sum or product for tensors of limits of one shape, a block of terms at a time."""
    lower, upper, *values = (tf.stop_gradient(t) for t in (lower, upper, *values))         # the caller has the derivatives
    start, end = tf.math.real(lower), tf.math.real(upper)
    proper = tf.equal(start, tf.floor(start)) & tf.equal(end, tf.floor(end)) & tf.equal(lower, tf.cast(start, lower.dtype))
    proper = proper & tf.equal(upper, tf.cast(end, lower.dtype))
    counts = tf.where(proper, end - start + 1, tf.zeros_like(start))
    neutral = tf.ones_like(lower) if is_product else tf.zeros_like(lower)
    rank = lower.shape.rank
    ones = tf.ones_like(tf.shape(lower)) if rank is None else tf.ones(rank, tf.int32)
    places = tf.reshape(tf.range(_BLOCK, dtype=start.dtype), tf.concat([[_BLOCK], ones], 0))
    reduce, combine = (tf.reduce_prod, tf.multiply) if is_product else (tf.reduce_sum, tf.add)

    def is_open(first, total):
        return tf.reduce_any(first < counts)

    def add_block(first, total):
        inside = first + places < counts
        at = tf.cast(tf.where(inside, start + first + places, start), lower.dtype)
        found = terms(at, lower, upper, *values)
        return first + _BLOCK, combine(total, reduce(tf.where(inside, found, neutral), axis=0))

    _, total = tf.while_loop(is_open, add_block, (tf.zeros([], start.dtype), neutral))
    return tf.where(proper, total, tf.constant(float('nan'), total.dtype))


def _sum(terms):
    """Return a sum as a function of the operands, with its derivatives: the limits have none."""
    def by_parameter(k, *arguments):
        return _sum(derivative(terms, 3 + k))(*arguments)

    return _with_partials(partial(_looped, terms, False), by_parameter)


def _product(terms):
    """Return a product as a function of the operands, with its derivatives: the sum of products in which one factor is replaced."""
    def others(at, lower, upper, left_out, *values):
        return tf.where(tf.equal(at, left_out), tf.ones_like(at), terms(at, lower, upper, *values))

    def by_parameter(k, *arguments):
        def term(at, lower, upper, *values):
            return derivative(terms, 3 + k)(at, lower, upper, *values) * _product(others)(lower, upper, at, *values)
        return _sum(term)(*arguments)

    return _with_partials(partial(_looped, terms, True), by_parameter)


def _with_partials(value, by_parameter):
    """Return a function of limits, which have no derivative, and of parameters."""
    def by_limit(*arguments):
        return tf.zeros_like(arguments[0])

    return lambda *arguments: differentiable(value, by_limit, by_limit, *(
        partial(by_parameter, k) for k in range(len(arguments) - 2)))(*arguments)


# -- what the table of functions has ------------------------------------------------------------------------------------

def integrate(e, operation):
    """
    Return the operation of a held integral.

    TESTS::

        sage: y = var('y')
        sage: integrate(sin(x^3*y), x, hold=True).to_tf()
        Traceback (most recent call last):
        ...
        NotImplementedError: the integral integrate(sin(x^3*y), x) has no limits, and so no value; give two limits
    """
    if len(e.operands()) != 4:
        raise NotImplementedError(f"the integral {e} has no limits, and so no value; give two limits")
    parts = divided(e)
    return Divided(tuple(parts)) if len(parts) > 1 or parts[0] is not e else Integral(e, operation)


def sum_or_product(kind, e, operation):
    """
    Return the operation of a held sum or product.

    TESTS::

        sage: y, k = var('y, k')
        sage: sum(y^k/k^k, k, 1, oo, hold=True).to_tf()
        Traceback (most recent call last):
        ...
        NotImplementedError: sum(y^k/k^k, k, 1, +Infinity) has infinitely many terms; give finite limits or a closed form, as .unhold() may find
    """
    found = kind(e, operation)
    if not all(found.is_finite):
        raise NotImplementedError(f"{e} has infinitely many terms; give finite limits or a closed form, as .unhold() may find")
    return found


COMPOUNDS = {'integrate': integrate, 'sum': partial(sum_or_product, Sum), 'product': partial(sum_or_product, Product)}

ROWS = {
    'integrate': Row(None, arity=None, kind='compound', note='held and definite; NaN where the estimated error is larger than 1e-10'),
    'sum': Row(None, arity=None, kind='compound', note='held, with finitely many terms'),
    'product': Row(None, arity=None, kind='compound', note='held, with finitely many factors'),
}
