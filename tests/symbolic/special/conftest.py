"""
Functions on tensors against mpmath: values, derivatives by every argument, second derivatives, XLA and the other dtypes.
"""
import mpmath
import numpy as np
import pytest
import tensorflow as tf

mpmath.mp.dps = 40


def _exact(function, points, orders=None):
    """Return values or derivatives of a function of mpmath at the rows of columns; NaN where they are not real or do not exist."""
    is_complex = any(np.iscomplexobj(column) for column in points)
    found = []
    for point in zip(*points, strict=True):
        point = [mpmath.mpmathify(p.item()) for p in point]
        try:
            value = mpmath.diff(function, tuple(point), orders) if orders else function(*point)
            value = mpmath.mpmathify(value)
        except (TypeError, ValueError, ArithmeticError):
            value = mpmath.nan
        real = is_complex or abs(mpmath.im(value)) <= mpmath.mpf(10)**-20 * abs(value)
        found.append(complex(value) if is_complex else float(mpmath.re(value)) if real else np.nan)
    return np.array(found)


def _unit(k, arity):
    return tuple(int(i == k) for i in range(arity))


def _value_and_gradient(function, tensors):
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return value, [tf.math.conj(g) for g in tape.gradient(value, tensors)]


def _check(function, wanted, points, tolerance=1e-13, by=None, compiled=True):
    """Assert that values and derivatives agree, relative to the effect of the last digit of each argument too."""
    points = [np.asarray(column) for column in points]
    by = range(len(points)) if by is None else by
    value = _exact(wanted, points)
    slopes = {k: _exact(wanted, points, _unit(k, len(points))) for k in by}
    scale = sum(np.abs(np.nan_to_num(slopes[k]) * points[k]) for k in by)
    ways = [_value_and_gradient]
    if compiled:
        ways.append(tf.function(_value_and_gradient, jit_compile=True))
    for way in ways:
        found, gradients = way(function, [tf.constant(column) for column in points])
        _compare(found.numpy(), value, np.abs(value) + scale, points, tolerance)
        for k in by:
            inside = np.where(np.isnan(value), np.nan, slopes[k])
            _compare(gradients[k].numpy(), inside, np.abs(inside) + 1, points, 100 * tolerance)


def _compare(found, wanted, scale, points, tolerance):
    known = np.isfinite(wanted)
    assert known.any()
    error = np.where(known, np.abs(found - wanted) / (scale + 1e-300), 0)
    assert not np.isnan(error).any(), [column[np.isnan(error)][0] for column in (*points, found, wanted)]
    worst = error.argmax()
    assert error[worst] <= tolerance, (error[worst], [column[worst] for column in points], found[worst], wanted[worst])


def _second_derivatives(function, point):
    """Return the matrix of second derivatives at a point."""
    tensors = [tf.constant(p, tf.float64) for p in point]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(tensors)
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = function(*tensors)
        first = tape.gradient(value, tensors)
    return np.array([[outer.gradient(g, t).numpy() for t in tensors] for g in first])


def _check_second(function, wanted, points, tolerance=1e-11):
    for point in points:
        found = _second_derivatives(function, point)
        for i, k in np.ndindex(found.shape):
            orders = tuple(a + b for a, b in zip(_unit(i, len(point)), _unit(k, len(point)), strict=True))
            expected = float(mpmath.re(mpmath.diff(wanted, tuple(map(mpmath.mpf, point)), orders)))
            assert abs(found[i, k] - expected) <= tolerance * (1 + abs(expected)), (point, orders, found[i, k], expected)


@pytest.fixture
def check():
    """The check of values and first derivatives."""
    return _check


@pytest.fixture
def check_second():
    """The check of second derivatives."""
    return _check_second
