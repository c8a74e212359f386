"""The comparison: every peer prepares and is checked, two at a time; then they are timed in turns, one at a time."""

import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from symbolic.driver import Process
from symbolic.expressions import Row
from symbolic.reference import Reference, chosen, differing

KINDS = ("value", "gradient")
ROUNDS = 5
NEAR = 3  # a peer that takes more than so many times the fastest peer's time in the first round is not timed again
SECONDS = 0.01  # how long a process has its turn


@dataclass(frozen=True)
class Cell:
    """A line of the tables."""

    row: Row
    points: int
    dtype: str
    kind: str


@dataclass
class Comparison:
    """
    Rows, sizes and dtypes measured in the processes of the columns.

    ``folder`` is for the data, and for what the processes write to their error streams.
    """

    columns: list
    rows: list
    sizes: list
    dtypes: list
    folder: Path
    seconds: dict = field(default_factory=dict)  # (line, name of the column): best time
    notes: dict = field(default_factory=dict)  # (line, name of the column): why there is no time

    def cells(self):
        """Return all lines, in the order of the tables."""
        return [cell for table in self.tables() for cell in table]

    def tables(self):
        """Return the lines of each table."""
        heads = product(KINDS, self.dtypes, self.sizes)
        return [[Cell(row, points, dtype, kind) for row in self.rows] for kind, dtype, points in heads]

    def __enter__(self):
        """Start the processes, and have every one compute every line once; the slowest compiler begins."""
        self.log = open(self.folder / "peers.log", "w")
        self.processes = [Process(column, self.log) for column in self.columns]
        expected = self.expected()
        with ThreadPoolExecutor(2) as pool:
            queue = sorted(self.processes, key=lambda process: process.column.peer != "TorchCompiled")
            list(pool.map(self.check, queue, [expected] * len(queue)))
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.close()
        self.log.close()

    def expected(self):
        """Write the inputs to files, and return what the results should be and how exact, by the line."""
        references = Reference.of_rows(self.rows)
        expected = {}
        for cell in {called(column, cell) for column in self.columns for cell in self.cells()}:
            path = self.inputs(cell)
            if not path.exists():
                np.save(path, np.stack(cell.row.data(cell.points, cell.dtype)))
            inputs = np.load(path, mmap_mode="r")[:, chosen(cell.points)].astype(np.float64)
            expected[cell] = references[cell.row.name].at(cell.kind, list(inputs), cell.dtype)
        return expected

    def check(self, process, expected):
        """Have one process compute every line once, and note where it fails or is wrong."""
        started = time.perf_counter()
        for cell in self.cells():
            actual = called(process.column, cell)
            path = self.folder / f"{process.column.name}.npy"
            answer = process.ask(**self.request(actual), output=str(path))
            note = answer.get("error") or differing(
                np.load(path, mmap_mode="r")[:, chosen(actual.points)], *expected[actual]
            )
            if note:
                self.notes[cell, process.column.name] = note
        print(f"{process.column.name}: ready after {time.perf_counter() - started:.0f} s", file=sys.stderr)

    def inputs(self, cell):
        """Return the path of the inputs of a line."""
        return self.folder / f"{self.rows.index(cell.row)}-{cell.points}-{cell.dtype}.npy"

    def request(self, cell):
        """Return the part of a request that names a line."""
        return {
            "expression": cell.row.expression,
            "variables": cell.row.variables,
            "dtype": cell.dtype,
            "kind": cell.kind,
            "inputs": str(self.inputs(cell)),
        }

    def time(self, cell):
        """Time a line: all peers once, and those that matter in several turns more."""
        able = [process for process in self.processes if (cell, process.column.name) not in self.notes]
        for process in able:
            self.turn(process, cell)
        fastest = self.fastest(cell)
        close = [p for p in able if p.column.part in ("ours", "limit") or self.best(cell, p.column) < NEAR * fastest]
        for _ in range(ROUNDS - 1):
            for process in close:
                self.turn(process, cell)

    def turn(self, process, cell):
        """Have one process call for a while, and keep the best time."""
        actual, key = called(process.column, cell), (cell, process.column.name)
        answer = process.ask(**self.request(actual), seconds=SECONDS)
        if "error" in answer:
            self.notes[key] = answer["error"]
        self.seconds[key] = min(self.best(cell, process.column), answer.get("best", math.inf) * cell.points / actual.points)

    def fastest(self, cell):
        """Return the best time of a peer on a line."""
        return min((self.best(cell, column) for column in self.columns if column.part == "peer"), default=math.inf)

    def best(self, cell, column):
        """Return the best time of a column on a line, infinity if there is none."""
        return self.seconds.get((cell, column.name), math.inf)

    def ratio(self, cell, part):
        """Return our time over the best time of the columns of a part, NaN where one is missing."""
        ours, theirs = (
            min((self.best(cell, column) for column in self.columns if column.part == name), default=math.inf)
            for name in ("ours", part)
        )
        return ours / theirs if ours < math.inf and theirs < math.inf else math.nan


def called(column, cell):
    """Return the line that a process really computes for a line: a slow one computes fewer points."""
    return replace(cell, points=min(cell.points, column.largest))
