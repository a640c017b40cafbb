"use client";

import { SocketProvider as Provider } from "@palabre/client/react";
import type { ReactNode } from "react";
import { socketClient } from "./socketClient";

/** Connected for as long as there is a user; React Query's caches follow what the socket hears. */
export function SocketProvider({ user, children }: { user: { id: number } | null; children: ReactNode }) {
  return (
    <Provider client={socketClient} isAuthenticated={user !== null} userId={user?.id}>
      {children}
    </Provider>
  );
}
