"""A search survives the death of its process, and a damaged checkpoint is refused."""
import os
import signal
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest
from sage.all import SR, pi, sqrt

import sage_tf.regression.fitting as fitting
from sage_tf.all import SymbolicRegressor
from sage_tf.regression.checkpoint import State, key_of, read_checkpoint, write_checkpoint
from sage_tf.regression.constants import Constant
from sage_tf.regression.problem import problems

RNG = np.random.default_rng(4)
X = RNG.uniform(1, 3, (80, 2))
Y = X[:, 0]**3 / 7 + RNG.normal(0, 0.01, 80)
LAW = SR.var('x0')**3 / 7

SEARCH = '''
import sys, time
import numpy as np
import sage_tf.regression.fitting as fitting
from sage_tf.all import SymbolicRegressor
from sage_tf.regression.law import law_of

def first(problem, settings, over):
    time.sleep(1)
    yield law_of(problem, problem.variables[0]**3 / 7)

def second(problem, settings, over):
    time.sleep(0.5)
    over()
    yield law_of(problem, problem.variables[0]**2)
    print('found', flush=True)
    while True:                                                 # and never looks at the clock
        time.sleep(1)

fitting.tasks = lambda problem, settings: iter([first, second])
data = np.load(sys.argv[1])
SymbolicRegressor(checkpoint=sys.argv[2], time_limit=1000, progress=False).fit(data['X'], data['Y'])
'''


@pytest.fixture
def nothing_found(monkeypatch):
    monkeypatch.setattr(fitting, 'tasks', lambda *args: iter(()))


def fronts_of(path):
    state = read_checkpoint(path, key_of(problems(X, Y)))
    return state.fronts if state else [[]]


def test_what_was_found_survives_kill_9(tmp_path, monkeypatch):
    path, seeds = tmp_path / 'search', []
    np.savez(tmp_path / 'data.npz', X=X, Y=Y)
    environment = {**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', 'TF_ENABLE_ONEDNN_OPTS': '0'}
    process = subprocess.Popen([sys.executable, '-c', SEARCH, tmp_path / 'data.npz', path], stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout.readline() == b'found\n'
        time.sleep(9.5)                                         # the laws are not 10 seconds old
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    state = read_checkpoint(path, key_of(problems(X, Y)))
    assert state.finished == [1] and any(bool(law == LAW) for law, _ in state.fronts[0])

    def second(problem, settings, over):
        seeds.append(settings.seed[0])
        return iter(())
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: iter([None, second]))       # the first one would fail
    model = SymbolicRegressor(checkpoint=path, progress=False).fit(X, Y)
    assert bool(model.expression() == LAW) and seeds == [state.seed] and fronts_of(path) and model._state.finished == [2]


def test_a_fit_goes_on_with_the_task_that_was_not_finished(monkeypatch):
    runs = []

    def task(number, problem, settings, over):
        runs.append(number)
        while number == 2 and len(runs) < 4 and not over():
            time.sleep(0.01)
        return iter(())
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: (partial(task, number) for number in range(4)))
    model = SymbolicRegressor(time_limit=0.5, progress=False).fit(X, Y)
    assert runs == [0, 1, 2]                                    # the time was over then
    front = str(model.pareto_front())
    assert model.fit(X, Y) is model and runs == [0, 1, 2, 2, 3] and str(model.pareto_front()) == front
    model.fit(X, Y)
    assert runs == [0, 1, 2, 2, 3]                              # nothing is left
    model.set_params(max_complexity=30, time_limit=60).fit(X, Y)
    assert runs == [0, 1, 2, 2, 3, 0, 1, 2, 3]                  # another search
    model.fit(X, Y + 1)
    assert runs[9:] == [0, 1, 2, 3]


def test_a_checkpoint_is_written_at_the_end(tmp_path, nothing_found):
    path = tmp_path / 'search'
    model = SymbolicRegressor(checkpoint=str(path), progress=False).fit(X, Y)
    assert [str(law) for law, _ in fronts_of(path)[0]] == [str(entry.expression) for entry in model.pareto_front()]
    assert os.listdir(tmp_path) == ['search']


def test_laws_and_constants_come_back_as_they_were(tmp_path):
    x = SR.var('x')
    laws = [[(sqrt(x) * pi / 7, [Constant(0.448798950512827, pi / 7, 31.5)]), (SR(0.1) * x, [Constant(0.1, None, 0.0)])], []]
    state = State('key', 'parameters', 7, laws, [3, 0])
    write_checkpoint(tmp_path / 'search', state)
    assert read_checkpoint(tmp_path / 'search', 'key') == state


def test_a_damaged_checkpoint_is_refused_before_the_search(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, 'tasks', None)
    path = tmp_path / 'search'
    write_checkpoint(path, State(key_of(problems(X, Y)), '', 0, [[(LAW, [])]], [0]))
    whole = path.read_bytes()
    for damaged in (whole[:-5], b'', b'{}', b'[1]', b'null', whole.replace(b'1/7', b'1/8', 1), b'\x80\x04', whole.replace(b'x0', b'x1')):
        assert damaged != whole
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r'the checkpoint .*search is damaged \(.*\); remove it to begin anew') as caught:
            SymbolicRegressor(checkpoint=path, progress=False).fit(X, Y)
        assert '\n' not in str(caught.value) and path.read_bytes() == damaged


def test_a_checkpoint_of_other_data_is_refused_and_kept(tmp_path, nothing_found):
    path = tmp_path / 'search'
    SymbolicRegressor(checkpoint=path, progress=False).fit(X, Y)
    whole = path.read_bytes()
    for arguments in ((X, Y + 1), (X + 1, Y), (X, Y, np.full(80, 2.0)), (X, Y, None, 'a, b')):
        with pytest.raises(ValueError, match='is for other data; give another path, or remove it'):
            SymbolicRegressor(checkpoint=path, progress=False).fit(*arguments)
    assert path.read_bytes() == whole


def test_a_path_that_cannot_be_written_is_refused_before_the_search(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, 'tasks', None)
    for path, error in ((tmp_path / 'none' / 'search', FileNotFoundError), (tmp_path, PermissionError)):
        with pytest.raises(error, match='give another path'):
            SymbolicRegressor(checkpoint=path, progress=False).fit(X, Y)
