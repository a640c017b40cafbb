"""Kinds of rows that take part in synchronisation, and the statements that page through them.

A feature registers its kinds in its ``sync.py``. A client receives them through ``sync``. A process
that missed another's announcements sends them to its own connections as events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SQLColumnExpression, bindparam, select, union_all
from sqlalchemy.orm import Session

from app.store.prepared import Prepared, Row
from app.store.types import AnySelect

View = dict[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row, or of change to a row."""

    key: str  # of its list in the response to ``sync``
    item: Any  # the type of an item in that list
    changed: tuple[Prepared, ...]  # pages of a user's rows, each row beginning with its revision
    views: Callable[[Session, int, Rows], list[Any]]  # those rows as the user sees them
    # The events that would have brought the views to the user, given the revision of the page.
    events: Callable[[Session, int, list[Any], int], Iterable[Any]]


KINDS: list[Kind] = []  # in the order in which connections receive them


def takes_part_in_sync(*kinds: Kind) -> None:
    """Registers the kinds of a feature."""
    KINDS.extend(kinds)


def page_of_changes(rows: AnySelect, revision: SQLColumnExpression[Any]) -> AnySelect:
    """Returns a query for the first ``most`` rows with ``after < revision <= until``.

    All three names are parameters of the query.
    """
    return (
        rows.where(revision > bindparam("after"), revision <= bindparam("until"))
        .order_by(revision)
        .limit(bindparam("most"))
    )


def merged(*pages: AnySelect) -> AnySelect:
    """Returns a query that merges such pages by revision, their first column, into ``most`` rows."""
    rows = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return select(rows).order_by(rows.columns[0]).limit(bindparam("most"))
