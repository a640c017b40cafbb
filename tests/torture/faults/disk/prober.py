"""Polls ``/healthz`` without a pause, to measure how long the event loop is blocked."""

from __future__ import annotations

import http.client
import threading
import time
from types import TracebackType

PAUSE_SECONDS = 0.01


class Prober(threading.Thread):
    """A thread with one kept connection; ``/healthz`` touches neither disk nor database."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.seconds: list[float] = []
        self._done = threading.Event()

    @property
    def worst(self) -> float:
        """The longest wait, in seconds."""
        return max(self.seconds)

    def run(self) -> None:
        """Ask at least once, and until told to stop."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._ask(connection)
        while not self._done.wait(PAUSE_SECONDS):
            self._ask(connection)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        began = time.monotonic()
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        self.seconds.append(time.monotonic() - began)

    def __enter__(self) -> Prober:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self.join()
