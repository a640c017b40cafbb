import type { WireErrorCode } from "../generated/errors";
import type { WireError } from "./protocol";

export type { WireErrorCode };

/** The wire's codes, and this package's: `network` (server not reached) and `timeout` (no answer in time). */
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

/**
 * The one error that this package throws. `code` is for programs, `message` for users.
 * @example
 * client.edit(messageId, text).catch((error) => error instanceof PalabreError && show(error.message));
 */
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

  /** Makes an error from that of an acknowledgement or a refused connection. */
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

/** Whether the server no longer accepts the session. */
export function isSignInProblem(error: unknown): boolean {
  return error instanceof PalabreError && SIGN_IN.has(error.code);
}

/** Any thrown value as a PalabreError; `network` for values that are not one. */
export function asPalabreError(error: unknown): PalabreError {
  if (error instanceof PalabreError) return error;
  return new PalabreError("network", error instanceof Error ? error.message : String(error));
}
