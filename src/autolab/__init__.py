"""AutoLab: a laboratory and benchmark for closed-loop improvement."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from autolab.library import (
        Bench,
        Experiment,
        Line,
        Measurement,
        Task,
        TrialState,
        close_bench,
        grade_submission,
        load_task,
        measure_submission,
        open_bench,
        read_ledger,
        replay,
        run_trial,
        score,
    )

__all__ = [
    "Bench", "Experiment", "Line", "Measurement", "Task", "TrialState", "__version__", "close_bench",
    "grade_submission", "load_task", "measure_submission", "open_bench", "read_ledger", "replay", "run_trial", "score",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imports the library with the first use of one of its names: `import autolab` itself costs nothing."""
    if name in __all__:
        import importlib

        return getattr(importlib.import_module("autolab.library"), name)
    raise AttributeError(f"module 'autolab' has no attribute {name!r}")
