"""numexpr, which shares subexpressions by itself and works on blocks with all cores."""

import numexpr
import numpy as np
from sympy.printing.lambdarepr import NumExprPrinter

from symbolic.peer import Peer, numeric


class Writer(NumExprPrinter):
    """numexpr computes in float64 as soon as there is a constant of it, so constants are float32 variables there."""

    def __init__(self, dtype):
        super().__init__()
        self.dtype = np.dtype(dtype).type
        self.constants = {}

    def constant(self, value):
        if self.dtype is np.float64:
            return repr(float(value))
        return self.constants.setdefault(float(value), f"c_{len(self.constants)}")

    def _print_Rational(self, expr):
        return self.constant(expr)

    _print_Float = _print_Rational

    def _print_erf(self, expr):
        raise NotImplementedError("numexpr has no erf")

    def _print_Pow(self, expr, rational=False):
        base, power = expr.as_base_exp()
        if power.is_Rational and power.q == 2:
            whole = power.p // 2
            root = f"sqrt({self._print(base)})"
            return root if not whole else f"({root}*({self._print(base)})**({whole}))"
        if power.is_Integer:
            return f"({self._print(base)})**({power})"
        return f"({self._print(base)})**({self._print(power)})"

    def written(self, expression):
        """Return the source for ``numexpr.evaluate`` and its constants."""
        source = self._print(expression)
        return source, {name: self.dtype(value) for value, name in self.constants.items()}


class NumExpr(Peer):
    def prepare(self, expression):
        value, slopes = numeric(expression, self.variables)
        self.sources = [Writer(self.dtype).written(value)]
        self.slopes = [Writer(self.dtype).written(slope) for slope in slopes]

    def evaluated(self, sources, inputs):
        named = dict(zip(self.variables, inputs, strict=True))
        return [numexpr.evaluate(source, {**named, **constants}, {}, truediv=True) for source, constants in sources]

    def value(self, *inputs):
        return self.evaluated(self.sources, inputs)

    def gradient(self, *inputs):
        return self.evaluated(self.slopes, inputs)
