"""Schemas of the input to messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.contract.inputs import ClientId, Count, Id, Input, MessageText, Parameters

Scope = Literal["everyone", "me"]


class WriteMessage(Input):
    """``POST /conversations/{id}/messages``."""

    text: MessageText
    client_id: ClientId | None = None
    reply_to_id: Id | None = None


class SendMessage(WriteMessage):
    """``send_message`` and ``POST /messages``: to a conversation, about a product, or to a user."""

    conversation_id: Id | None = None
    product_id: Id | None = None
    recipient_id: Id | None = None

    @model_validator(mode="after")
    def _a_target(self) -> SendMessage:
        if self.conversation_id is None and self.product_id is None and self.recipient_id is None:
            raise ValueError("give at least one of conversation_id, product_id, recipient_id")
        return self


class SendToConversation(WriteMessage):
    """``message:send`` of ``/talemy``."""

    conversation_id: Id


class EditMessage(Input):
    """``edit_message``."""

    message_id: Id
    text: MessageText


class NewText(Input):
    """``PATCH /messages/{id}``."""

    text: MessageText


class DeleteMessage(Input):
    """``delete_message``."""

    message_id: Id
    scope: Scope = "everyone"


class DeleteScope(Parameters):
    """``DELETE /messages/{id}?scope=``."""

    scope: Scope = "everyone"


class MarkRead(Input):
    """``mark_messages_read``."""

    conversation_id: Id
    up_to_seq: Count | None = None


class UpTo(Input):
    """``POST /conversations/{id}/read``. No body means ``{}``: mark all messages."""

    up_to_seq: Count | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_everything(cls, given: Any) -> Any:
        return {} if given is None else given


class MessagePage(Parameters):
    """``GET /conversations/{id}/messages``."""

    before_seq: Count | None = None
    after_seq: Count | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Typing(Input):
    """``typing``."""

    conversation_id: Id
    is_typing: bool
