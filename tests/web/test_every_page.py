"""What every page keeps to, in both languages: sound markup, no inline script, nothing untranslated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.support.people import PASSWORD, Person
from tests.support.server import ROOT, Server
from tests.web.browser import Browser, Node

LANGUAGES = ("en", "fr")
PAGES = (
    "products", "products, signed in", "products, nothing found", "one's own products", "product", "product, signed in",
    "own product", "new product", "new product, refused", "edit product", "edit, not one's own", "sign in",
    "sign in, refused", "sign up", "sign up, refused", "inbox", "inbox, archived", "inbox, empty", "conversation",
    "group", "reply", "edit", "delete", "refused message", "closed", "blocked by me", "blocked by them",
    "older messages", "account", "account with a blocked person", "not found", "form expired", "wrong method",
    "lessons", "past lessons", "lessons, none to take", "lessons, none past", "lesson", "lesson, taught", "lesson, over",
    "lesson, too late", "lesson's conversation", "new lesson", "new lesson, nobody found", "new lesson, for whom",
    "new lesson, refused", "new lesson, zone known", "requests", "requests sent", "requests, none sent", "request, too late",
    "person", "person, asked", "person who asks", "person, blocked by me", "person, blocked by them", "person one talks with",
    "person, oneself",
)  # fmt: skip
# Words that are the same in every language, or that the people in these tests have written.
NOT_OURS = re.compile(
    r"Palabre|English|Français|Alice|Bob|Charlie|Dora|Kora, 21 strings|Only the two of us|Market|[\w.]+@example\.org"
)


class World:
    """Some people and what they have done, made once; a browser for each of them."""

    def __init__(self, server: Server, language: str) -> None:
        self.language = language
        self.alice, self.bob, self.charlie = (
            Person(server, name) for name in ("Alice", "Bob", "Charlie")
        )
        kora = self.alice.post("/products", {"title": "Kora, 21 strings", "price": "450.00"})
        self.kora = f"/products/{kora['id']}"
        for _ in range(24):  # a whole page: what other tests have sold stands behind it
            self.alice.post("/products", {"title": "Market"})
        self.talk = self._talk(self.bob, kora["id"])
        self.closed = self._talk(self.charlie, kora["id"])
        self.charlie.patch(f"/conversations/{self.closed}", {"status": "closed"})
        self.group = self._group()
        blocking = self.bob.post("/messages", {"recipient_id": self.charlie.id, "text": "Market"})
        self.blocking = blocking["conversation_id"]
        self.bob.call("PUT", f"/users/{self.charlie.id}/block")
        self.dora = Person(server, "Dora")
        self.lesson = self._lesson("2030-01-01T10:00:00Z")
        self.over = self._lesson("2020-01-01T10:00:00Z")
        self._request(self.dora, self.bob)
        answered = self._request(self.dora, self.alice)
        self.alice.patch(f"/contact-requests/{answered}", {"status": "accepted"})
        self.withdrawn = self._request(self.charlie, self.dora)
        self.charlie.patch(f"/contact-requests/{self.withdrawn}", {"status": "cancelled"})
        self.browsers = {
            person.name: Browser(server.url, language)
            for person in (self.alice, self.bob, self.charlie, self.dora)
        }
        for person in (self.alice, self.bob, self.charlie, self.dora):
            self.browsers[person.name].sign_in(person.email, PASSWORD)
        self.nobody = Browser(server.url, language)

    def _talk(self, buyer: Person, product_id: int) -> int:
        sent = buyer.post("/messages", {"product_id": product_id, "text": "Only the two of us"})
        conversation: int = sent["conversation_id"]
        self.question = sent["message"]["id"]
        path = f"/conversations/{conversation}/messages"
        self.alice.post(path, {"text": "Kora, 21 strings", "reply_to_id": self.question})
        edited = buyer.post(path, {"text": "Market"})["message"]["id"]
        buyer.patch(f"/messages/{edited}", {"text": "Kora, 21 strings"})
        self.own = edited
        buyer.delete(f"/messages/{buyer.post(path, {'text': 'Market'})['message']['id']}")
        return conversation

    def _group(self) -> int:
        body = {"title": "Market", "participant_ids": [self.bob.id, self.charlie.id]}
        group: int = self.alice.post("/conversations", body)["id"]
        self.bob.post(f"/conversations/{group}/messages", {"text": "Market"})
        return group

    def _lesson(self, starts_at: str) -> dict[str, int]:
        body = {"student_id": self.bob.id, "title": "Market", "starts_at": starts_at}
        made: dict[str, int] = self.alice.post("/lessons", body)
        return made

    def _request(self, sender: Person, recipient: Person) -> int:
        body = {"recipient_id": recipient.id, "message": "Market"}
        request: int = sender.post("/contact-requests", body)["id"]
        return request

    def visit(self, name: str) -> Browser:
        """Open one of ``PAGES``."""
        browser = self.browsers["Bob"]
        alice, charlie, nobody = self.browsers["Alice"], self.browsers["Charlie"], self.nobody
        talk = f"/conversations/{self.talk}"
        steps = {
            "products": (nobody, "/products"),
            "products, signed in": (browser, "/products"),
            "products, nothing found": (nobody, "/products?q=zzz"),
            "one's own products": (alice, f"/products?seller={self.alice.id}"),
            "product": (nobody, self.kora),
            "product, signed in": (browser, self.kora),
            "own product": (alice, self.kora),
            "new product": (alice, "/products/new"),
            "edit product": (alice, f"{self.kora}/edit"),
            "edit, not one's own": (browser, f"{self.kora}/edit"),
            "sign in": (nobody, "/sign-in"),
            "sign up": (nobody, "/sign-up"),
            "inbox": (browser, "/conversations"),
            "inbox, archived": (browser, "/conversations?archived=1"),
            "inbox, empty": (charlie, "/conversations?cursor=1"),
            "conversation": (browser, talk),
            "group": (browser, f"/conversations/{self.group}"),
            "reply": (browser, f"/conversations/{self.closed}?reply_to={self.question}"),
            "delete": (alice, f"{talk}?delete={self.question}"),
            "closed": (charlie, f"/conversations/{self.closed}"),
            "blocked by me": (browser, f"/conversations/{self.blocking}"),
            "blocked by them": (charlie, f"/conversations/{self.blocking}"),
            "older messages": (browser, f"{talk}?before_seq=2"),
            "account": (alice, "/account"),
            "account with a blocked person": (browser, "/account"),
            "not found": (browser, "/nowhere"),
            **self._lessons_and_people(),
        }
        if name in steps:
            chosen, path = steps[name]
            chosen.open(path)
            return chosen
        return self._after_a_form(name)

    def _lessons_and_people(self) -> dict[str, tuple[Browser, str]]:
        alice, bob, charlie, dora = self.browsers.values()
        lesson, over = f"/lessons/{self.lesson['id']}", f"/lessons/{self.over['id']}"
        return {
            "lessons": (bob, "/lessons"),
            "past lessons": (alice, "/lessons?when=past&as=teacher"),
            "lessons, none to take": (dora, "/lessons?as=student"),
            "lessons, none past": (dora, "/lessons?when=past"),
            "lesson": (bob, lesson),
            "lesson, taught": (alice, lesson),
            "lesson, over": (alice, over),
            "lesson's conversation": (bob, f"/conversations/{self.lesson['conversation_id']}"),
            "new lesson": (alice, f"/lessons/new?student_id={self.bob.id}"),
            "new lesson, nobody found": (alice, "/lessons/new?q=zzz"),
            "new lesson, for whom": (alice, "/lessons/new"),
            "requests": (bob, "/contact-requests"),
            "requests sent": (dora, "/contact-requests?direction=sent"),
            "requests, none sent": (bob, "/contact-requests?direction=sent"),
            "person": (dora, f"/people/{self.charlie.id}"),
            "person, asked": (dora, f"/people/{self.bob.id}"),
            "person who asks": (bob, f"/people/{self.dora.id}"),
            "person, blocked by me": (bob, f"/people/{self.charlie.id}"),
            "person, blocked by them": (charlie, f"/people/{self.bob.id}"),
            "person one talks with": (bob, f"/people/{self.alice.id}"),
            "person, oneself": (bob, f"/people/{self.bob.id}"),
        }

    def _after_a_lesson(self, name: str) -> Browser:
        alice = self.browsers["Alice"]
        if name == "lesson, too late":
            page = alice.open(f"/lessons/{self.lesson['id']}")
            alice.submit(
                page.one("form", class_="form__actions lesson__actions"), status="completed"
            )
            return alice
        if name == "request, too late":
            charlie = self.browsers["Charlie"]
            token = charlie.fields_of(charlie.open("/account").all("form", method="post")[0])
            form = Node("form", {"action": f"/contact-requests/{self.withdrawn}"})
            charlie.submit(form, csrf_token=token["csrf_token"], status="cancelled")
            return charlie
        if name == "new lesson, zone known":
            alice.http.cookies.set("tz", "Europe/Paris")
        page = alice.open(f"/lessons/new?student_id={self.bob.id}")
        if name == "new lesson, refused":
            alice.submit(page.one("form", class_="form"), timezone="Mars")
        alice.http.cookies.pop("tz", None)
        return alice

    def _after_a_form(self, name: str) -> Browser:
        if "lesson" in name or "request," in name:
            return self._after_a_lesson(name)
        bob, alice, nobody = self.browsers["Bob"], self.browsers["Alice"], self.nobody
        talk = f"/conversations/{self.talk}"
        if name == "new product, refused":
            form = alice.open("/products/new").one("form", class_="form")
            alice.submit(form, price="much", image_url="kora.png")
            return alice
        if name in ("sign in, refused", "sign up, refused"):
            form = nobody.open("/" + name.split(",")[0].replace(" ", "-")).one(
                "form", class_="form"
            )
            nobody.submit(form, email="alice", password="short")
            return nobody
        if name == "edit":
            bob.open(talk)
            own = [
                row for row in bob.page.all("li", data_own="true") if not row.part("actions").hidden
            ]
            bob.follow(own[0].one("a", data_action="edit"))
            return bob
        composer = bob.open(talk).one("form", id="composer")
        if name == "refused message":
            bob.submit(composer, text=" ")
        elif name == "form expired":
            bob.submit(composer, text="Market", csrf_token="")
        else:
            bob.open(f"{talk}/messages")
        return bob


@pytest.fixture(scope="module", params=LANGUAGES)
def world(server: Server, request: pytest.FixtureRequest) -> World:
    return World(server, request.param)


@pytest.fixture(params=PAGES)
def visited(world: World, request: pytest.FixtureRequest) -> tuple[World, Browser]:
    browser = world.visit(request.param)
    assert browser.response.status_code < 500
    assert browser.response.headers["Content-Type"].startswith("text/html")
    return world, browser


def test_page(visited: tuple[World, Browser]) -> None:
    """One visit a page, and all it has to keep to: the visits are what takes time."""
    world, browser = visited
    page = browser.page
    assert browser.faults == []
    assert page.one("html").attributes["lang"] == world.language
    assert list(_inline(page)) == []
    assert list(_bad_forms(page)) == []
    assert list(_unnamed(page)) == []
    assert list(_repeated_ids(page)) == []
    assert len([node for node in page.all("h1") if not node.hidden]) == 1
    assert page.one("main", id="main")
    assert page.all("a", class_="skip-link")[0].attributes["href"] == "#main"
    assert list(_foreign_words(page, world.language)) == []
    assert list(_words_of_no_catalogue(page, world.language)) == []


def _inline(page: Node) -> Iterator[str]:
    for node in page.walk():
        if node.tag == "style" or "style" in node.attributes:
            yield f"<{node.tag} style>"
        if any(name.startswith("on") for name in node.attributes):
            yield f"<{node.tag}> {node.attributes}"
        if node.attributes.get("href", "").startswith("javascript:"):
            yield node.attributes["href"]
        if node.tag == "script" and node.attributes.get("type") == "application/json":
            json.loads(node.raw)
        elif node.tag == "script" and (
            node.raw.strip() or not node.attributes["src"].startswith("/")
        ):
            yield str(node.attributes)


def _bad_forms(page: Node) -> Iterator[str]:
    posts = (n for n in page.walk() if n.tag == "form" and n.attributes.get("method") == "post")
    for form in posts:  # those in templates as well: somebody will send them
        tokens = [node for node in form.all("input", name="csrf_token") if node.attributes["value"]]
        if len(tokens) != 1:
            yield f"no token: {form.attributes}"
        if "?" in form.attributes.get("action", "").replace("?next=", ""):
            yield f"something in the address of {form.attributes}"


def _unnamed(page: Node) -> Iterator[str]:
    """Controls without a label, pictures without a text, buttons and links that say nothing."""
    labelled = {node.attributes.get("for") for node in page.walk() if node.tag == "label"}
    for node in page.walk():
        described = node.attributes.get("aria-label") or node.attributes.get("id") in labelled
        wrapped = any(parent.tag == "label" for parent in node.ancestors())
        control = (
            node.tag in ("input", "select", "textarea") and node.attributes.get("type") != "hidden"
        )
        if control and not (described or wrapped):
            yield f"no label: {node.attributes}"
        if node.tag == "img" and "alt" not in node.attributes:
            yield f"no alt: {node.attributes}"
        says = node.attributes.get("aria-label") or node.text
        if node.tag in ("button", "a", "summary") and not node.hidden and not says:
            yield f"says nothing: <{node.tag} {node.attributes}>"


def _repeated_ids(page: Node) -> Iterator[str]:
    seen: set[str] = set()
    for node in page.walk():
        name = node.attributes.get("id")
        if name in seen:
            yield name
        seen.add(name or "")


def _words_of_no_catalogue(page: Node, language: str) -> Iterator[str]:
    """What labels, buttons, headings and notices say without being in the catalogue."""
    known = _sentences(language)
    for node in page.walk():
        classes = node.attributes.get("class", "").split()
        speaks = node.tag in ("label", "button", "h1", "h2", "h3", "option", "legend")
        if not speaks and not {"field__error", "field__hint", "notice"} & set(classes):
            continue
        for text in (_flat(child) for inner in node.walk() for child in inner.children):
            if text and not known.fullmatch(text.strip("() ")):
                yield text


def _flat(child: Node | str) -> str:
    return " ".join(child.split()) if isinstance(child, str) else ""


@cache
def _sentences(language: str) -> re.Pattern[str]:
    """Every sentence of a language with anything for its placeholders, and what is nobody's."""
    texts = {english if language == "en" else french for english, french in catalogue()}
    parts = [re.sub(r"%\\\(\w+\\\)s|\\\{\w+\\\}", ".*", re.escape(_flat(text))) for text in texts]
    return re.compile("|".join([*parts, NOT_OURS.pattern, r"[A-Z]{3}|\d+"]))


