"""Problems: a formula, its variables and their ranges, and rows drawn from them."""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .expressions import generic, read, values
from .laws import LAWS

ROWS = 1000
SETS = ["feynman", "strogatz", "nguyen", "keijzer"]  # those of a directory of problems; SRBench's are parts of the first two


@dataclass(frozen=True)
class Problem:
    """A law to be found."""

    set: str
    name: str
    formula: str  # in SymPy's notation
    ranges: dict  # name of a variable -> its least and its greatest value
    in_srbench: bool = False

    @property
    def variables(self):
        return list(self.ranges)

    def rows(self, seed, part):
        """
        Return rows and values without noise, for training (part 0) or testing (part 1).

        The rows are uniform on the ranges; those at which the formula has no finite real value are drawn again.
        """
        expression = read(self.formula, generic(self.variables))
        random = np.random.default_rng([seed, part, zlib.crc32(self.name.encode())])
        low, high = np.array(list(self.ranges.values()), dtype=float).T
        X, y = np.empty((0, len(low))), np.empty(0)
        for _ in range(100):
            drawn = random.uniform(low, high, (ROWS, len(low)))
            found = values(expression, len(low), drawn)
            good = np.isfinite(found)
            X, y = np.concatenate([X, drawn[good]])[:ROWS], np.concatenate([y, found[good]])[:ROWS]
            if len(y) == ROWS:
                return X, y
        raise ValueError(f"{self.name} has hardly any finite real values on its ranges")

    def training(self, seed, noise):
        """Return the rows of the training and their values, with noise of so many times their root mean square."""
        X, y = self.rows(seed, 0)
        random = np.random.default_rng([seed, 2, zlib.crc32(self.name.encode())])
        return X, y + noise * np.sqrt(np.mean(y**2)) * random.standard_normal(len(y))

    def testing(self, seed):
        return self.rows(seed, 1)


def own():
    """Return the project's own problems."""
    return [Problem("laws", name, formula, ranges) for name, formula, ranges in LAWS]


def stored(directory, sets):
    """Return the problems of some sets in a directory, a JSON file for each set."""
    found = []
    for name in sets:
        for entry in json.loads((Path(directory) / f"{name}.json").read_text()):
            ranges = {variable: tuple(entry["ranges"][variable]) for variable in entry["variables"]}
            found.append(Problem(entry["set"], entry["name"], entry["sympy"], ranges, entry.get("in_srbench", False)))
    return found
