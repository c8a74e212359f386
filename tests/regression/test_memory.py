"""The memory of a search stays under its limit, also for many points of many variables."""
import subprocess
import sys

import numpy as np
import pytest

from sage_tf.regression.monomials import Monomials
from sage_tf.regression.problem import Problem
from sage_tf.regression.search import _grown, _monomials
from sage_tf.regression.settings import Settings

UNIT = 1 if sys.platform == 'darwin' else 1024                  # of ru_maxrss, in bytes

MANY = '''
import resource, sys, time
import numpy as np
from sage_tf.all import SymbolicRegressor

rng = np.random.default_rng(1)
X = rng.uniform(1, 3, (10**6, 50))
y = X[:, 0] * np.exp(-X[:, 1]**2 / 2) + rng.normal(0, 0.05, 10**6)
start = time.perf_counter()
model = SymbolicRegressor(time_limit=100, random_state=1, progress=False).fit(X, y)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, model._state.finished[0], model.score(X, y))
'''


def problem(variables):
    X = np.random.default_rng(1).uniform(1, 3, (200, variables))
    return Problem.of(X, X[:, 0] + X[:, 1]**4)


@pytest.mark.parametrize('memory', [2**26, 2**28])
def test_features_are_as_many_as_there_is_room_for(memory):
    settings, given = Settings(memory=memory), problem(6)
    for rows in (48, 200):
        for pool in (_grown(given, rows, settings, 10**6), _monomials(given, rows, settings)):
            assert 0 < pool.values.nbytes <= memory / 8


def test_the_simplest_features_are_kept():
    anchors = problem(3).X[:48]
    some, all_of_them = Monomials(anchors, most=500), Monomials(anchors)
    assert len(some) == 500 and some.sizes.max() <= np.sort(all_of_them.sizes)[500]


def test_many_variables_do_not_make_features_without_end():
    for variables in (10, 20, 50):
        assert len(Monomials(problem(variables).X[:48])) < 400_000


@pytest.mark.slow
def test_a_million_points_of_fifty_variables_take_less_than_four_gibibytes():
    output = subprocess.run([sys.executable, '-W', 'ignore', '-c', MANY], capture_output=True, text=True, check=True).stdout
    seconds, peak, finished, score = map(float, output.split())
    assert peak * UNIT < 4 * 2**30 and seconds < 110 and finished >= 3 and score > 0.8


@pytest.mark.slow
@pytest.mark.parametrize('memory, most', [(2**27, 2**27), (2**30, 2**30)])
def test_a_search_takes_no_more_than_its_limit(memory, most):
    """What a fit with many candidates adds to the peak of one with next to none."""
    program = '''
import resource, sys
import numpy as np
from sage_tf.regression.fitting import search_front
from sage_tf.regression.problem import Problem
from sage_tf.regression.search import _with_many
import sage_tf.regression.fitting as fitting
X = np.random.default_rng(1).uniform(1, 3, (300, 5))
given = Problem.of(X, X[:, 0] * X[:, 1]**4 + np.random.default_rng(2).normal(0, 0.1, 300))
peaks = []
for tasks in ([], [_with_many]):
    fitting.tasks = lambda problem, settings: iter(tasks)
    search_front(given, 300.0, memory=int(sys.argv[1]))
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
'''
    output = subprocess.run([sys.executable, '-W', 'ignore', '-c', program, str(memory)], capture_output=True, text=True, check=True).stdout
    assert int(output) * UNIT < most
