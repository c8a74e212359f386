r"""
One or two features of very many that give the values, found at once

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.lookups import pairs_spanning, singles_spanning
    sage: rng = numpy.random.default_rng(int(1))
    sage: features = rng.normal(size=(1000r, 48r))
    sage: target = 3r*features[17r] - features[503r]
    sage: pairs_spanning(features, target)
    [(17, 503)]
    sage: singles_spanning(features, features[7r])
    [7]

ALGORITHM:

Every feature, rid of its part along the target and normalized, is a point on a sphere. Two features span a plane with the target in it if and only if
these points are equal up to sign. Projected on a random direction and sorted, equal points are neighbours.
"""
import numpy as np

MOST = 20                                                       # pairs that are returned
PARALLEL = 1e-12                                                # of one minus a cosine
CLOSE = 1e-7                                                    # of points on the sphere


def projected(vectors, basis):
    """
    Return vectors without their parts in the space spanned by a basis; both are arrays of rows.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.lookups import projected
        sage: projected(numpy.array([[3.0r, 4.0r]]), numpy.array([[2.0r, 0.0r]]))
        array([[0., 4.]])
    """
    q, _ = np.linalg.qr(basis.T)
    return vectors - (vectors @ q) @ q.T


def singles_spanning(features, target, sizes=None):
    r"""
    Return the numbers of the rows of ``features`` that are multiples of the target, the simplest first.
    """
    norms = np.linalg.norm(features, axis=1)
    with np.errstate(all='ignore'):
        cosines = np.abs(features @ target) / (norms * np.linalg.norm(target))
    found = np.nonzero(cosines > 1 - PARALLEL)[0]
    return sorted(found.tolist(), key=lambda k: (0 if sizes is None else sizes[k], k))


def pairs_spanning(features, target, sizes=None):
    r"""
    Return pairs of rows of ``features`` that have the target in their span, the simplest first.
    """
    unit = target / np.linalg.norm(target)
    norms = np.linalg.norm(features, axis=1)
    rest = features - np.outer(features @ unit, unit)
    lengths = np.linalg.norm(rest, axis=1)
    kept = np.nonzero(lengths > 1e-6 * norms)[0]
    points = rest[kept] / lengths[kept, None]
    marks = points @ np.random.default_rng(1).normal(size=len(target))
    points *= np.sign(marks)[:, None]
    order = np.argsort(np.abs(marks))
    close = np.nonzero(np.diff(np.abs(marks)[order]) < 1e-2 * CLOSE)[0]
    first, second = order[close], order[close + 1]
    agree = np.abs(points[first] - points[second]).max(axis=1) < CLOSE if len(close) else np.zeros(0, bool)
    found = []
    for i, j in zip(kept[first[agree]].tolist(), kept[second[agree]].tolist(), strict=True):
        if abs(features[i] @ features[j]) < (1 - 1e-9) * norms[i] * norms[j]:       # two of one direction say nothing of a third
            found.append((0 if sizes is None else int(sizes[i] + sizes[j]), min(i, j), max(i, j)))
    return [(i, j) for _, i, j in sorted(found)[:MOST]]
