"""The tables of a comparison, and what they say about the claims."""

import math
from itertools import groupby

from common import print_table

LARGE = 10**4  # from so many points on the claims hold
SLOWER = 1.05  # times the fastest peer's time, at most, on every line
FASTER = 2.0  # times faster than the fastest peer, in the geometric mean, at least
LIMIT = 2.0  # times the C limit's time, at most, on the rows marked so, for the values at 10^6 points in float64


def title(cell):
    return f"{cell.kind} of {cell.points} points in {cell.dtype}"


def print_times(comparison, cells):
    """Print a table of milliseconds, and the ratios to the fastest peer and to the C limit."""
    print(f"\n{title(cells[0])}, milliseconds\n")
    heads = ["expression", *(column.name for column in comparison.columns), "fastest peer", "ours/it", "ours/C"]
    print_table(heads, [line(comparison, cell) for cell in cells])


def print_notes(comparison):
    """Print why times are missing."""
    notes = {}
    for (cell, column), note in comparison.notes.items():
        notes.setdefault((column, note), []).append(f"{cell.row.name} ({cell.kind}, {cell.dtype}, {cell.points})")
    print("\n~ is the time of fewer points, in proportion" + ("; - is a time that there is not:" if notes else ""))
    for (column, note), where in notes.items():
        print(f"  {column}: {note}: {where[0]}" + (f" and {len(where) - 1} more" if len(where) > 1 else ""))


def print_verdicts(claims):
    """Print what was claimed and measured."""
    print()
    print_table(["claim", "measured", "required", ""], [[*claim, "ok" if met else "SHORT"] for *claim, met in claims])


def line(comparison, cell):
    """Return the line of a table."""
    times = [written(comparison, cell, column) for column in comparison.columns]
    peer = min((c for c in comparison.columns if c.part == "peer"), key=lambda c: comparison.best(cell, c), default=None)
    fastest = peer.name if comparison.fastest(cell) < math.inf else "-"
    return [cell.row.name, *times, fastest, *(ratio_written(comparison.ratio(cell, part)) for part in ("peer", "limit"))]


def written(comparison, cell, column):
    """Return a time as it is printed."""
    best = comparison.best(cell, column)
    if (cell, column.name) in comparison.notes or best == math.inf:
        return "-"
    return ("~" if cell.points > column.largest else "") + f"{1e3 * best:.3g}"


def ratio_written(ratio):
    return "-" if math.isnan(ratio) else f"{ratio:.2f}"


def geometric_mean(numbers):
    return math.exp(math.fsum(map(math.log, numbers)) / len(numbers))


def verdicts(comparison):
    """Yield what is claimed, what was measured, what is required, and whether it is met."""
    large = [cell for cell in comparison.cells() if cell.points >= LARGE]
    failed = [cell for cell in comparison.cells() if (cell, "ours") in comparison.notes]
    yield "lines without a right result of ours", str(len(failed)), "0", not failed
    ratios = {cell: comparison.ratio(cell, "peer") for cell in large}
    ratios = {cell: ratio for cell, ratio in ratios.items() if not math.isnan(ratio)}
    for (points, dtype, kind), cells in groupby(sorted(ratios, key=group), group):
        worst = max(cells, key=ratios.get)
        claim = f"time over the fastest peer's, worst {kind} of {points} points in {dtype}: {worst.row.name}"
        yield claim, f"{ratios[worst]:.2f}", f"<= {SLOWER}", ratios[worst] <= SLOWER
    for kind in ("value", "gradient"):
        of_kind = [1 / ratio for cell, ratio in ratios.items() if cell.kind == kind]
        if of_kind:
            mean = geometric_mean(of_kind)
            yield f"times faster than the fastest peer, geometric mean, {kind}", f"{mean:.2f}", f">= {FASTER}", mean >= FASTER
    yield from limit_verdicts(comparison)


def limit_verdicts(comparison):
    """Yield the verdict on the C limit."""
    limits = {
        cell: comparison.ratio(cell, "limit")
        for cell in comparison.cells()
        if cell.row.limit and (cell.points, cell.dtype, cell.kind) == (10**6, "float64", "value")
    }
    limits = {cell: ratio for cell, ratio in limits.items() if not math.isnan(ratio)}
    if limits:
        worst = max(limits, key=limits.get)
        yield f"time over the C limit's, worst row: {worst.row.name}", f"{limits[worst]:.2f}", f"<= {LIMIT}", limits[worst] <= LIMIT


def group(cell):
    return cell.points, cell.dtype, cell.kind
