r"""
The best laws of a search, by complexity and loss

EXAMPLES::

    sage: from sage_tf.regression.front import Measure, ParetoFront
    sage: from sage_tf.regression.problem import Problem
    sage: problem = Problem.of([[1], [2], [3]], [1, 4, 9], variables='t')
    sage: measure, t = Measure(problem), problem.variables[0]
    sage: front = ParetoFront(measure(e) for e in (SR(14/3), 4*t - 10/3, t^2, t^2 + 1)); front
          complexity   loss    R2      bits   expression
    ├───┼────────────┼───────┼───────┼──────┼────────────┤
          1            10.89   0.000   128    14/3
      *   3            0.000   1.000   15     t^2
    sage: front.best().expression
    t^2
"""
import numpy as np
from sage.misc.latex import latex
from sage.misc.table import table
from sage.structure.sage_object import SageObject
from sage.symbolic.ring import SR

from sage_tf.regression.description import (
    complexity_of,
    digits_of,
    expression_bits,
    precision_of,
    residual_bits,
    root_mean_square,
)
from sage_tf.regression.numeric import values_of

EXACT, OF_SPREAD = 4e-12, 1e-4                                  # error of a law that is exact: in the size of the values, in how much they vary
ROUNDING = 1e-9                                                 # of losses that are the same


class Tabular(SageObject):
    """
    A sequence that is shown as a table; a subclass has ``_header()`` and ``_row(number)``.

    EXAMPLES::

        sage: from sage_tf.regression.front import ParetoFront, Tabular
        sage: issubclass(ParetoFront, Tabular)
        True
    """
    def __init__(self, entries):
        self._entries = list(entries)

    def __len__(self):
        return len(self._entries)

    def __getitem__(self, number):
        return self._entries[number]

    def table(self):
        """
        Return the table, as Sage has them.

        EXAMPLES::

            sage: from sage_tf.regression.front import ParetoFront
            sage: type(ParetoFront([]).table())
            <class 'sage.misc.table.table'>
        """
        return table([self._header(), *map(self._row, range(len(self)))], header_row=True)

    def _repr_(self):
        return repr(self.table())

    def _latex_(self):
        r"""
        EXAMPLES::

            sage: from sage_tf.regression.front import Measure, ParetoFront
            sage: from sage_tf.regression.problem import Problem
            sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))
            sage: latex(ParetoFront([measure(x^2)]))
            \begin{tabular}{llllll}
             & complexity & loss & R2 & bits & expression \\ \hline
            * & $3$ & 0.000 & 1.000 & 15 & $x^{2}$ \\
            \end{tabular}
        """
        return latex(self.table())

    def _rich_repr_(self, display_manager, **options):
        """
        Return what a notebook shows: the table with its formulas typeset.

        EXAMPLES::

            sage: from sage.repl.rich_output import get_display_manager
            sage: from sage_tf.regression.front import ParetoFront
            sage: ParetoFront([])._rich_repr_(get_display_manager())            # the doctest backend shows text
        """
        return self.table()._rich_repr_(display_manager, **options)


class Entry(SageObject):
    """
    A law and how good it is.

    ATTRIBUTES:

    - ``expression`` -- of Sage

    - ``complexity`` -- number of its nodes

    - ``loss`` -- mean of the squares of the residuals

    - ``error`` -- root of that over the root of the mean square of the values

    - ``r2`` -- coefficient of determination

    - ``description_length`` -- bits, see :mod:`~sage_tf.regression.description`

    - ``constants`` -- list of :class:`~sage_tf.regression.constants.Constant`

    - ``form`` -- what the search knows the law by, see :class:`~sage_tf.regression.requirements.Sought`; mostly the expression

    EXAMPLES::

        sage: from sage_tf.regression.front import Measure
        sage: from sage_tf.regression.problem import Problem
        sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))
        sage: entry = measure(x^2); entry, entry.is_exact()
        (x^2 of complexity 3 and loss 0.000, True)
    """
    def __init__(self, expression, constants, complexity, loss, error, r2, description_length, exact, form=None):
        self.expression, self.constants, self.complexity, self._exact = expression, constants, complexity, exact
        self.form = expression if form is None else form
        self.loss, self.error, self.r2, self.description_length = loss, error, r2, description_length

    def is_exact(self):
        """
        Return whether nothing but rounding errors is left.

        EXAMPLES::

            sage: from sage_tf.regression.front import Measure
            sage: from sage_tf.regression.problem import Problem
            sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))
            sage: measure(x^2 + 1/10^6).is_exact()
            False
        """
        return self._exact

    def _repr_(self):
        return f"{self.expression} of complexity {self.complexity} and loss {self.loss:#.4g}"

    def _latex_(self):
        return latex(self.expression)


