"""Visits of the pages of accounts."""

from __future__ import annotations

from tests.web.browser import Browser
from tests.web.world import NOBODY, Visit, World, opened


def _refused(path: str) -> Visit:
    def visit(world: World) -> Browser:
        form = world.nobody.open(path).one("form", class_="form")
        world.nobody.submit(form, email="alice", password="short")
        return world.nobody

    return visit


VISITS = {
    "sign in": opened(NOBODY, "/sign-in"),
    "sign in, refused": _refused("/sign-in"),
    "sign up": opened(NOBODY, "/sign-up"),
    "sign up, refused": _refused("/sign-up"),
    "account": opened("Alice", "/account"),
    "account with a blocked person": opened("Bob", "/account"),
}
