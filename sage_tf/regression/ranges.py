r"""
The values of an expression on a box, enclosed by intervals

EXAMPLES::

    sage: from sage_tf.regression.ranges import Enclosures
    sage: Enclosures(x^2 - x)({x: RIF(1, 2)}).endpoints()
    (0.000000000000000, 2.00000000000000)

ALGORITHM:

An expression is enclosed as it stands, by its factors if it is a polynomial, and by the mean value form if it is smooth; the intersection of
these is taken. Intervals are rounded outward, and where a function has no rule the enclosure is the whole line.
"""
from operator import pow as power

from sage.functions.hyperbolic import sinh
from sage.functions.trig import cos, sin
from sage.misc.misc_c import prod
from sage.rings.infinity import Infinity
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RIF
from sage.symbolic.constants import e as euler
from sage.symbolic.operators import add_vararg, mul_vararg

from sage_tf.conversion.enclosures import enclosure

LINE = RIF(-Infinity, Infinity)

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


def name_of(head):
    return head.name() if hasattr(head, 'name') else str(head)


def constant_of(constant):
    """Return an enclosure of a constant, and whether it is a real number for certain."""
    try:
        value = enclosure(constant, 100)
        return RIF(value.real()), bool(value.imag() == 0)
    except (TypeError, ValueError, ArithmeticError):
        return LINE, False


def compiled(expression):
    """
    Return an expression as a function from a dictionary of intervals to an interval that holds all its values, where it has any.

    EXAMPLES::

        sage: from sage_tf.regression.ranges import compiled
        sage: compiled(x^2 + sqrt(x))({x: RIF(-1, 2)}).endpoints()
        (0.000000000000000, 5.41421356237310)
    """
    operands, head = expression.operands(), expression.operator()
    if not expression.variables():
        value, _ = constant_of(expression)
        return lambda box: value
    if head is None:
        return lambda box: box[expression]
    parts, name = [compiled(operand) for operand in operands], name_of(head)
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
    if base.is_trivially_equal(euler):
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
    """
    Return an interval, the whole line in the place of NaN and of one with its ends the wrong way round, as RIF makes of infinite numbers.

    EXAMPLES::

        sage: from sage_tf.regression.ranges import settled
        sage: settled(RIF(NaN)).endpoints(), settled(RIF(1, 2)).endpoints()
        ((-infinity, +infinity), (1.00000000000000, 2.00000000000000))
    """
    return interval if interval.lower() <= interval.upper() else LINE


class Enclosures:
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
        if head not in (None, add_vararg, mul_vararg, power) and name_of(head) not in SMOOTH and name_of(head) not in PARTIAL:
            return False
    return True
