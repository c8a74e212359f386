r"""
The table of activations

Each activation is written once, as a formula of a number ``x`` in the functions of a carrier ``F``. With one carrier it becomes an expression of Sage, with
another one an enclosure of values and derivatives, with a third a piecewise linear function with rational breakpoints::

    sage: from sage_tf.networks.activations import ACTIVATIONS
    sage: from sage_tf.networks.symbolic import Symbolic
    sage: silu = ACTIVATIONS['silu']
    sage: silu.formula(Symbolic, x)
    x/(e^(-x) + 1)
"""
from collections import namedtuple

import keras
import numpy as np
import tensorflow as tf

Activation = namedtuple('Activation', 'formula knots is_exact', defaults=(None, False))
Activation.__doc__ = r"""
    An activation: its formula, where it has kinks, and whether TensorFlow's value has no rounding error beyond that of linear operations.

    - ``formula`` -- function of a carrier, a number and the parameters

    - ``knots`` -- function of the parameters, the points between which the function is smooth; ``None`` for none

    - ``is_exact`` -- whether it is made of comparisons, sums and at most one product

    EXAMPLES::

        sage: from sage_tf.networks.activations import ACTIVATIONS
        sage: ACTIVATIONS['relu'].knots()
        (0,)
    """


def _elu(F, x, alpha):
    return F.relu(x) + alpha * (F.exp(-F.relu(-x)) - 1)


def _gelu(F, x):
    return x * (1 + F.erf(x / F.root(2))) / 2


def _gelu_tanh(F, x):
    return x * (1 + F.tanh((x + x**3 * F.ratio(44715, 10**6)) * (F.root(2) / F.root_of_pi()))) / 2


def _threshold(F, x, bound, default):
    return default + (x - default) * F.above(x - bound)


def _relu_with(F, x, slope, threshold, top):
    """Return Keras' rectifier with all of its parameters; ``top`` is infinite for none."""
    if threshold:
        value = (x * F.above(x - threshold)) - slope * F.relu(threshold - x)
    else:
        value = F.relu(x) - slope * F.relu(-x)
    return value if np.isinf(float(top)) else -F.maximum(-value, -top)


def _clip(F, x, low, high):
    return F.low(F.maximum(x, F.number(low)), high)


ACTIVATIONS = {
    'relu': Activation(lambda F, x: F.relu(x), lambda: (0,), True),
    'relu_with': Activation(_relu_with, lambda slope, threshold, top: (0, threshold, top), True),
    'leaky_relu': Activation(lambda F, x, slope: F.relu(x) - slope * F.relu(-x), lambda slope: (0,), True),
    'relu6': Activation(lambda F, x: F.low(F.relu(x), 6), lambda: (0, 6), True),
    'hard_sigmoid': Activation(lambda F, x: F.low(F.relu(x + 3), 6) / 6, lambda: (-3, 3), True),
    'hard_silu': Activation(lambda F, x: x * F.low(F.relu(x + 3), 6) / 6, lambda: (-3, 3)),
    'hard_tanh': Activation(lambda F, x: _clip(F, x, -1, 1), lambda: (-1, 1), True),
    'hard_shrink': Activation(lambda F, x, bound: x * (F.above(x - bound) + F.above(-x - bound)), lambda bound: (-bound, bound), True),
    'soft_shrink': Activation(lambda F, x, bound: F.relu(x - bound) - F.relu(-x - bound), lambda bound: (-bound, bound), True),
    'threshold': Activation(_threshold, lambda bound, default: (bound,), True),
    'sparse_sigmoid': Activation(lambda F, x: F.low(F.relu(x + 1), 2) / 2, lambda: (-1, 1), True),
    'sparse_plus': Activation(lambda F, x: F.relu(x - 1) + F.low(F.relu(x + 1), 2)**2 / 4, lambda: (-1, 1)),
    'elu': Activation(_elu, lambda alpha: (0,)),
    'selu': Activation(lambda F, x, scale, alpha: scale * _elu(F, x, alpha), lambda scale, alpha: (0,)),
    'celu': Activation(lambda F, x, alpha: F.relu(x) + alpha * (F.exp(-F.relu(-x) / alpha) - 1), lambda alpha: (0,)),
    'sigmoid': Activation(lambda F, x: F.sigmoid(x)),
    'log_sigmoid': Activation(lambda F, x: -F.softplus(-x)),
    'softplus': Activation(lambda F, x: F.softplus(x)),
    'softsign': Activation(lambda F, x: x / (1 + F.relu(x) + F.relu(-x)), lambda: (0,)),
    'squareplus': Activation(lambda F, x, b: (x + F.sqrt(x**2 + b)) / 2),
    'silu': Activation(lambda F, x: x * F.sigmoid(x)),
    'mish': Activation(lambda F, x: x * F.tanh(F.softplus(x))),
    'gelu': Activation(_gelu),
    'gelu_tanh': Activation(_gelu_tanh),
    'tanh_shrink': Activation(lambda F, x: x - F.tanh(x)),
    'step': Activation(lambda F, x: F.above(x), lambda: (0,), True),
    'odds': Activation(lambda F, x: F.exp(x)),
    'is_equal': Activation(lambda F, x, k: F.delta(x, k), lambda k: (k,), True),
    'reciprocal': Activation(lambda F, x: 1 / x, lambda: (0,)),
    'power': Activation(lambda F, x, n: x**n, lambda n: (0,)),
    'abs': Activation(lambda F, x: F.relu(x) + F.relu(-x), lambda: (0,), True),
}

