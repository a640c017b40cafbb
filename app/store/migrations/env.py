"""How Alembic reaches the tables: through the application's own engine, in one transaction."""

from __future__ import annotations

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def migrate() -> None:
    """Apply the migrations; SQLite gets its altered tables rebuilt (batch mode)."""
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
