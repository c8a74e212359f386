r"""
Numbers of Sage as strings, exactly

A numeral is a tuple of the kind of a number and strings and precisions that give its value and its parent::

    sage: from sage_tf.symbolic.numerals import number_from_numeral, numeral
    sage: for n in (2/3, 0.1, RR(1/10), RealField(24)(0.1), CDF(1, -0.5), float(0.1)): print(numeral(n))
    ('rational', '2/3')
    ('literal', 53, 10, '0.1')
    ('real', 53, 'RNDN', '7205759403792794p-56')
    ('real', 24, 'RNDN', '13421773p-27')
    ('complex double', '0x1.0000000000000p+0', '-0x1.0000000000000p-1')
    ('float', '0x1.999999999999ap-4')
    sage: number_from_numeral(['real', 24r, 'RNDN', '13421773p-27'])
    0.100000
"""
import re
from collections import namedtuple

from sage.rings.complex_double import CDF, ComplexDoubleElement
from sage.rings.complex_mpfr import ComplexField, ComplexNumber
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.real_double import RDF, RealDoubleElement
from sage.rings.real_mpfr import RealField, RealLiteral, RealNumber
from sage.symbolic.ring import SR

Numeral = namedtuple('Numeral', 'type write read')

# More bits than anybody computes with, and few enough to be no danger to the memory.
LARGEST_PRECISION = 10**7
ROUNDINGS = ('RNDN', 'RNDD', 'RNDU', 'RNDZ', 'RNDA')

_GAUSSIAN = type(SR.I().pyobject())
_INTEGER = re.compile(r'-?[0-9]+', re.ASCII)
_RATIONAL = re.compile(r'(-?[0-9]+)/([0-9]*[1-9][0-9]*)', re.ASCII)
_LITERAL = re.compile(r'-?[0-9A-Za-z]*\.?[0-9A-Za-z]*([eE@][+-]?[0-9]{1,18})?', re.ASCII)
_BINARY = re.compile(r'(-?)([0-9]+)p(-?[0-9]{1,18})', re.ASCII)


def numeral(number):
    r"""
    Return the numeral of a number.

    INPUT:

    - ``number`` -- integer, rational, Gaussian rational, or real or complex floating-point number of Sage or Python

    OUTPUT: tuple of strings and whole numbers, fit for JSON; NotImplementedError for other numbers

    EXAMPLES::

        sage: from sage_tf.symbolic.numerals import numeral
        sage: numeral(-3), numeral(SR(2 + I/3).pyobject()), numeral(RR(-oo)), numeral(-RR(0))
        (('integer', '-3'), ('gaussian', '2', '1/3'), ('real', 53, 'RNDN', '-infinity'), ('real', 53, 'RNDN', '-0p0'))
        sage: numeral(RIF(1, 2))
        Traceback (most recent call last):
        ...
        NotImplementedError: the number 2.? of Real Interval Field with 53 bits of precision is not saved; expected integers, ...
    """
    if isinstance(number, _GAUSSIAN) and not number.imag():     # as the symbolic ring would have it
        number = Rational(number)
    for kind, row in NUMERALS.items():
        if isinstance(number, row.type):
            return kind, *row.write(number)
    raise NotImplementedError(f"the number {number} of {number.parent() if hasattr(number, 'parent') else type(number)} is not saved; "
                              "expected integers, rational and Gaussian rational numbers, and floating-point numbers")


def number_from_numeral(data):
    r"""
    Return the number that a numeral describes.

    INPUT:

    - ``data`` -- list or tuple, as :func:`numeral` returns; it may come from anybody

    OUTPUT: a number of the kind that was written; ValueError if there is none

    EXAMPLES::

        sage: from sage_tf.symbolic.numerals import number_from_numeral, numeral
        sage: for n in (7, -1/3, 0.1, -1.5e-300, RR(1/10), CC(pi, e), RealField(100)(pi), complex(1, 2), SR(2 - I).pyobject(), RR(oo)):
        ....:     again = number_from_numeral(numeral(n))
        ....:     assert again == n and type(again) is type(n) and getattr(again, 'parent', str)() == getattr(n, 'parent', str)()
        sage: for data in (['integer', '1 + 1'], ['integer', 1], ['rational', '1/0'], ['real', 53r, 'RNDN', '3p-55000000000000000000'],
        ....:              ['real', 10^20, 'RNDN', '1p0'], ['real', 2r, 'RNDN', '9p0'], ['quaternion'], 5, ['float', 'x'], ['float', '1', '2']):
        ....:     try: number_from_numeral(data)
        ....:     except ValueError as error: print(error)
        ['integer', '1 + 1'] is no number
        ['integer', 1] is no number
        ['rational', '1/0'] is no number
        ['real', 53, 'RNDN', '3p-55000000000000000000'] is no number
        ['real', 100000000000000000000, 'RNDN', '1p0'] is no number
        ['real', 2, 'RNDN', '9p0'] is no number
        ['quaternion'] is no number
        5 is no number
        ['float', 'x'] is no number
        ['float', '1', '2'] is no number
    """
    try:
        kind, *parts = data
        number = NUMERALS[kind].read(*parts)
        if numeral(number)[1:] == tuple(parts):             # whatever was rounded or has a shorter form
            return number
    except (TypeError, ValueError, KeyError, OverflowError):
        pass
    raise ValueError(f"{str(data)[:80]} is no number")


