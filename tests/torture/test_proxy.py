"""The bad network itself: each fault of the proxy is what it says."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.support.people import eventually
from tests.torture.faults.network.proxy import Proxy, Weather

pytestmark = [pytest.mark.torture]


class Ends:
    """Both ends of one connection through a proxy."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = Proxy(self.listener.getsockname()[1])

    def connect(self) -> None:
        """Open it; the proxy's weather is that of this moment."""
        self.client = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=10)
        self.server, _ = self.listener.accept()
        self.server.settimeout(10)

    def arrives(self, data: bytes) -> bytes:
        """What comes out at the server of what the client sends."""
        self.client.sendall(data)
        got = b""
        while len(got) < len(data):
            got += self.server.recv(65536)
        return got


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    with made.proxy:
        made.connect()
        yield made
        made.client.close()
        made.server.close()
    made.listener.close()


def test_in_clear_weather_everything_passes_and_an_end_is_an_end(ends: Ends) -> None:
    data = bytes(range(256)) * 4000

    assert ends.arrives(data) == data
    ends.server.sendall(b"answer")
    assert ends.client.recv(100) == b"answer"
    ends.client.close()
    assert ends.server.recv(100) == b""


def test_delay_comes_late_and_in_order(ends: Ends) -> None:
    ends.proxy.weather = Weather(delay=0.1, jitter=0.09)
    began = time.monotonic()
    for number in range(50):
        ends.client.sendall(b"%04d" % number)

    got = b""
    while len(got) < 200:
        got += ends.server.recv(65536)
    assert got == b"".join(b"%04d" % number for number in range(50))
    assert time.monotonic() - began >= 0.1


def test_nothing_overtakes_when_a_delay_ends(ends: Ends) -> None:
    ends.proxy.weather = Weather(delay=0.2)
    ends.client.sendall(b"first ")
    time.sleep(0.05)  # it is on its way
    ends.proxy.weather = Weather()

    assert ends.arrives(b"second")[:6] == b"first "


def test_bandwidth_is_bounded(ends: Ends) -> None:
    ends.proxy.weather = Weather(bytes_per_second=20_000)
    began = time.monotonic()

    assert len(ends.arrives(b"x" * 4000)) == 4000
    assert time.monotonic() - began >= 0.19


def test_slices_come_one_byte_at_a_time(ends: Ends) -> None:
    ends.proxy.weather = Weather(slice_bytes=1)
    ends.client.sendall(b"hello")

    got = ends.server.recv(100)
    assert len(got) < 5
    while len(got) < 5:
        got += ends.server.recv(100)
    assert got == b"hello"


def test_a_stall_holds_everything_and_then_lets_it_go(ends: Ends) -> None:
    ends.proxy.weather = Weather(stalled=True)
    ends.client.sendall(b"waiting")
    ends.server.settimeout(0.2)
    with pytest.raises(TimeoutError):
        ends.server.recv(100)

    ends.proxy.weather = Weather()
    ends.server.settimeout(10)
    assert ends.server.recv(100) == b"waiting"


def test_half_open_swallows_without_a_word_and_notices_who_gives_up(ends: Ends) -> None:
    (link,) = ends.proxy.half_open()
    ends.client.sendall(b"into the void")
    ends.server.settimeout(0.2)
    with pytest.raises(TimeoutError):
        ends.server.recv(100)

    ends.server.close()
    eventually(lambda: link.server_closed_at is not None)


def test_a_half_close_ends_one_direction_only(ends: Ends) -> None:
    assert ends.proxy.half_close() == 1

    assert ends.server.recv(100) == b""
    ends.server.sendall(b"still here")
    assert ends.client.recv(100) == b"still here"


def test_a_reset_is_a_reset_on_both_sides(ends: Ends) -> None:
    assert ends.proxy.reset() == 1

    for end in (ends.client, ends.server):
        with pytest.raises(ConnectionResetError):
            end.recv(100)


def test_a_connection_is_cut_at_a_byte(ends: Ends) -> None:
    ends.proxy.weather = Weather(cut_after=(10, 10))
    first = (ends.client, ends.server)
    ends.connect()
    ends.server.sendall(b"x" * 10)
    assert ends.client.recv(100) == b"x" * 10

    ends.server.sendall(b"y")
    with pytest.raises(ConnectionResetError):
        ends.client.recv(100)
    for end in first:
        end.close()
