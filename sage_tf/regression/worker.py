r"""
A process that runs tasks of a search for another one

EXAMPLES:

It is started by :class:`~sage_tf.regression.processes.Processes`, hears of the problem first and then of one task after the other. What it says are pairs::

    sage: from multiprocessing import Pipe
    sage: from sage_tf.regression.worker import run
    sage: here, there = Pipe()
    sage: run(here, 'problem', 'settings', lambda problem, settings, over: ['a law'])
    sage: there.recv(), there.recv()
    (('law', 'a law'), ('end', None))
"""
import os
import pickle
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from sage_tf.regression.watch import Watch


def serve(descriptor):
    """
    Run the tasks that come through a pipe, until its other end is closed.

    A process that dies closes its pipes, so that no worker outlives the one it works for. A thread listens while the other one works.

    EXAMPLES::

        sage: from sage_tf.regression.worker import serve
        sage: serve(-1r)
        Traceback (most recent call last):
        ...
        ValueError: invalid handle
    """
    channel, inbox = Connection(descriptor), SimpleQueue()
    Thread(target=_listen, args=(channel, inbox), daemon=True).start()
    channel.send(('ready', None))
    problem, settings = pickle.loads(inbox.get())
    while True:
        run(channel, problem, settings, pickle.loads(inbox.get()))


def run(channel, problem, settings, task):
    """
    Run a task, and send its laws, the number of its candidates, and its end, or the error that it raised.

    EXAMPLES::

        sage: from multiprocessing import Pipe
        sage: from sage_tf.regression.worker import run
        sage: here, there = Pipe()
        sage: run(here, None, None, lambda problem, settings, over: 1/0)
        sage: there.recv()
        ('error', ZeroDivisionError('rational division by zero'))
    """
    watch, told = Watch(tick=lambda watch: tell(watch)), 0

    def tell(watch):
        nonlocal told
        if watch.candidates > told:
            channel.send(('candidates', watch.candidates - told))
            told = watch.candidates
    try:
        for law in task(problem, settings, watch):
            channel.send(('law', law))
        outcome = 'end', None
    except Exception as error:
        outcome = 'error', portable(error)
    tell(watch)
    channel.send(outcome)


def portable(error):
    """
    Return an exception that can be sent to another process.

    EXAMPLES::

        sage: from sage_tf.regression.worker import portable
        sage: portable(ValueError('no')), portable(ValueError(lambda: 0))
        (ValueError('no'), RuntimeError('ValueError: <function ...'))
    """
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:                                           # whatever makes it so that it cannot be sent
        return RuntimeError(f"{type(error).__name__}: {error}")


def _listen(channel, inbox):
    try:
        while True:
            inbox.put(channel.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)
