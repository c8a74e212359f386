# cython: language_level=3, boundscheck=False, wraparound=False
r"""
The loops behind the gates: many numbers into one block of memory

Each loop asks an object's own C slot (``__float__``, ``__complex__``, ``__index__``) where its type is known to answer with
the correctly rounded value, and hands every other object to a Python function.

EXAMPLES::

    sage: from sage_tf.conversion.entries import fill_real
    sage: import numpy
    sage: block = numpy.empty(3r)
    sage: fill_real([1, 1/3, 2.5], block, lambda x: float(x))
    sage: block
    array([1.        , 0.33333333, 2.5       ])
"""
from libc.math cimport isinf


cdef extern from "Python.h":
    double PyFloat_AsDouble(object) except? -1.0
    ctypedef struct Py_complex:
        double real
        double imag
    Py_complex PyComplex_AsCComplex(object) except *
    object PyNumber_Index(object)
    long long PyLong_AsLongLongAndOverflow(object, int *) except? -1


cdef set _trusted = set()
cdef object _RealNumber = None


def trust(types, real_number):
    r"""
    Declare the types whose ``__float__`` rounds to nearest.

    INPUT:

    - ``types`` -- iterable of types

    - ``real_number`` -- Sage's class of MPFR numbers, which round as their field does

    EXAMPLES::

        sage: from sage_tf.conversion import entries
        sage: from sage.rings.real_mpfr import RealNumber
        sage: entries.trust([int, float, Integer, Rational], RealNumber)
    """
    global _RealNumber
    _trusted.update(types)
    _RealNumber = real_number


cdef class _Gatekeeper:
    """
    Tells, for one object after the other, whether its own slot may be asked; the last answer is kept.
    """
    cdef object last_type
    cdef object last_parent
    cdef bint last_answer

    def __cinit__(self):
        self.last_type = None
        self.last_parent = None
        self.last_answer = False

    cdef bint trusts(self, x) except -1:
        cdef type kind = type(x)
        cdef object parent
        if kind is not self.last_type:
            self.last_type = kind
            self.last_answer = kind in _trusted
            self.last_parent = None
        if _RealNumber is not None and issubclass(kind, _RealNumber):
            parent = x.parent()
            if parent is not self.last_parent:
                self.last_parent = parent
                self.last_answer = parent.rounding_mode() == 'RNDN'
        return self.last_answer


cdef bint _reads(x, double *value) except -1:
    """
    Read the nearest double of a number of a trusted type; return whether it is settled, which an infinity is not (it may be an overflow).
    """
    try:
        value[0] = PyFloat_AsDouble(x)
    except OverflowError:
        return False
    return not isinf(value[0])


def fill_real(items, double[::1] block, slow):
    r"""
    Fill a block with the ``float64`` values nearest to real numbers.

    INPUT:

    - ``items`` -- iterable of as many numbers as the block is long

    - ``block`` -- contiguous ``float64`` array, changed in place

    - ``slow`` -- function of a number, called where the type's own ``__float__`` is not known to round to nearest, and where
      it gives an infinity (which may be an overflow)

    EXAMPLES::

        sage: from sage_tf.conversion.entries import fill_real
        sage: import numpy
        sage: block = numpy.empty(2r)
        sage: fill_real([2^60 + 1, AA(2).sqrt()], block, lambda x: 7.0r)
        sage: block.tolist()
        [1.152921504606847e+18, 7.0]

    TESTS::

        sage: fill_real([1], block, float)
        Traceback (most recent call last):
        ...
        ValueError: 1 numbers given for a block of 2
    """
    cdef Py_ssize_t i = 0, n = block.shape[0]
    cdef double value
    cdef _Gatekeeper gate = _Gatekeeper()
    for x in items:
        if i == n:
            raise ValueError(f"more than {n} numbers given for a block of {n}")
        if not (gate.trusts(x) and _reads(x, &value)):
            value = slow(x)
        block[i] = value
        i += 1
    if i != n:
        raise ValueError(f"{i} numbers given for a block of {n}")


def fill_complex(items, double[:, ::1] block, slow, complex_types):
    r"""
    Fill a block with the ``complex128`` values nearest to complex numbers, part by part.

    INPUT: as for :func:`fill_real`, and

    - ``block`` -- contiguous ``float64`` array of two columns, the real and the imaginary parts (C's complex arithmetic would lose signed
      zeros and infinities)

    - ``complex_types`` -- the types whose ``__complex__`` rounds to nearest

    EXAMPLES::

        sage: from sage_tf.conversion.entries import fill_complex
        sage: import numpy
        sage: block = numpy.empty((2r, 2r))
        sage: fill_complex([CDF(1, 2), 1/2], block, complex, {type(CDF(0))})
        sage: block.tolist()
        [[1.0, 2.0], [0.5, 0.0]]
    """
    cdef Py_ssize_t i = 0, n = block.shape[0]
    cdef Py_complex value
    cdef _Gatekeeper gate = _Gatekeeper()
    for x in items:
        if i == n:
            raise ValueError(f"more than {n} numbers given for a block of {n}")
        if type(x) in complex_types:
            value = PyComplex_AsCComplex(x)
            if isinf(value.real) or isinf(value.imag):
                value = PyComplex_AsCComplex(slow(x))
        elif gate.trusts(x) and _reads(x, &value.real):
            value.imag = 0
        else:
            value = PyComplex_AsCComplex(slow(x))
        block[i, 0], block[i, 1] = value.real, value.imag
        i += 1
    if i != n:
        raise ValueError(f"{i} numbers given for a block of {n}")


