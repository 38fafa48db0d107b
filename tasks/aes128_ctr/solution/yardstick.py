"""The reference beside OpenSSL: python yardstick.py (needs gcc, valgrind, libssl-dev; numpy for the inputs).

Builds the task's own driver with the reference, with nothing, and with OpenSSL's EVP_aes_128_ctr (libcrypto as the system
has it, linked statically), and prints instructions of the counted cases and CPU time of the timed one, net of nothing's.
"""

import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TASK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TASK / "tests"))
import verify  # noqa: E402

OPENSSL = """
#include "ctr.h"
#include <openssl/evp.h>

/* One context for all calls, made by the first; each call sets key and counter. */
void ctr(const uint8_t key[KEY], const uint8_t counter[BLOCK], const uint8_t *in, uint8_t *out, size_t length) {
    static EVP_CIPHER_CTX *context;
    static EVP_CIPHER *cipher;
    int written;
    if (!context) {
        cipher = EVP_CIPHER_fetch(0, "AES-128-CTR", 0);
        context = EVP_CIPHER_CTX_new();
        EVP_EncryptInit_ex2(context, cipher, 0, 0, 0);
    }
    EVP_EncryptInit_ex2(context, 0, key, counter, 0);
    EVP_EncryptUpdate(context, out, &written, in, (int)length);
}
"""


def build(folder: Path, name: str, source: str, *libraries: str) -> Path:
    """The driver of the task with another ctr()."""
    (folder / f"{name}.c").write_text(source)
    app, program = TASK / "environment/app", folder / name
    flags = ["-O2", "-march=x86-64-v3", "-maes", "-std=c11", "-static", "-w", f"-I{app}"]
    subprocess.run(["gcc", *flags, "-o", program, app / "main.c", folder / f"{name}.c", *libraries], check=True, capture_output=True)
    return program


def count(program: Path, case: bytes, folder: Path) -> int:
    """Instructions of the whole process."""
    (folder / "in").write_bytes(case)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'counts'}", program, folder / "in", folder / "out"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return int(re.search(r"Collected : (\d+)", text)[1])


def seconds(program: Path, folder: Path) -> float:
    """CPU time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, folder / "in", folder / "out"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = {
            "nothing": build(folder, "nothing", (TASK / "tests/empty/solve.c").read_text()),
            "reference": build(folder, "reference", (TASK / "solution/solve.c").read_text()),
            "OpenSSL": build(folder, "openssl", OPENSSL, "-lcrypto", "-ldl", "-lpthread"),
        }
        # what OpenSSL needs to start counts for no message: taken off with an empty one
        start = verify.draw(1, "short", "count")
        start = (1).to_bytes(4, "little") * 2 + bytes(4) + start[8 + 4 * 123 :][:32]
        idle = {each: count(program, start, folder) for each, program in programs.items()}
        for family in verify.SIZES:
            case = verify.draw(1, family, "count")
            found = {}
            for each, program in programs.items():
                found[each] = count(program, case, folder) - idle[each]
                assert each == "nothing" or verify.check(case, (folder / "out").read_bytes()) is None
            mine, theirs = (found[each] - found["nothing"] for each in ("reference", "OpenSSL"))
            print(f"{family:8} reference {mine:8,}, OpenSSL {theirs:8,} instructions: {theirs / mine:.2f}")
        times = {each: {"start": [], "work": []} for each in programs}
        for what, case in [("start", start), ("work", verify.draw(1, "typical", "time"))] * 10:
            (folder / "in").write_bytes(case)
            for each in [*programs] * 5:
                times[each][what].append(seconds(programs[each], folder))
        net = {each: statistics.median(found["work"]) - statistics.median(found["start"]) for each, found in times.items()}
        mine, theirs = (net[each] - net["nothing"] for each in ("reference", "OpenSSL"))
        print(f"timed    reference {mine * 1e3:.3f} ms, OpenSSL {theirs * 1e3:.3f} ms of CPU: {theirs / mine:.2f}")


main()
