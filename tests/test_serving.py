"""What begins when a process serves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

COLLECTING = """
from gevent import monkey; monkey.patch_all()
import gc, json
from app.operations import serving

serving._spare_the_collector()
looks = []
gc.callbacks.append(lambda phase, found: looks.append(found["generation"]))

def kept():
    before = gc.get_freeze_count()
    here = [[] for _ in range(5 * serving.YOUNG)]
    return gc.get_freeze_count() - before

def thrown_away():
    before = gc.get_freeze_count()
    for _ in range(5 * serving.YOUNG):
        ring = []
        ring.append(ring)
    return gc.get_freeze_count() - before

print(json.dumps({
    "kept": kept(), "thrown_away": thrown_away(), "young": serving.YOUNG, "looks": looks,
}))
"""


def test_the_collector_looks_at_what_stays_only_once() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", COLLECTING], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    if 0 not in found["looks"]:
        pytest.skip("this Python's collector does not look at what is young by itself")
    assert found["kept"] >= 3 * found["young"]
    # Freed by their counts, what was kept before leaves; nothing is added.
    assert found["thrown_away"] <= 0, "garbage was taken for something that stays"
