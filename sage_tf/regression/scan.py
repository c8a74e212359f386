r"""
The few features of very many that explain values best

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.scan import Scan
    sage: rng = numpy.random.default_rng(1r)
    sage: features = rng.normal(size=(2000r, 200r))
    sage: target = 3r*features[17r] - features[503r] + rng.normal(size=200r)/10r
    sage: scan = Scan(features, numpy.ones(2000r))
    sage: min(scan.best(target, numpy.ones((1r, 200r))))[1]
    (17, 503)

ALGORITHM:

Least squares with some columns that are always there. What one more feature explains takes one product with the matrix of all features; what two more
explain has a closed form in the cosines between them, and is computed for all pairs of those features that are simplest or explain most alone. The best
pairs are continued by one feature at a time.

Sets of features are ranked by the bits of the residuals and of the features, see :mod:`~sage_tf.regression.description`.
"""
import numpy as np

BLOCK = 20000                                                   # features in one product of matrices
SINGLES, PAIRS, BEAM = 40, 40, 12                               # sets that are kept, and continued
CONTINUED = 60                                                  # features that a set is continued by
PAIRED = 3000                                                   # features of which all pairs are looked at
FLAT = 1e-9                                                     # share of a feature that is left when it is no news
SOME = 1e-6                                                     # the same, where many features follow each other
NODE_BITS = 4.3                                                 # of a node of a feature


