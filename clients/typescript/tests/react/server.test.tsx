/** Rendering on a server, where there is no window and one client renders for all users. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { createSocketClient, MemoryTokenStorage } from "../../src";
import { SocketProvider, useMessages, useSocket } from "../../src/react";

it("renders without connecting, joining or asking for anything", () => {
  const client = createSocketClient({
    serverUrl: "http://nowhere.invalid",
    tokenStorage: new MemoryTokenStorage({ access_token: "a", refresh_token: "r" }),
    fetch: () => Promise.reject(new Error("a server must not ask")),
    createSocket: () => {
      throw new Error("a server must not connect");
    },
  });
  const Page = (): ReactNode => {
    const { isConnected, joinConversation } = useSocket();
    joinConversation(7);
    return <p>{isConnected ? "online" : "offline"} {useMessages(7).data?.length ?? "none"}</p>;
  };
  const html = renderToString(
    <QueryClientProvider client={new QueryClient()}>
      <SocketProvider client={client} isAuthenticated userId={1}><Page /></SocketProvider>
    </QueryClientProvider>,
  );
  expect(html).toBe("<p>offline<!-- --> <!-- -->none</p>");
  expect(client.core).toBeNull();
});
