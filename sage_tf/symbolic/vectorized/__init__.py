r"""
Elementary functions of real tensors as plain operations, which XLA fuses and vectorizes on a CPU

XLA's own call the C library for one point at a time. These are polynomials after a reduction of the argument, five to ten times faster in an
XLA kernel and right to two units in the last place. Subnormal numbers count as 0, as everywhere in TensorFlow. Without XLA they are correct
but slower than TensorFlow's own.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.vectorized import VECTORIZED
    sage: from sage_tf.symbolic.vectorized.calls import within_reach
    sage: @tf.function(jit_compile=True, autograph=False)
    ....: def kernel(x):
    ....:     with within_reach() as reach:
    ....:         y = VECTORIZED['sin'](x) * VECTORIZED['log'](x)
    ....:     return y, reach.exceeded()
    sage: y, useless = kernel(tf.constant([1.0r, 2.0r], tf.float64))
    sage: y.numpy(), useless.numpy()
    (array([0.        , 0.63027695]), np.False_)

Sine, cosine and kin reduce arguments up to a bound only. They are used in a context in which somebody looks whether it was exceeded, see
:func:`~sage_tf.symbolic.vectorized.calls.within_reach`, and outside of it they are TensorFlow's own.
"""
from sage_tf.symbolic.vectorized.error import erf
from sage_tf.symbolic.vectorized.hyperbolic import (
    arccosh,
    arcsinh,
    arctanh,
    cosh,
    coth,
    csch,
    expm1,
    log1p,
    sech,
    sinh,
    tanh,
)
from sage_tf.symbolic.vectorized.inverse import arccos, arcsin, arctan, arctan2
from sage_tf.symbolic.vectorized.logarithm import log
from sage_tf.symbolic.vectorized.power import power
from sage_tf.symbolic.vectorized.trigonometric import cos, cot, csc, sec, sin, tan

#: name of Sage's function, or of NumPy's for what is an expression in Sage -> function on real tensors
VECTORIZED = {
    'sin': sin, 'cos': cos, 'tan': tan, 'sec': sec, 'csc': csc, 'cot': cot,
    'arcsin': arcsin, 'arccos': arccos, 'arctan': arctan, 'arctan2': arctan2,
    'log': log, 'log1p': log1p, 'expm1': expm1, 'power': power,
    'sinh': sinh, 'cosh': cosh, 'arcsinh': arcsinh, 'arccosh': arccosh, 'arctanh': arctanh, 'erf': erf,
}

#: Functions made of these and of what XLA vectorizes itself, for the sake of their derivatives.
COMPOSED = {'tanh': tanh, 'sech': sech, 'csch': csch, 'coth': coth}
