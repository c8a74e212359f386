r"""
Sage arguments as TensorFlow and Keras expect them

Numbers become Python numbers, so that TensorFlow treats ``2`` and ``0.5`` as it treats Python's literals; vectors, matrices and
polynomials become tensors of the dtype that holds their ring; containers are rebuilt only if something in them changes.

EXAMPLES::

    sage: from sage_tf.session.plain import plain
    sage: plain([1, (2/3, pi), {'units': 10}])
    [1, (0.6666666666666666, 3.141592653589793), {'units': 10}]
    sage: type(plain(3)), plain(matrix(QQ, [[1/2, 2]])).dtype.name
    (<class 'int'>, 'float64')
    sage: shape = [2r, 3r]
    sage: plain(shape) is shape
    True
"""
from collections import OrderedDict, defaultdict
from functools import lru_cache
from math import isfinite
from operator import is_

import numpy as np
from sage.rings.integer import Integer
from sage.rings.polynomial.multi_polynomial import MPolynomial
from sage.rings.polynomial.polynomial_element import Polynomial
from sage.rings.rational import Rational
from sage.rings.real_double import RealDoubleElement
from sage.rings.real_mpfr import RealNumber
from sage.structure.element import Element, Expression, Matrix, Vector
from sage.structure.sequence import Sequence_generic
from sage.symbolic.callable import CallableSymbolicExpressionRing_class as CallableSymbolicExpressionRing
from sage.symbolic.ring import SymbolicRing

from sage_tf.conversion.kinds import name_of
from sage_tf.conversion.rounding import round_number
from sage_tf.conversion.to_tf import is_constant_number, to_tf
from sage_tf.rings import COMPLEX, SIGNED, dtype_of

ARRAYS = (Vector, Matrix, Polynomial, MPolynomial)


def plain(obj):
    r"""
    Return an object with the Sage numbers, vectors, matrices and polynomials in it as Python numbers and tensors.

    INPUT:

    - ``obj`` -- anything

    OUTPUT: ``obj`` itself if there is nothing to convert in it. Symbolic expressions with variables, callable ones included, are left
    alone, as is every Sage object that is no constant.

    Raises OverflowError for a real number beyond the range of float64.

    EXAMPLES::

        sage: from sage_tf.session.plain import plain
        sage: plain((1, 2.5, 1/4, I, pi/2, sqrt(-1)*2, oo))
        (1, 2.5, 0.25, 1j, 1.5707963267948966, 2j, inf)
        sage: f(x) = x^2
        sage: plain(f) is f and plain([x + 1])[0] is not None
        True
        sage: plain(slice(0, 4, 2))
        slice(0, 4, 2)

    TESTS::

        sage: plain([1/3, x])
        [0.3333333333333333, x]
        sage: plain(SymmetricGroup(3).an_element()).parent()
        Symmetric group of order 3! as a permutation group
        sage: plain(RealField(100)(10)^400)
        Traceback (most recent call last):
        ...
        OverflowError: ...
    """
    rule = rule_of(type(obj))
    return obj if rule is None else rule(obj)


@lru_cache(maxsize=4096)
def rule_of(kind):
    r"""
    Return the function that converts objects of a class, or None if they stay as they are.

    EXAMPLES::

        sage: from sage_tf.session.plain import rule_of
        sage: rule_of(Integer), rule_of(str), rule_of(type(1/2)).__name__
        (<class 'int'>, None, '_real')
    """
    if issubclass(kind, tuple) and hasattr(kind, '_fields'):
        return _named_tuple
    for base, rule in _RULES:
        if issubclass(kind, base):
            return rule
    return _RULE_OF_CLASS.get(kind)


def register(kind, rule):
    r"""
    Have objects of exactly one class converted by a function.

    EXAMPLES::

        sage: from sage_tf.session.plain import plain, register
        sage: class Answer: pass
        sage: register(Answer, lambda obj: 42r)
        sage: plain(Answer())
        42
    """
    _RULE_OF_CLASS[kind] = rule
    rule_of.cache_clear()


def is_array(obj):
    r"""
    Return whether an object is a Sage vector, matrix or polynomial.

    EXAMPLES::

        sage: from sage_tf.session.plain import is_array
        sage: is_array(vector([1])), is_array([1]), is_array(polygen(ZZ))
        (True, False, True)
    """
    return isinstance(obj, ARRAYS)


# -- numbers and arrays ------------------------------------------------------------------------------------------------

def _real(obj):
    """
    Return a real number as the nearest float.

    EXAMPLES::

        sage: from sage_tf.session.plain import _real
        sage: _real(1/3), _real(RealField(200)(1/3)), _real(RR(NaN))
        (0.3333333333333333, 0.3333333333333333, nan)
    """
    value = float(obj)
    return value if isfinite(value) else float(round_number(obj, 'float64'))


def _number(obj):
    """
    Return a constant number of any other kind as a Python number; what Python has no number for (``GF(2)``) as a tensor.

    EXAMPLES::

        sage: from sage_tf.session.plain import _number
        sage: _number(QQbar(2).sqrt()), _number(AA(2)), _number(Zmod(7)(3)), _number(-oo)
        ((1.4142135623730951+0j), 2.0, 3, -inf)
        sage: _number(Zmod(256)(3)).dtype.name
        'uint8'
    """
    if not is_constant_number(obj):
        return obj
    name = name_of(obj)
    if name in SIGNED:
        return int(obj)
    if not dtype_of(name).is_floating and name not in COMPLEX:
        return to_tf(obj)
    return complex(round_number(obj, 'complex128')) if name in COMPLEX else float(round_number(obj, 'float64'))


