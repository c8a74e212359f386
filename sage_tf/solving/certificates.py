r"""
Proofs that there is a solution next to a number

EXAMPLES::

    sage: from sage_tf.all import *
    sage: y = var('y')
    sage: s = solve_tf(y^5 + y == x, y)
    sage: proof = s.certify(1)
    sage: proof[0].is_proved, proof[0].radius < 1e-14
    (True, True)
    sage: abs(proof[0].enclosure[0].center() - s.expressions()[0](x=1).n(120)) < 1e-30
    True
    sage: [p.is_proved for p in proof]                          # the other roots are complex
    [True, False, False, False, False]

ALGORITHM:

The operator of Krawczyk, which is Newton's method for intervals with a matrix of numbers in place of the inverse: if it maps a box around the
number into the box, there is a root in it, and only one. Equations and derivatives are evaluated with intervals (RIF, or CIF for complex
dtypes), at the parameters as TensorFlow has them.

REFERENCES:

- R. Moore, R. Kearfott, M. Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 8
"""
from collections import namedtuple

from sage.ext.fast_callable import fast_callable
from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.cc import CC
from sage.rings.complex_interval_field import ComplexIntervalField
from sage.rings.real_mpfi import RealIntervalField

#: A number for which it was tried, whether there is exactly one root within the radius, that radius (in each unknown), and intervals
#: that hold the root.
Certificate = namedtuple('Certificate', 'values is_proved radius enclosure')

PRECISION = 120
RADII = tuple(2.0**-k for k in (50, 47, 44, 40, 36, 30, 24, 18, 12))


def certificates(problem, parameters, roots, is_complex, radius=None):
    r"""
    Return the certificates of roots.

    INPUT:

    - ``problem`` -- :class:`~sage_tf.solving.problem.Problem`

    - ``parameters`` -- list of numbers

    - ``roots`` -- list of lists of numbers, one for each unknown

    - ``is_complex`` -- whether they are complex

    - ``radius`` -- the radius to prove (default: the least of several, relative to the root, with which it succeeds)
    """
    field = (ComplexIntervalField if is_complex else RealIntervalField)(PRECISION)
    symbols = (*problem.parameters, *problem.unknowns)
    try:
        functions = [fast_callable(e, vars=symbols, domain=field) for e in problem.equations]
        slopes = [[fast_callable(e.diff(u), vars=symbols, domain=field) for u in problem.unknowns] for e in problem.equations]
    except (TypeError, ValueError, NotImplementedError, AttributeError) as error:
        raise NotImplementedError(f"intervals know no form of the equations {problem!r}: {error}; only functions of Sage's interval fields can be "
                                  "certified") from None
    place = [field(p) for p in parameters]
    return [_certificate(functions, slopes, place, list(root), field, radius) for root in roots]


def _certificate(functions, slopes, place, root, field, radius):
    """Return the certificate of a root, tried with larger and larger boxes."""
    if any(v != v for v in root):
        return Certificate(root, False, float('nan'), None)
    size = max(1e-300, max(abs(v) for v in root))
    centre = vector(field, [field(v) for v in root])
    for r in RADII if radius is None else [float(radius) / size]:
        box = vector(field, [_widened(c, r * size, field) for c in centre])
        image = _krawczyk(functions, slopes, place, centre, box, field)
        if image is not None and all(_is_inside(i, b) for i, b in zip(image, box, strict=True)):
            return Certificate(root, True, r * size, image)
    return Certificate(root, False, float('nan') if radius is None else float(radius), None)


def _widened(c, r, field):
    """Return the numbers that are not farther than r from an interval, in each part."""
    if _is_complex(field):
        real = RealIntervalField(PRECISION)
        return field(c.real() + real(-r, r), c.imag() + real(-r, r))
    return c + field(-r, r)


def _is_complex(field):
    return field is ComplexIntervalField(PRECISION)


def _is_inside(image, box):
    """Return whether an interval is in the interior of another one."""
    if _is_complex(image.parent()):
        return _is_inside(image.real(), box.real()) and _is_inside(image.imag(), box.imag())
    return not image.is_NaN() and box.lower() < image.lower() and image.upper() < box.upper()


def _krawczyk(functions, slopes, place, centre, box, field):
    """Return the image of a box under the operator of Krawczyk, ``None`` where there is none."""
    try:
        value = vector(field, [f(*place, *centre) for f in functions])
        around = matrix(field, [[f(*place, *box) for f in row] for row in slopes])
        middle = matrix(CC, [[CC(f(*place, *centre).center()) for f in row] for row in slopes])
        inverse = middle.inverse()
    except (ZeroDivisionError, ValueError, ArithmeticError, TypeError):
        return None
    near = matrix(field, [[field(v) if _is_complex(field) else field(v.real()) for v in row] for row in inverse])
    unit = matrix.identity(field, len(functions))
    return centre - near * value + (unit - near * around) * (box - centre)
