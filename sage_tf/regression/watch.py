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


class Overtime(BaseException):
    """
    What ends a search that does not end by itself, as ``KeyboardInterrupt`` would.

    EXAMPLES::

        sage: from sage_tf.regression.watch import Overtime
        sage: issubclass(Overtime, Exception)
        False
    """


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
        if self._tick is not None and now >= self._next:
            self._next = now + self.INTERVAL
            self._tick(self)
        return now >= self.seconds

    @contextmanager
    def enforced(self):
        """
        Raise :class:`Overtime` in a block that goes on when the time has been over for a while, 5 percent and half a second.

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
        overtime = max(0.0, 1.05 * self.seconds + 0.5 - self.elapsed())

        def call():
            seconds = min(overtime, threading.TIMEOUT_MAX)
            while not over.wait(seconds):                       # again if whoever it met has dropped it
                seconds = 1
                with lock:
                    if not over.is_set():
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Overtime))
        threading.Thread(target=call, daemon=True).start()
        try:
            yield
        finally:
            with lock:
                over.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)

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
