"""Asking each kind of door, and judging what a row's six standings were answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import requests

from tests.support import tokens
from tests.support.database import digest
from tests.support.matrix import (
    NAMESPACES,
    NOBODY,
    SECRET,
    Absent,
    Call,
    Row,
    Scene,
    Standing,
    Target,
)
from tests.support.raw import Raw, prefix

ANSWER_SECONDS = 30
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
VISITORS = (*NOBODY, Standing.OUTSIDER)


@dataclass(frozen=True)
class Answer:
    """What came back: in the words of the rows, and whole."""

    outcome: str
    text: str


Ask = Callable[[Row, Call], Answer]


def is_refusal(outcome: str) -> bool:
    """Whether an outcome of any kind of door means no."""
    status = outcome.split()[0]
    if status.isdecimal():
        return int(status) >= 400 or "/sign-in?" in outcome
    return outcome != "ok"


def problems(scene: Scene, row: Row, ask: Ask) -> list[str]:
    """Everything that is not as the row says. Those who may go first: a refusal proves something
    only where the same call can succeed.
    """
    found = []
    for standing in sorted(Standing, key=lambda one: is_refusal(row.outcomes[one])):
        call = Call(scene, _target(scene, row, standing), standing, row.asker(standing))
        found += [f"{row.title}, {standing}: {line}" for line in _problems_of_one(row, call, ask)]
    return found + eavesdropping(scene, row.title)


def _target(scene: Scene, row: Row, standing: Standing) -> Target:
    """Fresh things for those who may change them."""
    changes = row.door[0] != "GET" and not is_refusal(row.outcomes[standing])
    return scene.target() if changes else scene.untouched


def _problems_of_one(row: Row, call: Call, ask: Ask) -> list[str]:
    expected = row.outcomes[call.standing]
    (
        row.path(call.target),
        row.payload(call),
    )  # makes what they speak of, before the database is looked at
    before = digest(call.scene.server) if is_refusal(expected) else {}
    answer = ask(row, call)
    found = []
    if not _matches(answer.outcome, expected):
        found.append(f"expected {expected}, got {answer.outcome}: {answer.text[:300]}")
    elif is_refusal(expected):
        found += _problems_of_refusal(row, call, ask, answer, before)
    if call.standing in VISITORS and SECRET in answer.text:
        found.append("was told what only Alice and Bob may read")
    return found


def _matches(outcome: str, expected: str) -> bool:
    exact = outcome == expected
    # A page row names only the beginning of Location.
    return exact or (" /" in expected and outcome.startswith(expected))


def _problems_of_refusal(
    row: Row, call: Call, ask: Ask, answer: Answer, before: dict[str, str]
) -> list[str]:
    found = []
    if digest(call.scene.server) != before:
        found.append("was refused, but the database has changed")
    hidden = "not_found" in answer.outcome or answer.outcome == "404"
    if call.standing is Standing.OUTSIDER and hidden:
        absent = ask(row, replace(call, target=Absent()))
        if absent != answer:
            found.append(f"can tell that it exists: {answer} is not {absent}")
    return found


def eavesdropping(scene: Scene, title: str) -> list[str]:
    """What Charlie has heard on his open connections, beside ``ready``."""
    found = []
    for namespace in NAMESPACES:
        listener = scene.sockets["Charlie", namespace]
        listener.settle()
        heard = [name for name, _ in listener.heard if name != "ready"]
        if heard:
            found.append(f"{title}: Charlie heard {heard} on {namespace}")
            listener.heard[:] = [one for one in listener.heard if one[0] == "ready"]
    return found


# --- events


def ask_event(row: Row, call: Call) -> Answer:
    """Emit it on a live connection; those who get none try without."""
    if call.standing in NOBODY:
        return _intrude(row, call)
    namespace, name = row.door
    answer = call.scene.sockets[call.name, namespace].call(name, row.payload(call))
    outcome = "ok" if answer["ok"] else answer["error"]["code"]
    return Answer(outcome, json.dumps(answer))


def _intrude(row: Row, call: Call) -> Answer:
    """Be refused, emit all the same, and hear nothing of it."""
    namespace, name = row.door
    raw = Raw(call.scene.server)
    kind, refusal = raw.connect(_token(row, call), namespace)
    raw.post(f"2{prefix(namespace)}7{json.dumps([name, row.payload(call)])}")
    accepted, _ = raw.connect(call.scene.people["Erin"].token, namespace)
    raw.close()
    if kind != "4" or accepted != "0":
        return Answer(f"packets {kind} and {accepted}", json.dumps(refusal))
    return Answer(refusal["data"]["code"], json.dumps(refusal))


def _token(row: Row, call: Call) -> str | None:
    scene = call.scene
    if call.standing is Standing.ANONYMOUS:
        return None
    if call.standing is Standing.EXPIRED:
        return scene.expired_refresh if row.refresh else scene.expired
    if call.standing is Standing.REVOKED:
        return scene.revoked_refresh if row.refresh else scene.revoked
    if row.spends_session or row.refresh:
        return scene.new_session(call.name)[row.refresh]
    return call.person.token


# --- REST


def ask_rest(row: Row, call: Call) -> Answer:
    """A request with a bearer token."""
    token = _token(row, call)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return judged(request(row, call, json=row.payload(call), headers=headers))


def request(row: Row, call: Call, **options: Any) -> requests.Response:
    """The row's request, whoever is asking."""
    method, _ = row.door
    options.setdefault("allow_redirects", False)
    return requests.request(method, address(row, call), timeout=ANSWER_SECONDS, **options)


