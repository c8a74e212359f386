"""
The process of one peer: ``python -m symbolic.worker MODULE CLASS``.

It reads requests from its input and writes answers to its output, one JSON object a line. A request names an expression, a
dtype, what to call (``value`` or ``gradient``) and a file of input arrays. It asks either for the result, to a file, or for the
best time of calls one after another. What is prepared once is kept.
"""

import gc
import importlib
import json
import os
import sys
import time

import numpy as np


class Worker:
    def __init__(self, peer):
        self.peer = peer
        self.prepared = {}
        self.loaded = None, None  # what names the inputs, and the inputs
        self.count = 0  # of the points

    def answer(self, request):
        """Return the answer to a request; an error of the peer's is an answer, too."""
        try:
            call, inputs = self.ready(request)
            if "output" in request:
                return self.result(call, inputs, request["output"])
            return best_time(call, inputs, request["seconds"])
        except Exception as error:  # whatever a peer raises on an expression that it cannot do
            return {"error": f"{type(error).__name__}: {str(error).strip()[:200]}"}

    def ready(self, request):
        """Return the function to call and its inputs."""
        key = request["expression"], request["dtype"]
        if key not in self.prepared:
            self.prepared[key] = self.peer(request["expression"], request["variables"], request["dtype"])
        peer = self.prepared[key]
        if self.loaded[0] != (key, request["inputs"]):
            self.loaded = None, None  # the last inputs need not stay while these come
            arrays = list(np.load(request["inputs"]))
            self.count = len(arrays[0])
            self.loaded = (key, request["inputs"]), peer.inputs(arrays)
        return getattr(peer, request["kind"]), self.loaded[1]

    def result(self, call, inputs, path):
        """Write what a call gives to a file."""
        entries = self.peer.arrays(call(*inputs))
        # a constant derivative may come as one number
        np.save(path, np.stack([np.broadcast_to(entry, self.count) for entry in entries]))
        return {}


def best_time(call, inputs, seconds):
    """Return the best time of calls one after another, for some seconds."""
    best, end = float("inf"), time.perf_counter() + seconds
    gc.disable()
    while True:
        started = time.perf_counter()
        result = call(*inputs)
        stopped = time.perf_counter()
        del result
        best = min(best, stopped - started)
        if stopped > end:
            break
    gc.enable()
    return {"best": best}


def main(module, name):
    # what libraries print goes to the other stream
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(getattr(importlib.import_module(module), name))
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
