r"""
Formulas of real numbers that overflow, underflow or cancel on the way, in another form

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: t = tf.constant([-800.0r, 0.0r, 800.0r], tf.float32)
    sage: for e in (log(exp(x) + 1), log(cosh(x)), sqrt(x^4), 1/(exp(x) + 1)):
    ....:     f = TensorFunction(e, dtype='float32')
    ....:     print(f(t).numpy(), f.gradient(t)[0].numpy())
    [0.000000e+00 6.931472e-01 8.000000e+02] [0.  0.5 1. ]
    [799.3068   0.     799.3068] [-1.  0.  1.]
    [640000.      0. 640000.] [-1600.     0.  1600.]
    [1.  0.5 0. ] [-0.   -0.25 -0.  ]

ALGORITHM:

The nodes of a graph are looked at one by one; each form below, a function of a node and its operands, says by what it is replaced.
"""
from dataclasses import dataclass

import tensorflow as tf
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import is_real, round_number
from sage_tf.symbolic import real as re
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.graph import Node
from sage_tf.symbolic.powers import power_function, rational
from sage_tf.symbolic.vectorized import VECTORIZED


def stabilize(graph, roots):
    r"""
    Replace the nodes of a graph that have a better form over the real numbers.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`; its nodes are changed

    - ``roots`` -- the numbers of the nodes that are needed

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.stable import stabilize
        sage: graph = Graph(operation)
        sage: roots = [graph.read(e) for e in (log(exp(x)), 1/cosh(x), 3*cosh(x) - 3*sinh(x), sqrt(x^2))]
        sage: stabilize(graph, roots)
        sage: [graph.nodes[number].op for number in roots]
        ['add', 'sech', Stable(form='exponential', constants=(3, -1)), Stable(form='even root', constants=(1,))]
    """
    plain = list(graph.nodes)                                   # what a replaced node contains is read as it was
    for number in graph.reachable(roots):
        look = _LOOKS.get(plain[number].op)
        found = look(plain, plain[number].args) if look else None
        if found is not None:
            graph.nodes[number] = Node(*found, None)


