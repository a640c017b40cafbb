"""Runs inside the server's process: publications and their listeners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.extensions import socketio
from app.operations.serving import writing
from app.realtime.announcement import (
    Publication,
    PublicationListener,
    from_dict,
    lists_changed,
)
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.wire import PersonalWire, Wire
from app.store import WriteSession, store


@dataclass(slots=True, kw_only=True)
class Mute(Event):
    """An event without messages, which notes when it is announced."""

    notes: list[str]

    def wires(self) -> Iterator[Wire | PersonalWire]:
        """Note the announcement."""
        self.notes.append("announced")
        return iter(())


@dataclass(slots=True, kw_only=True)
class Broken(Event):
    """An event that cannot be announced."""

    def wires(self) -> Iterator[Wire | PersonalWire]:
        """Fail."""
        raise ValueError("this event cannot be announced")


class Unlisted(Event):
    """An event that cannot say whose lists it changes."""

    def lists_changed(self) -> frozenset[int]:
        """Fail."""
        raise ValueError("this event has no lists")


class Listed(Event):
    """An event that changes the list of user 7."""

    def lists_changed(self) -> frozenset[int]:
        """User 7."""
        return frozenset({7})


class Noting(PublicationListener):
    """Notes each publication under a name."""

    def __init__(self, name: str, notes: list[str], *, announces: bool = False) -> None:
        self._name = name
        self._notes = notes
        self._announces = announces

    def published(self, publication: Publication) -> None:
        """Note the counts, and the announcements if wanted."""
        events, revisions = len(publication.events), publication.last - publication.first
        self._notes.append(f"{self._name}: {events} events, {revisions} revisions")
        if self._announces:
            self._notes.append(f"{self._name}: {len(publication.announcements)} announcements")


class Failing(PublicationListener):
    """Fails with every publication."""

    def published(self, publication: Publication) -> None:
        """Fail."""
        raise RuntimeError("this listener fails")


def in_order(_app: Any) -> list[str]:
    """The notes of three listeners, of which the middle one announces, for two commits."""
    notes: list[str] = []
    cache, delivery = Noting("cache", notes), Noting("delivery", notes, announces=True)
    doorbell = Noting("doorbell", notes, announces=True)
    publisher.bind(socketio.server, [cache, delivery, doorbell])
    store.start(publisher)
    for count in (2, 1):
        store.write(_change, notes, count)
    publisher.publish([Mute(notes=notes)])
    publisher.publish([])
    store.stop()
    return notes


def with_failures(_app: Any) -> list[str]:
    """The notes of listeners around one that fails, for an event between two that are broken."""
    notes: list[str] = []
    listeners = [Noting("cache", notes), Failing(), Noting("doorbell", notes, announces=True)]
    publisher.bind(socketio.server, listeners)
    publisher.publish([Broken(), Mute(notes=notes), Broken()])
    return notes


def of_a_process(app: Any) -> list[str]:
    """The listeners of a process that writes."""
    with writing(app):
        return [type(listener).__name__ for listener in publisher.listeners]


def _change(session: WriteSession, notes: list[str], count: int) -> tuple[None, list[Mute]]:
    return None, [Mute(revision=session.revision, notes=notes) for _ in range(count)]


def from_a_newer_version(_app: Any) -> list[list[str]]:
    """The events that remain of an announcement with one that this version does not know."""
    known = {
        "namespace": "/",
        "event": "typing",
        "payload": {},
        "rooms": ["conversation:1"],
        "except_room": None,
    }
    wires = [{**known, "event": "voice_started"}, known]
    told = from_dict({"wires": wires, "expelled": [[1, 2]], "ended_sessions": ["x"]})
    names = [wire.event.name for wire in told.wires]
    return [names, [str(pair) for pair in told.expelled], told.ended_sessions]


def with_a_list_that_fails(_app: Any) -> list[int]:
    """The users whose lists are dropped for an event beside one that cannot say."""
    return sorted(lists_changed([Unlisted(), Listed(), Unlisted()]))
