"""
Every function of the table, value and gradient, against Sage's own evaluation at 200 bits.

The derivative of reference is a difference quotient at that precision, so neither Sage's nor our derivatives are trusted.
"""
from functools import cache, partial
from itertools import product

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR, ZZ, ComplexField, I, airy_ai, airy_bi, gamma, harmonic_number, ln, psi, var, vector
from sage.symbolic.expression import symbol_table

from sage_tf.symbolic.functions import FUNCTIONS
from sage_tf.symbolic.special.host import calls_host
from sage_tf.symbolic.tensor_function import TensorFunction

PRECISION = 200
STEP = QQ(2) ** -60
FIELD = ComplexField(PRECISION)
EPSILON = {'float64': 2.0**-52, 'float32': 2.0**-23, 'complex128': 2.0**-52, 'complex64': 2.0**-23}
SYMBOLS = var('x, y, z, s, t')
# Sage's table has the logarithm of two arguments; variants have names of their own in ours.
FUNCTION = {**symbol_table['functions'], 'log': ln, 'gamma_inc': gamma, 'polygamma': psi,
            'logb': symbol_table['functions']['log'], 'harmonic_number_m': harmonic_number,
            'airy_ai_general': airy_ai, 'airy_bi_general': airy_bi}
# Sage evaluates these in double precision if they are not held.
FUNCTION.update({name: partial(FUNCTION[name], hold=True) for name in ('chebyshev_T', 'chebyshev_U')})

# Sage's own evaluation at rationals may end the process, or has 53 bits only; both are tested elsewhere.
ELSEWHERE = {'binomial', 'dickman_rho'}

# The positions of the arguments that must be natural numbers: there is no derivative by them.
INTEGERS = {'polygamma': (0,), 'zetaderiv': (0,), 'stieltjes': (0,), 'airy_ai_general': (0,), 'airy_bi_general': (0,),
            'lambert_w': (0,), 'real_nth_root': (1,)}
NATURAL_NUMBERS = (0, 1, 2, 3, 5)

# The values of each argument of functions of many: few, and where Sage has a value at the hundreds of bits.
DEGREES, PARAMETERS, ARGUMENTS = (2, 3), (QQ(1) / 2, QQ(5) / 4), (-QQ(5) / 8, QQ(1) / 8, QQ(3) / 4)
COLUMNS = {
    'elliptic_pi': (ARGUMENTS, (-QQ(5) / 2, QQ(3) / 4, 2), (-3, QQ(1) / 4)),
    # At m = -1 Sage takes the amplitude for that of m = 1.
    'elliptic_eu': ((-QQ(7) / 2, *ARGUMENTS), (-3, 0, QQ(1) / 4, 1, QQ(5) / 2)),
    'jacobi_am': ((-QQ(7) / 2, *ARGUMENTS), (-3, 0, QQ(1) / 4, 1, QQ(5) / 2)),
    'jacobi_cs': (ARGUMENTS, (-3, 0, QQ(1) / 4, 1, QQ(5) / 2)),
    'logb': ((QQ(1) / 2, QQ(5) / 4, 3), (QQ(1) / 4, 3)),
    'inverse_jacobi_dn': ((QQ(3) / 4, QQ(7) / 8, QQ(9) / 8), (QQ(7) / 8, 1, -1)),
    'inverse_jacobi_sd': (ARGUMENTS, (-3, QQ(1) / 4, QQ(7) / 8)),
    'hypergeometric_M': (PARAMETERS, PARAMETERS, (*ARGUMENTS, 3)),
    'hypergeometric_U': (PARAMETERS, PARAMETERS, (*ARGUMENTS, 3)),
    'harmonic_number_m': ((*ARGUMENTS, 3), (2, QQ(5) / 2)),
    'airy_ai_general': (DEGREES, ARGUMENTS),
    'airy_bi_general': (DEGREES, ARGUMENTS),
    # At -1, 0 and 1 Sage has the values of integer degrees for others too.
    'chebyshev_T': (DEGREES + PARAMETERS, ARGUMENTS),
    'chebyshev_U': (DEGREES + PARAMETERS, ARGUMENTS),
    # Sage has 0 at 0 for all orders, and another sign for L of some half-integers.
    'struve_H': ((-1, *DEGREES, *PARAMETERS), ARGUMENTS),
    'struve_L': ((-1, *DEGREES, *PARAMETERS), ARGUMENTS),
    'hermite': (DEGREES + PARAMETERS, ARGUMENTS[1:]),           # Sage's are not the entire functions for complex ones on the left
    'gen_legendre_P': ((3, QQ(5) / 4), (2, QQ(1) / 4), ARGUMENTS),
    'gen_legendre_Q': ((3, QQ(5) / 4), (1, QQ(1) / 4), ARGUMENTS),
    'gen_laguerre': (DEGREES + PARAMETERS, PARAMETERS, ARGUMENTS),
    'gegenbauer': (DEGREES, PARAMETERS, ARGUMENTS),
    'jacobi_P': (DEGREES + PARAMETERS, PARAMETERS, PARAMETERS, ARGUMENTS),
    'krawtchouk': (DEGREES, ARGUMENTS, (5, QQ(13) / 2), (QQ(1) / 4, QQ(3) / 4)),
    'meixner': (DEGREES, ARGUMENTS, PARAMETERS, (QQ(1) / 4, QQ(3) / 4)),
    'hahn': (DEGREES, ARGUMENTS, PARAMETERS, PARAMETERS, (QQ(13) / 2,)),
    'spherical_harmonic': (DEGREES, (0, 1, -2), (QQ(5) / 8, 2), (0, QQ(1) / 4)),
}

