"""What `import autolab` offers, and the examples of docs/library.md as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_tasks import LINE_TXT, REFERENCE_C, make_points_task, make_small_task

import autolab
from autolab.errors import AutolabError
from autolab.sandbox.box import Sandbox

DOCUMENT = Path(__file__).parents[2] / "docs" / "library.md"


def test_every_name_is_there_and_documented() -> None:
    text = DOCUMENT.read_text()
    for name in autolab.__all__:
        assert getattr(autolab, name) is not None
        assert name[0].isupper() or name.startswith("_") or f"`{name}(" in text, name
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = autolab.nothing_like_it


def test_the_examples_run_as_they_stand(tmp_path: Path, sandbox: Sandbox) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL))
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok 0.")
    assert "\n80.0\nwrong_output\nbest 80.0\n" in done.stdout
    assert "\n2 Ofast 0." in done.stdout


def test_files_may_be_a_mapping_a_folder_or_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    task = autolab.load_task(make_small_task(tmp_path / "small"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "solve.c").write_text(REFERENCE_C)
    found = [
        autolab.measure_submission(task, files, confirm=False).counted
        for files in (None, {"solve.c": REFERENCE_C.encode()}, tmp_path / "mine", str(tmp_path / "mine"))
    ]
    assert found[0] is not None
    assert found[1] == found[2] == found[3] != found[0]
    assert autolab.grade_submission(task, seeds=[5]).seeds == (5,)


def test_a_bench_is_gone_on_with_and_refused_where_it_was_opened_in_another_way(tmp_path: Path, sandbox: Sandbox) -> None:
    task, place = autolab.load_task(make_points_task(tmp_path / "points")), tmp_path / "mine"
    told: list[str] = []
    with autolab.open_bench(task, place, experiments=2) as bench:
        bench.write("table.txt", LINE_TXT.encode())
        assert bench.measure("a line").score == 1
    assert not (place / "bench" / "lab").exists(), "nothing runs between two calls"
    with autolab.open_bench(task, place, experiments=2, listener=lambda record: told.append(record.type)) as bench:
        assert [past.hypothesis for past in bench.history()] == ["a line"]
        with pytest.raises(AutolabError, match="in use by"), autolab.open_bench(task, place, experiments=2):
            pass
        bench.note("enough")
    assert told == ["note"]
    for changed in ({"experiments": 3}, {"experiments": 2, "seed": 2}):
        with pytest.raises(AutolabError, match="was opened with"), autolab.open_bench(task, place, **changed):
            pass
    state = autolab.close_bench(place)
    assert state.grade is not None
    assert (state.grade.choice, state.grade.measurement.score) == ("best", 1)
    with pytest.raises(AutolabError, match="closed"), autolab.open_bench(task, place, experiments=2):
        pass


def test_a_bench_whose_budget_is_spent_says_so(tmp_path: Path, sandbox: Sandbox) -> None:
    task, place = make_points_task(tmp_path / "points"), tmp_path / "mine"

    def work() -> None:
        with autolab.open_bench(task, place, experiments=1) as bench:
            while True:
                bench.measure("again")

    for _ in range(2):
        with pytest.raises(AutolabError, match="experiments budget is used up"):
            work()
    assert len(autolab.close_bench(place).experiments) == 1
