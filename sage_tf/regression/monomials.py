r"""
Products of powers of the variables, and functions of them, as features

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.monomials import Monomials
    sage: anchors = numpy.random.default_rng(int(1)).uniform(1, 2, (48r, 2r))
    sage: pool = Monomials(anchors)
    sage: y = var('y')
    sage: [pool.expression(k, [x, y]) for k in range(3)]
    [x, y, 1/x]
"""
from itertools import combinations, product
from math import comb

import numpy as np
from sage.functions.hyperbolic import cosh, tanh
from sage.functions.log import exp
from sage.functions.trig import cos, sin
from sage.rings.rational_field import QQ
from sage.symbolic.constants import pi
from sage.symbolic.ring import SR

MOST = 3000                                                     # monomials
MOST_LOOKED_AT, MOST_DIFFERENCES = 100000, 1600                 # monomials with so many variables; differences
MOST_PRODUCTS = 20000                                           # of monomials and functions of a variable
MOST_FACTORS = 300                                              # monomials that are multiplied by functions of a variable

HALF = QQ((1, 2))

#: exponents of a variable in a monomial of so many variables
EXPONENTS = {1: (-2, -1, -HALF, HALF, 1, 2, 3), 2: (-2, -1, -HALF, HALF, 1, 2), 3: (-2, -1, 1, 2), 4: (-1, 1, 2)}
OTHERWISE = (-1, 1)
#: What makes a monomial less likely, beside the number of its variables
COSTS = {1: 0, -1: 0.3, 2: 0.7, -2: 1, HALF: 1.2, -HALF: 1.4, 3: 1.5}

#: Functions of a monomial times a constant
FUNCTIONS = {
    'exp': (np.exp, exp), 'expm1': (np.expm1, lambda e: exp(e) - 1), 'exp1p': (lambda v: np.exp(v) + 1, lambda e: exp(e) + 1),
    'sin': (np.sin, sin), 'cos': (np.cos, cos), 'tanh': (np.tanh, tanh), 'cosh': (np.cosh, cosh),
    'versine': (lambda v: 1 - np.cos(v), lambda e: 1 - cos(e)),
    'one plus': (lambda v: 1 + v, lambda e: 1 + e), 'one minus': (lambda v: 1 - v, lambda e: 1 - e),
}
CONSTANTS = [SR(1), SR(2), SR(1) / 2, pi, 2 * pi, 1 / (2 * pi), SR(1) / 4]
OF_DIFFERENCES = ('exp', 'sin', 'cos', 'tanh')                  # functions also of differences of two variables, times a power of a third
RATIONAL = {'one plus', 'one minus'}                            # for which the other constants are left to fits

# Functions of a variable by which a monomial is multiplied
FACTORS = [('sin', 1), ('cos', 1), ('exp', 1), ('exp', -1), ('sin', 2), ('cos', 2), ('versine', 1)]


