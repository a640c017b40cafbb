"""The list of features. Modules of a feature's folder are imported where they exist."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar

from flask import Blueprint
from flask_openapi3.blueprint import APIBlueprint

Found = TypeVar("Found")

# The order of lists of changes and of a connection's first events. Presence precedes sync, so that
# users who connect are online in their own ``ready``.
FEATURES = (
    "accounts",
    "products",
    "conversations",
    "messages",
    "lessons",
    "contacts",
    "presence",
    "sync",
)
# Importing these declares tables, kinds of rows, events, handlers and sentences.
_DECLARING = ("models", "sync", "events", "sockets", "phrases")


def load() -> None:
    """Imports the modules in which features declare things. Commands, REST and pages need it too."""
    for name in _DECLARING:
        for feature in FEATURES:
            _module(feature, name)


def rest_blueprints() -> list[APIBlueprint]:
    """Returns the REST blueprints of all features."""
    return [one for feature in FEATURES for one in _of_type(APIBlueprint, _module(feature, "api"))]


def page_blueprints() -> list[Blueprint]:
    """Returns the blueprints of all features' pages."""
    return [one for feature in FEATURES for one in _of_type(Blueprint, _module(feature, "pages"))]


def _module(feature: str, name: str) -> ModuleType | None:
    path = f"app.{feature}.{name}"
    return importlib.import_module(path) if find_spec(path) else None


def _of_type(kind: type[Found], module: ModuleType | None) -> list[Found]:
    return [one for one in vars(module).values() if isinstance(one, kind)] if module else []
