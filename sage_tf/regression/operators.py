r"""
What the laws of a search may be made of

EXAMPLES::

    sage: from sage_tf.regression.operators import Operators
    sage: operators = Operators(['+', '*', sin, 'exp']); operators
    +, *, exp, sin
    sage: operators.allow(x*sin(x)^2 + 1), operators.allow(cos(x)), operators.allow(1/x)
    (True, False, False)
"""
import operator

from sage.functions.hyperbolic import tanh
from sage.functions.log import exp, ln, log
from sage.functions.other import sqrt
from sage.functions.trig import arccos, arcsin, arctan, cos, sin, tan
from sage.rings.rational_field import QQ
from sage.symbolic.expression import symbol_table
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.candidates import UNARY
from sage_tf.regression.defined import DefinedOperator
from sage_tf.regression.settings import UNARY as DEFAULT

#: names of arithmetic, with what else may be given for them
ARITHMETIC = {'+': operator.add, '-': operator.sub, '*': operator.mul, '/': operator.truediv, '^': operator.pow}
#: other names for what the search has
ALIASES = {'**': '^', 'pow': '^'}

#: functions of Sage, by the names they have here
FUNCTIONS = {
    'sqrt': sqrt, 'exp': exp, 'log': ln, 'sin': sin, 'cos': cos, 'tan': tan, 'tanh': tanh, 'arcsin': arcsin, 'arccos': arccos, 'arctan': arctan,
}

NAMES = (*ARITHMETIC, *UNARY, *(name for name in FUNCTIONS if name not in UNARY))


