r"""
Orthogonal polynomials of a constant degree on tensors

They are computed by the recurrences of three terms, which keep the digits that sums of powers lose, and which TensorFlow
differentiates and XLA compiles.

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.polynomials import CONSTANTS
    sage: legendre = CONSTANTS['legendre_P']((SR(50), None), tf.float64)
    sage: legendre(tf.constant(50.0r, tf.float64), tf.constant([0.9r, 1.0r], tf.float64)).numpy()
    array([-0.17003766,  1.        ])
    sage: n(legendre_P(50, 9/10))
    -0.170037659943837

REFERENCES: DLMF 18.9.1, 18.9.2, 14.10.3, 14.7.2; R. Koekoek, P. A. Lesky, R. F. Swarttouw, "Hypergeometric Orthogonal Polynomials and
Their q-Analogues" (2010), 9.5, 9.10, 9.11
"""
from functools import partial
from math import factorial, pi, prod, sqrt

import tensorflow as tf
from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

from sage_tf.conversion.rounding import is_real
from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import broadcast, differentiable, flat
from sage_tf.symbolic.powers import power_function, rational

# Degrees up to which the steps are laid out one after the other, and up to which they are taken at all.
UNROLLED, LARGEST_DEGREE = 64, 1000


def by_recurrence(n, first, second, step, start=0):
    r"""
    Return a term of a sequence of tensors of one shape.

    INPUT:

    - ``n`` -- index of the term, an integer of at least ``start``

    - ``first``, ``second`` -- the terms of index ``start`` and ``start + 1``

    - ``step`` -- function of ``k``, the term of index ``k`` and the one before it, returning the one after it; ``k`` is an integer, or
      a tensor with the value of one

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.polynomials import by_recurrence
        sage: one = tf.ones((), tf.float64)
        sage: [int(by_recurrence(n, one, one, lambda k, p, q: p + q)) for n in (0r, 1r, 10r, 70r)] == [fibonacci(n + 1) for n in (0, 1, 10, 70)]
        True
    """
    if n == start:
        return first
    state = second, first
    if n - start <= UNROLLED:
        for k in range(start + 1, n):
            state = step(k, *state), state[0]
        return state[0]

    def advance(i, k, last, before):
        return i + 1, k + 1, step(k, last, before), last

    count = n - start - 1
    begin = tf.constant(0), tf.constant(start + 1, first.dtype), *state
    return tf.while_loop(lambda i, *rest: i < count, advance, begin, maximum_iterations=count)[2]


# With a gradient, though it is zero.
one, zero = flat(tf.ones_like), flat(tf.zeros_like)


def _chebyshev_t(n, x):
    return by_recurrence(abs(n), one(x), x, lambda k, p, q: 2 * x * p - q)


def _chebyshev_u(n, x):
    if n < 0:
        return zero(x) if n == -1 else -_chebyshev_u(-n - 2, x)
    return by_recurrence(n, one(x), 2 * x, lambda k, p, q: 2 * x * p - q)


def _legendre(n, x):
    return by_recurrence(max(n, -n - 1), one(x), x, lambda k, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1))


def _hermite(n, x):
    return by_recurrence(n, one(x), 2 * x, lambda k, p, q: 2 * (x * p - k * q))


def _laguerre(n, x):
    if n < 0:
        return tf.exp(x) * _laguerre(-n - 1, -x)
    return _gen_laguerre(n, zero(x), x)


def _gen_laguerre(n, a, x):
    return by_recurrence(n, one(x), 1 + a - x, lambda k, p, q: ((2 * k + 1 + a - x) * p - (k + a) * q) / (k + 1))


def _gegenbauer(n, a, x):
    return by_recurrence(n, one(x), 2 * a * x, lambda k, p, q: (2 * (k + a) * x * p - (k + 2 * a - 1) * q) / (k + 1))


def _jacobi(n, a, b, x):
    def step(k, p, q):
        c = 2 * k + a + b
        rise = (c + 1) * ((c + 2) * c * x + (a - b) * (a + b)) * p - 2 * (k + a) * (k + b) * (c + 2) * q
        return rise / (2 * (k + 1) * (k + 1 + a + b) * c)

    return by_recurrence(n, one(x), a + 1 + (a + b + 2) * (x - 1) / 2, step)


def _krawtchouk(j, x, n, p):
    def step(k, last, before):
        return ((x - p * (n - k) - k * (1 - p)) * last - p * (1 - p) * (n + 1 - k) * before) / (k + 1)

    return by_recurrence(j, one(x), x - p * n, step)


def _meixner(n, x, b, c):
    def step(k, last, before):
        return (((c - 1) * x + k + (k + b) * c) * last - k * (b + k - 1) * before) / c

    return by_recurrence(n, one(x), b + (c - 1) / c * x, step)


def _legendre_q(n, x):
    first = _legendre_q_of_degree_0(x)
    return by_recurrence(n, first, x * first - 1, lambda k, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1))


