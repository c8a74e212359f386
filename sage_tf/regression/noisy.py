r"""
Laws for data with noise

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.monomials import Monomials
    sage: from sage_tf.regression.noisy import noisy_laws, pools_of
    sage: from sage_tf.regression.problem import Problem
    sage: from sage_tf.regression.reduction import Reduction
    sage: rng = numpy.random.default_rng(1r)
    sage: X = rng.uniform(1, 3, (400r, 3r))
    sage: y = X[:, 0]*numpy.exp(-X[:, 1]/2)/X[:, 2]; y += rng.normal(0, 0.03r, 400r)
    sage: problem = Problem.of(X, y)
    sage: pools = pools_of(problem, Monomials(X[:300r]))
    sage: laws = noisy_laws(problem, Reduction(problem), pools, slice(3r), lambda: False)
    sage: min(laws, key=lambda law: law.error*1.02^law.complexity).expression
    x0*e^(-1/2*x1)/x2

ALGORITHM:

The problem is first reduced, where the data suggest it (:mod:`~sage_tf.regression.separation`). The values, or a simple function of them divided
by a power of a variable, are to be a sum of few features, a product of their powers, or such a product times an exponential
(:mod:`~sage_tf.regression.chains`).
The best of all forms, by description length, become laws with the exact constants that the noise allows (:func:`~sage_tf.regression.intervals.snapped_law`).
"""
import numpy as np

from sage_tf.regression.chains import Pools, chains
from sage_tf.regression.constants import recognized
from sage_tf.regression.intervals import Fit, parametrized, snapped_law
from sage_tf.regression.law import EXACT, exact_or_float, law_of
from sage_tf.regression.separation import roughness

ROWS = 300                                                      # points of the scans
WRITTEN = 5                                                     # forms of a chain that become laws
CERTAIN = 1e-11                                                 # relative uncertainty of constants where there is no noise
MOST_POINTS = 5000                                              # that constants are fitted to
REACH = 60                                                      # bits above the best form, to which others are written


def pools_of(problem, pool):
    """
    Return the features that :func:`noisy_laws` chooses of.

    INPUT:

    - ``problem`` -- the :class:`~sage_tf.regression.problem.Problem` of a reduction

    - ``pool`` -- features of it, with their values at the first :data:`ROWS` points
    """
    return Pools(problem.rows(slice(MOST_POINTS)), pool)


def noisy_laws(problem, reduction, pools, part, over):
    """
    Yield the laws that are best for data with noise.

    INPUT:

    - ``problem`` -- a :class:`~sage_tf.regression.problem.Problem`

    - ``reduction`` -- :class:`~sage_tf.regression.reduction.Reduction` of it, or one that changes nothing

    - ``pools`` -- :class:`~sage_tf.regression.chains.Pools` of the reduction's problem

    - ``part`` -- slice of the :func:`~sage_tf.regression.chains.chains`

    - ``over`` -- function that tells whether the time is over
    """
    problem, smaller, best, seen = problem.rows(slice(MOST_POINTS)), pools.problem, np.inf, set()
    noise = roughness(smaller)
    for chain in list(chains(smaller))[part]:
        if over():
            return
        forms = sorted(chain.forms(pools, noise, over), key=lambda form: form[0])
        best = min([best, *(bits for bits, *_ in forms[:1])])
        noise = min([noise, *((form.loss / len(problem.y))**0.5 for _, form, _ in forms)])
        for bits, form, terms in [form for form in forms if form[0] < best + REACH][:WRITTEN]:
            key = round(form.loss / np.square(problem.y).sum(), 12), round(bits, 1)
            if over():
                return
            if key not in seen and (law := finished(problem, reduction.law(chain.written(form, terms, pools)))):
                yield law
            seen.add(key)


def finished(problem, expression):
    """
    Return the law with exact constants where the data allow them, ``None`` if it has no values.

    EXAMPLES::

        sage: from sage_tf.regression.noisy import finished
        sage: from sage_tf.regression.problem import Problem
        sage: problem = Problem.of([[1], [2], [3], [4]], [pi.n(), 4*pi.n(), 9*pi.n(), 16*pi.n()], variables='t')
        sage: finished(problem, 3.1415*problem.variables[0]^2)
        pi*t^2 (relative error ...)
    """
    try:
        model, start = parametrized(expression)
        fit = Fit(problem, model, start)
        if fit.least > EXACT**2 * np.sum(np.square(fit.weighted)):
            expression, constants = snapped_law(problem, expression)
        else:                                                   # no noise, so that all digits are known
            constants = [recognized(value, CERTAIN) for value in fit.values]
            expression = model.subs(dict(zip(start, map(exact_or_float, constants), strict=True)))
    except (ValueError, np.linalg.LinAlgError):
        constants = []
    return law_of(problem, expression, constants)
