"""Schemas of the input to conversations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.contract.inputs import Count, Id, Input, PageQuery, Parameters, Title


class OpenConversation(Input):
    """``POST /conversations``: about a product, with a person, or a titled group."""

    product_id: Id | None = None
    recipient_id: Id | None = None
    participant_ids: Annotated[list[Id], Field(min_length=1, max_length=999)] | None = None
    title: Title | None = None

    @model_validator(mode="after")
    def _one_target(self) -> OpenConversation:
        targets = (self.product_id, self.recipient_id, self.participant_ids)
        if sum(target is not None for target in targets) != 1:
            raise ValueError("give exactly one of product_id, recipient_id, participant_ids")
        if (self.participant_ids is None) != (self.title is None):
            raise ValueError("give title and participant_ids together")
        return self


class ChangeConversation(Input):
    """``PATCH /conversations/{id}``: changes only the fields that are present."""

    archived: bool | None = None
    muted: bool | None = None
    status: Literal["open", "closed"] | None = None

    @model_validator(mode="after")
    def _something(self) -> ChangeConversation:
        if self.archived is None and self.muted is None and self.status is None:
            raise ValueError("give at least one of archived, muted, status")
        return self


class FindConversations(PageQuery):
    """``GET /conversations``."""

    archived: bool | None = None


class JoinConversation(Input):
    """``join_conversation``."""

    conversation_id: Id
    after_seq: Count | None = None


class ConversationId(Input):
    """``leave_conversation``."""

    conversation_id: Id


class AddParticipant(Input):
    """``POST /conversations/{id}/participants``."""

    user_id: Id


class ParticipantPath(Parameters):
    """``/conversations/{id}/participants/{user_id}``."""

    id: Id
    user_id: Id
