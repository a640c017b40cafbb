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

from app.messages.sending import send_message
from app.store import store
from wsgi import app

__all__ = ["app"]

LATE_SECONDS = 0.2
_sleep = get_original("time", "sleep")  # the writer's thread must really sleep
_right = store.write
_told: list[bool] = []  # people who have been told already, in the batch about to be committed


def _write(command: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    if command is not send_message:
        return _right(command, *arguments, **options)
    early: AsyncResult[Any] = AsyncResult()
    tell = get_hub().loop.run_callback_threadsafe

    def hasty(*given: Any, **also: Any) -> Any:
        _told.append(True)
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


def _commit_late(_connection: Any) -> None:
    if _told:
        _told.clear()
        _sleep(LATE_SECONDS)


event.listen(Engine, "commit", _commit_late)
store.write = _write  # type: ignore[method-assign]
