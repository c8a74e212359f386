"""
What it costs to bring networks back into Sage, and how narrow their bounds are.

Claims:

- ``to_sage``, and evaluating what it returns, take a time linear in the number of weights, up to 10^5 weights: no weight costs more than three times
  what it costs in the smaller networks.
- A network of 2-64-64-1 neurons is an expression, its derivative and a compiled function in seconds each.
- Bounds on 100 boxes of such a network take less than 10 s, and are never wider than those of plain interval propagation.

The ratios of the widths are printed, beside those of CROWN in bound-propagation where its environment is there (``make bench-networks`` makes it).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import keras
import numpy as np
import sage.all  # noqa: F401
from common import print_table
from sage.symbolic.ring import SR

import sage_tf  # noqa: F401
from sage_tf.all import bounds
from sage_tf.networks.models import tape_of
from sage_tf.networks.zonotopes import Sweep

HERE = Path(__file__).parent
PEER = Path(os.environ.get("NETWORK_PEER", HERE.parent / ".venv-peers-networks" / "bin" / "python"))
SIZES = (24, 45, 100, 170, 312)  # neurons in each of two layers: 700 to 10^5 weights
POINTS, BOXES = 1000, 100


def network(size, activation, seed=1):
    """Return a network of two inputs with two hidden layers."""
    keras.utils.set_random_seed(seed)
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((2,)), dense(size, activation), dense(size, activation), dense(1)])
    for layer in model.layers:
        layer.bias.assign(np.random.default_rng(seed).normal(0, 0.3, layer.bias.shape))
    return model


def timed(function):
    start = perf_counter()
    result = function()
    return result, perf_counter() - start


def best(function, times=2):
    """Return the result of a function and its best time."""
    found = [timed(function) for _ in range(times)]
    return found[0][0], min(seconds for _, seconds in found)


def costs():
    """Print what networks cost by their size; return whether both costs are linear."""
    x, y = SR.var("x, y")
    points = np.random.default_rng(0).uniform(-1, 1, (2, POINTS))
    rows, each = [], []
    for size in SIZES:
        model = network(size, "relu")
        weights = model.count_params()
        expression, building = best(lambda model=model: model.to_sage(x, y))
        function, compiling = best(lambda e=expression: e.to_tf(x, y))
        function(*points)
        values, evaluating = best(lambda f=function: f(*points).numpy(), 5)
        wanted = model(points.T.astype("float32")).numpy()[:, 0]
        error = np.abs(values - wanted).max() / np.spacing(np.float32(np.abs(wanted).max()))
        each.append((building / weights, compiling / weights, evaluating / weights))
        rows.append((f"2-{size}-{size}-1", f"{weights}", f"{building:.3f} s", f"{compiling:.3f} s", f"{1000 * evaluating:.1f} ms", f"{error:.1f}"))
    print_table(("network", "weights", "to_sage", "to_tf", f"{POINTS} points", "units in the last place"), rows)
    base = [max(c) for c in zip(*each[:3], strict=True)]
    return all(last <= 3 * first for last, first in zip(each[-1], base, strict=True))


def derivatives():
    """Print what the derivative of a network of 64 and 64 neurons costs; return whether it takes seconds."""
    x, y = SR.var("x, y")
    rows, slowest = [], 0.0
    for activation in ("relu", "tanh"):
        expression = network(64, activation).to_sage(x, y)
        slope, deriving = timed(lambda e=expression: e.diff(x))
        function, compiling = timed(lambda s=slope: s.to_tf(x, y))
        _, evaluating = timed(lambda f=function: f(np.zeros(POINTS), np.ones(POINTS)).numpy())
        rows.append((f"2-64-64-1 {activation}", *(f"{t:.2f} s" for t in (deriving, compiling, evaluating))))
        slowest = max(slowest, deriving, compiling, evaluating)
    print_table(("network", "diff", "to_tf", f"first {POINTS} points"), rows)
    return slowest < 10


def boxes():
    rng = np.random.default_rng(0)
    lo = rng.uniform(-2, 2, (BOXES, 2)).astype("float32")
    return lo, lo + rng.uniform(0, 1, (BOXES, 2)).astype("float32")


def peer(model, activation, lo, hi):
    """Return what bound-propagation finds, None where it is not installed."""
    if not PEER.exists():
        return None
    arrays = {f"kernel{k}": layer.kernel.numpy() for k, layer in enumerate(model.layers)}
    arrays |= {f"bias{k}": layer.bias.numpy() for k, layer in enumerate(model.layers)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        np.savez(path, lo=lo, hi=hi, layers=len(model.layers), activation=activation, **arrays)
        done = subprocess.run([PEER, HERE / "networks" / "peer_crown.py", path], capture_output=True, text=True, timeout=600)
    if done.returncode:
        print(f"bound-propagation failed: {done.stderr.strip().splitlines()[-1]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def enclosures():
    """Print the bounds on boxes; return whether they are quick and never wider than intervals."""
    rows, holds = [], True
    for activation in ("relu", "tanh", "gelu"):
        model = network(64, activation)
        lo, hi = boxes()
        given = [list(zip(low, high, strict=True)) for low, high in zip(lo.tolist(), hi.tolist(), strict=True)]
        found, seconds = timed(lambda m=model, g=given: [bounds(m, box)[0] for box in g])
        ours = np.array([float(b.upper() - b.lower()) for b in found])
        plain = Sweep(tape_of(model), lo.astype(float), hi.astype(float), "float32", plain=True).outputs()
        plain = (plain[1] - plain[0])[:, 0]
        inside = np.random.default_rng(1).uniform(size=(BOXES, 2000, 2))
        values = model((lo[:, None] + (hi - lo)[:, None] * inside).reshape(-1, 2).astype("float32")).numpy().reshape(BOXES, -1)
        taken = values.max(axis=1) - values.min(axis=1)
        other = peer(model, activation, lo, hi) if activation != "gelu" else None
        crown = np.array(other["crown"]["widths"]) if other else None
        ratios = [f"{(ours / plain).mean():.4f}", f"{(ours / plain).max():.4f}", f"{(ours / taken).mean():.2f}"]
        rows.append((f"2-64-64-1 {activation}", f"{seconds:.2f} s", *ratios,
                     *((f"{other['crown']['seconds']:.2f} s", f"{(crown / taken).mean():.2f}") if other else ("-", "-"))))
        holds &= seconds < 10 and bool((ours <= plain * (1 + 1e-12)).all())
    heads = ("network", f"{BOXES} boxes", "/ intervals", "at most", "/ values taken", "CROWN", "/ values taken")
    print_table(heads, rows)
    return holds


def main():
    held = {"costs are linear": costs(), "derivatives take seconds": derivatives(), "bounds are quick and never wider than intervals": enclosures()}
    for claim, holds in held.items():
        print(f"{claim}: {'yes' if holds else 'NO'}")
    sys.exit(0 if all(held.values()) else 1)


if __name__ == "__main__":
    main()
