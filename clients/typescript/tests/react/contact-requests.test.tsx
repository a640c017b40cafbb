// @vitest-environment jsdom
/** Contact requests, from the socket to the screen, against a real server. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSocketClient, Presence, type SocketClient } from "../../src";
import { SocketProvider, useContactRequests } from "../../src/react";
import { canServe, PATIENCE_MS, Person, Server, until } from "../live/server";
import { ME, user } from "../support/make";

const SLOW = { timeout: PATIENCE_MS };

it("in a page of changes say who is online", () => {
  const presence = new Presence();
  presence.replace([]);
  presence.meet({ contact_requests: [{ sender: { ...user(13), online: true }, recipient: user(ME) } as never] });
  expect([13, ME].map((id) => presence.isOnline(id))).toEqual([true, false]);
});

describe.skipIf(!canServe)("contact requests", () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  const clients: SocketClient[] = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false", CORS_ORIGINS: location.origin });
  }, 60_000);
  afterAll(() => server?.close());
  beforeEach(async () => {
    [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
  });
  afterEach(() => {
    cleanup();
    for (const client of clients.splice(0)) client.disconnect();
  });

  function clientOf(person: Person): SocketClient {
    const client = createSocketClient({ serverUrl: server.url, tokenStorage: person.tokens, logger: null, tabs: null });
    clients.push(client);
    return client;
  }

  async function online(person: Person): Promise<SocketClient> {
    const client = clientOf(person);
    client.connect(person.user.id);
    await until(() => client.connected);
    return client;
  }

  it("are heard when created and when answered, and bring their conversation", async () => {
    const [hers, his] = [await online(alice), await online(bob)];
    const [created, answered]: [number[], string[]] = [[], []];
    hers.on("contactRequest:created", ({ contactRequest }) => created.push(contactRequest.id));
    his.on("contactRequest:statusUpdated", ({ contactRequest }) => answered.push(contactRequest.status));
    const request = await his.createContactRequest({ recipientId: alice.user.id, message: "May I ask?" });
    await until(() => created.join() === String(request.id));
    await hers.updateContactRequestStatus(request.id, "accepted");
    await until(() => answered.join() === "accepted");
    const conversationId = his.contactRequests()[0]?.conversationId ?? 0;
    await until(() => his.conversation(conversationId)?.kind === "direct");
    expect(await his.loadContactRequests({ direction: "received" })).toEqual([]);
  });

  it("are patched on the screen, and a filtered list is read again", async () => {
    const client = clientOf(alice);
    const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    const Lists = (): ReactNode => {
      const [all, received] = [useContactRequests(), useContactRequests({ direction: "received" })];
      const said = [all, received].map(({ data }) => data?.map(({ message, status }) => `${message} ${status}`).join());
      return <p data-testid="lists">{said.join("|")}</p>;
    };
    const view = render(
      <SocketProvider client={client} isAuthenticated userId={alice.user.id} queryClient={queries}>
        <QueryClientProvider client={queries}>
          <Lists />
        </QueryClientProvider>
      </SocketProvider>,
    );
    const lists = (): string | null => view.getByTestId("lists").textContent;
    await waitFor(() => expect(client.holds("contactRequests") && client.connected).toBe(true), SLOW);
    await client.createContactRequest({ recipientId: bob.user.id, message: "May I?" });
    await waitFor(() => expect(lists()).toBe("May I? pending|"), SLOW);
    await (await online(bob)).createContactRequest({ recipientId: alice.user.id, message: "And I?" });
    await waitFor(() => expect(lists()).toBe("And I? pending,May I? pending|And I? pending"), SLOW);
  });
});
