r"""
Blocks of numbers: lists and arrays into an array of one dtype

What a dtype cannot hold is refused here: a finite number beyond a float's range and an integer beyond a signed dtype's raise
OverflowError, a fraction or NaN for an integer dtype and a complex value for a real one raise as Sage's rings do.

EXAMPLES::

    sage: from sage_tf.conversion.blocks import block_of_list
    sage: block_of_list([1, 2/3, sqrt(2)], 'float32')
    array([1.       , 0.6666667, 1.4142135], dtype=float32)
    sage: block_of_list([1, -1], 'uint8')
    array([  1, 255], dtype=uint8)
"""
from itertools import islice

import numpy as np
from sage.rings.complex_double import ComplexDoubleElement
from sage.rings.complex_mpfr import ComplexNumber
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.real_double import RDF
from sage.rings.real_mpfr import RealLiteral, RealNumber

from sage_tf.conversion import entries
from sage_tf.conversion.exact import FORMATS, overflow
from sage_tf.conversion.rounding import PART, numpy_type, round_complex, round_integer, round_real
from sage_tf.rings import SIGNED

entries.trust([int, float, np.float64, np.float32, np.float16, Integer, Rational, type(RDF.zero()), RealNumber, RealLiteral],
              RealNumber)
_TRUSTED_COMPLEX = {complex, np.complex128, np.complex64, ComplexDoubleElement, ComplexNumber}

# Long lists and arrays go by pieces of this many entries, so that temporaries stay small.
CHUNK = 1 << 16


# -- lists -------------------------------------------------------------------------------------------------------------

def block_of_list(items, name, shape=None):
    r"""
    Return the array of the values nearest to the numbers of a list.

    INPUT:

    - ``items`` -- sequence of numbers of any kind, mixed as they like

    - ``name`` -- name of a dtype of the table

    - ``shape`` -- (default: one axis) shape of the array

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import block_of_list
        sage: block_of_list([1, I, QQbar(-2).sqrt()], 'complex64')
        array([1.+0.j       , 0.+1.j       , 0.+1.4142135j], dtype=complex64)
        sage: block_of_list([2^62, -3], 'int64')
        array([4611686018427387904,                  -3])

    TESTS::

        sage: block_of_list([2^40], 'int32')
        Traceback (most recent call last):
        ...
        OverflowError: 1099511627776 does not fit in int32; use a wider dtype or a float one
        sage: block_of_list([10^400], 'float64')
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 1.79769e+308 in absolute value does not fit in float64; use a wider dtype
    """
    read = _reals if name in FORMATS else _complexes if name in PART else _integers
    block = np.empty(len(items) if shape is None else shape, dtype=numpy_type(name))
    flat, numbers = block.reshape(-1), iter(items)
    for start in range(0, len(items), CHUNK):
        count = min(CHUNK, len(items) - start)
        flat[start:start + count] = read(islice(numbers, count), count, name, lambda k, start=start: items[start + k])
    return block


def _reals(numbers, count, name, at):
    """
    Return the values of a real float dtype nearest to numbers.

    INPUT:

    - ``numbers`` -- iterator of ``count`` numbers

    - ``at`` -- function that returns the number of a given index

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _reals
        sage: _reals([1, 1/3, pi], 3, 'float32', None)
        array([1.       , 0.33333334, 3.1415927 ], dtype=float32)
    """
    block = np.empty(count)
    entries.fill_real(numbers, block, lambda x: float(round_real(x, name)))
    return narrow(block, name, lambda k: round_real(at(k), name))


def _complexes(numbers, count, name, at):
    """
    Return the values of a complex dtype nearest to numbers, part by part.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _complexes
        sage: _complexes([CDF(1, 2), pi], 2, 'complex64', None)
        array([1.       +2.j, 3.1415927+0.j], dtype=complex64)
    """
    block = np.empty((count, 2))
    entries.fill_complex(numbers, block, lambda x: complex(round_complex(x, name)), _TRUSTED_COMPLEX)
    result = np.empty(count, dtype=numpy_type(name))
    result.real = narrow(block[:, 0], PART[name], lambda k: round_complex(at(k), name).real)
    result.imag = narrow(block[:, 1], PART[name], lambda k: round_complex(at(k), name).imag)
    return result


