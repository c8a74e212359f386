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
import os
from functools import partial
from time import perf_counter

import numpy as np
from sage.misc.latex import latex
from sage.misc.persist import dumps, loads
from sage.modules.free_module_element import free_module_element as vector
from sage.symbolic.ring import SR

from sage_tf.data import Sample
from sage_tf.regression.checkpoint import State, key_of, read_checkpoint, write_atomically, write_checkpoint
from sage_tf.regression.executors import crew_of
from sage_tf.regression.fitting import ROWS, Run
from sage_tf.regression.front import Entry, ExactReport, values_at
from sage_tf.regression.intervals import constants_in, fitted_loss
from sage_tf.regression.options import Options
from sage_tf.regression.problem import column_names, points_of, problems, real_array
from sage_tf.regression.progress import Progress
from sage_tf.regression.sources import c_source, python_source
from sage_tf.regression.statements import Statements
from sage_tf.symbolic.tensor_function import TensorFunction

SHOWN = 1000                                                    # points that are kept for plots


class SymbolicRegressor(Statements):
    r"""
    A search for the law behind data, as an expression with exact constants.

    INPUT:

    - ``operators`` -- list of names among ``'+'``, ``'-'``, ``'*'``, ``'/'``, ``'square'``, ``'inverse'`` and those of Sage's functions, as ``'exp'``; of
      these functions themselves; and of expressions in one or two variables, as ``x*y/(x + y)``, each an operator of its own. ``'default'`` in it stands
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
                 units=None, n_jobs=1, random_state=None, progress=True, checkpoint=None, operator_weights=None, operator_limits=None, nesting=None,
                 required=None, template=None):
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
        self.operator_weights = operator_weights
        self.operator_limits = operator_limits
        self.nesting = nesting
        self.required = required
        self.template = template

    def fit(self, X, y=None, weights=None, variables=None, executor=None, sigma=None):
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
        found = problems(X, y, weights, variables, sigma)
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

    # -- the laws ------------------------------------------------------------------------------------------------------

    def pareto_front(self):
        """
        Return the laws of which none is both simpler and better than another; a list of such fronts if there are several outputs.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t').pareto_front()
                  complexity   loss    R2      bits   expression
            ├───┼────────────┼───────┼───────┼──────┼────────────┤
                  1            5.000   0.000   ...    6.0
              *   5            0.000   1.000   ...    2*t + 1
        """
        self._check_is_fitted()
        return self.fronts_[0] if len(self.fronts_) == 1 else list(self.fronts_)

    def _entries(self, entry=None):
        """Return the entry that is meant, for each output."""
        self._check_is_fitted()
        if entry is None:
            return [front.best() for front in self.fronts_]
        if isinstance(entry, Entry):
            return [entry]
        numbers = list(entry) if isinstance(entry, (list, tuple)) else [entry]
        if len(numbers) != len(self.fronts_):
            raise ValueError(f"entry={entry} was given; expected the number of an entry for each of {len(self.fronts_)} outputs")
        return [front[number] for front, number in zip(self.fronts_, numbers, strict=True)]

    def expression(self, entry=None):
        """
        Return the law; a vector of laws if there are several outputs.

        INPUT:

        - ``entry`` -- an entry of the front or its number, a list of numbers if there are several outputs (default: the best one)

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: model.expression(), model.expression(0)
            (2*t + 1, 6.0)
        """
        found = [SR(each.expression) for each in self._entries(entry)]
        return found[0] if len(found) == 1 else vector(SR, found)

    def exact_report(self, entry=None):
        """
        Return the constants of the law, their exact values and the evidence for these, and what the loss is with them; a list of reports if there are several
        outputs.

        INPUT:

        - ``entry`` -- as in :meth:`expression`

        OUTPUT: an :class:`~sage_tf.regression.front.ExactReport`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: data = sample_data(pi*x^2/3, (x, 0, 1), n=50, seed=1)
            sage: report = SymbolicRegressor(progress=False).fit(data).exact_report(); report
              value                exact    evidence
            ├────────────────────┼────────┼──────────┤
              1.04719755119659...   1/3*pi   ... bits
            the loss is 0.000 with these constants, ... with the best numbers in their places
            sage: report[0].exact, report.loss, report.fitted_loss < 1e-28
            (1/3*pi, 0.0, True)
        """
        entries = self._entries(entry)
        known = self._problems is not None and len(entries) == len(self._problems)
        losses = [fitted_loss(*each) for each in zip(self._problems, (e.expression for e in entries), strict=True)] if known else [None] * len(entries)
        reports = [ExactReport(each.constants or constants_in(each.expression), each.loss, least) for each, least in zip(entries, losses, strict=True)]
        return reports[0] if len(reports) == 1 else reports

    # -- values --------------------------------------------------------------------------------------------------------

    def predict(self, X, entry=None):
        """
        Return the values of the law at points, as a NumPy array; NaN where it is undefined.

        INPUT:

        - ``X`` -- as in :meth:`fit`

        - ``entry`` -- as in :meth:`expression`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: model.predict([10, 20]), model.predict(matrix([[10]]), entry=0)
            (array([21., 41.]), array([6.]))
            sage: model.predict([[1, 2]])
            Traceback (most recent call last):
            ...
            ValueError: X has 2 features, but SymbolicRegressor is expecting 1 features as input
        """
        entries = self._entries(entry)
        X = self._points(X)
        values = np.stack([values_at(each.expression, self.variables_, X) for each in entries], axis=1)
        return values[:, 0] if len(entries) == 1 else values

    def _points(self, X):
        """Return points for the law, checked."""
        names = column_names(X)
        if names is not None and hasattr(self, 'feature_names_in_') and names != list(self.feature_names_in_):
            raise ValueError("The feature names should match those that were passed during fit: X has "
                             f"{', '.join(names)}; expected {', '.join(self.feature_names_in_)}")
        X = points_of(X.X if isinstance(X, Sample) else X, self.n_features_in_)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, but {type(self).__name__} is expecting {self.n_features_in_} features as input")
        if not np.isfinite(X).all():
            raise ValueError(f"X has {int((~np.isfinite(X)).sum())} entries that are NaN or infinite; leave such points out")
        return X

    def score(self, X, y=None, weights=None):
        r"""
        Return the coefficient of determination `R^2`, the mean of those of the outputs if there are several.

        INPUT:

        - ``X``, ``y``, ``weights`` -- as in :meth:`fit`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: model.score([5, 6], [11, 13]), model.score([5, 6], [11, 12])
            (1.0, -1.0)
        """
        y = X.y if y is None and isinstance(X, Sample) else y
        predicted, y = self.predict(X), real_array(y, 'y')
        if len(predicted) != len(y) or y.size != predicted.size:
            raise ValueError(f"y has shape {y.shape}; expected {predicted.shape}")
        weights = None if weights is None else real_array(weights, 'weights')
        predicted, y = predicted.reshape(len(y), -1), y.reshape(len(y), -1)
        lost = np.average((y - predicted)**2, axis=0, weights=weights)
        there = np.average((y - np.average(y, axis=0, weights=weights))**2, axis=0, weights=weights)
        with np.errstate(divide='ignore', invalid='ignore'):
            scores = np.where(there > 0, 1 - lost / there, np.where(lost == 0, 1.0, 0.0))
        return float(scores.mean())

    # -- elsewhere -----------------------------------------------------------------------------------------------------

    def to_tf(self, entry=None, **options):
        """
        Return the law as a function on tensors of the variables.

        INPUT:

        - ``entry`` -- as in :meth:`expression`

        - ``options`` -- as of :class:`~sage_tf.symbolic.tensor_function.TensorFunction`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: f = model.to_tf(); f
            TensorFunction in float64: (t) |--> 2*t + 1
            sage: f.gradient([1, 2])[0].numpy()
            array([2., 2.])
        """
        return TensorFunction(self.expression(entry), self.variables_, **options)

    def to_python(self, entry=None, name='law', module='math'):
        """
        Return the law as the source of a Python function; see :func:`~sage_tf.regression.sources.python_source`.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: print(model.to_python(module='numpy'))
            import numpy
            <BLANKLINE>
            <BLANKLINE>
            def law(t):
                return 2*t + 1
        """
        return python_source([each.expression for each in self._entries(entry)], self.variables_, name, module)

    def to_c(self, entry=None, name='law'):
        """
        Return the law as the source of a C function; see :func:`~sage_tf.regression.sources.c_source`.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: print(model.to_c())
            #include <math.h>
            <BLANKLINE>
            double law(double t)
            {
                return 2*t + 1;
            }
        """
        return c_source([each.expression for each in self._entries(entry)], self.variables_, name)

    def _latex_(self):
        return latex(self.expression()) if self.__sklearn_is_fitted__() else rf"\text{{{self}}}"

    def plot(self, entry=None):
        """
        Return a picture of the front, of the predicted values over those given, and of the residuals.

        Of the data up to 1000 points are shown. If there are several outputs, each has a row.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t').plot()
            Graphics Array of size 1 x 3
        """
        from sage_tf.regression.plots import picture

        entries, (X, y) = self._entries(entry), self._shown
        predicted = [values_at(each.expression, self.variables_, X) for each in entries]
        return picture(self.fronts_, entries, y.T, predicted)

    def save(self, path, compress=True):
        """
        Write the regressor to a file, from which :meth:`load` and Sage's ``load`` restore it.

        INPUT:

        - ``path`` -- of the file; ``.sobj`` is added if it is missing

        EXAMPLES::

            sage: import os
            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: path = os.path.join(tmp_dir(), 'model')
            sage: model.save(path)
            sage: SymbolicRegressor.load(path).expression(), load(path).expression()
            (2*t + 1, 2*t + 1)
        """
        write_atomically(_with_suffix(path), dumps(self, compress=compress))

    @classmethod
    def load(cls, path):
        """
        Return a regressor that was saved. Take files only from those whose programs you would run: they are pickles.

        Raises FileNotFoundError if there is no file, and ValueError if it is damaged or has something else.

        EXAMPLES::

            sage: import os
            sage: from sage_tf.all import *
            sage: path = os.path.join(tmp_dir(), 'model.sobj')
            sage: with open(path, 'wb') as file: _ = file.write(b'nothing')
            sage: SymbolicRegressor.load(path)
            Traceback (most recent call last):
            ...
            ValueError: .../model.sobj is damaged or no saved SymbolicRegressor; restore it or save it again
        """
        path = _with_suffix(path)
        if not os.path.isfile(path):
            raise FileNotFoundError(f"there is no file {path}; give the path of a saved {cls.__name__}")
        with open(path, 'rb') as file:
            data = file.read()
        try:
            found = loads(data)
        except Exception:                                       # a pickle that is damaged may raise anything
            found = None
        if not isinstance(found, cls):
            raise ValueError(f"{path} is damaged or no saved {cls.__name__}; restore it or save it again")
        return found


def _with_suffix(path):
    path = os.path.abspath(os.fspath(path))
    return path if path.endswith('.sobj') else path + '.sobj'
