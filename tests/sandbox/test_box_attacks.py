"""Attacks on the bubblewrap box that the contract of all sandboxes does not name."""

import contextlib
import errno
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.sandbox import cgroup_search, guardian, slots, tree
from autolab.sandbox.box import BoxSpec, Limits, Mount, Session
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.contract_tools import BoxTools

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only a lab that is root has a uid per box")
BOX = BoxTools()
BoxTools.make_sandbox = staticmethod(default_sandbox)

SPIN_IN_PID_1 = """
import os, subprocess, time
where = int(open('/proc/1/syscall').read().split()[-1], 16)
memory = os.open('/proc/1/mem', os.O_RDWR)
os.pwrite(memory, b'\\xeb\\xfe', where)  # jump to itself, where pid 1 comes back from its wait
subprocess.Popen(['/bin/sh', '-c', '(true &)']).wait()  # an orphan wakes it
time.sleep(60)
"""


@contextlib.contextmanager
def sleeping(**spec: object) -> Iterator[tuple[Session, list[int]]]:
    """A box that sleeps, and the host's pids of its processes."""
    guardian.environment()  # its process is the lab's, not the box's
    before = set(tree.descendants(os.getpid()))
    with BOX.sandbox.open(BoxSpec(argv=("/bin/sh", "-c", "echo up; read x"), **spec)) as session:
        assert session.stdout.readline() == b"up\n"
        yield session, [pid for pid in tree.descendants(os.getpid()) if pid not in before]


def uids(pid: int) -> set[int]:
    status = Path(f"/proc/{pid}/status").read_text()
    return set(map(int, status.partition("\nUid:")[2].partition("\n")[0].split()))


def test_no_process_of_a_box_is_root_on_the_host() -> None:
    with sleeping() as (_, pids):
        assert len(pids) >= 3
        assert all(0 not in uids(pid) for pid in pids)


@root_only
def test_each_box_has_a_uid_of_its_own() -> None:
    with sleeping() as (_, first), sleeping() as (_, both):
        second = set(both) - set(first)
        one, other = (set().union(*(uids(pid) for pid in pids)) for pids in (first, second))
        assert len(one) == len(other) == 1
        assert one != other
        assert one | other <= set(range(slots.FIRST_UID, slots.FIRST_UID + slots.COUNT))


def test_a_box_has_a_user_namespace_of_its_own_and_can_make_no_other() -> None:
    result = BOX.shell("readlink /proc/self/ns/user; unshare -U true 2> /dev/null && echo made")
    assert result.stdout.decode().split() != [str(Path("/proc/self/ns/user").readlink())]
    assert b"made" not in result.stdout
    code = "import ctypes, os; l = ctypes.CDLL(None, use_errno=True); print(l.syscall({}, {} | 17, 0, 0, 0, 0), ctypes.get_errno())"
    number = {"x86_64": 56, "aarch64": 220}.get(platform.machine())
    if number is not None:
        assert BOX.run_python(code.format(number, 0x10000000)).stdout == b"-1 %d\n" % errno.EPERM


def test_pid_1_cannot_be_told_to_outlive_the_lab() -> None:
    # /proc/1/mem lets a program make pid 1 do what it likes: so pid 1's filter is what must hold
    assert b"Seccomp:\t2" in BOX.shell("cat /proc/1/status").stdout
    # programs that tie children to themselves are told 0, and nothing is done: what was set stays
    calls = "import ctypes; p = ctypes.CDLL(None).prctl; print([p(1, n, 0, 0, 0) for n in (9, 0, 17)])"
    left = "n = ctypes.c_int(); p(2, ctypes.byref(n), 0, 0, 0); print(n.value)"
    assert BOX.run_python(f"{calls}\n{left}").stdout == b"[0, 0, 0]\n9\n"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the attack is machine code for x86-64")
