"""The command line: ``flask --app wsgi …``."""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Register the commands."""
