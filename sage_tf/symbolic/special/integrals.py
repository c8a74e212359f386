r"""
Exponential, logarithmic, trigonometric and Fresnel integrals, and the imaginary error function

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.integrals import ROWS
    sage: ROWS['sin_integral'].real(tf.constant([0.0r, 1.0r], tf.float64)).numpy(), sin_integral(1.0)
    (array([0.        , 0.94608307]), 0.946083070367183)

ALGORITHM:

For real arguments near 0 the entire function that is left beside a logarithm, farther out the slowly varying factor beside
exponential, sine and cosine, both by polynomials on pieces; see :mod:`~sage_tf.symbolic.special.approximation`. For complex
arguments SciPy, or mpmath where SciPy loses digits.

REFERENCES:

- NIST Digital Library of Mathematical Functions, chapters 6 and 7, https://dlmf.nist.gov/6
"""
from math import factorial

import tensorflow as tf

from sage_tf.symbolic import complex as cx
from sage_tf.symbolic.gradients import differentiable
from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.approximation import Approximation, in_float64, polynomial
from sage_tf.symbolic.special.host import by_mpmath, on_host
from sage_tf.symbolic.special.rules import sage_partial

_EULER, _HALF_PI = 0.5772156649015329, 1.5707963267948966
_LI_OF_2 = 1.0451637801174928

_INFINITY, _NAN = float('inf'), float('nan')


def _mp():
    import mpmath
    return mpmath


# -- the exponential integral and what follows from it -----------------------------------------------------------------

# With t = 1/x: exp(x) E1(x) x, and exp(-x) Ei(x) x; and (Ei(x) - euler - log|x|)/x.
_FALLING = Approximation(lambda t: _mp().exp(1 / t) * _mp().e1(1 / t) / t, 0, 1, 32)
_RISING = Approximation(lambda t: _mp().exp(-1 / t) * _mp().ei(1 / t) / t, 0, 1 / 6, 32)
_ENTIRE = Approximation(lambda x: (_mp().ei(x) - _mp().euler - _mp().log(abs(x))) / x, -1, 6, 14)


def _ei(x, e=None, factor=1.0):
    """
    Return the multiple of Ei(x) by a factor, given ``e = exp(x)`` or not.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.integrals import _ei
        sage: _ei(tf.constant([-2.0r, 1.0r, 716.0r], tf.float64)).numpy()
        array([-4.89005107e-002,  1.89511782e+000,  1.26050291e+308])
        sage: Ei(-2.0), Ei(1.0), Ei(716.0)
        (-0.0489005107080611, 1.89511781635594, 1.26050291060409e308)
    """
    near = _EULER + tf.math.log(tf.abs(x)) + x * _ENTIRE(tf.clip_by_value(x, -1, 6))
    size = tf.where(tf.abs(x) < 1, tf.ones_like(x), x)
    t = 1 / size
    # The factor in the divisor: TensorFlow multiplies constants first, and with them the two halves below.
    tail = 1 / (size / factor) * tf.where(x > 0, _RISING(tf.clip_by_value(t, 0, 1 / 6)), _FALLING(tf.clip_by_value(-t, 0, 1)))
    half = tf.exp(x / 2)                                        # its square overflows before Ei does
    tail = half * (half * tail) if e is None else e * tail
    found = tf.where((x > -1) & (x < 6), factor * near, tail)
    return tf.where(x == _INFINITY, x, found)


def _e1(x):
    return tf.where(x < 0, tf.constant(_NAN, x.dtype), -_ei(-x))


def _li(x):
    return _ei(tf.math.log(x), x)


def _series(start):
    """Return the coefficients of ``x^(2k)/(n n!)`` for the numbers n = start + 2k."""
    return [1 / (n * factorial(n)) for n in range(start, start + 18, 2)]


def _shi(x):
    y = tf.abs(x)
    z = tf.minimum(y, 1)
    large = tf.maximum(y, 1)
    far = _ei(large, factor=0.5) - _ei(-large, factor=0.5)
    return tf.where(y < 1, x * polynomial(_series(1), z * z), tf.sign(x) * far)


