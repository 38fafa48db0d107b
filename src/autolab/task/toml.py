"""Text of a TOML file to a validated pydantic model, or one line that says what is wrong and where."""

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from autolab.errors import TaskError

MAX_NESTING = 32  # tables and arrays in one another; task.toml needs four
_LONG_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_NESTING + 1}}}"""
)  # refused before parsing: tomllib's time grows with the square of a dotted key's length
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_INT64 = 1 << 63  # TOML's integers are 64-bit and signed

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


def parse(text: str, where: str) -> dict[str, Any]:
    """The tables of a TOML file. `where` names the file in errors."""
    if _LONG_KEY.search(text):
        raise TaskError(f"{where}: a dotted key of more than {MAX_NESTING} parts; use fewer")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TaskError(f"{where}: not valid TOML: {_one_line(str(error))}") from error
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else "a number with too many digits"
        raise TaskError(f"{where}: not readable: {what}") from error
    for place, value in _leaves(data, where):
        _refuse_odd(place, value, where)
    return data


def validate(model: type[Model], data: Mapping[str, Any], where: str) -> Model:
    """The model made from the tables, or a TaskError in one line: file, dotted key, value seen, what to do."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        unknown = [detail for detail in found if detail["type"] == "extra_forbidden"]
        first = (unknown or found)[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise TaskError(f"{where}: {_explain(model, first)}{more}") from error


def dotted(place: Sequence[str | int]) -> str:
    """A place in TOML's own notation: `optimization.editable[0]`, odd keys quoted."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.fullmatch(part) else _shown(part)
            text += f".{name}" if text else name
    return text


def _leaves(data: dict[str, Any], where: str) -> Iterator[tuple[Place, Any]]:
    left: list[tuple[Place, Any]] = [((), data)]
    while left:
        place, value = left.pop()
        if len(place) > MAX_NESTING:
            raise TaskError(f"{where}: {dotted(place[:3])}...: nested more than {MAX_NESTING} deep; make it flatter")
        if isinstance(value, dict):
            left += [((*place, key), item) for key, item in value.items()]
            yield from ((place, key) for key in value)
        elif isinstance(value, list):
            left += [((*place, index), item) for index, item in enumerate(value)]
        else:
            yield place, value


def _refuse_odd(place: Place, value: Any, where: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise TaskError(f"{where}: {dotted(place)}: {value} is not a finite number")
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise TaskError(f"{where}: {dotted(place)}: an integer beyond 64 bits; write a smaller one")
    if isinstance(value, str) and "\0" in value:
        raise TaskError(f"{where}: {dotted(place)}: a NUL character in {_shown(value)}; remove it")


def _explain(model: type[BaseModel], detail: ErrorDetails) -> str:
    place, kind, message = detail["loc"], detail["type"], detail["msg"]
    key = dotted(place)
    if kind == "extra_forbidden":
        return f"{key}: unknown key{_suggest(str(place[-1]), _fields(model, place[:-1]))}"
    if kind == "missing":
        return f"{key}: missing; add it"
    if kind == "value_error":
        return f"{key}: {message.removeprefix('Value error, ')}" if key else message.removeprefix("Value error, ")
    if kind in ("model_type", "dict_type"):
        message = "Input should be a table"
    return f"{key}: {_one_line(message[:1].lower() + message[1:])}; seen {_shown(detail['input'])}"


def _suggest(seen: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(seen[:100], known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known here: {', '.join(sorted(known))}" if known else "; remove it"


def _fields(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Names of the keys that the table at `place` may hold."""
    for part in place:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if isinstance(part, int):
            continue  # an element of an array of tables: the array's own annotation said the model
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) is None:
        return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
