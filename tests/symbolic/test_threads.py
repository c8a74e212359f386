"""Functions called first from several threads, and interrupted while they are compiled."""
import logging
import os
import signal
import sys
import threading

import keras
import mpmath
import numpy as np
import pytest
import tensorflow as tf
from sage.all import (
    QQ,
    bessel_J,
    cos,
    diff,
    elliptic_kc,
    exp,
    function,
    gamma,
    lambert_w,
    log,
    sin,
    sqrt,
    tanh,
    var,
    vector,
    zeta,
)

from sage_tf.symbolic.tensor_function import TensorFunction
from sage_tf.symbolic.threads import mpmath_digits

x, y = var('x, y')
THREADS = 8


@pytest.fixture(autouse=True)
def hurried():
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def in_threads(*works):
    """Return the results of functions, called at the same time by as many threads."""
    barrier, results = threading.Barrier(len(works)), [None]*len(works)

    def run(k, work):
        barrier.wait()
        try:
            results[k] = work()
        except BaseException as error:
            results[k] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
        assert not thread.is_alive()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def slope(f, *points):
    """Return the derivative by the first variable, by a tape."""
    points = [tf.constant(p) for p in points]
    with tf.GradientTape() as tape:
        tape.watch(points)
        value = f(*points)
    return tape.gradient(value, points[0])


EXPRESSIONS = [sin(x*y)*exp(-x) + x**2, gamma(x)*y + bessel_J(1, x), log(1 + x)*y**x, lambert_w(x)*y, tanh(x)**2*y,
               sqrt(x)*y, elliptic_kc(x/7)*y, zeta(x + 2)*y]


@pytest.mark.parametrize('size', [3, 3000])
@pytest.mark.parametrize('e', EXPRESSIONS, ids=str)
def test_the_first_calls_may_come_from_several_threads(e, size):
    points, others = np.linspace(0.5, 2.9, size)[:50 if e.has(zeta(x + 2)) else None], 1.25
    f = TensorFunction(e, (x, y))
    works = [lambda: f(points, others), lambda: f.gradient(points, others)[0], lambda: slope(f, points, others)]
    values, *slopes = np.array(in_threads(*(works[k % 3] for k in range(THREADS)))[:3])
    for k in (0, len(points) - 1):
        at = {x: QQ(points[k]), y: QQ(others)}
        np.testing.assert_allclose(values[k], float(e.subs(at).n(100)), rtol=1e-12)
        for found in slopes:
            np.testing.assert_allclose(found[k], float(diff(e, x).subs(at).n(100)), rtol=1e-10)


def test_the_first_calls_of_many_functions_may_come_from_several_threads():
    points = np.linspace(0.1, 1.4, 2500)
    for k in range(2):
        es = [sin(x + j)*cos(k*x) + x**(j + 1) for j in range(THREADS)]
        for e, found in zip(es, in_threads(*(lambda e=e: TensorFunction(e)(points) for e in es)), strict=True):
            np.testing.assert_allclose(found[0], float(e.subs({x: QQ(points[0])}).n(100)), rtol=1e-12)


def test_networks_in_several_threads_are_traced_without_warnings(caplog):
    u = function('u')
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(4, 'tanh'), keras.layers.Dense(1)])
    f = TensorFunction(vector([u(x), diff(u(x), x)]), functions={u: network})
    logger = tf.get_logger()
    before, propagates = logger.level, logger.propagate
    logger.setLevel(logging.WARNING)
    logger.propagate = True
    try:
        found = in_threads(*(lambda n=n: f(np.linspace(0, 1, n)) for n in range(2, 2 + THREADS)))
    finally:
        logger.setLevel(before)
        logger.propagate = propagates
    assert not caplog.records
    for value in found:
        np.testing.assert_allclose(value[:, 0], network(np.linspace(0, 1, len(value))[:, None])[:, 0], rtol=1e-5)


def test_mpmath_keeps_the_digits_of_a_thread():
    def seventh(digits):
        for _ in range(300):
            with mpmath_digits(digits):
                assert abs(1/mpmath.mpf(7)*7 - 1) < mpmath.mpf(10)**(1 - digits)
                assert mpmath.mp.dps == digits
        return True

    assert all(in_threads(*(lambda k=k: seventh(15 + 5*k) for k in range(THREADS))))


@pytest.mark.parametrize('delay', [0.05, 0.6])
@pytest.mark.parametrize('jit', [None, True])
def test_an_interrupted_first_call_leaves_the_function_working(delay, jit):
    e = sum(sin(k*x + delay)*gamma(x + k)*bessel_J(k, x) for k in range(1, 3))
    f, points = TensorFunction(e, jit=jit), np.linspace(0.5, 3, 2500)
    done = threading.Event()
    timer = threading.Timer(delay, lambda: done.is_set() or os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        f(points)
        done.set()
        timer.join()
    except KeyboardInterrupt:
        pass
    finally:
        done.set()
    for found, wanted in ((f(points), e), (f.gradient(points)[0], diff(e, x))):
        np.testing.assert_allclose(found[0], float(wanted.subs({x: QQ(points[0])}).n(100)), rtol=1e-11)
