r"""
Power series that take over near removable singularities

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.series import Removable
    sage: t, p = SR.var('t, p')
    sage: coefficients = [(-1)^(k//2)*p^(k + 1)/factorial(k + 1) if k % 2 == 0 else SR(0) for k in range(14)]
    sage: f = Removable(sin(p*t)/t, t, {0: coefficients}, (p,)); f
    sin(p*t)/t near t = 0
    sage: f.on_tensors(tf.float64)(tf.constant([0.0r, 0.5r], tf.float64), tf.constant(2.0r, tf.float64)).numpy()
    array([2.        , 1.68294197])
"""
from functools import reduce
from operator import add, mul

import tensorflow as tf
from sage.rings.real_mpfr import RealField

from sage_tf.conversion.rounding import round_number
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.graph import Graph
from sage_tf.symbolic.powers import product_power
from sage_tf.symbolic.stable import stabilize

COMBINE = {'add': add, 'mul': mul}


class Removable:
    r"""
    A function of one variable, and perhaps of others beside it, whose singularities at some points are removable.

    INPUT:

    - ``expression``, ``variable`` -- the function

    - ``series`` -- dictionary from the points to the coefficients of the power series there, which may depend on the others, or to a pair of
      lists, on the left and on the right of a point with the same value; the derivative there is the mean, and complex dtypes have none

    - ``others`` -- the other variables

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.removable import _series
        sage: from sage_tf.symbolic.series import Removable
        sage: t = SR.var('t')
        sage: f = Removable((exp(t) - 1)/t, t, {0: _series((exp(t) - 1)/t, t, 0)}).on_tensors(tf.float64)
        sage: f(tf.constant([0.0r, 1e-9r, 1.0r], tf.float64)).numpy()
        array([1.        , 1.        , 1.71828183])
    """
    vectorizes = True                                           # on_tensors knows a form for XLA on a CPU

    def __init__(self, expression, variable, series, others=()):
        self._expression, self._variable, self._series, self._others = expression, variable, series, tuple(others)

    def __repr__(self):
        return f"{self._expression} near {self._variable} = {', '.join(map(str, sorted(self._series)))}"

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function of the variable and the others on tensors of a dtype.
        """
        function = _program([self._expression], (self._variable, *self._others), dtype, vectorized)
        make = _varying if self._others else _constant
        near = [(round_number(point, dtype), serves, make(coefficients, self._others, dtype))
                for point, serves, coefficients in self._expansions(dtype)]

        def value(u, *others):
            result = function([u, *others])[0]
            for point, serves, polynomial in near:
                shift = u - tf.constant(point)
                inside, found = polynomial(shift, *others)
                result = tf.where(inside & serves(shift, tf.zeros_like(shift)) if serves else inside, found, result)
            return result

        def partial(symbol):
            return lambda *tensors: self._derivative(symbol).on_tensors(dtype, vectorized)(*tensors)

        return differentiable(value, *map(partial, (self._variable, *self._others)))

    def _expansions(self, dtype):
        """Return triples, a point, the relation of the distance to 0 for which the coefficients serve, None for any, and these."""
        found = []
        for point, coefficients in self._series.items():
            if isinstance(coefficients, list):
                found.append((point, None, coefficients))
            elif dtype.is_floating:
                mean = [(left + right) / 2 for left, right in zip(*coefficients, strict=True)]
                found += [(point, *pair) for pair in zip((tf.less, tf.greater, tf.equal), (*coefficients, mean), strict=True)]
        return found

    def _derivative(self, symbol):
        """Return the derivative by one of the variables."""
        def derived(found):
            if isinstance(found, tuple):
                return tuple(map(derived, found))
            return [k * c for k, c in enumerate(found)][1:] if symbol is self._variable else [c.diff(symbol) for c in found]

        series = {point: derived(found) for point, found in self._series.items()}
        return Removable(self._expression.diff(symbol), self._variable, series, self._others)


class Joined:
    """
    A sum or product some of whose parts are other operations.

    INPUT:

    - ``op`` -- ``'add'`` or ``'mul'``

    - ``parts`` -- list of pairs, an operation, or None for the sum or product, and the number of its operands

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.series import Joined
        sage: Joined('mul', [(None, 2), (None, 1)]).on_tensors(tf.float32)(2r, 3r, 5r)
        30
    """
    vectorizes = True

    def __init__(self, op, parts):
        self._op, self._parts = op, parts

    def __repr__(self):
        return f"{self._op} of {', '.join(str(part or count) for part, count in self._parts)}"

    def on_tensors(self, dtype, vectorized=False):
        """
        Return the function of all operands on tensors of a dtype.
        """
        combine = COMBINE[self._op]
        functions = [(part.on_tensors(dtype, vectorized) if part else lambda *tensors: reduce(combine, tensors), count)
                     for part, count in self._parts]

        def function(*tensors):
            start, found = 0, []
            for part, count in functions:
                found.append(part(*tensors[start:start + count]))
                start += count
            return reduce(combine, found)

        return function


def _program(expressions, symbols, dtype, vectorized=False):
    """Return expressions as a function of a list of tensors."""
    from sage_tf.symbolic.functions import operation
    from sage_tf.symbolic.lowering import Program  # which is made of such functions
    graph = Graph(operation)
    roots = [graph.read(e) for e in expressions]
    if dtype.is_floating:
        stabilize(graph, roots)
    return Program(graph, roots, symbols, dtype, vectorized)


# The largest distance from a point, and the size of a term that is a rounding error; the last terms of a series must be as small.
_FARTHEST, _ROUNDING, _LAST = 0.25, 2.0**-56, 4


def _constant(coefficients, others, dtype):
    """Return the function of the distance from a point that tells where a series serves, and its values."""
    real = RealField(53)
    sizes = [real(abs(c.n())) for c in coefficients]
    scale = max(sizes[:_LAST]) or real(1)
    radius = float(min([real(_FARTHEST), *((scale * real(_ROUNDING) / size)**(real(1) / k)
                                           for k, size in enumerate(sizes) if k >= len(sizes) - _LAST and size)]))
    rounded = [round_number(c, dtype) for c in coefficients]
    return lambda shift: (tf.abs(shift) < tf.constant(radius, shift.dtype.real_dtype), _horner([tf.constant(c) for c in rounded], shift))


def _varying(coefficients, others, dtype):
    """
    Return the same with other variables, in double precision, as the coefficients may overflow.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.series import _varying
        sage: p = SR.var('p')
        sage: f = _varying([p^k for k in range(14)], [p], tf.float32)
        sage: inside, values = f(tf.constant([0.0r, 0.02r, 0.125r]), tf.constant(2.0r)); inside.numpy(), values.numpy()
        (array([ True, False, False]),
         array([1.       , 1.0416666, 1.3333334], dtype=float32))
    """
    wide = tf.complex128 if dtype.is_complex else tf.float64
    program = _program(coefficients, others, wide)

    def polynomial(shift, *tensors):
        x = tf.cast(shift, wide)
        values = program([tf.cast(t, wide) for t in tensors])
        sizes, size = [tf.abs(value) for value in values], tf.abs(x)
        scale = reduce(tf.maximum, sizes[:_LAST])
        limit = tf.where(scale > 0, scale, tf.ones_like(scale)) * tf.constant(_ROUNDING, scale.dtype)
        first = len(sizes) - _LAST
        small = [c * product_power(size, k) <= limit for k, c in enumerate(sizes) if k >= first]
        inside = reduce(tf.logical_and, small) & (size < _FARTHEST) | (size == 0)
        return inside, tf.cast(tf.where(size == 0, values[0], _horner(values, x)), dtype)

    return polynomial


def _horner(coefficients, x):
    """Return the polynomial with the given coefficients, that of degree 0 first."""
    result = tf.fill(tf.shape(x), coefficients[-1]) if coefficients[-1].shape.rank == 0 else coefficients[-1]
    for c in reversed(coefficients[:-1]):
        result = result * x + c
    return result
