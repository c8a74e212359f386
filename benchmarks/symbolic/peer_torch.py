"""sympytorch, compiled by Inductor and as it is."""

import sympytorch
import torch

from symbolic.peer import Peer, parsed, rounded


class Torch(Peer):
    """As it is: one kernel for each operation, the gradient by ``torch.autograd``."""

    def prepare(self, expression):
        torch.set_default_dtype(getattr(torch, self.dtype))  # that of the numbers in the module
        module = sympytorch.SymPyModule(expressions=[rounded(parsed(expression, self.variables))])
        module.requires_grad_(False)
        self.function = lambda *inputs: module(**dict(zip(self.variables, inputs, strict=True)))[..., 0]

    def inputs(self, arrays):
        return [torch.from_numpy(array.copy()) for array in arrays]

    def value(self, *inputs):
        return self.function(*inputs)

    def gradient(self, *inputs):
        inputs = [entry.detach().requires_grad_() for entry in inputs]
        value = self.function(*inputs)
        return torch.autograd.grad(value, inputs, torch.ones_like(value), materialize_grads=True)


class TorchCompiled(Torch):
    """Compiled once for every size; the gradient as one function, which needs no value."""

    def prepare(self, expression):
        super().prepare(expression)
        function = self.function
        positions = tuple(range(len(self.variables)))
        slope = torch.func.grad(lambda *inputs: function(*inputs).sum(), argnums=positions)
        self.value = torch.compile(lambda *inputs: function(*inputs), dynamic=True)
        self.gradient = torch.compile(lambda *inputs: slope(*inputs), dynamic=True)