#: Functions of Sage that a carrier has by its own name; those of expressions inside of networks, beside the activations.
ELEMENTARY = ('exp', 'log', 'sqrt', 'sin', 'cos', 'tan', 'tanh', 'sinh', 'cosh', 'arctan', 'arcsinh', 'erf', 'sgn', 'unit_step')
_KINKS = {'sgn': (0,), 'unit_step': (0,), 'sqrt': (0,)}


def _elementary(name):
    """Return the activation that a function of the carriers is."""
    knots = _KINKS.get(name)
    return Activation(lambda F, x: getattr(F, name)(x), None if knots is None else lambda: knots)


ACTIVATIONS.update((name, _elementary(name)) for name in ELEMENTARY)

# SELU's numbers, as TensorFlow has them
_SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)


def _all_negative(tape, wires):
    return tape.combination([(-1, wires)])


def softmax(tape, wires, axis=-1):
    r"""
    Return the wires of the softmax: `1/\sum_j e^{x_j - x_i}`, which no large number makes overflow into a wrong value.

    EXAMPLES::

        sage: from sage_tf.networks.activations import softmax
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((3r,)); _ = softmax(tape, tape.inputs); tape.steps
        [affine 12 -> 6, odds 6 -> 6, affine 6 -> 3, reciprocal 3 -> 3]
    """
    return tape.apply('reciprocal', _odds(tape, wires, axis))


def log_softmax(tape, wires, axis=-1):
    """Return the wires of the logarithm of the softmax."""
    return _all_negative(tape, tape.apply('log', _odds(tape, wires, axis)))


def _odds(tape, wires, axis):
    r"""Return the wires of `1 + \sum_{j \ne i} e^{x_j - x_i}`."""
    last = np.moveaxis(wires, axis, -1)
    n = last.shape[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=int).reshape(n, n - 1)
    differences = tape.combination([(1, last[..., others]), (-1, np.broadcast_to(last[..., None], (*last.shape, n - 1)))])
    powers = tape.apply('odds', differences)                    # TensorFlow takes these of differences that are not positive alone
    rows = last.size
    matrix = _blocks(rows, n - 1)
    return np.moveaxis(tape.affine(powers, matrix, np.ones(rows), shape=last.shape), -1, axis)


def _blocks(rows, size):
    """Return the sparse matrix that adds each block of so many entries."""
    from scipy import sparse
    return sparse.csr_matrix((np.ones(rows * size), (np.repeat(np.arange(rows), size), np.arange(rows * size))), shape=(rows, rows * size))


def glu(tape, wires, axis=-1):
    """Return the wires of one half times the sigmoid of the other half."""
    values, gates = np.split(wires, 2, axis=axis)
    return tape.binary('mul', values, tape.apply('sigmoid', gates))


