"""Two SVG drawings, without a library for a few lines and circles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench.goals import Goal, goals
from bench.peers import PEERS
from bench.results import Results
from bench.statistics import Spread, figures

_INK, _FAINT, _PAPER = "#1f2328", "#d0d7de", "#ffffff"
_MET, _MISSED = "#1a7f64", "#c2410c"
_COLOURS = {
    "palabre": "#1a7f64",
    "node": "#6e7781",
    "node-grouped": "#a8b1ba",
    "uvicorn": "#8250df",
    "flask": "#bf8700",
    "prosody": "#0969da",
    "limit": "#d0d7de",
}
_FONT = "font-family='system-ui, sans-serif'"
_ROW, _LEFT, _WIDTH = 24, 440, 920


def ratios_drawing(results: Results) -> str:
    """Returns a drawing of every goal that is a ratio, on a logarithmic scale.

    Values are drawn as "times better than the goal": a goal is met right of the line.
    """
    drawn = [(g, m) for g in goals() if g.unit == "×" and (m := g.measured(results))]
    if not drawn:
        return ""
    margins = [margin for goal, m in drawn for margin in _margins(goal, m)]
    reach = max(2.0, *(max(m, 1 / m) for m in margins if m > 0)) * 1.1
    height = _ROW * len(drawn) + 70
    parts = [*_ratio_axis(reach, height)]
    for place, (goal, measured) in enumerate(drawn):
        parts += _ratio_row(goal, measured, 50 + place * _ROW, reach)
    return _drawing(height, "Ratios within a round against their goals", parts)


def _margins(goal: Goal, measured: Spread) -> tuple[float, float, float]:
    """The lowest, median and highest ratio to the bound; above 1 the goal is met."""
    values = (measured.low, measured.median, measured.high)
    if goal.at_least:
        low, median, high = (value / goal.bound for value in values)
        return low, median, high
    high, median, low = (goal.bound / value if value else 1.0 for value in values)
    return low, median, high


def _x(margin: float, reach: float) -> float:
    middle, half = (_LEFT + _WIDTH) / 2, (_WIDTH - _LEFT) / 2 - 20
    return middle + half * math.log(max(margin, 1e-3)) / math.log(reach)


def _ratio_axis(reach: float, height: int) -> Iterator[str]:
    step = 2 if reach < 40 else 10
    ticks = [step**n for n in range(-8, 9) if 1 / reach <= step**n <= reach]
    for tick in ticks:
        x = _x(tick, reach)
        colour = _INK if tick == 1 else _FAINT
        label = "goal" if tick == 1 else f"×{tick:g}" if tick > 1 else f"÷{1 / tick:g}"
        yield f"<line x1='{x:.1f}' x2='{x:.1f}' y1='36' y2='{height - 24}' stroke='{colour}'/>"
        yield _text(x, 26, label, anchor="middle", size=12)


def _ratio_row(goal: Goal, measured: Spread, y: int, reach: float) -> Iterator[str]:
    low, median, high = _margins(goal, measured)
    colour = _MET if goal.met(measured) else _MISSED
    sign = "≥" if goal.at_least else "≤"
    yield _text(_LEFT - 16, y + 4, _short(goal.text), anchor="end", size=12)
    yield (
        f"<line x1='{_x(low, reach):.1f}' x2='{_x(high, reach):.1f}' y1='{y}' y2='{y}'"
        f" stroke='{colour}' stroke-width='3' stroke-linecap='round' opacity='.45'/>"
    )
    yield f"<circle cx='{_x(median, reach):.1f}' cy='{y}' r='5' fill='{colour}'/>"
    yield _text(
        _WIDTH, y + 4, f"{measured.median:.2f} ({sign} {goal.bound:g})", anchor="start", size=12
    )


def _short(text: str) -> str:
    return text if len(text) <= 68 else text[:67] + "…"


# --- rates, as bars

_GROUPS = (
    ("fanout", "room of 50, four in flight", "deliveries_per_s", "Deliveries/s, room of 50"),
    ("fanout", "room of 200, four in flight", "deliveries_per_s", "Deliveries/s, room of 200"),
    ("fanout", "room of 1000, four in flight", "deliveries_per_s", "Deliveries/s, room of 1,000"),
    ("sends", "50 senders", "acks_per_s", "Durable sends/s, 50 senders"),
    ("sends", "500 senders", "acks_per_s", "Durable sends/s, 500 senders"),
    ("slowdisk", "50 senders, fsync + 2 ms", "acks_per_s", "Durable sends/s, 50 senders, slower disk"),
)  # fmt: skip


def rates_drawing(results: Results) -> str:
    """Returns a drawing of every server's rates as bars, each group on its own scale."""
    parts: list[str] = []
    y = 20
    for workload, configuration, figure, title in _GROUPS:
        bars = [
            (name, found)
            for name in PEERS
            if (found := figures(results, workload, configuration, name, figure))
        ]
        if bars:
            parts += _bars(title, bars, y)
            y += 34 + 22 * len(bars)
    return _drawing(y + 10, "Rates by server", parts) if parts else ""


def _bars(title: str, bars: Sequence[tuple[str, Spread]], y: int) -> Iterator[str]:
    longest = max(found.high for _, found in bars)
    scale = (_WIDTH - 300) / longest
    yield _text(20, y + 14, title, size=14, weight="600")
    for place, (name, found) in enumerate(bars):
        top = y + 24 + 22 * place
        yield _text(270, top + 13, PEERS[name].title, anchor="end", size=12)
        yield (
            f"<rect x='280' y='{top}' width='{found.median * scale:.1f}' height='16'"
            f" fill='{_COLOURS[name]}' stroke='{_INK}' stroke-width='.3'/>"
        )
        yield (
            f"<line x1='{280 + found.low * scale:.1f}' x2='{280 + found.high * scale:.1f}'"
            f" y1='{top + 8}' y2='{top + 8}' stroke='{_INK}'/>"
        )
        yield _text(288 + found.high * scale, top + 13, f"{found.median:,.0f}", size=12)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, weight: str = "400"
) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-size='{size}'"
        f" font-weight='{weight}' fill='{_INK}' {_FONT}>{escape(text)}</text>"
    )


def _drawing(height: int, title: str, parts: Sequence[str]) -> str:
    width = _WIDTH + 120
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img'"
        f" aria-label='{escape(title)}'>\n<title>{escape(title)}</title>\n"
        f"<rect width='{width}' height='{height}' fill='{_PAPER}'/>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )
