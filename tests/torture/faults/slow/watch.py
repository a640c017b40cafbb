"""The cost of slow readers: memory, and how long their sockets stay."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.support.server import Server
from tests.torture.checker import Report
from tests.torture.faults import Options

GONE_SECONDS = 5.0
MEGABYTE = 1024 * 1024
MOST_MEMORY = 64 * MEGABYTE


@dataclass(eq=False)
class Watch(threading.Thread):
    """Looks at the server's memory, at how many it has cut, and at its sockets."""

    server: Server
    ports: list[int]  # of the slow readers
    cut: list[float] = field(default_factory=list)  # when the count of cut readers rose
    gone: dict[int, float] = field(default_factory=dict)  # port → when its socket was gone

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.memory_before = self.most_memory = self._memory()
        self._cut_before = self._cut_count()
        self._enough = threading.Event()

    def run(self) -> None:
        """Look all the time; at the metrics less often, they cost the server more."""
        looked = 0.0
        while not self._enough.wait(0.05):
            now = time.monotonic()
            self.most_memory = max(self.most_memory, self._memory())
            open_ports = _peers(self.server.port)
            for port in self.ports:
                if port not in open_ports:
                    self.gone.setdefault(port, now)
            if now - looked > 0.5:
                looked = now
                count = self._cut_count() - self._cut_before
                self.cut += [now] * (count - len(self.cut))

    def wait_until_gone(self, seconds: float) -> None:
        """Until every slow reader's socket is gone from the server, or so long."""
        deadline = time.monotonic() + seconds
        while len(self.gone) < len(self.ports) and time.monotonic() < deadline:
            time.sleep(0.05)  # polling, with a deadline
        time.sleep(0.6)  # one more look at the metrics

    def gone_after(self) -> list[float]:
        """Seconds between each cut and its socket's end."""
        moments = zip(self.cut, sorted(self.gone.values()), strict=False)
        return [max(0.0, gone - cut) for cut, gone in moments]

    def judge(self, report: Report, options: Options) -> None:
        """Cut, gone in time, and no memory for them."""
        cut, wanted = len(self.cut), len(self.ports)
        report.expect("slow readers are cut", cut >= wanted, f"{cut} of {wanted}")
        gone = len(self.gone) == wanted
        report.expect("their TCP connections are gone", gone, f"{len(self.gone)} of {wanted}")
        for seconds in self.gone_after():
            within = seconds <= options.bound(GONE_SECONDS)
            report.expect("gone within 5 s of the cut", within, f"{seconds:.1f} s")
        grown = self.most_memory - self.memory_before
        report.expect(
            "server memory grows by 64 MB at most",
            grown <= MOST_MEMORY,
            f"{grown / MEGABYTE:.0f} MB",
        )

    def _memory(self) -> int:
        status = Path(f"/proc/{self.server.worker_pid()}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def _cut_count(self) -> int:
        text = requests.get(f"{self.server.url}/metrics", timeout=30).text
        name = "palabre_transport_slow_consumers_total "
        line = next(line for line in text.splitlines() if line.startswith(name))
        return int(float(line.removeprefix(name)))

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        self.join()


def _peers(port: int) -> set[int]:
    """Ports at the other end of the server's sockets, in any state of TCP."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote = line.split()[1:3]
        if int(local.split(":")[1], 16) == port:
            found.add(int(remote.split(":")[1], 16))
    return found
