"""What the benchmarks share: timing two functions against each other, peak memory of a piece of code, one table."""

import json
import subprocess
import sys
import time
from pathlib import Path


def best_times(functions, repeat):
    """
    Return the best time of each function in seconds.

    They take turns, so that what else the machine does meets all of them alike.
    """
    best = [float("inf")] * len(functions)
    for _ in range(repeat):
        for k, function in enumerate(functions):
            started = time.perf_counter()
            result = function()
            best[k] = min(best[k], time.perf_counter() - started)
            del result
    return best


MEMORY = """
import json
from common import high_water, reset_high_water
{setup}
reset_high_water()
before = high_water()
{statement}
print(json.dumps(high_water() - before))
"""


def high_water():
    """Return the peak memory of this process in bytes; for Linux."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def reset_high_water():
    """Let the peak start again from the present size."""
    with open("/proc/self/clear_refs", "w") as peaks:
        peaks.write("5")


def peak_memory(setup, statement):
    """Return by how many bytes a statement raises the memory of a fresh process at most, None where Linux's /proc is missing."""
    if not sys.platform.startswith("linux"):
        return None
    code = MEMORY.format(setup=setup, statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent)
    if done.returncode:
        sys.exit(f"measuring {statement!r} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def print_table(heads, rows):
    """Print rows of strings under their heads, the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip())
