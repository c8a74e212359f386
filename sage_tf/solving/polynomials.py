r"""
The roots of one polynomial equation, all of them and in order

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.solving.equations import Equations
    sage: from sage_tf.solving.polynomials import PolynomialRoots
    sage: y, a = var('y, a')
    sage: method = PolynomialRoots(Equations([y^5 - 3*y + a], [y], [a], tf.float64), [a, -3, 0, 0, 0, 1])
    sage: found = method.find([tf.constant([1.0r, 5.0r], tf.float64)], False)
    sage: found.roots[0].numpy().round(5), found.converged.numpy()
    (array([[-1.38879,  0.33473,  1.21465,  0.     ,  0.     ],
            [-1.57619,  0.     ,  0.     ,  0.     ,  0.     ]]),
     array([[ True,  True,  True, False, False],
            [ True, False, False, False, False]]))

ALGORITHM:

Degree 2 by the formula whose numerator does not cancel. In a real dtype the real roots are bracketed by those of the derivatives,
:mod:`~sage_tf.solving.interlacing`. Complex ones, and real ones within a ``tf.function``, are found by
:mod:`~sage_tf.solving.simultaneous`, where one is real if the polynomial vanishes to rounding at its real part, once that is
polished. Real roots come first and ascend, the others follow by their real parts: so real roots change their places only where two of
them meet.
"""
import tensorflow as tf
from sage.modules.free_module_element import vector
from sage.symbolic.ring import SR

from sage_tf.solving.interlacing import real_roots
from sage_tf.solving.newton import Found, _epsilon
from sage_tf.solving.simultaneous import all_roots
from sage_tf.symbolic.tensor_function import TensorFunction

NEAR = 1e-5                                                     # share of its size that the imaginary part of a real root may have, polished


class PolynomialRoots:
    r"""
    The roots of a polynomial in one unknown.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations` with the polynomial

    - ``coefficients`` -- list of expressions in the parameters, from the constant one on

    - ``excluded`` -- expression in the unknown that must not vanish at a root, as a denominator (default: none)
    """
    name = 'polynomial'

    def __init__(self, equations, coefficients, excluded=None):
        self.equations, self.count = equations, len(coefficients) - 1
        self.eager = self.count > 2 and not equations.dtype.is_complex and excluded is None
        self.caution = 0 if self.count <= 2 else 4
        self._coefficients = TensorFunction(vector(SR, coefficients), tuple(equations.parameters), equations.dtype)
        self._excluded = None
        if excluded is not None:
            from sage_tf.solving.equations import Equations
            self._excluded = Equations([excluded], equations.unknowns, equations.parameters, equations.dtype)

    def find(self, parameters, vectorized, only=None):
        """
        Return the roots, :class:`~sage_tf.solving.newton.Found`.
        """
        shape = parameters[0].shape if parameters[0].shape.is_fully_defined() else tf.shape(parameters[0])
        c = [tf.broadcast_to(t, shape) for t in self._coefficients._program(vectorized)(parameters)]
        roots, exists = self._roots(c)
        roots, exists = tf.unstack(roots, num=self.count), tf.unstack(exists, num=self.count)
        if only is not None:
            roots, exists = roots[only:only + 1], exists[only:only + 1]
        roots, exists = tf.stack(roots, -1), tf.stack(exists, -1)
        if self._excluded is not None:
            at = self._excluded.at([t[..., None] for t in parameters], [roots], vectorized)
            exists &= tf.abs(at.values[0]) > 16 * _epsilon(roots.dtype) * at.sizes[0]
        value = horner([t[..., None] for t in c], roots)[0]
        return Found([roots], exists, tf.zeros_like(exists, tf.int32), tf.abs(value))

    def eagerly(self, parameters, only=None):
        """
        Return the roots at eager tensors as one tensor, by compiled code that TensorFlow does not see.
        """
        c = self._coefficients(*parameters)
        found = real_roots(c.numpy().reshape(-1, self.count + 1)).reshape(*c.shape[:-1], self.count)
        found = found if only is None else found[..., only:only + 1]
        return tf.constant(found[..., None], c.dtype)

    def _roots(self, c):
        """Return the roots along the first axis, and where they are roots."""
        if self.count == 1:
            root = (-c[0] / c[1])[None]
            return root, tf.math.is_finite(tf.abs(root))
        if self.count == 2:
            roots = tf.stack(quadratic(*c))
            return roots, tf.math.is_finite(tf.abs(roots))
        if self.equations.dtype.is_complex:
            return _complex(tf.stack(c))
        return _on_host(tf.stack(c, -1)) if tf.executing_eagerly() else _real(tf.stack(c))


