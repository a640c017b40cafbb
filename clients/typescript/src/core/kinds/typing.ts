import type { Core, Handlers } from "./kind";

export const typing = {
  events: (core: Core): Handlers => ({
    typing: (notice) => core.typing.hear(notice),
  }),
};
