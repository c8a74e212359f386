"""What starts from an expression of Sage: sage_tf, and Sage's own fast_callable."""

import tensorflow as tf
from sage.all import SR, fast_callable, sage_eval

import sage_tf  # noqa: F401 -- gives expressions to_tf
from symbolic.peer import Peer


def read(expression, variables):
    """Return an expression of Sage, and its variables."""
    where = [*map(SR.var, variables)]
    return SR(sage_eval(expression, locals=dict(zip(variables, where, strict=True)))), where


class Ours(Peer):
    """A TensorFunction, its gradient by the method for it."""

    def prepare(self, expression):
        expression, where = read(expression, self.variables)
        self.value = expression.to_tf(*where, dtype=self.dtype)
        self.gradient = self.value.gradient

    def inputs(self, arrays):
        return [tf.constant(array) for array in arrays]


class OursTape(Ours):
    """A TensorFunction, its gradient by a tape in eager mode, as one writes it in a loop of one's own."""

    def prepare(self, expression):
        expression, where = read(expression, self.variables)
        self.value = expression.to_tf(*where, dtype=self.dtype)

    def gradient(self, *inputs):
        with tf.GradientTape() as tape:
            for entry in inputs:
                tape.watch(entry)
            value = self.value(*inputs)
        return tape.gradient(value, inputs)


class FastCallable(Peer):
    """Point by point, on Python's floats."""

    def prepare(self, expression):
        expression, where = read(expression, self.variables)
        self.functions = [fast_callable(expression, vars=where, domain=float)]
        self.slopes = [fast_callable(expression.diff(v), vars=where, domain=float) for v in where]

    def inputs(self, arrays):
        return [array.tolist() for array in arrays]

    def value(self, *inputs):
        return [list(map(function, *inputs)) for function in self.functions]

    def gradient(self, *inputs):
        return [list(map(slope, *inputs)) for slope in self.slopes]
