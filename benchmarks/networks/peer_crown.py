"""
Bounds of a network by bound-propagation (CROWN and intervals, in PyTorch), in a process of its own: ``python peer_crown.py NETWORK.npz``.

The file has the weights and the boxes; the answer is one line of JSON: seconds and the widths of all boxes, by both methods.
"""

import json
import sys
import time

import numpy as np
import torch
from bound_propagation import BoundModelFactory, HyperRectangle

ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}


def network(data, activation):
    """Return the network of the weights in a file."""
    layers = []
    for k in range(int(data["layers"])):
        kernel, bias = data[f"kernel{k}"], data[f"bias{k}"]
        linear = torch.nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(kernel.T))
            linear.bias.copy_(torch.tensor(bias))
        layers += [linear, ACTIVATIONS[activation]()]
    return torch.nn.Sequential(*layers[:-1])


def main():
    data = np.load(sys.argv[1])
    bounded = BoundModelFactory().build(network(data, str(data["activation"])))
    boxes = HyperRectangle(torch.tensor(data["lo"]), torch.tensor(data["hi"]))
    answer = {}
    for name in ("crown", "ibp"):
        with torch.no_grad():
            start = time.perf_counter()
            found = getattr(bounded, name)(boxes)
            found = found.concretize() if hasattr(found, "concretize") and not hasattr(found, "width") else found
            seconds = time.perf_counter() - start
        answer[name] = {"seconds": seconds, "widths": (found.upper - found.lower).numpy()[:, 0].tolist()}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
