r"""
Solutions in closed form, as Sage finds them

EXAMPLES::

    sage: from sage_tf.solving.closed import closed_forms
    sage: y, a = var('y, a')
    sage: closed_forms([exp(x*y) - a], [y])
    [(log(a)/x,)]
    sage: closed_forms([sqrt(y) - a], [y])                      # Maxima asks for the sign of a
    [(a^2,)]
    sage: closed_forms([y + exp(y) - a], [y]) is None
    True

ALGORITHM:

Sage's ``solve`` asks Maxima, which may take for ever and cannot be interrupted safely, so it works in a process of its own that is ended
when its time is over. If Maxima asks for signs it is told that all parameters are positive: whether a form is a solution is
checked for every value later on.
"""
from random import Random

import tensorflow as tf
from sage.calculus.calculus import maxima
from sage.modules.free_module_element import vector
from sage.parallel.decorate import fork
from sage.rings.complex_mpfr import ComplexField
from sage.symbolic.relation import solve
from sage.symbolic.ring import SR

from sage_tf.solving.elimination import solved
from sage_tf.solving.newton import Found, _epsilon, _is_finite, holds
from sage_tf.solving.problem import terms_of, vanishes
from sage_tf.symbolic.tensor_function import TensorFunction

SECONDS = 20
PRECISION = 100


def closed_forms(expressions, unknowns, seconds=SECONDS):
    """
    Return closed forms of the solutions, each a tuple with one expression for each unknown; ``None`` if Sage finds not all.

    EXAMPLES::

        sage: from sage_tf.solving.closed import closed_forms
        sage: y, a = var('y, a')
        sage: closed_forms([x*y - 1, x - a*y], [x, y])
        [(-sqrt(a), -1/sqrt(a)), (sqrt(a), 1/sqrt(a))]
        sage: closed_forms([sin(y) - a], [y]), closed_forms([abs(y) - a], [y])
        ([(arcsin(a),)], [(a,), (-a,)])
    """
    maxima('0')                                                 # started here once, not in each process anew
    raw = fork(_solved, timeout=float(seconds), verbose=False)(list(expressions), list(unknowns))
    if not isinstance(raw, list) or not raw:
        return None
    known = {v for e in expressions for v in e.variables()}
    found = []
    for solution in raw:
        forms = tuple(_settled(e, known) for e in solution)
        if any(form is None or set(form.variables()) & set(unknowns) for form in forms):
            return None
        if is_solution(expressions, unknowns, forms) and not any(
                all(vanishes(a - b) for a, b in zip(forms, other, strict=True)) for other in found):
            found.append(forms)
    return found or None


def _solved(expressions, unknowns):
    """Return the solutions that Sage finds, as lists of expressions; nothing if it finds none in explicit form."""
    try:
        return _explicit(expressions, unknowns)
    except (TypeError, ValueError, RuntimeError):
        from sage.symbolic.assumptions import assume
        assume([v > 0 for v in sorted({v for e in expressions for v in e.variables()} - set(unknowns), key=str)])
        try:
            return _explicit(expressions, unknowns)
        except (TypeError, ValueError, RuntimeError):
            return []


def _explicit(expressions, unknowns):
    found = solve([e == 0 for e in expressions], *unknowns, solution_dict=True)
    if not all(isinstance(s, dict) and all(u in s for u in unknowns) for s in found):
        return []
    return [[SR(s[u]) for u in unknowns] for s in found]


def _settled(form, known):
    """Return a form without numbers that are free; ``None`` if one is free that is no integer."""
    free = [v for v in form.variables() if v not in known]
    if any(not str(v).startswith('z') for v in free):
        return None
    return form.subs({v: 0 for v in free}) if free else form


def is_solution(expressions, unknowns, forms):
    r"""
    Return whether forms solve equations at one of several random points at least, and are not extraneous.

    EXAMPLES::

        sage: from sage_tf.solving.closed import is_solution
        sage: a = var('a')
        sage: is_solution([sqrt(x) - a], [x], [a^2]), is_solution([sqrt(x) + a^2 + 1], [x], [(a^2 + 1)^2])
        (True, False)
    """
    random, field = Random(3), ComplexField(PRECISION)
    symbols = {v for e in expressions for v in e.variables()} - set(unknowns)
    for trial in range(24):
        imaginary = 0 if trial % 3 else 0.3
        point = {v: SR(field(random.uniform(-2, 2), imaginary * random.uniform(-1, 1))) for v in symbols}
        if trial % 3 == 1:
            point = {v: abs(value) for v, value in point.items()}
        try:
            place = {**point, **{u: SR(field(form.subs(point).n(PRECISION))) for u, form in zip(unknowns, forms, strict=True)}}
            if all(_holds_at(e, place, field) for e in expressions):
                return True
        except (TypeError, ValueError, ArithmeticError, RuntimeError):
            continue
    return False


def _holds_at(expression, place, field):
    values = [field(t.subs(place).n(PRECISION)) for t in terms_of(expression)]
    return sum(values).abs() <= sum(v.abs() for v in values) * field(2).abs()**(30 - PRECISION) + field(10).abs()**-25


