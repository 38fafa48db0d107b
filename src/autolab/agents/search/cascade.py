"""Cheap checks before an experiment is spent: does the program parse, build, and run on one small case?"""

from dataclasses import dataclass

from autolab.agents.bench import Bench
from autolab.agents.mutate.source import count_errors
from autolab.agents.mutate.syntax import language_of
from autolab.agents.search.strategy import Files
from autolab.ledger.records import Verdict
from autolab.sandbox.box import BoxResult

EXAMPLE = "search.example"
"""Where the small case's input lies in the bench; no editable file, so it never crosses."""

_RUN = '"$@" >/dev/null && wc -c </tmp/output'


@dataclass(frozen=True)
class Failure:
    """What a program did not pass: the verdict that a measure would have given, and the stage in words."""

    verdict: Verdict
    stage: str


class Cascade:
    """The stages that this bench can do, found out with the starting program.

    Parse: no more syntax errors than the start. Build: the task's command in the bench. Small case: the program ends well
    on one example input, with as many bytes of output as the start has there; whether they are right only a measure tells.
    Where the bench executes nothing (feedback that is not `true`) or the task has no build, only parsing is left.
    """

    def __init__(self, bench: Bench, start: Files) -> None:
        """Builds and runs the starting program in the working copy."""
        self._bench = bench
        self._errors = {path: count_errors(content, language_of(path)) for path, content in start.items()}
        self._command: tuple[str, ...] | None = None
        for path, content in start.items():
            bench.write(path, content)
        table = bench.task.optimization.build
        self._builds = table is not None and self._build().ok
        if self._builds and bench.task.optimization.run is not None and (example := bench.example()) is not None:
            bench.write(EXAMPLE, example)
            places = {"input": f"/app/{EXAMPLE}", "output": "/tmp/output"}  # noqa: S108 - the box's own
            run = bench.task.optimization.run
            self._command = tuple(_filled(word, places) for word in run.command)
            self._bytes = self._run()
            if self._bytes is None:
                self._command = None

    def failure(self, files: Files) -> Failure | None:
        """The first stage that the files, which lie in the bench, do not pass."""
        for path, content in files.items():
            if count_errors(content, language_of(path)) > self._errors.get(path, 0):
                return Failure("build_failed", f"{path} does not parse")
        if not self._builds:
            return None
        if not (built := self._build()).ok:
            return Failure("build_failed", f"does not build ({built.describe()})")
        if self._command is None or (length := self._run()) == self._bytes:
            return None
        if length is None:
            return Failure("wrong_output", "does not end well on a small case")
        return Failure("wrong_output", f"gives {length} bytes on a small case, not {self._bytes}")

    def _build(self) -> BoxResult:
        table = self._bench.task.optimization.build
        assert table is not None
        return self._bench.exec(table.command, table.timeout_sec)

    def _run(self) -> int | None:
        """Bytes of output on the small case; None where the program did not end well."""
        assert self._command is not None
        table = self._bench.task.optimization.run
        assert table is not None
        done = self._bench.exec(("/bin/sh", "-c", _RUN, "sh", *self._command), table.timeout_sec)
        said = done.stdout.strip()
        return int(said) if done.ok and said.isdigit() else None


def _filled(word: str, places: dict[str, str]) -> str:
    for name, place in places.items():
        word = word.replace(f"{{{name}}}", place)
    return word