class Measure:
    """
    What makes entries of expressions, for a problem.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``sought`` -- :class:`~sage_tf.regression.requirements.Sought`, which knows the law of a form and its complexity (default: the form itself is the
      law, the complexity the number of its nodes)

    Called with a form, and maybe its constants, it returns an :class:`Entry`; ``None`` if the law has no value at some of the points.

    EXAMPLES::

        sage: from sage_tf.regression.front import Measure
        sage: from sage_tf.regression.problem import Problem
        sage: measure = Measure(Problem.of([[-1], [2], [3]], [1, 4, 9], variables='x'))
        sage: measure(x), measure(log(x))
        (x of complexity 1 and loss 14.67, None)

    Weights count::

        sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 10], [1, 1, 0], 'x'))
        sage: measure(x^2).loss
        0.0
    """
    def __init__(self, problem, sought=None):
        self._sought = sought
        self._problem, self._scale, self._precision = problem, root_mean_square(problem.y), precision_of(problem.y)
        self._variance = self._mean_square(problem.y - np.average(problem.y, weights=problem.weights))

    def _mean_square(self, values):
        return float(np.average(np.square(values), weights=self._problem.weights))

    def __call__(self, form, constants=()):
        problem = self._problem
        expression = form if self._sought is None else self._sought.law(form)
        residuals = values_of(expression, problem.variables, problem.X) - problem.y
        if not np.isfinite(residuals).all():
            return None
        loss = self._mean_square(residuals)
        residual = loss**0.5
        digits = digits_of(residual, self._scale, len(problem.y))
        complexity = complexity_of(expression) if self._sought is None else self._sought.complexity(form)
        bits = (residual_bits(residual, self._precision, len(problem.y))
                + expression_bits(expression, len(problem.variables), digits, complexity))
        exact = residual < max(EXACT * self._scale, self._precision) and residual < OF_SPREAD * self._variance**0.5
        # what is below the precision of the data is the same
        loss = 0.0 if residual < self._precision else loss
        return Entry(expression, list(constants), complexity, loss, residual / self._scale, 1 - loss / self._variance, bits, exact, form)


class ParetoFront(Tabular):
    r"""
    Laws of which none is both simpler and better than another.

    INPUT:

    - ``entries`` -- :class:`Entry`'s, of which those that another dominates are left out

    - ``selection`` -- ``'mdl'`` (default): the best one has the least description length; ``'loss'``: the least loss

    EXAMPLES::

        sage: from sage_tf.regression.front import Measure, ParetoFront
        sage: from sage_tf.regression.problem import Problem
        sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))
        sage: front = ParetoFront(map(measure, (SR(5), x^2, x)))
        sage: len(front), front[0], [entry.complexity for entry in front]
        (2, 5 of complexity 1 and loss 11.00, [1, 3])
    """
    def __init__(self, entries, selection='mdl'):
        super().__init__([])
        self.selection = selection
        for entry in entries:
            self.add(entry)

    def add(self, entry):
        """
        Add an entry, if none that is there is as simple and as good; return whether it was added.

        EXAMPLES::

            sage: from sage_tf.regression.front import Measure, ParetoFront
            sage: from sage_tf.regression.problem import Problem
            sage: measure = Measure(Problem.of([[1], [2], [3]], [1, 4, 9], variables='x'))
            sage: front = ParetoFront([])
            sage: front.add(measure(2*x)), front.add(measure(3*x)), front.add(measure(x^2)), len(front)
            (True, True, True, 1)
        """
        if entry is None or any(_dominates(other, entry) for other in self):
            return False
        kept = [other for other in self if not _dominates(entry, other)]
        self._entries = sorted([*kept, entry], key=lambda entry: (entry.complexity, entry.loss))
        return True

    def best(self):
        """
        Return the entry that is taken.

        EXAMPLES::

            sage: from sage_tf.regression.front import Measure, ParetoFront
            sage: from sage_tf.regression.problem import Problem
            sage: measure = Measure(Problem.of([[1], [2], [3]], [1.01, 3.99, 9], variables='x'))
            sage: entries = [measure(x^2), measure(x^2 + sin(8*x)/500)]
            sage: ParetoFront(entries).best(), ParetoFront(entries, selection='loss').best()
            (x^2 of complexity 3 and loss 6.667e-05,
             x^2 + 1/500*sin(8*x) of complexity 10 and loss 5.215e-05)
        """
        return min(self, key=lambda entry: (CRITERIA[self.selection](entry), entry.complexity))

    def _header(self):
        return ['', 'complexity', 'loss', 'R2', 'bits', 'expression']

    def _row(self, number):
        entry = self[number]
        mark = '*' if entry is self.best() else ''
        return [mark, entry.complexity, f"{entry.loss:#.4g}", f"{entry.r2:.3f}", f"{entry.description_length:.0f}", SR(entry.expression)]


#: what an entry is selected by, the least being the best
CRITERIA = {'mdl': lambda entry: entry.description_length, 'loss': lambda entry: entry.loss}


def _dominates(one, other):
    """Return whether an entry is as simple and as good as another, which is then not needed."""
    return one.complexity <= other.complexity and one.loss <= other.loss * (1 + ROUNDING)


class ExactReport(Tabular):
    """
    The constants of a law: the number, its exact value, and by how many bits that is better than chance.

    INPUT:

    - ``constants`` -- list of :class:`~sage_tf.regression.constants.Constant`

    - ``loss`` -- loss of the law with them

    - ``fitted_loss`` -- least loss of a law of that form, with any numbers for constants; ``None`` if it is not known

    EXAMPLES::

        sage: from sage_tf.regression.constants import recognized
        sage: from sage_tf.regression.front import ExactReport
        sage: ExactReport([recognized(1.5, 1e-9), recognized(0.1234567, 1e-9)], 0.0102, 0.0101)
          value       exact            evidence
        ├───────────┼────────────────┼──────────┤
          1.5         3/2              27 bits
          0.1234567   not recognized
        the loss is 0.01020 with these constants, 0.01010 with the best numbers in their places
    """
    def __init__(self, constants, loss=None, fitted_loss=None):
        super().__init__(constants)
        self.loss, self.fitted_loss = (None if each is None else float(each) for each in (loss, fitted_loss))

    def _repr_(self):
        if self.fitted_loss is None:
            return super()._repr_()
        return (f"{super()._repr_()}\nthe loss is {self.loss:#.4g} with these constants, {self.fitted_loss:#.4g} with the best numbers in their places")

    def _header(self):
        return ['value', 'exact', 'evidence']

    def _row(self, number):
        value, exact, evidence = self[number]
        return [repr(value), 'not recognized' if exact is None else exact, f"{evidence:.0f} bits" if evidence else '']
