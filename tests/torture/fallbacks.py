"""Clients without a connection: an application that only has REST, and somebody without script."""

from __future__ import annotations

import html
import http.client
import re
import time
import urllib.parse
from typing import Any

from tests.torture.clients import Client
from tests.torture.line import TIMEOUT_SECONDS, LostError, TokenError, rest

ROW = re.compile(
    r'<li class="message" id="message-(\d+)"[^>]* data-seq="(\d+)"[^>]*'
    r' data-client-id="([^"]*)" data-state="(\w+)"'
)
COMPOSER = re.compile(
    r'<form id="composer".*?name="csrf_token" value="([^"]+)".*?name="client_id" value="([^"]+)"',
    re.DOTALL,
)


class RestClient(Client):
    """Sends over REST and asks ``GET /changes`` now and then."""

    kind = "rest"

    def live(self) -> None:
        self.tries.append(time.monotonic())
        self.retry_by_rest()
        while not self.plan.done.is_set():
            self.waiting.append(self.compose())
            for act in [self.waiting[0], *self.habits()]:
                self.by_rest(act)
            self.catch_up(self._changes)
            self.plan.done.wait(self.pause() / 2.75)  # a burst of the others is 2.75 messages
        self.retry_by_rest()
        self.settled.set()
        self.plan.quiet.wait()
        self.catch_up(self._changes)
        self.finished.set()

    def _changes(self, cursor: int) -> dict[str, Any]:
        path = f"/changes?after={cursor}&limit=50"
        status, answer = rest(self.port, self.account.token, "GET", path)
        if status != 200:
            raise LostError(f"status {status}")
        changes: dict[str, Any] = answer
        return changes


class PageReader(Client):
    """Opens pages and posts the composer's form, by hand: a browser without a line of script.

    Checks what each page shows: a run of messages without a gap, up to whatever was acknowledged
    before the page was asked for.
    """

    kind = "pages"

    def live(self) -> None:
        self.tries.append(time.monotonic())
        if self.waiting:
            self._send_again()
        while not self.plan.done.is_set():
            conversation_id = self.random.choice(self.account.conversation_ids)
            page = self._look(conversation_id)
            if self.random.random() < 0.5:
                self._write(conversation_id, page)
            self.plan.done.wait(self.pause())
        if self.waiting:
            self._send_again()
        for conversation_id in self.account.conversation_ids:
            self._look(conversation_id)
        self.settled.set()  # opening a page marks it read: nothing is opened after this
        self.finished.set()

    def _look(self, conversation_id: int) -> str:
        known = self._acknowledged(conversation_id)
        page = self._request("GET", f"/conversations/{conversation_id}")
        shown = [int(seq) for _id, seq, _client_id, _state in ROW.findall(page)]
        expect = self.mirror.report.expect
        run = list(range(shown[0], shown[0] + len(shown))) if shown else []
        expect("a page shows messages without a gap", shown == run, f"{shown}")
        last = shown[-1] if shown else 0
        expect("a page shows what was acknowledged before", last >= known, f"{last} < {known}")
        self.mirror.deliveries += len(shown)
        return page

    def _acknowledged(self, conversation_id: int) -> int:
        """The highest ``seq`` that anybody has been told, as far as a short look back shows."""
        for entry in reversed(self.plan.history.entries[-200:]):
            told = entry.action == "ok" and entry.kind == "send"
            if told and entry.conversation_id == conversation_id and entry.seq:
                return entry.seq
        return 0

    def _write(self, conversation_id: int, page: str) -> None:
        found = COMPOSER.search(page)
        if found is None:
            raise LostError("the page has no composer")
        self._token, client_id = html.unescape(found[1]), html.unescape(found[2])
        act = self.compose()._replace(client_id=client_id, conversation_id=conversation_id)
        self.waiting.append(act)
        self._post_first()

    def _send_again(self) -> None:
        """A second press of the button: the form still holds the same ``client_id``."""
        self.retries += len(self.waiting)
        while self.waiting:
            self._post_first()

    def _post_first(self) -> None:
        act = self.waiting[0]
        form = {"csrf_token": self._token, "client_id": act.client_id, "text": act.text}
        self.plan.history.note("invoke", "page", act)
        try:
            body = urllib.parse.urlencode(form)
            self._request("POST", f"/conversations/{act.conversation_id}/messages", body)
            self.lose_answer()
        except LostError:
            self.plan.history.note("unknown", "page", act)
            raise
        self.waiting.popleft()
        self.plan.history.note("ok", "page", act)  # a page tells no number

    def _request(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        headers = {
            "Cookie": f"access_token_cookie={self.account.token}; {self._cookies}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise LostError(str(error)) from error
        finally:
            connection.close()
        if "/sign-in" in answer.headers.get("Location", ""):
            raise TokenError(f"{path} leads to signing in")
        if answer.status not in (200, 303):
            raise LostError(f"{answer.status} for {method} {path}")
        given = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie", [])]
        self._cookies = "; ".join(given) or self._cookies
        return text

    _cookies = ""
    _token = ""