def _integers(numbers, count, name, at):
    """
    Return integers as a signed dtype, refusing what does not fit, or their residues as an unsigned one.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _integers
        sage: _integers([1, 4/2], 2, 'int8', None), _integers([-1, 2^70 + 3], 2, 'uint64', None)
        (array([1, 2], dtype=int8), array([18446744073709551615,                    3], dtype=uint64))
    """
    block = np.empty(count, dtype=np.int64)
    if name in SIGNED:
        entries.fill_integer(numbers, block, lambda x: int(round_integer(x, name)))
        return _signed(block, name)
    entries.fill_integer(numbers, block, lambda x: int(np.uint64(round_integer(x, name)).view(np.int64)))
    return _residues(block, name)


# -- arrays ------------------------------------------------------------------------------------------------------------

def block_of_array(array, name):
    r"""
    Return a NumPy array in another dtype of the table, each value rounded once or refused.

    INPUT:

    - ``array`` -- NumPy array of a dtype of the table

    - ``name`` -- name of a dtype of the table

    OUTPUT: NumPy array; the array itself where nothing changes

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import block_of_array
        sage: import numpy
        sage: block_of_array(numpy.array([1r, 300r]), 'uint8')
        array([ 1, 44], dtype=uint8)
        sage: block_of_array(numpy.array([1.0r, -2.0r]), 'int8')
        array([ 1, -2], dtype=int8)

    TESTS::

        sage: block_of_array(numpy.array([1e39r]), 'float32')
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 3.40282e+38 in absolute value does not fit in float32; use a wider dtype
        sage: block_of_array(numpy.array([1.5r]), 'int8')
        Traceback (most recent call last):
        ...
        TypeError: 1.5 is no integer but the dtype int8 holds integers; pass a float dtype or round it first
        sage: block_of_array(numpy.array([1r + 1jr]), 'float64')
        Traceback (most recent call last):
        ...
        TypeError: (1+1j) is not real but the dtype float64 is; pass dtype='complex128' or take .real()
    """
    source = np.dtype(array.dtype)
    if source == numpy_type(name):
        return array
    if name in PART:
        return _complex_array(array, name)
    if source.kind == 'c':
        return block_of_array(_real_array(array, name), name)
    if name in FORMATS:
        return _float_array(array, name)
    if source.kind not in 'iub':
        array = _integer_array(array, name)
    return _signed(array, name) if name in SIGNED else _residues(array, name)


def _complex_array(array, name):
    """
    Return an array as a complex dtype, part by part.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _complex_array
        sage: import numpy
        sage: _complex_array(numpy.array([1r + 2jr]), 'complex64')
        array([1.+2.j], dtype=complex64)
    """
    result = np.empty(array.shape, dtype=numpy_type(name))
    result.real = block_of_array(array.real, PART[name])
    result.imag = block_of_array(array.imag, PART[name]) if array.dtype.kind == 'c' else 0
    return result


def _real_array(array, name):
    """
    Return the real part of a complex array whose imaginary part vanishes.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _real_array
        sage: import numpy
        sage: _real_array(numpy.array([1r + 0jr]), 'float64')
        array([1.])
    """
    bad = array.imag != 0
    if bad.any():
        raise TypeError(f"{array[bad].flat[0]} is not real but the dtype {name} is; pass dtype='complex128' or take .real()")
    return array.real


def _float_array(array, name):
    """
    Return an array of reals or integers as a float dtype.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _float_array
        sage: import numpy
        sage: _float_array(numpy.array([2r^62r + 1r]), 'float32')
        array([4.611686e+18], dtype=float32)
    """
    inexact = array.dtype.kind in 'iu' and array.dtype.itemsize == 8
    return narrow(array.astype(np.float64), name, (lambda k: round_real(array.flat[k], name)) if inexact else None)


def _integer_array(array, name):
    """
    Return a float array whose values are integers as an array of integers.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _integer_array
        sage: import numpy
        sage: _integer_array(numpy.array([3.0r, 1e30r]), 'uint8')
        array([3, 1000000000000000019884624838656], dtype=object)
        sage: _integer_array(numpy.array([numpy.nan]), 'int8')
        Traceback (most recent call last):
        ...
        ValueError: nan is not finite, so it has no value of dtype int8; pass a float dtype
    """
    doubles = array.astype(np.float64)
    bad = ~(np.isfinite(doubles) & (doubles == np.rint(doubles)))
    if bad.any():
        round_integer(float(doubles[bad].flat[0]), name)        # raises, saying which
    if not doubles.size or np.abs(doubles).max() < 2.0**63:
        return doubles.astype(np.int64)
    integers = np.empty(doubles.shape, dtype=object)
    integers.flat = [int(x) for x in doubles.flat]
    return integers


