"""Fits with several processes: the same front, and no process left."""
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import sage_tf.regression.fitting as fitting
import sage_tf.regression.processes as processes
from sage_tf.all import SymbolicRegressor
from sage_tf.regression.search import tasks as all_tasks

RNG = np.random.default_rng(11)
X = RNG.uniform(1, 3, (120, 2))
NOISY = X[:, 0] * np.exp(-X[:, 1]**2 / 2) + RNG.normal(0, 0.02, 120)
NOISE = RNG.normal(0, 1e-3, 120)
HERE = str(Path(__file__).parent)


@pytest.fixture
def made(monkeypatch):
    """The tasks of the tests, and a list of the processes that are started."""
    monkeypatch.syspath_prepend(HERE)
    started = []

    class Recorded(processes.Worker):
        def __init__(self, *args):
            super().__init__(*args)
            started.append(self.process)
    monkeypatch.setattr(processes, 'Worker', Recorded)
    import parallel_tasks
    parallel_tasks.started = started
    return parallel_tasks


@pytest.fixture
def path(tmp_path):
    """A file for marks."""
    return str(tmp_path / 'marks')


def fit(jobs, tasks=None, monkeypatch=None, seconds=300, y=NOISY):
    model = SymbolicRegressor(n_jobs=jobs, random_state=3, time_limit=seconds, progress=False)
    if tasks is not None:
        monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: iter(tasks))
    return model.fit(X, y)


def all_ended(started):
    return started and all(process.poll() is not None for process in started)


def test_the_front_does_not_depend_on_the_number_of_processes(made, monkeypatch, tmp_path):
    """Tasks of the true search, with laws whose constants are floats; others do most of them, as the first one keeps this process busy."""
    def some_tasks(path, problem, settings):
        yield partial(made.after, path, 1) if path else partial(made.power, 1, 0)
        yield from islice((task for task in all_tasks(problem, settings) if '_approximate' in str(task)), 3)
        yield partial(made.marking, path or os.devnull, 2)
    fronts = []
    for jobs in (1, 2, 4):
        monkeypatch.setattr(fitting, 'tasks', partial(some_tasks, str(tmp_path / str(jobs)) if jobs > 1 else None))
        model = fit(jobs)
        fronts.append(model.pareto_front())
        assert model._state.finished == [5]
    assert len(fronts[0]) >= 3 and len(made.started) == 6 and all_ended(made.started)
    for front in fronts[1:]:
        assert str(front) == str(fronts[0])
        assert [(entry.loss, entry.constants) for entry in front] == [(entry.loss, entry.constants) for entry in fronts[0]]


def test_a_search_ends_with_the_same_law_whoever_is_first(made, monkeypatch, path):
    """Two exact laws, the simpler one in the later task, which is finished before the other one."""
    tasks = [partial(made.after, path, 1), partial(made.power, 2, 1), partial(made.marking, path, 3)]
    model = fit(2, tasks, monkeypatch, y=X[:, 0]**2)
    assert str(model.expression()) == 'x0^2' and model._state.finished == [1] and all_ended(made.started)


def test_the_task_of_a_process_that_is_killed_is_run_again(made, monkeypatch, path):
    tasks = [partial(made.after, path, 1), *(partial(made.power, k, 0.1) for k in range(2, 5)), partial(made.fatal, os.getpid(), 1, path)]
    model = fit(2, tasks, monkeypatch, y=7 * X[:, 0] + NOISE)
    assert Path(path).read_text() == '!' and model._state.finished == [5] and all_ended(made.started)
    assert any(str(entry.expression) == '7*x0' for entry in model.pareto_front())


def test_a_search_whose_processes_have_all_died_goes_on_in_this_one(made, monkeypatch, path):
    tasks = [partial(made.after, path, 2), partial(made.fatal, os.getpid(), 9, path), partial(made.power, 2, 0)]
    with pytest.warns(RuntimeWarning, match='all 2 processes of the search have died; it goes on in this one'):
        model = fit(2, tasks, monkeypatch, y=7 * X[:, 0] + NOISE)
    assert model._state.finished == [3] and any(str(entry.expression) == '7*x0' for entry in model.pareto_front())


def test_an_error_in_another_process_loses_nothing_and_leaves_no_process(made, monkeypatch, path):
    with pytest.warns(RuntimeWarning, match='ended early, with ArithmeticError: such things happen; the best laws so far are kept'):
        model = fit(2, [partial(made.after, path, 1), partial(made.failing, path)], monkeypatch, y=5 * X[:, 0] + NOISE)
    assert any(str(entry.expression) == '5*x0' for entry in model.pareto_front()) and all_ended(made.started)


@pytest.mark.parametrize('seconds', [1, 10])
def test_the_time_limit_is_kept_and_no_process_is_left(made, monkeypatch, seconds):
    start = time.perf_counter()
    model = fit(2, [made.endless, partial(made.power, 2, 0)], monkeypatch, seconds)
    assert seconds < time.perf_counter() - start < 1.1 * seconds + 0.5 and all_ended(made.started)
    assert model._state.finished == [0] and not model.interrupted_


def test_an_interrupt_leaves_no_process_and_the_next_fit_goes_on(made, monkeypatch):
    threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT)).start()
    model = fit(2, [partial(made.power, 2, 0), made.endless], monkeypatch)
    assert model.interrupted_ and all_ended(made.started) and model._state.finished == [1]
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: iter([None, partial(made.power, 3, 0)]))    # the first one would fail
    model.fit(X, NOISY)
    assert model._state.finished == [2] and not model.interrupted_


KILLED = '''
import sys
sys.path.insert(0, {here!r})
import numpy as np
import parallel_tasks
import sage_tf.regression.fitting as fitting
import sage_tf.regression.processes as processes
from sage_tf.all import SymbolicRegressor

class Told(processes.Worker):
    def __init__(self, *args):
        super().__init__(*args)
        print(self.process.pid, flush=True)
processes.Worker = Told
fitting.tasks = lambda problem, settings: iter([parallel_tasks.endless] * 9)
X = np.random.default_rng(1).uniform(1, 2, (50, 2))
SymbolicRegressor(n_jobs=2, progress=False, time_limit=None).fit(X, X[:, 0] + X[:, 1]**4)
'''


def test_no_process_outlives_one_that_is_killed():
    parent = subprocess.Popen([sys.executable, '-c', KILLED.format(here=HERE)], stdout=subprocess.PIPE)
    pids = [int(parent.stdout.readline()) for _ in range(2)]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.perf_counter() + 60                              # they notice when they have been imported
    while any(is_there(pid) for pid in pids) and time.perf_counter() < end:
        time.sleep(0.2)
    assert not any(is_there(pid) for pid in pids)


def is_there(pid):
    """Return whether a process runs; one that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
        return not Path(f'/proc/{pid}/stat').exists() or Path(f'/proc/{pid}/stat').read_text().split(')')[1].split()[0] != 'Z'
    except ProcessLookupError:
        return False


def test_a_fit_in_a_thread_has_processes_too(made, monkeypatch, path):
    found = []
    tasks = [partial(made.after, path, 1), partial(made.marking, path, 3)]
    thread = threading.Thread(target=lambda: found.append(fit(2, tasks, monkeypatch)))
    thread.start()
    thread.join()
    assert found[0]._state.finished == [2] and all_ended(made.started)
