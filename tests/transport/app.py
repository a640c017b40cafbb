from gevent import monkey

monkey.patch_all()

# A small Socket.IO application on our engine and worker, for the transport's tests.
# TRANSPORT_OPTIONS holds the engine's options as JSON, so that tests can use short deadlines.

import gc
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import gevent
import socketio
from werkzeug.exceptions import ClientDisconnected

from app.transport.engineio.engine import Engine
from app.transport.engineio.protocols import NoListener
from app.transport.http import handler, worker
from app.transport.loop import deadline
from app.transport.loop.drain import drain

_wall_clock = time.time
_jump = 0.0
time.time = lambda: _wall_clock() + _jump  # what an administrator or NTP does to the clock


class Server(socketio.Server):
    def _engineio_server_class(self) -> type[Engine]:
        return Engine


server = Server(async_handlers=False, **json.loads(os.environ.get("TRANSPORT_OPTIONS", "{}")))
engine: Engine = server.eio
handler.BODY_SECONDS = float(os.environ.get("BODY_SECONDS", handler.BODY_SECONDS))
handler.SEND_SECONDS = float(os.environ.get("SEND_SECONDS", handler.SEND_SECONDS))
deadline.SLOWEST_RATE = int(os.environ.get("SLOWEST_RATE", deadline.SLOWEST_RATE))
worker.HTTPServer.header_seconds = float(os.environ.get("HEADER_SECONDS", 15))
ended: dict[str, str] = {}
heard: list[Any] = []
requests: dict[str, str] = {}
connects: list[str] = []


class Farewells(NoListener):
    def slow_consumer(self, eio_sid: str) -> None:
        farewell = server.packet_class(2, data=["session_ended", "slow_consumer"])
        server._send_packet(eio_sid, farewell)


engine.listener = Farewells()


@server.on("connect")
def connect(sid: str, environ: dict[str, Any], auth: Any) -> None:
    connects.append(sid)
    if auth == "wrong":
        raise socketio.exceptions.ConnectionRefusedError("no")


@server.on("disconnect")
def disconnect(sid: str, reason: str) -> None:
    ended[sid] = reason
    heard.append(f"end of {sid}")


@server.on("echo")
def echo(sid: str, data: Any) -> Any:
    return data


@server.on("number")
def number(sid: str, value: int, pause: float) -> None:
    heard.append(f"begin {value}")
    gevent.sleep(pause)
    heard.append(value)
    server.emit("heard", value, to=sid)


@server.on("flood_me")
def flood_me(sid: str, messages: int, size: int) -> None:
    for _ in range(messages):
        server.emit("flood", "x" * size, to=sid)


@server.on("close_me")
def close_me(sid: str) -> float:
    started = time.monotonic()
    server.emit("session_ended", "token_revoked", to=sid)
    engine.close_connection(server.manager.eio_sid_from_sid(sid, "/"))
    ended["close took"] = str(time.monotonic() - started)
    return 0.0


@server.on("close")
def close(sid: str, other: str) -> None:
    engine.close_connection(server.manager.eio_sid_from_sid(other, "/"))


class Leaving:
    def say_goodbye(self) -> None:
        server.emit("session_ended", "server_restarting")

    def finish(self) -> None:
        path = os.environ.get("STOPPED_FILE")
        if path:
            with open(path, "w") as file:
                file.write(f"finished, /slow was {requests.get('/slow')}")


drain.bind(Leaving())


def state() -> dict[str, Any]:
    return {
        **vars(engine.stats),
        "open": len(engine.open_connections()),
        "sessions": len(engine.sockets),
        "ended": ended,
        "heard": heard,
        "requests": requests,
        "connects": len(connects),
        "rss": _rss(),
        "pid": os.getpid(),
    }


def greenlets() -> int:
    """How many are alive; slow to find out."""
    return sum(isinstance(found, gevent.Greenlet) and bool(found) for found in gc.get_objects())


def garbage() -> dict[str, int]:
    """What only the collector would find, by type; from the first call on it is not called otherwise."""
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    found = Counter(type(thing).__name__ for thing in gc.garbage)
    gc.garbage.clear()
    return found


def work(seconds: float) -> bytes:
    """Like a page that is worked out: nobody else runs meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return b"worked"


def _rss() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def large(start_response: Any) -> Iterator[bytes]:
    """80 MB, more than any buffer takes."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    requests["/large"] = "answering"
    try:
        for _ in range(10_000):
            yield b"x" * 8_000
    finally:
        requests["/large"] = "given up"


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    global _jump
    path, query = environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])
    if path == "/large":
        return large(start_response)
    if path == "/body":
        try:
            body = str(len(environ["wsgi.input"].read())).encode()
        except ClientDisconnected:  # Flask answers it with 400
            body = b"incomplete"
    elif path == "/refuse":
        body = b"not reading that"
    elif path == "/slow":
        requests["/slow"] = "under way"
        try:
            gevent.sleep(float(query["seconds"][0]))
            requests["/slow"] = "done"
        except gevent.GreenletExit:
            requests["/slow"] = "cut"
            raise
        body = b"done"
    elif path == "/work":
        body = work(float(query["seconds"][0]))
    elif path == "/garbage":
        body = json.dumps(garbage()).encode()
    elif path == "/greenlets":
        body = str(greenlets()).encode()
    else:
        if path == "/jump":
            _jump = float(query["seconds"][0])
        body = json.dumps(state()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


app = socketio.WSGIApp(server, application)
