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
from functools import partial
from time import perf_counter

import numpy as np

from sage_tf.regression.floats import with_floats
from sage_tf.regression.front import Measure, ParetoFront
from sage_tf.regression.requirements import Requirements
from sage_tf.regression.search import tasks
from sage_tf.regression.watch import Overtime, Watch

ROWS = 100000                                                   # points of a search at most


def search_front(problem, seconds, requirements=None, output=(0, 1), max_complexity=None, selection='mdl', exact=True, seed=0, known=(), tick=None):
    r"""
    Return the front that a search finds.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``seconds`` -- how long it may take; it ends before if it finds an exact law that is better than all others, or everything was tried

    - ``requirements`` -- :class:`~sage_tf.regression.requirements.Requirements` (default: none)

    - ``output`` -- which of how many outputs the values are (default: ``(0, 1)``)

    - ``max_complexity``, ``selection``, ``exact`` -- as of :class:`~sage_tf.regression.regressor.SymbolicRegressor`

    - ``seed`` -- what decides about the order of the points, the first of which candidates are compared at, and, for more than 10^5 points,
      which of them the search sees

    - ``known`` -- pairs of forms and their constants that are there already

    - ``tick`` -- function that is called now and then with the front and the :class:`~sage_tf.regression.watch.Watch`

    A ``KeyboardInterrupt`` ends the search too; the front then has ``interrupted`` set. An error in the search ends it with a ``RuntimeWarning``.

    The loss of an entry is that on all points.

    EXAMPLES::

        sage: from sage_tf.regression.fitting import search_front
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4], [5]], [2, 4, 8, 16, 33], variables='t')
        sage: t = problem.variables[0]
        sage: search_front(problem, 0r, known=[(2^t, [])])[-1].expression
        2^t
    """
    front, sample = ParetoFront([], selection), _sampled(problem, seed)
    sought = (requirements or Requirements()).of(sample, *output)
    measure, settings = Measure(sample, sought), sought.settings(tuple(np.atleast_1d(seed).tolist()))
    report = (lambda watch: None) if tick is None else partial(tick, front)
    watch = Watch(seconds, report)

    def keep(form, constants):
        """Keep a law; return whether the search is over with it."""
        form = form if exact else with_floats(form)
        if not sought.allow(form):
            return False
        entry = measure(form, constants)
        if entry is None or max_complexity is not None and entry.complexity > max_complexity or not front.add(entry):
            return False
        report(watch)
        # few points may be met exactly by chance, by a law that says more than they do
        return entry.is_exact() and entry is front.best()

    def search():
        if any([keep(*law) for law in (*sought.plain_laws(), *known)]) or not seconds > 0:
            return
        with watch.enforced():
            for task in tasks(sought.problem, settings):
                for law in task(sought.problem, settings, watch):
                    if keep(law.expression, law.constants) or watch():
                        return
                if watch():
                    return
    front.interrupted = False
    try:
        search()
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
        raise ValueError(f"no law that is as required was found in {watch.elapsed():.3g} s; give more time, or ask for less")
    return front if len(sample.y) == len(problem.y) else _remeasured(front, problem, sought)


def _sampled(problem, seed):
    """Return the points of a problem in another order, not more than :data:`ROWS` of them."""
    return problem.rows(np.random.default_rng(seed).permutation(len(problem.y))[:ROWS])


def _remeasured(front, problem, sought):
    """Return a front with the losses on all points."""
    measure = Measure(problem, sought)
    found = ParetoFront((measure(entry.form, entry.constants) for entry in front), front._selection)
    found.interrupted = front.interrupted
    return found


class Run:
    r"""
    The searches of a fit, one for each output, with what goes on beside them.

    INPUT:

    - ``problems`` -- list of :class:`~sage_tf.regression.problem.Problem`, with the same points

    - ``known`` -- for each of them a list of laws that are there already, as in :func:`search_front`

    - ``progress`` -- :class:`~sage_tf.regression.progress.Progress`

    - ``save`` -- function that writes a list of lists of laws to a checkpoint (default: nothing is written)

    EXAMPLES::

        sage: from sage_tf.regression.fitting import Run
        sage: from sage_tf.regression.problem import problems
        sage: from sage_tf.regression.progress import Progress
        sage: found = problems([[1], [2], [3]], [[2, 1], [4, 2], [6, 3]])
        sage: run = Run(found, [[], []], Progress(False), lambda fronts: print(fronts))
        sage: [front.best() for front in run(60r, seed=[1r])]
        [[(4.0, []), (2*x0, [...])], [(x0, [...])]]
        [2*x0 of complexity 3 and loss 0.000, x0 of complexity 1 and loss 0.000]
    """
    EVERY = 1                                                   # seconds between two checkpoints at least

    def __init__(self, problems, known, progress, save=None):
        self._problems, self._progress, self._save = problems, progress, save
        self._fronts = [list(laws) for laws in known]
        self._written = perf_counter(), None
        self.interrupted = False

    def __call__(self, time_limit, seed, **options):
        """Return the fronts. A fit that is interrupted has a front for each output nevertheless."""
        start, found = perf_counter(), []
        for k, problem in enumerate(self._problems):
            left = max(0.0, time_limit - (perf_counter() - start)) if not self.interrupted else 0.0
            front = search_front(problem, left / (len(self._problems) - k), seed=[*seed, k], known=self._fronts[k], output=(k, len(self._problems)),
                                 tick=partial(self._tick, k), **options)
            self.interrupted |= front.interrupted
            self._fronts[k] = _laws_of(front)
            found.append(front)
        if self.interrupted:
            self._progress.say(f"interrupted after {perf_counter() - start:.1f} s: the best laws so far are kept, and fit goes on from them")
        self._write()
        return found

    def _tick(self, k, front, watch):
        """Show what is there, and write it if it is time to."""
        if not len(front):
            return                                              # nothing that is as required yet
        name = 'y' if len(self._problems) == 1 else f'y{k}'
        self._progress.update(name, front.best(), watch)
        if perf_counter() - self._written[0] >= self.EVERY:
            self._fronts[k] = _laws_of(front)
            self._write()

    def _write(self):
        """Write a checkpoint, if something has changed."""
        state = [[str(expression) for expression, _ in laws] for laws in self._fronts]
        if self._save is not None and state != self._written[1]:
            self._save(self._fronts)
        self._written = perf_counter(), state


def _laws_of(front):
    return [(entry.form, entry.constants) for entry in front]
