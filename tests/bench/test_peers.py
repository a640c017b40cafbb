"""Who takes its turn where."""

from __future__ import annotations

from bench.peers import PEERS
from bench.workloads import WORKLOADS, Scale

FLASK = PEERS["flask"]


def test_unless_asked_for_a_slow_server_is_left_out_where_it_would_only_take_time() -> None:
    assert FLASK.takes_part("sends", "50", asked_for=False)
    assert FLASK.takes_part("rest", "reads", asked_for=False)
    assert not FLASK.takes_part("sends", "500", asked_for=False)


def test_a_server_that_is_asked_for_does_whatever_it_can() -> None:
    assert FLASK.takes_part("sends", "500", asked_for=True)
    assert not FLASK.takes_part("storm", "5000", asked_for=True)


def test_what_servers_usually_do_is_there_to_be_done() -> None:
    cases = {f"{name} {case.name}" for name, w in WORKLOADS.items() for case in w.cases(Scale())}
    known = cases | set(WORKLOADS)
    assert {name for peer in PEERS.values() for name in peer.usually or ()} <= known
