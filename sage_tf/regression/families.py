r"""
Functions with constants of their own inside: exponentials, waves, poles, steps, bumps

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.families import FAMILIES
    sage: wave = FAMILIES['wave']
    sage: wave.terms(x, [3r])
    [sin(3*x), cos(3*x)]
    sage: len(wave.starts(numpy.array([0.0r, 1.0r]))) > 50
    True
"""
from collections import namedtuple
from itertools import product

import numpy as np
from sage.functions.hyperbolic import cosh, sinh, tanh
from sage.functions.log import exp, ln
from sage.functions.other import abs_symbolic, sqrt
from sage.functions.trig import arctan, cos, sin
from sage.symbolic.ring import SR

STEEPEST = 300.0                                                # exponent of a start

Family = namedtuple('Family', 'columns terms starts joined', defaults=[None])
Family.__doc__ = r"""
    Functions of an argument and of constants.

    - ``columns`` -- function of an array of arguments and the constants that returns a list of arrays

    - ``terms`` -- the same for Sage expressions

    - ``starts`` -- function of an array of arguments: array of shape (starts, constants) of the constants that are tried

    - ``joined`` -- of a wave: function of an argument, the constants, and the coefficients of sine and cosine, that returns one wave with its phase

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.families import FAMILIES
        sage: FAMILIES['exponential'].columns(numpy.array([0r, 1r]), [2r])
        [array([1.        , 7.3890561]), array([ 1.        , 54.59815003])]
    """


def _rates(u):
    """Return rates of exponentials that change by a tenth to many powers of e from end to end, of either sign."""
    rates = np.geomspace(0.1, 60, 22) / np.ptp(u)
    rates = rates[rates * np.abs(u).max() < STEEPEST]
    return np.concatenate([rates, -rates])[:, None]


def _frequencies(u, most=150, step=1.3):
    """Return the frequencies of waves: a fraction of one to many, from end to end."""
    return (np.arange(0.6, most, step) / np.ptp(u))[:, None]


def _damped(u):
    """Return rates and frequencies of waves that grow or decay."""
    rates = np.array([-6, -3, -1.5, -0.7, 0.7, 1.5, 3, 6]) / np.ptp(u)
    return np.array(list(product(rates, _frequencies(u, 80, 1.6)[:, 0])))


def _outside(u):
    """Return constants with which the argument has no zero: on either side."""
    distances = np.geomspace(0.01, 50, 16) * np.ptp(u)
    return np.concatenate([distances - u.min(), -u.max() - distances])[:, None]


def _inside(u):
    """Return places between the ends."""
    return np.linspace(u.min(), u.max(), 34)[1:-1, None]


def _places(u):
    """Return places and widths, as their inverses."""
    middle, half = (u.min() + u.max()) / 2, np.ptp(u) / 2
    places = middle + half * np.array([-2, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 2])
    return np.array(list(product(places, np.array([0.5, 1, 2, 4, 8, 20]) / half)))


def _powers(u):
    """Return exponents, if there are powers."""
    return np.concatenate([np.arange(-4.15, 0, 0.37), np.arange(0.17, 4.3, 0.37)])[:, None] if u.min() > 0 else np.empty((0, 1))


def _placed(values, function):
    """Return a family of one function of a difference from a place, times a scale."""
    return Family(lambda u, q: [values((u - q[0]) * q[1])], lambda e, q: [function(e - q[0], q[1])], _places)


