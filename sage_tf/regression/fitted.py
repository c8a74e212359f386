r"""
What a regressor has found: the laws, and their values

EXAMPLES::

    sage: from sage_tf.all import *
    sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
    sage: model.expression(), model.predict([10])
    (2*t + 1, array([21.]))
"""

import numpy as np
from sage.modules.free_module_element import free_module_element as vector
from sage.symbolic.ring import SR

from sage_tf.data import Sample
from sage_tf.regression.front import Entry, ExactReport
from sage_tf.regression.intervals import constants_in, fitted_loss
from sage_tf.regression.numeric import values_of
from sage_tf.regression.problem import checked_weights, column_names, points_of, real_array, weights_of
from sage_tf.regression.statements import Statements
from sage_tf.sampling.points import as_integer


class Fitted(Statements):
    """
    A regressor that has laws, after ``fit``.

    EXAMPLES::

        sage: from sage_tf.all import SymbolicRegressor
        sage: from sage_tf.regression.fitted import Fitted
        sage: issubclass(SymbolicRegressor, Fitted)
        True
    """
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
        numbers = [as_integer(number, 'entry') for number in numbers]
        for front, number in zip(self.fronts_, numbers, strict=True):
            if not -len(front) <= number < len(front):
                raise IndexError(f"entry={number} was given; expected a number from 0 to {len(front) - 1}, or a negative one to count from the end")
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
            sage: model.expression(99)
            Traceback (most recent call last):
            ...
            IndexError: entry=99 was given; expected a number from 0 to 1, or a negative one to count from the end
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
            the loss is 0.000 with these constants, 0.000 with the best numbers in their places
            sage: report[0].exact, report.loss, report.fitted_loss
            (1/3*pi, 0.0, 0.0)
        """
        entries = self._entries(entry)
        known = self._problems is not None and len(entries) == len(self._problems)
        losses = [fitted_loss(*each) for each in zip(self._problems, (e.expression for e in entries), strict=True)] if known else [None] * len(entries)
        losses = [least if least is None else min(each.loss, least) for each, least in zip(entries, losses, strict=True)]
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
        values = np.stack([values_of(each.expression, self.variables_, X) for each in entries], axis=1)
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

    def score(self, X, y=None, weights=None, sample_weight=None):
        r"""
        Return the coefficient of determination `R^2`, the mean of those of the outputs if there are several.

        INPUT:

        - ``X``, ``y``, ``weights``, ``sample_weight`` -- as in :meth:`fit`

        EXAMPLES::

            sage: from sage_tf.all import *
            sage: model = SymbolicRegressor(progress=False).fit([1, 2, 3, 4], [3, 5, 7, 9], variables='t')
            sage: model.score([5, 6], [11, 13]), model.score([5, 6], [11, 12])
            (1.0, -1.0)
            sage: model.score([5, 6, 7], [11, 13, 0], sample_weight=[1, 1, 0])
            1.0
            sage: model.score([5, 6], [11, 13], weights=[1])
            Traceback (most recent call last):
            ...
            ValueError: weights has shape (1,) and the least entry 1.0; expected 2 numbers that are not negative nor all zero, one for each point
        """
        y = X.y if y is None and isinstance(X, Sample) else y
        predicted, y = self.predict(X), real_array(y, 'y')
        if len(predicted) != len(y) or y.size != predicted.size:
            raise ValueError(f"y has shape {y.shape}; expected {predicted.shape}")
        weights = weights_of(weights, sample_weight)
        weights = None if weights is None else checked_weights(weights, len(y))
        predicted, y = predicted.reshape(len(y), -1), y.reshape(len(y), -1)
        lost = np.average((y - predicted)**2, axis=0, weights=weights)
        there = np.average((y - np.average(y, axis=0, weights=weights))**2, axis=0, weights=weights)
        with np.errstate(divide='ignore', invalid='ignore'):
            scores = np.where(there > 0, 1 - lost / there, np.where(lost == 0, 1.0, 0.0))
        return float(scores.mean())
