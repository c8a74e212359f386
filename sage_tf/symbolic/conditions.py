r"""
Relations as numbers: 1 where they hold, 0 where they do not

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.conditions import Relation
    sage: below = Relation((x < 1).operator()); below
    lt
    sage: t = tf.constant([0.5r, 1.0r, float('nan')])
    sage: below.on_tensors(tf.float32)(t, tf.constant(1.0r)).numpy()
    array([ 1.,  0., nan], dtype=float32)

What compares with NaN is neither true nor false: it is NaN.
"""
import operator
from collections import namedtuple

import tensorflow as tf
from sage.rings.real_mpfi import RealIntervalField
from sage.symbolic.ring import SR

from sage_tf.symbolic.gradients import flat

_COMPARISONS = {operator.lt: tf.less, operator.le: tf.less_equal, operator.gt: tf.greater, operator.ge: tf.greater_equal,
                operator.eq: tf.equal, operator.ne: tf.not_equal}

# Bits to which two constants are compared before Sage is asked to prove that they are equal.
_BITS = 200


class Relation(namedtuple('Relation', 'compare')):
    r"""
    A relation between two expressions, as an operation in a graph.

    INPUT:

    - ``compare`` -- one of Python's six comparisons, such as ``operator.lt``, which are Sage's operators of relations

    Only ``==`` and ``!=`` have a complex form. The derivative is zero, also where the value jumps.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.conditions import Relation
        sage: Relation((x != 1).operator()).on_tensors(tf.complex64)(tf.constant(1r + 0jr), tf.constant(1r + 0jr)).numpy()
        np.complex128(0j)
        sage: Relation((x > 1).operator()).on_tensors(tf.complex64)
        Traceback (most recent call last):
        ...
        NotImplementedError: complex numbers have no order: the relation gt has no form for complex64; ask for a real dtype ...
    """
    __slots__ = ()

    def __repr__(self):
        return self.compare.__name__

    def on_tensors(self, dtype):
        """
        Return the function of two tensors of a dtype.
        """
        if dtype.is_complex and self.compare not in (operator.eq, operator.ne):
            raise NotImplementedError(f"complex numbers have no order: the relation {self!r} has no form for {dtype.name}; ask for "
                                      "a real dtype or compare .real_part()")
        return _as_number(_COMPARISONS[self.compare])

    def simplified(self, graph, args):
        """
        Return the number of a node that stands for the relation, of 1 or 0 if it is between constants, else None.

        EXAMPLES::

            sage: from sage_tf.symbolic.functions import operation
            sage: from sage_tf.symbolic.graph import Graph
            sage: graph = Graph(operation)
            sage: [graph.nodes[graph.read(sin(e, hold=True))].value for e in (SR(pi) > 3, sqrt(2)*sqrt(3) != sqrt(6))]
            [sin(1), 0]
        """
        nodes = [graph.nodes[a] for a in args]
        if any(node.op != 'constant' for node in nodes):
            return None
        holds = _decided(self.compare, *(node.value for node in nodes))
        return None if holds is None else graph.read(SR(int(holds)))


def _as_number(compare):
    """Return a comparison of tensors as one with the values 1 and 0, and NaN where there is a NaN."""
    @flat
    def relation(left, right):
        unordered = tf.not_equal(left, left) | tf.not_equal(right, right)
        number = tf.cast(compare(left, right), left.dtype)
        return tf.where(unordered, tf.constant(float('nan'), left.dtype), number)
    return relation


def _decided(compare, left, right):
    """
    Return whether a relation between two exact constants holds, None if that is not known.

    EXAMPLES::

        sage: import operator
        sage: from sage_tf.symbolic.conditions import _decided
        sage: _decided(operator.lt, pi, SR(22/7)), _decided(operator.ge, sqrt(SR(8)), 2*sqrt(2)), _decided(operator.eq, SR(I), SR(1))
        (True, True, False)
        sage: _decided(operator.lt, SR(I), SR(1)), _decided(operator.lt, SR(1), SR(oo))
        (None, True)
    """
    if left.is_infinity() or right.is_infinity():
        found = bool(compare(left, right))
        return found if left.is_real() and right.is_real() else None
    difference = left - right
    if difference.is_trivial_zero():
        return bool(compare(0, 0))
    try:
        enclosure = RealIntervalField(_BITS)(difference)
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):
        distinct = compare in (operator.eq, operator.ne) and abs(difference.n(_BITS)) > 2.0**-100
        return compare is operator.ne if distinct else None
    if not enclosure.contains_zero():
        return bool(compare(enclosure.lower(), 0))
    return bool(compare(0, 0)) if bool(difference == 0) else None