def fill_integer(items, long long[::1] block, slow):
    r"""
    Fill a block with integers that fit 64 bits.

    INPUT: as for :func:`fill_real`; ``slow`` is called where an object has no ``__index__`` or does not fit

    EXAMPLES::

        sage: from sage_tf.conversion.entries import fill_integer
        sage: import numpy
        sage: block = numpy.empty(2r, dtype='int64')
        sage: fill_integer([-2^63, 4/2], block, int)
        sage: block.tolist()
        [-9223372036854775808, 2]
    """
    cdef Py_ssize_t i = 0, n = block.shape[0]
    cdef long long value
    cdef int overflow
    for x in items:
        if i == n:
            raise ValueError(f"more than {n} numbers given for a block of {n}")
        overflow = 0
        try:
            value = PyLong_AsLongLongAndOverflow(PyNumber_Index(x), &overflow)
        except TypeError:
            value = slow(x)
        if overflow:
            value = slow(x)
        block[i] = value
        i += 1
    if i != n:
        raise ValueError(f"{i} numbers given for a block of {n}")


def samples_of(items):
    r"""
    Return one item for each parent of Sage elements and each type of everything else in a list.

    OUTPUT: dictionary from parents and types to the first item of that kind, in order of appearance

    EXAMPLES::

        sage: from sage_tf.conversion.entries import samples_of
        sage: list(samples_of([1, 2, 1/2, 3r]).items())
        [(Integer Ring, 1), (Rational Field, 1/2), (<class 'int'>, 3)]
    """
    cdef dict samples = {}
    cdef object last = None, last_type = None, kind
    cdef bint has_parent = False
    for x in items:
        kind = type(x)
        if kind is not last_type:
            last_type = kind
            has_parent = hasattr(kind, 'parent')
        if has_parent:
            kind = x.parent()
        if kind is not last:
            samples.setdefault(kind, x)
            last = kind
    return samples


cdef extern from *:
    """
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #define NPY_TARGET_VERSION NPY_1_22_API_VERSION
    #include <numpy/arrayobject.h>

    /* TensorFlow takes a buffer over without a copy only where it is aligned to a cache line. */
    #define SAGE_TF_ALIGNMENT 64
    #define SAGE_TF_HUGE (1 << 22)

    static void *sage_tf_malloc(void *context, size_t size) {
        void *block = NULL;
        (void)context;
        if (posix_memalign(&block, SAGE_TF_ALIGNMENT, size ? size : 1)) return NULL;
    #ifdef MADV_HUGEPAGE
        /* As NumPy does: without it the kernel's page faults cost more than the copy. */
        if (size >= SAGE_TF_HUGE) {
            size_t page = 4096, skip = page - (size_t)block % page;
            madvise((char *)block + skip, size - skip, MADV_HUGEPAGE);
        }
    #endif
        return block;
    }
    static void *sage_tf_calloc(void *context, size_t count, size_t size) {
        void *block;
        if (size && count > ((size_t)-1) / size) return NULL;
        block = sage_tf_malloc(context, count * size);
        if (block) memset(block, 0, count * size);
        return block;
    }
    static void *sage_tf_realloc(void *context, void *old, size_t size) {
        (void)context;
        return realloc(old, size);
    }
    static void sage_tf_free(void *context, void *block, size_t size) {
        (void)context; (void)size;
        free(block);
    }
    static PyDataMem_Handler sage_tf_handler = {
        "sage_tf_aligned", 1,
        {NULL, sage_tf_malloc, sage_tf_calloc, sage_tf_realloc, sage_tf_free}
    };
    static int sage_tf_import_numpy(void) { import_array1(-1); return 0; }
    static PyObject *sage_tf_capsule(void) { return PyCapsule_New(&sage_tf_handler, "mem_handler", NULL); }
    """
    int sage_tf_import_numpy() except -1
    object sage_tf_capsule()
    object PyDataMem_SetHandler(object)


sage_tf_import_numpy()


def aligned(make):
    r"""
    Call a function while NumPy allocates its arrays on 64-byte boundaries.

    INPUT:

    - ``make`` -- function without arguments

    OUTPUT: what the function returns

    EXAMPLES::

        sage: from sage_tf.conversion.entries import aligned
        sage: import numpy
        sage: all(aligned(lambda: numpy.ones(k)).ctypes.data % 64 == 0 for k in range(1, 50))
        True
    """
    previous = PyDataMem_SetHandler(sage_tf_capsule())
    try:
        return make()
    finally:
        PyDataMem_SetHandler(previous)
