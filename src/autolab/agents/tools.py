"""What a model or any other program may ask of a bench: one table, for the researcher and for `autolab mcp`.

A tool has a name, a description, typed arguments, and a function from bench and arguments to the text that answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autolab.agents.bench import Bench, Past
from autolab.agents.telling import capped, history_text, outcome_text, status_text
from autolab.errors import AutolabError
from autolab.sandbox.box import BoxResult

OUTPUT_CHARS = 6000
"""Most characters of an answer: the head and the tail of what is longer."""


class MalformedCallError(Exception):
    """A call that means nothing: an unknown tool or wrong arguments. Its text says what would be right."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _None(_Arguments):
    pass


class _Run(_Arguments):
    command: Annotated[str, Field(min_length=1, description="A line for /bin/sh, run in /app, in a fresh box without network.")]
    timeout: Annotated[float | None, Field(default=None, gt=0, description="Seconds; by default the task's limit.")]


class _Read(_Arguments):
    path: Annotated[str, Field(min_length=1, description="Relative to /app.")]
    first: Annotated[int, Field(default=1, ge=1, description="First line, from 1.")]
    last: Annotated[int | None, Field(default=None, ge=1, description="Last line; by default the file's.")]


class _Write(_Arguments):
    path: Annotated[str, Field(min_length=1, description="Relative to /app.")]
    content: Annotated[str, Field(description="The whole new content.")]


class _Edit(_Arguments):
    path: Annotated[str, Field(min_length=1, description="Relative to /app.")]
    old: Annotated[str, Field(min_length=1, description="A text that stands in the file exactly once.")]
    new: Annotated[str, Field(description="What replaces it.")]


class _Measure(_Arguments):
    hypothesis: Annotated[str, Field(min_length=1, description="What you changed, and why it should help.")]
    expected: Annotated[float, Field(gt=0, lt=1e9, description="The improvement you expect, as a factor: 1.5 for one and a half times as good.")]


class _Experiment(_Arguments):
    experiment: Annotated[int, Field(ge=1, description="Its number.")]


class _MaybeExperiment(_Arguments):
    experiment: Annotated[int | None, Field(default=None, ge=1, description="Its number; by default the last that has a profile.")]


class _Note(_Arguments):
    text: Annotated[str, Field(min_length=1, description="What you learned. You see your last notes at each step.")]


@dataclass(frozen=True)
class BenchTool:
    """One operation on a bench. `main`: the argument that a text reply gives as the body of its block."""

    name: str
    about: str
    arguments: type[BaseModel]
    act: Callable[[Bench, Any], str]
    main: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments, without the titles that pydantic adds."""
        schema = self.arguments.model_json_schema()
        fields = {name: _plain(field) for name, field in schema.get("properties", {}).items()}
        return {"type": "object", "properties": fields, "required": schema.get("required", []), "additionalProperties": False}


def parsed(name: str, arguments: Mapping[str, Any]) -> Any:
    """The arguments of a call as its tool takes them. MalformedCallError for a call that means nothing."""
    tool = TOOLS.get(name)
    if tool is None:
        raise MalformedCallError(f"there is no tool {name!r}: there are {', '.join(TOOLS)}")
    try:
        return tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        raise MalformedCallError(f"{name}: {_wrong(error)}; it takes {', '.join(tool.schema['properties']) or 'nothing'}") from None


def answer(bench: Bench, name: str, arguments: Mapping[str, Any]) -> str:
    """Does what is asked and says what came of it; what the bench refuses is told, too.

    MalformedCallError for a call that means nothing. BudgetSpent goes through.
    """
    asked = parsed(name, arguments)
    tool = TOOLS[name]
    try:
        return capped(tool.act(bench, asked), OUTPUT_CHARS)
    except (AutolabError, OSError) as error:
        return f"refused: {error}"


def _run(bench: Bench, asked: _Run) -> str:
    return told(bench.exec(("/bin/sh", "-c", asked.command), asked.timeout))


def told(done: BoxResult) -> str:
    """A command's end and its output."""
    parts = (("", done.stdout), ("stderr:\n", done.stderr))
    return "\n".join([done.describe(), *(name + text.decode(errors="replace").rstrip() for name, text in parts if text)])


def _read(bench: Bench, asked: _Read) -> str:
    lines = bench.read(asked.path).decode(errors="replace").splitlines()
    last = min(len(lines), asked.last or len(lines))
    numbered = [f"{number:>4}  {lines[number - 1]}" for number in range(asked.first, last + 1)]
    return "\n".join([f"{asked.path}, lines {asked.first} to {last} of {len(lines)}", *numbered])


