r"""
Constants given by enclosures: algebraic numbers, number field elements and symbolic constants

EXAMPLES::

    sage: from sage_tf.conversion.enclosures import enclosure, is_real
    sage: enclosure(pi, 60)
    3.14159265358979324?
    sage: is_real((1 + I)*(1 - I))
    True
"""
import math
import numbers

import numpy as np
from sage.rings.complex_double import ComplexDoubleElement
from sage.rings.complex_interval_field import ComplexIntervalField
from sage.rings.complex_mpfr import ComplexNumber
from sage.rings.infinity import AnInfinity, InfinityRing
from sage.rings.number_field.number_field_element_base import NumberFieldElement_base
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfi import RealIntervalFieldElement
from sage.rings.real_mpfr import RealNumber
from sage.structure.element import Element, Expression, parent
from sage.symbolic.operators import add_vararg, mul_vararg

from sage_tf.conversion.exact import exact, overflow, round_fraction

# Enclosures are refined up to this precision; what is still undecided then (an unproved exact tie) takes the centre.
_MAX_PRECISION = 6400


def enclosure(x, precision):
    r"""
    Return a complex interval that holds a constant, narrow at the given precision.

    INPUT:

    - ``x`` -- an algebraic number, a number field element with an embedding, a constant symbolic expression, or anything
      that complex interval fields convert

    - ``precision`` -- bits

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import enclosure
        sage: enclosure(pi + I, 60)
        3.14159265358979324? + 1*I
        sage: enclosure(elliptic_kc(1/2), 60)                 # no ball arithmetic for this one
        1.854074677301372?

    TESTS::

        sage: enclosure(NumberField(x^2 - 2, 'a').gen(), 60)
        Traceback (most recent call last):
        ...
        TypeError: a lies in a number field without an embedding, so it is no particular complex number; define the field ...
    """
    if isinstance(x, Expression):
        return _enclosure_of_expression(x, precision)
    if isinstance(x, NumberFieldElement_base) and x.parent().coerce_embedding() is None:
        # Sage would take some embedding, silently; the choice is the user's.
        raise TypeError(f"{x} lies in a number field without an embedding, so it is no particular complex number; "
                        "define the field with embedding=... or apply one of its embeddings first")
    try:
        if isinstance(x, Element):
            return ComplexIntervalField(precision)(x)
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        pass
    raise TypeError(f"{x} of {parent(x)} is no complex number; expected a real or complex number")


def _enclosure_of_expression(x, precision):
    """
    Return :func:`enclosure` of a symbolic constant, by ball arithmetic where Sage has it.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import _enclosure_of_expression
        sage: _enclosure_of_expression(exp(SR(1)/3), 60)
        1.39561242508608953?
    """
    from sage.rings.complex_arb import ComplexBallField
    require_constant(x)
    if x.is_numeric():
        return enclosure(x.pyobject(), precision)
    try:
        ball = ComplexBallField(precision)(x)
        if ball.real().is_finite() and ball.imag().is_finite():
            return ComplexIntervalField(precision)(ball)
    except (TypeError, ValueError, NotImplementedError, ArithmeticError):
        pass
    require_decided(x)
    # Without ball arithmetic: Sage's own evaluation with guard bits, taken to be good to ``precision - 8`` bits if one with many more agrees.
    value = _numerical(x, precision + 40)
    radius = abs(value) >> precision - 8                        # no power of Python's, which may underflow
    if abs(_numerical(x, 2 * precision + 200) - value) > radius:
        raise ValueError(f"{x} has no value that Sage's evaluation settles: it changes with the precision; simplify it first")
    field = ComplexIntervalField(precision)
    margin = field.real_field()(-radius, radius)
    return field(*(part + margin if part else 0 for part in map(field.real_field(), (value.real(), value.imag()))))


