// Generated from the server's schemas by scripts/generate-types.mjs; do not edit.

export type {
  Changes,
  ContactRequest,
  Conversation,
  Lesson,
  Message,
  Participant,
  Product,
  ReadMark,
  Reply as ReplyTo,
  User,
} from "./marketplace";
