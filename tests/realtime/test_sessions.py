"""Sign-in sessions on live connections: begun, renewed, expired, signed out, misused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import socketio
import websocket

from tests.support import tokens
from tests.support.database import execute
from tests.support.people import PASSWORD, Person, Socket
from tests.support.raw import Raw
from tests.support.server import Server

LIFE_SECONDS = 3
AT_ONCE_SECONDS = 1.0
SHOP = "https://shop.example"
BOTH = ("/", "/talemy")


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose access tokens live three seconds, and that lets another origin call."""
    folder = tmp_path_factory.mktemp("brief")
    settings = {"JWT_ACCESS_TOKEN_EXPIRES": str(LIFE_SECONDS), "CORS_ORIGINS": SHOP}
    with Server(folder, RATELIMIT_ENABLED="false", **settings) as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with its rate limits on, as it comes."""
    with Server(tmp_path_factory.mktemp("strict")) as running:
        yield running
        assert "Traceback" not in running.log(), running.log()


@pytest.fixture
def ada(server: Server) -> Iterator[Person]:
    """Somebody whose sessions are ended here."""
    person = Person(server, "Ada")
    yield person
    person.close()


def login(person: Person) -> dict[str, Any]:
    """One more sign-in session."""
    body: dict[str, Any] = person.post("/auth/login", {"email": person.email, "password": PASSWORD})
    return body


def connect(person: Person, token: str, namespace: str = "/") -> Socket:
    """A connection with a given token, past its ``ready``."""
    opened = Socket(person.server, {"token": token}, namespace)
    person.sockets.append(opened)
    opened.wait_for("ready")
    return opened


def code(answer: requests.Response) -> tuple[int, str]:
    """What a refusal says."""
    return answer.status_code, answer.json()["code"]


def refresh(person: Person, token: str) -> requests.Response:
    """Exchange a refresh token."""
    return person.call("POST", "/auth/refresh", token=token)


class Wire:
    """A WebSocket that does not answer a Close frame: only the server can end its TCP connection."""

    def __init__(self, server: Server, **options: Any) -> None:
        address = f"{server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        self.socket = websocket.create_connection(address, timeout=10, **options)
        assert self.socket.recv().startswith("0{")

    def join(self, token: str) -> None:
        """Join ``/``, past ``ready``."""
        self.socket.send(f'40{{"token":"{token}"}}')
        assert self.socket.recv().startswith("40")
        assert self.socket.recv().startswith('42["ready"')

    def read_to_the_end(self) -> bytes:
        """Everything until the connection is gone; fails if it stays open for ten seconds."""
        heard = b""
        while part := self.socket.sock.recv(65536):
            heard += part
        self.socket.shutdown()
        return heard


# --- expiry and renewal


def test_a_connection_is_warned_and_closed_when_its_token_ends(brief: Server) -> None:
    person = Person(brief, "Ada")
    wire = Wire(brief)
    wire.join(person.token)
    heard = wire.read_to_the_end()
    warned, ended = (
        heard.find(b'["token_expiring",{"expires_at":"'),
        heard.find(b'["session_ended"'),
    )
    assert 0 <= warned < ended
    assert b'"code":"token_expired"' in heard[ended:]
    assert time.time() >= tokens.claims(person.token)["exp"]
    assert code(person.call("GET", "/auth/me")) == (401, "token_expired")
    person.close()


@pytest.mark.parametrize("namespace", BOTH)
def test_a_renewed_connection_outlives_its_first_token(brief: Server, namespace: str) -> None:
    person = Person(brief, "Ada")
    renewed, neglected = person.connect(namespace), person.connect(namespace)
    key = "expires_at" if namespace == "/" else "expiresAt"
    first_end = renewed.wait_for("token_expiring")[key]
    fresh = tokens.changed(brief, person.token, exp=int(time.time()) + 60)
    assert renewed.ok("authenticate", {"token": fresh})[key] > first_end
    assert neglected.wait_for("session_ended")["code"] == "token_expired"
    assert renewed.ok("sync", {"after": 0})
    assert not renewed.all("session_ended")
    person.close()


def test_a_refused_renewal_changes_nothing(brief: Server) -> None:
    other, person = Person(brief, "Bo"), Person(brief, "Ada")  # hers is the younger token
    live = person.connect()
    wrong = {
        "unauthenticated": (person.refresh_token, "x", person.token + "x"),
        "token_expired": (tokens.expired(brief, person.token),),
        "token_revoked": (tokens.changed(brief, person.token, sid="0" * 32),),
        "forbidden": (other.token,),
    }
    for expected, presented in wrong.items():
        for token in presented:
            assert live.refused("authenticate", {"token": token})["code"] == expected
    assert live.wait_for("session_ended")["code"] == "token_expired"
    person.close()
    other.close()


# --- sign-out


def test_signing_out_cuts_the_session_everywhere_and_nothing_else(ada: Person) -> None:
    session = login(ada)
    cut = [connect(ada, session["access_token"], namespace) for namespace in BOTH]
    kept = [connect(ada, ada.token, namespace) for namespace in BOTH]
    assert ada.call("POST", "/auth/logout", token=session["access_token"]).status_code == 204
    began = time.monotonic()
    for one in cut:
        assert one.wait_for("session_ended")["code"] == "token_revoked"
        one.wait_for("disconnect")
    assert time.monotonic() - began < AT_ONCE_SECONDS
    for one in kept:
        assert one.ok("sync", {"after": 0})
        assert not one.all("session_ended")


def test_signing_out_ends_the_tcp_connection_of_a_client_that_does_not_leave(ada: Person) -> None:
    wire, silent = Wire(ada.server), Wire(ada.server)
    wire.join(ada.token)
    silent.join(ada.token)
    assert ada.call("POST", "/auth/logout").status_code == 204
    for one in (wire, silent):
        assert b'"code":"token_revoked"' in one.read_to_the_end()


def test_signing_out_on_a_page_cuts_live_connections(ada: Person) -> None:
    live = ada.connect()
    browser = requests.Session()
    browser.cookies.set("access_token_cookie", ada.token)
    page = browser.get(f"{ada.server.url}/products", timeout=30).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(
        f"{ada.server.url}/sign-out",
        data={"csrf_token": token},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 303
    assert live.wait_for("session_ended")["code"] == "token_revoked"


def test_a_signed_out_token_opens_nothing_any_more(ada: Person) -> None:
    ada.call("POST", "/auth/logout")
    assert code(ada.call("GET", "/auth/me")) == (401, "token_revoked")
    assert code(ada.call("POST", "/auth/logout")) == (401, "token_revoked")
    assert code(refresh(ada, ada.refresh_token)) == (401, "token_revoked")
    for namespace in BOTH:
        raw = Raw(ada.server)
        assert raw.connect(ada.token, namespace)[1]["data"]["code"] == "token_revoked"
        raw.close()


# --- refresh tokens


def test_a_refresh_token_rotates(ada: Person) -> None:
    first = refresh(ada, ada.refresh_token).json()
    second = refresh(ada, first["refresh_token"]).json()
    assert len({ada.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    assert first["user"]["id"] == second["user"]["id"] == ada.id
    assert ada.call("GET", "/auth/me", token=second["access_token"]).ok


def test_a_lost_answer_is_given_again(ada: Person) -> None:
    """Within thirty seconds the old token brings the very same new one, however often."""
    given = {refresh(ada, ada.refresh_token).json()["refresh_token"] for _ in range(3)}
    assert len(given) == 1
    assert refresh(ada, given.pop()).ok


def test_two_refreshes_at_once_agree(ada: Person) -> None:
    answers: list[requests.Response] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        answers.append(
            requests.post(
                f"{ada.server.url}/api/v1/auth/refresh",
                headers={"Authorization": f"Bearer {ada.refresh_token}"},
                timeout=30,
            )
        )

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize("story", ["an old token after half a minute", "a token two rotations old"])
def test_a_refresh_token_used_again_ends_the_session(ada: Person, story: str) -> None:
    session = login(ada)
    live = [connect(ada, session["access_token"], namespace) for namespace in BOTH]
    newest = refresh(ada, session["refresh_token"]).json()
    if "half a minute" in story:
        _age(ada.server, session["access_token"])
    else:
        newest = refresh(ada, newest["refresh_token"]).json()
    assert ada.call("GET", "/auth/me", token=newest["access_token"]).ok
    assert code(refresh(ada, session["refresh_token"])) == (401, "token_revoked")
    for one in live:
        assert one.wait_for("session_ended")["code"] == "token_revoked"
    assert code(refresh(ada, newest["refresh_token"])) == (401, "token_revoked")
    for access in (session["access_token"], newest["access_token"]):
        assert code(ada.call("GET", "/auth/me", token=access)) == (401, "token_revoked")
    assert ada.call("GET", "/auth/me").ok, "another session of the same person goes on"


def _age(server: Server, token: str) -> None:
    changed = execute(
        server,
        "UPDATE sign_in_sessions SET rotated_at = rotated_at - 31000 WHERE id = ?",
        tokens.claims(token)["sid"],
    )
    assert changed == 1


def test_only_refresh_tokens_refresh_and_only_access_tokens_open(ada: Person) -> None:
    assert code(refresh(ada, ada.token)) == (401, "unauthenticated")
    assert code(ada.call("GET", "/auth/me", token=ada.refresh_token)) == (401, "unauthenticated")
    expired = tokens.expired(ada.server, ada.refresh_token)
    assert code(refresh(ada, expired)) == (401, "token_expired")
    forged = tokens.changed(ada.server, ada.refresh_token, jti="0" * 32)
    assert code(refresh(ada, forged)) == (401, "token_revoked")


# --- connecting


def test_the_official_client_is_told_why_it_is_refused(ada: Person) -> None:
    client = socketio.Client(reconnection=False)
    told: list[Any] = []
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(ada.server.url, auth={"token": "x"}, transports=["websocket"])
    assert told[0]["data"]["code"] == "unauthenticated"
    assert told[0]["data"]["message"] == told[0]["message"]


@pytest.mark.parametrize("namespace", BOTH)
def test_a_token_that_is_none_is_refused_with_a_code(ada: Person, namespace: str) -> None:
    server, head = ada.server, ada.token.rpartition(".")[0]
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + ada.token.split(".")[1] + "."
    refused = {
        "unauthenticated": (
            None, "", "x", "a.b.c", head + ".AAAA", unsigned, ada.refresh_token, "\x00", "é" * 100,
            tokens.changed(server, ada.token, sid=None), tokens.changed(server, ada.token, exp=None),
            tokens.changed(server, ada.token, sub="x"), tokens.changed(server, ada.token, type="x"),
        ),
        "token_expired": (tokens.expired(server, ada.token),),
        "token_revoked": (tokens.changed(server, ada.token, sid="unknown"),),
    }  # fmt: skip
    raw = Raw(server)
    for expected, presented in refused.items():
        for token in presented:
            kind, told = raw.connect(token, namespace)
            assert (kind, told["data"]["code"]) == ("4", expected), token
            assert told["data"]["message"] == told["message"]
    # Nothing of that sticks: the same transport may still come in properly.
    assert raw.connect(ada.token, namespace)[0] == "0"
    raw.close()


@pytest.mark.parametrize(
    "auth", ['"text"', "5", "[]", "null", "true", '{"token":5}', '{"token":["x"]}', '{"token":{}}']
)
def test_credentials_of_another_shape_are_refused(ada: Person, auth: str) -> None:
    raw = Raw(ada.server)
    raw.post(f"0{auth}")
    assert '"code":"unauthenticated"' in raw.next()
    raw.close()


def test_a_token_in_an_address_is_not_read(ada: Person) -> None:
    names = ("token", "jwt", "access_token", "auth", "authorization")
    address = "&".join(f"{name}={ada.token}" for name in names)
    answer = requests.get(f"{ada.server.url}/api/v1/auth/me?{address}", timeout=30)
    assert code(answer) == (401, "unauthenticated")
    raw = Raw(ada.server)
    raw.url += f"&{address}"
    assert raw.connect(None)[1]["data"]["code"] == "unauthenticated"
    raw.close()


# --- origins and cookies


def test_a_page_of_ours_may_rely_on_its_cookie(ada: Person) -> None:
    cookie = f"access_token_cookie={ada.token}"
    for headers in ({}, {"Origin": ada.server.url}):
        raw = Raw(ada.server, Cookie=cookie, **headers)
        assert raw.connect(None)[0] == "0"
        raw.close()


FOREIGN = (
    "https://evil.example",
    "null",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://{host}.evil.example",
    "http://evil.example/{host}",
    "http://{host}@evil.example",
    "https://{host}",
    "HTTP://EVIL.EXAMPLE",
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_gets_no_connection(ada: Person, origin: str) -> None:
    origin = origin.format(host=ada.server.url.removeprefix("http://"))
    address = f"{ada.server.url}/socket.io/?EIO=4&transport=polling"
    answer = requests.get(address, headers={"Origin": origin}, timeout=30)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers
    with pytest.raises(websocket.WebSocketBadStatusException):
        Wire(ada.server, origin=origin, cookie=f"access_token_cookie={ada.token}")
    Wire(ada.server, origin=ada.server.url).socket.shutdown()


def test_a_listed_origin_comes_in_with_a_token_but_not_with_our_cookie(brief: Server) -> None:
    person = Person(brief, "Ada")
    raw = Raw(brief, Origin=SHOP, Cookie=f"access_token_cookie={person.token}")
    assert raw.opened.headers["Access-Control-Allow-Origin"] == SHOP
    kind, told = raw.connect(None)
    assert (kind, told["data"]["code"]) == ("4", "unauthenticated")
    assert raw.connect(person.token)[0] == "0"
    raw.close()
    person.close()


def test_a_listed_origin_may_call_rest_with_a_token_but_never_with_our_cookie(
    brief: Server,
) -> None:
    person = Person(brief, "Ada")
    address = f"{brief.url}/api/v1/auth/me"
    ask = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    before = requests.options(address, headers={**ask, "Origin": SHOP}, timeout=30)
    assert before.status_code == 200
    assert before.headers["Access-Control-Allow-Origin"] == SHOP
    assert "authorization" in before.headers["Access-Control-Allow-Headers"].lower()
    answer = requests.get(
        address, headers={"Origin": SHOP, "Authorization": f"Bearer {person.token}"}, timeout=30
    )
    assert answer.ok
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in answer.headers
    stranger = requests.options(
        address, headers={**ask, "Origin": "https://evil.example"}, timeout=30
    )
    assert "Access-Control-Allow-Origin" not in stranger.headers
    person.close()


# --- signing in


def test_a_failed_sign_in_does_not_say_what_was_wrong(ada: Person) -> None:
    def refused(email: str, password: str) -> tuple[int, str]:
        answer = ada.call("POST", "/auth/login", {"email": email, "password": password})
        return answer.status_code, answer.text

    answers = {
        refused(ada.email, "not the password"),
        refused(ada.email, ""),
        refused(ada.email, PASSWORD.upper()),
        refused("nobody@example.org", PASSWORD),
        refused("no address at all", PASSWORD),
        refused("", ""),
    }
    ((status, body),) = answers
    assert status == 401
    assert '"code":"unauthenticated"' in body
    assert ada.call("POST", "/auth/login", {"email": ada.email.upper(), "password": PASSWORD}).ok


def test_sign_in_is_limited_by_address_and_the_right_password_does_not_help(
    strict: Server,
) -> None:
    person, other = Person(strict, "Ada"), Person(strict, "Bo")
    guess = {"email": person.email, "password": "a guess"}
    answers = [person.call("POST", "/auth/login", guess) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    right = {"email": f" {person.email.upper()}", "password": PASSWORD}
    limited = person.call("POST", "/auth/login", right)
    assert code(limited) == (429, "rate_limited")
    assert 1 <= limited.json()["retry_after"] <= 60
    assert limited.headers["Retry-After"] == str(limited.json()["retry_after"])
    assert login(other), "somebody else may still sign in from there"


@pytest.mark.parametrize(
    ("event", "payload", "allowed"),
    [
        ("typing", '{"conversation_id":1,"is_typing":true}', 30),
        ("send_message", '{"conversation_id":1,"text":"x"}', 60),
        ("leave_conversation", '{"conversation_id":1}', 300),
    ],
)
def test_events_are_limited_per_person(
    strict: Server, event: str, payload: str, allowed: int
) -> None:
    person, other = Person(strict, "Ada"), Person(strict, "Bo")
    raw, elsewhere = Raw(strict), Raw(strict)
    raw.join(person.token)
    elsewhere.join(other.token)
    for first in range(0, allowed + 1, 200):
        numbers = range(first, min(first + 200, allowed + 1))
        raw.post(*(f'2{number}["{event}",{payload}]' for number in numbers))
    answers = raw.acks(allowed + 1)
    codes = [answer.get("error", {}).get("code", "ok") for answer in answers]
    assert "rate_limited" not in codes[:-1]
    assert codes[-1] == "rate_limited"
    assert 1 <= answers[-1]["error"]["retry_after"] <= 10
    elsewhere.post(f'21["{event}",{payload}]')
    assert elsewhere.ack(1).get("error", {}).get("code") != "rate_limited"
    for one in (raw, elsewhere, person, other):
        one.close()


def test_another_transport_is_no_way_around_a_limit(strict: Server) -> None:
    person, raw = Person(strict, "Ada"), Raw(strict)
    raw.join(person.token)
    raw.post(*(f'2{n}["send_message",{{"conversation_id":1,"text":"x"}}]' for n in range(60)))
    assert raw.ack(0)["error"]["code"] == raw.ack(1)["error"]["code"] == "not_found"
    answer = person.call("POST", "/messages", {"conversation_id": 1, "text": "x"})
    assert code(answer) == (429, "rate_limited")
    assert answer.headers["Retry-After"]
    raw.close()
    person.close()


def test_a_page_renews_its_tokens_by_cookie_and_form_value_only(ada: Person) -> None:
    address = f"{ada.server.url}/api/v1/auth/refresh"
    cookies = {"refresh_token_cookie": ada.refresh_token, "access_token_cookie": ada.token}
    csrf = tokens.claims(ada.refresh_token)["csrf"]
    for headers in ({}, {"X-CSRF-TOKEN": "guess"}):
        refused = requests.post(address, cookies=cookies, headers=headers, timeout=30)
        assert code(refused) == (403, "forbidden")
    answer = requests.post(address, cookies=cookies, headers={"X-CSRF-TOKEN": csrf}, timeout=30)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json(), "scripts never see it"
    (set_cookie,) = [
        line
        for line in answer.raw.headers.getlist("Set-Cookie")
        if line.startswith("refresh_token_cookie=")
    ]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert answer.cookies["refresh_token_cookie"] != ada.refresh_token


@pytest.mark.parametrize("header", ["Basic c3RhZ2luZzpzZWNyZXQ=", "Digest", "x y z"])
def test_a_page_behind_another_password_renews_all_the_same(ada: Person, header: str) -> None:
    """A site that is being tried out stands behind HTTP authentication of its own."""
    answer = requests.post(
        f"{ada.server.url}/api/v1/auth/refresh",
        cookies={"refresh_token_cookie": ada.refresh_token},
        headers={
            "Authorization": header,
            "X-CSRF-TOKEN": tokens.claims(ada.refresh_token)["csrf"],
        },
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    assert ada.call("GET", "/auth/me").ok
