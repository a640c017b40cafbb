"""What the database holds in the end, and what each person must therefore see."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.torture.checker import Report, Row, same_list
from tests.torture.history import Entry
from tests.torture.mirror import Mirror


@dataclass(frozen=True)
class State:
    """The rows that matter, straight from the file."""

    rows: list[Row]
    hidden: set[tuple[int, int]]  # (person, message)
    reads: dict[tuple[int, int], int]  # (conversation, person) → last_read_seq
    integrity: str

    @classmethod
    def of(cls, data_dir: Path) -> State:
        """Read it, on a read-only connection."""
        file = f"file:{data_dir / 'palabre.db'}?mode=ro"
        connection = sqlite3.connect(file, uri=True, timeout=30)
        try:
            connection.execute("BEGIN")  # one snapshot
            rows = connection.execute(
                "SELECT conversation_id, seq, id, sender_id, client_id, text FROM messages "
                "ORDER BY conversation_id, seq, id"
            ).fetchall()
            hidden = connection.execute("SELECT user_id, message_id FROM hidden_messages")
            reads = connection.execute(
                "SELECT conversation_id, user_id, last_read_seq FROM participants "
                "WHERE removed_at IS NULL"
            )
            return cls(
                [Row(*row) for row in rows],
                set(hidden.fetchall()),
                {(conversation, user): seq for conversation, user, seq in reads},
                str(connection.execute("PRAGMA integrity_check").fetchone()[0]),
            )
        finally:
            connection.close()

    def seen_by(self, user_id: int, conversation_ids: Sequence[int]) -> list[Row]:
        """Messages of some conversations in somebody's view."""
        return [
            row._replace(text=None) if (user_id, row.message_id) in self.hidden else row
            for row in self.rows
            if row.conversation_id in conversation_ids
        ]

    def unread(self, user_id: int, conversation_id: int) -> int:
        """Messages by others after the read mark that are not tombstones in somebody's view."""
        read = self.reads[conversation_id, user_id]
        return sum(
            row.user_id != user_id and row.seq > read and row.text is not None
            for row in self.seen_by(user_id, [conversation_id])
        )


def check_mirror(
    report: Report, state: State, mirror: Mirror, conversation_ids: Sequence[int]
) -> None:
    """Somebody holds what the database holds: messages, tombstones, everybody's read marks."""
    wanted = state.seen_by(mirror.user_id, conversation_ids)
    same_list(report, "every participant holds the database's list", mirror.rows(), wanted)
    for place, seq in state.reads.items():
        if place[0] in conversation_ids:
            held = mirror.reads.get(place, 0)
            right = held == seq
            report.expect(
                "every participant knows all read marks",
                right,
                f"{mirror.user_id} holds {held} for {place}, which stands at {seq}",
            )
    report.expect("no cursor was reset", mirror.resets == 0, f"{mirror.user_id}")
    report.add(mirror.report)


def check_acts(report: Report, state: State, history: Sequence[Entry]) -> None:
    """Acknowledged read marks and hidden messages are kept, and told marks never moved back."""
    told: dict[tuple[int, int], int] = defaultdict(int)
    tombstones = {row.message_id for row in state.rows if row.text is None}
    for entry in history:
        if entry.action != "ok":
            continue
        if entry.kind == "read":
            place = (entry.conversation_id, entry.user_id)
            seq = entry.seq or 0
            right = seq >= told[place]
            report.expect("an acknowledged read mark never moves back", right, f"{entry}")
            told[place] = max(seq, told[place])
        elif entry.kind == "hide":
            hidden = (entry.user_id, entry.message_id) in state.hidden
            gone = entry.message_id in tombstones
            report.expect("deleted for oneself stays so", hidden or gone, f"{entry}")
    for place, seq in told.items():
        right = state.reads[place] >= seq
        report.expect("an acknowledged read mark is kept", right, f"{place}: told {seq}")


def quick_check(data_dir: Path) -> str:
    """``integrity_check`` of the live database, on a read-only connection."""
    file = f"file:{data_dir / 'palabre.db'}?mode=ro"
    connection = sqlite3.connect(file, uri=True, timeout=30)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
