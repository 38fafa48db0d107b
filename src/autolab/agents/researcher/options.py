"""What stands behind `researcher@provider/name?`: strategies, forms, rules, ablations."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from autolab.agents.researcher.forms import Form, Tools
from autolab.agents.researcher.keep import RULES, Keep
from autolab.agents.researcher.short import Short
from autolab.agents.search.options import number, whole
from autolab.agents.search.strategy import Strategy
from autolab.agents.settings import Settings
from autolab.agents.tools import TOOLS
from autolab.errors import AgentError

CHOICES: Mapping[str, tuple[str, ...]] = {
    "strategy": ("keep", "evolve", "tree"),
    "keep": RULES,
    "form": ("tools", "text", "short"),
    "change": ("any", "diff", "rewrite"),
    "nudge": ("on", "off"),
}
"""Options with a few values; the first is what holds where none is given."""

RULE_WORDS = {
    "keep": "The next step starts from the state that is kept: the new one if it was better, else the one before.",
    "evolve": "The next step starts from a program that is drawn from all those measured; others are shown to take ideas from.",
    "tree": "The next step starts from the most promising program of all those measured, or from one that wants mending.",
}


@dataclass(frozen=True)
class Options:
    """How a researcher works. `models`: `provider/name` with the weight that rounds are given to it by."""

    models: Mapping[str, float]
    strategy: str = "keep"
    keep: str = "strict"
    form: str = "tools"
    change: str = "any"
    nudge: bool = True
    mends: int = 1  # how often in a round a program that failed is to be mended instead of left
    misses: int = 8  # replies or calls in a row that mean nothing, after which the trial ends: the model does not understand
    temperature: float | None = None

    def make_strategy(self, rng: Random) -> Strategy:
        """A fresh strategy."""
        if self.strategy == "evolve":
            from autolab.agents.search.evolve import Islands

            return Islands(rng)
        if self.strategy == "tree":
            from autolab.agents.search.tree import BestFirst

            return BestFirst(rng)
        return Keep(rng, self.keep)

    def make_form(self) -> Form:
        """How the model is talked to."""
        if self.form == "short":
            return Short(self.temperature)
        left_out = {"any": "", "diff": "write", "rewrite": "edit"}[self.change]
        names = [name for name in TOOLS if name != left_out]
        return Tools(native=self.form == "tools", names=names, rule=RULE_WORDS[self.strategy], temperature=self.temperature)


def read_options(settings: Settings) -> Options:
    """The options of what a person typed. AgentError says what is wrong and what there is."""
    if settings.model is None:
        raise AgentError("give the model to ask: researcher@provider/name")
    given = settings.only(*CHOICES, "models", "mends", "temperature")
    for name, values in CHOICES.items():
        if given.get(name, values[0]) not in values:
            raise AgentError(f"{name}={given[name]!r}: there are {', '.join(values)}")
    chosen = {name: given.get(name, values[0]) for name, values in CHOICES.items()}
    if chosen["strategy"] != "keep" and chosen["keep"] == "sigma":
        raise AgentError(f"keep=sigma: a rule of the strategy keep; {chosen['strategy']} takes strict or confirmed")
    return Options(
        models=_models(settings.model, given.get("models", "")), strategy=chosen["strategy"], keep=chosen["keep"],
        form=chosen["form"], change=chosen["change"], nudge=chosen["nudge"] == "on",
        misses=40 if chosen["form"] == "short" else 8,  # a small model often repeats the line
        mends=whole(given, "mends", 0 if chosen["form"] == "short" else 1, 0, 100),
        temperature=number(given, "temperature", 1.0, 0.0, 10.0) if "temperature" in given else None,
    )  # fmt: skip


def _models(first: str, others: str) -> dict[str, float]:
    """The model after @ has weight 1; `models=provider/name:0.5;provider/other` adds more, 1 where no weight is given."""
    found = {first: 1.0}
    for each in filter(None, others.split(";")):
        name, colon, weight = each.rpartition(":")
        weighted = bool(colon) and "/" not in weight
        name = name if weighted else each
        if "/" not in name or name in found:
            raise AgentError(f"models={others!r}: {name!r} is {'there twice' if name in found else 'no provider/name'}; write provider/name:WEIGHT, with ; between")
        found[name] = number({name: weight}, name, 1.0, 0.0, 1e6) if weighted else 1.0
    return found
