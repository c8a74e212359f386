"""
How long very large expressions take to become functions, and that time and memory grow linearly; ``make bench-building`` runs this.

Every expression is met in a process of its own, under a recursion limit far below its depth, and its value and derivative are
checked against plain loops of NumPy. Making the expression in Sage is not counted.
"""

import argparse
import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from common import high_water, print_table, reset_high_water

MOST = 10.0  # seconds from the expression to its first value, at most
EXPONENT = 1.15  # of time and of memory as powers of the number of nodes, at most
RECURSION = 300  # enough for the calls inside TensorFlow
TOLERANCE = 1e-9
POINTS = 100
SIZES = [1000, 2000, 5000, 10**4, 2 * 10**4, 5 * 10**4, 10**5]
PICTURE = Path(__file__).resolve().parent.parent / "build" / "bench_building.png"


# -- expressions: a function of n and x that gives the expression, and one that gives its value and derivative by a loop --------


def sines(n, x):
    from sage.all import sin

    return total(sin(k * x) / k for k in map(integer, range(1, n + 1)))


def sines_by_loop(n, x):
    numbers = range(1, n + 1)
    return sum(np.sin(k * x) / k for k in numbers), sum(np.cos(k * x) for k in numbers)


def powers(n, x):
    return total(x**k * (k + 1) / (k + 2) for k in map(integer, range(1, n + 1)))


def powers_by_loop(n, x):
    numbers = range(1, n + 1)
    return sum(x**k * ((k + 1) / (k + 2)) for k in numbers), sum(x ** (k - 1) * (k * (k + 1) / (k + 2)) for k in numbers)


def coefficients(n):
    return np.random.default_rng(1).integers(-9, 10, (n, 4)).tolist()


def polynomials(n, x):
    return total(a * (b + c * x) ** 3 + d * x * (x - k) for k, (a, b, c, d) in enumerate(coefficients(n)))


def polynomials_by_loop(n, x):
    values = slopes = 0
    for k, (a, b, c, d) in enumerate(coefficients(n)):
        values, slopes = values + a * (b + c * x) ** 3 + d * x * (x - k), slopes + 3 * a * c * (b + c * x) ** 2 + d * (2 * x - k)
    return values, slopes


def nested(step, n, x):
    result = x
    for _ in range(n):
        result = step(result, x)
    return result


def nested_by_loop(step, slope, n, x):
    value, derivative = x, np.ones_like(x)
    for _ in range(n):
        value, derivative = step(value, x), slope(value, derivative)
    return value, derivative


def sine(e, x):
    from sage.all import sin

    return sin(e)


def root(e, x):
    from sage.all import sqrt

    return sqrt(1 + e)


def square(e, x):
    return e**2 + x


EXPRESSIONS = {
    "sum of sin(k*x)/k": (sines, sines_by_loop),
    "sum of x^k*(k + 1)/(k + 2)": (powers, powers_by_loop),
    "sum of random polynomials": (polynomials, polynomials_by_loop),
    "sin(sin(...))": (
        partial(nested, sine),
        partial(nested_by_loop, lambda e, x: np.sin(e), lambda e, d: np.cos(e) * d),
    ),
    "(...)^2 + x": (partial(nested, square), partial(nested_by_loop, square, lambda e, d: 2 * e * d + 1)),
    "sqrt(1 + ...)": (
        partial(nested, root),
        partial(nested_by_loop, lambda e, x: np.sqrt(1 + e), lambda e, d: d / (2 * np.sqrt(1 + e))),
    ),
}
CASES = [
    ("sum of sin(k*x)/k", 10**5),
    ("sum of x^k*(k + 1)/(k + 2)", 10**5),
    ("sum of random polynomials", 10**5),
    ("sin(sin(...))", 10**4),
    ("(...)^2 + x", 10**4),
    ("sqrt(1 + ...)", 10**4),
    ("(...)^2 + x", 200),
]
SERIES = {"sum of sin(k*x)/k": 5, "(...)^2 + x": 2}  # nodes for each step


def integer(k):
    from sage.all import Integer

    return Integer(k)


def total(terms):
    """Return the sum, made at once: adding terms one by one takes Sage quadratic time."""
    from sage.symbolic.ring import SR

    return SR(0).add(*terms)


# -- one expression in a process of its own --------------------------------------------------------------------------------------


