r"""
Systems of equations in several unknowns

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y, a, b = var('y, a, b')
    sage: s = solve_tf([x^2 + y^2 == a, x*y == b], [x, y]); s.methods()
    ['closed', 'closed', 'closed', 'closed']
    sage: s(5, 2).numpy().round(12).tolist()
    [[-2.0, -1.0], [2.0, 1.0], [-1.0, -2.0], [1.0, 2.0]]
    sage: s = solve_tf([x^3 + y == a, y^3 - x == b], [x, y]); len(s), s.methods()[0]
    (9, 'eliminated')
    sage: s(1, 1).numpy()[:1].round(6)
    array([[0., 1.]])

ALGORITHM:

Linear systems are solved as such. A polynomial system over the field of rational functions in the parameters has a
lexicographic Groebner basis of the form ``q(t), y_1 - g_1(t), ...`` with a linear form t in the unknowns that separates the solutions. All
roots of q, put into the g's and polished by Newton's method on the system itself, are the solutions. For other systems Sage's ``solve`` is asked, and
what has no closed form is left to Newton's method.

REFERENCES:

- D. Cox, J. Little, D. O'Shea, Ideals, Varieties, and Algorithms, Springer 2015, chapters 3 and 5
"""
from collections import namedtuple

import tensorflow as tf
from sage.misc.misc_c import prod
from sage.modules.free_module_element import vector
from sage.parallel.decorate import fork
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.solving.closed import ClosedForms, closed_forms, filled, polished, shifted
from sage_tf.solving.equations import Equations
from sage_tf.solving.factors import _is_exact
from sage_tf.solving.guesses import Searched
from sage_tf.solving.linear import LinearSystem, check_rank, coefficients_of_system, exact_solution, inconsistent
from sage_tf.solving.newton import Found
from sage_tf.solving.polynomials import PolynomialRoots, horner
from sage_tf.solving.solutions import Group
from sage_tf.symbolic.tensor_function import TensorFunction

SECONDS = 20
MOST_CLOSED = 4                                                 # solutions, up to which closed forms are looked for

#: The polynomial whose roots are the values of t, and those that give the unknowns from them; lists of coefficients, the constant ones first.
Shape = namedtuple('Shape', 'minimal forms')


def of_several_unknowns(problem, symbols, dtype, method):
    """
    Return the groups of branches of a system.
    """
    linear = coefficients_of_system(problem.equations, problem.unknowns)
    if linear is not None:
        check_rank(problem, *linear)
        forms = exact_solution(*linear, problem.parameters)
        return [Group(LinearSystem(*linear, problem.unknowns, symbols, dtype), forms and [forms], [1])]
    equations = Equations(problem.equations, problem.unknowns, symbols, dtype)
    found = None if method == 'closed' else _of_polynomials(problem, equations, method)
    if found is not None:
        return found
    if method == 'polynomial':
        raise NotImplementedError(f"the system {problem!r} has no known basis; expected polynomial equations with rational coefficients, "
                                  "of moderate degrees, with method='polynomial'; leave method= out")
    forms = closed_forms(problem.equations, problem.unknowns)
    if forms is not None:
        return [Group(ClosedForms(equations, forms), forms, [1] * len(forms))]
    if method == 'closed':
        raise NotImplementedError(f"Sage finds no closed form of all solutions of {problem!r}; expected that with method='closed'; "
                                  "leave method= out")
    return [Group(Searched(equations), None, [1])]


def _of_polynomials(problem, equations, method):
    """Return the branches of a polynomial system, ``None`` if it is not one or is too hard."""
    numerators = [e.numerator_denominator() for e in problem.equations]
    symbols = [*problem.unknowns, *problem.parameters]
    if not _is_exact(*problem.equations) or not all(part.is_polynomial(s) for pair in numerators for part in pair for s in symbols):
        return None
    try:
        basis = fork(_shape, timeout=float(SECONDS), verbose=False)(numerators, list(problem.unknowns), list(problem.parameters))
    except (TypeError, ValueError):
        return None
    if basis == 'inconsistent':
        raise inconsistent(problem)
    if basis == 'infinite':
        raise ValueError(f"the system {problem!r} has infinitely many solutions; add equations, or take some unknowns for parameters")
    if not isinstance(basis, tuple):
        return None
    shape = Shape(*basis)
    count = len(shape.minimal) - 1
    if count == 1:
        root = -shape.minimal[0] / shape.minimal[1]
        forms = [tuple(SR(sum(c * root**k for k, c in enumerate(form))).simplify_rational() for form in shape.forms)]
        return [Group(ClosedForms(equations, forms), forms, [1])]
    if count <= MOST_CLOSED and method != 'polynomial':
        forms = closed_forms(problem.equations, problem.unknowns)
        if forms is not None and len(forms) == count:
            return [Group(ClosedForms(equations, forms), forms, [1] * count)]
    return [Group(Eliminated(equations, shape), None, [1] * count)]


