import { type Tokens } from "@palabre/client";
import { apiUrl, socketClient, tokenStorage } from "@/lib/socket";

export interface Me {
  id: number;
  name: string;
}

/** `unknown` until a browser has looked: a server renders the same page for everybody. */
export type Session = { status: "unknown" } | { status: "out"; ended: boolean } | { status: "in"; user: Me };

const UNKNOWN: Session = { status: "unknown" };
/** Who the tokens belong to, beside them in localStorage, so that the next visit begins without asking. */
const KEY = "talemy.user";

let session: Session | null = null;
let leaving: Promise<void> = Promise.resolve();
const listeners = new Set<() => void>();

export function currentSession(): Session {
  session ??= read();
  return session;
}

export function sessionOnServer(): Session {
  return UNKNOWN;
}

/** Calls back when somebody signs in or out, here or in another tab. */
export function subscribeToSession(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", heardOtherTab);
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) window.removeEventListener("storage", heardOtherTab);
  };
}

/** @throws SignInError */
export async function signIn(email: string, password: string, locale: string): Promise<void> {
  await leaving; // or the end of the last session would clear the tokens of this one
  const answer = await login(email, password, locale);
  await tokenStorage.save(answer);
  const { id, name } = answer.user;
  localStorage.setItem(KEY, JSON.stringify({ id, name }));
  become({ status: "in", user: { id, name } });
}

/** Disconnects at once, and ends the session on the server if it can be reached. */
export function signOut(): void {
  localStorage.removeItem(KEY);
  become({ status: "out", ended: false });
  leaving = socketClient
    .http("POST", "/auth/logout")
    .catch(() => undefined) // unreachable: the token runs out by itself
    .then(() => tokenStorage.clear());
}

/** The server no longer accepts these tokens: somebody has to sign in. */
export function sessionHasEnded(): void {
  localStorage.removeItem(KEY);
  become({ status: "out", ended: true });
  leaving = tokenStorage.clear();
}

export class SignInError extends Error {
  readonly reason: "refused" | "unreachable";

  constructor(reason: "refused" | "unreachable", message: string) {
    super(message);
    this.reason = reason;
  }
}

async function login(email: string, password: string, locale: string): Promise<Tokens & { user: Me }> {
  const answer = await fetch(`${apiUrl}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": locale },
    body: JSON.stringify({ email, password }),
  }).catch((error: unknown) => {
    throw new SignInError("unreachable", String(error));
  });
  const body = (await answer.json().catch(() => ({}))) as { detail?: string };
  if (!answer.ok) throw new SignInError(answer.status >= 500 ? "unreachable" : "refused", body.detail ?? "");
  return body as Tokens & { user: Me };
}

function heardOtherTab({ key }: StorageEvent): void {
  if (key === KEY || key === null) become(read());
}

function become(next: Session): void {
  session = next;
  for (const changed of listeners) changed();
}

function read(): Session {
  try {
    const user = JSON.parse(localStorage.getItem(KEY) ?? "null") as Me | null;
    return user ? { status: "in", user } : { status: "out", ended: false };
  } catch {
    return { status: "out", ended: false };
  }
}
