"""The reference beside OpenSSL, by way of hashlib, on the same messages: python yardstick.py (standard library and numpy).

Both are called in this process, on one thread, by turns. hashlib is called once for each message, which costs it about a
microsecond each; how much, `hashlib of nothing` tells. OpenSSL uses the SHA instructions where the processor has them; to
see it without, set OPENSSL_ia32cap=:~0x20000000 in the environment.
"""

import ctypes
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TASK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TASK / "tests"))
import verify  # noqa: E402

TURNS = 21


def shared(source):
    """The hash_all() of a source as a function of a whole input."""
    place = Path(tempfile.mkdtemp()) / "sha256.so"
    flags = ["-O2", "-march=x86-64-v3", "-std=c11", "-shared", "-fPIC", f"-I{TASK / 'environment/app'}"]
    subprocess.run(["gcc", *flags, "-o", place, source], check=True)
    library = ctypes.CDLL(str(place))

    def hash_all(case):
        count = int.from_bytes(case[:4], "little")
        digests = ctypes.create_string_buffer(32 * count)
        start = ctypes.cast(ctypes.c_char_p(case), ctypes.c_void_p).value
        library.hash_all(
            ctypes.c_void_p(start + 4 + 4 * count), ctypes.c_void_p(start + 4), count, ctypes.byref(digests)
        )
        return digests.raw

    return hash_all


def main():
    baseline, reference = shared(TASK / "environment/app/solve.c"), shared(TASK / "solution/solve.c")
    for family in verify.LENGTHS:
        case = verify.draw(1, family, "time")
        messages = verify._read(case)
        nothing = [b""] * len(messages)
        sha256 = hashlib.sha256
        ways = {
            "reference": lambda case=case: reference(case),
            "baseline": lambda case=case: baseline(case),
            "hashlib": lambda messages=messages: b"".join([sha256(message).digest() for message in messages]),
            "hashlib of nothing": lambda nothing=nothing: b"".join([sha256(message).digest() for message in nothing]),
        }
        times = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                start = time.process_time()
                found = way()
                times[name].append(time.process_time() - start)
                if name != "hashlib of nothing":
                    assert verify.check(case, found) is None, name
        size = sum(map(len, messages))
        for name in ways:
            seconds = statistics.median(times[name])
            ratio = seconds / statistics.median(times["reference"])
            print(f"{family:8} {name:18} {seconds * 1e3:7.2f} ms {size / seconds / 1e6:6.0f} MB/s {ratio:6.2f}x")


main()
