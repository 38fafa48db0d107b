"""How people's acts reach a trial: one file an act, taken into the ledger by whoever holds it.

Only one process at a time writes a ledger. So a person's command leaves its act in the trial's folder `mailbox` (written
beside it, then renamed), and the lab takes it in at the next bench call and before the grade. An act is known by its
name, so that one which a killed lab had written down and not removed is not taken in twice.
"""

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from autolab.crash import crash_point
from autolab.errors import AutolabError, LedgerError
from autolab.lab.journal import Journal
from autolab.ledger.records import Note, StopAsked, Veto

FOLDER = "mailbox"
MAX_ACT = 64 << 10  # bytes of one act
MAX_WORDS = 2000  # characters of a note or a reason

Act = Note | Veto | StopAsked
Fate = Literal["taken", "waiting"]
_ACT: TypeAdapter[Act] = TypeAdapter(Act)


class Mailbox:
    """The mailbox of one trial."""

    def __init__(self, trial: Path) -> None:
        self._folder = trial / FOLDER
        self._ledger = trial / "ledger.jsonl"
        self._mutex = threading.Lock()

    def post(self, act: Act) -> None:
        """Leaves an act; it is there whole or not at all. AutolabError if the folder cannot be written."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        text = act.model_copy(update={"act": name}).model_dump_json().encode()
        try:
            self._folder.mkdir(exist_ok=True)
            unfinished = self._folder / f".{name}"
            unfinished.write_bytes(text)
            crash_point("mailbox.post")
            unfinished.rename(self._folder / f"{name}.json")
            crash_point("mailbox.posted")
        except OSError as error:
            raise AutolabError(f"{self._folder}: cannot be written: {error.strerror or error}; mend the folder") from error

    def clear(self) -> None:
        """Throws away what nobody took in."""
        for path in self._waiting():
            path.unlink(missing_ok=True)

    def take_in(self, journal: Journal) -> None:
        """Writes every waiting act to the ledger, oldest first. What is no act is told in a note of the lab's."""
        with self._mutex:
            for path in self._waiting():
                act = _read(path)
                if isinstance(act, Veto) and not 1 <= act.experiment <= len(journal.state.experiments):
                    act = _refused(path, f"there is no experiment {act.experiment}")
                if act.act not in journal.state.acts:
                    journal.append(act)
                    crash_point("mailbox.taken")
                path.unlink(missing_ok=True)

    def deliver(self, act: Act) -> Fate:
        """Posts the act, and takes it in here where no lab holds the ledger; `waiting`: the lab that does will do it.

        A trial that has not begun has no ledger: there it waits for the lab, too.
        """
        self.post(act)
        if not self._ledger.is_file():
            return "waiting"
        try:
            journal = Journal(self._ledger)
        except LedgerError:
            return "waiting"
        try:
            self.take_in(journal)
        finally:
            journal.close()
        return "taken"

    def _waiting(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == ".json")
        except FileNotFoundError:
            return []


def _read(path: Path) -> Act:
    try:
        with path.open("rb") as file:
            found: Any = json.loads(file.read(MAX_ACT))
        act = _ACT.validate_python({**found, "act": path.stem})
    except (OSError, ValueError, TypeError, ValidationError) as error:
        return _refused(path, f"{type(error).__name__}")
    if isinstance(act, Note):
        return act.model_copy(update={"author": "person", "text": act.text[:MAX_WORDS]})
    return act.model_copy(update={"reason": act.reason[:MAX_WORDS]})


def _refused(path: Path, why: str) -> Note:
    return Note(author="lab", text=f"an act in the mailbox was not taken in: {why}", act=path.stem)