def _scaled(values, function):
    """Return a family of one function of a multiple, its logarithm."""
    return Family(lambda u, q: [np.log(np.abs(values(q[0] * u)))], lambda e, q: [ln(function(q[0] * e))],
                  lambda u: np.abs(_rates(u)[:len(_rates(u)) // 2]))


def _joined(e, q, sine, cosine):
    """
    Return a sine and a cosine as one wave.

    EXAMPLES::

        sage: from sage_tf.regression.families import _joined
        sage: _joined(x, [2r], 0.0r, 3.0r), _joined(x, [0.5r, 2r], -1.0r, 0.0r)
        (3.0*cos(2*x), -1.0*e^(0.5*x)*sin(2*x))
    """
    size, phase = np.hypot(sine, cosine), np.arctan2(-sine, cosine)
    if abs(phase) > 3 * np.pi / 4:
        size, phase = -size, phase - np.copysign(np.pi, phase)
    function = cos
    if abs(phase) > np.pi / 4:                                  # cos(u + p) is -sin(u + p - pi/2) and sin(u + p + pi/2)
        size, phase, function = (-size, phase - np.pi / 2, sin) if phase > 0 else (size, phase + np.pi / 2, sin)
    inner = q[-1] * e + float(phase) if abs(phase) > 1e-12 else q[-1] * e
    return SR(float(size)) * (exp(q[0] * e) if len(q) > 1 else 1) * function(inner)


#: For any function of the values
FAMILIES = {
    'exponential': Family(lambda u, q: [np.exp(q[0] * u), np.exp(2 * q[0] * u)], lambda e, q: [exp(q[0] * e), exp(2 * q[0] * e)], _rates),
    'wave': Family(lambda u, q: [np.sin(q[0] * u), np.cos(q[0] * u)], lambda e, q: [sin(q[0] * e), cos(q[0] * e)], _frequencies,
                   _joined),
    'pole': Family(lambda u, q: [1 / (u + q[0]), (u + q[0])**-2.0], lambda e, q: [1 / (e + q[0]), (e + q[0])**-2], _outside),
    'root': Family(lambda u, q: [np.abs(u + q[0])**0.5], lambda e, q: [sqrt(e + q[0])], lambda u: _outside(u)[:16]),
    'root of minus': Family(lambda u, q: [np.abs(u + q[0])**0.5], lambda e, q: [sqrt(-e - q[0])], lambda u: _outside(u)[16:]),
    'logarithm': Family(lambda u, q: [np.log(np.abs(u + q[0]))], lambda e, q: [ln(e + q[0])], lambda u: _outside(u)[:16]),
    'logarithm of minus': Family(lambda u, q: [np.log(np.abs(u + q[0]))], lambda e, q: [ln(-e - q[0])], lambda u: _outside(u)[16:]),
    'power': Family(lambda u, q: [np.abs(u)**q[0]], lambda e, q: [e**q[0]], _powers),
    'step': _placed(np.tanh, lambda e, s: tanh(s * e)),
    'slow step': _placed(np.arctan, lambda e, s: arctan(s * e)),
    'bell': _placed(lambda v: np.exp(-v * v), lambda e, s: exp(-s**2 * e**2)),
    'resonance': _placed(lambda v: 1 / (1 + v * v), lambda e, s: 1 / (1 + s**2 * e**2)),
    'kink': Family(lambda u, q: [np.abs(u - q[0])], lambda e, q: [abs_symbolic(e - q[0])], _inside),
    'damped wave': Family(lambda u, q: [np.exp(q[0] * u) * np.sin(q[1] * u), np.exp(q[0] * u) * np.cos(q[1] * u)],
                          lambda e, q: [exp(q[0] * e) * sin(q[1] * e), exp(q[0] * e) * cos(q[1] * e)], _damped, _joined),
}
#: For the logarithm of the values, beside those: factors that are a power of a function
FACTORS = {
    'exponential less one': _scaled(np.expm1, lambda e: exp(e) - 1),
    'one less exponential': _scaled(lambda v: np.expm1(-v), lambda e: 1 - exp(-e)),
    'cosh': _scaled(np.cosh, cosh),
    'sinh': _scaled(np.sinh, sinh),
    'sine': Family(lambda u, q: [np.log(np.abs(np.sin(q[0] * u)))], lambda e, q: [ln(sin(q[0] * e))], lambda u: _frequencies(u, 20, 0.8)),
    'cosine': Family(lambda u, q: [np.log(np.abs(np.cos(q[0] * u)))], lambda e, q: [ln(cos(q[0] * e))], lambda u: _frequencies(u, 20, 0.8)),
}
