import type { HttpClient } from "../http/http-client";
import { KINDS, type RestCalls } from "./kinds";

export type { ConversationChange } from "./kinds/conversations";

/** The REST calls of every kind, one method a route. */
export class Rest {
  constructor(http: HttpClient) {
    for (const kind of KINDS) Object.assign(this, kind.rest?.(http));
  }
}
export interface Rest extends RestCalls {}
