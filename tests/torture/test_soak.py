"""What the soak says of figures that rise, and of those that only go up and down."""

from __future__ import annotations

import random

import pytest

from tests.torture.faults.soak.trend import Point, answer_times, p99s, trend
from tests.torture.history import Entry

MINUTE = 60.0


def _noisy(rise: float) -> list[Point]:
    """Ten minutes of a figure around 100 that rises so much a minute."""
    dice = random.Random(1)
    return [Point(t, 100 + rise * t / MINUTE + dice.gauss(0, 2)) for t in range(0, 600, 2)]


@pytest.mark.parametrize("rise", [0.0, 1.0, 25.0])
def test_a_trend_is_seen_through_the_noise(rise: float) -> None:
    found = trend(_noisy(rise))

    assert found.per_minute == pytest.approx(rise, abs=0.2)
    assert found.first == pytest.approx(100, abs=1)


def _entry(at: float, action: str, client_id: str) -> Entry:
    return Entry(at, 1, action, "socket", client_id, 7, "text")


def test_an_answer_takes_from_its_question_to_its_end_and_retries_do_not_count() -> None:
    history = [
        _entry(1.0, "invoke", "a"),
        _entry(1.5, "invoke", "b"),
        _entry(2.0, "ok", "a"),
        _entry(3.0, "unknown", "b"),
        _entry(4.0, "invoke", "b"),
        _entry(5.0, "ok", "b"),
        _entry(6.0, "invoke", "c"),
        _entry(7.0, "fail", "c"),
    ]

    assert answer_times(history) == [Point(2.0, 1.0)]


def test_a_percentile_is_that_of_its_window_and_the_last_one_is_cut_off() -> None:
    quick = [Point(n / 200, 0.001) for n in range(200)]
    slow = [Point(1 + n / 200, 0.001 if n < 190 else 0.5) for n in range(200)]
    after = [Point(2 + n / 200, 9.0) for n in range(50)]

    first, second = p99s([*quick, *slow, *after], 1.0)

    assert (first.at, second.at) == (0.5, 1.5)
    assert first.value == pytest.approx(0.001)
    assert second.value == pytest.approx(0.5)
