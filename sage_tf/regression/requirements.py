r"""
What a law must be: all that the user may ask of it

EXAMPLES::

    sage: from sage_tf.regression.requirements import Requirements
    sage: requirements = Requirements(['+', '*', 'sin'], limits={'sin': 1}, required='x')
    sage: y = var('y')
    sage: [requirements.allow(e, e) for e in (x + sin(y), sin(y), sin(x) + sin(y), exp(x))]
    [True, False, False, False]
"""
import numpy as np
from sage.symbolic.ring import SR

from sage_tf.regression.defined import expanded
from sage_tf.regression.law import law_of
from sage_tf.regression.operators import Operators
from sage_tf.regression.plain import plain_laws
from sage_tf.regression.problem import Problem, names_of
from sage_tf.regression.reduction import Reduction, choices_of_units, nondimensional
from sage_tf.regression.rewriting import rewritten
from sage_tf.regression.rules import Rules
from sage_tf.regression.settings import Settings
from sage_tf.regression.template import Template
from sage_tf.regression.units import Dimensions
from sage_tf.sampling.points import as_integer

HEAVIEST = 100                                                  # weight of an operator


class Requirements:
    r"""
    What the laws of a search must be, each of them.

    INPUT:

    - ``operators``, ``weights``, ``limits``, ``nesting``, ``required``, ``template``, ``units`` -- as of
      :class:`~sage_tf.regression.regressor.SymbolicRegressor`, the second to fourth without the prefix ``operator_``

    Raises TypeError, ValueError and NotImplementedError for what cannot be asked for.

    EXAMPLES::

        sage: from sage_tf.regression.requirements import Requirements
        sage: def refused(**given):
        ....:     try: Requirements(**given)
        ....:     except (TypeError, ValueError) as error: print(error)
        sage: refused(weights={'sin': 0}), refused(weights={'sinus': 2}), refused(limits={'exp': -1})
        operator_weights has 0 for sin; expected an integer from 1 to 100
        operator_weights: the operator sinus is unknown; expected +, ..., or a function of Sage
        operator_limits has -1 for exp; expected an integer from 0 to 100
        (None, None, None)
        sage: refused(operators=['+', 'sin'], nesting={'sin': ['exp']}), refused(limits=5), refused(nesting={'sin': 5})
        nesting: exp is none of the operators +, sin
        operator_limits=5 was given; expected a dictionary from operators, such as {'sin': 1}
        nesting has 5 for sin; expected a list of the operators that must not occur inside
        (None, None, None)
        sage: refused(units=[units.length.meter])
        units=[meter] was given; expected a pair of the units of the variables, a list or a dictionary, and the unit of the values
    """
    def __init__(self, operators=None, weights=None, limits=None, nesting=None, required=None, template=None, units=None):
        self.operators = Operators(operators)
        self.rules = Rules(self.operators.defined, self._numbers('operator_weights', weights, 1), self._numbers('operator_limits', limits, 0),
                           self._nesting(nesting))
        self.required = [] if required is None else list(map(SR.var, names_of(required)))
        self._template = None if template is None else Template(template)
        if units is not None and not (isinstance(units, (list, tuple)) and len(units) == 2):
            raise ValueError(f"units={units} was given; expected a pair of the units of the variables, a list or a dictionary, and the unit of the values")
        self._units = units

    def __repr__(self):
        """
        TESTS:

        The same for what is the same, in whatever order and by whatever object it is given::

            sage: from sage_tf.regression.requirements import Requirements
            sage: Requirements(['+', lambda t: t^2 + 1, sin], limits={sin: 1}, required='b, a')
            +, sin, t^2 + 1; Rules(defined=[t^2 + 1], limits={'sin': 1}); required [a, b]; template None; units None
        """
        return (f"{self.operators}; {self.rules}; required {sorted(self.required, key=str)}; template {self._template}; "
                f"units {self._units}")

    def _items(self, parameter, given):
        """Return the pairs of a dictionary, with the names of operators."""
        if given is None:
            return []
        if not hasattr(given, 'items'):
            raise TypeError(f"{parameter}={given} was given; expected a dictionary from operators, such as {{'sin': 1}}")
        return [(self._name(parameter, key), value) for key, value in given.items()]

    def _name(self, parameter, key):
        try:
            return self.operators.name(key)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise type(error)(f"{parameter}: {error}") from None

    def _numbers(self, parameter, given, least):
        """Return a dictionary from names of operators to integers."""
        found = {}
        for name, number in self._items(parameter, given):
            found[name] = as_integer(number, f"{parameter}[{name!r}]")
            if not least <= found[name] <= HEAVIEST:
                raise ValueError(f"{parameter} has {number} for {name}; expected an integer from {least} to {HEAVIEST}")
        return found

    def _nesting(self, given):
        """Return a dictionary from names of operators to lists of names."""
        found = {}
        for name, inner in self._items('nesting', given):
            inner = inner.replace(',', ' ').split() if isinstance(inner, str) else inner
            if not isinstance(inner, (list, tuple, set, frozenset)):
                raise TypeError(f"nesting has {inner} for {name}; expected a list of the operators that must not occur inside")
            found[name] = sorted(self._name('nesting', each) for each in inner)
        return found

    def of(self, problem, output=0, outputs=1):
        """
        Return what is sought for a problem.

        INPUT:

        - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

        - ``output``, ``outputs`` -- which of how many its values are

        OUTPUT: a :class:`Sought`

        Raises ValueError for variables that the problem does not have, and for units and values that no law can have.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.requirements import Requirements
            sage: problem = Problem.of([[1, 2], [3, 4]], [1, 2], variables='a, b')
            sage: Requirements(required='a, c').of(problem)
            Traceback (most recent call last):
            ...
            ValueError: c is required, but no variable of the data; expected some of a, b
            sage: Requirements(required='a').of(problem).problem
            2 points of a, b
            sage: Requirements(units=([[1]], [2])).of(problem)
            Traceback (most recent call last):
            ...
            ValueError: units has 1 unit for 2 variables; give one for each of a, b
        """
        missing = [v for v in self.required if v not in problem.variables]
        if missing:
            raise ValueError(f"{missing[0]} is required, but no variable of the data; expected some of {', '.join(map(str, problem.variables))}")
        return Sought(self, problem, self._space(problem.variables, output, outputs), self._template)

    def _space(self, variables, output, outputs):
        """Return the dimensions of a problem, ``None`` if they are not given."""
        if self._units is None:
            return None
        inputs, value = self._units
        if outputs > 1:
            if not isinstance(value, (list, tuple)) or len(value) != outputs:
                raise ValueError(f"units has {value} for {outputs} outputs; give a list with the unit of each")
            value = value[output]
        if hasattr(inputs, 'items'):
            given = {SR.var(v) if isinstance(v, str) else SR(v): unit for v, unit in inputs.items()}
            for v in given:
                if v not in variables:
                    raise ValueError(f"units has a unit for {v}; expected the variables {', '.join(map(str, variables))}")
            inputs = [given.get(v) for v in variables]
        if not isinstance(inputs, (list, tuple)) or len(inputs) != len(variables):
            count = len(inputs) if isinstance(inputs, (list, tuple)) else 1
            raise ValueError(f"units has {count} {'unit' if count == 1 else 'units'} for {len(variables)} variables; "
                             f"give one for each of {', '.join(map(str, variables))}")
        return Dimensions(dict(zip(variables, inputs, strict=True)), value)

    def allow(self, form, law):
        """
        Return whether a law meets what does not depend on the data.

        INPUT:

        - ``form`` -- the law, or the function in it that is sought, with the operators of the user as functions

        - ``law`` -- the whole law
        """
        return self.operators.allow(form) and self.rules.allow(form) and all(law.has(v) for v in self.required)


