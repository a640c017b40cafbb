"""Strange but valid text is stored and given back letter for letter, and harms no page."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from tests.support.people import Person

_numbers = itertools.count(1)
TEXTS = {
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute": '" onmouseover="alert(1)" x=\'',
    "the end of a script": "</script><script>alert(1)</script><!-- ]]>",
    "SQL": "'; DROP TABLE messages; -- \" OR 1=1",
    "wildcards": "100%_\\%",
    "a template": "{{ 7 * 7 }}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    "formats": "%s %d %(text)s {0} {text} {text.__class__}",
    "right to left": "\u202egnp.exe \u2066\u2069 שלום",
    "invisible": "a\u200b\u200d\ufeffb",
    "line ends": "one\ntwo\r\nthree\u2028four\u2029five\x85six",
    "controls": "a\x01\x07\x08\x1b[31mb\x7f",
    "an emoji of many": "👩\u200d👩\u200d👧\u200d👦🏴\U000e0067\U000e0062\U000e007f",
    "many accents": "Z" + "\u0301" * 50,
    "two spellings of é": "e\u0301 é",
    "private and unassigned": "\ue000\U0010ffff\ufffe\uffff",
    "a path": "../../etc/passwd\\..\\x",
    "JSON": '{"a": [1, null]}, "\\u0000"',
    "a packet": '42["send_message",{}]',
    "spaces around": "  kept  ",
}
ROUNDS = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


@pytest.fixture(scope="module")
def talk(server: Any) -> Any:
    """Alice and Bob, each with a socket, in a conversation about a kora."""
    alice, bob = Person(server, "Alice"), Person(server, "Bob")
    product = alice.post("/products", {"title": "Kora"})["id"]
    sent = bob.post("/messages", {"product_id": product, "text": "Hello"})
    yield alice, bob, sent["conversation_id"], product, alice.connect(), bob.connect()
    alice.close()
    bob.close()


@ROUNDS
def test_a_message_reads_the_same_everywhere(talk: Any, text: str) -> None:
    alice, bob, conversation_id, _, seller, buyer = talk
    body = {"conversation_id": conversation_id, "text": text}
    message = buyer.ok("send_message", {**body, "client_id": f"c {text}"[:64]})["message"]
    assert message["text"] == text
    heard = seller.wait_for("message_notification", lambda p: p["message"]["id"] == message["id"])
    assert heard["message"]["text"] == text
    (read,) = alice.get(f"/conversations/{conversation_id}/messages", after_seq=message["seq"] - 1)[
        "items"
    ]
    assert read == message
    edited = bob.patch(f"/messages/{message['id']}", {"text": f"{text}!"})["message"]
    assert edited["text"] == f"{text}!"
    _page_is_unharmed(alice, f"/conversations/{conversation_id}", f"{text}!")


@ROUNDS
def test_names_and_titles_read_the_same(talk: Any, text: str) -> None:
    alice, bob, _, product_id, _, _ = talk
    title = text.strip()
    changed = alice.patch(f"/products/{product_id}", {"title": title, "description": text})
    assert (changed["title"], changed["description"]) == (title, text)
    assert bob.get(f"/products/{product_id}") == changed
    group = {"title": title, "participant_ids": [bob.id]}
    assert alice.post("/conversations", group)["title"] == title
    found = alice.get("/products", q=title[:80])["items"]
    assert product_id in [product["id"] for product in found]
    alice.get("/users", q=text[:80])
    for path in (f"/products/{product_id}", "/products", "/conversations"):
        _page_is_unharmed(alice, path, title)


class Page(HTMLParser):
    """What a browser makes of a page: its text, its attributes, the content of its scripts."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: dict[str, str] = {}
        self._script: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes, and where a script begins."""
        self.attributes += attrs
        if tag == "script":
            self._script = dict(attrs).get("id") or str(dict(attrs).get("src"))
            self.scripts[self._script] = ""

    def handle_endtag(self, tag: str) -> None:
        """Note where a script ends."""
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        """Note text, and what is in a script."""
        if self._script is None:
            self.text += data
        else:
            self.scripts[self._script] += data


def _page_is_unharmed(person: Person, path: str, text: str) -> None:
    """The text is on the page as text, and what the page's script reads can be read."""
    answer = requests.get(
        person.server.url + path, cookies={"access_token_cookie": person.token}, timeout=30
    )
    assert answer.status_code == 200
    page = Page(answer.text)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert ("src", "x") not in page.attributes
    assert not [
        name
        for name, content in page.scripts.items()
        if "alert" in content and "page-data" not in name
    ]
    assert json.loads(page.scripts["page-data"])["me"]["id"] == person.id
    assert _words(text) in _words(page.text)


