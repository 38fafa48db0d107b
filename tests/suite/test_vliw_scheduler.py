"""The scheduler's task: the judge's machine against the agent's, its bound against all schedules, its wrong outputs."""

import itertools
import runpy
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "vliw_scheduler"
APP = FOLDER / "environment" / "app"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
AGENTS = runpy.run_path(str(APP / "simulate.py"))
SPEC = load_task(FOLDER)
FAMILIES = SPEC.optimization.cases.families if SPEC.optimization.cases else ()
Operation = VERIFY["Operation"]


def judges(program: bytes, output: bytes) -> int | str:
    """What the judge says of one program's schedule: its cycles, or "refused"."""
    if VERIFY["check"](program, output) is not None:
        return "refused"
    (pair,) = VERIFY["_pairs"](program, output)
    return int(VERIFY["simulate"](*pair))


def agents(program: bytes, output: bytes) -> int | str:
    """The same of the agent's machine."""
    try:
        (given,) = AGENTS["programs"](program.decode())
        (made,) = AGENTS["schedules"](output.decode())
        return int(AGENTS["cycles"](given, made))
    except (AGENTS["Fault"], ValueError):
        return "refused"


@st.composite
def programs(draw: st.DrawFn, most: int = 9) -> list[object]:
    """Short programs with few locations, so that operations wait for each other."""
    program: list[object] = [Operation("load", (), 0)]
    results = [0]
    for number in range(1, draw(st.integers(1, most))):
        name = draw(st.sampled_from(sorted(VERIFY["KINDS"])))
        reads = tuple(draw(st.sampled_from(results)) for _ in range({"load": 0, "store": 1}.get(name, 2)))
        program.append(Operation(name, reads, draw(st.integers(0, 1)) if name in {"load", "store"} else -1))
        if name != "store":
            results.append(number)
    return program


def as_soon_as_it_may(program: list[object], delays: list[int]) -> list[int]:
    """A valid schedule in the order of the program, each operation later than it must be by its delay."""
    before, kinds = VERIFY["predecessors"](program), VERIFY["KINDS"]
    used: dict[tuple[int, int], int] = {}
    found: list[int] = []
    for number, (operation, delay) in enumerate(zip(program, delays, strict=True)):
        unit, busy, _ = kinds[operation.name]  # type: ignore[attr-defined]
        earliest = delay + max([0, *(found[other] + wait for other, wait in before[number])])
        while any(used.get((unit, earliest + k), 0) >= VERIFY["WIDTH"][unit] for k in range(busy)):
            earliest += 1
        for k in range(busy):
            used[unit, earliest + k] = used.get((unit, earliest + k), 0) + 1
        found.append(earliest)
    return found


def text(cycles: list[int]) -> bytes:
    bundles: list[list[int]] = [[] for _ in range(max(cycles, default=-1) + 1)]
    for number, cycle in enumerate(cycles):
        bundles[cycle].append(number)
    return bytes(VERIFY["_schedules"]([bundles]))


@settings(max_examples=150, deadline=None)
@given(programs(), st.data())
def test_both_machines_say_the_same(program: list[object], data: st.DataObject) -> None:
    """Of valid schedules, and of those in which one operation has been moved."""
    size = len(program)
    cycles = as_soon_as_it_may(program, data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
    given_text = VERIFY["write"]([program])
    assert isinstance(judges(given_text, text(cycles)), int)
    moved = data.draw(st.integers(0, size - 1))
    cycles[moved] = max(0, cycles[moved] + data.draw(st.integers(-4, 4)))
    assert judges(given_text, text(cycles)) == agents(given_text, text(cycles))


@settings(max_examples=150, deadline=None)
@given(
    programs(4),
    st.lists(st.sampled_from(["schedule", "-", "0", "1", "2", "0 1", "01", "", " ", "x", "1 1", "\r", "-1"])),
)
def test_both_machines_read_the_same_text(program: list[object], lines: list[str]) -> None:
    given_text, output = VERIFY["write"]([program]), "".join(f"{line}\n" for line in lines).encode()
    assert judges(given_text, output) == agents(given_text, output)


@settings(max_examples=40, deadline=None)
@given(programs(6))
def test_no_order_of_operations_is_below_the_bound(program: list[object]) -> None:
    """The shortest of all schedules in which each operation in turn stands as early as it can, which an optimal one is."""
    size, before, kinds = len(program), VERIFY["predecessors"](program), VERIFY["KINDS"]
    best = 1 << 20
    for order in itertools.permutations(range(size)):
        at: dict[int, int] = {}
        used: dict[tuple[int, int], int] = {}
        for number in order:
            if any(other not in at for other, _ in before[number]):
                break
            unit, busy, _ = kinds[program[number].name]  # type: ignore[attr-defined]
            cycle = max([0, *(at[other] + wait for other, wait in before[number])])
            while any(used.get((unit, cycle + k), 0) >= VERIFY["WIDTH"][unit] for k in range(busy)):
                cycle += 1
            at[number] = cycle
            used.update({(unit, cycle + k): used.get((unit, cycle + k), 0) + 1 for k in range(busy)})
        else:
            best = min(best, max(cycle + kinds[program[number].name].latency for number, cycle in at.items()))  # type: ignore[attr-defined]
    assert VERIFY["bound"](program) <= best


@given(programs())
def test_programs_read_back(program: list[object]) -> None:
    assert VERIFY["read"](VERIFY["write"]([program, []])) == [program, []]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_output_breaks_the_checker(output: bytes) -> None:
    complaint = VERIFY["check"](VERIFY["draw"](1, "tiny", "dev"), output)
    assert isinstance(complaint, str)
    assert "\n" not in complaint


@pytest.mark.parametrize("family", FAMILIES)
def test_the_starting_program_is_right_and_wrong_outputs_are_refused(family: str, tmp_path: Path) -> None:
    subprocess.run(["gcc", "-O1", f"-I{APP}", "-o", tmp_path / "solve", APP / "main.c", APP / "solve.c"], check=True)
    given_text, output = VERIFY["draw"](5, family, "hidden"), tmp_path / "out"
    (tmp_path / "in").write_bytes(given_text)
    subprocess.run([tmp_path / "solve", tmp_path / "in", output], check=True, timeout=60)
    assert VERIFY["check"](given_text, output.read_bytes()) is None
    ratio, parts = VERIFY["quality"](given_text, output.read_bytes(), 5, family, "hidden")
    assert ratio == parts[f"cycles of {family}"] / parts[f"bound of {family}"] >= 1
    said = subprocess.run(
        ["/usr/bin/python3", APP / "simulate.py", tmp_path / "in", output], capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[-1] == str(parts[f"cycles of {family}"])
    results = VERIFY["wrong"](given_text, output.read_bytes())
    assert len(results) >= 20
    assert [name for name, changed in results.items() if VERIFY["check"](given_text, changed) is None] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_splits_and_seeds_are_other_programs_and_samples_are_neither(family: str) -> None:
    draw = VERIFY["draw"]
    assert draw(0, family, "dev") == (APP / "samples" / f"{family}.txt").read_bytes()
    assert (
        len({draw(0, family, "dev"), draw(1, family, "dev"), draw(0, family, "hidden"), draw(1, family, "hidden")}) == 4
    )
