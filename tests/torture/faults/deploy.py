"""Deploy after deploy: SIGTERM and start, while people talk."""

from __future__ import annotations

import math
import time

from tests.torture.connected import Connected
from tests.torture.faults import Options, Result
from tests.torture.rig import Rig, spread

EXIT_SECONDS = 10.0
WINDOW_SECONDS = 0.5
BUSIEST_SHARE = 0.5
BACK_SHARE = 0.6  # of the clients: then the next one may come


def run(options: Options) -> Result:
    """50 deploys, or as many as there are minutes for; two in the quick version. Clients come back as
    docs/protocol.md asks.
    """
    deploys = 2 if options.quick else 50
    away = (0.1, 1.0) if options.quick else (1.0, 5.0)
    exits: list[float] = []
    busiest: list[float] = []
    with Rig(options, away=away, cut_chance=0.0) as rig:
        deadline = time.monotonic() + 60 * (options.minutes or math.inf)
        for number in range(1, deploys + 1):
            if time.monotonic() > deadline:
                break
            _wait_until_connected(rig)
            rig.wait_for_messages(20, 10)
            began = time.monotonic()
            exits.append(_deploy(rig))
            _wait_until_connected(rig)
            busiest.append(_busiest(rig, began))
            if number % 10 == 0:
                options.say(f"  {number} deploys, the last left after {exits[-1]:.2f} s")
        rig.settle()
    if not options.quick:
        for share in busiest:
            spread_out = share <= BUSIEST_SHARE
            rig.report.expect("reconnections are spread", spread_out, f"{share:.0%} at once")
    figures = {
        "left after": spread(exits, "≤ 10 s"),
        "knocked in the busiest half-second": f"at most {max(busiest):.0%} of the clients (≤ 50%)",
    }
    return rig.result("deploy", f"{len(exits)} deploys", **figures)


def _deploy(rig: Rig) -> float:
    """Returns the seconds the server took to leave."""
    before = {
        c: (c.line, len(c.mirror.ended), len(c.losses)) for c in rig.connected if c.line is not None
    }
    seconds = rig.server.stop()
    rig.report.expect("leaves within 10 s of SIGTERM", seconds <= EXIT_SECONDS, f"{seconds:.2f} s")
    rig.server.start()
    for client, (line, told, losses) in before.items():
        _wait_until_over(client, line)
        if len(client.losses) == losses:
            continue  # it hung up itself: a call over REST had failed
        codes = client.mirror.ended[told:]
        right = codes[:1] == ["server_restarting"]
        rig.report.expect(
            "every client is told that the server leaves", right, f"{client.name}: {codes}"
        )
    return seconds


def _wait_until_over(client: Connected, line: object) -> None:
    """Until the client has read what was said to it on a connection that is gone."""
    deadline = time.monotonic() + 10.0
    while client.line is line and time.monotonic() < deadline:
        time.sleep(0.01)  # polling, with a deadline


def _wait_until_connected(rig: Rig) -> None:
    deadline = time.monotonic() + 20.0
    wanted = BACK_SHARE * len(rig.connected)
    while sum(c.line is not None for c in rig.connected) < wanted:
        assert time.monotonic() < deadline, "the clients do not come back"
        time.sleep(0.02)  # polling, with a deadline


def _busiest(rig: Rig, since: float) -> float:
    """The largest share of the clients that knocked within half a second.

    Those who knock while the server starts are held by the kernel and let in together, when it is
    ready: a quick start, and not a crowd that was called back at once.
    """
    moments = sorted(m for c in rig.connected for m in c.tries if m > since)
    most = max(
        sum(start <= m < start + WINDOW_SECONDS for m in moments) for start in moments or [0.0]
    )
    return most / len(rig.connected)