def _expression(obj):
    """
    Return a constant symbolic expression as a Python number.

    EXAMPLES::

        sage: from sage_tf.session.plain import _expression
        sage: _expression(SR(2)), _expression(2*pi), _expression(x), _expression(x == 1)
        (2, 6.283185307179586, x, x == 1)
    """
    if isinstance(obj.parent(), CallableSymbolicExpressionRing) or not is_constant_number(obj):
        return obj
    return plain(obj.pyobject()) if obj.is_numeric() else _number(obj)


def _array(obj):
    """
    Return a vector, matrix or polynomial of numbers as a tensor.

    EXAMPLES::

        sage: from sage_tf.session.plain import _array
        sage: _array(vector([1, 2])).dtype.name, _array(vector([x, 1]))
        ('int64', (x, 1))
    """
    return to_tf(obj) if is_constant_array(obj) else obj


def is_constant_array(obj):
    """
    Return whether the entries of a vector, matrix or polynomial are constant numbers.

    EXAMPLES::

        sage: from sage_tf.session.plain import is_constant_array
        sage: is_constant_array(vector([pi, 1])), is_constant_array(vector([x, 1])), is_constant_array(matrix(QQ['t'], 1))
        (True, False, False)
    """
    ring = obj.base_ring()
    if isinstance(ring, CallableSymbolicExpressionRing):
        return False
    try:
        dtype_of(ring)
    except TypeError:
        return False
    if not isinstance(ring, SymbolicRing):
        return True
    return all(map(is_constant_number, obj.coefficients() if isinstance(obj, (Polynomial, MPolynomial)) else obj.list()))


def _element(obj):
    """
    Return any other Sage element: a Sage tensor as its raw tensor, a number as a Python number.

    EXAMPLES::

        sage: from sage_tf.session.plain import _element
        sage: _element(CC(1, 2))
        (1+2j)
    """
    from sage_tf.tensors.element import Tensor
    return obj.to_tf() if isinstance(obj, Tensor) else _number(obj)


def _numpy(obj):
    """
    Return an array of Sage objects as a tensor, every other array as it is.

    EXAMPLES::

        sage: from sage_tf.session.plain import _numpy
        sage: import numpy
        sage: _numpy(numpy.array([1/2, 1/3], dtype=object)).dtype.name
        'float64'
    """
    if obj.dtype.kind == 'O' and any(isinstance(x, Element) for x in obj.flat):
        return to_tf(obj.tolist())
    return obj


# -- containers --------------------------------------------------------------------------------------------------------

def _items(obj):
    """
    Return the items of a list or tuple converted, or None if that changes none of them.

    EXAMPLES::

        sage: from sage_tf.session.plain import _items
        sage: _items([1, 'a']), _items([1r, 'a'])
        ([1, 'a'], None)
    """
    rules = {kind: rule_of(kind) for kind in set(map(type, obj))}
    if len(rules) == 1:
        rule, = rules.values()
        items = None if rule is None else list(map(rule, obj))
    else:
        items = list(map(plain, obj)) if any(rules.values()) else None
    return None if items is None or all(map(is_, items, obj)) else items


def _list(obj):
    """
    Return a list with its items converted.

    EXAMPLES::

        sage: from sage_tf.session.plain import _list
        sage: _list([1, [1/2]])
        [1, [0.5]]
    """
    items = _items(obj)
    return obj if items is None else items


def _collection(obj):
    """
    Return a tuple, set or frozenset with its items converted.

    EXAMPLES::

        sage: from sage_tf.session.plain import _collection
        sage: _collection((1, 1/2)), _collection({1/4})
        ((1, 0.5), {0.25})
    """
    items = _items(tuple(obj))
    return obj if items is None else type(obj)(items)


def _named_tuple(obj):
    """
    Return a named tuple with its items converted.

    EXAMPLES::

        sage: from sage_tf.session.plain import _named_tuple
        sage: from collections import namedtuple
        sage: _named_tuple(namedtuple('Point', 'x y')(1/2, 2))
        Point(x=0.5, y=2)
    """
    items = _items(obj)
    return obj if items is None else obj._replace(**dict(zip(obj._fields, items, strict=True)))


def _dictionary(obj):
    """
    Return a dictionary with its keys and values converted.

    EXAMPLES::

        sage: from sage_tf.session.plain import _dictionary
        sage: _dictionary({0: 1/2})
        {0: 0.5}
    """
    keys, values = _items(list(obj)), _items(list(obj.values()))
    if keys is None and values is None:
        return obj
    copy = obj.copy()                                           # keeps the default factory of a defaultdict
    copy.clear()
    copy.update(zip(keys or list(obj), values or list(obj.values()), strict=True))
    return copy


def _slice(obj):
    """
    Return a slice with its bounds converted.

    EXAMPLES::

        sage: from sage_tf.session.plain import _slice
        sage: type(_slice(slice(None, 2)).stop)
        <class 'int'>
    """
    parts = _items((obj.start, obj.stop, obj.step))
    return obj if parts is None else slice(*parts)


_RULES = (
    (Integer, int),
    (Rational, _real),
    (RealNumber, _real),
    (RealDoubleElement, _real),
    (Expression, _expression),
    (ARRAYS, _array),
    (Element, _element),
    (Sequence_generic, lambda obj: list(map(plain, obj))),
    (np.ndarray, _numpy),
)
# Subclasses of Python's containers belong to somebody, who may rely on their class.
_RULE_OF_CLASS = {
    list: _list, tuple: _collection, set: _collection, frozenset: _collection, slice: _slice,
    dict: _dictionary, OrderedDict: _dictionary, defaultdict: _dictionary,
}

__all__ = ['is_array', 'is_constant_array', 'plain', 'register', 'rule_of']
