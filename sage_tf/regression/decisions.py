r"""
Whether a relation holds on a whole box

EXAMPLES::

    sage: from sage_tf.regression.decisions import decide
    sage: decide(x^2 - x + 1 > 0, {x: (-5, 5)}), decide(x - 1 > 0, {x: (0, 2)})[0]
    (('proved', None), 'refuted')

ALGORITHM:

A polynomial of degree two may be positive everywhere, by its matrix; else the relation is checked by interval arithmetic
(:mod:`~sage_tf.regression.ranges`). A box that this leaves open is halved, until all are decided or there are too many. A zero is certain where a
continuous function has both signs.
"""
from collections import deque

from sage.matrix.constructor import matrix
from sage.rings.infinity import Infinity
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RIF
from sage.symbolic.ring import SR

from sage_tf.regression.ranges import Enclosures, name_of

BOXES = 4000                                                    # boxes that one decision may take


def decide(relation, box, boxes=BOXES):
    r"""
    Return whether ``f > 0``, ``f >= 0`` or ``f != 0`` holds on a whole box.

    INPUT:

    - ``relation`` -- the relation, with 0 on its right hand side

    - ``box`` -- dictionary from variables to rational or infinite ends

    - ``boxes`` -- how many parts may be looked at

    OUTPUT: a pair of ``'proved'``, ``'refuted'`` or ``'undecided'`` and the part of the box where it fails or is open, ``None`` if proved

    EXAMPLES::

        sage: from sage_tf.regression.decisions import decide
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
    enclosed = Enclosures(function)
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

        sage: from sage_tf.regression.decisions import _is_definite
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
    if name_of(e.operator()) in ('sin', 'cos'):
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
