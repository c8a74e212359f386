r"""
Orthogonal polynomials, Legendre functions and spherical harmonics on tensors

EXAMPLES::

    sage: import tensorflow as tf
    sage: from sage_tf.symbolic.special.orthogonal import ROWS
    sage: ROWS['legendre_P'].real(tf.constant(0.5r, tf.float64), tf.constant([-0.5r, 2.0r], tf.float64)).numpy()
    array([0.16908392, 1.32913816])
    sage: n(legendre_P(1/2, -1/2)), n(legendre_P(1/2, 2))
    (0.169083924571690, 1.32913816218536)

Polynomials of a constant degree are computed by recurrence, see :mod:`~sage_tf.symbolic.special.polynomials`. All else is mpmath's, and
so are the derivatives by every argument.
"""
from functools import partial

from sage_tf.symbolic.row import Row
from sage_tf.symbolic.special.host import by_mpmath
from sage_tf.symbolic.special.polynomials import CONSTANTS


def _laguerre(n, x):
    """Return the Laguerre function of mpmath, which has no value at the negative integers n."""
    import mpmath
    return mpmath.exp(x) * mpmath.laguerre(-n - 1, 0, -x) if mpmath.re(n) < 0 else mpmath.laguerre(n, 0, x)


def _hermite(n, x):
    """
    Return the Hermite function as Sage defines it, ``(2x)^n*2F0(-n/2, (1-n)/2; ; -1/x^2)``, with a cut for x < 0.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.orthogonal import _hermite
        sage: mpmath.nstr(_hermite(mpmath.mpf(0.5r), mpmath.mpf(-2)), 6), CC(hermite(CC(1/2), CC(-2)))
        ('(0.0 + 2.0284j)', ...e-16 + 2.02839565449673*I)
    """
    import mpmath
    if mpmath.re(x) >= 0 or mpmath.isint(n):
        return mpmath.hermite(n, x)
    return mpmath.power(2 * x, n) / mpmath.power(-2 * x, n) * mpmath.hermite(n, -x)


def _gegenbauer(n, a, x):
    """Return the Gegenbauer function of mpmath, which has 0 for n = a = 0."""
    import mpmath
    return mpmath.gegenbauer(n, a, x) if n else mpmath.mpf(1)


def _gen_legendre_q(n, m, x):
    """
    Return the Legendre function of the second kind of mpmath, at 0 by DLMF 14.5.3.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.orthogonal import _gen_legendre_q
        sage: [mpmath.nstr(_gen_legendre_q(mpmath.mpf(2.5r), 1r, mpmath.mpf(t)), 6) for t in (0.0r, 1e-9r)]
        ['1.54506', '1.54506']
    """
    import mpmath
    if x:
        return mpmath.legenq(n, m, x)
    scale = -mpmath.mpf(2)**(m - 1) * mpmath.sqrt(mpmath.pi) * mpmath.sinpi((n + m) / 2)
    return scale * mpmath.gammaprod([(n + m + 1) / 2], [(n - m) / 2 + 1])


def _legendre_q(n, x):
    """Return the Legendre function of the second kind of order 0."""
    return _gen_legendre_q(n, 0, x)


def _jacobi_p(n, a, b, x):
    """
    Return the Jacobi function, by DLMF 18.5.7; mpmath's own is right for integer degrees only where a is an integer and b is not.

    EXAMPLES::

        sage: import mpmath
        sage: from sage_tf.symbolic.special.orthogonal import _jacobi_p
        sage: mpmath.chop(_jacobi_p(0.625r, 0r, mpmath.pi, 2r)), jacobi_P(5/8, 0, pi, 2).n()
        (mpf('2.21960226215706...'), 2.21960226215706)
    """
    import mpmath
    return mpmath.hypercomb(lambda a: [([], [], [a + n + 1], [n + 1, a + 1], [-n, a + b + n + 1], [a + 1], (1 - x) / 2)], [a])


def _krawtchouk(j, x, n, p):
    """Return the Krawtchouk function as Sage defines it."""
    import mpmath
    return mpmath.power(-p, j) * mpmath.binomial(n, j) * mpmath.hyp2f1(-j, -x, -n, 1 / p)


def _meixner(n, x, b, c):
    """Return the Meixner function as Sage defines it."""
    import mpmath
    return mpmath.rf(b, n) * mpmath.hyp2f1(-n, -x, b, 1 - 1 / c)


def _hahn(k, x, a, b, n):
    """Return the Hahn function as Sage defines it."""
    import mpmath
    return mpmath.hyp3f2(-k, k + a + b + 1, -x, a + 1, -n, 1)


def _on_reals(function, *arguments):
    """Return the value of a function of mpmath, which tells integers only among the numbers that are no complex ones."""
    import mpmath
    evaluate = getattr(mpmath, function) if isinstance(function, str) else function
    return evaluate(*[mpmath.re(a) if mpmath.im(a) == 0 else a for a in arguments])


def _row(name, function, arity):
    """Return the row of a function of mpmath."""
    found = by_mpmath(partial(_on_reals, function), arity)
    constants = CONSTANTS.get(name)
    return Row(found, found, arity, 'host', _NOTE if constants else '', constants)


_NOTE = 'for a constant integer degree a recurrence, which XLA compiles'

ROWS = {name: _row(name, *row) for name, row in {
    'chebyshev_T': ('chebyt', 2),
    'chebyshev_U': ('chebyu', 2),
    'legendre_P': ('legendre', 2),
    'legendre_Q': (_legendre_q, 2),
    'gen_legendre_P': ('legenp', 3),
    'gen_legendre_Q': (_gen_legendre_q, 3),
    'hermite': (_hermite, 2),
    'laguerre': (_laguerre, 2),
    'gen_laguerre': ('laguerre', 3),
    'gegenbauer': (_gegenbauer, 3),
    'jacobi_P': (_jacobi_p, 4),
    'krawtchouk': (_krawtchouk, 4),
    'meixner': (_meixner, 4),
    'hahn': (_hahn, 5),
    'spherical_harmonic': ('spherharm', 4),
}.items()}
