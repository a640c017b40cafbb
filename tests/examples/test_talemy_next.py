"""Talemy, built by Next.js, in a real browser: a teacher and a student, live."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.examples.conftest import Built
from tests.examples.talemy import NextServer, TalemyTab, browser_that_finds
from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import Person, eventually
from tests.support.server import Server

Open = Callable[..., TalemyTab]
# The client asks every half minute what has changed: an event that did not come is not to be found that way.
_NO_ASKING = """{
  const every = window.setInterval;
  window.setInterval = (run, ms, ...given) => (ms === 30_000 ? 0 : every(run, ms, ...given));
}"""


@pytest.fixture(scope="module")
def talemy(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextServer]:
    """The application."""
    running = NextServer(built("talemy-next"))
    try:
        yield running.start(tmp_path_factory.mktemp("next") / "next.log")
    finally:
        running.stop()


@pytest.fixture(scope="module")
def server(talemy: NextServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Palabre that lets the application's pages call."""
    folder = tmp_path_factory.mktemp("talemy")
    with Server(folder, RATELIMIT_ENABLED="false", CORS_ORIGINS=talemy.url) as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture(scope="module")
def browser(server: Server, chromium: Browser) -> Iterator[Browser]:
    """A Chromium that finds this server where the pages look for it."""
    launched = browser_that_finds(server, chromium)
    yield launched
    launched.close()


@pytest.fixture
def tab_of(talemy: NextServer, browser: Browser) -> Iterator[Open]:
    """A first tab in a profile of its own; in the end it must have had nothing to complain of."""
    opened: list[TalemyTab] = []

    def _open(**options: Any) -> TalemyTab:
        options = {"locale": "en-GB", **options}
        context = browser.new_context(**options)
        context.add_init_script(_NO_ASKING)
        opened.append(TalemyTab(context, talemy.url))
        return opened[-1]

    yield _open
    for tab in opened:
        tab.close()


@pytest.fixture
def sign_in(tab_of: Open) -> Open:
    """``sign_in(person)``: a tab of theirs, through the form, connected."""
    return lambda person: tab_of().sign_in(person)


@pytest.fixture
def enter(tab_of: Open, talemy: NextServer) -> Open:
    """``enter(person)``: the same for somebody who signed in the other day."""

    def _enter(person: Person, path: str = "/messages", **options: Any) -> TalemyTab:
        kept = [
            {"name": "palabre.tokens", "value": json.dumps(
                {"access_token": person.token, "refresh_token": person.refresh_token})},
            {"name": "talemy.user", "value": json.dumps({"id": person.id, "name": person.name})},
        ]  # fmt: skip
        state = {"cookies": [], "origins": [{"origin": talemy.url, "localStorage": kept}]}
        return tab_of(storage_state=state, **options).open(path)

    return _enter


@pytest.fixture
def teacher(server: Server) -> Iterator[Person]:
    """Somebody who can play."""
    person = Person(server, "Teresa")
    yield person
    person.close()


@pytest.fixture
def student(server: Server) -> Iterator[Person]:
    """Somebody who wants to."""
    person = Person(server, "Stephen")
    yield person
    person.close()


def lesson_of(teacher: Person, student: Person) -> int:
    """A lesson's conversation."""
    lesson = {"student_id": student.id, "title": "Kora", "starts_at": "2030-01-15T17:30:00Z"}
    conversation: int = teacher.post("/lessons", lesson)["conversation_id"]
    return conversation


def test_the_pages_are_rendered_on_the_server_for_nobody_in_particular(talemy: NextServer) -> None:
    said = {"en": ("Lessons", "Loading…"), "fr-CA, en;q=0.5": ("Cours", "Chargement…")}
    for language, (title, waiting) in said.items():
        headers = {"Accept-Language": language}
        page = requests.get(f"{talemy.url}/lessons", headers=headers, timeout=PATIENCE_SECONDS)
        assert page.status_code == 200
        assert f'<html lang="{language[:2]}">' in page.text
        assert f"<title>{title} · Talemy</title>" in page.text
        assert waiting in page.text


