"""A command on its way through the writer, and those who want to know what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gevent.event import AsyncResult

from app.errors import PalabreError


class Revised(Protocol):
    """What a command reports besides its result: the store knows only its revision."""

    revision: int


Command = Callable[..., tuple[Any, Sequence[Revised]]]


@dataclass(slots=True, eq=False)
class Job:
    """One command on its way through the writer: somebody waits for it, or is called back."""

    command: Command
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    after: Job | None = None  # what the same connection asked for before, while that is under way
    result: Any = None
    error: BaseException | None = None
    events: Sequence[Revised] = field(default_factory=list)
    refused: bool = False  # by storage, whatever the command itself would have said
    settled: bool = False
    _waiter: AsyncResult[None] | None = None
    _listener: Callable[[Job], None] | None = None

    def join(self) -> None:
        """Sleep until it is settled."""
        if not self.settled:
            self._waiter = self._waiter or AsyncResult()
            self._waiter.get()

    def wait(self) -> Any:
        """Sleep until it is durable and published; its result, or its error raised."""
        self.join()
        if self.error is not None:
            raise self.error
        return self.result

    def then(self, listener: Callable[[Job], None]) -> None:
        """Have *listener* called, on the event loop, once it is settled. One listener at most."""
        if self.settled:
            listener(self)
        else:
            self._listener = listener

    def overtakes(self) -> bool:
        """Whether storage has refused what was asked for before it: asked for again, that would
        come after it. The writer asks once, when it is about to run it.
        """
        before, self.after = self.after, None  # or each would keep all the earlier ones alive
        return before is not None and before.refused

    def refuse(self, error: Exception) -> None:
        """Storage has not taken it, nor what a refusal that was its own has said already."""
        self.refused, self.after, self.events = True, None, []
        if not isinstance(self.error, PalabreError):
            self.error = error

    def settle(self) -> None:
        """Wake whoever waits; the writer says so, on the event loop."""
        if self.settled:
            return
        self.settled = True
        if self._waiter is not None:
            self._waiter.set(None)
        if self._listener is not None:
            self._listener(self)


@dataclass(slots=True)
class Batch:
    """The jobs of one commit, and its revisions: ``first < revision <= last``."""

    jobs: list[Job]
    first: int = 0
    last: int = 0
    failure: Exception | None = None  # why nothing of it was stored

    @property
    def events(self) -> list[Any]:
        """The events of all jobs, in the order of their revisions."""
        return [event for job in self.jobs for event in job.events]


Publish = Callable[[Batch], None]