@dataclass(frozen=True)
class Stable:
    """
    An operation of one of the forms below, with the constants in it.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.stable import Stable
        sage: Stable('even root', (SR(3),)).on_tensors(tf.float32)(tf.constant(-2.0r)).numpy()
        np.float32(8.0)
    """
    form: str
    constants: tuple = ()

    vectorizes = True                                           # on_tensors knows a form for XLA on a CPU

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function on tensors of a real dtype.
        """
        form = _FORMS[self.form]
        if form in (_log1p, _expm1, _reciprocal, _logistic):
            return form(dtype, *self.constants, vectorized=vectorized)
        return form(dtype, *self.constants)


# -- what is replaced --------------------------------------------------------------------------------------------------

def _constant(nodes, number):
    """Return the constant of a node, None for other nodes."""
    return nodes[number].value if nodes[number].op == 'constant' else None


def _look_at_power(nodes, args):
    """Even powers under a root, and the reciprocals of what grows like the exponential function."""
    base, exponent = nodes[args[0]], _constant(nodes, args[1])
    q = None if exponent is None else rational(exponent)
    if q is None:
        return None
    if base.op == 'pow':
        n = _constant(nodes, base.args[1])
        n = None if n is None else rational(n)
        is_even = n is not None and n > 0 and n.denominator() == 1 and n % 2 == 0
        return (Stable('even root', (SR(n * q),)), base.args[:1]) if is_even else None
    if q != -1:
        return None
    if base.op in _RECIPROCAL:
        return _RECIPROCAL[base.op], base.args
    return _with_exponential(nodes, base, 'reciprocal', lambda c, k: True)


_RECIPROCAL = {'cosh': 'sech', 'sinh': 'csch'}


def _look_at_logarithm(nodes, args):
    """Logarithms of exponentials and hyperbolic cosines."""
    argument = nodes[args[0]]
    if argument.op == 'exp':
        return 'add', argument.args
    if argument.op == 'cosh':
        return Stable('logarithm of cosh'), argument.args
    found = _with_exponential(nodes, argument, 'logarithm', lambda c, k: is_positive(c) and is_positive(k))
    if found is None and argument.op == 'add':
        rest = [a for a in argument.args if not _is_one(nodes, a)]
        found = (Stable('log1p'), tuple(rest)) if len(rest) < len(argument.args) else None
    return found


def _is_one(nodes, number):
    """Return whether a node is the constant 1."""
    value = _constant(nodes, number)
    return value is not None and rational(value) == 1


def _with_exponential(nodes, node, form, serves):
    """Return the form for c + k*exp(a), with real constants c and k for which it serves."""
    if node.op != 'add' or len(node.args) != 2:
        return None
    first, second = sorted(node.args, key=lambda a: nodes[a].op != 'constant')
    c, (k, a) = _constant(nodes, first), _term(nodes, second)
    if c is None or nodes[a].op != 'exp' or not (is_real(c) and is_real(k) and serves(c, k)):
        return None
    return Stable(form, (c, k)), nodes[a].args


def _look_at_product(nodes, args):
    """The quotient of exp(a) and a power of c + k*exp(a)."""
    for place, number in enumerate(args):
        op, (base, exponent) = nodes[number].op, (*nodes[number].args, None, None)[:2]
        if op != 'pow' or (value := _constant(nodes, exponent)) is None or (n := -(rational(value) or 0)) not in (1, 2, 3):
            continue
        found = _with_exponential(nodes, nodes[base], 'logistic', lambda c, k: True)
        others = args[:place] + args[place + 1:]
        exponential = next((a for a in others if found and nodes[a].op == 'exp' and nodes[a].args == found[1]), None)
        if exponential is not None:
            return Stable('logistic', (*found[0].constants, int(n))), (*found[1], *(a for a in others if a != exponential))
    return None


def _look_at_sum(nodes, args):
    """Twice a hyperbolic function, of which one part cancels, and exp(a) - 1."""
    found = _with_exponential(nodes, Node('add', args, None), 'expm1', lambda c, k: (c + k).is_trivial_zero())
    return found or _look_at_hyperbolic_sum(nodes, args)


def _look_at_hyperbolic_sum(nodes, args):
    """The sum of c*cosh(a) and c*sinh(a), or their difference."""
    terms = {}                                                  # function, its argument -> its coefficient, its place in the sum
    for place, number in enumerate(args):
        coefficient, factor = _term(nodes, number)
        if nodes[factor].op in _RECIPROCAL:
            terms[nodes[factor].op, nodes[factor].args] = coefficient, place
    for (name, inner), (c, place) in terms.items():
        s, other = terms.get(('sinh', inner), (0, None))
        if name == 'cosh' and other is not None and (c - s).is_trivial_zero() | (c + s).is_trivial_zero():
            sign = SR(1 if (c - s).is_trivial_zero() else -1)
            rest = tuple(a for k, a in enumerate(args) if k not in (place, other))
            return Stable('exponential', (c, sign)), (*inner, *rest)
    return None


def _term(nodes, number):
    """Return the constant factor of a term and the number of the other factor, of the whole if there are several."""
    op, args, _ = nodes[number]
    if op == 'mul' and len(args) == 2:
        for c, other in (args, args[::-1]):
            if nodes[c].op == 'constant':
                return nodes[c].value, other
    return SR(1), number


def is_positive(constant):
    """
    Return whether a constant is certainly positive.

    EXAMPLES::

        sage: from sage_tf.symbolic.stable import is_positive
        sage: is_positive(pi - 3), is_positive(SR(0)), is_positive(SR(I))
        (True, False, False)
    """
    return is_real(constant) and bool(round_number(constant, tf.float64) > 0)


_LOOKS = {'pow': _look_at_power, 'log': _look_at_logarithm, 'add': _look_at_sum, 'mul': _look_at_product}


# -- what replaces it --------------------------------------------------------------------------------------------------

def _even_root(dtype, exponent):
    """Return ``x -> |x|^exponent``, for an even exponent without the absolute value."""
    power, ratio = power_function(exponent, dtype), rational(exponent)
    return power if ratio.denominator() == 1 and ratio % 2 == 0 else lambda x: power(tf.abs(x))


def _exponential(dtype, coefficient, sign):
    """Return ``(a, *rest) -> coefficient*exp(sign*a) + the sum of the rest``."""
    factor = round_number(coefficient, dtype)

    def function(a, *rest):
        return sum(rest, tf.constant(factor) * tf.exp(a if sign == 1 else -a))

    return function


def _sigmoid(b):
    """Return ``1/(1 + exp(-b))`` with all digits where it is small; XLA makes TensorFlow's of tanh."""
    small = tf.exp(-tf.abs(b))
    return tf.where(b < 0, small, tf.ones_like(b)) / (1 + small)


