import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { requestLocale } from "@/lib/i18n/request";
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
  const locale = await requestLocale();
  return (
    <html lang={locale}>
      <body>
        <Providers locale={locale}>{children}</Providers>
      </body>
    </html>
  );
}
