"""A reliability plot as plain SVG: what was said against what was true, the diagonal being perfect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

SIDE, MARGIN = 360, 48
_COLOURS = ("#1f5fa8", "#b4541a")  # told apart by the colour-blind too


def reliability_svg(curves: Mapping[str, Sequence[tuple[float, float, int]]]) -> str:
    """Draw a curve for each name; its points are mean probability, share true, and count, the count as area."""
    size = SIDE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(', '.join(curves))}: said and true</title>",
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
        f'<path d="M{MARGIN} {MARGIN}V{MARGIN + SIDE}H{MARGIN + SIDE}" fill="none" stroke="#333"/>',
        _line([(0.0, 0.0), (1.0, 1.0)], "#999", dashed=True),
        *_ticks(),
    ]
    for place, ((name, points), colour) in enumerate(zip(curves.items(), _COLOURS, strict=False)):
        most = max((count for _, _, count in points), default=1)
        parts.append(_line([(said, true) for said, true, _ in points], colour))
        for said, true, count in points:
            x, y = _at(said, true)
            label = f"{name}: said {said:.2f}, true {true:.2f}, {count} times"
            radius = 3 + 5 * (count / most) ** 0.5
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"><title>{escape(label)}</title>'
                "</circle>"
            )
        parts.append(f'<text x="{MARGIN + 12}" y="{MARGIN + 16 * (place + 1)}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _at(said: float, true: float) -> tuple[float, float]:
    return MARGIN + said * SIDE, MARGIN + (1 - true) * SIDE


def _line(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    path = " ".join("{:.1f},{:.1f}".format(*_at(*point)) for point in points)
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}"{dash}/>'


def _ticks() -> list[str]:
    marks = []
    for tenth in range(0, 11, 2):
        x, y = _at(tenth / 10, tenth / 10)
        marks.append(f'<text x="{x:.0f}" y="{MARGIN + SIDE + 18}" text-anchor="middle">{tenth / 10}</text>')
        marks.append(f'<text x="{MARGIN - 8}" y="{y + 4:.0f}" text-anchor="end">{tenth / 10}</text>')
    middle = MARGIN + SIDE / 2
    marks.append(f'<text x="{middle}" y="{MARGIN + SIDE + 38}" text-anchor="middle">said</text>')
    marks.append(f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">true</text>')
    return marks
