import { CookieCredentials } from "@palabre/client";

const LOCK = "palabre-renewal";
const CHANNEL = "palabre-session";
const STAMP = "palabre.renewed-at";
/** A renewal by another tab is worth taking over for so long; the server itself answers a repeated one for 30 s. */
const FRESH_MS = 20_000;
const HANDOVER_MS = 1_500;

/** The page's cookies as credentials; whichever tab renews them does it for all. */
export function pageCredentials(): CookieCredentials {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  let handedOver: { token: string; at: number } | null = null;
  channel?.addEventListener("message", ({ data }: MessageEvent<string>) => {
    handedOver = { token: data, at: Date.now() };
  });

  async function renewOrTakeOver(renew: () => Promise<string>): Promise<string> {
    if (channel && renewedElsewhere()) {
      const token = await waitFor(() => (handedOver && Date.now() - handedOver.at < FRESH_MS ? handedOver.token : null));
      if (token) return token;
    }
    const token = await renew();
    stamp();
    channel?.postMessage(token); // to this site's own tabs, in memory only
    return token;
  }

  return new CookieCredentials(location.origin, {
    readCookie,
    exclusively: async (renew) => {
      // Not a secure context: the server forgives a renewal that crosses another.
      if (!navigator.locks) return renewOrTakeOver(renew);
      return await navigator.locks.request(LOCK, () => renewOrTakeOver(renew));
    },
  });
}

export function readCookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

function renewedElsewhere(): boolean {
  try {
    return Date.now() - Number(localStorage.getItem(STAMP) ?? 0) < FRESH_MS;
  } catch {
    return false;
  }
}

function stamp(): void {
  try {
    localStorage.setItem(STAMP, String(Date.now()));
  } catch {
    // Storage is off: every tab renews for itself.
  }
}

/** What another tab said may still be on its way when its lock is released. */
async function waitFor<Value>(look: () => Value | null): Promise<Value | null> {
  const until = Date.now() + HANDOVER_MS;
  for (let value = look(); ; value = look()) {
    if (value !== null || Date.now() > until) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