def _words(text: str) -> str:
    return " ".join(text.split())


# --- what pages are asked and told

QUERIES = {
    "/products": ("q", "seller", "cursor"),
    "/conversations": ("archived", "cursor"),
    "/conversations/{id}": ("before_seq", "reply_to", "edit", "delete"),
    "/sign-in": ("next",),
    "/sign-up": ("next",),
}
WORDS = (
    "", "0", "-1", "1.5", "x", "9" * 19, "9" * 400, "١", "a\0b", "\ud7ff\ufffd", "é" * 500,
    "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\n/x",
)  # fmt: skip


@pytest.mark.parametrize("path", QUERIES)
def test_a_strange_question_to_a_page_is_no_fault_of_ours(talk: Any, path: str) -> None:
    alice, _, conversation_id, *_ = talk
    cookies = {} if path.startswith("/sign") else {"access_token_cookie": alice.token}
    wrong = []
    for name in QUERIES[path]:
        for word in WORDS:
            answer = requests.get(
                alice.server.url + path.format(id=conversation_id),
                params={name: word},
                cookies=cookies,
                allow_redirects=False,
                timeout=30,
            )
            if answer.status_code not in (200, 404, 422):
                wrong.append(f"{name}={word[:20]!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


FORMS = {
    "/sign-in": ("email",),
    "/sign-up": ("name", "email", "next"),
    "/products/new": ("title", "price", "currency", "description", "image_url", "status"),
    "/products/{product}/edit": ("title", "price", "currency", "image_url", "status"),
    "/conversations/{id}/messages": ("text", "client_id", "reply_to_id"),
    "/conversations/{id}": ("archived", "muted", "status"),
    "/preferences/language": ("language", "next"),
    "/preferences/theme": ("theme", "next"),
}
GOOD = {
    "email": "nobody-here", "password": "long enough", "name": "Nobody", "title": "Kora",
    "currency": "EUR", "status": "available", "text": "Hello", "theme": "dark", "language": "en",
}  # fmt: skip


FORM_WORDS = ("", "-1", "9" * 19, "a\0b", "é" * 500, "//evil.example", "/\\evil.example")


@pytest.mark.parametrize("path", FORMS)
def test_a_strange_form_is_answered_and_leads_nowhere_else(talk: Any, path: str) -> None:
    alice, _, conversation_id, product_id, *_ = talk
    browser = requests.Session()
    if not path.startswith("/sign"):
        browser.cookies.set("access_token_cookie", alice.token)
    wrong = []
    token = _form_token(alice, browser)
    for name in FORMS[path]:
        for word in FORM_WORDS:
            answer = browser.post(
                alice.server.url + path.format(id=conversation_id, product=product_id),
                data={**_good(path), name: word, "csrf_token": token},
                allow_redirects=False,
                timeout=30,
            )
            location = answer.headers.get("Location", "/")
            local = location.startswith("/") and not location.startswith(("//", "/\\"))
            if answer.status_code not in (303, 400, 401, 404, 409, 422) or not local:
                wrong.append(f"{name}={word[:20]!r}: {answer.status_code} {location}")
            if answer.status_code == 303 and path.startswith("/sign"):
                browser.cookies.clear()
                token = _form_token(alice, browser)
    assert not wrong, "\n".join(wrong)


def _good(path: str) -> dict[str, str]:
    if path == "/conversations/{id}":
        return {}
    good = {name: GOOD[name] for name in FORMS[path] if name in GOOD}
    if path == "/sign-up":
        good |= {"email": f"strange{next(_numbers)}@example.org", "password": GOOD["password"]}
    return good


def _form_token(person: Person, browser: requests.Session) -> str:
    page = browser.get(f"{person.server.url}/products", timeout=30)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]
