"""SymPy's lambdify for NumPy, with common subexpressions."""

import sympy

from symbolic.peer import Peer, numeric, symbols


class NumPy(Peer):
    def prepare(self, expression):
        value, slopes = numeric(expression, self.variables)
        where = symbols(self.variables)
        self.value = sympy.lambdify(where, value, modules=["scipy", "numpy"], cse=True)
        self.gradient = sympy.lambdify(where, slopes, modules=["scipy", "numpy"], cse=True)
