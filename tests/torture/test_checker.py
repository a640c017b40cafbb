"""The checker on small histories made by hand: each broken promise is seen, and a kept one passes."""

from __future__ import annotations

import pytest

from tests.torture.checker import Report, Row, check, same_list
from tests.torture.history import Entry

ALICE, BOB = 1, 2


def _entry(
    at: float,
    action: str,
    client_id: str,
    seq: int | None = None,
    who: int = ALICE,
    kind: str = "send",
    text: str | None = None,
) -> Entry:
    message_id = None if seq is None else 100 + seq
    text = text or f"text of {client_id}"
    return Entry(at, who, action, "socket", client_id, 7, text, seq, message_id, None, kind)


def _row(
    seq: int,
    client_id: str,
    who: int = ALICE,
    message_id: int | None = None,
    text: str | None = "",
) -> Row:
    text = f"text of {client_id}" if text == "" else text
    return Row(7, seq, message_id or 100 + seq, who, client_id, text)


# Alice sends a and b in one go; Bob answers when b is acknowledged, and never hears whether c is
# stored; Alice's d is refused.
HISTORY = [
    _entry(1, "invoke", "a"),
    _entry(2, "invoke", "b"),
    _entry(3, "ok", "a", 1),
    _entry(4, "ok", "b", 2),
    _entry(5, "invoke", "c", who=BOB),
    _entry(6, "unknown", "c", who=BOB),
    _entry(7, "invoke", "d"),
    _entry(8, "fail", "d"),
]
STORED = [_row(1, "a"), _row(2, "b"), _row(3, "c", BOB)]


def _check(database: list[Row], history: list[Entry] = HISTORY) -> Report:
    return check(history, database)


@pytest.mark.parametrize("stored", [STORED, STORED[:2]], ids=["stored", "not stored"])
def test_a_kept_promise_passes_whether_the_unknown_message_was_stored_or_not(
    stored: list[Row],
) -> None:
    report = _check(stored)

    assert report.clean, report.table()
    assert report.checked["acknowledged: stored exactly once"] == 2


@pytest.mark.parametrize(
    ("rule", "database"),
    [
        ("acknowledged: stored exactly once", [_row(1, "a")]),
        ("acknowledged: stored exactly once", [*STORED, _row(4, "b")]),
        ("unknown: stored at most once", [*STORED, _row(4, "c", BOB)]),
        ("refused: not stored", [*STORED, _row(4, "d")]),
        ("nothing stored that nobody sent", [*STORED, _row(4, "x")]),
        ("stored as acknowledged (id, seq)", [STORED[0], _row(2, "b", message_id=999)]),
        ("stored as acknowledged (id, seq)", [STORED[0], _row(2, "b", who=BOB)]),
        ("seq is 1..N", [_row(1, "a"), _row(2, "b"), _row(4, "c", BOB)]),
        ("seq is 1..N", [_row(1, "a"), _row(2, "b"), _row(2, "c", BOB)]),
        ("order of each sender", [_row(1, "b"), _row(2, "a")]),
        ("order in real time", [_row(1, "c", BOB), _row(2, "a"), _row(3, "b")]),
    ],
)
def test_a_broken_promise_is_seen(rule: str, database: list[Row]) -> None:
    assert rule in _check(database).violations


def test_a_second_answer_that_differs_is_seen() -> None:
    history = [*HISTORY, _entry(9, "invoke", "a"), _entry(10, "ok", "a", 5)]

    assert "every answer to a client_id is the same" in _check(STORED, history).violations


@pytest.mark.parametrize(
    ("acts", "text", "rule"),
    [
        ([("edit", "ok", "new")], "text of a", "text as sent or last edited"),
        ([("edit", "ok", "new"), ("edit", "ok", "newer")], "new", "text as sent or last edited"),
        ([], "invented", "text as sent or last edited"),
        ([("delete", "ok", "")], "text of a", "an acknowledged deletion stays"),
        ([("delete", "fail", "")], None, "only what was deleted is a tombstone"),
    ],
)
def test_a_change_that_got_lost_is_seen(
    acts: list[tuple[str, str, str]], text: str | None, rule: str
) -> None:
    changes = [_entry(9, action, "a", kind=kind, text=new) for kind, action, new in acts]

    report = _check([_row(1, "a", text=text), *STORED[1:]], [*HISTORY, *changes])

    assert list(report.violations) == [rule]


@pytest.mark.parametrize(
    ("acts", "text"),
    [
        ([("edit", "ok", "new")], "new"),
        ([("edit", "unknown", "new")], "new"),
        ([("edit", "unknown", "new")], "text of a"),
        ([("edit", "ok", "new"), ("edit", "unknown", "newer")], "new"),
        ([("delete", "unknown", "")], None),
        ([("delete", "unknown", "")], "text of a"),
        ([("edit", "ok", "new"), ("delete", "ok", "")], None),
    ],
)
def test_a_change_that_was_kept_or_never_acknowledged_passes(
    acts: list[tuple[str, str, str]], text: str | None
) -> None:
    changes = [_entry(9, action, "a", kind=kind, text=new) for kind, action, new in acts]

    report = _check([_row(1, "a", text=text), *STORED[1:]], [*HISTORY, *changes])

    assert report.clean, report.table()


@pytest.mark.parametrize(
    ("told", "clean"),
    [
        (list(reversed(STORED)), True),
        (STORED[:2], False),
        ([*STORED, _row(4, "x")], False),
        ([STORED[0], *STORED[1:2] * 2], False),
        ([_row(1, "a", text=None), *STORED[1:]], False),
    ],
)
def test_a_list_that_differs_from_the_database_is_seen(told: list[Row], clean: bool) -> None:
    report = Report()

    same_list(report, "the same list", told, STORED)

    assert report.clean is clean


def test_a_damaged_database_is_seen() -> None:
    assert not check(HISTORY, STORED, "row 3 missing from index").clean
