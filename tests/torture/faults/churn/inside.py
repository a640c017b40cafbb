"""The application with a counter inside: on a signal, it counts every live object of the process.

It is served only by tests. It does not know what the server keeps where, so a map that is added
tomorrow is counted as well.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import weakref
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
from greenlet import greenlet

from config import load_settings

module, name = os.environ.get("CHURN_APPLICATION", "wsgi:app").split(":")
app = getattr(importlib.import_module(module), name)

COUNTED = Path(load_settings().data_dir) / "counted.json"
CONTAINERS = (dict, set, list, deque)


def count() -> dict[str, Any]:
    """Greenlets, objects, what the containers hold, and the objects by type."""
    gc.collect()
    gc.unfreeze()  # what was frozen at the start is walked too
    found = [one for one in _everything() if not _is_dead(one)]
    return {
        "greenlets": sum(isinstance(one, greenlet) and not one.dead for one in found),
        "objects": len(found),
        "held": sum(_length(one) for one in found if isinstance(one, CONTAINERS)),
        "types": dict(Counter(type(one).__qualname__ for one in found)),
    }


def _is_dead(one: object) -> bool:
    """A reference to what is gone: an SQLite connection keeps those of up to 200 cursors."""
    return isinstance(one, weakref.ref) and one() is None


def _length(container: Any) -> int:
    if isinstance(container, list) and container and isinstance(container[0], weakref.ref):
        return sum(not _is_dead(one) for one in container)
    return len(container)


def _everything() -> Iterator[Any]:
    """The objects the collector tracks, and the plain dicts and sets it leaves out."""
    watched = gc.get_objects()
    seen = {id(one) for one in watched}
    yield from watched
    for one in watched:
        for inner in gc.get_referents(one):
            if isinstance(inner, CONTAINERS) and id(inner) not in seen:
                seen.add(id(inner))
                yield inner


def _write() -> None:
    partial = COUNTED.with_suffix(".partial")
    partial.write_text(json.dumps(count()))
    partial.rename(COUNTED)


gevent.signal_handler(signal.SIGUSR2, _write)
