r"""
Laws: expressions that fit data

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.forms import TRANSFORMS
    sage: from sage_tf.regression.law import linear_law
    sage: from sage_tf.regression.problem import Problem
    sage: problem = Problem.of([[1], [2], [3]], [2.5, 5, 7.5])
    sage: linear_law(problem, TRANSFORMS['identity'], [SR(1), problem.variables[0]]).expression
    5/2*x0
"""
import operator

import numpy as np
from sage.functions.log import exp, ln
from sage.symbolic.operators import mul_vararg
from sage.symbolic.ring import SR

from sage_tf.regression.constants import exponent, is_rational, recognized
from sage_tf.regression.defined import expanded
from sage_tf.regression.forms import TRANSFORMS
from sage_tf.regression.numeric import values_of
from sage_tf.regression.readable import occurrences, readable_forms
from sage_tf.regression.squares import completed
from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph

#: whose inverses take products apart
MULTIPLICATIVE = [TRANSFORMS[name] for name in ('square', 'inverse', 'inverse square', 'sqrt')]
EXACT = 1e-9                                                    # relative error of a law that is taken for exact
NEGLIGIBLE = 1e-9                                               # share of a term that is left out
OPEN = 0.02                                                     # share of the points at which a law may have a limit only
FORMS, SAME = 10, 1e-14                                         # of a law that are looked at; errors that are as good as none
FINEST, ROUNDING = 1e-12, 2.0**-50                              # relative uncertainties of a constant that is fitted to float64 data: for certain, at best
LOGARITHMS = ln(SR.wild(0))


class Law:
    r"""
    An expression for the values of a problem, and how good it is.

    ATTRIBUTES:

    - ``expression`` -- with exact constants where these were recognized

    - ``constants`` -- list of :class:`~sage_tf.regression.constants.Constant`

    - ``error`` -- root of the mean square of the residuals over that of the values, ``complexity`` -- number of nodes
    """
    def __init__(self, expression, constants, error):
        self.expression, self.constants, self.error = expression, constants, error
        graph = Graph(operation)
        self.complexity = graph.tree_size(graph.read(expanded(expression)))

    def __repr__(self):
        return f"{self.expression} (relative error {self.error:.2g})"

    @property
    def is_exact(self):
        """Whether nothing but rounding errors is left."""
        return self.error < EXACT


def law_of(problem, expression, constants=()):
    """
    Return the law that an expression is, in the clearest of the forms that are as good; ``None`` where it has no values.

    EXAMPLES::

        sage: from sage_tf.regression.law import law_of
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1, 3], [2, 3]], [3/sqrt(8), 6/sqrt(5)])
        sage: a, b = problem.variables
        sage: law_of(problem, a*b/sqrt(b^2 - a^2)).expression
        x0/sqrt(-x0^2/x1^2 + 1)
    """
    expression = _signed(problem, SR(expression))
    error = _error_of(problem, expression)
    if error is None:
        return None
    if (bell := completed(expression)) is not None and (other := _error_of(problem, bell)) is not None and other <= max(2 * error, SAME):
        return Law(bell, [], other)
    positive = [v for v, column in zip(problem.variables, problem.X.T, strict=True) if (column > 0).all()]
    for form in sorted(readable_forms(expression, positive), key=occurrences)[:FORMS]:
        other = _error_of(problem, form)
        if other is not None and other <= max(2 * error, SAME):
            return Law(form, list(constants), other)
    return Law(expression, list(constants), error)


def _signed(problem, expression):
    """
    Return an expression with ``u`` or ``-u`` for ``sqrt(u^2)`` where u has one sign at all points.

    EXAMPLES::

        sage: from sage_tf.regression.law import _signed
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2]], [3, 4], variables='t')
        sage: t = problem.variables[0]
        sage: _signed(problem, 2*sqrt((t - 3)^2)), _signed(problem, ((t - 3/2)^2)^(1/2))
        (-2*t + 6, 1/2*sqrt((2*t - 3)^2))
    """
    operands, head = expression.operands(), expression.operator()
    if head is operator.pow and operands[0].operator() is operator.pow and not operands[1].is_integer():
        (base, inner), outer = operands[0].operands(), operands[1]
        if inner.is_integer() and (inner / 2).is_integer():
            values = values_of(base, problem.variables, problem.X)
            sign = 1 if (values > 0).all() else -1 if (values < 0).all() else 0
            if sign:
                return (sign * _signed(problem, base))**(inner * outer)
    if not operands:
        return expression
    changed = [_signed(problem, operand) for operand in operands]
    return head(*changed) if any(new is not old for new, old in zip(changed, operands, strict=True)) else expression


