"""The sorting-network task: its checker against a slow one, its anchors, its wrong submissions and its attacks."""

import itertools
import runpy
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "discover_sorting"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, count, unsorted, wrong = (VERIFY[name] for name in ("check", "count", "unsorted", "wrong"))
SPEC = load_task(FOLDER)

PAIRS = list(itertools.combinations(range(16), 2))


def submission(text: str | bytes) -> dict[str, bytes]:
    return {"network.txt": text if isinstance(text, bytes) else text.encode()}


def sorts(network: list[tuple[int, int]], number: int) -> bool:
    """What the instruction says, one input at a time."""
    values = [number >> wire & 1 for wire in range(16)]
    for low, high in network:
        values[low], values[high] = min(values[low], values[high]), max(values[low], values[high])
    return values == sorted(values)


@pytest.mark.parametrize("seed", [0, 1, 2**62])
def test_anchors_are_what_task_toml_says(seed: int) -> None:
    baseline, reference = dict(SPEC.baseline_files), dict(SPEC.reference_files)
    assert check(baseline, seed) is None
    assert check(reference, seed) is None
    assert count(baseline, seed) == SPEC.optimization.baseline.score == 80
    assert count(reference, seed) == SPEC.optimization.reference.score == 60


def test_the_starting_network_is_the_bitonic_sorter() -> None:
    expected = []
    for run in (2, 4, 8, 16):
        expected += [(at + i, at + run - 1 - i) for at in range(0, 16, run) for i in range(run // 2)]
        gap = run // 4
        while gap:
            expected += [(at + i, at + i + gap) for at in range(0, 16, 2 * gap) for i in range(gap)]
            gap //= 2
    assert VERIFY["read"](dict(SPEC.baseline_files)) == expected


def test_the_floor_follows_from_the_bound() -> None:
    least = 39  # s(12)
    for wires in (13, 14, 15, 16):
        least += (wires - 1).bit_length()  # ceil(log2 wires)
    assert SPEC.optimization.floor is not None
    assert SPEC.optimization.floor.score == least == 55


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(PAIRS), max_size=80), st.integers(0, 2**32))
def test_agrees_with_a_slow_checker(network: list[tuple[int, int]], seed: int) -> None:
    failures = unsorted(network)
    for number in Random(seed).sample(range(1 << 16), 50):
        assert bool(failures[number]) != sorts(network, number)


def test_every_wrong_submission_is_refused() -> None:
    made = wrong(dict(SPEC.reference_files))
    assert len({files.get("network.txt") for files in made.values()}) == len(made) >= 20
    accepted = [name for name, files in made.items() if check(files, 1) is None]
    assert accepted == []


@pytest.mark.parametrize("attack", SPEC.attacks, ids=lambda attack: attack.name)
def test_attacks_get_their_verdict_from_the_checker(attack) -> None:
    files = submission((attack.folder / "app" / "network.txt").read_bytes())
    complaint = check(files, 1)
    if attack.verdict == "ok":
        assert complaint is None
        assert count(files, 1) == 80
    else:
        assert attack.verdict == "wrong_output"
        assert complaint


def test_one_unsorted_input_is_enough() -> None:
    text = (FOLDER / "attacks" / "all_inputs_but_one" / "app" / "network.txt").read_bytes()
    assert "leaves 1 of 65,536 inputs unsorted, for example 1111111100000000" in check(submission(text), 1)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("0 1\n\n2 16\n", "line 3: '2 16'"),
        ("5 4\n", "line 1: '5 4'"),
        ("4 4\n", "line 1: '4 4'"),
        ("# 0 1\n\t\n0  1 2\n", "line 3: '0  1 2'"),
        ("0 1\n0 01\n", "line 2: '0 01'"),
        ("0 1\n\u0663 4\n", "line 2: byte 0xd9"),
        ("0 1\r\n", "line 1: byte 0x0d"),
        (b"\xff", "line 1: byte 0xff"),
        ("0 1\n" * 1001, "network.txt has 1,001 comparators"),
        ("#" * 65_537, "network.txt has 65,537 bytes"),
    ],
)
def test_complaints_name_the_line_and_the_reason(text: str | bytes, start: str) -> None:
    complaint = check(submission(text), 1)
    assert complaint.startswith(start)
    assert "\n" not in complaint


def test_comments_and_blanks_change_nothing() -> None:
    lines = SPEC.reference_files["network.txt"].decode().split("\n")
    dressed = "\n\n".join(f" \t{line.replace(' ', chr(9) + '  ')}  # 0 1" for line in lines).rstrip()
    assert check(submission(dressed), 1) is None
    assert count(submission(dressed), 1) == 60


def test_a_useless_comparator_counts() -> None:
    padded = SPEC.reference_files["network.txt"] + b"0 1\n0 1\n"
    assert check(submission(padded), 1) is None
    assert count(submission(padded), 1) == 62


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text("0123456789 \t\n#-", max_size=300).map(str.encode))
def test_no_file_breaks_the_checker(content: bytes) -> None:
    assert isinstance(check(submission(content), 1), str)


@pytest.mark.parametrize(
    "separator", ["\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\0", "\u00a0"]
)
def test_only_a_line_feed_ends_a_line(separator: str) -> None:
    """What other readers take for a line end or a blank must not hide a comparator, in comments neither."""
    reference = SPEC.reference_files["network.txt"].decode()
    for text in (reference.replace("\n", separator), reference + f"# seen{separator}0 1\n"):
        assert "is not allowed" in check(submission(text), 1)
