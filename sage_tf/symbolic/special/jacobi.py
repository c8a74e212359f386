r"""
The elliptic functions of Jacobi and their inverses

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.jacobi import ROWS
    sage: ROWS['jacobi_sn'].real(tf.constant(0.5r, tf.float64), tf.constant(0.3r, tf.float64)).numpy(), n(jacobi_sn(0.5, 0.3))
    (np.float64(0.4742156227118...), 0.474215622711821)
    sage: ROWS['inverse_jacobi_sn'].real(tf.constant([0.4r, 2r], tf.float64), tf.constant(0.3r, tf.float64)).numpy()
    array([0.41496082,        nan])
    sage: n(inverse_jacobi_sn(0.4, 0.3)), n(inverse_jacobi_sn(2, 0.3))
    (0.414960822489714, 1.21719234004034 + 2.07536313529247*I)

ALGORITHM:

For parameters from 0 to 1 Bulirsch's iteration, which descends to the circular functions by arithmetic-geometric means and loses no
digits; other parameters are brought there by the real transformations. The derivative by the parameter is made of an elliptic
integral of the third kind without divisions by m and 1 - m. The inverses are integrals of the first kind.

Complex arguments are left to mpmath.

REFERENCES:

- NIST Digital Library of Mathematical Functions, 22.2, 22.13(i), 22.15, 22.16(i) and 22.17(i), https://dlmf.nist.gov/22

- \R. Bulirsch, *Numerical calculation of elliptic integrals and elliptic functions*, Numerische Mathematik 7 (1965)
"""
from functools import partial

import numpy as np
import tensorflow as tf

from sage_tf.symbolic.gradients import broadcast
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.carlson import complete, r_d, repeat
from sage_tf.symbolic.special.double import in_double, nan_like
from sage_tf.symbolic.special.elliptic import elliptic_e, elliptic_f, elliptic_kc
from sage_tf.symbolic.special.host import by_mpmath

KINDS = ('cd', 'cn', 'cs', 'dc', 'dn', 'ds', 'nc', 'nd', 'ns', 'sc', 'sd', 'sn')

# After so many steps the means of 1 and a complementary modulus agree, if that is a normal number.
_MEANS = 12

# Below, the circular functions are their first terms, and the squares of their quotients would overflow.
_TINY = 1e-100


# -- sn, cn and dn for parameters up to 1 ------------------------------------------------------------------------------

def _means(gap):
    """Return the steps to the arithmetic-geometric mean of 1 and the complementary modulus: lists of both numbers."""
    means, others = [tf.ones_like(gap)], [tf.sqrt(gap)]
    for _ in range(_MEANS):
        mean, other = means[-1], others[-1]
        means.append(0.5 * (mean + other))
        others.append(tf.sqrt(mean * other))
    return means, others


def _periods(u, m):
    """Return the number of half periods 2*K next to an argument, for m <= 1, without derivative."""
    infinite = m == 1
    means, _ = _means(tf.where(infinite, tf.ones_like(m), 1 - m))
    count = tf.round(u * means[-1] / np.pi)                     # the mean is pi/(2*K)
    return tf.stop_gradient(tf.where(infinite, tf.zeros_like(u), count))


def _odd(count):
    return tf.math.floormod(count, 2 * tf.ones_like(count)) == 1


def _descend(u, gap):
    """Return sn, cn and dn of the parameter ``1 - gap`` from 0 on, but less than 1."""
    means, others = _means(gap)
    angle = u * means[-1]
    tiny = tf.abs(angle) < _TINY
    sine, cosine = tf.sin(tf.where(tiny, tf.ones_like(u), angle)), tf.cos(angle)
    stack, other_stack = tf.stack(means), tf.stack(others)

    def step(k, a, c, dn):
        a, c, mean = a * c, c * dn, stack[k]
        dn = (other_stack[k] + a) / (mean + a)
        return k - 1, c / mean, c, dn

    a, one = cosine / sine, tf.ones_like(u)
    _, _, c, dn = repeat(step, _MEANS, tf.constant(_MEANS - 1), a, a * means[-1], one)
    sn = tf.sign(sine) / tf.sqrt(c * c + 1)
    return tf.where(tiny, u, sn), tf.where(tiny, one, c * sn), tf.where(tiny, one, dn)


