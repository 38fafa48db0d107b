"""Prices are those of the table, frozen; what has none is not priced."""

from decimal import Decimal

import genai_prices
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.ledger.records import ModelCall
from autolab.models.prices import cost, frozen_prices

MODELS = ("anthropic/claude-sonnet-4-5", "openai/gpt-5", "google/gemini-2.5-pro")
PRICES = frozen_prices(MODELS)
counts = st.integers(0, 300_000)


def call(model: str, **tokens: int | None) -> ModelCall:
    return ModelCall(model=model, via="agent", status="ok", seconds=0, elapsed=0, **tokens)


@given(model=st.sampled_from(MODELS), fresh=counts, cached=counts, written=counts, output=counts)
@settings(max_examples=100, deadline=None)
def test_a_call_costs_what_the_table_says(model: str, fresh: int, cached: int, written: int, output: int) -> None:
    provider, _, name = model.partition("/")
    if "cache_write" not in PRICES[model]:
        written = 0  # the table refuses a count that it has no price for
    usage = genai_prices.Usage(
        input_tokens=fresh + cached + written, cache_read_tokens=cached, cache_write_tokens=written, output_tokens=output
    )
    told = genai_prices.calc_price(usage, name, provider_id=provider).total_price
    ours = cost(PRICES, call(model, input_tokens=fresh + cached + written, cached_tokens=cached, cache_write_tokens=written, output_tokens=output))
    assert ours is not None
    assert abs(Decimal(ours) - told) < Decimal("1e-9")


@pytest.mark.parametrize("model", ["scripted/x.json", "ollama/gpt-oss", "chat/gpt-5", "openai/no-such-model-as-this"])
def test_a_model_without_a_price_is_not_priced(model: str) -> None:
    prices = frozen_prices([model])
    assert prices == {}
    assert cost(prices, call(model, input_tokens=5, output_tokens=5)) is None


def test_a_call_whose_tokens_are_not_known_is_not_priced() -> None:
    assert cost(PRICES, call(MODELS[0], input_tokens=5)) is None
    assert cost(PRICES, call(MODELS[0], output_tokens=5)) is None


def test_a_price_says_where_it_is_from() -> None:
    for price in PRICES.values():
        assert price["source"] == f"genai-prices {genai_prices.__version__}"
        assert price["matched"]
