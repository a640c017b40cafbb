"""The transport's tests run on both transports: on watchers of the event loop, and on greenlets."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", params=["watchers", "greenlets"])
def transport(request: pytest.FixtureRequest) -> str:
    """What serves a WebSocket, as the setting TRANSPORT says it."""
    name: str = request.param
    return name
