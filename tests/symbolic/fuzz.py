"""
Random expressions, computed by sage_tf and by Sage at 200 bits.

Run as a program (``make test-fuzz``) it draws many and reports how many agreed, how many were refused with a clear error, and
which were wrong. An oracle is needed at a point: where Sage has no value there, none within a time limit, or not the same one at
twice the precision, the point says nothing.

Rounding is accounted for as error analysis does: every operation of the expression contributes a rounding error, which the
operations after it amplify by their derivatives. These are differences of Sage's values at 200 bits, and give the gradient of
reference by the chain rule; where that and ours differ, the difference quotient of the whole and Sage's symbolic derivative are asked.
"""
import argparse
import os
import warnings
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from traceback import extract_tb

import numpy as np
import tensorflow as tf
from cysignals.alarm import AlarmInterrupt, alarm, cancel_alarm
from sage.all import QQ, SR, ZZ, ComplexField, I, RealField, binomial, set_random_seed
from sage.symbolic.operators import add_vararg, mul_vararg
from sage.symbolic.random_tests import full_internal, random_expr

from sage_tf.symbolic.graph import free_variables
from sage_tf.symbolic.tensor_function import TensorFunction

BITS = 200
REAL, FIELD = RealField(BITS), ComplexField(BITS)
STEP = QQ(2) ** -50                                             # of differences at that precision
EPSILON = 2.0**-52
UNSEEN = float(2.0**-BITS / STEP) / EPSILON                      # of a slope beside the value 1
TOLERANCE = 1e-9
ERRORS = 64                                                     # of a function, in units of rounding
LARGEST, SMALLEST = 1e290, 1e-290                               # beyond, a part may overflow in float64
MOST_PARTS = 2000
# Where Sage's numbers are values: it hands any number for an integer on to mpmath, and its elliptic_eu(u, -1) is not the integral of dn^2.
HAS_VALUE = {
    'lambert_w': lambda branch, z: branch in ZZ,
    'zetaderiv': lambda order, s: order in ZZ,
    'stieltjes': lambda n: n in ZZ,
    'elliptic_eu': lambda u, m: m != -1,
}
SECONDS, PATIENCE = 1, 30                                       # that Sage is given for a point, and we for an expression

REAL_POINTS = [(QQ((13, 8)), QQ((-5, 16))), (QQ((-7, 4)), QQ((5, 8))), (QQ(2), QQ(3))]
COMPLEX_POINTS = [(QQ((5, 8)) + QQ((3, 4)) * I, QQ((-9, 8)) + QQ((1, 4)) * I)]

REFUSED = (NotImplementedError, TypeError, ValueError, OverflowError)
NO_ORACLE = (Exception, AlarmInterrupt)                         # whatever Sage raises where it has no value


# All of Sage's operations but one: interrupted within PARI, the binomial coefficient may abort the process.
OPERATIONS = [(weight, [choice for choice in choices if str(choice[1]) != 'binomial'], *arity) for weight, choices, *arity in full_internal]
BINOMIAL = binomial(SR.wild(0), SR.wild(1))


@contextmanager
def time_limit(seconds=SECONDS):
    alarm(seconds)
    try:
        yield
    finally:
        cancel_alarm()


def draw(count, seed, size=8):
    """Yield expressions in at most two variables, with the number of their draw."""
    set_random_seed(seed)
    found = 0
    while found < count:
        try:
            with time_limit(3):
                e = SR(random_expr(size, nvars=2, internal=OPERATIONS))
                if e.is_relational() or e.has(BINOMIAL):        # to which Sage simplifies others
                    continue
                free_variables(e)
        except NO_ORACLE:
            continue                                            # Sage itself cannot build it
        found += 1
        yield found, e


# -- Sage's values -----------------------------------------------------------------------------------------------------

