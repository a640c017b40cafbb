"""The writer: groups, durability of an ok, and failures that stay small."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside

HERE = "tests.store.scenarios"


def test_one_bad_command_fails_alone_in_its_group(tmp_path: Path) -> None:
    found = inside(f"{HERE}:one_bad_command_fails_alone", tmp_path)
    first, second, third = found["outcomes"]
    assert second == "forbidden"
    assert found["names"] == ["one", "three"]
    assert found["commits"] <= 2, "the three commands were meant to share one commit"
    assert found["published"] == [first, third]
    assert first < third


def test_nobody_hears_of_a_change_before_it_is_committed(tmp_path: Path) -> None:
    assert inside(f"{HERE}:nobody_hears_before_the_commit", tmp_path) == [["one"]]


def test_a_locked_database_is_unavailable_and_recovers_without_stalling_the_loop(
    tmp_path: Path,
) -> None:
    found = inside(f"{HERE}:a_locked_database_is_unavailable", tmp_path)
    assert found["refused"] == "unavailable"
    assert found["names_meanwhile"] == []
    assert found["accepted"]
    assert found["names"] == ["two"]
    # Waiting for the lock takes two seconds: in the writer's thread, not here.
    assert found["longest_pause"] < 1.0


def test_storage_that_refuses_is_not_asked_all_the_time(tmp_path: Path) -> None:
    found = inside(f"{HERE}:storage_that_refuses", tmp_path)
    assert 0 < found["refusals"] <= 25
    assert found["batches"] <= 25
    assert found["accepted"]


def test_what_storage_has_refused_is_not_overtaken_by_what_was_sent_after_it(
    tmp_path: Path,
) -> None:
    found = inside(f"{HERE}:what_would_overtake", tmp_path)
    assert found["refused"] == ["unavailable"] * 3
    assert found["names"] == ["last", "later", "theirs"]
    # A command's own refusal costs the next nothing, and what comes later is not held up.
    assert found["after_its_own_refusal"] == "forbidden"
    assert found["accepted"]


def test_a_loop_that_pauses_for_the_writer_has_its_news_in_the_next_turn(tmp_path: Path) -> None:
    found = inside(f"{HERE}:a_loop_that_never_rests", tmp_path)
    assert not found["idle"]
    assert found["news"], "it was committed without a turn of the loop"
    assert (found["early"], found["next_turn"]) == ([False, 1], [True, 2])
    assert not found["news_afterwards"]


def test_what_one_turn_brings_and_who_has_just_been_answered_share_a_commit(
    tmp_path: Path,
) -> None:
    # Together; then the one that held the thread, and after it those who came meanwhile.
    assert inside(f"{HERE}:what_shares_a_commit", tmp_path) == [1, 2]


def test_a_loop_that_is_never_idle_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert inside(f"{HERE}:a_loop_that_is_never_idle", tmp_path) == ["one"]


def test_commands_run_in_a_native_thread_of_their_own(tmp_path: Path) -> None:
    assert inside(f"{HERE}:the_writer_thread_is_native", tmp_path)


def test_a_reading_connection_cannot_write(tmp_path: Path) -> None:
    assert "readonly" in inside(f"{HERE}:readers_cannot_write", tmp_path)
