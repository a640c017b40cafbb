import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type Credentials, PalabreError } from "../../src";
import { FakeSocket } from "../support/fake-socket";

let socket: FakeSocket;
let connection: Connection;
let renewals: number;
let renewal: () => Promise<string>;
const statuses: string[] = [];

const credentials: Credentials = {
  mode: "omit",
  socketAuth: async () => ({ token: `token ${renewals}` }),
  headers: async () => ({}),
  renew: () => {
    renewals += 1;
    return renewal();
  },
};
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  renewals = 0;
  renewal = async () => `token ${renewals}`;
  statuses.length = 0;
  connection = new Connection({
    url: "http://test",
    credentials,
    createSocket: (_url, auth) => (socket = new FakeSocket(auth)),
  });
  connection.on("status", (status) => statuses.push(status));
  connection.start();
});
afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

describe("a connection", () => {
  it("is connected once the server said ready, and shows its token when it connects", async () => {
    expect(await socket.auth()).toEqual({ token: "token 0" });
    expect(connection.status).toBe("connecting");
    socket.accept();
    expect(connection.status).toBe("connected");
  });

  it("answers a request with the data of its acknowledgement, or throws its error", async () => {
    socket.accept();
    const good = connection.request("leave_conversation", { conversation_id: 1 });
    socket.emitted[0]?.answer({ ok: true, data: {} });
    await expect(good).resolves.toEqual({});
    const bad = connection.request("sync", { after: 1 });
    socket.emitted[1]?.answer({ ok: false, error: { code: "rate_limited", message: "slow", retry_after: 3 } });
    await expect(bad).rejects.toMatchObject({ code: "rate_limited", retryAfter: 3 });
  });

  it("gives a request up after eight seconds", async () => {
    socket.accept();
    const request = connection.request("sync", { after: 1 });
    const refused = expect(request).rejects.toMatchObject({ code: "timeout" });
    await settle(8_000);
    await refused;
  });

  it("sends nothing while it is down, for socket.io would send it later by itself", async () => {
    await expect(connection.request("sync", { after: 1 })).rejects.toMatchObject({ code: "network" });
    expect(socket.emitted).toEqual([]);
  });

  it("renews a token before it ends, on the live connection", async () => {
    socket.accept(900);
    await settle(824_000);
    expect(renewals).toBe(0);
    await settle(2_000);
    expect(renewals).toBe(1);
    expect(socket.emitted[0]).toMatchObject({ name: "authenticate", payload: { token: "token 1" } });
    socket.emitted[0]?.answer({ ok: true, data: { expires_at: new Date(Date.now() + 900_000).toISOString() } });
    await settle(820_000);
    expect(renewals).toBe(1);
    await settle(10_000);
    expect(renewals).toBe(2);
  });

  it("renews at the server's warning if its own clock is late, and not twice if it is not", async () => {
    socket.accept(900);
    socket.say("token_expiring", { expires_at: "" });
    expect(renewals).toBe(0);
    vi.setSystemTime(Date.now() + 840_000); // a page in the background: time passed, timers did not run
    socket.say("token_expiring", { expires_at: "" });
    expect(renewals).toBe(1);
  });

  it.each(["token_expired", "unauthenticated"])("renews and comes back when it is refused with %s", async (code) => {
    socket.refuse(code);
    await settle();
    expect([renewals, socket.connects]).toEqual([1, 2]);
    socket.accept();
    expect(statuses).toEqual(["connecting", "connected"]);
  });

  it("ends, instead of looping, when a renewed token is refused as well", async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      socket.refuse("unauthenticated");
      await settle();
    }
    await settle(600_000);
    expect(connection.status).toBe("ended");
    expect(renewals).toBe(2);
    expect(socket.connects).toBe(3);
  });

  it.each(["token_revoked", "unauthenticated"] as const)("ends when renewing says %s", async (code) => {
    renewal = () => Promise.reject(new PalabreError(code, "over"));
    socket.refuse("token_expired");
    await settle(600_000);
    expect(connection.status).toBe("ended");
    expect([renewals, socket.connects]).toEqual([1, 1]);
  });

  it("keeps trying, more and more slowly, when a renewal cannot reach the server", async () => {
    renewal = () => Promise.reject(new PalabreError("network", "nobody"));
    socket.refuse("token_expired");
    await settle();
    expect(connection.status).toBe("connecting");
    const before = socket.connects;
    await settle(5_000);
    expect(socket.connects).toBeGreaterThan(before);
  });

  it("stops when its session was ended", async () => {
    socket.accept();
    socket.say("session_ended", { code: "token_revoked", message: "signed out" });
    socket.lose("io server disconnect");
    await settle(600_000);
    expect(connection.status).toBe("ended");
    expect(socket.connects).toBe(1);
  });

  it.each(["server_restarting", "slow_consumer"])("comes back after %s, a little later", async (code) => {
    socket.accept();
    socket.say("session_ended", { code, message: "" });
    expect(socket.connects).toBe(1);
    await settle(1_100);
    expect([connection.status, socket.connects, renewals]).toEqual(["connecting", 2, 0]);
  });

  it("renews first when its session ended because the token did", async () => {
    socket.accept();
    socket.say("session_ended", { code: "token_expired", message: "" });
    await settle();
    expect([renewals, socket.connects]).toEqual([1, 2]);
  });

  it("comes back by itself when the server hung up without a word", async () => {
    socket.accept();
    socket.lose("io server disconnect");
    await settle(1_100);
    expect(socket.connects).toBe(2);
  });

  it("leaves a lost network to socket.io", async () => {
    socket.accept();
    socket.lose("transport close");
    await settle(5_000);
    expect([connection.status, socket.connects]).toEqual(["connecting", 1]);
  });

  it("waits as long as it is told when it is refused for haste", async () => {
    socket.refuse("rate_limited", { retry_after: 7 });
    await settle(6_900);
    expect(socket.connects).toBe(1);
    await settle(200);
    expect(socket.connects).toBe(2);
  });

  it("tries at once when woken", () => {
    socket.accept();
    connection.drop();
    expect(connection.status).toBe("connecting");
    connection.wake();
    expect(socket.connects).toBe(2);
  });

  it("does not cut an attempt short when woken again and again", async () => {
    connection.wake();
    connection.wake();
    expect(socket.connects).toBe(1);
    await settle(3_100);
    connection.wake();
    expect(socket.connects).toBe(2);
  });

  it("does nothing more once stopped", async () => {
    socket.accept();
    connection.stop();
    socket.lose("io client disconnect");
    await settle(3_600_000);
    expect([connection.status, socket.connects, renewals]).toEqual(["stopped", 1, 0]);
  });
});
