"""What the tests of the sandbox contract share: ways to run something in a box."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from autolab.errors import SandboxError
from autolab.sandbox.box import BoxResult, BoxSpec, Mount, Sandbox

QUIET_S = 0.3
"""Long enough for a process that is still alive to write again: it does so every 20 ms."""

STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                with open("/data/beat", "a") as file:
                    file.write(".")
                time.sleep(0.02)
        os._exit(0)
while not os.path.exists("/data/beat"):
    time.sleep(0.01)
"""
"""Leaves grandchildren in sessions of their own that ignore every polite signal."""

_CALLS = """
import ctypes, json, sys
libc = ctypes.CDLL(None, use_errno=True)
errors = {}
for name, arguments in json.loads(sys.argv[1]).items():
    ctypes.set_errno(0)
    errors[name] = ctypes.get_errno() if getattr(libc, name)(*arguments) == -1 else 0
print(json.dumps(errors))
"""


class BoxTools:
    """Runs scripts in boxes of the sandbox under test."""

    make_sandbox: Callable[[], Sandbox]
    python = "/usr/bin/python3"  # in the box

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox under test."""
        return type(self).make_sandbox()

    def shell(self, script: str, **spec: Any) -> BoxResult:
        """The result of a shell script in a box."""
        return self.sandbox.run(BoxSpec(argv=("/bin/sh", "-c", script), **spec))

    def run_python(self, code: str, *arguments: str, **spec: Any) -> BoxResult:
        """The result of a Python program in a box."""
        return self.sandbox.run(BoxSpec(argv=(self.python, "-I", "-S", "-c", code, *arguments), **spec))

    def writable(self, folder: Path) -> Mount:
        """A fresh folder of the sandbox at /data."""
        return Mount(self.sandbox.make_folder(folder, "data"), "/data", writable=True)

    def errors(self, calls: Mapping[str, list[int]], **spec: Any) -> dict[str, int]:
        """The error number (0: none) that each function of the C library gives in a box."""
        result = self.run_python(_CALLS, json.dumps(calls), **spec)
        assert result.ok, result.stderr
        return cast(dict[str, int], json.loads(result.stdout))

    def assert_quiet(self, tmp_path: Path) -> None:
        """Nobody writes to the file of heartbeats any more."""
        size = (tmp_path / "data" / "beat").stat().st_size
        assert size > 0
        time.sleep(QUIET_S)
        assert (tmp_path / "data" / "beat").stat().st_size == size

    def assert_refused(self, action: Callable[[], object]) -> None:
        """The sandbox says that something cannot be done."""
        said = None
        try:
            action()
        except SandboxError as error:
            said = str(error)
        assert said, "no SandboxError"
        assert "\n" not in said
