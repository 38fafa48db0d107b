"""The parts of the box that need none: words, counts and names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.errors import SandboxError
from autolab.sandbox import arguments, cgroup, cgroup_search, disk, launch, ownership, seccomp, slots, tree
from autolab.sandbox.box import BoxResult, BoxSpec, Limits, Mount
from autolab.sandbox.bubblewrap import Bubblewrap, default_sandbox
from autolab.sandbox.capture import Capture

ROOT = Path(__file__).resolve().parents[2]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(0, 1000))
def test_capture_keeps_the_beginning_and_never_more_than_its_limit(pieces: list[bytes], limit: int) -> None:
    capture = Capture(limit)
    for piece in pieces:
        reader, writer = os.pipe()
        os.write(writer, piece)
        os.close(writer)
        capture.drain(reader)
        os.close(reader)
        if capture.overflowed:
            break
    everything = b"".join(pieces)
    kept = b"".join(bytes(part) for part in capture._kept.values())
    assert len(kept) <= limit
    assert capture.overflowed == (len(everything) > limit)
    assert everything.startswith(kept)


@given(st.lists(TEXT, min_size=1, max_size=4), st.dictionaries(TEXT.filter(lambda name: "=" not in name), TEXT, max_size=3))
def test_words_of_a_spec_stay_words(argv: list[str], env: dict[str, str]) -> None:
    spec = BoxSpec(argv=tuple(argv), env=env)
    arguments.check(spec)
    command = arguments.box_command(spec, counted_processes=True, memory_by_rlimit=True)
    assert command[command.index("--") + 1 :] == argv
    words = arguments.box_arguments(spec, [], [], {}, 9)
    given = {words[i + 1]: words[i + 2] for i, word in enumerate(words[:-2]) if word == "--setenv" and words[i + 1] in env}
    assert {name: given[name] for name in env} == env


@pytest.mark.parametrize("spec", [
    BoxSpec(argv=("",)),
    BoxSpec(argv=("a",), env={"A=B": "c"}),
    BoxSpec(argv=("a",), env={"": "c"}),
    BoxSpec(argv=("a",), cwd="/\0"),
    BoxSpec(argv=("a",), mounts=(Mount(Path("/usr"), "/"),)),
])  # fmt: skip
def test_words_that_bubblewrap_would_misread_are_refused(spec: BoxSpec) -> None:
    with pytest.raises(SandboxError):
        arguments.check(spec)


def test_isolation_is_always_asked_for() -> None:
    words = arguments.box_arguments(BoxSpec(argv=("a",)), [], [], {}, 9)
    assert {"--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"} <= set(words)
    tmpfs = [index for index, word in enumerate(words) if word == "--tmpfs"]
    assert [words[index - 2] for index in tmpfs] == ["--size"] * 2, "a tmpfs without a size takes half of the memory"


def test_policies_differ_and_alone_matters_to_runs_only() -> None:
    programs = {(policy, alone): seccomp.program(policy, alone) for policy in ("bench", "run", "judge") for alone in (True, False)}
    assert programs["bench", True] == programs["bench", False] == programs["judge", False]
    assert len({programs["bench", True], programs["run", True], programs["run", False]}) == 3


V1 = """\
30 25 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw
31 25 0:27 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
32 25 0:28 /docker/1 /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
33 25 0:29 / / rw - ext4 /dev/vda rw
"""


def test_hierarchies_are_read_from_the_kernels_own_words() -> None:
    found = cgroup_search.mounted(V1)
    assert [str(mount.point) for mount in found] == [
        "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu,cpuacct"
    ]  # fmt: skip
    assert [mount.root for mount in found] == ["/", "/", "/docker/1"]
    assert {"cpu", "cpuacct"} <= found[2].controllers
    assert not found[0].controllers
    assert cgroup_search.own_folders("4:memory:/a/b\n2:cpu,cpuacct:/c\n0::/user.slice:x\n") == {
        "memory": "/a/b", "cpu": "/c", "cpuacct": "/c", "": "/user.slice:x"
    }  # fmt: skip


def test_own_group_is_found_below_the_mount_and_never_above(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    whole = cgroup_search.Mounted(tmp_path, "/", frozenset())
    part = cgroup_search.Mounted(tmp_path, "/docker/1", frozenset())
    assert cgroup_search.below(whole, "/a/b") == tmp_path / "a" / "b"
    assert cgroup_search.below(part, "/docker/1/a") == tmp_path / "a"
    assert cgroup_search.below(part, "/elsewhere") == tmp_path
    assert cgroup_search.below(whole, "/gone") == tmp_path


def test_groups_of_the_living_are_told_from_those_of_the_dead() -> None:
    name = f"{cgroup._lab(os.getpid())}-1-box"
    pid, started, namespace, *_ = name.split("-")
    assert not cgroup._dead(name)
    assert cgroup._dead(f"{pid}-{int(started) + 1}-{namespace}-1-box"), "the number went to another process"
    assert not cgroup._dead(f"{pid}-{int(started) + 1}-1-1-box"), "another pid namespace: not ours to judge"
    assert not cgroup._dead("docker")


def test_disk_usage_counts_what_is_allocated_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(bytes(100_000))
    (tmp_path / "a" / "again").hardlink_to(tmp_path / "a" / "file")
    (tmp_path / "usr").symlink_to("/usr")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    used = disk.usage([tmp_path])
    assert 100_000 <= used.size < 200_000
    assert used.countable
    assert used.over(99_999)
    assert not used.over(200_000)
    assert disk.usage([tmp_path], most_files=2).over(1 << 60)
    assert disk.usage([tmp_path / "gone"]) == disk.Usage(0, 0)


def test_files_without_a_name_are_seen_once_however_often_they_are_open(tmp_path: Path) -> None:
    with (tmp_path / "f").open("wb") as file:
        os.write(file.fileno(), bytes(1 << 20))
        device = os.fstat(file.fileno()).st_dev
        before = disk.nameless([os.getpid()]).get(device, 0)
        (tmp_path / "f").unlink()
        again = os.dup(file.fileno())
        held = disk.nameless([os.getpid(), os.getpid()])[device] - before
        os.close(again)
    assert 1 << 20 <= held < 2 << 20
    assert disk.nameless([os.getpid()]).get(device, 0) == before


def test_a_free_slot_is_taken_once() -> None:
    if os.geteuid() != 0:
        with pytest.raises(SandboxError):
            slots.take()
        return
    with slots.take() as first, slots.take() as second, slots.take(first.uid) as third:
        assert len({first.uid, second.uid, third.uid}) == 3
        wanted = third.uid
    with slots.take(wanted) as again:
        assert again.uid == wanted


def test_who_may_read_what(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(0o640)
    stranger = os.geteuid() + 1
    assert not ownership.reachable(tmp_path / "file", stranger)
    assert not ownership.readable(tmp_path / "file", stranger)
    assert ownership.readable(tmp_path / "file", os.geteuid())
    assert ownership.reachable(Path("/usr/bin"), stranger)


def test_results_are_described_in_a_line() -> None:
    def told(code: int | None, signal: int | None, limit: str | None = None) -> str:
        return BoxResult(code, signal, limit, b"", b"", 1.0, 1.0).describe()  # type: ignore[arg-type]

    assert told(1, None) == "exit code 1"
    assert told(None, 11) == "killed by signal 11 (SIGSEGV)"
    assert told(None, 64) == "killed by signal 64 (SIGRTMAX)"
    assert told(None, 60) == "killed by signal 60"
    assert told(None, None, "memory") == "over the memory limit"


def test_descendants_are_all_found() -> None:
    script = "(sleep 30 & sleep 30 & echo up; wait) & wait"
    with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert len(list(tree.descendants(process.pid))) == 3
        os.killpg(process.pid, 9)
    assert list(tree.descendants(process.pid)) == []


def test_the_default_sandbox_is_bubblewrap_and_probed_once() -> None:
    sandbox = default_sandbox()
    assert isinstance(sandbox, Bubblewrap)
    assert default_sandbox() is sandbox
    assert sandbox.in_force() is sandbox.in_force()
    told = sandbox.in_force()
    assert told.kind == "bubblewrap"
    assert told.version[0].isdigit()
    assert ("uid-slot:61200-61327" in told.features) == (os.geteuid() == 0)
    assert any("uid" in line for line in told.missing) == (os.geteuid() != 0)


def test_missing_tools_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(launch.TOOLS, "/usr/bin/no-such-tool", "some-package")
    with pytest.raises(SandboxError, match=r"/usr/bin/no-such-tool.*apt install some-package"):
        default_sandbox.__wrapped__()


def test_limits_that_are_absurdly_small_are_results_or_errors_never_crashes() -> None:
    for limits in (Limits(memory_mb=1), Limits(processes=1), Limits(wall_s=0), Limits(output_bytes=0), Limits(disk_mb=0, tmp_mb=0)):
        try:
            result = default_sandbox().run(BoxSpec(argv=("/bin/echo", "x"), limits=limits))
        except SandboxError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert result.describe()


def test_the_benchmark_of_box_starts_prints_its_figures() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "box_start.py", "--boxes", "3", "--json"], capture_output=True, check=True
    )
    figures = json.loads(done.stdout)
    assert figures["boxes"] == 3
    assert 0 < figures["median_ms"] <= figures["p95_ms"]
