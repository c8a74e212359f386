"""The table of the systems, and what it says about the claims."""

from statistics import median

from common import print_table

HEADS = ["system", "problems", "solved", "equivalent", "R2 > 0.999", "median s", "median s, solved", "median complexity"]
SHARE = {0: 0.88, 0.01: 0.60, 0.1: 0.35}  # of the problems of SRBench to be solved, at least, for each noise
SECONDS = 3.0  # median time to a solution, at most, without noise
ACCURATE = 0.98  # share of R2 > 0.999, at least, without noise


def share(count, total):
    return f"{count} of {total}, {100 * count / total:.1f} %"


def number(value):
    return "-" if value == float("inf") else f"{value:.3g}"


def middle(numbers):
    return median(numbers) if numbers else float("inf")


def line(system, results):
    """Return the line of a system; fits that failed count with the others."""
    total = len(results)
    return [
        system,
        str(total),
        share(sum(r.solved for r in results), total),
        share(sum(r.equivalent == "proved" for r in results), total),
        share(sum(r.r2 > 0.999 for r in results), total),
        number(middle([r.seconds for r in results])),
        number(middle([r.seconds for r in results if r.solved])),
        number(middle([r.complexity for r in results])),
    ]


def print_systems(results):
    """Print the table; ``results`` has a list for each system."""
    print()
    print_table(HEADS, [line(system, found) for system, found in results.items()])


def print_unsolved(system, results):
    """Print a line for each problem that is not solved: what was sought and what was found."""
    missed = [r for r in results if not r.solved]
    if missed:
        print(f"\nnot solved by {system}:")
    for result in missed:
        why = result.error or f"R2 {result.r2:.6g}" + (f", {result.equivalent}" if result.equivalent else "")
        why += f", grader: {result.grading}" if result.grading else ""
        print(f"  {result.problem}: {result.truth}\n    {result.seconds:.1f} s, {why}: {shortened(result.model)}")


def shortened(text, length=300):
    return text if len(text) <= length else text[:length] + "..."


def print_verdicts(claims):
    """Print what was claimed and measured."""
    print()
    print_table(["claim", "measured", "required", ""], [[*claim, "ok" if met else "SHORT"] for *claim, met in claims])


def verdicts(results, noise, ours):
    """Yield what is claimed, what was measured, what is required, and whether it is met."""
    found = results[ours]
    benchmark = [r for r in found if r.in_srbench] or [r for r in found if r.set == "laws"]
    if benchmark and noise in SHARE:
        solved = sum(r.solved for r in benchmark)
        of = "SRBench's problems" if benchmark[0].in_srbench else "the laws"
        yield f"{of} solved", share(solved, len(benchmark)), f">= {100 * SHARE[noise]:.0f} %", solved >= SHARE[noise] * len(benchmark)
        if noise == 0:
            seconds = middle([r.seconds for r in benchmark if r.solved])
            yield f"median seconds to a solution of {of}", number(seconds), f"< {SECONDS:g}", seconds < SECONDS
            accurate = sum(r.r2 > 0.999 for r in benchmark)
            yield f"R2 > 0.999 on {of}", share(accurate, len(benchmark)), f">= {100 * ACCURATE:.0f} %", accurate >= ACCURATE * len(benchmark)
    nguyen = [r for r in found if r.set == "nguyen"]
    if nguyen and noise == 0:
        solved = sum(r.solved for r in nguyen)
        yield "Nguyen solved", share(solved, len(nguyen)), "all", solved == len(nguyen)
    yield from against_peers(results, ours)


def against_peers(results, ours):
    """Yield the verdicts on more solved, in less time, and smaller than Operon's."""
    own = results[ours]
    solved, seconds = sum(r.solved for r in own), middle([r.seconds for r in own])
    for peer, found in results.items():
        if peer == ours:
            continue
        theirs, needed = sum(r.solved for r in found), middle([r.seconds for r in found])
        yield f"more solved than {peer}", str(solved), f"> {theirs}", solved > theirs
        yield f"median seconds less than {peer}'s", number(seconds), f"< {number(needed)}", seconds < needed
        if peer == "pyoperon":
            smaller, larger = (middle([r.complexity for r in part]) for part in (own, found))
            yield "median complexity less than pyoperon's", number(smaller), f"< {number(larger)}", smaller < larger
