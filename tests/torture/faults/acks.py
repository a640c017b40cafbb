"""Acknowledgements that get lost, and one message sent from two devices by two transports at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.torture.clients import Account, as_event, as_request
from tests.torture.faults import Options, Result
from tests.torture.history import Act
from tests.torture.line import Line, rest
from tests.torture.pipes import PollingPipe
from tests.torture.rig import Rig
from tests.torture.world import make_group, register, sign_in

DEAF_CHANCE = 0.3
Sender = Callable[[Act], dict[str, Any]]  # what a sender of a race is told: the message


def run(options: Options) -> Result:
    """30 % lost under load for 30 s, and 1,000 races; in the quick version 3 s and 40 races."""
    seconds, races = (3.0, 40) if options.quick else (30.0, 1000)
    with Rig(options, deaf_chance=DEAF_CHANCE, cut_chance=0.0) as rig:
        _race(rig, races)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rig.wait_for_messages(50)
        rig.plan.deaf_chance = 0.0
        rig.settle()
    retried = sum(client.retries for client in rig.clients)
    rig.report.expect("lost answers were asked for again", retried > 0, "nothing was retried")
    return rig.result(
        "acks", f"30 % of the answers lost; {races:,} races of one id by four ways at once"
    )


def _race(rig: Rig, races: int) -> None:
    """Two devices of one person, each by socket and by REST: four senders of the same message."""
    port = rig.server.port
    phone, friend = register(port, 2)
    laptop = sign_in(port, phone)
    conversation_id = make_group(port, [phone, friend])
    dice = random.Random(f"{rig.options.seed}:races")
    lines = [Line(port, phone.token), Line(port, laptop.token, PollingPipe(port))]
    senders: list[Sender] = [
        *(_by_line(line) for line in lines),
        _by_rest(port, phone),
        _by_rest(port, laptop),
    ]
    for number in range(races):
        text = f"race {number} " + "x" * dice.choice((0, 100))
        act = Act(phone.user_id, f"race-{number}", conversation_id, text)
        told = _at_once(rig, senders, act)
        same = len({(message["id"], message["seq"]) for message in told}) == 1
        rig.report.expect("all senders of a race are told the same", same, f"{told}")
    for line in lines:
        line.cut()


def _at_once(rig: Rig, senders: list[Sender], act: Act) -> list[dict[str, Any]]:
    start = threading.Barrier(len(senders))
    told: list[dict[str, Any]] = []

    def send(sender: Sender) -> None:
        start.wait(10)
        message = sender(act)
        told.append(message)
        rig.history.note("ok", "race", act, seq=message["seq"], message_id=message["id"])

    rig.history.note("invoke", "race", act)
    threads = [threading.Thread(target=send, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(senders), "a sender of a race got no answer"
    return told


def _by_line(line: Line) -> Sender:
    def send(act: Act) -> dict[str, Any]:
        answer = line.ask(*as_event(act))
        assert answer["ok"], answer
        message: dict[str, Any] = answer["data"]["message"]
        return message

    return send


def _by_rest(port: int, account: Account) -> Sender:
    def send(act: Act) -> dict[str, Any]:
        status, answer = rest(port, account.token, *as_request(act))
        assert status in (200, 201), answer
        message: dict[str, Any] = answer["message"]
        return message

    return send
