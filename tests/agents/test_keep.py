"""Keep or discard, and text calls: properties."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.agents.researcher.keep import Keep
from autolab.agents.researcher.text_calls import blocks, text_calls
from autolab.agents.search.contract import StrategyContract
from autolab.agents.search.strategy import Proposal, Result

START = {"a": b"start"}


class TestKeep(StrategyContract):
    make_strategy = Keep


class TestKeepBySigma(StrategyContract):
    make_strategy = staticmethod(lambda rng: Keep(rng, "sigma"))


def told(rule: str, *results: tuple[float, bytes]) -> tuple[int, ...]:
    """The parents proposed after these results."""
    keep = Keep(Random(1), rule)
    for number, (fitness, content) in enumerate(results, 1):
        keep.tell(Proposal(), Result(number, "ok", fitness, -fitness, {"a": content}))
    proposal = keep.ask()
    assert proposal is not None
    return proposal.parents


def test_strict_keeps_any_gain_and_discards_any_loss() -> None:
    assert told("strict", (1.0, b"start"), (1.01, b"longer than it")) == (2,)
    assert told("strict", (1.0, b"start"), (0.99, b"x")) == (1,)


def test_simplicity_breaks_ties() -> None:
    assert told("strict", (1.0, b"start"), (1.0, b"star")) == (2,)
    assert told("strict", (1.0, b"start"), (1.0, b"start!")) == (1,)


@pytest.mark.parametrize(("gain", "kept"), [(0.2, 1), (0.4, 4)])
def test_sigma_keeps_only_what_is_beyond_the_spread_of_the_start(gain: float, kept: int) -> None:
    starts = [(1.0, b"start"), (1.1, b"start"), (0.9, b"start")]  # a standard deviation of 0.1: two of a difference are 0.283
    assert told("sigma", *starts, (1.0 + gain, b"longer than it")) == (kept,)


@given(st.text())
def test_any_text_has_blocks_and_calls_and_breaks_nothing(text: str) -> None:
    for call in text_calls(text, 1):
        assert call.id.startswith("text_1_")
    assert all(isinstance(each.body, str) for each in blocks(text))


@given(st.text(alphabet=st.characters(blacklist_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", blacklist_categories=("Cs",))))
def test_what_is_written_in_a_block_arrives_as_it_is(content: str) -> None:
    content = content + "\n"
    fence = "`" * 12
    if "`" * 12 not in content:
        (call,) = text_calls(f"{fence}lab write a.c\n{content}{fence}\n", 1)
        assert call.arguments == {"path": "a.c", "content": content}


@pytest.mark.parametrize("body", ["", "no markers\n", "<<<<<<< old\nx\n"])
def test_an_edit_without_its_markers_is_malformed_and_says_what_is_right(body: str) -> None:
    (call,) = text_calls(f"```lab edit a.c\n{body}```", 1)
    assert "<<<<<<< old" in call.malformed