class ClosedForms:
    r"""
    One branch for each closed form, polished by Newton's method.

    A branch is NaN at points where its form does not solve the equations.

    INPUT:

    - ``equations`` -- :class:`~sage_tf.solving.equations.Equations`

    - ``forms`` -- list of tuples of expressions in the parameters, one for each unknown

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.closed import ClosedForms
        sage: from sage_tf.solving.equations import Equations
        sage: y, a = var('y, a')
        sage: method = ClosedForms(Equations([sqrt(y) - a], [y], [a], tf.float64), [(a^2,)])
        sage: method.find([tf.constant([3.0r, -3.0r], tf.float64)], False).converged.numpy()
        array([[ True],
               [False]])
    """
    name, caution = 'closed', 4

    def __init__(self, equations, forms):
        self.equations, self.count = equations, len(forms)
        self._starts = [_Form(form, equations) for form in forms]

    def find(self, parameters, vectorized, only=None):
        """
        Return the roots, :class:`~sage_tf.solving.newton.Found`.
        """
        starts = self._starts if only is None else [self._starts[only]]
        here, beside = self._at(starts, parameters, vectorized), self._at(starts, shifted(parameters), vectorized)
        y, slack = filled(here, beside)
        return polished(self.equations, [t[..., None] for t in parameters], y, vectorized, slack, steps=3)

    def _at(self, starts, parameters, vectorized):
        """Return the values of forms, for each unknown a tensor with the branches as its last axis."""
        shape = tf.shape(parameters[0])
        points = [[tf.broadcast_to(t, shape) for t in start(parameters, vectorized)] for start in starts]
        return [tf.stack([point[j] for point in points], -1) for j in range(len(self.equations.unknowns))]


def shifted(parameters):
    """
    Return parameters beside the given ones, in a direction of no particular meaning.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.closed import shifted
        sage: [t.numpy() for t in shifted([tf.constant([0.0r, 1.0r], tf.float64)])]
        [array([8.0000000e-07, 1.0000016e+00])]
    """
    return [t + tf.cast((1 + tf.abs(t)) * 1e-6 * (0.8 + 0.37 * k), t.dtype) for k, t in enumerate(parameters)]


def filled(here, beside):
    r"""
    Return approximate roots at some points, where there are none those found beside them, and how far off each may be.

    Forms have no value where a denominator vanishes, though the root may be there.

    EXAMPLES::

        sage: import tensorflow as tf
        sage: from sage_tf.solving.closed import filled
        sage: y, slack = filled([tf.constant([1.0r, float('nan')])], [tf.constant([1.5r, 2.0r])])
        sage: y[0].numpy(), slack[0].numpy().round(6)
        (array([1., 2.], dtype=float32), array([0.001, 0.003], dtype=float32))
    """
    known = None
    for t in here:
        known = _is_finite(t) if known is None else known & _is_finite(t)
    y = [tf.where(known, a, b) for a, b in zip(here, beside, strict=True)]
    largest = tf.reduce_max(tf.stack([tf.abs(t) for t in y]), 0)
    return y, [tf.where(known, 1e-3 * tf.abs(t), 1e-3 * (1 + largest)) for t in y]


def polished(equations, parameters, y, vectorized, slack, steps=2):
    """
    Return roots that are known nearly, made exact by Newton's method, and where they are roots.

    INPUT: as for :func:`~sage_tf.solving.newton.newton`; ``slack`` is a list of tensors, the largest sizes of a step
    """
    for _ in range(steps):
        at = equations.at(parameters, y, vectorized)
        step = solved(at.jacobian, [-t for t in at.values])
        good = None
        for s, most in zip(step, slack, strict=True):
            this = _is_finite(s) & (tf.abs(s) <= most)
            good = this if good is None else good & this
        y = [tf.where(good, t + s, t) for s, t in zip(step, y, strict=True)]
    at = equations.at(parameters, y, vectorized)
    converged = tf.broadcast_to(holds(at, y, 64 * _epsilon(equations.dtype)), tf.shape(y[0]))
    residual = tf.broadcast_to(sum(map(tf.abs, at.values)), tf.shape(y[0]))
    return Found(y, converged, tf.zeros_like(converged, tf.int32) + steps, residual)


class _Form:
    """A closed form on tensors; in a real dtype complex intermediate values may lead to a real one."""

    def __init__(self, form, equations):
        self._dtype = equations.dtype
        entries, symbols = vector(SR, form), tuple(equations.parameters)
        self._plain = self._wide = None
        try:
            self._plain = TensorFunction(entries, symbols, self._dtype)
        except TypeError:                                       # I is in it
            pass
        if not self._dtype.is_complex and (self._plain is None or sum(map(_many_valued, form)) > 1):
            try:
                self._wide = TensorFunction(entries, symbols, 'complex128' if self._dtype == tf.float64 else 'complex64')
            except NotImplementedError:
                if self._plain is None:
                    raise

    def __call__(self, parameters, vectorized):
        values = None if self._plain is None else self._plain._program(vectorized)(parameters)
        if self._wide is None:
            return values
        wide = self._wide._program(False)([tf.cast(t, self._wide.dtype()) for t in parameters])
        nowhere = tf.constant(float('nan'), self._dtype)
        wide = [tf.where(tf.abs(tf.math.imag(t)) <= 2.0**-20 * tf.abs(t), tf.math.real(t), nowhere) for t in wide]
        return wide if values is None else [tf.where(v == v, v, w) for v, w in zip(values, wide, strict=True)]


def _many_valued(e):
    """Return how many functions with several values are in an expression, as far as 2."""
    count = 0
    stack = [e]
    while stack and count < 2:
        node = stack.pop()
        head = node.operator()
        if head is not None:
            operands = node.operands()
            is_root = getattr(head, '__name__', '') == 'pow' and not operands[1].is_integer()
            count += is_root or str(head).startswith(('arc', 'log', 'lambert'))
            stack.extend(operands)
    return count
