r"""
Solutions without a closed form, as symbolic functions of the parameters

EXAMPLES::

    sage: from sage_tf.solving.formal import formal_solution
    sage: y, a = var('y, a')
    sage: s, = formal_solution([y*exp(y) - a], [y], [a], lambda point: [0.5], 0); s
    y_0(a)
    sage: s(a=1).n(100), lambert_w(1).n(100)
    (0.56714329040978387299996866221, 0.56714329040978387299996866221)
    sage: diff(s, a)
    1/(e^y_0(a)*y_0(a) + e^y_0(a))
    sage: diff(s, a)(a=1).n()
    0.361896256634889
"""
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.complex_mpfr import ComplexField
from sage.rings.real_mpfr import RealField
from sage.symbolic.function_factory import function
from sage.symbolic.ring import SR

STEPS = 60


def formal_solution(equations, unknowns, parameters, near, number):
    r"""
    Return a solution of equations as symbolic functions of the parameters, one for each unknown.

    They have values to any precision, and derivatives by the implicit function theorem.

    INPUT:

    - ``equations``, ``unknowns``, ``parameters`` -- lists of expressions and symbols

    - ``near`` -- function from a list of floating point numbers, the parameters, to approximations of the unknowns

    - ``number`` -- that of the branch, for the names

    Without parameters the values themselves are returned: algebraic numbers where the equation is a polynomial with rational
    coefficients, else numbers of 100 bits.

    EXAMPLES::

        sage: from sage_tf.solving.formal import formal_solution
        sage: formal_solution([x^5 - x - 1], [x], [], lambda point: [1.167], 0)
        [1.167303978261419?]
        sage: formal_solution([cos(x) - x], [x], [], lambda point: [0.7], 0)
        [0.73908513321516064165531208767]
    """
    if not parameters:
        start = near([])
        exact = _algebraic(equations, unknowns, start[0]) if len(unknowns) == 1 else None
        return [exact] if exact is not None else [SR(v) for v in refined(equations, unknowns, {}, start, 100)]
    cells = []

    def value(j):
        def evaluate(self, *args, parent=None, algorithm=None):
            precision = getattr(parent, 'prec', lambda: 53)() if parent is not None else 53
            wide = ComplexField(precision + 30)
            point = [wide(SR(arg)) for arg in args]
            start = near([float(p.real()) if p.imag() == 0 else complex(p) for p in point])
            found = refined(equations, unknowns, dict(zip(parameters, map(SR, point), strict=True)), start, precision + 30)[j]
            return RealField(precision)(found.real()) if found.imag() == 0 else ComplexField(precision)(found)
        return evaluate

    def slope(j):
        def derivative(self, *args, diff_param):
            place = {**dict(zip(parameters, args, strict=True)), **{u: cell(*args) for u, cell in zip(unknowns, cells, strict=True)}}
            by_unknowns = matrix(SR, [[e.diff(u) for u in unknowns] for e in equations])
            by_parameter = vector(SR, [e.diff(parameters[diff_param]) for e in equations])
            found = -by_parameter[0] / by_unknowns[0, 0] if len(unknowns) == 1 else -(by_unknowns.inverse() * by_parameter)[j]
            return found.subs(place)
        return derivative

    for j, unknown in enumerate(unknowns):
        cells.append(function(f"{unknown}_{number}", nargs=len(parameters), evalf_func=value(j), derivative_func=slope(j)))
    return [cell(*parameters) for cell in cells]


def refined(equations, unknowns, place, start, precision):
    """
    Return a root near an approximate one, by Newton's method at a given precision.

    EXAMPLES::

        sage: from sage_tf.solving.formal import refined
        sage: refined([x^2 - 2], [x], {}, [1.4], 100)
        [1.4142135623730950488016887242]
    """
    field = ComplexField(precision)
    if any(v != v for v in start):
        return [field('nan')] * len(unknowns)
    current = vector(field, start)
    values = vector(SR, [e.subs(place) for e in equations])
    slopes = matrix(SR, [[e.subs(place).diff(u) for u in unknowns] for e in equations])
    for _ in range(STEPS):
        here = dict(zip(unknowns, map(SR, current), strict=True))
        value = vector(field, [field(v.subs(here).n(precision)) for v in values])
        slope = matrix(field, [[field(v.subs(here).n(precision)) for v in row] for row in slopes])
        try:
            step = slope.solve_right(value)
        except (ValueError, ZeroDivisionError, ArithmeticError):
            break
        current = current - step
        if max(abs(s) for s in step) <= max(abs(c) for c in current) * field(2).abs()**(4 - precision):
            break
    is_real = all(not isinstance(s, complex) for s in start)
    return [field(v.real()) if is_real else v for v in current]


def _algebraic(equations, unknowns, near):
    """Return the root of a polynomial with rational coefficients that is near a number, exactly; ``None`` for other equations."""
    from sage.rings.qqbar import AA, QQbar
    from sage.rings.rational_field import QQ
    try:
        polynomial = QQ[str(unknowns[0])](equations[0].expand())
    except (TypeError, ValueError, AttributeError):
        return None
    if near != near:
        return None
    ring = QQbar if isinstance(near, complex) else AA
    roots = polynomial.roots(ring, multiplicities=False)
    return SR(min(roots, key=lambda r: abs(complex(r) - near))) if roots else None
