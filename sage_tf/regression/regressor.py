r"""
Laws from data: the regressor

EXAMPLES::

    sage: from sage_tf.all import *
    sage: t, g = var('t, g')
    sage: data = sample_data(g*t^2/2, (g, 1, 10), (t, 0, 5), n=100, seed=1)
    sage: model = SymbolicRegressor(progress=False).fit(data)
    sage: model.expression()
    1/2*g*t^2
    sage: model.pareto_front().best().is_exact(), model.score(data)
    (True, 1.0)
"""
from functools import partial
from time import perf_counter

import numpy as np

from sage_tf.regression.checkpoint import State, key_of, read_checkpoint, write_checkpoint
from sage_tf.regression.executors import crew_of
from sage_tf.regression.exports import Exports
from sage_tf.regression.fitting import ROWS, Run
from sage_tf.regression.options import Options
from sage_tf.regression.problem import column_names, problems, weights_of
from sage_tf.regression.progress import Progress

SHOWN = 1000                                                    # points that are kept for plots


class SymbolicRegressor(Exports):
    r"""
    A search for the law behind data, as an expression with exact constants.

    INPUT:

    - ``operators`` -- list of names among ``'+'``, ``'-'``, ``'*'``, ``'/'``, ``'^'``, ``'square'``, ``'inverse'`` and those of Sage's functions, as ``'exp'``;
      of these functions themselves; and of expressions in one or two variables, as ``x*y/(x + y)``, each an operator of its own. ``'default'`` in it stands
      for all that the search has. The law has no others (default: what the search does best)

    - ``max_complexity`` -- positive integer; number of the nodes of an expression at most (default: no limit)

    - ``time_limit`` -- seconds that a fit may take, of all outputs together (default: 60); ``None`` for no limit. It ends before if an exact law is
      found, or everything was tried

    - ``loss`` -- ``'mse'``, the mean of the squares of the residuals, the only one there is

    - ``selection`` -- what the law is chosen by: ``'mdl'`` (default), the least description length, or ``'loss'``

    - ``exact`` -- whether constants are exact where the data show what they are (default: ``True``)

    - ``units`` -- pair of the units of the variables, a list or a dictionary from the variables, and the unit of the values (a list of units, if there
      are several outputs): products of powers of Sage's units, as ``units.length.meter/units.time.second``, lists of exponents, or 1. Every law is
      consistent with them. The numbers in a law have no dimension: give a constant of nature that has one as a variable (default: ``None``)

    - ``n_jobs`` -- number of processes that search (default: 1); -1 for as many as there are processors. It takes seconds until they are ready. What is
      found does not depend on it, if the time does not run out

    - ``random_state`` -- nonnegative integer, NumPy's ``Generator`` or ``RandomState`` (default: drawn from Sage's own random state)

    - ``progress`` -- whether a line on ``stderr`` shows how the search goes (default: ``True``)

    - ``checkpoint`` -- path of a file that the state of the search is written to every few seconds and at the end. A later fit of the same data, in this
      process or another one, goes on from there

    - ``memory_limit`` -- bytes that the features of a search may take in each process, with all that is made of them, beside the data and what Sage and
      TensorFlow take themselves, about a gigabyte; at least 2^26 (default: 2^31)

    - ``operator_weights`` -- dictionary from operators to positive integers, what each counts in the complexity (default: 1)

    - ``operator_limits`` -- dictionary from operators to how often they may occur in a law

    - ``nesting`` -- dictionary from operators to lists of those that must not occur inside, as ``{'sin': ['sin', 'cos']}``

    - ``required`` -- names of the variables that every law must have, as ``'a, b'``

    - ``template`` -- the form of the law: an expression with one unknown function, as ``f(x, t)*exp(-t)`` with ``f = function('f')``. What is asked of
      operators is asked of the unknown function

    The parameters are checked by ``fit``. The conventions are those of scikit-learn.

    Attributes of a fit are ``n_features_in_``, ``feature_names_in_`` (if the data have names), ``variables_``, ``n_outputs_``, ``fronts_``, one
    :class:`~sage_tf.regression.front.ParetoFront` for each output, and ``interrupted_``.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.all import *
        sage: X = numpy.random.default_rng(1r).uniform(1, 3, (200r, 3r))
        sage: y = 2*numpy.sqrt(X[:, 0])*numpy.exp(-X[:, 1]/3)/X[:, 2]
        sage: model = SymbolicRegressor(progress=False).fit(X, y, variables='a, b, c'); model.expression()
        2*sqrt(a)*e^(-1/3*b)/c
        sage: latex(model)
        \frac{2 \, \sqrt{a} e^{\left(-\frac{1}{3} \, b\right)}}{c}

    Only what is asked for::

        sage: SymbolicRegressor(['+', '*'], progress=False).fit([[1], [2], [3], [4]], [2, 6, 12, 20], variables=[x]).expression().expand()
        x^2 + x

    Several outputs have a law each::

        sage: model = SymbolicRegressor(progress=False).fit(X[:, :2], numpy.stack([y*X[:, 2], X[:, 0]*X[:, 1]], axis=1), variables='a, b')
        sage: model.expression()
        (2*sqrt(a)*e^(-1/3*b), a*b)
        sage: model.predict([[1, 0]])
        array([[2., 0.]])

    ALGORITHM:

    The laws that the search finds (:mod:`~sage_tf.regression.search`) are kept if none that is as simple is as good, beside the mean and the linear fit.
    The one with the least description length (:mod:`~sage_tf.regression.description`) is taken,

    .. MATH::

        \frac n2 \log_2\left(1 + \frac{r^2}{\delta^2}\right) + N \log_2 A + \sum_{c} b(c),

    the bits of `n` residuals of root mean square `r` at the precision `\delta` of the data, those of `N` nodes of `A` kinds, and those of the constants.

    For more than 10^5 points the search sees 10^5 of them, chosen at random; losses are those on all.
    """
    def __init__(self, operators=None, max_complexity=None, time_limit=60, loss='mse', selection='mdl', exact=True,
                 units=None, n_jobs=1, random_state=None, progress=True, checkpoint=None, memory_limit=None, operator_weights=None, operator_limits=None,
                 nesting=None, required=None, template=None):
        self.operators = operators
        self.max_complexity = max_complexity
        self.time_limit = time_limit
        self.loss = loss
        self.selection = selection
        self.exact = exact
        self.units = units
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.progress = progress
        self.checkpoint = checkpoint
        self.memory_limit = memory_limit
        self.operator_weights = operator_weights
        self.operator_limits = operator_limits
        self.nesting = nesting
        self.required = required
        self.template = template

    def fit(self, X, y=None, weights=None, variables=None, executor=None, sigma=None, sample_weight=None):
        r"""
        Search for the law that gives ``y`` at ``X``; return the regressor.

        INPUT:

        - ``X`` -- NumPy array, tensor, Sage matrix, nested list or pandas DataFrame of shape (points, variables), or a
          :class:`~sage_tf.data.Sample`, which has the values too; if ``variables`` names a single variable, a list of its values

        - ``y`` -- values of shape (points,) or (points, outputs)

        - ``weights`` -- nonnegative numbers, what each point counts

        - ``variables`` -- names or symbols (default: those of the sample, the columns of the DataFrame, or x0, x1, ...)

        - ``executor`` -- a ``concurrent.futures.Executor`` that the search runs on instead of processes of its own, as that of a cluster,
          ``dask.distributed.Client(...).get_executor()``; it gets 16 tasks at a time, or twice ``n_jobs``. Its workers must be other processes: threads of
          this one are given nothing, as Sage takes one thread at a time

        - ``sigma`` -- in the place of weights, the standard deviations of the values, of shape (points,) or (points, outputs): the weights are
          `1/\sigma^2`

        - ``sample_weight`` -- scikit-learn's name for ``weights``

        A ``KeyboardInterrupt`` (Ctrl-C) ends the search; what was found is kept. Another fit of the same data with the same parameters goes on from there:
        of the tasks that make up the search, those that were finished are not run again. With other parameters it begins anew, with the laws that are there.

        The same data, parameters and ``random_state`` give the same front, whatever the number of processes and whoever they belong to, if the time limit does
        not cut the search short. If it does, the front has the laws that were found by then.

        Raises ValueError and TypeError, before anything is searched, for parameters and data that cannot be used.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False)
            sage: model.fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t').expression()
            2*t + 1

        TESTS::

            sage: def refused(X, y, **parameters):
            ....:     try: SymbolicRegressor(progress=False, **parameters).fit(X, y)
            ....:     except (NotImplementedError, TypeError, ValueError) as error: print(error)
            sage: refused([[1], [2]], [1, 1])
            y is constant, 1.0 at all points; expected values that depend on X
            sage: refused([[1], [2]], [1, 2], operators=['+', 'sinus'])
            the operator sinus is unknown; expected +, -, ..., or a function of Sage
            sage: refused([[1], [2]], [1, 2], time_limit=-1)
            time_limit=-1 was given; expected a positive number of seconds, or None for no limit
        """
        start, options = perf_counter(), Options(self)
        crew = crew_of(options.jobs, executor)
        found = problems(X, y, weights_of(weights, sample_weight), variables, sigma)
        names, state = column_names(X), self._state_of(key_of(found, self.template), options, len(found))
        progress = Progress(options.progress)
        if len(found[0].y) > ROWS:
            progress.say(f"X has {len(found[0].y)} points; the search sees {ROWS} of them, chosen at random, losses are those on all")
        run = Run(found, state, progress, None if self.checkpoint is None else partial(write_checkpoint, self.checkpoint))
        try:
            fronts = run(max(0.0, options.time_limit - (perf_counter() - start)), crew=crew, **options.search)
        finally:
            progress.close()
        self._set_fitted(found, fronts, names, run.state)
        self.interrupted_ = run.interrupted
        return self

    def _state_of(self, key, options, outputs):
        """Return the state that a search for data with a key begins with: that of the last fit, of the checkpoint, or a new one."""
        state = State(key, '', -1, [[] for _ in range(outputs)], [0] * outputs)
        last = getattr(self, '_state', None)
        stored = None if self.checkpoint is None else read_checkpoint(self.checkpoint, key)
        for other in (last, stored):
            if other is not None and other.key == key:
                both = [[*some, *others] for some, others in zip(state.fronts, other.fronts, strict=True)]
                state = State(key, other.parameters, other.seed, both, other.finished)
        seed = state.seed if self.random_state is None and state.seed >= 0 else options.seed
        return state.going_on(options.parameters(), seed)

    def _set_fitted(self, problems, fronts, names, state):
        """Set the attributes of a fit."""
        first = problems[0]
        self.n_features_in_, self.variables_, self.n_outputs_ = first.X.shape[1], tuple(first.variables), len(problems)
        self.fronts_, self._state = fronts, state
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        elif hasattr(self, 'feature_names_in_'):
            del self.feature_names_in_
        self._remember(problems)
        shown = slice(None, None, -(-len(first.y) // SHOWN))
        self._shown = first.X[shown].copy(), np.stack([problem.y[shown] for problem in problems], axis=1)
