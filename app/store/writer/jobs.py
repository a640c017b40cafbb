"""Commands in the writer's queue, and the batches in which they are committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gevent.event import AsyncResult

from app.errors import PalabreError


class Revised(Protocol):
    """An event that a command returns besides its result; the store reads only its revision."""

    revision: int


Command = Callable[..., tuple[Any, Sequence[Revised]]]


@dataclass(slots=True, eq=False)
class Job:
    """One command in the writer's queue. A greenlet waits for it, or a listener is called."""

    command: Command
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    after: Job | None = None  # the previous job of the same connection, until it is settled
    result: Any = None
    error: BaseException | None = None
    events: Sequence[Revised] = field(default_factory=list)
    refused: bool = False  # by storage, even if the command itself has failed
    settled: bool = False
    _waiter: AsyncResult[None] | None = None
    _listener: Callable[[Job], None] | None = None

    def join(self) -> None:
        """Sleeps until the job is settled."""
        if not self.settled:
            self._waiter = self._waiter or AsyncResult()
            self._waiter.get()

    def wait(self) -> Any:
        """Sleeps until the job is durable and published; returns its result or raises its error."""
        self.join()
        if self.error is not None:
            raise self.error
        return self.result

    def then(self, listener: Callable[[Job], None]) -> None:
        """Calls *listener* on the event loop once the job is settled. One listener at most."""
        if self.settled:
            listener(self)
        else:
            self._listener = listener

    def overtakes(self) -> bool:
        """Whether the command before this one was refused (its retry would arrive later).

        The writer calls it once, just before it runs the job.
        """
        before, self.after = self.after, None  # or each job would keep all earlier ones alive
        return before is not None and before.refused

    def refuse(self, error: Exception) -> None:
        """Records that storage refused the job; the command's own ``PalabreError`` is kept."""
        self.refused, self.after, self.events = True, None, []
        if not isinstance(self.error, PalabreError):
            self.error = error

    def settle(self) -> None:
        """Wakes the waiting greenlet and calls the listener. The writer calls it on the event loop."""
        if self.settled:
            return
        self.settled = True
        if self._waiter is not None:
            self._waiter.set(None)
        if self._listener is not None:
            self._listener(self)


@dataclass(slots=True)
class Batch:
    """The jobs of one commit, and the range of its revisions: ``first < revision <= last``."""

    jobs: list[Job]
    first: int = 0
    last: int = 0
    failure: Exception | None = None  # the reason why none of it was stored

    @property
    def events(self) -> list[Any]:
        """The events of all jobs, in the order of their revisions."""
        return [event for job in self.jobs for event in job.events]


class CommitListener(Protocol):
    """Receives every commit: :class:`app.realtime.publisher.Publisher`."""

    def publish_batch(self, batch: Batch) -> None:
        """Publishes the events of a commit, on the event loop, before their authors are answered."""
