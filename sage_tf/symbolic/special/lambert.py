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

ALGORITHM:

The real branches of W by Halley's method, and by the series about -1/e next to it, where 1 + e*x is made of 1/e in two parts.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 4.13, https://dlmf.nist.gov/4.13
"""
from collections import namedtuple
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.double import in_double, nan_like, no_slope
from sage_tf.symbolic.special.host import on_host

# -- Lambert's W -------------------------------------------------------------------------------------------------------

# 1/e, what e times that lacks to 1, and the series of W about -1/e in powers of sqrt(2*(1 + e*x)).
_INVERSE_E, _LACK = 0.36787944117144233, 3.378485525913422e-17
_SERIES = (-1, 1, -1/3, 11/72, -43/540, 769/17280, -221/8505, 680863/43545600, -1963/204120, 226287557/37623398400)

_STEPS = 4


def _real_w(branch, x):
    """Return the real branches 0 and -1 of W, by Halley's method on ``w - x*exp(-w)``."""
    lower = branch == -1
    gap = (x + _INVERSE_E) + _LACK * x                          # two constants in a row XLA would add first
    root = tf.sqrt(2 * np.e * gap)
    w = tf.where(lower, _lower_guess(x, root), _upper_guess(x, root))
    logarithm = tf.math.log(tf.where(lower, -x, tf.ones_like(x)))
    for _ in range(_STEPS):
        w = _halley(w, tf.where(lower, -tf.exp(logarithm - w), x * tf.exp(-w)))
    near = _series(tf.where(lower, -root, root))
    w = tf.where(root < 0.02, near, w)
    w = tf.where(lower, tf.where(x == 0, tf.constant(-np.inf, x.dtype), w), tf.where(tf.math.is_inf(x), x, w))
    return tf.where((gap >= 0) & (branch == 0) | (lower & (x <= 0)), w, nan_like(w))


def _halley(w, quotient):
    """Return the next approximation to the zero of w less a quotient ``x*exp(-w)``."""
    difference, slope = w - quotient, 1 + w
    return w - difference / (slope - (1 + slope) * difference / (2 * slope))


def _series(root):
    total = tf.zeros_like(root)
    for c in reversed(_SERIES):
        total = total * root + c
    return total


def _upper_guess(x, root):
    """Return the principal branch to some digits."""
    size = tf.where(x > -0.3, x, tf.zeros_like(x))
    first = tf.math.log1p(size)
    return tf.where(x > -0.3, first * (1 - tf.math.log1p(first) / (2 + first)), _series(root))


def _lower_guess(x, root):
    """Return the branch -1 to some digits."""
    inside = (x > -0.25) & (x < 0)
    first = tf.math.log(tf.where(inside, -x, tf.constant(0.1, x.dtype)))
    second = tf.math.log(-first)
    return tf.where(inside, first - second + second / first, _series(-root))


def _lambert(branch, z):
    """Return W on arrays of complex numbers; the sign of a zero does not choose the side of the cut."""
    from scipy.special import lambertw
    found = lambertw(z + 0, np.round(branch.real).astype(int))
    return np.where(branch == np.round(branch.real), found, np.nan)


def _real_slope(branch, x):
    w = _real_branch(branch, x)
    return tf.exp(-w) / (1 + w)


def _complex_slope(branch, z):
    w = _complex_branch(branch, z)
    return tf.exp(-w) / (1 + w)


_real_branch = differentiable(_real_w, no_slope, _real_slope)
_complex_branch = on_host(_lambert, no_slope, _complex_slope)


# -- real roots --------------------------------------------------------------------------------------------------------

def _root(x, n):
    """Return the real root of integer degree, of negative numbers for odd degrees."""
    size = tf.abs(x)
    odd = tf.math.floormod(n, 2 * tf.ones_like(n)) == 1
    found = tf.pow(size, 1 / n)
    step = found * (1 - size / tf.pow(found, n)) / n            # for 1/n is rounded
    found = tf.where(tf.math.is_finite(step), found - step, found)
    is_root = (n == tf.round(n)) & (n != 0) & (odd | (x >= 0))
    return tf.where(is_root, tf.where(x < 0, -found, found), nan_like(x))


def _root_slope(x, n):
    return tf.pow(tf.abs(real_nth_root(x, n)), 1 - n) / n


real_nth_root = differentiable(_root, _root_slope, no_slope)


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
        sage: root_of(complex_root_of(x^3 - pi, 0), None)
        Traceback (most recent call last):
        ...
        NotImplementedError: Sage has no value of complex_root_of(-pi + x^3, 0) (only univariate polynomials are allowed);
        expected a polynomial with rational coefficients
    """
    polynomial, index = e.operands()
    degree = polynomial.degree(polynomial.variables()[0])
    if not (index.is_integer() and -degree <= index < degree):
        raise ValueError(f"{e} names no root; expected an index from {-degree} to {degree - 1}")
    try:
        e.n()
    except Exception as error:                                  # SymPy's are of many kinds
        raise NotImplementedError(f"Sage has no value of {e} ({error}); expected a polynomial with rational coefficients") from error
    return RootOf(str(polynomial), int(index))


ROWS = {
    'lambert_w': Row(in_double(_real_branch), _complex_branch, 2, 'composition',
                     'the real branches are 0 and -1; complex arguments on the host; no derivative by the branch'),
    'real_nth_root': Row(in_double(real_nth_root), None, 2, 'composition', 'no derivative by the degree, an integer'),
    'exp_polar': Row(tf.exp, _exp_polar, 1, 'composition'),
    'logb': Row(partial(_log_to_base, tf.math.log), partial(_log_to_base, cx.log), 2, 'composition'),
    'complex_root_of': Row(None, None, 2, 'compound', 'a constant, evaluated to 200 bits by Sage'),
}
COMPOUNDS = {'complex_root_of': root_of}
