"""The judge's side of verify.py: a box of its own, one per measure, apart from every candidate box."""

import importlib.util
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from autolab.errors import AutolabError
from autolab.judge import verify_host
from autolab.sandbox.box import BoxSpec, Limits, Mount, Sandbox, Session
from autolab.task.task import Task

_SITE = "/judge/site"


class VerifierFailed(AutolabError):  # noqa: N818 - an outcome
    """verify.py raised, returned something of the wrong type, or its box ended: the lab's fault, never the agent's."""


class Verifier:
    """Calls verify.py's functions. A context manager; entering it starts the box, which boots while the judge builds."""

    def __init__(self, sandbox: Sandbox, task: Task) -> None:
        self._sandbox = sandbox
        self._task = task

    def __enter__(self) -> Self:
        self._session: Session = self._sandbox.open(_box(self._task))
        self._session.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    def draw(self, seed: int, family: str, size: str) -> bytes:
        """A case's input."""
        return bytes(self._typed("draw", bytes, seed, family, size))

    def check(self, case: bytes, output: bytes) -> str | None:
        """None if the output is right, else what is wrong with it in one line."""
        return self._complaint("check", case, output)

    def quality(self, case: bytes, output: bytes, seed: int, family: str, size: str) -> Any:
        """What checked predictions are worth: a figure, or a pair of it and a mapping from category to figure."""
        return self._call("quality", case, output, seed, family, size)

    def wrong(self, case: bytes, output: bytes) -> dict[str, bytes]:
        """Wrong outputs by name, made from a right one."""
        return dict(self._typed("wrong", dict, case, output))

    def check_files(self, files: dict[str, bytes], seed: int) -> str | None:
        """None if a submission that is itself the answer is right, else what is wrong with it."""
        return self._complaint("check", files, seed)

    def count(self, files: dict[str, bytes], seed: int) -> Any:
        """The count of a checked submission; `measure.figures` makes sure that it is a finite number."""
        return self._call("count", files, seed)

    def wrong_files(self, files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
        """Wrong submissions by name, made from the reference."""
        return dict(self._typed("wrong", dict, files))

    def _complaint(self, name: str, *args: Any) -> str | None:
        value = self._call(name, *args)
        if value is None:
            return None
        if not isinstance(value, str):
            raise VerifierFailed(f"{self._task.verify}: {name} returned {value!r:.80}; return None or one line of text")
        return " ".join(value.split())[:500] or "wrong"

    def _typed(self, name: str, kind: type, *args: Any) -> Any:
        value = self._call(name, *args)
        if not isinstance(value, kind):
            raise VerifierFailed(f"{self._task.verify}: {name} returned {type(value).__name__}, not {kind.__name__}")
        return value

    def _call(self, name: str, *args: Any) -> Any:
        blobs: list[bytes] = []
        try:
            request = {"call": name, "args": verify_host.pack(list(args), blobs)}
            verify_host.send(cast(BinaryIO, self._session.stdin), request, blobs)
            answer = verify_host.receive(cast(BinaryIO, self._session.stdout))
        except (OSError, ValueError) as error:
            raise self._ended(name, str(error)) from error
        if answer is None:
            raise self._ended(name, "")
        head, out = answer
        if "error" in head:
            raise VerifierFailed(f"{self._task.verify}: {head['error']}")
        return verify_host.unpack(head["value"], out)

    def _ended(self, name: str, detail: str) -> VerifierFailed:
        result = self._session.finish()
        tail = result.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return VerifierFailed(f"{self._task.verify}: box ended during {name} ({result.describe()}): {tail or detail}")


def _box(task: Task) -> BoxSpec:
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    base = Path(sys.base_prefix).resolve()
    mounts = [
        Mount(Path(verify_host.__file__).resolve(), "/judge/host.py"),
        Mount(task.verify.resolve(), "/judge/verify.py"),
        *_numpy(),
    ]
    if not base.is_relative_to("/usr"):
        mounts.append(Mount(base, str(base)))
    environment = task.spec.environment
    return BoxSpec(
        argv=(str(interpreter), "-I", "-S", "/judge/host.py", "/judge/verify.py", _SITE),
        mounts=tuple(mounts),
        limits=Limits(
            wall_s=task.spec.verifier.timeout_sec, memory_mb=max(1024, environment.memory_mb), output_bytes=1 << 30
        ),
        policy="judge",
        name="verify",
    )


def _numpy() -> list[Mount]:
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise VerifierFailed("numpy is not installed beside autolab; install autolab-bench again")
    package = Path(spec.origin).parent
    found = (package, package.parent / "numpy.libs")  # the second holds the wheel's own shared libraries
    return [Mount(folder.resolve(), f"{_SITE}/{folder.name}") for folder in found if folder.is_dir()]
