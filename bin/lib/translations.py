"""Compiles the pages' translations from `.po` files to the `.mo` files that Babel reads."""

from __future__ import annotations

import sys
from pathlib import Path

from say import ROOT, run, step

_CATALOGUES = ROOT / "app" / "translations"


def ensure_compiled() -> None:
    """Compiles all catalogues if one of them is newer than its compiled file."""
    if not any(_is_stale(source) for source in _CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        return
    step("Compiling translations")
    babel = [sys.executable, "-m", "babel.messages.frontend"]
    run(
        [*babel, "--quiet", "compile", "--directory", _CATALOGUES],
        failing="A translation could not be compiled (app/translations).",
    )


def _is_stale(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime
