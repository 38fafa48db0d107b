"""From what a person types after `-a` to an agent."""

import difflib
import importlib
import importlib.util
import inspect
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from autolab.agents.agent import Agent
from autolab.agents.settings import Settings, parse_spec
from autolab.errors import AgentError, ModelError

AGENTS = {
    "nop": "autolab.agents.nop:Nop",
    "oracle": "autolab.agents.oracle:Oracle",
    "random": "autolab.agents.search.sampling:RandomSearch",
    "climb": "autolab.agents.search.climb:Climb",
    "anneal": "autolab.agents.search.anneal:Anneal",
    "evolve": "autolab.agents.search.evolve:Evolve",
    "tree": "autolab.agents.search.tree:Tree",
    "researcher": "autolab.agents.researcher.researcher:Researcher",
    "claude-code": "autolab.agents.coding.agent:ClaudeCode",
    "codex": "autolab.agents.coding.agent:Codex",
    "gemini-cli": "autolab.agents.coding.agent:GeminiCli",
    "opencode": "autolab.agents.coding.agent:OpenCode",
    "mini-swe-agent": "autolab.agents.coding.agent:MiniSweAgent",
    "aider": "autolab.agents.coding.agent:Aider",
    "stubborn": "autolab.agents.controls.agents:Stubborn",
    "quitter": "autolab.agents.controls.agents:Quitter",
    "restarter": "autolab.agents.controls.agents:Restarter",
    "recoverer": "autolab.agents.controls.agents:Recoverer",
}
"""Built-in agents: short name to module and class, imported when asked for."""


def agent_names() -> tuple[str, ...]:
    """Short names of the built-in agents."""
    return tuple(AGENTS)


def load_agent(spec: str) -> Agent:
    """A fresh agent: a short name of `agent_names`, `replay:path/to/trial`, `command:WORDS`, or `path/to/file.py:Class`.

    A name or a class may have settings behind it: `NAME@provider/model?key=value`. Raises `AgentError`, in one line, for
    anything that is no agent.
    """
    if spec.startswith("replay:"):
        from autolab.agents.replay import Replay

        return Replay(Path(spec.removeprefix("replay:")).expanduser())
    if spec.startswith("command:"):
        from autolab.agents.coding.command import Command

        return Command(spec)
    whole = spec
    spec, settings = parse_spec(spec)
    if spec in AGENTS:
        module, _, name = AGENTS[spec].partition(":")
        return _make(getattr(importlib.import_module(module), name), whole, settings)
    path, _, name = spec.rpartition(":") if not spec.endswith(".py") else (spec, "", "")
    if not path.endswith(".py"):
        raise AgentError(_unknown(spec))
    file = Path(path).expanduser()
    if not file.is_file():
        raise AgentError(f"no agent file {path}: give an existing file as path/to/file.py:Class")
    classes = _classes(_load(file))
    if name not in classes:
        there = ", ".join(classes) or "no class at all"
        asked = f"no class {name!r}" if name else "no class named"
        raise AgentError(f"{spec}: {asked}; {path} has {there}: write {path}:Class")
    return _make(classes[name], whole, settings)


def _unknown(spec: str) -> str:
    close = difflib.get_close_matches(spec, AGENTS, n=1)
    guess = f" (did you mean {close[0]!r}?)" if close else ""
    return f"unknown agent {spec!r}{guess}: there are {', '.join(AGENTS)}, replay:path/to/trial, command:WORDS, or path/to/file.py:Class for one of your own"


def _load(file: Path) -> ModuleType:
    """Runs a file as a module of its own."""
    name = f"autolab_agent_{sha256(str(file.resolve()).encode()).hexdigest()[:12]}"
    found = importlib.util.spec_from_file_location(name, file)
    if found is None or found.loader is None:
        raise AgentError(f"{file}: not a Python file")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # dataclasses and pickling look it up there
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise AgentError(f"{file}: cannot be imported: {_in_one_line(error)}") from error
    return module


def _classes(module: ModuleType) -> dict[str, type]:
    """Classes that the module itself defines."""
    members = inspect.getmembers(module, inspect.isclass)
    return {name: kind for name, kind in members if kind.__module__ == module.__name__}


def _make(kind: type, spec: str, settings: Settings) -> Agent:
    from_settings = getattr(kind, "from_settings", None)
    if from_settings is None and settings != Settings():
        raise AgentError(f"{spec}: {kind.__name__} takes no model and no options; write {spec.partition('?')[0].partition('@')[0]}")
    try:
        agent = kind() if from_settings is None else from_settings(settings)
    except (AgentError, ModelError) as error:
        raise AgentError(f"{spec}: {error}") from error
    except (Exception, SystemExit) as error:
        raise AgentError(f"{spec}: cannot be made without arguments: {_in_one_line(error)}") from error
    if not callable(getattr(agent, "run", None)):
        raise AgentError(f"{spec}: {kind.__name__} has no method run(self, bench)")
    name = getattr(agent, "name", None)
    if not isinstance(name, str) or not name:
        raise AgentError(f"{spec}: {kind.__name__} has no name: add  name = {kind.__name__.lower()!r}")
    made: Agent = agent
    return made


def _in_one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