sigmoid = differentiable(_sigmoid, lambda b: sigmoid(b) * sigmoid(-b))
softplus = differentiable(lambda b: tf.maximum(b, tf.zeros_like(b)) + tf.math.log1p(tf.exp(-tf.abs(b))), sigmoid)


def _logarithm(dtype, c, k):
    """Return ``a -> log(c + k*exp(a))``."""
    low, shift = round_number(c.log(), dtype), round_number((k / c).log(), dtype)
    return lambda a: softplus(a + tf.constant(shift)) + tf.constant(low)


def _elementary(name, vectorized):
    """Return a function in the form for XLA on a CPU, or TensorFlow's own."""
    return VECTORIZED[name] if vectorized and name in VECTORIZED else getattr(tf.math, name)


def _log1p(dtype, vectorized=False):
    """Return ``(a, ...) -> log(1 + a + ...)``."""
    return lambda *terms: _elementary('log1p', vectorized)(sum(terms[1:], terms[0]))


def _expm1(dtype, c, k, vectorized=False):
    """Return ``a -> k*exp(a) - k``."""
    factor = round_number(k, dtype)
    return lambda a: tf.constant(factor) * _elementary('expm1', vectorized)(a)


def _reciprocal(dtype, c, k, vectorized=False):
    """Return ``a -> 1/(c + k*exp(a))``, whose derivative would be zero times infinity where the exponential overflows."""
    c_rounded, k_rounded = round_number(c, dtype), round_number(k, dtype)
    less_one = (c + k).is_trivial_zero()

    def value(a):
        if less_one:
            return 1 / (tf.constant(k_rounded) * _elementary('expm1', vectorized)(a))
        return 1 / (tf.constant(c_rounded) + tf.constant(k_rounded) * tf.exp(a))

    def derivative(a):
        return -tf.constant(k_rounded) * function(a) * _reciprocal(dtype, k, c, vectorized)(-a)

    function = differentiable(value, derivative)
    return function


def _logistic(dtype, c, k, n, vectorized=False):
    """Return ``(a, ...) -> exp(a)/(c + k*exp(a))^n``, times the other arguments."""
    def function(a, *factors):
        result = _reciprocal(dtype, k, c, vectorized)(-a)
        for factor in (*factors, *[_reciprocal(dtype, c, k, vectorized)(a)] * (n - 1)):
            result = result * factor
        return result
    return function


def _log_cosh(x):
    near = tf.sinh(tf.clip_by_value(x, -1, 1) / 2)
    size = tf.abs(x)
    far = size + (tf.math.log1p(tf.exp(-2 * size)) - tf.constant(0.6931471805599453, x.dtype))
    return tf.where(size < 1, tf.math.log1p(2 * near * near), far)


log_cosh = differentiable(_log_cosh, re.tanh)

_FORMS = {
    'even root': _even_root,
    'exponential': _exponential,
    'logarithm': _logarithm,
    'log1p': _log1p,
    'expm1': _expm1,
    'logistic': _logistic,
    'logarithm of cosh': lambda dtype: log_cosh,
    'reciprocal': _reciprocal,
}
