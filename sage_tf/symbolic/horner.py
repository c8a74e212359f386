r"""
Sums of products of powers in nested form

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: y = var('y')
    sage: f = TensorFunction(x^3*y^2 + 3*x*y^2 - x^2 + 5, (x, y))
    sage: f(2, 3).numpy(), [float(t) for t in f.gradient(2, 3)]
    (np.float64(127.0), [131.0, 84.0])

ALGORITHM:

Horner's scheme in the factor that occurs in most terms, for the terms with it and for those without it in turn. Its error is bounded as that of the
sum is: by a few units of rounding times the sum of the absolute values of the terms. Only factors of which a higher power occurs are taken
out; others, such as a common exponential, may be what keeps a term from overflow.

REFERENCES: M. Ceberio, V. Kreinovich, Greedy algorithms for optimizing multivariate Horner schemes, SIGSAM Bulletin 38 (2004), 8-15.
"""
from collections import Counter
from dataclasses import dataclass
from functools import partial

import tensorflow as tf
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.gradients import differentiable, scale, shift
from sage_tf.symbolic.graph import Node
from sage_tf.symbolic.lowering import add_all
from sage_tf.symbolic.powers import LARGEST_PRODUCT, rational


def nest(graph, roots):
    r"""
    Replace the sums of products of powers in a graph by polynomials.

    INPUT:

    - ``graph`` -- a :class:`~sage_tf.symbolic.graph.Graph`; its nodes are changed

    - ``roots`` -- the numbers of the nodes that are needed

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.horner import nest
        sage: y = var('y')
        sage: graph = Graph(operation)
        sage: roots = [graph.read(e) for e in (x^2*y + 3*x, sin(x)*y + cos(x)*y)]
        sage: nest(graph, roots)
        sage: [graph.nodes[number].op for number in roots]
        [Polynomial(terms=((1, ((0, 2), (1, 1))), (3, ((0, 1),))), nested=(0,)), 'add']
    """
    plain = list(graph.nodes)                                   # what a replaced node contains is read as it was
    for number in graph.reachable(roots):
        if plain[number].op == 'add':
            found = _polynomial(plain, plain[number].args)
            if found is not None:
                graph.nodes[number] = Node(*found, None)


def _polynomial(nodes, args):
    """Return the polynomial that a sum is, and its arguments; None if there is nothing to take out of several terms."""
    terms = [_term(nodes, a) for a in args]
    counts = Counter(base for _, powers in terms for base in powers)
    nested = {base for _, powers in terms for base, n in powers.items() if n > 1 and counts[base] > 1}
    if not nested:
        return None
    places = {base: place for place, base in enumerate(sorted(counts))}
    found = tuple((c, tuple(sorted((places[base], n) for base, n in powers.items()))) for c, powers in terms)
    return Polynomial(found, tuple(sorted(places[base] for base in nested))), tuple(sorted(counts))


def _term(nodes, number):
    """Return the constant factor of a term, and the exponents of the others by their bases."""
    constant, powers = SR(1), Counter()
    for factor in nodes[number].args if nodes[number].op == 'mul' else (number,):
        op, args, value = nodes[factor]
        exponent = rational(nodes[args[1]].value) if op == 'pow' and nodes[args[1]].op == 'constant' else None
        if op == 'constant':
            constant *= value
        elif exponent is not None and exponent.denominator() == 1 and 1 < exponent <= LARGEST_PRODUCT:
            powers[args[0]] += int(exponent)
        else:
            powers[factor] += 1
    return (constant, powers) if sum(powers.values()) <= LARGEST_PRODUCT else (SR(1), {number: 1})


@dataclass(frozen=True)
class Polynomial:
    """
    The operation of a polynomial.

    ATTRIBUTES:

    - ``terms`` -- pairs of an exact coefficient and pairs of the place of an argument and its exponent

    - ``nested`` -- the places of the arguments that are taken out of several terms

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.horner import Polynomial
        sage: p = Polynomial(((1, ((0, 2),)), (3, ((0, 1), (1, 1))), (-1, ())), (0,))       # x^2 + 3*x*y - 1
        sage: p.on_tensors(tf.float32)(tf.constant(2.0r), tf.constant(5.0r)).numpy(), p.size
        (np.float32(33.0), 6)
    """
    terms: tuple
    nested: tuple

    vectorizes = True                                           # on_tensors knows a form for XLA on a CPU

    @property
    def size(self):
        """Return about how many operations it takes."""
        return sum(1 + len(powers) for _, powers in self.terms)

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function on tensors of a dtype; for XLA the derivatives are polynomials in nested form, too.
        """
        terms = [(round_number(c, dtype), dict(powers)) for c, powers in self.terms]
        arity = 1 + max(place for _, powers in terms for place in powers)
        return _function(terms, self.nested, arity) if vectorized else lambda *tensors: _value(terms, self.nested, *tensors)


def _function(terms, nested, arity):
    """Return a polynomial as a function on tensors with its partial derivatives, made when they are needed."""
    if not any(powers for _, powers in terms):
        return lambda *tensors: tf.fill(tf.shape(tensors[0]), tf.constant(sum(c for c, _ in terms), tensors[0].dtype))

    def slope(place, *tensors):
        derived = [(c * c.dtype.type(powers[place]), _divided(powers, place, 1)) for c, powers in terms if place in powers]
        return _function(derived, nested, arity)(*tensors)

    return differentiable(partial(_value, terms, nested), *[partial(slope, place) for place in range(arity)])


def _value(terms, nested, *tensors):
    """Return the value of a polynomial, of which not all terms are constant, at tensors."""
    known = {}

    def power(place, n):
        if n == 1:
            return tensors[place]
        if (place, n) not in known:
            known[place, n] = power(place, n - 1) * tensors[place] if n % 2 else tf.square(power(place, n // 2))
        return known[place, n]

    def product(c, powers):
        factors = [power(place, n) for place, n in powers.items()]
        result = factors[0]
        for factor in factors[1:]:
            result = result * factor
        return result if c == 1 else -result if c == -1 else scale(result, tf.constant(c))

    def total(terms):
        parts, left = [], set(range(len(terms)))
        for place, holders in _by_frequency(terms, nested):
            holders = [k for k in holders if k in left]
            if len(holders) > 1:
                left.difference_update(holders)
                n = min(terms[k][1][place] for k in holders)
                parts.append(power(place, n) * total([(terms[k][0], _divided(terms[k][1], place, n)) for k in holders]))
        rest = [terms[k] for k in sorted(left)]
        parts += [product(c, powers) for c, powers in rest if powers]
        constants = [c for c, powers in rest if not powers]
        if not parts:
            return tf.constant(sum(constants))
        result = add_all(*parts) if len(parts) > 1 else parts[0]
        return shift(result, tf.constant(sum(constants))) if constants else result

    return total(terms)


def _by_frequency(terms, nested):
    """Return pairs of a place to take out of terms and the numbers of these, the longest lists first."""
    holders = {place: [] for place in nested}
    for k, (_, powers) in enumerate(terms):
        for place in holders.keys() & powers:
            holders[place].append(k)
    return sorted(holders.items(), key=lambda item: -len(item[1]))


def _divided(powers, place, n):
    """Return the exponents of a product divided by a power."""
    rest = {other: m for other, m in powers.items() if other != place}
    return {**rest, place: powers[place] - n} if powers[place] > n else rest
