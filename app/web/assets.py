"""Static files: addresses with the version of their content, which browsers may keep for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup

# Every other stylesheet stands on these. Components do not depend on each other's order.
GROUND = ("raw", "tokens", "base")
SCRIPT = "build/pages.js"


def init_app(app: Flask) -> None:
    """Let browsers keep files that are requested by version."""
    app.after_request(keep_versions)


def stylesheets() -> tuple[str, ...]:
    """The names of all stylesheets in the order of the cascade."""
    return cascade(_path("css"))


@lru_cache(maxsize=1)
def cascade(folder: Path) -> tuple[str, ...]:
    """The stylesheets of a folder: the ground, then one file a component, by name."""
    names = {path.stem for path in folder.glob("*.css")}
    return (*GROUND, *sorted(names.difference(GROUND)))


def asset(name: str) -> str:
    """The address of a static file with the version of its content, computed once a page."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("static", filename=name, v=_version(_path(name)))
    return known[name]


def icon(name: str, mark: str | None = None) -> Markup:
    """A decorative picture of the sprite; ``mark`` becomes its ``data-mark``."""
    marked = Markup(' data-mark="{}"').format(mark) if mark else ""
    shape = Markup('<svg class="icon" aria-hidden="true"{}><use href="{}#{}"/></svg>')
    return shape.format(marked, asset("img/icons.svg"), name)


def script() -> str | None:
    """The address of the page's script, or ``None`` if it has not been built: pages work without."""
    return asset(SCRIPT) if _path(SCRIPT).exists() else None


def keep_versions(response: Response) -> Response:
    """Cache a response for a year if its address names a version."""
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.cache_control.max_age = 31_536_000
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    return response


def _path(name: str) -> Path:
    return Path(str(current_app.static_folder)) / name


def _version(path: Path) -> str:
    return _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
