r"""
Powers with a constant exponent or base

A power with a constant exponent is differentiated by its own rule, so that value and derivative are right at 0 and at
negative bases and neither overflows on the way.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.powers import power_function
    sage: cube_root = power_function(1/3, tf.float64)
    sage: cube_root(tf.constant([8r, 0r, -8r], tf.float64)).numpy()             # as a real function, only for x >= 0
    array([ 2.,  0., nan])
"""
from functools import reduce

import tensorflow as tf
from sage.rings.integer import Integer
from sage.rings.integer_ring import ZZ
from sage.rings.rational import Rational
from sage.symbolic.ring import SR

from sage_tf.conversion.rounding import is_real, round_number
from sage_tf.symbolic import complex as cx
from sage_tf.symbolic import real as re
from sage_tf.symbolic.gradients import differentiable, flat
from sage_tf.symbolic.vectorized.power import power as vectorized_power

# Up to here a power is a product: a multiplication costs a fraction of TensorFlow's pow but adds to the rounding error.
LARGEST_PRODUCT = 64


def rational(value):
    r"""
    Return an exact constant as an element of ZZ or QQ, or None if it is not rational.

    EXAMPLES::

        sage: from sage_tf.symbolic.powers import rational
        sage: rational(SR(2)), rational(SR(1)/2), rational(SR(pi))
        (2, 1/2, None)
    """
    number = value.pyobject() if value.is_numeric() else None
    if isinstance(number, Rational):
        return number.numerator() if number.denominator() == 1 else number
    return number if isinstance(number, Integer) else None


def product_power(x, n):
    r"""
    Return the power of a tensor with an exponent of at least 0, by products.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.powers import product_power
        sage: product_power(tf.constant([-2.0r, 0.0r]), 5).numpy()
        array([-32.,   0.], dtype=float32)
    """
    result = None if n else tf.ones_like(x)
    while n:
        if n & 1:
            result = x if result is None else result * x
        n >>= 1
        x = x * x if n else x
    return result


def power_function(exponent, dtype, vectorized=False):
    r"""
    Return the function ``x -> x^exponent`` on tensors of a dtype.

    INPUT:

    - ``exponent`` -- exact constant; TypeError if it is not real but the dtype is

    - ``dtype`` -- real or complex floating ``tf.DType``

    - ``vectorized`` -- whether it is for XLA on a CPU (default: ``False``)

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.powers import power_function
        sage: x = tf.constant([0.0r, 4.0r], tf.float64)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(x)
        ....:     y = power_function(3/2, tf.float64)(x)
        sage: y.numpy(), tape.gradient(y, x).numpy()
        (array([0., 8.]), array([0., 3.]))
    """
    exponent = SR(exponent)
    ratio = rational(exponent)
    if ratio == 0:
        return flat(tf.ones_like)
    if ratio == 1:
        return tf.identity
    if ratio == -1:
        return tf.math.reciprocal
    if ratio is not None and 2 * ratio == 1:
        return cx.sqrt if dtype.is_complex else tf.sqrt
    value = _power_value(exponent, ratio, dtype, vectorized)

    def derivative(x):
        # The factor is made here, as a part of the graph that is being traced.
        return tf.constant(round_number(exponent, dtype)) * power_function(exponent - 1, dtype, vectorized)(x)

    return differentiable(value, derivative)


def _power_value(exponent, ratio, dtype, vectorized=False):
    """
    Return the function ``x -> x^exponent`` without regard to derivatives.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.powers import _power_value
        sage: _power_value(SR(2^24 + 1), 2^24 + 1, tf.float32)(tf.constant(-1.0r)).numpy()
        np.float32(-1.0)
        sage: _power_value(SR(-3/2), -3/2, tf.float64)(tf.constant(4.0r, tf.float64)).numpy()
        np.float64(0.125)
    """
    rounded = round_number(exponent, dtype)
    if isinstance(ratio, Integer) and (abs(ratio) <= LARGEST_PRODUCT or int(rounded.real) != ratio):
        n = abs(int(ratio))
        return (lambda x: product_power(x, n)) if ratio > 0 else (lambda x: 1 / product_power(x, n))
    if ratio is not None and 4 * ratio in ZZ and abs(ratio) <= LARGEST_PRODUCT:
        quarters = int(4 * abs(ratio))
        return (lambda x: _root_power(x, quarters)) if ratio > 0 else (lambda x: 1 / _root_power(x, quarters))
    power = _plain_power(dtype, vectorized)
    return lambda x: power(x, tf.constant(rounded))


def _root_power(x, quarters):
    """Return ``x^(quarters/4)`` by products and square roots; a real one loses the sign of zero."""
    n, rest = divmod(quarters, 4)
    root = cx.sqrt if x.dtype.is_complex else tf.sqrt
    half = root(x)
    factors = [product_power(x, n)] * (n > 0) + [half] * (rest // 2) + [root(half)] * (rest % 2)
    power = reduce(tf.multiply, factors)
    return power if x.dtype.is_complex else tf.abs(power)


def _plain_power(dtype, vectorized):
    """Return the function of two tensors that computes powers, without regard to derivatives."""
    return cx.power if dtype.is_complex else vectorized_power if vectorized else tf.pow


def exponential_function(base, dtype, vectorized=False):
    r"""
    Return the function ``y -> base^y`` on tensors of a dtype.

    INPUT:

    - ``base`` -- exact constant; TypeError if it is not real but the dtype is

    - ``dtype`` -- real or complex floating ``tf.DType``

    - ``vectorized`` -- whether it is for XLA on a CPU (default: ``False``)

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.powers import exponential_function
        sage: y = tf.constant([0.0r, -1.0r], tf.float64)
        sage: with tf.GradientTape() as tape:
        ....:     tape.watch(y)
        ....:     z = exponential_function(2, tf.float64)(y)
        sage: z.numpy(), tape.gradient(z, y).numpy()
        (array([1. , 0.5]), array([0.69314718, 0.34657359]))
    """
    base = SR(base)
    rounded = round_number(base, dtype)
    general = general_power(dtype, vectorized)
    if not (is_real(base) and rounded.real > 0):
        return lambda y: general(tf.constant(rounded), y)

    def derivative(y):
        return tf.constant(round_number(base.log(), dtype)) * function(y)

    plain = _plain_power(dtype, vectorized)
    function = differentiable(lambda y: plain(tf.constant(rounded), y), derivative)
    return function


def general_power(dtype, vectorized=False):
    r"""
    Return the function ``(x, y) -> x^y`` on tensors of a dtype.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.powers import general_power
        sage: general_power(tf.float32)(tf.constant(2.0r), tf.constant([3.0r, -1.0r])).numpy()
        array([8. , 0.5], dtype=float32)
    """
    return cx.power if dtype.is_complex else vectorized_power if vectorized else re.power
