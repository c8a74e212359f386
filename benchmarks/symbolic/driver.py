"""The peers' processes, driven so that they take turns."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
OWN = sys.executable
OTHERS = str(BENCHMARKS.parent / ".venv-peers" / "bin" / "python")


@dataclass(frozen=True)
class Column:
    """A column of the tables: the peer's class, the Python that runs it, and its part in the comparison."""

    name: str
    module: str
    peer: str
    python: str = OWN
    part: str = "peer"  # or "ours", "limit", "shown": compared with nothing
    largest: int = sys.maxsize  # called on no more points; the time of more is that of these, in proportion


COLUMNS = [
    Column("ours", "peer_sage", "Ours", part="ours"),
    Column("ours, tape", "peer_sage", "OursTape", part="shown"),
    Column("NumPy cse", "peer_numpy", "NumPy"),
    Column("numexpr", "peer_numexpr", "NumExpr", OTHERS),
    Column("numba", "peer_numba", "Numba", OTHERS),
    Column("numba fast", "peer_numba", "NumbaFast", OTHERS),
    Column("TF eager", "peer_tensorflow", "Eager"),
    Column("tf.function", "peer_tensorflow", "Graph"),
    Column("TF XLA", "peer_tensorflow", "XLA"),
    Column("sympy2jax", "peer_jax", "JAX", OTHERS),
    Column("sympytorch", "peer_torch", "Torch", OTHERS, largest=10**4),
    Column("torch comp.", "peer_torch", "TorchCompiled", OTHERS),
    Column("fast_call.", "peer_sage", "FastCallable", largest=10**4),
    Column("C limit", "peer_c", "C", part="limit"),
]


class Process:
    """The process of one column."""

    def __init__(self, column, log):
        self.column = column
        command = [column.python, "-W", "ignore", "-m", "symbolic.worker", f"symbolic.{column.module}", column.peer]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
        environment.setdefault("TORCHINDUCTOR_CACHE_DIR", str(BENCHMARKS.parent / ".venv-peers" / "inductor"))
        self.log = log
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=BENCHMARKS, env=environment
        )

    def ask(self, **request):
        """Return the answer to a request."""
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            return {"error": f"the process ended; see {self.log.name}"}
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
