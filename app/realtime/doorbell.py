"""Several processes: Redis carries the announcements of one to the others.

Redis is a doorbell, not the truth. Pub/sub loses messages silently, so every process also compares
revisions. A change whose announcement is missing after two seconds is read from the database instead
(:class:`MissedChanges`).
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from typing import Any, Protocol

import gevent
import orjson
import redis
import structlog
from gevent.event import Event as Flag

from app.realtime.announcement import Publication, PublicationListener, from_dict
from app.realtime.leases import leases
from app.realtime.publisher import publisher

log = structlog.get_logger(__name__)

CHANNEL = "palabre:announcements"
PATIENCE_SECONDS = 1.5
LOOK_SECONDS = 0.5
RETRY_SECONDS = 0.5


class MissedChanges(Protocol):
    """The changes of other processes, as the database knows them."""

    def current_revision(self) -> int:
        """Returns the revision of the last committed change."""

    def catch_up(self, after: int) -> int:
        """Sends clients the changes after a revision; returns the revision reached."""


class Heard:
    """The revisions whose announcements have arrived, without a gap, up to :attr:`until`."""

    def __init__(self, until: int) -> None:
        self.until = until
        self._ahead: dict[int, int] = {}  # first → last of spans beyond a gap

    def note(self, first: int, last: int) -> None:
        """Notes that a span of revisions has been announced."""
        if last > self.until:
            self._ahead[first] = max(last, self._ahead.get(first, 0))
        for start in sorted(self._ahead):
            if start > self.until:
                break
            self.until = max(self.until, self._ahead.pop(start))

    def skip_to(self, revision: int) -> None:
        """Notes that everything up to a revision is known by other means."""
        self.note(self.until, revision)


class Doorbell(PublicationListener):
    """Rings for the other processes, and delivers their announcements."""

    def __init__(self, url: str, missed: MissedChanges) -> None:
        self._name = secrets.token_hex(8)
        self._redis = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        self._listening = redis.Redis.from_url(url)
        self._missed = missed
        self._queue: deque[dict[str, Any]] = deque(maxlen=10_000)
        self._waiting = Flag()
        self._heard = Heard(missed.current_revision())

    def start(self) -> None:
        """Begins to ring, to listen, and to compare revisions."""
        for task in (self._ring_forever, self._listen_forever, self._look_forever):
            gevent.spawn(task)

    def published(self, publication: Publication) -> None:
        """Queues a publication for the other processes; ``first == last`` if it is not stored."""
        first, last = publication.first, publication.last
        self._heard.note(first, last)
        told = [one.as_dict(leases.online_among) for one in publication.announcements]
        self._queue.append({"first": first, "last": last, "told": told})
        self._waiting.set()

    def _ring_forever(self) -> None:
        while True:
            self._waiting.wait()
            self._waiting.clear()
            batch = [self._queue.popleft() for _ in range(len(self._queue))]
            try:
                self._redis.publish(CHANNEL, orjson.dumps({"from": self._name, "batch": batch}))
            except redis.RedisError as error:
                # The others will notice the revision.
                log.warning("doorbell_broken", error=str(error))

    def _listen_forever(self) -> None:
        while True:
            try:
                subscription: Any = self._listening.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                with subscription:
                    subscription.subscribe(CHANNEL)
                    for message in subscription.listen():
                        self._hear_safely(message["data"])
            except redis.RedisError as error:
                log.warning("doorbell_unheard", error=str(error))
                gevent.sleep(RETRY_SECONDS)

    def _hear_safely(self, data: bytes) -> None:
        try:
            self._hear(orjson.loads(data))
        except Exception:  # what it announced is found in the database
            log.exception("doorbell_misunderstood")

    def _hear(self, message: dict[str, Any]) -> None:
        if message["from"] == self._name:
            return
        for item in message["batch"]:
            publisher.deliver([from_dict(told) for told in item["told"]])
            self._heard.note(item["first"], item["last"])

    def _look_forever(self) -> None:
        behind_since: float | None = None
        while True:
            gevent.sleep(LOOK_SECONDS)
            try:
                behind_since = self._look(behind_since)
            except Exception:
                log.exception("catching_up_failed")

    def _look(self, behind_since: float | None) -> float | None:
        if self._missed.current_revision() <= self._heard.until:
            return None
        now = time.monotonic()
        if behind_since is None or now - behind_since < PATIENCE_SECONDS - LOOK_SECONDS:
            return behind_since or now
        after = self._heard.until
        log.warning("doorbell_missed", after=after)
        self._heard.skip_to(self._missed.catch_up(after))
        return None
