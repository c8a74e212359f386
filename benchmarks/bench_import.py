"""
What ``import sage_tf`` costs beyond importing Sage and TensorFlow, in fresh processes; ``make bench-import`` runs this.

It must cost at most 0.4 s, work whichever is imported first, and run no TensorFlow operation.
"""

import json
import statistics
import subprocess
import sys

LIMIT = 0.4  # seconds
RUNS = 5
ORDERS = [
    ["sage.all", "tensorflow", "sage_tf"],
    ["tensorflow", "sage.all", "sage_tf"],
    ["sage_tf", "sage.all", "tensorflow"],
    ["tensorflow", "sage_tf", "sage.all"],
    ["sage.all", "sage_tf", "tensorflow"],
]
CODE = """
import importlib, json, sys, time
seconds = {}
for name in sys.argv[1:]:
    started = time.perf_counter()
    importlib.import_module(name)
    seconds[name] = time.perf_counter() - started
from tensorflow.python.eager import context
# TensorFlow makes its context for the first operation
print(json.dumps([seconds, context.context_safe() is not None]))
"""


def imports(order):
    """Import modules in a fresh process: the seconds for each, and whether TensorFlow ran an operation."""
    done = subprocess.run([sys.executable, "-c", CODE, *order], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"importing {', '.join(order)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main():
    imports(ORDERS[0])  # fills the disk's cache
    print(f"{'imported in this order':40} {'all':>7} {'sage_tf':>8}   (seconds, median of {RUNS} processes)")
    beyond, ran = None, False
    for order in ORDERS:
        runs = [imports(order) for _ in range(RUNS)]
        total = statistics.median(sum(seconds.values()) for seconds, _ in runs)
        own = statistics.median(seconds["sage_tf"] for seconds, _ in runs)
        ran = ran or any(operation for _, operation in runs)
        last = order[-1] == "sage_tf"
        beyond = max(beyond or 0, own) if last else beyond
        print(f"{', '.join(order):40} {total:7.2f} {own if last else float('nan'):8.2f}".replace("nan", "  -"))
    print(f"beyond Sage and TensorFlow: {beyond:.2f} s; limit {LIMIT} s. TensorFlow operations run: {'some' if ran else 'none'}")
    sys.exit(beyond > LIMIT or ran)


if __name__ == "__main__":
    main()
