r"""
The simplest laws for data, which are there before any search

EXAMPLES::

    sage: from sage_tf.regression.plain import plain_laws
    sage: from sage_tf.regression.problem import Problem
    sage: [law for law, _ in plain_laws(Problem.of([[1, 0], [2, 5], [3, 1], [4, 1]], [3, 5, 7, 9]))]
    [6.0, 2*x0 + 1]
"""
import numpy as np
from sage.symbolic.ring import SR

from sage_tf.regression.constants import recognized
from sage_tf.regression.law import FINEST, NEGLIGIBLE, constant_of, exact_or_float

TINY = 1e-300


def plain_laws(problem, complete=False):
    """
    Yield the mean and the linear fit, with their constants.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``complete`` -- whether there is a linear fit with all variables too, whether they are significant or not (default: no)

    EXAMPLES::

        sage: from sage_tf.regression.plain import plain_laws
        sage: from sage_tf.regression.problem import Problem
        sage: [law for law, _ in plain_laws(Problem.of([[1], [2], [3]], [2, 4, 6]))]
        [4.0, 2*x0]
    """
    mean = float(np.average(problem.y, weights=problem.weights))
    if np.ptp(problem.y) <= FINEST * abs(mean):
        constant = recognized(mean, FINEST)
        yield exact_or_float(constant), [constant]
        return
    yield SR(mean), []
    root = np.ones(len(problem.y)) if problem.weights is None else np.sqrt(problem.weights / problem.weights.mean())
    terms, columns = [SR(1), *problem.variables], np.column_stack([np.ones(len(problem.y)), problem.X]) * root[:, None]
    target = problem.y * root
    for step in range(2):                                       # once more without the terms that are not significant
        scale = np.maximum(np.linalg.norm(columns, axis=0), TINY)
        matrix = columns / scale
        found, *_ = np.linalg.lstsq(matrix, target, rcond=None)
        spread = np.linalg.norm(target - matrix @ found) / max(1, len(target) - len(terms))**0.5
        deviations = spread * np.sqrt(np.abs(np.diagonal(np.linalg.pinv(matrix.T @ matrix))))
        kept = np.abs(found) > np.maximum(deviations, NEGLIGIBLE * np.linalg.norm(target))
        if step or kept.all() or not kept.any():
            break
        if complete:
            yield _linear(terms, found / scale, deviations / scale)
        terms, columns = [term for term, used in zip(terms, kept, strict=True) if used], columns[:, kept]
    yield _linear(terms, found / scale, deviations / scale)


def _linear(terms, coefficients, deviations):
    """Return a linear combination of terms, and its constants."""
    used = [(term, value, deviation) for term, value, deviation in zip(terms, coefficients, deviations, strict=True) if value]
    constants = [constant_of(value, 10 * abs(deviation / value)) for _, value, deviation in used]
    return sum((exact_or_float(constant) * term for constant, (term, _, _) in zip(constants, used, strict=True)), SR(0)), constants
