"""A document as Markdown and as one self-contained HTML file. All that comes from agents is inert in both."""

import re
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from autolab.analysis.report.document import Document, Fact, Line, Own, plain

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class _Safe(str):
    """Markdown that is already as it should be."""

    __slots__ = ()


def markdown(document: Document, stem: str) -> str:
    """Figures are files beside it, `<stem>-<figure>.svg`."""
    return str(_environment(html=False).get_template("document.md.j2").render(document=document, stem=stem))


def html(document: Document, lines: dict[Line, str]) -> str:
    """`lines`: a short description of every source, for the list that numbers lead to."""
    sources = [(_anchor(line), line, lines[line]) for line in document.sources()]
    return str(_environment(html=True).get_template("document.html.j2").render(document=document, sources=sources))


@cache
def _environment(*, html: bool) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("autolab.analysis.report"),
        autoescape=html,  # noqa: S701 - Markdown has none of its own: finalize escapes whatever is not ours
        undefined=StrictUndefined,
        finalize=_in_html if html else _in_markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _in_html(value: Any) -> Any:
    if isinstance(value, Fact):
        where = " ".join(f"{line.file}#{line.seq}" for line in value.lines)
        target = f'href="#{_anchor(value.lines[0])}" ' if value.lines else ""
        link = Markup('<a class="fact" {}data-key="{}" data-lines="{}">{}</a>')  # format escapes what it puts in
        return link.format(Markup(target), value.key, where, value.text)  # noqa: S704 - an anchor is letters, digits and -
    return value if isinstance(value, Own | Markup) or not isinstance(value, str) else plain(value)


def _in_markdown(value: Any) -> Any:
    if isinstance(value, Fact):
        first = value.lines[0] if value.lines else None
        target = (
            f"{first.file}#{','.join(str(line.seq) for line in value.lines if line.file == first.file)}"
            if first
            else "#"
        )
        return f'[{value.text}]({target} "{value.key}")'
    return value if isinstance(value, Own | _Safe) or not isinstance(value, str) else markdown_inert(value)


def markdown_inert(text: str) -> str:
    """Text that Markdown shows as it is: every ASCII punctuation mark escaped, so no link, image, HTML or table cell."""
    return _PUNCTUATION.sub(r"\\\1", plain(text))


def svg_text(text: str) -> str:
    """Text inside an SVG."""
    return str(escape(plain(text, 60)))


def _anchor(line: Line) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{line.file}-{line.seq}")
