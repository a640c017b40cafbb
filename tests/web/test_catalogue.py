"""The catalogue of sentences that features add to."""

from __future__ import annotations

import pytest

from app.web.catalogue import add_phrases


def test_a_key_that_is_known_is_refused() -> None:
    with pytest.raises(ValueError, match="today"):
        add_phrases({"today": "This day"})
