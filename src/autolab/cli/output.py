"""How commands print: data on stdout, talk on stderr. rich only where stdout is a terminal."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


def say(text: str) -> None:
    """One line of talk, on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """`value` as JSON on stdout; NaN and infinities are refused, as a missing figure is null."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def visible(text: str) -> str:
    """`text` without what steers a terminal: control characters except newline and tab become U+FFFD."""
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf"} and c not in "\n\t" else c for c in text)


def figure(value: float | None, digits: int = 3) -> str:
    """A figure for people: whole numbers with thin grouping, others with `digits` significant; None is a dash."""
    if value is None:
        return "-"
    if value == int(value) or abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> None:
    """A table on stdout; columns named in `right` are right-aligned. Cells are made safe for terminals."""
    cells = [[visible(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _rich_table(columns, cells, set(right))
    else:
        print(aligned(columns, cells, set(right)))


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], right: set[str]) -> str:
    """Columns padded to their widest cell, two blanks apart, one line a row, the names first."""
    lines = [list(columns), *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in lines
    )


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: set[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
