r"""
Operators that the user defines

EXAMPLES::

    sage: from sage_tf.regression.defined import DefinedOperator, expanded
    sage: y = var('y')
    sage: parallel = DefinedOperator(x*y/(x + y)); parallel
    x*y/(x + y)
    sage: form = parallel.function(sin(x), 2); expanded(form)
    2*sin(x)/(sin(x) + 2)

ALGORITHM:

While a law is searched for, an operator stands in it as a function of its own, so that it can be counted, weighed and forbidden; in the law that is
shown its expression takes the place. A function of Sage stands for itself.
"""
import hashlib
import inspect

import numpy as np
from sage.symbolic.expression import Expression
from sage.symbolic.function import Function
from sage.symbolic.function_factory import SymbolicFunction, function
from sage.symbolic.ring import SR

from sage_tf.regression.domain import has_branches
from sage_tf.symbolic.tensor_function import TensorFunction

#: name -> operator, of those that stand for an expression. Laws travel between processes and files by these names.
_DEFINED = {}


class DefinedOperator:
    r"""
    An operator of one or two arguments that is given by a function or an expression.

    INPUT:

    - ``given`` -- a function of Sage, an expression in one or two variables, a callable expression, or a Python function that returns an expression

    ATTRIBUTES:

    - ``name`` -- of a function of Sage its own, else the expression; ``arity`` -- number of arguments

    - ``function`` -- what makes an expression of arguments; ``key`` -- the name of that function

    Raises TypeError for what is no operator, ValueError for other numbers of arguments, NotImplementedError for what cannot be computed on tensors.

    EXAMPLES::

        sage: from sage_tf.regression.defined import DefinedOperator
        sage: f(a, b) = a^2 - b
        sage: [(op.name, op.arity) for op in map(DefinedOperator, (gamma, arctan2, bessel_J(0, x), f, lambda t: t^3 + 1))]
        [('gamma', 1), ('arctan2', 2), ('bessel_J(0, x)', 1), ('a^2 - b', 2), ('t^3 + 1', 1)]

    TESTS::

        sage: def refused(given):
        ....:     try: DefinedOperator(given)
        ....:     except (TypeError, ValueError, NotImplementedError) as error: print(error)
        sage: y, z = var('y, z')
        sage: for given in (x + y + z, SR(5), function('u'), [x], hypergeometric, I*x): refused(given)
        the operator x + y + z has 3 variables; expected one or two
        the operator 5 has 0 variables; expected one or two
        the operator u is an unknown function; expected one of Sage's, or an expression
        [x] was given as an operator; expected a name, a function of Sage, or an expression in one or two variables
        the operator hypergeometric has not one or two arguments; give an expression in one or two variables
        the operator I*x cannot be computed on real tensors: ...
        sage: refused(cases([(x > 0, x), (True, -x)]))
        the operator cases(((x > 0, x), (1, -x))) has branches, of which laws cannot be made; give functions such as abs, sgn or unit_step
    """
    def __init__(self, given):
        arguments, definition = _definition(given)
        if has_branches(definition):
            raise NotImplementedError(f"the operator {definition} has branches, of which laws cannot be made; give functions such as abs, sgn or unit_step")
        self.arity, self._arguments, self._definition = len(arguments), arguments, definition
        head = definition.operator()
        if isinstance(head, Function) and definition.operands() == list(arguments):
            self.function, self.name = head, str(head)
            self.key = self.name
        else:
            self.name = str(definition)
            text = f"{', '.join(map(str, arguments))}: {definition}"
            self.key = 'op_' + hashlib.sha256(text.encode()).hexdigest()[:16]
            self.function = function(self.key, nargs=self.arity)
            _DEFINED[self.key] = self
        self._compiled = None
        self._check()

    def __repr__(self):
        return self.name

    def __eq__(self, other):
        return isinstance(other, DefinedOperator) and self.key == other.key

    def __hash__(self):
        return hash(self.key)

    def __reduce__(self):
        return DefinedOperator, (self._definition.function(*self._arguments),)

    def __call__(self, *values):
        """
        Return the values at arrays, NaN where there are none.

        EXAMPLES::

            sage: import numpy
            sage: from sage_tf.regression.defined import DefinedOperator
            sage: DefinedOperator(log(x)/x)(numpy.array([1r, -1r]))
            array([ 0., nan])
        """
        if self._compiled is None:
            self._compiled = TensorFunction(self._definition, self._arguments, jit=False)
        return self._compiled(*(np.asarray(value, dtype=np.float64) for value in values)).numpy()

    def applied(self, *operands):
        """
        Return the expression at other expressions.

        EXAMPLES::

            sage: from sage_tf.regression.defined import DefinedOperator
            sage: y = var('y')
            sage: DefinedOperator(x - y^2).applied(y, x)
            -x^2 + y
        """
        return self._definition.subs(dict(zip(self._arguments, operands, strict=True)))

    def _check(self):
        """Raise NotImplementedError for an operator that cannot be computed."""
        try:
            with np.errstate(all='ignore'):
                self(*[np.array([0.3, 1.7])] * self.arity)
        except (NotImplementedError, TypeError, ValueError) as error:
            raise NotImplementedError(f"the operator {self.name} cannot be computed on real tensors: {error}") from None


def _definition(given):
    """Return the arguments of an operator, and what it is of them."""
    if isinstance(given, Expression):
        arguments = given.arguments() if given.parent() is not SR else given.variables()
        if len(arguments) not in (1, 2):
            raise ValueError(f"the operator {given} has {len(arguments)} variables; expected one or two")
        return tuple(arguments), SR(given)
    if isinstance(given, SymbolicFunction):
        raise ValueError(f"the operator {given} is an unknown function; expected one of Sage's, or an expression")
    if not callable(given) or isinstance(given, type):
        raise TypeError(f"{given} was given as an operator; expected a name, a function of Sage, or an expression in one or two variables")
    for names in _argument_names(given):
        symbols = tuple(map(SR.var, names))
        try:
            return symbols, SR(given(*symbols))
        except (TypeError, ValueError, NotImplementedError):
            continue
    name = getattr(given, '__name__', given)
    raise ValueError(f"the operator {name} has not one or two arguments; give an expression in one or two variables")


def _argument_names(given):
    """Return names for the arguments of a function, for one of them and for two."""
    count = given.number_of_arguments() if isinstance(given, Function) else None
    if count is None and inspect.isfunction(given):
        parameters = inspect.signature(given).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty]
        if len(names) in (1, 2) and len(names) == len(parameters):
            return [names]
    return [names for names in (['x'], ['x', 'y']) if count in (None, 0, len(names))]


def expanded(expression):
    """
    Return an expression with what the operators in it stand for.

    EXAMPLES::

        sage: from sage_tf.regression.defined import DefinedOperator, expanded
        sage: op = DefinedOperator(x^3 + 1)
        sage: expanded(op.function(op.function(x))), expanded(sin(x))
        ((x^3 + 1)^3 + 1, sin(x))
    """
    expression = SR(expression)
    if not _DEFINED:
        return expression
    for key in sorted({str(head) for head in _heads(expression)} & set(_DEFINED)):
        expression = expression.substitute_function(_DEFINED[key].function, _DEFINED[key].applied)
    return expression


def _heads(expression):
    """Return the functions of an expression that are no builtin ones."""
    found, todo = set(), [expression]
    while todo:
        e = todo.pop()
        if isinstance(e.operator(), SymbolicFunction):
            found.add(e.operator())
        todo.extend(e.operands())
    return found
