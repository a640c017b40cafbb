import { PalabreError, type Tokens, type ErrorCode } from "@palabre/client";
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
  return post("/auth/login", { email, password });
}

export function signUp(name: string, email: string, password: string, locale: string): Promise<SignedIn> {
  return post("/auth/register", { name, email, password, locale });
}

/** Before there is a token there is nothing to renew: plain fetch will do. @throws PalabreError */
async function post(path: string, body: object): Promise<SignedIn> {
  const answer = await fetch(`${serverUrl}/api/v1${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new PalabreError("network", String(error));
  });
  const told = (await answer.json().catch(() => ({}))) as SignedIn & { code?: ErrorCode; detail?: string };
  if (!answer.ok) throw new PalabreError(told.code ?? "unavailable", told.detail ?? `The server answered ${answer.status}.`);
  return told;
}
