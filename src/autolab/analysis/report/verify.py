"""Reading a report back: are its numbers what the ledgers say, and is the rest as it was written?"""

import html as entities
import re
from collections.abc import Iterator

from autolab.analysis.report.document import Fact, Line

_HTML_FACT = re.compile(r'<a class="fact" (?:href="[^"]*" )?data-key="([^"]*)" data-lines="([^"]*)">([^<]*)</a>')
_MARKDOWN_FACT = re.compile(r'\[((?:\\.|[^\]\\])*)\]\(([^ )]*) "([^"]*)"\)')


def facts_in(text: str) -> Iterator[Fact]:
    """The numbers of a report as it stands. Markdown names the lines of the first file only."""
    for key, where, shown in _HTML_FACT.findall(text):
        yield Fact(entities.unescape(key), entities.unescape(shown), tuple(_line(word) for word in where.split()))
    for shown, where, key in _MARKDOWN_FACT.findall(text):
        file, _, seqs = where.partition("#")
        lines = tuple(Line(file, int(seq)) for seq in seqs.split(",") if seq.isdigit())
        yield Fact(key, re.sub(r"\\(.)", r"\1", shown), lines)


def differences(stored: str, again: str) -> Iterator[str]:
    """What a report says that its ledgers do not, number by number; then whether anything else was changed."""
    was, now = {fact.key: fact for fact in facts_in(stored)}, {fact.key: fact for fact in facts_in(again)}
    for key in sorted({*was, *now}):
        if key not in now:
            yield f"{key}: {was[key].text}, which nothing in the ledgers gives"
        elif key not in was:
            yield f"{key}: left out, the ledgers give {now[key].text}"
        elif was[key] != now[key]:
            yield f"{key}: {was[key].text}, the ledgers give {now[key].text} (lines {', '.join(str(line.seq) for line in now[key].lines[:5])})"
    if stored != again and {**was} == {**now}:
        place = next(
            (n for n, (a, b) in enumerate(zip(stored.splitlines(), again.splitlines(), strict=False), 1) if a != b),
            None,
        )
        yield f"line {place or 'after the last'} of the report is not what the ledgers give"


def _line(word: str) -> Line:
    file, _, seq = word.rpartition("#")
    return Line(file, int(seq))
