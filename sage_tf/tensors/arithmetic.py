r"""
Arithmetic of raw tensors that keeps the promises of their rings

Floats and complex numbers are TensorFlow's, and so differentiable. Integers are ZZ: what does not fit raises OverflowError.
Unsigned integers are ``Zmod(2^k)`` and wrap around; booleans are ``GF(2)``.

EXAMPLES::

    sage: from sage_tf.tensors.arithmetic import OPERATIONS
    sage: import tensorflow
    sage: a = tensorflow.constant([100r, 50r], 'int8')
    sage: OPERATIONS['add'](a, tensorflow.constant([27r, -51r], 'int8')).numpy()
    array([127,  -1], dtype=int8)
    sage: OPERATIONS['add'](a, a)
    Traceback (most recent call last):
    ...
    OverflowError: 200 does not fit in int8; use a wider dtype or a float one
"""
import numpy as np
import tensorflow as tf

from sage_tf.conversion.blocks import _signed
from sage_tf.conversion.rounding import numpy_type, round_real
from sage_tf.rings import SIGNED, UNSIGNED
from sage_tf.symbolic import complex as cx
from sage_tf.symbolic import real

_LIMIT = 2.0**63
_LARGEST_PRODUCT = 1024                                         # beyond, logarithms are as good as products


def _kind(tensor):
    """
    Return which row of :data:`OPERATIONS` a tensor takes.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _kind
        sage: import tensorflow
        sage: _kind(tensorflow.constant(1r, 'int8')), _kind(tensorflow.constant(1r, 'complex64'))
        ('signed', 'float')
    """
    name = tensor.dtype.name
    if name in SIGNED:
        return 'signed'
    return 'unsigned' if name in UNSIGNED else 'bool' if name == 'bool' else 'float'


# -- signed integers ---------------------------------------------------------------------------------------------------

def _exactly(operate, wraps):
    """
    Return the function of two signed arrays that raises OverflowError where ``operate`` does not fit.

    INPUT:

    - ``operate`` -- function of two arrays

    - ``wraps`` -- function of two ``int64`` arrays and their wrapped result, giving the entries where it may have wrapped

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _exactly
        sage: import numpy
        sage: _exactly(numpy.add, lambda a, b, r: r < 0r)(numpy.int8(-100r), numpy.int8(-20r))
        array(-120, dtype=int8)
    """
    def exact(a, b):
        name = a.dtype.name
        a, b = np.broadcast_arrays(np.asarray(a, np.int64), np.asarray(b, np.int64))
        with np.errstate(over='ignore'):
            result = np.asarray(operate(a, b))
        doubtful = wraps(a, b, result)
        if np.any(doubtful):
            # Python's integers decide, and name the value that does not fit.
            _signed(np.asarray(operate(a[doubtful].astype(object), b[doubtful].astype(object))), name)
        return _signed(result, name)
    return exact


_add = _exactly(np.add, lambda a, b, r: ((a ^ r) & (b ^ r)) < 0)
_sub = _exactly(np.subtract, lambda a, b, r: ((a ^ b) & (a ^ r)) < 0)
_mul = _exactly(np.multiply, lambda a, b, r: np.abs(a.astype(float) * b.astype(float)) >= _LIMIT * (1 - 2.0**-50))


def _floordiv(a, b):
    """
    Return the floors of quotients of integers.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _floordiv
        sage: import numpy
        sage: _floordiv(numpy.array([7r, -7r]), numpy.array([2r, 2r]))
        array([ 3, -4])
    """
    _refuse_zero(b)
    return _exactly(np.floor_divide, lambda a, b, r: (b == -1) & (a == np.iinfo(np.int64).min))(a, b)


def _mod(a, b):
    """Return the remainders that belong to :func:`_floordiv`."""
    _refuse_zero(b)
    return np.mod(a, np.where(b == -1, 1, b).astype(b.dtype))


def _refuse_zero(b):
    """
    Raise ZeroDivisionError if an entry is zero.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _refuse_zero
        sage: import numpy
        sage: _refuse_zero(numpy.array([1r, 0r]))
        Traceback (most recent call last):
        ...
        ZeroDivisionError: division by zero in an integer tensor; convert it to a float dtype for infinities
    """
    if not np.all(b):
        raise ZeroDivisionError("division by zero in an integer tensor; convert it to a float dtype for infinities")


def _quotient(a, b):
    """
    Return the ``float64`` values nearest to quotients of integers: the fraction field of ZZ is QQ, whose dtype is float64.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _quotient
        sage: import numpy
        sage: _quotient(numpy.array([1r, 2r^62r + 1r]), numpy.array([3r, 1r]))
        array([3.33333333e-01, 4.61168602e+18])
    """
    from sage.rings.rational import Rational
    _refuse_zero(b)
    a, b = np.broadcast_arrays(a, b)
    if max(_largest(a), _largest(b)) <= 2**53:
        return a / b
    exact = [round_real(Rational((int(n), int(d))), 'float64') for n, d in zip(a.flat, b.flat, strict=True)]
    return np.array(exact).reshape(a.shape)


