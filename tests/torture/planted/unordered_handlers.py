"""The bug: every event gets a greenlet of its own, and some are quicker than others."""

from __future__ import annotations

import random
from typing import Any

import gevent

from app.realtime import dispatch
from tests.support.quick import app

__all__ = ["app"]

_right = dispatch.receive


def _receive(*arguments: Any) -> None:
    gevent.spawn_later(random.uniform(0, 0.02), _right, *arguments)


dispatch.receive = _receive
