r"""
Confidence intervals of the constants of a law, and exact constants that noise allows

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.intervals import confidence_intervals, snapped_law
    sage: from sage_tf.regression.problem import Problem
    sage: rng = numpy.random.default_rng(2r)
    sage: X = rng.uniform(1, 2, (200r, 1r))
    sage: problem = Problem.of(X, 1.5r*numpy.exp(-0.7r*X[:, 0]) + rng.normal(0, 0.0001r, 200r), variables='t')
    sage: t = problem.variables[0]
    sage: [(i.constant, i.low, i.high) for i in confidence_intervals(problem, 3/2*exp(-7/10*t))]
    [(-7/10, -0.7001..., -0.6999...),
     (3/2, 1.4998..., 1.5002...)]
    sage: snapped_law(problem, 1.4993*exp(-0.7002*t))[0]
    3/2*e^(-7/10*t)

ALGORITHM:

The constants of the law become free and are moved to the least sum of squares by the steps of Levenberg and Marquardt. There their covariance
matrix is `s^2 (J^T W J)^{-1}`, with the Jacobian matrix J by Sage's derivatives, the weights W, and the variance
`s^2 = \sum w r^2/(n - p)` of the noise; quantiles are those of Student's distribution with `n - p` degrees of freedom. Chapter 2 of [SW1989]_ has the theory.

REFERENCES:

.. [SW1989] \G. A. F. Seber, C. J. Wild, Nonlinear Regression. Wiley, 1989.
"""
from collections import namedtuple
from math import inf
from operator import pow as power

import numpy as np
from sage.misc.misc_c import prod
from sage.modules.free_module_element import vector
from sage.symbolic.constants import e as euler
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.constants import Constant, is_rational, snapped
from sage_tf.regression.defined import expanded
from sage_tf.regression.description import precision_of
from sage_tf.regression.numeric import Program
from sage_tf.symbolic.tensor_function import TensorFunction

STEPS = 50                                                      # of Levenberg and Marquardt at most
SMALLEST = 1e-10                                                # singular value, beside the largest, that counts as none
ROUNDING = 2.0**-52
REMEMBERED = 64                                                 # models
_compiled = {}

Interval = namedtuple('Interval', 'constant value low high')
Interval.__doc__ = r"""
    A constant of a law, the value at which the sum of squares is least, and the ends of its confidence interval.

    EXAMPLES::

        sage: from sage_tf.regression.intervals import Interval
        sage: Interval(1/2, 0.51r, 0.49r, 0.53r).low
        0.49
    """


def parametrized(expression, exponents=False):
    r"""
    Return an expression with symbols in the place of its constants, and the constants.

    Integers and fractions that are exponents belong to the form and stay, as 1 and -1 do where they are factors.

    INPUT:

    - ``expression`` -- a symbolic expression

    - ``exponents`` -- whether integers and fractions in exponents become free too (default: no)

    OUTPUT: the expression, and a dictionary from the symbols to the constants

    EXAMPLES::

        sage: from sage_tf.regression.intervals import parametrized
        sage: parametrized(2*x^3/pi + sqrt(x + 5) - x)
        (c0*x^3 - x + sqrt(c1 + x), {c0: 2/pi, c1: 5})
        sage: parametrized(x^3, exponents=True), parametrized(x^2.1 + exp(-x/2))
        ((x^c0, {c0: 3}), (x^c0 + e^(c1*x), {c0: 2.10000000000000, c1: -1/2}))
    """
    taken, found = set(map(str, expression.variables())), {}

    def free(constant):
        number = len(found)
        while f'c{number}' in taken:
            number += 1
        taken.add(f'c{number}')
        symbol = SR.var(f'c{number}')
        found[symbol] = constant
        return symbol

    def walk(e):
        if not e.variables():
            return free(e)
        operands, head = e.operands(), e.operator()
        if head is None:
            return e
        if head is power:
            base, exponent = operands
            stays = not exponents and is_rational(exponent)
            return (base if base.is_trivially_equal(euler) else walk(base))**(exponent if stays else walk(exponent))
        if head is mul_vararg or head is add_vararg:
            constants = [operand for operand in operands if not operand.variables()]
            others = [walk(operand) for operand in operands if operand.variables()]
            if head is add_vararg:
                return sum(others) + (free(sum(constants)) if constants else 0)
            factor = SR(prod(constants))
            return prod(others) * (factor if is_rational(factor) and abs(factor) == 1 else free(factor))
        return head(*map(walk, operands))
    return walk(SR(expression)), found


