"""Rules of every page, in both languages: sound markup, no inline script, nothing untranslated."""

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

from tests.support.server import ROOT, Server
from tests.web.browser import Browser, Node
from tests.web.world import World, opened, visits

LANGUAGES = ("en", "fr")
VISITS = {**visits(), "not found": opened("Bob", "/nowhere")}
# Words that are the same in every language, or that the people in these tests have written.
NOT_OURS = re.compile(
    r"Palabre|English|Français|Alice|Bob|Charlie|Dora|Kora, 21 strings|Only the two of us|Market|[\w.]+@example\.org"
)


@pytest.fixture(scope="module", params=LANGUAGES)
def world(server: Server, request: pytest.FixtureRequest) -> World:
    return World(server, request.param)


@pytest.fixture(params=VISITS)
def visited(world: World, request: pytest.FixtureRequest) -> tuple[World, Browser]:
    browser = VISITS[request.param](world)
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
    """Texts of labels, buttons, headings and notices that are not in the catalogue."""
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
    """Every sentence of a language with anything for its placeholders, and words of no language."""
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
    """All text goes through the catalogue: templates without their tags are empty."""
    found: list[str] = []
    for path in sorted((ROOT / "app/templates").rglob("*.html")):
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        texts = re.findall(r">([^<>]*)<", source)
        texts += re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', source)
        found += [f"{path.name}: {text.strip()}" for text in texts if _says_something(text)]
    assert found == []


def _says_something(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", NOT_OURS.sub("", text)))
