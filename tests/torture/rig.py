"""A server, a crowd that talks to it, and the verdict: what every fault under load is made of."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.support.server import Server
from tests.torture.checker import Report, Row, check, same_list, tell
from tests.torture.clients import Account, Client, Plan
from tests.torture.connected import Connected, PollingClient, WebSocketClient
from tests.torture.fallbacks import PageReader, RestClient
from tests.torture.faults import Options, Result
from tests.torture.history import History
from tests.torture.line import rest
from tests.torture.outsider import Outsider
from tests.torture.state import State, check_acts, check_mirror
from tests.torture.talemy import TalemyClient
from tests.torture.world import World, good, make_world

SETTLE_SECONDS = 90.0
PRESENCE_SECONDS = 70.0
MESSAGES_PER_SECOND = 200.0
MESSAGES_PER_BURST = 2.75  # of a websocket or polling client, on average


@dataclass(frozen=True)
class Crowd:
    """How many clients of each kind."""

    websocket: int = 24
    talemy: int = 6
    polling: int = 8
    rest: int = 6
    pages: int = 6

    @property
    def people(self) -> int:
        """All of them."""
        return self.websocket + self.talemy + self.polling + self.rest + self.pages

    def __str__(self) -> str:
        sockets = f"{self.websocket} websocket, {self.talemy} on /talemy"
        kinds = f"{sockets}, {self.polling} polling, {self.rest} REST"
        return f"{self.people} clients ({kinds}, {self.pages} pages)"


FULL = Crowd()
QUICK = Crowd(websocket=5, talemy=2, polling=2, rest=2, pages=1)


class Rig:
    """Use as a context manager: inside, people talk. Then ``settle()`` and ``result()``."""

    def __init__(
        self,
        options: Options,
        *,
        crowd: Crowd | None = None,
        rate: float | None = None,
        ports: Sequence[int] = (),
        server: Server | None = None,
        watch_presence: bool = False,
        presence_seconds: float = PRESENCE_SECONDS,
        **plan: Any,
    ) -> None:
        self.options = options
        self.crowd = crowd or (QUICK if options.quick else FULL)
        self.rate = rate or (100.0 if options.quick else MESSAGES_PER_SECOND)
        self.ports = ports  # of proxies; clients are dealt out to them
        self.watch_presence = watch_presence
        self.presence_seconds = presence_seconds
        self.report = Report()
        self.history = History()
        self.began = time.monotonic()
        self.server = server or make_server(options)
        self._plan = plan
        self.clients: list[Client] = []
        self.figures: dict[str, str] = {}
        self.world: World

    def __enter__(self) -> Rig:
        self.server.start()
        self.world = make_world(self.server.port, self.crowd.people)
        folder = self.options.folder / "heard"
        folder.mkdir(exist_ok=True)
        senders = self.crowd.people - 0.5 * self.crowd.pages  # a page writes every other time
        pause = senders * MESSAGES_PER_BURST / self.rate
        plan = {"goodbye": self.options.quick, **self._plan}
        self.plan = Plan(self.server.port, self.history, folder, pause, **plan)
        self.outsider = Outsider(self.plan, self.world)
        self.options.say(f"  {self.crowd}, {self.rate:.0f} messages/s, seed {self.options.seed}")
        self._start(self.world.people)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for event in (self.plan.hurry, self.plan.done, self.plan.quiet, self.plan.leave):
            event.set()
        self.history.write(self.options.folder / "history.jsonl")
        stop(self.server)

    def _start(self, people: list[Account]) -> None:
        kinds: list[type[Client]] = [
            *[WebSocketClient] * self.crowd.websocket,
            *[TalemyClient] * self.crowd.talemy,
            *[PollingClient] * self.crowd.polling,
            *[RestClient] * self.crowd.rest,
            *[PageReader] * self.crowd.pages,
        ]
        for number, (kind, account) in enumerate(zip(kinds, people, strict=True)):
            port = self.ports[number % len(self.ports)] if self.ports else None
            seed = f"{self.options.seed}:{kind.kind}:{number}"
            self.clients.append(kind(self.plan, account, seed, port))
        for client in [*self.clients, self.outsider]:
            client.start()

    @property
    def connected(self) -> list[Connected]:
        """The clients that have a connection."""
        return [client for client in self.clients if isinstance(client, Connected)]

    def wait_for_messages(self, more: int, seconds: float = 60.0) -> bool:
        """Until so many more are acknowledged; whether that came about in time."""
        wanted, deadline = self.history.acknowledged + more, time.monotonic() + seconds
        while self.history.acknowledged < wanted and time.monotonic() < deadline:
            time.sleep(0.002)  # polling, with a deadline
        return self.history.acknowledged >= wanted

    def wait_until_back(self, seconds: float = 30.0) -> bool:
        """Until every client with a connection has had one since now; whether it came about."""
        now, deadline = time.monotonic(), time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(c.connects and c.connects[-1] > now for c in self.connected):
                return True
            time.sleep(0.02)  # polling, with a deadline
        return False

    def settle(self, seconds: float = SETTLE_SECONDS) -> Report:
        """Nothing new; everybody retries until answered, catches up, and is looked at."""
        self.options.say(f"  settling, after {time.monotonic() - self.began:.0f} s")
        deadline = time.monotonic() + seconds
        self.plan.done.set()
        self._wait_for("settled", deadline)
        self.plan.quiet.set()
        self._wait_for("finished", deadline)
        self._judge()
        self._hang_up()
        return self.report

    def result(self, fault: str, amount: str, **figures: str) -> Result:
        """What the run came to, with the figures that every run has."""
        stories = tell(self.history.entries).values()
        acked = sum(bool(story.answers) for story in stories)
        kinds = Counter(e.kind for e in self.history.entries if e.action == "ok")
        usual = {
            "messages": f"{len(stories):,} sent, {acked:,} acknowledged",
            "never answered": f"{sum(not s.answers and not s.refusals for s in stories):,}",
            "retries": f"{sum(client.retries for client in self.clients):,}",
            "edits, deletions, reads": ", ".join(
                f"{count:,}" for count in (kinds["edit"], kinds["delete"], kinds["read"])
            ),
            "connections": f"{sum(len(client.connects) for client in self.clients):,}",
            "deliveries": f"{sum(client.mirror.deliveries for client in self.clients):,}",
        }
        ended = Counter(code for client in self.clients for code in client.mirror.ended)
        refused = Counter(e.code for e in self.history.entries if e.action == "fail")
        for name, counted in (("session_ended", ended), ("refused", refused)):
            if counted:
                usual[name] = ", ".join(f"{count:,} {code}" for code, count in counted.items())
        about = f"{amount}; {self.crowd}"
        return Result(fault, about, self.report, {**figures, **self.figures, **usual})

    def _wait_for(self, step: str, deadline: float) -> None:
        for client in [*self.clients, self.outsider]:
            reached = getattr(client, step)
            while not reached.wait(0.02) and time.monotonic() < deadline:
                raise_error_of(client)
            rule = f"every client comes to be {step}"
            self.report.expect(rule, reached.is_set(), client.name)

    # --- the verdict

    def _judge(self) -> None:
        state = State.of(self.server.data_dir)
        left = sum(len(client.waiting) for client in self.clients)
        self.report.expect("every retry was answered in the end", left == 0, f"{left} were not")
        self.report.add(check(self.history.entries, state.rows, state.integrity))
        check_acts(self.report, state, self.history.entries)
        for client in self.clients:
            if isinstance(client, PageReader):
                self.report.add(client.mirror.report)
            else:
                ids = client.account.conversation_ids
                check_mirror(self.report, state, client.mirror, ids)
        self._check_rest(state)
        self.outsider.check(self.report)

    def _check_rest(self, state: State) -> None:
        """What REST tells everybody: lists, and unread counts by conversation and in sum."""
        readers = {c: a for a in self.world.people for c in a.conversation_ids}
        for conversation_id, account in readers.items():
            found = read_by_rest(self.server.port, conversation_id, account.token)
            wanted = state.seen_by(account.user_id, [conversation_id])
            same_list(self.report, "REST gives the database's list", found, wanted)
        for account in self.world.people:
            answer = good(rest(self.server.port, account.token, "GET", "/conversations?limit=100"))
            told = {c["id"]: c["unread_count"] for c in answer["items"]}
            right = {c: state.unread(account.user_id, c) for c in account.conversation_ids}
            sentence = f"{account.user_id} is told {told}, not {right}"
            self.report.expect("unread counts are right", told == right, sentence)

    def _hang_up(self) -> None:
        """Everybody leaves; whether presence follows."""
        connected = {client.account.user_id for client in self.connected}
        if self.watch_presence:
            online = self._online(connected)
            missing = connected - online
            self.report.expect("who is connected is online", not missing, f"{missing} are not")
        self.plan.leave.set()
        for client in [*self.clients, self.outsider]:
            client.join(15)
            raise_error_of(client)
        if self.watch_presence:
            began = time.monotonic()
            deadline = began + self.presence_seconds
            while (left := self._online(connected)) and time.monotonic() < deadline:
                time.sleep(0.2)  # polling, with a deadline
            self.figures["the last to vanish was offline after"] = (
                f"{time.monotonic() - began:.0f} s (≤ 70 s)"
            )
            self.report.expect("who has left is offline within 70 s", not left, f"{left}")

    def _online(self, user_ids: set[int]) -> set[int]:
        ids = ",".join(map(str, sorted(user_ids)))
        token = self.world.outsider.token
        told = good(rest(self.server.port, token, "GET", f"/presence?user_ids={ids}"))
        return {user["user_id"] for user in told["items"] if user["online"]}


def make_server(options: Options, **settings: str) -> Server:
    """A server for a fault, not started yet: no rate limits, tokens that outlive the run."""
    defaults = {
        "RATELIMIT_ENABLED": "false",
        "JWT_ACCESS_TOKEN_EXPIRES": "86400",
        "LOG_LEVEL": "WARNING",
    }
    server = Server(options.folder, **{**defaults, **settings})
    server.application = options.application
    return server


def stop(server: Server) -> None:
    """End it, one way or the other."""
    if server.running:
        try:
            server.stop()
        except Exception:
            server.kill_all()


def raise_error_of(client: Any) -> None:
    """A bug of a client is no verdict about the server."""
    if client.error is not None:
        raise AssertionError(f"client {client.name} failed") from client.error


def read_by_rest(port: int, conversation_id: int, token: str) -> list[Row]:
    """A whole conversation, page by page."""
    rows: list[Row] = []
    after = 0
    while True:
        path = f"/conversations/{conversation_id}/messages?limit=100&after_seq={after}"
        page = good(rest(port, token, "GET", path))
        rows += [
            Row(conversation_id, m["seq"], m["id"], m["sender"]["id"], m["client_id"], m["text"])
            for m in page["items"]
        ]
        if page["next_cursor"] is None:
            return rows
        after = page["items"][-1]["seq"]


def spread(seconds: Sequence[float], bound: str = "") -> str:
    """Median and worst, for the table."""
    if not seconds:
        return "none"
    worst = f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"
    return f"{worst} ({bound})" if bound else worst
