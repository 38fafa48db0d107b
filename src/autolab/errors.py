"""The errors that people see.

`AutolabError` is the root; the command line prints its text in one line and exits with `exit_code`. Anything else that
escapes is a bug and keeps its traceback. A text says what happened, the value seen, and what to do next.
"""


class AutolabError(Exception):
    """Something a person can mend: bad input, a missing tool, an unwritable folder."""

    exit_code = 2


class TaskError(AutolabError):
    """A task folder that cannot be read: says the file, the key and the mend."""


class LedgerError(AutolabError):
    """A ledger that cannot be continued: a broken chain, or a newer version."""


class SandboxError(AutolabError):
    """A box that could not be started: ours or the machine's fault, never the candidate's."""


class AgentError(AutolabError):
    """An agent that does not exist or cannot be loaded."""


class ModelError(AutolabError):
    """A language model that does not exist, cannot be reached, or gave no answer."""
