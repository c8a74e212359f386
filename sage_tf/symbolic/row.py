r"""
The rows of the table of symbolic functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.row import Row
    sage: Row(tf.exp, tf.exp)
    Row(real=..., complex=..., arity=1, kind='operation', note='', constants=None)
"""
from collections import namedtuple

#: How a function is computed.
KINDS = {
    'operation': 'an operation of TensorFlow',
    'composition': 'a composition of operations of TensorFlow, which XLA compiles',
    'host': 'a call of SciPy or mpmath on the host',
    'compound': 'a construction with expressions as its parts, each compiled',
    'none': 'not computed, for the reason given',
}

Row = namedtuple('Row', 'real complex arity kind note constants', defaults=(None, 1, 'operation', '', None))
Row.__doc__ = r"""
    A function of Sage and how it is computed on tensors.

    - ``real``, ``complex`` -- function on tensors of a real or complex floating dtype, ``None`` where there is none

    - ``arity`` -- number of arguments, ``None`` for any

    - ``kind`` -- one of ``KINDS``

    - ``note`` -- what a user should know: conventions, accuracy, or why it is not computed

    - ``constants`` -- ``None`` or a function of a tuple and a dtype, asked when an argument is a constant: the tuple has the exact
      constants, and ``None`` for the arguments that vary. It returns a function on the tensors of all arguments that serves
      for these constants, or ``None``

    EXAMPLES::

        sage: from sage_tf.symbolic.row import Row
        sage: Row(None, kind='none', note='it has no values').note
        'it has no values'
    """
