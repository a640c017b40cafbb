// Generated from the server's schemas by scripts/generate-types.mjs; do not edit.

/** The codes of the protocol, and the HTTP status of each. */
export const ERROR_STATUS = {
  unauthenticated: 401,
  token_expired: 401,
  token_revoked: 401,
  invalid_payload: 422,
  not_found: 404,
  forbidden: 403,
  blocked: 403,
  conversation_closed: 409,
  conflict: 409,
  payload_too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
} as const;

export type WireErrorCode = keyof typeof ERROR_STATUS;
