"""What a first call costs, and a call on one point: ``python -m symbolic.costs`` measures in a fresh process and prints JSON."""

import json
import subprocess
import sys
import time

from symbolic.driver import BENCHMARKS

NODES = 50
FIRST = 0.5  # seconds from the expression to its first value, at most
CALL = 1.2  # times a call of a bare tf.function on one point, at most


def costs():
    """Yield what is claimed, measured and required, and whether it is met."""
    done = subprocess.run([sys.executable, "-m", "symbolic.costs"], stdout=subprocess.PIPE, text=True, cwd=BENCHMARKS, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    for label, seconds in found["first"].items():
        yield f"first call, to_tf included: {label}", f"{seconds:.2f} s", f"<= {FIRST} s", seconds <= FIRST
    for label, (ours, bare) in found["call"].items():
        claim = f"a call on one point over a bare tf.function's ({1e6 * ours:.0f} and {1e6 * bare:.0f} microseconds): {label}"
        yield claim, f"{ours / bare:.2f}", f"<= {CALL}", ours <= CALL * bare


def nodes(expression):
    """Return how many nodes the graph of an expression has."""
    from sage_tf.symbolic.functions import operation
    from sage_tf.symbolic.graph import Graph

    graph = Graph(operation)
    return len(graph.reachable([graph.read(expression)]))


def expressions():
    """Return expressions of 50 nodes: sums, a nesting, a fraction; each with functions of its own."""
    from sage.all import SR, atan, cos, exp, log, sin, sqrt, tanh

    x, y = SR.var("x"), SR.var("y")
    steps = {
        "sum of waves": lambda e, k: e + sin(k * x) * cos(y) / k,
        "nesting": lambda e, k: sin(e * x + k),
        "continued fraction": lambda e, k: x + y * k / (2 + e**2),
        "sum of powers": lambda e, k: e + x**k * y,
        "functions": lambda e, k: e + [exp, tanh, atan, lambda z: log(1 + z**2), lambda z: sqrt(2 + cos(z))][k % 5](x * y / k),
    }
    for name, step in steps.items():
        expression, k = x * y, 1
        while nodes(expression) < NODES:
            expression, k = step(expression, k), k + 1
        yield name, expression, (x, y)


def first_calls():
    """Return the seconds from an expression to its first value; the first of all includes what TensorFlow does once."""
    import numpy as np
    import tensorflow as tf

    found = {}
    for points in (1000, 10**6):
        data = [tf.constant(np.random.default_rng(k).uniform(0.5, 1.5, points)) for k in (1, 2)]
        times = {}
        for name, expression, variables in expressions():
            started = time.perf_counter()
            expression.to_tf(*variables)(*data).numpy()
            times[name] = time.perf_counter() - started
        if not found:
            found[f"the first of the process, {points} points"] = times.pop(next(iter(times)))
        worst = max(times, key=times.get)
        found[f"{worst}, the slowest of {len(times)} with {NODES} nodes, {points} points"] = times[worst]
    return found


def bare_functions():
    """Return by name: an expression, and the same written by hand for TensorFlow."""
    import tensorflow as tf

    return {
        "x^2 + 1": lambda x: tf.square(x) + 1,
        "sin(x)*exp(-y)": lambda x, y: tf.sin(x) * tf.exp(-y),
        "m*c^2/sqrt(1 - v^2/c^2)": lambda m, c, v: m * tf.square(c) / tf.sqrt(1 - tf.square(v) / tf.square(c)),
        "exp(-x^2)*sin(5*x) + x/(1 + x^2) + sqrt(x)*cos(x)^2 + log(1 + x^2)": lambda x: tf.exp(-tf.square(x)) * tf.sin(5 * x)
        + x / (1 + tf.square(x))
        + tf.sqrt(x) * tf.square(tf.cos(x))
        + tf.math.log(1 + tf.square(x)),
    }


def calls():
    """Return the seconds of a call on one point, ours and a bare tf.function's."""
    import tensorflow as tf
    from common import best_times
    from sage.all import SR

    found = {}
    for label, function in bare_functions().items():
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        inputs = [tf.constant([k / 4], tf.float64) for k in range(2, 2 + len(names))]
        ours, bare = SR(label).to_tf(*map(SR.var, names)), tf.function(function)
        found[label] = best_times([lambda ours=ours, x=inputs: ours(*x), lambda bare=bare, x=inputs: bare(*x)], 5000)
    return found


if __name__ == "__main__":
    import sage_tf  # noqa: F401 -- gives expressions to_tf

    print(json.dumps({"first": first_calls(), "call": calls()}))