def address(row: Row, call: Call) -> str:
    """The row's rule with the target's ids in it."""
    path = row.door[1]
    for name, value in row.path(call.target).items():
        path = re.sub(rf"<\w+:{name}>", str(value), path)
    assert "<" not in path, f"{row.title}: the row says not what {path} is about"
    return f"{call.scene.server.url}{path}" + (f"?{row.query}" if row.query else "")


def judged(response: requests.Response) -> Answer:
    """A REST response in the words of the rows; a refusal must be RFC 9457's."""
    if response.headers.get("Content-Type") != "application/problem+json":
        return Answer(str(response.status_code), response.text)
    body = response.json()
    if body["status"] != response.status_code or not body["title"] or not body["message"]:
        return Answer(f"{response.status_code} with a wrong problem", response.text)
    return Answer(f"{response.status_code} {body['code']}", response.text)


# --- pages


def ask_page(row: Row, call: Call) -> Answer:
    """A browser's request: cookies, and the form's token."""
    browser = browser_of(row, call)
    form = row.payload(call) or {}
    if row.door[0] == "POST":
        session, token = form_session(call.scene.server.url)
        browser.cookies.set("session", session)
        form = {**form, "csrf_token": token}
    return page_answer(
        browser.request(
            row.door[0],
            address(row, call),
            data=form,
            allow_redirects=False,
            timeout=ANSWER_SECONDS,
        )
    )


def browser_of(row: Row, call: Call) -> requests.Session:
    """A browser with the cookie of the call's standing."""
    browser = requests.Session()
    token = _token(row, call)
    if token:
        browser.cookies.set("access_token_cookie", token)
    return browser


@cache
def form_session(url: str) -> tuple[str, str]:
    """A browser's form session: its cookie, and the token that its forms carry."""
    answer = requests.get(f"{url}/sign-in", timeout=ANSWER_SECONDS)
    found = CSRF.search(answer.text)
    assert found, "the page has no form"
    return answer.cookies["session"], found[1]


def page_answer(response: requests.Response) -> Answer:
    """A page in the words of the rows, without what differs each time."""
    location = response.headers.get("Location", "")
    text = re.sub(r"\d+", "0", CSRF.sub("", response.text))
    return Answer(f"{response.status_code} {location}".strip(), text)


def csrf_headers(token: str) -> dict[str, str]:
    """What a script of the page adds to a request that changes something."""
    return {"X-CSRF-TOKEN": tokens.claims(token)["csrf"]}
