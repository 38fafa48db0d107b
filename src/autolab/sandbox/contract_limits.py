"""The part of the sandbox contract about limits: each is reached by a real attack."""

import threading
from pathlib import Path

from autolab.sandbox.box import BoxResult, Limits
from autolab.sandbox.contract_tools import STUBBORN, BoxTools


class LimitsContract(BoxTools):
    """Each test starts boxes of its own."""

    def test_output_flood_is_cut(self) -> None:
        """What came before the limit is kept, over both streams together, and no more."""
        result = self.shell("yes flood >&2 & yes flood", limits=Limits(output_bytes=100_000))
        assert result.limit == "output"
        assert len(result.stdout) + len(result.stderr) == 100_000

    def test_memory_is_limited(self) -> None:
        """Held by one process, which may be refused or ended, or by several that stay below the limit each."""
        one = self.run_python("x = bytearray(400 << 20)", limits=Limits(memory_mb=96))
        assert not one.ok
        assert one.limit in {"memory", None}
        several = (
            "import os\n"
            "for _ in range(4):\n"
            "    if os.fork() == 0:\n"
            "        x = bytearray(60 << 20)\n"
            "        time.sleep(2)\n"
            "        os._exit(0)\n"
            "sys.exit(any([os.wait()[1] for _ in range(4)]))\n"
        )
        result = self.run_python(f"import sys, time\n{several}", limits=Limits(memory_mb=96, wall_s=20))
        assert result.limit == "memory", result

    def test_processes_are_limited(self) -> None:
        """A fork bomb ends within its box, and another box starts meanwhile."""
        bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
        seen: list[BoxResult] = []
        limits = Limits(processes=20, wall_s=2)
        bomber = threading.Thread(target=lambda: seen.append(self.run_python(bomb, limits=limits)))
        bomber.start()
        assert self.shell("for i in 1 2 3; do sleep 0.1 & done; wait").ok
        bomber.join()
        assert seen[0].limit in {"processes", "wall", "cpu"}
        count = "import os, time\nn = 0\ntry:\n    while n < 99:\n        os.fork() or time.sleep(9)\n        n += 1\nexcept OSError:\n    print(n, flush=True)"
        assert 10 <= int(self.run_python(count, limits=limits).stdout) <= 20

    def test_cpu_time_is_limited(self) -> None:
        """Of all processes together."""
        two = "(while :; do :; done) & while :; do :; done"
        assert self.shell(two, limits=Limits(cpu_s=0.3, wall_s=20)).limit == "cpu"
        assert self.shell("while :; do :; done", limits=Limits(cpu_s=1, wall_s=20)).limit == "cpu"  # ended by the kernel

    def test_disk_is_limited(self, tmp_path: Path) -> None:
        """One large file and many small ones."""
        mounts = (self.writable(tmp_path),)
        small = "import os\nos.mkdir('/data/d')\nfor i in range(10**6): open(f'/data/d/{i}', 'wb').write(b'x' * 4096)"
        large = "f = open('/data/f', 'wb')\nwhile True: f.write(bytes(1 << 20))"
        for code in (small, large):
            result = self.run_python(code, mounts=mounts, limits=Limits(disk_mb=8, wall_s=30))
            assert result.limit == "disk"

    def test_tmp_is_limited(self) -> None:
        """Both temporary folders are memory."""
        script = "for d in /tmp /dev/shm; do head -c 9M /dev/zero > $d/f || true; wc -c < $d/f; done"
        sizes = self.shell(script, limits=Limits(tmp_mb=4)).stdout.split()
        assert sizes == [b"4194304", b"4194304"]

    def test_time_out_keeps_output_and_kills_the_whole_tree(self, tmp_path: Path) -> None:
        """Children in sessions of their own that ignore SIGTERM too."""
        code = "print('partial', flush=True)" + STUBBORN + "time.sleep(60)"
        result = self.run_python(code, mounts=(self.writable(tmp_path),), limits=Limits(wall_s=1))
        assert (result.limit, result.stdout) == ("wall", b"partial\n")
        self.assert_quiet(tmp_path)

    def test_nothing_outlives_the_command(self, tmp_path: Path) -> None:
        """The box ends when its command does."""
        result = self.run_python(STUBBORN, mounts=(self.writable(tmp_path),))
        assert result.ok
        self.assert_quiet(tmp_path)