class Monomials:
    r"""
    Monomials, functions of monomials, and products of monomials with functions of a variable.

    INPUT:

    - ``anchors`` -- array of shape (points, variables)

    - ``plain`` -- whether the monomials themselves, and their products with functions, are among the features (default: ``True``); where
      logarithms are compared, powers of the variables are taken for granted

    - ``most`` -- how many features there are at most, the simplest (default: no limit)

    ATTRIBUTES:

    - ``values`` -- array of shape (features, points); ``sizes`` -- how complex each is
    """
    def __init__(self, anchors, plain=True, most=None):
        self._monomials = monomials(anchors.shape[1])
        values = np.array([m.values(anchors) for m in self._monomials])
        blocks = list(self._blocks(values, anchors, plain))
        values = np.concatenate([block for block, _, _ in blocks if len(block)])
        self._features = [feature for _, features, _ in blocks for feature in features]
        sizes = np.concatenate([size for _, _, size in blocks if len(size)])
        with np.errstate(all='ignore'):
            largest = np.abs(values).max(axis=1)
            useful = np.isfinite(largest) & (largest < 1e8) & (largest > 1e-8) & (np.ptp(values, axis=1) > 1e-8 * largest)
        simplest = np.argsort(np.where(useful, sizes, np.inf), kind='stable')
        useful[simplest[slice(most, None) if most is not None else slice(0)]] = False
        self.values, self.sizes = values[useful], sizes[useful]
        self._features = [feature for feature, keep in zip(self._features, useful, strict=True) if keep]

    def _blocks(self, values, anchors, plain):
        """Yield values, what they are (a monomial, a function, a constant, a factor), and their sizes."""
        sizes = np.array([m.size for m in self._monomials])
        count = len(self._monomials)
        with np.errstate(all='ignore'):
            if plain:
                yield values, [(k, None, None, None) for k in range(count)], sizes
                few = [k for k, m in enumerate(self._monomials) if all(a in (-2, -1, 1, 2, HALF) for a in m.exponents)]
                few = few[:min(MOST_FACTORS, MOST_PRODUCTS // (anchors.shape[1] * len(FACTORS)))]
                for variable in range(anchors.shape[1]):
                    for name, factor in FACTORS:
                        yield (values[few] * FUNCTIONS[name][0](factor * anchors[:, variable]),
                               [(k, name, factor, variable) for k in few], sizes[few] + 3)
            for name, (function, _) in FUNCTIONS.items():
                for constant in CONSTANTS[:1] if name in RATIONAL else CONSTANTS:
                    yield function(float(constant) * values), [(k, name, constant, None) for k in range(count)], sizes + 2
            differences = list(_differences(anchors.shape[1]))
            values = np.array([d.values(anchors) for d in differences]).reshape(-1, len(anchors))
            sizes = np.array([d.size for d in differences])
            for name in OF_DIFFERENCES:
                for constant in CONSTANTS:
                    yield FUNCTIONS[name][0](float(constant) * values), [(d, name, constant, None) for d in differences], sizes + 2

    def __len__(self):
        return len(self.values)

    def _base(self, base):
        """Return a monomial by its number, and anything else as it is."""
        return self._monomials[base] if isinstance(base, int) else base

    def evaluate(self, index, X):
        """
        Return the values of a feature at points given as an array of shape (points, variables).
        """
        base, name, constant, variable = self._features[index]
        value = self._base(base).values(X)
        if name is None:
            return value
        function = FUNCTIONS[name][0]
        return value * function(constant * X[:, variable]) if variable is not None else function(float(constant) * value)

    def expression(self, index, variables):
        """
        Return a feature as a Sage expression in the given variables.
        """
        base, name, constant, variable = self._features[index]
        value = self._base(base).expression(variables)
        if name is None:
            return value
        function = FUNCTIONS[name][1]
        return value * function(constant * variables[variable]) if variable is not None else function(constant * value)


class Monomial:
    """
    Variables, by number, and their exponents.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.monomials import Monomial
        sage: m = Monomial((0r, 2r), (2r, -1r))
        sage: m.values(numpy.array([[3.0r, 1.0r, 2.0r]])), m.expression(var('a, b, c'))
        (array([4.5]), a^2/c)
    """
    def __init__(self, variables, exponents):
        self.variables, self.exponents = variables, exponents
        self.size = len(variables) + sum(abs(float(a)) if a in (-1, 1, 2, -2) else 2.5 for a in exponents)
        self.cost = len(variables) + sum(COSTS[a] for a in exponents)

    def values(self, X):
        """Return the values at points given as an array of shape (points, variables)."""
        with np.errstate(all='ignore'):
            return np.prod([X[:, v]**float(a) for v, a in zip(self.variables, self.exponents, strict=True)], axis=0)

    def expression(self, variables):
        """Return this as a Sage expression in the given variables."""
        return SR(1).mul(*[variables[v]**a for v, a in zip(self.variables, self.exponents, strict=True)])


class Difference:
    """
    The sum or difference of two variables, times a power of a third.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.regression.monomials import Difference
        sage: d = Difference(0r, 1r, -1r, 2r, -1r)
        sage: d.values(numpy.array([[3.0r, 1.0r, 4.0r]])), d.expression(var('a, b, c'))
        (array([0.5]), (a - b)/c)
    """
    def __init__(self, first, second, sign, third=None, power=0):
        self._pair, self._sign, self._third, self._power = (first, second), sign, third, power
        self.size = 3 if third is None else 5

    def values(self, X):
        """Return the values at points given as an array of shape (points, variables)."""
        first, second = self._pair
        value = X[:, first] + self._sign * X[:, second]
        with np.errstate(all='ignore'):
            return value if self._third is None else value * X[:, self._third]**float(self._power)

    def expression(self, variables):
        """Return this as a Sage expression in the given variables."""
        first, second = self._pair
        value = variables[first] + self._sign * variables[second]
        return value if self._third is None else value * variables[self._third]**self._power


def _differences(count):
    """Yield sums and differences of two variables, and those times or over a third if there are not too many."""
    has_third = 2 * comb(count, 2) * (2 * count - 3) <= MOST_DIFFERENCES
    for first, second in combinations(range(count), 2):
        for sign in (-1, 1):
            yield Difference(first, second, sign)
            for third in set(range(count)) - {first, second} if has_third else ():
                for power in (-1, 1):
                    yield Difference(first, second, sign, third, power)


def monomials(count):
    """
    Return the simplest monomials of so many variables, the simplest first.

    EXAMPLES::

        sage: from sage_tf.regression.monomials import monomials
        sage: [(m.variables, m.exponents) for m in monomials(2)[:4]]
        [((0,), (1,)), ((1,), (1,)), ((0,), (-1,)), ((1,), (-1,))]
    """
    found = [Monomial(chosen, exponents)
             for k in _lengths(count)
             for chosen in combinations(range(count), k)
             for exponents in product(EXPONENTS.get(k, OTHERWISE), repeat=k)]
    return sorted(found, key=lambda m: m.cost)[:MOST]


def _lengths(count):
    """
    Yield how many variables a monomial may have.

    EXAMPLES::

        sage: from sage_tf.regression.monomials import _lengths
        sage: [list(_lengths(count)) for count in (2r, 9r, 50r)]
        [[1, 2], [1, 2, 3, 4, 5, 6], [1, 2]]
    """
    for k in range(1, min(count, 6) + 1):
        if comb(count, k) * len(EXPONENTS.get(k, OTHERWISE))**k > MOST_LOOKED_AT:
            return
        yield k
