"""Alembic's environment: migrations run through the application's engine, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.script import ScriptDirectory
from flask import current_app

# Of migration 0004; SQLite adds tables of its own, named after them.
SEARCH_TABLES = ("user_names", "product_titles")
db = current_app.extensions["migrate"].db


def migrate() -> None:
    """Applies the migrations; altered tables are rebuilt on SQLite (batch mode)."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=_is_of_models,
            process_revision_directives=_number,
        )
        with context.begin_transaction():
            context.run_migrations()


def _is_of_models(
    _object: Any, name: str | None, _kind: Any, _reflected: bool, _compared_with: Any
) -> bool:
    """Leaves the search index alone: a migration made its tables and indexes, and no model has them."""
    return not (name or "").removeprefix("ix_").startswith(SEARCH_TABLES)


def _number(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Names a new migration by its place: 0005 after 0004."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    count = len(list(scripts.walk_revisions()))
    for directive in directives:
        directive.rev_id = f"{count + 1:04d}"


migrate()
