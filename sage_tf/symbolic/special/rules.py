r"""
Derivatives by Sage's rules

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.rules import sage_partial
    sage: sage_partial('arcsec', 0)(tf.constant(2.0r, tf.float64)).numpy(), n(arcsec(x).diff(x)(x=2))
    (np.float64(0.288675134594812...), 0.288675134594813)
"""
from functools import cache, partial

import tensorflow as tf


def sage_partial(name, k):
    r"""
    Return the derivative of a symbolic function by one of its arguments, as a function on tensors.

    The rule is Sage's symbolic derivative, lowered when it is first used. As it is made of functions of the table, it can be
    differentiated again.

    INPUT:

    - ``name`` -- name of the function in Sage's table of functions

    - ``k`` -- number of the argument, from 0

    OUTPUT: function of the tensors of all arguments; where Sage has no rule, the derivative that TensorFlow makes of the row

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.rules import sage_partial
        sage: sage_partial('arctan2', 1)(tf.constant(1.0r), tf.constant(2.0r)).numpy()
        np.float32(-0.2)

    TESTS::

        sage: sage_partial('max', 0)(tf.constant(3.0r), tf.constant(2.0r)).numpy()
        np.float32(1.0)
    """
    return partial(_apply, name, k)


def _apply(name, k, *tensors):
    """Return the derivative at tensors of one dtype."""
    return _program(name, k, len(tensors), tensors[0].dtype)(tensors)[0]


@cache
def _program(name, k, arity, dtype):
    """Return the program that computes a derivative."""
    from sage.symbolic.expression import symbol_table
    from sage.symbolic.ring import SR

    from sage_tf.symbolic.functions import operation  # this module serves the table
    from sage_tf.symbolic.graph import Graph
    from sage_tf.symbolic.lowering import Program

    function = symbol_table['functions'][name]
    symbols = [SR.symbol(f's{i}') for i in range(arity)]
    derivative = function(*symbols).diff(symbols[k])
    graph = Graph(operation)
    root = graph.read(derivative)
    with tf.init_scope():
        return Program(graph, [root], symbols, tf.as_dtype(dtype))
