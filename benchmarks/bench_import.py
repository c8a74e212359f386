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
MEASURED = [["sage.all", "tensorflow", "sage_tf"], ["tensorflow", "sage.all", "sage_tf"]]
OTHERS = [["sage_tf", "sage.all", "tensorflow"], ["tensorflow", "sage_tf", "sage.all"], ["sage.all", "sage_tf", "tensorflow"]]
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
    imports(MEASURED[0])  # fills the disk's cache
    beyond, ran = 0, False
    print(f"{'imported in this order':32} {'sage_tf':>8} {'all':>8}   seconds; {RUNS} processes")
    for order in MEASURED:
        runs = [imports(order) for _ in range(RUNS)]
        own = statistics.median(seconds["sage_tf"] for seconds, _ in runs)
        total = statistics.median(sum(seconds.values()) for seconds, _ in runs)
        beyond = max(beyond, own)
        ran = ran or any(operation for _, operation in runs)
        print(f"{', '.join(order):32} {own:8.2f} {total:8.2f}", flush=True)
    for order in OTHERS:
        seconds, operation = imports(order)
        ran = ran or operation
        print(f"{', '.join(order):32} {'works':>8} {sum(seconds.values()):8.2f}", flush=True)
    print(f"beyond Sage and TensorFlow: {beyond:.2f} s of {LIMIT} s allowed")
    print(f"TensorFlow operations run: {'some' if ran else 'none'}")
    sys.exit(beyond > LIMIT or ran)


if __name__ == "__main__":
    main()
