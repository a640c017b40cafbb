"""What the tests of whole conversations share."""

from __future__ import annotations

import pytest

from tests.support.people import Person


@pytest.fixture
def direct(alice: Person, bob: Person) -> int:
    """A conversation of Alice and Bob."""
    conversation_id: int = alice.post("/conversations", {"recipient_id": bob.id})["id"]
    return conversation_id
