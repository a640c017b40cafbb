"""Addresses of static files that change when the file does, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup

# In the order of the cascade. One file a component; no build.
STYLESHEETS = (
    "raw", "tokens", "base", "button", "field", "badge", "avatar", "menu", "notice", "masthead",
    "page", "product", "inbox", "conversation", "message", "composer", "welcome", "account",
    "filter", "rows", "lesson", "person",
)  # fmt: skip
SCRIPT = "build/pages.js"


def init_app(app: Flask) -> None:
    """Let browsers keep what is asked for by its version."""
    app.after_request(keep_versions)


def asset(name: str) -> str:
    """The address of a static file, with the version of its content; looked at once a page."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = url_for("static", filename=name, v=_version(_path(name)))
    return known[name]


def icon(name: str, mark: str | None = None) -> Markup:
    """A picture of the sprite, decorative; ``mark`` becomes its ``data-mark``."""
    marked = Markup(' data-mark="{}"').format(mark) if mark else ""
    shape = Markup('<svg class="icon" aria-hidden="true"{}><use href="{}#{}"/></svg>')
    return shape.format(marked, asset("img/icons.svg"), name)


def script() -> str | None:
    """The page's script, or ``None`` where it has not been built: pages work without it."""
    return asset(SCRIPT) if _path(SCRIPT).exists() else None


def keep_versions(response: Response) -> Response:
    """A year for an address that names a version."""
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
