import type { Core, Handlers } from "./kind";

export const presence = {
  events: ({ presence: users }: Core): Handlers => ({
    user_online: ({ user_id, last_seen_at }) => users.set(user_id, true, last_seen_at),
    user_offline: ({ user_id, last_seen_at }) => users.set(user_id, false, last_seen_at),
  }),
};
