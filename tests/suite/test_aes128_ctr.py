"""The AES task: its truth against published vectors and its own words, its inputs, its wrong outputs, its build's rules."""

import runpy
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "aes128_ctr"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, draw, wrong = (VERIFY[name] for name in ("check", "draw", "wrong"))
SPEC = load_task(FOLDER)
FAMILIES = SPEC.optimization.cases.families if SPEC.optimization.cases else ()

FIPS_197 = "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"
SP_800_38A_KEY, SP_800_38A_COUNTER = "2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
SP_800_38A_TEXT = (
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
SP_800_38A_OUTPUT = (
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
)


def batch(*messages: tuple[bytes, list[tuple[bytes, bytes]]]) -> bytes:
    """Messages with their keys and counters, one pair for each layer."""
    head = struct.pack(
        f"<{2 + len(messages)}i", len(messages), len(messages[0][1]), *(len(text) for text, _ in messages)
    )
    keys = b"".join(key + counter for _, layers in messages for key, counter in layers)
    return head + keys + b"".join(text for text, _ in messages)


def answer(case: bytes) -> bytes:
    output: bytes = VERIFY["_encrypt"](*VERIFY["_read"](case)).tobytes()
    return output


def block(key: bytes, counter: int) -> bytes:
    """The key stream's block at a counter."""
    return answer(batch((bytes(16), [(key, (counter % 2**128).to_bytes(16, "big"))])))


def test_one_block_is_the_one_of_fips_197() -> None:
    key, text, cipher = map(bytes.fromhex, FIPS_197)
    assert block(key, int.from_bytes(text, "big")) == cipher


def test_counter_mode_is_the_one_of_sp_800_38a() -> None:
    key, counter, text, output = map(
        bytes.fromhex, (SP_800_38A_KEY, SP_800_38A_COUNTER, SP_800_38A_TEXT, SP_800_38A_OUTPUT)
    )
    for length in (0, 1, 15, 16, 17, 33, 64):
        assert check(batch((text[:length], [(key, counter)])), output[:length]) is None


@settings(max_examples=30, deadline=None)
@given(
    st.binary(min_size=16, max_size=16), st.sampled_from((8, 32, 64, 128)), st.integers(0, 5), st.binary(max_size=90)
)
def test_blocks_count_up_and_wrap(key: bytes, bits: int, before: int, text: bytes) -> None:
    start = (0x1234 << 100 | (1 << bits) - 1 - before) % 2**128
    stream = b"".join(block(key, start + k) for k in range(6))
    expected = bytes(a ^ b for a, b in zip(text, stream, strict=False))
    assert check(batch((text, [(key, start.to_bytes(16, "big"))])), expected) is None


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=50), st.binary(max_size=50), st.integers(0, 2**32))
def test_layers_are_encrypted_one_after_the_other(one: bytes, two: bytes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    layers = [[(rng.bytes(16), rng.bytes(16)) for _ in range(3)] for _ in range(2)]
    found = [one, two]
    for layer in range(3):
        found = [answer(batch((text, [pairs[layer]]))) for text, pairs in zip(found, layers, strict=True)]
    assert check(batch((one, layers[0]), (two, layers[1])), b"".join(found)) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_depend_on_the_seed_alone_and_sizes_do_not(family: str) -> None:
    for size in ("count", "time"):
        one, same, other = draw(5, family, size), draw(5, family, size), draw(2**63 - 1, family, size)
        assert one == same != other
        head = 8 + 4 * int.from_bytes(one[:4], "little")
        assert one[:head] == other[:head]
        assert len(one) == len(other)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counters_wrap_within_the_messages(seed: int) -> None:
    lengths, _, counters, _ = VERIFY["_read"](draw(seed, "wrap", "count"))
    starts = [int.from_bytes(counter.tobytes(), "big") for counter in counters[:, 0]]
    for start, length, bits in zip(starts, lengths, VERIFY["WRAP_BITS"], strict=True):
        last = start + (int(length) + 15) // 16 - 1
        assert start >> bits < last >> bits


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_wrong_outputs_are_refused_and_the_right_one_is_not(family: str, seed: int) -> None:
    case = draw(seed, family, "count")
    right = answer(case)
    assert check(case, right) is None
    results = wrong(case, right)
    assert len(results) >= 20
    assert [name for name, output in results.items() if check(case, output) is None] == []


@pytest.mark.parametrize("folder", ["environment/app", "solution"])
def test_programs_leave_bytes_beside_a_message_alone(tmp_path: Path, folder: str) -> None:
    probe = tmp_path / "probe.c"
    probe.write_text(PROBE)
    flags = ["-O1", "-march=x86-64-v3", "-maes", "-std=c11", "-fsanitize=address,undefined", f"-I{SPEC.app}"]
    subprocess.run(["gcc", *flags, "-o", tmp_path / "probe", probe, FOLDER / folder / "solve.c"], check=True)
    subprocess.run([tmp_path / "probe"], check=True)


PROBE = """
#include "ctr.h"
#include <stdlib.h>
#include <string.h>

/* Lengths around those at which a program may change its way, in memory with nothing beside it: twice is the text. */
int main(void) {
    static const int around[] = {0, 16, 32, 48, 64, 128, 1024, 4096, 6400, 13000};
    for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
        for (int length = around[k]; length < around[k] + 20; length++) {
            uint8_t *key = malloc(KEY), *counter = malloc(BLOCK);
            uint8_t *in = malloc(length), *out = malloc(length), *again = malloc(length);
            for (int i = 0; i < KEY; i++) key[i] = 7 * i + length, counter[i] = i < 11 ? i : 0xff;
            counter[15] -= length % 7;
            for (int i = 0; i < length; i++) in[i] = i * i + 5 * k;
            ctr(key, counter, in, out, length);
            ctr(key, counter, out, again, length);
            if (memcmp(in, again, length) || (length > 15 && !memcmp(in, out, length))) return 1;
            free(key), free(counter), free(in), free(out), free(again);
        }
    }
    return 0;
}
"""


@pytest.mark.parametrize(
    "source",
    [
        '#pragma GCC target("vaes")\n',
        '#define P _Pragma("GCC target(\\"vaes\\")")\nP\n',
        '__attribute__((tar\\\nget\n("vaes"))) int f(void) { return 0; }\n',
        '#define J(a, b) a##b\n__attribute__((J(tar, get)("vaes"))) int f(void) { return 0; }\n',
    ],
)
def test_another_target_is_refused_and_the_reference_is_not(tmp_path: Path, source: str) -> None:
    shutil.copy(SPEC.app / "rules.sh", tmp_path)
    shutil.copy(SPEC.app / "ctr.h", tmp_path)
    command = ["sh", "rules.sh", "/usr/bin/gcc", "-march=x86-64-v3", "-maes", "solve.c"]
    reference = (FOLDER / "solution" / "solve.c").read_text()
    for text, allowed in ((reference, True), (source, False)):
        (tmp_path / "solve.c").write_text(text)
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert (found.returncode == 0) == allowed
        assert (b"target are not allowed" in found.stderr) != allowed
