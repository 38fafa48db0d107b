"""What a model's tokens cost, from the offline table of genai-prices, as it is frozen into a trial.

A frozen price is an object with `input`, `cached`, `cache_write` and `output`: each a list of [from this many input tokens
of the call on, dollars a million tokens], the last that applies counts for all tokens of the call. `matched` is the model
in the table, `source` the table and its version.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from autolab.ledger.records import ModelCall
from autolab.models.registry import split

_KINDS = {"input": "input_mtok", "cached": "cache_read_mtok", "cache_write": "cache_write_mtok", "output": "output_mtok"}


def frozen_prices(models: Iterable[str]) -> dict[str, Any]:
    """The prices of these models by name. One that has none, or whose table is not installed, is left out: not priced."""
    found = {model: _price(model) for model in models}
    return {model: price for model, price in found.items() if price is not None}


def _price(model: str) -> dict[str, Any] | None:
    from autolab.models.providers import PROVIDERS

    provider, name = split(model)
    priced_as = PROVIDERS[provider].priced_as if provider in PROVIDERS else None
    if priced_as is None:
        return None
    try:
        import genai_prices
    except ImportError:
        return None
    try:
        found = genai_prices.calc_price(genai_prices.Usage(input_tokens=1, output_tokens=1), name, provider_id=priced_as)
    except LookupError:
        return None
    steps = {kind: _steps(getattr(found.model_price, key)) for kind, key in _KINDS.items()}
    if not steps["input"] or not steps["output"]:
        return None
    source = f"genai-prices {genai_prices.__version__}"
    return {**{kind: step for kind, step in steps.items() if step}, "matched": found.model.id, "source": source}


def _steps(price: Any) -> list[list[float]]:
    """The table's price of a kind of tokens: nothing, a number, or a base and tiers."""
    if price is None:
        return []
    tiers = getattr(price, "tiers", None)
    if tiers is None:
        return [[0, float(price)]]
    return [[0, float(price.base)], *([tier.start, float(tier.price)] for tier in tiers)]


def cost(prices: Mapping[str, Any], call: ModelCall) -> float | None:
    """Dollars for a call by a trial's frozen prices; None: the model is not priced, or its tokens are not known.

    A kind of input tokens that has no price of its own costs what input costs.
    """
    price = prices.get(call.model)
    if price is None or call.input_tokens is None or call.output_tokens is None:
        return None
    cached, written = call.cached_tokens or 0, call.cache_write_tokens or 0
    counts = {"input": max(0, call.input_tokens - cached - written), "cached": cached, "cache_write": written, "output": call.output_tokens}
    return sum(count * _step(price.get(kind) or price["input"], call.input_tokens) for kind, count in counts.items()) / 1e6


def _step(steps: list[list[float]], input_tokens: int) -> float:
    return next(dollars for start, dollars in reversed(steps) if input_tokens >= start)
