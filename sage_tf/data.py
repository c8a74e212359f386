r"""
Data sampled from symbolic expressions

EXAMPLES::

    sage: from sage_tf.data import sample_data
    sage: f(x) = sin(2*pi*x) + cos(pi*x/2)
    sage: data = sample_data(f, (x, 0, 5), n=100, noise=0.1, seed=1); data
    Sample of 100 points of x |--> cos(1/2*pi*x) + sin(2*pi*x) for x in [0, 5]
    sage: data.X.shape, data.y.shape
    (TensorShape([100, 1]), TensorShape([100]))
    sage: train, test = data.split(8/10, seed=1)
    sage: len(train), len(test)
    (80, 20)
    sage: data.plot()
    Graphics object consisting of 2 graphics primitives

Points where the expression is undefined are left out and counted::

    sage: y = var('y')
    sage: data = sample_data(sqrt(x) + log(y), (x, -1, 1), (y, 0, 1), n=25, method='grid'); data
    Sample of 12 points of sqrt(x) + log(y) for x in [-1, 1], y in [0, 1], and 13 points where it is undefined
    sage: data.dropped
    13
"""
import math

import numpy as np
import tensorflow as tf

from sage_tf.conversion.rounding import round_real
from sage_tf.conversion.to_tf import to_tf
from sage_tf.rings import COMPLEX, REAL, dtype_of
from sage_tf.sampling.points import as_seed, checked_ranges
from sage_tf.sampling.points import points as points_in
from sage_tf.sampling.sample import Sample
from sage_tf.sampling.values import is_defined, values_at


def sample_data(expr, *ranges, n=100, method='uniform', noise=0, seed=None, dtype='float64'):
    r"""
    Return points and the values of an expression there.

    INPUT:

    - ``expr`` -- a symbolic expression (a callable one, too), a vector or matrix of expressions, a
      :class:`~sage_tf.symbolic.tensor_function.TensorFunction`, or a Python function that takes a ``float64`` tensor of
      shape ``(n,)`` for each range, in their order

    - ``ranges`` -- triples ``(variable, low, high)``, the ends finite real constants of any kind; a variable may have a
      range without being in ``expr``

    - ``n`` -- positive integer (default: 100); the number of points in all. The methods ``'grid'`` and ``'chebyshev'`` put
      equally many on the axis of every variable, so for them ``n`` must be a perfect power with the number of variables as its
      exponent, or a tuple of the numbers on each axis

    - ``method`` -- one of

      - ``'uniform'`` (default) -- independent and uniformly distributed
      - ``'sobol'`` -- the first ``n`` points of a scrambled Sobol sequence
      - ``'lhs'`` or ``'latin hypercube'`` -- one point in each of ``n`` equal parts of every range
      - ``'grid'`` -- equally spaced, with both ends (a single point lies in the middle)
      - ``'chebyshev'`` -- the roots of the Chebyshev polynomials of the first kind, in ascending order

    - ``noise`` -- nonnegative real number (default: 0); the standard deviation of the independent Gaussian noise that is
      added to every entry of the values (for complex dtypes to both of its parts). It is absolute, in the units of the values

    - ``seed`` -- nonnegative integer (default: drawn from Sage's own random state, so that ``set_random_seed`` reproduces the
      sample)

    - ``dtype`` -- a real or complex floating dtype, its name or a Sage ring (default: ``float64``); that of the values. The
      points have the real dtype of the same precision

    OUTPUT: a :class:`~sage_tf.sampling.sample.Sample`, with ``n`` points less those where ``expr`` is undefined: where a value
    computed in double precision is NaN or infinite or, if the dtype is real, not real. Their number is ``dropped``.

    The points are rounded to the dtype first; the values are those at the rounded points, computed in double precision, and
    rounded once.

    Raises TypeError and ValueError for arguments of the wrong kind and value, for a variable without a range, and if ``expr``
    is defined at none of the points; OverflowError for what does not fit the dtype.

    EXAMPLES::

        sage: from sage_tf.data import sample_data
        sage: y = var('y')
        sage: sample_data(x^2, (x, -1, 1), n=5, method='grid').numpy()
        (array([[-1. ],
                [-0.5],
                [ 0. ],
                [ 0.5],
                [ 1. ]]),
         array([1.  , 0.25, 0.  , 0.25, 1.  ]))
        sage: sample_data(vector([x*y, x + y]), (x, 0, pi), (y, 0, 1), n=64, method='sobol').y.shape
        TensorShape([64, 2])
        sage: sample_data(x*y, (x, 0, 1), (y, 0, 1), n=(2, 3), method='chebyshev')
        Sample of 6 points of x*y for x in [0, 1], y in [0, 1]
        sage: import tensorflow as tf
        sage: sample_data(lambda t: tf.nn.relu(t), (x, -1, 1), n=3, method='grid').y.numpy()
        array([0., 0., 1.])
        sage: sample_data(sqrt(x), (x, -1, 1), n=3, method='grid', dtype=CDF).y.to_sage()
        (1.0*I, 0.0, 1.0)

    With a seed, or after ``set_random_seed``, the same sample is made again::

        sage: set_random_seed(5); a = sample_data(x, (x, 0, 1), n=3)
        sage: set_random_seed(5); b = sample_data(x, (x, 0, 1), n=3)
        sage: a.X.to_sage() == b.X.to_sage()
        True

    TESTS::

        sage: sample_data(x*y, (x, 0, 1))
        Traceback (most recent call last):
        ...
        ValueError: the variable y of x*y has no range; give (y, low, high)
        sage: sample_data(x, (x, 1, 0))
        Traceback (most recent call last):
        ...
        ValueError: the range of x goes from 1 to 0; expected a lower end below the upper one
        sage: sample_data(x*y, (x, 0, 1), (y, 0, 1), n=50, method='grid')
        Traceback (most recent call last):
        ...
        ValueError: 50 points do not make a grid with equally many on each of 2 axes; give n=49, n=64 or ..., as n=(7, 7)
        sage: sample_data(log(x), (x, -2, -1))
        Traceback (most recent call last):
        ...
        ValueError: log(x) is undefined at all of the 100 points; change the ranges, or pass dtype='complex128' for complex values
    """
    ranges = checked_ranges(ranges)
    dtype = _checked_dtype(dtype)
    noise = _checked_noise(noise)
    generator = np.random.default_rng(as_seed(seed))
    points = to_tf(points_in(ranges, n, method, generator), dtype.real_dtype)
    values = values_at(expr, ranges, points, dtype.is_complex)
    defined = is_defined(values, dtype.is_complex)
    if not defined.any():
        advice = '' if dtype.is_complex else ", or pass dtype='complex128' for complex values"
        raise ValueError(f"{expr} is undefined at all of the {len(defined)} points; change the ranges{advice}")
    values = values[defined] if dtype.is_complex else values[defined].real
    if noise:
        values = values + _noise(values.shape, noise, dtype.is_complex, generator)
    return Sample(tf.boolean_mask(points, defined), to_tf(values, dtype), expr, ranges, int(np.count_nonzero(~defined)))


