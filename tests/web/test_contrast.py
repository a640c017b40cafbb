"""Every pair of colours that stands one upon the other can be read: WCAG 2.2 AA, by day and by night."""

from __future__ import annotations

import re

import pytest

from tests.support.server import ROOT

CSS = ROOT / "app/static/css"
DAY, NIGHT = 0, 1
TEXT, SHAPE = 4.5, 3.0

PAIRS = [
    *[(text, surface, TEXT) for text in ("text", "text-soft", "text-link", "text-accent") for surface in (
        "surface-page", "surface-card", "surface-sunk", "surface-selected")],
    ("text-alert", "surface-page", TEXT),
    ("text-alert", "surface-card", TEXT),
    ("text-alert", "surface-alert", TEXT),
    ("text-hint", "surface-hint", TEXT),
    ("text-good", "surface-good", TEXT),
    ("text", "surface-raised", TEXT),
    ("text-on-brand", "surface-brand", TEXT),
    ("text-on-brand-soft", "surface-brand", TEXT),
    ("on-action", "action", TEXT),
    ("on-action", "action-hover", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-badge", "badge", TEXT),
    ("on-highlight", "highlight", TEXT),
    ("bubble-own-text", "bubble-own", TEXT),
    ("bubble-own-soft", "bubble-own", TEXT),
    ("bubble-other-text", "bubble-other", TEXT),
    ("text-soft", "bubble-other", TEXT),
    ("surface-page", "text", TEXT),
    *[(shape, surface, SHAPE) for shape in ("line-field", "focus", "online") for surface in (
        "surface-page", "surface-card")],
]  # fmt: skip


def raws() -> dict[str, tuple[str, str]]:
    source = (CSS / "raw.css").read_text()
    found = re.findall(r"--(raw-[\w-]+): light-dark\((#\w{6}), (#\w{6})\)", source)
    return {name: (day, night) for name, day, night in found}


def tokens() -> dict[str, tuple[str, str]]:
    known = raws()
    found = re.findall(r"--([\w-]+): var\(--(raw-[\w-]+)\);", (CSS / "tokens.css").read_text())
    return {name: known[raw] for name, raw in found}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", [DAY, NIGHT], ids=["day", "night"])
def test_every_pair_can_be_read(mode: int) -> None:
    known = tokens()
    faint = {
        f"{front} on {back}": round(contrast(known[front][mode], known[back][mode]), 2)
        for front, back, least in PAIRS
        if contrast(known[front][mode], known[back][mode]) < least
    }
    assert faint == {}


@pytest.mark.parametrize("mode", [DAY, NIGHT], ids=["day", "night"])
def test_initials_can_be_read_on_every_tone(mode: int) -> None:
    known = raws()
    for tone in range(8):
        ink, ground = known[f"raw-tone-{tone}-ink"][mode], known[f"raw-tone-{tone}"][mode]
        assert contrast(ink, ground) >= TEXT, tone


def test_colours_stand_in_one_file_only() -> None:
    """Components use tokens, tokens use raws: so that a theme is one file."""
    for path in sorted(CSS.glob("*.css")):
        source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        if path.name != "raw.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\))", source), path.name
        if path.name not in ("raw.css", "tokens.css"):
            raw = set(re.findall(r"var\(--(raw-[\w-]+)", source))
            assert all(name.startswith(("raw-tone-", "raw-shade")) for name in raw), path.name


def test_every_property_that_is_used_is_defined() -> None:
    sources = "\n".join(path.read_text() for path in CSS.glob("*.css"))
    defined = set(re.findall(r"(--[\w-]+)\s*:", sources))
    used = set(re.findall(r"var\((--[\w-]+)", sources))
    assert used - defined == set()
