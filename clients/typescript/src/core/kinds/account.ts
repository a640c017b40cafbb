import type { HttpClient } from "../../http/http-client";
import type { User } from "../../wire/types";

/** The signed-in user. */
export const account = {
  rest: (http: HttpClient) => ({
    me(): Promise<User> {
      return http.get("/auth/me");
    },
  }),
};