# -- the arguments -----------------------------------------------------------------------------------------------------

def _checked_dtype(dtype):
    """
    Return the dtype of the values.

    EXAMPLES::

        sage: from sage_tf.data import _checked_dtype
        sage: _checked_dtype(RealField(24)).name
        'float32'
        sage: _checked_dtype(ZZ)
        Traceback (most recent call last):
        ...
        TypeError: dtype int64 was given for a sample; expected one of float64, float32, float16, bfloat16, complex128, complex64
    """
    found = dtype_of(dtype)
    if found.name not in REAL + COMPLEX:
        raise TypeError(f"dtype {found.name} was given for a sample; expected one of {', '.join(REAL + COMPLEX)}")
    return found


def _checked_noise(noise):
    """
    Return the standard deviation of the noise as a Python float.

    EXAMPLES::

        sage: from sage_tf.data import _checked_noise
        sage: _checked_noise(1/4)
        0.25
        sage: _checked_noise(-1)
        Traceback (most recent call last):
        ...
        ValueError: noise=-1 was given; expected a standard deviation, finite and not negative
    """
    value = float(round_real(noise, 'float64'))
    if not 0 <= value < math.inf:
        raise ValueError(f"noise={noise} was given; expected a standard deviation, finite and not negative")
    return value


def _noise(shape, deviation, is_complex, generator):
    """
    Return Gaussian noise.

    EXAMPLES::

        sage: from sage_tf.data import _noise
        sage: import numpy
        sage: _noise((3r,), 1r, True, numpy.random.default_rng(0r)).dtype.name
        'complex128'
    """
    noise = generator.normal(0, deviation, shape)
    return noise + 1j * generator.normal(0, deviation, shape) if is_complex else noise

__all__ = ['Sample', 'sample_data']
