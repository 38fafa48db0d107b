"""The toy machine's task: the judge's machine against the agent's, its anchors, its bound, its wrong submissions."""

import runpy
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "toy_isa_opt"
APP = FOLDER / "environment" / "app"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
AGENTS = runpy.run_path(str(APP / "simulate.py"))
check, count, wrong = (VERIFY[name] for name in ("check", "count", "wrong"))
SPEC = load_task(FOLDER)
KINDS = VERIFY["_ARGUMENTS"]


def submission(text: str | bytes) -> dict[str, bytes]:
    return {"dot.asm": text if isinstance(text, bytes) else text.encode()}


def judges(content: bytes, memory: list[int]) -> object:
    """What the judge's machine says: result and cycles, or its complaint."""
    try:
        return VERIFY["run"](VERIFY["read"](submission(content)), memory)
    except VERIFY["Refused"] as refused:
        return str(refused)


def agents(content: bytes, memory: list[int]) -> object:
    """The same of the agent's machine."""
    try:
        return AGENTS["run"](AGENTS["assemble"](content), memory)
    except AGENTS["Fault"] as fault:
        return str(fault)


def memory(seed: int) -> list[int]:
    dice = Random(seed)
    return [dice.getrandbits(dice.choice((1, 8, 64))) for _ in range(1024)]


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    """Programs that assemble, with few registers, so that instructions wait for each other; most branches go forward."""
    length = draw(st.integers(1, 40))
    lines = [f"l{at}: {draw(_instruction(at, length))}" for at in range(length)]
    start = [f"li r{at}, {draw(st.integers(0, 400))}" for at in range(draw(st.integers(0, 6)))]
    return "\n".join([*start, *lines, f"l{length}: halt"]).encode()


def _instruction(at: int, length: int) -> st.SearchStrategy[str]:
    low = st.integers(0, 5)

    def argument(name: str, kind: str) -> st.SearchStrategy[str]:
        if kind == "l":
            return st.integers(at + 1 if at % 3 else max(0, at - 2), length).map(lambda place: f"l{place}")
        if kind == "n":
            return st.integers(0, 63 if name in {"shl", "shr"} else 600).map(str)
        return low.map(lambda register: f"r{register // 2 * 2 if name == 'ldp' and kind == 'd' else register}")

    def whole(name: str) -> st.SearchStrategy[str]:
        return st.tuples(*(argument(name, kind) for kind in KINDS[name])).map(lambda given: f"{name} {', '.join(given)}")

    return st.sampled_from(sorted(KINDS)).flatmap(whole)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), st.integers(0, 2**32))
@example(b"l0: jump l0", 1)
@example(b"ld r0, r1, 1023\nadd r0, r0, r0\nhalt", 1)
@example(b"ldp r2, r1, 0\nmov r4, r1\nmov r3, r1\nmac r0, r2, r3\nmac r0, r2, r3\nhalt", 1)
@example(b"li r1, 2\nl: subi r1, r1, 1\nbne r1, r2, l\nbeq r1, r2, m\nm: halt", 1)
@example(b"subi r1, r1, 1\nld r0, r1, 1\nhalt", 1)
@example(b"mov r1, r2", 1)
def test_both_machines_say_the_same(program: bytes, seed: int) -> None:
    assert judges(program, memory(seed)) == agents(program, memory(seed))


TIMES = (
    ("halt", 1), ("li r0, 1\nhalt", 2), ("mov r1, r2\nmov r3, r4\nmov r5, r6\nhalt", 2), ("mul r0, r1, r1\nhalt", 5),
    ("mac r0, r1, r1\nmac r0, r1, r1\nhalt", 9), ("mul r1, r2, r2\nmul r3, r2, r2\nhalt", 2), ("ld r0, r1, 0\nhalt", 3),
    ("ldp r0, r2, 0\nhalt", 4), ("ld r3, r1, 0\nld r4, r1, 0\nhalt", 2), ("ld r2, r1, 0\nli r2, 1\nhalt", 3),
    ("jump next\nnext: halt", 3), ("bne r1, r2, next\nnext: halt", 2), ("ld r2, r1, 0\nmul r3, r1, r1\nhalt", 2),
)  # fmt: skip


@pytest.mark.parametrize(("program", "cycles"), TIMES)
def test_times_are_what_the_page_says(program: str, cycles: int) -> None:
    assert judges(program.encode(), [0] * 1024)[1] == cycles


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from([*KINDS, "a:", "a", ":", "#", "\n", "\n", " ", "\t", ",", "0", "01", "-1", "65536", "r1", "r16", "r01", "x", "A:"])
    ).map(lambda parts: " ".join(parts).encode())
)
def test_no_file_breaks_the_checker(content: bytes) -> None:
    """Any bytes get one line from either machine, and the same one."""
    complaint = check(submission(content), 1)
    assert isinstance(complaint, str)
    assert "\n" not in complaint
    assert judges(content, [0] * 1024) == agents(content, [0] * 1024)


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_anchors_are_what_task_toml_says(seed: int) -> None:
    for files, anchor in ((SPEC.baseline_files, SPEC.optimization.baseline), (SPEC.reference_files, SPEC.optimization.reference)):
        assert check(dict(files), seed) is None
        assert count(dict(files), seed) == anchor.score


def test_the_floor_is_a_load_a_cycle_and_two_latencies() -> None:
    assert SPEC.optimization.floor is not None
    latency = VERIFY["_LATENCY"]
    assert SPEC.optimization.floor.score == 1024 // 2 - 1 + latency["ldp"] + latency["mac"] + 1


def test_the_steps_are_right_and_take_what_reference_md_says() -> None:
    table = (FOLDER / "solution" / "reference.md").read_text()
    for file in sorted((FOLDER / "solution" / "steps").iterdir()):
        files = submission(file.read_bytes())
        assert check(files, 3) is None
        assert f"| `{file.name}` | {count(files, 3):,} |" in table


def test_wrong_submissions_are_refused() -> None:
    results = wrong(dict(SPEC.reference_files))
    assert len(results) >= 20
    assert [name for name, files in results.items() if check(files, 1) is None] == []


def test_the_simulator_of_the_bench_runs_the_starting_program() -> None:
    said = subprocess.run([sys.executable, "simulate.py"], cwd=APP, capture_output=True, text=True, check=True, timeout=60).stdout
    assert said == "dot.asm: right, 5122 cycles, 12 instructions\n"