def _with_slopes(model, variables, names):
    """
    Return a model and its derivatives by its constants as a function of points and constants; that of one of the last models is there already.

    They are told apart by what is written: Sage may try for minutes to prove that two expressions are the same.
    """
    key = str(model), str(variables), str(names)
    if key not in _compiled:
        while len(_compiled) >= REMEMBERED:
            del _compiled[next(iter(_compiled))]
        _compiled[key] = _function_of(expanded(model), variables, names)
    return _compiled[key]


def _function_of(model, variables, names):
    """Return a model and its derivatives as a function."""
    try:
        return Program(model, variables, names)
    except NotImplementedError:
        function = TensorFunction(vector(SR, [model, *(model.diff(name) for name in names)]), (*variables, *names), jit=False)

    def values(X, constants):
        rows = np.broadcast_to(function(*X.T, *constants).numpy(), (len(X), len(names) + 1))
        return rows[:, 0], rows[:, 1:].T
    return values


class Fit:
    r"""
    The least squares fit of an expression with free constants.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``model`` -- expression in its variables and in the constants

    - ``start`` -- dictionary from the free constants to numbers

    ATTRIBUTES:

    - ``weighted`` -- array of the values, times the square roots of the weights

    - ``values`` -- array of the constants, ``degrees`` -- degrees of freedom, ``covariance`` -- their covariance matrix, with infinite variance for those
      that the data do not determine, ``least`` -- the sum of squares, ``smallest`` -- variance of rounding errors

    Raises ValueError if there are not more points than constants, or if the model has no values at some of the points.
    """
    def __init__(self, problem, model, start):
        self._problem, self._names = problem, tuple(start)
        self.degrees = len(problem.y) - len(start)
        if self.degrees < 1:
            raise ValueError(f"there are {len(problem.y)} points for {len(start)} constants; expected more points than constants")
        self._function = _with_slopes(model, tuple(problem.variables), self._names)
        self._roots = np.ones(len(problem.y)) if problem.weights is None else np.sqrt(problem.weights)
        self.weighted = self._roots * problem.y
        self.smallest = ROUNDING**2 * float(np.mean(self.weighted**2))
        self.values = self._fitted(np.array([float(number) for number in start.values()]))

    def _linearized(self, values):
        """Return the weighted residuals and their Jacobian matrix."""
        found, slopes = self._function(self._problem.X, values)
        return self._roots * (self._problem.y - found), self._roots[:, None] * slopes.T

    def loss(self, values):
        """Return the weighted sum of squares of the residuals."""
        residuals, _ = self._linearized(np.asarray(values, dtype=float))
        with np.errstate(all='ignore'):
            return float(residuals @ residuals)

    def _fitted(self, values):
        """Return the constants with the least sum of squares."""
        with np.errstate(all='ignore'):
            return self._minimized(values)

    def _minimized(self, values):
        (residuals, jacobian), damping = self._linearized(values), 1e-3
        least = residuals @ residuals
        if not (np.isfinite(least) and np.isfinite(jacobian).all()):
            raise ValueError("the law has no value or no slope at some of the points; expected a law with values at all of them")
        for _ in range(STEPS if len(values) else 0):
            scale = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
            step = np.linalg.lstsq(np.vstack([jacobian / scale, damping**0.5 * np.eye(len(values))]),
                                   np.concatenate([residuals, np.zeros(len(values))]), rcond=None)[0] / scale
            trial, expected = self._linearized(values + step), least - np.sum((residuals - jacobian @ step)**2)
            loss = trial[0] @ trial[0]
            if loss <= least and np.isfinite(trial[1]).all():
                values, (residuals, jacobian), least, damping = values + step, trial, loss, damping / 100
            else:
                damping *= 10
            if expected <= 1e-13 * least or damping > 1e8:
                break
        self.least = float(least)
        self.covariance = self._covariance(jacobian)
        return values

    def _covariance(self, jacobian):
        """Return the covariance matrix of the constants."""
        scale = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
        _, singular, rows = np.linalg.svd(jacobian / scale, full_matrices=False)
        weak = singular <= SMALLEST * max(singular, default=0)
        inverse = (rows[~weak].T / singular[~weak]**2) @ rows[~weak]
        covariance = max(self.least / self.degrees, self.smallest) * inverse / np.outer(scale, scale)
        open_ = (np.abs(rows[weak]) > 1e-6).any(axis=0)
        covariance[open_, open_] = inf
        return covariance


