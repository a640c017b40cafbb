import { PalabreError } from "../wire/errors";
import type { Connection } from "./connection";
import { type Commands, KINDS } from "./kinds";
import type { Rest } from "./rest";

/**
 * The durable commands of every kind, over the socket while it is up, over REST while it is down or does not answer.
 * Each may be repeated without harm, so trying the other transport is always safe.
 */
export class Gateway {
  constructor(socket: Connection, rest: Rest) {
    const either = <Answer>(bySocket: () => Promise<Answer>, byRest: () => Promise<Answer>): Promise<Answer> =>
      socket.status === "connected" ? orElse(bySocket, byRest) : byRest();
    for (const kind of KINDS) Object.assign(this, kind.gateway?.({ socket, rest, either }));
  }
}
export interface Gateway extends Commands {}

async function orElse<Answer>(bySocket: () => Promise<Answer>, byRest: () => Promise<Answer>): Promise<Answer> {
  try {
    return await bySocket();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return byRest();
  }
}

/** The socket did not carry the command, or its token has just expired: neither says anything about the command. */
function isUnanswered(error: unknown): boolean {
  return error instanceof PalabreError && ["timeout", "network", "token_expired"].includes(error.code);
}
