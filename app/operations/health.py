"""``/healthz``: the process answers. ``/readyz``: it can read and write. ``/metrics``: figures."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.contract.answers import Health
from app.errors import PalabreError
from app.http.openapi import operation_id
from app.store import WriteSession, store
from app.store.revision import current_revision
from app.transport.loop import drain

TEXT = {"description": "Prometheus' text format", "content": {"text/plain": {}}}

health = APIBlueprint(
    "health", __name__, abp_tags=[Tag(name="health")], operation_id_callback=operation_id
)


@health.get("/healthz", responses={200: Health})
def healthz() -> Any:
    """The process is alive."""
    return jsonify(status="ok")


@health.get("/readyz", responses={200: Health, 503: Health})
def readyz() -> Any:
    """The process can read, can write, and is not leaving."""
    if drain.is_draining():
        return jsonify(status="draining"), 503
    try:
        store.write(_touch)
        with store.reading() as session:
            current_revision(session)
    except PalabreError as error:
        return jsonify(status=error.code), 503
    except Exception:
        return jsonify(status="unavailable"), 503
    return jsonify(status="ready")


@health.get("/metrics", responses={200: TEXT})
def metrics() -> Response:
    """Figures for Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _touch(session: WriteSession) -> tuple[None, list[Any]]:
    """Takes the write lock and commits, as any command would. Changes nothing, unless the last
    change was refused: a full disk is seen only by writing to it.
    """
    if store.writer.refused:
        _ = session.revision  # asking for one uses it up, and the counter is written
    return None, []
