"""The marketplace's build: its bundle holds the server's address of this build, whatever was built before."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.examples.conftest import Built

FIRST, SECOND = "http://palabre.invalid", "http://another.invalid"


def test_a_second_build_holds_the_second_address(built: Built, tmp_path: Path) -> None:
    folder = built("marketplace-expo")
    assert _addresses(folder / "dist") == {FIRST}
    shared = tmp_path / "shared"
    shared.mkdir()
    _export(folder, tmp_path / "second", SECOND, shared)
    assert _addresses(tmp_path / "second") == {SECOND}
    # A cache in the temporary folder would reach the builds of other clones.
    assert [path.name for path in shared.iterdir() if path.name.startswith("metro")] == []


def _export(folder: Path, target: Path, address: str, temporary: Path) -> None:
    node = shutil.which("node") or pytest.fail("Expo needs a node on the path")
    command = [node, "node_modules/expo/bin/cli", "export", "--platform", "web"]
    command += ["--max-workers", "1"]  # beside browsers
    done = subprocess.run(
        [*command, "--output-dir", str(target)],
        cwd=folder,
        env={
            **os.environ,
            "EXPO_PUBLIC_SERVER_URL": address,
            "EXPO_NO_TELEMETRY": "1",
            "TMPDIR": str(temporary),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _addresses(export: Path) -> set[str]:
    text = "".join(path.read_text() for path in export.rglob("*.js"))
    return {address for address in (FIRST, SECOND) if address in text}
