"""What a check of a task says: one finding a line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `text` says what was seen and, where it is not ok, what to do."""

    check: str
    ok: bool
    text: str


@dataclass
class Report:
    """All findings about one task, and the figures they rest on."""

    task: str
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return all(finding.ok for finding in self.findings)

    def add(self, check: str, ok: bool, text: str) -> None:
        """One finding more."""
        self.findings.append(Finding(check, ok, text))

    def failed(self) -> Iterator[Finding]:
        """What is wrong."""
        return (finding for finding in self.findings if not finding.ok)
