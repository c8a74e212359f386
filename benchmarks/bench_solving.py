"""
Equations solved with gradients, against SciPy, JAX's solvers, NumPy and TensorFlow; ``make bench-solving`` runs this.

Claims: 10^5 Kepler equations with gradients at least as fast as the fastest peer; quintics 20 times as fast as ``numpy.roots`` in a
loop; a linear system of 1000 unknowns with gradient within 1.2 times ``tf.linalg.solve``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
import tensorflow as tf
from common import best_times, print_table
from sage.all import SR, sin

from sage_tf.all import solve_tf

HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv-peers-solving" / "bin" / "python"
REPEAT = 7


def milliseconds(seconds):
    return f"{1e3 * seconds:.1f} ms"


# -- Kepler's equation -------------------------------------------------------------------------------------------------


def kepler_points(count):
    random = np.random.default_rng(0)
    return random.uniform(0, 2 * np.pi, count), random.uniform(0, 0.95, count)


def kepler_ours(mean, eccentricity):
    """Return a function that solves all equations with gradients, and its results once."""
    y, m, e = SR.var("y, M, e")
    solution = solve_tf(y - e * sin(y) == m, y, guess=m + e * sin(m))[0]
    mean, eccentricity = tf.constant(mean), tf.constant(eccentricity)

    def run():
        with tf.GradientTape() as tape:
            tape.watch((mean, eccentricity))
            values = solution(mean, eccentricity)
        slopes = tape.gradient(values, (mean, eccentricity))
        return values.numpy(), [t.numpy() for t in slopes]

    return run


def slopes_of(values, eccentricity):
    below = 1 - eccentricity * np.cos(values)
    return [1 / below, np.sin(values) / below]


def kepler_scipy_loop(mean, eccentricity):
    from scipy.optimize import newton

    def run():
        values = np.array([newton(lambda y, m=m, e=e: y - e * np.sin(y) - m, m + e * np.sin(m), lambda y, e=e: 1 - e * np.cos(y), tol=1e-13)
                           for m, e in zip(mean, eccentricity, strict=True)])
        return values, slopes_of(values, eccentricity)

    return run


def kepler_scipy_newton(mean, eccentricity):
    from scipy.optimize import newton

    def run():
        values = newton(lambda y: y - eccentricity * np.sin(y) - mean, mean + eccentricity * np.sin(mean),
                        lambda y: 1 - eccentricity * np.cos(y), tol=1e-13)
        return values, slopes_of(values, eccentricity)

    return run


def kepler_scipy_elementwise(mean, eccentricity):
    from scipy.optimize.elementwise import find_root

    def run():
        found = find_root(lambda y, m, e: y - e * np.sin(y) - m, (mean - 1, mean + 1), args=(mean, eccentricity))
        return found.x, slopes_of(found.x, eccentricity)

    return run


def kepler_by_jax(mean, eccentricity):
    """Return what the peers in JAX say of themselves, nothing if their environment is missing."""
    if not PEERS.exists():
        print(f"there is no {PEERS}: `make bench-solving` makes it; JAX's solvers are left out")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "points.npz"
        np.savez(file, mean=mean, eccentricity=eccentricity)
        done = subprocess.run([PEERS, HERE / "solving" / "peer_jax.py", file, str(REPEAT)], capture_output=True, text=True, timeout=900)
    if done.returncode:
        print(f"JAX's solvers failed:\n{done.stderr[-2000:]}")
        return {}
    return json.loads(done.stdout.splitlines()[-1])


def check_kepler(name, mean, eccentricity, values, slopes):
    """Stop unless the equations hold and the gradients are right."""
    lack = abs(values - eccentricity * np.sin(values) - mean).max()
    wrong = max(abs(a - b).max() / abs(b).max() for a, b in zip(slopes, slopes_of(values, eccentricity), strict=True))
    if not (lack < 1e-11 and wrong < 1e-11):
        sys.exit(f"{name} is wrong: the equations lack {lack:.1e}, the gradients {wrong:.1e}")
    return lack


def kepler(count):
    mean, eccentricity = kepler_points(count)
    sample = slice(0, max(1, count // 50))
    makers = {"sage_tf": kepler_ours, "scipy newton, vectorized": kepler_scipy_newton}
    if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 15):
        makers["scipy elementwise.find_root"] = kepler_scipy_elementwise
    runs = {name: make(mean, eccentricity) for name, make in makers.items()}
    first, lacks = {}, {}
    for name, run in runs.items():
        started = time.perf_counter()
        lacks[name] = check_kepler(name, mean, eccentricity, *run())
        first[name] = time.perf_counter() - started
    times = dict(zip(runs, best_times(list(runs.values()), REPEAT), strict=True))
    loop = kepler_scipy_loop(mean[sample], eccentricity[sample])
    lacks["scipy newton, in a loop"] = check_kepler("scipy", mean[sample], eccentricity[sample], *loop())
    times["scipy newton, in a loop"] = best_times([loop], 1)[0] * count / len(mean[sample])
    for name, said in kepler_by_jax(mean, eccentricity).items():
        if "failed" in said:
            print(f"{name} did not run: {said['failed']}")
        elif said["error"] > 1e-9:
            print(f"{name} is wrong by {said['error']:.1e}, and does not count")
        else:
            times[f"{name} (jit)"], first[f"{name} (jit)"], lacks[f"{name} (jit)"] = said["best"], said["compiled"], said["error"]
    print(f"\n{count} Kepler equations, values and gradients")
    print_table(["solver", "best", "first call", "lack"],
                [[name, milliseconds(best), milliseconds(first[name]) if name in first else "", f"{lacks[name]:.0e}"]
                 for name, best in sorted(times.items(), key=lambda item: item[1])])
    fastest = min(best for name, best in times.items() if name != "sage_tf")
    return "Kepler, against the fastest peer", times["sage_tf"] / fastest, 1.0


# -- quintics ------------------------------------------------------------------------------------------------------------


def quintics(count):
    y, a, b = SR.var("y, a, b")
    random = np.random.default_rng(1)
    first, second = random.normal(size=(2, count))
    sample = slice(0, max(1, count // 50))

    def loop():
        return [np.roots([1, 0, 0, 0, p, q]) for p, q in zip(first[sample], second[sample], strict=True)]

    expected, rows, tensors = loop(), [], (tf.constant(first), tf.constant(second))
    functions = {"sage_tf, real roots": solve_tf(y**5 + a * y + b, y), "sage_tf, all roots (complex128)": solve_tf(y**5 + a * y + b, y, dtype="complex128")}
    for name, solution in functions.items():
        found = solution(*tensors).numpy()[sample]
        for mine, theirs in zip(found, expected, strict=True):
            if "real" in name:
                theirs, mine = np.sort(theirs[abs(theirs.imag) < 1e-9].real), mine[~np.isnan(mine)]
            else:
                theirs, mine = np.sort_complex(theirs.round(9)), np.sort_complex(mine.round(9))
            if len(mine) != len(theirs) or abs(mine - theirs).max() > 1e-7:
                sys.exit(f"{name} is wrong: {mine} against {theirs}")
    times = best_times([loop, *(lambda s=s: s(*tensors).numpy() for s in functions.values())], 3)
    theirs = times[0] * count / len(expected)
    for name, best in zip(["numpy.roots in a loop", *functions], [theirs, *times[1:]], strict=True):
        rows.append([name, milliseconds(best), f"{theirs / best:.1f}"])
    print(f"\n{count} quintics")
    print_table(["solver", "best", "times as fast"], rows)
    return "quintics, numpy.roots in a loop: 1/20 of its time", times[1] / theirs, 1 / 20


# -- a linear system -----------------------------------------------------------------------------------------------------


def linear_system(size):
    """A system with ten entries in each row, a parameter on the diagonal and one in its right side; its matrix is taken for a dense one."""
    random = np.random.default_rng(2)
    matrix, right = 6 * np.eye(size), random.normal(size=size)
    for row in matrix:
        row[random.integers(0, size, 9)] += random.normal(size=9)
    unknowns = [SR.var(f"v{i}") for i in range(size)]
    s, t = SR.var("s, t")
    equations = [sum(float(row[j]) * unknowns[j] for j in np.flatnonzero(row)) + s * unknowns[i] - t * float(b)
                 for i, (row, b) in enumerate(zip(matrix, right, strict=True))]
    started = time.perf_counter()
    solution = solve_tf(equations, unknowns)[0]
    made = time.perf_counter() - started
    point = tf.constant(0.5, tf.float64), tf.constant(2.0, tf.float64)
    whole, side = tf.constant(matrix), tf.constant(right)

    def ours():
        with tf.GradientTape() as tape:
            tape.watch(point)
            found = solution(*point)
        return found, [t.numpy() for t in tape.gradient(found, point)]

    def theirs():
        with tf.GradientTape() as tape:
            tape.watch(point)
            found = tf.linalg.solve(whole + point[0] * tf.eye(size, dtype=tf.float64), (point[1] * side)[:, None])[:, 0]
        return found, [t.numpy() for t in tape.gradient(found, point)]

    mine, other = ours(), theirs()
    if abs(mine[0] - other[0]).numpy().max() > 1e-10 or not np.allclose(mine[1], other[1], rtol=1e-9):
        sys.exit("the linear system is wrong")
    best = best_times([ours, theirs], REPEAT)
    print(f"\na linear system of {size} unknowns, with gradient (made from symbols in {made:.1f} s)")
    print_table(["solver", "best"], [["sage_tf", milliseconds(best[0])], ["tf.linalg.solve", milliseconds(best[1])]])
    return "linear system, against tf.linalg.solve", best[0] / best[1], 1.2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=lambda text: int(float(text)), default=100_000)
    parser.add_argument("--unknowns", type=int, default=1000)
    given = parser.parse_args()
    claims = [kepler(given.points), quintics(given.points), linear_system(given.unknowns)]
    print()
    print_table(["claim: share of the time", "measured", "allowed", ""],
                [[name, f"{share:.3f}", f"{limit:.3f}", "ok" if share <= limit else "MISSED"] for name, share, limit in claims])
    sys.exit(any(share > limit for _, share, limit in claims))


if __name__ == "__main__":
    main()
