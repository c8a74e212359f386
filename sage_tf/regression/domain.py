r"""
Where an expression has real values, proved by interval arithmetic

EXAMPLES::

    sage: from sage_tf.regression.domain import check_domain
    sage: y = var('y')
    sage: check_domain(log(x + y)/sqrt(x), {x: (1, 5), y: (0, 2)}).status
    'proved'
    sage: check_domain(log(x - y), {x: (1, 5), y: (0, 2)})
    Domain(status='refuted', findings=[Finding(condition=x - y > 0, status='refuted', box={x: (1, ...), y: (..., 2)})])

ALGORITHM:

What the expression demands is read off it: denominators that are not 0, logarithms of positive numbers, roots of numbers that are not negative, and so on.
Each demand is decided on the box of its own variables (:mod:`~sage_tf.regression.decisions`).

What is proved and what is refuted is so for certain: intervals are rounded outward, and where a function has no rule nothing is claimed.
"""
from collections import namedtuple
from operator import pow as power

from sage.misc.misc_c import prod
from sage.rings.infinity import Infinity
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RIF
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.conversion.enclosures import enclosure
from sage_tf.regression.decisions import BOXES, decide
from sage_tf.regression.ranges import JUMPING, PARTIAL, SMOOTH, constant_of, name_of
from sage_tf.symbolic.graph import exact_constant

BRANCHES = ('cases', 'piecewise')                               # functions of relations and expressions

Finding = namedtuple('Finding', 'condition status box')
Finding.__doc__ = "What an expression demands, whether that is so, and a part of the box where it is not or where that is open."


class Domain(namedtuple('Domain', 'status findings')):
    """
    Whether all demands of an expression are met on a box, and those that are not or that are open; true if proved.

    EXAMPLES::

        sage: from sage_tf.regression.domain import check_domain
        sage: bool(check_domain(1/x, {x: (1, 2)})), bool(check_domain(1/x, {x: (-1, 2)}))
        (True, False)
    """
    def __bool__(self):
        return self.status == 'proved'


def check_domain(expression, box, boxes=BOXES):
    r"""
    Return whether an expression has real values on a whole box.

    INPUT:

    - ``expression`` -- a symbolic expression; floating point numbers in it are taken for the rational numbers that they are

    - ``box`` -- dictionary from its variables to pairs ``(low, high)``, which may be infinite

    - ``boxes`` -- how many parts of the box may be looked at for one demand (default: 4000)

    OUTPUT: a named tuple ``(status, findings)``; the status is

    - ``'proved'``: on the box there is no pole, no logarithm of a number that is not positive, no fractional power of a negative number, and no
      arcsine and the like outside its domain;

    - ``'refuted'``: there is such a point for certain;

    - ``'undecided'``: neither was shown.

    Each finding says which condition is not proved, whether it is refuted, and a part of the box: where refuted, the condition fails on all of it
    (a condition that something is not zero: at a point in it).

    Raises ValueError for a variable without an interval, and for an interval without points.

    EXAMPLES::

        sage: from sage_tf.regression.domain import check_domain
        sage: check_domain(sqrt(1 - x^2), {x: (-1, 1)}).status
        'proved'
        sage: check_domain(1/(x - 1/3), {x: (0, 1)})
        Domain(status='refuted', findings=[Finding(condition=3*x - 1 != 0, status='refuted', box={x: (0, 1)})])
        sage: check_domain(1/(x^2 - 2*x + 1 + 1e-9), {x: (0, 3)}).status
        'proved'
        sage: check_domain(gamma(x), {x: (1, 2)})                      # no rule for this function
        Domain(status='undecided', findings=[Finding(condition=gamma(x), status='undecided', box={x: (1, 2)})])

    TESTS::

        sage: check_domain(sqrt(tan(log(x))), {x: (-2, 2)}).status, check_domain(1/sqrt(sin(log(x))), {x: (-1, 3)}).status
        ('refuted', 'refuted')
        sage: check_domain(cases([(x > 0, log(x)), (True, -x)]), {x: (-1, 1)}).status
        'undecided'

        sage: check_domain(x, {})
        Traceback (most recent call last):
        ...
        ValueError: the box has no interval for x; expected one for each of x
        sage: check_domain(x, {x: (2, 1)})
        Traceback (most recent call last):
        ...
        ValueError: the interval of x is (2, 1); expected two real numbers, the lower one first
    """
    expression = exactly(SR(expression))
    box = checked_box(box, expression.variables())
    findings = []
    for demand in demands(expression):
        if not demand.is_relational():
            findings.append(Finding(demand, 'undecided', {v: box[v] for v in demand.variables()}))
            continue
        status, where = decide(demand, box, boxes)
        if status != 'proved':
            findings.append(Finding(demand, status, where))
    statuses = {finding.status for finding in findings}
    return Domain(next((s for s in ('refuted', 'undecided') if s in statuses), 'proved'), findings)


