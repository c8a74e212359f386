r"""
The operations of the search, as Sage has them

EXAMPLES::

    sage: from sage_tf.regression.forms import TRANSFORMS
    sage: TRANSFORMS['square'].inverse(x)
    sqrt(x)
"""
import operator
from collections import namedtuple

import numpy as np
from sage.functions.hyperbolic import tanh
from sage.functions.log import exp, ln
from sage.functions.other import sqrt
from sage.functions.trig import arccos, arcsin, arctan, cos, sin
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR


def _exponential(e):
    """
    Return the exponential of an expression, with powers for logarithms and a factor for a constant.

    EXAMPLES::

        sage: from sage_tf.regression.forms import _exponential
        sage: _exponential(2*log(x) - 2), _exponential(3*x), _exponential(x + log(2*x))
        (x^2*e^(-2), e^(3*x), 2*x*e^x)
    """
    factors, rest = [], []
    for term in e.operands() if e.operator() is add_vararg else [e]:
        parts = term.operands() if term.operator() is mul_vararg else [term]
        logarithms = [part for part in parts if part.operator() == ln]
        if len(logarithms) == 1 and all(part.is_numeric() for part in parts if part.operator() != ln):
            factors.append(logarithms[0].operands()[0]**SR(1).mul(*[part for part in parts if part.is_numeric()]))
        elif term.variables():
            rest.append(term)
        else:
            factors.append(exp(term))
    return SR(1).mul(*factors, *([exp(SR(0).add(*rest))] if rest else []))


#: name -> function of Sage expressions
OPERATIONS = {
    'one': lambda: SR(1), 'add': operator.add, 'sub': operator.sub, 'mul': operator.mul, 'div': operator.truediv,
    'square': lambda e: e**2, 'sqrt': sqrt, 'inverse': lambda e: 1 / e, 'exp': _exponential, 'log': ln, 'sin': sin, 'cos': cos, 'tanh': tanh,
}

Transform = namedtuple('Transform', 'function inverse low high back slope')
Transform.__doc__ = r"""
    A function that is applied to the data before they are fitted.

    - ``function`` -- of an array, ``inverse`` -- of a Sage expression

    - ``low``, ``high`` -- between which the data must lie for the inverse to give them back

    - ``back``, ``slope`` -- the inverse and its derivative, of arrays

    EXAMPLES::

        sage: from sage_tf.regression.forms import TRANSFORMS
        sage: TRANSFORMS['log'].inverse(x), TRANSFORMS['log'].low
        (e^x, 0)
        sage: TRANSFORMS['square'].back(9r), TRANSFORMS['square'].slope(9r)
        (3.0, 0.16666666666666666)
    """

#: By name, in the order in which they are tried.
TRANSFORMS = {
    'identity': Transform(lambda y: y, lambda e: e, -np.inf, np.inf, lambda v: v, np.ones_like),
    'square': Transform(np.square, sqrt, 0, np.inf, np.sqrt, lambda v: 0.5 * v**-0.5),
    'inverse': Transform(np.reciprocal, lambda e: 1 / e, -np.inf, np.inf, np.reciprocal, lambda v: -(v**-2.0)),
    'inverse square': Transform(lambda y: y**-2, lambda e: 1 / sqrt(e), 0, np.inf, lambda v: v**-0.5, lambda v: -0.5 * v**-1.5),
    'log': Transform(np.log, exp, 0, np.inf, np.exp, np.exp),
    'exp': Transform(np.exp, ln, -300, 300, np.log, np.reciprocal),
    'sqrt': Transform(np.sqrt, lambda e: e**2, 0, np.inf, np.square, lambda v: 2 * v),
    'sin': Transform(np.sin, arcsin, -np.pi / 2, np.pi / 2, np.arcsin, lambda v: (1 - v * v)**-0.5),
    'cos': Transform(np.cos, arccos, 0, np.pi, np.arccos, lambda v: -((1 - v * v)**-0.5)),
    'tan': Transform(np.tan, arctan, -np.pi / 2, np.pi / 2, np.arctan, lambda v: 1 / (1 + v * v)),
}


def _shifted(name, shift):
    """Return a transform followed by the addition of a constant."""
    function, inverse, low, high, back, slope = TRANSFORMS[name]
    return Transform(lambda y: function(y) + shift, lambda e: inverse(e - shift), low, high, lambda v: back(v - shift), lambda v: slope(v - shift))


#: Transforms of what is then a product of powers
FOR_POWERS = {'identity': TRANSFORMS['identity']} | {
    f'{name} {shift:+}': _shifted(name, shift)
    for name in ('identity', 'square', 'inverse', 'inverse square', 'log', 'exp', 'sin', 'cos', 'tan')
    for shift in (0, -1, 1) if (name, shift) != ('identity', 0)
}
