"""Structured logs, one JSON object a line on stderr: what happened to whom, never what was said."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger(__name__)


def watch_requests(app: Flask) -> None:
    """One line a request: at WARNING if we failed, else at DEBUG. Addresses without their query."""

    @app.before_request
    def _begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def _tell(response: Response) -> Response:
        failed = response.status_code >= 500
        if not (failed or logging.getLogger(__name__).isEnabledFor(logging.DEBUG)):
            return response  # most are of no interest, and putting one into words takes as long as routing
        tell = log.warning if failed else log.debug
        tell(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.get("began", time.monotonic())) * 1000, 1),
            user_id=getattr(g.get("actor") or g.get("page_actor"), "user_id", None),
        )
        return response


def init(level: str) -> None:
    """Send our logs and the libraries' through the same formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Tracebacks without local variables: those would hold messages and tokens.
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These log every packet and every statement, contents included.
    for chatty in ("engineio", "socketio", "sqlalchemy", "alembic", "geventwebsocket"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Without a level, each of these would add a handler of its own, which writes what clients send
    # (a session id, say) as it is. Their warnings come once for every request that asks for one.
    for talking in ("engineio.server", "socketio.server"):
        logging.getLogger(talking).setLevel(logging.ERROR)
