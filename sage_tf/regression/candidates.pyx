# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
r"""
Small expressions, enumerated from below without repetition

:class:`Candidates` makes all expressions of the variables and the number 1, size by size, with their values at some anchor points.
Expressions with equal values there are one candidate.

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.candidates import Candidates
    sage: anchors = numpy.random.default_rng(int(1)).uniform(1, 2, (48r, 2r))
    sage: candidates = Candidates(anchors, ['sqrt'], capacity=1000r)
    sage: candidates.grow(), candidates.grow(), len(candidates)
    (True, True, 25)
    sage: y = var('y')
    sage: [candidates.expression(k, [x, y]) for k in range(7)]
    [x, y, 1, sqrt(x), sqrt(y), x^(1/4), y^(1/4)]
    sage: bool((candidates.evaluate(3r, anchors)**2r - anchors[:, 0]).max() < 1e-15)
    True
"""
from libc.math cimport cos, exp, fabs, isfinite, log, sin, sqrt, tanh
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint64_t

import numpy as np

cdef enum:
    VARIABLE, ONE, ADD, SUB, MUL, DIV, SQUARE, SQRT, INVERSE, EXP, LOG, SIN, COS, TANH

#: Operations of one argument, by name
UNARY = {'square': SQUARE, 'sqrt': SQRT, 'inverse': INVERSE, 'exp': EXP, 'log': LOG, 'sin': SIN, 'cos': COS, 'tanh': TANH}

#: ... and of two
BINARY = {'add': ADD, 'sub': SUB, 'mul': MUL, 'div': DIV}

_NUMPY = {
    ADD: np.add, SUB: np.subtract, MUL: np.multiply, DIV: np.divide, SQUARE: np.square, SQRT: np.sqrt,
    INVERSE: np.reciprocal, EXP: np.exp, LOG: np.log, SIN: np.sin, COS: np.cos, TANH: np.tanh,
}

cdef enum:
    DEFINED = 32                                                # the first code of operations that the user defines
    CODES = 64                                                  # which are bits of a mask

_NUMBERS = {ADD, SUB, MUL, DIV, SQUARE, INVERSE}                # arithmetic, which an expression may have in several ways

# Values beyond these, or that vary by less, are useless and would drown the others in rounding errors.
cdef double LARGEST = 1e8
cdef double SMALLEST = 1e-8
cdef double FLATTEST = 1e-8


