r"""
What a regressor states about its laws: equivalence, domain, confidence

EXAMPLES::

    sage: from sage_tf.all import *
    sage: data = sample_data(sqrt(x)/2, (x, 1, 9), n=50, seed=1)
    sage: model = SymbolicRegressor(progress=False).fit(data)
    sage: model.is_equivalent(x/sqrt(4*x))
    Equivalence(status='proved', point=None)
    sage: model.check_domain(), model.check_domain({x: (-1, 1)}).status
    (Domain(status='proved', findings=[]), 'refuted')
"""
from sage.symbolic.ring import SR

from sage_tf.regression.estimator import Estimator
from sage_tf.regression.front import Tabular

SAVED = 10**6                                                   # numbers of the data that are saved with a model


class ConfidenceReport(Tabular):
    """
    The constants of a law and their confidence intervals.

    EXAMPLES::

        sage: from sage_tf.regression.intervals import Interval
        sage: from sage_tf.regression.statements import ConfidenceReport
        sage: ConfidenceReport([Interval(SR(1)/2, 0.51r, 0.49r, 0.53r)])
          constant   value   low    high
        ├──────────┼───────┼──────┼──────┤
          1/2        0.51    0.49   0.53
    """
    def _header(self):
        return ['constant', 'value', 'low', 'high']

    def _row(self, number):
        constant, *numbers = self[number]
        return [constant, *(f"{value:.8g}" for value in numbers)]


class Statements(Estimator):
    """
    The methods of a regressor that state something about its laws.

    EXAMPLES::

        sage: from sage_tf.all import SymbolicRegressor
        sage: from sage_tf.regression.statements import Statements
        sage: issubclass(SymbolicRegressor, Statements)
        True
    """
    def is_equivalent(self, expression, box=None, entry=None, time_limit=10):
        r"""
        Return whether the law is equal to an expression on the box of the data.

        INPUT:

        - ``expression`` -- a symbolic expression; variables that are none of the law's stand for any real numbers

        - ``box`` -- dictionary from variables, or their names, to pairs ``(low, high)``, which may be infinite, or intervals as ``RIF(1, 2)``; or a list of
          such, one for each variable of the data (default, and for variables that it lacks: the smallest that holds the data)

        - ``entry`` -- as in :meth:`expression`

        - ``time_limit`` -- seconds that a proof may take

        OUTPUT: an :class:`~sage_tf.regression.equivalence.Equivalence`: ``'proved'``, ``'refuted'`` with a point, or ``'undecided'``; it is true
        if proved. If there are several outputs, expressions are given and answered in a list.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: a, b = var('a, b')
            sage: model = SymbolicRegressor(progress=False).fit(sample_data(sqrt(a)*b, (a, 1, 5), (b, 1, 5), n=50, seed=1))
            sage: bool(model.is_equivalent(sqrt(a*b^2))), model.is_equivalent(sqrt(a*b^2), {b: (-1, 1)}).status
            (True, 'refuted')
        """
        from sage_tf.regression.equivalence import equivalent

        laws, box = self._entries(entry), self._box_of(box)
        expressions = [expression] if len(laws) == 1 else list(expression)
        if len(expressions) != len(laws):
            raise ValueError(f"there are {len(expressions)} expressions for {len(laws)} outputs; give one for each")
        found = [equivalent(law.expression, other, box, time_limit) for law, other in zip(laws, expressions, strict=True)]
        return found[0] if len(found) == 1 else found

    def check_domain(self, box=None, entry=None):
        r"""
        Return whether the law has real values on a whole box: no pole, no logarithm of a number that is not positive, no root of a negative one.

        INPUT:

        - ``box``, ``entry`` -- as in :meth:`is_equivalent`

        OUTPUT: a :class:`~sage_tf.regression.domain.Domain`: ``'proved'``, ``'refuted'`` with conditions that fail and parts of the box where they do, or
        ``'undecided'``; it is true if proved; a list if there are several outputs

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit(sample_data(1/x, (x, 1, 5), n=50, seed=1))
            sage: model.check_domain().status, model.check_domain([(-1, 2)]).findings[0].condition
            ('proved', x != 0)

        TESTS::

            sage: model.check_domain({x: RIF(1, 2)}).status, model.check_domain({}).status
            ('proved', 'proved')
            sage: model.check_domain({x: (1, 2, 3)})
            Traceback (most recent call last):
            ...
            ValueError: the interval of x is (1, 2, 3); expected two real numbers, the lower one first
            sage: model.check_domain({x: 1})
            Traceback (most recent call last):
            ...
            ValueError: the interval of x is 1; expected two real numbers, the lower one first
        """
        from sage_tf.regression.domain import check_domain

        laws, box = self._entries(entry), self._box_of(box)
        found = [check_domain(law.expression, box) for law in laws]
        return found[0] if len(found) == 1 else found

    def confidence_intervals(self, level=0.95, entry=None, exponents=False):
        r"""
        Return the confidence intervals of the constants of the law, from the data of the fit.

        INPUT:

        - ``level`` -- probability with which an interval holds the true constant (default: 0.95)

        - ``entry`` -- as in :meth:`expression`

        - ``exponents`` -- whether integers and fractions in exponents are constants too (default: they belong to the form)

        OUTPUT: a table of :class:`~sage_tf.regression.intervals.Interval`, a list of tables if there are several outputs; see
        :func:`~sage_tf.regression.intervals.confidence_intervals`

        Raises ValueError for a model from a file without its data, which are saved up to 10^6 numbers.

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(time_limit=2, progress=False).fit([1, 2, 3, 4, 5], [2.1, 3.9, 6.2, 7.8, 10.1], variables='t')
            sage: t = var('t')
            sage: entry = next(entry for entry in model.pareto_front() if entry.expression.has(t))
            sage: len(model.confidence_intervals(entry=entry)) > 0
            True
        """
        from sage_tf.regression.intervals import confidence_intervals

        laws = self._entries(entry)
        if self._problems is None:
            raise ValueError("the data of the fit were too large to be saved with the model; fit again for confidence intervals")
        if len(laws) != len(self._problems):
            raise ValueError(f"one entry was given for {len(self._problems)} outputs; give the number of an entry for each")
        found = [ConfidenceReport(confidence_intervals(problem, law.expression, level, exponents))
                 for problem, law in zip(self._problems, laws, strict=True)]
        return found[0] if len(found) == 1 else found

    def _box_of(self, box):
        """Return a box as a dictionary from the variables, that of the data where it is not given."""
        if box is None:
            return dict(self._ranges)
        if hasattr(box, 'items'):
            return {**self._ranges, **{SR.var(v) if isinstance(v, str) else SR(v): ends for v, ends in box.items()}}
        box = list(box)
        if len(box) != len(self.variables_):
            raise ValueError(f"the box has {len(box)} intervals; expected one for each of {', '.join(map(str, self.variables_))}")
        return dict(zip(self.variables_, box, strict=True))

    def _remember(self, problems):
        """Keep the data, and their box."""
        X = problems[0].X
        self._problems = problems
        self._ranges = {v: (float(low), float(high)) for v, low, high in zip(problems[0].variables, X.min(axis=0), X.max(axis=0), strict=True)}

    def __getstate__(self):
        state = dict(self.__dict__)
        problems = state.get('_problems')
        if problems and sum(problem.y.size for problem in problems) + problems[0].X.size > SAVED:
            state['_problems'] = None
        return state
