r"""
Values of expressions at many points, and their derivatives by constants, in NumPy

A search evaluates thousands of expressions, each a few times: here nothing is compiled, differentiated symbolically or continued where it has no
value, as a :class:`~sage_tf.symbolic.tensor_function.TensorFunction` would.

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.numeric import Program
    sage: c = var('c')
    sage: program = Program(exp(-c*x), [x], [c])
    sage: program(numpy.array([[0.0r], [1.0r]]), [2.0r])                        # abs tol 1e-12
    (array([1.        , 0.13533528]), array([[ 0.        , -0.13533528]]))

ALGORITHM: the chain rule, forward, one operation after the other.
"""
from operator import pow as power

import numpy as np
from sage.functions.hyperbolic import arccosh, arcsinh, arctanh, cosh, sinh, tanh
from sage.functions.log import exp, ln
from sage.functions.other import abs_symbolic, sqrt
from sage.functions.trig import arccos, arcsin, arctan, cos, cot, csc, sec, sin, tan
from sage.rings.integer import Integer
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.defined import expanded
from sage_tf.symbolic.tensor_function import TensorFunction

BLOCK = 100000                                                  # points that a graph is given at once

#: function of Sage -> its values, and its derivative from argument and value
FUNCTIONS = {
    exp: (np.exp, lambda x, y: y), ln: (np.log, lambda x, y: 1 / x), sqrt: (np.sqrt, lambda x, y: 0.5 / y),
    sin: (np.sin, lambda x, y: np.cos(x)), cos: (np.cos, lambda x, y: -np.sin(x)), tan: (np.tan, lambda x, y: 1 + y * y),
    cot: (lambda x: 1 / np.tan(x), lambda x, y: -1 - y * y), sec: (lambda x: 1 / np.cos(x), lambda x, y: y * np.tan(x)),
    csc: (lambda x: 1 / np.sin(x), lambda x, y: -y / np.tan(x)), sinh: (np.sinh, lambda x, y: np.cosh(x)),
    cosh: (np.cosh, lambda x, y: np.sinh(x)), tanh: (np.tanh, lambda x, y: 1 - y * y),
    arcsin: (np.arcsin, lambda x, y: (1 - x * x)**-0.5), arccos: (np.arccos, lambda x, y: -((1 - x * x)**-0.5)),
    arctan: (np.arctan, lambda x, y: 1 / (1 + x * x)), arcsinh: (np.arcsinh, lambda x, y: (1 + x * x)**-0.5),
    arccosh: (np.arccosh, lambda x, y: (x * x - 1)**-0.5), arctanh: (np.arctanh, lambda x, y: 1 / (1 - x * x)),
    abs_symbolic: (np.abs, lambda x, y: np.sign(x)),
}


class Program:
    r"""
    An expression, ready to be evaluated.

    INPUT:

    - ``expression`` -- of Sage

    - ``variables`` -- list of its variables, ``constants`` -- list of symbols by which it is differentiated (default: none)

    Raises NotImplementedError for functions that are not in :data:`FUNCTIONS`, TypeError for constants that are not real.

    Called with an array of shape (points, variables) and the values of the constants, it returns an array of shape (points,) of the values, NaN or
    infinite where there are none, and one of shape (constants, points) of the derivatives.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.numeric import Program
        sage: Program(sqrt(x)/2 + 1, [x])(numpy.array([[4.0r], [-1.0r]]))[0]
        array([ 2., nan])
        sage: Program(zeta(x), [x])
        Traceback (most recent call last):
        ...
        NotImplementedError: zeta is not evaluated here
    """
    def __init__(self, expression, variables, constants=()):
        self._count, self._steps = len(constants), []
        self._slots, self._width = {}, len(variables) + len(constants)
        for k, symbol in enumerate((*variables, *constants)):
            self._slots[str(symbol)] = k
        self._is_free = {k for k in range(len(variables), self._width)}
        self._last = self._read(expression)

    def _read(self, e):
        """Return the number of the slot of an expression, with the steps that fill it."""
        key = str(e)
        if key not in self._slots:
            head = e.operator()
            if not e.variables():
                step, free = ('constant', float(e)), False
            elif head is None:
                raise NotImplementedError(f"{e} is not evaluated here")
            else:
                step = self._step(head, e.operands())
                free = any(k in self._is_free for k in step[-1])
            self._steps.append(step)
            self._slots[key] = self._width
            if free:
                self._is_free.add(self._width)
            self._width += 1
        return self._slots[key]

    def _step(self, head, operands):
        if head is power and not operands[1].variables():
            exponent = operands[1].pyobject() if operands[1].is_numeric() else operands[1]
            return 'power', int(exponent) if isinstance(exponent, Integer) else float(exponent), [self._read(operands[0])]
        if head is power:
            return 'general power', None, [self._read(o) for o in operands]
        if head is add_vararg or head is mul_vararg:
            return ('sum' if head is add_vararg else 'product'), None, [self._read(o) for o in operands]
        if head not in FUNCTIONS:
            raise NotImplementedError(f"{head} is not evaluated here")
        return 'function', FUNCTIONS[head], [self._read(operands[0])]

    def __call__(self, X, constants=()):
        values = [*X.T, *map(float, constants)]
        slopes = {len(values) - self._count + k: {k: 1.0} for k in range(self._count)}
        with np.errstate(all='ignore'):
            for step in self._steps:
                value, parts = _STEPS[step[0]](step[1], *([values[k] for k in step[2]] if len(step) > 2 else ()))
                found = {}
                if len(step) > 2 and any(k in slopes for k in step[2]):
                    for k, part in zip(step[2], parts(), strict=True):
                        for name, slope in slopes.get(k, {}).items():
                            found[name] = found[name] + part * slope if name in found else part * slope
                if found:
                    slopes[len(values)] = found
                values.append(value)
        gradient = np.zeros((self._count, len(X)))
        for name, slope in slopes.get(self._last, {}).items():
            gradient[name] = slope
        return np.broadcast_to(np.asarray(values[self._last], dtype=float), (len(X),)), gradient


