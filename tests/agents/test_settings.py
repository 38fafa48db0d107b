import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.agents.registry import load_agent
from autolab.agents.settings import Settings, parse_spec
from autolab.errors import AgentError

Words = st.text("abcxyz019_.-", min_size=1, max_size=8)


@given(Words, st.none() | st.builds("{}/{}".format, Words, Words), st.dictionaries(Words, Words, max_size=3))
def test_a_spec_taken_apart_and_put_together_is_the_same(name: str, model: str | None, options: dict[str, str]) -> None:
    settings = Settings(model, options)
    assert parse_spec(settings.named(name)) == (name, settings)


@pytest.mark.parametrize("spec", ["climb@", "climb@nothing", "climb?steps", "climb@a/b?=&"])
def test_a_spec_with_half_a_setting_is_refused_in_one_line(spec: str) -> None:
    with pytest.raises(AgentError) as raised:
        load_agent(spec)
    assert "\n" not in str(raised.value)


def test_an_agent_that_takes_no_settings_says_so() -> None:
    with pytest.raises(AgentError, match="takes no model and no options; write nop"):
        load_agent("nop@openai/some?steps=3")


def test_an_unknown_option_names_the_known_ones() -> None:
    with pytest.raises(AgentError, match="unknown option 'stepz': there are steps, nudge"):
        Settings(options={"stepz": "3"}).only("steps", "nudge")
