"""One scene for the whole matrix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.matrix import Scene
from tests.support.server import Server


@pytest.fixture(scope="package")
def scene(server: Server) -> Iterator[Scene]:
    """Alice, Bob, Charlie and two more, signed in and connected."""
    opened = Scene(server)
    yield opened
    opened.close()
