"""A person, or any program outside the lab: works through `autolab bench`, one call at a time."""

from autolab.agents.bench import Bench
from autolab.errors import AgentError


class Human:
    """The agent's name in the ledger of a trial by hand."""

    name = "human"

    def run(self, bench: Bench) -> None:
        """There is nothing that the lab could run."""
        raise AgentError(f"nobody is there to run; open a bench instead: autolab bench open {bench.task.name}")
