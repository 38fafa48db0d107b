"""The formats that trials can be exported in."""

import importlib
from collections.abc import Iterator, Mapping, Sequence

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

FORMATS: Mapping[str, tuple[str, str]] = {
    "jsonl": ("autolab.interop.tables:jsonl", "one JSON object for every experiment and grade"),
    "csv": ("autolab.interop.tables:csv", "the same rows with a header"),
    "md": ("autolab.interop.tables:markdown", "the same as a Markdown table, in fewer columns"),
    "autoresearch": ("autolab.interop.autoresearch:results_tsv", "results.tsv of one trial"),
    "swe-bench": ("autolab.interop.predictions:predictions", "a prediction with its patch for every graded trial, in JSON lines"),
    "atif": ("autolab.interop.atif:trajectory", "one trial as a trajectory in ATIF 1.8, in JSON"),
}
"""Name -> ("module:function", what it is). A function takes trials and gives the text in pieces, e.g. lines with their ends."""


def exported(trials: Sequence[Trial], name: str) -> Iterator[str]:
    """The trials in this format. AutolabError for a format that there is not, or that cannot hold these trials."""
    if name not in FORMATS:
        raise AutolabError(f"no format {name!r}; there are {', '.join(FORMATS)}")
    module, _, function = FORMATS[name][0].partition(":")
    found: Iterator[str] = getattr(importlib.import_module(module), function)(trials)
    return found
