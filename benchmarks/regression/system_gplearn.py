"""gplearn, with the settings of its entry in SRBench, for as many generations as there is time for."""

import time
from importlib.metadata import version

import numpy as np
from gplearn.genetic import SymbolicRegressor

VERSION = version("gplearn")
PLAIN = {"add": "Add({0}, {1})", "sub": "({0} - {1})", "mul": "Mul({0}, {1})", "div": "({0}/{1})"}
PLAIN |= {name: f"{name}({{0}})" for name in ("log", "sqrt", "sin", "cos")}
PROTECTED = PLAIN | {"log": "log(Abs({0}))", "sqrt": "sqrt(Abs({0}))"}


def written(program, notation):
    """Return a program, gplearn's list of nodes in prefix order, as text."""
    nodes = iter(program)

    def text():
        node = next(nodes)
        if hasattr(node, "arity"):
            return notation[node.name].format(*[text() for _ in range(node.arity)])
        return f"x{node}" if isinstance(node, (int, np.integer)) else f"({float(node)!r})"

    return text()


def answer(rows, seconds, seed):
    """Return the model that is found for rows in a file, in SymPy's notation; it predicts by protected functions."""
    stored = np.load(rows)
    end = time.perf_counter() + seconds
    regressor = SymbolicRegressor(
        population_size=1000, generations=1, tournament_size=20, init_depth=(2, 6), function_set=list(PLAIN),
        metric="mean absolute error", parsimony_coefficient=0.001, p_crossover=0.9, p_subtree_mutation=0.01, p_hoist_mutation=0.01,
        p_point_mutation=0.01, p_point_replace=0.05, warm_start=True, low_memory=True, random_state=seed,
    )  # fmt: skip
    best, lowest, longest = None, float("inf"), 0.0
    while time.perf_counter() + longest < end:
        started = time.perf_counter()
        regressor.fit(stored["X"], stored["y"])
        longest = max(longest, time.perf_counter() - started)
        regressor.generations += 1
        error = regressor._program.raw_fitness_
        if error < lowest:
            best, lowest = regressor._program.program, error
        if lowest < 1e-12 * np.abs(stored["y"]).mean():
            break
    return {"model": written(best, PLAIN), "predicts": written(best, PROTECTED)}
