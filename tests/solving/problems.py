"""Problems with parameters: name, equations, unknowns, parameters at a point, where the root lies, and options."""
from collections import namedtuple

from sage.all import SR, arctan, cos, cosh, erf, exp, gamma, lambert_w, log, sin, sqrt, tan, tanh

Problem = namedtuple('Problem', 'name equations unknowns place near options')

x, y, z, w = SR.var('x, y, z, w')
a, b, c, d, e, k, p, q, r, t = SR.var('a, b, c, d, e, k, p, q, r, t')
M, Re, V, T, P, n = SR.var('M, Re, V, T, P, n')
U = SR.var(', '.join(f'u{i}' for i in range(10)))


def one(name, equation, place, near, unknown=y, **options):
    return Problem(name, [equation], [unknown], place, [near], options)


def several(name, equations, unknowns, place, near, **options):
    return Problem(name, equations, unknowns, place, near, options)


def broyden(u):
    """A tridiagonal nonlinear system in ten unknowns with two parameters."""
    padded = [0, *u, 0]
    return [(3 - a * u[i]) * u[i] + b - padded[i] - 2 * padded[i + 2] for i in range(10)]


PROBLEMS = [
    one('circle, upper', x**2 + y**2 - 9, {x: 1}, 2.83),
    one('circle, lower, of a radius', x**2 + y**2 - r**2, {r: 3, x: 1}, -2.83),
    one('linear', a * y + b - 1, {a: 3, b: 5}, -1.3),
    one('quadratic', a * y**2 + b * y + c, {a: 2, b: -7, c: 3}, 3),
    one('quadratic that would cancel', y**2 + b * y + 1, {b: 1000}, -0.001),
    one('cubic, three real roots', y**3 - a * y + b, {a: 3, b: 1}, 0.347),
    one('cubic, one real root', y**3 + a * y + b, {a: 2, b: -5}, 1.33),
    one('cubic, by Cardano', y**3 + a * y + b, {a: 2, b: -5}, 1.33, method='closed'),
    one('cubic with coefficients that are functions', y**3 + sin(a) * y - exp(b), {a: 1, b: 0.5}, 0.9),
    one('quartic', y**4 - a * y**2 + b * y - 1, {a: 3, b: 0.5}, 1.73),
    one('quintic', y**5 + a * y + b, {a: -3, b: 1}, 1.21),
    one('quintic of Bring', y**5 - y + a, {a: 0.1}, 0.1),
    one('sextic', y**6 + a * y**5 - b * y - 1, {a: 1, b: 2}, 1.04),
    one('degree nine', y**9 - a * y**4 + b * y - 1, {a: 2, b: 0.5}, 1.07),
    one('rational', y - a / y + b / (y + 1), {a: 2, b: 1}, 1.2),
    one('double factor', (y - a)**2 * (y**2 + y - b), {a: 7, b: 3}, 7),
    one('beside a double factor', (y - a)**2 * (y**2 + y - b), {a: 7, b: 3}, 1.3),
    one('logarithm', exp(a * y) - b, {a: 2, b: 3}, 0.55),
    one('power', y**a - b, {a: 2.5, b: 3}, 1.55),
    one('arcsine', sin(a * y) - b, {a: 2, b: 0.3}, 0.152),
    one('exponentials', exp(2 * y) - a * exp(y) - b, {a: 1, b: 3}, 0.83),
    one('square roots', sqrt(y + a) + sqrt(y) - b, {a: 1, b: 3}, 1.78, guess=2),
    one('catenary', cosh(y) - a * y - b, {a: 1, b: 2}, 1.9, guess=2),
    one('Kepler', y - e * sin(y) - M, {M: 1.2, e: 0.6}, 1.76, guess=M + e * sin(M)),
    one('Kepler, eccentric', y - e * sin(y) - M, {M: 0.2, e: 0.97}, 1.1, guess=M + e),
    one('van der Waals', (P + a / V**2) * (V - b) - T, {P: 0.5, T: 3, a: 1, b: 0.1}, 5.8, unknown=V),
    one('Colebrook', 1 / sqrt(y) + 2 * log(k / 3.7 + 2.51 / (Re * sqrt(y))) / log(10), {Re: 1e5, k: 1e-4}, 0.0185, guess=0.02),
    one('Lambert W', y * exp(y) - a, {a: 2}, 0.85),
    one('Lambert W, lower branch', y * exp(y) - a, {a: -0.2}, -2.54, guess=-3),
    one('Lambert W, with another term', y + a * lambert_w(y) - b, {a: 1, b: 3}, 2.1, guess=2),
    one('y to the y', y**y - a, {a: 5}, 2.13, guess=2),
    one('fixed point of the cosine', cos(a * y) - y, {a: 1}, 0.739),
    one('tangent', tan(y) - a * y, {a: 2}, 1.1656, guess=1.2),
    one('Wien', (y - a) * exp(y) + 5, {a: 5}, 4.965, guess=5),
    one('magnetization', y - tanh(a * y + b), {a: 2, b: 0.1}, 0.97, guess=1),
    one('Gauss error', erf(y) - a * y, {a: 0.5}, 1.9, guess=2),
    one('gamma', gamma(y) - a, {a: 3}, 3.4, guess=3.5),
    one('arctangent', arctan(y) + y / a - b, {a: 3, b: 2}, 2.6),
    one('yield of a bond', p * (1 - (1 + y)**-n) / y + 100 * (1 + y)**-n - q, {p: 5, n: 10, q: 95}, 0.0567, guess=0.05),
    one('Planck distribution', a / (exp(y) - 1) - b * y, {a: 2, b: 1}, 1.0, guess=1),
    one('Goldman', log(y + a) - b + y**2 / 10, {a: 0.5, b: 1}, 1.8, guess=2),
    several('linear system', [a * x + y - 1, x - b * y - 2], [x, y], {a: 2, b: 3}, [0.71, -0.43]),
    several('linear system of three', [a * x + y - z - 1, x - b * y + z, x + y + a * z - b], [x, y, z], {a: 2, b: 3}, [0.9, 0.6, 0.8]),
    several('circle and hyperbola', [x**2 + y**2 - a, x * y - b], [x, y], {a: 5, b: 2}, [2, 1]),
    several('two cubics', [x**3 + y - a, y**3 - x - b], [x, y], {a: 1, b: 2}, [-0.67, 1.3]),
    several('equilibrium', [x + y - a, x**2 - b * y], [x, y], {a: 1, b: 0.5}, [0.5, 0.5]),
    several('conics', [x**2 + a * y**2 - 4, y - x**2 + b], [x, y], {a: 1, b: 1}, [1.54, 1.3]),
    several('Robertson', [-a * x + b * y * z - p * (x - 1), a * x - b * y * z - 3e7 * y**2 - p * y, x + y + z - 1], [x, y, z],
            {a: 0.04, b: 1e4, p: 0.01}, [0.6, 1e-5, 0.39], guess=[0.5, 1e-5, 0.5]),
    several('mixed', [exp(x) + y - a, x - sin(b * y)], [x, y], {a: 3, b: 1}, [0.75, 0.9], guess=[0.8, 0.9]),
    several('spheres and a line', [x**2 + y**2 + z**2 - a, x + y + z - b, x - y - 0], [x, y, z], {a: 3, b: 2.5}, [1.2, 1.2, 0.1]),
    several('polar', [r * cos(t) - a, r * sin(t) - b], [r, t], {a: 1, b: 1.5}, [1.8, 0.98], guess=[2, 1]),
    several('ten unknowns', broyden(U), list(U), {a: 2, b: 1}, [-0.57, -0.7] + [-0.7] * 6 + [-0.6, -0.4], guess=[-1] * 10),
]

