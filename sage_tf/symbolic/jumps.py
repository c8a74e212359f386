r"""
Integrals whose integrand jumps at a point that moves with a variable

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: y = var('y')
    sage: f = TensorFunction(integrate(heaviside(y - x)*cos(x), x, 0, 1, hold=True))
    sage: f([-1, 1/2, 2]).numpy(), f.gradient([-1, 1/2, 2])[0].numpy()
    (array([0.        , 0.47942554, 0.84147098]), array([0.        , 0.87758256, 0.        ]))

ALGORITHM:

The range is divided at the jump, which becomes a limit of two integrals, min(jump, limit) on its left and max(jump, limit) on its right. Then
Leibniz's rule gives the derivatives, those of higher order too.
"""
from sage.functions.generalized import heaviside, sgn, unit_step
from sage.functions.min_max import max_symbolic, min_symbolic
from sage.symbolic.integration.integral import definite_integral
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import free_variables
from sage_tf.symbolic.stable import is_positive

# Functions and their values for negative and for positive arguments. Those of more jumps would make too many integrals.
_STEPS = {heaviside: (0, 1), unit_step: (0, 1), sgn: (-1, 1)}
_MOST = 4


def divided(e):
    r"""
    Return integrals without moving jumps whose sum is a given one.

    INPUT:

    - ``e`` -- held definite integral

    OUTPUT: list of held integrals, ``e`` alone if it has no such jumps, or some whose places are not found: they must be zeros of the
    argument of a step function, linear in the bound variable with a constant slope

    EXAMPLES::

        sage: from sage_tf.symbolic.jumps import divided
        sage: y = var('y')
        sage: divided(integrate(sgn(2*x - y)*exp(x), x, 0, oo, hold=True))
        [integrate(-e^x, x, min(1/2*y, 0), 1/2*y), integrate(e^x, x, max(1/2*y, 0), +Infinity)]
        sage: divided(integrate(unit_step(x - y), x, 0, 1, hold=True))
        [integrate(1, x, max(y, 0), max(y, 1))]
        sage: len(divided(integrate(unit_step(x - 1/2)*x*y, x, 0, 1, hold=True))), len(divided(integrate(unit_step(x*y), x, 0, 1, hold=True)))
        (1, 1)
    """
    done, todo = [], [e]
    while todo and len(done) + len(todo) <= _MOST:
        found = todo.pop()
        parts = _at_one_jump(*found.operands())
        if parts is None:
            done.append(found)
        else:
            todo += [part for part in reversed(parts) if not part.operands()[0].is_trivial_zero()]
    return done if done and not todo else [e]


def _at_one_jump(body, variable, lower, upper):
    """Return the integrals on the left and on the right of a moving jump, None if there is none."""
    for step, values in _STEPS.items():
        for part in body.find(step(SR.wild(0))):
            argument = part.operands()[0]
            slope = argument.diff(variable)
            if slope.variables() or not (is_positive(slope) or is_positive(-slope)):
                continue
            place = -argument.subs({variable: 0}) / slope
            if not free_variables(place) or variable in free_variables(place):
                continue
            sides = values if is_positive(slope) else values[::-1]
            return [definite_integral(body.subs({part: value}), variable, *(_bounded(extremum, place, limit) for limit in (lower, upper)), hold=True)
                    for value, extremum in zip(sides, (min_symbolic, max_symbolic), strict=True)]
    return None


def _bounded(extremum, place, limit):
    """Return the minimum or maximum of a place and a limit, which may be infinite."""
    if not limit.is_infinity():
        return extremum(place, limit)
    return limit if (extremum is max_symbolic) == limit.is_positive_infinity() else place


class Divided:
    """
    The sum of expressions, as an operation that a graph replaces by it.

    EXAMPLES::

        sage: from sage_tf.symbolic.functions import operation
        sage: from sage_tf.symbolic.graph import Graph
        sage: from sage_tf.symbolic.jumps import Divided
        sage: graph = Graph(operation)
        sage: graph.nodes[Divided((x, x^2)).simplified(graph, (graph.read(x), graph.read(x^2)))].op
        'add'
    """
    def __init__(self, expressions):
        self.operands = expressions

    def simplified(self, graph, args):
        """
        Return the number of the node of the sum of the nodes with the given numbers.
        """
        return args[0] if len(args) == 1 else graph.node('add', args)
