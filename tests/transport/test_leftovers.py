"""What a connection leaves behind when it has ended: nothing that the collector would have to find.

Collecting stops the event loop for everybody, and thousands may end at once.
"""

from __future__ import annotations

from tests.transport.server import RawWebSocket, serving, wait_for

COUNT = 30


def test_connections_that_have_ended_leave_nothing_to_the_collector(transport: str) -> None:
    with serving(transport=transport) as server:
        joined = [RawWebSocket.joined(server) for _ in range(COUNT)]
        server.get("/garbage")
        joined += [RawWebSocket.joined(server) for _ in range(COUNT)]
        for ws in joined:
            ws.event("echo", "hello", ack=1)
            assert ws.receive() == '431["hello"]'
        for ws in joined[::2]:
            ws.send("1")  # says goodbye
        for ws in joined:
            ws.close()
        wait_for("end of all sessions", lambda: server.state()["sessions"] == 0)
        found = server.get("/garbage")
    # A handful of anything is nobody's trouble; one for every connection is.
    assert [name for name, count in found.items() if count >= COUNT // 2] == []
