"""The integers that a URL may hold."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

from app.contract.inputs import MAX_INTEGER


class IdConverter(IntegerConverter):
    """``<int:id>`` for integers that can be an id; other URLs answer 404.

    A longer number would not fit into a column, and ``\\d`` would match the digits of every script.
    """

    regex = "[0-9]{1,16}"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.max = MAX_INTEGER


def init(app: Flask) -> None:
    """Installs the converter for every ``<int:…>``; call it before any route is registered."""
    app.url_map.converters["int"] = IdConverter
