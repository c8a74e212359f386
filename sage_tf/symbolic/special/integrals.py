r"""
Exponential, logarithmic, trigonometric and Fresnel integrals, and the error functions

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.integrals import ROWS
    sage: ROWS['sin_integral'].real(tf.constant([0.0r, 1.0r], tf.float64)).numpy(), sin_integral(1.0)
    (array([0.        , 0.94608307]), 0.946083070367183)
"""
import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath, on_host
from sage_tf.symbolic.special.rules import sage_partial


def quotient(function):
    """Return ``function(x)/x`` for an odd function with slope 1 at 0, as a function on tensors."""
    def value(x):
        zero = x == 0
        inside = tf.where(zero, tf.ones_like(x), x)
        return tf.where(zero, tf.ones_like(x), function(inside) / inside)
    return value


def _scipy(name, output=None):
    """Return a function of SciPy, or one of the outputs of such a function."""
    def function(z):
        from scipy import special
        found = getattr(special, name)(z)
        return found if output is None else found[output]
    return function


def _by_mpmath(function, *partials):
    on_tensors = by_mpmath(function, len(partials), partials=partials)
    return Row(on_tensors, on_tensors, len(partials), 'host')


def _sine_of_quarters(t):
    """Return ``sin(pi*t/2)``; for real ``t`` exactly 0 where it is."""
    if t.dtype.is_complex:
        return cx.sin(1.5707963267948966 * t)
    r = t - 4 * tf.round(t / 4)
    r = tf.where(tf.abs(r) > 1, tf.sign(r) * (2 - tf.abs(r)), r)
    return tf.sin(1.5707963267948966 * r)


def _log_integral_offset(z):
    import mpmath
    return mpmath.li(z, offset=True)


def _order_of_exp_integral(n, z):
    return by_mpmath('expint', 2, (1, 0))(n, z)


def _exp_integral_by_argument(n, z):
    return -ROWS['exp_integral_e'].real(n - 1, z)


ROWS = {
    'Ei': _by_mpmath('ei', sage_partial('Ei', 0)),
    'exp_integral_e1': _by_mpmath('e1', sage_partial('exp_integral_e1', 0)),
    'exp_integral_e': _by_mpmath('expint', _order_of_exp_integral, _exp_integral_by_argument),
    'log_integral': _by_mpmath('li', sage_partial('log_integral', 0)),
    'log_integral_offset': _by_mpmath(_log_integral_offset, sage_partial('log_integral', 0)),
    'sin_integral': _by_mpmath('si', lambda z: quotient(cx.sin if z.dtype.is_complex else tf.sin)(z)),
    'cos_integral': _by_mpmath('ci', sage_partial('cos_integral', 0)),
    'sinh_integral': _by_mpmath('shi', lambda z: quotient(cx.sinh if z.dtype.is_complex else tf.sinh)(z)),
    'cosh_integral': _by_mpmath('chi', sage_partial('cosh_integral', 0)),
    'fresnel_sin': _by_mpmath('fresnels', lambda z: _sine_of_quarters(z * z)),
    'fresnel_cos': _by_mpmath('fresnelc', lambda z: _sine_of_quarters(1 - z * z)),
    'erfi': _by_mpmath('erfi', sage_partial('erfi', 0)),
}
