"""SymPy's lambdify for NumPy, with common subexpressions."""

from symbolic.peer import Peer, parsed, partials, rounded, symbols


class NumPy(Peer):
    def prepare(self, expression):
        import sympy

        expression = rounded(parsed(expression, self.variables))
        where = symbols(self.variables)
        self.value = sympy.lambdify(where, expression, modules=["scipy", "numpy"], cse=True)
        self.gradient = sympy.lambdify(where, partials(expression, self.variables), modules=["scipy", "numpy"], cse=True)
