"""Prompts are files beside this one, filled in by jinja2; a value that a template names and nobody gave is an error."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autolab.errors import AgentError

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).with_name("prompts")


def render(name: str, **values: Any) -> str:
    """The prompt of this name. AgentError names a value that is missing."""
    import jinja2

    try:
        return _environment().get_template(f"{name}.j2").render(**values).strip() + "\n"
    except jinja2.UndefinedError as error:
        raise AgentError(f"prompt {name}: {error.message}; give it to render()") from error


@functools.cache
def _environment() -> "Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), undefined=jinja2.StrictUndefined, autoescape=False,  # noqa: S701 - no HTML
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
