r"""
Laws that are a known function of a sum or a product with free constants

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.regression.forms import TRANSFORMS
    sage: from sage_tf.regression.linked import Linked
    sage: rng = numpy.random.default_rng(1r)
    sage: u = rng.uniform(1, 2, (2r, 100r))
    sage: y = numpy.sqrt(3r*u[0r] + u[1r]) + rng.normal(size=100r)/100r
    sage: law = Linked(TRANSFORMS['square'], list(u), False).fitted(y)
    sage: bool(numpy.abs(law.constants - [3r, 1r]).max() < 0.05)
    True

ALGORITHM:

The constants minimize the (weighted) sum of squares of the residuals of the values themselves, by damped steps of Gauss and Newton from
the least squares fit of the transformed values, each weighted by what an error there does to the value. Exponents are then brought to halves.
"""
import numpy as np
from sage.functions.log import exp
from sage.rings.rational_field import QQ
from sage.symbolic.ring import SR

from sage_tf.regression.forms import TRANSFORMS

STEPS = 8                                                       # of Gauss and Newton
NODE_BITS, CONSTANT_BITS = 4.3, 10
NEAREST = 0.12                                                  # how far an exponent may be from half an integer
LARGEST = 6                                                     # exponent


class Linked:
    r"""
    The form ``y = factor * link(c1*g1 + c2*g2 + ...)``, or ``factor * link(c0 * g1^c1 * g2^c2 * ...)``, at points.

    INPUT:

    - ``transform`` -- a :class:`~sage_tf.regression.forms.Transform`, the inverse of the link

    - ``columns`` -- list of arrays, the `g_k`; of a product the constant comes by itself

    - ``is_product`` -- which of the two it is

    - ``factor`` -- array of values, or 1

    - ``weights`` -- what each point counts (default: all the same)

    - ``usable`` -- at which points the transform of the values is to be trusted, for the start (default: at all)

    After :meth:`fitted`: ``constants``, ``powers`` (of a product), ``loss``, the sum of squares, and ``kept``, the numbers of the columns that are left
    """
    def __init__(self, transform, columns, is_product, factor=1.0, weights=None, usable=True):
        self.transform, self.is_product, self.factor = transform, is_product, factor
        self.roots = 1.0 if weights is None else np.sqrt(weights)
        self._usable = usable
        self.columns, self.kept, self.powers = columns, list(range(len(columns))), []
        if is_product:
            with np.errstate(all='ignore'):
                self.logarithms = [np.log(np.abs(column)) for column in columns]

    def fitted(self, y):
        """Fit the constants; return this, or ``None`` if there is no fit."""
        with np.errstate(all='ignore'):
            found = self._product(y) if self.is_product else self._sum(y)
        return self if found else None

    # -- sums ----------------------------------------------------------------------------------------------------------

    def _sum(self, y):
        matrix = np.column_stack(self.columns)
        target = self.transform.function(y / self.factor)
        usable = self._usable & np.isfinite(target)
        reach = np.abs(self.factor * self.transform.slope(target)) * self.roots * np.ones(len(y))
        usable &= np.isfinite(reach)
        if usable.sum() < 2 * matrix.shape[1]:
            return False
        while True:
            start = _least_squares(matrix[usable] * reach[usable, None], (target * reach)[usable])
            if start is None:
                return False
            constants, loss, jacobian = self._newton(matrix, start, y)
            if constants is None:
                return False
            weak = self._weakest(jacobian, constants, loss)
            if weak is None or matrix.shape[1] == 1:
                break
            matrix = np.delete(matrix, weak, axis=1)
            del self.kept[weak]
        self.constants, self.loss = constants, loss
        return True

    def _newton(self, matrix, constants, y):
        """Return the constants with the least sum of squares, that sum, and the Jacobian matrix; ``None`` for where there are no values."""
        values = matrix @ constants
        residuals = self.roots * (y - self.factor * self.transform.back(values))
        loss = residuals @ residuals
        if not np.isfinite(loss):
            return None, np.inf, None                           # the link has no value somewhere
        jacobian = None
        for _ in range(STEPS):
            jacobian = matrix * (self.roots * self.factor * self.transform.slope(values))[:, None]
            step = _least_squares(jacobian, residuals)
            if step is None:
                return None, loss, None
            for _ in range(3):
                trial = matrix @ (constants + step)
                left = self.roots * (y - self.factor * self.transform.back(trial))
                if left @ left < loss:
                    break
                step = step / 4
            else:
                break
            gain = loss - left @ left
            constants, values, residuals, loss = constants + step, trial, left, left @ left
            if gain < 1e-6 * loss:
                break
        return constants, float(loss), jacobian

    def _weakest(self, jacobian, constants, loss):
        """Return the number of the least significant constant, ``None`` if all are significant."""
        scale = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
        inverse = np.linalg.pinv((jacobian / scale).T @ (jacobian / scale))
        deviations = np.sqrt(np.abs(np.diagonal(inverse)) * loss / max(1, len(jacobian) - len(constants))) / scale
        ratios = np.abs(constants) / np.maximum(deviations, 1e-300)
        return int(np.argmin(ratios)) if ratios.min() < 3.5 else None

    # -- products ------------------------------------------------------------------------------------------------------

    def _product(self, y):
        target = self.transform.function(y / self.factor)
        logarithms = np.log(np.abs(target))
        reach = np.abs(self.factor * self.transform.slope(target) * target) * self.roots * np.ones(len(y))
        matrix = np.column_stack([np.ones(len(y)), *self.logarithms])
        usable = self._usable & np.isfinite(logarithms) & np.isfinite(reach) & np.isfinite(matrix).all(axis=1)
        if usable.sum() < 2 * matrix.shape[1]:
            return False
        powers = _least_squares(matrix[usable] * reach[usable, None], (logarithms * reach)[usable])
        if powers is None:
            return False
        rounded = near_halves(powers[1:])
        if rounded is None or self._with_powers(rounded, y) is False:
            rounded = self._rounded(matrix, powers, y)
            return rounded is not None and self._with_powers(rounded, y)
        return True

    def _rounded(self, matrix, powers, y):
        """Return the powers that fit the values themselves brought to halves, the surest first, each time with the others where they fit best then."""
        if np.abs(powers).max() > 1e3:
            return None
        signs = np.ones(len(y))
        for column, power in zip(self.columns, powers[1:], strict=True):
            signs = signs * (np.sign(column) if round(2 * power) % 4 == 2 else 1)
        scale = self.roots * self.factor
        signs = signs * (np.sign(np.sum(np.exp(np.minimum(matrix @ powers, 600)) * signs * y * scale**2)) or 1)

        def linearized(powers):
            values = np.exp(matrix @ powers) * signs
            return self.roots * (y - self.factor * self.transform.back(values)), matrix * (scale * self.transform.slope(values) * values)[:, None]
        residuals, jacobian = linearized(powers)
        for _ in range(STEPS):
            step = _least_squares(jacobian, residuals)
            if step is None:
                return None
            trial = linearized(powers + step)
            if not trial[0] @ trial[0] < residuals @ residuals:
                break
            powers, (residuals, jacobian) = powers + step, trial
        size = np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300)
        if not (np.isfinite(jacobian).all() and np.isfinite(residuals).all()):
            return None
        covariance = np.linalg.pinv((jacobian / size).T @ (jacobian / size)) / np.outer(size, size) * (residuals @ residuals) / len(y)
        left, powers = list(range(1, len(powers))), powers.copy()
        while left:
            k = min(left, key=lambda k: covariance[k, k])
            if not abs(powers[k]) < 1e3:
                return None
            rounded = round(2 * powers[k]) / 2
            if not abs(rounded - powers[k]) <= max(NEAREST, 3 * covariance[k, k]**0.5):
                return None
            left.remove(k)
            if covariance[k, k] > 0:
                powers = powers + covariance[:, k] / covariance[k, k] * (rounded - powers[k])
                covariance = covariance - np.outer(covariance[:, k], covariance[k]) / covariance[k, k]
            powers[k] = rounded
        return [QQ(round(2 * p)) / 2 for p in powers[1:]]

    def _with_powers(self, powers, y):
        if max(map(abs, powers), default=0) > LARGEST:
            return False
        self.kept = [k for k, power in enumerate(powers) if power]
        self.powers = [power for power in powers if power]
        shape = np.ones(len(y))
        for k, power in zip(self.kept, self.powers, strict=True):
            if power.denominator() > 1 and (self.columns[k] < 0).any():
                return False
            shape = shape * self.columns[k]**float(power)
        reach = self.roots * self.factor * np.ones(len(y))
        target = self.transform.function(y / self.factor)
        slope = np.abs(self.transform.slope(target)) * reach
        usable = self._usable & np.isfinite(slope) & np.isfinite(target)
        start = _least_squares((shape * slope)[usable, None], (target * slope)[usable])
        if start is None:
            return False
        constants, loss, _ = self._newton(shape[:, None], start, y)
        if constants is None or not constants[0]:
            return False
        self.constants, self.loss = constants, loss
        return True

    # -- what it is ----------------------------------------------------------------------------------------------------

    def expression(self, terms, factor):
        """Return the law, with the terms in the place of the columns."""
        numbers, terms = [SR(float(c)) for c in self.constants], [terms[k] for k in self.kept]
        if self.is_product:
            inner = SR(numbers[0]).mul(*[term**power for term, power in zip(terms, self.powers, strict=True)])
        elif self.transform is TRANSFORMS['log']:               # a constant that is added becomes a factor
            return factor.mul(*[exp(number) if term.is_trivially_equal(1) else exp(number * term) for number, term in zip(numbers, terms, strict=True)])
        else:
            inner = SR(0).add(*[number * term for number, term in zip(numbers, terms, strict=True)])
        return factor * self.transform.inverse(inner)

    def bits(self, sizes, points):
        """Return the bits of the residuals and, roughly, of the form."""
        nodes = sum(sizes[k] + 1 for k in self.kept) + 2 * sum(abs(power) != 1 for power in self.powers)
        return points / 2 * np.log2(max(self.loss, 1e-300)) + NODE_BITS * nodes + CONSTANT_BITS * len(self.constants)


def near_halves(powers):
    """
    Return fitted powers as halves, ``None`` if one of them is not near.

    EXAMPLES::

        sage: from sage_tf.regression.linked import near_halves
        sage: near_halves([0.51r, -1.98r]), near_halves([0.7r])
        ([1/2, -2], None)
    """
    rounded = [QQ(round(2 * p)) / 2 for p in powers if abs(p) <= 2 * LARGEST]
    return rounded if len(rounded) == len(powers) and all(abs(p - float(r)) <= NEAREST for p, r in zip(powers, rounded, strict=True)) else None


def _least_squares(matrix, target):
    """Return the coefficients of a least squares fit, ``None`` if there are none."""
    scale = np.linalg.norm(matrix, axis=0)
    if not (np.isfinite(scale).all() and (scale > 0).all() and np.isfinite(target).all()):
        return None
    try:
        found, *_ = np.linalg.lstsq(matrix / scale, target, rcond=1e-12)
    except np.linalg.LinAlgError:
        return None
    return found / scale
