"""The first event of every connection."""

from __future__ import annotations

from app.realtime.wire import on_every_namespace
from app.sync.objects import Ready

READY = on_every_namespace("ready", Ready)
