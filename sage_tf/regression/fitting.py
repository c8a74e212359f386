r"""
A search that keeps the best laws

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.fitting import search_front
    sage: from sage_tf.regression.problem import Problem
    sage: X = numpy.random.default_rng(1r).uniform(1, 2, (100r, 2r))
    sage: front = search_front(Problem.of(X, X[:, 0]*numpy.sin(X[:, 1])), seconds=60r)
    sage: front.best().expression
    x0*sin(x1)
"""
import warnings
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np

from sage_tf.regression.floats import count_floats, with_floats
from sage_tf.regression.front import Measure, ParetoFront
from sage_tf.regression.requirements import Requirements
from sage_tf.regression.schedule import Agenda, Schedule, without_others
from sage_tf.regression.search import tasks
from sage_tf.regression.separation import roughness
from sage_tf.regression.settings import MEMORY
from sage_tf.regression.watch import Overtime, Watch

ROWS = 100000                                                   # points of a search at most
MOST_FLOATS = 2                                                 # numbers of an exact law, with which a search ends at once
PATIENCE, LEAST = 2, 8                                          # times the tasks that a law took, and tasks, after which it may be taken for the best
SMOOTH = 1.02                                                   # what such a law leaves at most, in what a polynomial does


def search_front(problem, seconds, requirements=None, output=(0, 1), max_complexity=None, selection='mdl', exact=True, seed=0, known=(), finished=0,
                 tick=None, crew=without_others, memory=MEMORY):
    r"""
    Return the front that a search finds.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``seconds`` -- how long it may take; it ends before if it finds an exact law that is better than all others, if everything was tried, or if a law
      with nothing to add stayed the best while as many tasks again were tried as were needed to find it

    - ``requirements`` -- :class:`~sage_tf.regression.requirements.Requirements` (default: none)

    - ``output`` -- which of how many outputs the values are (default: ``(0, 1)``)

    - ``max_complexity``, ``selection``, ``exact`` -- as of :class:`~sage_tf.regression.regressor.SymbolicRegressor`

    - ``seed`` -- what decides about the order of the points, the first of which candidates are compared at, and, for more than 10^5 points,
      which of them the search sees

    - ``known`` -- pairs of forms and their constants that are there already

    - ``finished`` -- number of the first tasks that need not be run again

    - ``tick`` -- function that is called now and then with the front and the :class:`~sage_tf.regression.watch.Watch`

    - ``crew`` -- function of problem, settings, agenda and watch that returns a :class:`~sage_tf.regression.schedule.Crew` (default: nobody but this
      process runs tasks)

    - ``memory`` -- bytes that the features of a task may take

    A ``KeyboardInterrupt`` ends the search too. An error in the search ends it with a ``RuntimeWarning``.

    OUTPUT: a front, with the attributes ``interrupted`` and ``finished``, the number of the first tasks that are finished. The loss of an entry is that on
    all points.

    EXAMPLES::

        sage: from sage_tf.regression.fitting import search_front
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4], [5]], [2, 4, 8, 16, 33], variables='t')
        sage: t = problem.variables[0]
        sage: search_front(problem, 0r, known=[(2^t, [])])[-1].expression
        2^t
    """
    sample = _sampled(problem, seed)
    sought = (requirements or Requirements()).of(sample, *output)
    search = _Search(sample, sought, seconds, max_complexity, ParetoFront([], selection), exact, tick or (lambda front, watch: None))
    front = search.front
    front.interrupted = False
    try:
        search(replace(sought.settings(tuple(np.atleast_1d(seed).tolist())), memory=memory), known, finished, crew)
    except Overtime:
        pass                                                    # what was found is there
    except KeyboardInterrupt:
        if not front:
            raise
        front.interrupted = True
    except Exception as error:                                  # a long search is not lost for one law that went wrong
        if not front:
            raise
        warnings.warn(f"the search ended early, with {type(error).__name__}: {error}; the best laws so far are kept", RuntimeWarning, stacklevel=2)
    if not front:
        raise ValueError(f"no law that is as required was found in {search.watch.elapsed():.3g} s; give more time, or ask for less")
    return front if len(sample.y) == len(problem.y) else _remeasured(front, problem, sought)


