"""
Random expressions, computed by sage_tf and by Sage at 200 bits.

Run as a program (``make test-fuzz``) it draws many and reports how many agreed, how many were refused with a clear error, and
which were wrong. An oracle is needed at a point: where Sage has no value there, or none within a time limit, the point says nothing.
"""
import argparse
import sys
import warnings
from collections import Counter
from contextlib import contextmanager
from functools import partial

import numpy as np
import tensorflow as tf
from cysignals.alarm import AlarmInterrupt, alarm, cancel_alarm
from sage.all import QQ, SR, ComplexField, I, set_random_seed
from sage.symbolic.random_tests import random_expr

from sage_tf.symbolic.graph import free_variables
from sage_tf.symbolic.tensor_function import TensorFunction

BITS = 200
FIELD = ComplexField(BITS)
STEP = QQ(2) ** -66                                             # of difference quotients at that precision
NUDGE = QQ(2) ** -52                                            # what rounding does to an argument
TOLERANCE = 1e-9
LARGEST, SMALLEST = 1e290, 1e-290                               # beyond, a part may overflow in float64
SECONDS = 3                                                     # that Sage is given for a value

REAL_POINTS = [(QQ((13, 8)), QQ((-5, 16))), (QQ((3, 8)), QQ((9, 4))), (QQ((-7, 4)), QQ((5, 8))), (QQ(2), QQ(3))]
COMPLEX_POINTS = [(QQ((5, 8)) + QQ((3, 4)) * I, QQ((-9, 8)) + QQ((1, 4)) * I), (QQ((-3, 2)) - QQ((5, 8)) * I, QQ((7, 8)) + QQ((9, 8)) * I)]

REFUSED = (NotImplementedError, TypeError, ValueError, OverflowError)
NO_ORACLE = (TypeError, ValueError, ArithmeticError, NotImplementedError, RuntimeError, AttributeError, AlarmInterrupt, KeyError,
             IndexError, AssertionError, MemoryError, RecursionError)


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
            with time_limit():
                e = SR(random_expr(size, nvars=2))
                if e.is_relational() or not free_variables(e):
                    continue
        except NO_ORACLE:
            continue                                            # Sage itself cannot build it
        found += 1
        yield found, e


