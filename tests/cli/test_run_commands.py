"""run, show, measure and grade as a person types them."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_tasks import WRONG_C, make_small_task


def autolab(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sandbox: object) -> Path:
    place = tmp_path_factory.mktemp("cli")
    make_small_task(place / "small")
    return place


@pytest.fixture(scope="module")
def run_done(folder: Path) -> "subprocess.CompletedProcess[str]":
    return autolab("run", "./small", "-a", "climb,oracle", "--experiments", "4", "--name", "first", "--json", cwd=folder)


def test_run_prints_data_on_stdout_and_a_line_per_experiment_on_stderr(run_done: "subprocess.CompletedProcess[str]") -> None:
    assert run_done.returncode == 0, run_done.stderr
    trials = {trial["agent"]: trial for trial in json.loads(run_done.stdout)["trials"]}
    assert trials["oracle"]["score"] == pytest.approx(1.0, abs=0.05)
    assert trials["climb"]["experiments"] == 4
    assert trials["climb"]["score"] >= 0
    assert sum("small__climb__1:   " in line for line in run_done.stderr.splitlines()) == 4


def test_the_same_run_again_is_only_shown(run_done: "subprocess.CompletedProcess[str]", folder: Path) -> None:
    again = autolab("run", "./small", "-a", "climb,oracle", "--experiments", "4", "--name", "first", "--json", cwd=folder)
    assert again.stdout == run_done.stdout


def test_show_tells_of_a_run_a_trial_and_an_experiment(run_done: "subprocess.CompletedProcess[str]", folder: Path) -> None:
    trial = "runs/first/trials/small__oracle__1"
    assert "small" in autolab("show", "runs/first", cwd=folder).stdout
    shown = autolab("show", trial, cwd=folder)
    assert "the task's reference" in shown.stdout
    assert len(json.loads(autolab("show", trial, "--json", cwd=folder).stdout)["history"]) == 1
    assert "paired time" in autolab("show", trial, "1", cwd=folder).stdout
    assert "sum -= in[i - 256];" in autolab("show", trial, "1", "--diff", cwd=folder).stdout
    assert json.loads(autolab("show", trial, "1", "--json", cwd=folder).stdout)["measurement"]["samples"]
    missing = autolab("show", trial, "9", cwd=folder)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


def test_measure_judges_a_folder_and_says_with_its_exit_code_whether_it_is_right(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "solve.c").write_text(WRONG_C)
    done = autolab("measure", "./small", "mine", "--json", cwd=folder)
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["score"]) == (1, "wrong_output", None)
    right = autolab("measure", "./small", "--reference", cwd=folder)
    assert right.returncode == 0
    assert "paired time" in right.stdout
    both = autolab("measure", "./small", "mine", "--reference", cwd=folder)
    assert (both.returncode, both.stdout) == (2, "")


def test_grade_repeats_on_given_seeds(folder: Path) -> None:
    done = [autolab("grade", "./small", "--seeds", "5,6", "--json", cwd=folder) for _ in range(2)]
    found = [json.loads(each.stdout) for each in done]
    assert found[0]["counted"] == found[1]["counted"]
    assert found[0]["seeds"] == [5, 6]


def test_ctrl_c_keeps_everything_and_the_same_command_continues(folder: Path) -> None:
    words = ["run", "./small", "-a", "climb", "--experiments", "4", "--name", "stopped", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "autolab.cli.main", *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ledger = folder / "runs/stopped/trials/small__climb__1/ledger.jsonl"
    end = time.monotonic() + 60
    while time.monotonic() < end and not (ledger.is_file() and '"experiment"' in ledger.read_text()):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    before = ledger.read_bytes()
    done = autolab(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert ledger.read_bytes().startswith(before)
    assert json.loads(done.stdout)["trials"][0]["experiments"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nothing", "-a", "nop"), "no such task"),
        (("run", "./small", "-a", "nob"), "nop"),
        (("run", "./small", "-a", "nop", "--name", "../x"), "--name"),
        (("show", "small"), "is no run"),
        (("grade", "./small", "--seeds", "x"), "--seeds"),
        (("run", "./small", "-a", "nop", "--out", "/proc/nowhere"), "/proc/nowhere"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = autolab(*words, cwd=folder)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr
