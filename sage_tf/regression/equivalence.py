r"""
Whether two expressions are equal, proved or refuted

EXAMPLES::

    sage: from sage_tf.regression.equivalence import equivalent
    sage: y = var('y')
    sage: equivalent(sqrt(x^2*y), x*sqrt(y), {x: (1, 5), y: (1, 5)})
    Equivalence(status='proved', point=None)
    sage: equivalent(sqrt(x^2*y), x*sqrt(y)).status
    'refuted'
    sage: equivalent(sin(x + y), sin(x)*cos(y) + cos(x)*sin(y)).status
    'proved'

ALGORITHM:

The expressions are evaluated at random points of the box in ball arithmetic; if the balls of their values are apart at one of them, that point refutes
for certain. Otherwise a proof is sought: the difference has the normal form 0 (:mod:`~sage_tf.regression.normal_forms`); or all its
derivatives have, it is smooth on the box by interval arithmetic, and it is 0 at one point. Neither uses or changes Sage's assumptions.
"""
import random
import threading
from collections import namedtuple
from contextlib import contextmanager
from operator import pow as power
from signal import ITIMER_REAL, getitimer
from time import monotonic

from cysignals.alarm import AlarmInterrupt, alarm, cancel_alarm
from sage.misc.misc_c import prod
from sage.rings.complex_arb import ComplexBallField
from sage.rings.infinity import Infinity
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfi import RealIntervalField
from sage.rings.real_mpfr import RealNumber
from sage.symbolic.constants import e as euler
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.domain import check_domain, checked_box, exactly, has_branches
from sage_tf.regression.normal_forms import NormalForms
from sage_tf.regression.ranges import is_smooth

POINTS = 12
PRECISIONS = (120, 500)                                         # bits
SPREAD = 4                                                      # of points in intervals without ends
UNCERTAINTY = QQ((1, 10**10))                                   # relative, of a floating point number: what a fit leaves open


class Equivalence(namedtuple('Equivalence', 'status point')):
    """
    ``'proved'``, ``'refuted'`` with a point where the values differ, or ``'undecided'``; true if proved.

    EXAMPLES::

        sage: from sage_tf.regression.equivalence import equivalent
        sage: bool(equivalent(x + x, 2*x)), bool(equivalent(x, 2*x))
        (True, False)
    """
    def __bool__(self):
        return self.status == 'proved'


def equivalent(first, second, box=None, time_limit=10):
    r"""
    Return whether two expressions are equal wherever both have values on a box.

    INPUT:

    - ``first``, ``second`` -- symbolic expressions; a floating point number in them stands for all numbers that differ from it by less than `10^{-10}` of it
      when it comes to refutation, as fitted ones are off by some units in the last place, and for the rational number that it is when it comes to proof

    - ``box`` -- dictionary from variables to pairs ``(low, high)``, which may be infinite (default, and for variables that it lacks: all real numbers)

    - ``time_limit`` -- seconds (default: 10) for the proof; kept in the main thread, from where it can be interrupted

    OUTPUT: a named tuple ``(status, point)`` with the status ``'proved'``, ``'refuted'`` or ``'undecided'``; the point is a dictionary from the variables to
    rational numbers, or ``None``

    Values may be complex, as Sage's principal values are: two real expressions of which one is complex somewhere are not equal there.

    EXAMPLES::

        sage: from sage_tf.regression.equivalence import equivalent
        sage: equivalent(arctan(x) + arctan(1/x), pi/2, {x: (1, 9)})
        Equivalence(status='proved', point=None)
        sage: result = equivalent(arctan(x) + arctan(1/x), pi/2); result.status, result.point[x] < 0
        ('refuted', True)
        sage: equivalent(zeta(x), zeta(x) + 10^-60*sin(x)).status
        'refuted'
        sage: equivalent(gamma(x + 1), x*gamma(x)).status
        'undecided'

    TESTS::

        sage: equivalent(0.1*x, x/10).status, equivalent(0.5*x, x/2).status, equivalent(1/(sin(x)^2 + cos(x)^2 - 1), 5).status
        ('undecided', 'proved', 'undecided')
        sage: equivalent(exp(0.04879016416943267*x), (21/20)^x).status, equivalent(exp(0.04879016*x), (21/20)^x).status
        ('undecided', 'refuted')
        sage: equivalent(abs(x), cases([(x > 0, x), (True, -x)])).status, equivalent(abs(x), piecewise([((-1, 0), -x), ((0, 1), x)])).status
        ('undecided', 'undecided')
        sage: equivalent(SR(2), 2).status, equivalent(pi, 22/7)
        ('proved', Equivalence(status='refuted', point={}))
    """
    first, second = SR(first), SR(second)
    if has_branches(first) or has_branches(second):             # of which the tools have no rules
        return Equivalence('proved' if (first - second).is_trivial_zero() else 'undecided', None)
    variables = sorted({*first.variables(), *second.variables()}, key=str)
    given = {SR(v): ends for v, ends in (box or {}).items()}
    box = checked_box({v: given.get(v, (-Infinity, Infinity)) for v in variables}, variables)
    try:
        with limited(time_limit):
            fresh = {v: SR.symbol() for v in variables}         # of which Sage assumes nothing
            status, point = _decided(first.subs(fresh), second.subs(fresh), {fresh[v]: ends for v, ends in box.items()})
    except AlarmInterrupt:
        return Equivalence('undecided', None)
    return Equivalence(status, None if point is None else {v: point[symbol] for v, symbol in fresh.items()})


def _decided(first, second, box):
    """Return the decision without a limit of time."""
    if (exactly(first) - exactly(second)).is_trivial_zero():
        return Equivalence('proved', None)
    has_values, point = refutation(first, second, box)
    if point is not None:
        return Equivalence('refuted', point)
    if has_values and _proved(exactly(first) - exactly(second), box):
        return Equivalence('proved', None)
    return Equivalence('undecided', None)


@contextmanager
def limited(seconds):
    """
    Raise AlarmInterrupt in the block after some seconds; an alarm that is set already goes on afterwards.

    EXAMPLES::

        sage: from sage_tf.regression.equivalence import limited
        sage: with limited(0.2):
        ....:     while True: pass
        Traceback (most recent call last):
        ...
        AlarmInterrupt
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    start, (remaining, _) = monotonic(), getitimer(ITIMER_REAL)
    alarm(min(seconds, remaining) if remaining else seconds)
    try:
        yield
    finally:
        cancel_alarm()
        if remaining:
            alarm(max(1e-3, remaining - (monotonic() - start)))


# -- refutation ----------------------------------------------------------------------------------------------------------

def refutation(first, second, box):
    """
    Return whether both expressions were found to have values at a point of the box, and a point where these differ for certain or ``None``.

    EXAMPLES::

        sage: from sage_tf.regression.equivalence import refutation
        sage: refutation(x, abs(x), {x: (0, 1)}), refutation(x, abs(x), {x: (-1, -1)}), refutation(x/0.1, 10*x, {x: (0, 1)})
        ((True, None), (True, {x: -1}), (True, None))
    """
    has_values = False
    for precision in PRECISIONS:
        field = ComplexBallField(precision)
        for point in _points(box):
            a, b = _ball(first, point, field), _ball(second, point, field)
            if a is None or b is None:
                continue
            has_values = True
            if not a.overlaps(b):
                return True, point
    return has_values, None


def _points(box):
    """Return random points of a box with ends, always the same ones."""
    source = random.Random(2023)
    points = []
    for _ in range(POINTS):
        point = {}
        for variable, (low, high) in box.items():
            share = QQ(source.randrange(1, 2**20)) / 2**20
            if low == -Infinity and high == Infinity:
                point[variable] = SPREAD * (2 * share - 1)
            elif Infinity in (high, -low):
                point[variable] = low + SPREAD * share if high == Infinity else high - SPREAD * share
            else:
                point[variable] = low + (high - low) * share
        points.append(point)
    return points


def _ball(expression, point, field):
    """
    Return a ball that holds the value of an expression at a point, ``None`` where there is none or none is known.

    The expression is not substituted into: Sage would simplify powers of numbers, not always rightly.

    EXAMPLES::

        sage: from sage_tf.regression.equivalence import _ball
        sage: _ball(x^(2/3), {x: -9/8}, ComplexBallField(60))
        [-0.5408435888652781 +/- ...] + [0.9367685748625548... +/- ...]*I
        sage: _ball(1/x, {x: 0}, CBF), _ball(arcsin(x), {x: 2}, CBF), _ball(function('u')(x), {x: 2}, CBF)
        (None, None, None)
    """
    try:
        ball = _evaluated(expression, point, field)
    except (TypeError, ValueError, ArithmeticError, NotImplementedError, AttributeError):
        return None
    return ball if ball.real().is_finite() and ball.imag().is_finite() else None


def _evaluated(e, point, field):
    """Return a ball that holds the value of an expression at a point."""
    operands, head = e.operands(), e.operator()
    if not operands:
        return field(point[e]) if e in point else field(_interval(e.pyobject(), field.precision())) if e.is_numeric() else field(e)
    balls = [_evaluated(operand, point, field) for operand in operands]
    if head is add_vararg:
        return sum(balls)
    if head is mul_vararg:
        return prod(balls)
    if head is power:
        return _ball_power(operands, balls)
    name = head.name()
    if len(balls) != 1 or (name in CUT_OUTSIDE and not CUT_OUTSIDE[name](balls[0])):
        raise NotImplementedError(f"no enclosure of {e}")
    return field(getattr(balls[0], name)()) if name != 'abs' else field(abs(balls[0]))


def _ball_power(operands, balls):
    """Return the ball of a power."""
    (base, exponent), (low, high) = operands, balls
    if base.is_trivially_equal(euler):
        return high.exp()
    if exponent.is_numeric() and exponent.pyobject() in ZZ:
        return low**ZZ(exponent.pyobject())
    return (high * low.log()).exp() if exponent != QQ((1, 2)) else low.sqrt()


#: Functions whose value on the cut is a matter of convention, and whether a ball is off the cut
CUT_OUTSIDE = {**dict.fromkeys(('arcsin', 'arccos', 'arctanh'), lambda z: abs(z) < 1 or z.imag().is_nonzero()),
               'arccosh': lambda z: z.real() > 1 or z.imag().is_nonzero()}


def _interval(number, precision):
    """Return the interval of what a floating point number may stand for, and any other number."""
    if not isinstance(number, (float, RealNumber, RealDoubleElement)):
        return number
    field = RealIntervalField(precision)
    exact = number.exact_rational() if isinstance(number, RealNumber) else QQ(float(number).as_integer_ratio())
    return field(exact) * field(1 - UNCERTAINTY, 1 + UNCERTAINTY)


# -- proof ---------------------------------------------------------------------------------------------------------------

def _proved(difference, box):
    """Return whether a difference is proved to be 0 on a box, where it has values."""
    return _is_zero(difference, box) or _is_constant_zero(difference, box)


def _is_zero(expression, box):
    """Return whether an expression has the normal form 0."""
    try:
        return NormalForms(box).is_zero(expression)
    except NotImplementedError:
        return False


def _is_constant_zero(difference, box):
    """Return whether a difference has no slope on a box, on which it is smooth, and is 0 at a point of it."""
    if not is_smooth(difference) or not box or check_domain(difference, box).status != 'proved':
        return False
    if not all(_is_zero(difference.diff(v), box) for v in box):
        return False
    point = {v: _simple(*ends) for v, ends in box.items()}
    return _is_zero(difference.subs(point), {})


def _simple(low, high):
    """Return a simple number between two ends: 1, 0 or another integer if there is one."""
    for number in (QQ(1), QQ(0), QQ(-1)):
        if low <= number <= high:
            return number
    if low == high:
        return low
    whole = low.floor() + 1 if low > -Infinity else high.ceil() - 1
    return QQ(whole) if ZZ(whole) < high else RealIntervalField(100)((2 * low + high) / 3, (low + 2 * high) / 3).simplest_rational()
