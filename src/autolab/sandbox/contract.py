"""What every sandbox must do, as tests that anyone can run on one's own:

    from autolab.sandbox.contract import SandboxContract
    from my_sandbox import MySandbox

    class TestMySandbox(SandboxContract):
        make_sandbox = MySandbox

Without pytest: `check(MySandbox(), folder)` runs them all in an empty folder. The boxes need sh, python3, and the usual
small commands in /usr.
"""

import errno
import inspect
import json
import os
import socket
import threading
from functools import partial
from pathlib import Path

from autolab.sandbox.box import FIXED_ENV, BoxResult, BoxSpec, Limits, Mount, Sandbox
from autolab.sandbox.contract_limits import LimitsContract
from autolab.sandbox.contract_tools import STUBBORN


class SandboxContract(LimitsContract):
    """The whole contract. `tmp_path` is an empty folder. No test says how a box is made."""

    # --- what a box gives back

    def test_result_has_output_exit_code_and_input(self) -> None:
        """Streams apart, exit code as it was."""
        result = self.shell("cat; echo heard >&2; exit 7", stdin=b"said")
        assert (result.exit_code, result.signal, result.limit) == (7, None, None)
        assert (result.stdout, result.stderr) == (b"said", b"heard\n")
        assert self.shell("true").ok

    def test_death_by_signal_is_told(self) -> None:
        """A crash is no exit code."""
        result = self.shell("kill -SEGV $$")
        assert (result.exit_code, result.signal, result.limit) == (None, 11, None)

    def test_program_that_is_missing_is_a_result(self) -> None:
        """The candidate's own fault, not the lab's."""
        result = self.sandbox.run(BoxSpec(argv=("/app/nothing",)))
        assert result.exit_code not in (0, None)

    def test_unusable_spec_is_an_error(self, tmp_path: Path) -> None:
        """The lab's own mistakes are said before anything runs."""
        for spec in (
            BoxSpec(argv=()),
            BoxSpec(argv=("/bin/true",), mounts=(Mount(tmp_path / "missing", "/app"),)),
            BoxSpec(argv=("/bin/true",), mounts=(Mount(tmp_path, "app"),)),
            BoxSpec(argv=("/bin/true",), mounts=(Mount(tmp_path, "/app/../usr"),)),
            BoxSpec(argv=("/bin/true", "a\0b")),
        ):
            self.assert_refused(partial(self.sandbox.run, spec))

    def test_cpu_seconds_are_read_outside(self) -> None:
        """They count children too, even those that nobody waited for, and sleep costs nothing."""
        spin = "import os, time\nif os.fork():\n    os._exit(0)\n"
        busy = self.run_python(spin.replace("os._exit(0)", "time.sleep(0.3)") + "while time.process_time() < 0.2: pass")
        idle = self.shell("sleep 0.3")
        assert busy.cpu_s >= 0.2
        assert idle.cpu_s < 0.1

    # --- what a box sees

    def test_environment_is_fixed(self) -> None:
        """Nothing of the lab's environment, where API keys are. PWD may say what the working folder is."""
        result = self.run_python(
            "import json, os; print(json.dumps(dict(os.environ)))", env={"MORE": "a b=c"}, cwd="/usr"
        )
        assert {"PWD": "/usr", **json.loads(result.stdout)} == {**FIXED_ENV, "MORE": "a b=c", "PWD": "/usr"}

    def test_root_is_private(self, tmp_path: Path) -> None:
        """No home, no password file of the host, none of its folders."""
        (tmp_path / "secret").write_text("secret")
        places = f"/etc/shadow /root /home /var /work /mnt /run/autolab {tmp_path}/secret"
        result = self.shell(f'for p in {places}; do [ -e "$p" ] && echo "$p"; done; ls -A / | tr "\\n" " "')
        usual = {"app", "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr", "sys"}
        *seen, root = result.stdout.decode().split("\n")
        assert seen == []
        assert set(root.split()) <= usual

    def test_nothing_but_its_mounts_and_tmp_is_writable(self, tmp_path: Path) -> None:
        """/usr, the root, a mount that is not said to be writable."""
        (tmp_path / "fixed").mkdir()
        (tmp_path / "fixed").chmod(0o777)  # so that nothing but the mount protects it
        mounts = (Mount(tmp_path / "fixed", "/app"), self.writable(tmp_path))
        places = "/usr /usr/bin / /etc /dev /app /proc /data /tmp /dev/shm"
        result = self.shell(f"for p in {places}; do (: > $p/new) 2> /dev/null && echo $p; done; true", mounts=mounts)
        assert result.stdout.split() == [b"/data", b"/tmp", b"/dev/shm"]
        assert (tmp_path / "data" / "new").exists()
        assert not (tmp_path / "fixed" / "new").exists()

    def test_tmp_is_fresh_in_every_box(self) -> None:
        """Two runs of a program cannot talk."""
        look = "ls -A /tmp /dev/shm | grep left; touch /tmp/left /dev/shm/left"
        assert [self.shell(look).stdout for _ in range(2)] == [b"", b""]

    def test_files_can_be_mounted_and_cwd_set(self, tmp_path: Path) -> None:
        """One file, at a place of its own."""
        (tmp_path / "one").write_text("content")
        (tmp_path / "one").chmod(0o644)
        result = self.shell("pwd; cat one", mounts=(Mount(tmp_path / "one", "/app/one"),), cwd="/app")
        assert result.stdout == b"/app\ncontent"

    def test_no_proc_if_not_wanted(self) -> None:
        """A measured program sees little of the machine."""
        assert self.shell("ls /proc/self 2> /dev/null; true", proc=False).stdout == b""

    def test_no_descriptors_leak_in(self, tmp_path: Path) -> None:
        """Only stdin, stdout and stderr: the lab's other files and pipes stay outside."""
        with (tmp_path / "open").open("w") as file:
            os.set_inheritable(file.fileno(), True)
            result = self.run_python("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])")
        assert result.stdout == b"[0, 1, 2]\n"

    def test_namespaces_are_its_own(self) -> None:
        """It sees its own processes and host name only."""
        look = "for n in pid ipc uts net mnt; do readlink /proc/self/ns/$n; done; ls -d /proc/[0-9]* | wc -l"
        *inside, count = self.shell(look).stdout.decode().split()
        outside = {os.readlink(f"/proc/self/ns/{name}") for name in ("pid", "ipc", "uts", "net", "mnt")}  # noqa: PTH115
        assert not outside & set(inside)
        assert int(count) < 10

    # --- what a box cannot do

    def test_no_network(self) -> None:
        """Neither out nor to the host's own services."""
        code = (
            "import socket, sys\n"
            "for place in ('192.0.2.1', sys.argv[1]):\n"
            "    try: socket.create_connection((place, int(sys.argv[2])), 1)\n"
            "    except OSError: print('refused')\n"
        )
        with socket.create_server(("127.0.0.1", 0)) as server:
            result = self.run_python(code, "127.0.0.1", str(server.getsockname()[1]))
        assert result.stdout.split() == [b"refused", b"refused"], result.stderr

    def test_no_capabilities_and_no_way_to_new_ones(self) -> None:
        """Every set is empty, and set-uid programs give nothing."""
        status = dict(line.split(":\t", 1) for line in self.shell("cat /proc/self/status").stdout.decode().splitlines())
        assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"

    def test_kernel_settings_are_closed(self) -> None:
        """Whoever may write core_pattern owns the host. Opened only, nothing is written."""
        code = (
            "import os, sys\n"
            "for name in sys.argv[1:]:\n"
            "    try: os.close(os.open(name, os.O_WRONLY)); print(name)\n"
            "    except OSError: pass\n"
        )
        names = ("kernel/core_pattern", "kernel/modprobe", "vm/swappiness", "kernel/randomize_va_space")
        places = [*(f"/proc/sys/{name}" for name in names), "/proc/sysrq-trigger", "/dev/kmsg", "/dev/mem"]
        result = self.run_python(code, *places)
        assert (result.exit_code, result.stdout) == (0, b"")

    def test_dangerous_system_calls_are_refused(self) -> None:
        """New namespaces, other processes' memory, mounts."""
        calls = {
            "unshare": [0x10000000],
            "ptrace": [0, 0, 0, 0],
            "mount": [0, 0, 0, 0, 0],
            "setns": [0, 0],
            "umount2": [0, 0],
        }
        assert self.errors(calls) == dict.fromkeys(calls, errno.EPERM)

    def test_run_policy_refuses_what_instruments_cannot_see(self) -> None:
        """The kernel copying for the program; and a program that is alone stays so."""
        calls = {
            "splice": [0, 0, 1, 0, 1, 0], "copy_file_range": [0, 0, 1, 0, 1, 0], "sendfile": [1, 0, 0, 1], "tee": [0, 1, 1, 0],
            "vmsplice": [1, 0, 0, 0], "memfd_create": [0, 0], "socket": [2, 1, 0], "fork": [], "vfork": [],
        }  # fmt: skip
        alone = Limits(processes=1)
        assert self.errors(calls, policy="run", limits=alone) == dict.fromkeys(calls, errno.EPERM)
        code = "import threading\ntry: threading.Thread(target=print, args=('ran',)).start()\nexcept RuntimeError: print('no')"
        assert self.run_python(code, policy="run", limits=alone).stdout == b"no\n"
        assert self.run_python(code, policy="run", limits=Limits(processes=4)).stdout == b"ran\n"

    # --- sessions, threads, folders

    def test_session_talks_and_finishes(self) -> None:
        """Line by line, then the rest."""
        with self.sandbox.open(BoxSpec(argv=("/bin/sh", "-c", 'read x; echo "got $x"; cat; exit 3'))) as session:
            session.stdin.write(b"one\n")
            session.stdin.flush()
            assert session.stdout.readline() == b"got one\n"
            session.stdin.write(b"rest")
            result = session.finish()
        assert (result.exit_code, result.stdout) == (3, b"rest")

    def test_leaving_a_session_kills_it(self, tmp_path: Path) -> None:
        """By an exception too."""
        spec = BoxSpec(
            argv=(self.python, "-c", STUBBORN + "print('up', flush=True)\ntime.sleep(60)"),
            mounts=(self.writable(tmp_path),),
        )
        try:
            with self.sandbox.open(spec) as session:
                assert session.stdout.readline() == b"up\n"
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        self.assert_quiet(tmp_path)

    def test_session_keeps_its_limits(self) -> None:
        """While the caller waits for an answer."""
        with self.sandbox.open(BoxSpec(argv=("/bin/sleep", "60"), limits=Limits(wall_s=0.3))) as session:
            assert session.stdout.read() == b""
            assert session.finish().limit == "wall"

    def test_boxes_run_at_the_same_time(self) -> None:
        """From several threads, each with its own result."""
        seen: dict[int, BoxResult] = {}

        def work(number: int) -> None:
            seen[number] = self.shell(f"sleep 0.1; echo {number}; exit {number}")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {number: (result.exit_code, result.stdout) for number, result in seen.items()} == {
            number: (number, b"%d\n" % number) for number in range(6)
        }

    def test_one_box_continues_what_another_left(self, tmp_path: Path) -> None:
        """A folder passes from box to box, whoever owned its files before."""
        mounts = (self.writable(tmp_path),)
        assert self.shell(
            "mkdir -p /data/a/b; echo 1 > /data/a/b/c; chmod 700 /data/a; chmod 600 /data/a/b/c", mounts=mounts
        ).ok
        assert self.shell("echo 2 >> /data/a/b/c; cat /data/a/b/c", mounts=mounts).stdout == b"1\n2\n"

    def test_folder_is_removed_whatever_is_in_it(self, tmp_path: Path) -> None:
        """Without modes, deep, with links out of it; a folder that is gone is fine."""
        kept = tmp_path / "kept"
        kept.write_text("kept")
        mount = self.writable(tmp_path)
        script = f"ln -s {kept} l; ln -s / r; mkfifo p; mkdir -p d/e; touch d/e/f; chmod 0 d/e d; touch -- -rf"
        deep = "import os\nfor _ in range(60):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n"
        assert self.shell(script, mounts=(mount,), cwd="/data").ok
        assert self.run_python(deep, mounts=(mount,), cwd="/data").limit in {None, "disk"}  # too deep to be measured
        for _ in range(2):
            self.sandbox.remove_folder(mount.source)
            assert not mount.source.exists()
        assert kept.read_text() == "kept"
        for name in ("", "..", "a/b"):
            self.assert_refused(partial(self.sandbox.make_folder, tmp_path, name))

    def test_what_is_in_force_is_said(self) -> None:
        """A kind, a version, and one line for each thing that is missing."""
        in_force = self.sandbox.in_force()
        assert in_force.kind
        assert in_force.version
        assert in_force.features
        assert all(line and "\n" not in line for line in in_force.missing)
        assert in_force == self.sandbox.in_force()


def check(sandbox: Sandbox, folder: Path) -> list[str]:
    """Runs every test of the contract in folders below `folder`, and returns the names of those that failed, with why."""
    contract = type("Contract", (SandboxContract,), {"make_sandbox": staticmethod(lambda: sandbox)})()
    failed = []
    for name in sorted(name for name in dir(contract) if name.startswith("test_")):
        place = folder / name
        place.mkdir()
        try:
            test = getattr(contract, name)
            test(*[place] if inspect.signature(test).parameters else [])
        except Exception as error:  # noqa: BLE001 - told to the caller
            failed.append(f"{name}: {type(error).__name__}: {error}")
    return failed
