"""Routes client events to their handlers: validation, rate limits, acknowledgements, errors."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import structlog
from pydantic import ValidationError

from app import limits
from app.contract.inputs import field_problems
from app.errors import (
    N_,
    UNAVAILABLE_SECONDS,
    PalabreError,
    invalid,
    unavailable,
    unexpected,
)
from app.realtime.connection import Connection, connections
from app.realtime.event import ERROR
from app.realtime.publisher import publisher
from app.realtime.registry import REGISTRY, Answer, ClientEvent
from app.realtime.socketio_server import MAX_EVENT_BYTES, EventReceiver
from app.realtime.wire import TALEMY, camel, decamelize
from app.store.writer.jobs import Job
from app.transport.loop.turns import turns

log = structlog.get_logger(__name__)


# The most unsettled commands of a connection; the next one waits for the first of them.
MAX_UNSETTLED = 256
# After a refusal, events already in flight would overtake the client's retry; commands are refused
# until just before ``retry_after``.
HELD_SECONDS = UNAVAILABLE_SECONDS - 0.1


class Dispatcher(EventReceiver):
    """Receives the events of every connection of this process."""

    def __init__(self) -> None:
        self._reads_wait = True

    def bind(self, *, reads_wait: bool) -> None:
        """Sets whether handlers that read, or count limits, let other greenlets run meanwhile."""
        self._reads_wait = reads_wait

    def never_waits(self, namespace: str, sid: str, name: str) -> bool:
        """Whether an event can be handled in the event loop itself.

        A connection's events keep their order: a read comes after the commands before it.
        """
        connection = connections.get(namespace, sid)
        event = REGISTRY.get((namespace, name))
        if self._reads_wait or connection is None or event is None:
            return False
        if event.writes:
            return connection.unsettled < MAX_UNSETTLED
        return connection.unsettled == 0 and turns.has_time()

    def receive(self, namespace: str, sid: str, ack_id: int | None, data: Any, size: int) -> None:
        """Handles one client event and acknowledges it; without an acknowledgement an error becomes an
        ``error`` event.
        """
        connection = connections.get(namespace, sid)
        if connection is None or connection.ended:
            return
        name = data[0] if isinstance(data, list) and data and isinstance(data[0], str) else ""
        try:
            outcome = _handle(connection, name, data, size)
        except Exception as error:
            _answer(connection, name, ack_id, _refused(connection, name, error))
            return
        if isinstance(outcome, Job):
            connection.last_job = outcome
            connection.unsettled += 1
            outcome.then(partial(_settled, connection, name, ack_id))
        else:
            _answer(connection, name, ack_id, {"ok": True, "data": outcome})


def _settled(connection: Connection, name: str, ack_id: int | None, job: Job) -> None:
    connection.unsettled -= 1
    if connection.unsettled == 0:
        connection.last_job = None
    if job.refused:
        connection.held_until = time.monotonic() + HELD_SECONDS
    if job.error is None:
        _answer(connection, name, ack_id, {"ok": True, "data": job.result})
    else:
        _answer(connection, name, ack_id, _refused(connection, name, job.error))


def _answer(connection: Connection, name: str, ack_id: int | None, answer: dict[str, Any]) -> None:
    if ack_id is not None:
        publisher.acknowledge(connection, ack_id, answer)
    elif not answer["ok"]:
        publisher.tell(connection, ERROR, {"event": name[:64], **answer["error"]})


def _refused(connection: Connection, name: str, error: BaseException) -> dict[str, Any]:
    if isinstance(error, PalabreError):
        return {"ok": False, "error": _refusal(connection, error)}
    log.error("event_failed", event_name=name, user_id=connection.actor.user_id, exc_info=error)
    return {"ok": False, "error": unexpected(error).as_dict()}


def _refusal(connection: Connection, error: PalabreError) -> dict[str, Any]:
    """Returns an error for a client, with the field names of its namespace."""
    body = error.as_dict()
    if connection.namespace == TALEMY and error.details:
        body["details"] = [{**detail, "field": camel(detail["field"])} for detail in error.details]
    return body


def _handle(connection: Connection, name: str, data: Any, size: int) -> Answer:
    limits.spend("event", connection.actor.user_id)
    if size > MAX_EVENT_BYTES:
        raise PalabreError("payload_too_large", N_("The event is too large. Send at most 64 KB."))
    if data is None:
        raise invalid("payload", N_("must be JSON, without binary attachments"))
    event = REGISTRY.get((connection.namespace, name))
    if event is None:
        raise invalid("event", N_("is not a known event"))
    _check_token(connection, event)
    payload = _validate(event, data)
    if event.limit != "event":
        limits.spend(event.limit, connection.actor.user_id)
    _keep_order(connection, event)
    if event.writes and connection.held_until and time.monotonic() < connection.held_until:
        raise unavailable()
    return event.handler(connection, payload)


def _keep_order(connection: Connection, event: ClientEvent) -> None:
    """Waits until a connection's commands are settled before it reads, or while it has too many."""
    allowed = MAX_UNSETTLED if event.writes else 1
    if connection.last_job is not None and connection.unsettled >= allowed:
        connection.last_job.join()  # the writer settles in order: all of them then are


def _check_token(connection: Connection, event: ClientEvent) -> None:
    if time.monotonic() >= connection.ends_at and event.name != "authenticate":
        raise PalabreError("token_expired", N_("The token has expired. Renew it and try again."))


def _validate(event: ClientEvent, data: list[Any]) -> Any:
    if len(data) > 2:
        raise invalid("payload", N_("must be a single value"))
    payload = data[1] if len(data) == 2 else {}
    if event.namespace == TALEMY:
        payload = _from_talemy(payload)
    try:
        return event.schema.model_validate(payload)
    except ValidationError as error:
        raise PalabreError(
            "invalid_payload", N_("Invalid request. Check its fields."), field_problems(error)
        ) from None


def _from_talemy(payload: Any) -> Any:
    if isinstance(payload, dict):
        for name in payload:
            if "_" in name:
                raise invalid(name[:64], N_("must be in camelCase"))
    return decamelize(payload)


dispatcher = Dispatcher()
