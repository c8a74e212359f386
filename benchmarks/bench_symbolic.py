"""
TensorFunction against its peers and against the limit that C sets, everything in one run; ``make bench-symbolic`` runs this.

Each peer is a process, in an environment of its own where it needs one; every result is checked. The claims are printed last:
what was measured, what is required, and whether it is met.
"""

import argparse
import json
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from symbolic.comparison import Comparison
from symbolic.costs import costs
from symbolic.driver import COLUMNS
from symbolic.expressions import ROWS
from symbolic.tables import print_notes, print_times, print_verdicts, verdicts

QUICK = ["mixed", "Lennard-Jones", "sines", "orbit", "double pendulum"]


def chosen(names, known, what):
    """Return those of the known things that are named, or all."""
    unknown = set(names or ()) - {thing.name for thing in known}
    if unknown:
        sys.exit(f"there is no {what} {', '.join(sorted(unknown))}; there are: {', '.join(thing.name for thing in known)}")
    return [thing for thing in known if not names or thing.name in names]


def listed(text):
    return [part.strip() for part in text.split(",")]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="five rows, 10^4 points, float64")
    parser.add_argument("--rows", type=listed, help="names of expressions, with commas between")
    parser.add_argument("--points", type=listed, help="numbers of points (default: 100,10000,1000000)")
    parser.add_argument("--dtypes", type=listed, help="float64, float32 or both (default)")
    parser.add_argument("--peers", type=listed, help="names of columns; ours is always there")
    parser.add_argument("--save", type=Path, help="a file for the tables; the numbers go to one beside it with the suffix .json")
    given = parser.parse_args()
    given.rows = given.rows or (QUICK if given.quick else None)
    given.points = [int(float(n)) for n in given.points or (["1e4"] if given.quick else ["1e2", "1e4", "1e6"])]
    given.dtypes = given.dtypes or (["float64"] if given.quick else ["float64", "float32"])
    given.peers = given.peers and ["ours", *given.peers]
    return given


class Both:
    """What is written goes to two streams."""

    def __init__(self, *streams):
        self.streams = streams

    def write(self, text):
        for stream in self.streams:
            stream.write(text)

    def flush(self):
        for stream in self.streams:
            stream.flush()


def measure(given):
    """Print the tables and the verdicts, and return whether all claims are met, and the numbers."""
    columns, rows = chosen(given.peers, COLUMNS, "column"), chosen(given.rows, ROWS, "row")
    with tempfile.TemporaryDirectory() as folder, Comparison(columns, rows, given.points, given.dtypes, Path(folder)) as comparison:
        for cells in comparison.tables():
            for cell in cells:
                comparison.time(cell)
            print_times(comparison, cells)
            sys.stdout.flush()
    print_notes(comparison)
    claims = [*verdicts(comparison), *costs()]
    print_verdicts(claims)
    numbers = [
        {"row": cell.row.name, "points": cell.points, "dtype": cell.dtype, "kind": cell.kind, "column": column, "seconds": best}
        for (cell, column), best in comparison.seconds.items()
    ]
    return all(met for *_, met in claims), numbers


def main():
    given = options()
    if not given.save:
        sys.exit(not measure(given)[0])
    with open(given.save, "w") as file, redirect_stdout(Both(sys.stdout, file)):
        met, numbers = measure(given)
    given.save.with_suffix(".json").write_text(json.dumps(numbers, indent=0))
    sys.exit(not met)


if __name__ == "__main__":
    main()
