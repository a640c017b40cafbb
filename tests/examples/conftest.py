"""The example applications as their users have them: installed, built, in a real browser."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.server import ROOT

# Installing and building an example takes minutes where that was not done before.
_PATIENCE_SECONDS = 900

Built = Callable[[str], Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is one of examples, and may have to wait for a build."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.examples)
            item.add_marker(pytest.mark.timeout(_PATIENCE_SECONDS))


@pytest.fixture(scope="session")
def built() -> Built:
    """``built(name)``: the folder of an example, built from the sources as they are now."""
    return functools.cache(_built)


def _built(name: str) -> Path:
    done = subprocess.run(
        [sys.executable, "bin/lib/examples.py", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "examples" / name
