"""numba: a parallel loop over the points with shared subexpressions."""

import math

import numba
import numpy as np
from sympy.printing.pycode import PythonCodePrinter

from symbolic.peer import Peer, numeric, straight_line

SOURCE = """
def compute({arguments}):
    {outputs} = {allocated}
    for i in prange({first}.shape[0]):
        {body}
    return {outputs}
"""


class Writer(PythonCodePrinter):
    """Constants are names of numbers of the dtype: a number of Python's would widen float32."""

    def __init__(self, dtype):
        super().__init__()
        self.dtype = np.dtype(dtype).type
        self.constants = {}

    def _print_Rational(self, expr):
        return self.constants.setdefault(float(expr), f"c_{len(self.constants)}")

    _print_Float = _print_Integer = _print_Half = _print_Zero = _print_One = _print_NegativeOne = _print_Rational

    def _print_Pow(self, expr, rational=False):
        base, power = expr.as_base_exp()
        if power.is_Integer:
            return f"({self._print(base)})**({int(power)})"
        if power.is_Rational and power.q == 2:
            return f"(math.sqrt({self._print(base)})*({self._print(base)})**({power.p // 2}))"
        return f"({self._print(base)})**({self._print(power)})"


def source(expressions, variables, writer):
    """Return the source of a function of arrays that gives the tuple of arrays."""
    shared, results = straight_line(expressions, writer.doprint)
    outputs = [f"out_{k}" for k in range(len(results))]
    body = [f"{name} = all_{name}[i]" for name in variables]
    body += [f"{name} = {part}" for name, part in shared]
    body += [f"{output}[i] = {result}" for output, result in zip(outputs, results, strict=True)]
    return SOURCE.format(
        arguments=", ".join(f"all_{name}" for name in variables),
        outputs=", ".join(outputs) + ",",
        allocated=", ".join(f"np.empty_like(all_{variables[0]})" for _ in outputs) + ",",
        first=f"all_{variables[0]}",
        body="\n        ".join(body),
    )


class Numba(Peer):
    fastmath = False

    def prepare(self, expression):
        value, slopes = numeric(expression, self.variables)
        self.value = self.compiled([value])
        self.gradient = self.compiled(slopes)

    def compiled(self, expressions):
        writer = Writer(self.dtype)
        code = source(expressions, self.variables, writer)
        scope = {"np": np, "math": math, "prange": numba.prange}
        scope.update({name: writer.dtype(value) for value, name in writer.constants.items()})
        exec(code, scope)
        return numba.njit(parallel=True, fastmath=self.fastmath)(scope["compute"])


class NumbaFast(Numba):
    fastmath = True