def confidence_intervals(problem, expression, level=0.95, exponents=False):
    r"""
    Return the confidence intervals of the constants of a law.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`; the variance of the noise is inversely proportional to its weights

    - ``expression`` -- the law, with constants near where the sum of squares is least

    - ``level`` -- probability with which an interval holds the true constant (default: 0.95)

    - ``exponents`` -- whether integers and fractions in exponents are constants too (default: they belong to the form)

    OUTPUT: list of :class:`Interval`; infinite for a constant that the data do not determine, because others can take its part

    Raises ValueError for a level that is no probability, and if there are not more points than constants.

    EXAMPLES::

        sage: from sage_tf.regression.intervals import confidence_intervals
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4]], [2.1, 3.9, 6.2, 7.8], variables='t')
        sage: interval, = confidence_intervals(problem, 2*problem.variables[0])
        sage: interval.constant, round(interval.value, 4), round(interval.low, 3), round(interval.high, 3)
        (2, 1.99, 1.886, 2.094)
        sage: t = problem.variables[0]
        sage: [i.high for i in confidence_intervals(problem, 2*exp(t + 3))]
        [inf, inf]
        sage: confidence_intervals(problem, 2*t, level=95)
        Traceback (most recent call last):
        ...
        ValueError: level=95 was given; expected a probability between 0 and 1
    """
    from scipy.stats import t as student

    if not 0 < level < 1:
        raise ValueError(f"level={level} was given; expected a probability between 0 and 1")
    model, constants = parametrized(expression, exponents)
    fit = Fit(problem, model, constants)
    reach = student.ppf((1 + float(level)) / 2, fit.degrees) * np.sqrt(np.diagonal(fit.covariance))
    return [Interval(constant, float(value), float(value - r), float(value + r))
            for constant, value, r in zip(constants.values(), fit.values, reach, strict=True)]


def constants_in(expression):
    """
    Return the constants of a law as it stands, without evidence.

    EXAMPLES::

        sage: from sage_tf.regression.intervals import constants_in
        sage: constants_in(2*exp(-0.5*x))
        [Constant(value=-0.5, exact=None, evidence=0.0), Constant(value=2.0, exact=2, evidence=0.0)]
        sage: constants_in(SR(0.5r)), constants_in(0.5*pi + x)
        ([Constant(value=0.5, exact=None, evidence=0.0)],
         [Constant(value=1.57..., exact=None, evidence=0.0)])
    """
    return [Constant(float(each), each if _is_exact(each) else None, 0.0) for each in parametrized(expression)[1].values()]


def _is_exact(constant):
    """Return whether there are no floating point numbers in a constant; ``is_exact`` of Sage's expressions fails for those of Python."""
    operands = constant.operands()
    return all(map(_is_exact, operands)) if operands else not constant.is_numeric() or is_rational(constant)


def fitted_loss(problem, expression):
    """
    Return the least mean square of the residuals that a law has with other numbers for its constants, 0 if it is below the precision of the data;
    ``None`` if it has none, or more than there are points.

    EXAMPLES::

        sage: from sage_tf.regression.intervals import fitted_loss
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4]], [2.1, 3.9, 6.2, 7.8], variables='t')
        sage: fitted_loss(problem, 2*problem.variables[0])                     # abs tol 1e-12
        0.02425
        sage: fitted_loss(problem, problem.variables[0]) is None
        True
    """
    model, start = parametrized(expression)
    try:
        fit = Fit(problem, model, start) if start else None
    except (TypeError, ValueError, np.linalg.LinAlgError):
        return None
    if fit is None:
        return None
    loss = fit.least / (len(problem.y) if problem.weights is None else float(problem.weights.sum()))
    return 0.0 if loss**0.5 < precision_of(problem.y) else loss


def snapped_law(problem, expression, level=0.99):
    r"""
    Return a law with its constants fitted, and exact where the noise allows it.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``expression`` -- the law

    - ``level`` -- the level of the test that all exact constants pass together, see :func:`~sage_tf.regression.constants.snapped`

    OUTPUT: the expression, and the list of its :class:`~sage_tf.regression.constants.Constant`

    EXAMPLES::

        sage: from sage_tf.regression.intervals import snapped_law
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4]], [pi.n(), 2*pi.n(), 3*pi.n(), 4*pi.n()], variables='t')
        sage: snapped_law(problem, 3.1*problem.variables[0])
        (pi*t, [Constant(value=3.14159..., exact=pi, evidence=...)])
    """
    model, start = parametrized(expression)
    if not start:
        return expression, []
    fit = Fit(problem, model, start)
    found = snapped(fit.values, fit.covariance, fit.loss, fit.degrees, level, fit.smallest) if np.isfinite(fit.covariance).all() else None
    if found is None:
        return expression, []
    values = {name: c.value if c.exact is None else c.exact for name, c in zip(start, found, strict=True)}
    return model.subs(values), found
