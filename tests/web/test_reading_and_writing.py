"""Two people talk about a product, and neither browser runs a line of script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.people import Person
from tests.web.browser import Browser, Node

Browse = Callable[..., Browser]


def contact_form(page: Node) -> Node:
    return next(
        form for form in page.all("form") if form.attributes.get("action", "").endswith("/contact")
    )


def messages(page: Node) -> list[Node]:
    return [row for row in page.all("li", class_="message") if not row.hidden]


def texts(page: Node) -> list[str]:
    return [row.part("text").text for row in messages(page)]


def write(browser: Browser, text: str) -> Node:
    return browser.submit(browser.page.one("form", id="composer"), text=text)


def link(row: Node, intent: str) -> Node:
    return row.one("a", data_action=intent)


@pytest.fixture
def talk(
    alice: Person, bob: Person, kora: dict[str, Any], browse: Browse
) -> tuple[Browser, Browser]:
    """Bob has written to Alice about her kora; both are signed in, Bob is in the conversation."""
    his, hers = browse(bob), browse(alice)
    page = his.open(f"/products/{kora['id']}")
    his.submit(contact_form(page), text="Is it still for sale?")
    return hers, his


def test_contacting_the_seller_lands_in_the_conversation(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    assert his.path.startswith("/conversations/")
    assert texts(his.page) == ["Is it still for sale?"]
    assert his.page.one("h1").text == "Alice"
    assert "Kora, 21 strings" in his.page.part("product").text


def test_the_seller_finds_it_in_her_inbox_reads_and_answers(
    talk: tuple[Browser, Browser], kora: dict[str, Any]
) -> None:
    hers, his = talk
    page = hers.open("/conversations")
    row = page.one("ul", id="conversation-list").one("li")
    assert row.part("person").text == "Bob"
    assert row.part("title").text == kora["title"]
    assert row.part("excerpt").text == "Is it still for sale?"
    assert row.part("unread").text == "1"
    assert page.part("unread-total").text == "1"

    page = hers.follow(row.part("link"))
    assert page.part("unread-total").hidden
    assert [node for node in page.all(data_part="unread-line") if not node.hidden]
    write(hers, "It is.")
    assert texts(hers.page) == ["Is it still for sale?", "It is."]

    page = his.open(his.path)
    assert texts(page) == ["Is it still for sale?", "It is."]
    asked, answered = messages(page)
    assert asked.attributes["data-read"] == "true"
    assert not asked.part("read").hidden
    assert (answered.attributes["data-own"], answered.part("author").text) == ("false", "Alice")


def test_an_unread_message_has_no_read_mark(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    (asked,) = messages(his.page)
    assert asked.attributes["data-read"] == "false"
    assert asked.part("read").hidden


def test_sending_the_same_form_twice_sends_one_message(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    form = his.page.one("form", id="composer")
    his.submit(form, text="Twice")
    his.submit(form, text="Twice")
    assert texts(his.page).count("Twice") == 1


def test_line_ends_and_markup_arrive_as_typed(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    write(his, "one\r\ntwo <b>&amp;")
    assert messages(his.page)[-1].part("text").raw == "one\ntwo <b>&amp;"


def test_a_reply_shows_what_it_answers(talk: tuple[Browser, Browser]) -> None:
    hers, his = talk
    page = hers.open(his.path)
    page = hers.follow(link(messages(page)[0], "reply"))
    assert not page.one(id="composer-reply").hidden
    write(hers, "Yes, it is.")
    reply = messages(hers.page)[-1].part("reply")
    assert (reply.part("reply-author").text, reply.part("reply-excerpt").text) == (
        "Bob",
        "Is it still for sale?",
    )


def test_an_edited_message_says_so(talk: tuple[Browser, Browser]) -> None:
    hers, his = talk
    page = his.follow(link(messages(his.page)[0], "edit"))
    form = page.one("form", id="edit-message")
    assert his.fields_of(form)["text"] == "Is it still for sale?"
    assert page.one("form", id="composer").hidden
    his.submit(form, text="Is the kora still for sale?")
    page = hers.open(his.path)
    assert texts(page) == ["Is the kora still for sale?"]
    assert not messages(page)[0].part("edited").hidden


def test_nobody_is_offered_to_edit_what_another_wrote(talk: tuple[Browser, Browser]) -> None:
    hers, his = talk
    page = hers.open(his.path)
    (row,) = messages(page)
    assert link(row, "edit").hidden
    page = hers.open(f"{his.path}?edit={row.attributes['data-message-id']}")
    assert not page.all("form", id="edit-message")
    assert not page.one("form", id="composer").hidden


@pytest.mark.parametrize("scope", ["everyone", "me"])
def test_a_deleted_message_stays_as_a_tombstone(talk: tuple[Browser, Browser], scope: str) -> None:
    hers, his = talk
    page = his.follow(link(messages(his.page)[0], "delete"))
    his.press(page.one("form", id="delete-message").one("button", value=scope))
    (row,) = messages(his.page)
    assert row.attributes["data-state"] == "deleted"
    assert row.part("text").text == "This message was deleted"
    assert row.part("actions").hidden
    seen_by_her = texts(hers.open(his.path.partition("#")[0]))
    assert seen_by_her == (
        ["This message was deleted"] if scope == "everyone" else ["Is it still for sale?"]
    )


def test_archiving_puts_a_conversation_aside_and_back(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    his.press(his.page.one("button", data_action="archive"))
    assert his.page.one(role="status", class_="notice").text == "Conversation archived."
    here = his.path
    assert not his.open("/conversations").one("ul", id="conversation-list").all("li")
    assert his.open("/conversations?archived=1").one("ul", id="conversation-list").all("li")
    page = his.open(here)
    his.press(page.one("button", data_action="unarchive"))
    assert his.open("/conversations").one("ul", id="conversation-list").all("li")


def test_muting_leaves_its_mark_in_the_list(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    mark = his.page.one("ul", id="conversation-list").part("muted")
    assert mark.hidden
    his.press(his.page.one("button", data_action="mute"))
    assert not his.page.one("ul", id="conversation-list").part("muted").hidden


def test_a_closed_conversation_takes_no_message_until_it_is_opened_again(
    talk: tuple[Browser, Browser],
) -> None:
    hers, his = talk
    hers.open(his.path)
    hers.press(hers.page.one("button", data_action="close"))
    old_form = his.page.one("form", id="composer")
    page = his.submit(old_form, text="Too late?")
    assert his.response.status_code == 409
    assert page.one("form", id="composer").hidden
    assert not page.one(id="composer-closed").hidden
    hers.press(hers.page.one("button", data_action="reopen"))
    write(hers, "Open again")
    assert texts(hers.page)[-1] == "Open again"


def test_only_who_made_a_group_is_offered_to_close_it(
    alice: Person, bob: Person, browse: Browse
) -> None:
    body = {"title": "Market", "participant_ids": [bob.id]}
    address = f"/conversations/{alice.post('/conversations', body)['id']}"
    assert browse(alice).open(address).all("button", data_action="close")
    his = browse(bob)
    page = his.open(address)
    assert not page.all("button", data_action="close")
    his.press(page.one("button", data_action="leave"))
    his.open(address)
    assert his.response.status_code == 404


def test_blocking_stops_both_until_it_is_taken_back(talk: tuple[Browser, Browser]) -> None:
    hers, his = talk
    address, form = his.path, his.page.one("form", id="composer")
    hers.open(address)
    page = hers.press(hers.page.one("button", data_action="block"))
    assert page.one("form", id="composer").hidden
    assert "You blocked Bob" in page.one(id="composer-blocked").text
    page = his.submit(form, text="Hello?")
    assert his.response.status_code == 403
    assert not page.one(id="composer-blocked").hidden
    page = hers.open("/account")
    hers.press(next(button for button in page.all("button") if button.text == "Unblock"))
    hers.open(address)
    write(hers, "Let us start again")
    assert texts(hers.page) == ["Is it still for sale?", "Let us start again"]


def test_a_message_that_is_too_long_comes_back_with_the_reason(
    talk: tuple[Browser, Browser],
) -> None:
    _, his = talk
    text = "é" * 8001
    page = write(his, text)
    assert his.response.status_code == 422
    assert "8,000" in page.one(id="composer-error").text
    assert his.fields_of(page.one("form", id="composer"))["text"] == text
    write(his, "🌳" * 8000)
    assert his.response.status_code == 200
    assert texts(his.page)[-1] == "🌳" * 8000


def test_the_way_on_still_works_below_a_refused_message(talk: tuple[Browser, Browser]) -> None:
    _, his = talk
    write(his, " ")
    assert his.response.status_code == 422
    page = his.follow(link(messages(his.page)[0], "reply"))
    assert not page.one(id="composer-reply").hidden


def test_older_messages_are_a_link_away(alice: Person, bob: Person, browse: Browse) -> None:
    conversation = alice.post("/messages", {"recipient_id": bob.id, "text": "1"})["conversation_id"]
    for number in range(2, 61):
        alice.post(f"/conversations/{conversation}/messages", {"text": str(number)})
    his = browse(bob)
    page = his.open(f"/conversations/{conversation}")
    assert texts(page) == [str(number) for number in range(11, 61)]
    page = his.follow(page.one("a", id="load-older"))
    assert texts(page) == [str(number) for number in range(1, 11)]
    assert page.one("a", id="load-older").hidden
    back = next(node for node in page.all("a") if node.text == "Back to latest messages")
    assert texts(his.follow(back))[-1] == "60"


def test_looking_at_an_older_page_does_not_mark_the_newer_as_read(
    alice: Person, bob: Person, browse: Browse
) -> None:
    conversation = alice.post("/messages", {"recipient_id": bob.id, "text": "1"})["conversation_id"]
    for number in range(2, 6):
        alice.post(f"/conversations/{conversation}/messages", {"text": str(number)})
    his = browse(bob)
    his.open(f"/conversations/{conversation}?before_seq=4")
    assert bob.get(f"/conversations/{conversation}")["unread_count"] == 2
    his.open(f"/conversations/{conversation}")
    assert bob.get(f"/conversations/{conversation}")["unread_count"] == 0


def test_a_page_fetched_in_advance_marks_nothing(
    alice: Person, bob: Person, browse: Browse
) -> None:
    conversation = alice.post("/messages", {"recipient_id": bob.id, "text": "1"})["conversation_id"]
    his = browse(bob)
    his.http.headers["Sec-Purpose"] = "prefetch;prerender"
    his.open(f"/conversations/{conversation}")
    assert bob.get(f"/conversations/{conversation}")["unread_count"] == 1
    del his.http.headers["Sec-Purpose"]
    his.open(f"/conversations/{conversation}")
    assert bob.get(f"/conversations/{conversation}")["unread_count"] == 0


def test_a_third_person_finds_nothing(
    talk: tuple[Browser, Browser], charlie: Person, browse: Browse
) -> None:
    _, his = talk
    outsider = browse(charlie)
    page = outsider.open(his.path)
    assert outsider.response.status_code == 404
    assert "still for sale" not in outsider.response.text
    assert page.one("h1").text == "Nothing under this tree"
    assert not outsider.open("/conversations").one("ul", id="conversation-list").all("li")


def test_what_the_page_shows_is_what_rest_says(talk: tuple[Browser, Browser], bob: Person) -> None:
    import json

    _, his = talk
    data = json.loads(his.page.one("script", id="page-data").raw)
    conversation = his.page.one("section", id="conversation").attributes["data-conversation-id"]
    assert data["messages"] == bob.get(f"/conversations/{conversation}/messages")["items"]
    assert data["conversation"] == bob.get(f"/conversations/{conversation}")
    assert data["conversations"] == bob.get("/conversations")["items"]
    assert data["me"]["id"] == bob.id
    assert bob.get("/changes", after=data["cursor"])["messages"] == []
