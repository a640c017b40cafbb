"""The bug: every event gets a greenlet of its own, and some are quicker than others."""

from __future__ import annotations

import random
from typing import Any

import gevent

from app.realtime.dispatch import dispatcher
from tests.support.quick import app

__all__ = ["app"]

_right = dispatcher.receive


def _receive(*arguments: Any) -> None:
    gevent.spawn_later(random.uniform(0, 0.02), _right, *arguments)


dispatcher.receive = _receive  # type: ignore[method-assign]
