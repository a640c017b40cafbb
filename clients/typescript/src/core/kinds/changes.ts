import type { HttpClient } from "../../http/http-client";
import type { Changes } from "../../wire/types";
import type { Transports } from "./kind";

/** Pages of changes, from which the other kinds take their part. */
export const changes = {
  rest: (http: HttpClient) => ({
    changes(after: number): Promise<Changes> {
      return http.get("/changes", { after });
    },
  }),

  gateway: ({ socket, rest, either }: Transports) => ({
    changes(after: number): Promise<Changes> {
      return either(
        () => socket.request("sync", { after }),
        () => rest.changes(after),
      );
    },
  }),
};
