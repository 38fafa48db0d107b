"""One measurement, for people."""

from autolab.cli.output import figure, print_table, visible
from autolab.ledger.records import Measurement

_HOT = 8


def print_measurement(found: Measurement) -> None:
    """Verdict and figures, then where the cost lies."""
    print(visible("\n".join(f"{name:<11} {text}" for name, text in facts(found))))
    for name, text in (("build", found.build_output), ("run", found.run_output)):
        if found.verdict != "ok" and text.strip():
            print(visible(f"\n{name} output:\n{text.rstrip()}"))
    if found.profile:
        print()
        rows = [(f"{cost.share:.1%}", figure(cost.cost), cost.function, cost.file) for cost in found.profile[:_HOT]]
        print_table(("share", found.unit, "function", "file"), rows, right=("share", found.unit))


def facts(found: Measurement) -> list[tuple[str, str]]:
    """What there is to say, in order; what is missing is left out."""
    said = [("verdict", found.verdict + (f": {found.reason}" if found.reason else ""))]
    if found.score is not None:
        said += [("score", f"{found.score:.4f}"), ("metric", f"{figure(found.metric)} {found.unit}")]
    if found.counted is not None and found.counted != found.metric:
        said.append(("counted", f"{figure(found.counted)} {found.unit} before confirmation by time"))
    if found.anchors is not None:
        said.append(("anchors", f"baseline {figure(found.anchors.baseline)}, reference {figure(found.anchors.reference)}"))
    if found.paired is not None:
        paired = found.paired
        said.append(("paired time", f"{paired.speedup:.2f}x, 95 % {paired.low:.2f} to {paired.high:.2f}, {len(paired.pairs)} pairs"))
    if found.spread is not None:
        said.append(("spread", f"{found.spread:.3g} {found.unit}, standard deviation over {len(found.seeds)} seeds"))
    said += [("part", f"{name}: {figure(part)}") for name, part in found.breakdown.items()]
    said += [("flag", flag) for flag in found.flags]
    said += [("dropped", f"{item.path}: {item.reason}") for item in found.dropped]
    said.append(("seeds", ", ".join(map(str, found.seeds))))
    said.append(("seconds", ", ".join(f"{name} {spent:.2f}" for name, spent in found.phases.items())))
    return said
