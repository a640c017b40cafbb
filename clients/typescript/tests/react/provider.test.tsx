// @vitest-environment jsdom
/** React over Talemy's client, in StrictMode, against a real server. */
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { cleanup, render, waitFor } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSocketClient, type SocketClient } from "../../src";
import { createSocket } from "../../src/core/connection";
import { socketKeys, SocketProvider, socketQueries, useConversations, useLessons, useMessages, useSocket, useUnreadTotal } from "../../src/react";
import { canServe, PATIENCE_MS, Person, Server, until } from "../live/server";

const SLOW = { timeout: PATIENCE_MS };
const LISTENED = ["status", "messages", "conversations", "unread", "lessons", "contactRequests", "reset"] as const;

describe.skipIf(!canServe)("SocketProvider, in StrictMode", () => {
  let server: Server;
  let teacher: Person;
  let student: Person;
  let id: number;
  let queries: QueryClient;
  let client: SocketClient;
  /** Sockets that were ever told to connect. */
  let connects: number;
  let requests: string[];
  let unanswered: number;
  let unreachable: boolean;

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false", CORS_ORIGINS: location.origin });
  }, 60_000);
  afterAll(() => server?.close());

  beforeEach(async () => {
    [teacher, student] = [await Person.register(server, "Teacher"), await Person.register(server, "Student")];
    id = (await student.client().rest.send({ recipient_id: teacher.user.id, text: "Hello?" })).conversation_id;
    queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    connects = 0;
    requests = [];
    unanswered = 0;
    unreachable = false;
    client = createSocketClient({
      serverUrl: server.url,
      tokenStorage: teacher.tokens,
      logger: null,
      tabs: null,
      fetch: (url, init) => {
        requests.push(`${init.method} ${url.replace(`${server.url}/api/v1`, "")}`);
        unanswered += 1;
        const answer = unreachable ? Promise.reject(new TypeError("nobody there")) : fetch(url, init as RequestInit);
        return answer.finally(() => (unanswered -= 1));
      },
      createSocket: (url, auth) => {
        const socket = createSocket(url, auth);
        const connect = socket.connect.bind(socket);
        socket.connect = () => ((connects += 1), connect());
        return socket;
      },
    });
  });
  afterEach(() => {
    cleanup();
    client.disconnect();
    queries.clear();
    student.leave();
  });

  function App({ user = teacher, children }: { user?: Person | null; children?: ReactNode }): ReactNode {
    return (
      <StrictMode>
        <QueryClientProvider client={queries}>
          <SocketProvider client={client} isAuthenticated={user !== null} userId={user?.user.id}>
            {children}
          </SocketProvider>
        </QueryClientProvider>
      </StrictMode>
    );
  }

  function Status(): ReactNode {
    const { isConnected, status } = useSocket();
    return <p data-testid="status">{isConnected ? "online" : status}</p>;
  }

  function Messages(): ReactNode {
    const { data = [] } = useMessages(id);
    return <ol data-testid="messages">{data.map((message) => <li key={message.clientId ?? message.id}>{message.text}</li>)}</ol>;
  }

  const shown = (view: { getByTestId(name: string): HTMLElement }): string[] =>
    [...view.getByTestId("messages").children].map((item) => item.textContent ?? "");

  it("opens one connection with one listener of each kind, and leaves nothing behind", async () => {
    const view = render(<App><Status /><Messages /></App>);
    await waitFor(() => expect(view.getByTestId("status").textContent).toBe("online"), SLOW);
    expect(connects).toBe(1);
    expect(LISTENED.map((name) => client.listenerCount(name))).toEqual([1, 1, 1, 1, 1, 1, 1]);
    view.unmount();
    expect(LISTENED.map((name) => client.listenerCount(name))).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(client.status).toBe("stopped");
  });

  it("disconnects at sign-out and forgets what was private", async () => {
    const view = render(<App><Status /><Messages /></App>);
    await waitFor(() => expect(shown(view)).toEqual(["Hello?"]), SLOW);
    view.rerender(<App user={null}><Status /></App>);
    await waitFor(() => expect(view.getByTestId("status").textContent).toBe("stopped"));
    expect(queries.getQueryCache().findAll({ queryKey: socketKeys.all })).toEqual([]);
    view.rerender(<App><Status /></App>);
    await waitFor(() => expect(view.getByTestId("status").textContent).toBe("online"), SLOW);
  });

  it("shows a message at once, the server's state of it next, and what others write, without asking again", async () => {
    let send: ReturnType<typeof useSocket>["sendMessage"] | undefined;
    const Composer = (): ReactNode => {
      const { sendMessage, joinConversation } = useSocket();
      joinConversation(id); // as the guide has it, while rendering
      send = sendMessage;
      return null;
    };
    const view = render(<App><Messages /><Composer /></App>);
    await waitFor(() => expect(shown(view)).toEqual(["Hello?"]), SLOW);
    // The conversation was opened before there was a connection, so its page is on its way by REST as well.
    await until(() => client.connected && unanswered === 0);
    const asked = requests.length;
    send?.(id, "Good morning!");
    await waitFor(() => expect(shown(view)).toEqual(["Hello?", "Good morning!"]));
    await until(() => client.messages(id).every(({ state }) => state === "sent"));
    const his = await student.online();
    his.send({ conversationId: id, text: "Is Friday free?" });
    await waitFor(() => expect(shown(view)).toEqual(["Hello?", "Good morning!", "Is Friday free?"]), SLOW);
    expect(requests.slice(asked).filter((request) => request.includes("messages"))).toEqual([]);
  });

  it("asks again, once connected, for what could not be read during an outage", async () => {
    const Lessons = (): ReactNode => {
      const { data, isError } = useLessons();
      return <p data-testid="lessons">{isError ? "failed" : data?.map(({ title }) => title).join()}</p>;
    };
    const view = render(<App><Status /></App>);
    await waitFor(() => expect(view.getByTestId("status").textContent).toBe("online"), SLOW);
    await client.createLesson({ studentId: student.user.id, title: "Kora", startsAt: "2026-12-01T17:00:00.000Z" });
    unreachable = true;
    client.core?.connection.drop();
    view.rerender(<App><Status /><Lessons /></App>);
    await waitFor(() => expect(view.getByTestId("lessons").textContent).toBe("failed"), SLOW);
    unreachable = false;
    client.core?.connection.wake();
    await waitFor(() => expect(view.getByTestId("lessons").textContent).toBe("Kora"), SLOW);
  });

  it("patches conversations, lessons and the unread total from events", async () => {
    const Lists = (): ReactNode => {
      const [conversations, lessons, unread] = [useConversations(), useLessons(), useUnreadTotal()];
      return (
        <p data-testid="lists">
          {[
            conversations.data?.find((conversation) => conversation.id === id)?.lastMessage?.text,
            lessons.data?.map(({ title, status }) => `${title} ${status}`).join(),
            unread,
          ].join("|")}
        </p>
      );
    };
    const view = render(<App><Lists /></App>);
    const lists = (): string | null => view.getByTestId("lists").textContent;
    await waitFor(() => expect(lists()).toBe("Hello?||1"), SLOW);
    const lesson = await client.createLesson({ studentId: student.user.id, title: "Kora", startsAt: "2026-12-01T17:00:00.000Z" });
    await waitFor(() => expect(lists()).toBe("Hello?|Kora scheduled|1"), SLOW);
    await client.updateLessonStatus(lesson.id, "confirmed");
    await waitFor(() => expect(lists()).toContain("Kora confirmed"), SLOW);
    await student.client().rest.send({ conversation_id: id, text: "News" });
    await waitFor(() => expect(lists()).toBe("News|Kora confirmed|2"), SLOW);
  });

  it("reads a filtered list anew, once for many events", async () => {
    const Filtered = (): ReactNode => <p data-testid="count">{useLessons({ status: "scheduled" }).data?.length ?? "…"}</p>;
    const view = render(<App><Filtered /></App>);
    await waitFor(() => expect(view.getByTestId("count").textContent).toBe("0"), SLOW);
    const asked = requests.length;
    for (let index = 0; index < 5; index += 1) {
      await client.createLesson({ studentId: student.user.id, title: `Kora ${index}`, startsAt: "2026-12-01T17:00:00.000Z" });
    }
    await waitFor(() => expect(view.getByTestId("count").textContent).toBe("5"), SLOW);
    const reads = requests.slice(asked).filter((request) => request.startsWith("GET /lessons"));
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  it("does not let an answer that was on its way put the past back", async () => {
    const view = render(<App><Messages /></App>);
    await waitFor(() => expect(shown(view)).toEqual(["Hello?"]), SLOW);
    let answer: () => void = () => undefined;
    const late = queries.fetchQuery({
      ...socketQueries.messages(client, id),
      staleTime: 0,
      queryFn: async () => {
        const past = client.messages(id);
        await new Promise<void>((resolve) => (answer = resolve));
        return past;
      },
    });
    await student.client().rest.send({ conversation_id: id, text: "meanwhile" });
    await waitFor(() => expect(client.messages(id)).toHaveLength(2), SLOW);
    answer();
    await late;
    expect(queries.getQueryData(socketKeys.messages(id))).toHaveLength(2);
    expect(shown(view)).toEqual(["Hello?", "meanwhile"]);
  });

  it("writes many events down at once", async () => {
    let renders = 0;
    const Counting = (): ReactNode => {
      renders += 1;
      return <p data-testid="n">{useQuery(socketQueries.messages(client, id)).data?.length}</p>;
    };
    const his = await student.online();
    const view = render(<App><Messages /></App>);
    await waitFor(() => expect(shown(view)).toEqual(["Hello?"]), SLOW);
    client.core?.connection.stop();
    for (let index = 0; index < 100; index += 1) await his.rest.send({ conversation_id: id, text: `${index}` });
    view.rerender(<App><Messages /><Counting /></App>);
    const before = renders;
    client.core?.connection.start();
    await waitFor(() => expect(view.getByTestId("n").textContent).toBe("101"), SLOW);
    expect(renders - before).toBeLessThan(20);
  });

  it("keeps what the server rendered until it knows better", async () => {
    queries.setQueryData(socketKeys.lessons(), [{ id: 1, title: "from the server" }]);
    render(<App><Status /></App>);
    await until(() => client.connected);
    await client.createLesson({ studentId: student.user.id, title: "Kora", startsAt: "2026-12-01T17:00:00.000Z" });
    await until(() => queries.getQueryState(socketKeys.lessons())?.isInvalidated === true);
    expect(queries.getQueryData(socketKeys.lessons())).toEqual([{ id: 1, title: "from the server" }]);
  });
});
