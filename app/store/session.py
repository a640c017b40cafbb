"""What a command works in: its rows, its revision, its moment."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.store.prepared import DirectSession, Prepared
from app.store.types import now_ms

# SQLAlchemy's own would be given a new name, and so be compiled anew, for every command.
_SAVEPOINT = Prepared(text("SAVEPOINT command"))
_RELEASE = Prepared(text("RELEASE SAVEPOINT command"))
_ROLLBACK = Prepared(text("ROLLBACK TO SAVEPOINT command"))


class WriteSession(DirectSession):
    """The session a batch of commands works in: rows, and of each command its one revision and its
    one moment. What a command does through SQLAlchemy has a savepoint of its own within the
    command's, begun when it is first asked for: a failed flush must not undo the others.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        )
        self.last_revision = 0
        self.changed = False
        self.now = 0

    def begin_command(self, revision: int) -> None:
        """The next command begins; *revision* is the last that has been used."""
        self.last_revision, self.changed, self.now = revision, False, now_ms()
        _SAVEPOINT.run(self)

    def end_command(self) -> None:
        """The command has succeeded."""
        if self.in_transaction():
            self.commit()
            self.expunge_all()
        _RELEASE.run(self)

    def undo_command(self) -> None:
        """The command has failed; the others of its batch have not."""
        self.close()
        _ROLLBACK.run(self)
        _RELEASE.run(self)

    @property
    def revision(self) -> int:
        """The revision to stamp on every row this command touches; the same however often asked."""
        if not self.changed:
            self.changed = True
            self.last_revision += 1
        return self.last_revision
