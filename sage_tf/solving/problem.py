r"""
Equations, their unknowns and their parameters, checked

EXAMPLES::

    sage: from sage_tf.solving.problem import Problem
    sage: y, a = var('y, a')
    sage: problem = Problem(x^2 + y^2 == a, y)
    sage: problem.equations, problem.unknowns, problem.parameters
    ((x^2 + y^2 - a,), (y,), (a, x))
"""
import operator
from random import Random

from sage.rings.complex_mpfr import ComplexField
from sage.rings.real_mpfr import RealField
from sage.structure.element import Expression, Vector
from sage.symbolic.ring import SR

from sage_tf.symbolic.source import is_symbol

PRECISION = 200                                                 # bits, in which identities are looked for
POINTS = 4


class Problem:
    r"""
    Equations with unknowns and parameters.

    INPUT:

    - ``equations`` -- equation, expression that is to vanish, or list, tuple or vector of them

    - ``unknowns`` -- symbol, or list or tuple of symbols

    - ``variables`` -- the parameters in the order of a call (default: all other variables, in alphabetical order)

    Raises TypeError for what is no equation and no symbol; ValueError for an unknown that is named twice, is a parameter too or
    occurs nowhere, for an equation without unknowns or that is identically true or false, and for more equations than
    unknowns, or fewer.

    EXAMPLES::

        sage: from sage_tf.solving.problem import Problem
        sage: y = var('y')
        sage: Problem([x + y == 1, x - y], [x, y]).parameters
        ()
        sage: Problem(x + 1, y)
        Traceback (most recent call last):
        ...
        ValueError: the equation x + 1 == 0 has no unknown in it; the unknowns are (y), and it is a condition on its parameters
        sage: Problem(x^2 - x^2 == 0, x)
        Traceback (most recent call last):
        ...
        ValueError: the equation 0 == 0 is identically true; leave it out, or correct it
        sage: Problem(x == x + 1, x)
        Traceback (most recent call last):
        ...
        ValueError: the equation x == x + 1 is identically false; it has no solution
        sage: Problem(sin(x)^2 + cos(x)^2 == 1, x)
        Traceback (most recent call last):
        ...
        ValueError: the equation cos(x)^2 + sin(x)^2 == 1 is identically true; leave it out, or correct it
        sage: Problem([x + y, x - y, x*y], [x, y])
        Traceback (most recent call last):
        ...
        ValueError: the system is overdetermined: 3 equations were given for the 2 unknowns (x, y); leave out what follows from the others
        sage: Problem(x + y, [x, y])
        Traceback (most recent call last):
        ...
        ValueError: the system has infinitely many solutions: 1 equation was given for the 2 unknowns (x, y); add equations, or ...

    TESTS::

        sage: Problem(x < 1, x)
        Traceback (most recent call last):
        ...
        TypeError: x < 1 was given as an equation; expected an equation with ==, or an expression that is to be 0
        sage: Problem(x == 1, 'x')
        Traceback (most recent call last):
        ...
        TypeError: 'x' was given as an unknown; expected symbols, as made by var()
        sage: Problem(x*y == 1, y, variables=(x, y))
        Traceback (most recent call last):
        ...
        ValueError: y was given as an unknown and as a parameter; expected it once
    """
    def __init__(self, equations, unknowns, variables=None):
        self.given = [_relation(e) for e in _listed(equations)]
        self.is_single = is_symbol(unknowns)
        self.unknowns = _symbols(_listed(unknowns), 'an unknown')
        expressions = [e.lhs() - e.rhs() if _is_equation(e) else e for e in self.given]
        self.parameters = self._ordered(expressions, variables)
        self.equations = tuple(map(self._checked, self.given, expressions))
        self._check_count()

    def __repr__(self):
        """
        EXAMPLES::

            sage: from sage_tf.solving.problem import Problem
            sage: Problem(x^2 == var('a'), x)
            x^2 == a for (x)
        """
        return f"{', '.join(map(_shown, self.given))} for ({', '.join(map(str, self.unknowns))})"

    def _ordered(self, expressions, variables):
        """Return the parameters, in the order given or in the alphabet's."""
        others = {v for e in expressions for v in e.variables()} - set(self.unknowns)
        if variables is None:
            return tuple(sorted(others, key=str))
        order = _symbols(_listed(variables), 'a parameter')
        for symbol in order:
            if symbol in self.unknowns:
                raise ValueError(f"{symbol} was given as an unknown and as a parameter; expected it once")
        missing = others - set(order)
        if missing:
            raise ValueError(f"variables={variables} has no place for {', '.join(sorted(map(str, missing)))}; expected all parameters")
        return order

    def _checked(self, given, expression):
        """Return an expression that is to vanish, unless it tells nothing about the unknowns."""
        present = set(expression.variables())
        if any(u in present and not vanishes(expression.diff(u)) for u in self.unknowns):
            return expression
        if vanishes(expression):
            raise ValueError(f"the equation {_shown(given)} is identically true; leave it out, or correct it")
        if not set(expression.variables()) & set(self.parameters):
            raise ValueError(f"the equation {_shown(given)} is identically false; it has no solution")
        raise ValueError(f"the equation {_shown(given)} has no unknown in it; the unknowns are ({', '.join(map(str, self.unknowns))}), "
                         "and it is a condition on its parameters")

    def _check_count(self):
        """Raise ValueError unless there is one equation for each unknown, and every unknown occurs."""
        names, count, wanted = ', '.join(map(str, self.unknowns)), len(self.equations), len(self.unknowns)
        present = {v for e in self.equations for v in e.variables()}
        absent = [u for u in self.unknowns if u not in present]
        if absent:
            raise ValueError(f"the unknown {absent[0]} is in none of the equations; leave it out, or add an equation for it")
        if count > wanted:
            raise ValueError(f"the system is overdetermined: {count} equations were given for the {wanted} unknown{'s' * (wanted > 1)} "
                             f"({names}); leave out what follows from the others")
        if count < wanted:
            raise ValueError(f"the system has infinitely many solutions: {count} equation{'s were' if count > 1 else ' was'} given for "
                             f"the {wanted} unknowns ({names}); add equations, or take some unknowns for parameters")


