import type { WireErrorCode } from "../generated/errors";
import type { WireError } from "./protocol";

export type { WireErrorCode };

/** Ours as well: `network` (nobody could be reached) and `timeout` (no answer in time). */
export type ErrorCode = WireErrorCode | "network" | "timeout";

export interface FieldProblem {
  field: string;
  message: string;
}

export interface ErrorDetails {
  details?: FieldProblem[] | undefined;
  /** Seconds. */
  retryAfter?: number | undefined;
}

/** The one error this package throws. `code` is for programs, `message` for people. */
export class PalabreError extends Error {
  readonly code: ErrorCode;
  readonly details: FieldProblem[];
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, message: string, extra: ErrorDetails = {}) {
    super(message);
    this.name = "PalabreError";
    this.code = code;
    this.details = extra.details ?? [];
    this.retryAfter = extra.retryAfter ?? null;
  }

  /** From the `error` of an acknowledgement or of a refused connection. */
  static fromWire(error: WireError): PalabreError {
    return new PalabreError(error.code as ErrorCode, error.message, {
      details: error.details,
      retryAfter: error.retry_after,
    });
  }
}

const TRANSIENT: ReadonlySet<ErrorCode> = new Set(["network", "timeout", "rate_limited", "unavailable", "internal"]);
const SIGN_IN: ReadonlySet<ErrorCode> = new Set(["unauthenticated", "token_expired", "token_revoked"]);

/** Whether the same request may succeed later, unchanged. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof PalabreError) || TRANSIENT.has(error.code);
}

/** Whether the server no longer knows who is asking. */
export function isSignInProblem(error: unknown): boolean {
  return error instanceof PalabreError && SIGN_IN.has(error.code);
}

/** Whatever was thrown, as a PalabreError: what is not one is a request that found nobody. */
export function asPalabreError(error: unknown): PalabreError {
  if (error instanceof PalabreError) return error;
  return new PalabreError("network", error instanceof Error ? error.message : String(error));
}
