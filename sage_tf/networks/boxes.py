r"""
Boxes: what a user gives, and how they are cut

EXAMPLES::

    sage: from sage_tf.networks.boxes import Box
    sage: box = Box.of([(0, 1), (1/3, RIF(pi))], 2)
    sage: bool(box.lo[1] <= 1/3), bool(box.hi[1] >= pi), box.names
    (True, True, ('x0', 'x1'))
"""
import numpy as np
from sage.rings.real_mpfi import RIF, RealIntervalFieldElement
from sage.structure.element import Expression


class Box:
    r"""
    A product of intervals, with a name for each.

    INPUT:

    - ``lo``, ``hi`` -- arrays of floats

    - ``names`` -- tuple of strings

    - ``ends`` -- list of pairs of exact ends, as they were given

    EXAMPLES::

        sage: from sage_tf.networks.boxes import Box
        sage: Box.of((0, 5), 1).names, Box.of([(var('t'), 0, 5)], 1).names, Box.of({'a': (1, 2), 'b': (0, 1)}, 2).names
        (('x',), ('t',), ('a', 'b'))
    """
    def __init__(self, lo, hi, names, ends):
        self.lo, self.hi, self.names, self.ends = lo, hi, names, ends

    @classmethod
    def of(cls, box, count):
        r"""
        Return a box from what a user gives for some number of inputs.

        INPUT:

        - ``box`` -- list of pairs ``(low, high)``, of triples ``(variable, low, high)`` or of intervals, one for each input; a dictionary from variables to
          pairs; for one input, a pair or triple by itself

        - ``count`` -- the number of inputs

        The ends may be any real numbers of Sage or Python; they are rounded outwards.

        Raises ValueError for another number of intervals, for an empty, infinite or undefined one, TypeError for what is no interval.

        TESTS::

            sage: from sage_tf.networks.boxes import Box
            sage: for box in ([(0, 1)], [(0, 1), (1, 0)], [(0, oo), (0, 1)], [(0, 1), 3], [(0, NaN), (0, 1)], [(0, x), (0, 1)]):
            ....:     try: Box.of(box, 2)
            ....:     except (TypeError, ValueError) as error: print(error)
            the box has 1 interval; expected 2, a pair (low, high) for each input
            the box has the interval (1, 0), which is empty; expected low <= high
            the box has the interval (0, +Infinity), which is not bounded; expected finite numbers
            the box has 3 for an interval; expected a pair (low, high)
            the box has the interval (0, NaN), which is not bounded; expected finite numbers
            the box has the interval (0, x), the ends of which are no real numbers
        """
        if isinstance(box, dict):
            box = [(name, *pair) for name, pair in box.items()]
        box = list(box) if isinstance(box, (list, tuple)) else [box]
        if count == 1 and not any(isinstance(part, (list, tuple, RealIntervalFieldElement)) for part in box):
            box = [tuple(box)]
        if len(box) != count:
            raise ValueError(f"the box has {len(box)} interval{'s' * (len(box) != 1)}; expected {count}, a pair (low, high) for each input")
        default = ('x',) if count == 1 else tuple(f'x{k}' for k in range(count))
        triples = [_triple(part, name) for part, name in zip(box, default, strict=True)]
        sides = [_ends(low, high) for _, low, high in triples]
        lo, hi = np.array(sides, float).reshape(-1, 2).T
        return cls(lo, hi, tuple(str(name) for name, _, _ in triples), [(low, high) for _, low, high in triples])

    def rounded(self, dtype):
        """Return lower and upper ends that hold what the inputs are when they are rounded to a dtype."""
        if dtype != 'float32':
            return self.lo[None], self.hi[None]
        return (np.minimum(self.lo, self.lo.astype(np.float32).astype(float))[None],
                np.maximum(self.hi, self.hi.astype(np.float32).astype(float))[None])


def _triple(part, name):
    """Return the name and the ends of an interval."""
    if isinstance(part, RealIntervalFieldElement):
        return name, part.lower(), part.upper()
    if isinstance(part, (list, tuple)) and len(part) == 3 and (isinstance(part[0], str) or isinstance(part[0], Expression) and part[0].is_symbol()):
        return tuple(part)
    if isinstance(part, (list, tuple)) and len(part) == 2:
        return name, *part
    raise TypeError(f"the box has {part} for an interval; expected a pair (low, high)")


def _ends(low, high):
    """Return the floats below and above the ends of an interval."""
    try:
        a, b = RIF(low), RIF(high)
    except (TypeError, ValueError):
        raise TypeError(f"the box has the interval ({low}, {high}), the ends of which are no real numbers") from None
    lo, hi = float(a.lower('RNDD')), float(b.upper('RNDU'))
    if not (np.isfinite(lo) and np.isfinite(hi)):
        raise ValueError(f"the box has the interval ({low}, {high}), which is not bounded; expected finite numbers")
    if a.lower() > b.upper():
        raise ValueError(f"the box has the interval ({low}, {high}), which is empty; expected low <= high")
    return lo, hi


def halves(lo, hi, axes):
    r"""
    Return the halves of boxes, each cut across one axis.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.boxes import halves
        sage: halves(numpy.array([[0.0r, 0.0r]]), numpy.array([[1.0r, 2.0r]]), numpy.array([1r]))
        (array([[0., 0.],
               [0., 1.]]), array([[1., 1.],
               [1., 2.]]))
    """
    rows = np.arange(len(lo))
    middle = lo[rows, axes] / 2 + hi[rows, axes] / 2
    left, right = hi.copy(), lo.copy()
    left[rows, axes] = right[rows, axes] = middle
    return np.concatenate([lo, right]), np.concatenate([left, hi])


def can_be_cut(lo, hi):
    """Return whether there is a float between the ends of some interval of each box, by an axis for each and the truth."""
    width = hi - lo
    axes = width.argmax(axis=1)
    rows = np.arange(len(lo))
    middle = lo[rows, axes] / 2 + hi[rows, axes] / 2
    return (middle > lo[rows, axes]) & (middle < hi[rows, axes])
