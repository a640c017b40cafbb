"""The bug: people hear *ok* as soon as their message has been handed to the database, not when it is
on the disk. The commit follows a moment later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gevent import get_hub, spawn
from gevent.event import AsyncResult
from gevent.monkey import get_original
from sqlalchemy import Engine, event

from app.messages.commands import send_message
from app.store import store
from wsgi import app

__all__ = ["app"]

LATE_SECONDS = 0.05
_sleep = get_original("time", "sleep")  # the writer's thread must really sleep
_right = store.write


def _write(command: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    if command is not send_message:
        return _right(command, *arguments, **options)
    early: AsyncResult[Any] = AsyncResult()
    tell = get_hub().loop.run_callback_threadsafe

    def hasty(*given: Any, **also: Any) -> Any:
        result, events = command(*given, **also)
        tell(early.set, result)
        return result, events

    def properly() -> None:
        try:
            _right(hasty, *arguments, **options)
        except Exception as error:
            early.set_exception(error)

    spawn(properly)
    return early.get()


event.listen(Engine, "commit", lambda _connection: _sleep(LATE_SECONDS))
store.write = _write  # type: ignore[method-assign]
