r"""
Which dtype a collection of numbers takes

The kinds of its numbers (Sage parents, Python and NumPy types) meet in a common parent, and that parent's row of the
table decides.

EXAMPLES::

    sage: from sage_tf.conversion.kinds import common_name, kinds_of
    sage: common_name(kinds_of([1, 2/3])), common_name(kinds_of([RealField(24)(1), 1/3])), common_name(kinds_of([1, I]))
    ('float64', 'float32', 'complex128')
"""
import numbers
from functools import singledispatch

from sage.rings.complex_double import CDF
from sage.rings.infinity import InfinityRing, UnsignedInfinityRing
from sage.rings.integer_ring import ZZ
from sage.rings.polynomial.multi_polynomial import MPolynomial
from sage.rings.polynomial.polynomial_element import Polynomial
from sage.rings.rational_field import QQ
from sage.rings.real_double import RDF
from sage.structure.coerce_exceptions import CoercionException
from sage.structure.element import Element, Expression, Matrix, Vector, get_coercion_model
from sage.symbolic.ring import SymbolicRing

from sage_tf.conversion import entries
from sage_tf.conversion.enclosures import is_real, require_constant
from sage_tf.rings import TABLE, as_dtype, dtype_of

CONTAINERS = (Vector, Matrix, Polynomial, MPolynomial)
UNSETTLED = (Expression, *CONTAINERS)

# True is 1 among other numbers, as in Python. Infinity meets the rationals: [1, oo] is a list of reals, and
# [RealField(24)(1), oo] keeps its precision.
_RING_OF_KIND = {bool: ZZ, int: ZZ, float: RDF, complex: CDF, InfinityRing: QQ, UnsignedInfinityRing: QQ}


@singledispatch
def kinds_of(obj):
    r"""
    Return the set of parents, types and dtype names of the numbers in an object.

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import kinds_of
        sage: sorted(map(str, kinds_of([1, vector([1/2])])))
        ['Integer Ring', 'Rational Field']
        sage: kinds_of(sqrt(-2))
        {'complex128'}
    """
    dtype = getattr(obj, 'dtype', None)
    if dtype is not None:
        return {as_dtype(dtype() if callable(dtype) else dtype).name}
    return {obj.parent()} if isinstance(obj, Element) else {type(obj)}


@kinds_of.register(bool)
def _(obj):
    return {bool}


@kinds_of.register(Expression)
def _(obj):
    require_constant(obj)
    return {'float64' if is_real(obj) else 'complex128'}


@kinds_of.register(Vector)
@kinds_of.register(Matrix)
@kinds_of.register(Polynomial)
@kinds_of.register(MPolynomial)
def _(obj):
    ring = obj.base_ring()
    if not isinstance(ring, SymbolicRing):
        return {ring}
    items = obj.coefficients() if isinstance(obj, (Polynomial, MPolynomial)) else obj.list()
    return kinds_of(items) or {'float64'}


@kinds_of.register(list)
@kinds_of.register(tuple)
@kinds_of.register(range)
def _(obj):
    return kinds_of_list(obj, entries.samples_of(obj))


def kinds_of_list(items, samples):
    """
    Return :func:`kinds_of` of a list of which :func:`~sage_tf.conversion.entries.samples_of` is known.

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import kinds_of_list
        sage: kinds_of_list([1, 2], {ZZ: 1})
        {Integer Ring}
    """
    if all(map(_is_settled, samples.values())):
        return set(samples)
    return set().union(*map(kinds_of, items))


def _is_settled(item):
    """
    Return whether all objects of the parent or type of an item take the dtype that the item takes.

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import _is_settled
        sage: _is_settled(RealField(200)(1)), _is_settled(pi), _is_settled(vector([1]))
        (True, False, False)
    """
    if isinstance(item, Element):
        return not isinstance(item, UNSETTLED) and not hasattr(item, 'dtype')
    return type(item) in _RING_OF_KIND


def common_name(kinds):
    r"""
    Return the name of the dtype in which kinds of numbers meet.

    INPUT:

    - ``kinds`` -- set of parents, types and dtype names, as :func:`kinds_of` gives it

    OUTPUT: string; TypeError if the kinds have no common parent

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import common_name
        sage: common_name({ZZ, bool}), common_name({bool}), common_name({'int8', 'int16'}), common_name({'float32', float})
        ('int64', 'bool', 'int16', 'float32')

    TESTS::

        sage: common_name({QQ, GF(2)})
        Traceback (most recent call last):
        ...
        TypeError: no dtype holds numbers of Finite Field of size 2 and Rational Field together; convert them to one ring first
        sage: common_name(set())
        Traceback (most recent call last):
        ...
        ValueError: an empty list has no ring to deduce a dtype from; pass dtype= or base=
    """
    if not kinds:
        raise ValueError("an empty list has no ring to deduce a dtype from; pass dtype= or base=")
    if kinds == {bool}:
        return 'bool'
    if len(kinds) == 1:
        kind = next(iter(kinds))
        return kind if isinstance(kind, str) else dtype_of(_ring_of(kind)).name
    signed = {kind for kind in kinds if isinstance(kind, str) and kind.startswith('int')}
    if signed == kinds:
        return max(kinds, key=lambda name: as_dtype(name).size)
    rings = {_ring_of(kind) for kind in kinds}
    try:
        meeting = get_coercion_model().common_parent(*rings)
    except (TypeError, CoercionException):
        names = ' and '.join(sorted(map(str, rings)))
        raise TypeError(f"no dtype holds numbers of {names} together; convert them to one ring first") from None
    return dtype_of(meeting).name


def _ring_of(kind):
    """
    Return the ring that stands for a kind where kinds meet.

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import _ring_of
        sage: _ring_of(bool), _ring_of('float32'), _ring_of(float)
        (Integer Ring, Real Field with 24 bits of precision, Real Double Field)
    """
    if isinstance(kind, str):
        return TABLE[kind]
    if kind in _RING_OF_KIND or not isinstance(kind, type):
        return _RING_OF_KIND.get(kind, kind)
    if issubclass(kind, numbers.Integral):                      # gmpy2's, say
        return ZZ
    if issubclass(kind, numbers.Rational):
        return QQ
    raise TypeError(f"cannot convert objects of type {kind.__name__} to a tensor; expected numbers")


def name_of(obj):
    r"""
    Return the name of the dtype that an object takes when none is asked for.

    EXAMPLES::

        sage: from sage_tf.conversion.kinds import name_of
        sage: name_of(1/2), name_of(vector(GF(2), [1])), name_of(matrix([[pi, I]])), name_of(oo)
        ('float64', 'bool', 'complex128', 'float64')
    """
    return common_name(kinds_of(obj))