def test_what_one_writes_the_other_reads_at_once(
    sign_in: Open, teacher: Person, student: Person
) -> None:
    talk = lesson_of(teacher, student)
    hers, his = sign_in(teacher), sign_in(student)
    his.conversation(talk).say("Shall I bring my own kora?")
    his.until_texts(["Shall I bring my own kora?"])

    expect(hers.in_list(talk).locator(".badge")).to_contain_text("1")
    expect(hers.page.locator("nav .badge").first).to_contain_text("1")
    assert teacher.get(f"/conversations/{talk}")["unread_count"] == 1
    hers.conversation(talk).until_texts(["Shall I bring my own kora?"])
    expect(hers.page.locator("nav .badge, li .badge")).to_have_count(0)
    eventually(lambda: teacher.get(f"/conversations/{talk}")["unread_count"] == 0)

    hers.say("Please do.")
    his.until_texts(["Shall I bring my own kora?", "Please do."])
    # From page to page, and from language to language, there is one connection.
    his.section("/lessons").section("/messages").conversation(talk)
    his.page.get_by_title("Français").click()
    expect(his.page.locator("html")).to_have_attribute("lang", "fr")
    his.until_texts(["Shall I bring my own kora?", "Please do."])
    assert len(his.sockets) == 1


def test_people_elsewhere_are_in_the_same_conversation(
    enter: Open, teacher: Person, student: Person
) -> None:
    talk = lesson_of(teacher, student)
    hers = enter(teacher).conversation(talk)
    elsewhere = student.connect("/")
    elsewhere.ok("join_conversation", {"conversation_id": talk})
    elsewhere.ok("send_message", {"conversation_id": talk, "text": "From the marketplace"})
    hers.until_texts(["From the marketplace"])
    student.post(f"/conversations/{talk}/messages", {"text": "By REST"})
    hers.until_texts(["From the marketplace", "By REST"])

    hers.say("From Talemy")
    heard = elsewhere.wait_for("new_message", lambda e: e["message"]["text"] == "From Talemy")
    hers.choose("From Talemy", "Edit")
    hers.page.fill("textarea", "From Talemy, edited")
    hers.page.press("textarea", "Enter")
    elsewhere.wait_for("message_edited", lambda e: e["message"]["id"] == heard["message"]["id"])
    hers.choose("From Talemy, edited", "Delete")
    elsewhere.wait_for("message_deleted", lambda e: e["message_id"] == heard["message"]["id"])
    hers.until_texts(["From the marketplace", "By REST", None])


def test_a_lesson_and_its_status_reach_the_other_while_they_look(
    enter: Open, teacher: Person, student: Person
) -> None:
    his = enter(student, "/lessons", locale="fr-FR")
    expect(his.page.get_by_text("Aucun cours pour le moment")).to_be_visible()
    hers = enter(teacher, "/lessons")
    hers.page.get_by_role("button", name="New lesson").click()
    hers.page.get_by_label("Student").fill(student.name)
    hers.page.click(f"[data-person-id='{student.id}']")
    hers.page.get_by_label("Subject").fill("Kora, first steps")
    hers.page.get_by_label("Date and time").fill("2030-01-15T18:30")
    hers.page.get_by_role("button", name="Schedule lesson").click()

    card = his.page.locator("[data-lesson-id]")
    expect(card.get_by_role("heading")).to_have_text("Kora, first steps")
    expect(his.page.get_by_text("vous propose un cours : Kora, first steps")).to_be_visible()
    card.get_by_role("button", name="Confirmer").click()
    expect(card.locator("[data-part=status]")).to_have_text("Confirmé")
    expect(hers.page.locator("[data-part=status]")).to_have_text("Confirmed")

    hers.page.get_by_role("button", name="Cancel the lesson").click()
    expect(card.locator("[data-part=status]")).to_have_text("Annulé")
    card.get_by_role("link", name="Écrire un message").click()
    his.say("Une autre fois ?")
    his.until_texts(["Une autre fois ?"])


