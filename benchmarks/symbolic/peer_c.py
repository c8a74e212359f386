"""The C limit: one loop that gcc vectorises, with libmvec's functions, on all cores, into memory that is there already."""

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import sympy
from sympy.codegen.ast import float32, float64, real
from sympy.printing.c import C99CodePrinter

from symbolic.peer import Peer, numeric, straight_line

FLAGS = "-O3 -march=native -ffast-math -fopenmp -fno-builtin-sin -fno-builtin-cos -fno-builtin-sinf -fno-builtin-cosf -shared -fPIC".split()
LEAST = 4000  # points for which a second thread pays
TYPES = {"float64": ("double", float64), "float32": ("float", float32)}
LOOP = """
void {name}(long n, {arguments})
{{
    #pragma omp parallel for simd schedule(static) if(n > {least})
    for (long i = 0; i < n; i++) {{
        {body}
    }}
}}
"""


class Writer(C99CodePrinter):
    """Integer powers as they are, since gcc makes products of them; three halves as a root and a product."""

    def _print_Pow(self, expr):
        base, power = expr.as_base_exp()
        if power.is_Rational and power.q == 2 and abs(power.p) != 1:
            return f"({self._print(sympy.sqrt(base))}*{self._print(base ** (power.p // 2))})"
        return super()._print_Pow(expr)


class C(Peer):
    def prepare(self, expression):
        value, slopes = numeric(expression, self.variables)
        source = "#include <math.h>\n" + self.loop("value", [value]) + self.loop("gradient", slopes)
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, "limit.c")
        path.write_text(source)
        subprocess.run(["gcc", *FLAGS, str(path), "-o", str(path.with_suffix(".so")), "-lm"], check=True)
        self.library = ctypes.CDLL(str(path.with_suffix(".so")))

    def loop(self, name, expressions):
        """Return the source of one loop."""
        kind, alias = TYPES[self.dtype]
        writer = Writer({"type_aliases": {real: alias}})
        shared, results = straight_line(expressions, writer.doprint)
        body = [f"const {kind} {v} = all_{v}[i];" for v in self.variables]
        body += [f"const {kind} {part} = {source};" for part, source in shared]
        body += [f"out_{k}[i] = {source};" for k, source in enumerate(results)]
        arguments = [f"const {kind} *restrict all_{v}" for v in self.variables]
        arguments += [f"{kind} *restrict out_{k}" for k in range(len(results))]
        return LOOP.format(name=name, arguments=", ".join(arguments), least=LEAST, body="\n        ".join(body))

    def inputs(self, arrays):
        """Return the arrays with room for the results, all as pointers."""
        self.room = [np.zeros_like(arrays[0]) for _ in arrays]
        self.kept = arrays
        self.count = ctypes.c_long(len(arrays[0]))
        return [ctypes.c_void_p(array.ctypes.data) for array in (*arrays, *self.room)]

    def value(self, *inputs):
        self.library.value(self.count, *inputs[: len(self.kept) + 1])
        return self.room[:1]

    def gradient(self, *inputs):
        self.library.gradient(self.count, *inputs)
        return self.room
