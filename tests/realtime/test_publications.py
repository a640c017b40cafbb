"""A publication reaches its listeners in their order, and one that fails silences no other."""

from __future__ import annotations

from pathlib import Path

from tests.support.inside import inside


def test_every_listener_receives_each_commit_in_order(tmp_path: Path) -> None:
    of_two, of_one, not_stored = (2, 1), (1, 1), (1, 0)
    assert inside("tests.realtime.publications:in_order", tmp_path) == [
        note
        for events, revisions in (of_two, of_one, not_stored)
        for note in (
            f"cache: {events} events, {revisions} revisions",
            f"delivery: {events} events, {revisions} revisions",
            *["announced"] * events,  # once, and after the caches have forgotten
            f"delivery: {events} announcements",
            f"doorbell: {events} events, {revisions} revisions",
            f"doorbell: {events} announcements",
        )
    ]


def test_a_listener_or_an_event_that_fails_silences_no_other(tmp_path: Path) -> None:
    assert inside("tests.realtime.publications:with_failures", tmp_path) == [
        "cache: 3 events, 0 revisions",
        "doorbell: 3 events, 0 revisions",
        "announced",
        "doorbell: 1 announcements",
    ]


def test_cached_lists_are_forgotten_before_clients_receive_anything(tmp_path: Path) -> None:
    listeners = inside("tests.realtime.publications:of_a_process", tmp_path)
    assert listeners == ["ConversationLists", "Publisher"]


def test_an_event_of_a_newer_version_is_skipped_and_the_others_are_not(tmp_path: Path) -> None:
    """Processes are upgraded one after the other."""
    told = inside("tests.realtime.publications:from_a_newer_version", tmp_path)
    assert told == [["typing"], ["(1, 2)"], ["x"]]


def test_an_event_that_cannot_say_whose_lists_change_leaves_no_other_list_stale(
    tmp_path: Path,
) -> None:
    assert inside("tests.realtime.publications:with_a_list_that_fails", tmp_path) == [7]
