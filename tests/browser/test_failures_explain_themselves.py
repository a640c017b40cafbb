"""A browser test that fails shows the server's log, the page's console and a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.support.people import Person

pytestmark = pytest.mark.browser


def test_a_failure_shows_log_console_and_picture(
    alice: Person, sign_in: Open, request: pytest.FixtureRequest
) -> None:
    tab = sign_in(alice)
    tab.page.evaluate("() => console.info('a clue')")
    failure = pytest.CallInfo.from_call(lambda: pytest.fail("in vain"), "call")
    hook = request.node.ihook.pytest_runtest_makereport
    report: pytest.TestReport = hook(item=request.node, call=failure)
    shown = dict(report.sections)
    log = shown[f"log of {alice.server.url}"]
    assert log.strip() and log in alice.server.log()
    page = shown[f"page {tab.page.url}"]
    assert "info: a clue" in page
    picture = Path(page.splitlines()[-1].removeprefix("picture: "))
    assert picture.read_bytes().startswith(b"\x89PNG")
    picture.unlink()
