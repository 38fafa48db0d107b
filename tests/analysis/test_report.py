"""Reports: every number leads to ledger lines and is what they say; what comes from agents is inert; changes are found."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledgers import write_ledger
from small_searches import lines, measured, records

from autolab.analysis.report import files
from autolab.analysis.report.document import Document, Fact, Own, Paragraph, Section, Table
from autolab.analysis.report.document import Line as Source
from autolab.analysis.report.evidence import read_evidence
from autolab.analysis.report.render import html, markdown, markdown_inert
from autolab.analysis.report.reverting import without
from autolab.analysis.report.trial_report import trial_report
from autolab.analysis.report.verify import facts_in
from autolab.errors import AutolabError
from autolab.ledger.records import AnyRecord, Experiment, Grade, TrialStarted

EVIL = '<script>alert(1)</script> "](javascript:alert(1)) ![x](http://evil) | **b** <img src=x onerror=alert(1)> {{ 7*7 }} \x1b[31m\u202e'


def graded(*results: float | str, hypothesis: str = "") -> list[AnyRecord]:
    found = records(*results, closed="wall")
    if hypothesis:
        found = [
            each.model_copy(update={"hypothesis": hypothesis}) if isinstance(each, Experiment) else each
            for each in found
        ]
    grade = {"commit": "c1", "tree": "t1", "choice": "best", "reward": 0.3, "measurement": measured(2.0)}
    return [*found, Grade.model_validate(grade)]


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    return write_ledger(tmp_path / "small__acts__1", graded(2.0, "build", 1.5, "wrong", 3.0))


@pytest.mark.parametrize("as_html", [False, True])
def test_a_report_holds_as_it_was_written_and_a_changed_number_is_named(trial: Path, as_html: bool) -> None:
    [path, *_] = files.write(trial, as_html=as_html)
    assert files.verify(trial, as_html=as_html) == ()
    text = path.read_text()
    assert "0.301" in text  # log10(2), experiment 1
    path.write_text(text.replace("0.301", "0.999", 1))
    [found] = files.verify(trial, as_html=as_html)
    assert "0.999, the ledgers give 0.301 (lines" in found


@pytest.mark.parametrize("as_html", [False, True])
def test_words_that_were_changed_are_found_too(trial: Path, as_html: bool) -> None:
    [path, *_] = files.write(trial, as_html=as_html)
    path.write_text(path.read_text().replace("improve", "worsen"))
    [found] = files.verify(trial, as_html=as_html)
    assert re.search(r"line \d+ of the report is not what the ledgers give", found)


def test_a_report_does_not_hold_for_another_ledger(trial: Path) -> None:
    files.write(trial, as_html=False)
    write_ledger(trial, graded(2.0, "build", 1.5, "wrong", 4.0))
    assert any("experiment.5.metric" in each for each in files.verify(trial, as_html=False))


def test_every_number_leads_to_lines_that_are_there(trial: Path) -> None:
    document = trial_report(read_evidence(trial))
    found = list(document.facts())
    assert len({fact.key for fact in found}) == len(found)
    assert all(
        0 <= line.seq < len(lines(graded(2.0, "build", 1.5, "wrong", 3.0))) for fact in found for line in fact.lines
    )
    assert {fact.key for fact in found if not fact.lines} <= {
        "forecasts.confirmed",
        "forecasts.partly",
        "forecasts.refuted",
    }
    text = markdown(document, "report")
    assert [fact.key for fact in facts_in(text)] == [fact.key for fact in found]


def test_in_html_every_link_of_a_number_has_a_target(trial: Path) -> None:
    [path] = files.write(trial, as_html=True)
    text = path.read_text()
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets
    assert targets <= set(re.findall(r' id="([^"]+)"', text))


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_what_an_agent_says_is_inert_in_both_forms(tmp_path: Path) -> None:
    quiet = _Tags(
        files.write(write_ledger(tmp_path / "a", graded(2.0, hypothesis="quiet")), as_html=True)[0].read_text()
    )
    evil = write_ledger(tmp_path / "b", graded(2.0, hypothesis=EVIL))
    text = files.write(evil, as_html=True)[0].read_text()
    loud = _Tags(text)
    assert (loud.tags, loud.attributes) == (quiet.tags, quiet.attributes)
    assert "{{ 7*7 }}" in text
    for written in (text, files.write(evil, as_html=False)[0].read_text()):
        assert "\x1b" not in written
        assert "\u202e" not in written
    row = next(line for line in (evil / "report.md").read_text().splitlines() if "alert" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 8  # the table's own bars
    assert not re.search(r"(?<!\\)[<!]|(?<!\\)\]\((?!ledger)", row)


@given(st.text(max_size=80))
def test_any_text_has_all_its_punctuation_escaped_in_markdown(text: str) -> None:
    left = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown_inert(text))
    assert not re.search(r"[!-/:-@\[-`{-~\x00-\x1f]", left)


@settings(max_examples=50)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_leaves_the_html_s_shape_alone(title: str, cell: str) -> None:
    def shape(title: str, cell: str) -> tuple[set[str], set[str]]:
        fact = Fact("k", "1.5", (Source("ledger.jsonl", 0),))
        document = Document(title, (Section("H", (Paragraph((Own("a "), cell, fact)), Table(("c",), ((cell,),)))),))
        parsed = _Tags(html(document, {Source("ledger.jsonl", 0): "a line"}))
        return parsed.tags, parsed.attributes

    assert shape(title, cell) == shape("t", "c")


def test_nothing_but_a_number_is_a_fact() -> None:
    with pytest.raises(AssertionError):
        Fact("k", "<b>", ())


def test_a_change_comes_off_alone_unless_later_ones_build_on_it() -> None:
    start = {"a.c": b"one\ntwo\nthree\nfour\nfive\nsix\n"}
    first = {"a.c": start["a.c"].replace(b"one", b"ONE")}
    both = {"a.c": first["a.c"].replace(b"six", b"SIX")}
    over = {"a.c": first["a.c"].replace(b"ONE", b"Uno")}
    assert without(both, start, first) == {"a.c": start["a.c"].replace(b"six", b"SIX")}
    assert without(both, first, both) == first
    assert without(over, start, first) is None
    assert without(both, {}, start) is None  # a file that came


def test_an_empty_ledger_has_nothing_to_report(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_bytes(b"")
    with pytest.raises(AutolabError, match="nothing to report"):
        files.write(tmp_path, as_html=False)


def test_a_run_s_report_holds_and_leads_to_its_trials(tmp_path: Path) -> None:
    write_ledger(tmp_path / "r/trials/small__acts__1", graded(2.0, "wrong", 3.0))
    write_ledger(tmp_path / "r/trials/small__acts__2", graded("build"))
    for as_html in (False, True):
        [path, *_] = files.write(tmp_path / "r", as_html=as_html)
        assert "trials/small__acts__1/ledger.jsonl" in path.read_text()
        assert files.verify(tmp_path / "r", as_html=as_html) == ()


def test_a_run_of_trials_that_do_not_mix_is_not_averaged(tmp_path: Path) -> None:
    found = graded(2.0, "wrong", 3.0)
    start = found[0]
    assert isinstance(start, TrialStarted)
    elsewhere = start.model_copy(update={"provenance": start.provenance.model_copy(update={"task_digest": "edited"})})
    write_ledger(tmp_path / "r/trials/small__acts__1", found)
    write_ledger(tmp_path / "r/trials/small__acts__2", [elsewhere, *found[1:]])
    [path, *_] = files.write(tmp_path / "r", as_html=False)
    text = path.read_text()
    assert "Nothing is averaged" in text
    assert "2 digests" in text
    assert "acts.reward" not in text


@pytest.mark.parametrize(
    "found",
    [
        records(closed=None)[:1],
        records(closed=None),
        records(2.0, closed=None),
        records("build", "wrong", "slow", "lab"),
        records(closed="crashed"),
    ],
    ids=["begun", "nothing done", "one experiment", "all failed", "crashed at once"],
)
def test_a_trial_that_has_little_to_tell_has_a_report_that_holds(tmp_path: Path, found: list[AnyRecord]) -> None:
    write_ledger(tmp_path, found, tail=b'{"seq":99,"time":"2026')  # and a line that broke off
    for as_html in (False, True):
        files.write(tmp_path, as_html=as_html)
        assert files.verify(tmp_path, as_html=as_html) == ()
