r"""
The kinds of steps of a network

EXAMPLES::

    sage: from sage_tf.networks.steps import Apply
    sage: Apply('relu', (), [0r, 1r], [2r, 3r])
    relu 2 -> 2
"""
from typing import NamedTuple


class Constant(NamedTuple):
    """Wires with given values: an array of floats, or a list of exact numbers of Sage."""
    values: object
    out: object

    def __repr__(self):
        return f"constant {len(self.out)}"


class Affine(NamedTuple):
    """The map `(A x + b)/d`, with a dense or sparse matrix; ``divisor`` may be ``None``."""
    inputs: object
    matrix: object
    offset: object
    divisor: object
    out: object

    def __repr__(self):
        return f"affine {len(self.inputs)} -> {len(self.out)}"


class Apply(NamedTuple):
    """A function of the table of activations, of each wire by itself."""
    name: str
    parameters: tuple
    inputs: object
    out: object

    def __repr__(self):
        return f"{self.name} {len(self.inputs)} -> {len(self.out)}"


class Binary(NamedTuple):
    """A product ``'mul'``, a quotient ``'div'`` or a maximum ``'max'``, wire by wire."""
    op: str
    left: object
    right: object
    out: object

    def __repr__(self):
        return f"{self.op} {len(self.left)} -> {len(self.out)}"
