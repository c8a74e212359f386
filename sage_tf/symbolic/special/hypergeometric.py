r"""
Hypergeometric functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.tensor_function import TensorFunction
    sage: a = var('a')
    sage: f = TensorFunction(hypergeometric([a, 1/2], [3/2], -x^2), (a, x))
    sage: f(1, 0.5).numpy(), atan(0.5)/0.5
    (np.float64(0.92729521800161...), 0.927295218001612)

ALGORITHM:

mpmath, point by point; at argument 1, where the series converges like a power of the index and mpmath takes minutes, its partial sums by
Levin's transformation. The derivative by the argument is a hypergeometric function again; those by the parameters, of which Sage has
none, are difference quotients at a raised precision.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 13.3.15, 13.3.22 and 16.3.1, https://dlmf.nist.gov/16

- D. Levin, Development of non-linear transformations for improving convergence of sequences, Int. J. Comput. Math. B 3 (1973)
"""
from functools import cache, partial

import tensorflow as tf

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath

# Of a series at 1, after which its value is taken to be out of reach.
MOST_TERMS = 200


class Hypergeometric:
    r"""
    A generalized hypergeometric function of given numbers of parameters, as an operation in a graph.

    INPUT:

    - ``upper``, ``lower`` -- numbers of parameters

    - ``operands`` -- tuple of the upper parameters, the lower ones, and the argument

    EXAMPLES::

        sage: from sage_tf.symbolic.special.hypergeometric import Hypergeometric
        sage: Hypergeometric(1, 1, (x, 2, x^2))
        hypergeometric function 1F1
    """
    def __init__(self, upper, lower, operands):
        self.upper = upper
        self.lower = lower
        self.operands = operands

    def __repr__(self):
        return f"hypergeometric function {self.upper}F{self.lower}"

    def __eq__(self, other):
        """
        The operands are compared by the graph.

        TESTS::

            sage: from sage_tf.symbolic.special.hypergeometric import Hypergeometric
            sage: Hypergeometric(0, 1, (x, x)) == Hypergeometric(0, 1, (2, x))
            True
        """
        return isinstance(other, Hypergeometric) and (self.upper, self.lower) == (other.upper, other.lower)

    def __hash__(self):
        return hash((Hypergeometric, self.upper, self.lower))

    def on_tensors(self, dtype):
        """
        Return the function on the tensors of all operands.

        EXAMPLES::

            sage: import tensorflow as tf
            sage: from sage_tf.symbolic.special.hypergeometric import Hypergeometric
            sage: Hypergeometric(0, 0, (x,)).on_tensors(tf.float64)(tf.constant(1r, tf.float64)).numpy()
            np.float64(2.718281828459045)
        """
        return generalized(self.upper, self.lower)


def hypergeometric_of(e, inner):
    """
    Return the operation of an expression headed by Sage's ``hypergeometric``.

    EXAMPLES::

        sage: from sage_tf.symbolic.special.hypergeometric import hypergeometric_of
        sage: hypergeometric_of(hypergeometric([1, x], [], x^2), None).operands
        (1, x, x^2)
    """
    upper, lower, argument = e.operands()
    upper, lower = upper.operands(), lower.operands()
    return Hypergeometric(len(upper), len(lower), (*upper, *lower, argument))


@cache
def generalized(upper, lower):
    r"""
    Return the function on tensors of so many parameters and the argument.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.hypergeometric import generalized
        sage: one = tf.constant(1r, tf.float64)
        sage: generalized(1, 0)(one, one/2r).numpy()                                # 1/(1 - z)
        np.float64(2.0)
    """
    def slope(*tensors):
        *parameters, z = tensors
        factor = tf.ones_like(z)
        for a in parameters[:upper]:
            factor = factor * a
        for b in parameters[upper:]:
            factor = factor / b
        return factor * function(*(p + 1 for p in parameters), z)

    function = _with_slope(partial(_value, upper), upper + lower + 1, slope)
    return function


def _value(upper, *numbers):
    """Return the generalized hypergeometric function of mpmath's numbers."""
    import mpmath
    above, below, z = numbers[:upper], numbers[upper:-1], numbers[-1]
    ends = any(mpmath.isint(a) and mpmath.re(a) <= 0 for a in above)
    if z == 1 and upper == len(below) + 1 > 2 and not ends and mpmath.re(sum(below) - sum(above)) > 0:
        return _at_one(above, below)
    return mpmath.hyper(above, below, z)


def _at_one(above, below):
    r"""
    Return the sum of a hypergeometric series at 1, which converges.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.hypergeometric import _at_one
        sage: _at_one((1, 1, 1), (2, 2)), mpmath.zeta(2)                           # the sum of 1/(k + 1)^2
        (mpf('1.6449340668482264'), mpf('1.6449340668482264'))

    TESTS::

        sage: _at_one((1, 1, 10^6), (2, 10^6 + 1))
        Traceback (most recent call last):
        ...
        mpmath.libmp.libhyper.NoConvergence: ...
    """
    import mpmath
    tolerance = mpmath.mpf(2) ** -mpmath.mp.prec
    with mpmath.workprec(3 * mpmath.mp.prec):                   # the transformation cancels
        series, sums, term = mpmath.levin(variant='u'), [], mpmath.mpf(1)
        for k in range(MOST_TERMS):
            sums.append(sums[-1] + term if sums else term)
            value, error = series.update_psum(sums)
            if k > 8 and error <= tolerance * abs(value):
                return value
            term *= mpmath.fprod(a + k for a in above) / mpmath.fprod(b + k for b in below) / (k + 1)
    raise mpmath.mp.NoConvergence(f"the series does not settle in {MOST_TERMS} terms")


def _with_slope(function, arity, slope):
    """Return a function of mpmath on tensors, its derivative by the last argument given, the others difference quotients."""
    units = [tuple(int(i == k) for i in range(arity)) for k in range(arity - 1)]
    return by_mpmath(function, arity, partials=(*(partial(_derivative, function, arity, orders) for orders in units), slope))


def _derivative(function, arity, orders, *tensors):
    """Return a difference quotient of a function of mpmath at tensors."""
    return by_mpmath(function, arity, orders)(*tensors)


_M = _with_slope('hyp1f1', 3, lambda a, b, z: a / b * _M(a + 1, b + 1, z))
_U = _with_slope('hyperu', 3, lambda a, b, z: -a * _U(a + 1, b + 1, z))

ROWS = {
    'hypergeometric': Row(None, None, 3, 'compound', 'any numbers of parameters, which may be expressions; by mpmath on the host'),
    'hypergeometric_M': Row(_M, _M, 3, 'host'),
    'hypergeometric_U': Row(_U, _U, 3, 'host'),
}
COMPOUNDS = {'hypergeometric': hypergeometric_of}