def checked_box(box, variables):
    """Return a box with rational or infinite ends, rounded outward, for some variables."""
    ends = {}
    for variable in variables:
        if variable not in box:
            raise ValueError(f"the box has no interval for {variable}; expected one for each of {', '.join(map(str, variables))}")
        given = box[variable]
        try:
            low, high = given.endpoints() if hasattr(given, 'endpoints') else given
            ends[variable] = (_end(low, 'lower'), _end(high, 'upper'))
            correct = ends[variable][0] <= ends[variable][1]
        except (TypeError, ValueError):
            correct = False
        if not correct:
            raise ValueError(f"the interval of {variable} is {given}; expected two real numbers, the lower one first")
    return ends


def _end(number, side):
    """Return a rational or infinite end of an interval, rounded outward."""
    if number in (Infinity, -Infinity):
        return Infinity if number > 0 else -Infinity
    if isinstance(number, float):
        return RIF(number).lower().exact_rational()
    try:
        return number.exact_rational() if hasattr(number, 'exact_rational') else QQ(number)
    except (TypeError, ValueError):
        return getattr(enclosure(SR(number), 100).real(), side)().exact_rational()


def exactly(expression):
    """
    Return an expression with its floating point numbers replaced by the rational numbers that they are.

    EXAMPLES::

        sage: from sage_tf.regression.domain import exactly
        sage: exactly(x^2.0 + 0.5*sin(x))
        x^2 + 1/2*sin(x)
    """
    operands = expression.operands()
    if not operands:
        return exact_constant(expression)
    head = expression.operator()
    if name_of(head) in BRANCHES:
        return expression
    if head is add_vararg or head is mul_vararg:
        return (sum if head is add_vararg else prod)(map(exactly, operands))
    return head(*map(exactly, operands))


def has_branches(expression):
    """
    Return whether there are ``cases`` or ``piecewise`` in an expression.

    EXAMPLES::

        sage: from sage_tf.regression.domain import has_branches
        sage: has_branches(1 + sin(cases([(x > 0, x), (True, -x)]))), has_branches(abs(x))
        (True, False)
    """
    return name_of(expression.operator()) in BRANCHES or any(map(has_branches, expression.operands()))


def demands(expression):
    """
    Return the relations that must hold where an expression has a real value, and the parts of it for which there is no rule.

    EXAMPLES::

        sage: from sage_tf.regression.domain import demands
        sage: demands(log(x)/(1 + x) + arcsin(x)^(1/3))
        [x > 0, x + 1 != 0, arcsin(x) >= 0, x + 1 >= 0, -x + 1 >= 0]
        sage: demands(x^x), demands(2^x), demands(x^-(1/2))
        ([x > 0], [], [x > 0])

    What is in one of several branches is demanded on a part of the box only, which is left open::

        sage: demands(sqrt(cases([(x > 0, log(x)), (True, 0)])))
        [cases(((x > 0, log(x)), (1, 0))) >= 0, cases(((x > 0, log(x)), (1, 0)))]
    """
    found, todo, seen = [], [SR(expression)], set()
    while todo:
        part = todo.pop()
        if part in seen:
            continue
        seen.add(part)
        operands, head = part.operands(), part.operator()
        if name_of(head) in BRANCHES:
            found.append(part)
            continue
        todo += operands
        if not part.variables():
            if not constant_of(part)[1]:
                found.append(part)
            todo = todo[:len(todo) - len(operands)]
        elif head is power:
            found += _of_power(*operands)
        elif head not in (None, add_vararg, mul_vararg):
            name = name_of(head)
            if name in PARTIAL:
                found += PARTIAL[name][0](*operands) if len(operands) == 1 else [part]
            elif name not in SMOOTH and name not in JUMPING:
                found.append(part)
    return list(dict.fromkeys(found))


def _of_power(base, exponent):
    """Return what a power demands."""
    if exponent.variables():
        return [] if not base.variables() and constant_of(base)[0] > 0 else [base > 0]
    value, _ = constant_of(exponent)
    if exponent.is_integer():
        return [] if value >= 0 else [base != 0]
    return [base >= 0] if value > 0 else [base > 0]
