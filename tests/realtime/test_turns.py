"""What may wait stands in line, and the loop looks at its sockets in between."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
from gevent import monkey; monkey.patch_all()
import json, time
import gevent
from gevent import get_hub
from app.realtime.turns import SHARE_SECONDS, turns

served, turns_seen, given_way = [], 0, 0

def count_turn():
    global turns_seen
    turns_seen += 1

def give_way():
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
turns.let_first(give_way)
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
