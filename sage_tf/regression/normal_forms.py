r"""
Normal forms, by which expressions are proved equal

EXAMPLES::

    sage: from sage_tf.regression.normal_forms import NormalForms
    sage: y = var('y')
    sage: positive = NormalForms({x: (0, Infinity), y: (0, Infinity)})
    sage: positive.is_zero(sqrt(x^3*y) - x*sqrt(x)*sqrt(y)), positive.is_zero(log(x^2/y) - 2*log(x) + log(y))
    (True, True)
    sage: real = NormalForms({x: (-Infinity, Infinity), y: (-Infinity, Infinity)})
    sage: real.is_zero(sqrt(x^2*y) - x*sqrt(y)), real.is_zero(sqrt(x^2*y) - abs(x)*sqrt(y))
    (False, True)

ALGORITHM:

An expression is rewritten as a rational function over `\QQ` of kernels: the variables, `\pi`, roots of irreducible polynomials and of primes,
exponentials, pairs of sine and cosine, logarithms, arcsines, and functions about which nothing is known. Each root `r` of order `n`, sine `s`
and absolute value `a` has a relation, `r^n = f`, `s^2 + c^2 = 1` or `a^2 = f^2`. The leading terms of these in the lexicographic order are powers of different
kernels, so that they are a Groebner basis, and what has the remainder 0 is zero. The converse holds if the kernels satisfy no other relations,
which is not decided: a remainder that is not 0 says nothing.

Products are taken out of roots and logarithms only if all factors but one are not negative on the box, which :func:`~sage_tf.regression.decisions.decide`
proves; all other rules hold for the principal values of all complex numbers. Exponents and angles are brought to common denominators: if a new
one is met, all starts anew.
"""
from math import lcm
from operator import pow as power

from sage.functions.other import sqrt
from sage.functions.trig import arcsin, cos, sin
from sage.misc.misc_c import prod
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.constants import I, golden_ratio, pi
from sage.symbolic.constants import e as euler
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.decisions import decide
from sage_tf.regression.domain import demands

KERNELS = 48                                                    # at most
ROUNDS = 12                                                     # of common denominators
BOXES = 200                                                     # for the sign of one factor
LARGEST = 64                                                    # power or multiple of an angle that is expanded
HALF = QQ((1, 2))


class _Again(Exception):
    """A denominator was met that is not among those known."""


