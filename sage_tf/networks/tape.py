r"""
A network as a straight line of steps on numbered wires

Every number in a network, for one point of the input, is a wire. What a layer passes on is an array of numbers of wires, of the shape of its tensor
without the batch. So layers that only move entries are indexing, and all that computes is one of five kinds of steps::

    sage: import numpy
    sage: from sage_tf.networks.tape import Tape
    sage: tape = Tape((2r,))
    sage: hidden = tape.apply('relu', tape.affine(tape.inputs, numpy.array([[1.0r, -1.0r]])))
    sage: tape.outputs = hidden[::-1r]
    sage: for step in tape.steps: print(step)
    affine 2 -> 1
    relu 1 -> 1

The numbers in steps are those of the weights, exactly. What the steps are applied to is left to those who walk along them: expressions, rational
numbers, intervals, zonotopes.
"""
import numpy as np

from sage_tf.networks.steps import Affine, Apply, Binary, Constant


class Tape:
    r"""
    The steps of a network.

    INPUT:

    - ``shape`` -- tuple of integers; the shape of the input

    ATTRIBUTES:

    - ``inputs``, ``outputs`` -- arrays of numbers of wires

    - ``steps`` -- list of steps, each of wires that were made before

    - ``dtype`` -- the dtype in which TensorFlow computes the network

    - ``exact_from`` -- the number of the first step that TensorFlow does not compute, if there are such

    EXAMPLES::

        sage: from sage_tf.networks.tape import Tape
        sage: tape = Tape((2r, 2r)); tape.inputs
        array([[0, 1],
               [2, 3]])
    """
    def __init__(self, shape=(), dtype='float32'):
        self.size = 0
        self.steps = []
        self.dtype = dtype
        self.exact_from = None
        self.inputs = self.new(shape)
        self.outputs = self.inputs

    def new(self, shape):
        """
        Return an array of new wires.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,)); tape.new((1r, 2r))
            array([[2, 3]])
        """
        count = int(np.prod(shape, dtype=int))
        wires = np.arange(self.size, self.size + count).reshape(shape)
        self.size += count
        return wires

    def _add(self, kind, out, *data):
        self.steps.append(kind(*data, out.ravel()))
        return out

    def constant(self, values):
        r"""
        Return wires with given values: an array of floats, or a list of exact numbers of Sage.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((1r,))
            sage: tape.constant([pi, 1/3]), tape.steps
            (array([1, 2]), [constant 2])
        """
        flat = values.ravel() if isinstance(values, np.ndarray) else values
        return self._add(Constant, self.new(np.shape(values)), flat)

    def affine(self, wires, matrix, offset=None, divisor=None, shape=None):
        r"""
        Return the wires of `(A x + b)/d`.

        INPUT:

        - ``wires`` -- array of wires, taken in order

        - ``matrix`` -- array of floats or sparse matrix of SciPy

        - ``offset``, ``divisor`` -- arrays of floats, one for each row (default: none)

        - ``shape`` -- shape of the result (default: one axis)

        EXAMPLES::

            sage: import numpy
            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,))
            sage: tape.affine(tape.inputs, numpy.eye(2r), divisor=numpy.array([3.0r, 6.0r]))
            array([2, 3])
        """
        rows = matrix.shape[0]
        offset = np.zeros(rows) if offset is None else np.asarray(offset, float).ravel()
        divisor = None if divisor is None else np.asarray(divisor, float).ravel()
        return self._add(Affine, self.new((rows,) if shape is None else shape), wires.ravel(), matrix, offset, divisor)

    def apply(self, name, wires, *parameters):
        """
        Return the wires of an activation or function of one number, at each of some wires.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,))
            sage: tape.apply('elu', tape.inputs, 1.0r), tape.steps
            (array([2, 3]), [elu 2 -> 2])
        """
        return self._add(Apply, self.new(wires.shape), name, parameters, wires.ravel())

    def binary(self, op, left, right):
        """
        Return the wires of ``'mul'``, ``'div'`` or ``'max'`` of two arrays of wires, which are broadcast.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,))
            sage: tape.binary('mul', tape.inputs, tape.inputs[:1r]), tape.steps
            (array([2, 3]), [mul 2 -> 2])
        """
        left, right = np.broadcast_arrays(left, right)
        return self._add(Binary, self.new(left.shape), op, left.ravel(), right.ravel())

    def combination(self, terms):
        r"""
        Return the wires of a sum of multiples of arrays of wires, which are broadcast.

        INPUT:

        - ``terms`` -- list of pairs of a number and an array of wires

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,))
            sage: tape.combination([(1r, tape.inputs), (-1r, tape.inputs[::-1r])]), tape.steps
            (array([2, 3]), [affine 4 -> 2])
        """
        from scipy import sparse
        arrays = np.broadcast_arrays(*[wires for _, wires in terms])
        n = arrays[0].size
        matrix = sparse.hstack([sparse.identity(n, format='csr') * float(k) for k, _ in terms], format='csr')
        return self.affine(np.concatenate([a.ravel() for a in arrays]), matrix, shape=arrays[0].shape)

    def largest(self, columns):
        """
        Return the wires of the maxima along the last axis of an array of wires.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r, 3r))
            sage: tape.largest(tape.inputs), tape.steps
            (array([8, 9]), [max 2 -> 2, max 2 -> 2])
        """
        while columns.shape[-1] > 1:
            half = columns.shape[-1] // 2
            pairs = self.binary('max', columns[..., :half], columns[..., half:2 * half])
            columns = np.concatenate([pairs, columns[..., 2 * half:]], axis=-1)
        return columns[..., 0]

    def constants(self, count, value):
        """
        Return an array of wires, all the same, with one value.

        EXAMPLES::

            sage: from sage_tf.networks.tape import Tape
            sage: tape = Tape((2r,)); tape.constants((2r,), 0.0r)
            array([2, 2])
        """
        return np.full(count, self.constant(np.array([float(value)]))[0])


def walk(steps, rules, state):
    r"""
    Apply the rule of its kind to each step.

    INPUT:

    - ``rules`` -- dictionary from kinds of steps to functions of the state and a step

    EXAMPLES::

        sage: from sage_tf.networks.steps import Apply
        sage: from sage_tf.networks.tape import Tape, walk
        sage: tape = Tape((2r,)); _ = tape.apply('tanh', tape.inputs)
        sage: walk(tape.steps, {Apply: lambda state, step: state.append(step.name)}, [])
        ['tanh']
    """
    for step in steps:
        rules[type(step)](state, step)
    return state
