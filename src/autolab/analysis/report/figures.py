"""Figures of reports as SVG: plain, without script, every text escaped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autolab.analysis.report.render import svg_text

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 40
COLOURS = ("#0969da", "#8250df", "#1a7f37", "#bf8700", "#cf222e", "#bc4c00", "#6e7781", "#d0d7de")


_Place = Callable[[float, float], tuple[float, float]]
"""From x and a score to the figure's coordinates."""


@dataclass(frozen=True)
class Dot:
    """A measured state: x, its score (None: it has none), whether it is a new best, and words for it."""

    x: float
    score: float | None
    best: bool
    words: str
    backfilled: bool = False


def curve(dots: Sequence[Dot], x_label: str) -> str:
    """Scores over x with the best so far as a step line; what has no score is a cross at the foot."""
    scores = [dot.score for dot in dots if dot.score is not None]
    low, high = min([0.0, *scores]), max([1.0, *scores])
    most = max([dot.x for dot in dots], default=1.0) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / most * (WIDTH - LEFT - RIGHT), TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [_frame(place, low, high, most, x_label)]
    parts += [_path(dots, place, most)]
    for dot in dots:
        x, y = place(dot.x, low if dot.score is None else dot.score)
        title = f"<title>{svg_text(dot.words)}</title>"
        if dot.score is None:
            parts.append(
                f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m-6 0l6 -6" stroke="#cf222e" fill="none">{title}</path>'
            )
        else:
            fill = "none" if dot.backfilled else "#0969da" if dot.best else "#8c959f"
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}" stroke="#57606a">{title}</circle>')
    return _svg(parts, HEIGHT, "Scores of the experiments, and the best so far")


def shares(seconds: Mapping[str, float]) -> str:
    """One bar, cut into parts, with a key."""
    total = sum(seconds.values())
    parts, x = [], 0.0
    for index, (name, value) in enumerate(seconds.items()):
        width = value / total * WIDTH if total > 0 else 0.0
        colour = COLOURS[index % len(COLOURS)]
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="28" fill="{colour}"><title>{svg_text(name)}</title></rect>'
        )
        key_x, key_y = 4 + index % 4 * (WIDTH / 4), 50 + index // 4 * 20
        parts.append(f'<rect x="{key_x:.1f}" y="{key_y - 10}" width="10" height="10" fill="{colour}"/>')
        share = f"{value / total:.1%}" if total > 0 else "-"
        parts.append(f'<text x="{key_x + 16:.1f}" y="{key_y}">{svg_text(name)} {share}</text>')
        x += width
    return _svg(parts, 80, "Where the time went")


def _path(dots: Sequence[Dot], place: _Place, most: float) -> str:
    best, points = 0.0, [place(0.0, 0.0)]
    for dot in dots:
        if dot.best and dot.score is not None:
            points += [place(dot.x, best), place(dot.x, dot.score)]
            best = dot.score
    points.append(place(most, best))
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="#0969da" stroke-width="2"/>'


def _frame(place: _Place, low: float, high: float, most: float, x_label: str) -> str:
    lines = []
    for score in sorted({low, 0.0, 1.0, high}):
        x, y = place(0.0, score)
        lines.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#d0d7de"/>')
        lines.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{score:.2f}</text>')
    lines.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">0</text>')
    lines.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{most:.0f} {svg_text(x_label)}</text>')
    return "".join(lines)


def _svg(parts: Sequence[str], height: int, title: str) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#57606a" aria-label="{svg_text(title)}">\n{body}\n</svg>'
    )