def vanishes(expression):
    r"""
    Return whether an expression is identically zero, by its value at random points.

    EXAMPLES::

        sage: from sage_tf.solving.problem import vanishes
        sage: vanishes((x + 1)^2 - x^2 - 2*x - 1), vanishes(x - 10^-20), vanishes(sin(2*x) - 2*sin(x)*cos(x))
        (True, False, True)
    """
    if expression.is_trivial_zero():
        return True
    random, seen = Random(5), 0
    for _ in range(POINTS):
        value, size = _value_and_size(expression, random)
        if value is None:
            continue
        if not value.abs() <= size * RealField(PRECISION)(2)**(20 - PRECISION):
            return False
        seen += 1
    return seen > 0


def _value_and_size(expression, random):
    """Return a value at a random point and the sum of the sizes of the terms, None where there is none."""
    field = ComplexField(PRECISION)
    point = {v: SR(field(random.uniform(0.2, 1.5), random.uniform(0.05, 0.5))) for v in expression.variables()}
    try:
        values = [field(t.subs(point).n(PRECISION)) for t in terms_of(expression)]
    except (TypeError, ValueError, ArithmeticError, RuntimeError, NotImplementedError):
        return None, None
    total, size = sum(values), sum(v.abs() for v in values)
    return (total, size) if total == total and size.is_real() and not size.is_infinity() else (None, None)


def terms_of(expression):
    """
    Return the terms of a sum, or what is no sum as its only term.

    EXAMPLES::

        sage: from sage_tf.solving.problem import terms_of
        sage: terms_of(x^2 - 2*x + 1), terms_of(x*(x + 1))
        ([x^2, -2*x, 1], [(x + 1)*x])
    """
    head = expression.operator()
    return expression.operands() if getattr(head, '__name__', None) == 'add_vararg' or head is operator.add else [expression]


def _listed(given):
    """Return one thing or several as a list."""
    return list(given) if isinstance(given, (list, tuple, Vector)) else [given]


def _is_equation(e):
    return e.operator() is operator.eq


def _relation(given):
    """Return what was given as an equation, or as an expression that is to vanish."""
    kind = getattr(given, 'parent', lambda: type(given))()
    if isinstance(given, (bool, str)) or not isinstance(given, Expression) and not SR.has_coerce_map_from(kind):
        hint = "; == between numbers is True or False to Python" if isinstance(given, bool) else ""
        raise TypeError(f"{given!r} was given as an equation; expected an equation with ==, or an expression that is to be 0{hint}")
    given = SR(given)
    if given.is_relational() and not _is_equation(given):
        raise TypeError(f"{given} was given as an equation; expected an equation with ==, or an expression that is to be 0")
    return given


def _shown(e):
    return str(e) if _is_equation(e) else f"{e} == 0"


def _symbols(given, what):
    """Return symbols as a tuple, each once."""
    seen = set()
    for symbol in given:
        if not is_symbol(symbol):
            raise TypeError(f"{symbol!r} was given as {what}; expected symbols, as made by var()")
        if symbol in seen:
            raise ValueError(f"the variable {symbol} is named twice; expected every unknown and parameter once")
        seen.add(symbol)
    return tuple(given)