SAID = ("aria-label", "title", "placeholder", "alt", "value")


def _foreign_words(page: Node, language: str) -> Iterator[str]:
    """Sentences of the other language: every text on the page, looked up in the catalogue."""
    english, french = ({pair[place] for pair in catalogue()} for place in (0, 1))
    foreign = english - french if language == "fr" else french - english
    for text in _said(page):
        if text in foreign:
            yield text


def _said(page: Node) -> Iterator[str]:
    for node in page.walk():
        if node.tag == "script":
            if node.attributes.get("id") == "messages-catalogue":
                yield from json.loads(node.raw).values()
            continue
        if any(
            parent.attributes.get("lang")
            for parent in [node, *node.ancestors()]
            if parent.tag == "button"
        ):
            continue
        yield " ".join(node.raw.split())
        yield from (
            node.attributes[name]
            for name in SAID
            if name in node.attributes and node.tag != "option"
        )


@cache
def catalogue() -> list[tuple[str, str]]:
    """English sentences with their French; one may be there twice, in different contexts."""
    with (ROOT / "app/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        french = read_po(file, locale="fr")
    return [(_key(message.id), _key(message.string)) for message in french if message.id]


def _key(text: object) -> str:
    return text[0] if isinstance(text, (tuple, list)) else str(text)


def extracted() -> Catalog:
    """Every sentence that the source marks for translation."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog()
    keywords = {
        "_": None,
        "_l": None,
        "N_": None,
        "gettext": None,
        "lazy_gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
    }
    for _file, _line, message, _comments, context in extract_from_dir(
        str(ROOT), methods, options, keywords=keywords, directory_filter=_is_ours
    ):
        found.add(message, context=context)
    return found


def _is_ours(folder: str) -> bool:
    path = Path(folder).relative_to(ROOT)
    return path.parts[:1] in ((), ("app",)) and "node_modules" not in path.parts


def test_every_sentence_has_its_french() -> None:
    source = extracted()
    assert len(source) > 150
    with (ROOT / "app/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        french = read_po(file, locale="fr")
    missing = [
        _key(message.id)
        for message in source
        if message.id
        and (
            (found := french.get(message.id, message.context)) is None
            or not all(_forms(found.string))
            or found.fuzzy
        )
    ]
    assert missing == []
    unused = [
        _key(message.id)
        for message in french
        if message.id and source.get(message.id, message.context) is None
    ]
    assert unused == []


def _forms(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (str(string),)


def test_placeholders_survive_translation() -> None:
    placeholder = re.compile(r"%\(\w+\)s|\{\w+\}")
    for english, french in catalogue():
        assert sorted(placeholder.findall(english)) == sorted(placeholder.findall(french)), english


def test_templates_hold_no_sentence_of_their_own() -> None:
    """Whatever a reader sees goes through the catalogue: templates without their tags say nothing."""
    found: list[str] = []
    for path in sorted((ROOT / "app/templates").rglob("*.html")):
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        texts = re.findall(r">([^<>]*)<", source)
        texts += re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', source)
        found += [f"{path.name}: {text.strip()}" for text in texts if _says_something(text)]
    assert found == []


def _says_something(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", NOT_OURS.sub("", text)))