def cleaned(value):
    """Return a value without the part that is the rounding error of the other; ValueError if it is not finite."""
    value = FIELD(value)
    if value.is_NaN() or value.is_infinity():
        raise ValueError
    negligible = abs(value) * QQ(2) ** -(BITS // 2)
    return FIELD(*(part if abs(part) > negligible else 0 for part in (value.real(), value.imag())))


def oracle(e, symbols, point, bits=BITS):
    """Return the value of an expression at a point of exact numbers, None where Sage has none."""
    try:
        with time_limit():
            return cleaned(e.subs(dict(zip(symbols, point, strict=False))).n(bits))
    except NO_ORACLE:
        return None


def moved(point, k, step):
    return tuple(p + step * (i == k) for i, p in enumerate(point))


def slope(evaluate, point, k):
    """Return the derivative by the k-th argument as a difference quotient, None where those in all directions do not agree."""
    found = []
    for step in (STEP, STEP * I):
        here, after, before = (evaluate(moved(point, k, s)) for s in (0, step, -step))
        if None not in (here, after, before):
            found += [(after - here) / FIELD(step), (here - before) / FIELD(step)]
        elif step is STEP:
            return None
    middle = sum(found) / len(found)
    return middle if all(abs(f - middle) <= 1e-10 * (1 + abs(middle)) for f in found) else None


@dataclass
class Part:
    """The value of a subexpression and its derivatives, each with a bound of the rounding error in units of ``EPSILON``."""
    value: object
    slopes: list
    error: float
    slope_errors: list


class Trace:
    """
    The values and derivatives of all parts of an expression at a point, by Sage's functions at 200 bits and the chain rule.

    What Sage cannot compute raises one of ``NO_ORACLE``.
    """
    def __init__(self, e, symbols, point):
        self._arguments = {str(s): FIELD(p) for s, p in zip(symbols, point, strict=True)}
        self._count = len(symbols)
        self._sizes, self._left = [], MOST_PARTS
        self.is_real = self.has_real_slopes = True
        with time_limit():
            self.whole = self._part(e)

    def leaves_the_range(self):
        """Return whether a part, or the derivative of one, overflows or underflows in float64, or may do so."""
        return any(size and not SMALLEST < size < LARGEST for size in self._sizes)

    def _part(self, e):
        self._left -= 1
        if self._left < 0:
            raise MemoryError
        operands = e.operands()
        if str(e) in self._arguments and not operands:
            value = self._arguments[str(e)]
            k = list(self._arguments).index(str(e))
            part = Part(value, [FIELD(i == k) for i in range(self._count)], float(abs(value)), [0.0] * self._count)
        elif not free_variables(e):
            value = cleaned(e.n(BITS))
            is_exact = e.is_numeric() and FIELD(complex(value)) == value
            part = Part(value, [FIELD(0)] * self._count, 0.0 if is_exact else float(abs(value)), [0.0] * self._count)
        else:
            part = self._joined(e, operands, [self._part(operand) for operand in operands])
        self._sizes += [abs(number) for number in (part.value, *part.slopes)]
        self.is_real = self.is_real and not part.value.imag()
        return part

    def _joined(self, e, operands, parts):
        """Return the part that an operator makes of its operands."""
        function = OPERATORS.get(e.operator()) or partial(called, e.operator(), operands)
        numbers = [part.value for part in parts]
        varying = [i for i, part in enumerate(parts) if part.error or any(part.slopes)]
        value, first, second = differences(function, numbers, varying)
        terms = [abs(n) for n in numbers] if e.operator() is add_vararg else [abs(value)]
        self._sizes += [abs(d) for d in first.values()]
        self.has_real_slopes = self.has_real_slopes and not any(d.imag() for d in first.values())
        error = float(sum(terms)) + sum(float(abs(first[i])) * parts[i].error for i in varying)
        slopes, slope_errors = [], []
        for k in range(self._count):
            slopes.append(sum((first[i] * parts[i].slopes[k] for i in varying), FIELD(0)))
            slope_errors.append(sum(
                float(abs(first[i])) * parts[i].slope_errors[k] + float(abs(parts[i].slopes[k])) * (
                    float(abs(value)) * UNSEEN + float(abs(first[i])) + sum(float(abs(second[min(i, j), max(i, j)])) * parts[j].error for j in varying))
                for i in varying))
        return Part(value, slopes, error, slope_errors)


OPERATORS = {add_vararg: lambda *args: sum(args), mul_vararg: lambda *args: FIELD.prod(args)}


def called(operator, operands, *numbers):
    """Return the value of an operator at numbers; exact constants among the operands stay exact."""
    has_value = HAS_VALUE.get(getattr(operator, 'name', str)())
    if has_value and not has_value(*numbers):
        raise ValueError
    arguments = [operand if operand.is_numeric() else SR(z if z.imag() else z.real())
                 for operand, z in zip(operands, numbers, strict=True)]
    return cleaned(operator(*arguments).n(BITS))


def differences(function, numbers, varying):
    """Return the value of a function with its first and second partial derivatives by some of its arguments."""
    step = REAL(STEP)

    def shifted(*shifts):
        return function(*(z + step * shifts.count(i) - step * shifts.count(~i) for i, z in enumerate(numbers)))

    value, first, second = function(*numbers), {}, {}
    after = {i: shifted(i) for i in varying}
    for i in varying:
        before = shifted(~i)
        right, left = (after[i] - value) / step, (value - before) / step
        first[i], second[i, i] = (left + right) / 2, (right - left) / step
        if not abs(right - left) <= 1e-9 * (1 + abs(right)):
            raise ValueError                                    # a corner, or a jump
    for i, j in combinations(varying, 2):
        second[i, j] = (shifted(i, j) - after[i] - after[j] + value) / step**2
    return value, first, second


# -- comparison --------------------------------------------------------------------------------------------------------

def close(found, wanted, blur):
    return abs(complex(found) - complex(wanted)) <= TOLERANCE * abs(complex(wanted)) + blur + 1e-280


def is_clear(error):
    """Return whether an error is of the kinds that are documented and was raised by sage_tf itself, not by what it called in vain."""
    return isinstance(error, REFUSED) and '/sage_tf/' in extract_tb(error.__traceback__)[-1].filename


class Comparison:
    """One expression in one dtype at some points: what agreed, and what did not."""

    def __init__(self, e, dtype, points):
        self.counts, self.wrong, self.refusal = Counter(), [], None
        self._e, self._symbols, self._is_real = e, free_variables(e), dtype == 'float64'
        points = [p[:len(self._symbols)] for p in points[:len(points) if self._symbols else 1]]
        inputs = [tf.constant([(float if self._is_real else complex)(c) for c in column], dtype)
                  for column in zip(*points, strict=True)]
        try:
            with time_limit(PATIENCE):
                f = TensorFunction(e, self._symbols, dtype=dtype, jit=False)
                values, *gradients = (np.broadcast_to(t.numpy(), len(points)) for t in (f(*inputs), *f.gradient(*inputs)))
        except NO_ORACLE as error:                              # one of another kind is a fault too, and so is a wait without end
            self.refusal = f'{type(error).__name__}: {error}'
            self.counts['refused' if is_clear(error) else 'wrong'] += 1
            if not is_clear(error):
                self._report(f'an error of {dtype}', self.refusal)
            return
        for row, point in enumerate(points):
            self._compare(point, values[row], [g[row] for g in gradients])

    def _compare(self, point, value, gradient):
        wanted = oracle(self._e, self._symbols, point)
        try:
            trace = None if wanted is None else Trace(self._e, self._symbols, point)
        except NO_ORACLE:
            trace = None
        if trace is None:
            self.counts['no oracle'] += 1
            return
        whole = trace.whole
        is_real = trace.is_real and not wanted.imag()
        if self._note('value', point, value, wanted, whole.error, trace, is_real, self._values):
            is_real = is_real and trace.has_real_slopes
            for k, found in enumerate(gradient):
                self._note(f'derivative {k}', point, found, whole.slopes[k], whole.slope_errors[k], trace, is_real,
                           partial(self._slopes, k))

    def _values(self, point):
        """Return Sage's values at twice the precision, and of complex numbers: of a real one it may drop the imaginary part."""
        return [oracle(self._e, self._symbols, point, 2 * BITS), oracle(self._e, self._symbols, [FIELD(p) for p in point])]

    def _slopes(self, k, point):
        """Return the derivative as the difference quotient of the whole, and by Sage's symbolic derivative."""
        quotient = slope(partial(oracle, self._e, self._symbols), point, k)
        if quotient is None and not self._is_real:
            return                                              # of abs(z), say, in every direction another
        yield quotient
        try:
            with time_limit():
                symbolic = self._e.diff(self._symbols[k])
        except NO_ORACLE:
            return
        yield oracle(symbolic, self._symbols, point)

    def _note(self, what, point, found, wanted, error, trace, is_real, others):
        """Count one number as agreeing, outside of the reals or of the range of the dtype, or wrong; return whether it agreed."""
        blur = ERRORS * EPSILON * error
        if np.isnan(found) and self._is_real and not is_real or not np.isfinite(found) and trace.leaves_the_range():
            kind = 'outside'
        elif blur > 0.01 * abs(wanted):
            kind = 'no oracle'                                  # rounding leaves no digit
        elif close(found, wanted, blur) and not (self._is_real and abs(wanted.imag()) > EPSILON * abs(wanted)):
            kind = 'agrees'
        else:
            others = [other for other in others(point) if other is not None]
            is_sure = others and all(abs(other - wanted) <= 1e-12 * abs(wanted) for other in others)
            kind = 'wrong' if is_sure else 'no oracle'          # or Sage contradicts itself
        self.counts[kind] += 1
        if kind == 'wrong':
            self._report(f'{what} at {point}', f'{found} is not {complex(wanted)}')
        return kind == 'agrees'

    def _report(self, what, how):
        text = str(self._e)
        self.wrong.append(f'{text if len(text) < 400 else text[:400] + "..."}: {what}: {how}')


def compared(e):
    """Return the comparisons of an expression in real and in complex arithmetic."""
    return [Comparison(e, 'float64', REAL_POINTS), Comparison(e, 'complex128', COMPLEX_POINTS)]


def run(count, seed, size=8, report=lambda text: None):
    """Return the counts of expressions that agreed, were refused, said nothing, or were wrong, and what was wrong."""
    totals, wrong = Counter(), []
    for number, e in draw(count, seed, size):
        comparisons = compared(e)
        counts = sum((c.counts for c in comparisons), Counter())
        faults = [fault for c in comparisons for fault in c.wrong]
        kind = ('wrong' if faults else 'agrees' if counts['agrees'] else
                'refused' if counts['refused'] else 'outside' if counts['outside'] else 'no oracle')
        totals[kind] += 1
        wrong += faults
        for fault in faults:
            report(fault)
        if number % 100 == 0:
            report(f'{number}: {dict(totals)}')
    return totals, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=2000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--size', type=int, default=8)
    options = parser.parse_args()
    warnings.simplefilter('ignore')
    totals, wrong = run(options.count, options.seed, options.size, partial(print, flush=True))
    print(f"{options.count} expressions, seed {options.seed}: {totals['agrees']} agree, {totals['refused']} refused with a clear error, "
          f"{totals['wrong']} wrong; {totals['outside']} outside of the domain or range of the dtype at all points, "
          f"{totals['no oracle']} without a value of Sage at any point", flush=True)
    os._exit(bool(wrong))                                       # Maxima, once interrupted, may never shut down


if __name__ == '__main__':
    main()
