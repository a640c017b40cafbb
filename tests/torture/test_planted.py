"""The checker, checked: a server with a bug put in on purpose is found out, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.torture.checker import Report
from tests.torture.faults import Options
from tests.torture.faults.checker import AT_ONCE, with_bug
from tests.torture.planted import BUGS

pytestmark = [pytest.mark.system, pytest.mark.torture, pytest.mark.timeout(300)]

Runs = dict[str, Future[Report]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """All of them, two at a time: most of each is waiting."""
    options = Options(folder=tmp_path_factory.mktemp("planted"), quick=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(with_bug, name, options) for name in BUGS}


@pytest.mark.parametrize("name", BUGS)
def test_the_checker_catches_a_planted_bug(runs: Runs, name: str) -> None:
    report = runs[name].result()

    assert BUGS[name].rule in report.violations, report.table()
