r"""
The table of rings and dtypes

One table, read both ways: every TensorFlow dtype has one Sage ring, and the rings outside the table have the dtype
that holds their elements.

EXAMPLES::

    sage: from sage_tf.rings import dtype_of, ring_of
    sage: ring_of('float32')
    Real Field with 24 bits of precision
    sage: dtype_of(RealField(24)).name
    'float32'
    sage: dtype_of(QQ).name
    'float64'
"""
import tensorflow as tf
from sage.categories.pushout import pushout
from sage.rings.complex_double import CDF
from sage.rings.complex_mpfr import ComplexField
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.finite_rings.integer_mod_ring import IntegerModRing
from sage.rings.integer_ring import ZZ
from sage.rings.number_field.number_field_base import NumberField
from sage.rings.real_double import RDF
from sage.rings.real_mpfr import RealField
from sage.structure.coerce_exceptions import CoercionException
from sage.structure.element import get_coercion_model
from sage.structure.parent import Parent

# The inexact rows come first and from the most to the least precise: the first whose ring receives a coercion from a given
# ring is the dtype in which that ring meets a tensor.
TABLE = {
    'float64': RDF,
    'float32': RealField(24),
    'float16': RealField(11),
    'bfloat16': RealField(8),
    'complex128': CDF,
    'complex64': ComplexField(24),
    'int64': ZZ,
    'int32': ZZ,
    'int16': ZZ,
    'int8': ZZ,
    'uint64': IntegerModRing(2**64),
    'uint32': IntegerModRing(2**32),
    'uint16': IntegerModRing(2**16),
    'uint8': IntegerModRing(2**8),
    'bool': GF(2),
}
DTYPES = {name: tf.as_dtype(name) for name in TABLE}
REAL = ('float64', 'float32', 'float16', 'bfloat16')
COMPLEX = ('complex128', 'complex64')
SIGNED = ('int64', 'int32', 'int16', 'int8')
UNSIGNED = ('uint64', 'uint32', 'uint16', 'uint8')

_DTYPE_OF_RING = {ring: name for name, ring in reversed(TABLE.items())}
_PYTHON_TYPES = {bool: 'bool', int: 'int64', float: 'float64', complex: 'complex128'}


def ring_of(dtype):
    r"""
    Return the Sage ring of a TensorFlow dtype.

    INPUT:

    - ``dtype`` -- a ``tf.DType``, its name, or a NumPy dtype

    OUTPUT: a ring; TypeError if the dtype holds no numbers

    EXAMPLES::

        sage: from sage_tf.rings import ring_of
        sage: import tensorflow
        sage: ring_of(tensorflow.float64), ring_of('uint8'), ring_of('bool')
        (Real Double Field, Ring of integers modulo 256, Finite Field of size 2)

    TESTS::

        sage: ring_of('string')
        Traceback (most recent call last):
        ...
        TypeError: dtype 'string' has no Sage ring; expected one of float64, float32, float16, bfloat16, complex128, ...
    """
    return TABLE[as_dtype(dtype).name]


def as_dtype(dtype):
    r"""
    Return the ``tf.DType`` that a name, a NumPy dtype or a ``tf.DType`` stands for, if it is in the table.

    EXAMPLES::

        sage: from sage_tf.rings import as_dtype
        sage: as_dtype('float32').name
        'float32'
        sage: as_dtype('float23')
        Traceback (most recent call last):
        ...
        TypeError: unknown dtype 'float23'; expected one of float64, float32, float16, bfloat16, complex128, ...
    """
    try:
        found = tf.as_dtype(dtype)
    except (TypeError, ValueError):
        raise TypeError(f"unknown dtype {dtype!r}; expected one of {', '.join(TABLE)}") from None
    if found.name not in TABLE:
        raise TypeError(f"dtype {found.name!r} has no Sage ring; expected one of {', '.join(TABLE)}")
    return found