class Scan:
    r"""
    Features at some points.

    INPUT:

    - ``values`` -- array of shape (features, points); rows with NaN or infinity have no part

    - ``sizes`` -- their numbers of nodes

    - ``beam`` -- how many sets of each size are continued
    """
    def __init__(self, values, sizes, beam=BEAM):
        self.values, self.sizes, self.beam = values, np.asarray(sizes, dtype=float), beam

    def best(self, target, basis, roots=None, most=3, over=lambda: False):
        r"""
        Return the best sets of up to ``most`` features.

        INPUT:

        - ``target`` -- array of shape (points,)

        - ``basis`` -- array of shape (columns, points) of what is there beside the features

        - ``roots`` -- square roots of the weights of the points (default: 1)

        OUTPUT: list of pairs, the bits and the tuple of the numbers of the features
        """
        roots = np.ones(len(target)) if roots is None else roots
        q, _ = np.linalg.qr((basis * roots).T)
        rest = target * roots
        rest = rest - q @ (q.T @ rest)
        whole = float(rest @ rest)
        if not whole > 0:
            return []
        gains, points = self._gains(rest, q, roots), np.count_nonzero(roots)
        strongest = np.argsort(-gains, kind='stable')[:10 * SINGLES].tolist()
        found = sorted((self._bits(whole - gains[k], (k,), whole, points), (k,)) for k in strongest)[:SINGLES]
        if most > 1 and not over():
            pairs = self._pairs(rest, q, roots, gains, whole)
            found += pairs
            for _ in range(most - 2):
                if over():
                    break
                pairs = self._continued([chosen for _, chosen in pairs[:self.beam]], rest, q, roots, whole)
                found += pairs
        return found

    def greedy(self, target, basis, roots, most):
        """
        Return the numbers of up to ``most`` features, each the one that explains most beside those before it.

        EXAMPLES::

            sage: import numpy
            sage: from sage_tf.regression.scan import Scan
            sage: features = numpy.random.default_rng(1r).normal(size=(100r, 60r))
            sage: Scan(features, numpy.ones(100r)).greedy(features[3r] + features[50r]/2, numpy.ones((1r, 60r)), numpy.ones(60r), 2r)
            [3, 50]
        """
        q, _ = np.linalg.qr((basis * roots).T)
        rows, rest = self.values * roots, target * roots
        lengths = np.square(rows).sum(axis=1)
        rows, rest, chosen = rows - (rows @ q) @ q.T, rest - q @ (q.T @ rest), []
        for _ in range(min(most, len(rows))):
            left = np.square(rows).sum(axis=1)
            with np.errstate(all='ignore'):
                gains = np.where(left > SOME * lengths, np.square(rows @ rest) / left, 0)
            k = int(np.argmax(gains))
            if not gains[k] > 0:
                break
            chosen.append(k)
            unit = rows[k] / left[k]**0.5
            rest, rows = rest - (rest @ unit) * unit, rows - np.outer(rows @ unit, unit)
        return chosen

    def _gains(self, rest, q, roots):
        """Return by how much each feature lessens the sum of squares."""
        return self._gains_beside(q, roots, [(rest, q[:, :0])])[0]

    def _gains_beside(self, q, roots, sets):
        """
        Return by how much each feature lessens the sum of squares beside each of some sets, given by what these leave, and an orthonormal basis
        of what they add to the columns of ``q``.
        """
        widths = np.cumsum([0, q.shape[1], *(1 + basis.shape[1] for _, basis in sets)])
        weighted = np.column_stack([q, *(part for rest, basis in sets for part in (rest, basis))]) * roots[:, None]
        squares, gains = roots**2, np.zeros((len(sets), len(self.values)))
        for start in range(0, len(self.values), BLOCK):
            with np.errstate(all='ignore'):
                block = self.values[start:start + BLOCK]
                products = block @ weighted
                lengths = np.square(block) @ squares
                left = lengths - np.square(products[:, :widths[1]]).sum(axis=1)
                for k in range(len(sets)):
                    first, end = widths[k + 1], widths[k + 2]
                    here = left - np.square(products[:, first + 1:end]).sum(axis=1)
                    gain = np.square(products[:, first]) / here
                    gain[~(here > FLAT * lengths) | ~np.isfinite(gain)] = 0
                    gains[k, start:start + BLOCK] = gain
        return gains

    def _bits(self, left, chosen, whole, points):
        share = max(left / whole, 1e-24)
        return float(points / 2 * np.log2(share) + NODE_BITS * self.sizes[list(chosen)].sum() + 10 * len(chosen))

    def _pairs(self, rest, q, roots, gains, whole):
        """Return the best pairs with their bits."""
        simplest = np.argsort(self.sizes + 1e6 * (gains == 0), kind='stable')[:PAIRED // 2]
        chosen = np.union1d(simplest, np.argsort(-gains, kind='stable')[:PAIRED // 2])
        chosen = chosen[gains[chosen] > 0]
        rows = self.values[chosen] * roots
        rows -= (rows @ q) @ q.T
        rows /= np.linalg.norm(rows, axis=1)[:, None]
        along, sizes = rows @ (rest / whole**0.5), self.sizes[chosen]
        found, points = [], np.count_nonzero(roots)
        for start in range(0, len(chosen), 500):
            cosines = rows[start:start + 500] @ rows[start:].T
            with np.errstate(all='ignore'):
                a, b = along[start:start + 500, None], along[None, start:]
                explained = (a * a + b * b - 2 * cosines * a * b) / (1 - cosines**2)
                explained[~(cosines**2 < 1 - 1e-8)] = 0
                bits = points / 2 * np.log2(np.maximum(1 - explained, 1e-24))
            bits += NODE_BITS * (sizes[start:start + 500, None] + sizes[None, start:])
            best = np.argpartition(bits, min(max(PAIRS, self.beam), bits.size - 1), axis=None)[:max(PAIRS, self.beam)]
            found += [(float(bits.flat[k]) + 20, tuple(sorted((int(chosen[start + k // bits.shape[1]]), int(chosen[start + k % bits.shape[1]])))))
                      for k in best.tolist()]
        return sorted(set(found))[:max(PAIRS, self.beam)]

    def _continued(self, sets, rest, q, roots, whole):
        """Return the best sets with one feature more, with their bits."""
        bases, found = [], {}
        for chosen in sets:
            rows = self.values[list(chosen)] * roots
            added, _ = np.linalg.qr((rows - (rows @ q) @ q.T).T)
            bases.append((rest - added @ (added.T @ rest), added))
        for chosen, (left, _), gains in zip(sets, bases, self._gains_beside(q, roots, bases), strict=True):
            for k in np.argpartition(-gains, CONTINUED)[:CONTINUED].tolist() if len(gains) > CONTINUED else range(len(gains)):
                if k not in chosen:
                    key = tuple(sorted((*chosen, k)))
                    found[key] = self._bits(left @ left - gains[k], key, whole, np.count_nonzero(roots))
        return sorted((bits, key) for key, bits in found.items())[:max(PAIRS, self.beam)]
