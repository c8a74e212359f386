"""Fits on executors: those of Python and of Dask give the same front, and lose nothing."""
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import sage_tf.regression.executors as executors
import sage_tf.regression.fitting as fitting
from sage_tf.all import SymbolicRegressor

RNG = np.random.default_rng(12)
X = RNG.uniform(1, 3, (120, 2))
NOISY = 3 * X[:, 0]**2 + RNG.normal(0, 0.02, 120)
HERE = str(Path(__file__).parent)


@pytest.fixture
def made(monkeypatch):
    """The tasks of the tests."""
    monkeypatch.syspath_prepend(HERE)
    import parallel_tasks
    return parallel_tasks


def fit(tasks, monkeypatch, executor=None, seconds=300):
    monkeypatch.setattr(fitting, 'tasks', lambda problem, settings: iter(tasks))
    return SymbolicRegressor(random_state=3, time_limit=seconds, progress=False).fit(X, NOISY, executor=executor)


def some_tasks(made, count=6, seconds=0.2):
    return [partial(made.power, k % 6 + 1, seconds) for k in range(count)]


def state_of(model):
    return str(model.pareto_front()), model._state.finished, [entry.loss for entry in model.pareto_front()]


@pytest.fixture
def pools():
    """Executors of Python's, made by their names."""
    kinds = {
        'threads': lambda: ThreadPoolExecutor(2), 'processes': lambda: ProcessPoolExecutor(2, multiprocessing.get_context('spawn')),
        'forks': lambda: ProcessPoolExecutor(1, multiprocessing.get_context('fork')),
    }
    made = []

    def make(kind):
        made.append(kinds[kind]())
        return made[-1]
    yield make
    for pool in made:
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize('kind', ['threads', 'processes', 'forks'])
def test_the_front_on_an_executor_is_that_of_this_process(made, monkeypatch, pools, kind):
    wanted = state_of(fit(some_tasks(made), monkeypatch))
    assert state_of(fit(some_tasks(made), monkeypatch, pools(kind))) == wanted and wanted[1] == [6]
    assert not executors._team._busy and not executors._team._idle


def test_a_search_goes_on_here_when_its_executor_takes_no_tasks(made, monkeypatch, pools):
    pool = pools('threads')
    pool.shutdown()
    with pytest.warns(RuntimeWarning, match='the executor takes no tasks .*; the search goes on in this process'):
        assert fit(some_tasks(made), monkeypatch, pool)._state.finished == [6]


def test_a_search_goes_on_here_when_its_executor_breaks(made, monkeypatch, pools, tmp_path):
    tasks = [*some_tasks(made, 3, 0), partial(made.bereaved, str(tmp_path / 'killed')), *some_tasks(made, 3, 0)]
    with pytest.warns(RuntimeWarning, match='the executor (is broken|takes no tasks) .*; the search goes on in this process'):
        found = state_of(fit(tasks, monkeypatch, pools('processes')))
    assert found == state_of(fit(tasks, monkeypatch)) and found[1] == [7]


def test_an_interrupt_ends_what_runs_beside_this_process(made, monkeypatch, pools):
    threading.Timer(5, os.kill, (os.getpid(), signal.SIGINT)).start()
    model = fit([made.endless], monkeypatch, pools('threads'))
    assert model.interrupted_ and not executors._team._busy and not executors._team._idle


def test_what_is_found_in_time_is_there(made, monkeypatch, pools):
    model = fit([made.endless], monkeypatch, pools('threads'), seconds=12)
    assert any(entry.expression.degree(entry.expression.variables()[0]) == 3 for entry in model.pareto_front() if entry.expression.variables())


def test_nothing_is_lost_when_a_worker_of_a_cluster_is_killed(made, monkeypatch, tmp_path):
    """Four workers of Dask, one of which is killed while it works."""
    from dask.distributed import Client, LocalCluster
    tasks = [*some_tasks(made, 3), partial(made.bereaved, str(tmp_path / 'killed')), *some_tasks(made, 9)]
    with LocalCluster(n_workers=4, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        before = set(client.run(os.getpid).values())
        found = state_of(fit(tasks, monkeypatch, client.get_executor()))
        client.wait_for_workers(4, timeout=30)
        assert len(before) == 4 and len(before & set(client.run(os.getpid).values())) == 3
    assert found == state_of(fit(tasks, monkeypatch)) and found[1] == [13]