def dtype_of(base):
    r"""
    Return the TensorFlow dtype that holds the elements of a ring.

    INPUT:

    - ``base`` -- a Sage ring, one of Python's number types, a ``tf.DType``, its name, or a NumPy dtype

    OUTPUT: a ``tf.DType``; for a ring outside the table the smallest one that loses nothing of its precision, or
    ``float64`` and ``complex128`` if none does

    EXAMPLES::

        sage: from sage_tf.rings import dtype_of
        sage: [dtype_of(R).name for R in (RDF, RR, RealField(20), RealField(200), QQ, AA, RIF)]
        ['float64', 'float64', 'float32', 'float64', 'float64', 'float64', 'float64']
        sage: [dtype_of(R).name for R in (CC, QQbar, ZZ, Zmod(2^16), GF(2), Zmod(7), QuadraticField(2), QuadraticField(-2))]
        ['complex128', 'complex128', 'int64', 'uint16', 'bool', 'int64', 'float64', 'complex128']

    TESTS::

        sage: dtype_of(QQ['x'])
        Traceback (most recent call last):
        ...
        TypeError: no dtype holds the elements of Univariate Polynomial Ring in x over Rational Field; expected ...
        sage: dtype_of(NumberField(x^2 - 2, 'a'))
        Traceback (most recent call last):
        ...
        TypeError: no dtype holds the elements of Number Field in a with defining polynomial x^2 - 2; choose an embedding of it
    """
    if isinstance(base, type) and base in _PYTHON_TYPES:
        return DTYPES[_PYTHON_TYPES[base]]
    if not isinstance(base, Parent):
        return as_dtype(base)
    name = _DTYPE_OF_RING.get(base) or _holder(base)
    if name is None:
        advice = ("choose an embedding of it" if isinstance(base, NumberField)
                  else f"expected a ring of numbers or one of {', '.join(TABLE)}")
        raise TypeError(f"no dtype holds the elements of {base}; {advice}")
    return DTYPES[name]


def _holder(ring):
    """
    Return the name of the dtype that holds the elements of a ring outside the table, or None.

    EXAMPLES::

        sage: from sage_tf.rings import _holder
        sage: _holder(RealField(10)), _holder(ComplexField(300)), _holder(SR), _holder(SymmetricGroup(3))
        ('float16', 'complex128', 'float64', None)
    """
    from sage.rings.abc import IntegerModRing
    from sage.symbolic.ring import SymbolicRing
    if isinstance(ring, SymbolicRing):
        return 'float64'
    if isinstance(ring, IntegerModRing):
        return 'int64'
    is_real = is_real_ring(ring)
    if is_real is None:
        return None
    bits = _precision(ring)
    if is_real:
        return next((name for bound, name in ((8, 'bfloat16'), (11, 'float16'), (24, 'float32')) if bits <= bound), 'float64')
    return 'complex64' if bits <= 24 else 'complex128'


def is_real_ring(ring):
    """
    Return whether a ring lies in the reals, None if it is no ring of complex numbers.

    EXAMPLES::

        sage: from sage_tf.rings import is_real_ring
        sage: [is_real_ring(R) for R in (AA, CIF, CBF, QuadraticField(-1), NumberField(x^2 - 2, 'a'))]
        [True, False, False, False, None]
    """
    from sage.rings.cc import CC
    from sage.rings.real_mpfr import RR
    prober = getattr(ring, 'coerce_embedding', None)
    embedding = prober() if prober is not None else None
    if embedding is not None and ring is not embedding.codomain():
        return is_real_ring(embedding.codomain())
    if RR.has_coerce_map_from(ring) or RealField(2).has_coerce_map_from(ring) or _is_interval(ring, real=True):
        return True
    if CC.has_coerce_map_from(ring) or ComplexField(2).has_coerce_map_from(ring) or _is_interval(ring, real=False):
        return False
    return None