def test_work_done_in_pid_1_counts_as_cpu_time_of_the_box() -> None:
    result = BOX.run_python(SPIN_IN_PID_1, limits=Limits(wall_s=60, cpu_s=1.0))
    assert result.limit == "cpu", "the program itself only sleeps"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 has other processors' system calls")
def test_system_calls_of_other_architectures_are_no_way_round() -> None:
    code = (
        "import ctypes, mmap\n"
        "page = mmap.mmap(-1, 4096, prot=7)\n"
        # unshare(CLONE_NEWUSER) as the 386 spells it: mov eax, 310; mov ebx, 0x10000000; int 0x80; ret
        "page.write(bytes.fromhex('53b836010000bb00000010cd805bc3'))\n"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))())\n"
    )
    result = BOX.run_python(code)
    assert result.signal in {31, 11} or int(result.stdout) < 0
    x32 = BOX.run_python("import ctypes; print(ctypes.CDLL(None).syscall(0x40000000 + 272, 0x10000000))")
    assert x32.signal == 31 or int(x32.stdout) < 0


def test_sockets_are_of_the_plain_families_only() -> None:
    code = (
        "import socket\n"
        "def made(family):\n"
        "    try: socket.socket(family, socket.SOCK_DGRAM if family != 38 else socket.SOCK_SEQPACKET).close()\n"
        "    except PermissionError: return False\n"
        "    return True\n"
        "print([f for f in range(1, 46) if made(f)])\n"
    )
    assert BOX.run_python(code).stdout == b"[1, 2, 10]\n"


def test_the_terminal_of_the_lab_is_out_of_reach() -> None:
    code = (
        "import fcntl, os, pty\n"
        "try: os.open('/dev/tty', os.O_RDWR); print('terminal')\n"
        "except OSError: pass\n"
        "_, slave = pty.openpty()\n"
        "for request in (0x5412, 0x541C, 0x5412 | 1 << 32):\n"
        "    try: fcntl.ioctl(slave, request & 0xFFFFFFFF, b'x'); print('typed')\n"
        "    except PermissionError: print('refused')\n"
    )
    assert BOX.run_python(code).stdout == b"refused\n" * 3


def test_files_without_a_name_count_for_the_disk_limit(tmp_path: Path) -> None:
    code = (
        "import os, time\n"
        "files = []\n"
        "for i in range(200):\n"
        "    files.append(os.open('/data/f', os.O_RDWR | os.O_CREAT))\n"
        "    os.unlink('/data/f')\n"
        "    os.write(files[-1], bytes(1 << 20))\n"
        "time.sleep(60)\n"
    )
    result = BOX.run_python(code, mounts=(BOX.writable(tmp_path),), limits=Limits(disk_mb=8, wall_s=20))
    assert result.limit == "disk"


def test_hiding_folders_from_the_count_is_over_the_limit(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "for _ in range(100):\n"
        "    os.mkdir('d' * 200); os.chdir('d' * 200)\n"
        "open('f', 'wb').write(bytes(4 << 20))\n"
    )
    mount = BOX.writable(tmp_path)
    assert BOX.run_python(code, mounts=(mount,), cwd="/data", limits=Limits(disk_mb=8)).limit == "disk"
    BOX.sandbox.remove_folder(mount.source)


def test_hard_links_count_once_and_do_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "fixed").mkdir()
    (tmp_path / "fixed" / "file").write_text("fixed")
    mounts = (BOX.writable(tmp_path), Mount(tmp_path / "fixed", "/app"))
    script = "head -c 6M /dev/zero > /data/f && ln /data/f /data/g && ln /data/f /data/h; ln /app/file /data/i; ln /usr/bin/env /data/j"
    result = BOX.shell(script, mounts=mounts, limits=Limits(disk_mb=8))
    assert result.limit is None
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["f", "g", "h"]