def _signed(array, name):
    """
    Return an array of integers as a signed dtype, or refuse what does not fit.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _signed
        sage: import numpy
        sage: _signed(numpy.array([200r]), 'int8')
        Traceback (most recent call last):
        ...
        OverflowError: 200 does not fit in int8; use a wider dtype or a float one
    """
    target = np.dtype(numpy_type(name))
    if array.dtype == target or not array.size:
        return array.astype(target, copy=False)
    if array.dtype.kind != 'b':
        limits = np.iinfo(target)
        for extreme in (int(array.min()), int(array.max())):
            if not limits.min <= extreme <= limits.max:
                round_integer(extreme, name)                    # raises, saying which
    return array.astype(target)


def _residues(array, name):
    """
    Return the residues of an array of integers modulo the order of an unsigned dtype's ring.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _residues
        sage: import numpy
        sage: _residues(numpy.array([-1r, 257r]), 'uint8'), _residues(numpy.array([2r, 3r]), 'bool')
        (array([255,   1], dtype=uint8), array([False,  True]))
    """
    bits = 1 if name == 'bool' else 8 * np.dtype(numpy_type(name)).itemsize
    if array.dtype == object:
        array = np.mod(array, 1 << 64).astype(np.uint64)
    if array.dtype.kind == 'b':
        array = array.astype(np.uint8)
    if bits == 1:
        return (array & 1).astype(bool)
    return array.astype(numpy_type(name))                       # C's wrap around is the ring homomorphism


# -- narrow floats -----------------------------------------------------------------------------------------------------

def narrow(doubles, name, decide=None):
    r"""
    Round ``float64`` values to a narrower float dtype, once.

    INPUT:

    - ``doubles`` -- ``float64`` array

    - ``name`` -- name of a real float dtype

    - ``decide`` -- (default: ``None``) function of a flat index that rounds the exact number from which that double was rounded,
      called where the double lies halfway between two values of the narrow dtype; not needed where the doubles are exact

    OUTPUT: NumPy array of the dtype; OverflowError if a finite value is beyond its range

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import narrow
        sage: from sage_tf.conversion.rounding import round_real
        sage: import numpy
        sage: tie = 1 + 2^-24 + 2^-80
        sage: narrow(numpy.array([float(tie)]), 'float32', lambda k: round_real(tie, 'float32')) > 1r
        array([ True])
        sage: narrow(numpy.array([1e-40r, numpy.inf, numpy.nan]), 'float32').tolist()
        [9.99994610111476e-41, inf, nan]
    """
    if name == 'float64':
        return doubles
    result = np.empty(doubles.shape, dtype=numpy_type(name))
    source, target = doubles.reshape(-1), result.reshape(-1)
    for start in range(0, source.size, CHUNK):
        nearest = decide and (lambda k, start=start: decide(start + k))
        target[start:start + CHUNK] = _narrow_chunk(source[start:start + CHUNK], name, nearest)
    return result


@np.errstate(invalid='ignore')                                  # infinities and NaN are kept as they are
def _narrow_chunk(doubles, name, decide):
    """
    Return :func:`narrow` of a short array.

    ALGORITHM:

    The significand is scaled to an integer at the position of the narrow format's last bit, so subnormal numbers round at theirs.

    EXAMPLES::

        sage: from sage_tf.conversion.blocks import _narrow_chunk
        sage: import numpy
        sage: float(_narrow_chunk(numpy.array([1/3]).astype(float), 'bfloat16', None)[0])
        0.333984375
    """
    bits, low, high = FORMATS[name]
    significand, exponent = np.frexp(doubles)
    kept = np.minimum(bits, exponent - low)
    scaled = np.ldexp(significand, kept)
    rounded = np.ldexp(np.rint(scaled), exponent - kept)
    finite = np.isfinite(doubles)
    if decide is not None:
        for k in np.flatnonzero(finite & (np.abs(scaled - np.trunc(scaled)) == 0.5)):
            rounded[k] = decide(int(k))
    if (finite & (np.abs(rounded) >= 2.0**high)).any():
        raise overflow(name)
    return np.where(finite, rounded, doubles).astype(numpy_type(name))
