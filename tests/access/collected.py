"""The rows of the access matrix, collected from the features' tests."""

from __future__ import annotations

from tests.access import other_rows
from tests.support.features import FEATURES, parts
from tests.support.matrix import Row

KINDS = ("EVENTS", "REST", "PAGES")
OTHER = "tests/access/other_rows.py"


def by_place(*kinds: str) -> dict[str, list[Row]]:
    """The rows of some kinds, by the file they stand in."""
    modules = {f"tests/{name}/access_rows.py": part for name, part in parts("access_rows").items()}
    modules[OTHER] = other_rows
    return {
        where: [row for kind in kinds for row in getattr(module, kind, [])]
        for where, module in modules.items()
    }


def rows(kind: str) -> list[Row]:
    """All rows of a kind."""
    return [row for found in by_place(kind).values() for row in found]


def place(module: str) -> str:
    """The file for the rows of a door whose handler or view is in a module of the application."""
    application, folder, *_ = module.split(".")
    feature = folder if application == "app" else ""
    return f"tests/{feature}/access_rows.py" if feature in FEATURES else OTHER