def oracle(e, symbols, point):
    """Return the value of an expression at a point of exact numbers, None where Sage has none."""
    try:
        with time_limit():
            value = FIELD(e.subs(dict(zip(symbols, point, strict=False))).n(BITS))
    except NO_ORACLE:
        return None
    if value.is_NaN() or value.is_infinity():
        return None
    negligible = abs(value) * QQ(2) ** -(BITS // 2)             # of the part that is the rounding error of the other
    return FIELD(*(part if abs(part) > negligible else 0 for part in (value.real(), value.imag())))


def moved(point, k, step):
    return tuple(p + step * (i == k) for i, p in enumerate(point))


def sensitivity(evaluate, point):
    """Return how much the value changes when the arguments are rounded, None where it cannot be said."""
    here = evaluate(point)
    total = FIELD(0)
    for k, p in enumerate(point):
        for direction in (1, -1):
            there = evaluate(moved(point, k, direction * NUDGE * (p or 1)))
            if there is None:
                return None
            total += abs(there - here)
    return float(total.real())


def parts(e):
    """Return the subexpressions of an expression."""
    found, todo = [], [e]
    while todo:
        part = todo.pop()
        found.append(part)
        todo.extend(part.operands())
    return found


def leaves_the_reals(e, symbols, point):
    """Return whether a part of an expression is not real, or has no value, at a point."""
    values = (oracle(part, symbols, point) for part in parts(e) if not part.is_relational())
    return any(v is None or v.imag() for v in values)


def leaves_the_range(e, symbols, point):
    """Return whether a part of an expression overflows or underflows, or may do so, at a point."""
    values = (oracle(part, symbols, point) for part in parts(e) if not part.is_relational())
    return any(v is None or v and not SMALLEST < abs(v) < LARGEST for v in values)


def slope(evaluate, point, k):
    """Return the derivative by the k-th argument as a difference quotient, None where both sides do not agree."""
    here, after, before = (evaluate(moved(point, k, s)) for s in (0, STEP, -STEP))
    if None in (here, after, before):
        return None
    right, left = (after - here) / STEP, (here - before) / STEP
    return (left + right) / 2 if abs(right - left) <= 1e-12 * (1 + abs(right)) else None


def close(found, wanted, blur):
    return abs(complex(found) - complex(wanted)) <= TOLERANCE * abs(complex(wanted)) + 64 * blur + 1e-280


class Comparison:
    """One expression in one dtype at some points: what agreed, and what did not."""

    def __init__(self, e, dtype, points):
        self.counts, self.wrong = Counter(), []
        self._e, self._symbols, self._is_real = e, free_variables(e), dtype == 'float64'
        try:
            f = TensorFunction(e, self._symbols, dtype=dtype, jit=False)
            points = [p[:len(self._symbols)] for p in points]
            inputs = [tf.constant([(float if self._is_real else complex)(c) for c in column], dtype)
                      for column in zip(*points, strict=True)]
            values = f(*inputs).numpy()
            gradients = [g.numpy() for g in f.gradient(*inputs)]
        except REFUSED as error:
            self.counts['refused'] += 1
            self.refusal = error
            return
        for row, point in enumerate(points):
            self._compare(point, values[row], [g[row] for g in gradients])

    def _compare(self, point, value, gradient):
        evaluate = partial(oracle, self._e, self._symbols)
        wanted = evaluate(point)
        if wanted is None:
            self.counts['no oracle'] += 1
            return
        if self._note('value', point, value, wanted, sensitivity(evaluate, point)):
            for k, found in enumerate(gradient):
                self._compare_slope(point, k, found, evaluate)

    def _compare_slope(self, point, k, found, evaluate):
        """Compare a derivative with the difference quotient, and, where there is none, with Sage's symbolic derivative."""
        wanted = slope(evaluate, point, k)
        derivative = partial(slope, evaluate, k=k)
        if wanted is None:
            symbolic = self._e.diff(self._symbols[k])
            derivative = partial(oracle, symbolic, self._symbols)
            wanted = derivative(point)
        if wanted is None or not self._is_real and not self._is_analytic(evaluate, point, k, wanted):
            self.counts['no oracle'] += 1
            return
        blur = sensitivity(derivative, point)
        self._note(f'derivative {k}', point, found, wanted, blur)

    def _is_analytic(self, evaluate, point, k, wanted):
        """Return whether the derivative in the direction of I is the same."""
        after, before = evaluate(moved(point, k, STEP * I)), evaluate(moved(point, k, -STEP * I))
        return None not in (after, before) and abs((after - before) / (2 * STEP * FIELD(I)) - wanted) <= 1e-9 * (1 + abs(wanted))

    def _note(self, what, point, found, wanted, blur):
        """Count one number as agreeing, outside of the reals or of the range of the dtype, or wrong; return whether it agreed."""
        kind = 'wrong'
        if blur is None:
            kind = 'no oracle'                                  # on the edge of the domain, or at a jump
        elif close(found, wanted, blur) and not (self._is_real and wanted.imag()):
            kind = 'agrees'
        elif np.isnan(found) and self._is_real and leaves_the_reals(self._e, self._symbols, point):
            kind = 'outside'
        elif not np.isfinite(found) and leaves_the_range(self._e, self._symbols, point):
            kind = 'outside'
        self.counts[kind] += 1
        if kind == 'wrong':
            self.wrong.append(f'{what} of {self._e} at {point}: {found} is not {complex(wanted)}')
        return kind == 'agrees'


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
          f"{totals['no oracle']} without a value of Sage at any point")
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()
