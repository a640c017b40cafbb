"""A process that leaves closes connections that wait for a request, and only those."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = r"""
from gevent import monkey; monkey.patch_all()
import json, logging, socket, time
import gevent
from gevent.pool import Pool
from app.transport.http.handler import RequestHandler
from app.transport.loop.turns import SHARE_SECONDS, turns
from app.transport.http.worker import HTTPServer

def application(environ, start_response):
    start_response("204 No Content", [])
    return []

def take_a_whole_turn():
    until = time.monotonic() + SHARE_SECONDS
    while time.monotonic() < until:
        pass

server = HTTPServer(
    ("127.0.0.1", 0), application=application, spawn=Pool(), handler_class=RequestHandler,
    log=logging.getLogger(),
)
server.start()
asking, idle = (socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(2))
while len(server.handlers) < 2:
    gevent.sleep(0.001)
for _ in range(200):
    turns.spawn(take_a_whole_turn)
asking.sendall(b"GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
while not any(handler.served for handler in server.handlers):
    gevent.sleep(0)
stands_in_line = not turns.has_time()
server.close_idle()
heard = [connection.makefile("rb").read().decode() for connection in (asking, idle)]
print(json.dumps({"stands_in_line": stands_in_line, "asking": heard[0], "idle": heard[1]}))
"""


def test_whoever_stands_in_line_is_answered() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["stands_in_line"], "the line was served before anybody could leave"
    assert found["asking"].startswith("HTTP/1.1 204 "), found["asking"]
    assert found["idle"] == ""
