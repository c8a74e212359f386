"""sympy2jax under ``jax.jit``."""

import jax
import sympy2jax

from symbolic.peer import Peer, parsed, rounded

jax.config.update("jax_enable_x64", True)


class JAX(Peer):
    def prepare(self, expression):
        # numbers stay Python's: as arrays they would be float64, and integer powers would not become products
        module = sympy2jax.SymbolicModule(rounded(parsed(expression, self.variables)), make_array=False)

        def function(*inputs):
            return module(**dict(zip(self.variables, inputs, strict=True)))

        def total(*inputs):
            return function(*inputs).sum()

        self.compiled = jax.jit(function)
        self.slope = jax.jit(jax.grad(total, argnums=tuple(range(len(self.variables)))))

    def inputs(self, arrays):
        return [jax.device_put(array) for array in arrays]

    def value(self, *inputs):
        return self.compiled(*inputs).block_until_ready()

    def gradient(self, *inputs):
        return jax.block_until_ready(self.slope(*inputs))
