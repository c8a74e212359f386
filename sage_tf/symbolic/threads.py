r"""
What one thread at a time may do

Neither Sage nor mpmath is made for several threads: Sage's coercion takes a search that another thread has begun for an endless one, and
mpmath has one precision for all. TensorFlow calls the host from threads of its own, also for a single caller.

EXAMPLES::

    sage: from sage_tf.symbolic.threads import BUILDING, mpmath_digits
    sage: import mpmath
    sage: with BUILDING, mpmath_digits(40r):
    ....:     print(mpmath.mp.dps)
    40
"""
from contextlib import contextmanager
from threading import RLock

# Held while an expression is read and while its operations are traced; never while something runs that is not of this
# package, such as a bound network, which might hold a lock of its own that another thread waits for.
BUILDING = RLock()

_MPMATH = RLock()


@contextmanager
def mpmath_digits(digits):
    r"""
    Return a context in which mpmath computes with the given number of decimal digits, for this thread alone.

    INPUT:

    - ``digits`` -- whole number

    EXAMPLES::

        sage: from sage_tf.symbolic.threads import mpmath_digits
        sage: import mpmath
        sage: with mpmath_digits(50r): print(mpmath.nstr(1/mpmath.mpf(7), 45r))
        0.142857142857142857142857142857142857142857143
    """
    import mpmath
    with _MPMATH, mpmath.workdps(digits):
        yield


__all__ = ['BUILDING', 'mpmath_digits']
