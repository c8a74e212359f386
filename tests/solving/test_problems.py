"""The roots of some fifty problems, with first and second derivatives, against Sage's symbolic implicit derivatives at 200 bits."""
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from sage.all import QQ, SR

from sage_tf.all import solve_tf

sys.path.insert(0, str(Path(__file__).parent))
from oracle import derivatives, refined  # noqa: E402
from problems import PROBLEMS  # noqa: E402


def nearest_branch(solutions, values, near):
    """Return the branch that is nearest to a point."""
    found = solutions(*values).numpy().reshape(len(solutions), -1)
    distance = np.abs(found - np.array(near, float)).sum(-1)
    return solutions[int(np.nanargmin(distance))]


def differentiated(branch, values, count):
    """Return value, first and second derivatives, for each unknown."""
    tensors = [tf.constant(v, tf.float64) for v in values]
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(tensors)
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(tensors)
            value = tf.reshape(branch(*tensors), [count])
            parts = tf.unstack(value)
        first = [inner.gradient(part, tensors) for part in parts]
    second = [[outer.gradient(g, tensors) for g in row] for row in first]
    return value.numpy(), np.array(first, float), np.array([[[t.numpy() for t in row] for row in rows] for rows in second])


def close(found, expected, tolerance):
    expected = np.array([[complex(v).real for v in row] for row in np.reshape(np.array(expected, object), (len(expected), -1))])
    found = np.reshape(found, expected.shape)
    return np.all(np.abs(found - expected) <= tolerance * (np.abs(expected) + np.max(np.abs(expected)) * 1e-3 + 1e-300))


@pytest.mark.parametrize('problem', PROBLEMS, ids=[p.name for p in PROBLEMS])
def test_root_gradient_and_hessian(problem):
    unknowns = problem.unknowns[0] if len(problem.unknowns) == 1 else problem.unknowns
    equations = problem.equations[0] if len(problem.unknowns) == 1 else problem.equations
    solutions = solve_tf(equations, unknowns, **problem.options)
    parameters = solutions.problem.parameters
    values = [float(problem.place[p]) for p in parameters]
    branch = nearest_branch(solutions, values, problem.near)
    root, first, second = differentiated(branch, values, len(problem.unknowns))
    place = {p: sage_number(v) for p, v in zip(parameters, values, strict=True)}
    simple = [problem.equations[0] if 'double' not in problem.name else simple_factor(problem)] if len(problem.unknowns) == 1 \
        else problem.equations
    exact = refined(simple, problem.unknowns, place, root)
    by_first, by_second = derivatives(simple, problem.unknowns, list(parameters), place, exact)
    assert np.allclose(root, [complex(v).real for v in exact], rtol=1e-11, atol=1e-300)
    assert close(first, by_first, 1e-8)
    assert close(second, by_second, 1e-6)


def sage_number(v):
    return SR(QQ(v))


def simple_factor(problem):
    """Return the factor of an equation with a double one that is simple at the root."""
    bases = [f.operands()[0] if f.operator() is not None and f.operator().__name__ == 'pow' else f for f in problem.equations[0].operands()]
    place = {**problem.place, problem.unknowns[0]: problem.near[0]}
    return min(bases, key=lambda f: abs(float(f.subs(place))))