def _shape(pairs, unknowns, parameters):
    """
    Return a basis in shape position, ``'inconsistent'`` or ``'infinite'``, or ``None`` where no linear form separates the solutions.

    EXAMPLES::

        sage: from sage_tf.solving.systems import _shape
        sage: y, a = var('y, a')
        sage: _shape([(x^2 - a, SR(1)), (x - y, SR(1))], [x, y], [a])
        ([-a, 0, 1], [[0, 1], [0, 1]])
        sage: _shape([(x*y - 1, SR(1)), (x*y - 2, SR(1))], [x, y], []), _shape([(x*y, SR(1)), (x*y^2, SR(1))], [x, y], [])
        ('inconsistent', 'infinite')
    """
    base = PolynomialRing(QQ, [str(p) for p in parameters]).fraction_field() if parameters else QQ
    names = ['denominators_', *map(str, unknowns), 'separating_']
    ring = PolynomialRing(base, names, order='lex')
    plain = PolynomialRing(QQ, [*map(str, unknowns), *map(str, parameters)])

    def image(e):
        return ring(str(plain(e)))

    equations = [image(top) for top, _ in pairs]
    below = prod(image(bottom) for _, bottom in pairs)
    equations.append(ring.gen(0) * below - 1)                   # no denominator vanishes
    for radical in (False, True):
        ideal = ring.ideal(equations)
        if radical:
            ideal = _without_multiplicities(ring, equations)
            if ideal is None:
                return None
        for weights in _weights(len(unknowns)):
            form = ring.gens()[-1] - sum(w * g for w, g in zip(weights, ring.gens()[1:-1], strict=True))
            basis = (ideal + ring.ideal(form)).groebner_basis()
            if list(basis) == [1]:
                return 'inconsistent'
            found = _in_shape(ring, basis)
            if found == 'infinite':
                return found
            if found is not None:
                return found
    return None


def _weights(count):
    """Return linear forms that may separate the solutions: each unknown by itself, then others."""
    yield from ([int(i == j) for i in range(count)] for j in range(count))
    yield [3 * k * k + 1 for k in range(count)]
    yield [(-2)**k * (k + 5) for k in range(count)]


def _without_multiplicities(ring, equations):
    try:
        return ring.ideal(equations).radical()
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return None


def _in_shape(ring, basis):
    """Return the polynomials of a basis that is ``q(t), y - g(t), ...``; ``'infinite'`` if it has no finite set of zeros; else ``None``."""
    t, lead = ring.gens()[-1], [g.lm() for g in basis]
    pure = {v for v in ring.gens() for m in lead if m.degree(v) == m.total_degree() > 0}
    if len(pure) < ring.ngens():
        return 'infinite'
    if len(basis) != ring.ngens():
        return None
    by_variable = {}
    for g, m in zip(basis, lead, strict=True):
        variable = next(v for v in ring.gens() if m.degree(v))
        if variable != t and m != variable or variable in by_variable:
            return None
        by_variable[variable] = g
    forms = [v - by_variable[v] / by_variable[v].lc() for v in ring.gens()[1:-1]]
    return _coefficients(by_variable[t], t), [_coefficients(ring(form), t) for form in forms]


def _coefficients(polynomial, t):
    """Return the coefficients of a polynomial in t alone, as expressions."""
    return [SR(polynomial.coefficient({v: k if v == t else 0 for v in polynomial.parent().gens()}).constant_coefficient())
            for k in range(max(polynomial.degree(t), 0) + 1)]


class Eliminated:
    r"""
    All solutions of a polynomial system, from those of one polynomial.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations`

    - ``shape`` -- :class:`Shape`
    """
    name, caution = 'eliminated', 4

    def __init__(self, equations, shape):
        self.equations, self.count = equations, len(shape.minimal) - 1
        t = SR.symbol()
        minimal = Equations([sum(c * t**k for k, c in enumerate(shape.minimal))], [t], equations.parameters, equations.dtype)
        self._minimal = PolynomialRoots(minimal, shape.minimal)
        self._forms = [TensorFunction(vector(SR, form), tuple(equations.parameters), equations.dtype) for form in shape.forms]

    def find(self, parameters, vectorized, only=None):
        """
        Return the roots, :class:`~sage_tf.solving.newton.Found`.
        """
        here, exists = self._at(parameters, vectorized, only)
        beside, near_by = self._at(shifted(parameters), vectorized, only)
        y, slack = filled(here, beside)
        better = polished(self.equations, [p[..., None] for p in parameters], y, vectorized, [10 * s for s in slack], steps=4)
        return Found(better.roots, better.converged & (exists | near_by), better.iterations, better.residual)

    def _at(self, parameters, vectorized, only):
        """Return the unknowns as the basis gives them, and where the roots of its polynomial exist."""
        found, y = self._minimal.find(parameters, vectorized, only), []
        nowhere = tf.constant(float('nan'), self.equations.dtype)
        for form in self._forms:
            c = [tf.broadcast_to(v, tf.shape(parameters[0]))[..., None] for v in form._program(vectorized)(parameters)]
            y.append(tf.where(found.converged, horner(c, found.roots[0])[0], nowhere))
        return y, found.converged
