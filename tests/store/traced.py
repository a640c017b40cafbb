"""The application with a log of its SQL, the file ``statements`` beside its database.

It has one line per distinct statement that SQLite received, as a JSON string.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from wsgi import app

__all__ = ["app"]

_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_LISTS = re.compile(r"\(\?(?:, \?)+\)")
_seen: set[str] = set()
_file = (Path(os.environ["DATA_DIR"]) / "statements").open("a", buffering=1)


def _note(statement: str) -> None:
    shape = _LISTS.sub("(?)", _VALUES.sub("?", statement))
    if shape not in _seen:
        _seen.add(shape)
        _file.write(json.dumps(statement) + "\n")


event.listen(Engine, "connect", lambda driver, _record: _listen(driver))


def _listen(driver: Any) -> None:
    driver.set_trace_callback(_note)
