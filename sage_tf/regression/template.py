r"""
Laws of a given form, with one function to be found

EXAMPLES::

    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.template import Template
    sage: f = function('f'); t = var('t')
    sage: template = Template(exp(-t)*f(x)^3)
    sage: problem = Problem.of([[1, 0], [2, 0], [3, 1]], [8, 27, float(64*exp(-1))], variables='x, t')
    sage: reduction = template.reduced(problem); reduction.problem
    3 points of x
    sage: reduction.problem.y, reduction.law(x + 1)
    (array([2., 3., 4.]), (x + 1)^3*e^(-t))

ALGORITHM:

The form is solved for the function, operation by operation; that gives its values at the points. They are searched for a law by themselves.
"""
from operator import pow as power

import numpy as np
from sage.functions.generalized import sgn
from sage.functions.hyperbolic import arccosh, arcsinh, arctanh, cosh, sinh, tanh
from sage.functions.log import exp, ln
from sage.functions.trig import arccos, arcsin, arctan, cos, sin, tan
from sage.misc.misc_c import prod
from sage.rings.integer_ring import ZZ
from sage.symbolic.expression import Expression
from sage.symbolic.function_factory import SymbolicFunction
from sage.symbolic.operators import FDerivativeOperator, add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.numeric import values_of
from sage_tf.regression.problem import Problem
from sage_tf.regression.reduction import Reduction
from sage_tf.regression.units import Dimensions

SAME = 1e-6                                                     # relative error with which the form must give the values back

#: function -> its inverse, on the principal branch
INVERSES = {exp: ln, ln: exp, sin: arcsin, cos: arccos, tan: arctan, arcsin: sin, arccos: cos, arctan: tan,
            sinh: arcsinh, cosh: arccosh, tanh: arctanh, arcsinh: sinh, arccosh: cosh, arctanh: tanh}


class Template:
    r"""
    The form of a law: an expression with one unknown function.

    INPUT:

    - ``expression`` -- a symbolic expression in which one unknown function, such as ``function('f')``, occurs once, in sums, products, powers and
      functions that have an inverse; its arguments are expressions in the variables

    An even power leaves the sign of the function open, which is then not negative; ``sin`` and the like are inverted on their principal branch.

    Raises TypeError and ValueError for other expressions.

    EXAMPLES::

        sage: from sage_tf.regression.template import Template
        sage: f = function('f'); y = var('y')
        sage: Template(f(x - y)/x + y)
        y + f(x - y)/x

    TESTS::

        sage: def refused(e):
        ....:     try: Template(e)
        ....:     except (TypeError, ValueError) as error: print(error)
        sage: refused(x^2), refused(f(x) + f(y)), refused(f(x) + function('g')(y)), refused(gamma(f(x))), refused(2^f(x) + diff(f(x), x)), refused(5r)
        template=x^2 has no unknown function; expected one, as f(x)*exp(-x) has with f = function('f')
        template=f(x) + f(y) has unknown functions in 2 places; expected one function in one place
        template=f(x) + g(y) has unknown functions in 2 places; expected one function in one place
        template=gamma(f(x)) cannot be solved for f(x): there is no inverse of gamma here; expected sums, products, powers and ...
        template=2^f(x) + diff(f(x), x) has a derivative of an unknown function; expected its values
        template=5 was given; expected an expression with an unknown function, such as f(x)*exp(-x) with f = function('f')
        (None, None, None, None, None, None)
    """
    def __init__(self, expression):
        if not isinstance(expression, Expression):
            raise TypeError(f"template={expression} was given; expected an expression with an unknown function, such as f(x)*exp(-x) "
                            "with f = function('f')")
        self.expression = SR(expression)
        calls = _calls(self.expression, expression)
        if not calls:
            raise ValueError(f"template={expression} has no unknown function; expected one, as f(x)*exp(-x) has with f = function('f')")
        if len(calls) > 1:
            raise ValueError(f"template={expression} has unknown functions in {len(calls)} places; expected one function in one place")
        self._call, self._values = calls[0], SR.symbol()
        self._solution = _solved(self.expression, self._call, self._values)

    def __repr__(self):
        return str(self.expression)

    def reduced(self, problem):
        r"""
        Return the problem of the unknown function.

        INPUT:

        - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

        OUTPUT: a :class:`~sage_tf.regression.reduction.Reduction`

        Raises ValueError if the form has other variables than the problem, and if the values cannot be of that form.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.template import Template
            sage: f = function('f'); y = var('y')
            sage: problem = Problem.of([[1, 2], [3, 5]], [1, -1], variables='x, y')
            sage: Template(x*f(x - y, y)).reduced(problem).problem
            2 points of u0, y
            sage: Template(exp(f(x))).reduced(problem)
            Traceback (most recent call last):
            ...
            ValueError: template=e^f(x) has not the values y at 1 of 2 points, whatever f(x) is; expected a form that all values can have
            sage: Template(x*f(SR.var('z'))).reduced(problem)
            Traceback (most recent call last):
            ...
            ValueError: template=x*f(z) has the variable z; expected some of x, y
        """
        unknown = [v for v in self.expression.variables() if v not in problem.variables]
        if unknown:
            raise ValueError(f"template={self} has the variable {unknown[0]}; expected some of {', '.join(map(str, problem.variables))}")
        arguments = self._call.operands()
        symbols = _symbols(arguments, problem.variables)
        X = np.column_stack([values_of(argument, problem.variables, problem.X) for argument in arguments])
        values, slopes = self._solved_values(problem)
        weights = (1 if problem.weights is None else problem.weights) * slopes**2
        weights = None if problem.weights is None and np.ptp(weights) <= 1e-9 * weights.max() or not np.isfinite(weights).all() else weights
        back = dict(zip(symbols, arguments, strict=True))
        smaller = Problem(X, values, symbols, weights)
        return Reduction(smaller, lambda expression: self.expression.subs({self._call: SR(expression).subs(back)}))

    def space(self, space, problem):
        """
        Return the dimensions of the unknown function and its arguments.

        INPUT:

        - ``space`` -- :class:`~sage_tf.regression.units.Dimensions` of the law

        - ``problem`` -- the problem of the unknown function

        Raises ValueError if the form is not consistent with any.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.template import Template
            sage: from sage_tf.regression.units import Dimensions
            sage: f = function('f'); t = var('t')
            sage: problem = Problem.of([[1, 2], [3, 5]], [1, -1], variables='x, t')
            sage: template, space = Template(x*f(x/t)), Dimensions({x: [1, 0], t: [0, 1]}, [0, 3])
            sage: template.space(space, template.reduced(problem).problem)
            {u0: (1, -1)} |--> (-1, 3)
        """
        whole = Dimensions({**{v: list(found) for v, found in space.vectors.items()}, self._values: list(space.value)})
        try:
            inputs = {v: list(whole.of(argument)) for v, argument in zip(problem.variables, self._call.operands(), strict=True)}
            return Dimensions(inputs, list(whole.of(self._solution)))
        except ValueError as error:
            raise ValueError(f"template={self} is not consistent with the units: {error}") from None

    def _solved_values(self, problem):
        """Return the values of the unknown function, and the derivative of the form by them, which says what an error of theirs counts."""
        variables = [*problem.variables, self._values]
        values = values_of(self._solution, variables, np.column_stack([problem.X, problem.y]))
        form, points = self.expression.subs({self._call: self._values}), np.column_stack([problem.X, values])
        slopes = values_of(form.diff(self._values), variables, points)
        bad = ~(np.abs(values_of(form, variables, points) - problem.y) <= SAME * np.abs(problem.y).max())
        if bad.any():
            raise ValueError(f"template={self} has not the values y at {bad.sum()} of {len(bad)} points, whatever {self._call} is; "
                             "expected a form that all values can have")
        return values, slopes