def measure(name, n, with_gradient):
    """Print the measurements of an expression."""
    import tensorflow as tf
    from sage.all import SR
    from symbolic.costs import nodes

    import sage_tf  # noqa: F401 -- gives expressions to_tf

    x = SR.var("x")
    make, by_loop = EXPRESSIONS[name]
    data = np.random.default_rng(2).uniform(0.01, 0.24, POINTS)
    inputs = tf.constant(data)
    warm = (x**2 + 1).to_tf(x)
    warm(inputs), warm.gradient(inputs)  # what TensorFlow does once
    started = time.perf_counter()
    expression = make(n, x)
    found = {"build": time.perf_counter() - started, "nodes": nodes(expression)}
    sys.setrecursionlimit(RECURSION)
    reset_high_water()
    before = high_water()
    stamps = [time.perf_counter()]
    function = expression.to_tf(x)
    stamps.append(time.perf_counter())
    value = function(inputs).numpy()
    stamps.append(time.perf_counter())
    found["memory"] = high_water() - before
    results = [value]
    if with_gradient:
        results.append(function.gradient(inputs)[0].numpy())
        stamps.append(time.perf_counter())
    found.update(zip(("to_tf", "value", "gradient"), np.diff(stamps).tolist(), strict=False))
    found["wrong"] = max(map(wrong, results, by_loop(n, data)))
    found["limit kept"] = sys.getrecursionlimit() == RECURSION
    print(json.dumps(found))


def wrong(found, expected):
    """Return the largest relative error; near zeros it is measured against the median size."""
    return float(np.max(np.abs(found - expected) / (np.abs(expected) + np.median(np.abs(expected)))))


def measured(name, n, *flags):
    """Return the measurements of an expression, from a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--only", name, str(n), *flags], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} with {n} steps failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


# -- the tables ------------------------------------------------------------------------------------------------------------------


def line(name, n, found):
    """Return the line of the table for an expression, and whether its claims hold."""
    compiled = found["to_tf"] + found["value"]
    good = compiled <= MOST and found["wrong"] <= TOLERANCE and found["limit kept"]
    seconds = [f"{found[key]:.2f}" for key in ("build", "to_tf", "value", "gradient")]
    label = f"{name}, {n} times"
    return [
        label,
        str(found["nodes"]),
        *seconds,
        f"{compiled:.2f}",
        f"<= {MOST:.0f}",
        f"{found['wrong']:.0e}",
        "ok" if good else "SHORT",
    ]


def exponent(sizes, numbers):
    """Return the power of the size that fits some numbers best."""
    return float(np.polyfit(np.log(sizes), np.log(numbers), 1)[0])


def series(name, each):
    """Return nodes, seconds to the first value and bytes of an expression that grows."""
    found = [measured(name, size // each, "--value") for size in SIZES]
    return [f["nodes"] for f in found], [f["to_tf"] + f["value"] for f in found], [f["memory"] for f in found]


def plot(path, grown):
    """Draw time and memory against the number of nodes, with lines of slope one to compare with."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.5), layout="constrained")
    for axes, what, k in zip(figure.subplots(1, 2), ("seconds to the first value", "peak memory in MB"), (1, 2), strict=True):
        for name, columns in grown.items():
            numbers = np.array(columns[k]) / (1 if k == 1 else 1e6)
            axes.loglog(columns[0], numbers, "o-", label=f"{name}: exponent {exponent(columns[0], numbers):.2f}")
            axes.loglog(columns[0], numbers[-1] * np.array(columns[0]) / columns[0][-1], ":", color="grey")
        axes.set(xlabel="nodes of the graph", ylabel=what)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs=2, metavar=("EXPRESSION", "N"), help="measure one expression here and print JSON")
    parser.add_argument("--value", action="store_true", help="with --only: without the gradient")
    parser.add_argument("--plot", type=Path, default=PICTURE, help="where the picture goes (default: %(default)s)")
    given = parser.parse_args()
    if given.only:
        return measure(given.only[0], int(given.only[1]), not given.value)
    rows = [line(name, n, measured(name, n)) for name, n in CASES]
    print_table(["expression", "nodes", "make", "to_tf", "value", "gradient", "to_tf + value", "target", "error", ""], rows)
    grown = {name: series(name, each) for name, each in SERIES.items()}
    heads = ["growing", *(f"{size} nodes" for size in SIZES), "exponent", "target", ""]
    lines = []
    for name, (sizes, *columns) in grown.items():
        for what, unit, numbers in zip(("seconds", "MB"), (1, 1e6), columns, strict=True):
            power = exponent(sizes, numbers)
            cells = [f"{number / unit:.3g}" for number in numbers]
            lines.append([f"{name}, {what}", *cells, f"{power:.2f}", f"<= {EXPONENT}", "ok" if power <= EXPONENT else "SHORT"])
    print()
    print_table(heads, lines)
    plot(given.plot, grown)
    print(f"\n{given.plot} shows it")
    sys.exit(any(row[-1] == "SHORT" for row in (*rows, *lines)))


if __name__ == "__main__":
    main()
