"""The inbox in Chromium with a cold cache: its first paint, its size, and when it is interactive.

Interactive means connected and caught up, as the page itself states (`data-live` on its root).
"""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.driver import Figures
from bench.peers.server import Running
from bench.places import GENERATOR_CORE, Missing
from bench.processes import family, put_first
from bench.tokens import token_of
from bench.workloads import rest
from bench.workloads.case import Case, Scale, Workload

LOADS = 5  # per turn, each in a browser context of its own
_PATIENCE_MS = 15_000

_WATCH = """{
  window.seen = { shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => {
    if (document.documentElement?.dataset.live === "true") window.seen.live ??= performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-live"] });
}"""
_READ = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    live_ms: window.seen.live, shift: window.seen.shift,
    response_ms: page.responseEnd, parsed_ms: page.domInteractive, paint_ms: paint?.startTime,
    rows: document.querySelectorAll("#conversation-list > li").length,
  };
}"""


class PageLoad(Workload):
    """A user with 40 conversations opens their inbox for the first time."""

    name = "page"
    title = "Page load"

    def cases(self, scale: Scale) -> Sequence[Case]:
        plan = rest.circle(rest.PEOPLE, rest.NEIGHBOURS, rest.MESSAGES)

        def measure(server: Running) -> dict[str, Figures]:
            return {"inbox of forty conversations, cold cache": _open_inbox(server)}

        return [Case("inbox", plan, measure)]


def _open_inbox(server: Running) -> Figures:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise Missing("Chromium is needed to load a page: apt install chromium")
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {GENERATOR_CORE})  # the browser inherits it
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            for process in family(os.getpid()):
                put_first(process)  # a browser begins a session of its own
            loads = [_load(browser, server, user) for user in range(1, LOADS + 2)]
            browser.close()
    finally:
        os.sched_setaffinity(0, cores)
        put_first(os.getpid(), 0)
    measured = loads[1:]  # the first load also starts the browser's processes
    return {
        name: statistics.median(load[name] for load in measured)
        for name in (
            "live_ms",
            "shift",
            "response_ms",
            "parsed_ms",
            "paint_ms",
            "rows",
            "script_bytes",
        )
    } | {"live_slowest_ms": max(load["live_ms"] for load in measured)}


def _load(browser: Browser, server: Running, user: int) -> dict[str, Any]:
    base = f"http://127.0.0.1:{server.port}"
    context = browser.new_context()
    context.add_cookies([{"name": "access_token_cookie", "value": token_of(user), "url": base}])
    context.add_init_script(_WATCH)
    page = context.new_page()
    scripts: list[bytes] = []
    page.on(
        "response",
        lambda r: scripts.append(r.body()) if r.request.resource_type == "script" else None,
    )
    page.goto(f"{base}/conversations")
    page.wait_for_selector("html[data-live=true]", state="attached", timeout=_PATIENCE_MS)
    page.wait_for_timeout(300)  # late layout shifts are included
    found: dict[str, Any] = page.evaluate(_READ)
    context.close()
    return found | {"script_bytes": sum(len(gzip.compress(script, 6)) for script in scripts)}
