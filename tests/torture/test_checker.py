"""The checker on small histories made by hand: each broken promise is seen, and a kept one passes."""

from __future__ import annotations

import pytest

from tests.torture.checker import Report, Row, check
from tests.torture.history import Entry

ALICE, BOB = 1, 2


def _entry(
    at: float, action: str, client_id: str, seq: int | None = None, who: int = ALICE
) -> Entry:
    message_id = None if seq is None else 100 + seq
    return Entry(at, who, action, "socket", client_id, 7, f"text of {client_id}", seq, message_id)


def _row(seq: int, client_id: str, who: int = ALICE, message_id: int | None = None) -> Row:
    return Row(7, seq, message_id or 100 + seq, who, client_id, f"text of {client_id}")


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


def _check(
    database: list[Row], history: list[Entry] = HISTORY, rest: list[Row] | None = None
) -> Report:
    return check(history, database, {"REST": database if rest is None else rest})


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
        ("stored as acknowledged (id, seq, text)", [STORED[0], _row(2, "b", message_id=999)]),
        ("stored as acknowledged (id, seq, text)", [STORED[0], _row(2, "b", who=BOB)]),
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
    "told", [STORED[:2], [*STORED, _row(4, "x")], [STORED[0], *STORED[1:2] * 2]]
)
def test_a_list_that_differs_from_the_database_is_seen(told: list[Row]) -> None:
    assert "REST = the database's list" in _check(STORED, rest=told).violations


def test_a_damaged_database_is_seen() -> None:
    assert not check(HISTORY, STORED, {}, "row 3 missing from index").clean
