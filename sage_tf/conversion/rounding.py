r"""
Correct rounding of exact numbers

A number is rounded once: to the nearest value of the target dtype, ties to even, whatever its ring and precision.

EXAMPLES::

    sage: from sage_tf.conversion.rounding import round_real
    sage: float(round_real(1/3, 'float32'))
    0.3333333432674408
    sage: x = 1 + 2^-24 + 2^-80           # rounding to float64 first would make this a tie
    sage: float(round_real(x, 'float32')) == 1 + 2^-23
    True
    sage: float(round_real(pi, 'float64')), float(round_real(sqrt(2)^100, 'float64'))
    (3.141592653589793, 1125899906842624.0)

ALGORITHM:

Exact numbers are rounded by integer division. For the others (algebraic and symbolic ones) an enclosure is refined until
both of its ends round to the same value, as A. Ziv proposed.

REFERENCES:

- A. Ziv, *Fast evaluation of elementary mathematical functions with correctly rounded last bit*, ACM Transactions on
  Mathematical Software 17 (1991), 410-423
"""
import math
import numbers

import numpy as np
from sage.rings.complex_double import ComplexDoubleElement
from sage.rings.complex_mpfr import ComplexNumber
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfr import RealNumber
from sage.structure.element import Element, Expression, parent

from sage_tf.conversion.enclosures import is_real, refined, refuse_interval, require_constant, special_value
from sage_tf.conversion.exact import FORMATS, exact, round_fraction
from sage_tf.rings import SIGNED, UNSIGNED, as_dtype, is_real_ring

PART = {'complex128': 'float64', 'complex64': 'float32'}


def numpy_type(name):
    """
    Return the NumPy scalar type of a dtype given by its name.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import numpy_type
        sage: numpy_type('int8')
        <class 'numpy.int8'>
    """
    return as_dtype(name).as_numpy_dtype


def round_real(x, dtype):
    r"""
    Return the value of a float dtype nearest to a real constant.

    INPUT:

    - ``x`` -- a real number of any kind, or a constant symbolic expression

    - ``dtype`` -- a real float dtype

    OUTPUT: a NumPy scalar; infinities and NaN are kept, OverflowError if a finite ``x`` is too large, TypeError if it
    is not real

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_real
        sage: float(round_real(RealField(200)(2).sqrt(), 'float64'))
        1.4142135623730951
        sage: float(round_real(-oo, 'float32')), float(round_real(RR('NaN'), 'float64'))
        (-inf, nan)
        sage: float(round_real(AA(2).sqrt(), 'bfloat16'))
        1.4140625

    TESTS::

        sage: round_real(70000, 'float16')
        Traceback (most recent call last):
        ...
        OverflowError: a number beyond 65504 in absolute value does not fit in float16; use a wider dtype
        sage: round_real(RIF(1, 2), 'float64')
        Traceback (most recent call last):
        ...
        TypeError: 2.? is an interval, not a number; take .center() or pass midpoint=True
        sage: round_real(sqrt(-2), 'float64')
        Traceback (most recent call last):
        ...
        TypeError: sqrt(-2) is not real but the dtype float64 is; pass dtype='complex128' or take .real()
    """
    name = as_dtype(dtype).name
    return numpy_type(name)(_real_part(x, name))


def _real_part(x, name):
    """
    Return :func:`round_real` as a Python float.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _real_part
        sage: _real_part(SR(3)/2, 'float32')
        1.5
    """
    x = _plain(x)
    parts = exact(x)
    if parts is not None:
        value = round_fraction(*parts, name)
        return -0.0 if value == 0 and _is_negative_zero(x) else value
    value = special_value(x)
    if value is not None:
        return value
    refuse_interval(x)
    if not is_real(x):
        raise TypeError(f"{x} is not real but the dtype {name} is; pass dtype='complex128' or take .real()")
    if isinstance(x, complex):
        return _real_part(x.real, name)
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return _real_part(x.real(), name)
    return refined(x, 'real', name)


def _plain(x):
    """
    Return the number inside of a symbolic expression or NumPy scalar, other objects as they are.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _plain
        sage: _plain(SR(1/2)).parent(), _plain(pi)
        (Rational Field, pi)
    """
    if isinstance(x, Expression) and x.is_numeric():
        return x.pyobject()
    if isinstance(x, np.generic):
        return x.item()
    if not isinstance(x, (Element, numbers.Number)):            # Sage's fields would read strings and take None for 0
        raise TypeError(f"cannot convert {x!r} of type {type(x).__name__} to a number; "
                        "expected a number or a constant expression")
    return x


def _is_negative_zero(x):
    """
    Return whether a zero carries a minus sign.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _is_negative_zero
        sage: _is_negative_zero(-RR(0)), _is_negative_zero(0)
        (True, False)
    """
    return isinstance(x, (float, np.floating, RealNumber, RealDoubleElement)) and math.copysign(1.0, float(x)) < 0


