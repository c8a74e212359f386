r"""
Executors of Python's, Dask's or others' that run tasks of a search

EXAMPLES::

    sage: from concurrent.futures import ThreadPoolExecutor
    sage: from sage_tf.all import SymbolicRegressor
    sage: with ThreadPoolExecutor(1r) as executor:                              # long time
    ....:     SymbolicRegressor(progress=False).fit([[1], [2], [3]], [1, 4, 9], executor=executor).expression()
    x0^2

ALGORITHM:

Neither Sage nor TensorFlow works in any thread of any process: the first is used in the thread that has imported it, the second not after a fork. So what an
executor runs is but a conversation with a process beside it, see :mod:`~sage_tf.regression.worker`, which is there for the next task too. What is sent
are bytes, of which only that process and the one that searches make objects of Sage.

A few tasks are submitted at a time. One that is lost, with the process that ran it, is submitted again. An executor that is dead leaves the search to this
process.
"""
import os
import pickle
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, wait
from functools import partial
from threading import Lock
from time import perf_counter, sleep
from uuid import uuid4
from warnings import warn

from sage_tf.regression.processes import Processes, Worker
from sage_tf.regression.schedule import Crew, without_others

AT_ONCE = 16                                                    # tasks that are submitted at least
SHARE = 0.95                                                    # of the time, after which tasks are cut, so that what they have found is in time
IDLE = 30                                                       # seconds after which a process beside an executor ends


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

    - ``count`` -- how many tasks it gets at a time, if that is more than :data:`AT_ONCE`

    - ``problem``, ``settings`` -- what the tasks are for; sent with each of them, to the workers of Dask once

    - ``agenda``, ``watch`` -- as of :class:`~sage_tf.regression.schedule.Crew`
    """
    def __init__(self, executor, count, problem, settings, agenda, watch):
        super().__init__(agenda, watch)
        self._executor, self._count, self._futures = executor, max(count, AT_ONCE), {}
        self._key, self._given = uuid4().hex, pickle.dumps((problem, settings))
        self._sent = _sent_once(executor, self._given)

    def poll(self, seconds=0):
        """
        Hear the news, wait for them at most so long, and submit tasks.
        """
        if not self._futures:
            sleep(seconds)
        for future in wait(self._futures, seconds, FIRST_COMPLETED).done:
            self._hear(future, *self._futures.pop(future))
        while self._executor is not None and len(self._futures) < self._count and (taken := self.begin()):
            self._submit(*taken)

    def _submit(self, number, task):
        seconds = SHARE * self.watch.seconds - self.watch.elapsed()
        try:
            self._futures[self._executor.submit(run, self._key, self._sent, pickle.dumps(task), seconds)] = number, task
        except RuntimeError as error:                           # it is broken or shut down
            self._return(number, task)
            self._leave(f"the executor takes no tasks ({error}); the search goes on in this process")

    def _hear(self, future, number, task):
        error = None if future.cancelled() else future.exception()
        if error is None and not future.cancelled():
            return self._take(number, *future.result())
        self._sent = self._given                                # what was sent once may be lost too
        if isinstance(error, BrokenExecutor):
            self._leave(f"the executor is broken ({error}); the search goes on in this process")
        if self._executor is None:
            self._return(number, task)
        else:
            self.lose(number, task)

    def _take(self, number, laws, candidates, outcome, error):
        self.watch.count(candidates)
        result = self.results[number]
        result.laws.extend(map(pickle.loads, laws))
        result.is_over, result.was_cut, result.error = True, outcome == 'cut', error and pickle.loads(error)

    def _return(self, number, task):
        del self.results[number]
        self.agenda.put_back(number, task)

    def _leave(self, reason=None):
        """Submit nothing more."""
        if self._executor is not None and reason:
            warn(reason, RuntimeWarning, stacklevel=2)
        self._executor = None
        for future in self._futures:
            future.cancel()

    def close(self):
        """Cancel what has not begun, and end what runs if it runs beside this process."""
        self._leave()
        _team.end()


def _sent_once(executor, data):
    """Return what stands for bytes: Dask has a way to send something once to all of its workers."""
    client = getattr(executor, '_client', None)
    if not hasattr(client, 'scatter'):
        return data
    try:
        return client.scatter(data, broadcast=True, hash=False)
    except Exception:                                           # of a cluster without workers yet, for one
        return data


def run(key, given, task, seconds):
    """
    Have a task run beside this process; return its laws, pickled, the number of candidates, how it ended, and the error, pickled.

    INPUT:

    - ``key`` -- string that says what search the task belongs to

    - ``given`` -- problem and settings, pickled; ``task`` -- pickled

    - ``seconds`` -- after which the task is cut

    Raises EOFError if the process that runs it dies.

    EXAMPLES::

        sage: import pickle
        sage: from sage_tf.regression.executors import run
        sage: from sage_tf.regression.problem import Problem
        sage: from sage_tf.regression.search import tasks
        sage: from sage_tf.regression.settings import Settings
        sage: problem, settings = Problem.of([[1], [2], [3]], [1, 4, 9]), Settings()
        sage: given, task = pickle.dumps((problem, settings)), pickle.dumps(next(tasks(problem, settings)))
        sage: laws, candidates, outcome, error = run('key', given, task, 60r)   # long time
        sage: loads(laws[0], compress=False).expression, outcome                # long time
        (x0^2, 'end')
    """
    end, laws, tried = perf_counter() + seconds, [], 0
    worker = _team.borrow(key, given)
    try:
        if worker.is_ready:
            worker.channel.send_bytes(task)
        while worker.channel.poll(None if seconds == float('inf') else max(0, end - perf_counter())):
            kind, content = worker.channel.recv()
            if kind == 'law':
                laws.append(content)
            elif kind == 'candidates':
                tried += content
            elif kind == 'ready':
                worker.greet()
                worker.channel.send_bytes(task)
            else:
                _team.give_back(worker)
                return laws, tried, kind, content
        return laws, tried, 'cut', None
    finally:
        _team.dismiss(worker)


class Team:
    """
    The processes beside this one that run tasks for executors. All belong to one search, that of the last task.

    EXAMPLES::

        sage: from sage_tf.regression.executors import Team
        sage: team = Team(); team.end()
    """
    def __init__(self):
        self._lock, self._key, self._busy, self._idle, self._process = Lock(), None, set(), [], os.getpid()

    def borrow(self, key, given):
        """Return a process that is told of a search."""
        with self._lock:
            if self._process != os.getpid():                    # after a fork those of the parent are none of this one's
                self._busy, self._idle, self._process = set(), [], os.getpid()
            if key != self._key:
                self._end(self._idle)
                self._key = key
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    self._busy.add(worker)
                    return worker
                worker.end()
            worker = Worker(given, IDLE)
            self._busy.add(worker)
            return worker

    def give_back(self, worker):
        """Have a process again that is ready for another task."""
        with self._lock:
            if worker in self._busy:
                self._busy.remove(worker)
                self._idle.append(worker)

    def dismiss(self, worker):
        """End a process that was not given back."""
        with self._lock:
            if worker in self._busy:
                self._busy.remove(worker)
                worker.end()

    def end(self):
        """End all of them."""
        with self._lock:
            self._end(self._idle)
            self._end(self._busy)

    def _end(self, workers):
        while workers:
            workers.pop().end()


_team = Team()
