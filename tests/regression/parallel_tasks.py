"""
Tasks for the tests of what runs them. A module of its own, which other processes can import.
"""
import os
import signal
import time

from sage_tf.regression.law import law_of


def power(exponent, seconds, problem, settings, over):
    """Take some time; yield a power of the first variable."""
    time.sleep(seconds)
    if hasattr(over, 'count'):
        over.count(1)
    yield law_of(problem, problem.variables[0]**exponent)


def after(path, count, problem, settings, over):
    """Take as long as it takes others to mark a file so many times."""
    while not over() and not (os.path.exists(path) and os.path.getsize(path) >= count):
        time.sleep(0.02)
    yield law_of(problem, problem.variables[0])


def mark(path):
    """Say that something has happened."""
    with open(path, 'a') as file:
        file.write('!')


def marking(path, exponent, problem, settings, over):
    mark(path)
    yield law_of(problem, problem.variables[0]**exponent)


def fatal(home, most, path, problem, settings, over):
    """End every process but one, as long as there are not so many marks."""
    if os.getpid() != home and (not os.path.exists(path) or os.path.getsize(path) < most):
        mark(path)
        os.kill(os.getpid(), signal.SIGKILL)
    yield law_of(problem, 7 * problem.variables[0])


def bereaved(path, problem, settings, over):
    """End the process that has started this one, once."""
    if not os.path.exists(path):
        mark(path)
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    yield law_of(problem, 7 * problem.variables[0])


def failing(path, problem, settings, over):
    yield law_of(problem, 5 * problem.variables[0])
    mark(path)
    raise ArithmeticError('such things happen')


def endless(problem, settings, over):
    yield law_of(problem, problem.variables[0]**3)
    while not over():
        time.sleep(0.01)
