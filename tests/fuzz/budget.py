"""How much is made up: little and always the same by default, much and at random on request.

``HYPOTHESIS_PROFILE=long bin/test -m fuzz`` makes ``FUZZ_TIMES`` (40) times as many examples, from
a seed that is printed at the start and can be given again as ``FUZZ_SEED``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TIMES = int(os.environ.get("FUZZ_TIMES", "40")) if LONG else 1
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(2**32)) if LONG else None

# A server is asked for each example: how long that takes says nothing about the input, and one
# server serves all of them.
_SUPPRESSED = [
    HealthCheck.too_slow,
    HealthCheck.function_scoped_fixture,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.filter_too_much,
]


def examples(number: int, **more: Any) -> settings:
    """Settings for a test that makes up ``number`` examples, or ``TIMES`` as many."""
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        database=None,
        derandomize=not LONG,
        print_blob=LONG,
        suppress_health_check=_SUPPRESSED,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        **more,
    )


def fuzz(number: int) -> Callable[[Any], Any]:
    """Decorates a test that ``given`` has decorated."""

    def decorate(test: Any) -> Any:
        test = examples(number)(test)
        return test if SEED is None else seed(SEED)(test)

    return decorate


# For ``pytestmark``. A long run has hours; a short one the two minutes of every test.
MARKS = [pytest.mark.fuzz, *([pytest.mark.timeout(4 * 3600)] if LONG else [])]
