"""Roots and their derivatives at high precision, by Sage's symbolic derivatives and the implicit function theorem."""
from sage.all import SR, ComplexField, matrix, vector

FIELD = ComplexField(200)


def refined(equations, unknowns, place, start):
    """Return the root next to ``start`` to 200 bits, by Newton's method on Sage's expressions."""
    current = vector(FIELD, start)
    for _ in range(4):
        here = {**place, **dict(zip(unknowns, map(SR, current), strict=True))}
        value = vector(FIELD, [number(e, here) for e in equations])
        slope = matrix(FIELD, [[number(e.diff(u), here) for u in unknowns] for e in equations])
        current = current - slope.solve_right(value)
    return current


def number(e, place):
    return FIELD(SR(e).subs(place).n(200))


def derivatives(equations, unknowns, parameters, place, root):
    """Return first and second derivatives of the unknowns: ``[j][p]`` and ``[j][p][q]``."""
    symbols = [*parameters, *unknowns]
    here = {**place, **dict(zip(unknowns, map(SR, root), strict=True))}
    inverse = matrix(FIELD, [[number(e.diff(u), here) for u in unknowns] for e in equations]).inverse()
    first = -inverse * matrix(FIELD, [[number(e.diff(p), here) for p in parameters] for e in equations])
    tangents = [vector(FIELD, [*(int(k == m) for m in range(len(parameters))), *first.column(k)]) for k in range(len(parameters))]
    curved = [matrix(FIELD, [[number(e.diff(a).diff(b), here) for b in symbols] for a in symbols]) for e in equations]
    second = [[-inverse * vector(FIELD, [s * h * t for h in curved]) for t in tangents] for s in tangents]
    count = len(parameters)
    return ([[first[j, k] for k in range(count)] for j in range(len(unknowns))],
            [[[second[k][m][j] for m in range(count)] for k in range(count)] for j in range(len(unknowns))])
