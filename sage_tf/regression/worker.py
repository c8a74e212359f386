r"""
A process that runs tasks of a search for another one

EXAMPLES:

It is started by :class:`~sage_tf.regression.processes.Worker`, hears of the problem first and then of one task after the other. What it says are pairs of a
word and what belongs to it, a number or bytes::

    sage: from multiprocessing import Pipe
    sage: from sage_tf.regression.worker import run
    sage: here, there = Pipe()
    sage: run(here, 'problem', 'settings', lambda problem, settings, over: ['a law'])
    sage: kind, law = there.recv(); kind, loads(law, compress=False), there.recv()
    ('law', 'a law', ('end', None))
"""
import os
import pickle
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Thread

from sage_tf.regression.watch import Watch


def serve(descriptor, patience=None):
    """
    Run the tasks that come through a pipe, until its other end is closed or nothing has come for some seconds.

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
        try:
            task = inbox.get(timeout=patience)
        except Empty:
            return
        run(channel, problem, settings, pickle.loads(task))


def run(channel, problem, settings, task):
    """
    Run a task, and send its laws, the number of its candidates, and its end, or the error that it raised.

    EXAMPLES::

        sage: from multiprocessing import Pipe
        sage: from sage_tf.regression.worker import run
        sage: here, there = Pipe()
        sage: run(here, None, None, lambda problem, settings, over: 1/0)
        sage: kind, error = there.recv(); kind, loads(error, compress=False)
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
            channel.send(('law', pickle.dumps(law)))
        outcome = 'end', None
    except Exception as error:
        outcome = 'error', pickled(error)
    tell(watch)
    channel.send(outcome)


def pickled(error):
    """
    Return an exception as bytes, or one like it if it cannot be sent.

    EXAMPLES::

        sage: from sage_tf.regression.worker import pickled
        sage: [loads(pickled(error), compress=False) for error in (ValueError('no'), ValueError(lambda: 0))]
        [ValueError('no'), RuntimeError('ValueError: <function ...')]
    """
    try:
        data = pickle.dumps(error)
        pickle.loads(data)
        return data
    except Exception:                                           # whatever makes it so
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _listen(channel, inbox):
    try:
        while True:
            inbox.put(channel.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)
