"""Migrations and models describe the same tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.server import Template, flask


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    """The data folder of a migrated database."""
    Template.copy_to(tmp_path)
    return str(tmp_path)


def test_a_migrated_database_needs_no_migration(data_dir: str) -> None:
    """Otherwise the next generated migration would drop what it does not know: the search index."""
    assert "No new upgrade operations" in flask("db", "check", DATA_DIR=data_dir)


def test_a_model_without_a_migration_is_noticed(data_dir: str) -> None:
    application = "tests.store.unmigrated:app"
    with pytest.raises(AssertionError, match=r"add_table.*unmigrated"):
        flask("db", "check", application=application, DATA_DIR=data_dir)
