"""Topics of conversations: each feature registers its own kind.

A kind of conversation (``product``, ``lesson``) has a template for the conversation's header. Kinds
without one (``direct``, ``group``) have no topic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

View = dict[str, Any]
Load = Callable[[Session, int], View | None]


@dataclass(frozen=True)
class Topic:
    """The subject of one conversation, and the template that shows it in the header."""

    template: str
    view: View


@dataclass(frozen=True)
class _Kind:
    template: str
    load: Load | None


_KINDS: dict[str, _Kind] = {}


def register_topic(kind: str, template: str, load: Load | None = None) -> None:
    """Registers ``template`` for conversations of ``kind``; it reads the topic as ``topic.view``.

    ``load`` reads the topic by the conversation's id, and the page's script receives it under the
    kind's name. Without ``load``, the topic is the Conversation's field of that name.
    """
    _KINDS[kind] = _Kind(template, load)


def topic_of(session: Session, conversation: View) -> Topic | None:
    """Returns the topic of a conversation, or ``None``."""
    kind = _KINDS.get(conversation["kind"])
    if kind is None:
        return None
    view = (
        kind.load(session, conversation["id"]) if kind.load else conversation[conversation["kind"]]
    )
    return Topic(kind.template, view) if view else None


def topic_data(conversation: View, topic: Topic | None) -> dict[str, View | None]:
    """Returns the loaded topic for the page's script under its kind; ``None`` under other kinds."""
    loaded = [name for name, kind in _KINDS.items() if kind.load]
    return {name: topic.view if topic and name == conversation["kind"] else None for name in loaded}
