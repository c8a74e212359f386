r"""
The methods by which Sage's constructors ask an object for its value

Tensors have them all, Sage's and TensorFlow's, so that ``RR(t)``, ``ZZ(t)``, ``vector(t)`` and so on work.

EXAMPLES::

    sage: from sage_tf.conversion.protocols import PROTOCOLS
    sage: import tensorflow
    sage: PROTOCOLS['_vector_'](tensorflow.constant([1r, 2r]), QQ)
    (1, 2)
    sage: PROTOCOLS['_mpfr_'](tensorflow.constant(0.5r), RealField(30))
    0.50000000
"""
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ

from sage_tf.conversion.to_sage import to_sage


def _shape(tensor):
    """Return the shape of a tensor, Sage's or TensorFlow's, as a tuple."""
    shape = tensor.shape
    return tuple(shape() if callable(shape) else shape)


def _number(tensor, ring):
    """
    Return the element of a ring that a tensor of rank 0 is.

    EXAMPLES::

        sage: from sage_tf.conversion.protocols import _number
        sage: import tensorflow
        sage: _number(tensorflow.constant([1r, 2r]), RR)
        Traceback (most recent call last):
        ...
        TypeError: a tensor of shape (2,) was given where a number is needed; take one of its entries
    """
    if _shape(tensor):
        raise TypeError(f"a tensor of shape {_shape(tensor)} was given where a number is needed; take one of its entries")
    return to_sage(tensor.to_tf() if hasattr(tensor, 'to_tf') else tensor, ring)


def _vector(tensor, ring=None):
    """
    Return a tensor of rank 1 as a vector.

    EXAMPLES::

        sage: from sage_tf.conversion.protocols import _vector
        sage: import tensorflow
        sage: _vector(tensorflow.constant([[1r]]))
        Traceback (most recent call last):
        ...
        TypeError: a tensor of shape (1, 1) is no vector; expected rank 1
    """
    if len(_shape(tensor)) != 1:
        raise TypeError(f"a tensor of shape {_shape(tensor)} is no vector; expected rank 1")
    return tensor.to_sage(ring)


def _matrix(tensor, ring=None):
    """
    Return a tensor of rank 2 as a matrix, one of rank 1 as a matrix of one row.

    EXAMPLES::

        sage: from sage_tf.conversion.protocols import _matrix
        sage: import tensorflow
        sage: _matrix(tensorflow.constant(1r))
        Traceback (most recent call last):
        ...
        TypeError: a tensor of shape () is no matrix; expected rank 2, or rank 1 for a row
    """
    rank = len(_shape(tensor))
    if rank not in (1, 2):
        raise TypeError(f"a tensor of shape {_shape(tensor)} is no matrix; expected rank 2, or rank 1 for a row")
    found = tensor.to_sage(ring)
    return found.row() if rank == 1 else found


#: Methods by name; each takes the tensor and, but for integers and rationals, the ring that asks.
PROTOCOLS = {
    '_vector_': _vector,
    '_matrix_': _matrix,
    '_integer_': lambda tensor, ring=ZZ: _number(tensor, ZZ),
    '_rational_': lambda tensor: _number(tensor, QQ),
    '_mpfr_': _number,
    '_complex_mpfr_field_': _number,
    '_real_double_': _number,
    '_complex_double_': _number,
    '_symbolic_': _number,
    '_real_mpfi_': _number,
    '_complex_mpfi_': _number,
    '_algebraic_': _number,
}
