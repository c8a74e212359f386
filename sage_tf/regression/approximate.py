r"""
Laws for data with noise: the few features of very many that explain most

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.approximate import selected
    sage: rng = numpy.random.default_rng(int(1))
    sage: features = rng.normal(size=(2000r, 200r))
    sage: target = 3r*features[17r] - features[503r] + rng.normal(size=200r)/10r
    sage: next(chosen for chosen in selected(features, target, beam=8r, most=2r) if len(chosen) == 2r)
    (17, 503)

ALGORITHM:

Forward selection with a beam: of every set of features the best continuations are those most correlated with what the set leaves unexplained; the
best sets of each size are kept. Of the set that is chosen the terms that are insignificant are left out, and exponents are brought to halves.
"""
import numpy as np
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.law import law_of

BEAM, MOST = 24, 3                                              # sets of features that are kept; features of a set
CONTINUED = 6                                                   # continuations of each
SIGNIFICANT = 4                                                 # standard deviations, from which a term counts


def selected(features, target, beam=BEAM, most=MOST):
    """
    Yield the best sets of rows of ``features`` whose span is near the target, those of one row first; a constant is taken for granted.
    """
    centred = features - features.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1)
    useful = np.nonzero(np.isfinite(lengths) & (lengths > 1e-9 * np.linalg.norm(features, axis=1)))[0]
    units, goal = centred[useful] / lengths[useful, None], target - target.mean()
    sets = [()]
    for _ in range(most):
        found = {}
        for chosen in sets:
            for continued in _continuations(units, goal, chosen):
                key = tuple(sorted((*chosen, continued)))
                if key not in found:
                    found[key] = _unexplained(units[list(key)], goal)
        sets = sorted(found, key=lambda key: (found[key], key))[:beam]
        for key in sets:
            yield tuple(useful[list(key)].tolist())


def _continuations(units, goal, chosen):
    """Return the rows that explain most of what the chosen ones do not."""
    if not chosen:
        scores = np.abs(units @ goal)
        return np.argsort(-scores, kind='stable')[:CONTINUED * 10].tolist()
    basis, _ = np.linalg.qr(units[list(chosen)].T)
    rest = goal - basis @ (basis.T @ goal)
    left = 1 - np.square(units @ basis).sum(axis=1)             # of the square of each row, outside of the span
    scores = np.abs(units @ rest) / np.sqrt(np.maximum(left, 1e-6))
    scores[left < 1e-6] = 0
    return np.argsort(-scores, kind='stable')[:CONTINUED].tolist()


def _unexplained(rows, goal):
    """Return the square of what a span leaves of the goal."""
    coefficients, *_ = np.linalg.lstsq(rows.T, goal, rcond=None)
    return float(np.square(goal - rows.T @ coefficients).sum())


def approximate_sums(problem, pool, transform, rows, over):
    """
    Yield the laws ``T(y) = c + a*f + b*g + ...`` with the features that explain most.

    INPUT:

    - ``pool`` -- features with their values at the first ``rows`` points
    """
    with np.errstate(all='ignore'):
        target = transform.function(problem.y)
    if not np.isfinite(target).all():
        return
    for chosen in _thinned(selected(pool.values, target[:rows])):
        if over():
            return
        columns = np.column_stack([np.ones(len(target)), *[pool.evaluate(k, problem.X) for k in chosen]])
        terms = [SR(1), *[pool.expression(k, problem.variables) for k in chosen]]
        coefficients, kept = significant(columns, target)
        inner = SR(0).add(*[SR(float(c)) * terms[k] for c, k in zip(coefficients, kept, strict=True)])
        if law := law_of(problem, transform.inverse(inner)):
            yield law


def approximate_products(problem, pool, rows, over):
    """
    Yield the laws ``y = c * f^p * g^q * ...`` with the features that explain most of the logarithm, and exponents that are halves.
    """
    if not problem.y.all():
        return
    target = np.log(np.abs(problem.y))
    with np.errstate(all='ignore'):
        values = np.log(np.abs(pool.values))
    values = np.where(np.isfinite(values).all(axis=1, keepdims=True), values, 0)
    for chosen in _thinned(selected(values, target[:rows])):
        if over():
            return
        factors = [pool.evaluate(k, problem.X) for k in chosen]
        logarithms = np.column_stack([np.ones(len(target)), *[np.log(np.abs(f)) for f in factors]])
        coefficients, *_ = np.linalg.lstsq(logarithms, target, rcond=None)
        powers = [QQ(round(2 * c)) / 2 for c in coefficients[1:]]
        if any(p.denominator() > 1 and (f < 0).any() for p, f in zip(powers, factors, strict=True)):
            continue
        shape = np.prod([f**float(p) for p, f in zip(powers, factors, strict=True)], axis=0)
        scale = (problem.y @ shape) / (shape @ shape)
        expression = SR(float(scale)).mul(*[pool.expression(k, problem.variables)**p for k, p in zip(chosen, powers, strict=True)])
        if np.isfinite(scale) and scale and (law := law_of(problem, expression)):
            yield law


def _thinned(sets, each=4):
    """Return the first few sets of each size: looking closely at a law takes longer than finding it."""
    counts = {}
    for chosen in sets:
        counts[len(chosen)] = counts.get(len(chosen), 0) + 1
        if counts[len(chosen)] <= each:
            yield chosen


def significant(columns, target):
    """
    Return the coefficients of a least squares fit and the numbers of their columns, without those that are insignificant.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.approximate import significant
        sage: rng = numpy.random.default_rng(int(1))
        sage: columns = rng.normal(size=(100r, 3r))
        sage: coefficients, kept = significant(columns, 2r*columns[:, 1] + rng.normal(size=100r)/100r)
        sage: kept, bool(abs(coefficients[0] - 2) < 0.01)
        ([1], True)
    """
    kept = list(range(columns.shape[1]))
    while True:
        scale = np.linalg.norm(columns[:, kept], axis=0)
        matrix = columns[:, kept] / scale
        found, *_ = np.linalg.lstsq(matrix, target, rcond=None)
        variance = np.square(target - matrix @ found).sum() / max(1, len(target) - len(kept))
        deviations = np.sqrt(variance * np.abs(np.diagonal(np.linalg.pinv(matrix.T @ matrix))))
        weakest = int(np.argmin(np.abs(found) / np.maximum(deviations, 1e-300)))
        if len(kept) == 1 or abs(found[weakest]) >= SIGNIFICANT * deviations[weakest]:
            return found / scale, kept
        del kept[weakest]
