"""The expressions of ``make bench-symbolic``, in notation that Sage and SymPy read alike."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Row:
    """An expression with the ranges of its variables; ``limit`` marks those that are held against the C limit."""

    name: str
    expression: str
    ranges: dict
    limit: bool = False

    @property
    def variables(self):
        return list(self.ranges)

    def data(self, points, dtype):
        """Return uniform random arrays, one for each variable; the same at every call."""
        random = np.random.default_rng(20)
        return [random.uniform(*limits, points).astype(dtype) for limits in self.ranges.values()]


GAUSSIAN = "exp(-x^2/2 - y^2/2)"


def total(term, *numbers):
    """Return the sum of a term for several k."""
    return " + ".join("(" + term.replace("k", str(k)) + ")" for k in numbers)


def double_pendulum():
    """Return the angular acceleration of the upper of two pendulums; masses 1 and m, lengths 1 and l, g = 9.81."""
    sources = "-9.81*(2 + m)*sin(a) - 9.81*m*sin(a - 2*b)"
    coupling = "2*sin(a - b)*m*(v^2*l + u^2*cos(a - b))"
    return f"({sources} - {coupling})/(2 + m - m*cos(2*a - 2*b))"


def kerr():
    """Return the Christoffel symbol with upper index r and lower indices phi, phi of the Kerr metric; c = theta's cosine."""
    sigma, delta, sine2 = "(r^2 + a^2*cos(q)^2)", "(r^2 - 2*r + a^2)", "sin(q)^2"
    return f"{delta}*{sine2}*(-r*{sigma}^2 + a^2*{sine2}*(r^2 - a^2*cos(q)^2))/{sigma}^3"


def expanded():
    """Return (x + y + z + 1)^5, multiplied out: 56 terms with integer powers."""
    from math import factorial

    powers = [(i, j, k) for i in range(6) for j in range(6 - i) for k in range(6 - i - j)]
    weights = [factorial(5) // (factorial(i) * factorial(j) * factorial(k) * factorial(5 - i - j - k)) for i, j, k in powers]
    return " + ".join(f"{c}*x^{i}*y^{j}*z^{k}" for c, (i, j, k) in zip(weights, powers, strict=True))


ROWS = [
    Row("mixed", "exp(-x^2)*sin(5*x) + x/(1 + x^2) + sqrt(x)*cos(x)^2 + log(1 + x^2)", {"x": (0.1, 4)}, True),
    Row("Lennard-Jones", "4*((y/x)^12 - (y/x)^6)", {"x": (0.9, 3), "y": (0.8, 1.2)}, True),
    Row("Planck", "x^3/(exp(x/y) - 1)", {"x": (0.1, 8), "y": (0.5, 2)}, True),
    Row("polynomial", "3*x^7 - 2*x^6 + x^5/2 - 4*x^4 + x^3/3 + 5*x^2 - x + 7", {"x": (-2, 2)}, True),
    Row("sines", total("sin(k*x)*cos(k*y)/k", *range(1, 7)), {"x": (-3, 3), "y": (-3, 3)}, True),
    Row(
        "curvature",
        f"x^2*{GAUSSIAN}*sin(x*y) - 2*x*y*{GAUSSIAN}*cos(x*y) - y^2*{GAUSSIAN}*sin(x*y) - {GAUSSIAN}*sin(x*y)",
        {"x": (-2, 2), "y": (-2, 2)},
        True,
    ),
    Row("product", "m*v*r*sin(a)", {"m": (1, 5), "v": (1, 5), "r": (1, 5), "a": (0, 3)}),
    Row("Morse", "d*(1 - exp(-a*(r - 3/2)))^2", {"d": (1, 5), "a": (1, 2), "r": (1, 4)}),
    Row("relativistic energy", "m*c^2*(1/sqrt(1 - v^2/c^2) - 1)", {"m": (1, 5), "v": (1, 2), "c": (3, 10)}),
    Row("Maxwell-Boltzmann", "sqrt(2/pi)*v^2*exp(-v^2/(2*t))/t^(3/2)", {"v": (0.1, 4), "t": (0.5, 3)}),
    Row("van der Waals", "8.314*t/(v - 1/25) - 1.36/v^2", {"t": (200, 400), "v": (0.1, 2)}),
    Row("damped oscillation", "exp(-g*t)*cos(sqrt(1 - g^2)*t + 1/3)", {"g": (0.05, 0.9), "t": (0, 10)}),
    Row("wave packet", "exp(-(x - t)^2/(2*(1 + t^2)))*cos(5*x - 25*t/2)/(1 + t^2)^(1/4)", {"x": (-4, 4), "t": (0, 3)}),
    Row("Kepler's equation", "u - s*sin(u) - m", {"u": (-3, 3), "s": (0, 1), "m": (-3, 3)}),
    Row("orbit", "a*(1 - s^2)/(1 + s*cos(q))", {"a": (1, 5), "s": (0, 0.9), "q": (0, 6)}),
    Row("hydrogen 3d", "r^2*exp(-r/3)*(3*cos(q)^2 - 1)/(81*sqrt(6*pi))", {"r": (0, 20), "q": (0, 3)}),
    Row("grating", "b*(sin(a/2)*sin(n*d/2)/(a/2*sin(d/2)))^2", {v: (1, 5) for v in "band"}),
    Row("spin in a field", "n*u*tanh(u*b/t)", {"n": (1, 5), "u": (1, 5), "b": (1, 5), "t": (1, 5)}),
    Row("black body", "h/(2*pi)*w^3/(pi^2*c^2*(exp(h/(2*pi)*w/t) - 1))", {v: (1, 5) for v in "hwct"}),
    Row("transition", "p*f*t*sin((w - o)*t/2)^2/((w - o)*t/2)^2", {**{v: (1, 3) for v in "pft"}, "w": (1, 5), "o": (6, 9)}),
    Row("free energy", "-t*log(2*cosh(x/t)) - y*x^2", {"t": (0.5, 3), "x": (-4, 4), "y": (0, 1)}),
    Row("vortex", "log(x^2 + y^2)/2 + x*atan(y/x)", {"x": (0.5, 3), "y": (-3, 3)}),
    Row("diffusion", "(1 - erf((x - t)/(2*sqrt(t*d))))/2", {"x": (-2, 4), "t": (0.5, 2), "d": (0.1, 1)}),
    Row("double pendulum", double_pendulum(), {**{v: (-3, 3) for v in "abuv"}, "m": (0.5, 2), "l": (0.5, 2)}),
    Row("Kerr geometry", kerr(), {"r": (3, 20), "a": (0, 1), "q": (0.1, 3)}),
    Row(
        "Burgers residual",
        "-exp(-t)*sin(x) + exp(-2*t)*sin(x)*cos(x) + n*exp(-t)*sin(x) - 2*n*tanh(x/(1 + t))*(1 - tanh(x/(1 + t))^2)/(1 + t)^2",
        {"x": (-3, 3), "t": (0, 2), "n": (0.01, 1)},
    ),
    Row("expanded power", expanded(), {"x": (-1, 1), "y": (-1, 1), "z": (-1, 1)}),
    Row("sixty terms", total("cos(k*x)/k^2 + y*sin(k*x)/k^3", *range(1, 31)), {"x": (-3, 3), "y": (-1, 1)}),
]
