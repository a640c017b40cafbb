"""What clients share, whatever they talk over."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.torture.history import Act, History
from tests.torture.line import TIMEOUT_SECONDS, LostError, TokenError, rest
from tests.torture.mirror import Mirror

# How often a client does what a bad day makes it do.
GIVE_UP_CHANCE = 0.1  # per unknown message: the person has closed the app
# What else somebody does, per burst.
HABITS = {"edit": 0.10, "delete": 0.06, "hide": 0.04, "read": 0.25}
EVENTS = {
    "send": "send_message",
    "edit": "edit_message",
    "delete": "delete_message",
    "hide": "delete_message",
    "read": "mark_messages_read",
}
WORDS = (0, 10, 100, 600)


@dataclass(frozen=True)
class Account:
    """Somebody who may write to some conversations."""

    user_id: int
    token: str
    conversation_ids: tuple[int, ...]
    email: str = ""
    refresh_token: str = ""


@dataclass
class Plan:
    """What all clients of a run share."""

    port: int
    history: History
    folder: Path  # for what each client was told
    pause_seconds: float  # mean pause between two bursts of one client
    cut_chance: float = 0.01  # per burst: the client drops its own connection, answers unread
    deaf_chance: float = 0.0  # per answer: it gets lost on its way
    goodbye: bool = False  # in the end: whether connections say that they leave, or just go
    patience: float = TIMEOUT_SECONDS  # seconds a client waits for an answer
    away: tuple[float, float] = (0.0, 0.1)  # seconds between losing a connection and the next try
    asleep: threading.Event = field(default_factory=threading.Event)  # clients do not even read
    done: threading.Event = field(default_factory=threading.Event)  # nothing new from now on
    quiet: threading.Event = field(default_factory=threading.Event)  # nobody writes any more
    leave: threading.Event = field(default_factory=threading.Event)  # hang up, all is settled
    hurry: threading.Event = field(default_factory=threading.Event)  # leave, answered or not


class Client(threading.Thread):
    """A thread that talks, keeps a mirror of what it is told, and remembers what went wrong."""

    kind = "client"

    def __init__(self, plan: Plan, account: Account, seed: str, port: int | None = None) -> None:
        super().__init__(name=seed, daemon=True)
        self.plan = plan
        self.account = account
        self.port = port or plan.port
        self.random = random.Random(seed)
        self.mirror = Mirror(
            account.user_id, plan.folder / f"client-{account.user_id}-{self.kind}.log"
        )
        self.error: BaseException | None = None
        self.connects: list[float] = []  # when a connection was opened
        self.tries: list[float] = []  # when one was asked for
        self.settled = threading.Event()  # everything is answered
        self.finished = threading.Event()  # and, after all others were answered, it has caught up
        self.numbers = 0
        self.retries = 0
        self.expired = False
        self.waiting: deque[Act] = deque()  # messages sent, not answered; oldest first
        self.mine: deque[Act] = deque(maxlen=30)  # acknowledged messages that are still texts

    def run(self) -> None:
        """Live; a bug of the client itself fails the run."""
        try:
            while not (self.finished.is_set() or self.plan.hurry.is_set()):
                try:
                    if self.expired:
                        self.renew()
                    self.live()
                except TokenError:
                    self.expired = True
                except LostError:
                    self.stay_away()
        except BaseException as error:  # reported by the rig
            self.error = error
        finally:
            self.mirror.close()

    def renew(self) -> None:
        """A new pair of tokens; an answer that was lost is asked for again. Raises LostError."""
        status, answer = rest(self.port, self.account.refresh_token, "POST", "/auth/refresh")
        if status != 200:
            raise LostError(f"refresh: {status} {answer}")
        tokens = {"token": answer["access_token"], "refresh_token": answer["refresh_token"]}
        self.account = replace(self.account, **tokens)
        self.expired = False

    def live(self) -> None:
        """Talk until told to stop, settle, and stay until told to leave. Raises LostError."""
        raise NotImplementedError

    def stay_away(self) -> None:
        """Wait a moment before coming back; not longer than there is something to come back for."""
        self.plan.hurry.wait(self.random.uniform(*self.plan.away))

    def pause(self) -> float:
        """Seconds until the next burst."""
        return self.random.uniform(0, 2 * self.plan.pause_seconds)

    def compose(self) -> Act:
        """A new message."""
        self.numbers += 1
        client_id = f"{self.account.user_id}-{self.numbers}"
        conversation_id = self.random.choice(self.account.conversation_ids)
        text = f"{client_id} " + "x" * self.random.choice(WORDS)
        return Act(self.account.user_id, client_id, conversation_id, text)

    def habits(self) -> list[Act]:
        """What somebody does besides sending."""
        dice = {kind: self.random.random() < chance for kind, chance in HABITS.items()}
        acts = [getattr(self, f"_want_{kind}")() for kind, wanted in dice.items() if wanted]
        return [act for act in acts if act is not None]

    def settle(self, via: str, act: Act, answer: dict[str, Any]) -> None:
        """Note an acknowledgement, and what it means."""
        note = self.plan.history.note
        if act.kind == "send" and act in self.waiting and not self.comes_again(via, answer):
            self.waiting.remove(act)
        if not answer.get("ok"):
            note("fail", via, act, code=answer["error"]["code"])
        elif act.kind == "read":
            note("ok", via, act, seq=answer["data"]["last_read_seq"])
        else:
            message = answer["data"]["message"]
            note("ok", via, act, seq=message["seq"], message_id=message["id"])
            if act.kind == "send":
                self.mine.append(act._replace(message_id=message["id"]))

    def comes_again(self, via: str, answer: dict[str, Any]) -> bool:
        """Whether what was refused is kept, and will be sent again."""
        return False

    def by_rest(self, act: Act) -> None:
        """Do one thing over REST. Raises LostError."""
        method, path, body = as_request(act)
        self.plan.history.note("invoke", "rest", act)
        try:
            status, answer = rest(self.port, self.account.token, method, path, body)
            self.lose_answer()
        except LostError:
            self.plan.history.note("unknown", "rest", act)
            raise
        good = status in (200, 201)
        self.settle("rest", act, {"ok": good, "data": answer, "error": answer})

    def retry_by_rest(self) -> None:
        """Send what was not answered, in its order."""
        while self.waiting and not self.plan.hurry.is_set():
            self.retries += 1
            self.by_rest(self.waiting[0])

    def catch_up(self, ask: Callable[[int], dict[str, Any]]) -> None:
        """Ask for changes until there are no more."""
        while self.mirror.apply(ask(self.mirror.cursor)):
            pass

    def lose_answer(self) -> None:
        """Raises LostError for an answer that is to get lost on its way."""
        if self.plan.deaf_chance and self.random.random() < self.plan.deaf_chance:
            raise LostError("the answer got lost")

    def give_some_up(self) -> None:
        """The person has closed the app: some messages are never tried again."""
        kept = [act for act in self.waiting if self.random.random() >= GIVE_UP_CHANCE]
        self.waiting = deque(kept)

    def _want_edit(self) -> Act | None:
        if not self.mine:
            return None
        act = self.random.choice(self.mine)
        text = f"{act.client_id} again {self.random.randrange(10**6)}"
        return act._replace(kind="edit", text=text)

    def _want_delete(self) -> Act | None:
        if not self.mine:
            return None
        act = self.random.choice(self.mine)
        self.mine.remove(act)
        return act._replace(kind="delete", text="")

    def _want_hide(self) -> Act | None:
        others = [r for r in self.mirror.recent if r.user_id != self.account.user_id]
        if not others:
            return None
        row = self.random.choice(others)
        return Act(
            self.account.user_id, row.client_id or "", row.conversation_id, "", "hide",
            row.message_id,
        )  # fmt: skip

    def _want_read(self) -> Act | None:
        if not self.mirror.recent:
            return None
        row = self.random.choice(self.mirror.recent)
        return Act(self.account.user_id, "", row.conversation_id, "", "read", seq=row.seq)


def as_event(act: Act) -> tuple[str, dict[str, Any]]:
    """What an act is called on namespace ``/``."""
    if act.kind == "send":
        payload: dict[str, Any] = {
            "conversation_id": act.conversation_id,
            "text": act.text,
            "client_id": act.client_id,
        }
    elif act.kind == "read":
        payload = {"conversation_id": act.conversation_id, "up_to_seq": act.seq}
    else:
        payload = {"message_id": act.message_id}
        payload |= {"text": act.text} if act.kind == "edit" else {}
        payload |= {"scope": "me"} if act.kind == "hide" else {}
    return EVENTS[act.kind], payload


def as_request(act: Act) -> tuple[str, str, dict[str, Any] | None]:
    """The same over REST: method, path, body."""
    if act.kind == "send":
        body = {"text": act.text, "client_id": act.client_id}
        return "POST", f"/conversations/{act.conversation_id}/messages", body
    if act.kind == "read":
        return "POST", f"/conversations/{act.conversation_id}/read", {"up_to_seq": act.seq}
    if act.kind == "edit":
        return "PATCH", f"/messages/{act.message_id}", {"text": act.text}
    scope = "?scope=me" if act.kind == "hide" else ""
    return "DELETE", f"/messages/{act.message_id}{scope}", None
