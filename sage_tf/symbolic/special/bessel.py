r"""
Bessel, Hankel and Struve functions, and the spherical ones, on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.bessel import ROWS
    sage: ROWS['bessel_J'].real(tf.constant(0.5r, tf.float64), tf.constant([1.0r, 2.0r], tf.float64)).numpy()
    array([0.67139671, 0.51301614])
    sage: n(bessel_J(1/2, 1)), n(bessel_J(1/2, 2))
    (0.671396707141803, 0.513016136561828)

ALGORITHM:

Real arguments and a constant order of moderate size: see :mod:`~sage_tf.symbolic.special.bessel_order`. Else SciPy (Amos's library
for the Bessel functions); mpmath where that has no value, where it underflows too early, and for orders that
are not real. The derivative by the order is mpmath's difference quotient, that by the argument a recurrence in the order.

REFERENCES: DLMF 10.6.1, 10.29.1, 10.51.1, 10.51.2, 11.4.24, 11.4.26
"""
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.bessel_order import COMPILED, for_constant
from sage_tf.symbolic.special.host import _pointwise, by_mpmath, on_host


def by_scipy(scipy_name, exact, order, z):
    """
    Return the values of a function of SciPy at arrays, of one of mpmath where SciPy has none or 0 for a value that is not.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_tf.symbolic.special.bessel import by_scipy
        sage: by_scipy('jv', 'besselj', np.array([0.5r, 130.0r]), np.array([2.0r, 0.5r]))
        array([5.13016137e-001, 8.34258748e-299])
    """
    from scipy import special
    z = z + 0.0                                                 # the sign of a zero chooses no side of a cut
    found = np.asarray(getattr(special, scipy_name)(order.real, z))
    doubtful = (order.imag != 0) | np.isnan(found) | ((found == 0) & (z != 0) & (np.abs(z) < np.abs(order)))
    if scipy_name in ('struve', 'modstruve'):                   # at 0 SciPy ignores that a factor may vanish
        doubtful = doubtful | (z == 0)
    if np.any(doubtful):
        found = found.copy()
        found[doubtful] = _pointwise(exact, (0, 0), order[doubtful], z[doubtful])
    return found


def _hankel(name, order, z):
    """Return a Hankel function of mpmath, which is a difference of terms that are large far from the real axis."""
    import mpmath
    with mpmath.workdps(mpmath.mp.dps + int(abs(mpmath.im(z)))):
        return getattr(mpmath, name)(order, z)


def _bessel(name, order, z):
    """Return a function of mpmath; all here are functions of the order and the argument."""
    import mpmath
    if name.startswith('struve') and z == 0 and mpmath.re(order) < 0 and mpmath.isint(order + mpmath.mpf(1) / 2):
        return mpmath.mpf(0)                                   # the Bessel function of the opposite order; DLMF 11.4.3, 11.4.4
    return _hankel(name, order, z) if name.startswith('hankel') else getattr(mpmath, name)(order, z)


def _sphere(name, n, z):
    """
    Return a spherical function of mpmath, at 0 too.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.bessel import _sphere
        sage: _sphere('besselj', mpmath.mpf(0), mpmath.mpf(0)), _sphere('bessely', mpmath.mpf(-1), mpmath.mpf(0))
        (mpf('1.0'), mpf('1.0'))
    """
    import mpmath
    if z:
        return mpmath.sqrt(mpmath.pi / 2) / mpmath.sqrt(z) * _bessel(name, n + mpmath.mpf(1) / 2, z)
    if name == 'bessely' and mpmath.isint(n):
        return (-1)**int(mpmath.re(n) + 1) * _sphere('besselj', -n - 1, z)
    return mpmath.power(z, n) if name == 'besselj' else mpmath.nan


def _sphere_by_scipy(scipy_name, exact, parity, n, z):
    """
    Return the values of a spherical function at arrays; ``parity`` is that of its orders whose functions are even.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_tf.symbolic.special.bessel import _sphere_by_scipy
        sage: _sphere_by_scipy('jv', 'besselj', 0r, np.array([1r, 1r, 0.5r]), np.array([-2.0r, 2.0r, -2.0r]))
        array([-0.43539777,  0.43539777,         nan])
    """
    is_complex = z.dtype.kind == 'c'
    base = z + 0.0 if is_complex else np.abs(z)
    found = np.sqrt(np.pi / 2) / np.sqrt(base) * by_scipy(scipy_name, partial(_bessel, exact), n + 0.5, base)
    if not is_complex:
        sign = np.where(n == np.floor(n), np.where(n % 2 == parity, 1, -1), np.nan)
        found = np.where(z < 0, sign * found, found)
    at_zero = z == 0
    if np.any(at_zero):
        found[at_zero] = _pointwise(partial(_sphere, exact), (0, 0), n[at_zero], z[at_zero])
    return found


def _central(f, order, z):
    """Return the derivative by the argument of J, Y and the Hankel functions."""
    return (f(order - 1, z) - f(order + 1, z)) / 2


