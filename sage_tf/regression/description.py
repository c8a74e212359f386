r"""
How many bits it takes to say the data with a law

EXAMPLES::

    sage: from sage_tf.regression.description import expression_bits
    sage: expression_bits(2*x, 10) < expression_bits(2.5317*x, 10) < expression_bits(2.5317*x + sin(x), 10)
    True

ALGORITHM:

The description length of a law `f` with data `(X, y)` of `n` points is, in bits,

.. MATH::

    \frac n2 \log_2\left(1 + \frac{r^2}{\delta^2}\right) + N \log_2 A + \sum_{c} b(c)

- `r` is the root of the (weighted) mean square of the residuals, and `\delta` the precision of the data, `10^{-12}` of the root of the mean square of `y`, for
  data that are all numbers of single precision `2^{-24}`: the first term is what Gaussian residuals take that are written down to `\delta`, and nothing
  if they are rounding errors.

- `N` is the number of nodes of the expression, and `A` the number of different symbols that a node could be.

- `b(c)` are the bits of a constant: `1 + \log_2 (|p| + 1) + \log_2 q` for a rational number `p/q`, and for one that is not exact the digits that the data
  determine, `\log_2 (\delta_y/r) + \frac12 \log_2 n` with the root of the mean square `\delta_y` of `y`, from 8 to 53 bits, and `2 \log_2 (1 + |\log_2 |c||)`
  for its size; twice as many for an exponent that is not half an integer.

Among laws for the same data the one with the least description length is taken: a term that is added must explain more bits of the residuals than it costs.

REFERENCES: J. Rissanen, Modeling by shortest data description, Automatica 14 (1978).
"""
from math import inf, log2
from operator import pow as power

import numpy as np
from sage.rings.integer_ring import ZZ
from sage.rings.rational import Rational
from sage.symbolic.ring import SR

from sage_tf.symbolic.functions import operation
from sage_tf.symbolic.graph import Graph

DOUBLE, SINGLE = 1e-12, 2.0**-24                                # relative precision of the data
LEAST, MOST = 8, 53                                             # bits of a constant that is not exact
OTHER_SYMBOLS = 16                                              # what a node may be beside a variable


def precision_of(y):
    """
    Return the precision of values, in their units. Short numbers, as integers are, say nothing of how they were computed.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.description import precision_of
        sage: y = numpy.array([1r, 2r, 3r])/7r
        sage: precision_of(y) < 1e-12 < precision_of(y.astype('float32')) < 1e-7
        True
    """
    y = np.asarray(y, dtype=np.float64)
    with np.errstate(over='ignore'):
        is_single = (y == y.astype(np.float32)).all() and not (1024 * y == np.round(1024 * y)).all()
    return (SINGLE if is_single else DOUBLE) * root_mean_square(y)


def root_mean_square(values):
    """
    Return the root of the mean of the squares.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.description import root_mean_square
        sage: root_mean_square(numpy.array([3e200r, 4e200r])) / 1e200                     # abs tol 1e-14
        3.5355339059327378
    """
    largest = np.abs(values).max()
    return float(largest * np.sqrt(np.mean((values / largest)**2))) if largest else 0.0


def residual_bits(residual, precision, points):
    """
    Return the bits of residuals.

    INPUT:

    - ``residual`` -- the root of their mean square

    - ``precision`` -- that of the data, ``points`` -- how many there are

    EXAMPLES::

        sage: from sage_tf.regression.description import residual_bits
        sage: residual_bits(1e-3, 1e-12, 100) - residual_bits(5e-4, 1e-12, 100)           # abs tol 1e-9
        100.0
    """
    return points / 2 * log2(1 + (residual / precision)**2)


def expression_bits(expression, variables, digits=MOST, complexity=None):
    """
    Return the bits of an expression.

    INPUT:

    - ``expression`` -- of Sage

    - ``variables`` -- number of the variables that there are

    - ``digits`` -- bits that a constant has which is not exact (default: all of float64)

    - ``complexity`` -- number of its nodes, which may have weights (default: the number that there are)

    EXAMPLES::

        sage: from sage_tf.regression.description import expression_bits
        sage: expression_bits(x, 16), expression_bits(x + 1/4, 16)
        (5.0, 19.0)
    """
    numbers = sum(_constant_bits(number, digits) for number in _numerals(SR(expression)))
    return (complexity_of(expression) if complexity is None else complexity) * log2(OTHER_SYMBOLS + variables) + numbers


def complexity_of(expression):
    """
    Return the number of nodes of an expression.

    EXAMPLES::

        sage: from sage_tf.regression.description import complexity_of
        sage: complexity_of(x), complexity_of(sin(x) + 1)
        (1, 4)
    """
    graph = Graph(operation)
    return graph.tree_size(graph.read(SR(expression)))


def digits_of(residual, scale, points):
    """
    Return the bits to which data determine a constant.

    EXAMPLES::

        sage: from sage_tf.regression.description import digits_of
        sage: digits_of(0.0, 1.0, 100), digits_of(0.01, 1.0, 1024) < 12
        (53, True)
    """
    if not residual:
        return MOST
    return min(MOST, max(LEAST, log2(max(scale / residual, 1)) + log2(points) / 2))


def _numerals(expression):
    """Yield the numbers in an expression."""
    todo = [expression]
    while todo:
        e = todo.pop()
        if e.is_numeric():
            yield e.pyobject()
        else:
            todo.extend(e.operands())
            if e.operator() is power and e.operands()[1].is_numeric() and 2 * e.operands()[1] not in ZZ:
                yield e.operands()[1].pyobject()                # once more: few laws have other powers


def _constant_bits(number, digits):
    """Return the bits of a number."""
    try:
        exact = Rational(number) if number.parent().is_exact() else None
    except (AttributeError, TypeError, ValueError):
        exact = None
    if exact is None:
        size = abs(float(number)) if not hasattr(number, 'imag') or not number.imag else abs(complex(number))
        return digits + (2 * log2(1 + abs(log2(size))) if 0 < size < inf else 0)
    return 1 + log2(abs(exact.numerator()) + 1) + log2(exact.denominator())
