r"""
Processes of this machine that run tasks of a search

EXAMPLES::

    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.processes import Processes
    sage: from sage_tf.regression.schedule import Agenda, Schedule
    sage: from sage_tf.regression.search import tasks
    sage: from sage_tf.regression.settings import Settings
    sage: from sage_tf.regression.watch import Watch
    sage: problem, settings, watch = Problem.of([[1], [2], [3]], [1, 4, 9]), Settings(), Watch()
    sage: agenda = Agenda(tasks(problem, settings))
    sage: with Processes(1r, problem, settings, agenda, watch) as crew:         # long time
    ....:     while 0 not in crew.results:                                      # it takes seconds until it is ready
    ....:         crew.poll(1r)
    ....:     next(iter(Schedule(problem, settings, agenda, watch, crew))).expression
    x0^2

ALGORITHM:

Each process is a fresh Python: one that is forked would have a TensorFlow that does not work any more, and Python's own ways to start another run the
main program again, which needs a guard that nobody writes in a session or a script of Sage. Each has a pipe of its own. A process that dies is not
replaced; its task is run by another one, and by this process if none is left.
"""
import os
import pickle
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import wait
from time import sleep
from warnings import warn

from sage_tf.regression.schedule import Crew

START = "import sys; sys.path[:] = {path!r}; from sage_tf.regression.worker import serve; serve({descriptor}, {patience})"
#: of the processes: nothing on the terminal, and one thread each, as there is a process for each processor
ENVIRONMENT = {'TF_CPP_MIN_LOG_LEVEL': '3', 'TF_ENABLE_ONEDNN_OPTS': '0', 'OPENBLAS_NUM_THREADS': '1', 'OMP_NUM_THREADS': '1', 'MKL_NUM_THREADS': '1'}


class Processes(Crew):
    r"""
    Processes of this machine that run tasks.

    INPUT:

    - ``count`` -- how many

    - ``problem``, ``settings`` -- what the tasks are for, sent once to each process

    - ``agenda``, ``watch`` -- as of :class:`~sage_tf.regression.schedule.Crew`

    They start at once, and none is left after ``close()``, nor when this process dies.
    """
    def __init__(self, count, problem, settings, agenda, watch):
        super().__init__(agenda, watch)
        self._workers = []
        try:
            given = pickle.dumps((problem, settings))
            self._workers.extend(Worker(given) for _ in range(count))
        except (OSError, pickle.PicklingError, TypeError, AttributeError) as error:     # the last ones of what cannot be sent
            warn(f"not all processes could be started ({error}); the search takes those that there are", RuntimeWarning, stacklevel=2)
        self._started = len(self._workers)

    def poll(self, seconds=0):
        """
        Hear the news, wait for them at most so long, and give tasks to those who have none.
        """
        if not self._workers:
            sleep(seconds)
        for channel in wait([worker.channel for worker in self._workers], seconds):
            worker = next(worker for worker in self._workers if worker.channel is channel)
            try:
                while channel.poll():
                    self._hear(worker, *channel.recv())
            except (EOFError, OSError):
                self._bury(worker)
        for worker in self._workers:
            if worker.is_ready and worker.task is None and not self._give(worker):
                break

    def _hear(self, worker, kind, content):
        if kind == 'ready':
            worker.greet()
            return
        result = self.results.get(worker.task[0])
        if kind == 'candidates':
            self.watch.count(content)
        elif kind == 'law':
            result.laws.append(pickle.loads(content))
        else:
            result.is_over, result.error, worker.task = True, content and pickle.loads(content), None

    def _give(self, worker):
        """Give a task to a worker; return whether there was one."""
        worker.task = self.begin()
        if worker.task is not None:
            try:
                worker.channel.send_bytes(pickle.dumps(worker.task[1]))
            except OSError:
                pass                                            # it has died, which will be heard of
        return worker.task is not None

    def _bury(self, worker):
        """Have what a worker did that has died done again."""
        self._workers.remove(worker)
        worker.end()
        if worker.task is not None:
            self.lose(*worker.task)
        if not self._workers:
            warn(f"all {self._started} processes of the search have died; it goes on in this one", RuntimeWarning, stacklevel=2)

    def close(self):
        """End the processes."""
        while self._workers:
            self._workers[-1].end()
            self._workers.pop()


class Worker:
    """
    A process that runs tasks, the pipe to it, and the task it has.

    INPUT:

    - ``given`` -- problem and settings, pickled

    - ``patience`` -- seconds without a task after which it ends by itself (default: it does not)

    EXAMPLES::

        sage: from sage_tf.regression.processes import Worker
        sage: worker = Worker(b''); worker.end(); worker.process.returncode
        -9
    """
    def __init__(self, given, patience=None):
        self.channel, theirs = Pipe()
        program = START.format(path=[os.path.abspath(entry) for entry in sys.path], descriptor=theirs.fileno(), patience=patience)
        with theirs:
            # in a session of its own, where no Ctrl-C reaches it
            self.process = subprocess.Popen(
                [sys.executable, '-W', 'ignore', '-c', program], pass_fds=[theirs.fileno()], env={**ENVIRONMENT, **os.environ},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self._given, self.is_ready, self.task = given, False, None

    def greet(self):
        """Tell a process that says it is ready what its tasks are for."""
        self.is_ready = True
        self.channel.send_bytes(self._given)

    def end(self):
        """End the process."""
        self.channel.close()
        self.process.kill()
        self.process.wait()
