"""The reversible sorting task: its checker against one that goes wire by wire, its anchors, its wrong submissions."""

import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "fredkin_sort_network"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
SIMULATE = runpy.run_path(str(FOLDER / "environment" / "app" / "simulate.py"))
applied, before, check, count, read, wrong = (VERIFY[name] for name in ("applied", "before", "check", "count", "read", "wrong"))
SPEC = load_task(FOLDER)

Wires = st.permutations(range(25))
Gates = st.lists(
    st.builds(lambda name, wires: (name, tuple(wires[: VERIFY["ENDS"][name]])), st.sampled_from(list(VERIFY["ENDS"])), Wires), max_size=30
)


def submission(text: str) -> dict[str, bytes]:
    return {"circuit.txt": text.encode()}


@pytest.mark.parametrize("seed", [0, 2**62])
def test_anchors_are_what_task_toml_says(seed: int) -> None:
    for files, anchor in ((SPEC.baseline_files, SPEC.optimization.baseline), (SPEC.reference_files, SPEC.optimization.reference)):
        assert check(dict(files), seed) is None
        assert count(dict(files), seed) == anchor.score


@given(Gates, st.integers(0, 255))
def test_checker_and_simulator_say_the_same_of_any_circuit(gates: list[tuple[str, tuple[int, ...]]], number: int) -> None:
    wires = SIMULATE["wires_of"]([(number >> 2 * item & 3, item) for item in range(4)])
    for name, ends in gates:
        SIMULATE["step"]([name, *ends], wires)
    assert [wire >> number & 1 for wire in applied(gates, before())] == wires


@given(Gates)
def test_a_circuit_and_its_reverse_do_nothing(gates: list[tuple[str, tuple[int, ...]]]) -> None:
    assert applied(gates[::-1], applied(gates, before())) == before()


@settings(deadline=None)
@given(st.text(max_size=200) | st.text("x cfred0123456789\n\t#", max_size=80))
def test_any_text_is_judged_in_one_line(text: str) -> None:
    complaint = check(submission(text), 1)
    assert complaint is not None
    assert "\n" not in complaint


def test_wrong_submissions_are_refused() -> None:
    results = wrong(dict(SPEC.reference_files))
    assert len(results) >= 20
    assert [name for name, files in results.items() if check(files, 1) is None] == []


def test_equal_keys_stay_in_order() -> None:
    """Sorted keys with the tags of two equal ones exchanged are refused."""
    text = SPEC.reference_files["circuit.txt"].decode() + "fred 24 8 10\n"
    assert check(submission(text), 1) is None
    swapped = text + "".join(f"{gate}\n" for gate in UNSTABLE)
    assert check(submission(swapped), 1) is not None


UNSTABLE = ("cx 0 2", "cx 1 3", "x 2", "x 3", "ccx 2 3 20", "fred 20 8 10", "fred 20 9 11", "ccx 2 3 20", "x 3", "x 2", "cx 1 3", "cx 0 2")
"""Exchanges the tags of places 0 and 1 if their keys are equal."""