def _write(bench: Bench, asked: _Write) -> str:
    bench.write(asked.path, asked.content.encode())
    return f"{asked.path}: {len(asked.content.splitlines())} lines written" + _uncounted(bench, asked.path)


def _edit(bench: Bench, asked: _Edit) -> str:
    text = bench.read(asked.path).decode(errors="surrogateescape")
    found = text.count(asked.old)
    if found != 1:
        raise AutolabError(f"{asked.path}: the old text stands there {found} times; give one that stands there exactly once")
    bench.write(asked.path, text.replace(asked.old, asked.new).encode(errors="surrogateescape"))
    return f"{asked.path}: replaced" + _uncounted(bench, asked.path)


def _uncounted(bench: Bench, path: str) -> str:
    editable = bench.task.optimization.editable
    return "" if path in editable else f"; it does not count: only {', '.join(editable)} may be edited and will be measured"


def _measure(bench: Bench, asked: _Measure) -> str:
    return outcome_text(bench.measure(asked.hypothesis, asked.expected), asked.expected)


def _status(bench: Bench, _: _None) -> str:
    return status_text(bench.status())


def _history(bench: Bench, _: _None) -> str:
    return history_text(bench.history())


def _show(bench: Bench, asked: _Experiment) -> str:
    past = _past(bench, asked.experiment)
    return f"{past.hypothesis}\n{outcome_text(past.outcome, past.expected)}"


def _past(bench: Bench, number: int) -> Past:
    done = bench.history()
    if number > len(done):
        raise AutolabError(f"no experiment {number}: there are {len(done)}, numbered from 1")
    return done[number - 1]


def _diff(bench: Bench, asked: _Experiment) -> str:
    _past(bench, asked.experiment)
    return bench.diff(asked.experiment).rstrip() or "no difference from the starting program"


def _profile(bench: Bench, asked: _MaybeExperiment) -> str:
    lines = [f"{each.share:6.1%}  {each.cost:>16,.0f}  {each.function}  {each.file}" for each in bench.profile(asked.experiment)]
    return "\n".join(lines) or "no profile: nothing was counted yet, or this task counts no functions"


def _restore(bench: Bench, asked: _Experiment) -> str:
    _past(bench, asked.experiment)
    bench.restore(asked.experiment)
    return f"/app is as it was at experiment {asked.experiment}"


def _submit(bench: Bench, asked: _Experiment) -> str:
    _past(bench, asked.experiment)
    bench.submit(asked.experiment)
    return f"experiment {asked.experiment} will be graded"


def _note(bench: Bench, asked: _Note) -> str:
    bench.note(asked.text)
    return "noted"


TOOLS: dict[str, BenchTool] = {
    tool.name: tool
    for tool in (
        BenchTool("status", "Budget left, the best so far, notes of people.", _None, _status),
        BenchTool("read", "A file, with line numbers.", _Read, _read),
        BenchTool("write", "Replaces a whole file.", _Write, _write, "content"),
        BenchTool("edit", "Replaces one piece of a file.", _Edit, _edit),
        BenchTool("run", "Runs a command in the sandbox.", _Run, _run, "command"),
        BenchTool("measure", "One experiment: builds, checks and measures the editable files as they are now.", _Measure, _measure, "hypothesis"),
        BenchTool("history", "All experiments so far, one line each.", _None, _history),
        BenchTool("show", "One experiment in full, with what its build and run printed.", _Experiment, _show),
        BenchTool("diff", "What an experiment changed in the starting program.", _Experiment, _diff),
        BenchTool("profile", "The costliest functions of an experiment.", _MaybeExperiment, _profile),
        BenchTool("restore", "Puts the editable files back as they were at an experiment.", _Experiment, _restore),
        BenchTool("submit", "Chooses an experiment for the final grade; by default the best is graded.", _Experiment, _submit),
        BenchTool("note", "Keeps what you learned.", _Note, _note, "text"),
    )
}
"""By name, in the order in which they are shown."""


def _plain(field: Mapping[str, Any]) -> dict[str, Any]:
    """A field's schema as every provider takes it: no title, no default, no union with null."""
    choices = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    merged = {**field, **(choices[0] if choices else {})}
    return {key: value for key, value in merged.items() if key not in ("title", "default", "anyOf")}


def _wrong(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}" for each in error.errors())
