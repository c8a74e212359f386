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
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.candidates import UNARY
from sage_tf.regression.settings import UNARY as DEFAULT

#: names of arithmetic, with what else may be given for them
ARITHMETIC = {'+': operator.add, '-': operator.sub, '*': operator.mul, '/': operator.truediv}

#: functions of Sage, by the names they have here
FUNCTIONS = {
    'sqrt': sqrt, 'exp': exp, 'log': ln, 'sin': sin, 'cos': cos, 'tan': tan, 'tanh': tanh, 'arcsin': arcsin, 'arccos': arccos, 'arctan': arctan,
}

NAMES = (*ARITHMETIC, *UNARY, *(name for name in FUNCTIONS if name not in UNARY))


class Operators:
    r"""
    What the laws of a search may be made of.

    INPUT:

    - ``given`` -- list of names among ``'+'``, ``'-'``, ``'*'``, ``'/'``, those of functions, and ``'square'`` and ``'inverse'``, or of Sage's functions
      themselves; ``None`` (default): what the search has, with the inverses of its functions

    Raises ValueError for unknown names, NotImplementedError for a function that the search does not have.

    EXAMPLES::

        sage: from sage_tf.regression.operators import Operators
        sage: Operators().allow(arcsin(x/2)), Operators('+ * sin').allow(arcsin(x))
        (True, False)
        sage: Operators(['+', sqrt, exp, log, operator.mul])
        +, *, sqrt, exp, log

    TESTS::

        sage: Operators(['+', 'sine'])
        Traceback (most recent call last):
        ...
        ValueError: the operator sine is unknown; expected +, -, *, /, square, ..., arctan, or a function of Sage
        sage: Operators(['+', gamma])
        Traceback (most recent call last):
        ...
        NotImplementedError: the search has no operator gamma; expected +, -, ..., arctan
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
        self._names = None if given is None else set(map(_name_of, given))
        self.unary = DEFAULT if given is None else tuple(name for name in UNARY if name in self._names)

    def __repr__(self):
        return 'the default operators' if self._names is None else ', '.join(name for name in NAMES if name in self._names)

    def allow(self, expression):
        """
        Return whether an expression is made of these only, whatever its constants are made of.

        A power counts as what it is made of: ``x^3`` of products, ``1/x`` of a quotient or an inverse, ``x^(1/4)`` of square roots.

        EXAMPLES::

            sage: from sage_tf.regression.operators import Operators
            sage: operators = Operators(['*', 'sqrt'])
            sage: [operators.allow(e) for e in (pi*x, x^(3/4), x^3, x^(1/3), x^-2, x + 1, sqrt(2)*x, log(SR(2), hold=True)*x)]
            [True, True, True, False, False, False, True, True]
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
        return str(head) in names

    def _has_power(self, exponent):
        """Return whether a power can be made."""
        if exponent not in QQ:
            return False
        exponent, names = QQ(exponent), self._names
        roots, rest = exponent.denominator().valuation(2), exponent.denominator().odd_part()
        steps = [rest == 1, roots == 0 or 'sqrt' in names, exponent > 0 or bool(names & {'/', 'inverse'})]
        power = abs(exponent.numerator())
        steps.append(power == 1 or bool(names & {'*'}) or 'square' in names and power.is_power_of(2))
        return all(steps)


def _name_of(given):
    """
    Return the name of an operator.

    EXAMPLES::

        sage: from sage_tf.regression.operators import _name_of
        sage: _name_of('sin'), _name_of(ln), _name_of(log), _name_of(operator.truediv)
        ('sin', 'log', 'log', '/')
    """
    if isinstance(given, str):
        if given in NAMES:
            return given
        raise ValueError(f"the operator {given} is unknown; expected {', '.join(NAMES)}, or a function of Sage")
    for name, function in (*ARITHMETIC.items(), *FUNCTIONS.items(), ('log', log)):
        if given is function:
            return name
    raise NotImplementedError(f"the search has no operator {getattr(given, '__name__', given)}; expected {', '.join(NAMES)}")
