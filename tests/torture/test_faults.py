"""Every fault under talking clients, a few seconds each: ``bin/torture`` is the long version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.server import Server
from tests.torture import faults
from tests.torture.faults import Options, Result

# A fault may have to wait for the two before it.
pytestmark = [pytest.mark.system, pytest.mark.torture, pytest.mark.timeout(300)]

AT_ONCE = 2
Test = Callable[..., None]
Runs = dict[str, Future[Result]]


def of(name: str) -> Callable[[Test], Test]:
    """Which fault a test looks at."""

    def mark(test: Test) -> Test:
        test.fault = name  # type: ignore[attr-defined]
        return test

    return mark


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs]:
    """The faults of the chosen tests, two at a time: most of each is waiting."""
    names = [getattr(item.function, "fault", None) for item in request.session.items]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            name: pool.submit(_run, name, tmp_path_factory.mktemp(name)) for name in names if name
        }


@pytest.fixture
def checked(request: pytest.FixtureRequest, runs: Runs) -> Counter[str]:
    """Rule → how often it was applied, after a run in which every rule held."""
    result = runs[request.function.fault].result()
    if result.skipped:
        pytest.skip(result.skipped)
    assert result.report.clean, result.report.table()
    return result.report.checked


def _run(name: str, folder: Any) -> Result:
    return faults.run(name, Options(folder, seed=2, quick=True, application=Server.QUICK))


@of("kill")
def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(checked: Counter[str]) -> None:
    assert checked["integrity_check after each kill"] == 3
    assert checked["acknowledged: stored exactly once"] >= 50
    assert checked["an outsider cannot read"] > 0


@of("deploy")
def test_a_deploy_tells_everybody_and_loses_nothing(checked: Counter[str]) -> None:
    assert checked["leaves within 10 s of SIGTERM"] == 2
    assert checked["every client is told that the server leaves"] >= 8


@of("pause")
def test_a_pause_loses_nothing_and_calls_nobody_back(checked: Counter[str]) -> None:
    assert checked["no stampede after a pause"] == 2


@of("network")
def test_everybody_converges_after_a_bad_network(checked: Counter[str]) -> None:
    assert checked["the network was really bad"] == 1
    assert checked["every participant holds the database's list"] > 0


@of("slow")
def test_slow_readers_are_cut_and_others_hear_everything(checked: Counter[str]) -> None:
    assert checked["slow readers are cut"] == 2
    assert checked["a joined conversation is told without a gap"] > 1000


@of("outbox")
def test_an_outbox_that_is_flushed_twice_is_stored_once_and_in_order(checked: Counter[str]) -> None:
    assert checked["an outbox is stored once and in order"] == 3


@of("acks")
def test_a_message_whose_answer_got_lost_is_stored_once(checked: Counter[str]) -> None:
    assert checked["all senders of a race are told the same"] == 40
    assert checked["lost answers were asked for again"] == 1


@of("revoke")
def test_rights_end_at_once_while_people_talk(checked: Counter[str]) -> None:
    assert checked["a sign-in ends within 1 s"] == 5
    assert checked["a removed member hears nothing more"] == 5


@of("clock")
def test_a_clock_that_jumps_disconnects_nobody(checked: Counter[str]) -> None:
    assert checked["no mass disconnect when the clock jumps"] == 2