def _matched(pattern, text):
    """Return the groups of a pattern that matches all of a text; ValueError if it does not."""
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError
    return match.groups()


def _integer(text):
    """Return the integer that a text names."""
    _matched(_INTEGER, text)
    return Integer(text, 10)


def _rational(text):
    """Return the rational number that a text names, with or without denominator."""
    if '/' not in text:
        return Rational(_integer(text))
    numerator, denominator = _matched(_RATIONAL, text)
    return Rational((Integer(numerator, 10), Integer(denominator, 10)))


def _written_float(x):
    """
    Return an mpfr number as mantissa and binary exponent.

    EXAMPLES::

        sage: from sage_tf.symbolic.numerals import _written_float
        sage: _written_float(RR(-6)), _written_float(RR(NaN))
        ('-6755399441055744p-50', 'NaN')
    """
    if x.is_NaN() or x.is_infinity():
        return str(x)
    sign, mantissa, exponent = x.sign_mantissa_exponent()
    return f"{'-' if sign < 0 else ''}{mantissa}p{exponent if mantissa else 0}"


def _read_float(text, precision, rounding='RNDN'):
    """
    Return the mpfr number of a mantissa and a binary exponent.

    EXAMPLES::

        sage: from sage_tf.symbolic.numerals import _read_float, _written_float
        sage: [_read_float(_written_float(RR(a)), 53r) for a in (-6, oo, 0)]
        [-6.00000000000000, +infinity, 0.000000000000000]
    """
    if type(precision) is not int or not 1 <= precision <= LARGEST_PRECISION or rounding not in ROUNDINGS:
        raise ValueError
    field = RealField(precision, rnd=rounding)
    if text in ('NaN', '+infinity', '-infinity'):
        return field(text)
    sign, mantissa, exponent = _matched(_BINARY, text)
    mantissa = Integer(mantissa, 10)
    if mantissa.nbits() > precision:
        raise ValueError
    size = field(mantissa) << int(exponent)
    return -size if sign else size


def _read_literal(precision, base, text):
    """
    Return a literal of a session, which keeps its digits: it is another number at a higher precision than a rounded one is.

    EXAMPLES::

        sage: from sage_tf.symbolic.numerals import number_from_numeral, numeral
        sage: a = number_from_numeral(numeral(0.1))
        sage: R = RealField(100)
        sage: R(a) == R(1/10), R(RR(1/10)) == R(1/10)
        (True, False)
    """
    if not (type(precision) is type(base) is int and 1 <= precision <= LARGEST_PRECISION and 2 <= base <= 62):
        raise ValueError
    _matched(_LITERAL, text)
    return RealLiteral(RealField(precision), text, base)


def _read_gaussian(real, imag):
    """Return a Gaussian rational number."""
    return SR.I().pyobject().parent()([_rational(real), _rational(imag)])


def _read_complex(precision, real, imag):
    """Return an mpfr complex number."""
    return ComplexField(precision)(_read_float(real, precision), _read_float(imag, precision))


#: Kind of a numeral -> type of the number, function to the parts of the numeral, function from them. Each is read only if it is
#: written the same again.
NUMERALS = {
    'integer': Numeral(Integer, lambda n: (str(n),), _integer),
    'rational': Numeral(Rational, lambda q: (str(q),), _rational),
    'gaussian': Numeral(_GAUSSIAN, lambda z: tuple(map(str, z)), _read_gaussian),
    'literal': Numeral(RealLiteral, lambda x: (int(x.precision()), int(x.base), x.literal), _read_literal),
    'real': Numeral(RealNumber, lambda x: (int(x.precision()), x.parent().rounding_mode(), _written_float(x)),
                    lambda precision, rounding, text: _read_float(text, precision, rounding)),
    'complex': Numeral(ComplexNumber, lambda z: (int(z.prec()), _written_float(z.real()), _written_float(z.imag())), _read_complex),
    'double': Numeral(RealDoubleElement, lambda x: (float(x).hex(),), lambda text: RDF(float.fromhex(text))),
    'complex double': Numeral(ComplexDoubleElement, lambda z: (float(z.real()).hex(), float(z.imag()).hex()),
                              lambda real, imag: CDF(float.fromhex(real), float.fromhex(imag))),
    'float': Numeral(float, lambda x: (x.hex(),), float.fromhex),
    'python complex': Numeral(complex, lambda z: (z.real.hex(), z.imag.hex()),
                              lambda real, imag: complex(float.fromhex(real), float.fromhex(imag))),
}
