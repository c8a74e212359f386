r"""
Smooth functions for steps and pulses

EXAMPLES::

    sage: from sage_tf.symbolic.mollify import mollified
    sage: e = mollified(x*dirac_delta(x - 1), 1/10)
    sage: [round(float(e(x=t)), 6) for t in (0.5, 1, 1.1)]
    [7e-06, 3.989423, 2.661678]
    sage: mollified(heaviside(x) + sgn(x), 1/2)
    3/2*erf(sqrt(2)*x) + 1/2
"""
from collections import namedtuple

from sage.functions.error import erf
from sage.functions.log import exp
from sage.functions.other import sqrt
from sage.functions.piecewise import piecewise
from sage.symbolic.constants import pi
from sage.symbolic.operators import FDerivativeOperator
from sage.symbolic.ring import SR

from sage_tf.symbolic.graph import BINDERS, Graph

Whole = namedtuple('Whole', 'value operands')                   # what is not made of its operands anew

_ARITHMETIC = {'add': lambda *terms: SR(0).add(*terms), 'mul': lambda *factors: SR(1).mul(*factors), 'pow': lambda a, b: a**b}


def mollified(expression, width):
    r"""
    Return an expression in which pulses and steps are smooth.

    INPUT:

    - ``expression`` -- symbolic expression

    - ``width`` -- positive number or expression, such as a symbol to be given as a parameter

    OUTPUT: the expression with the Gaussian of standard deviation ``width`` for ``dirac_delta``, so with area 1, its integral for
    ``heaviside`` and ``unit_step``, and the corresponding function between -1 and 1 for ``sgn``; derivatives of ``dirac_delta`` are those of the
    Gaussian

    EXAMPLES::

        sage: from sage_tf.symbolic.mollify import mollified
        sage: w = var('w')
        sage: mollified(dirac_delta(x), w)
        1/2*sqrt(2)*e^(-1/2*x^2/w^2)/(sqrt(pi)*w)
        sage: f = mollified(dirac_delta(x - 1)*x, 1/100).to_tf()
        sage: f(1).numpy(), RDF(100/sqrt(2*pi))
        (np.float64(39.89422804014327), 39.8942280401432...)

    TESTS::

        sage: e = cases([(x < 0, heaviside(x - w)), (True, integrate(unit_step(x), x, 0, w, hold=True))]) + function('u')(x)
        sage: mollified(e, 1/2)
        cases(((x < 0, 1/2*erf(-sqrt(2)*(w - x)) + 1/2), (1, integrate(1/2*erf(sqrt(2)*x) + 1/2, x, 0, w)))) + u(x)
        sage: bool(mollified(diff(dirac_delta(2*x), x, 2), 1) == diff(mollified(dirac_delta(2*x), 1), x, 2))
        True
        sage: mollified(piecewise([((0, 1), sgn(x))]), 1/2)
        piecewise(x|-->erf(sqrt(2)*x) on (0, 1); x)
        sage: mollified(x, 0)
        Traceback (most recent call last):
        ...
        ValueError: the width 0 was given; expected a positive one
    """
    width = SR(width)
    if width.is_real() and bool(width <= 0):
        raise ValueError(f"the width {width} was given; expected a positive one")

    def rebuilt(node, args):
        if isinstance(node.op, Whole):
            domains, variable = node.op.value
            return piecewise([(domain, mollified(value, width)) for domain, value in domains], var=variable)
        if node.op is None or node.op in ('symbol', 'constant'):
            return node.value
        return _applied(node.op, args, width)

    graph, found = Graph(_head), {}
    root = graph.read(expression)
    for number in graph.reachable([root]):
        node = graph.nodes[number]
        found[number] = rebuilt(node, [found[a] for a in node.args])
    return found[root]


def _head(head, e):
    """Return the operator of an expression, with what the expression has besides operands."""
    if str(head) == 'piecewise':
        return Whole((tuple(e.items()), e.operands()[1]), ())
    return head


def _applied(op, args, width):
    """Return an operator, smooth if it is a step or pulse, at its operands."""
    if op in _ARITHMETIC:
        return _ARITHMETIC[op](*args)
    if op is tuple:
        return tuple(args)
    function = op.function() if isinstance(op, FDerivativeOperator) else op
    smooth = _SMOOTH.get(getattr(function, 'name', str)())
    if smooth is None:
        is_held = getattr(op, 'name', str)() in BINDERS
        return SR(op(*args, hold=True) if is_held else op(*args))
    if function is op:
        return smooth(*args, width)
    variable = SR.symbol()
    return smooth(variable, width).diff(variable, len(op.parameter_set())).subs({variable: args[0]})


def _pulse(x, width):
    return exp(-x**2 / (2*width**2)) / (sqrt(2*pi) * width)


def _step(x, width):
    return (1 + erf(x / (sqrt(SR(2)) * width))) / 2


_SMOOTH = {'dirac_delta': _pulse, 'heaviside': _step, 'unit_step': _step, 'sgn': lambda x, width: 2*_step(x, width) - 1}
