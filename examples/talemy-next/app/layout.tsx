import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { chooseLocale, LOCALE_COOKIE } from "@/lib/i18n/locale";
import { Providers } from "./providers";
import "./styles/raw.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

export const metadata: Metadata = { title: { default: "Talemy", template: "%s · Talemy" } };

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f3f6f4" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1413" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const locale = chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
  return (
    <html lang={locale}>
      <body>
        <Providers locale={locale}>{children}</Providers>
      </body>
    </html>
  );
}
