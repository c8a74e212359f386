r"""
A network as an expression

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.networks.symbolic import expressions
    sage: from sage_tf.networks.tape import Tape
    sage: tape = Tape((2r,))
    sage: tape.outputs = tape.apply('relu', tape.affine(tape.inputs, numpy.array([[1.5r, -1.0r]]), numpy.array([0.25r])))
    sage: y = var('y')
    sage: expressions(tape, [x, y], QQ)
    [relu(3/2*x - y + 1/4)]

Equal parts are one object: what is built has as many parts as the network has wires, however often they are used.
"""
import numpy as np
from sage.functions.all import (
    arcsinh,
    arctan,
    cos,
    cosh,
    erf,
    exp,
    kronecker_delta,
    log,
    sgn,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    unit_step,
)
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ
from sage.symbolic.constants import pi
from sage.symbolic.ring import SR

from sage_tf.networks.activations import ACTIVATIONS
from sage_tf.networks.steps import Affine, Apply, Binary, Constant
from sage_tf.networks.tape import walk
from sage_tf.symbolic.special.rectifier import maximum, relu


class Symbolic:
    """
    The carrier of the formulas of activations whose numbers are expressions.

    EXAMPLES::

        sage: from sage_tf.networks.symbolic import Symbolic
        sage: Symbolic.softplus(x), Symbolic.above(x), Symbolic.low(x, 6)
        (log(e^x + 1), -unit_step(-x) + 1, -maximum(-x, -6))
    """
    exp, log, sqrt, sin, cos, tan, tanh, sinh, cosh = exp, log, sqrt, sin, cos, tan, tanh, sinh, cosh
    arctan, arcsinh, erf, sgn, unit_step = arctan, arcsinh, erf, sgn, unit_step
    relu, maximum, delta = relu, maximum, kronecker_delta
    number = SR

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + exp(-x))

    @staticmethod
    def softplus(x):
        return log(1 + exp(x))

    @staticmethod
    def above(x):
        return 1 - unit_step(-x)

    @staticmethod
    def low(x, high):
        return -maximum(-x, SR(-high))

    @staticmethod
    def root(n):
        return sqrt(SR(n))

    @staticmethod
    def root_of_pi():
        return sqrt(pi)

    @staticmethod
    def ratio(n, d):
        return SR(Rational((n, d)))


class Weights:
    r"""
    The numbers of a network in a ring: floats as they are, by their exact value.

    INPUT:

    - ``ring`` -- ``QQ``, ``RDF``, a field of intervals or balls, or another ring that takes rational numbers

    EXAMPLES::

        sage: from sage_tf.networks.symbolic import Weights
        sage: Weights(QQ)(0.1r), Weights(RDF)(0.1r), Weights(RIF)(0.1r).pyobject().parent()
        (3602879701896397/36028797018963968, 0.1, Real Interval Field with 53 bits of precision)
    """
    def __init__(self, ring):
        self.ring = ring
        self._is_exact = ring.is_exact()

    def __call__(self, x):
        x = float(x)
        if not self._is_exact:
            return SR(self.ring(x))
        return SR(self.ring(Rational(x.as_integer_ratio())))

    def quotient(self, x, d):
        """Return the quotient of two floats."""
        return self(x) / self(d)


class _Builder:
    """The expressions of the wires so far, and the numbers they are made with."""

    def __init__(self, weights, size):
        self.weights = weights
        self.wires = [None] * size


def expressions(tape, variables, ring):
    r"""
    Return the expressions of the outputs of a network.

    INPUT:

    - ``tape`` -- a :class:`~sage_tf.networks.tape.Tape`

    - ``variables`` -- list of expressions, the inputs

    - ``ring`` -- the ring of the weights

    EXAMPLES::

        sage: from sage_tf.networks.symbolic import expressions
        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((1r,)); tape.outputs = tape.apply('gelu', tape.inputs)
        sage: expressions(tape, [x], RDF)
        [1/2*x*(erf(1/2*sqrt(2)*x) + 1)]
    """
    builder = _Builder(Weights(ring), tape.size)
    for wire, variable in zip(tape.inputs.ravel(), variables, strict=True):
        builder.wires[wire] = variable
    walk(tape.steps, _RULES, builder)
    return [builder.wires[wire] for wire in tape.outputs.ravel()]


def _constant(builder, step):
    exact = not isinstance(step.values, np.ndarray)
    for wire, value in zip(step.out, step.values, strict=True):
        builder.wires[wire] = SR(value) if exact else builder.weights(value)


def _affine(builder, step):
    """Set the sums: of each row the terms with a coefficient that is not zero, added at once."""
    number, wires = builder.weights, builder.wires
    inputs = [wires[wire] for wire in step.inputs]
    for k, wire in enumerate(step.out):
        columns, values = row_of(step.matrix, k)
        divisor = 1.0 if step.divisor is None else float(step.divisor[k])
        numbers = [number(v) if divisor == 1 else number.quotient(v, divisor) for v in values]
        terms = [inputs[j] * v for j, v in zip(columns, numbers, strict=True)]
        if step.offset[k]:
            terms.append(number(step.offset[k]) if divisor == 1 else number.quotient(step.offset[k], divisor))
        wires[wire] = SR(0).add(*terms) if terms else SR(0)


def row_of(matrix, k):
    r"""
    Return the columns of a row in which a dense or sparse matrix has entries other than zero, and these.

    EXAMPLES::

        sage: import numpy
        sage: from scipy import sparse
        sage: from sage_tf.networks.symbolic import row_of
        sage: M = numpy.array([[0r, 2r], [3r, 0r]])
        sage: row_of(M, 0r), row_of(sparse.csr_matrix(M), 1r)
        (([1], [2]), ([0], [3]))
    """
    if isinstance(matrix, np.ndarray):
        columns = np.flatnonzero(matrix[k])
        return columns.tolist(), matrix[k, columns].tolist()
    part = slice(matrix.indptr[k], matrix.indptr[k + 1])
    kept = matrix.data[part] != 0
    return matrix.indices[part][kept].tolist(), matrix.data[part][kept].tolist()


def _apply(builder, step):
    formula = ACTIVATIONS[step.name].formula
    whole = [_parameter(builder, p) for p in step.parameters]
    for source, wire in zip(step.inputs, step.out, strict=True):
        builder.wires[wire] = SR(formula(Symbolic, builder.wires[source], *whole))


def _parameter(builder, p):
    """Return a parameter as an expression; whole numbers and infinity as they are."""
    if not isinstance(p, float) or np.isinf(p):
        return p
    return QQ(int(p)) if p.is_integer() else builder.weights(p)


_OPERATIONS = {'mul': lambda a, b: a * b, 'div': lambda a, b: a / b, 'max': maximum}


def _binary(builder, step):
    operate = _OPERATIONS[step.op]
    for a, b, wire in zip(step.left, step.right, step.out, strict=True):
        builder.wires[wire] = operate(builder.wires[a], builder.wires[b])


_RULES = {Constant: _constant, Affine: _affine, Apply: _apply, Binary: _binary}