class NormalForms:
    r"""
    Rational functions of kernels, on a box.

    INPUT:

    - ``box`` -- dictionary from all variables, which are real, to pairs of rational or infinite ends

    EXAMPLES::

        sage: from sage_tf.regression.normal_forms import NormalForms
        sage: forms = NormalForms({x: (-Infinity, Infinity)})
        sage: forms.is_zero(sin(3*x) - 3*sin(x) + 4*sin(x)^3), forms.is_zero(cosh(x)^2 - sinh(x)^2 - 1), forms.is_zero(sin(x) - x)
        (True, True, False)
        sage: forms.is_zero(sqrt(2)*sqrt(3) - sqrt(6)), forms.is_zero(1/(1 + sqrt(2)) - sqrt(2) + 1), forms.is_zero(exp(x/2)*exp(x/3) - exp(5*x/6))
        (True, True, True)
    """
    def __init__(self, box):
        self.box = box
        self.ring = PolynomialRing(QQ, 'k', KERNELS, order='lex')
        self.field = self.ring.fraction_field()
        self._denominators = {}
        self._clear()

    def _clear(self):
        """Forget the kernels."""
        self._meanings, self._relations, self._kernels, self._origins = [], [], [], {}
        self._forms, self._signs, self._real = {}, {}, {}

    def is_zero(self, expression):
        """
        Return whether an expression is proved to be zero wherever it has values on the box.

        Raises NotImplementedError for an expression that has too many kernels.
        """
        for _ in range(ROUNDS):
            self._clear()
            try:
                return self.reduced(self.of(expression)) == 0
            except _Again:
                continue
            except ZeroDivisionError:
                return False
        return False

    # -- elements --------------------------------------------------------------------------------------------------------

    def of(self, expression):
        """Return the rational function that an expression is."""
        if expression not in self._forms:
            self._forms[expression] = self.reduced(self._of(expression))
        return self._forms[expression]

    def _of(self, e):
        """Return the rational function that an expression is, from those of its operands."""
        if e.is_numeric():
            return self._number(e.pyobject())
        operands, head = e.operands(), e.operator()
        if not operands:
            return self.exp(self.field(1)) if e == euler else self.of((1 + sqrt(SR(5))) / 2) if e == golden_ratio else self.function(e, ())
        if head is add_vararg:
            return sum(map(self.of, operands))
        if head is mul_vararg:
            return prod(map(self.of, operands))
        if head is power:
            return self._power(*operands)
        name = head.name() if hasattr(head, 'name') else str(head)
        if name in RULES and len(operands) == 1:
            return RULES[name](self, self.of(operands[0]))
        return self.function(head, tuple(map(self.of, operands)))

    def _number(self, number):
        """Return a rational number, or one of the Gaussian field."""
        if number in QQ:
            return self.field(QQ(number))
        try:
            return self.field(QQ(number.real())) + QQ(number.imag()) * self.imaginary()
        except (TypeError, ValueError, AttributeError):
            raise NotImplementedError(f"{number} is no exact number") from None

    def _power(self, base, exponent):
        """Return a power: `b^q` for a rational number q, else `exp(p log b)`."""
        if exponent.is_numeric() and exponent.pyobject() in QQ:
            q = QQ(exponent.pyobject())
            if abs(q) > LARGEST:
                raise NotImplementedError(f"the power {q} is too large to be expanded")
            return self.of(base)**int(q) if q.is_integer() else self.root(self.of(base), q)
        if base.is_trivially_equal(euler):
            return self.exp(self.of(exponent))
        return self.exp(self.of(exponent) * self.log(self.of(base)))

    def reduced(self, f):
        """Return the remainder by the relations of the kernels, of numerator and denominator."""
        f = self.field(f)
        return self.field(f.numerator().reduce(self._relations) if self._relations else f.numerator()) / (
            f.denominator().reduce(self._relations) if self._relations else f.denominator())

    def expression(self, f):
        """Return the symbolic expression that an element stands for."""
        f = self.field(f)
        return self._symbolic(f.numerator()) / self._symbolic(f.denominator())

    def _symbolic(self, polynomial):
        return sum((c * prod(self._meanings[KERNELS - 1 - k]**int(d) for k, d in powers.sparse_iter()) for powers, c in polynomial.dict().items()), SR(0))

    # -- kernels ---------------------------------------------------------------------------------------------------------

    def _kernel(self, kind, arguments, meaning, relation=None):
        """Return the kernel of this kind with these arguments, a new one if there is none; new ones come last in the order."""
        for known, others, kernel in self._kernels:
            if known == kind and all(self.reduced(a - b) == 0 for a, b in zip(arguments, others, strict=True)):
                return kernel
        if len(self._meanings) == KERNELS:
            raise NotImplementedError(f"there are more than {KERNELS} kernels")
        kernel = self.ring.gen(KERNELS - 1 - len(self._meanings))
        self._meanings.append(SR(meaning))
        self._kernels.append((kind, arguments, kernel))
        self._origins[kernel] = kind, arguments
        if relation is not None:
            self._relations.append(self.ring(relation(kernel)))
        return kernel

    def _common(self, kind, f, denominator):
        """Return the common denominator of all multiples of f that stand in roots, exponents or angles."""
        key = kind, str(self.expression(f))
        known = self._denominators.get(key, 1)
        if known % denominator:
            self._denominators[key] = lcm(known, int(denominator))
            raise _Again
        return known

    def function(self, head, arguments):
        """Return a function about which nothing is known."""
        meaning = head(*map(self.expression, arguments)) if arguments else head
        return self.field(self._kernel(('function', head), tuple(arguments), meaning))

    def imaginary(self):
        """Return the imaginary unit."""
        return self.field(self._kernel('imaginary', (), I, lambda kernel: kernel**2 + 1))

    def pi(self):
        """Return `pi`."""
        return self.of(SR(pi))

    # -- signs -----------------------------------------------------------------------------------------------------------

    def is_real(self, f):
        """Return whether an element is proved to be real wherever it has a value."""
        f = self.field(f)
        return all(self._kernel_is_real(k) for k in {*f.numerator().variables(), *f.denominator().variables()})

    def _kernel_is_real(self, kernel):
        if kernel not in self._real:
            needed = demands(self._meanings[KERNELS - 1 - self.ring.gens().index(kernel)])
            self._real[kernel] = all(d.is_relational() and (d.operator().__name__ == 'ne' or decide(d, self.box, BOXES)[0] == 'proved') for d in needed)
        return self._real[kernel]

    def sign(self, f):
        """Return 1 if a polynomial is proved not to be negative, -1 if it is proved not to be positive, else ``None``."""
        if f not in self._signs:
            self._signs[f] = None
            if self.is_real(f):
                e = self._symbolic(f)
                status = decide(e >= 0, self.box, BOXES)[0]
                if status == 'proved':
                    self._signs[f] = 1
                elif status == 'refuted' and decide(-e >= 0, self.box, BOXES)[0] == 'proved':
                    self._signs[f] = -1
        return self._signs[f]

    def _factors(self, f):
        """
        Return a positive rational number, a list of polynomials that are not negative with their exponents, and a rest, of which f is the
        product; the rest is 1 if all signs are known.
        """
        numerator, denominator = f.numerator().factor(), f.denominator().factor()
        unit = QQ(numerator.unit()) / QQ(denominator.unit())
        known, rest = [], self.field(1)
        for factor, m in [*numerator, *((g, -m) for g, m in denominator)]:
            factor = self.ring(factor)
            if factor.is_constant():
                unit *= QQ(factor)**int(m)
                continue
            sign = self.sign(factor)
            if sign is not None:
                known.append((sign * factor, m))
                unit *= QQ(sign)**int(m)
            elif m % 2 == 0 and self.is_real(factor):
                known.append((self._absolute(factor), m))
            else:
                rest *= self.field(factor)**int(m)
        return abs(unit), known, rest if unit > 0 else -rest

    def _absolute(self, factor):
        """Return the absolute value of a real polynomial of unknown sign."""
        factor = factor if factor.lc() > 0 else -factor
        return self._kernel('abs', (self.field(factor),), abs(self._symbolic(factor)), lambda kernel: kernel**2 - factor**2)

    # -- rules -----------------------------------------------------------------------------------------------------------

    def root(self, f, q):
        """Return the power `f^q` with a rational number q."""
        f = self.reduced(f)
        unit, known, rest = self._factors(f)
        result = prod(self._root(self.ring(p), m * q) for p, m in unit.factor()) * prod(self._root(g, m * q) for g, m in known)
        if rest == 1:
            return self.field(result)
        if rest == -1 and q.denominator() == 2:
            return result * self.imaginary()**int(q.numerator())
        common = self._common('root', rest, q.denominator())
        p, s = rest.numerator(), rest.denominator()
        whole = self._kernel(('whole', common), (rest,), self._symbolic(s) * self.expression(rest)**(QQ(1) / common),
                             lambda kernel: kernel**common - p * s**(common - 1))
        return result * (self.field(whole) / s)**int(q * common)

    def _root(self, f, q):
        """Return the power of a polynomial that is not negative."""
        if q.is_integer():
            return self.field(f)**int(q)
        kind, arguments = self._origins.get(f, (None, ()))
        if kind and kind[0] == 'exp':
            return self.exp(q / kind[1] * arguments[0])
        if kind and kind[0] == 'root':
            return self._root(self.ring(arguments[0]), q / kind[1])
        common, whole = self._common('root', f, q.denominator()), q.floor()
        kernel = self._kernel(('root', common), (self.field(f),), self._symbolic(f)**(QQ(1) / common), lambda kernel: kernel**common - f)
        return self.field(f)**int(whole) * self.field(kernel)**int((q - whole) * common)

    def log(self, f):
        """Return the logarithm."""
        f = self.reduced(f)
        if f == 0:
            raise ZeroDivisionError("logarithm of zero")
        unit, known, rest = self._factors(f)
        result = sum(m * self._log(self.ring(p)) for p, m in unit.factor()) + sum(m * self._log(g) for g, m in known)
        if rest == 1:
            return self.field(result)
        if rest == -1:
            return result + self.imaginary() * self.pi()
        return result + self._kernel('log', (rest,), self.expression(rest).log())

    def _log(self, f):
        """Return the logarithm of a polynomial that is not negative."""
        kind, arguments = self._origins.get(f, (None, ()))
        if kind and kind[0] == 'exp':
            return arguments[0] / kind[1]
        if kind and kind[0] == 'root':
            return self._log(self.ring(arguments[0])) / kind[1]
        return self.field(self._kernel('log', (self.field(f),), self._symbolic(f).log()))

    def _terms(self, f):
        """Return an element as a list of rational numbers and the terms that they multiply: those of a polynomial and of a proper fraction."""
        f = self.reduced(f)
        denominator = f.denominator() / f.denominator().lc()
        whole, rest = (f.numerator() / f.denominator().lc()).quo_rem(denominator)
        return [*((QQ(c), self.field(m)) for c, m in whole), *((QQ(c), self.field(m) / denominator) for c, m in rest)]

    def _without_imaginary(self, term):
        """Return a term without the imaginary unit, or ``None`` if it does not have it."""
        unit = next((kernel for kind, _, kernel in self._kernels if kind == 'imaginary'), None)
        return self.field(term / unit) if unit is not None and unit in term.numerator().variables() else None

    def exp(self, f):
        """Return the exponential: a product over the terms of the exponent."""
        result = self.field(1)
        for c, term in self._terms(f):
            real = self._without_imaginary(term)
            kind, arguments = self._origins.get(self.ring(term.numerator()), (None, ())) if term.denominator() == 1 else (None, ())
            if real is not None:
                cosine, sine = self.angle(c * real)
                result *= cosine + self.imaginary() * sine
            elif kind == 'log':
                result *= self.root(arguments[0], c)
            else:
                common = self._common('exp', term, c.denominator())
                power = int(c * common)
                if abs(power) > LARGEST:
                    raise NotImplementedError(f"the power {power} is too large to be expanded")
                result *= self.field(self._kernel(('exp', common), (term,), (self.expression(term) / common).exp()))**power
        return result

    def angle(self, f):
        """Return cosine and sine, by the formulas for sums and multiples of angles."""
        pair = self.field(1), self.field(0)
        for c, term in self._terms(f):
            cosine, sine, times = self._angle(c, term)
            if abs(times) > LARGEST:
                raise NotImplementedError(f"{times} times an angle is too large to be expanded")
            if times < 0:
                sine, times = -sine, -times
            for _ in range(times):
                pair = tuple(map(self.reduced, (pair[0] * cosine - pair[1] * sine, pair[1] * cosine + pair[0] * sine)))
        return pair

    def _angle(self, c, term):
        """Return cosine and sine of an angle of which ``c*term`` is a multiple, and which multiple."""
        real = self._without_imaginary(term)
        if real is not None:
            plus, minus = self.exp(c * real), self.exp(-c * real)
            return (plus + minus) / 2, self.imaginary() * (plus - minus) / 2, 1
        kind, arguments = self._origins.get(self.ring(term.numerator()), (None, ())) if term.denominator() == 1 else (None, ())
        if kind == 'arcsin' and c.is_integer():
            return self.root(1 - arguments[0]**2, HALF), arguments[0], int(c)
        if term == self.pi():
            values = cos(c * pi), sin(c * pi)
            if not any(value.has(pi) for value in values):
                return *map(self.of, values), 1
        common = self._common('angle', term, c.denominator())
        angle = self.expression(term) / common
        cosine = self._kernel(('cos', common), (term,), cos(angle))
        sine = self._kernel(('sin', common), (term,), sin(angle), lambda kernel: kernel**2 + cosine**2 - 1)
        return self.field(cosine), self.field(sine), int(c * common)

    def arcsin(self, f):
        """Return the arcsine, an odd function."""
        f = self.reduced(f)
        if f == 0:
            return f
        sign = 1 if f.numerator().lc() / f.denominator().lc() > 0 else -1
        meaning = self.expression(sign * f).arcsin()
        if not meaning.variables() and not isinstance(meaning.operator(), type(arcsin)):       # Sage knows those of some constants
            return sign * self.of(meaning)
        return sign * self.field(self._kernel('arcsin', (sign * f,), meaning))

    def arctan(self, f):
        """Return the arctangent: that of a real number is an arcsine."""
        if self.is_real(f):
            return self.arcsin(f / self.root(1 + f**2, HALF))
        return (self.log(1 + self.imaginary() * f) - self.log(1 - self.imaginary() * f)) / (2 * self.imaginary())

    def abs(self, f):
        """Return the absolute value."""
        if not self.is_real(f):
            return self.field(self._kernel('modulus', (f,), abs(self.expression(f))))
        unit, known, rest = self._factors(self.reduced(f))
        result = unit * prod(self.field(g)**int(m) for g, m in known)
        for factor, m in (*rest.numerator().factor(), *((g, -m) for g, m in rest.denominator().factor())):
            result *= self.field(self._absolute(factor))**int(m)
        return result


