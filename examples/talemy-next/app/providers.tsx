"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { I18nProvider } from "@/lib/i18n/I18nProvider";
import type { Locale } from "@/lib/i18n/locale";
import { useSession } from "@/lib/session/useSession";
import { SocketProvider } from "@/lib/socket";

export function Providers({ locale, children }: { locale: Locale; children: ReactNode }) {
  const [queryClient] = useState(() => new QueryClient());
  const session = useSession();
  return (
    <QueryClientProvider client={queryClient}>
      <SocketProvider user={session.status === "in" ? session.user : null}>
        <I18nProvider locale={locale}>{children}</I18nProvider>
      </SocketProvider>
    </QueryClientProvider>
  );
}
