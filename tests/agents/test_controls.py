"""The controls of the resilience study: agents like any other, and each takes bad news as it was made to."""

import contextlib
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from autolab.agents.bench import BudgetSpent
from autolab.agents.contract import AgentContract
from autolab.agents.controls import frames, networks
from autolab.agents.controls.agents import Quitter, Recoverer, Restarter, Stubborn
from autolab.agents.fake import FakeBench, fake_task
from autolab.ledger.records import Verdict

ROOT = Path(__file__).resolve().parents[2]


class TestStubborn(AgentContract):
    make_agent = Stubborn


class TestQuitter(AgentContract):
    make_agent = Quitter


class TestRestarter(AgentContract):
    make_agent = Restarter


class TestRecoverer(AgentContract):
    make_agent = Recoverer


def verify_of(folder: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"verify_{folder.name}", folder / "tests" / "verify.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


FRAMES = verify_of(ROOT / "benchmarks/study/frames")
SORTING = verify_of(ROOT / "tasks/discover_sorting")


def judge_of(verify: ModuleType) -> Callable[[Mapping[str, bytes]], float | Verdict]:
    return lambda files: "wrong_output" if verify.check(dict(files), 1) else float(verify.count(dict(files), 1))


def on_frames(agent: object, seed: int = 1, experiments: int = 30) -> FakeBench:
    start = {"frames.txt": (ROOT / "benchmarks/study/frames/environment/app/frames.txt").read_bytes()}
    known = {"frames.txt": (ROOT / "benchmarks/study/frames/solution/frames.txt").read_bytes()}
    bench = FakeBench(judge_of(FRAMES), seed=seed, experiments=experiments, task=fake_task(start, known))
    with contextlib.suppress(BudgetSpent):
        agent.run(bench)  # type: ignore[attr-defined]
    return bench


def frames_of(bench: FakeBench) -> set[int]:
    return {frames.read(entry.files["frames.txt"])[0] for entry in bench.entries}


def test_the_stubborn_one_never_leaves_its_frame() -> None:
    assert frames_of(on_frames(Stubborn())) == {0}


def test_the_quitter_begins_with_the_reference_and_stops_at_the_first_bad_news() -> None:
    bench = on_frames(Quitter())
    assert bench.entries[0].outcome.metric == 20.0
    assert len(bench.entries) == 2
    assert not bench.entries[1].outcome.best


def test_the_restarter_builds_on_nothing() -> None:
    bench = on_frames(Restarter())
    assert len(frames_of(bench)) > 3
    assert all("frame" in entry.hypothesis for entry in bench.entries[1:])


def test_the_recoverer_tries_nothing_twice_and_leaves_a_frame_that_is_exhausted() -> None:
    bench = on_frames(Recoverer(), experiments=60)
    states = [entry.files["frames.txt"] for entry in bench.entries]
    assert len(set(states)) == len(states)
    assert len(frames_of(bench)) > 1


def test_the_recoverer_expects_what_experience_says() -> None:
    expected = [entry.expected for entry in on_frames(Recoverer()).entries]
    assert expected[:2] == [None, 1.0]
    assert len(set(expected)) > 5
    assert {entry.expected for entry in on_frames(Stubborn()).entries[1:]} == {1.5}


@pytest.mark.parametrize(("name", "size"), [("bubble sort", 120), ("Batcher's odd-even merge", 63), ("Bose and Nelson's", 65)])
def test_constructions_have_their_known_sizes(name: str, size: int) -> None:
    assert len(networks.CONSTRUCTIONS[name]()) == size


@pytest.mark.parametrize("name", sorted(networks.CONSTRUCTIONS))
def test_constructions_sort(name: str) -> None:
    files = {networks.FILE: networks.written(networks.CONSTRUCTIONS[name]())}
    assert SORTING.check(files, 1) is None


@pytest.mark.parametrize("task", ["frames", "cover", "tour"])
def test_the_study_s_own_puzzles_refuse_wrong_answers(task: str) -> None:
    folder = ROOT / "benchmarks/study" / task
    verify = verify_of(folder)
    reference = {verify.FILE: (folder / "solution" / verify.FILE).read_bytes()}
    start = {verify.FILE: (folder / "environment/app" / verify.FILE).read_bytes()}
    assert verify.check(reference, 1) is None
    assert verify.check(start, 1) is None
    assert verify.count(reference, 1) < verify.count(start, 1)
    accepted = [name for name, files in verify.wrong(reference).items() if verify.check(files, 1) is None]
    assert accepted == []