def _triple(u, m):
    """Return sn, cn and dn for m <= 1."""
    low, end = m < 0, m == 1
    gap = 1 - m
    root = tf.sqrt(tf.where(low, gap, tf.ones_like(m)))
    sn, cn, dn = _descend(u * root, tf.where(low, 1 / tf.where(low, gap, tf.ones_like(m)), tf.where(end, tf.ones_like(m), gap)))
    sech = 1 / tf.cosh(u)
    return (tf.where(end, tf.tanh(u), tf.where(low, sn / (dn * root), sn)), tf.where(end, sech, tf.where(low, cn / dn, cn)),
            tf.where(end, sech, tf.where(low, 1 / dn, dn)))


@tf.custom_gradient
def _core(u, m):
    """Return sn, cn and dn for m <= 1, with their derivatives."""
    def gradient(by_sn, by_cn, by_dn):
        here = tf.identity(u), tf.identity(m)
        sn, cn, dn = _core(*here)
        by_u = by_sn * cn * dn - by_cn * sn * dn - by_dn * here[1] * sn * cn
        return by_u, -by_u * _shift(*here, sn, cn, dn) - by_dn * sn * sn / (2 * dn)

    return _triple(u, m), gradient


def _shift(u, m, sn, cn, dn):
    """Return the derivative by the parameter of the argument at which an amplitude is reached."""
    count = _periods(u, m)
    sine = tf.where(_odd(count), -sn, sn)
    rest = sine * sine * sine / 3 * r_d(cn * cn, tf.ones_like(dn), dn * dn)
    near = count == 0
    gap = tf.where(near, tf.ones_like(m), 1 - m)
    return 0.5 * tf.where(near, rest, rest + 2 * count * complete(gap, 0.0, 1.0, gap))


# -- and for all real ones ---------------------------------------------------------------------------------------------

def _functions(u, m):
    """Return sn, cn and dn by their first letters, and 1 by the letter n."""
    u, m = broadcast(u, m)
    high = m > 1
    square = tf.where(high, m, tf.ones_like(m))
    root = tf.sqrt(square)
    sn, cn, dn = _core(u * root, tf.where(high, 1 / square, m))
    return {'s': sn / root, 'c': tf.where(high, dn, cn), 'd': tf.where(high, cn, dn), 'n': tf.ones_like(sn)}


def _function(kind, u, m):
    """Return an elliptic function, named by two letters, as the quotient that the letters stand for."""
    found = _functions(u, m)
    return found[kind[0]] if kind[1] == 'n' else found[kind[0]] / found[kind[1]]


def amplitude(u, m):
    r"""
    Return the amplitude of real tensors.

    It is continuous for -1 <= m <= 1, and an angle from -pi to pi for other parameters, as in Sage.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.jacobi import amplitude
        sage: amplitude(tf.constant(5r, tf.float64), tf.constant([0.5r, -2r], tf.float64)).numpy()
        array([4.30462086, 0.32456051])
        sage: n(jacobi_am(5, 1/2)), n(jacobi_am(5, -2))
        (4.30462085722244, 0.324560513043346)
    """
    u, m = broadcast(u, m)
    found = _functions(u, m)
    wound = tf.abs(m) <= 1
    count = tf.where(wound, _periods(u, tf.where(wound, m, tf.zeros_like(m))), tf.zeros_like(m))
    sign = tf.where(_odd(count), -tf.ones_like(m), tf.ones_like(m))
    return tf.atan2(sign * found['s'], sign * found['c']) + np.pi * count


def elliptic_eu(u, m):
    """Return Jacobi's form of the integral of the second kind: that of the amplitude, as in Sage."""
    return elliptic_e(amplitude(u, m), m)


# -- the inverses, for real values -------------------------------------------------------------------------------------

def _where_real(condition, value):
    """Return a value with NaN, for its derivatives too, where a condition does not hold."""
    return value * tf.where(condition, tf.ones_like(value), nan_like(value))


def _inverse_sn(x, m):
    return elliptic_f(tf.asin(x), m)


def _inverse_cn(x, m):
    return _where_real((m != 1) | (x > 0), elliptic_f(tf.acos(x), m))


def _inverse_dn(x, m):
    """Return the argument of a delta amplitude; the values have the sign of the parameter."""
    sign = tf.where(m < 0, -tf.ones_like(m), tf.ones_like(m))
    angle = tf.atan2(tf.sqrt(sign * (1 - x) * (1 + x)), tf.sqrt(sign * (x * x - (1 - m))))
    found = tf.where(x == 1, tf.zeros_like(x), sign * elliptic_f(angle, m))
    return _where_real((m <= 1) & (x > 0), found)


def _inverse_ns(x, m):
    return _where_real((x > 0) | _is_elementary(m), _inverse_sn(1 / x, m))


