"""The options that give a trial its budget, the same for `run` and `bench open`."""

from typing import Annotated

import typer

Experiments = Annotated[int | None, typer.Option(min=1, help="Experiments a trial may make; by default unlimited.")]
CpuSeconds = Annotated[
    float | None,
    typer.Option("--cpu", min=0.1, help="CPU seconds of commands in the bench and native runs of the program; by default unlimited."),
]
Tokens = Annotated[int | None, typer.Option(min=1, help="Tokens of models, in and out; by default unlimited.")]
Usd = Annotated[float | None, typer.Option(min=0.000001, help="US dollars for models; a call without a price ends the trial.")]
