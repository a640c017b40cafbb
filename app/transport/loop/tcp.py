"""Sending and closing on sockets whose peer may have stopped reading."""

from __future__ import annotations

import contextlib
import errno
import socket as stdlib_socket
import struct
from typing import Any

import gevent

from app.transport.loop.deadline import at_most, patience

LINGER_SECONDS = 1.0
LINGER_BYTES = 16 * 1024 * 1024


def send_all(sock: Any, data: bytes, seconds: float) -> None:
    """Sends all of *data*, or raises ``OSError(ETIMEDOUT)`` when the peer stalls.

    The usual case is one system call and no timer.

    *seconds* is measured on the event loop's monotonic clock; a socket's own timeout compares
    wall clocks.
    """
    sent = _send_now(sock, data)
    if sent == len(data):
        return
    stalled = OSError(errno.ETIMEDOUT, "the peer stopped reading")
    with gevent.Timeout(patience(seconds, len(data)), stalled):
        sock.sendall(memoryview(data)[sent:])


def _send_now(sock: Any, data: bytes) -> int:
    try:
        sent: int = sock.send(data, 0, 0.0)
    except BlockingIOError:
        return 0
    return sent


def try_send(sock: Any, data: bytes) -> None:
    """Sends *data* if the socket accepts it at once; otherwise drop it."""
    with contextlib.suppress(OSError):
        sock.send(data, 0, 0.0)


def finish_sending(sock: Any) -> None:
    """Sends FIN after the buffered bytes; receiving stays possible."""
    with contextlib.suppress(OSError):
        sock.shutdown(stdlib_socket.SHUT_WR)


def wake_and_shut(sock: Any) -> None:
    """Shuts both directions down: every greenlet waiting on the socket wakes with an error."""
    with contextlib.suppress(OSError):
        sock.shutdown(stdlib_socket.SHUT_RDWR)


def reset(sock: Any) -> None:
    """Turns the next close into an immediate RST: a stalled peer's unread bytes are dropped."""
    with contextlib.suppress(OSError):
        sock.setsockopt(stdlib_socket.SOL_SOCKET, stdlib_socket.SO_LINGER, struct.pack("ii", 1, 0))
    wake_and_shut(sock)


def linger(sock: Any) -> None:
    """Finishes sending, then discards input for a moment.

    Closing with unread input makes the kernel send RST, which can overtake the answer that explains
    the close (RFC 9112 §9.6). Bounded in time and in bytes.
    """
    finish_sending(sock)
    left = LINGER_BYTES
    with at_most(LINGER_SECONDS), contextlib.suppress(OSError):
        while left > 0 and (dropped := len(sock.recv(65536))):
            left -= dropped