# Exact in both precisions; 0, the branch points and the corners belong to them.
REAL_POINTS = [QQ(k) / 8 for k in (-28, -17, -12, -8, -5, -2, 0, 1, 3, 7, 8, 13, 20, 35)]
COMPLEX_POINTS = [QQ(a) / 8 + QQ(b) / 8 * I for a, b in
                  ((5, 3), (-5, 3), (5, -3), (-5, -3), (13, 20), (-13, 20), (13, -20), (-13, -20),
                   (16, 0), (-16, 0), (4, 0), (-4, 0), (0, 16), (0, -16), (0, 4), (0, -4), (40, 1), (-40, -1))]


def arguments_of(name, points):
    """Return the tuples of arguments at which a function is tested."""
    arity = FUNCTIONS[name].arity or 3
    if name in COLUMNS:
        return list(product(*COLUMNS[name]))
    columns = [points if arity == 1 else points[::3]] * arity
    return list(product(*(NATURAL_NUMBERS if k in INTEGERS.get(name, ()) else column for k, column in enumerate(columns))))


@cache
def reference(name, point, ring=SR):
    """
    Return the value of Sage's function at exact (for ``FIELD``, at complex) arguments, or None where it has none.

    Sage's exact and complex arguments give different sides of some cuts: arccosh(SR(-2)).n(200) is not arccosh(CC(-2)).
    """
    try:
        value = FUNCTION[name](*(SR(p) if name in COLUMNS and p in ZZ else ring(p) for p in point))    # degrees stay exact
        value = FIELD(value.n(PRECISION))
    except (AttributeError, TypeError, ValueError, ArithmeticError, RuntimeError, mpmath.libmp.NoConvergence):
        return None
    # Next to a pole Sage returns the reciprocal of a rounding error.
    return None if value.is_infinity() or value.is_NaN() or abs(value) > 2**PRECISION else value


def slope(name, point, k, direction=1, ring=SR):
    """Return the derivative by the k-th argument in a direction, or None where both sides do not agree."""
    if k in INTEGERS.get(name, ()):
        return None
    shifts = [[p + s * direction * (i == k) for i, p in enumerate(point)] for s in (STEP, -STEP)]
    here, after, before = reference(name, tuple(point), ring), *(reference(name, tuple(s), ring) for s in shifts)
    if None in (here, after, before):
        return None
    right, left = (after - here) / FIELD(STEP), (here - before) / FIELD(STEP)
    if max(abs(right), abs(left)) > 2**30 or abs(right - left) > (1 + abs(right)) * QQ(2)**-40:
        return None                                             # a jump or a corner
    return (right + left) / 2


def expression(name):
    arity = FUNCTIONS[name].arity or 3
    symbols = SYMBOLS[:arity]
    return FUNCTION[name](*symbols, hold=True), symbols


def close(found, wanted, scale, dtype):
    """Whether a result is right up to rounding, of the arguments too: ``scale`` says how much these matter."""
    return abs(complex(found) - complex(wanted)) <= 40 * EPSILON[dtype] * float(abs(wanted) + scale) + 1e-300


def is_complex(value):
    return value is not None and abs(value.imag()) > 2.0**-100 * abs(value)


def columns(points, dtype):
    kind = complex if 'complex' in dtype else float
    return [tf.constant(np.array([kind(p) for p in column], dtype)) for column in zip(*points, strict=True)]


def conditioning(name, point, ring=SR):
    slopes = [slope(name, point, k, ring=ring) for k in range(len(point))]
    return sum(abs(FIELD(p)) * abs(s) for p, s in zip(point, slopes, strict=True) if s is not None)


def cases_of(kind, *dtypes):
    """Return the functions that have a form of a kind, in each dtype: the second only of TensorFlow's own operations, else by `make test-functions`."""
    names = sorted(name for name, row in FUNCTIONS.items() if getattr(row, kind) and name not in ELSEWHERE)
    return [pytest.param(name, dtype, marks=[pytest.mark.slow] if dtype == dtypes[1] and FUNCTIONS[name].kind != 'operation' else [])
            for name in names for dtype in dtypes]


