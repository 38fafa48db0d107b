"""The figure that a script task's test.sh leaves: reward.json or reward.txt, as Harbor reads them. Pure.

Harbor 0.7 and newer look at reward.json first, older ones at reward.txt first; a task says which it was written for.
reward.txt is one number. reward.json is a flat object of finite numbers, where true and false are 1 and 0; what is not
a number in it is kept as a detail, and where it is no such object reward.txt is looked at instead.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from autolab.errors import AutolabError
from autolab.measure.figures import FigureRefused, finite_figure

Precedence = Literal["json", "txt"]


class RewardMissing(AutolabError):  # noqa: N818 - an outcome
    """No file holds a usable reward; the judge makes the measurement `invalid` with this reason."""


@dataclass(frozen=True)
class Reward:
    """The figure, which file it came from, and the other figures of reward.json by name."""

    value: float
    source: Literal["reward.json", "reward.txt"]
    details: Mapping[str, float]


def read_reward(json_file: bytes | None, txt_file: bytes | None, precedence: Precedence, key: str) -> Reward:
    """The reward in the two files' contents (None: no such file). RewardMissing says what is wrong with them."""
    order = (_from_json, _from_txt) if precedence == "json" else (_from_txt, _from_json)
    problems = []
    for reader in order:
        content = json_file if reader is _from_json else txt_file
        if content is None:
            continue
        try:
            return reader(content, key)
        except RewardMissing as problem:
            problems.append(str(problem))
    raise RewardMissing("; ".join(problems) or "test.sh left neither reward.json nor reward.txt in /logs/verifier")


def _from_txt(content: bytes, _: str) -> Reward:
    text = content.decode(errors="replace").strip()
    try:
        return Reward(_figure(float(text), "reward.txt"), "reward.txt", {})
    except ValueError as error:
        raise RewardMissing(f"reward.txt is {text[:40]!r}, not a number") from error


def _from_json(content: bytes, key: str) -> Reward:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RewardMissing("reward.json is no JSON") from error
    if not isinstance(value, dict):
        raise RewardMissing(f"reward.json is {type(value).__name__}, not an object of numbers")
    numbers = {str(name): float(item) for name, item in value.items() if _is_number(item)}
    if key in numbers:
        return Reward(_figure(numbers[key], f"reward.json: {key}"), "reward.json", numbers)
    if key in value:
        raise RewardMissing(f"reward.json: {key} is {value[key]!r:.40}, not a finite number")
    if len(numbers) == 1 and len(value) == 1:
        return Reward(_figure(next(iter(numbers.values())), "reward.json"), "reward.json", numbers)
    raise RewardMissing(f"reward.json has no number {key!r}; it has {', '.join(map(repr, list(value)[:5])) or 'nothing'}")


def _is_number(item: object) -> bool:
    if isinstance(item, bool):
        return True
    try:
        return isinstance(item, int | float) and math.isfinite(item)
    except OverflowError:  # a whole number beyond any float
        return False


def _figure(value: float, what: str) -> float:
    try:
        return finite_figure(value, what)
    except FigureRefused as error:
        raise RewardMissing(str(error)) from error
