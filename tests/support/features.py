"""Parts of the features' tests, found by their file's name, for tests that cover every feature."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from types import ModuleType

from tests.support.server import ROOT


def _listed() -> tuple[str, ...]:
    """``FEATURES`` of the application, read without importing it: it patches its process."""
    for node in ast.parse((ROOT / "app" / "features.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FEATURES":
            return tuple(ast.literal_eval(node.value))
    raise AssertionError("app/features.py lists no FEATURES")


FEATURES = _listed()
# The part that every feature has. Others are demanded by the tests that collect them: of a feature
# with doors ``access_rows``, of one with events ``client_state`` and ``proofs``.
NEEDED = ("story",)


@cache
def parts(name: str) -> dict[str, ModuleType]:
    """``tests/<feature>/<name>.py`` by feature, for each feature that has one."""
    return {
        feature: importlib.import_module(f"tests.{feature}.{name}")
        for feature in FEATURES
        if (ROOT / "tests" / feature / f"{name}.py").exists()
    }


def lacking(features: tuple[str, ...] = FEATURES) -> list[str]:
    """Sentences about features whose tests do not hold what every feature's do."""
    return [
        f"tests/{feature}/{name}.py is missing: the tests of every feature have one"
        for name in NEEDED
        for feature in features
        if feature not in parts(name)
    ]
