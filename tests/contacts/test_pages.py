"""Two people ask one another for contact, and neither browser runs a line of script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.people import Person
from tests.web.browser import Browser, Node

Browse = Callable[..., Browser]


def ask(sender: Person, recipient: Person, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = sender.post("/contact-requests", {"recipient_id": recipient.id, **given})
    return made


def rows(page: Node) -> list[tuple[str, str]]:
    """The name and status of each row."""
    found = page.all("li", class_="request-row")
    return [
        (row.one("a", class_="request-row__name").text, row.part("status").text) for row in found
    ]


def press(browser: Browser, status: str) -> Node:
    return browser.press(browser.page.one("button", name="status", value=status))


def form_to(page: Node, way: str) -> list[Node]:
    return [f for f in page.all("form") if f.attributes.get("action", "").endswith(f"/{way}")]


def count(page: Node) -> str:
    """The number beside the link in the navigation."""
    return page.part("pending-requests").text if not page.part("pending-requests").hidden else ""


def test_a_request_is_sent_from_a_persons_page_and_accepted(
    alice: Person, bob: Person, browse: Browse
) -> None:
    hers, his = browse(alice), browse(bob)
    page = his.open(f"/people/{alice.id}")
    assert page.one("h1").text == "Alice"
    assert not form_to(page, "message")
    page = his.submit(form_to(page, "contact-request")[0], message="May I learn\r\nfrom you?")
    assert his.path == "/contact-requests?direction=sent"
    assert rows(page) == [("Alice", "Pending")]

    page = hers.open("/contact-requests")
    assert rows(page) == [("Bob", "Pending")]
    assert page.part("message").raw == "May I learn\nfrom you?"
    assert count(page) == "1"
    page = press(hers, "accepted")
    assert hers.path.startswith("/conversations/")
    assert page.one("h1").text == "Bob"
    assert count(page) == ""

    page = his.open("/contact-requests?direction=sent")
    assert rows(page) == [("Alice", "Accepted")]
    page = his.follow(page.part("conversation"))
    assert page.one("h1").text == "Alice"


def test_a_request_needs_no_word(alice: Person, bob: Person, browse: Browse) -> None:
    his = browse(bob)
    his.submit(form_to(his.open(f"/people/{alice.id}"), "contact-request")[0])
    assert alice.get("/contact-requests")["items"][0]["message"] is None


def test_a_word_that_is_too_long_comes_back(alice: Person, bob: Person, browse: Browse) -> None:
    his = browse(bob)
    (form,) = form_to(his.open(f"/people/{alice.id}"), "contact-request")
    page = his.submit(form, message="x" * 1001)
    assert his.response.status_code == 422
    assert page.one("p", class_="field__error").text == "Use at most 1,000 characters."
    assert his.fields_of(form_to(page, "contact-request")[0])["message"] == "x" * 1001
    assert alice.get("/contact-requests")["items"] == []


def test_a_declined_request_opens_nothing(alice: Person, bob: Person, browse: Browse) -> None:
    ask(bob, alice)
    hers = browse(alice)
    hers.open("/contact-requests")
    page = press(hers, "declined")
    assert hers.path == "/contact-requests"
    assert rows(page) == [("Bob", "Declined")]
    assert not page.all("button", name="status")
    assert alice.get("/conversations")["items"] == []


def test_a_request_can_be_withdrawn(alice: Person, bob: Person, browse: Browse) -> None:
    ask(bob, alice)
    his = browse(bob)
    page = his.open("/contact-requests?direction=sent")
    assert [b.attributes["value"] for b in page.all("button", name="status")] == ["cancelled"]
    page = press(his, "cancelled")
    assert his.path == "/contact-requests?direction=sent"
    assert rows(page) == [("Alice", "Withdrawn")]


def test_what_waits_comes_before_what_is_answered(
    alice: Person, bob: Person, charlie: Person, browse: Browse
) -> None:
    ask(bob, alice)
    answered = ask(charlie, alice)
    alice.patch(f"/contact-requests/{answered['id']}", {"status": "declined"})
    assert rows(browse(alice).open("/contact-requests")) == [
        ("Bob", "Pending"),
        ("Charlie", "Declined"),
    ]


def test_a_long_list_goes_on_where_it_stopped(alice: Person, bob: Person, browse: Browse) -> None:
    for number in range(31):
        made = ask(bob, alice, message=f"Please, {number}")
        bob.patch(f"/contact-requests/{made['id']}", {"status": "cancelled"})
    hers = browse(alice)
    page = hers.open("/contact-requests")
    said = [node.text for node in page.all(data_part="message")]
    page = hers.follow(page.one("nav", class_="pager").one("a"))
    said += [node.text for node in page.all(data_part="message")]
    assert said == [f"Please, {number}" for number in reversed(range(31))]
    assert not page.all("nav", class_="pager")


def test_an_answer_that_came_too_late_says_so(alice: Person, bob: Person, browse: Browse) -> None:
    made = ask(bob, alice)
    hers = browse(alice)
    hers.open("/contact-requests")
    bob.patch(f"/contact-requests/{made['id']}", {"status": "cancelled"})
    page = press(hers, "accepted")
    assert hers.response.status_code == 409
    assert page.one("p", role="alert").text == ("This request is no longer pending.")
    assert rows(page) == [("Bob", "Withdrawn")]


def test_others_see_no_request(alice: Person, bob: Person, charlie: Person, browse: Browse) -> None:
    made = ask(bob, alice, message="Between us")
    hers, strangers = browse(alice), browse(charlie)
    for page in (strangers.open("/contact-requests"), strangers.open(f"/people/{alice.id}")):
        assert "Between us" not in page.text
        assert count(page) == ""
    page = hers.open("/contact-requests")
    (form,) = form_to(page, str(made["id"]))
    own = form_to(strangers.open(f"/people/{bob.id}"), "contact-request")[0]
    strangers.submit(form, csrf_token=strangers.fields_of(own)["csrf_token"], status="accepted")
    assert strangers.response.status_code == 404
    assert rows(hers.open("/contact-requests")) == [("Bob", "Pending")]


# --- a person's page


def test_one_writes_directly_to_people_one_talks_with(
    alice: Person, bob: Person, kora: dict[str, Any], browse: Browse
) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Is it still there?"})
    his = browse(bob)
    page = his.open(f"/people/{alice.id}")
    assert not form_to(page, "contact-request")
    assert page.one("main").one("a", href=f"/conversations/{sent['conversation_id']}")
    (form,) = form_to(page, "message")
    page = his.submit(form, text="Hello, directly")
    assert his.path.startswith("/conversations/")
    assert his.path != f"/conversations/{sent['conversation_id']}"
    his.submit(form, text="Hello, directly")
    (only,) = alice.get(f"/api/v1{his.path}/messages".removeprefix("/api/v1"))["items"]
    assert only["text"] == "Hello, directly"


def test_talking_with_others_is_no_way_to_a_person(
    alice: Person, bob: Person, charlie: Person, browse: Browse
) -> None:
    talk = bob.post("/messages", {"recipient_id": charlie.id, "text": "Hello"})["conversation_id"]
    his = browse(bob)
    page = his.open(f"/people/{alice.id}")
    assert form_to(page, "contact-request")
    assert not form_to(page, "message")
    assert not page.all("a", href=f"/conversations/{talk}")
    assert his.open(f"/people/{charlie.id}").all("a", href=f"/conversations/{talk}")


def test_an_empty_message_comes_back(alice: Person, bob: Person, browse: Browse) -> None:
    bob.post("/messages", {"recipient_id": alice.id, "text": "Hello"})
    his = browse(bob)
    page = his.submit(form_to(his.open(f"/people/{alice.id}"), "message")[0], text=" ")
    assert his.response.status_code == 422
    assert page.one("p", class_="field__error").text == "Write a message first."


def test_a_persons_page_shows_what_they_sell(
    alice: Person, bob: Person, kora: dict[str, Any], browse: Browse
) -> None:
    page = browse(bob).open(f"/people/{alice.id}")
    assert page.one("main").one("a", href=f"/products/{kora['id']}").text == kora["title"]


def test_a_persons_page_shows_their_presence(alice: Person, bob: Person, browse: Browse) -> None:
    mark = {"data_presence_user_id": str(alice.id), "data_online": "true"}
    his = browse(bob)
    assert his.open(f"/people/{alice.id}").one("main").all(**mark) == []
    alice.connect()
    assert his.open(f"/people/{alice.id}").one("main").all(**mark)


def test_a_request_from_the_person_can_be_answered_on_their_page(
    alice: Person, bob: Person, browse: Browse
) -> None:
    ask(bob, alice, message="May I?")
    hers = browse(alice)
    page = hers.open(f"/people/{bob.id}")
    assert "May I?" in page.one("main").text
    press(hers, "accepted")
    assert hers.path.startswith("/conversations/")


def test_a_request_that_waits_is_not_sent_twice(alice: Person, bob: Person, browse: Browse) -> None:
    his, tab = browse(bob), browse(bob)
    (form,) = form_to(tab.open(f"/people/{alice.id}"), "contact-request")
    ask(bob, alice)
    page = his.open(f"/people/{alice.id}")
    assert not form_to(page, "contact-request")
    assert page.one("button", name="status", value="cancelled")
    tab.submit(form)
    assert tab.response.status_code == 409
    assert len(alice.get("/contact-requests")["items"]) == 1


@pytest.mark.parametrize("blocker", ["Alice", "Bob"])
def test_across_a_block_there_is_no_way(
    alice: Person, bob: Person, browse: Browse, blocker: str
) -> None:
    his = browse(bob)
    page = his.open(f"/people/{alice.id}")
    (form,) = form_to(page, "contact-request")
    by, whom = (alice, bob) if blocker == "Alice" else (bob, alice)
    by.call("PUT", f"/users/{whom.id}/block")
    his.submit(form, message="Please")
    assert his.response.status_code == 403
    page = his.open(f"/people/{alice.id}")
    assert not form_to(page, "contact-request")
    assert bool(form_to(page, "unblock")) is (blocker == "Bob")
    assert alice.get("/contact-requests")["items"] == []


def test_ones_own_page_asks_nothing(alice: Person, browse: Browse) -> None:
    page = browse(alice).open(f"/people/{alice.id}")
    assert "This is you" in page.one("main").text
    assert not form_to(page, "contact-request") + form_to(page, "message")


def test_a_person_who_does_not_exist_is_not_found(bob: Person, browse: Browse) -> None:
    his = browse(bob)
    his.open("/people/4503599627370496")
    assert his.response.status_code == 404


def test_people_are_found_from_what_they_sell_and_say(
    alice: Person, bob: Person, kora: dict[str, Any], browse: Browse
) -> None:
    sent = bob.post("/messages", {"product_id": kora["id"], "text": "Is it still there?"})
    his = browse(bob)
    for path in (f"/products/{kora['id']}", f"/conversations/{sent['conversation_id']}"):
        assert his.open(path).one("main").one("a", href=f"/people/{alice.id}"), path
    page = browse().open(f"/products/{kora['id']}")  # it would lead to the sign-in page
    assert not page.all("a", href=f"/people/{alice.id}")
