"""The agent that changes nothing: its score is the starting program's, 0 unless something is wrong."""

from autolab.agents.bench import Bench


class Nop:
    """Measures the starting program once, so that its ledger has a first point, and stops."""

    name = "nop"

    def run(self, bench: Bench) -> None:
        """One measure, unless a trial that is continued has it already."""
        if bench.status().experiments == 0:
            bench.measure("the starting program, unchanged")
