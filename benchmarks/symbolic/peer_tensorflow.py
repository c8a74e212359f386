"""SymPy's lambdify for TensorFlow: eagerly, under ``tf.function``, and compiled by XLA."""

import sympy
import tensorflow as tf

from symbolic.peer import Peer, parsed, rounded, symbols


class Eager(Peer):
    """Operation by operation; the gradient by a tape."""

    def prepare(self, expression):
        expression = rounded(parsed(expression, self.variables))
        self.function = sympy.lambdify(symbols(self.variables), expression, modules="tensorflow", cse=True)

    def slope(self, *inputs):
        with tf.GradientTape() as tape:
            for entry in inputs:
                tape.watch(entry)
            value = self.function(*inputs)
        return tape.gradient(value, inputs, unconnected_gradients="zero")

    def inputs(self, arrays):
        return [tf.constant(array) for array in arrays]

    def value(self, *inputs):
        return self.function(*inputs)

    gradient = slope


class Graph(Eager):
    jit = False

    def prepare(self, expression):
        super().prepare(expression)
        self.value = tf.function(self.function, autograph=False, jit_compile=self.jit)
        self.gradient = tf.function(self.slope, autograph=False, jit_compile=self.jit)


class XLA(Graph):
    jit = True
