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
A polynomial of degree two may be positive everywhere, by its matrix; else each demand is checked on the box of its own variables by interval
arithmetic: by the expression as it stands, by its factors if it is a polynomial, and by the mean value form. A box that these leave open is
halved, until all are decided or there are too many.
A pole is certain where a denominator that is continuous on a box has both signs at points of it.

What is proved and what is refuted is so for certain: intervals are rounded outward, and where a function has no rule nothing is claimed.
"""
from collections import deque, namedtuple
from operator import pow as power

from sage.functions.hyperbolic import sinh
from sage.functions.trig import cos, sin
from sage.matrix.constructor import matrix
from sage.misc.misc_c import prod
from sage.rings.infinity import Infinity
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RIF
from sage.symbolic.constants import e as euler
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.conversion.enclosures import enclosure
from sage_tf.symbolic.graph import exact_constant

LINE = RIF(-Infinity, Infinity)
BOXES = 4000                                                    # boxes that one demand may take

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
        low, high = box[variable]
        try:
            ends[variable] = (_end(low, 'lower'), _end(high, 'upper'))
            correct = ends[variable][0] <= ends[variable][1]
        except (TypeError, ValueError):
            correct = False
        if not correct:
            raise ValueError(f"the interval of {variable} is ({low}, {high}); expected two real numbers, the lower one first")
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
    if head is add_vararg or head is mul_vararg:
        return (sum if head is add_vararg else prod)(map(exactly, operands))
    return head(*map(exactly, operands))


# -- what an expression demands ------------------------------------------------------------------------------------------

#: The functions with real values at all real numbers, with enclosures; those that are smooth are differentiated for the mean value form.
SMOOTH = {'sin': RIF.Element.sin, 'cos': RIF.Element.cos, 'exp': RIF.Element.exp, 'sinh': RIF.Element.sinh, 'cosh': RIF.Element.cosh,
          'tanh': RIF.Element.tanh, 'arctan': RIF.Element.arctan, 'arcsinh': RIF.Element.arcsinh, 'sech': lambda t: 1 / t.cosh(),
          'erf': lambda t: LINE.intersection(RIF(-1, 1))}
JUMPING = {'abs': abs, 'sgn': lambda t: RIF(-1 if t.lower() < 0 else 0 if t.lower() == 0 else 1, 1 if t.upper() > 0 else 0 if t.upper() == 0 else -1),
           'floor': RIF.Element.floor, 'ceil': RIF.Element.ceil}
#: Functions with a smaller domain: what they demand, and their enclosure on the part of an interval that lies in the closed domain.
PARTIAL = {
    'log': (lambda t: [t > 0], (0, Infinity), RIF.Element.log),
    'arcsin': (lambda t: [t + 1 >= 0, 1 - t >= 0], (-1, 1), RIF.Element.arcsin),
    'arccos': (lambda t: [t + 1 >= 0, 1 - t >= 0], (-1, 1), RIF.Element.arccos),
    'arctanh': (lambda t: [t + 1 > 0, 1 - t > 0], (-1, 1), RIF.Element.arctanh),
    'arccosh': (lambda t: [t - 1 >= 0], (1, Infinity), RIF.Element.arccosh),
    'tan': (lambda t: [cos(t) != 0], None, lambda t: t.sin() / t.cos()),
    'sec': (lambda t: [cos(t) != 0], None, lambda t: 1 / t.cos()),
    'cot': (lambda t: [sin(t) != 0], None, lambda t: t.cos() / t.sin()),
    'csc': (lambda t: [sin(t) != 0], None, lambda t: 1 / t.sin()),
    'coth': (lambda t: [sinh(t) != 0], None, lambda t: t.cosh() / t.sinh()),
    'csch': (lambda t: [sinh(t) != 0], None, lambda t: 1 / t.sinh()),
}


def demands(expression):
    """
    Return the relations that must hold where an expression has a real value, and the parts of it for which there is no rule.

    EXAMPLES::

        sage: from sage_tf.regression.domain import demands
        sage: demands(log(x)/(1 + x) + arcsin(x)^(1/3))
        [x > 0, x + 1 != 0, arcsin(x) >= 0, x + 1 >= 0, -x + 1 >= 0]
        sage: demands(x^x), demands(2^x), demands(x^-(1/2))
        ([x > 0], [], [x > 0])
    """
    found, todo, seen = [], [SR(expression)], set()
    while todo:
        part = todo.pop()
        if part in seen:
            continue
        seen.add(part)
        operands, head = part.operands(), part.operator()
        todo += operands
        if not part.variables():
            if not _constant(part)[1]:
                found.append(part)
            todo = todo[:len(todo) - len(operands)]
        elif head is power:
            found += _of_power(*operands)
        elif head not in (None, add_vararg, mul_vararg):
            name = _name(head)
            if name in PARTIAL:
                found += PARTIAL[name][0](*operands) if len(operands) == 1 else [part]
            elif name not in SMOOTH and name not in JUMPING:
                found.append(part)
    return list(dict.fromkeys(found))


def _of_power(base, exponent):
    """Return what a power demands."""
    if exponent.variables():
        return [] if not base.variables() and _constant(base)[0] > 0 else [base > 0]
    value, _ = _constant(exponent)
    if exponent.is_integer():
        return [] if value >= 0 else [base != 0]
    return [base >= 0] if value > 0 else [base > 0]


def _name(head):
    return head.name() if hasattr(head, 'name') else str(head)


def _constant(constant):
    """Return an enclosure of a constant, and whether it is a real number for certain."""
    try:
        value = enclosure(constant, 100)
        return RIF(value.real()), bool(value.imag() == 0)
    except (TypeError, ValueError, ArithmeticError):
        return LINE, False


# -- enclosures ----------------------------------------------------------------------------------------------------------

def compiled(expression):
    """
    Return an expression as a function from a dictionary of intervals to an interval that holds all its values, where it has any.

    EXAMPLES::

        sage: from sage_tf.regression.domain import compiled
        sage: compiled(x^2 + sqrt(x))({x: RIF(-1, 2)}).endpoints()
        (0.000000000000000, 5.41421356237310)
    """
    operands, head = expression.operands(), expression.operator()
    if not expression.variables():
        value, _ = _constant(expression)
        return lambda box: value
    if head is None:
        return lambda box: box[expression]
    parts, name = [compiled(operand) for operand in operands], _name(head)
    if head is add_vararg:
        return lambda box: settled(sum(part(box) for part in parts))
    if head is mul_vararg:
        return lambda box: settled(prod(part(box) for part in parts))
    if head is power:
        return _power(operands, parts)
    if name in PARTIAL and len(parts) == 1:
        _, within, function = PARTIAL[name]
        return lambda box: settled(_restricted(function, parts[0](box), within))
    function = SMOOTH.get(name) or JUMPING.get(name)
    if function is None or len(parts) != 1:
        return lambda box: LINE
    return lambda box: settled(function(parts[0](box)))


def _power(operands, parts):
    """Return a power as a function on boxes."""
    (base, exponent), (low, high) = operands, parts
    if exponent.is_integer():
        number = int(exponent)
        return lambda box: settled(low(box)**number)
    if base == euler:
        return lambda box: settled(high(box).exp())
    root = exponent == QQ((1, 2))
    function = RIF.Element.sqrt if root else RIF.Element.log

    def value(box):
        inner = settled(_restricted(function, low(box), (0, Infinity)))
        return inner if root else settled((settled(high(box) * inner)).exp())
    return value


def _restricted(function, interval, within):
    """Return the enclosure of a function on the part of an interval where it may have values; the line if there is none."""
    if within is not None:
        low, high = RIF(*within).endpoints()
        low, high = max(interval.lower(), low), min(interval.upper(), high)
        if not low <= high:
            return LINE
        interval = RIF(low, high)
    return function(interval)


def settled(interval):
    """Return an interval, the whole line in the place of NaN."""
    return LINE if interval.is_NaN() else interval


# -- decisions -----------------------------------------------------------------------------------------------------------

def decide(relation, box, boxes=BOXES):
    r"""
    Return whether ``f > 0``, ``f >= 0`` or ``f != 0`` holds on a whole box.

    INPUT:

    - ``relation`` -- the relation, with 0 on its right hand side

    - ``box`` -- dictionary from variables to rational or infinite ends

    - ``boxes`` -- how many parts may be looked at

    OUTPUT: a pair of ``'proved'``, ``'refuted'`` or ``'undecided'`` and the part of the box where it fails or is open, ``None`` if proved

    EXAMPLES::

        sage: from sage_tf.regression.domain import decide
        sage: y, t = var('y, t')
        sage: decide(x^2 + y^2 - 2*x*y*cos(t) > 0, {x: (1, 5), y: (1, 5), t: (1, 5)})
        ('proved', None)
        sage: decide(x^2 - x + 1/4 >= 0, {x: (-Infinity, Infinity)})
        ('proved', None)
        sage: decide(x^2 - 2 >= 0, {x: (1, Infinity)})[0]
        'refuted'
    """
    function, comparison = relation.lhs(), relation.operator().__name__
    if _is_definite(function, strictly=comparison != 'ge'):
        return 'proved', None
    enclosed = _Enclosures(function)
    names = function.variables()
    queue = deque([tuple(box[v] for v in names)])
    failed = None
    for _ in range(boxes):
        if not queue:
            return ('refuted', failed) if failed else ('proved', None)
        ends = queue.popleft()
        status = _judged(enclosed(dict(zip(names, (RIF(*pair) for pair in ends), strict=True))), comparison)
        if status == 'refuted' or not names:
            return status, dict(zip(names, ends, strict=True)) if status != 'proved' else None
        if status == 'undecided':
            values = [enclosed(dict(zip(names, map(RIF, point), strict=True))) for point in _points(ends)]
            if comparison == 'ne' and _changes_sign(values) and enclosed.is_continuous(dict(zip(names, (RIF(*p) for p in ends), strict=True))):
                return 'refuted', dict(zip(names, ends, strict=True))
            failed = failed or next((dict(zip(names, ((c, c) for c in point), strict=True)) for point, value in zip(_points(ends), values, strict=True)
                                     if _judged(value, comparison) == 'refuted'), None)
            queue += _halves(ends)
    return ('refuted', failed) if failed else ('undecided', dict(zip(names, queue[0], strict=True)))


def _is_definite(function, strictly):
    """
    Return whether an expression is a polynomial of degree two that is positive, or not negative, at all real numbers; it may be linear in sines
    and cosines, of which -1 and 1 are then enough.

    EXAMPLES::

        sage: from sage_tf.regression.domain import _is_definite
        sage: y = var('y')
        sage: _is_definite(x^2 - x*y + y^2, False), _is_definite(x^2 - x*y + y^2, True), _is_definite(x^2 - x*y + y^2 - y + 1, True)
        (True, False, True)
        sage: _is_definite(x^2 - 3*x*y + y^2, False), _is_definite(sin(x)^2, False)
        (False, False)
        sage: t = var('t')
        sage: _is_definite(x^2 - 2*x*y*cos(t) + y^2, False), _is_definite(x^2 - 3*x*y*cos(t) + y^2, False)
        (True, False)
    """
    wave = next((part for part in function.operands() for part in _waves(part)), None)
    if wave is not None:
        symbol = SR.symbol()
        linear = function.subs({wave: symbol})
        return bool(linear.is_polynomial(symbol) and linear.degree(symbol) == 1
                    and all(_is_definite(linear.subs({symbol: sign}), strictly) for sign in (1, -1)))
    names = function.variables()
    if not names or not all(function.is_polynomial(v) for v in names):
        return False
    try:
        polynomial = function.polynomial(QQ)
    except (TypeError, ValueError):
        return False
    if polynomial.degree() != 2:
        return False
    half = [[function.diff(v, w).expand() / 2 for w in names] for v in names]
    origin = dict.fromkeys(names, 0)
    edge = [function.diff(v).subs(origin) / 2 for v in names]
    form = matrix(QQ, [*([*row, last] for row, last in zip(half, edge, strict=True)), [*edge, function.subs(origin)]])
    return form.is_positive_definite() if strictly else form.is_positive_semidefinite()


def _waves(e):
    """Return the sines and cosines in an expression, with no other around them."""
    if _name(e.operator()) in ('sin', 'cos'):
        return [e] if e.variables() else []
    return [wave for operand in e.operands() for wave in _waves(operand)]


def _judged(interval, comparison):
    """Return whether all numbers of an interval are positive, not negative, or not zero; whether none is."""
    low, high = interval.endpoints()
    if comparison == 'ne':
        return 'proved' if low > 0 or high < 0 else 'refuted' if low == 0 == high else 'undecided'
    if low > 0 or (comparison == 'ge' and low == 0):
        return 'proved'
    return 'refuted' if high < 0 or (comparison == 'gt' and high == 0) else 'undecided'


def _changes_sign(values):
    return any(value.upper() < 0 for value in values) and any(value.lower() > 0 for value in values)


def _points(ends):
    """Return the middle and two opposite corners of a part of a box."""
    points = [tuple(_middle(*pair) for pair in ends), *zip(*ends, strict=True)] if ends else []
    return [point for point in points if not any(c in (Infinity, -Infinity) for c in point)]


def _middle(low, high):
    """Return a number between two ends, which may be infinite."""
    if low == -Infinity:
        return QQ(0) if high == Infinity else min(QQ(-1), 2 * high)
    return max(QQ(1), 2 * low) if high == Infinity else (low + high) / 2


def _halves(ends):
    """Return the two parts of a box that is cut across its longest side."""
    longest = max(range(len(ends)), key=lambda k: ends[k][1] - ends[k][0])
    low, high = ends[longest]
    middle = _middle(low, high)
    return [(*ends[:longest], pair, *ends[longest + 1:]) for pair in ((low, middle), (middle, high)) if low < high]


class _Enclosures:
    """
    An expression as a function on boxes, by the best of three enclosures.
    """
    def __init__(self, expression):
        self._plain = [compiled(expression)]
        self._variables = expression.variables()
        if all(expression.is_polynomial(v) for v in self._variables):
            self._plain.append(compiled(expression.factor()))
        self._slopes = [compiled(expression.diff(v)) for v in self._variables] if is_smooth(expression) else None

    def __call__(self, box):
        value = settled(self._plain[0](box))
        for function in self._plain[1:]:
            value = _common(value, function(box))
        if self._slopes is None or value.lower() > 0 or value.upper() < 0 or not all(part.diameter() for part in box.values()):
            return value
        return _common(value, self._by_mean_value(box))

    def _by_mean_value(self, box):
        """Return the enclosure ``f(c) + f'(box)*(box - c)``, with the middle c."""
        middle = {v: RIF(part.center()) for v, part in box.items()}
        if any(m.is_NaN() or not abs(m.lower()) < Infinity for m in middle.values()):
            return LINE
        change = sum(slope(box) * (box[v] - middle[v]) for v, slope in zip(self._variables, self._slopes, strict=True))
        return settled(self._plain[0](middle) + change)

    def is_continuous(self, box):
        """Return whether the expression is continuous on a box for certain: all its slopes are finite there."""
        return self._slopes is not None and all(s.lower() > -Infinity and s.upper() < Infinity for s in (slope(box) for slope in self._slopes))


def _common(first, second):
    """Return the intersection of two enclosures; the first if it is empty, where there are no values."""
    return first.intersection(second) if first.overlaps(second) else first


def is_smooth(expression):
    """Return whether an expression is made of functions that are differentiable in the open domain."""
    todo = [expression]
    while todo:
        part = todo.pop()
        todo += part.operands()
        head = part.operator()
        if head not in (None, add_vararg, mul_vararg, power) and _name(head) not in SMOOTH and _name(head) not in PARTIAL:
            return False
    return True
