import { describe, expect, it } from "vitest";
import { KINDS } from "../../src/core/kinds";
import type { Core, Transports } from "../../src/core/kinds/kind";
import type { HttpClient } from "../../src/http/http-client";
import { SERVER_EVENTS } from "../../src/wire/protocol";

/** Events that the connection and the client handle themselves, because they are about the connection. */
const OF_THE_CONNECTION = ["ready", "token_expiring", "session_ended", "error"];

const twice = (names: string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

describe("the kinds", () => {
  it("handle every server event but the connection's, each in one kind", () => {
    const handled = KINDS.flatMap((kind) => Object.keys(kind.events?.({} as Core) ?? {}));
    expect(twice(handled)).toEqual([]);
    expect([...handled, ...OF_THE_CONNECTION].sort()).toEqual([...SERVER_EVENTS].sort());
  });

  it("make each REST call and each command in one kind", () => {
    const calls = KINDS.flatMap((kind) => Object.keys(kind.rest?.({} as HttpClient) ?? {}));
    const commands = KINDS.flatMap((kind) => Object.keys(kind.gateway?.({} as Transports) ?? {}));
    expect(calls).toContain("messages");
    expect(commands).toContain("send");
    expect([twice(calls), twice(commands)]).toEqual([[], []]);
  });
});
