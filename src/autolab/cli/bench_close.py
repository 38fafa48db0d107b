"""`autolab bench status` and `autolab bench close`."""

from typing import Annotated

import typer

from autolab.cli.bench import HERE, ID, RUNS, find
from autolab.cli.output import print_json, say, visible

JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def status(bench: ID, as_json: JSON = False, out: HERE = RUNS) -> None:
    """Say what is left of a bench's budget, and the best so far."""
    from autolab.lab.by_hand import working
    from autolab.lab.operations import operate
    from autolab.sandbox.bubblewrap import default_sandbox

    folder = find(out, bench)
    with working(folder, default_sandbox()) as opened:
        text, data = operate(opened, ["status"])
    app = str(folder / "bench" / "app")
    print_json({"folder": str(folder), "app": app, **data}) if as_json else print(visible(f"{text}\nprogram: {app}"))


def close(bench: ID, as_json: JSON = False, out: HERE = RUNS) -> None:
    """Destroy a bench, grade what was reached, end the trial. Given again, it shows the grade."""
    from autolab.cli.measured import print_measurement
    from autolab.lab.by_hand import close_by_hand
    from autolab.runs.results import trial_data
    from autolab.runs.store import read_trial
    from autolab.sandbox.bubblewrap import default_sandbox

    folder = find(out, bench)
    state = close_by_hand(folder, default_sandbox())
    if as_json:
        print_json(trial_data(read_trial(folder)))
        return
    assert state.grade is not None  # what close_by_hand ends with
    say(f"the {state.grade.choice} state was graded on hidden inputs\n")
    print_measurement(state.grade.measurement)
    say(f"\nlook closer: autolab show {folder}")