def _largest(a):
    """Return the largest absolute value in an integer array as a Python integer."""
    return max(abs(int(a.min())), abs(int(a.max()))) if a.size else 0


def _matmul_signed(a, b):
    """
    Return the contraction of integer arrays, by Python's integers where 64 bits may not do.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _matmul_signed
        sage: import numpy
        sage: _matmul_signed(numpy.array([2r^40r, 1r]), numpy.array([2r^40r, 1r]))
        Traceback (most recent call last):
        ...
        OverflowError: 1208925819614629174706177 does not fit in int64; use a wider dtype or a float one
    """
    name = a.dtype.name
    wide = np.int64 if a.shape[-1] * _largest(a) * _largest(b) < 2**63 else object
    return _signed(np.asarray(np.matmul(a.astype(wide), b.astype(wide))), name)


# -- residues ----------------------------------------------------------------------------------------------------------

def _inverse(b):
    """
    Return the inverses of odd residues modulo the order of an unsigned dtype.

    ALGORITHM:

    Newton's iteration ``y -> y*(2 - b*y)`` doubles the number of right bits; ``y = b`` is right in three.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _inverse
        sage: import numpy
        sage: _inverse(numpy.array([3r, 7r], dtype='uint8'))
        array([171, 183], dtype=uint8)
        sage: Zmod(256)(3)^-1, Zmod(256)(7)^-1
        (171, 183)
    """
    bad = b[(b & 1) == 0]
    if bad.size:
        raise ZeroDivisionError(f"inverse of Mod({bad.flat[0]}, {2**(8 * b.dtype.itemsize)}) does not exist")
    two, y = b.dtype.type(2), b
    with np.errstate(over='ignore'):
        for _ in range(5):
            y = np.asarray(y * (two - b * y))
    return y


def _wrapping(operate):
    """Return a function of unsigned arrays that lets them wrap around, which is their ring's arithmetic."""
    def wrapped(a, b):
        with np.errstate(over='ignore'):
            return np.asarray(operate(a, b))
    return wrapped


def _matmul_unsigned(a, b):
    """Return the contraction of residues."""
    return np.asarray(np.matmul(a.astype(np.uint64), b.astype(np.uint64))).astype(a.dtype)


def _divide_bool(a, b):
    """Return the quotients in GF(2)."""
    if not np.all(b):
        raise ZeroDivisionError("division by zero in GF(2)")
    return np.broadcast_arrays(a, b)[0]


def _matmul_bool(a, b):
    """Return the contraction over GF(2)."""
    return (np.asarray(np.matmul(a.astype(np.int64), b.astype(np.int64))) & 1).astype(bool)


# -- powers ------------------------------------------------------------------------------------------------------------

def power_by_squaring(a, exponents, multiply):
    r"""
    Return the powers of integers or residues with nonnegative exponents.

    INPUT:

    - ``a`` -- integer array

    - ``exponents`` -- array of nonnegative integers

    - ``multiply`` -- entrywise product of arrays of the dtype of ``a``

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import power_by_squaring
        sage: import numpy
        sage: power_by_squaring(numpy.array([2r, 3r]), numpy.array([10r, 0r]), numpy.multiply)
        array([1024,    1])
    """
    a, exponents = np.broadcast_arrays(a, exponents)
    one = np.ones_like(a)
    result = one
    while True:
        result = np.where(exponents & 1, multiply(result, np.where(exponents & 1, a, one)), result)
        exponents = exponents >> 1
        if not exponents.any():
            return result
        # A square that nobody asks for must not overflow.
        base = np.where(exponents > 0, a, one)
        a = multiply(base, base)


def _power_signed(a, b):
    """
    Return powers of integers: integers for nonnegative exponents, ``float64`` numbers if there is a negative one.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _power_signed
        sage: import numpy
        sage: _power_signed(numpy.array([2r, -3r]), numpy.array([3r, 3r])), _power_signed(numpy.array([2r]), numpy.array([-1r]))
        (array([  8, -27]), array([0.5]))
        sage: _power_signed(numpy.array([10r]), numpy.array([-30r]))
        array([1.e-30])
    """
    from sage.rings.integer import Integer
    a, b = np.broadcast_arrays(a, b.astype(np.int64))
    if not (b < 0).any():
        return power_by_squaring(a, b, _mul)
    _refuse_zero(np.where(b < 0, a, 1))
    exact = [round_real(Integer(int(n))**Integer(int(k)), 'float64') for n, k in zip(a.flat, b.flat, strict=True)]
    return np.array(exact).reshape(a.shape)


def _power_unsigned(a, b):
    """Return powers of residues; exponents are integers and not residues."""
    b = b.astype(np.int64)
    if b.size and b.min() < 0:
        a = np.where(b < 0, _inverse(np.where(b < 0, a, np.ones_like(a))), a)
    return power_by_squaring(a, np.abs(b), _wrapping(np.multiply))


