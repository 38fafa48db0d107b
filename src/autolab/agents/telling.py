"""What a model is told, in words: an outcome, the history, a status. Missing figures are a dash, never a zero."""

from collections.abc import Sequence

from autolab.agents.bench import Outcome, Past, Status

TOLD_CHARS = 1500
"""Most characters of a build's or a run's output beside an outcome."""


def capped(text: str, most: int) -> str:
    """The head and the tail of a text that is longer, and how much is left out."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


def figures(outcome: Outcome) -> str:
    """Verdict and figures in a few words."""
    words: str = outcome.verdict
    if outcome.metric is not None:
        score = "" if outcome.score is None else f"score {outcome.score:.4f}, "
        words = f"{score}{outcome.metric:,.6g} {outcome.unit}{', a new best' if outcome.best else ''}"
    late = "" if outcome.of is None else f" (this is the result of experiment {outcome.of})"
    why = f" ({outcome.reason})" if outcome.reason else ""
    return words + why + late


def outcome_text(outcome: Outcome, expected: float | None) -> str:
    """One experiment's result in full."""
    parts = [f"experiment {outcome.number}: {figures(outcome)}"]
    if expected is not None:
        parts.append(f"expected: {expected:g}x")
    for name, text in (("build", outcome.build_output), ("run", outcome.run_output)):
        if text.strip() and outcome.verdict != "ok":
            parts.append(f"{name} output:\n{capped(text.strip(), TOLD_CHARS)}")
    return "\n".join(parts)


def past_line(past: Past) -> str:
    """One experiment in one line."""
    expected = "-" if past.expected is None else f"{past.expected:g}x"
    words = " ".join(past.hypothesis.split())[:160]
    return f"{past.outcome.number:>4}  {figures(past.outcome)}; expected {expected}; {words}"


def history_text(history: Sequence[Past]) -> str:
    """All experiments, one line each."""
    return "\n".join(map(past_line, history)) or "no experiments yet"


def summary(history: Sequence[Past], lines: int) -> str:
    """The history in at most so many lines: the new bests and the latest, with a word on what is left out."""
    if len(history) <= lines:
        return history_text(history)
    latest = set(range(len(history) - (lines + 1) // 2, len(history)))
    bests = [place for place, past in enumerate(history) if past.outcome.best and place not in latest]
    kept = sorted(latest | set(bests[-(lines - len(latest)) :] if lines > len(latest) else ()))
    left = f"[{len(history) - len(kept)} of {len(history)} experiments are left out here; history has all]"
    return "\n".join([left, *(past_line(history[place]) for place in kept)])


def budget_text(status: Status) -> str:
    """What is left of the budget."""
    seconds = "no wall limit" if status.seconds_left is None else f"{status.seconds_left:.0f} s left"
    count = "no limit of experiments" if status.experiments_left is None else f"{status.experiments_left} experiments left"
    return f"{seconds}, {count}"


def best_text(status: Status) -> str:
    """The best so far."""
    if status.best_experiment is None:
        return "no best known yet"
    score = "-" if status.best_score is None else f"{status.best_score:.4f}"
    return f"best: experiment {status.best_experiment}, score {score}"


def status_text(status: Status) -> str:
    """Budget, best, notes of people."""
    return "\n".join([budget_text(status), best_text(status), *(f"note of a person: {note}" for note in status.notes)])