class Sought:
    r"""
    What is sought for a problem: laws of a smaller one, from which those asked for are made.

    INPUT:

    - ``requirements`` -- :class:`Requirements`

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``space`` -- its :class:`~sage_tf.regression.units.Dimensions`, or ``None``

    - ``template`` -- a :class:`~sage_tf.regression.template.Template`, or ``None``

    ATTRIBUTES:

    - ``problem`` -- that which is searched

    What the search finds is the *form* of a law: what stands for the unknown function of the template, in which the operators of the user are functions, so
    that it can be checked, and found again in a checkpoint. The law itself is what the user sees.
    """
    def __init__(self, requirements, problem, space, template):
        self._requirements, self._space, self._template = requirements, space, template
        if template is not None:
            self._reduction = template.reduced(problem)
        else:                                                   # a unit is a reason to have a variable that does not vary
            self._reduction = Reduction(_varying(problem, requirements.required) if space is None else problem)
        self.problem = self._reduction.problem
        self._positive = [v for v, column in zip(problem.variables, problem.X.T, strict=True) if (column > 0).all()]
        self._last = None, None
        self._inner_space = space if space is None or template is None else template.space(space, self.problem)
        if space is not None and self._inner_space.monomial() is None:
            raise ValueError(f"no product of powers of {', '.join(map(str, self.problem.variables))} has the unit of the values, and so no law; "
                             "expected other units, or a constant with its unit as one more variable")

    def settings(self, seed):
        """
        Return what the tasks of the search are told.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.requirements import Requirements
            sage: problem = Problem.of([[1, 2], [3, 4]], [1, 2], variables='a, b')
            sage: Requirements(['+', 'exp']).of(problem).settings((1r,)).unary
            ('exp',)
        """
        template = '' if self._template is None else str(self._template)
        return Settings(self._requirements.operators.unary, seed, self._requirements.rules, self._inner_space, template)

    def plain_laws(self):
        """
        Yield simple laws, as pairs of an expression and its constants: means and linear fits, so that there always is something.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.requirements import Requirements
            sage: problem = Problem.of([[1, 2], [3, 4]], [3, 27], variables='a, b')
            sage: next(Requirements(units=([[1], [1]], [2])).of(problem).plain_laws())
            (3*a^2, [...])
        """
        if self._inner_space is None:
            yield from plain_laws(self.problem, bool(self._requirements.required))
            return
        for units in choices_of_units(self.problem, self._inner_space):
            reduction = nondimensional(self.problem, self._inner_space, units)
            for expression, constants in plain_laws(reduction.problem, bool(self._requirements.required)):
                law = law_of(self.problem, reduction.law(expression), constants)
                yield reduction.law(expression) if law is None else law.expression, constants

    def law(self, form):
        """
        Return what the user sees of a form.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.requirements import Requirements
            sage: problem = Problem.of([[1], [2], [3]], [1, 2, 3], variables='x')
            sage: form = (e^(2*x) - 1)/(e^(2*x) + 1)
            sage: Requirements().of(problem).law(form), Requirements('+ * / exp').of(problem).law(form)
            (tanh(x), (e^(2*x) - 1)/(e^(2*x) + 1))
        """
        return expanded(self._written(form))

    def _written(self, form):
        """Return the law of a form as clear as it can be said with the operators that are allowed, those of the user as functions."""
        if form is not self._last[0]:
            law, requirements = self._reduction.law(form), self._requirements
            clear = rewritten(law, self._positive)
            allowed = clear is law or requirements.operators.allow(clear) and requirements.rules.allow(clear)
            self._last = form, clear if allowed else law
        return self._last[1]

    def complexity(self, form):
        """
        Return the complexity of a law, by its form.
        """
        return self._requirements.rules.complexity(self._written(form))

    def allow(self, form):
        """
        Return whether a law meets the requirements, by its form.

        EXAMPLES::

            sage: from sage_tf.regression.problem import Problem
            sage: from sage_tf.regression.requirements import Requirements
            sage: problem = Problem.of([[1, 2], [3, 4]], [1, 2], variables='a, b')
            sage: a, b = problem.variables
            sage: sought = Requirements(units=([[1], [1]], [2])).of(problem)
            sage: sought.allow(2*a*b), sought.allow(a + b)
            (True, False)
        """
        law = self.law(form)
        return self._requirements.allow(form, law) and (self._space is None or self._space.is_consistent(law))


def _varying(problem, required):
    """
    Return a problem without the variables that are the same everywhere, of which the data cannot tell how they enter; those that are required stay.

    EXAMPLES::

        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.requirements import _varying
        sage: problem = Problem.of([[1, 2, 5], [3, 2, 5]], [1, 2], variables='a, b, c')
        sage: a, b, c = problem.variables
        sage: _varying(problem, []), _varying(problem, [c])
        (2 points of a, 2 points of a, c)
        sage: _varying(Problem.of([[2], [2]], [1, 2]), [])
        2 points of x0
    """
    kept = [k for k, v in enumerate(problem.variables) if np.ptp(problem.X[:, k]) or v in required]
    if not kept or len(kept) == len(problem.variables):
        return problem
    return Problem(problem.X[:, kept], problem.y, [problem.variables[k] for k in kept], problem.weights)