def _power_float(a, b):
    """
    Return powers of floats and complex numbers; integer powers of complex numbers are products, as in Sage.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import _power_float
        sage: import tensorflow
        sage: complex(_power_float(tensorflow.constant(-1r + 0jr), tensorflow.constant(2r + 0jr)))
        (1+0j)
    """
    if not a.dtype.is_complex:
        return real.power(a, b)
    exponents = b.numpy() if hasattr(b, 'numpy') else np.array([0.5])
    n = np.abs(exponents.real)
    if np.any(exponents.imag) or np.any(n % 1) or np.any(n > _LARGEST_PRODUCT):
        return cx.power(a, b)
    n, product, square = n.astype(np.int64), tf.ones_like(a), a
    while n.any():
        product = product * tf.where((n & 1) == 1, square, tf.ones_like(square))
        n = n >> 1
        square = square * square if n.any() else square
    return tf.where(exponents.real < 0, 1 / product, product)


def _power_bool(a, b):
    """Return powers in GF(2)."""
    b = b.astype(np.int64)
    if np.any(np.logical_not(a) & (b < 0)):
        raise ZeroDivisionError("division by zero in GF(2)")
    return np.logical_or(a, b == 0)


# -- the table ---------------------------------------------------------------------------------------------------------

def _refused(what):
    """Return a function that raises TypeError: the operation has no meaning in the ring."""
    def refuse(a, b):
        raise TypeError(f"{what} is not defined for {a.dtype.name} tensors; convert them to a signed or float dtype first")
    return refuse


def float_matmul(a, b):
    """
    Return the contraction of float tensors of any ranks from 1, as NumPy's matmul has it.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import float_matmul
        sage: import tensorflow
        sage: a = tensorflow.constant([[1.0r, 2.0r], [3.0r, 4.0r]])
        sage: float_matmul(a, a[0r]).numpy(), float(float_matmul(a[0r], a[0r]))
        (array([ 5., 11.], dtype=float32), 5.0)
    """
    left, right = a.shape.rank == 1, b.shape.rank == 1
    result = tf.matmul(a[tf.newaxis] if left else a, b[..., tf.newaxis] if right else b)
    if right:
        result = tf.squeeze(result, -1)
    return tf.squeeze(result, -1 if right else -2) if left else result


def _no_complex(operate, what):
    """Return ``operate`` for real float tensors only."""
    return lambda a, b: _refused(what)(a, b) if a.dtype.is_complex else operate(a, b)


# What each operation is for each kind of dtype: functions of two tensors ('float') or of two NumPy arrays (the others).
_TABLE = {
    'add': {'float': tf.add, 'signed': _add, 'unsigned': _wrapping(np.add), 'bool': np.logical_xor},
    'sub': {'float': tf.subtract, 'signed': _sub, 'unsigned': _wrapping(np.subtract), 'bool': np.logical_xor},
    'mul': {'float': tf.multiply, 'signed': _mul, 'unsigned': _wrapping(np.multiply), 'bool': np.logical_and},
    'truediv': {'float': tf.divide, 'signed': _quotient, 'bool': _divide_bool,
                'unsigned': lambda a, b: _wrapping(np.multiply)(a, _inverse(b))},
    'floordiv': {'float': _no_complex(tf.math.floordiv, 'floor division'), 'signed': _floordiv,
                 'unsigned': _refused('floor division'), 'bool': _refused('floor division')},
    'mod': {'float': _no_complex(tf.math.floormod, 'the remainder'), 'signed': _mod,
            'unsigned': _refused('the remainder'), 'bool': _refused('the remainder')},
    'matmul': {'float': float_matmul, 'signed': _matmul_signed, 'unsigned': _matmul_unsigned, 'bool': _matmul_bool},
    'pow': {'float': _power_float, 'signed': _power_signed, 'unsigned': _power_unsigned, 'bool': _power_bool},
}


def _operation(row):
    """Return the function of two raw tensors that a row of the table describes."""
    def operate(a, b):
        kind = _kind(a)
        if kind == 'float':
            return row[kind](a, b)
        return tf.constant(np.asarray(row[kind](a.numpy(), b.numpy())))
    return operate


#: Functions of two raw tensors (of one dtype, but for the exponents of integers) by the name of the operator.
OPERATIONS = {name: _operation(row) for name, row in _TABLE.items()}

assert all(set(row) == {'float', 'signed', 'unsigned', 'bool'} for row in _TABLE.values())


def negative(a):
    r"""
    Return the additive inverse of a raw tensor.

    EXAMPLES::

        sage: from sage_tf.tensors.arithmetic import negative
        sage: import tensorflow
        sage: int(negative(tensorflow.constant(1r, 'uint8'))), bool(negative(tensorflow.constant(True)))
        (255, True)
        sage: negative(tensorflow.constant(-128r, 'int8'))
        Traceback (most recent call last):
        ...
        OverflowError: 128 does not fit in int8; use a wider dtype or a float one
    """
    if _kind(a) == 'float':
        return tf.negative(a)
    return OPERATIONS['sub'](tf.constant(np.zeros((), numpy_type(a.dtype.name))), a)