def require_decided(x):
    r"""
    Raise ValueError if a symbolic constant holds a function of something that may be zero or not.

    What is zero without looking so is a small number of any sign to floating point arithmetic, and its inverse, its logarithm or its
    sign are arbitrary numbers.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import require_decided
        sage: require_decided(elliptic_kc(1/2) + 1/pi)
        sage: z = sin(SR(1))^2 + cos(SR(1))^2 - 1
        sage: require_decided(2 + log(z))
        Traceback (most recent call last):
        ...
        ValueError: whether cos(1)^2 + sin(1)^2 - 1 is zero, on which log(cos(1)^2 + sin(1)^2 - 1) depends, is open after 1600 bits; simplify it first
    """
    from sage.rings.complex_arb import ComplexBallField
    todo = [x]
    while todo:
        e = todo.pop()
        operands = e.operands()
        todo += operands
        for operand in operands if e.operator() not in (add_vararg, mul_vararg) else ():
            try:
                ball = ComplexBallField(100)(operand)
                if ball.contains_zero():                        # the long way, minutes for some constants, where it is needed
                    ball = ComplexBallField(1600)(operand)
            except (TypeError, ValueError, NotImplementedError, ArithmeticError):
                continue
            if ball.contains_zero() and not ball.is_zero():
                raise ValueError(f"whether {operand} is zero, on which {e} depends, is open after 1600 bits; simplify it first")


def _numerical(x, precision):
    """
    Return Sage's numerical value of a symbolic constant as a complex number, refusing what has none.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import _numerical
        sage: _numerical(sin(SR(1)), 53)
        0.841470984807897
        sage: _numerical(arccosh(mertens), 53)
        Traceback (most recent call last):
        ...
        TypeError: arccosh(mertens) has no numerical value (Sage's is NaN); expected a constant
    """
    from mpmath.libmp import NoConvergence
    from sage.rings.complex_mpfr import ComplexField
    try:
        value = ComplexField(precision)(x.n(precision))
        if value.is_NaN():
            raise ValueError("Sage's is NaN")
        return value
    except (TypeError, ValueError, ArithmeticError, AttributeError, RuntimeError, NoConvergence) as error:
        raise TypeError(f"{x} has no numerical value ({error}); expected a constant") from None


def require_constant(x):
    r"""
    Raise TypeError if a symbolic expression is a relation or has free variables, which are named.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import require_constant
        sage: require_constant(pi + 1)
        sage: require_constant(x + 1)
        Traceback (most recent call last):
        ...
        TypeError: x + 1 has the free variable x where a number is needed; substitute a value or call .to_tf(x) for a function
        sage: require_constant(SR(1) == SR(1))
        Traceback (most recent call last):
        ...
        TypeError: 1 == 1 is a relation, not a number; take its left or right hand side
    """
    if x.is_relational():
        raise TypeError(f"{x} is a relation, not a number; take its left or right hand side")
    free = x.variables()
    if free:
        names = ', '.join(map(str, free))
        raise TypeError(f"{x} has the free variable{'s' * (len(free) > 1)} {names} where a number is needed; "
                        f"substitute a value or call .to_tf({names}) for a function")


def refined(x, part, name):
    """
    Round the real or imaginary part of a number given by enclosures.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import refined
        sage: refined(QQbar(-2).sqrt(), 'imag', 'float64')
        1.4142135623730951
    """
    precision = 100
    while True:
        interval = getattr(enclosure(x, precision), part)()
        ends = exact(interval.lower()), exact(interval.upper())
        if None not in ends:
            low, high = (_round_or_infinity(*end, name) for end in ends)
            if low == high:
                if math.isinf(high):
                    raise overflow(name)
                return high                                     # 0.0, not -0.0, where zero lies between the ends
        if precision >= _MAX_PRECISION:
            if None in ends:
                raise ValueError(f"{x} has no finite numerical value; expected a finite constant")
            if interval.absolute_diameter() > abs(interval.center()) * 2**-200:
                raise ValueError(f"{x} is known to a few digits only; expected an exact constant or a number of its own")
            return round_fraction(*exact(interval.center()), name)
        precision *= 4


def _round_or_infinity(n, d, e, name):
    """
    Return :func:`~sage_tf.conversion.exact.round_fraction`, an infinity where it overflows.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import _round_or_infinity
        sage: _round_or_infinity(-1r, 1r, 2000r, 'float64')
        -inf
    """
    try:
        return round_fraction(n, d, e, name)
    except OverflowError:
        return -math.inf if n < 0 else math.inf


