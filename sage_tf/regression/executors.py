r"""
Executors of Python's, Dask's or others' that run tasks of a search

EXAMPLES::

    sage: from sage_tf.regression.executors import Work, run
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.search import tasks
    sage: from sage_tf.regression.settings import Settings
    sage: problem, settings = Problem.of([[1], [2], [3]], [1, 4, 9]), Settings()
    sage: work = loads(dumps(Work(problem, settings)))
    sage: work._home = None                                     # as if this were another process
    sage: run(work, next(tasks(problem, settings)), 60r).laws[0].expression
    x0^2

ALGORITHM:

A few tasks are submitted at a time. One that is lost, with the process that ran it, is submitted again; an executor that is dead or runs its tasks in
threads of this process leaves the search to this process, as Sage takes one thread at a time.
"""
import os
import pickle
import socket
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, wait
from functools import partial
from threading import Lock
from time import sleep
from uuid import uuid4
from warnings import warn

from sage_tf.regression.processes import Processes
from sage_tf.regression.schedule import Crew, Result, without_others
from sage_tf.regression.watch import Overtime, Watch
from sage_tf.regression.worker import portable

AT_ONCE = 16                                                    # tasks that are submitted at least
SHARE = 0.95                                                    # of the time, after which others end, so that what they have is in time

_ONE_AT_A_TIME = Lock()                                         # a process of an executor may have several threads
_present = {}                                                   # the work that this process has at hand, by its key


def crew_of(jobs, executor=None):
    r"""
    Return who runs the tasks of a search, a function of problem, settings, agenda and watch that returns a :class:`~sage_tf.regression.schedule.Crew`.

    INPUT:

    - ``jobs`` -- number of processes

    - ``executor`` -- an executor instead, or ``None``

    EXAMPLES::

        sage: from sage_tf.regression.executors import crew_of
        sage: crew_of(1r)
        <function without_others at ...>
        sage: crew_of(1r, 'here')
        Traceback (most recent call last):
        ...
        TypeError: executor='here' was given; expected a concurrent.futures.Executor, as dask.distributed.Client(...).get_executor() is
    """
    if executor is None:
        return partial(Processes, jobs) if jobs > 1 else without_others
    if not isinstance(executor, Executor):
        raise TypeError(f"executor={executor!r} was given; expected a concurrent.futures.Executor, as dask.distributed.Client(...).get_executor() is")
    return partial(Futures, executor, 2 * jobs)


class Futures(Crew):
    r"""
    An executor that runs tasks.

    INPUT:

    - ``executor`` -- any ``concurrent.futures.Executor``

    - ``count`` -- how many tasks it gets at a time, twice as many at least as it has workers

    - ``problem``, ``settings`` -- what the tasks are for; sent with each of them, to the workers of Dask once

    - ``agenda``, ``watch`` -- as of :class:`~sage_tf.regression.schedule.Crew`
    """
    def __init__(self, executor, count, problem, settings, agenda, watch):
        super().__init__(agenda, watch)
        self._executor, self._count, self._futures = executor, max(count, AT_ONCE), {}
        self._work = Work(problem, settings)
        self._sent = _scattered(executor, self._work)

    def poll(self, seconds=0):
        """
        Hear the news, wait for them at most so long, and submit tasks.
        """
        if not self._futures:
            sleep(seconds)
        for future in wait(self._futures, seconds, FIRST_COMPLETED).done:
            self._hear(future, *self._futures.pop(future))
        while self._executor is not None and len(self._futures) < self._count and (taken := self.begin()):
            try:
                future = self._executor.submit(run, self._sent, taken[1], SHARE * (self.watch.seconds - self.watch.elapsed()))
                self._futures[future] = taken
            except (RuntimeError, BrokenExecutor) as error:
                self.results.pop(taken[0])
                self.agenda.put_back(*taken)
                self._leave(f"the executor takes no tasks ({error}); the search goes on in this process")

    def _hear(self, future, number, task):
        error = None if future.cancelled() else future.exception()
        if error is None and not future.cancelled():
            result = future.result()
            if result is not None:
                self.watch.count(result.candidates)
                self.results[number] = result
                return
            self._leave()
        self._sent = self._work                                 # what was sent once may be lost too
        if isinstance(error, BrokenExecutor):
            self._leave(f"the executor is broken ({error}); the search goes on in this process")
        if self._executor is None:
            self.results.pop(number)
            self.agenda.put_back(number, task)
        else:
            self.lose(number, task)

    def _leave(self, reason=None):
        """Submit nothing more."""
        if self._executor is not None and reason:
            warn(reason, RuntimeWarning, stacklevel=2)
        self._executor = None
        for future in self._futures:
            future.cancel()

    def close(self):
        """Cancel what has not begun."""
        self._leave()


class Work:
    """
    A problem and settings, on their way to other processes, each of which has them once.

    EXAMPLES::

        sage: from sage_tf.regression.executors import Work
        sage: from sage_tf.regression.problem import Problem
        sage: work = Work(Problem.of([[1], [2]], [1, 4]), None)
        sage: sent = dumps(work)
        sage: loads(sent) is loads(sent), loads(sent) is work, loads(sent).is_home()
        (True, False, True)
    """
    def __init__(self, problem, settings, key=None, home=None):
        self.problem, self.settings, self._key, self._home = problem, settings, key or uuid4().hex, home or _place()
        self._data = None

    def is_home(self):
        """Return whether this is the process that the work comes from."""
        return self._home == _place()

    def __reduce__(self):
        if self._data is None:
            self._data = pickle.dumps((self.problem, self.settings))
        return _received, (self._key, self._home, self._data)


def _received(key, home, data):
    """Return the work with a key, that which is here already if it is."""
    if key not in _present:
        _present.clear()
        _present[key] = Work(*pickle.loads(data), key, home)
    return _present[key]


def _place():
    return socket.gethostname(), os.getpid()


def _scattered(executor, work):
    """Return what stands for the work: Dask has a way to send something once to all of its workers."""
    client = getattr(executor, '_client', None)
    if not hasattr(client, 'scatter'):
        return work
    try:
        return client.scatter(work, broadcast=True, hash=False)
    except Exception:                                           # of a cluster without workers yet, for one
        return work


def run(work, task, seconds):
    """
    Return the :class:`~sage_tf.regression.schedule.Result` of a task, and of how many candidates; ``None`` in the process that it comes from.

    EXAMPLES::

        sage: from sage_tf.regression.executors import Work, run
        sage: from sage_tf.regression.problem import Problem
        sage: run(Work(Problem.of([[1], [2]], [1, 4]), None), None, 60r) is None
        True
    """
    if work.is_home():
        return None
    result, watch = Result(), Watch(seconds)
    with _ONE_AT_A_TIME:
        try:
            with watch.enforced():
                for law in task(work.problem, work.settings, watch):
                    result.laws.append(law)
                    if watch():
                        break
        except Overtime:
            pass
        except Exception as error:
            result.error = portable(error)
    result.is_over, result.was_cut, result.candidates = True, watch(), watch.candidates
    return result
