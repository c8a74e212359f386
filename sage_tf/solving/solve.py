r"""
Equations whose solutions are functions on tensors

EXAMPLES:

The solutions of `x^2 = 4` are constants, also to a tape; their gradient is 0, not missing::

    sage: from sage_tf.all import *
    sage: s = solve_tf(x^2 - 4 == 0, x); s.expressions()
    [-2, 2]
    sage: v = tf.Variable(2.0, dtype='float64')
    sage: with tf.GradientTape() as tape:
    ....:     loss = s[1](v)^2
    sage: float(loss), float(tape.gradient(loss, v))
    (4.0, 0.0)

The solution as a TensorFlow function, at x = 2::

    sage: float(s[0](2)), float(s[1](x=2))
    (-2.0, 2.0)

The circle, solved for y: at x = 1 the gradient of y^2 is -x*(2*y)/y = -2 on both branches::

    sage: y = var('y')
    sage: circle = solve_tf(x^2 + y^2 == 9, y); circle.expressions()
    [-sqrt(-x^2 + 9), sqrt(-x^2 + 9)]
    sage: t = tf.constant(1.0, tf.float64)
    sage: for branch in circle:
    ....:     with tf.GradientTape() as tape:
    ....:         tape.watch(t)
    ....:         loss = branch(t)^2
    ....:     print(float(tape.gradient(loss, t)).__round__(12r))
    -2.0
    -2.0

The same in a training loop that learns a radius from points of a circle::

    sage: r = var('r')
    sage: upper = solve_tf(x^2 + y^2 == r^2, y)[1]; upper.variables()
    (r, x)
    sage: xs = tf.linspace(-2, 2, 20); xs = tf.cast(xs, tf.float64)
    sage: ys = tf.sqrt(9 - xs^2)
    sage: radius = tf.Variable(4.0, dtype='float64')
    sage: optimizer = keras.optimizers.Adam(0.1)
    sage: for step in range(200):
    ....:     with tf.GradientTape() as tape:
    ....:         loss = tf.reduce_mean((upper(radius, xs) - ys)^2)
    ....:     _ = optimizer.apply_gradients([(tape.gradient(loss, radius), radius)])
    sage: abs(float(radius) - 3) < 1e-3
    True
"""
import tensorflow as tf
from sage.structure.element import Expression, Vector
from sage.symbolic.ring import SR

from sage_tf.solving.closed import ClosedForms, closed_forms
from sage_tf.solving.equations import Equations
from sage_tf.solving.factors import factors, radicals
from sage_tf.solving.guesses import FromGuesses, Searched
from sage_tf.solving.polynomials import PolynomialRoots
from sage_tf.solving.problem import Problem
from sage_tf.solving.solutions import Group, Solutions
from sage_tf.symbolic.values import checked_dtype

METHODS = ('auto', 'closed', 'polynomial', 'newton')


def solve_tf(equations, unknowns, method='auto', guess=None, dtype=tf.float64, variables=None):
    r"""
    Return the solutions of equations as functions on tensors, differentiable by the parameters.

    INPUT:

    - ``equations`` -- an equation, an expression that is to vanish, or a list of them

    - ``unknowns`` -- symbol, or list of symbols, as many as equations; all other variables are parameters

    - ``method`` -- ``'auto'`` (default): the first of the others that serves, for each factor of an equation; ``'closed'``: what Sage's ``solve`` finds;
      ``'polynomial'``: all roots of polynomial equations, numerically; ``'newton'``: Newton's method, damped

    - ``guess`` -- where Newton's method starts: a number or an expression in the parameters, for several unknowns a list or a
      dictionary of them. A list of several guesses gives as many branches. With a guess ``'auto'`` is ``'newton'``. Without, Newton's method
      looks for one root itself, from several starts.

    - ``dtype`` -- ``float64`` (default), ``float32``, ``complex128`` or ``complex64``; in a real dtype a branch is NaN where it is not real

    - ``variables`` -- the parameters in the order of a call (default: in alphabetical order)

    OUTPUT: :class:`~sage_tf.solving.solutions.Solutions`

    Roots that are polynomials' of degree 3 and more are in order: the real ones first, ascending, so that each is continuous as long as no two meet.
    Multiplicities are told, not repeated. A value that is no solution is NaN: where a closed form does not hold, where Newton's method does not
    converge. Where roots meet, as on a fold, derivatives are infinite or NaN.

    Raises TypeError for what is no equation, symbol or method; ValueError for an equation that is identically true or false, has no unknown in it, for
    systems that are overdetermined, inconsistent or have infinitely many solutions, and for guesses of a wrong shape;
    NotImplementedError where the method asked for finds nothing.

    EXAMPLES::

        sage: from sage_tf.all import *
        sage: y, a, b = var('y, a, b')
        sage: s = solve_tf(a*exp(b*y) == 2, y); s.expressions()
        [log(2/a)/b]
        sage: solve_tf(y - a*sin(y) == b, y)(0.5, 1).numpy()
        array([1.49870113])
        sage: find_root(x - 0.5*sin(x) == 1, 0, 3)                  # abs tol 1e-10
        1.4987011335178484

    Guesses may be expressions; several give several branches::

        sage: solve_tf(cos(y) == a*y, y, guess=[1/(1 + a), -4 + a])(0.2).numpy()
        array([ 1.30644001, -3.83746711])

    TESTS::

        sage: solve_tf(y^2 == a, y, method='magic')
        Traceback (most recent call last):
        ...
        TypeError: method='magic' was given; expected one of auto, closed, polynomial, newton
        sage: solve_tf(y + exp(y) == a, y, method='closed')
        Traceback (most recent call last):
        ...
        NotImplementedError: Sage finds no closed form of all solutions of y + e^y == a for (y); expected that with method='closed'; leave method= out
        sage: solve_tf([y + exp(x) == a, x - y], [x, y], guess=[1, 2, 3])
        Traceback (most recent call last):
        ...
        ValueError: guess=[1, 2, 3] was given for 2 unknowns; expected as many numbers or expressions, or a list of several such guesses
        sage: solve_tf(y + exp(y) == a, y, guess=y)
        Traceback (most recent call last):
        ...
        ValueError: the guess y depends on y; expected numbers, or expressions in the parameters (a)
    """
    if method not in METHODS:
        raise TypeError(f"method={method!r} was given; expected one of {', '.join(METHODS)}")
    dtype = checked_dtype(dtype)
    problem = Problem(equations, unknowns, variables)
    guesses = None if guess is None else _guesses(guess, problem)
    # Without parameters the unknowns take their place in a call: these stand for them.
    symbols = problem.parameters or tuple(SR.symbol() for _ in problem.unknowns)
    if method == 'newton' or guesses is not None and method == 'auto':
        groups = [_by_newton(Equations(problem.equations, problem.unknowns, symbols, dtype), guesses)]
    elif len(problem.unknowns) == 1:
        groups = _of_one_unknown(problem, symbols, dtype, method)
    else:
        from sage_tf.solving.systems import of_several_unknowns
        groups = of_several_unknowns(problem, symbols, dtype, method)
    return Solutions(problem, groups, dtype, (equations, unknowns, method, guess, dtype.name, variables))