def _error_of(problem, expression):
    """Return the relative error of an expression, ``None`` where it has no real values."""
    try:
        values = values_of(expression, problem.variables, problem.X, OPEN)
    except (TypeError, OverflowError):
        return None                                             # a constant that is not real, or too large
    error = np.linalg.norm(values - problem.y) / np.linalg.norm(problem.y)
    return float(error) if np.isfinite(error) else None


def fitted(columns, target):
    """
    Return the coefficients of a least squares fit, their relative uncertainties and the relative error; terms that contribute
    nothing have coefficient 0 and no part in the fit.
    """
    columns = np.asarray(columns)
    coefficients = np.zeros(len(columns))
    used = np.arange(len(columns))
    while True:
        scale = np.linalg.norm(columns[used], axis=1)
        matrix = (columns[used] / scale[:, None]).T
        found, *_ = np.linalg.lstsq(matrix, target, rcond=None)
        keep = np.abs(found) > NEGLIGIBLE * np.linalg.norm(target)
        if keep.all() or not keep.any():
            break
        used = used[keep]
    residual = target - matrix @ found
    spread = np.linalg.norm(residual) / max(1, len(target) - len(used))**0.5
    deviations = spread * np.sqrt(np.abs(np.diagonal(np.linalg.pinv(matrix.T @ matrix))))
    uncertainties = np.zeros(len(columns))
    coefficients[used] = found / scale
    uncertainties[used] = np.maximum(10 * deviations / np.maximum(np.abs(found), 1e-300), ROUNDING)
    return coefficients, uncertainties, np.linalg.norm(residual) / np.linalg.norm(target)


def linear_law(problem, transform, terms, columns=None):
    r"""
    Return the law ``T(y) = c1*t1 + c2*t2 + ...``, solved for y; ``None`` where it has no values.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``transform`` -- T, a :class:`~sage_tf.regression.forms.Transform`

    - ``terms`` -- list of expressions

    - ``columns`` -- list of arrays of their values (default: computed)
    """
    if columns is None:
        columns = [values_of(term, problem.variables, problem.X) for term in terms]
    if not np.isfinite(columns).all():
        return None                                             # features that have values at some of the points only
    factors = [_constant_factor(term) for term in terms]        # which the coefficients take up, to be recognized as a whole
    terms = [term / factor for term, factor in zip(terms, factors, strict=True)]
    columns = [column / float(factor) for column, factor in zip(columns, factors, strict=True)]
    coefficients, uncertainties, _ = fitted(columns, transform.function(problem.y))
    constants, parts = [], []
    for coefficient, uncertainty, term in zip(coefficients, uncertainties, terms, strict=True):
        if coefficient:
            constants.append(constant_of(coefficient, uncertainty))
            parts.append((constants[-1], term))
    if transform is TRANSFORMS['log']:
        return law_of(problem, SR(1).mul(*[_exponential(*part, constants) for part in parts]), constants)
    common = _common_factor(constants) if transform in MULTIPLICATIVE else SR(1)
    inner = SR(0).add(*[exact_or_float(constant) / common * term for constant, term in parts])
    return law_of(problem, transform.inverse(common) * transform.inverse(inner), constants)


def _common_factor(constants):
    """
    Return a positive factor that leaves only rational numbers of exact constants, 1 if there is none.

    EXAMPLES::

        sage: from sage_tf.regression.constants import Constant
        sage: from sage_tf.regression.law import _common_factor
        sage: _common_factor([Constant(0r, c, 0r) for c in (-4*pi^2, 2*pi^2)]), _common_factor([Constant(0r, c, 0r) for c in (pi, SR(1))])
        (4*pi^2, 1)
    """
    if any(constant.exact is None for constant in constants) or all(is_rational(constant.exact) for constant in constants):
        return SR(1)
    common = constants[0].exact * (1 if float(constants[0].exact) > 0 else -1)
    return common if all(is_rational(constant.exact / common) for constant in constants) else SR(1)


