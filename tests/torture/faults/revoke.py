"""Rights that end while people talk: a sign-in that is ended elsewhere, a member who is taken out."""

from __future__ import annotations

import time

from tests.torture.clients import Account, as_request
from tests.torture.faults import Options, Result
from tests.torture.history import Act
from tests.torture.line import Heard, Line, LostError, rest
from tests.torture.rig import Rig, spread
from tests.torture.world import good, make_group, register, sign_in

WITHIN_SECONDS = 1.0


def run(options: Options) -> Result:
    """50 of each under load; five in the quick version."""
    count = 5 if options.quick else 50
    ended: list[float] = []
    removed: list[float] = []
    with Rig(options, cut_chance=0.0) as rig:
        owner, member = register(rig.server.port, 2)
        rig.wait_for_messages(50)
        for _ in range(count):
            ended.append(_sign_out(rig, member))
            removed.append(_take_out(rig, owner, member))
        for name, found in (("sign-in", ended), ("membership", removed)):
            for seconds in found:
                within = seconds <= rig.options.bound(WITHIN_SECONDS)
                rig.report.expect(f"a {name} ends within 1 s", within, f"{seconds:.2f} s")
        rig.settle()
    figures = {
        "a sign-in's connection closed after": spread(ended, "≤ 1 s"),
        "a member's removal told after": spread(removed, "≤ 1 s"),
    }
    return rig.result("revoke", f"{count} sign-outs elsewhere, {count} removals", **figures)


def _sign_out(rig: Rig, person: Account) -> float:
    """Seconds from asking for the end of a sign-in to the end of its connection."""
    port = rig.server.port
    device = sign_in(port, person)
    line = Line(port, device.token)
    line.ask("sync", {"after": 0})
    began = time.monotonic()
    status, _body = rest(port, device.token, "POST", "/auth/logout")
    assert status == 204, status
    codes = []
    try:
        while time.monotonic() - began < 10 * WITHIN_SECONDS:
            heard = line.read(0.5)
            if heard is not None and heard.event == "session_ended":
                codes.append(heard.payload["code"])
    except LostError:
        pass
    seconds = time.monotonic() - began
    right = codes == ["token_revoked"]
    rig.report.expect("a connection is told that its sign-in ended", right, f"{codes}")
    line.cut()
    return seconds


def _take_out(rig: Rig, owner: Account, member: Account) -> float:
    """Seconds from asking for a removal to the member's hearing of it; nothing is heard after."""
    port = rig.server.port
    conversation_id = make_group(port, [owner, member])
    line = Line(port, member.token)
    line.ask("join_conversation", {"conversation_id": conversation_id})
    _say(rig, owner, conversation_id, "to both")
    heard: list[Heard] = []
    line.ask("sync", {"after": 0}, heard.append)
    told = [h.event for h in heard if h.event == "new_message"]
    rig.report.expect("a member hears the conversation", told == ["new_message"], f"{told}")
    began = time.monotonic()
    path = f"/conversations/{conversation_id}/participants/{member.user_id}"
    status, _body = rest(port, owner.token, "DELETE", path)
    assert status in (200, 204), status
    answered = time.monotonic() - began
    _say(rig, owner, conversation_id, "to nobody")
    heard.clear()
    cursor = line.ask("sync", {"after": 0}, heard.append)["data"]
    after = [h.event for h in heard if h.event in ("new_message", "message_notification")]
    rig.report.expect("a removed member hears nothing more", not after, f"{after}")
    gone = any(h.event == "conversation_removed" for h in heard)
    rig.report.expect("a removed member is told", gone, f"{[h.event for h in heard]}")
    kept = [m for m in cursor["messages"] if m["conversation_id"] == conversation_id]
    rig.report.expect("a removed member syncs nothing of it", not kept, f"{len(kept)} messages")
    line.cut()
    return answered


def _say(rig: Rig, account: Account, conversation_id: int, text: str) -> None:
    act = Act(account.user_id, f"{conversation_id} {text}", conversation_id, text)
    rig.history.note("invoke", "rest", act)
    message = good(rest(rig.server.port, account.token, *as_request(act)))["message"]
    rig.history.note("ok", "rest", act, seq=message["seq"], message_id=message["id"])
