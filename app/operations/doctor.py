"""``flask doctor``: checks each thing that the server needs."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from typing import NamedTuple

import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from gevent import Timeout
from sqlalchemy import text

from app.store import store
from config import Settings

ENOUGH_BYTES = 200 * 1024 * 1024
PATIENCE_SECONDS = 5


class Finding(NamedTuple):
    """The result of one check."""

    well: bool
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Runs every check. The settings themselves have been validated before."""
    looks: list[Callable[[Settings], Finding]] = [
        _folder,
        _database,
        _migrations,
        _redis,
        _websocket,
    ]
    return [_look(look, settings) for look in looks]


def _look(look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """Runs one check; an unexpected exception becomes a finding too."""
    try:
        with Timeout(PATIENCE_SECONDS):
            return look(settings)
    except (Exception, Timeout) as error:
        return Finding(False, f"{look.__name__.strip('_').capitalize()}: {error}")


def _folder(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    sentence = f"The data folder {settings.data_dir} has {free // 2**20:,} MB free."
    return Finding(free >= ENOUGH_BYTES, sentence)


def _database(settings: Settings) -> Finding:
    if not settings.database_url.startswith("sqlite"):
        with store.reading() as session:
            session.execute(text("SELECT 1"))
        return Finding(True, "The database answers.")
    with store.reading() as session:
        found = session.execute(text("PRAGMA quick_check")).scalar_one()
    if found != "ok":
        return Finding(False, f"The database is damaged: {found}. Restore a backup.")
    return Finding(True, "The database is intact.")


def _migrations(_settings: Settings) -> Finding:
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    with store.reading() as session:
        present = MigrationContext.configure(session.connection()).get_current_revision()
    if present == scripts.get_current_head():
        return Finding(True, "The tables are up to date.")
    return Finding(False, "The tables are out of date. Run: bin/serve --prepare")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding(True, "Redis is not set; one process does not need it.")
    redis.Redis.from_url(settings.redis_url, socket_timeout=PATIENCE_SECONDS).ping()
    return Finding(True, "Redis answers.")


def _websocket(settings: Settings) -> Finding:
    """Requests a WebSocket from the running server, as a browser would (RFC 6455 §4.1)."""
    where = f"http://{settings.host}:{settings.port}"
    try:
        with socket.create_connection((settings.host, settings.port), PATIENCE_SECONDS) as wire:
            wire.sendall(_HANDSHAKE.format(host=settings.host, port=settings.port).encode())
            status = wire.recv(64).split(b"\r\n")[0].decode()
    except OSError as error:
        return Finding(False, f"No server listens on {where} ({error.strerror}). Run: bin/serve")
    if " 101 " in status:
        return Finding(True, f"WebSocket connections work on {where}.")
    return Finding(False, f"WebSocket connections fail on {where}: it answered “{status}”.")


_HANDSHAKE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: cGFsYWJyZS1kb2N0b3ItMQ==\r\n\r\n"
)
