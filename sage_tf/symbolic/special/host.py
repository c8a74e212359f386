r"""
Functions computed on the host, by SciPy or mpmath

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.host import by_mpmath
    sage: zeta_of = by_mpmath('zeta')
    sage: t = tf.constant([2.0r, 4.0r], tf.float64)
    sage: with tf.GradientTape() as tape:
    ....:     tape.watch(t)
    ....:     s = zeta_of(t)
    sage: s.numpy(), tape.gradient(s, t).numpy()
    (array([1.64493407, 1.08232323]), array([-0.93754825, -0.06891127]))

Such a call leaves TensorFlow's graph: XLA does not compile it, and a SavedModel cannot hold it. :func:`calls_host` tells
functions that make one.
"""
from functools import cache, partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import broadcast, differentiable
from sage_tf.symbolic.threads import mpmath_digits

# Decimal digits with which mpmath computes: what is left after cancellation is still more than float64 holds.
DIGITS = 30


def on_host(function, *partials):
    r"""
    Return a function of NumPy arrays as one of tensors.

    INPUT:

    - ``function`` -- function of as many arrays of ``float64`` or ``complex128``, of one shape, as there are ``partials``; it returns
      an array of that shape and kind

    - ``partials`` -- its partial derivatives, as functions of the tensors; see
      :func:`~sage_tf.symbolic.gradients.differentiable`

    OUTPUT: function of tensors of one real or complex floating dtype, which broadcasts them

    EXAMPLES::

        sage: import tensorflow as tf, numpy as np
        sage: from sage_tf.symbolic.special.host import on_host
        sage: cube_root = on_host(np.cbrt, lambda x: 1r / (3r * cube_root(x)**2r))
        sage: cube_root(tf.constant([8.0r, -27.0r])).numpy()
        array([ 2., -3.], dtype=float32)
    """
    def value(*tensors):
        dtype = tensors[0].dtype
        wide = tf.complex128 if dtype.is_complex else tf.float64
        found = tf.numpy_function(partial(_call, function, wide.as_numpy_dtype), [tf.cast(t, wide) for t in tensors], wide,
                                  stateful=False)
        found.set_shape(tensors[0].shape)
        return tf.cast(found, dtype)

    inner = differentiable(value, *partials)

    def outer(*tensors):
        return inner(*broadcast(*tensors))

    outer.is_on_host = True
    return outer


def calls_host(function):
    """
    Return whether a function on tensors is one made by this module.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.host import by_mpmath, calls_host
        sage: calls_host(by_mpmath('zeta')), calls_host(tf.sin)
        (True, False)
    """
    return getattr(function, 'is_on_host', False)


@cache
def by_mpmath(function, arity=1, orders=None, numeric=(), partials=None):
    r"""
    Return a function of mpmath, or a derivative of one, as a function on tensors.

    INPUT:

    - ``function`` -- name of a function of mpmath, or a function of mpmath's numbers

    - ``arity`` -- number of arguments

    - ``orders`` -- how often it is differentiated by each argument (default: not at all)

    - ``numeric`` -- unused arguments of the derivative: the positions by which the function is not differentiated, such as those
      of integers, where the slope is taken to be NaN

    - ``partials`` -- tuple of the partial derivatives, as functions of the tensors, where they are known (default: none is)

    Other derivatives are mpmath's difference quotients at a raised precision. A real tensor gets NaN where the value is not
    real or does not exist.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.host import by_mpmath
        sage: by_mpmath('besselj', 2, (1, 0))(tf.constant(0.5r, tf.float64), tf.constant(2.0r, tf.float64)).numpy()
        np.float64(0.340475087040...)
        sage: n((bessel_J(0.5 + 1e-7, 2) - bessel_J(0.5 - 1e-7, 2))/2e-7, digits=3)
        0.340
    """
    orders = orders or (0,) * arity
    partials = partials or [partial(_next_order, function, arity, orders, numeric, k) for k in range(arity)]
    return on_host(partial(_pointwise, function, orders), *partials)


def _next_order(function, arity, orders, numeric, k, *tensors):
    """Return the partial derivative of a derivative by its k-th argument."""
    if k in numeric:
        return tf.fill(tf.shape(tensors[k]), tf.constant(np.nan, tensors[k].dtype))
    raised = (*orders[:k], orders[k] + 1, *orders[k + 1:])
    return by_mpmath(function, arity, raised, numeric)(*tensors)


def _call(function, kind, *arrays):
    """Return the value of a function of arrays as an array of the given kind; the warnings of NumPy say what a NaN says."""
    with np.errstate(all='ignore'):
        found = function(*arrays)
    return np.asarray(found, kind).reshape(arrays[0].shape)


def _pointwise(function, orders, *arrays):
    """Return the values of a function of mpmath, one point at a time."""
    import mpmath
    evaluate = getattr(mpmath, function) if isinstance(function, str) else function
    found = np.empty(arrays[0].shape, arrays[0].dtype)
    with mpmath_digits(DIGITS):
        for where in np.ndindex(found.shape):
            found[where] = _at(evaluate, orders, [a[where] for a in arrays], found.dtype.kind == 'c')
    return found


def _at(evaluate, orders, point, is_complex):
    """
    Return the value, or derivative, of a function of mpmath at a point, NaN where there is none.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.host import _at
        sage: _at(mpmath.log, (0,), [-1.0r], False), _at(mpmath.log, (0,), [-1r + 0j], True), _at(mpmath.log, (1,), [4.0r], False)
        (nan, 3.14159265358979...j, 0.25)
        sage: _at(mpmath.exp, (0,), [1000.0r], False), _at(mpmath.zeta, (0,), [1.0r], False)
        (inf, nan)
        sage: _at(mpmath.zeta, (0,), [complex('-inf+infj')], True)
        (nan+nanj)
    """
    import mpmath
    nan = complex(np.nan, np.nan) if is_complex else np.nan
    if any(np.isnan(p) or np.isinf(complex(p).imag) for p in point):     # of a complex infinity mpmath makes a loop without end
        return nan
    point = [mpmath.mpmathify(complex(p) if is_complex else float(p)) for p in point]
    try:
        value = mpmath.diff(evaluate, tuple(point), tuple(orders)) if any(orders) else evaluate(*point)
        if is_complex:
            return complex(value)
        # An imaginary part this small is a rounding error, or beyond all digits of the value.
        value = mpmath.chop(value, tol=mpmath.mpf(10) ** (3 - DIGITS)) if isinstance(value, mpmath.mpc) else value
        return nan if isinstance(value, mpmath.mpc) else float(value)
    except (ValueError, ArithmeticError, TypeError, NotImplementedError, RecursionError, mpmath.mp.NoConvergence):
        return nan
