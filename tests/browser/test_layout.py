"""The pages' shape: no sideways scrolling, the composer in sight, the end of a conversation first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.tab import Tab
from tests.support.people import PASSWORD, Person
from tests.support.server import Server

pytestmark = pytest.mark.browser
Open = Callable[..., Tab]

WIDTHS = (320, 390, 820, 1280)
NAME = "Wolfeschlegelsteinhausenbergerdorff-Maximiliana von und zu Hohenlohe-Langenburg"
TITLE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

_WIDENS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_IN_SIGHT = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
}"""
_SEEN = "(selector) => document.querySelector(selector).getBoundingClientRect().width > 0"


@pytest.fixture
def lengthy(server: Server, bob: Person) -> dict[str, Any]:
    """Bob talks about something, with somebody, that both have very long names."""
    seller = Person(server, "Wolf")
    body = {"email": f"wolf.{seller.id}@example.org", "password": PASSWORD, "name": NAME}
    seller.keep(seller.post("/auth/register", body))  # an e-mail address is shorter than a name
    product = seller.post(
        "/products",
        {
            "title": TITLE,
            "price": "9999999999.99",
            "description": "https://example.org/" + "a" * 300,
        },
    )
    sent = bob.post("/messages", {"product_id": product["id"], "text": "W" * 500})
    for number in range(30):
        seller.post(
            f"/conversations/{sent['conversation_id']}/messages", {"text": f"Line {number}"}
        )
    starts_at = "2030-01-01T10:00:00Z"
    lesson = seller.post("/lessons", {"student_id": bob.id, "title": TITLE, "starts_at": starts_at})
    seller.post("/contact-requests", {"recipient_id": bob.id, "message": "W" * 500})
    seller.close()
    bob.post(
        f"/conversations/{sent['conversation_id']}/read", {}
    )  # else it opens at the unread line
    return {
        "product": product["id"],
        "conversation": sent["conversation_id"],
        "lesson": lesson["id"],
        "talk": lesson["conversation_id"],
        "seller": seller.id,
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen(
    sign_in: Open, bob: Person, lengthy: dict[str, Any], width: int
) -> None:
    tab = sign_in(bob, viewport={"width": width, "height": 700})
    for path in (
        "/products",
        "/products/new",
        f"/products/{lengthy['product']}",
        "/conversations",
        f"/conversations/{lengthy['conversation']}",
        f"/conversations/{lengthy['talk']}",
        "/lessons",
        f"/lessons/{lengthy['lesson']}",
        "/lessons/new",
        f"/lessons/new?student_id={lengthy['seller']}",
        "/contact-requests",
        f"/people/{lengthy['seller']}",
        "/account",
        "/nowhere",
    ):
        tab.page.goto(tab.base + path)
        assert tab.page.evaluate(_WIDENS) <= 0, path
    tab.complaints.clear()  # the browser reports the 404 that was asked for


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_conversation_opens_at_its_end_with_the_composer_in_sight(
    sign_in: Open, bob: Person, lengthy: dict[str, Any], width: int, script: bool
) -> None:
    tab = sign_in(bob, viewport={"width": width, "height": 700})
    context = tab.context.browser.new_context(  # type: ignore[union-attr]
        viewport={"width": width, "height": 700},
        java_script_enabled=script,
        storage_state=tab.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{tab.base}/conversations/{lengthy['conversation']}")
    assert page.evaluate(_IN_SIGHT, "#composer textarea")
    assert page.evaluate(_IN_SIGHT, "#composer button")
    assert page.evaluate(_IN_SIGHT, "#message-list > li:last-child")
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    context.close()


@pytest.mark.parametrize(("width", "beside"), [(390, False), (1280, True)])
def test_the_list_stands_beside_the_conversation_where_there_is_room(
    sign_in: Open, bob: Person, lengthy: dict[str, Any], width: int, beside: bool
) -> None:
    tab = sign_in(bob, viewport={"width": width, "height": 700})
    tab.page.goto(f"{tab.base}/conversations/{lengthy['conversation']}")
    assert tab.page.evaluate(_SEEN, ".inbox__list") is beside
    assert tab.page.evaluate(_SEEN, ".conversation__back") is not beside
    if not beside:
        with tab.page.expect_navigation():
            tab.page.click(".conversation__back")
        assert tab.page.evaluate(_SEEN, ".inbox__list")


@pytest.mark.parametrize("choice", ["light", "dark"])
@pytest.mark.parametrize("device", ["light", "dark"])
def test_a_chosen_theme_wins_over_the_device(
    sign_in: Open, bob: Person, device: str, choice: str
) -> None:
    tab = sign_in(bob, color_scheme=device)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    by_device = tab.page.evaluate(ground)
    tab.page.goto(f"{tab.base}/account")
    with tab.page.expect_navigation():
        tab.page.click(f"main button[value={choice}]")
    assert (tab.page.evaluate(ground) == by_device) is (choice == device)