def values_of(expression, variables, X, share=1.0):
    """
    Return the values of an expression at points, in float64; NaN or infinite where it has none.

    INPUT:

    - ``expression`` -- of Sage; ``variables`` -- list of its variables; ``X`` -- array of shape (points, variables)

    - ``share`` -- of the points at which it may have no value and they are asked for nevertheless, as it may have a limit there (default: all)

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.numeric import values_of
        sage: values_of(x^2, [x], numpy.array([[1.0r], [3.0r]])), values_of(SR(2), [x], numpy.array([[1.0r]]))
        (array([1., 9.]), array([2.]))
        sage: values_of(sin(x)/x, [x], numpy.array([[0.0r]])), values_of(sin(x)/x, [x], numpy.array([[0.0r]]), share=0r)
        (array([1.]), array([nan]))
    """
    expression = expanded(SR(expression))
    try:
        program = Program(expression, variables)
        values = np.concatenate([program(X[start:start + BLOCK])[0] for start in range(0, max(len(X), 1), BLOCK)])
        open_ = ~np.isfinite(values)
        if not open_.any() or open_.mean() > share:
            return values
    except NotImplementedError:
        values, open_ = np.empty(len(X)), np.ones(len(X), dtype=bool)
    used = [k for k, variable in enumerate(variables) if expression.has(variable)]
    function, rows = TensorFunction(expression, tuple(variables[k] for k in used), jit=False), np.nonzero(open_)[0]
    for start in range(0, len(rows), BLOCK):
        block = rows[start:start + BLOCK]
        values[block] = function(*X[np.ix_(block, used)].T).numpy()
    return values


def _power(exponent, base):
    value = base**exponent if isinstance(exponent, int) and exponent > 0 else np.power(base, float(exponent))
    return value, lambda: [exponent * np.power(base, float(exponent - 1))]


def _general_power(_, base, exponent):
    value = np.power(base, exponent)
    return value, lambda: [exponent * np.power(base, exponent - 1.0), value * np.log(base)]


def _product(_, *factors):
    value = factors[0]
    for factor in factors[1:]:
        value = value * factor

    def parts():
        for k in range(len(factors)):
            rest = 1.0
            for j, factor in enumerate(factors):
                if j != k:
                    rest = rest * factor
            yield rest
    return value, lambda: list(parts())


def _sum(_, *terms):
    value = terms[0]
    for term in terms[1:]:
        value = value + term
    return value, lambda: [1.0] * len(terms)


def _function(pair, argument):
    value = pair[0](argument)
    return value, lambda: [pair[1](argument, value)]


#: kind of a step -> function of its datum and its operands, that returns the value and a function that returns the derivatives by the operands
_STEPS = {
    'constant': lambda number: (number, None), 'power': _power, 'general power': _general_power, 'product': _product, 'sum': _sum,
    'function': _function,
}
