/** Wraps a call so that callers who come while it runs share its answer instead of starting another. */
export function singleFlight<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | null = null;
  return () => {
    running ??= call().finally(() => {
      running = null;
    });
    return running;
  };
}