cdef class Candidates:
    r"""
    Expressions with different values at anchor points.

    INPUT:

    - ``anchors`` -- array of shape (points, variables)

    - ``unary`` -- names of operations of one argument, among the keys of ``UNARY``

    - ``binary`` -- names of operations of two arguments (default: the four of arithmetic)

    - ``capacity`` -- how many candidates there may be at most

    - ``rules`` -- :class:`~sage_tf.regression.rules.Rules` about operations: more of them, their weights, how often they may occur and where (default:
      none)

    ATTRIBUTES:

    - ``values`` -- array of shape (candidates, points)

    - ``sizes`` -- their numbers of nodes, each by its weight

    - ``tried`` -- how many expressions were evaluated

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.candidates import Candidates
        sage: candidates = Candidates(numpy.array([[1.0r], [2.0r], [4.0r]]), ['square'], capacity=100r)
        sage: candidates.grow(); candidates.values.tolist()
        True
        [[1.0, 2.0, 4.0], [1.0, 1.0, 1.0], [1.0, 4.0, 16.0]]

    Operations of the user, and rules about them::

        sage: from sage_tf.regression.defined import DefinedOperator
        sage: from sage_tf.regression.rules import Rules
        sage: rules = Rules([DefinedOperator(x^2 + 1)], weights={'x^2 + 1': 2r}, limits={'sqrt': 1r}, nesting={'x^2 + 1': ['sqrt']})
        sage: candidates = Candidates(numpy.array([[1.0r], [2.0r], [4.0r]]), ['sqrt'], capacity=100r, rules=rules)
        sage: grown = [candidates.grow() for _ in range(3)]
        sage: from sage_tf.regression.defined import expanded
        sage: [expanded(candidates.expression(k, [x])) for k in range(len(candidates)) if 'op' in str(candidates.expression(k, [x]))]
        [x^2 + 1, sqrt(x^2 + 1)]
        sage: any(sum(e.has(v^(1/2)) for v in (x, x + 1)) > 1 for e in (candidates.expression(k, [x]) for k in range(len(candidates))))
        False
    """
    cdef readonly int count, capacity, points
    cdef readonly list levels
    cdef double[:, ::1] _values
    cdef int8_t[::1] _codes
    cdef int32_t[::1] _left, _right
    cdef int16_t[::1] _sizes
    cdef double[::1] _weights, _row
    cdef uint64_t[::1] _table
    cdef uint64_t _mask
    cdef list _unary, _binary, _defined
    cdef dict _weights_of
    cdef bint _constrained
    cdef uint64_t _forbidden[CODES]
    cdef uint64_t[::1] _masks
    cdef int8_t[:, ::1] _counts
    cdef int8_t[::1] _limits
    cdef int32_t[::1] _limited_codes
    cdef readonly long long tried

    def __init__(self, anchors, unary, binary=('add', 'sub', 'mul', 'div'), capacity=60000, rules=None):
        cdef int k
        anchors = np.ascontiguousarray(anchors, dtype=np.float64)
        self.points, self.capacity, self.count, self.tried = anchors.shape[0], capacity, 0, 0
        self._values = np.empty((capacity, self.points))
        self._codes = np.empty(capacity, np.int8)
        self._left, self._right = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        self._sizes = np.empty(capacity, np.int16)
        self._weights = np.random.default_rng(1).uniform(0.5, 1.5, self.points)
        self._row = np.empty(self.points)
        size = 1 << (4 * capacity).bit_length()
        self._table, self._mask = np.zeros(size, np.uint64), size - 1
        self._unary, self._binary = [UNARY[name] for name in unary], [BINARY[name] for name in binary]
        self._set_rules(rules)
        for k in range(anchors.shape[1]):
            np.asarray(self._values)[self.count] = anchors[:, k]
            self._keep(VARIABLE, k, -1, 1, True)
        np.asarray(self._values)[self.count] = 1
        self._keep(ONE, -1, -1, 1, True)
        self.levels = [(0, 0), (0, self.count)]

    def __len__(self):
        return self.count

    @property
    def values(self):
        return np.asarray(self._values)[:self.count]

    @property
    def sizes(self):
        return np.asarray(self._sizes)[:self.count]

    def _set_rules(self, rules):
        """Number the operations that the user defines, and keep the rules about operations by number."""
        names = {**UNARY, '+': ADD, '*': MUL, '/': DIV}
        self._defined = [] if rules is None else list(rules.defined)
        if DEFINED + len(self._defined) > CODES:
            raise ValueError(f"{len(self._defined)} operators were defined; expected at most {CODES - DEFINED}")
        names.update({op.name: DEFINED + k for k, op in enumerate(self._defined)})
        weights, limits, nesting = ({}, {}, {}) if rules is None else (rules.weights, rules.limits, rules.nesting)
        self._weights_of = {code: weights.get(name, 1) for name, code in names.items()}
        self._weights_of[SUB] = self._weights_of[ADD]
        # sums, products and quotients have other forms, in which only the whole law is looked at
        limits = {names[name]: most for name, most in limits.items() if name in names and names[name] not in _NUMBERS}
        self._constrained = bool(limits or nesting)
        self._limited_codes = np.array(list(limits), np.int32)
        self._limits = np.array([min(most, 126) for most in limits.values()], np.int8)
        self._masks = np.zeros(self.capacity if self._constrained else 0, np.uint64)
        self._counts = np.zeros((self.capacity if self._constrained else 0, len(limits)), np.int8)
        for code in range(CODES):
            self._forbidden[code] = 0
        for outer, inner in nesting.items():
            for name in inner:
                if outer in names and names[outer] not in _NUMBERS and name in names and names[name] not in _NUMBERS:
                    self._forbidden[<int>names[outer]] |= <uint64_t>1 << <int>names[name]

    def grow(self, deadline=None):
        """
        Make the expressions with one node more than those that are there; return whether all of them found a place.

        ``deadline``, if given, is a function that tells whether there is no time left.
        """
        cdef int code, p, a, b, weight, start = self.count, size = len(self.levels)
        for code in self._unary:
            a, b = self._level(size - self._weights_of[code])
            for p in range(a, b):
                if not self._unary_node(code, p, size):
                    break
        for code, op in enumerate(self._defined, DEFINED):
            if op.arity == 1:
                self._defined_nodes(code, op, *self._level(size - self._weights_of[code]), -1, size)
        for weight in sorted({self._weights_of[code] for code in self._binary}):
            self._binary_nodes([code for code in self._binary if self._weights_of[code] == weight], size, weight, deadline)
        for code, op in enumerate(self._defined, DEFINED):
            if op.arity == 2:
                self._defined_pairs(code, op, size, deadline)
        self.levels.append((start, self.count))
        return self.count < self.capacity

    def _level(self, size):
        """Return where the candidates of a size begin and end."""
        return self.levels[size] if 0 < size < len(self.levels) else (0, 0)

    def _binary_nodes(self, codes, int size, int weight, deadline):
        """Make the nodes of two operands by operations of a weight."""
        cdef int code, i, j, p, q, a, b, c, d
        for i in range(1, (size - weight) // 2 + 1):
            j = size - weight - i
            a, b = self.levels[i]
            c, d = self.levels[j]
            for p in range(a, b):
                if self.count >= self.capacity or deadline is not None and deadline():
                    break
                for code in codes:
                    for q in range(p if i == j else c, d):
                        self._binary_node(code, p, q, size)
                        if code == SUB or code == DIV:
                            self._binary_node(code, q, p, size)

    def _defined_pairs(self, int code, op, int size, deadline):
        """Make the nodes of two operands by an operation that the user defines."""
        cdef int i, p, a, b
        rest = size - self._weights_of[code]
        for i in range(1, rest):
            a, b = self.levels[i]
            for p in range(a, b):
                if self.count >= self.capacity or deadline is not None and deadline():
                    return
                self._defined_nodes(code, op, *self._level(rest - i), p, size)

    def _defined_nodes(self, int code, op, int a, int b, int left, int size):
        """Make the nodes by an operation that the user defines, of some candidates, or of one and those."""
        cdef int k, q
        cdef const double[:, ::1] block
        if a == b:
            return
        values = np.asarray(self._values)
        operands = (values[a:b],) if left < 0 else (values[left:left + 1], values[a:b])
        block = np.ascontiguousarray(np.broadcast_to(op(*operands), (b - a, self.points)))
        for q in range(a, b):
            if self.count >= self.capacity:
                return
            for k in range(self.points):
                self._values[self.count, k] = block[q - a, k]
            if left < 0:
                self._keep(code, q, -1, size, False)
            else:
                self._keep(code, left, q, size, False)

    cdef bint _unary_node(self, int code, int p, int size):
        """Make a node of one operand; return whether there is room for more."""
        cdef int k
        cdef double x
        cdef double *source
        cdef double *target
        if self.count >= self.capacity:
            return False
        source, target = &self._values[p, 0], &self._values[self.count, 0]
        for k in range(self.points):
            x = source[k]
            if code == SQUARE:
                target[k] = x * x
            elif code == SQRT:
                if x < 0:
                    return True
                target[k] = sqrt(x)
            elif code == INVERSE:
                target[k] = 1 / x
            elif code == EXP:
                target[k] = exp(x)
            elif code == LOG:
                if x <= 0:
                    return True
                target[k] = log(x)
            elif code == SIN:
                target[k] = sin(x)
            elif code == COS:
                target[k] = cos(x)
            else:
                target[k] = tanh(x)
        self._keep(code, p, -1, size, False)
        return True

    cdef bint _binary_node(self, int code, int p, int q, int size):
        """Make a node of two operands; return whether there is room for more."""
        cdef int k
        cdef double *left
        cdef double *right
        cdef double *target
        if self.count >= self.capacity:
            return False
        left, right, target = &self._values[p, 0], &self._values[q, 0], &self._values[self.count, 0]
        if code == ADD:
            for k in range(self.points):
                target[k] = left[k] + right[k]
        elif code == SUB:
            for k in range(self.points):
                target[k] = left[k] - right[k]
        elif code == MUL:
            for k in range(self.points):
                target[k] = left[k] * right[k]
        else:
            for k in range(self.points):
                target[k] = left[k] / right[k]
        self._keep(code, p, q, size, False)
        return True

    cdef void _keep(self, int code, int left, int right, int size, bint is_leaf):
        """Keep the row of values behind the last one if it is useful and new."""
        cdef int k
        cdef double x, low, high, largest, total = 0, other = 0
        cdef uint64_t key, slot
        cdef double *row = &self._values[self.count, 0]
        self.tried += 1
        low = high = row[0]
        for k in range(self.points):
            x = row[k]
            if not isfinite(x):
                return
            low, high = min(low, x), max(high, x)
            total += x * self._weights[k]
            other += x * self._weights[self.points - 1 - k] * (k & 1)
        if self._constrained and not is_leaf and not self._allowed(code, left, right):
            return
        largest = max(fabs(low), fabs(high))
        if not is_leaf and (largest > LARGEST or largest < SMALLEST or high - low < FLATTEST * largest):
            return
        key = _key(total, other, largest)
        slot = key & self._mask
        while self._table[slot] != 0:
            if self._table[slot] == key:
                return
            slot = (slot + 1) & self._mask
        self._table[slot] = key
        self._codes[self.count], self._left[self.count], self._right[self.count] = code, left, right
        self._sizes[self.count] = size
        self.count += 1

    cdef bint _allowed(self, int code, int left, int right):
        """Return whether an operation may have these operands; note what the candidate has inside."""
        cdef int k, number
        cdef uint64_t inside = self._masks[left] | (self._masks[right] if right >= 0 else 0)
        if inside & self._forbidden[code]:
            return False
        self._masks[self.count] = inside | (<uint64_t>1 << code)
        for k in range(self._limits.shape[0]):
            number = self._counts[left, k] + (self._counts[right, k] if right >= 0 else 0) + (self._limited_codes[k] == code)
            if number > self._limits[k]:
                return False
            self._counts[self.count, k] = number
        return True

    def node(self, index):
        """Return the operation of a candidate, and its operands: numbers of candidates, or that of a variable."""
        return self._codes[index], self._left[index], self._right[index]

    def evaluate(self, index, X):
        """
        Return the values of a candidate at points given as an array of shape (points, variables).
        """
        code, left, right = self.node(index)
        if code == VARIABLE:
            return X[:, left]
        if code == ONE:
            return np.ones(len(X))
        operands = [self.evaluate(k, X) for k in (left, right) if k >= 0]
        return (_NUMPY[code] if code < DEFINED else self._defined[code - DEFINED])(*operands)

    def expression(self, index, variables):
        """
        Return a candidate as a Sage expression in the given variables.
        """
        from sage_tf.regression.forms import OPERATIONS
        code, left, right = self.node(index)
        if code == VARIABLE:
            return variables[left]
        operands = [self.expression(k, variables) for k in (left, right) if k >= 0]
        return (OPERATIONS[NAMES[code]] if code < DEFINED else self._defined[code - DEFINED].function)(*operands)


NAMES = {ONE: 'one', **{code: name for name, code in {**UNARY, **BINARY}.items()}}


cdef inline uint64_t _key(double total, double other, double largest):
    """
    Return a number that values equal up to rounding have in common.

    The numbers are rounded to 34 bits relative to the largest value; a pair on both sides of a boundary is kept twice, which does no harm.
    """
    cdef int64_t a = <int64_t>(total / largest * 2.0**34 + 0.5)
    cdef int64_t b = <int64_t>(other / largest * 2.0**34 + 0.5)
    cdef int64_t c = <int64_t>(log(largest) * 2.0**30)
    cdef uint64_t key = <uint64_t>a
    key = (key ^ (key >> 31)) * <uint64_t>0x9E3779B97F4A7C15
    key += <uint64_t>b
    key = (key ^ (key >> 29)) * <uint64_t>0xBF58476D1CE4E5B9
    key += <uint64_t>c
    key = (key ^ (key >> 32)) * <uint64_t>0x94D049BB133111EB
    return key | 1
