"""A bad network on purpose: a TCP proxy whose faults can be changed while connections run.

One thread with an event loop. What it may do to the bytes is a :class:`Weather`; what it may do to
connections are methods of :class:`Proxy`.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")
MOST_READ = 65536
SMALL = 512  # bytes at a time where bandwidth is bounded
SLICE_SECONDS = 0.0005
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a RST


@dataclass(frozen=True)
class Weather:
    """Faults of bytes in transit; in both directions alike, unless stated otherwise."""

    delay: float = 0.0  # seconds, each way
    jitter: float = 0.0  # up to so many seconds more or less; order is kept
    bytes_per_second: float | None = None
    slice_bytes: int | None = None  # towards the server, in segments of so many bytes
    stalled: bool = False  # nothing moves; what is sent meanwhile waits in the buffers
    cut_after: tuple[int, int] | None = None  # RST after a random number of bytes to the client


CLEAR = Weather()


@dataclass(eq=False)
class Link:
    """One connection through the proxy."""

    client: socket.socket
    server: socket.socket | None = None
    task: asyncio.Task[None] | None = None
    swallowing: bool = False  # half-open: takes everything, passes nothing on, says nothing
    swallowed_at: float = 0.0
    server_closed_at: float | None = None  # when the server gave up a half-open one
    websocket: bool = False  # or requests of plain HTTP, which may be kept open idle
    budget: int | None = None  # bytes it may still pass to the client

    def close(self, reset: bool) -> None:
        """Close both sides, politely or with a RST."""
        for side in (self.client, self.server):
            if side is not None:
                with suppress(OSError):
                    if reset:
                        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                side.close()


@dataclass(eq=False)
class Proxy(threading.Thread):
    """Listens on ``port``, passes on to ``target``. Use as a context manager."""

    target: int
    seed: str = "proxy"
    weather: Weather = CLEAR  # of all connections; may be replaced at any time
    links: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(name=f"proxy {self.seed}", daemon=True)
        self._dice = random.Random(self.seed)
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._done = asyncio.Event()

    def run(self) -> None:
        """Serve until stopped."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def __enter__(self) -> Proxy:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self.join(10)

    # --- faults of connections, from any thread

    def reset(self, share: float = 1.0) -> int:
        """RST to both sides of a share of the connections; returns how many."""
        return self._do(lambda: self._reset(share))

    def half_close(self, share: float = 1.0) -> int:
        """FIN to the server on a share of the connections, as if the client had no more to say."""
        return self._do(lambda: self._half_close(share))

    def half_open(self) -> list[Link]:
        """From now on the present connections swallow everything, without a word to either side."""
        return self._do(self._half_open)

    # --- in the thread

    def _do(self, work: Callable[[], T]) -> T:
        async def call() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def _chosen(self, share: float) -> list[Link]:
        return [link for link in self.links if not link.swallowing and self._dice.random() < share]

    def _reset(self, share: float) -> int:
        chosen = self._chosen(share)
        for link in chosen:
            if link.task is not None:
                link.task.cancel()
        return len(chosen)

    def _half_close(self, share: float) -> int:
        chosen = [link for link in self._chosen(share) if link.server is not None]
        for link in chosen:
            assert link.server is not None
            with suppress(OSError):
                link.server.shutdown(socket.SHUT_WR)
        return len(chosen)

    def _half_open(self) -> list[Link]:
        chosen = [link for link in self._chosen(2.0) if link.server is not None]
        for link in chosen:
            link.swallowing, link.swallowed_at = True, time.monotonic()
        return chosen

    async def _serve(self) -> None:
        accepting = asyncio.create_task(self._accept())
        await self._done.wait()
        accepting.cancel()
        for link in list(self.links):
            if link.task is not None:
                link.task.cancel()
        await asyncio.gather(
            accepting, *(k.task for k in self.links if k.task), return_exceptions=True
        )
        self._listener.close()

    async def _accept(self) -> None:
        while True:
            client, _address = await self._loop.sock_accept(self._listener)
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(client)
            if self.weather.cut_after is not None:
                link.budget = self._dice.randint(*self.weather.cut_after)
            self.links.append(link)
            link.task = asyncio.create_task(self._carry(link))

    async def _carry(self, link: Link) -> None:
        reset = True
        try:
            link.server = socket.socket()
            link.server.setblocking(False)
            link.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._loop.sock_connect(link.server, ("127.0.0.1", self.target))
            await asyncio.gather(
                self._pump(link, link.client, link.server),
                self._pump(link, link.server, link.client),
            )
            reset = False
        except (OSError, asyncio.CancelledError):
            pass  # the connection ends here, whoever ended it
        finally:
            link.close(reset)
            self.links.remove(link)

    async def _pump(self, link: Link, source: socket.socket, target: socket.socket) -> None:
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        postman: asyncio.Task[None] | None = None
        try:
            while data := await self._take(link, source):
                link.websocket |= b"transport=websocket" in data[:200]
                if self.weather.delay or postman is not None:
                    postman = postman or asyncio.create_task(self._deliver_late(link, target, late))
                    await late.put((self._due(), data))
                else:
                    await self._deliver(link, target, data)
            await late.join()
        finally:
            if postman is not None:
                postman.cancel()
        if not link.swallowing:
            target.shutdown(socket.SHUT_WR)

    async def _take(self, link: Link, source: socket.socket) -> bytes:
        try:
            data = await self._loop.sock_recv(source, MOST_READ)
        except OSError:
            if source is link.server:
                link.server_closed_at = time.monotonic()
            raise
        if not data and source is link.server:
            link.server_closed_at = time.monotonic()
        return data

    def _due(self) -> float:
        jitter = self._dice.uniform(-self.weather.jitter, self.weather.jitter)
        return time.monotonic() + max(0.0, self.weather.delay + jitter)

    async def _deliver_late(
        self, link: Link, target: socket.socket, late: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        try:
            while True:
                due, data = await late.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await self._deliver(link, target, data)
                late.task_done()
        except OSError:
            if link.task is not None:
                link.task.cancel()

    async def _deliver(self, link: Link, target: socket.socket, data: bytes) -> None:
        for piece in self._pieces(data, target is link.server):
            while self.weather.stalled:
                await asyncio.sleep(0.02)
            if link.swallowing:
                return
            if self.weather.bytes_per_second:
                await asyncio.sleep(len(piece) / self.weather.bytes_per_second)
            if target is link.client and link.budget is not None:
                link.budget -= len(piece)
                if link.budget < 0:
                    raise ConnectionResetError
            await self._loop.sock_sendall(target, piece)
            if self.weather.slice_bytes:  # or the next one would arrive together with this one
                await asyncio.sleep(SLICE_SECONDS)

    def _pieces(self, data: bytes, to_server: bool) -> list[bytes]:
        size = self.weather.slice_bytes if to_server else None
        if self.weather.bytes_per_second:
            size = min(size or SMALL, SMALL)
        if size is None:
            return [data]
        return [data[start : start + size] for start in range(0, len(data), size)]