def is_real(x):
    r"""
    Return whether a constant is real.

    INPUT:

    - ``x`` -- a number of any kind or a constant symbolic expression

    OUTPUT: boolean; for symbolic constants decided by Sage's simplification or, failing that, by an imaginary part
    that vanishes to 1,600 bits

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import is_real
        sage: is_real(pi), is_real(sqrt(SR(-1))), is_real((1 + I)*(1 - I)), is_real(CDF(2)), is_real(QQbar(-1).sqrt())
        (True, False, True, True, False)
        sage: is_real(exp(I*pi/5) + exp(-I*pi/5))
        True
        sage: is_real(jacobi_nc(1/3, pi)), is_real(e*jacobi_nc(1/3, pi)/twinprime)
        (True, True)
    """
    if isinstance(x, (complex, np.complexfloating)):
        return x.imag == 0
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return not x.imag()
    if isinstance(x, (numbers.Real, RealNumber, RealDoubleElement, AnInfinity)) or exact(x) is not None:
        return True
    if isinstance(x, Expression) and (x.is_infinity() or is_nan(x)):
        return True
    for precision in (100, 1600):
        imaginary = enclosure(x, precision).imag()
        if imaginary.is_zero():
            return True
        if not imaginary.contains_zero():
            return False
        if isinstance(x, Expression) and x.operator() in (add_vararg, mul_vararg) and all(map(is_real, x.operands())):
            return True                                         # 1,600 bits take minutes for some constants
    return True


def is_nan(x):
    """
    Return whether a symbolic expression is the constant NaN.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import is_nan
        sage: is_nan(NaN), is_nan(pi)
        (True, False)
    """
    return x.operator() is None and not x.is_symbol() and str(x) == 'NaN'


def special_value(x):
    """
    Return the float of an infinity or NaN, None for everything else.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import special_value
        sage: special_value(oo), special_value(SR(-oo)), special_value(RDF('inf')), special_value(pi)
        (inf, -inf, inf, None)
        sage: special_value(unsigned_infinity)
        Traceback (most recent call last):
        ...
        ValueError: Infinity has no sign, so no value of a float dtype stands for it; use +oo or -oo
    """
    if isinstance(x, (float, np.floating, RealNumber, RealDoubleElement)):
        return float(x)
    if isinstance(x, Expression):
        if is_nan(x):
            return math.nan
        if not x.is_infinity():
            return None
        x = InfinityRing(x) if x.is_positive_infinity() or x.is_negative_infinity() else x
    if isinstance(x, Expression) or isinstance(x, AnInfinity) and x.parent() is not InfinityRing:
        raise ValueError(f"{x} has no sign, so no value of a float dtype stands for it; use +oo or -oo")
    return float(x) if isinstance(x, AnInfinity) else None


def refuse_interval(x):
    """
    Raise TypeError for intervals and balls, which are sets and not numbers.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import refuse_interval
        sage: refuse_interval(RBF(1/3))
        Traceback (most recent call last):
        ...
        TypeError: [0.3333333333333333 +/- 7.04e-17] is an interval, not a number; take .center() or pass midpoint=True
    """
    if is_interval(x):
        raise TypeError(f"{x} is an interval, not a number; take .center() or pass midpoint=True")


def is_interval(x):
    """
    Return whether ``x`` is an element of a field of intervals or balls.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import is_interval
        sage: is_interval(RIF(1)), is_interval(CBF(1)), is_interval(RR(1))
        (True, True, False)
    """
    from sage.rings.complex_arb import ComplexBall
    from sage.rings.complex_interval import ComplexIntervalFieldElement
    from sage.rings.real_arb import RealBall
    return isinstance(x, (RealIntervalFieldElement, ComplexIntervalFieldElement, RealBall, ComplexBall))


def midpoint(x):
    """
    Return the centre of an interval or ball; other objects are returned as they are.

    EXAMPLES::

        sage: from sage_tf.conversion.enclosures import midpoint
        sage: midpoint(RIF(1, 2)), midpoint(RBF(3)), midpoint(5)
        (1.50000000000000, 3.00000000000000, 5)
    """
    if not is_interval(x):
        return x
    return x.center() if hasattr(x, 'center') else x.mid()
