"""The one store of anchors: what was kept is found again, by its own kind, task and seeds, and nothing else is."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_tasks import make_small_task, make_timed_task

from autolab.judge.kept import KeptAnchors, kept_or, known_anchors, place
from autolab.judge.phases import Phases
from autolab.judge.reading import Order
from autolab.measure import cache
from autolab.task.load import load_task
from autolab.task.task import Task

FOUND = KeptAnchors(baseline=4.0, reference=2.0, empty=(1.0, 1.5))
Figures = st.floats(allow_nan=False, allow_infinity=False)


class Counting:
    """Finds the same anchors each time it is asked, and knows how often it was."""

    def __init__(self, found: KeptAnchors = FOUND) -> None:
        self.found = found
        self.asked = 0

    def __call__(self) -> KeptAnchors:
        self.asked += 1
        return self.found


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    return load_task(make_small_task(tmp_path_factory.mktemp("task")))


def order(task: Task, folder: Path | None, *, seeds: tuple[int, ...] = (1,), remeasure: bool = False) -> Order:
    """One that only has what the store looks at."""
    with contextlib.ExitStack() as nothing:
        return Order(
            sandbox=nothing, task=task, verifier=nothing, files={}, seeds=seeds, work=Path(), programs=Path(), pairs=3,  # type: ignore[arg-type]
            phases=Phases(), cache=folder, remeasure=remeasure,
        )  # fmt: skip


def test_what_was_measured_once_is_kept_for_its_seeds_alone(task: Task, tmp_path: Path) -> None:
    measure = Counting()
    assert kept_or(order(task, tmp_path), measure, cases=2) == kept_or(order(task, tmp_path), measure, cases=2) == FOUND
    assert measure.asked == 1
    assert known_anchors(task, 1, tmp_path) == FOUND.anchors
    assert known_anchors(task, 2, tmp_path) is None
    kept_or(order(task, tmp_path, seeds=(1, 2)), measure, cases=2)
    assert measure.asked == 2


def test_a_wish_to_measure_anew_and_a_store_that_is_nowhere_are_heard(task: Task, tmp_path: Path) -> None:
    measure = Counting()
    kept_or(order(task, tmp_path), measure, cases=2)
    kept_or(order(task, tmp_path, remeasure=True), measure, cases=2)
    kept_or(order(task, None), measure, cases=2)
    assert measure.asked == 3


def test_other_cases_are_measured_anew(task: Task, tmp_path: Path) -> None:
    measure = Counting()
    kept_or(order(task, tmp_path), measure, cases=2)
    kept_or(order(task, tmp_path), measure, cases=3)
    assert measure.asked == 2


def test_kinds_do_not_share_a_file_and_a_counted_answer_has_none(task: Task, tmp_path: Path) -> None:
    timed = load_task(make_timed_task(tmp_path / "timed"))
    files = {place(tmp_path, each, (1,)) for each in (task, timed)}
    assert len(files) == 2
    assert None not in files
    assert place(tmp_path, timed, (1,)) == place(tmp_path, timed, (2,))  # a ratio of times is one for all inputs


@given(st.builds(KeptAnchors, baseline=Figures, reference=Figures, empty=st.lists(Figures, max_size=3), instructions=st.none() | Figures))
def test_every_figure_is_read_back_to_the_digit(task: Task, tmp_path_factory: pytest.TempPathFactory, found: KeptAnchors) -> None:
    folder = tmp_path_factory.mktemp("kept")
    measure = Counting(found)
    kept_or(order(task, folder), measure, cases=len(found.empty))
    assert kept_or(order(task, folder), measure, cases=len(found.empty)) == found
    assert measure.asked == 1


@pytest.mark.parametrize(
    "content", [None, 7, [], {}, {"baseline": "1", "reference": 2.0}, {"baseline": True, "reference": 2.0}, {"baseline": 1.0}]
)
def test_what_is_no_anchor_is_measured_anew(task: Task, tmp_path: Path, content: object) -> None:
    file = place(tmp_path, task, (1,))
    assert file is not None
    cache.keep(file, content)
    assert known_anchors(task, 1, tmp_path) is None
    assert kept_or(order(task, tmp_path), Counting(), cases=2) == FOUND
    assert known_anchors(task, 1, tmp_path) == FOUND.anchors
