/** The objects of the wire, as the protocol names them: snake_case, times in ISO 8601 UTC. */
import type { Conversation, DeleteMessage } from "../generated/marketplace";

export type * from "../generated/objects";

export type ConversationKind = Conversation["kind"];
export type ConversationStatus = Conversation["status"];
export type DeleteScope = NonNullable<DeleteMessage["scope"]>;

export interface Page<Item> {
  items: Item[];
  next_cursor: string | number | null;
}
