"""What a command works in: its rows, its revision, its moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection, text

from app.store.prepared import DirectSession, Prepared
from app.store.types import now_ms

# SQLAlchemy's own would be given a new name, and so be compiled anew, for every command.
_SAVEPOINT = Prepared(text("SAVEPOINT command"))
_RELEASE = Prepared(text("RELEASE SAVEPOINT command"))
_ROLLBACK = Prepared(text("ROLLBACK TO SAVEPOINT command"))


class SpoiltError(Exception):
    """A command has failed after it had written, and had no savepoint to go back to."""


class WriteSession(DirectSession):
    """The session batches of commands work in: rows, and of each command its one revision and its
    one moment. What a command does through SQLAlchemy has a savepoint of its own, begun when it is
    first asked for: a failed flush must not undo the others.

    A savepoint for each command costs as much as a sixth of sending a message, and nearly every
    command that fails does so before it writes. So there is none until ``careful`` asks for it:
    the writer does, to run a batch again in which one was missed.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        )
        self.connected = connection
        self.careful = False
        # PostgreSQL ends a transaction in which any statement has failed; and cannot tell us more.
        self._always = connection.dialect.name != "sqlite"
        self.last_revision = 0
        self.changed = False
        self.now = 0
        self._written = 0
        self._command: object = None
        self._recalled: dict[Hashable, Any] = {}

    def begin_batch(self) -> None:
        """A transaction begins: what was true in the last may be so no longer."""
        self._command = None

    def begin_command(self, command: object, revision: int) -> None:
        """The next command begins; *revision* is the last that has been used."""
        if command is not self._command:
            self._command = command
            self._recalled.clear()
        self.last_revision, self.changed, self.now = revision, False, now_ms()
        if self._has_savepoints:
            _SAVEPOINT.run(self)
        else:
            self._written = self.direct[0].total_changes

    def end_command(self) -> None:
        """The command has succeeded."""
        if self.in_transaction():
            self.commit()
            self.expunge_all()
        if self._has_savepoints:
            _RELEASE.run(self)

    def undo_command(self) -> None:
        """The command has failed; the others of its batch have not. Raises :class:`SpoiltError`."""
        self.close()
        if self._has_savepoints:
            _ROLLBACK.run(self)
            _RELEASE.run(self)
        elif self.direct[0].total_changes != self._written:
            raise SpoiltError

    def recall(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """What *find* returned for this key to the same command just before in the same batch.

        For what this command reads and does not change: whatever another may have changed is
        found anew.
        """
        if key not in self._recalled:
            self._recalled[key] = find()
        return self._recalled[key]

    @property
    def _has_savepoints(self) -> bool:
        return self.careful or self._always

    @property
    def revision(self) -> int:
        """The revision to stamp on every row this command touches; the same however often asked."""
        if not self.changed:
            self.changed = True
            self.last_revision += 1
        return self.last_revision
