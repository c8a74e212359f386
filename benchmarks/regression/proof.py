"""The process that proves or refutes, by Sage, that a model equals the truth on the ranges of its variables."""

import sage.all  # noqa: F401
import sympy
from sage.interfaces.sympy import sympy_init
from sage.symbolic.ring import SR

from sage_tf.regression.equivalence import equivalent

from .expressions import generic, read

SECONDS = 20


def exactly(expression):
    """Return a formula of SymPy with the decimals that are written in it as fractions."""
    return expression.xreplace({number: sympy.Rational(str(number)) for number in expression.atoms(sympy.Float)})


def answer(truth, model, variables, ranges):
    """Return ``proved``, ``refuted`` or ``undecided``."""
    sympy_init()
    names = generic(variables)
    truth = SR(exactly(read(truth, names)))
    model = SR(read(model, {name: name for name in names.values()}))
    box = {SR.var(names[name]): tuple(ends) for name, ends in zip(variables, ranges, strict=True)}
    return {"verdict": equivalent(truth, model, box, time_limit=SECONDS).status}