@pytest.mark.parametrize(('name', 'dtype'), cases_of('real', 'float64', 'float32'))
def test_a_real_function_has_the_value_and_gradient_of_sage(name, dtype):
    e, symbols = expression(name)
    points = arguments_of(name, REAL_POINTS)
    inputs = columns(points, dtype)
    f = TensorFunction(e, symbols, dtype=dtype, jit=False)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        values = f(*inputs)
    gradients = tape.gradient(values, inputs)
    compared = 0
    for row, point in enumerate(points):
        wanted = reference(name, point)
        if wanted is None:
            continue
        if is_complex(wanted):
            assert np.isnan(values[row]), f'{name}{point} is not real'
            continue
        if np.isnan(values[row]) and is_complex(reference(name, point, FIELD)):
            continue                                            # on a cut, where Sage's exact rule takes the real part
        scale = conditioning(name, point)
        assert close(values[row], wanted, scale, dtype), f'{name}{point}: {values[row]} is not {wanted}'
        compared += 1
        for k, gradient in enumerate(gradients):
            wanted = slope(name, point, k)
            if wanted is not None and not is_complex(wanted):
                assert close(gradient[row], wanted, 25 * abs(wanted) + scale + 1e-20, dtype), \
                    f'derivative {k} of {name}{point}: {gradient[row]} is not {wanted}'
    assert compared >= 3


@pytest.mark.parametrize(('name', 'dtype'), cases_of('complex', 'complex128', 'complex64'))
def test_a_complex_function_has_the_value_branch_and_gradient_of_sage(name, dtype):
    e, symbols = expression(name)
    points = arguments_of(name, COMPLEX_POINTS)
    inputs = columns(points, dtype)
    f = TensorFunction(e, symbols, dtype=dtype, jit=False)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        values = f(*inputs)
        parts = tf.math.real(values), tf.math.imag(values)
    compared = 0
    for row, point in enumerate(points):
        wanted = reference(name, point, FIELD)
        if wanted is None:
            continue
        scale = conditioning(name, point, FIELD)
        assert close(values[row], wanted, scale, dtype), f'{name}{point}: {values[row]} is not {wanted}'
        compared += 1
    assert compared >= min(10, len(points))
    for part, which in zip(parts, ('real', 'imag'), strict=True):
        gradient = tape.gradient(part, inputs)[0]
        for row, point in enumerate(points):
            slopes = slope(name, point, 0, ring=FIELD), slope(name, point, 0, I, FIELD)
            if None not in slopes:
                # TensorFlow's gradient of a real function of x + i*y is its slope in x plus i times its slope in y.
                wanted = sum(FIELD(getattr(s, which)()) * unit for s, unit in zip(slopes, (1, FIELD.gen()), strict=True))
                assert close(gradient[row], wanted, 25 * abs(slopes[0]) + 1, dtype), \
                    f'gradient of the {which} part of {name}{point}: {gradient[row]} is not {wanted}'


@pytest.mark.parametrize('name', sorted(name for name, row in FUNCTIONS.items() if row.complex and name not in ELSEWHERE))
def test_the_sign_of_a_zero_does_not_choose_the_side_of_a_cut(name):
    e, symbols = expression(name)
    f = TensorFunction(e, symbols, dtype='complex128', jit=False)
    positive = np.array([complex(2, 0.0), complex(-2, 0.0), complex(0.0, 2), complex(0.0, -2),
                         complex(0.5, 0.0), complex(-0.5, 0.0)])
    negative = np.conj(positive) if name != 'conjugate' else positive
    negative = np.where(positive.real == 0, -np.conj(positive), negative)
    others = [tf.constant(2, 'complex128')] * (len(symbols) - 1)
    first, second = f(*others, tf.constant(positive)).numpy(), f(*others, tf.constant(negative)).numpy()
    np.testing.assert_allclose(first, second, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize('dtype', ['float64', pytest.param('float32', marks=pytest.mark.slow), 'complex128',
                                   pytest.param('complex64', marks=pytest.mark.slow)])
@pytest.mark.parametrize('jit', [None, True], ids=['graph', 'xla'])
def test_a_compiled_function_agrees_with_the_eager_one(dtype, jit):
    kind = 'complex' if 'complex' in dtype else 'real'
    names = sorted(name for name, row in FUNCTIONS.items() if row.arity == 1 and getattr(row, kind)
                   and not (jit and calls_host(getattr(row, kind))))
    points = COMPLEX_POINTS[:6] if kind == 'complex' else [p for p in REAL_POINTS if p]
    # One copy of the points for each function, so that one gradient holds the derivatives of all.
    inputs = columns([(p,) for p in points], dtype)[0]
    copies = var('t', n=len(names))
    e = vector([FUNCTION[name](t, hold=True) for name, t in zip(names, copies, strict=True)])
    found = []
    for mode in (False, jit):
        f = TensorFunction(e, copies, dtype=dtype, jit=mode)
        batches = [tf.identity(inputs) for _ in names]
        with tf.GradientTape() as tape:
            tape.watch(batches)
            values = f(*batches)
            total = tf.math.real(values)
        found.append((values.numpy(), np.stack(tape.gradient(total, batches), axis=-1)))
    for eager, compiled in zip(*found, strict=True):
        compiled[np.isinf(eager)] = eager[np.isinf(eager)]      # at a pole the last bit of the argument decides
        for column, name in enumerate(names):
            np.testing.assert_allclose(compiled[:, column], eager[:, column], rtol=1e4 * EPSILON[dtype],
                                       atol=1e3 * EPSILON[dtype], err_msg=name)
