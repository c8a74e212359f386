"""
The grader of SRBench's ground-truth track.

A model is a solution if it fits the test rows half-way and, simplified, differs from the truth by a constant or by a constant factor.

REFERENCES: W. La Cava et al., Contemporary symbolic regression methods and their relative performance, NeurIPS 2021, section 4.2.
"""

import numpy as np
import sympy

from .expressions import generic, nodes, read, values

FITS = 0.5  # R2 on the test rows, at least, of a model that may be a solution
PI = sympy.Float("3.1415926535")
DECIMALS = 3
SMALLEST = 1e-4  # of a number that is not 0


def rounded(expression):
    """Return an expression with the floats rounded to three decimals, and to 0 where they are small."""
    return expression.xreplace(
        {number: sympy.Integer(0) if abs(number) < SMALLEST else round(number, DECIMALS) for number in expression.atoms(sympy.Float)}
    )


def without_pi(expression):
    return expression.xreplace({sympy.pi: PI})


def is_solution(truth, model):
    """
    Return whether a model is the truth by SRBench's rule.

    Its details are those of SRBench's own program, since they decide: the model is rounded when it has been simplified, what is
    compared is rounded again, the difference is simplified where it must be, the quotient is not but for what ``is_constant`` does.
    """
    model = rounded(sympy.simplify(without_pi(model), ratio=1))
    if model.is_number:
        return False
    truth = without_pi(truth)
    if rounded(model / truth).is_constant():
        return True
    difference = rounded(truth - model)
    return bool(difference.is_constant() or rounded(sympy.simplify(difference, ratio=1)).is_constant())


def r2(y, predicted):
    """Return the coefficient of determination, minus infinity where there is a value that is no number."""
    if not np.isfinite(predicted).all():
        return -np.inf
    return float(1 - np.sum((y - predicted) ** 2) / np.sum((y - y.mean()) ** 2))


def accuracy(model, variables, X, y):
    """Return the R2 of a model on test rows, and its number of nodes."""
    expression = read(model, generic(variables) | {f"x{k}": f"x{k}" for k in range(len(variables))})
    return r2(y, values(expression, len(variables), X)), nodes(expression)


def solves(truth, model, variables):
    """Return whether a model in x0, x1, ... is the truth in the given variables."""
    generics = {f"x{k}": f"x{k}" for k in range(len(variables))}
    return is_solution(read(truth, generic(variables)), read(model, generics))
