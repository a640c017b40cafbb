"""Search by a part of a name: with its index, and on a database that could not make one."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.people import Person
from tests.support.server import Server, flask

OFFERED = ("Kora, 21 strings", "50% off: \"Balafon\" 'n' _more_", "The Kora Player", "王伟 的 二胡")
# No capital É: SQLite compares only the letters of ASCII without their case, where the index does all.
LETTERS = "abEé王 \"'%_-*"


@pytest.fixture(scope="module", params=["indexed", "compared"])
def seller(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Alice, on a server of her own; without the index it is as after an upgrade that had no FTS5."""
    server = Server(tmp_path_factory.mktemp(request.param), RATELIMIT_ENABLED="false")
    server.application = Server.QUICK
    if request.param == "compared":
        _forget_indexes(server.data_dir / "palabre.db")
    with server:
        person = Person(server, "Alice")
        _offer(person, *OFFERED)
        yield person
        person.close()


def _forget_indexes(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for index in ("user_names", "product_titles"):
            for when in ("insert", "update", "delete"):
                connection.execute(f"DROP TRIGGER {index}_{when}")
            connection.execute(f"DROP TABLE {index}")


def _offer(seller: Person, *titles: str) -> dict[str, int]:
    return {title: seller.post("/products", {"title": title})["id"] for title in titles}


def _titles(seller: Person, q: str, **params: Any) -> list[str]:
    return [product["title"] for product in seller.get("/products", q=q, **params)["items"]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("ora", ["The Kora Player", "Kora, 21 strings"]),
        ("KORA", ["The Kora Player", "Kora, 21 strings"]),
        ("kora play", ["The Kora Player"]),
        (" 21 strings ", ["Kora, 21 strings"]),
        ("ko", ["The Kora Player", "Kora, 21 strings"]),
        ("k", ["The Kora Player", "Kora, 21 strings"]),
        ("or", []),
        ("the", ["The Kora Player"]),
        ("50%", ["50% off: \"Balafon\" 'n' _more_"]),
        ('"balafon"', ["50% off: \"Balafon\" 'n' _more_"]),
        ("_m", ["50% off: \"Balafon\" 'n' _more_"]),
        ("%", []),
        ("***", []),
        ("王伟", ["王伟 的 二胡"]),
        ("二", ["王伟 的 二胡"]),
    ],
)
def test_one_or_two_letters_begin_a_word_and_more_stand_anywhere(
    seller: Person, q: str, found: list[str]
) -> None:
    assert _titles(seller, q) == found


def test_what_is_found_is_what_everybody_would_find_by_reading(seller: Person) -> None:
    chance = random.Random(7)
    titles = {"".join(chance.choices(LETTERS, k=chance.randint(1, 9))).strip() for _ in range(150)}
    _offer(seller, *sorted(titles - {""}))
    everything = _all(seller, "")
    for length in (1, 2, 3, 4) * 15:
        q = "".join(chance.choices(LETTERS, k=length)).strip()
        if q:
            assert _all(seller, q) == [title for title in everything if _holds(title, q)], q


def _holds(title: str, q: str) -> bool:
    return (q if len(q) > 2 else f" {q}").lower() in f" {title}".lower()


def _all(seller: Person, q: str) -> list[str]:
    """Every page."""
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while cursor is not None:
        page = seller.get("/products", limit=7, **({"q": q} if q else {}), **cursor)
        found += [product["title"] for product in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None  # type: ignore[assignment]
    return found


def test_a_new_title_is_found_and_the_old_one_no_more(seller: Person) -> None:
    (number,) = _offer(seller, "Ngoni of before").values()
    seller.patch(f"/products/{number}", {"title": "Balafon of today"})
    assert _titles(seller, "of before") == []
    assert _titles(seller, "of today") == ["Balafon of today"]


def test_capitals_with_accents_are_found_by_the_index_alone(seller: Person) -> None:
    _offer(seller, "ÉCOLE de kora")
    indexed = "indexed" in str(seller.server.data_dir)
    assert bool(_titles(seller, "école")) is indexed


def test_people_are_found_by_id_and_page_by_page(seller: Person) -> None:
    others = [Person(seller.server, f"Zora{number}") for number in range(5)]
    names, cursor = [], "0"
    while cursor:
        page = seller.get("/users", q="zo", limit=2, cursor=cursor)
        names += [user["name"] for user in page["items"]]
        cursor = page["next_cursor"]
    assert names == [person.name for person in others]
    for person in others:
        person.close()


def test_one_seller_s_products_are_searched_too(seller: Person) -> None:
    bob = Person(seller.server, "Bob")
    _offer(seller, "A drum of hers")
    _offer(bob, "A drum of his")
    assert _titles(seller, "drum of", owner_id=bob.id) == ["A drum of his"]
    assert _titles(seller, "drum of") == ["A drum of his", "A drum of hers"]
    bob.close()


def test_an_upgrade_finds_those_who_were_there_before(tmp_path: Path) -> None:
    server = Server(tmp_path, RATELIMIT_ENABLED="false")
    server.application = Server.QUICK
    with server:
        alice = Person(server, "Alice")
        _offer(alice, "From before")
        alice.close()
    flask("db", "downgrade", "0003", DATA_DIR=str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "palabre.db")) as connection:
        left = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%_names%'")
        assert left.fetchall() == []
    flask("db", "upgrade", DATA_DIR=str(tmp_path))
    with server:
        bob = Person(server, "Bob")
        assert _titles(bob, "before") == ["From before"]
        assert [user["name"] for user in bob.get("/users", q="ali")["items"]] == ["Alice"]
        bob.close()