class Operators:
    r"""
    What the laws of a search may be made of.

    INPUT:

    - ``given`` -- list of names among ``'+'``, ``'-'``, ``'*'``, ``'/'``, ``'^'``, ``'square'``, ``'inverse'`` and those of Sage's functions, of these
      functions themselves, and of expressions in one or two variables, each an operator of its own; ``'default'`` stands for all that the search has.
      ``None`` (default): what the search has, with the inverses of its functions

    ATTRIBUTES:

    - ``unary`` -- names of the functions that the search has itself, ``defined`` -- list of the
      :class:`~sage_tf.regression.defined.DefinedOperator` beside these

    Raises ValueError for unknown names, TypeError for what is no operator, NotImplementedError for one that cannot be computed on tensors.

    EXAMPLES::

        sage: from sage_tf.regression.operators import Operators
        sage: Operators().allow(arcsin(x/2)), Operators('+ * sin').allow(arcsin(x))
        (True, False)
        sage: y = var('y')
        sage: Operators(['+', sqrt, exp, log, operator.mul, gamma, 'erf', x*y/(x + y)])
        +, *, sqrt, exp, log, erf, gamma, x*y/(x + y)

    TESTS::

        sage: Operators(['+', 'sine'])
        Traceback (most recent call last):
        ...
        ValueError: the operator sine is unknown; expected +, -, *, /, ^, ..., arctan, or a function of Sage
        sage: Operators([])
        Traceback (most recent call last):
        ...
        ValueError: no operators were given; expected some of +, -, ..., arctan, or None for all that the search has
        sage: Operators(5)
        Traceback (most recent call last):
        ...
        TypeError: operators=5 was given; expected a list of names or functions
    """
    def __init__(self, given=None):
        if isinstance(given, str):
            given = given.replace(',', ' ').split()
        if given is not None and not isinstance(given, (list, tuple, set, frozenset)):
            raise TypeError(f"operators={given} was given; expected a list of names or functions")
        if given is not None and not given:
            raise ValueError(f"no operators were given; expected some of {', '.join(NAMES)}, or None for all that the search has")
        self._names, self.unary, self.defined = None, DEFAULT, []
        if given is not None:
            found = list(dict.fromkeys(each for one in given for each in _operators_of(one)))
            self.defined = sorted((each for each in found if isinstance(each, DefinedOperator)), key=lambda op: op.name)
            self._names = {each for each in found if isinstance(each, str)} | {op.name for op in self.defined}
            # powers of which the exponent varies are found by logarithms
            self.unary = tuple(name for name in UNARY if name in self._names or name == 'log' and '^' in self._names)
        self._keys = {op.key: op.name for op in self.defined}

    def name(self, given):
        """
        Return the name of one of these operators.

        Raises ValueError for one that is not among them.

        EXAMPLES::

            sage: from sage_tf.regression.operators import Operators
            sage: operators = Operators(['+', sin, x^3 + 1])
            sage: operators.name('-'), operators.name(sin), operators.name('x^3 + 1'), operators.name(x^3 + 1)
            ('+', 'sin', 'x^3 + 1', 'x^3 + 1')
            sage: operators.name('exp')
            Traceback (most recent call last):
            ...
            ValueError: exp is none of the operators +, sin, x^3 + 1
        """
        known = set(NAMES) if self._names is None else self._names
        found = [given] if isinstance(given, str) and (given in known or given == '-') else _operators_of(given)
        name = {'-': '+'}.get(str(found[0]), str(found[0]))
        if len(found) != 1 or not known & ({'+', '-'} if name == '+' else {name}):
            raise ValueError(f"{given} is none of the operators {self if self._names is not None else ', '.join(NAMES)}")
        return name

    def __repr__(self):
        if self._names is None:
            return 'the default operators'
        return ', '.join([*(name for name in NAMES if name in self._names), *(op.name for op in self.defined if op.name not in NAMES)])

    def allow(self, expression):
        """
        Return whether an expression is made of these only, whatever its constants are made of.

        Without ``'^'`` a power counts as what it is made of: ``x^3`` of products, ``1/x`` of a quotient or an inverse, ``x^(1/4)`` of square roots.

        EXAMPLES::

            sage: from sage_tf.regression.operators import Operators
            sage: operators = Operators(['*', 'sqrt'])
            sage: [operators.allow(e) for e in (pi*x, x^(3/4), x^3, x^(1/3), x^-2, x + 1, sqrt(2)*x, log(SR(2), hold=True)*x)]
            [True, True, True, False, False, False, True, True]
            sage: [Operators(['pow']).allow(e) for e in (x^x, 2^x, x^(1/3), x + 1)]
            [True, True, True, False]
        """
        if self._names is None:
            return True
        todo = [SR(expression)]
        while todo:
            e = todo.pop()
            if not e.variables():
                continue
            if not self._has(e):
                return False
            todo.extend(e.operands())
        return True

    def _has(self, e):
        """Return whether the outermost operation of an expression is there."""
        head, names = e.operator(), self._names
        if head is None:
            return True
        if head is add_vararg:
            return bool(names & {'+', '-'})
        if head is mul_vararg:
            return len([f for f in e.operands() if f.variables()]) == 1 or bool(names & {'*', '/'})
        if head is operator.pow:
            return self._has_power(e.operands()[1])
        return self._keys.get(str(head), str(head)) in names

    def _has_power(self, exponent):
        """Return whether a power can be made."""
        if '^' in self._names:
            return True
        if exponent not in QQ:
            return False
        exponent, names = QQ(exponent), self._names
        roots, rest = exponent.denominator().valuation(2), exponent.denominator().odd_part()
        steps = [rest == 1, roots == 0 or 'sqrt' in names, exponent > 0 or bool(names & {'/', 'inverse'})]
        power = abs(exponent.numerator())
        steps.append(power == 1 or bool(names & {'*'}) or 'square' in names and power.is_power_of(2))
        return all(steps)


def _operators_of(given):
    """
    Return the names of operators that are meant, or operators for what the search does not have itself.

    EXAMPLES::

        sage: from sage_tf.regression.operators import _operators_of
        sage: _operators_of('sin'), _operators_of(ln), _operators_of(log), _operators_of(operator.truediv), _operators_of(gamma)
        (['sin'], ['log'], ['log'], ['/'], [gamma])
    """
    if isinstance(given, str):
        given = ALIASES.get(given, given)
        if given == 'default':
            return list(NAMES)
        if given in ARITHMETIC or given in UNARY:
            return [given]
        if given in FUNCTIONS or given in symbol_table['functions']:
            return [DefinedOperator(FUNCTIONS.get(given) or symbol_table['functions'][given])]
        raise ValueError(f"the operator {given} is unknown; expected {', '.join(NAMES)}, or a function of Sage")
    for name, function in (*ARITHMETIC.items(), *FUNCTIONS.items(), ('log', log)):
        if given is function:
            return _operators_of(name)
    return [DefinedOperator(given)]
