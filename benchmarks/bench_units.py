"""
What the regressor gains by units: laws of ``regression/laws.py`` with the dimensions of their variables and without, in the same seconds.

Claim: with units at least as many laws are solved, by SRBench's rule or by proof, at every level of noise. ``BUDGET`` is the seconds of a fit, ``NOISE`` the
levels with commas between.
"""

import os
import sys
from time import perf_counter

import sage.all  # noqa: F401
from regression.grading import solves
from regression.problems import own
from regression.proof import answer

from sage_tf.regression.regressor import SymbolicRegressor

BUDGET = float(os.environ.get("BUDGET", 10))
NOISE = [float(noise) for noise in os.environ.get("NOISE", "0,0.1").split(",")]

LARGEST = 60  # nodes of a law that is looked at

NUMBER = (0, 0, 0, 0, 0)
METER, KILOGRAM, SECOND, AMPERE, KELVIN = ([int(k == unit) for k in range(5)] for unit in range(5))


def product(**powers):
    """Return the exponents of a product of powers of base units: m, kg, s, A, K."""
    return [powers.get(name, 0) for name in ("m", "kg", "s", "A", "K")]


SPEED, ACCELERATION, PRESSURE = product(m=1, s=-1), product(m=1, s=-2), product(kg=1, m=-1, s=-2)
FORCE, ENERGY, DENSITY, RATE = product(kg=1, m=1, s=-2), product(kg=1, m=2, s=-2), product(kg=1, m=-3), product(s=-1)
GRAVITATION, VOLTAGE = product(m=3, kg=-1, s=-2), product(kg=1, m=2, s=-3, A=-1)
RESISTANCE, CAPACITY = product(kg=1, m=2, s=-3, A=-2), product(kg=-1, m=-2, s=4, A=2)
INDUCTANCE, VISCOSITY = product(kg=1, m=2, s=-2, A=-2), product(kg=1, m=-1, s=-1)

# name -> units of the variables, in the order of the law, and of its values
UNITS = {
    "Torricelli": ([ACCELERATION, METER], SPEED),
    "projectile range": ([SPEED, NUMBER, ACCELERATION], METER),
    "pendulum of finite amplitude": ([METER, ACCELERATION, NUMBER], SECOND),
    "escape velocity": ([GRAVITATION, KILOGRAM, METER], SPEED),
    "vis-viva": ([GRAVITATION, KILOGRAM, METER, METER], SPEED),
    "Hohmann transfer": ([product(m=3, s=-2), METER, METER], SPEED),
    "damped oscillation": ([METER, RATE, RATE, SECOND], METER),
    "relativistic kinetic energy": ([KILOGRAM, SPEED, SPEED], ENERGY),
    "cantilever": ([FORCE, METER, METER, PRESSURE, product(m=4)], METER),
    "von Mises, plane stress": ([PRESSURE, PRESSURE], PRESSURE),
    "Darcy-Weisbach": ([NUMBER, METER, SPEED, METER, ACCELERATION], METER),
    "Stokes settling": ([DENSITY, DENSITY, ACCELERATION, METER, VISCOSITY], SPEED),
    "Bernoulli": ([PRESSURE, DENSITY, SPEED, ACCELERATION, METER], PRESSURE),
    "isentropic stagnation pressure": ([PRESSURE, NUMBER], PRESSURE),
    "Newton's cooling": ([KELVIN, KELVIN, RATE, SECOND], KELVIN),
    "Planck radiance": ([product(kg=1, m=2, s=-1), RATE, SPEED, product(kg=1, m=2, s=-2, K=-1), KELVIN], product(kg=1, s=-2)),
    "lensmaker": ([NUMBER, METER, METER], METER),
    "three parallel resistors": ([RESISTANCE] * 3, RESISTANCE),
    "voltage divider": ([VOLTAGE, RESISTANCE, RESISTANCE], VOLTAGE),
    "charging capacitor": ([VOLTAGE, SECOND, RESISTANCE, CAPACITY], VOLTAGE),
    "series impedance": ([RESISTANCE, RATE, INDUCTANCE, CAPACITY], RESISTANCE),
    "Shockley diode": ([AMPERE, VOLTAGE, NUMBER, VOLTAGE], AMPERE),
    "Lennard-Jones": ([ENERGY, METER, METER], ENERGY),
    "Morse": ([ENERGY, product(m=-1), METER, METER], ENERGY),
}


def solved(problem, units, noise):
    """Return whether a law is found, and in how many seconds."""
    X, y = problem.training(0, noise)
    start = perf_counter()
    model = SymbolicRegressor(time_limit=BUDGET, random_state=0, progress=False, units=units).fit(X, y)
    seconds = perf_counter() - start
    if model.pareto_front().best().complexity > LARGEST:
        return False, seconds                                   # which SymPy would take minutes to look at
    law = str(model.expression()._sympy_())
    by_rule = solves(problem.formula, law, problem.variables)
    return bool(by_rule or answer(problem.formula, law, problem.variables, problem.ranges.values())["verdict"] == "proved"), seconds


def main():
    holds = True
    for noise in NOISE:
        print(f"\nnoise {noise:g}, {BUDGET:g} s for a fit" + " " * 12 + "without units       with units")
        counts, times = [0, 0], [0, 0]
        for problem in (problem for problem in own() if problem.name in UNITS):
            found = [solved(problem, units, noise) for units in (None, UNITS[problem.name])]
            print(f"{problem.name:32}" + "".join(f"{'solved' if good else '-':>12}{seconds:6.1f} s" for good, seconds in found), flush=True)
            counts = [count + good for count, (good, _) in zip(counts, found, strict=True)]
            times = [time + seconds for time, (_, seconds) in zip(times, found, strict=True)]
        print(f"{'all':32}" + "".join(f"{count:9} of {len(UNITS)}{time:6.0f} s" for count, time in zip(counts, times, strict=True)))
        holds &= counts[1] >= counts[0]
    print("\nwith units at least as many laws are solved:", "yes" if holds else "NO")
    sys.exit(not holds)


if __name__ == "__main__":
    main()
