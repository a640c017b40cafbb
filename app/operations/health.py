"""Probes: ``/healthz`` (alive), ``/readyz`` (can read and write) and ``/metrics`` (Prometheus)."""

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
from app.transport.loop.drain import drain

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
    """The process can read and write, and is not draining."""
    if drain.begun:
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
    """Metrics for Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _touch(session: WriteSession) -> tuple[None, list[Any]]:
    """Takes the write lock and commits, as any command would.

    Nothing is changed, unless the last change was refused: only a write detects a full disk.
    """
    if store.writer.refused:
        _ = session.revision  # allocates a revision, so the counter is written
    return None, []
