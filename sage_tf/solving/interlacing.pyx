# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
r"""
The real roots of many polynomials

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.solving.interlacing import real_roots
    sage: real_roots(numpy.array([[-6, 11, -6, 1], [0, -1, 0, 1], [2, -3, 0, 1], [1, 1, 0, 1]], dtype=float)).round(12)
    array([[ 1.       ,  2.       ,  3.       ],
           [-1.       ,  0.       ,  1.       ],
           [-2.       ,  1.       ,  1.       ],
           [-0.6823278,        nan,        nan]])

ALGORITHM:

Between the real roots of its derivative a polynomial is monotonic: so the real roots of the derivatives, from the linear one on, bracket those
of the next, which Newton's method finds, held in the bracket and supported by bisection. No simple root is missed or found twice.
A root of the derivative at which the polynomial vanishes to rounding is a double root.
"""
from libc.math cimport fabs, sqrt, NAN
from libc.stdlib cimport free, malloc

import numpy as np

cdef double UNIT = 2.0**-52
cdef int MOST_ITERATIONS = 200


cdef inline void evaluate(const double* c, int degree, double x, double* value, double* slope, double* size) noexcept nogil:
    """Set the value of a polynomial, its derivative and the sum of the sizes of the terms."""
    cdef double v = c[degree], s = 0, m = fabs(c[degree]), r = fabs(x)
    cdef int k
    for k in range(degree - 1, -1, -1):
        s = s * x + v
        v = v * x + c[k]
        m = m * r + fabs(c[k])
    value[0], slope[0], size[0] = v, s, m


cdef inline double middle(double low, double high) noexcept nogil:
    """Return a point between others, of an intermediate size where they are far apart."""
    cdef double a = fabs(low), b = fabs(high), larger, smaller, sign
    larger, smaller, sign = (a, b, -1 if low < 0 else 1) if a > b else (b, a, -1 if high < 0 else 1)
    if low * high > 0:
        if larger > 16 * smaller:
            return sign * sqrt(larger) * sqrt(smaller)
    elif larger > 16:
        return sign * sqrt(larger)
    return (low + high) / 2


cdef double root_between(const double* c, int degree, double low, double high, bint rises) noexcept nogil:
    """Return the root in an interval at whose ends a polynomial has opposite signs, and on which it is monotonic."""
    cdef double x = middle(low, high), last = high - low, value, slope, size, onward
    cdef int _
    for _ in range(MOST_ITERATIONS):
        evaluate(c, degree, x, &value, &slope, &size)
        onward = x - value / slope
        if fabs(value) <= UNIT * size or fabs(onward - x) <= 2 * UNIT * fabs(x):
            return onward if fabs(onward - x) <= 1e-6 * fabs(x) else x
        if (value > 0) == rises:
            high = x
        else:
            low = x
        if not (low <= onward <= high and fabs(onward - x) <= 0.7 * last):
            onward = middle(low, high)
            if onward == low or onward == high:
                return onward
        last = fabs(onward - x)
        x = onward
    return x


cdef int next_roots(const double* c, int degree, double radius, const double* points, int count, double* found) noexcept nogil:
    """Set the roots of a polynomial, given those of its derivative, and return their number; double ones count twice."""
    cdef double left = -radius, right, below, above, slope, size
    cdef int k, total = 0
    evaluate(c, degree, left, &below, &slope, &size)
    for k in range(count + 1):
        right = radius if k == count else points[k]
        evaluate(c, degree, right, &above, &slope, &size)
        if k < count and fabs(above) <= 2 * UNIT * size:
            above = 0
        if below == 0 and total < degree:                       # a double root, seen from its right
            found[total] = left
            total += 1
        elif below != 0 and above != 0 and (below < 0) != (above < 0) and total < degree:
            found[total] = root_between(c, degree, left, right, above > 0)
            total += 1
        if above == 0 and left < right and total < degree:      # and from its left
            found[total] = right
            total += 1
        left, below = right, above
    return total


cdef void solve(const double* c, int degree, double* out, double* work) noexcept nogil:
    """Set the real roots of a polynomial, ascending, NaN for those that do not exist."""
    cdef double scale = 0, radius = 0, factor
    cdef int j, k, m, count = 0, real = degree
    cdef double* part = work
    cdef double* points = work + degree + 1
    cdef double* found = work + 3 * degree + 3
    for k in range(degree + 1):
        scale = max(scale, fabs(c[k]))
        out[min(k, degree - 1)] = NAN
    if not 0 < scale <= 1.7e308:
        return
    while real > 0 and fabs(c[real]) <= 1e-60 * scale:          # so many roots are infinite
        real -= 1
    for k in range(real):
        radius = max(radius, fabs(c[k] / c[real]))
    radius = 1.01 + radius
    for m in range(1, real + 1):                                # the derivative of order real - m, divided by its factorial
        for k in range(m + 1):
            factor = 1
            for j in range(1, k + 1):
                factor = factor * (real - m + j) / j
            part[k] = factor * (c[k + real - m] / scale)
        count = next_roots(part, m, radius, points, count, found)
        for k in range(count):
            points[k] = found[k]
    for k in range(count):
        out[k] = points[k]


def real_roots(coefficients):
    r"""
    Return the real roots of polynomials.

    INPUT:

    - ``coefficients`` -- array of floating point numbers, a row for each polynomial, from the constant coefficient on

    OUTPUT: array with a row for each polynomial: the roots, ascending, double ones twice, NaN for what is lacking to the degree

    EXAMPLES:

    Where leading coefficients are 0 there are fewer roots; sizes may be far apart::

        sage: import numpy
        sage: from sage_tf.solving.interlacing import real_roots
        sage: real_roots([[-6, 5, -1, 0]])
        array([[ 2.,  3., nan]])
        sage: p = prod((polygen(QQ) - r for r in [-10^8, 10^-6, 1, 10^6]))
        sage: real_roots([p.change_ring(RDF).list()])[0].tolist()      # rel tol 1e-13
        [-100000000.0, 1e-06, 1.0, 1000000.0]
        sage: real_roots([[0, 0, 0, 0], [numpy.nan, 1, 2, 3]])
        array([[nan, nan, nan],
               [nan, nan, nan]])
    """
    cdef double[:, ::1] c = np.ascontiguousarray(coefficients, dtype=np.float64)
    cdef Py_ssize_t count = c.shape[0], k
    cdef int degree = <int>c.shape[1] - 1
    result = np.empty((count, degree))
    cdef double[:, ::1] out = result
    cdef double* work = <double*>malloc((6 * degree + 8) * sizeof(double))
    if work == NULL:
        raise MemoryError("there is no memory for the roots of a polynomial")
    with nogil:
        for k in range(count):
            solve(&c[k, 0], degree, &out[k, 0], work)
    free(work)
    return result