def _central_of_i(f, order, z):
    """Return the derivative of I by the argument."""
    return (f(order - 1, z) + f(order + 1, z)) / 2


def _central_of_k(f, order, z):
    """Return the derivative of K by the argument."""
    return -_central_of_i(f, order, z)


def _slope_on_sphere(f, n, z):
    """Return the derivative of a spherical function by the argument, which for n = 0 and for 2*n + 1 = 0 is one term."""
    half = tf.abs(2 * n + 1) < 1 / 4
    safe_n, safe_z = tf.where(half, tf.ones_like(n), n), tf.where(half, z, tf.ones_like(z))
    before = f(tf.where(n == 0, n, n - 1), z)
    regular = (safe_n * before - (safe_n + 1) * f(safe_n + 1, z)) / (2 * safe_n + 1)
    return tf.where(half, before - (n + 1) / safe_z * f(n, z), regular)


def _struve_term(order, z):
    """Return what the derivatives of the Struve functions have beside those of Bessel functions."""
    import mpmath
    return mpmath.power(z / 2, order) * mpmath.rgamma(order + mpmath.mpf(3) / 2) / (2 * mpmath.sqrt(mpmath.pi))


def _slope_of_struve(central, f, order, z):
    """Return the derivative of a Struve function by the argument."""
    return by_mpmath(_struve_term, 2)(order, z) + central(f, order, z)


def _functions(value, exact, slope):
    """
    Return a function of order and argument on tensors, and the same without a derivative by the order.

    Such a derivative takes milliseconds for each point, and a tape computes it whether it is asked for or not.
    """
    general = on_host(value, by_mpmath(exact, 2, (1, 0)), lambda order, z: slope(general, order, z))
    held = on_host(value, lambda order, z: tf.zeros_like(z), lambda order, z: slope(held, order, z))
    return general, held


def _row(name, real, exact, slope, complex=None, note=''):
    """
    Return the row of a function.

    INPUT:

    - ``name`` -- its name in Sage

    - ``real``, ``complex`` -- functions of arrays (``complex`` is ``real`` by default); ``real`` is ``None`` for functions without
      real values

    - ``exact`` -- the same as a function of mpmath

    - ``slope`` -- the derivative by the argument, as a function of the function, the order and the argument
    """
    on_complex = _functions(complex or real, exact, slope)
    on_real = (None, None) if real is None else _functions(real, exact, slope)

    def of_constants(values, dtype):
        found = for_constant(name, values, dtype) if name in COMPILED else None
        return found or (on_complex if dtype.is_complex else on_real)[values[0] is not None]

    return Row(on_real[0], on_complex[0], 2, 'host', note, of_constants)


def _plain(sage_name, scipy_name, name, slope):
    """Return the row of a Bessel function or, without real values, of a Hankel function."""
    exact = partial(_bessel, name)
    value = partial(by_scipy, scipy_name, exact)
    if name.startswith('hankel'):
        return _row(sage_name, None, exact, slope, value, _NOT_REAL)
    return _row(sage_name, value, exact, slope, note=_NOTE)


def _struve(sage_name, scipy_name, name, central):
    """Return the row of a Struve function, which SciPy has for real arguments only."""
    exact = partial(_bessel, name)
    return _row(sage_name, partial(by_scipy, scipy_name, exact), exact, partial(_slope_of_struve, central),
                partial(_pointwise, exact, (0, 0)))


def _spherical(sage_name, scipy_name, name, parity=None):
    """Return the row of a spherical function; the Hankel functions have no parity and no real values."""
    exact = partial(_sphere, name)
    value = partial(_sphere_by_scipy, scipy_name, name, parity)
    if parity is None:
        return _row(sage_name, None, exact, _slope_on_sphere, value, _NOT_REAL)
    return _row(sage_name, value, exact, _slope_on_sphere, note=_NOTE)


_NOTE = 'a constant real order of moderate size is compiled by XLA; for the spherical functions, an integer'
_NOT_REAL = 'its values are not real: ask for a complex dtype'

ROWS = {name: row(name, *rest) for name, (row, *rest) in {
    'bessel_J': (_plain, 'jv', 'besselj', _central),
    'bessel_Y': (_plain, 'yv', 'bessely', _central),
    'bessel_I': (_plain, 'iv', 'besseli', _central_of_i),
    'bessel_K': (_plain, 'kv', 'besselk', _central_of_k),
    'hankel1': (_plain, 'hankel1', 'hankel1', _central),
    'hankel2': (_plain, 'hankel2', 'hankel2', _central),
    'spherical_bessel_J': (_spherical, 'jv', 'besselj', 0),
    'spherical_bessel_Y': (_spherical, 'yv', 'bessely', 1),
    'spherical_hankel1': (_spherical, 'hankel1', 'hankel1'),
    'spherical_hankel2': (_spherical, 'hankel2', 'hankel2'),
    'struve_H': (_struve, 'struve', 'struveh', _central),
    'struve_L': (_struve, 'modstruve', 'struvel', _central_of_i),
}.items()}
