"""A trial as the results.tsv that autoresearch keeps: a keep-or-discard line for each experiment."""

from collections.abc import Iterator, Sequence

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

HEADER = "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n"


def results_tsv(trials: Sequence[Trial]) -> Iterator[str]:
    """The file's five columns. AutolabError for more than one trial.

    `val_bpb` holds the task's own metric, whatever its unit and direction; it and `memory_gb`, which a ledger does not
    have, are empty where not known. `status`: keep for a new best, discard for what is no best (or was vetoed), crash for
    any verdict but ok.
    """
    if len(trials) != 1:
        raise AutolabError(f"results.tsv is of one trial, and these are {len(trials)}; give a trial's folder")
    return _lines(trials[0])


def _lines(trial: Trial) -> Iterator[str]:
    yield HEADER
    counted = {each.number for each in trial.counted}
    best: float | None = None
    for each in trial.state.experiments:
        score, metric = each.measurement.score, each.measurement.metric
        keep = each.number in counted and score is not None and (best is None or score > best)
        best = score if keep else best
        status = "crash" if each.measurement.verdict != "ok" else "keep" if keep else "discard"
        figure = "" if metric is None else f"{metric:.6f}"
        yield f"{each.commit[:7]}\t{figure}\t\t{status}\t{' '.join(each.hypothesis.split())}\n"