def _inverse_nc(x, m):
    return _where_real((x > 0) | (m == 0), _inverse_cn(1 / x, m))


def _inverse_cs(x, m):
    """Return the argument of a quotient; below 0 it is continued from above, but in the elementary cases it is odd."""
    odd = _is_elementary(m) & (x < 0)
    return elliptic_f(tf.where(odd, tf.atan(1 / tf.where(odd, x, tf.ones_like(x))), tf.atan2(tf.ones_like(x), x)), m)


def _inverse_cd(x, m):
    beyond = (m > 1) & (x < -1)                                 # there the imaginary parts of Sage's sum cancel
    square = tf.where(beyond, m, tf.ones_like(m))
    root = tf.sqrt(square)
    sine = tf.where(beyond, 1 / (root * tf.where(beyond, x, tf.ones_like(x))), x)
    found = elliptic_f(tf.asin(sine), m) - elliptic_kc(tf.where(beyond, 1 / tf.where(beyond, square, 2 * square), m)) / root
    return tf.where(m == 0, -found, tf.where((m == 1) & (x == 1), tf.zeros_like(x), found))


def _inverse_dc(x, m):
    return _where_real((x > 0) | (m == 0), _inverse_cd(1 / x, m))


def _inverse_sd(x, m):
    """Return the argument of a quotient: the one next to 2*K, as in Sage, but 0 at 0 and the principal one in the elementary cases."""
    y, inner = _not_elementary(x, m)
    found = 2 * elliptic_kc(inner) - elliptic_f(tf.atan2(y, tf.sqrt(1 - (1 - inner) * y * y)), inner)
    return _elementary_sd(x, m, tf.where(x == 0, tf.zeros_like(x), found))


def _inverse_ds(x, m):
    y, inner = _not_elementary(x, m)
    found = 2 * elliptic_kc(inner) - elliptic_f(tf.atan2(tf.ones_like(y), tf.sqrt(y * y - (1 - inner))), inner)
    return _elementary_sd(1 / x, m, _where_real(y > 0, found))


def _not_elementary(x, m):
    """Return the arguments with others in the elementary cases, in which the integrals have no NaN."""
    elementary = _is_elementary(m)
    return tf.where(elementary, tf.ones_like(x), x), tf.where(elementary, 0.5 * tf.ones_like(m), m)


def _elementary_sd(x, m, found):
    """Return arcsin and arsinh for m = 0 and m = 1, another value else; no NaN of one disturbs the derivatives of another."""
    sine, sinh = (tf.where(m == end, x, tf.zeros_like(x)) for end in (0.0, 1.0))
    return tf.where(m == 0, tf.asin(sine), tf.where(m == 1, tf.asinh(sinh), found))


def _is_elementary(m):
    return (m == 0) | (m == 1)


_INVERSES = {
    'cd': _inverse_cd, 'cn': _inverse_cn, 'cs': _inverse_cs, 'dc': _inverse_dc, 'dn': _inverse_dn, 'ds': _inverse_ds,
    'nc': _inverse_nc, 'nd': lambda x, m: _inverse_dn(1 / x, m), 'ns': _inverse_ns,
    'sc': lambda x, m: elliptic_f(tf.atan(x), m), 'sd': _inverse_sd, 'sn': _inverse_sn,
}


# -- rows --------------------------------------------------------------------------------------------------------------

def _of_complex(kind, u, m):
    """Return an elliptic function of mpmath's numbers."""
    import mpmath
    return mpmath.ellipfun(kind, u, m)


def _at_one_shape(function, x, m):
    return function(*broadcast(x, m))


def _rows():
    """Return the rows of this family."""
    note = 'continuous for -1 <= m <= 1, an angle from -pi to pi for other parameters, as in Sage, but right for m = -1 too'
    rows = {
        'jacobi_am': Row(in_double(amplitude), None, 2, 'composition', note),
        'elliptic_eu': Row(in_double(elliptic_eu), None, 2, 'composition', 'the integral of the second kind at jacobi_am'),
    }
    for kind in KINDS:
        rows[f'jacobi_{kind}'] = Row(in_double(partial(_function, kind)), by_mpmath(partial(_of_complex, kind), 2), 2, 'composition',
                                     'complex arguments on the host')
        inverse = in_double(partial(_at_one_shape, _INVERSES[kind]))
        rows[f'inverse_jacobi_{kind}'] = Row(inverse, None, 2, 'composition', "the values of Sage's branch, where they are real")
    return rows


ROWS = _rows()