def sparsemax(tape, wires, axis=-1):
    r"""
    Return the wires of the projection onto the simplex: `\max(0, x_i - t)` with `t = \max_k (s_k - 1)/k`, `s_k` the sum of the k largest;
    or of what the version of Keras computes instead.

    EXAMPLES::

        sage: from sage_tf.networks.activations import sparsemax
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((2r,)); sparsemax(tape, tape.inputs).shape
        (2,)
    """
    last = np.moveaxis(wires, axis, -1)
    n = last.shape[-1]
    ordered = [last[..., k] for k in range(n)]
    for stop in range(n - 1, 0, -1):                            # bubble sort, by comparisons that do not depend on the values
        for k in range(stop):
            a, b = ordered[k:k + 2]
            smaller = _all_negative(tape, tape.binary('max', _all_negative(tape, a), _all_negative(tape, b)))
            ordered[k:k + 2] = tape.binary('max', a, b), smaller
    sums = [_scaled_sum(tape, ordered[:k], 0.0, 1.0) for k in range(1, n + 1)]
    heights = [_scaled_sum(tape, ordered[:k], -1.0, float(k)) for k in range(1, n + 1)]
    level = tape.largest(np.stack(heights, axis=-1)) if _is_projection() else _level_of_keras(tape, ordered, sums, heights)
    return np.moveaxis(tape.apply('relu', tape.combination([(1, last), (-1, level[..., None])])), -1, axis)


def _scaled_sum(tape, arrays, offset, divisor):
    """Return the wires of the sum of arrays of wires and a number, divided by another one."""
    columns = np.stack(arrays, axis=-1)
    rows = columns[..., 0].size
    return tape.affine(columns, _blocks(rows, len(arrays)), np.full(rows, offset), np.full(rows, divisor), shape=columns.shape[:-1])


def _is_projection():
    """Return whether Keras computes the projection: some of its versions add up partial sums where they should take the last of them."""
    return bool(np.allclose(keras.activations.sparsemax(tf.ones((1, 2))).numpy(), 0.5))


def _level_of_keras(tape, ordered, sums, heights):
    r"""Return the wires of the level that those versions subtract: `(\sum_k s_k - 1)/n`, over the n values that are above their height."""
    is_above = [tape.apply('step', tape.combination([(1, a), (-1, h)])) for a, h in zip(ordered, heights, strict=True)]
    counted = [tape.binary('mul', mark, total) for mark, total in zip(is_above, sums, strict=True)]
    return tape.binary('div', _scaled_sum(tape, counted, -1.0, 1.0), _scaled_sum(tape, is_above, 0.0, 1.0))


VECTORS = {'softmax': softmax, 'log_softmax': log_softmax, 'glu': glu, 'sparsemax': sparsemax}

# The defaults of the parameters of Keras' functions, which they take as names alone
_DEFAULTS = {'leaky_relu': (0.2,), 'elu': (1.0,), 'selu': _SELU, 'celu': (1.0,), 'squareplus': (4.0,), 'hard_shrink': (0.5,),
             'soft_shrink': (0.5,)}
_NAMES = {'swish': 'silu', 'hard_swish': 'hard_silu', 'exponential': 'exp', 'threshold': None}
_TENSORFLOW = {'relu': 'relu', 'relu6': 'relu6', 'elu': 'elu', 'selu': 'selu', 'tanh': 'tanh', 'sigmoid': 'sigmoid', 'softplus': 'softplus',
               'softsign': 'softsign', 'silu': 'silu', 'swish': 'silu', 'leaky_relu': 'leaky_relu', 'softmax': 'softmax'}


def names_of_activations():
    """
    Return the dictionary from functions of Keras and TensorFlow to names in the tables, ``'linear'`` for the identity.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.activations import names_of_activations
        sage: names_of_activations()[keras.activations.swish]
        'silu'
    """
    found = {getattr(tf.nn, theirs): ours for theirs, ours in _TENSORFLOW.items()}
    found.update({tf.tanh: 'tanh', tf.sin: 'sin', tf.cos: 'cos', tf.exp: 'exp', tf.identity: 'linear', tf.nn.gelu: 'gelu', keras.ops.gelu: 'gelu_tanh'})
    for theirs in ('linear', *ACTIVATIONS, *VECTORS, *_NAMES):
        function = getattr(keras.activations, theirs, None) or getattr(keras.ops, theirs, None)
        if function is not None and _NAMES.get(theirs, theirs):
            found[function] = _NAMES.get(theirs, theirs)
    return found


def parameters_of(name, dtype, given=()):
    r"""
    Return the parameters of an activation, rounded to a dtype as TensorFlow rounds them.

    EXAMPLES::

        sage: from sage_tf.networks.activations import parameters_of
        sage: parameters_of('leaky_relu', 'float32'), parameters_of('leaky_relu', 'float64')
        ((0.20000000298023224,), (0.2,))
    """
    kind = np.dtype(dtype if dtype in ('float16', 'float32', 'float64') else 'float32').type
    return tuple(float(kind(p)) for p in given or _DEFAULTS.get(name, ()))