def _chi(x):
    z = tf.clip_by_value(x, 0, 1)
    large = tf.maximum(x, 1)
    near = _EULER + tf.math.log(x) + z * z * polynomial(_series(2), z * z)
    return tf.where(x < 1, near, _ei(large, factor=0.5) + _ei(-large, factor=0.5))


# -- sine and cosine integrals -----------------------------------------------------------------------------------------

# With s = 1/x: f(x) x and g(x) x^2 for the auxiliary functions f and g; and Si(x)/x, (Ci(x) - euler - log(x))/x^2.
_SI_F = Approximation(lambda s: -_mp().im(_mp().expj(1 / s) * _mp().e1(1j / s)) / s, 0, 1 / 4, 32)
_SI_G = Approximation(lambda s: _mp().re(_mp().expj(1 / s) * _mp().e1(1j / s)) / s**2, 0, 1 / 4, 32)
_SI = Approximation(lambda x: _mp().si(x) / x, 0, 4, 8)
_CI = Approximation(lambda x: (_mp().ci(x) - _mp().euler - _mp().log(x)) / x**2, 0, 4, 8)


def _auxiliary(y):
    """Return f, g, the sine and the cosine for y >= 4."""
    y = tf.clip_by_value(y, 4, y.dtype.max)
    s = 1 / y
    return s * _SI_F(s), s * s * _SI_G(s), tf.sin(y), tf.cos(y)


def _si(x):
    y = tf.abs(x)
    f, g, sine, cosine = _auxiliary(y)
    return tf.where(y < 4, x * _SI(y), tf.sign(x) * (_HALF_PI - f * cosine - g * sine))


def _ci(x):
    f, g, sine, cosine = _auxiliary(x)
    near = tf.clip_by_value(x, 0, 4)
    return tf.where(x < 4, _EULER + tf.math.log(x) + near * near * _CI(near), f * sine - g * cosine)


# -- Fresnel's integrals -----------------------------------------------------------------------------------------------

def _fresnel_auxiliary(s):
    """Return ``g + I*f`` at 1/s, by DLMF 7.5.10."""
    z = _mp().sqrt(_mp().pi) * _mp().mpc(1, -1) / (2 * s)
    return _mp().mpc(1, 1) / 2 * _mp().exp(z * z) * _mp().erfc(z)


_FRESNEL_F = Approximation(lambda s: _mp().im(_fresnel_auxiliary(s)) / s, 0, 1 / 2, 32)
_FRESNEL_G = Approximation(lambda s: _mp().re(_fresnel_auxiliary(s)) / s**3, 0, 1 / 2, 32)
_FRESNEL_S = Approximation(lambda x: _mp().fresnels(x) / x**3, 0, 2, 16)
_FRESNEL_C = Approximation(lambda x: _mp().fresnelc(x) / x, 0, 2, 16)


def sine_of_quarters(t):
    r"""
    Return ``sin(pi*t/2)``; for real ``t`` exactly 0 where it is.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.integrals import sine_of_quarters
        sage: sine_of_quarters(tf.constant([1.0r, 2.0r, -5.0r])).numpy()
        array([ 1.,  0., -1.], dtype=float32)
    """
    if t.dtype.is_complex:
        return cx.sin(_HALF_PI * t)
    r = t - 4 * tf.round(t / 4)
    r = tf.where(tf.abs(r) > 1, tf.sign(r) * (2 - tf.abs(r)), r)
    return tf.sin(_HALF_PI * r)


def _fresnel(near, far):
    """
    Return one of the integrals, given the function of x and abs(x) near 0 and that of f, g, sine and cosine far from it.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.symbolic.special.integrals import ROWS
        sage: ROWS['fresnel_sin'].real(tf.constant([-1.0r, 3.0r], tf.float64)).numpy(), fresnel_sin(-1.0), fresnel_sin(3.0)
        (array([-0.43825915,  0.496313  ]), -0.438259147390355, 0.496312998967375)
    """
    def value(x):
        y = tf.abs(x)
        large = tf.clip_by_value(y, 2, 1e17)                    # where f has long been lost in rounding
        s, square = 1 / large, large * large
        rest = far(s * _FRESNEL_F(s), s**3 * _FRESNEL_G(s), sine_of_quarters(square), sine_of_quarters(1 - square))
        found = tf.where(y < 2, near(x, tf.minimum(y, 2)), tf.sign(x) * (0.5 + rest))
        return tf.where(tf.math.is_nan(x), x, found)
    return value


