"""Structured logs: one JSON object a line on stderr, with user ids, never with message texts."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger(__name__)


def watch_requests(app: Flask) -> None:
    """Logs each request: at WARNING if its status is 5xx, else at DEBUG. Paths omit the query."""

    @app.before_request
    def _begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def _tell(response: Response) -> Response:
        failed = response.status_code >= 500
        if not (failed or logging.getLogger(__name__).isEnabledFor(logging.DEBUG)):
            return response  # formatting a line takes as long as routing the request
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
    """Sends the application's logs and the libraries' through one formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Tracebacks without local variables, which would contain messages and tokens.
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
    # These log every packet and every statement with its contents.
    for chatty in ("engineio", "socketio", "sqlalchemy", "alembic", "geventwebsocket"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Without a level, each of these adds a handler of its own, which writes client input (such as a
    # session id) unescaped. A client can cause a warning with every request.
    for talking in ("engineio.server", "socketio.server"):
        logging.getLogger(talking).setLevel(logging.ERROR)
