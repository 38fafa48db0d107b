"""Command groups that import a command only when it is called.

A table maps a command's words to where its function lives and a short help text, so that `--help` and a mistyped
command import nothing but typer. "tasks list" in the table makes a group `tasks` with a command `list`.
"""

import importlib
from collections.abc import Mapping
from typing import Any, cast

import typer
from typer.core import TyperGroup

Table = Mapping[str, tuple[str, str]]
"""Words of a command (or of a group) -> ("module:function" or "" for a group, short help)."""


def lazy_app(table: Table, about: str, prefix: str = "") -> typer.Typer:
    """An app whose commands are those of `table` under `prefix` ("" or words ending in a blank)."""

    class Group(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands = cast(Any, dict.fromkeys(_names(table, prefix)))  # names only, for suggestions

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
            return _names(table, prefix)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
            return _command(table, prefix + cmd_name) if cmd_name in self.commands else None

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            with formatter.section("Commands"):
                formatter.write_dl([(name, table[prefix + name][1]) for name in self.list_commands(ctx)])

    return typer.Typer(
        cls=Group,
        help=about,
        no_args_is_help=True,
        add_completion=not prefix,
        rich_markup_mode=None,  # typer's rich help would import rich, markdown and pygments
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _names(table: Table, prefix: str) -> list[str]:
    """The words directly under `prefix`, in the table's order."""
    return [words.removeprefix(prefix) for words in table if words.startswith(prefix) and " " not in words[len(prefix) :]]


def _command(table: Table, words: str) -> Any:
    """Imports and wraps one command, or makes the group of this name."""
    target, about = table[words]
    if not target:
        group = lazy_app(table, about, words + " ")
        group.callback()(lambda: None)
        return typer.main.get_command(group)
    module, _, function = target.partition(":")
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    loaded = importlib.import_module(module)
    settings = getattr(loaded, "CONTEXT", None)  # of a file whose commands take another program's words
    app.command(words.rpartition(" ")[2], context_settings=settings)(getattr(loaded, function))
    return typer.main.get_command(app)
