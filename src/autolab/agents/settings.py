"""What a person types after `-a`, taken apart: `NAME[@provider/model][?key=value&key=value]`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from autolab.errors import AgentError


@dataclass(frozen=True)
class Settings:
    """What an agent is made with. An agent class that takes any has a class method `from_settings(settings)`.

    `model` is `provider/name`, None where none was given; `options` are the agent's own, all of them text.
    """

    model: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def only(self, *known: str) -> Mapping[str, str]:
        """The options; AgentError if one is not among the known."""
        for name in self.options:
            if name not in known:
                raise AgentError(f"unknown option {name!r}: there are {', '.join(known) or 'none'}")
        return self.options

    def named(self, name: str) -> str:
        """An agent's name with its settings, as ledgers tell agents apart by it: the spec itself, options in order."""
        options = "&".join(f"{key}={self.options[key]}" for key in sorted(self.options))
        return name + (f"@{self.model}" if self.model else "") + (f"?{options}" if options else "")


def parse_spec(spec: str) -> tuple[str, Settings]:
    """The name (or `file.py:Class`, `replay:FOLDER`) and the settings. AgentError for options that are none."""
    rest, mark, query = spec.partition("?")
    name, at, model = rest.partition("@")
    if (at and not model) or (at and "/" not in model):
        raise AgentError(f"{spec}: the model after @ is {model!r}; write provider/name, e.g. {name}@openai/NAME")
    try:
        options = dict(parse_qsl(query, strict_parsing=True, keep_blank_values=True)) if mark else {}
    except ValueError as error:
        raise AgentError(f"{spec}: options after ? are {query!r}; write key=value, with & between") from error
    return name, Settings(model or None, options)