def _constant_factor(term):
    """
    Return the product of the factors of a term that do not vary.

    EXAMPLES::

        sage: from sage_tf.regression.law import _constant_factor
        sage: _constant_factor(3*exp(-2)*x), _constant_factor(x + 1), _constant_factor(SR(1))
        (3*e^(-2), 1, 1)
    """
    if term.operator() is not mul_vararg:
        return SR(1)
    return SR(1).mul(*[factor for factor in term.operands() if not factor.variables()])


def _exponential(constant, term, constants):
    """Return the exponential of a multiple of a term: a power for a logarithm, and a constant that is recognized as such for 1."""
    if SR(term).is_trivially_equal(1) and (constant.exact is None or constant.exact.has(LOGARITHMS)):
        with np.errstate(over='ignore'):
            factor = recognized(np.exp(constant.value), FINEST * max(1, abs(constant.value)))
        constants[constants.index(constant)] = factor
        return exact_or_float(factor)
    if term.operator() == ln:
        return term.operands()[0]**exact_or_float(constant)
    return exp(exact_or_float(constant) * term)


def power_law(problem, factors, columns=None, transform=TRANSFORMS['identity']):
    r"""
    Return the law ``T(y) = c * f1^p1 * f2^p2 * ...``, fitted by logarithms and solved for y; ``None`` if the signs do not fit.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``factors`` -- list of expressions

    - ``columns`` -- list of arrays of their values (default: computed)

    - ``transform`` -- T (default: the identity)

    EXAMPLES::

        sage: from sage_tf.regression.law import power_law
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3]], [pi, 2*pi*sqrt(2), 3*pi*sqrt(3)])
        sage: power_law(problem, problem.variables)
        pi*x0^(3/2) (relative error ...)
    """
    if columns is None:
        columns = [values_of(factor, problem.variables, problem.X) for factor in factors]
    if not np.isfinite(columns).all() or not np.all(columns):
        return None
    target = transform.function(problem.y)
    logarithms = [np.ones(len(target)), *(np.log(np.abs(column)) for column in columns)]
    (constant, *powers), (uncertainty, *others), _ = fitted(logarithms, np.log(np.abs(target)))
    expression, value, constants = SR(1), np.ones(len(target)), []
    for power, other, factor, column in zip(powers, others, factors, columns, strict=True):
        if power:
            power = exponent(power, max(1e-6, abs(power) * other))
            if power is None:
                return None
            if (column < 0).all():
                factor, column = -factor, -column
            elif (column < 0).any() and not power.is_integer():
                return None
            expression, value = expression * factor**power, value * column**float(power)
    ratios = target / value
    if not (ratios > 0).all() and not (ratios < 0).all():
        return None
    mean, spread = np.mean(ratios), np.std(ratios) / np.abs(np.mean(ratios))
    constants.append(constant_of(mean, spread if spread < FINEST else max(spread, uncertainty * abs(constant))))
    return law_of(problem, transform.inverse(exact_or_float(constants[-1]) * expression), constants)


def constant_of(value, uncertainty):
    """
    Return a fitted number with the exact value it stands for.

    An uncertainty below :data:`FINEST` is not relied on, as it leaves the rounding errors of the fit aside: with it, more digits are tried
    where few do not tell.

    EXAMPLES::

        sage: from sage_tf.regression.law import constant_of
        sage: constant_of(2.00000000000001, 1e-15).exact, constant_of(8987551792.299998, 1e-15).exact, constant_of(8987551792.299998, 1e-12).exact is None
        (2, 89875517923/10, True)
    """
    found = recognized(value, max(uncertainty, FINEST))
    return found if found.exact is not None or uncertainty >= FINEST else recognized(value, max(uncertainty, ROUNDING))


def exact_or_float(constant):
    """Return the exact value of a constant, or the number if there is none."""
    return constant.exact if constant.exact is not None else SR(constant.value)
