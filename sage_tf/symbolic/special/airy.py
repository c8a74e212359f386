r"""
Airy functions on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.airy import ROWS
    sage: ROWS['airy_ai'].real(tf.constant([0.0r, 2.0r], tf.float64)).numpy()
    array([0.35502805, 0.03492413])
    sage: n(airy_ai(0)), n(airy_ai(2))
    (0.355028053887817, 0.0349241304232744)

REFERENCES: DLMF 9.2.1, 9.7
"""
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath, on_host


def _by_scipy(number, z):
    """Return the values at an array of the function that SciPy's ``airy`` returns in a place."""
    from scipy import special
    return special.airy(z)[number]


def _pair(number):
    """Return an Airy function and its derivative, as functions of tensors."""
    value = on_host(partial(_by_scipy, number), lambda z: slope(z))
    slope = on_host(partial(_by_scipy, number + 1), lambda z: z * value(z))
    return value, slope


def _derivative(name, order, z):
    """
    Return a derivative or an iterated integral of an Airy function of mpmath; there are those of integer order.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.airy import _derivative
        sage: _derivative('airyai', mpmath.mpf(-1), mpmath.mpf(1))
        mpf('0.236317341917...')
        sage: numerical_integral(airy_ai(x), 0, 1)[0]
        0.236317341917...
    """
    import mpmath
    return getattr(mpmath, name)(z, derivative=int(mpmath.re(order))) if mpmath.isint(order) else mpmath.nan


def _general(name):
    """Return an Airy function of an order of differentiation and an argument, on tensors."""
    def slope(order, z):
        return found(order + 1, z)

    def none(order, z):
        return tf.fill(tf.shape(order), tf.constant(np.nan, order.dtype))

    found = by_mpmath(partial(_derivative, name), 2, partials=(none, slope))
    return found


_AI, _AI_PRIME = _pair(0)
_BI, _BI_PRIME = _pair(2)
_NOTE = 'the first argument is the order of differentiation, an integer; there is no derivative by it'

ROWS = {
    'airy_ai': Row(_AI, _AI, 1, 'host'),
    'airy_ai_prime': Row(_AI_PRIME, _AI_PRIME, 1, 'host'),
    'airy_bi': Row(_BI, _BI, 1, 'host'),
    'airy_bi_prime': Row(_BI_PRIME, _BI_PRIME, 1, 'host'),
    'airy_ai_general': Row(*2 * [_general('airyai')], 2, 'host', _NOTE),
    'airy_bi_general': Row(*2 * [_general('airybi')], 2, 'host', _NOTE),
}
