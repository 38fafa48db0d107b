"""A report's files: written beside what they are about, and verified there."""

from pathlib import Path

from autolab.analysis.report.document import Document, Line
from autolab.analysis.report.evidence import read_evidence
from autolab.analysis.report.render import html, markdown
from autolab.analysis.report.run_report import run_report
from autolab.analysis.report.trial_report import trial_report
from autolab.analysis.report.verify import differences
from autolab.errors import AutolabError
from autolab.ledger.durable import replace_file
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Experiment
from autolab.ledger.records import Line as LedgerLine
from autolab.runs.store import is_trial

STEM = "report"


def document_of(folder: Path) -> Document:
    """The report of a trial's or a run's folder."""
    return trial_report(read_evidence(folder)) if is_trial(folder) else run_report(folder)


def contents(folder: Path, *, as_html: bool) -> dict[Path, bytes]:
    """The report's files as the ledgers give them now: report.md with its figures, or one report.html."""
    document = document_of(folder)
    if as_html:
        return {folder / f"{STEM}.html": html(document, _described(folder, document)).encode()}
    figures = {folder / f"{STEM}-{figure.name}.svg": figure.svg.encode() + b"\n" for figure in document.figures()}
    return {folder / f"{STEM}.md": markdown(document, STEM).encode(), **figures}


def write(folder: Path, *, as_html: bool) -> tuple[Path, ...]:
    """Writes the report's files and gives their paths, the text first."""
    found = contents(folder, as_html=as_html)
    for path, content in found.items():
        try:
            replace_file(path, content)
        except OSError as error:
            raise AutolabError(f"{path}: cannot be written: {error.strerror or error}; mend the folder") from error
    return tuple(found)


def verify(folder: Path, *, as_html: bool) -> tuple[str, ...]:
    """What the stored report says that the ledgers do not; nothing where it holds."""
    found: list[str] = []
    for path, content in contents(folder, as_html=as_html).items():
        try:
            stored = path.read_bytes()
        except OSError as error:
            raise AutolabError(f"{path}: cannot be read: {error.strerror or error}; write the report first") from error
        if stored != content:
            said = list(differences(stored.decode(errors="replace"), content.decode()))
            found += [f"{path.name}: {each}" for each in said or ["is not what the ledgers give"]]
    return tuple(found)


def _described(folder: Path, document: Document) -> dict[Line, str]:
    ledgers: dict[str, list[LedgerLine]] = {}
    for source in document.sources():
        if source.file not in ledgers:
            ledgers[source.file] = read_ledger(folder / source.file)
    return {source: _words(ledgers[source.file][source.seq]) for source in document.sources()}


def _words(line: LedgerLine) -> str:
    record = line.record
    more = f" {record.number}, {record.measurement.verdict}" if isinstance(record, Experiment) else ""
    return f"{record.type}{more}, {line.time}, hash {line.hash[:16]}"
