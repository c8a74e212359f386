r"""
The laws of a search in the order of its tasks, whoever runs them

EXAMPLES::

    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.schedule import Agenda, Schedule
    sage: from sage_tf.regression.search import tasks
    sage: from sage_tf.regression.settings import Settings
    sage: from sage_tf.regression.watch import Watch
    sage: problem, settings = Problem.of([[1], [2], [3]], [1, 4, 9]), Settings()
    sage: schedule = Schedule(problem, settings, Agenda(tasks(problem, settings)), Watch())
    sage: next(iter(schedule)).expression, schedule.finished
    (x0^2, 0)

ALGORITHM:

This process runs the first task that is not finished itself, as long as nobody else does: before the others are ready, or when they are gone. What others
find is taken when it is the turn of their task. So the laws come in the order of the tasks, and a search that ends with a law ends with the same
law whatever the number of processes.
"""
from collections import deque
from heapq import heappop, heappush
from itertools import islice
from warnings import warn

MOST_LOSSES = 3                                                 # of a task, before it is left out
PATIENCE = 0.05                                                 # seconds between two looks at the clock
OVERTIME = 1.03                                                 # share of the time until which what others have found is looked at


class Agenda:
    """
    The tasks that nobody has begun, in their order.

    INPUT:

    - ``tasks`` -- iterable of tasks, which may have no end

    - ``finished`` -- number of the first ones that need not be run (default: 0)

    EXAMPLES::

        sage: from sage_tf.regression.schedule import Agenda
        sage: agenda = Agenda('abc', 1r); agenda.take(), agenda.take()
        ((1, 'b'), (2, 'c'))
        sage: agenda.put_back(1r, 'b'); agenda.take(), agenda.take() is None
        ((1, 'b'), True)
    """
    def __init__(self, tasks, finished=0):
        self._tasks, self._returned = islice(enumerate(tasks), finished, None), []

    def take(self):
        """Return the number of the first task and the task; ``None`` if there is none left."""
        return heappop(self._returned) if self._returned else next(self._tasks, None)

    def put_back(self, number, task):
        """Have a task again that somebody has lost."""
        heappush(self._returned, (number, task))


class Result:
    """
    What is known of a task that somebody else runs.

    ATTRIBUTES: ``laws`` -- those that were not taken yet; ``is_over``; ``was_cut`` -- whether it ended for want of time; ``error`` -- exception or ``None``

    EXAMPLES::

        sage: from sage_tf.regression.schedule import Result
        sage: Result().is_over
        False
    """
    def __init__(self):
        self.laws, self.is_over, self.was_cut, self.error = deque(), False, False, None


class Crew:
    """
    Others who run tasks; a subclass says how, by ``poll(seconds)``, which waits for news at most so long, and ``close()``.

    INPUT:

    - ``agenda`` -- :class:`Agenda` of which they take

    - ``watch`` -- :class:`~sage_tf.regression.watch.Watch` that hears of the candidates they try

    ATTRIBUTES: ``results``, a dictionary from the numbers of tasks that were begun to :class:`Result`

    EXAMPLES::

        sage: from sage_tf.regression.schedule import Agenda, Crew
        sage: with Crew(Agenda('abc'), None) as crew: crew.poll()
    """
    def __init__(self, agenda, watch):
        self.agenda, self.watch, self.results, self._losses = agenda, watch, {}, {}

    def poll(self, seconds=0):
        """Hear the news."""

    def close(self):
        """Let go of the others."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def begin(self):
        """Return the number of the next task and the task, ``None`` if there is none."""
        taken = self.agenda.take()
        if taken is not None:
            self.results[taken[0]] = Result()
        return taken

    def lose(self, number, task):
        """Have a task run again; one that is lost again and again is left out, as it might take this process with it."""
        self._losses[number] = self._losses.get(number, 0) + 1
        if self._losses[number] < MOST_LOSSES:
            del self.results[number]
            self.agenda.put_back(number, task)
        else:
            self.results[number].is_over = True
            warn(f"task {number} of the search was lost {MOST_LOSSES} times with the process that ran it, and is left out", RuntimeWarning, stacklevel=2)


def without_others(problem, settings, agenda, watch):
    """
    Return a crew of nobody.

    EXAMPLES::

        sage: from sage_tf.regression.schedule import without_others
        sage: without_others(None, None, None, None).results
        {}
    """
    return Crew(agenda, watch)


class Schedule:
    r"""
    The laws of a search, in the order of its tasks.

    INPUT:

    - ``problem``, ``settings`` -- as of :func:`~sage_tf.regression.search.tasks`

    - ``agenda`` -- :class:`Agenda`

    - ``watch`` -- :class:`~sage_tf.regression.watch.Watch`

    - ``crew`` -- :class:`Crew` (default: nobody)

    - ``finished`` -- number of the first task (default: 0)

    - ``enough`` -- function of the number of tasks that are finished which tells whether no more are needed (default: all are)

    Iteration ends with the tasks, with the time, or where it is enough. Then come the laws that others have found in tasks whose turn it was not.

    ATTRIBUTES: ``finished`` -- number of the first tasks that are finished
    """
    def __init__(self, problem, settings, agenda, watch, crew=None, finished=0, enough=lambda finished: False):
        self._given, self._agenda, self._watch = (problem, settings, watch), agenda, watch
        self._crew, self.finished, self._enough = crew or Crew(agenda, watch), finished, enough

    def __iter__(self):
        while not self._watch():
            if self._enough(self.finished):
                return
            self._crew.poll()
            if self.finished in self._crew.results:
                is_finished = yield from self._laws_of_others(self._crew.results[self.finished])
            elif (taken := self._agenda.take()) is None:
                return
            else:
                is_finished = yield from self._laws(taken[1])
            if is_finished:
                self._crew.results.pop(self.finished, None)
                self.finished += 1
                self._watch.tick()
        yield from self._laws_out_of_turn()

    def _laws(self, task):
        """Yield the laws of a task that runs here; return whether it ended by itself."""
        for law in task(*self._given):
            yield law
            if self._watch():
                return False
        return not self._watch()

    def _laws_of_others(self, result):
        """Yield the laws of a task that runs elsewhere; return whether it ended by itself, ``False`` if it was lost."""
        while self._crew.results.get(self.finished) is result:
            while result.laws:
                yield result.laws.popleft()
                if self._watch():
                    return False
            if result.error is not None:
                raise result.error
            if result.is_over and not result.was_cut:
                return True
            if self._watch():
                return False
            self._crew.poll(PATIENCE)
        return False

    def _laws_out_of_turn(self):
        for number in sorted(self._crew.results):
            for law in self._crew.results[number].laws:
                if self._watch.elapsed() > OVERTIME * self._watch.seconds:
                    return
                yield law
