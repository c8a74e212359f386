r"""
The form of a law that a person would write

Sage takes roots apart, and a fit finds monomials before them that belong under them. Of forms that are equal where the variables are positive, the one
with the fewest occurrences of variables is the clearest: ``m/sqrt(1 - v^2/c^2)`` has three, ``m*c/sqrt(c^2 - v^2)`` has four.

EXAMPLES::

    sage: from sage_tf.regression.readable import occurrences, readable_forms
    sage: c, m, v = var('c, m, v')
    sage: min(readable_forms(m*c/sqrt(c^2 - v^2), [c, m, v]), key=occurrences)
    m/sqrt(-v^2/c^2 + 1)
"""
from itertools import islice, product
from operator import pow as power

from sage.functions.log import exp, ln
from sage.misc.misc_c import prod
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

HALF = QQ((1, 2))
HIGHEST = 4                                                     # exponent of a sum that is expanded
MOST = 150                                                      # forms that are made


def occurrences(expression):
    """
    Return how often variables occur in an expression, how far the sums under its roots are from the form 1 plus or minus something, then how many
    nodes and characters it has: the less the clearer.

    EXAMPLES::

        sage: from sage_tf.regression.readable import occurrences
        sage: occurrences(x*sqrt(1 + 1/x^2))[0], occurrences(sqrt(x^2 + 1))[0]
        (2, 1)
        sage: y = var('y')
        sage: occurrences(x/sqrt(1 - x^2/y^2)) < occurrences(y/sqrt(y^2/x^2 - 1))
        True
    """
    count = nodes = distance = 0
    todo = [expression]
    while todo:
        e = todo.pop()
        nodes += 1
        count += e.is_symbol()
        base, exponent = _as_power(e)
        if exponent.denominator() > 1 and base.operator() is add_vararg:
            constants = [term.pyobject() for term in base.operands() if term.is_numeric()]
            distance += 1 if not constants else 0 if constants[0] > 0 else 2
        todo.extend(e.operands())
    text = str(expression)
    return count, distance, nodes, len(text), text


def readable_forms(expression, positive):
    r"""
    Return forms of an expression that are equal where the given variables are positive, itself among them.

    INPUT:

    - ``expression`` -- a symbolic expression

    - ``positive`` -- the variables that are positive

    EXAMPLES::

        sage: from sage_tf.regression.readable import occurrences, readable_forms
        sage: y, z = var('y, z')
        sage: def best(e): return min(readable_forms(e, [x, y, z]), key=occurrences)
        sage: best(z*x*sqrt(1 + y^2/x^2)), best(sqrt(x)*sqrt(y)/sqrt(z)), best(-x*log(y/z))
        (sqrt(x^2 + y^2)*z, sqrt(x*y/z), x*log(z/y))
        sage: best(sqrt(x^2*y^2 + x^2*z^2)), best(x*sqrt(y + z)/sqrt(y - z))
        (...)
    """
    if has_high_power(expression):
        return [expression]
    positive = {str(v) for v in positive}
    found = {}                                                  # by their texts: Sage would try to prove different ones equal
    for form in (expression, expression.expand(), expression.normalize(), expression.collect_common_factors()):
        if str(form) not in found:
            found.update({str(e): e for e in (form, _turned(form), *_rooted(_turned(form), positive))})
    return list(found.values())


def has_high_power(expression):
    """
    Return whether a sum in an expression has an exponent so high that its expansion would take long.

    EXAMPLES::

        sage: from sage_tf.regression.readable import has_high_power
        sage: [has_high_power(e) for e in ((x + 1)^3, sin(1 + (x + 1)^-5), x^9)]
        [False, True, False]
    """
    todo = [expression]
    while todo:
        e = todo.pop()
        base, exponent = _as_power(e)
        if abs(exponent) > HIGHEST and base.operator() is add_vararg:
            return True
        todo.extend(e.operands())
    return False


def _turned(expression):
    """Return an expression with every ``log(exp(u))`` written as ``u``, every ``exp(log(u) + w)`` as ``u*exp(w)``, and every ``log(a/b)`` as ``-log(b/a)``."""
    w, u = SR.wild(0), SR.wild(1)
    return expression.subs({ln(exp(w)): w}).subs({exp(ln(u) + w): u * exp(w)}).subs({ln(w): -ln(1 / w)})


def _rooted(expression, positive):
    """Return forms of a product or sum with monomials moved into and out of the square roots in its terms."""
    if expression.operator() is add_vararg:
        choices = [[term, *_rooted_product(term, positive)] for term in expression.operands()]
        return [SR(0).add(*[min(terms, key=occurrences) for terms in choices])]
    return _rooted_product(expression, positive)


