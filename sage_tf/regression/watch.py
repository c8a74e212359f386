r"""
The time of a search

EXAMPLES::

    sage: from sage_tf.regression.watch import Watch
    sage: watch = Watch(60r)
    sage: watch()
    False
"""
import ctypes
import threading
from contextlib import contextmanager
from math import inf
from time import perf_counter

GRACE = 1.02                                                    # share of the time after which a search is ended that does not end by itself


class Overtime(BaseException):
    """
    What ends a search that does not end by itself, as ``KeyboardInterrupt`` would.

    EXAMPLES::

        sage: from sage_tf.regression.watch import Overtime
        sage: issubclass(Overtime, Exception)
        False
    """


def _insist(action):
    """Do something, again if :class:`Overtime` comes in between."""
    while True:
        try:
            action()
            return
        except Overtime:
            pass


class Watch:
    r"""
    What tells a search whether its time is over, and hears from it.

    INPUT:

    - ``seconds`` -- how long the search may take (default: as long as it likes)

    - ``tick`` -- function that is called now and then, with the watch, for what goes on beside the search

    Called, it says whether the time is over. The search calls it often.

    ATTRIBUTES: ``candidates`` is the number of candidates that the search says it has tried, see :meth:`count`.

    EXAMPLES::

        sage: from sage_tf.regression.watch import Watch
        sage: watch = Watch(0r, tick=lambda watch: print('tick'))
        sage: watch()
        tick
        True
    """
    INTERVAL = 0.1                                              # seconds between two ticks

    def __init__(self, seconds=inf, tick=None):
        self._start, self._tick, self._next = perf_counter(), tick, 0.0
        self.seconds, self.candidates = seconds, 0

    def __call__(self):
        now = self.elapsed()
        if now >= self._next:
            self.tick()
        return now >= self.seconds

    def tick(self):
        """
        Have done what goes on beside the search.

        EXAMPLES::

            sage: from sage_tf.regression.watch import Watch
            sage: Watch(tick=lambda watch: print('tick')).tick()
            tick
        """
        self._next = self.elapsed() + self.INTERVAL
        if self._tick is not None:
            self._tick(self)

    @contextmanager
    def enforced(self):
        """
        Raise :class:`Overtime` in a block that goes on when the time has been over for a while, :data:`GRACE`.

        ALGORITHM:

        Another thread waits, and asks Python to raise the exception here between two instructions, as a signal does; but this works
        in any thread, and leaves signals to others. Should the exception be dropped where it is raised, it comes again a second later.

        EXAMPLES::

            sage: from sage_tf.regression.watch import Overtime, Watch
            sage: watch = Watch(0.1r)
            sage: try:
            ....:     with watch.enforced():
            ....:         while True: pass
            ....: except Overtime:
            ....:     print(watch.elapsed() < 5)
            True
        """
        if self.seconds == inf:
            yield
            return
        thread, lock, over = ctypes.c_ulong(threading.get_ident()), threading.Lock(), threading.Event()
        overtime = max(0.0, GRACE * self.seconds - self.elapsed())

        def call():
            seconds = min(overtime, threading.TIMEOUT_MAX)
            while not over.wait(seconds):                       # again if whoever it met has dropped it
                seconds = 1
                with lock:
                    if not over.is_set():
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Overtime))
        try:
            threading.Thread(target=call, daemon=True).start()  # within, as the exception may come at once
            yield
        finally:
            _insist(over.set)                                   # also if the exception comes just now, or the thread would go on for ever
            _insist(lock.acquire)
            # To take an exception back that is on its way would leave Python looking for it, for ever under a profiler: let it come.
            try:
                for _ in range(10):
                    pass
            except Overtime:
                pass

    def elapsed(self):
        """
        Return the seconds since the watch was made.

        EXAMPLES::

            sage: from sage_tf.regression.watch import Watch
            sage: 0 <= Watch().elapsed() < 1
            True
        """
        return perf_counter() - self._start

    def count(self, number):
        """
        Add to the candidates that were tried.

        EXAMPLES::

            sage: from sage_tf.regression.watch import Watch
            sage: watch = Watch(); watch.count(10r); watch.candidates
            10
        """
        self.candidates += number


def count(over, number):
    """
    Tell whoever minds the time that so many candidates were tried, if that is a :class:`Watch`.

    EXAMPLES::

        sage: from sage_tf.regression.watch import Watch, count
        sage: watch = Watch(); count(watch, 5r); count(lambda: False, 5r); watch.candidates
        5
    """
    if hasattr(over, 'count'):
        over.count(number)