def horner(coefficients, y):
    """
    Return the value of a polynomial, its derivative, and the sum of the sizes of the terms.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.polynomials import horner
        sage: [float(t) for t in horner([1.0r, -3.0r, 2.0r], tf.constant(2.0r))]
        [3.0, 5.0, 15.0]
    """
    value, size, slope = coefficients[-1] + tf.zeros_like(y), tf.abs(coefficients[-1]) + tf.zeros_like(tf.abs(y)), tf.zeros_like(y)
    for c in reversed(coefficients[:-1]):
        slope = slope * y + value
        value, size = value * y + c, size * tf.abs(y) + tf.abs(c)
    return value, slope, size


def quadratic(c, b, a):
    r"""
    Return the roots of ``a*y^2 + b*y + c``: first that with the minus sign before the square root, then the other.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.polynomials import quadratic
        sage: c, b, a = (tf.constant(t, tf.float64) for t in ([1.0r, 0.0r, 2.0r, 1.0r], [1e8r, 0.0r, 1.0r, 0.0r], [1.0r, 1.0r, 0.0r, 1.0r]))
        sage: [t.numpy() + 0r for t in quadratic(c, b, a)]
        [array([-1.e+08,  0.e+00,    -inf,     nan]),
         array([-1.e-08,  0.e+00, -2.e+00,     nan])]
    """
    root = tf.sqrt(b * b - 4 * a * c)
    is_upper = tf.math.real(b * tf.math.conj(root)) >= 0 if b.dtype.is_complex else b >= 0
    half = tf.where(is_upper, -(b + root), -(b - root)) / 2
    direct = half / a
    other = tf.where(half == 0, tf.zeros_like(half), c / tf.where(half == 0, tf.ones_like(half), half))
    return tf.where(is_upper, direct, other), tf.where(is_upper, other, direct)


def _on_host(c):
    """Return the real roots of polynomials, whose coefficients are along the last axis, by compiled code that TensorFlow does not see."""
    shape = tf.shape(c)[:-1]
    found = real_roots(c.numpy().reshape(-1, c.shape[-1])).T
    roots = tf.cast(tf.reshape(tf.constant(found), tf.concat([[found.shape[0]], shape], 0)), c.dtype)
    return tf.where(roots == roots, roots, tf.zeros_like(roots)), roots == roots


def _real(c):
    """Return the roots of polynomials with real coefficients, of which only the real ones exist."""
    (re, im), converged = all_roots(c, tf.zeros_like(c))
    unit, scale = _epsilon(c.dtype), tf.sqrt(re * re + im * im)
    near = tf.abs(im) <= NEAR * scale
    y = re
    for _ in range(2):
        value, slope, _ = horner(tf.unstack(c), y)
        step = value / slope
        y = tf.where(tf.math.is_finite(step) & (tf.abs(y - step - re) <= NEAR * scale), y - step, y)
    value, _, size = horner(tf.unstack(c), y)
    exists = near & converged & (tf.abs(value) <= 16 * int(c.shape[0]) * unit * size) & (scale < 1e25)
    y = tf.where(exists, y, re)
    order = _places(exists, y + 1e-5 * im)
    return _in_order(order, y), _in_order(order, tf.cast(exists, y.dtype)) > 0.5


def _complex(c):
    """Return the roots of polynomials with complex coefficients, in the same order."""
    (re, im), converged = all_roots(tf.math.real(c), tf.math.imag(c))
    z = tf.complex(re, im)
    for _ in range(2):
        value, slope, _ = horner(tf.unstack(c), z)
        step = value / slope
        z = tf.where(tf.math.is_finite(tf.abs(step)) & (tf.abs(step) <= NEAR * tf.abs(z)), z - step, z)
    size, plain = tf.abs(z), tf.reduce_all(tf.math.imag(c) == 0, 0)
    is_real = plain & (tf.abs(tf.math.imag(z)) <= 64 * _epsilon(c.dtype) * size)
    re, im = tf.math.real(z), tf.where(is_real, tf.zeros_like(size), tf.math.imag(z))
    order = _places(is_real, re + 1e-5 * im)
    exists = tf.broadcast_to(converged, tf.shape(re)) & (size < 1e25)
    return tf.complex(_in_order(order, re), _in_order(order, im)), _in_order(order, tf.cast(exists, re.dtype)) > 0.5


def _places(first, key):
    """Return for each entry along the first axis its place in the order: where ``first`` holds, then the others, each by their keys."""
    count = int(key.shape[0])
    earlier = tf.constant([[j < i for j in range(count)] for i in range(count)])
    earlier = tf.reshape(earlier, [count, count] + [1] * (len(key.shape) - 1))
    mine, other = key[:, None], key[None]
    is_less = (other < mine) | ((other == mine) | (mine != mine)) & earlier
    same = first[:, None] == first[None]
    before = tf.where(same, is_less, first[None] & ~first[:, None])
    return tf.reduce_sum(tf.cast(before, tf.int32), 1)


def _in_order(places, values):
    """Return entries along the first axis at their places."""
    count = int(values.shape[0])
    wanted = tf.reshape(tf.range(count), [count] + [1] * len(values.shape))
    return tf.reduce_sum(tf.where(places[None] == wanted, values[None], tf.zeros_like(values[None])), 1)
