r"""
Piecewise linear functions as networks

EXAMPLES::

    sage: from sage_tf.all import *
    sage: f = piecewise([[(0, 1/3), 3*x], [[1/3, 2], 1]])
    sage: model = to_keras(f); piecewise_linear(model)
    piecewise(x|-->3*x on (-oo, 1/3), x|-->1 on [1/3, +oo); x)
"""
import keras
import numpy as np
from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.conversion.exact import FORMATS


def to_keras(function, dtype='float32'):
    r"""
    Return the network with rectifiers that equals a continuous piecewise linear function of one variable, exactly.

    INPUT:

    - ``function`` -- Sage's ``piecewise`` function, with rational breakpoints, slopes and constants; or a linear expression of one variable

    - ``dtype`` -- ``'float32'`` (default) or ``'float64'``, in which the weights must be exact

    OUTPUT: a Keras model: a layer with a rectifier for each breakpoint, and two where the function is not constant on the left, and a linear
    layer. Outside of a bounded domain it goes on with the slopes at its ends

    Every weight is the exact number: the function of the weights, as :func:`~sage_tf.networks.piecewise.piecewise_linear` returns it, equals the given one.

    Raises ValueError for a function that is not continuous, or not linear on its pieces, or whose numbers are not exact in the dtype: floats, and sums and
    products of them, are fractions with powers of 2 below the bar.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: to_keras(3*x - 1/2)(tf.constant([[2.0]])).numpy()
        array([[5.5]], dtype=float32)

    TESTS::

        sage: to_keras(piecewise([[(0, 1), x], [[1, 2], 2*x]]))
        Traceback (most recent call last):
        ...
        ValueError: the function has the values 1 and 2 at 1, from the left and from the right; expected a continuous function
        sage: to_keras(x/3)
        Traceback (most recent call last):
        ...
        ValueError: the network would have the weight 1/3, which float32 does not hold exactly; expected fractions with powers of 2 below the bar
        sage: to_keras(x^2)
        Traceback (most recent call last):
        ...
        ValueError: the piece x^2 of the function is not linear with rational coefficients
    """
    if dtype not in ('float32', 'float64'):
        raise ValueError(f"dtype={dtype!r} was given; expected 'float32' or 'float64'")
    pieces = _pieces(function)
    _check_continuity(pieces)
    kernel, bias, output, offset = _weights(pieces)
    for value in (*kernel, *bias, *output, offset):
        _check_exact(value, dtype)
    model = keras.Sequential([keras.Input((1,), dtype=dtype), keras.layers.Dense(len(kernel), activation='relu', dtype=dtype),
                              keras.layers.Dense(1, dtype=dtype)])
    arrays = [[[*kernel]], [*bias], [[v] for v in output], [offset]]
    for weight, values in zip(model.weights, arrays, strict=True):
        weight.assign(np.array(values, dtype=float).astype(dtype))
    return model


def _pieces(function):
    """Return the list of (low, slope, constant) from left to right; the first has no low."""
    function = SR(function)
    if not hasattr(function, 'end_points') or not hasattr(function, 'items'):
        variables = function.variables()
        if len(variables) > 1:
            raise ValueError(f"{function} has the variables {', '.join(map(str, variables))}; expected one")
        return [(None, *_line(function, variables[0] if variables else SR.var('x')))]
    variable, = function.variables() or (SR.var('x'),)
    found = []
    for domain, expression in function.items():
        for part in domain:
            found.append((part.lower(), part.upper(), *_line(SR(expression), variable)))
    found.sort(key=lambda piece: -infinity if piece[0] == -infinity else QQ(piece[0]))
    found = [piece for piece in found if piece[0] != piece[1]] or found
    for (_, high, *_), (low, *_) in zip(found, found[1:], strict=False):
        if high != low:
            raise ValueError(f"the function has no values between {high} and {low}; expected one on an interval")
    return [(None if k == 0 else QQ(low), slope, constant) for k, (low, _, slope, constant) in enumerate(found)]


def _line(expression, variable):
    """Return the slope and the constant of a linear expression."""
    try:
        constant, slope = QQ(expression.subs({variable: 0})), QQ(expression.diff(variable))
        if (expression - slope * variable - constant).is_trivial_zero() or (expression - slope * variable - constant).expand().is_trivial_zero():
            return slope, constant
    except (TypeError, ValueError):
        pass
    raise ValueError(f"the piece {expression} of the function is not linear with rational coefficients")


def _check_continuity(pieces):
    """Raise ValueError for a function with a jump."""
    for (_, slope, constant), (low, next_slope, next_constant) in zip(pieces, pieces[1:], strict=False):
        left, right = slope * low + constant, next_slope * low + next_constant
        if left != right:
            raise ValueError(f"the function has the values {left} and {right} at {low}, from the left and from the right; expected a continuous function")


def _weights(pieces):
    r"""
    Return the weights: `c + \max(0, mx) - \max(0, -mx) + \sum_i \pm\max(0, |w_i|x - |w_i|b_i)`.

    The change of slope at a breakpoint is within the rectifier: if there is a network with exact weights at all, these are exact, too, up to their size.
    """
    _, slope, constant = pieces[0]
    kernel, bias, output = ([slope, -slope], [QQ(0), QQ(0)], [QQ(1), QQ(-1)]) if slope else ([], [], [])
    for (_, before, _), (low, after, _) in zip(pieces, pieces[1:], strict=False):
        change = after - before
        if change:
            kernel.append(abs(change))
            bias.append(-abs(change) * low)
            output.append(QQ(change.sign()))
    return (kernel or [QQ(0)]), (bias or [QQ(0)]), (output or [QQ(0)]), constant


def _check_exact(value, dtype):
    """Raise ValueError for a number that a dtype does not hold."""
    bits, low, high = FORMATS[dtype]
    q = value.denominator()
    is_dyadic = q & (q - 1) == 0
    odd = abs(value.numerator()).val_unit(2)[1] if value else 0
    if value and (not is_dyadic or int(odd).bit_length() > bits):
        more = "; dtype='float64' holds more digits" if is_dyadic and dtype == 'float32' else "; expected fractions with powers of 2 below the bar"
        raise ValueError(f"the network would have the weight {value}, which {dtype} does not hold exactly{more}")
    if value and not (value.valuation(2) >= low and abs(value) < QQ(2)**high):
        raise ValueError(f"the network would have the weight {value}, which is beyond the range of {dtype}")