def _artanh_between_the_cuts(z):
    """Return (log(1 + z) - log(1 - z))/2, which beyond 1 is on another side of its cut than the inverse hyperbolic tangent."""
    if not z.dtype.is_complex:
        return tf.atanh(z)
    near = tf.abs(z) < 1 / 2
    inside = tf.where(near, z, tf.zeros_like(z))
    return tf.where(near, tf.atanh(inside), (cx.log(1 + z) - cx.log(1 - z)) / 2)


_legendre_q_of_degree_0 = differentiable(_artanh_between_the_cuts, lambda z: 1 / ((1 - z) * (1 + z)))


def _legendre_part(n, m, x):
    """Return the Ferrers function of degree n and order m, both at least 0, divided by (1 - x^2)^(m/2)."""
    if m > n:
        return zero(x)
    start = (-1)**m * prod(range(1, 2 * m, 2)) * one(x)
    return by_recurrence(n, start, (2 * m + 1) * x * start, lambda k, p, q: ((2 * k + 1) * x * p - (k + m) * q) / (k - m + 1), m)


def _ferrers(n, m, x):
    n, size = max(n, -n - 1), abs(m)
    scale = (-1)**m * (factorial(n + m) / factorial(n - m)) if m < 0 else 1
    return scale * power_function(QQ((size, 2)), x.dtype)((1 - x) * (1 + x)) * _legendre_part(n, size, x)


def _spherical_harmonic(n, m, theta, phi):
    size = abs(m)
    sign = (-1)**m if m < 0 else 1
    scale = sign * sqrt((2 * n + 1) / (4 * pi) * (factorial(n - size) / factorial(n + size)))
    sine, cosine = (tf.sin(theta), tf.cos(theta)) if not theta.dtype.is_complex else (cx.sin(theta), cx.cos(theta))
    found = scale * power_function(QQ((size, 2)), theta.dtype)(sine * sine) * _legendre_part(n, size, cosine)
    return found * tf.exp(tf.constant(m * 1j, phi.dtype) * phi) if m else found


def _in_wide(function, indices, *tensors):
    """Return a function of constant integers and tensors, computed in double precision."""
    dtype = tensors[-1].dtype
    wide = tf.complex128 if dtype.is_complex else tf.float64
    tensors = broadcast(*(tf.cast(t, wide) for t in tensors[len(indices):]))
    return tf.cast(function(*indices, *tensors), dtype)


def _for_integers(function, count, allowed, values, dtype):
    """
    Return a function on the tensors of all arguments, or ``None`` if the first arguments are no constant integers of a good size.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.polynomials import CONSTANTS
        sage: CONSTANTS['hermite']((SR(1/2), None), tf.float64), CONSTANTS['hermite']((None, SR(1)), tf.float64)
        (None, None)
    """
    indices = [None if v is None else rational(v) for v in values[:count]]
    if not all(isinstance(i, Integer) and abs(i) <= LARGEST_DEGREE for i in indices):
        return None
    indices = tuple(int(i) for i in indices)
    return partial(_in_wide, function, indices) if allowed(dtype, *indices, *values[count:]) else None


def _natural(dtype, n, *rest):
    return n >= 0


def _any(dtype, *rest):
    return True


def _low(dtype, n, *rest):
    """Return whether the recurrence, which for discrete polynomials of high degree is not stable, may be used."""
    return 0 <= n <= 16


def _no_pole(dtype, n, a, b, x):
    """Return whether no denominator in the recurrence of the Jacobi polynomials may be small."""
    return n >= 0 and None not in (a, b) and is_real(a) and is_real(b) and bool(a + b >= -1)


def _order_within_degree(dtype, n, m, x):
    return abs(m) <= max(n, -n - 1)


def _harmonic(dtype, n, m, *rest):
    return abs(m) <= n and (m == 0 or dtype.is_complex)


#: Function of the constants of a function and a dtype, as a row of the table has it.
CONSTANTS = {name: partial(_for_integers, *row) for name, row in {
    'chebyshev_T': (_chebyshev_t, 1, _any),
    'chebyshev_U': (_chebyshev_u, 1, _any),
    'legendre_P': (_legendre, 1, _any),
    'legendre_Q': (_legendre_q, 1, _natural),
    'gen_legendre_P': (_ferrers, 2, _order_within_degree),
    'hermite': (_hermite, 1, _natural),
    'laguerre': (_laguerre, 1, _any),
    'gen_laguerre': (_gen_laguerre, 1, _natural),
    'gegenbauer': (_gegenbauer, 1, _natural),
    'jacobi_P': (_jacobi, 1, _no_pole),
    'krawtchouk': (_krawtchouk, 1, _low),
    'meixner': (_meixner, 1, _low),
    'spherical_harmonic': (_spherical_harmonic, 2, _harmonic),
}.items()}
