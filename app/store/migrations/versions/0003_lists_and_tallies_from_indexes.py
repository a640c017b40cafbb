"""Store the search keys of lists, synchronisation and unread totals where an index covers them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_TWO = sa.text("peer_id IS NOT NULL")
OF_GROUPS = sa.text("peer_id IS NULL")

# Conversations other than groups always have the same two participants.
FILL_PEERS = """
UPDATE participants SET
    peer_id = (
        SELECT other.user_id FROM participants AS other
        WHERE other.conversation_id = participants.conversation_id
            AND other.user_id <> participants.user_id
    ),
    activity = (
        SELECT conversations.activity FROM conversations
        WHERE conversations.id = participants.conversation_id
    )
WHERE conversation_id IN (SELECT id FROM conversations WHERE kind <> 'group')
"""
# Changes other than a new message: an edit, a deletion, a status.
FILL_REVISIONS = """
UPDATE participants SET revision = (
    SELECT conversations.revision FROM conversations
    WHERE conversations.id = participants.conversation_id
)
WHERE peer_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM conversations
    WHERE conversations.id = participants.conversation_id
        AND conversations.revision > conversations.activity
        AND conversations.revision > participants.revision
)
"""
FILL_TALLIES = """
INSERT INTO unread_tallies (user_id, unread, group_count)
SELECT participants.user_id,
    SUM(CASE WHEN peer_id IS NULL THEN 0 ELSE last_seq - last_read_seq - unread_skipped END),
    SUM(CASE WHEN peer_id IS NULL THEN 1 ELSE 0 END)
FROM participants JOIN conversations ON conversations.id = participants.conversation_id
WHERE removed_at IS NULL
GROUP BY participants.user_id
"""


def upgrade() -> None:
    op.create_table(
        "unread_tallies",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unread", sa.BigInteger(), nullable=False),
        sa.Column("group_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_unread_tallies_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_unread_tallies")),
    )
    op.add_column("participants", sa.Column("peer_id", sa.BigInteger(), nullable=True))
    op.add_column("participants", sa.Column("activity", sa.BigInteger(), nullable=True))
    for statement in (FILL_PEERS, FILL_REVISIONS, FILL_TALLIES):
        op.execute(statement)
    op.drop_index("ix_participants_read_revision", "participants")
    op.drop_index("ix_participants_user_id", "participants")
    _index("ix_participants_user_peer", "user_id", "peer_id")
    _index("ix_participants_user_read", "user_id", "read_revision")
    _index("ix_participants_peer_read", "peer_id", "read_revision")
    _index("ix_participants_activity", "user_id", "archived", "activity", where=OF_TWO)
    _index("ix_participants_group_read", "conversation_id", "read_revision", where=OF_GROUPS)


def downgrade() -> None:
    for name in ("user_peer", "user_read", "peer_read", "activity", "group_read"):
        op.drop_index(f"ix_participants_{name}", "participants")
    _index("ix_participants_read_revision", "conversation_id", "read_revision")
    _index("ix_participants_user_id", "user_id", "removed_at", "conversation_id")
    op.drop_column("participants", "activity")
    op.drop_column("participants", "peer_id")
    op.drop_table("unread_tallies")


def _index(name: str, *columns: str, where: sa.TextClause | None = None) -> None:
    op.create_index(name, "participants", columns, sqlite_where=where, postgresql_where=where)
