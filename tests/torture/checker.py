"""Does the final state keep the promise, given everything the clients were told?

Works on plain data: the entries of a :class:`~tests.torture.history.History`, the rows of the
database, and the lists that people hold. It knows nothing of how they came about.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.torture.history import Entry

SHOWN = 5


class Row(NamedTuple):
    """One stored message, from the database, from REST, or from a client's own list. A tombstone has
    no text.
    """

    conversation_id: int
    seq: int
    message_id: int
    user_id: int
    client_id: str | None
    text: str | None

    def __repr__(self) -> str:
        place = f"{self.conversation_id}/{self.seq}"
        return f"<{self.client_id} at {place}, id {self.message_id}, {(self.text or '')[:12]!r}>"


@dataclass
class Story:
    """Everything one ``client_id`` went through, as its sender saw it."""

    first: Entry
    answers: list[Entry] = field(default_factory=list)
    refusals: list[Entry] = field(default_factory=list)
    unknown: int = 0
    # Texts it may have now, if it is not deleted; and what became of attempts to delete it.
    texts: set[str] = field(default_factory=set)
    deleted: bool = False
    perhaps_deleted: bool = False

    def follow(self, entry: Entry) -> None:
        """What one more line of the history means for this message."""
        if entry.kind == "send":
            self.answers += [entry] if entry.action == "ok" else []
            self.refusals += [entry] if entry.action == "fail" else []
            self.unknown += entry.action == "unknown"
        elif entry.kind == "edit" and entry.action == "ok":
            self.texts = (self.texts - {self._settled}) | {entry.text}
            self._settled = entry.text
        elif entry.kind == "edit" and entry.action == "unknown":
            self.texts.add(entry.text)
        elif entry.kind == "delete":
            self.deleted |= entry.action == "ok"
            self.perhaps_deleted |= entry.action in ("ok", "unknown")

    def __post_init__(self) -> None:
        self._settled = self.first.text
        self.texts = {self.first.text}


@dataclass
class Report:
    """What was checked, and what is wrong: rule → violations."""

    checked: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def expect(self, rule: str, holds: bool, sentence: str) -> None:
        """Count one application of a rule, and remember it if it does not hold."""
        self.checked[rule] += 1
        if not holds:
            self.violations[rule].append(sentence)

    def add(self, other: Report) -> None:
        """Take over what another report has found."""
        self.checked.update(other.checked)
        for rule, sentences in other.violations.items():
            self.violations[rule] += sentences

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    def table(self) -> str:
        """One line per rule, and the first few violations of each."""
        lines = []
        for rule, count in self.checked.items():
            wrong = self.violations.get(rule, [])
            lines.append(
                f"  {rule:<44} {count:>9,}  {'ok' if not wrong else f'{len(wrong)} WRONG'}"
            )
            lines += [f"      {sentence}" for sentence in wrong[:SHOWN]]
        return "\n".join(lines)


def check(history: Iterable[Entry], database: Sequence[Row], integrity: str = "ok") -> Report:
    """Apply every rule about what was acknowledged and what is stored."""
    report = Report()
    stories = tell(history)
    _nothing_lost_or_doubled(report, stories, database)
    _changes_kept(report, stories, database)
    _numbers_without_gaps(report, database)
    _order_of_each_sender(report, stories, database)
    _order_in_real_time(report, stories, database)
    report.expect("integrity_check is clean", integrity == "ok", integrity)
    return report


def tell(history: Iterable[Entry]) -> dict[str, Story]:
    """The messages of the history by ``client_id``, in the order of first sending."""
    stories: dict[str, Story] = {}
    for entry in history:
        if entry.kind in ("send", "edit", "delete"):
            stories.setdefault(entry.client_id, Story(entry)).follow(entry)
    return stories


def _nothing_lost_or_doubled(
    report: Report, stories: Mapping[str, Story], database: Sequence[Row]
) -> None:
    stored: dict[str | None, list[Row]] = defaultdict(list)
    for row in database:
        stored[row.client_id].append(row)
    for client_id, story in stories.items():
        rows = stored[client_id]
        if story.answers:
            report.expect("acknowledged: stored exactly once", len(rows) == 1, _times(story, rows))
            _as_acknowledged(report, story, rows)
        elif story.unknown:
            report.expect("unknown: stored at most once", len(rows) <= 1, _times(story, rows))
        elif story.refusals:
            report.expect("refused: not stored", not rows, _times(story, rows))
    strangers = [row for row in database if row.client_id not in stories]
    report.expect("nothing stored that nobody sent", not strangers, f"{strangers[:3]}")


def _as_acknowledged(report: Report, story: Story, rows: Sequence[Row]) -> None:
    told = {(answer.message_id, answer.seq) for answer in story.answers if answer.seq}
    report.expect(
        "every answer to a client_id is the same",
        len(told) <= 1,  # a page's answer tells no number
        f"{story.first.client_id}: {told}",
    )
    for row in rows[:1]:
        wanted = (story.first.user_id, story.first.conversation_id)
        right = not told or (row.message_id, row.seq) in told
        right &= (row.user_id, row.conversation_id) == wanted
        report.expect("stored as acknowledged (id, seq)", right, f"{row} was told as {told}")


def _changes_kept(report: Report, stories: Mapping[str, Story], database: Sequence[Row]) -> None:
    """What was acknowledged of edits and deletions is so; what was not may be."""
    for row in database:
        story = stories.get(row.client_id or "")
        if story is None:
            continue
        if story.deleted:
            report.expect("an acknowledged deletion stays", row.text is None, f"{row}")
        elif row.text is None:
            report.expect("only what was deleted is a tombstone", story.perhaps_deleted, f"{row}")
        else:
            right = row.text in story.texts
            report.expect(
                "text as sent or last edited", right, f"{row} may be {sorted(story.texts)[:3]}"
            )


def _numbers_without_gaps(report: Report, database: Sequence[Row]) -> None:
    numbers: dict[int, list[int]] = defaultdict(list)
    for row in database:
        numbers[row.conversation_id].append(row.seq)
    for conversation_id, found in numbers.items():
        right = sorted(found) == list(range(1, len(found) + 1))
        report.expect(
            "seq is 1..N", right, f"conversation {conversation_id}: {_odd(sorted(found))}"
        )


def _order_of_each_sender(
    report: Report, stories: Mapping[str, Story], database: Sequence[Row]
) -> None:
    """Pipelined or retried, one person's messages stand in the order in which they were sent.

    What was given up may still arrive from a dead connection's buffer; nothing is promised of it.
    """
    told = [client_id for client_id, story in stories.items() if story.answers]
    place = {client_id: number for number, client_id in enumerate(told)}
    last: dict[tuple[int, int], tuple[int, Row]] = {}
    for row in sorted(database, key=lambda row: (row.conversation_id, row.seq)):
        number = place.get(row.client_id or "")
        if number is None:
            continue
        before = last.get((row.conversation_id, row.user_id))
        if before is not None:
            right = before[0] < number
            report.expect("order of each sender", right, f"{row} after {before[1]}")
        last[row.conversation_id, row.user_id] = (number, row)


def _order_in_real_time(
    report: Report, stories: Mapping[str, Story], database: Sequence[Row]
) -> None:
    """What was acknowledged before another was sent comes before it, whoever sent them."""
    earliest_ok_later: dict[int, float] = defaultdict(lambda: math.inf)
    for row in sorted(database, key=lambda row: (row.conversation_id, row.seq), reverse=True):
        story = stories.get(row.client_id or "")
        if story is None:
            continue
        later = earliest_ok_later[row.conversation_id]
        report.expect("order in real time", later >= story.first.at, f"{row} is numbered too low")
        answered = min((answer.at for answer in story.answers), default=math.inf)
        earliest_ok_later[row.conversation_id] = min(later, answered)


def same_list(report: Report, rule: str, found: Iterable[Row], wanted: Iterable[Row]) -> None:
    """Two lists hold the same messages, in the same state, under the same numbers."""
    held, kept = sorted(found, key=_place), sorted(wanted, key=_place)
    report.checked[rule] += len(kept)
    if held != kept:
        missing, extra = set(kept) - set(held), set(held) - set(kept)
        report.violations[rule].append(
            f"lacks {len(missing)} {sorted(missing, key=_place)[:2]}, "
            f"has {len(extra)} too many {sorted(extra, key=_place)[:2]}"
        )


def _place(row: Row) -> tuple[int, int, int]:
    return (row.conversation_id, row.seq, row.message_id)


def _times(story: Story, rows: Sequence[Row]) -> str:
    return (
        f"{story.first.client_id} ({len(story.answers)} ok, {story.unknown} unknown, "
        f"{len(story.refusals)} refused) is stored {len(rows)} times: {list(rows)[:3]}"
    )


def _odd(found: Sequence[int]) -> str:
    twice = [seq for seq, count in Counter(found).items() if count > 1]
    gaps = sorted(set(range(1, len(found) + 1)) - set(found))
    return f"{len(found)} messages, twice {twice[:5]}, absent {gaps[:5]}"
