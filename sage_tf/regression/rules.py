r"""
Rules about the operations in a law

EXAMPLES::

    sage: from sage_tf.regression.rules import Rules
    sage: rules = Rules(weights={'sin': 3}, limits={'exp': 1}, nesting={'sin': ['sin', 'exp']})
    sage: rules.allow(sin(x) + exp(x)), rules.allow(sin(sin(x) + 1)), rules.allow(exp(x)/(1 + exp(2*x)))
    (True, False, False)
    sage: rules.complexity(sin(x) + 1), Rules().complexity(sin(x) + 1)
    (6, 4)
"""
import operator
from collections import Counter

from sage.rings.rational_field import QQ
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.operators import Binding


class Rules:
    r"""
    What operations there are beside the usual ones, what they cost, and where they may occur.

    INPUT:

    - ``defined`` -- list of :class:`~sage_tf.regression.defined.DefinedOperator`

    - ``weights`` -- dictionary from names of operations to positive integers, what each counts in the complexity (default: 1)

    - ``limits`` -- dictionary from names to how often each may occur in a law

    - ``nesting`` -- dictionary from names to lists of names that must not occur inside

    Sums have the name ``'+'`` whatever their signs; a product is ``'*'``, and ``'/'`` for each factor in the denominator; powers
    are ``'square'``, ``'sqrt'``, or as many products as it takes.
    """
    def __init__(self, defined=(), weights=None, limits=None, nesting=None):
        self.defined = list(defined)
        self.weights, self.limits, self.nesting = dict(weights or {}), dict(limits or {}), dict(nesting or {})
        self._names = {op.key: op.name for op in self.defined}

    def __repr__(self):
        given = {'defined': self.defined, **{name: dict(sorted(getattr(self, name).items())) for name in ('weights', 'limits', 'nesting')}}
        return f"Rules({', '.join(f'{name}={value}' for name, value in given.items() if value)})"

    def __eq__(self, other):
        return isinstance(other, Rules) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    def operations(self, e):
        """
        Return the outermost operations of an expression, with their numbers.

        EXAMPLES::

            sage: from sage_tf.regression.rules import Rules
            sage: [sorted(Rules().operations(e).items()) for e in (x^2 - x + 1, 3*x/sin(x), x^-(3/2), exp(x))]
            [[('+', 2)], [('*', 1)], [('*', 2), ('/', 1), ('sqrt', 1)], [('exp', 1)]]
        """
        head = e.operator()
        operands = [operand for operand in e.operands() if operand.variables()]
        if head is None or not operands:
            return Counter()
        if head is add_vararg:
            return Counter({'+': len(e.operands()) - 1})
        if head is mul_vararg:
            above = [f for f in e.operands() if not _is_inverse(f) and str(f) not in ('1', '-1')]
            return +Counter({'*': len(above) - 1})
        if head is operator.pow:
            return _of_power(e.operands()[1])
        return Counter({self._names.get(str(head), str(head)): 1})

    def allow(self, expression):
        """
        Return whether an expression keeps to the limits and the nesting.

        EXAMPLES::

            sage: from sage_tf.regression.rules import Rules
            sage: Rules(limits={'sqrt': 1}).allow(sqrt(x) + 1/sqrt(x + 1)), Rules(nesting={'log': '+'}).allow(log(x + 1))
            (False, False)
        """
        if not (self.limits or self.nesting):
            return True
        total = Counter()

        def inside(e):
            """Return the names in an expression, itself included; None if something is where it must not be."""
            found = set()
            for operand in e.operands():
                names = inside(operand)
                if names is None:
                    return None
                found |= names
            own = self.operations(e)
            total.update(own)
            if any(found & set(self.nesting.get(name, ())) for name in own):
                return None
            return found | set(own)
        return inside(SR(expression)) is not None and all(total[name] <= most for name, most in self.limits.items())

    def complexity(self, expression):
        """
        Return the number of nodes of an expression, each by its weight; an operator that the user defines is one node.

        EXAMPLES::

            sage: from sage_tf.regression.defined import DefinedOperator
            sage: from sage_tf.regression.rules import Rules
            sage: op = DefinedOperator(x^3 + 1)
            sage: Rules([op]).complexity(op.function(x)), Rules([op], {'x^3 + 1': 4}).complexity(op.function(x)), Rules().complexity(x^3 + 1)
            (2, 5, 5)
        """
        graph = Graph(Binding({op.function: op for op in self.defined if op.key != op.name}).operation)
        found, todo = graph.tree_size(graph.read(SR(expression))), [SR(expression)] if self.weights else []
        while todo:
            e = todo.pop()
            todo.extend(e.operands())
            found += sum((self.weights.get(name, 1) - 1) * number for name, number in self.operations(e).items())
        return found


def _is_inverse(factor):
    """Return whether a factor stands in the denominator."""
    if factor.operator() is not operator.pow:
        return False
    exponent = factor.operands()[1]
    return exponent in QQ and QQ(exponent) < 0


def _of_power(exponent):
    """Return the operations that make a power."""
    if exponent not in QQ:
        return Counter({'^': 1})
    exponent = QQ(exponent)
    power = abs(exponent.numerator())
    found = Counter({'/': int(exponent < 0), 'sqrt': exponent.denominator().valuation(2)})
    found.update({'square': 1} if power == 2 else {'*': int(power) - 1})
    return +found