def _is_interval(ring, real):
    """
    Return whether a ring is a field of real (complex) intervals or balls.

    EXAMPLES::

        sage: from sage_tf.rings import _is_interval
        sage: _is_interval(RBF, real=True), _is_interval(RIF, real=False)
        (True, False)
    """
    from sage.rings import abc
    kinds = ((abc.RealIntervalField, abc.RealBallField) if real
             else (abc.ComplexIntervalField, abc.ComplexBallField))
    return isinstance(ring, kinds)


def _precision(ring):
    """
    Return the precision of an inexact ring in bits, 53 for an exact one.

    EXAMPLES::

        sage: from sage_tf.rings import _precision
        sage: _precision(RealField(20)), _precision(QQ)
        (20, 53)
    """
    return 53 if ring.is_exact() or not hasattr(ring, 'precision') else ring.precision()


def common_dtype(dtype, ring):
    r"""
    Return the dtype in which a tensor and the elements of a ring meet.

    INPUT:

    - ``dtype`` -- a ``tf.DType`` of the table

    - ``ring`` -- a Sage ring

    OUTPUT: a ``tf.DType``: the most precise one whose ring receives coercions from both; CoercionException if there is none

    EXAMPLES::

        sage: from sage_tf.rings import common_dtype, DTYPES
        sage: common_dtype(DTYPES['float32'], QQ).name, common_dtype(DTYPES['float32'], CDF).name
        ('float32', 'complex64')
        sage: common_dtype(DTYPES['int8'], ZZ).name, common_dtype(DTYPES['int8'], QQ).name
        ('int8', 'float64')
        sage: common_dtype(DTYPES['float64'], RealField(40)).name, common_dtype(DTYPES['int8'], SR).name
        ('float32', 'float64')
    """
    base = TABLE[dtype.name]
    if base.has_coerce_map_from(ring) or _accepts_symbolic(dtype, ring):
        return dtype
    if dtype.name in SIGNED and _accepts_symbolic(DTYPES['float64'], ring):
        return DTYPES['float64']
    try:
        meeting = pushout(base, ring)
    except (CoercionException, TypeError):
        meeting = get_coercion_model().common_parent(base, ring)
    for name, candidate in TABLE.items():
        if candidate.has_coerce_map_from(meeting):
            return DTYPES[name]
    raise CoercionException(f"no dtype receives coercions from {base} and {ring}")


def _accepts_symbolic(dtype, ring):
    """
    Return whether ``ring`` is the symbolic ring and ``dtype`` can hold its constants.

    EXAMPLES::

        sage: from sage_tf.rings import _accepts_symbolic, DTYPES
        sage: _accepts_symbolic(DTYPES['float32'], SR), _accepts_symbolic(DTYPES['int8'], SR)
        (True, False)
    """
    from sage.symbolic.ring import SymbolicRing
    return isinstance(ring, SymbolicRing) and (dtype.is_floating or dtype.is_complex)


def coerces(dtype, ring):
    r"""
    Return whether the elements of a ring coerce into tensors of a dtype.

    EXAMPLES::

        sage: from sage_tf.rings import coerces, DTYPES
        sage: coerces(DTYPES['float32'], RDF), coerces(DTYPES['float64'], RealField(24)), coerces(DTYPES['float64'], SR)
        (True, False, True)
    """
    return TABLE[dtype.name].has_coerce_map_from(ring) or _accepts_symbolic(dtype, ring)


def widest(first, second):
    r"""
    Return the dtype in which tensors of two dtypes meet.

    EXAMPLES::

        sage: from sage_tf.rings import widest, DTYPES
        sage: widest(DTYPES['int8'], DTYPES['int32']).name, widest(DTYPES['float64'], DTYPES['float32']).name
        ('int32', 'float32')
    """
    if first.name in SIGNED and second.name in SIGNED:
        return max(first, second, key=lambda dtype: dtype.size)
    return common_dtype(first, TABLE[second.name])


__all__ = ['TABLE', 'DTYPES', 'as_dtype', 'common_dtype', 'coerces', 'dtype_of', 'ring_of', 'widest']
