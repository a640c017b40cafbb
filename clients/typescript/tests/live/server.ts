/** A real Palabre in a process of its own: own folder, free port, killed and started at will. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { BearerCredentials, MemoryTokenStorage, PalabreClient, type ClientOptions, type Tokens, type User } from "../../src";
import { copyMigrated } from "../support/migrated";
import { PYTHON, ROOT } from "../support/places";

const START_MS = 60_000;
/** Long for a busy machine, but shorter than the half minute after which Talemy's client asks by itself for what it missed. */
export const PATIENCE_MS = 25_000;

/** Whether there is an environment to start the server from; `bin/test` makes one. */
export const canServe = existsSync(PYTHON);

export class Server {
  readonly url: string;
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "palabre-client-"));
  readonly #settings: Record<string, string>;
  #process: ChildProcess | null = null;

  private constructor(port: number, settings: Record<string, string>) {
    this.#port = port;
    this.#settings = settings;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await freePort(), settings);
    await copyMigrated(inject("migrated"), server.#folder);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#folder, "server.log"), "a");
    const options = { cwd: ROOT, env: this.#env, stdio: ["ignore", log, log], detached: true } as const;
    // Not `wsgi:app`: hashing passwords would take more time than everything that is tested here.
    this.#process = spawn(PYTHON, ["-m", "gunicorn", "-c", "gunicorn.conf.py", "tests.support.quick:app"], { ...options, stdio: [...options.stdio] });
    await until(() => this.#isReady(), START_MS);
  }

  /** `kill -9` of everything that serves. */
  async kill(): Promise<void> {
    const process_ = this.#process;
    if (!process_?.pid) return;
    const gone = new Promise((resolve) => process_.once("exit", resolve));
    process.kill(-process_.pid, "SIGKILL");
    await gone;
    this.#process = null;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, DATA_DIR: this.#folder, PORT: String(this.#port), HOST: "127.0.0.1", LOG_LEVEL: "WARNING", ...this.#settings };
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

let numbers = 0;

/** A user with an account, and their clients. */
export class Person {
  readonly clients: PalabreClient[] = [];

  private constructor(
    readonly server: Server,
    readonly user: User,
    readonly tokens: MemoryTokenStorage,
    readonly email: string,
  ) {}

  static async register(server: Server, name: string): Promise<Person> {
    numbers += 1;
    const email = `${name.toLowerCase()}${numbers}@example.org`;
    const answer = await post<Tokens & { user: User }>(`${server.url}/api/v1/auth/register`, {
      email,
      name,
      password: "correct horse battery",
    });
    return new Person(server, answer.user, new MemoryTokenStorage(answer), email);
  }

  client(options: Partial<ClientOptions> = {}): PalabreClient {
    const credentials = new BearerCredentials(this.server.url, this.tokens);
    const client = new PalabreClient({ url: this.server.url, credentials, ...options });
    this.clients.push(client);
    return client;
  }

  /** A client that is connected and caught up. */
  async online(options: Partial<ClientOptions> = {}): Promise<PalabreClient> {
    const client = this.client(options);
    client.start();
    await until(() => client.status === "connected");
    return client;
  }

  leave(): void {
    for (const client of this.clients) client.stop();
  }
}

/** Waits for something to become true; it is looked at again and again, and the wait has an end. */
export async function until(holds: () => boolean | Promise<boolean>, within = PATIENCE_MS): Promise<void> {
  const end = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${within} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function post<Answer>(url: string, body: object): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

/** From below the ports that the kernel gives to outgoing connections: one of those could take it while the server is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