def _hyperbolic(forms, f):
    """Return hyperbolic cosine and sine."""
    plus, minus = forms.exp(f), forms.exp(-f)
    return (plus + minus) / 2, (plus - minus) / 2


def _ratio(pair, numerator, denominator):
    return (1 if numerator is None else pair[numerator]) / (1 if denominator is None else pair[denominator])


#: The functions with rules, all of which hold for principal values at complex numbers
RULES = {
    'exp': NormalForms.exp, 'log': NormalForms.log, 'abs': NormalForms.abs, 'arcsin': NormalForms.arcsin, 'arctan': NormalForms.arctan,
    'arccos': lambda forms, f: forms.pi() / 2 - forms.arcsin(f),
    'arcsinh': lambda forms, f: forms.log(f + forms.root(f**2 + 1, HALF)),
    'arccosh': lambda forms, f: forms.log(f + forms.root(f - 1, HALF) * forms.root(f + 1, HALF)),
    'arctanh': lambda forms, f: (forms.log(1 + f) - forms.log(1 - f)) / 2,
    **{name: lambda forms, f, p=p, q=q: _ratio(forms.angle(f), p, q)
       for name, p, q in (('cos', 0, None), ('sin', 1, None), ('tan', 1, 0), ('cot', 0, 1), ('sec', None, 0), ('csc', None, 1))},
    **{name: lambda forms, f, p=p, q=q: _ratio(_hyperbolic(forms, f), p, q)
       for name, p, q in (('cosh', 0, None), ('sinh', 1, None), ('tanh', 1, 0), ('coth', 0, 1), ('sech', None, 0), ('csch', None, 1))},
}
