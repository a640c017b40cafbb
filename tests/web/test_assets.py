"""Stylesheets are found in their folder: a new component needs no line of Python."""

from __future__ import annotations

from pathlib import Path

from app.web.assets import GROUND, cascade


def test_the_ground_comes_first_and_components_by_name(tmp_path: Path) -> None:
    for name in ("zebra", *reversed(GROUND), "avatar"):
        (tmp_path / f"{name}.css").touch()
    assert cascade(tmp_path) == ("raw", "tokens", "base", "avatar", "zebra")
