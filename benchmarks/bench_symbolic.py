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
from io import StringIO
from pathlib import Path

from common import print_table
from symbolic.comparison import Comparison
from symbolic.costs import costs
from symbolic.driver import COLUMNS
from symbolic.expressions import ROWS
from symbolic.tables import print_tables, verdicts

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
    parser.add_argument("--save", type=Path, help="a file for the tables; one with the suffix .json gets the numbers beside it")
    given = parser.parse_args()
    given.rows = given.rows or (QUICK if given.quick else None)
    given.points = [int(float(n)) for n in given.points or (["1e4"] if given.quick else ["1e2", "1e4", "1e6"])]
    given.dtypes = given.dtypes or (["float64"] if given.quick else ["float64", "float32"])
    given.peers = given.peers and ["ours", *given.peers]
    return given


def save(path, comparison, text):
    """Write the tables, and the numbers as JSON."""
    path.write_text(text)
    numbers = [
        {"row": cell.row.name, "points": cell.points, "dtype": cell.dtype, "kind": cell.kind, "column": column, "seconds": best}
        for (cell, column), best in comparison.seconds.items()
    ]
    path.with_suffix(".json").write_text(json.dumps(numbers, indent=0))


def main():
    given = options()
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(
            chosen(given.peers, COLUMNS, "column"), chosen(given.rows, ROWS, "row"), given.points, given.dtypes, Path(folder)
        )
        comparison.run()
    claims = [*verdicts(comparison), *costs()]
    text = StringIO()
    with redirect_stdout(text):
        print_tables(comparison)
        print()
        print_table(["claim", "measured", "required", ""], [[*claim, "ok" if met else "SHORT"] for *claim, met in claims])
    print(text.getvalue())
    if given.save:
        save(given.save, comparison, text.getvalue())
    sys.exit(not all(met for *_, met in claims))


if __name__ == "__main__":
    main()
