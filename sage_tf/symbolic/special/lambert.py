r"""
Lambert's W function and other roots of equations

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.lambert import ROWS
    sage: lambert_w_on = ROWS['lambert_w'].real
    sage: lambert_w_on(tf.constant([0r, -1r], tf.float64), tf.constant(-0.25r, tf.float64)).numpy()     # both real branches
    array([-0.35740296, -2.15329236])
    sage: n(lambert_w(-1/4)), n(lambert_w(-1, -1/4))
    (-0.357402956181389, -2.15329236411035)
"""
from collections import namedtuple
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import on_host


def _no_slope(*tensors):
    """Return the derivative by an argument that takes integers only."""
    return tf.fill(tf.shape(tensors[0]), tf.constant(np.nan, tensors[0].dtype))


# -- Lambert's W -------------------------------------------------------------------------------------------------------

def _lambert(branch, x):
    """Return W on arrays."""
    from scipy.special import lambertw
    found = lambertw(x, np.round(branch.real).astype(int))
    found = np.where(branch == np.round(branch.real), found, np.nan)
    return found if np.iscomplexobj(x) else np.where(found.imag == 0, found.real, np.nan)


def _lambert_slope(branch, x):
    return 1 / (x + tf.exp(_lambert_w(branch, x)))


_lambert_w = on_host(_lambert, _no_slope, _lambert_slope)


# -- real roots --------------------------------------------------------------------------------------------------------

def _root(x, n):
    """Return the real root of integer degree, of negative numbers for odd degrees."""
    odd = tf.math.floormod(n, 2 * tf.ones_like(n)) == 1
    size = tf.pow(tf.abs(x), 1 / n)
    found = tf.where(x < 0, tf.where(odd, -size, tf.constant(np.nan, x.dtype)), size)
    return tf.where((n == tf.round(n)) & (n != 0), found, tf.constant(np.nan, x.dtype))


real_nth_root = differentiable(_root, lambda x, n: real_nth_root(x, n) / (n * x), lambda x, n: _no_slope(n))


# -- exponentials and logarithms ---------------------------------------------------------------------------------------

def _exp_polar(z):
    """Return exp where Sage evaluates ``exp_polar``: for imaginary parts between -pi and pi."""
    height = tf.math.imag(z)
    pi = tf.constant(np.pi, height.dtype)
    return tf.where((height > -pi) & (height <= pi), tf.exp(z), tf.constant(complex(np.nan, np.nan), z.dtype))


def _log_to_base(log, x, base):
    return log(x) / log(base)


# -- roots of polynomials ----------------------------------------------------------------------------------------------

class RootOf(namedtuple('RootOf', 'polynomial index')):
    r"""
    A root of a polynomial, which is a constant for the graph: its variable is bound.

    EXAMPLES::

        sage: from sage_tf.symbolic.tensor_function import TensorFunction
        sage: y = var('y')
        sage: TensorFunction(complex_root_of(x^3 - 2, 0)*y)(1).numpy(), 2^(1/3.)
        (np.float64(1.259921049894...), 1.25992104989487)
    """
    __slots__ = ()
    operands = ()


def root_of(e, inner):
    """
    Return the operation of an expression headed by Sage's ``complex_root_of``.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.lambert import root_of
        sage: root_of(complex_root_of(x^3 - 2, 0), None)
        RootOf(polynomial='x^3 - 2', index=0)
        sage: root_of(complex_root_of(x^3 - 2, 3), None)
        Traceback (most recent call last):
        ...
        ValueError: complex_root_of(x^3 - 2, 3) names no root; expected an index from -3 to 2
    """
    polynomial, index = e.operands()
    degree = polynomial.degree(polynomial.variables()[0])
    if not (index.is_integer() and -degree <= index < degree):
        raise ValueError(f"{e} names no root; expected an index from {-degree} to {degree - 1}")
    return RootOf(str(polynomial), int(index))


ROWS = {
    'lambert_w': Row(_lambert_w, _lambert_w, 2, 'host'),
    'real_nth_root': Row(real_nth_root, None, 2, 'composition'),
    'exp_polar': Row(tf.exp, _exp_polar, 1, 'composition'),
    'logb': Row(partial(_log_to_base, tf.math.log), partial(_log_to_base, cx.log), 2, 'composition'),
    'complex_root_of': Row(None, None, 2, 'compound', 'a constant, evaluated to 200 bits by Sage'),
}
COMPOUNDS = {'complex_root_of': root_of}