def _by_newton(equations, guesses=None):
    """Return the branches that Newton's method finds."""
    method = Searched(equations) if guesses is None else FromGuesses(equations, guesses)
    return Group(method, None, [1] * method.count)


def _of_one_unknown(problem, symbols, dtype, method):
    """Return the branches of an equation in one unknown, factor by factor."""
    groups = []
    for factor in factors(problem.equations[0], problem.unknowns[0]):
        groups.extend(_of_factor(factor, problem, symbols, dtype, method))
    if not groups:
        raise ValueError(f"the equation {problem!r} has no solution: its numerator does not depend on the unknown")
    return groups


def _of_factor(factor, problem, symbols, dtype, method):
    """Return the branches of a factor of an equation."""
    unknown = problem.unknowns[0]
    equations = Equations([factor.expression], [unknown], symbols, dtype)
    if factor.coefficients is not None and (method != 'closed' or len(factor.coefficients) <= 3):
        roots = PolynomialRoots(equations, factor.coefficients, factor.excluded)
        forms = radicals(factor.coefficients)
        return [Group(roots, forms and [(form,) for form in forms], [factor.multiplicity] * roots.count)]
    if method == 'polynomial':
        raise NotImplementedError(f"{factor.expression} == 0 is no polynomial equation in {unknown}; expected one with method='polynomial'; "
                                  "leave method= out")
    forms = closed_forms([factor.expression], [unknown])
    if forms is not None:
        return [Group(ClosedForms(equations, forms), forms, [factor.multiplicity] * len(forms))]
    if method == 'closed':
        raise NotImplementedError(f"Sage finds no closed form of all solutions of {problem!r}; expected that with method='closed'; "
                                  "leave method= out")
    return [_by_newton(equations)]


def _guesses(guess, problem):
    """Return guesses as a list of lists with one expression for each unknown."""
    unknowns = problem.unknowns
    if isinstance(guess, dict):
        guess = _from_dictionary(guess, unknowns)
    if problem.is_single:
        several = list(guess) if isinstance(guess, (list, tuple, Vector)) else [guess]
        several = [[g] for g in several]
    else:
        rows = list(guess) if isinstance(guess, (list, tuple, Vector)) else [guess]
        several = rows if rows and all(isinstance(row, (list, tuple, Vector, dict)) for row in rows) else [rows]
        several = [_from_dictionary(row, unknowns) if isinstance(row, dict) else list(row) for row in several]
    if not several or any(len(row) != len(unknowns) or any(isinstance(g, (list, tuple, Vector)) for g in row) for row in several):
        wanted = f"{len(unknowns)} unknowns; expected as many numbers or expressions, or a list of several such guesses" \
            if not problem.is_single else "one unknown; expected a number or an expression, or a list of several"
        raise ValueError(f"guess={guess!r} was given for {wanted}")
    return [[_expression(g, problem) for g in row] for row in several]


def _from_dictionary(guess, unknowns):
    missing = [u for u in unknowns if u not in guess]
    if missing or len(guess) > len(unknowns):
        raise ValueError(f"guess={guess!r} was given; expected one value for each of the unknowns ({', '.join(map(str, unknowns))})")
    return [guess[u] for u in unknowns] if len(unknowns) > 1 else guess[unknowns[0]]


def _expression(guess, problem):
    """Return a guess as an expression in the parameters."""
    shape = getattr(guess, 'shape', ())
    if not isinstance(guess, Expression) and (callable(shape) or len(shape)):
        raise ValueError(f"a guess of shape {tuple(shape() if callable(shape) else shape)} was given; expected a number or an expression for each "
                         "unknown; a start that differs from point to point is an expression in the parameters")
    if hasattr(guess, 'numpy'):
        guess = guess.numpy().item()
    try:
        guess = SR(guess)
    except TypeError:
        raise TypeError(f"{guess!r} was given as a guess; expected a number or an expression") from None
    wrong = [v for v in guess.variables() if v not in problem.parameters]
    if wrong:
        raise ValueError(f"the guess {guess} depends on {wrong[0]}; expected numbers, or expressions in the parameters "
                         f"({', '.join(map(str, problem.parameters))})")
    return guess
