"""
Sage's own doctests give the same result with sage_tf loaded as without; ``make test-sage`` runs this.

``python run.py [MODULE ...]`` doctests each module of Sage twice, plainly and in a session that has imported sage_tf,
and compares which examples fail. A difference counts if it shows again when both are repeated: a few of Sage's doctests depend
on the time that they take. The exit code says whether there was any.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import sage
from sage.env import SAGE_SRC

HERE = Path(__file__).resolve().parent
PLAIN = "sage.repl.ipython_kernel.all_jupyter"
LOADED = "with_sage_tf"
# some distributions of Sage do not recognize that they have symbolics, and would leave those doctests out
FEATURES = "sage,sage.symbolic"

MODULES = """
    structure.coerce structure.coerce_actions structure.coerce_maps structure.element structure.parent structure.sequence
    categories.pushout categories.action categories.map categories.morphism categories.functor categories.sets_cat
    matrix.constructor matrix.args matrix.action matrix.special matrix.matrix_space matrix.matrix0 matrix.matrix1
    matrix.matrix2 matrix.matrix_sparse matrix.matrix_generic_dense matrix.matrix_double_dense matrix.matrix_numpy_dense
    matrix.matrix_integer_dense matrix.matrix_rational_dense matrix.matrix_symbolic_dense
    modules.free_module modules.free_module_element modules.vector_double_dense modules.vector_real_double_dense
    modules.vector_numpy_dense modules.vector_integer_dense modules.vector_rational_dense modules.vector_symbolic_dense
    symbolic.expression symbolic.callable symbolic.function symbolic.ring symbolic.operators symbolic.relation
    symbolic.expression_conversions symbolic.integration.integral
    calculus.calculus calculus.functional calculus.var calculus.test_sympy
    functions.trig functions.hyperbolic functions.log functions.other functions.piecewise functions.special
    ext.fast_callable misc.functional
    rings.integer_ring rings.rational_field rings.real_double rings.complex_double rings.real_mpfr rings.real_mpfi
    rings.integer rings.rational rings.qqbar rings.finite_rings.integer_mod
    plot.plot plot.line plot.point plot.graphics plot.contour_plot plot.primitive repl.rich_output.display_manager
""".split()


def source(module):
    """The source file of one of Sage's modules."""
    for root in [Path(SAGE_SRC, "sage"), *map(Path, sage.__path__)]:
        for suffix in (".pyx", ".py"):
            path = root / (module.replace(".", "/") + suffix)
            if path.exists():
                return path.resolve()
    sys.exit(f"this Sage has no source of sage.{module}: use one that was installed with its sources")


@dataclass
class Outcome:
    """What happened in a file: how many examples there were, and which failed (or why the file as a whole did)."""

    examples: int = 0
    failing: set = field(default_factory=set)


def outcomes(log):
    """The outcome of each file in the doctester's report."""
    found = {}
    for path, line, name in re.findall(r'^File "(.+?)", line (\d+), in (\S+)$', log, re.MULTILINE):
        found.setdefault(Path(path), Outcome()).failing.add(f"{name}:{line}")
    path = None
    for line in log.splitlines():
        if head := re.match(r"sage -t .*?(/\S+\.pyx?)(?:  # (.*))?$", line):
            path, words = Path(head[1]), head[2]
            outcome = found.setdefault(path, Outcome())
            if words and not re.match(r"\d+ doctests? failed", words):
                outcome.failing.add(words)
        elif size := re.match(r"    \[(\d+) tests?\b", line):
            found[path].examples = int(size[1])
    return found


def doctest(sage_command, files, environment):
    """Doctest files of Sage in an environment."""
    paths = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        command = [sage_command, "-t", "--nthreads=2", "--random-seed=0", "--timeout=900", "--abspath"]
        command += [f"--optional={FEATURES}", f"--environment={environment}", f"--stats-path={folder}/stats.json"]
        done = subprocess.run(
            [*command, *map(str, files)], env={**os.environ, "PYTHONPATH": paths}, cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
    found = outcomes(done.stdout)
    silent = [str(file) for file in files if file not in found]
    if silent:
        sys.exit(f"{done.stdout[-4000:]}\nthe doctester said nothing of {', '.join(silent)}")
    return found


def differences(file, plain, loaded):
    """The examples that fail in all runs of one kind and in none of the other."""

    def failing(runs, gather):
        return gather(*(run[file].failing for run in runs if file in run))

    differ = failing(loaded, set.intersection) - failing(plain, set.union)
    differ |= failing(plain, set.intersection) - failing(loaded, set.union)
    if plain[0][file].examples != loaded[0][file].examples:
        differ.add("another number of examples")
    return sorted(differ)


def show(files, plain, loaded):
    """Print the table, and return the modules with differences."""
    bad = []
    print(f"{'module':42} {'examples':>8} {'fail without':>13} {'fail with':>10}  differences")
    for module, file in files.items():
        differ = differences(file, plain, loaded)
        bad += [module] if differ else []
        print(
            f"{'sage.' + module:42} {plain[0][file].examples:8} {len(plain[0][file].failing):13} "
            f"{len(loaded[0][file].failing):10}  {', '.join(differ) or '-'}"
        )
    return bad


def main():
    parser = argparse.ArgumentParser(description="Compare Sage's own doctests with and without sage_tf.")
    parser.add_argument("--sage", default="sage", help="the sage command")
    parser.add_argument("modules", nargs="*", default=MODULES, help="modules without the leading sage.")
    options = parser.parse_args()
    files = {module: source(module) for module in options.modules}
    started = time.monotonic()
    plain = [doctest(options.sage, files.values(), PLAIN)]
    loaded = [doctest(options.sage, files.values(), LOADED)]
    again = [file for file in files.values() if differences(file, plain, loaded)]
    if again:
        plain.append(doctest(options.sage, again, PLAIN))
        loaded.append(doctest(options.sage, again, LOADED))
    bad = show(files, plain, loaded)
    print(f"{len(files)} modules, without and with sage_tf, in {(time.monotonic() - started) / 60:.1f} minutes")
    print(f"{len(files) - len(bad)} passed, {len(bad)} failed")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
