"""Alembic's environment: migrations run through the application's engine, in one transaction."""

from __future__ import annotations

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def migrate() -> None:
    """Applies the migrations; altered tables are rebuilt on SQLite (batch mode)."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