def round_complex(x, dtype):
    r"""
    Return the value of a complex dtype nearest to a constant, part by part.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_complex
        sage: complex(round_complex(QQbar(-2).sqrt() + 1/3, 'complex64'))
        (0.3333333432674408+1.4142135381698608j)
        sage: complex(round_complex(CC(oo, 1), 'complex128')), complex(round_complex(I, 'complex64'))
        ((inf+1j), 1j)
    """
    name = as_dtype(dtype).name
    real, imaginary = _complex_parts(x, PART[name])
    return numpy_type(name)(complex(real, imaginary))


def _complex_parts(x, name):
    """
    Return the rounded real and imaginary part of a constant.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _complex_parts
        sage: _complex_parts(exp(I), 'float32')
        (0.5403022766113281, 0.8414709568023682)
    """
    x = _plain(x)
    if isinstance(x, complex):
        return _real_part(x.real, name), _real_part(x.imag, name)
    if isinstance(x, (ComplexNumber, ComplexDoubleElement)):
        return _real_part(x.real(), name), _real_part(x.imag(), name)
    refuse_interval(x)
    if is_real(x):
        return _real_part(x, name), 0.0
    return refined(x, 'real', name), refined(x, 'imag', name)


def round_integer(x, dtype):
    r"""
    Return the value of an integer dtype or of ``bool`` that equals an integer, or is its residue class.

    INPUT:

    - ``x`` -- an integer, a residue class, or a real constant that is an integer

    - ``dtype`` -- ``int8`` to ``int64`` (the ring ZZ: what does not fit raises OverflowError), ``uint8`` to ``uint64`` (the
      ring Zmod(2^k)) or ``bool`` (the field GF(2))

    OUTPUT: a NumPy scalar; TypeError if ``x`` is no integer, ValueError for NaN and infinities

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_integer
        sage: [int(round_integer(x, dtype)) for x, dtype in ((-3, 'int8'), (-3, 'uint8'), (-3, 'bool'), (RR(4), 'int64'))]
        [-3, 253, 1, 4]

    TESTS::

        sage: round_integer(2^70, 'int64')
        Traceback (most recent call last):
        ...
        OverflowError: 1180591620717411303424 does not fit in int64; use a wider dtype or a float one
        sage: round_integer(1/2, 'int64')
        Traceback (most recent call last):
        ...
        TypeError: 1/2 is no integer but the dtype int64 holds integers; pass a float dtype or round it first
        sage: round_integer(RR('NaN'), 'int64')
        Traceback (most recent call last):
        ...
        ValueError: NaN is not finite, so it has no value of dtype int64; pass a float dtype
    """
    name = as_dtype(dtype).name
    value = _integer_value(x, name)
    if name in SIGNED:
        bound = 1 << (as_dtype(name).size * 8 - 1)
        if not -bound <= value < bound:
            raise OverflowError(f"{x} does not fit in {name}; use a wider dtype or a float one")
    elif name in UNSIGNED:
        value &= (1 << (as_dtype(name).size * 8)) - 1
    else:
        value &= 1
    return numpy_type(name)(value)


def _integer_value(x, name):
    """
    Return the Python integer that a number equals or represents.

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import _integer_value
        sage: _integer_value(Zmod(7)(5), 'int8'), _integer_value(SR(4), 'int8'), _integer_value(sqrt(2)^2*3, 'int8')
        (5, 4, 6)
    """
    from sage.rings.integer_ring import ZZ
    try:
        return x.__index__()
    except (AttributeError, TypeError):
        pass
    x = _plain(x)
    if isinstance(x, (complex, ComplexNumber, ComplexDoubleElement)) and is_real(x):
        x = x.real if isinstance(x, complex) else x.real()
    refuse_interval(x)
    if isinstance(x, Expression):
        require_constant(x)
    known = exact(x) is not None
    if not known and special_value(x) is not None:
        raise ValueError(f"{x} is not finite, so it has no value of dtype {name}; pass a float dtype")
    try:
        if known or isinstance(x, Expression) or is_real_ring(parent(x)) is not None:       # ZZ would take p-adic numbers too
            return int(ZZ(x))
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):
        pass
    raise TypeError(f"{x} is no integer but the dtype {name} holds integers; pass a float dtype or round it first")


def round_number(x, dtype):
    r"""
    Return the value of any dtype of the table nearest to a constant.

    INPUT:

    - ``x`` -- a number of any kind, or a constant symbolic expression

    - ``dtype`` -- a dtype of the table

    OUTPUT: a NumPy scalar; see :func:`round_real`, :func:`round_complex` and :func:`round_integer`

    EXAMPLES::

        sage: from sage_tf.conversion.rounding import round_number
        sage: float(round_number(pi, 'float32')), complex(round_number(pi, 'complex64')), int(round_number(3, 'uint8'))
        (3.1415927410125732, (3.1415927410125732+0j), 3)
    """
    name = as_dtype(dtype).name
    if name in FORMATS:
        return round_real(x, name)
    if name in PART:
        return round_complex(x, name)
    return round_integer(x, name)
