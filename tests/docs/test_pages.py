"""The pages of ``docs/`` lead where they say: to each other, and to files that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.server import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
_FOLDERS = ("app", "bin", "tests", "docs", "clients/typescript/src")


def _names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def _files() -> tuple[str, ...]:
    """Every file that a page may name, and those at the top."""
    found = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(f"/{path.relative_to(ROOT)}" for path in [*found, *ROOT.iterdir()])


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        target, _, anchor = link.partition("#")
        if re.match(r"\w+:", link):
            continue  # somebody else's site
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_file_it_names_exists(page: Path) -> None:
    named = re.findall(r"`([\w./-]+\.(?:py|md|ts|sql|toml))`", page.read_text())
    missing = [name for name in named if not any(f.endswith(f"/{name}") for f in _files())]
    assert missing == []


def _anchors(file: Path) -> set[str]:
    """The headings of a page, as GitHub and GitLab make anchors of them: numbered from the second
    use of a name.
    """
    headings = re.findall(r"(?m)^#{1,4} (.+)$", file.read_text())
    slugs = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]
    uses = [slugs[:place].count(slug) for place, slug in enumerate(slugs)]
    return {f"{slug}-{n}" if n else slug for slug, n in zip(slugs, uses, strict=True)}
