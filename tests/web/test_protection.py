"""What pages withstand: foreign forms, addresses that lead away, guessing, and script from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.support.people import PASSWORD, Person
from tests.support.server import Server
from tests.web.browser import Browser, Node

Browse = Callable[..., Browser]


def sign_in_form(page: Node) -> Node:
    return next(form for form in page.all("form") if form.all(name="password"))


@pytest.mark.parametrize("path", ["/products", "/sign-in", "/nowhere", "/static/css/base.css"])
def test_every_answer_carries_the_protective_headers(server: Server, path: str) -> None:
    headers = requests.get(f"{server.url}{path}", timeout=30).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_no_cache_between_keeps_a_page(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    browser.open("/account")
    assert "private" in browser.response.headers["Cache-Control"]
    assert "Cookie" in browser.response.headers["Vary"]


def test_a_static_file_asked_for_by_its_version_may_be_kept(browse: Browse) -> None:
    browser = browse()
    sheet = browser.open("/products").all("link", rel="stylesheet")[0]
    browser.follow(sheet)
    assert "immutable" in browser.response.headers["Cache-Control"]
    browser.open(sheet.attributes["href"].partition("?")[0])
    assert "immutable" not in browser.response.headers.get("Cache-Control", "")


def test_a_form_without_its_token_changes_nothing(
    alice: Person, bob: Person, browse: Browse
) -> None:
    conversation = alice.post("/messages", {"recipient_id": bob.id, "text": "Hi"})[
        "conversation_id"
    ]
    browser = browse(bob)
    address = f"/conversations/{conversation}"
    somebody_elses = browse().open("/sign-in").all(name="csrf_token")[0].attributes["value"]
    for token in ("", "wrong", somebody_elses):
        form = browser.open(address).one("form", id="composer")
        page = browser.submit(form, text="Forged", csrf_token=token)
        assert browser.response.status_code == 403
        assert page.one("h1").text == "This form has expired"
        assert page.one("a", class_="button", href=address).text == "Back to the page"
    assert bob.get(f"/conversations/{conversation}")["last_seq"] == 1
    browser.submit(form, text="Mine")
    assert bob.get(f"/conversations/{conversation}")["last_seq"] == 2


def test_sign_in_is_protected_before_anybody_is_signed_in(alice: Person, browse: Browse) -> None:
    browser = browse()
    form = sign_in_form(browser.open("/sign-in"))
    browser.submit(form, email=alice.email, password=PASSWORD, csrf_token="")
    assert browser.response.status_code == 403
    assert "access_token_cookie" not in browser.http.cookies
    browser.submit(form, email=alice.email, password=PASSWORD)
    assert "access_token_cookie" in browser.http.cookies


def test_signing_in_makes_the_form_token_of_before_worthless(alice: Person, browse: Browse) -> None:
    browser = browse()
    form = sign_in_form(browser.open("/sign-in"))
    token = browser.fields_of(form)["csrf_token"]
    browser.submit(form, email=alice.email, password=PASSWORD)
    page = browser.open("/account")
    forms = [node for node in page.all("form") if node.attributes["action"] == "/preferences/theme"]
    browser.submit(forms[0], theme="dark", csrf_token=token)
    assert browser.response.status_code == 403


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    alice: Person, browse: Browse
) -> None:
    def refused(email: str, password: str) -> tuple[int, str, str]:
        browser = browse()
        page = browser.submit(
            sign_in_form(browser.open("/sign-in")), email=email, password=password
        )
        form = sign_in_form(page)
        assert browser.fields_of(form)["password"] == ""
        return browser.response.status_code, page.one(role="alert").text, page.one("title").text

    wrong = refused(alice.email, "not the password")
    assert wrong == refused("nobody@example.org", "not the password")
    assert wrong[:2] == (401, "Wrong e-mail address or password.")


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_sign_in_leads_nowhere_but_here(alice: Person, browse: Browse, next_: str) -> None:
    browser = browse()
    page = browser.open(
        requests.Request("GET", f"{browser.base}/sign-in", params={"next": next_}).prepare().url
        or ""
    )
    form = sign_in_form(page)
    values = browser.fields_of(form) | {"email": alice.email, "password": PASSWORD, "next": next_}
    answer = browser.http.post(
        f"{browser.base}/sign-in", data=values, timeout=30, allow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_sign_in_goes_on_to_where_one_wanted_to_be(alice: Person, browse: Browse) -> None:
    browser = browse()
    page = browser.open("/conversations?archived=1")
    assert browser.path.startswith("/sign-in?next=")
    browser.submit(sign_in_form(page), email=alice.email, password=PASSWORD)
    assert browser.path == "/conversations?archived=1"


def test_no_token_is_in_reach_of_a_script_or_an_address(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    flags = {
        cookie.name: cookie.has_nonstandard_attr("HttpOnly") for cookie in browser.http.cookies
    }
    assert flags["access_token_cookie"]
    assert flags["refresh_token_cookie"]
    assert flags["session"]
    assert not flags["csrf_access_token"]
    token = browser.http.cookies.get("access_token_cookie") or ""
    assert token.count(".") == 2
    browser.open("/conversations")
    assert token not in browser.response.text
    assert token not in browser.response.url
    assert token not in alice.server.log()


def test_a_page_renews_an_expired_sign_in_by_itself(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    browser.http.cookies.set("access_token_cookie", "expired", domain="127.0.0.1", path="/")
    page = browser.open("/conversations")
    assert page.one("body").attributes["data-user-id"] == str(alice.id)
    assert browser.http.cookies["access_token_cookie"] != "expired"


def test_a_form_opened_before_the_renewal_is_still_good(
    alice: Person, bob: Person, browse: Browse
) -> None:
    conversation = alice.post("/messages", {"recipient_id": bob.id, "text": "Hi"})[
        "conversation_id"
    ]
    browser = browse(bob)
    form = browser.open(f"/conversations/{conversation}").one("form", id="composer")
    browser.http.cookies.set("access_token_cookie", "expired", domain="127.0.0.1", path="/")
    browser.submit(form, text="Written for a while")
    assert browser.response.status_code == 200
    assert bob.get(f"/conversations/{conversation}")["last_seq"] == 2


def test_signing_out_ends_the_session_and_clears_the_browser(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    kept = {cookie.name: cookie.value or "" for cookie in browser.http.cookies}
    page = browser.open("/account")
    form = next(node for node in page.all("form") if node.attributes["action"] == "/sign-out")
    browser.submit(form)
    assert "access_token_cookie" not in browser.http.cookies
    assert "data-user-id" not in browser.page.one("body").attributes
    browser.http.cookies.update(kept)
    browser.open("/conversations")
    assert browser.path.startswith("/sign-in")


def test_what_people_write_is_never_markup(alice: Person, browse: Browse) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    product = alice.post("/products", {"title": evil[:120], "description": evil})
    browser = browse(alice)
    page = browser.open(f"/products/{product['id']}")
    assert browser.faults == []
    assert page.one("h1").text == evil
    assert not page.all("img", src="x")
    his = browse()
    form = his.open(f"/sign-up?next=/products/{product['id']}").one("form", class_="form")
    his.submit(form, name=evil, email="evil@example.org", password=PASSWORD)
    contact = next(node for node in his.page.all("form") if node.all(name="text"))
    his.submit(contact, text=evil)
    for reader in (his, browser):
        page = reader.open(his.path)
        assert reader.faults == []
        assert not page.all("img", src="x")
        assert page.one("ol", id="message-list").part("text").raw == evil


def test_too_much_in_a_short_time_is_a_page_with_a_sentence(tmp_path: Path) -> None:
    with Server(tmp_path) as limited:
        browser = Browser(limited.url)
        form = sign_in_form(browser.open("/sign-in"))
        for _ in range(11):
            page = browser.submit(form, email="alice@example.org", password="wrong password")
        assert browser.response.status_code == 429
        assert int(browser.response.headers["Retry-After"]) > 0
        assert page.one(role="alert").text


def test_a_wrong_method_or_address_is_a_page_with_a_way_on(browse: Browse) -> None:
    browser = browse()
    for path, status in (("/nowhere", 404), ("/sign-out", 405), ("/products/999999999999", 404)):
        page = browser.open(path)
        assert browser.response.status_code == status
        assert page.one("main").all("a", class_="button")


def test_too_large_a_form_is_refused_before_it_is_read(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    form = browser.open("/products/new").one("form", class_="form")
    browser.submit(form, title="Kora", description="x" * 300_000)
    assert browser.response.status_code == 413
    assert browser.page.one("h1").text == "Too large"


@pytest.mark.parametrize(
    "value", ["-1", "0", "1e9", "9" * 16, "9" * 30, "١", "x", "%00", "1 or 1=1"]
)
def test_an_odd_number_in_an_address_is_as_if_it_were_not_there(
    alice: Person, browse: Browse, value: str
) -> None:
    sent = alice.post("/messages", {"recipient_id": Person(alice.server, "Bob").id, "text": "Hi"})
    browser = browse(alice)
    names = ("before_seq", "reply_to", "edit", "delete", "cursor", "seller", "q")
    question = "&".join(f"{name}={value}" for name in names)
    for path in ("/products", "/conversations", f"/conversations/{sent['conversation_id']}"):
        browser.open(f"{path}?{question}")
        assert browser.response.status_code == 200, path


def test_pictures_come_from_the_web_only(alice: Person, browse: Browse) -> None:
    browser = browse(alice)
    for address in ("javascript:alert(1)", "data:image/svg+xml,x", "//evil.example/x.png"):
        form = browser.open("/products/new").one("form", class_="form")
        page = browser.submit(form, title="Kora", image_url=address)
        assert browser.response.status_code == 422
        assert page.one("input", name="image_url").attributes["aria-invalid"] == "true"
