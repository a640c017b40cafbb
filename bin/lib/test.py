"""The second part of `bin/test`, inside the environment: prepare, run, and sum up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

import browser
import pages
import translations
from say import ROOT, main, step

import examples


def _files_at_once(number: int) -> tuple[str, ...]:
    # In the order of tests/conftest.py: the number of tests in a file is no measure of its duration.
    return ("-n", str(number), "--dist", "loadfile", "--no-loadscope-reorder")


# Most of a run is waiting for servers, so several files at a time, however few the cores. Browsers compute,
# and the torture promises times: neither runs beside the other, nor beside the builds of the examples.
_SERVERS = (*_files_at_once(4), "-m", "not torture and not browser and not examples")
_BROWSERS = (
    *_files_at_once(2), "-m", "browser or examples", "tests/browser", "tests/docs", "tests/examples",
)  # fmt: skip
_TORTURE = (*_files_at_once(2), "-m", "torture", "tests/torture")
_NO_BROWSER = (
    "BROWSER TESTS DID NOT RUN: no Chromium found.\n"
    "Install one (`apt install chromium`, `brew install --cask chromium`), "
    "or name yours: CHROMIUM=/path/to/it bin/test"
)


def test(arguments: Sequence[str]) -> int:
    """Runs the Python tests and, without arguments, the TypeScript tests; returns the exit code."""
    pages.ensure_bundle()
    node = pages.ready_node()
    translations.ensure_compiled()
    chromium = browser.ensure_chromium()

    # Node on the path: some tests drive the server with the official JavaScript client.
    environment = {**node.environment, **({"CHROMIUM": chromium} if chromium else {})}
    if arguments:
        results = {"Python": _pytest(arguments, environment)}
    else:
        results = _everything(node, environment)
    return _sum_up(results, missing_browser=chromium is None)


def _everything(node: pages.NodeTools, environment: Mapping[str, str]) -> dict[str, bool]:
    """Every run is made, whatever became of the one before."""
    building = examples.begin()
    step("Running the tests of the server")
    results = {"Server": _pytest(_SERVERS, environment)}
    building.wait()
    step("Running the tests in browsers")
    results["Browser"] = _pytest(_BROWSERS, environment)
    step("Running a short torture")
    results["Torture"] = _pytest(_TORTURE, environment)
    step("Running the TypeScript tests")
    results["TypeScript"] = node.npm_aloud("test") == 0
    return results


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.call(command, cwd=ROOT, env=environment) == 0


def _sum_up(results: Mapping[str, bool], *, missing_browser: bool) -> int:
    print()
    for name, passed in results.items():
        print(f"  {name + ' tests':<18} {'passed' if passed else 'FAILED'}")
    if missing_browser:
        print(f"\n{_NO_BROWSER}")
    # On a build server, missing browser tests must not go unnoticed.
    incomplete = missing_browser and os.environ.get("CI") == "true"
    return 0 if all(results.values()) and not incomplete else 1


if __name__ == "__main__":
    main(test)
