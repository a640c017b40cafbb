import { CookieCredentials, type Renewal } from "@palabre/client";

const LOCK = "palabre-renewal";
const CHANNEL = "palabre-session";
const FRESH_UNTIL = "palabre.renewed-until";
/** Milliseconds for which another tab's renewal is taken over, at most a quarter of the token's life. */
const FRESH_MS = 20_000;
const HANDOVER_MS = 1_500;

/** The page's cookies as credentials; one tab renews them for all. */
export function pageCredentials(): CookieCredentials {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  let handedOver: { renewal: Renewal; until: number } | null = null;
  channel?.addEventListener("message", ({ data }: MessageEvent<Renewal>) => {
    handedOver = { renewal: data, until: freshUntil(data) };
  });
  const takeOver = (): Renewal | null => (handedOver && Date.now() < handedOver.until ? handedOver.renewal : null);

  async function renewOrTakeOver(renew: () => Promise<Renewal>): Promise<Renewal> {
    const taken = channel && renewedElsewhere() ? await waitFor(takeOver) : null;
    if (taken) return taken;
    const renewal = await renew();
    stamp(freshUntil(renewal));
    const { access_token, expires_in } = renewal;
    channel?.postMessage({ access_token, expires_in }); // to this site's own tabs, in memory only
    return renewal;
  }

  return new CookieCredentials(location.origin, {
    readCookie,
    exclusively: async (renew) => {
      // Not a secure context: the server accepts crossing renewals.
      if (!navigator.locks) return renewOrTakeOver(renew);
      return await navigator.locks.request(LOCK, () => renewOrTakeOver(renew));
    },
  });
}

export function readCookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

function freshUntil({ expires_in }: Renewal): number {
  return Date.now() + Math.min(FRESH_MS, expires_in * 250);
}

function renewedElsewhere(): boolean {
  try {
    return Date.now() < Number(localStorage.getItem(FRESH_UNTIL) ?? 0);
  } catch {
    return false;
  }
}

function stamp(until: number): void {
  try {
    localStorage.setItem(FRESH_UNTIL, String(until));
  } catch {
    // Storage is off, so each tab renews for itself.
  }
}

/** Waits for another tab's message, which may arrive after its lock was released. */
async function waitFor<Value>(look: () => Value | null): Promise<Value | null> {
  const until = Date.now() + HANDOVER_MS;
  for (let value = look(); ; value = look()) {
    if (value !== null || Date.now() > until) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
