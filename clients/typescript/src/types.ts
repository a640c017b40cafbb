/** The objects of the wire, as the protocol names them: snake_case, times in ISO 8601 UTC. */

export interface User {
  id: number;
  name: string;
  avatar_url: string | null;
  role: string;
  online: boolean;
  last_seen_at: string | null;
}

export interface Product {
  id: number;
  title: string;
  image_url: string | null;
  price: string;
  currency: string;
  owner_id: number;
  status: string;
}

export interface ReplyTo {
  id: number;
  sender_id: number;
  excerpt: string | null;
}

/** A deleted message stays as a tombstone: `text` is null and `deleted_at` is set. */
export interface Message {
  id: number;
  conversation_id: number;
  seq: number;
  revision: number;
  client_id: string | null;
  sender: { id: number; name: string };
  text: string | null;
  reply_to: ReplyTo | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
}

export type ConversationKind = "product" | "direct" | "group" | "lesson";
export type ConversationStatus = "open" | "closed";

export interface Participant {
  user: User;
  last_read_seq: number;
}

/** A conversation as its reader sees it. */
export interface Conversation {
  id: number;
  kind: ConversationKind;
  title: string | null;
  product: Product | null;
  status: ConversationStatus;
  archived: boolean;
  muted: boolean;
  participants: Participant[];
  last_message: Message | null;
  last_seq: number;
  unread_count: number;
  revision: number;
  created_at: string;
  updated_at: string;
}

export interface Lesson {
  id: number;
  title: string;
  teacher: User;
  student: User;
  starts_at: string;
  duration_minutes: number;
  status: "scheduled" | "confirmed" | "completed" | "cancelled";
  conversation_id: number | null;
  revision: number;
  created_at: string;
}

export interface ContactRequest {
  id: number;
  sender: User;
  recipient: User;
  message: string | null;
  status: "pending" | "accepted" | "declined" | "cancelled";
  conversation_id: number | null;
  revision: number;
  created_at: string;
}

/** How far a participant has read. It never moves back. */
export interface ReadMark {
  conversation_id: number;
  user_id: number;
  last_read_seq: number;
  read_at: string | null;
  revision: number;
}

export type DeleteScope = "everyone" | "me";

/** Everything that changed after a cursor, for one reader. */
export interface Changes {
  conversations: Conversation[];
  messages: Message[];
  reads: ReadMark[];
  lessons: Lesson[];
  contact_requests: ContactRequest[];
  removed_conversation_ids: number[];
  cursor: number;
  has_more: boolean;
  reset: boolean;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | number | null;
}
