"""Language, theme and time zone: chosen with or without an account, kept, and never against the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.people import PASSWORD, Person
from tests.web.browser import Browser, Node

Browse = Callable[..., Browser]


def preference(page: Node, name: str, value: str) -> Node:
    return page.one("button", name=name, value=value)


@pytest.mark.parametrize(
    ("wish", "language"),
    [("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("de,en;q=0.5", "en"), ("de", "en"), ("", "en")],
)
def test_the_browser_is_asked_first(browse: Browse, wish: str, language: str) -> None:
    assert browse(language=wish).open("/products").one("html").attributes["lang"] == language


def test_a_choice_holds_without_an_account(browse: Browse) -> None:
    browser = browse()
    page = browser.open("/products?q=kora")
    browser.press(preference(page, "language", "fr"))
    assert browser.path == "/products?q=kora"
    assert browser.page.one("html").attributes["lang"] == "fr"
    assert browser.open("/sign-in").one("h1").text == "Bon retour parmi nous"


def test_an_account_remembers_its_language_elsewhere(alice: Person, browse: Browse) -> None:
    first = browse(alice)
    page = first.open("/account")
    first.press(preference(page.one("main"), "language", "fr"))
    elsewhere = browse(alice, language="en")
    assert elsewhere.open("/account").one("html").attributes["lang"] == "fr"
    assert alice.get("/auth/me")["locale"] == "fr"


def test_signing_up_in_french_makes_a_french_account(browse: Browse) -> None:
    browser = browse(language="fr")
    form = browser.open("/sign-up").one("form", class_="form")
    browser.submit(form, name="Awa", email="awa-signs-up@example.org", password=PASSWORD)
    assert browser.page.one("body").attributes["data-user-name"] == "Awa"
    browser.http.headers["Accept-Language"] = "en"
    browser.http.cookies.pop("lang", None)
    assert browser.open("/products").one("html").attributes["lang"] == "fr"


def test_the_theme_is_a_cookie(browse: Browse) -> None:
    browser = browse()
    assert browser.open("/products").one("html").attributes["data-theme"] == "system"
    browser.press(preference(browser.page, "theme", "dark"))
    assert browser.page.one("html").attributes["data-theme"] == "dark"
    assert preference(browser.page, "theme", "dark").attributes["aria-pressed"] == "true"


def test_an_unknown_choice_is_refused(browse: Browse) -> None:
    browser = browse()
    button = preference(browser.open("/products"), "language", "fr")
    button.attributes["value"] = "xx"
    browser.press(button)
    assert browser.response.status_code == 400
    for name in ("lang", "theme", "tz"):
        browser.http.cookies.set(name, "../../etc/passwd")
    page = browser.open("/products")
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("html").attributes["data-theme"] == "system"


def test_times_are_those_of_the_readers_zone(alice: Person, bob: Person, browse: Browse) -> None:
    sent = alice.post("/messages", {"recipient_id": bob.id, "text": "Hi"})
    browser = browse(bob, language="fr")

    def shown(zone: str) -> str:
        browser.http.cookies.set("tz", zone)
        page = browser.open(f"/conversations/{sent['conversation_id']}")
        return page.one("ol", id="message-list").one("time", data_part="time").text

    hour, minute = sent["message"]["created_at"][11:16].split(":")
    assert shown("UTC") == f"{hour}:{minute}"
    assert shown("Asia/Tokyo") == f"{(int(hour) + 9) % 24:02}:{minute}"
    assert shown("No/Where") == f"{hour}:{minute}"


@pytest.mark.parametrize(
    ("language", "price", "currency", "written"),
    [
        ("en", "450.00", "EUR", "€450"),
        ("en", "1450.50", "USD", "$1,450.50"),
        ("fr", "450.00", "EUR", "450 €"),
        ("fr", "1450.50", "EUR", "1 450,50 €"),
        ("fr", None, "EUR", "Prix sur demande"),
    ],
)
def test_a_price_is_written_as_the_reader_writes_it(
    alice: Person, browse: Browse, language: str, price: str | None, currency: str, written: str
) -> None:
    product = alice.post("/products", {"title": "Kora", "price": price, "currency": currency})
    page = browse(language=language).open(f"/products?seller={alice.id}")
    card = next(
        row
        for row in page.all("li", class_="product-card")
        if str(product["id"]) in row.all("a")[0].attributes["href"]
    )
    assert card.one(class_="price").text == written
