"""
Random expressions against Sage at 200 bits; ``make test-fuzz`` draws ten times as many.
"""
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sage.all import QQ, SR, I, abs_symbolic, dilog, erf, exp, floor, log, pi, sin, sqrt, var

_SPEC = importlib.util.spec_from_file_location('fuzz', Path(__file__).with_name('fuzz.py'))
fuzz = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzz)

x, y = var('x, y')


def test_random_expressions_agree_with_sage_or_are_refused():
    command = [sys.executable, Path(__file__).with_name('fuzz.py'), '--count', '200', '--seed', '2']
    result = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert result.returncode == 0, result.stdout + result.stderr
    drawn, agreeing, wrong = map(int, re.search(r'(\d+) expressions, .* (\d+) agree, .* (\d+) wrong', result.stdout).groups())
    assert (drawn, wrong) == (200, 0) and agreeing >= 140, result.stdout


# -- the comparison itself ---------------------------------------------------------------------------------------------

def traced(e, *point):
    return fuzz.Trace(e, fuzz.free_variables(e), point)


@pytest.mark.parametrize('e', [sin(x * y) + x**y, exp(x) / (1 + y**2), log(x + y) * sqrt(y)])
def test_the_gradient_of_reference_is_the_symbolic_one(e):
    point = (QQ((13, 8)), QQ((5, 16)))
    whole = traced(e, *point).whole
    for k, symbol in enumerate((x, y)):
        wanted = e.diff(symbol).subs({x: point[0], y: point[1]}).n(200)
        assert abs(whole.slopes[k] - wanted) < 1e-28
    assert abs(whole.value - e.subs({x: point[0], y: point[1]}).n(200)) < 1e-55


def test_cancellation_is_accounted_for():
    assert traced((1 + x**20) - x**20 * (1 + 1 / x**20), QQ(1000)).whole.error > 1e59
    assert traced(x + 1, QQ(1000)).whole.error < 1e4


def test_corners_and_jumps_have_no_gradient_of_reference():
    for e in (abs_symbolic(x), floor(x)):
        with pytest.raises(ValueError):
            traced(e, QQ(0))


def test_a_wrong_number_is_noticed(monkeypatch):
    class Wrong(fuzz.TensorFunction):
        def __call__(self, *args):
            return super().__call__(*args) * (1 + 1e-8)

    monkeypatch.setattr(fuzz, 'TensorFunction', Wrong)
    for comparison in fuzz.compared(sin(x) + sqrt(SR(2))):
        assert comparison.counts['wrong'] and comparison.wrong


def test_what_is_not_real_is_outside_of_the_domain():
    comparison = fuzz.Comparison(log(x - 10), 'float64', fuzz.REAL_POINTS)
    assert set(comparison.counts) == {'outside'}
    assert fuzz.Comparison(log(x - 10), 'complex128', [(QQ(1) + I,)]).counts['agrees'] == 2


def test_what_has_no_complex_derivative_says_nothing():
    assert set(fuzz.Comparison(abs_symbolic(x), 'complex128', [(1 + I,)]).counts) == {'agrees', 'no oracle'}


def test_a_real_part_alone_is_no_oracle():
    e = dilog(13**x)                                            # whose imaginary part beyond 1 Sage drops of constants
    assert fuzz.oracle(e, (x,), (QQ(2),)).imag() == 0
    assert set(fuzz.Comparison(e, 'float64', [(QQ(2),)]).counts) == {'no oracle'}


def test_a_wait_without_end_is_wrong(monkeypatch):
    class Slow(fuzz.TensorFunction):
        def __call__(self, *args):
            while True:
                pass

    monkeypatch.setattr(fuzz, 'TensorFunction', Slow)
    monkeypatch.setattr(fuzz, 'PATIENCE', 0.25)
    assert fuzz.Comparison(sin(x), 'float64', fuzz.REAL_POINTS).wrong


def test_slopes_that_differences_do_not_see_are_accounted_for():
    trace = traced(erf(x), QQ(-11))
    assert fuzz.ERRORS * fuzz.EPSILON * trace.whole.slope_errors[0] > abs(trace.whole.slopes[0] - 2 / sqrt(pi) * exp(-SR(121)))
