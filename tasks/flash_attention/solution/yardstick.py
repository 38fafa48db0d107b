"""Times the reference beside the same mathematics in numpy (OpenBLAS), one thread each, on the timed case. CPU time of a call.

OPENBLAS_NUM_THREADS=1 python yardstick.py
"""

import ctypes
import importlib.util
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
APP = HERE.parent / "environment" / "app"
CALLS = 60


def main() -> None:
    spec = importlib.util.spec_from_file_location("verify", HERE.parent / "tests" / "verify.py")
    verify = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verify)
    q, k, v = (aligned(matrix) for matrix in verify._read(verify.draw(1, "typical", "time"))[0])
    out = aligned(np.zeros(q.shape))
    attention = built()
    ours = timed(lambda: attention(*(each.ctypes.data for each in (q, k, v, out)), *q.shape))
    theirs = timed(lambda: in_numpy(q, k, v))
    products = timed(lambda: (q @ k.T) @ v)
    print(f"reference {ours:.2f} ms, numpy {theirs:.2f} ms ({theirs / ours:.2f}x), its two products alone {products:.2f} ms")


def in_numpy(q, k, v):
    scores = q @ k.T
    scores *= np.float32(1 / np.sqrt(q.shape[1]))
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    out = scores @ v
    out /= scores.sum(axis=1, keepdims=True)
    return out


def built():
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "solve.so"
        flags = ["-O2", "-march=x86-64-v3", "-std=c11", "-shared", "-fPIC", f"-I{APP}"]
        subprocess.run(["gcc", *flags, "-o", library, HERE / "solve.c"], check=True)
        function = ctypes.CDLL(str(library)).attention
    function.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_int] * 2
    return function


def aligned(matrix):
    memory = np.zeros(matrix.size + 16, np.float32)
    start = -memory.ctypes.data // 4 % 16
    place = memory[start : start + matrix.size].reshape(matrix.shape)
    place[:] = matrix
    return place


def timed(call) -> float:
    """Median milliseconds of CPU."""
    times = []
    for _ in range(CALLS):
        start = time.process_time_ns()
        call()
        times.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(times[CALLS // 6 :])


if __name__ == "__main__":
    main()