def test_a_contact_request_is_received_and_accepted_live(
    enter: Open, teacher: Person, student: Person
) -> None:
    hers = enter(teacher, "/contact-requests")
    his = enter(student, "/contact-requests")
    his.page.get_by_role("button", name="New request").click()
    his.page.get_by_label("To").fill(teacher.name)
    his.page.click(f"[data-person-id='{teacher.id}']")
    his.page.get_by_label("Your message").fill("May I learn from you?")
    his.page.get_by_role("button", name="Send request").click()
    expect(his.page.locator("[data-part=status]")).to_have_text("Pending")

    expect(hers.page.get_by_text("May I learn from you?")).to_be_visible()
    expect(hers.page.locator("nav .badge")).to_contain_text("1")
    hers.page.get_by_role("button", name="Accept").click()
    expect(his.page.locator("[data-part=status]")).to_have_text("Accepted")
    expect(hers.page.locator("nav .badge")).to_have_count(0)

    his.page.get_by_role("link", name="Open the conversation").click()
    his.say("Thank you!")
    talk = teacher.get("/contact-requests")["items"][0]["conversation_id"]
    hers.section("/messages").conversation(talk).until_texts(["Thank you!"])


def test_what_is_written_offline_arrives_once_and_in_order(
    enter: Open, teacher: Person, student: Person
) -> None:
    talk = lesson_of(teacher, student)
    his = enter(student).conversation(talk)
    his.say("Before")
    his.until_texts(["Before"])
    his.context.set_offline(True)
    his.until_online(False)
    his.say("First")
    his.say("Second")
    teacher.post(f"/conversations/{talk}/messages", {"text": "Meanwhile"})
    expect(his.page.locator("ol [data-part=text]")).to_have_text(["Before", "First", "Second"])
    assert {row["state"] for row in his.rows()[1:]} <= {"queued", "sending"}

    his.context.set_offline(False)
    his.until_online().until_texts(["Before", "Meanwhile", "First", "Second"])
    stored = teacher.get(f"/conversations/{talk}/messages")["items"]
    assert [row["seq"] for row in his.rows()] == [message["seq"] for message in stored]
    assert his.texts() == [message["text"] for message in stored]


def test_what_was_not_sent_survives_a_reload_while_the_server_is_down(
    enter: Open, server: Server, teacher: Person, student: Person
) -> None:
    talk = lesson_of(teacher, student)
    his = enter(student).conversation(talk)
    his.say("In the light")
    his.until_texts(["In the light"])

    server.stop()
    try:
        his.until_online(False)
        his.say("In the dark")
        his.page.reload()
        expect(his.page.locator("ol [data-part=text]")).to_have_text(["In the dark"])
    finally:
        server.start()
    his.until_online().until_texts(["In the light", "In the dark"])
    expect(his.in_list(talk)).to_contain_text("In the dark")
    # A request that was under way when the server left.
    his.excuse("ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")


def test_signing_out_ends_the_connection_and_the_session_in_every_tab(
    sign_in: Open, teacher: Person, student: Person
) -> None:
    talk = lesson_of(teacher, student)
    his = sign_in(student).conversation(talk)
    other = TalemyTab(his.context, his.base).open(f"/messages/{talk}")
    assert teacher.get(f"/users/{student.id}")["online"]
    tokens = his.page.evaluate("() => JSON.parse(localStorage.getItem('palabre.tokens'))")
    assert student.call("GET", "/auth/me", token=tokens["access_token"]).ok

    his.page.get_by_role("button", name="Sign out").click()
    for tab in (his, other):
        tab.page.wait_for_url(f"{his.base}/sign-in")
        assert tab.page.locator(".problem").count() == 0  # it is no accident
    eventually(lambda: not teacher.get(f"/users/{student.id}")["online"])
    eventually(lambda: his.page.evaluate("() => localStorage.length") == 0)
    refused = student.call("GET", "/auth/me", token=tokens["access_token"])
    assert refused.json()["code"] == "token_revoked"

    # The next reader of this browser sees their own side of it.
    his.sign_in(teacher)
    expect(his.in_list(talk)).to_contain_text(student.name)
    expect(his.in_list(talk)).not_to_contain_text(teacher.name)
    assert other.complaints == []


def test_a_session_that_ended_elsewhere_leads_to_the_sign_in_page(
    sign_in: Open, teacher: Person
) -> None:
    hers = sign_in(teacher)
    tokens = hers.page.evaluate("() => JSON.parse(localStorage.getItem('palabre.tokens'))")
    teacher.call("POST", "/auth/logout", token=tokens["access_token"])
    hers.page.wait_for_url(f"{hers.base}/sign-in")
    ended = "Your session has ended. Sign in again."
    expect(hers.page.locator(".problem")).to_have_text(ended)
    hers.complaints.clear()  # the console says it as well
    hers.sign_in(teacher)
