"""What may wait stands in line, and the loop looks at its sockets in between."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise

PROGRAM = """
from gevent import monkey; monkey.patch_all()
import json, time
import gevent
from gevent import get_hub
from app.transport.loop.turns import SHARE_SECONDS, turns

served, turns_seen, given_way = [], 0, 0

def count_turn():
    global turns_seen
    turns_seen += 1

class Writer:
    def let_run(self):
        global given_way
        given_way += 1
        return False

def work(number):
    if number == 3:
        raise ValueError("one who fails")
    if number == 4:
        gevent.sleep(0.01)  # whoever waits does not hold up the line
    until = time.monotonic() + SHARE_SECONDS / 2
    while time.monotonic() < until:
        pass
    served.append(number)

check = get_hub().loop.check()
check.start(count_turn)
turns.bind(urgent=Writer())
had_time_before = turns.has_time()
for number in range(100):
    turns.spawn(work, number)
had_time_meanwhile = turns.has_time()
before = turns_seen
while len(served) < 99:
    gevent.sleep(0)
gevent.sleep(0)
print(json.dumps({
    "served": served, "turns": turns_seen - before, "given_way": given_way,
    "time_before": had_time_before, "time_meanwhile": had_time_meanwhile,
    "time_afterwards": turns.has_time(),
}))
"""


def test_a_long_line_is_served_a_little_in_each_turn() -> None:
    """Each piece takes half a turn's share: so many pieces take at least so many turns."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    assert sorted(found["served"]) == [n for n in range(100) if n != 3]
    in_line = [n for n in found["served"] if n != 4]
    assert in_line == sorted(in_line), "first come, first served"
    assert found["turns"] >= 30, "others had no turn in between"
    assert found["given_way"] >= 30, "the writer was not let first"
    assert (found["time_before"], found["time_meanwhile"]) == (True, False)
    assert "one who fails" in ran.stderr


WAITING = """
from gevent import monkey; monkey.patch_all()
import json, os, time
import gevent
from gevent import get_hub
import app.transport.loop.turns as line
from app.transport.loop.turns import SHARE_SECONDS, turns

seen, urgent = [], True

def work(name):
    until = time.monotonic() + SHARE_SECONDS / 100
    while time.monotonic() < until:
        pass
    seen.append(name)

class Writer:
    def let_run(self):
        return urgent

def stand(name):
    turns.wait()
    seen.append(name)

turns.wait()  # nobody stands in line: at once
reading, writing = os.pipe()
os.write(writing, b"never read")
io = get_hub().loop.io(reading, 1)
io.start(lambda: seen.append("read"))
turns.bind(urgent=Writer())
turns.spawn(work, "first")
patient = gevent.spawn(stand, "patient")
killed = gevent.spawn(stand, "killed")
gevent.sleep(0)  # both have begun, and stand in line
turns.spawn(work, "last")
killed.kill()
while "last" not in seen:
    gevent.sleep(0.0001)
in_haste = seen[:]
seen.clear()
urgent = False
line.SHARE_SECONDS = 10  # however busy the machine is
for _ in range(3):
    turns.spawn(work, "piece")
while len(seen) < 5:
    gevent.sleep(0.0001)
io.stop()
print(json.dumps({"in_haste": in_haste, "at_leisure": seen}))
"""


def test_messages_come_before_those_in_line_and_news_end_their_turn() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WAITING], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    in_haste = found["in_haste"]
    assert [name for name in in_haste if name != "read"] == ["first", "patient", "last"]
    for before, after in pairwise(in_haste):
        assert "read" in (before, after), "two were served in one turn, though something came first"
    assert in_haste[0] == "read", "the line was served before the sockets"
    assert "piece piece piece" in " ".join(found["at_leisure"]), "a turn took no more than one"
