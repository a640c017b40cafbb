"""``kill -9`` at random moments under sending clients: the short version of ``bin/torture``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import planted
from tests.torture.run import Options, run

pytestmark = [pytest.mark.system, pytest.mark.torture]


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    options = Options(kills=6, clients=12, followers=4, seed=2, between_seconds=0.3, least=150)

    outcome = run(options, tmp_path)

    assert outcome.report.clean, outcome.table()
    assert len(outcome.ready_seconds) == 6
    # The run has tried what it claims to have tried.
    assert outcome.retries > 0
    assert outcome.report.checked["acknowledged: stored exactly once"] >= 150


@pytest.mark.parametrize(
    ("bug", "kills", "rule"),
    [
        ("ack_before_commit", 1, "acknowledged: stored exactly once"),
        ("no_uniqueness", 0, "acknowledged: stored exactly once"),
        ("seq_reuse", 0, "seq is 1..N"),
    ],
)
def test_the_checker_catches_a_planted_bug(tmp_path: Path, bug: str, kills: int, rule: str) -> None:
    application = planted.application(bug)
    options = Options(
        kills=kills,
        clients=6,
        followers=1,
        seed=5,
        cut_chance=0.3,
        least=100,
        application=application,
    )

    outcome = run(options, tmp_path)

    assert rule in outcome.report.violations, outcome.table()
