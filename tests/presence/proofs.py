"""Proofs for presence, which is no part of synchronisation."""

from __future__ import annotations

from tests.support.people import Person
from tests.sync.refetching import Scene, proves, show


def _shows_dora_everywhere(scene: Scene) -> None:
    scene.charlie = Person(scene.server, "Dora")
    show(scene, scene.charlie)


def _dora_is_here(scene: Scene) -> None:
    _shows_dora_everywhere(scene)
    _comes(scene)


def _comes(scene: Scene) -> None:
    scene.charlie.connect()
    scene.marketplace.wait_for("user_online", lambda d: d["user_id"] == scene.charlie.id)


@proves("user_online", synced=False, before=_shows_dora_everywhere)
def _somebody_comes(scene: Scene) -> None:
    _comes(scene)
    _agree_on_presence(scene)


@proves("user_offline", synced=False, before=_dora_is_here)
def _somebody_goes(scene: Scene) -> None:
    scene.charlie.close()
    scene.marketplace.wait_for("user_offline", lambda d: d["user_id"] == scene.charlie.id)
    _agree_on_presence(scene)


def _agree_on_presence(scene: Scene) -> None:
    """``GET /presence`` says what the last event did."""
    told = [name for name, _ in scene.marketplace.heard if name in ("user_online", "user_offline")]
    (found,) = scene.bob.get("/presence", user_ids=str(scene.charlie.id))["items"]
    assert found["online"] == (told[-1] == "user_online")