def _rooted_product(expression, positive):
    """Return forms of a product with square roots, or with sums."""
    factors = expression.operands() if expression.operator() is mul_vararg else [expression]
    outside, inside, sums = SR(1), SR(1), []
    for factor in factors:
        base, exponent = _as_power(factor)
        if exponent.denominator() == 2:
            half = HALF if exponent > 0 else -HALF
            outside, inside = outside * base**(exponent - half), inside * base**(2 * half)
        elif base.operator() is add_vararg and exponent.is_integer():
            sums.append((base, exponent))
        else:
            outside *= factor
    is_one = inside.is_trivially_equal(1)                       # inside == 1 may take minutes, as Sage would try to prove it
    quotient = (QQ(1), []) if is_one else _factored(inside)
    if quotient is None or is_one and not sums:
        return []
    choices = product(*[[SR(1), *_variable_parts(base)] for base, _ in sums])
    return list(islice((form for divisors in choices for form in _arranged(
        outside * prod([t**n for t, (_, n) in zip(divisors, sums, strict=True)], SR(1)), *quotient, positive,
        prod([(f / t).expand()**n for t, (f, n) in zip(divisors, sums, strict=True)], SR(1)))), MOST))


def _variable_parts(base):
    """Return the terms of a sum without their constant factors, and the squares of its variables."""
    parts = [term / prod([f for f in (term.operands() if term.operator() is mul_vararg else [term]) if not f.variables()], SR(1))
             for term in base.operands()]
    return [*parts, *(v**2 for v in base.variables()), *base.variables()]


def _as_power(factor):
    """Return the base and the rational exponent of a factor, 1 where it has another one."""
    operands = factor.operands()
    if len(operands) == 2 and factor.operator() is power and operands[1].is_numeric() and operands[1].pyobject() in QQ:
        return operands[0], QQ(operands[1].pyobject())
    return factor, QQ(1)


def _factored(expression):
    """
    Return a rational function as a constant and pairs of a factor and an exponent.

    Functions within count as variables; ``None`` where the coefficients are not rational.

    TESTS::

        sage: from sage_tf.regression.readable import _factored
        sage: _factored(4/x)
        (4, [(x, -1)])
    """
    replaced = {}
    todo = [expression]
    while todo:
        e = todo.pop()
        head = e.operator()
        if head is None or head in (add_vararg, mul_vararg) or _as_power(e)[1].denominator() == 1 and _as_power(e)[0] is not e:
            todo.extend(e.operands()[:1] if head not in (None, add_vararg, mul_vararg) else e.operands())
        else:
            replaced.setdefault(str(e), (e, SR.symbol()))
    reduced = expression.subs(dict(replaced.values()))
    names = [str(v) for v in reduced.variables()]
    if not names:
        return None
    try:
        ring = PolynomialRing(QQ, len(names), names)
        above, below = (ring(part) for part in (reduced.numerator(), reduced.denominator()))
    except (TypeError, ValueError):
        return None
    back = {symbol: e for e, symbol in replaced.values()}
    constant, pairs = QQ(1), []
    for part, sign in ((above, 1), (below, -1)):
        if part.is_constant():                                  # which Sage would take apart into primes
            constant *= QQ(part)**sign
            continue
        factors = part.factor()
        constant *= QQ(factors.unit())**sign
        pairs += [(SR(f).subs(back), sign * QQ(n)) for f, n in factors if f.is_monomial()]
        # The others are left as one: c^2 - v^2 is clearer than its factors.
        rest = prod([f**n for f, n in factors if not f.is_monomial()], ring(1))
        if not rest.is_one():
            pairs.append((SR(rest).subs(back), QQ(sign)))
    return constant, pairs


def _arranged(outside, constant, pairs, positive, sums_outside):
    """
    Yield the forms of ``outside * sums_outside * sqrt(constant * product)``, with each sum in the product divided by one of its terms, or by none.
    """
    sums = [(f, n) for f, n in pairs if f.operator() is add_vararg]
    monomials = [(f, n) for f, n in pairs if f.operator() is not add_vararg]
    for divisors in product(*[[SR(1), *f.operands(), *[-t for t in f.operands()]] for f, _ in sums]):
        inside = constant * prod([f**n for f, n in monomials], SR(1)) * prod([t**n for t, (_, n) in zip(divisors, sums, strict=True)], SR(1))
        before, above, below = outside, SR(1), SR(1)
        for factor in inside.operands() if inside.operator() is mul_vararg else [inside]:
            base, exponent = _as_power(factor)
            if str(base) in positive:
                # A whole power stands outside, the half of one under the root, on the side where it was.
                half = exponent * HALF
                whole = half.floor() if half >= 0 else half.ceil()
                before, exponent = before * base**whole, 2 * (half - whole)
            if exponent > 0:
                above *= base**exponent
            else:
                below *= base**-exponent
        rest = prod([(f / t).expand()**n for t, (f, n) in zip(divisors, sums, strict=True)], SR(1))
        yield before * sums_outside * (above / below * rest)**HALF
        if sums and all(n == sums[0][1] for _, n in sums):
            yield before * sums_outside * (above / below)**HALF * rest**HALF
        if sums and all(n < 0 for _, n in sums):
            apart = prod([f**HALF for f in (above.operands() if above.operator() is mul_vararg else [above])], SR(1))
            yield before * sums_outside * apart / (below / rest)**HALF
