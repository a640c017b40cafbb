import { type ErrorCode, type FieldProblem, PalabreError } from "../wire/errors";

/** The part of fetch that this package uses; any implementation fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  credentials?: "omit" | "same-origin" | "include";
  signal?: AbortSignal;
}

export interface FetchAnswer {
  ok: boolean;
  status: number;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** An RFC 9457 body, with the wire's own members. */
interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  details?: FieldProblem[];
  retry_after?: number;
}

const TIMEOUT_MS = 15_000;

/** Returns the JSON answer of one request. @throws PalabreError `network`, `timeout`, or the code of the problem. */
export async function fetchJson<Answer>(fetcher: Fetch | undefined, url: string, init: FetchInit): Promise<Answer> {
  const answer = await reach(fetcher ?? globalThis.fetch, url, init);
  const body = await answer.text().catch((error: unknown) => {
    throw new PalabreError("network", `The answer was cut short: ${String(error)}`);
  });
  if (answer.ok) return (body ? parse(body) : undefined) as Answer;
  throw problem(answer, parse(body) as Problem | null);
}

async function reach(fetcher: Fetch, url: string, init: FetchInit): Promise<FetchAnswer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    return await fetcher(url, { ...init, signal: abort.signal });
  } catch (error) {
    if (abort.signal.aborted) throw new PalabreError("timeout", "The server did not answer in time.");
    throw new PalabreError("network", error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null; // a proxy's HTML page, for instance; the status tells enough
  }
}

function problem(answer: FetchAnswer, body: Problem | null): PalabreError {
  const code = (body?.code ?? codeOf(answer.status)) as ErrorCode;
  const message = body?.detail ?? body?.title ?? `The server answered ${answer.status}.`;
  const retryAfter = body?.retry_after ?? (Number(answer.headers.get("Retry-After")) || undefined);
  return new PalabreError(code, message, { details: body?.details, retryAfter });
}

/** The code for an answer that a proxy made, from its status. */
function codeOf(status: number): ErrorCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "payload_too_large";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "unavailable" : "invalid_payload";
}
