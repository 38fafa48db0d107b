"""A command-line coding agent: another program in the bench, its model behind the gateway."""

import re
from pathlib import Path
from typing import ClassVar, Self

from autolab.agents.bench import Around, Bench, BudgetSpent
from autolab.agents.coding.install import Installed, installed, known
from autolab.agents.coding.programs import HOME, Launch, Started, with_files
from autolab.agents.coding.prompt import prompt
from autolab.agents.settings import Settings
from autolab.errors import AgentError
from autolab.models.gateway import GATEWAY_FOLDER, Gateway
from autolab.models.model import Model
from autolab.models.providers import PROVIDERS, Access, access
from autolab.models.registry import load_model, split
from autolab.sandbox.box import BoxResult, Mount

MEMORY_MB, PROCESSES, TMP_MB = 6144, 512, 1024
LONGEST_S = 30 * 24 * 3600.0
"""No limit of its own: the wall budget ends it."""


class CodingAgent:
    """Runs one program until it ends or the budget does. A trial that is continued starts it again, with the history."""

    program: ClassVar[str]
    runs_in_bench = True  # so that it cannot work where feedback is not `true`
    folder: Path | None = None  # where programs are installed; None: the cache folder

    def __init__(self, model: str, name: str) -> None:
        self.name = name
        self.models = (model,)
        self._source = source(model)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With a model, and no options."""
        settings.only()
        if settings.model is None:
            raise AgentError(f"needs a model: write {cls.program}@provider/name")
        return cls(settings.model, settings.named(cls.program))

    def run(self, bench: Bench) -> None:
        """Until the program ends; AgentError where it failed."""
        found = installed(known(self.program), self.folder)
        if found is None:
            raise AgentError(f"{self.program} is not installed; run: autolab agents install {self.program}")
        bench.note(f"{self.program} {found.version} with {self.models[0]}")
        with Gateway(self._source, lambda: nothing_left(bench), bench.model_called) as gateway:
            launch = Launch(prompt(bench), short_name(self.models[0]), gateway.token, bench.task.optimization.editable)
            started = found.program.start(launch)
            mounts = (Mount(gateway.folder, GATEWAY_FOLDER), Mount(found.folder, HOME))
            argv = gateway.command(with_files(started.files, (*_words(found), *started.argv)))
            result = bench.exec(argv, LONGEST_S, _around(started, mounts))
        ended(self.program, bench, result)


def source(model: str) -> Model | Access:
    """Where the gateway gets answers for this model. ModelError where it is none, or has no key."""
    provider, name = split(model)
    return access(provider, name) if provider in PROVIDERS else load_model(model)


def nothing_left(bench: Bench) -> str | None:
    """Why the gateway may let no further request pass."""
    try:
        bench.status()
    except BudgetSpent as spent:
        return str(spent)
    return None


def ended(name: str, bench: Bench, result: BoxResult) -> None:
    """BudgetSpent where that ended the program; AgentError, with its last words, where it failed by itself."""
    bench.status()
    if not result.ok:
        last = (result.stderr or result.stdout)[-400:].decode(errors="replace")
        raise AgentError(f"{name}: {result.describe()}: {' '.join(last.split())}")


def short_name(model: str) -> str:
    """A model's name for programs that take letters, digits, and little else."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(model.partition("/")[2]).name).strip("-") or "model"


def _words(found: Installed) -> tuple[str, ...]:
    """The installed program's first words, as the box sees them."""
    interpreter = found.program.interpreter
    file = f"{HOME}/{found.file}"
    if not interpreter:
        return (file,)
    return (interpreter if interpreter.startswith("/") else f"{HOME}/{interpreter}", file)


def _around(started: Started, mounts: tuple[Mount, ...]) -> Around:
    return Around(env=started.env, mounts=mounts, memory_mb=MEMORY_MB, processes=PROCESSES, tmp_mb=TMP_MB)


class ClaudeCode(CodingAgent):
    """`claude-code`."""

    program = "claude-code"


class Codex(CodingAgent):
    """`codex`."""

    program = "codex"


class GeminiCli(CodingAgent):
    """`gemini-cli`."""

    program = "gemini-cli"


class OpenCode(CodingAgent):
    """`opencode`."""

    program = "opencode"


class MiniSweAgent(CodingAgent):
    """`mini-swe-agent`."""

    program = "mini-swe-agent"


class Aider(CodingAgent):
    """`aider`."""

    program = "aider"