def _calls(expression, given):
    """Return the calls of unknown functions in an expression."""
    found, todo = [], [expression]
    while todo:
        e = todo.pop()
        if isinstance(e.operator(), FDerivativeOperator):
            raise ValueError(f"template={given} has a derivative of an unknown function; expected its values")
        if isinstance(e.operator(), SymbolicFunction):
            found.append(e)
        todo.extend(e.operands())
    return found


def _solved(expression, call, values):
    """Return what a call is where an expression has given values."""
    e = expression
    while e is not call and str(e) != str(call):
        operands, head = e.operands(), e.operator()
        inner = next(operand for operand in operands if _calls(operand, expression))
        others = [operand for operand in operands if operand is not inner]
        if head is add_vararg:
            values -= sum(others)
        elif head is mul_vararg:
            values /= prod(others)
        elif head is power:
            base, exponent = operands
            values = ln(values) / ln(base) if inner is exponent else _root(values, exponent)
        elif head in INVERSES:
            values = INVERSES[head](values)
        else:
            raise ValueError(f"template={expression} cannot be solved for {call}: there is no inverse of {head} here; expected sums, products, "
                             f"powers and {', '.join(map(str, INVERSES))}")
        e = inner
    return values


def _root(values, exponent):
    """Return the root of a power, that of a negative number where the exponent is odd."""
    if exponent.is_integer() and ZZ(exponent) % 2:
        return sgn(values) * abs(values)**(1 / exponent)
    return values**(1 / exponent)


def _symbols(arguments, variables):
    """Return a symbol for each argument of the function, variables themselves where they are that."""
    taken, found = {str(v) for v in variables}, []
    for argument in arguments:
        if argument.is_symbol() and argument in variables and argument not in found:
            found.append(argument)
            continue
        number = next(k for k in range(len(taken) + 1) if f'u{k}' not in taken)
        taken.add(f'u{number}')
        found.append(SR.var(f'u{number}'))
    return found
