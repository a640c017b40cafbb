"""Runs a scenario in a process like the server's: patched by gevent, with a real database.

Pytest's own process must not be patched, because modules that it imported earlier would keep their
blocking locks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.server import ROOT, Template, environment

_RUNNER = """
from gevent import monkey; monkey.patch_all()
import importlib, json, sys
from app import create_app
module, name = sys.argv[1].split(":")
app = create_app()
with app.app_context():
    print("RESULT " + json.dumps(getattr(importlib.import_module(module), name)(app)))
"""


def inside(scenario: str, data_dir: Path, **settings: str) -> Any:
    """Runs ``module:function(app)`` in a new process on a new database; returns its result."""
    if not (data_dir / "palabre.db").exists():
        Template.copy_to(data_dir)
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER, scenario],
        cwd=ROOT,
        env=environment(DATA_DIR=str(data_dir), RATELIMIT_ENABLED="false", **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout + done.stderr
    return json.loads(lines[-1].removeprefix("RESULT "))
