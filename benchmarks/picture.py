"""A line chart as SVG, written by hand: two logarithmic axes, a few lines, no dependency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 44, 52
COLOURS = ("#1f6feb", "#d1571b", "#2da44e", "#8250df")

Line = Sequence[tuple[float, float]]


def chart(title: str, across: str, up: str, lines: Mapping[str, Line]) -> str:
    """Draw lines of (x, y), all positive, on logarithmic axes whose ticks are the x of the points and powers of ten."""
    columns = sorted({x for line in lines.values() for x, _ in line})
    heights = [y for line in lines.values() for _, y in line]
    low, high = 10.0 ** math.floor(math.log10(min(heights))), 10.0 ** math.ceil(math.log10(max(heights)))
    high = high if high > low else low * 10

    def place(x: float, y: float) -> tuple[float, float]:
        wide = _share(x, columns[0], columns[-1])
        return LEFT + wide * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - _share(y, low, high) * (HEIGHT - TOP - BOTTOM)

    parts = [_text(LEFT, 22, title, size=15, weight="600"), *_frame(across, up)]
    for x in columns:
        at = place(x, low)[0]
        parts += [_rule(at, TOP, at, HEIGHT - BOTTOM), _text(at, HEIGHT - BOTTOM + 18, f"{x:g}", anchor="middle")]
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = place(columns[0], 10.0**power)[1]
        parts += [_rule(LEFT, at, WIDTH - RIGHT, at), _text(LEFT - 8, at + 4, f"{10.0**power:g}", anchor="end")]
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        parts += _drawn(name, colour, [place(x, y) for x, y in line])
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">', ground, *parts, "</svg>", ""])


def _drawn(name: str, colour: str, points: Sequence[tuple[float, float]]) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    end_x, end_y = points[-1]
    label = _text(end_x + 10, end_y + 4, name, colour=colour)
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, label]


def _frame(across: str, up: str) -> list[str]:
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [_text(middle, HEIGHT - 12, across, anchor="middle"), _text(LEFT, TOP - 8, up)]


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low) if high > low else 0.5


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d8dee4"/>'


def _text(
    x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", weight: str = "400",
    colour: str = "#24292f",
) -> str:  # fmt: skip
    style = f'font-family="sans-serif" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style} fill="{colour}">{escape(words)}</text>'
