"""One server for everything made up, and somebody beside whom it happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz import budget
from tests.fuzz.target import Target, Watch, World


def pytest_report_header() -> str | None:
    """The seed of a long run."""
    return None if budget.SEED is None else f"fuzz: FUZZ_SEED={budget.SEED}"


@pytest.fixture(scope="package")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server of its own: what is made up here is in nobody's way."""
    with Target(tmp_path_factory.mktemp("fuzz"), RATELIMIT_ENABLED="false") as running:
        yield running


@pytest.fixture(scope="package")
def world(target: Target) -> Iterator[World]:
    """People who talk, and Mallory among them."""
    made = World(target)
    yield made
    made.close()


@pytest.fixture(scope="package")
def watch(target: Target, world: World) -> Iterator[Watch]:
    """What must be as before, after each example and after the last one."""
    watching = Watch(target, world)
    yield watching
    watching.end()
