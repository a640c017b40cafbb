"use client";

import { useSyncExternalStore } from "react";
import { currentSession, type Me, type Session, sessionOnServer, subscribeToSession } from "./session";

export function useSession(): Session {
  return useSyncExternalStore(subscribeToSession, currentSession, sessionOnServer);
}

/** The reader, on pages that only somebody signed in gets to see. */
export function useMe(): Me {
  const session = useSession();
  if (session.status !== "in") throw new Error("useSession needs a signed-in user.");
  return session.user;
}
