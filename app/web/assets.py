"""Addresses of static files with the version of their content, cacheable for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup

# First in the cascade, because all others build on these. Components need no order.
GROUND = ("raw", "tokens", "base")
SCRIPT = "build/pages.js"


def init_app(app: Flask) -> None:
    """Makes responses to versioned addresses cacheable."""
    app.after_request(keep_versions)


def stylesheets() -> tuple[str, ...]:
    """Returns the names of all stylesheets in the order of the cascade."""
    return cascade(_path("css"))


@lru_cache(maxsize=1)
def cascade(folder: Path) -> tuple[str, ...]:
    """Returns the stylesheets of a folder: ``GROUND``, then one file a component, by name."""
    names = {path.stem for path in folder.glob("*.css")}
    return (*GROUND, *sorted(names.difference(GROUND)))


def asset(name: str) -> str:
    """Returns the versioned address of a static file, computed once a page."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("static", filename=name, v=_version(_path(name)))
    return known[name]


def icon(name: str, mark: str | None = None) -> Markup:
    """Returns a decorative icon of the sprite; ``mark`` becomes its ``data-mark``."""
    marked = Markup(' data-mark="{}"').format(mark) if mark else ""
    shape = Markup('<svg class="icon" aria-hidden="true"{}><use href="{}#{}"/></svg>')
    return shape.format(marked, asset("img/icons.svg"), name)


def script() -> str | None:
    """Returns the address of the page's script, or ``None`` if it has not been built."""
    return asset(SCRIPT) if _path(SCRIPT).exists() else None


def keep_versions(response: Response) -> Response:
    """Makes a response cacheable for a year if its address names a version."""
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