# -- the imaginary error function --------------------------------------------------------------------------------------

# erfi(x)/x, and with s = 1/x: exp(-x^2) erfi(x) x.
_ERFI = Approximation(lambda x: _mp().erfi(x) / x, 0, 2, 16)
_DAWSON = Approximation(lambda s: _mp().erfi(1 / s) * _mp().exp(-1 / s**2) / s, 0, 1 / 2, 32)


def _erfi(x):
    y = tf.abs(x)
    large = tf.clip_by_value(y, 2, 30)
    s, half = 1 / large, tf.exp(large * large / 2)
    return tf.where(y < 2, x * _ERFI(y), tf.sign(x) * (half * (half * (s * _DAWSON(s)))))


# -- the rows ----------------------------------------------------------------------------------------------------------

def _scipy(name, output=None):
    """Return a function of SciPy on complex arrays, or one of the outputs of such a function; zeros are positive, as to Sage."""
    def function(z):
        from scipy import special
        found = getattr(special, name)(z + 0)
        return found if output is None else found[output]
    return function


def _complex_li(z):
    """Return Ei(log(z)) of an array."""
    import numpy as np
    zero = z == 0
    return np.where(zero, 0, _scipy('expi')(np.log(np.where(zero, 1, z) + 0)))


def _row(value, complex_value, slope):
    """Return a row, given the function of float64, that of complex arrays or the name of one in mpmath, and the derivative."""
    if isinstance(complex_value, str):
        on_complex = by_mpmath(complex_value, partials=(slope,))
    else:
        on_complex = on_host(complex_value, slope)
    return Row(differentiable(in_float64(value), slope), on_complex, 1, 'composition', 'complex arguments on the host')


def _over_argument(real, complex_):
    """Return ``function(x)/x`` for an odd function with slope 1 at 0, as a function on tensors."""
    def value(x):
        zero = x == 0
        inside = tf.where(zero, tf.ones_like(x), x)
        return tf.where(zero, tf.ones_like(x), (complex_ if x.dtype.is_complex else real)(inside) / inside)
    return value


_exp_integral_e = by_mpmath('expint', 2, partials=(lambda n, z: by_mpmath('expint', 2, (1, 0))(n, z),
                                                   lambda n, z: -_exp_integral_e(n - 1, z)))

ROWS = {
    'Ei': _row(_ei, _scipy('expi'), sage_partial('Ei', 0)),
    'exp_integral_e1': _row(_e1, 'e1', sage_partial('exp_integral_e1', 0)),
    'exp_integral_e': Row(_exp_integral_e, _exp_integral_e, 2, 'host'),
    'log_integral': _row(_li, _complex_li, sage_partial('log_integral', 0)),
    'log_integral_offset': _row(lambda x: _li(x) - _LI_OF_2, lambda z: _complex_li(z) - _LI_OF_2, sage_partial('log_integral', 0)),
    'sin_integral': _row(_si, _scipy('sici', 0), _over_argument(tf.sin, cx.sin)),
    'cos_integral': _row(_ci, _scipy('sici', 1), sage_partial('cos_integral', 0)),
    'sinh_integral': _row(_shi, _scipy('shichi', 0), _over_argument(tf.sinh, cx.sinh)),
    'cosh_integral': _row(_chi, _scipy('shichi', 1), sage_partial('cosh_integral', 0)),
    'fresnel_sin': _row(_fresnel(lambda x, y: x**3 * _FRESNEL_S(y), lambda f, g, sine, cosine: -f * cosine - g * sine),
                        _scipy('fresnel', 0), lambda z: sine_of_quarters(z * z)),
    'fresnel_cos': _row(_fresnel(lambda x, y: x * _FRESNEL_C(y), lambda f, g, sine, cosine: f * sine - g * cosine),
                        _scipy('fresnel', 1), lambda z: sine_of_quarters(1 - z * z)),
    'erfi': _row(_erfi, 'erfi', sage_partial('erfi', 0)),
}
