"""The session that commands run in: their rows, their revision and their time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection, text

from app.store.prepared import DirectSession, Prepared
from app.store.types import now_ms

# SQLAlchemy names each savepoint anew, and would so compile these statements for every command.
_SAVEPOINT = Prepared(text("SAVEPOINT command"))
_RELEASE = Prepared(text("RELEASE SAVEPOINT command"))
_ROLLBACK = Prepared(text("ROLLBACK TO SAVEPOINT command"))


class SpoiltError(Exception):
    """A command failed after it had written, without a savepoint to roll back to."""


class WriteSession(DirectSession):
    """The session of a batch: its rows, and the one revision and one time of each command.

    A command's ORM work has a savepoint of its own, begun at its first statement: a failed flush
    must not undo the other commands.

    A savepoint for each command would be a notable part of the cost of a message, and nearly every
    failing command fails before it writes. So commands have one only while ``careful`` is set: the
    writer sets it to repeat a batch that raised :class:`SpoiltError`.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        )
        self.connected = connection
        self.careful = False
        # PostgreSQL aborts a transaction at its first failed statement, and does not count changes.
        self._always = connection.dialect.name != "sqlite"
        self.last_revision = 0
        self.changed = False
        self.now = 0
        self._written = 0
        self._command: object = None
        self._recalled: dict[Hashable, Any] = {}

    def begin_batch(self) -> None:
        """Discards the memoised values of the last transaction, which may be outdated."""
        self._command = None

    def begin_command(self, command: object, revision: int) -> None:
        """Prepares the session for the next command; *revision* is the last one in use."""
        if command is not self._command:
            self._command = command
            self._recalled.clear()
        self.last_revision, self.changed, self.now = revision, False, now_ms()
        if self._has_savepoints:
            _SAVEPOINT.run(self)
        else:
            self._written = self.direct[0].total_changes

    def end_command(self) -> None:
        """Flushes the changes of a command that has succeeded, and releases its savepoint."""
        if self.in_transaction():
            self.commit()
            self.expunge_all()
        if self._has_savepoints:
            _RELEASE.run(self)

    def undo_command(self) -> None:
        """Undoes a command that has failed, and no other of its batch.

        Raises :class:`SpoiltError` if it has written without a savepoint.
        """
        self.close()
        if self._has_savepoints:
            _ROLLBACK.run(self)
            _RELEASE.run(self)
        elif self.direct[0].total_changes != self._written:
            raise SpoiltError

    def recall(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """Memoises ``find()`` across consecutive runs of one command in a batch.

        Only for values that this command reads and does not change. Any other command in between
        empties the memo.
        """
        if key not in self._recalled:
            self._recalled[key] = find()
        return self._recalled[key]

    @property
    def _has_savepoints(self) -> bool:
        return self.careful or self._always

    @property
    def revision(self) -> int:
        """The revision for every row this command touches: allocated once, at the first access."""
        if not self.changed:
            self.changed = True
            self.last_revision += 1
        return self.last_revision
