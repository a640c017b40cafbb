import { type ErrorCode, PalabreError, type Tokens, type User } from "@palabre/client";
import { serverUrl } from "./MessagingSocketClient";

export interface Me {
  id: number;
  name: string;
  email: string;
}

export interface SignedIn extends Tokens {
  user: Me;
}

export function signIn(email: string, password: string): Promise<SignedIn> {
  return enter("/auth/login", { email, password });
}

export function signUp(name: string, email: string, password: string, locale: string): Promise<SignedIn> {
  return enter("/auth/register", { name, email, password, locale });
}

/** The address is nobody else's business, so the server's view of a person lacks it. */
async function enter(path: string, given: { email: string; [field: string]: string }): Promise<SignedIn> {
  const { user, access_token, refresh_token } = await post(path, given);
  return { access_token, refresh_token, user: { id: user.id, name: user.name, email: given.email } };
}

/** Before there is a token there is nothing to renew: plain fetch will do. @throws PalabreError */
async function post(path: string, body: object): Promise<Tokens & { user: User }> {
  const answer = await fetch(`${serverUrl}/api/v1${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new PalabreError("network", String(error));
  });
  const told = (await answer.json().catch(() => ({}))) as Tokens & { user: User; code?: ErrorCode; detail?: string };
  if (!answer.ok) throw new PalabreError(told.code ?? "unavailable", told.detail ?? `The server answered ${answer.status}.`);
  return told;
}
