r"""
Operations of functional models that are no layers: arithmetic and functions on Keras' tensors

EXAMPLES::

    sage: import keras
    sage: from sage_tf.networks.models import tape_of
    sage: a = keras.Input((2r,))
    sage: tape_of(keras.Model(a, 2r*a[:, :1r] - keras.ops.sin(a))).steps
    [constant 1, mul 1 -> 1, sin 2 -> 2, affine 4 -> 2]
"""
import numpy as np

from sage_tf.networks.activations import ACTIVATIONS, VECTORS, parameters_of


def _on_wires(tape, value):
    """Return wires as they are, and numbers as constants."""
    if isinstance(value, np.ndarray) and value.dtype.kind == 'i':
        return value
    numbers = np.asarray(value, np.float32).astype(float)
    return tape.constant(np.atleast_1d(numbers)).reshape(numbers.shape[1:] if numbers.ndim > 1 else numbers.shape)


def _sum(sign):
    def rule(tape, op, x1, x2):
        return tape.combination([(1, _on_wires(tape, x1)), (sign, _on_wires(tape, x2))])
    return rule


def _binary(name):
    def rule(tape, op, x1, x2):
        return tape.binary(name, _on_wires(tape, x1), _on_wires(tape, x2))
    return rule


def _minimum(tape, op, x1, x2):
    both = [tape.combination([(-1, _on_wires(tape, x))]) for x in (x1, x2)]
    return tape.combination([(-1, tape.binary('max', *both))])


def _applied(name):
    def rule(tape, op, x):
        return tape.apply(name, x)
    return rule


def _activated(name):
    def rule(tape, op, x, *args, **options):
        given = tuple(v for v in (getattr(op, key, None) for key in ('negative_slope', 'alpha', 'threshold', 'b')) if isinstance(v, (int, float)))
        return tape.apply(name, x, *parameters_of(name, tape.dtype, given[:1] if given and ACTIVATIONS[name].formula.__code__.co_argcount == 3 else ()))
    return rule


def _vector(name):
    def rule(tape, op, x):
        axis = getattr(op, 'axis', -1)
        return VECTORS[name](tape, x, axis if axis < 0 else axis - 1)
    return rule


def _power(tape, op, x1, x2):
    if isinstance(x2, (int, float)) and float(x2).is_integer() and x2 > 0:
        return tape.apply('power', x1, int(x2))
    raise NotImplementedError(f"the power {x2} in a functional model has no form in Sage; expected a positive integer")


def _get_item(tape, op, x, key):
    key = key if isinstance(key, tuple) else (key,)
    if key[0] not in (slice(None), Ellipsis):
        raise NotImplementedError(f"{key} takes a part of the batch; expected the whole of it, as in x[:, 0]")
    return np.asarray(x[key[1:]] if key[0] == slice(None) else x[key])


def _concatenate(tape, op, xs):
    return np.concatenate(xs, axis=op.axis if op.axis < 0 else op.axis - 1)


def _reshape(tape, op, x):
    return x.reshape(tuple(op.newshape)[1:])


OPERATIONS = {
    'Add': _sum(1), 'Subtract': _sum(-1), 'Multiply': _binary('mul'), 'Divide': _binary('div'), 'TrueDivide': _binary('div'),
    'Maximum': _binary('max'), 'Minimum': _minimum,
    'Negative': lambda tape, op, x: tape.combination([(-1, x)]),
    'Power': _power, 'GetItem': _get_item, 'Concatenate': _concatenate, 'Reshape': _reshape,
    'Square': lambda tape, op, x: tape.apply('power', x, 2),
    'Absolute': _applied('abs'), 'Abs': _applied('abs'), 'Exp': _applied('exp'), 'Log': _applied('log'), 'Sqrt': _applied('sqrt'),
    'Sin': _applied('sin'), 'Cos': _applied('cos'), 'Tan': _applied('tan'), 'Tanh': _applied('tanh'), 'Sinh': _applied('sinh'),
    'Cosh': _applied('cosh'), 'Arctan': _applied('arctan'), 'Arcsinh': _applied('arcsinh'), 'Erf': _applied('erf'),
    **{keras_name: _activated(name) for keras_name, name in (
        ('Relu', 'relu'), ('Relu6', 'relu6'), ('Sigmoid', 'sigmoid'), ('Softplus', 'softplus'), ('Softsign', 'softsign'), ('Silu', 'silu'),
        ('LogSigmoid', 'log_sigmoid'), ('LeakyRelu', 'leaky_relu'), ('HardSigmoid', 'hard_sigmoid'), ('HardSilu', 'hard_silu'), ('Elu', 'elu'),
        ('Selu', 'selu'), ('Celu', 'celu'), ('HardTanh', 'hard_tanh'), ('TanhShrink', 'tanh_shrink'), ('SparsePlus', 'sparse_plus'))},
    'Gelu': lambda tape, op, x, *args, **options: tape.apply('gelu_tanh' if op.approximate else 'gelu', x),
    'Softmax': _vector('softmax'), 'LogSoftmax': _vector('log_softmax'), 'Glu': _vector('glu'), 'Sparsemax': _vector('sparsemax'),
}
