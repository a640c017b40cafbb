"""Bad networks, a different one for each part of the crowd, all at the same time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.torture.faults import Options, Result
from tests.torture.faults.network.proxy import CLEAR, Link, Proxy, Weather
from tests.torture.rig import Rig, make_server, spread

HALF_OPEN_SECONDS = 70.0
# Whose clients are on which network; every kind of client is on each.
SHARES = (
    "cuts", "storm", "half-open", "late", "cuts", "slow", "slices", "half-open", "late", "storm",
)  # fmt: skip
WEATHERS = {
    "late": Weather(delay=0.3, jitter=0.2),
    "slow": Weather(bytes_per_second=8192),
    "slices": Weather(slice_bytes=1),
}


def run(options: Options) -> Result:
    """Cuts of 1, 10 and 60 seconds; in the quick version of one."""
    server = make_server(options)
    names = sorted(set(SHARES))
    with ExitStack() as stack:
        proxies = {
            name: stack.enter_context(Proxy(server.port, f"{options.seed}:{name}"))
            for name in names
        }
        ports = [proxies[name].port for name in SHARES]
        rig = stack.enter_context(
            Rig(options, server=server, ports=ports, away=(0.1, 1.0), cut_chance=0.0)
        )
        rig.wait_for_messages(50 if options.quick else 500)  # everybody is there
        storm = Storm(options, proxies)
        storm.blow()
        rig.settle(180.0)
        storm.check(rig)
        return rig.result("network", storm.amount, **storm.figures)


class Storm:
    """A timetable; each network follows its own in a thread of its own."""

    def __init__(self, options: Options, proxies: dict[str, Proxy]) -> None:
        self.options = options
        self.proxies = proxies
        self.resets = self.half_closed = 0
        self.lost: list[Link] = []
        self.open: list[Link] = []
        self.cuts = (1.0,) if options.quick else (1.0, 10.0, 60.0)
        self.storms = 4 if options.quick else 40

    @property
    def amount(self) -> str:
        """For the table."""
        cuts = ", ".join(f"{seconds:.0f}" for seconds in self.cuts)
        return (
            f"cuts of {cuts} s; {self.resets} resets and {self.half_closed} half-closes in "
            f"{self.storms} storms; {len(self.open)} half-open websockets; 300 ± 200 ms; 8 KB/s; 1-byte slices"
        )

    @property
    def figures(self) -> dict[str, str]:
        """For the table."""
        seen = [
            link.server_closed_at - link.swallowed_at
            for link in self.open
            if link.server_closed_at is not None
        ]
        return {} if self.options.quick else {"half-open seen after": spread(seen, "≤ 70 s")}

    def blow(self) -> None:
        """Everything at once; returns when the weather is clear again."""
        for name, weather in WEATHERS.items():
            self.proxies[name].weather = weather
        plans: list[Callable[[], None]] = [self._cut, self._reset, self._lose]
        threads = [threading.Thread(target=plan) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for proxy in self.proxies.values():
            proxy.weather = CLEAR

    def check(self, rig: Rig) -> None:
        """Half-open connections were seen in time, and everything was really tried."""
        tried = self.resets > 0 and any(link.websocket for link in self.lost)
        rig.report.expect("the network was really bad", tried, f"{self.resets} resets")
        if self.options.quick:
            return
        for link in self.open:
            after = (link.server_closed_at or float("inf")) - link.swallowed_at
            sentence = f"after {after:.0f} s"
            rig.report.expect("half-open is seen within 70 s", after <= HALF_OPEN_SECONDS, sentence)

    def _cut(self) -> None:
        for seconds in self.cuts:
            time.sleep(1.5 if self.options.quick else 4.0)
            self.options.say(f"  cut of {seconds:.0f} s")
            self.proxies["cuts"].weather = Weather(stalled=True)
            time.sleep(seconds)
            self.proxies["cuts"].weather = CLEAR

    def _reset(self) -> None:
        dice = random.Random(f"{self.options.seed}:storm")
        proxy = self.proxies["storm"]
        for number in range(self.storms):
            proxy.weather = dice.choice((CLEAR, Weather(cut_after=(1000, 100_000))))
            time.sleep(dice.uniform(0.3, 2.0 if not self.options.quick else 1.0))
            if number % 4 == 3:
                self.half_closed += proxy.half_close(0.5)
            else:
                self.resets += proxy.reset(dice.choice((0.3, 1.0)))

    def _lose(self) -> None:
        time.sleep(1.0)
        self.lost = self.proxies["half-open"].half_open()
        # Idle HTTP connections are lost too; they put no user online.
        self.open = [link for link in self.lost if link.websocket]
        self.options.say(
            f"  {len(self.lost)} connections are half-open, {len(self.open)} websockets"
        )
        deadline = time.monotonic() + (0.0 if self.options.quick else HALF_OPEN_SECONDS)
        while time.monotonic() < deadline:
            if all(link.server_closed_at is not None for link in self.open):
                return
            time.sleep(0.1)  # polling, with a deadline
