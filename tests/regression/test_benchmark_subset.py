"""A part of the benchmark: laws that the regressor finds in seconds, by their rows alone, and that SRBench's grader accepts."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

from regression.expressions import generic, read  # noqa: E402
from regression.grading import accuracy, solves  # noqa: E402
from regression.problems import own  # noqa: E402
from sage.all import SR  # noqa: E402

from sage_tf.all import SymbolicRegressor  # noqa: E402
from sage_tf.regression.equivalence import equivalent  # noqa: E402

SECONDS = 30

#: One of each kind: monomials with exact constants, roots of sums, rational functions, exponentials, sines, differences, inverse functions
LAWS = [
    'Reynolds', 'Hagen-Poiseuille', 'Tsiolkovsky', 'projectile range', 'three parallel resistors', 'Langmuir', 'Michaelis-Menten',
    'damped oscillation', 'Planck radiance', 'normal reflectance', 'Bernoulli', 'Compton shift', 'Snell',
]
PROBLEMS = {problem.name: problem for problem in own()}


@pytest.mark.parametrize('name', LAWS)
def test_a_law_is_found_by_its_rows(name):
    problem = PROBLEMS[name]
    X, y = problem.training(seed=1, noise=0)
    found = SymbolicRegressor(time_limit=SECONDS, random_state=0, progress=False).fit(X, y).expression()
    model = str(found._sympy_())
    assert accuracy(model, problem.variables, *problem.testing(seed=1))[0] > 1 - 1e-12
    assert solves(problem.formula, model, problem.variables)
    truth = SR(read(problem.formula, generic(problem.variables)))
    box = dict(zip(map(SR.var, generic(problem.variables).values()), problem.ranges.values(), strict=True))
    assert equivalent(truth, found, box).status == 'proved'