class _Search:
    """A search that keeps the best laws on a front, whose attribute ``finished`` is the number of the first tasks that are finished."""
    def __init__(self, sample, sought, seconds, max_complexity, front, exact, tick):
        self._sought, self._max_complexity, self._exact, self._tick = sought, max_complexity, exact, tick
        self.front, self._measure, self.watch = front, Measure(sample, sought), Watch(seconds, self._beside)
        self._crew = self._schedule = None
        self._sample, self._best, self._since, self._roughness = sample, None, 0, None

    def __call__(self, settings, known, finished, crew):
        self.front.finished = finished
        if any([self._keep(*law) for law in (*self._sought.plain_laws(), *known)]) or not self.watch.seconds > 0:
            return
        problem = self._sought.problem
        agenda = Agenda(tasks(problem, settings), finished)
        with self.watch.enforced(), crew(problem, settings, agenda, self.watch) as self._crew:
            self._schedule = Schedule(problem, settings, agenda, self.watch, self._crew, finished, self._enough)
            try:
                for law in self._schedule:
                    if self._keep(law.expression, law.constants):
                        return
            finally:
                self.front.finished = self._schedule.finished

    def _keep(self, form, constants):
        """Keep a law; return whether the search is over with it."""
        form = form if self._exact else with_floats(form)
        if not self._sought.allow(form):
            return False
        entry = self._measure(form, constants)
        if entry is None or self._max_complexity is not None and entry.complexity > self._max_complexity or not self.front.add(entry):
            return False
        self._report(self.watch)
        # few points may be met exactly by chance, by a law that says more than they do, and any smooth function by one with many numbers
        return entry.is_exact() and entry is self.front.best() and (not self._exact or count_floats(entry.expression) <= MOST_FLOATS)

    def _enough(self, finished):
        """
        Return whether the best law has been the best for as long as it took to find it, and leaves nothing to explain: no more than a polynomial
        does, with few constants that are not exact, for which it takes longer.
        """
        if not len(self.front) or self.front.selection != 'mdl':
            return False
        best = self.front.best()
        if best is not self._best:
            self._best, self._since = best, finished
        floats = count_floats(best.expression)
        patience = 1 if best.is_exact() or not floats else 3
        return (finished >= patience * (PATIENCE * self._since + LEAST)
                and (best.is_exact() or floats <= MOST_FLOATS and self._is_smooth(best)))

    def _is_smooth(self, entry):
        """Return whether a law leaves no more than a polynomial."""
        problem = self._sample
        if self._roughness is None:
            weight = 1.0 if problem.weights is None else float(np.mean(problem.weights))
            self._roughness = roughness(problem) / weight**0.5
        return entry.loss**0.5 <= SMOOTH * self._roughness

    def _beside(self, watch):
        """What goes on while a task runs here."""
        if self._crew is not None:
            self._crew.poll()
        self._report(watch)

    def _report(self, watch):
        if self._schedule is not None:
            self.front.finished = self._schedule.finished
        self._tick(self.front, watch)


def _sampled(problem, seed):
    """Return the points of a problem in another order, not more than :data:`ROWS` of them."""
    return problem.rows(np.random.default_rng(seed).permutation(len(problem.y))[:ROWS])


def _remeasured(front, problem, sought):
    """Return a front with the losses on all points."""
    measure = Measure(problem, sought)
    found = ParetoFront((measure(entry.form, entry.constants) for entry in front), front.selection)
    found.interrupted, found.finished = front.interrupted, front.finished
    return found


class Run:
    r"""
    The searches of a fit, one for each output, with what goes on beside them.

    INPUT:

    - ``problems`` -- list of :class:`~sage_tf.regression.problem.Problem`, with the same points

    - ``state`` -- :class:`~sage_tf.regression.checkpoint.State` to begin with, which is kept up to date

    - ``progress`` -- :class:`~sage_tf.regression.progress.Progress`

    - ``save`` -- function that writes a state to a checkpoint (default: nothing is written)

    EXAMPLES::

        sage: from sage_tf.regression.checkpoint import State
        sage: from sage_tf.regression.fitting import Run
        sage: from sage_tf.regression.problem import problems
        sage: from sage_tf.regression.progress import Progress
        sage: found = problems([[1], [2], [3]], [[2, 1], [4, 2], [6, 3]])
        sage: run = Run(found, State('', '', 1r, [[], []], [0r, 0r]), Progress(False))
        sage: [front.best() for front in run(60r)], run.state.fronts
        ([2*x0 of complexity 3 and loss 0.000, x0 of complexity 1 and loss 0.000],
         [[(4.0, []), (2*x0, [...])], [(x0, [...])]])
    """
    SHARE = 0.05                                                # of the time, that checkpoints take at most

    def __init__(self, problems, state, progress, save=None):
        self._problems, self._progress, self._save, self.state = problems, progress, save, state
        self._next, self._written, self.interrupted = 0.0, (None, None), False

    def __call__(self, time_limit, **options):
        """Return the fronts. A fit that is interrupted has a front for each output nevertheless."""
        start, found, state = perf_counter(), [], self.state
        for k, problem in enumerate(self._problems):
            left = max(0.0, time_limit - (perf_counter() - start)) if not self.interrupted else 0.0
            front = search_front(problem, left / (len(self._problems) - k), seed=[state.seed, k], known=state.fronts[k],
                                 finished=state.finished[k], output=(k, len(self._problems)), tick=partial(self._tick, k), **options)
            self.interrupted |= front.interrupted
            self._note(k, front)
            found.append(front)
        if self.interrupted:
            self._progress.say(f"interrupted after {perf_counter() - start:.1f} s: the best laws so far are kept, and fit goes on from them")
        self._write(at_end=True)
        return found

    def _note(self, k, front):
        self.state.fronts[k], self.state.finished[k] = [(entry.form, entry.constants) for entry in front], front.finished

    def _tick(self, k, front, watch):
        """Show what is there, and write it if it is time to."""
        if not len(front):
            return                                              # nothing that is as required yet
        name = 'y' if len(self._problems) == 1 else f'y{k}'
        self._progress.update(name, front.best(), watch)
        self._note(k, front)
        self._write()

    def _write(self, at_end=False):
        """
        Write a checkpoint if something has changed: a law that is new at once, as the task may go on for long without a look at the clock.
        """
        if self._save is None:
            return
        laws, finished = [[str(expression) for expression, _ in laws] for laws in self.state.fronts], list(self.state.finished)
        start = perf_counter()
        if laws != self._written[0] or finished != self._written[1] and (at_end or start >= self._next):
            self._save(self.state)
            self._written, end = (laws, finished), perf_counter()
            self._next = end + (end - start) / self.SHARE
