"""
The two gates against what there is without them, everything in one run; ``make bench-conversion`` runs this.

A row against memcpy may take at most the stated multiple of its time; a row against NumPy must be at least the
stated multiple faster; peak memory may grow by at most twice the bytes of the result.
"""

import sys
from functools import partial

import numpy as np
import tensorflow as tf
from common import best_times, peak_memory, print_table
from sage.all import QQ, RDF, RR, ZZ, random_matrix, set_random_seed

from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import to_tf

COUNT = 10**6
HEADS = ["conversion", "ours", "against", "theirs", "ratio", "target", ""]
DTYPES = {"RDF": np.float64, "CDF": np.complex128}
IMPORTS = """
import numpy as np, tensorflow as tf
from sage.all import CDF, QQ, RDF, RR, ZZ, matrix, random_matrix, vector
from sage_tf.conversion.to_sage import to_sage
from sage_tf.conversion.to_tf import to_tf
to_sage(to_tf(matrix(RDF, 2, range(4)))), to_sage(to_tf(vector(RDF, range(4))))
"""


def verdict(met):
    return "ok" if met else "SHORT"


def timed(label, ours, against, theirs, repeat, most=None, least=None):
    """Return the row that compares the times of two functions: ours takes at most a multiple, or theirs at least."""
    fast, slow = best_times([ours, theirs], repeat)
    ratio = fast / slow if most else slow / fast
    met, target = (ratio <= most, f"<= {most}") if most else (ratio >= least, f">= {least}")
    return [label, f"{1e3 * fast:.2f} ms", against, f"{1e3 * slow:.2f} ms", f"{ratio:.2f}", target, verdict(met)]


def blocks():
    """Yield the rows for what is copied as it is: 10^6 entries over RDF and CDF, each way."""
    for name, dtype in DTYPES.items():
        square = np.random.default_rng(1).normal(size=(1000, 1000)).astype(dtype)
        memcpy = partial(np.copyto, np.empty_like(square), square)
        for shape, array in (("matrix", square), ("vector", square.reshape(-1))):
            raw = tf.constant(array)
            ours = to_sage(raw)
            yield timed(f"to_tf, {shape} over {name}", partial(to_tf, ours), "memcpy", memcpy, 50, most=2.5)
            yield timed(f"to_sage, {shape} over {name}", partial(to_sage, raw), "memcpy", memcpy, 50, most=2.5)


def through_numpy(matrix):
    """What one does without the gate."""
    return tf.constant(matrix.numpy(dtype=float))


def exact_matrices():
    """Yield the rows for matrices of exact numbers."""
    set_random_seed(1)
    for name, ring, least in (("ZZ", ZZ, 30), ("QQ", QQ, 4)):
        ours = random_matrix(ring, 500, 500)
        yield timed(
            f"to_tf, 500x500 over {name}",
            partial(to_tf, ours),
            "numpy(dtype=float)",
            partial(through_numpy, ours),
            5,
            least=least,
        )


def lists():
    """Yield the rows for lists of Sage's numbers."""
    for name, ring in (("ZZ", ZZ), ("RR", RR), ("RDF", RDF)):
        numbers = [ring(k) / 7 if ring is not ZZ else ring(k) for k in range(COUNT)]
        yield timed(
            f"to_tf, list of 10^6 over {name}",
            partial(to_tf, numbers),
            "np.array(list)",
            partial(np.array, numbers, dtype=float),
            3,
            least=5,
        )


MEMORY = [
    ("to_tf, matrix over RDF", "m = matrix(RDF, np.ones((3000, 3000)))", "to_tf(m)", 8 * 9 * 10**6),
    ("to_sage, matrix over RDF", "t = tf.ones((3000, 3000), tf.float64)", "to_sage(t)", 8 * 9 * 10**6),
    ("to_tf, vector over CDF", "v = vector(np.ones(4 * 10**6, complex))", "to_tf(v)", 16 * 4 * 10**6),
    ("to_sage, vector over CDF", "t = tf.ones(4 * 10**6, tf.complex128)", "to_sage(t)", 16 * 4 * 10**6),
    ("to_tf, 1500x1500 over ZZ", "m = random_matrix(ZZ, 1500)", "to_tf(m)", 8 * 1500**2),
    ("to_tf, 1500x1500 over QQ", "m = random_matrix(QQ, 1500)", "to_tf(m)", 8 * 1500**2),
    ("to_tf, list of 4*10^6 over ZZ", "n = list(map(ZZ, range(4 * 10**6)))", "to_tf(n)", 8 * 4 * 10**6),
    ("to_tf, the same as float32", "n = list(map(ZZ, range(4 * 10**6)))", "to_tf(n, 'float32')", 4 * 4 * 10**6),
]


def memory():
    """Yield the rows for peak memory."""
    for label, setup, statement, size in MEMORY:
        grown = peak_memory(IMPORTS + setup, "kept = " + statement)
        if grown is not None:
            yield [
                label,
                f"{grown / 1e6:.0f} MB",
                "its result",
                f"{size / 1e6:.0f} MB",
                f"{grown / size:.2f}",
                "<= 2",
                verdict(grown <= 2 * size),
            ]


def main():
    rows = [*blocks(), *exact_matrices(), *lists(), *memory()]
    print_table(HEADS, rows)
    sys.exit(any(row[-1] == "SHORT" for row in rows))


if __name__ == "__main__":
    main()