@root_only
def test_giving_a_folder_to_a_box_follows_no_link(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    mounts = (BOX.writable(tmp_path),)
    assert BOX.shell(f"ln -s {secret} /data/l; ln -s {tmp_path} /data/d", mounts=mounts).ok
    with sleeping(mounts=mounts):  # holds the first box's uid: the next one must change the owner
        assert BOX.shell("ls /data", mounts=mounts).ok
    assert (secret.stat().st_uid, tmp_path.stat().st_uid) == (0, 0)


def test_a_set_uid_program_of_the_host_gives_nothing() -> None:
    result = BOX.shell("for f in /usr/bin/su /usr/bin/mount /usr/bin/passwd; do [ -u $f ] && exec $f; done; id -u")
    assert b"root" not in result.stdout
    assert BOX.shell("id -u; id -G").stdout == b"1000\n1000\n"


def test_pinned_box_runs_on_its_core_only() -> None:
    core = max(os.sched_getaffinity(0))
    code = (
        "import os\n"
        "print(sorted(os.sched_getaffinity(0)))\n"
        "try: os.sched_setaffinity(0, range(64)); print(sorted(os.sched_getaffinity(0)))\n"
        "except OSError: print('refused')\n"
    )
    *_, now, after = BOX.run_python(code, cpu=core).stdout.decode().splitlines()
    assert now == f"[{core}]"
    hierarchy = cgroup_search.find()
    if hierarchy is not None and "cpuset" in hierarchy.parents:
        assert after in {f"[{core}]", "refused"}


def test_memory_of_temporary_files_is_memory_of_the_box() -> None:
    hierarchy = cgroup_search.find()
    if hierarchy is None or "memory" not in hierarchy.parents:
        pytest.skip("no memory cgroup is writable: temporary files are limited by their own size only")
    code = "open('/tmp/f', 'wb').write(bytes(50 << 20)); x = bytearray(50 << 20)"
    assert BOX.run_python(code, limits=Limits(memory_mb=64, tmp_mb=64)).limit == "memory"


def test_memory_files_count_as_memory() -> None:
    code = (
        "import os, time\n"
        "for i in range(8):\n"
        "    f = os.memfd_create(str(i)); os.write(f, bytes(40 << 20))\n"
        "time.sleep(60)\n"
    )
    assert BOX.run_python(code, limits=Limits(memory_mb=100, wall_s=20, disk_mb=50)).limit == "memory"
    assert BOX.errors({"shmget": [0, 1 << 30, 0o600]}) == {"shmget": errno.EPERM}


ALONE = """
import os, subprocess, time
from autolab.sandbox.box import BoxSpec
from autolab.sandbox.bubblewrap import default_sandbox
for _ in range(3):
    default_sandbox().run(BoxSpec(argv=("/bin/true",)))
    with default_sandbox().open(BoxSpec(argv=("/bin/cat",))):
        pass
words = ["ps", "-ww", "-o", "args=", "--ppid", str(os.getpid())]
def left():
    lines = subprocess.run(words, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if "autolab-guardian" not in line and line != " ".join(words)]
deadline = time.monotonic() + 10
while (children := left()) and time.monotonic() < deadline:
    time.sleep(0.05)
print(children)
"""


def test_a_lab_has_no_child_left_but_its_guardian() -> None:
    # in a process of its own: this one adopts what the labs that other tests kill leave
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr





def test_the_host_is_as_it_was(tmp_path: Path) -> None:
    def host() -> tuple[str, list[str]]:
        hierarchy = cgroup_search.find()
        parents = set(hierarchy.parents.values()) if hierarchy else set()
        own = [str(path) for parent in parents for path in parent.iterdir() if path.name.startswith(f"{os.getpid()}-")]
        return Path("/proc/self/mountinfo").read_text(), own

    before = host()
    BOX.shell("mkdir /data/x", mounts=(BOX.writable(tmp_path),))
    BOX.shell("sleep 60", limits=Limits(wall_s=0.2))
    assert host() == before
    assert before[1] == []
    files = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        BOX.shell("true")
        with BOX.sandbox.open(BoxSpec(argv=("/bin/cat",))):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == files
